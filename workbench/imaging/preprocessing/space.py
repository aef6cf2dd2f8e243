"""Which axes of an image are axes of space, and the way back to the image as read."""

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import array_module
from workbench.imaging.images import Array, Cine, Image, Volume

_Matrix = npt.NDArray[np.float64]


def space_axes(image: Image) -> tuple[int, ...]:
    """Return which axes of the array are axes of space.

    Parameters
    ----------
    image : Image
        Volume, Radiograph or Cine.

    Returns
    -------
    tuple of int
        Slices, rows and columns of a volume; rows and columns of anything else.
    """
    if isinstance(image, Volume):
        return (0, 1, 2)
    return (1, 2) if isinstance(image, Cine) else (0, 1)


def to_source(image: Image) -> _Matrix:
    """Return the matrix from indexes of the image to indexes of the image as read.

    Parameters
    ----------
    image : Image
        The result of any steps.

    Returns
    -------
    numpy.ndarray
        (axes of space + 1, axes of space + 1), float64; the identity where no step moved anything.
    """
    if image.index_to_source is None:
        return np.eye(len(space_axes(image)) + 1)
    return np.asarray(image.index_to_source, dtype=np.float64)


def space_shape(image: Image) -> tuple[int, ...]:
    """Return the lengths of the axes of space.

    Parameters
    ----------
    image : Image
        Volume, Radiograph or Cine.

    Returns
    -------
    tuple of int
        Without frames and colors.
    """
    return tuple(image.shape[axis] for axis in space_axes(image))


def spread(mask: Array, image: Image) -> Array:
    """Return a mask for every pixel of an image: one of rows and columns serves all frames of a cine.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        bool.
    image : Image
        Gray.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of the array's shape.
    """
    if tuple(mask.shape) == image.shape:
        return mask
    xp = array_module(mask)
    return xp.ascontiguousarray(xp.broadcast_to(mask, image.shape))

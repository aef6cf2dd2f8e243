"""Carry points and masks between an image as it is now and the image as it was read, through ``index_to_source``."""

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import Array, Image


def map_points_back(points: npt.ArrayLike, image: Image) -> npt.NDArray[np.float64]:
    """Return where points of the image lie in the image as it was read.

    Parameters
    ----------
    points : array_like
        (n, axes of space) indexes into the image; a half is between two pixel centers.
    image : Image
        The result of any steps.

    Returns
    -------
    numpy.ndarray
        (n, axes of space), float64.
    """
    raise NotImplementedError


def map_points_forward(points: npt.ArrayLike, image: Image) -> npt.NDArray[np.float64]:
    """Return where points of the image as it was read lie in the image as it is now.

    Parameters
    ----------
    points : array_like
        (n, axes of space) indexes into the image as it was read.
    image : Image
        The result of any steps.

    Returns
    -------
    numpy.ndarray
        (n, axes of space), float64; some may lie outside.
    """
    raise NotImplementedError


def map_mask_back(mask: Array, image: Image) -> Array:
    """Return a mask of the image as a mask of the image as it was read, by nearest neighbor.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        Of the image's shape; labels or bool.
    image : Image
        The result of any steps.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of ``image.source.shape``, same dtype; 0 where the image does not reach.
    """
    raise NotImplementedError


def map_mask_forward(mask: Array, image: Image) -> Array:
    """Return a mask of the image as it was read as a mask of the image as it is now, by nearest neighbor.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        Of ``image.source.shape``.
    image : Image
        The result of any steps.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of the image's shape, same dtype; 0 outside what was read.
    """
    raise NotImplementedError

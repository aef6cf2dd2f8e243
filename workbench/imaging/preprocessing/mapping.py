"""Carry points and masks between an image as it is now and the image as it was read, through ``index_to_source``."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import array_module
from workbench.imaging.images import Array, Cine, Image
from workbench.imaging.preprocessing.space import space_axes, space_shape, to_source

_Matrix = npt.NDArray[Any]


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

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.imaging.images import Radiograph
    >>> from workbench.imaging.preprocessing.geometry import crop
    >>> whole = Radiograph(np.zeros((6, 8)), spacing_mm=None)
    >>> map_points_back([[0, 0]], crop(whole, shape=(4, 4))).tolist()
    [[1.0, 2.0]]
    """
    return _mapped(points, to_source(image))


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
    return _mapped(points, np.linalg.inv(to_source(image)))


def map_mask_back(mask: Array, image: Image) -> Array:
    """Return a mask of the image as a mask of the image as it was read, by nearest neighbor.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        Of the image's shape without colors; bool or labels. Of a cine, one for all frames will do.
    image : Image
        The result of any steps.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of the shape as read, same dtype; 0 where the image does not reach.

    Raises
    ------
    ValueError
        When the mask has another shape, or the image does not know with which shape it was read.
    """
    place = _source_shape(image)
    return pull(mask, np.linalg.inv(to_source(image)), place, axes=_mask_axes(mask, image, space_shape(image)))


def map_mask_forward(mask: Array, image: Image) -> Array:
    """Return a mask of the image as it was read as a mask of the image as it is now, by nearest neighbor.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        Of the shape as read, without colors; bool or labels.
    image : Image
        The result of any steps.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of the image's shape, same dtype; 0 outside what was read.

    Raises
    ------
    ValueError
        When the mask has another shape, or the image does not know with which shape it was read.
    """
    return pull(mask, to_source(image), space_shape(image), axes=_mask_axes(mask, image, _source_shape(image)))


def pull(array: Array, matrix: _Matrix, shape: Sequence[int], *, axes: Sequence[int], fill: float = 0) -> Array:
    """Return an array on another grid: each new pixel takes the value of the nearest old one.

    Axes that are only cut, padded, turned, swapped or stretched are gathered one by one, which is exact and reads
    each pixel once; anything else (a shear, an oblique turn) goes through the affine kernel.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        What is moved.
    matrix : numpy.ndarray
        From new indexes to old ones, homogeneous.
    shape : sequence of int
        New lengths of the axes of space.
    axes : sequence of int
        Which axes of the array are axes of space; the others stay.
    fill : float
        The value where there is nothing to take.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        A new array of the same dtype.
    """
    linear = np.where(np.abs(matrix[:-1, :-1]) < 1e-9, 0.0, matrix[:-1, :-1])  # below what rounding leaves
    used = linear != 0
    if (used.sum(0) == 1).all() and (used.sum(1) == 1).all():
        source = used.argmax(0)  # new axis to old axis
        scales = linear[source, np.arange(len(source))]
        return _gather(array, source, scales, matrix[source, -1], (tuple(shape), tuple(axes), fill))
    return _transformed(array, matrix, shape, axes, fill)


def _gather(array: Array, source: Array, scales: Array, offsets: Array, onto: tuple[Any, ...]) -> Array:
    """Take lines axis by axis; `onto` is the new shape, the axes of space and the value elsewhere."""
    shape, axes, fill = onto
    xp = array_module(array)
    order = list(range(array.ndim))
    for axis, old in zip(axes, source, strict=True):
        order[axis] = axes[old]
    moved = array.transpose(order)
    inside: list[slice] = [slice(None)] * array.ndim
    for axis, length, scale, offset in zip(axes, shape, scales, offsets, strict=True):
        lines = np.floor(scale * np.arange(length) + offset + 0.5 + 1e-9).astype(np.int64)
        (found,) = np.nonzero((lines >= 0) & (lines < moved.shape[axis]))
        if found.size == 0:
            found = np.zeros(0, np.int64)
        inside[axis] = slice(int(found[0]), int(found[-1]) + 1) if found.size else slice(0, 0)
        moved = _lines(xp, moved, lines[found], axis)
    whole = list(moved.shape)
    for axis, length in zip(axes, shape, strict=True):
        whole[axis] = length
    if tuple(whole) == tuple(moved.shape):
        return xp.ascontiguousarray(moved) if moved.base is not None else moved
    placed = xp.full(whole, fill, dtype=array.dtype)
    placed[tuple(inside)] = moved
    return placed


def _lines(xp: Array, array: Array, lines: npt.NDArray[np.int64], axis: int) -> Array:
    """Take lines along an axis, as a view where they follow one another."""
    at: list[slice] = [slice(None)] * array.ndim
    steps = np.unique(np.diff(lines))
    if lines.size and steps.size <= 1 and (steps.size == 0 or steps[0] in (1, -1)):
        step = int(steps[0]) if steps.size else 1
        first, last = int(lines[0]), int(lines[-1])
        stop = last + step
        at[axis] = slice(first, None if stop < 0 else stop, step)
        return array[tuple(at)]
    return xp.take(array, xp.asarray(lines), axis=axis)


def _transformed(array: Array, matrix: _Matrix, shape: Sequence[int], axes: Sequence[int], fill: float) -> Array:
    from workbench.imaging.kernels.affine import transform

    xp = array_module(array)
    plain = array.astype(xp.uint8) if array.dtype == bool else array
    stack = plain if len(axes) == array.ndim else None
    if stack is not None:
        moved = transform(plain, matrix[:-1], tuple(shape), method="nearest", fill=fill)
    else:
        frames = [transform(frame, matrix[:-1], tuple(shape), method="nearest", fill=fill) for frame in plain]
        moved = xp.stack(frames)
    return moved.astype(array.dtype, copy=False)


def _mapped(points: npt.ArrayLike, matrix: _Matrix) -> npt.NDArray[np.float64]:
    places = np.atleast_2d(np.asarray(points, dtype=np.float64))
    n_axes = len(matrix) - 1
    if places.size == 0:
        return np.zeros((0, n_axes))
    if places.ndim != 2 or places.shape[1] != n_axes:
        raise ValueError(
            f"Received points of shape {places.shape}. (n, {n_axes}) would be right: an index for each axis of space. "
            f"Give one row a point, such as [[{', '.join(['0'] * n_axes)}]]."
        )
    return places @ matrix[:-1, :-1].T + matrix[:-1, -1]


def _source_shape(image: Image) -> tuple[int, ...]:
    shape = image.source.shape
    if not shape:
        if image.index_to_source is None:
            return space_shape(image)
        raise ValueError(
            "The image does not say with which shape it was read. image.source.shape would be right. "
            "Map masks of what read_series, read_radiograph, read_cine or preprocess returned."
        )
    axes = space_axes(image)
    return tuple(shape[axis] for axis in axes)


def _mask_axes(mask: Array, image: Image, space: tuple[int, ...]) -> tuple[int, ...]:
    """Return which axes of a mask are axes of space."""
    n_axes = len(space)
    if tuple(mask.shape) == space:
        return tuple(range(n_axes))
    if isinstance(image, Cine) and tuple(mask.shape[1:]) == space:
        return (1, 2)
    wanted = " × ".join(map(str, space))
    raise ValueError(
        f"Received a mask of shape {' × '.join(map(str, mask.shape))}. {wanted} would be right, as the image has "
        f"{math.prod(space):,} pixels. Give the mask of this image."
    )

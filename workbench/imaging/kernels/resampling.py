"""Other sampling grids over the same extent: axis by axis, with pixels as areas, on NumPy or CuPy arrays alike."""

import math
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from workbench.errors import brief, unknown_name
from workbench.imaging.arrays import array_module, is_on_gpu, run_kernel
from workbench.imaging.images import Array
from workbench.imaging.kernels.resampling_taps import nearest_of, taps_of
from workbench.imaging.kernels.resampling_types import computed, index_type, movable, readable, written
from workbench.imaging.threads import over_slabs

Method = Literal["linear", "area", "nearest", "cubic"]

_WORTH_A_THREAD = 1 << 20  # pixels
_MOST_CHANNELS = 4  # a last axis so short is of colors


def resample(
    array: Array, shape: tuple[int, ...], *, method: Method = "linear", dtype: npt.DTypeLike | None = None
) -> Array:
    """Return the image on a grid of another shape that covers the same extent.

    Pixels are areas: pixel ``i`` of ``n`` has its center at ``(i + 0.5) / n`` of the extent, so that the outer edges of
    the image stay where they are (see `grid_matrix`). Beyond the outermost centers the outermost pixels go on. Axes
    are treated one after the other, and axes whose size stays the same are not touched.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Any number of axes, such as ``(slices, rows, columns)``, ``(rows, columns)`` or ``(rows, columns, 3)``.
        uint8, uint16, int16 and float32 are read as they are, other numbers are made float32 first.
    shape : tuple of int
        One size for each axis, each at least 1.
    method : {"linear", "area", "nearest", "cubic"}
        ``"linear"`` interpolates between the two nearest centers (trilinear over three axes). ``"area"`` averages each
        new pixel's area exactly, so that nothing is skipped when pixels get larger. ``"nearest"`` takes the pixel in
        which the new center lies (the later one on an edge), for masks and labels. ``"cubic"`` is the interpolating
        cubic convolution with a = −1/2 (Catmull–Rom) [1]_, which overshoots at edges and needs no prefilter.
    dtype : dtype, optional
        Of the result. By default uint8, uint16 and int16 stay what they are, rounded half to even and clipped to
        their range, and everything else becomes float32; ``"nearest"`` keeps any dtype.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of `shape`, a new array of the same kind as `array`. Arithmetic is float32.

    Raises
    ------
    ValueError
        For a shape with another number of axes or a size below 1, or an empty array.
    UnknownNameError
        For an unknown method.
    TypeError
        For arrays that are not of numbers, booleans with another method than ``"nearest"``, or another dtype.

    References
    ----------
    .. [1] Keys RG. Cubic convolution interpolation for digital image processing. IEEE Trans Acoust Speech Signal
       Process 1981;29(6):1153–1160. https://doi.org/10.1109/TASSP.1981.1163711

    Examples
    --------
    >>> row = np.array([[0, 10, 20, 30]], dtype=np.int16)
    >>> resample(row, (1, 2), method="area").tolist()
    [[5, 25]]
    """
    sizes = _checked(array, shape, method)
    if method == "nearest":
        return _nearest(array, sizes, dtype)
    target = written(array, dtype, "resample")
    array = readable(array, "resample")
    if array.ndim > 2 and array.shape[-1] == sizes[-1] <= _MOST_CHANNELS:
        xp = array_module(array)  # rows of three numbers are slow to treat: colors go in front, and back
        colors_first = (*sizes[:-3], sizes[-1], *sizes[-3:-1])
        return xp.ascontiguousarray(
            xp.moveaxis(_resample(xp.moveaxis(array, -1, -3), colors_first, method, target), -3, -1)
        )
    return _resample(array, sizes, method, target)


def grid_matrix(source_shape: tuple[int, ...], shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Return what turns an index of the resampled array into the index of the array it was made from.

    Parameters
    ----------
    source_shape : tuple of int
        Sizes of the axes of space before.
    shape : tuple of int
        And after.

    Returns
    -------
    numpy.ndarray
        (n + 1, n + 1), float64, homogeneous: index ``i`` becomes ``(i + 0.5) · before / after − 0.5``.

    Examples
    --------
    >>> (grid_matrix((4,), (2,)) @ [0, 1]).tolist()
    [0.5, 1.0]
    """
    matrix = np.eye(len(shape) + 1)
    for axis, (before, after) in enumerate(zip(source_shape, shape, strict=True)):
        matrix[axis, axis] = before / after
        matrix[axis, -1] = (before / after - 1) / 2
    return matrix


def _checked(array: Array, shape: tuple[int, ...], method: str) -> tuple[int, ...]:
    """Return the sizes as plain numbers, or say what is wrong with the call."""
    if method not in get_args(Method):
        raise unknown_name("method", method, get_args(Method), where="resample", then="Use one of these.")
    came = tuple(array.shape)
    if 0 in came:
        raise ValueError(
            f"resample got an empty array of shape {came}. There must be a pixel along each axis. Look at what made it."
        )
    if len(shape) != len(came) or not all(size > 0 and size % 1 == 0 for size in shape):
        raise ValueError(
            f"resample got shape={brief(tuple(shape))} for an array of shape {came}. Each axis needs a whole number of "
            f"at least 1. Give {len(came)} of them."
        )
    return tuple(int(size) for size in shape)


def _nearest(array: Array, shape: tuple[int, ...], dtype: npt.DTypeLike | None) -> Array:
    xp = array_module(array)
    out = xp.asarray(array)
    for axis, (before, after) in enumerate(zip(array.shape, shape, strict=True)):
        if before != after:
            out = xp.take(out, xp.asarray(nearest_of(before, after)), axis=axis)
    return out.astype(movable(array, "resample") if dtype is None else dtype, copy=out is array)


def _resample(array: Array, shape: tuple[int, ...], method: str, target: np.dtype[Any]) -> Array:
    """Resample leading axes one by one, then the last three in one pass."""
    for axis in range(array.ndim - 3):
        if array.shape[axis] != shape[axis]:
            before, after = math.prod(array.shape[:axis]), math.prod(array.shape[axis + 1 :])
            flat = _three(array.reshape(before, -1, after), (before, shape[axis], after), method, np.dtype("float32"))
            array = flat.reshape(*array.shape[:axis], shape[axis], *array.shape[axis + 1 :])
    xp = array_module(array)
    if array.ndim <= 3:
        ones = (1,) * (3 - array.ndim)
        return _three(array.reshape(*ones, *array.shape), (*ones, *shape), method, target).reshape(shape)
    stack = array.reshape(-1, *array.shape[-3:])
    return xp.stack([_three(one, shape[-3:], method, target) for one in stack]).reshape(shape)


def _three(array: Array, shape: tuple[int, ...], method: str, target: np.dtype[Any]) -> Array:
    """Resample an array of three axes."""
    if array.shape == shape:
        return array.astype(target)  # whole numbers were refused another type, or fit
    xp = array_module(array)
    array = xp.ascontiguousarray(array)
    dtype, kind = computed(target)
    out = xp.empty(shape, dtype)
    if is_on_gpu(array):
        on_device = [
            part
            for before, after in zip(array.shape, shape, strict=True)
            for part in _taps_on(xp, array.device.id, before, after, method)
        ]
        types = {
            "SOURCE": array.dtype,
            "TARGET": dtype,
            "WHOLE": int(kind[0]),
            "INDEX": index_type(array.size, out.size),
        }
        sizes = (*array.shape[1:], *shape)
        run_kernel(
            ("resampling.cu", "resample"), (array, out, *sizes, *on_device, *kind[1:]), size=out.size, types=types
        )
    else:
        from workbench.imaging.kernels.resampling_cpu import resample_slab

        taps = [taps_of(before, after, method) for before, after in zip(array.shape, shape, strict=True)]
        least = max(1, _WORTH_A_THREAD // math.prod(shape[1:]))
        over_slabs(lambda begin, end: resample_slab(array, *taps, out, begin, end, kind), shape[0], least=least)
    return out.astype(target, copy=False)


@lru_cache(maxsize=64)
def _taps_on(xp: Any, device: int, before: int, after: int, method: str) -> tuple[Array, Array, int]:  # noqa: ARG001
    first, weights = taps_of(before, after, method)
    return xp.asarray(first), xp.asarray(weights), len(weights)

"""Rotated, sheared and shifted images: each voxel of the result is looked up where a matrix says it comes from."""

import math
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from workbench.errors import brief, unknown_name
from workbench.imaging.arrays import array_module, is_on_gpu, run_kernel
from workbench.imaging.images import Array
from workbench.imaging.kernels.resampling_types import computed, index_type, movable, readable, written
from workbench.imaging.threads import over_slabs

Method = Literal["linear", "nearest", "cubic"]

_TAPS = {"nearest": 1, "linear": 2, "cubic": 4}
_WORTH_A_THREAD = 1 << 18  # voxels


def transform(
    array: Array,
    matrix: npt.ArrayLike,
    shape: tuple[int, ...],
    *,
    method: Method = "linear",
    fill: float = 0.0,
) -> Array:
    """Return the image pulled back through a matrix from index to index.

    Use it for oblique volumes, for the shear of a tilted gantry and for bringing a mask back to the grid of its
    source. For axis-aligned changes of size, `workbench.imaging.kernels.resampling.resample` is faster and averages.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        ``(rows, columns)`` or ``(slices, rows, columns)``.
    matrix : array_like
        (n, n + 1) or homogeneous (n + 1, n + 1) for n axes: index in the result → index in `array`.
    shape : tuple of int
        Of the result.
    method : {"linear", "nearest", "cubic"}
        ``"nearest"`` for masks and labels; ``"cubic"`` is the cubic convolution with a = −1/2 [1]_.
    fill : float
        Where an index lies outside the array, which is more than half a voxel beyond the outermost centers. Within
        that half voxel the outermost voxels go on.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of `shape`. ``"nearest"`` keeps the dtype. Otherwise uint8, uint16 and int16 stay what they are, rounded half
        to even and clipped to their range, and everything else becomes float32.

    Raises
    ------
    ValueError
        For a matrix or a shape that does not fit the array, or that is not finite, or a fill value that the dtype
        of the result cannot hold.
    UnknownNameError
        For an unknown method.
    TypeError
        For arrays that are not of numbers.

    References
    ----------
    .. [1] Keys RG. Cubic convolution interpolation for digital image processing. IEEE Trans Acoust Speech Signal
       Process 1981;29(6):1153–1160. https://doi.org/10.1109/TASSP.1981.1163711

    Examples
    --------
    >>> square = np.array([[1, 2], [3, 4]], dtype=np.int16)
    >>> transform(square, [[0, 1, 0], [1, 0, 0]], (2, 2)).tolist()
    [[1, 3], [2, 4]]
    """
    if method not in get_args(Method):
        raise unknown_name("method", method, get_args(Method), where="transform", then="Use one of these.")
    pull, sizes = _checked(array, matrix, shape)
    xp = array_module(array)
    if method == "nearest":
        dtype, kind = movable(array, "transform"), (False, np.float32(0), np.float32(0))
        source = xp.ascontiguousarray(array, dtype=dtype)
    else:
        source = readable(array, "transform")
        dtype, kind = computed(written(array, None, "transform"))
    filling = _filling(fill, dtype)
    if method == "nearest":  # moving numbers needs no knowledge of them, only of their size
        bits = np.dtype(f"uint{8 * dtype.itemsize}")
        source, filling = source.view(bits), filling.view(bits)
    else:
        filling = np.float32(fill)
    source = source.reshape((1,) * (3 - source.ndim) + source.shape)
    out = xp.empty(sizes, source.dtype if method == "nearest" else dtype)
    _fill(source, pull, out, filling, _TAPS[method], kind)
    return out.view(dtype).reshape(tuple(shape))


def _fill(source: Array, matrix: npt.NDArray[np.float64], out: Array, fill: Any, n_taps: int, kind: Any) -> None:
    """Fill `out` where it lies."""
    if is_on_gpu(out):
        types = {"SOURCE": source.dtype, "TARGET": out.dtype, "FILL": fill.dtype, "TAPS": n_taps, "WHOLE": int(kind[0])}
        types["INDEX"] = index_type(source.size, out.size)
        arguments = (source, out, array_module(out).asarray(matrix), *source.shape, *out.shape, fill, *kind[1:])
        run_kernel(("affine.cu", "transform"), arguments, size=out.size, types=types)
        return
    from workbench.imaging.kernels.affine_cpu import nearest_slab, weighed_slab

    def work(begin: int, end: int) -> None:
        if n_taps == 1:
            nearest_slab(source, matrix, out, begin, end, fill)
        else:
            weighed_slab(source, matrix, out, begin, end, fill, n_taps, kind)

    over_slabs(work, out.shape[0], least=max(1, _WORTH_A_THREAD // math.prod(out.shape[1:])))


def _checked(
    array: Array, matrix: npt.ArrayLike, shape: tuple[int, ...]
) -> tuple[npt.NDArray[np.float64], tuple[int, ...]]:
    """Return the first three rows of the matrix for three axes, and three sizes."""
    n = array.ndim
    if n not in {2, 3} or array.size == 0:
        raise ValueError(
            f"transform got an array of shape {brief(array.shape)}. An image is (rows, columns) or (slices, rows, "
            "columns), with a pixel along each axis. Give one image or volume at a time."
        )
    if len(shape) != n or not all(size > 0 and size % 1 == 0 for size in shape):
        raise ValueError(
            f"transform got shape={brief(tuple(shape))} for an array of {n} axes. Each axis needs a whole number of "
            f"at least 1. Give {n} of them."
        )
    given = np.asarray(matrix, dtype=np.float64)
    homogeneous = given.shape == (n + 1, n + 1) and (given[n] == [0] * n + [1]).all()
    if not (given.shape == (n, n + 1) or homogeneous) or not np.isfinite(given).all():
        raise ValueError(
            f"transform got a matrix of shape {brief(given.shape)} for an array of {n} axes. Valid: finite "
            f"numbers of shape ({n}, {n + 1}), or ({n + 1}, {n + 1}) ending in {n} zeros and a one. Look at how it was "
            "made."
        )
    pull = np.zeros((3, 4))
    pull[3 - n :, 3 - n :] = given[:n]
    return pull, (1,) * (3 - n) + tuple(int(size) for size in shape)


def _filling(fill: float, dtype: np.dtype[Any]) -> Any:
    """Return the fill value in the type of the result."""
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        fits = limits.min <= fill <= limits.max and fill % 1 == 0
    elif dtype.kind == "f":
        fits = not math.isfinite(fill) or abs(fill) <= float(np.finfo(dtype).max)
    else:
        fits = fill in {0, 1}
    if not fits:
        raise ValueError(
            f"transform got fill={brief(fill)} for a result of {dtype.name}. It must be a value that this type holds. "
            "Take another value, or give the array in another type."
        )
    return np.asarray(fill).astype(dtype)[()]

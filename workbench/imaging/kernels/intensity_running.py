"""Where the result of an intensity step goes, and the loop or the CUDA source that makes it."""

from typing import Any

import numpy as np

from workbench.imaging.arrays import array_module, is_on_gpu, run_kernel
from workbench.imaging.images import Array
from workbench.imaging.threads import over_slabs

_WORTH_A_THREAD = 1 << 19  # elements
_VECTOR = 4  # elements that a thread of the GPU takes at once


def computed_in(given: Array) -> type[np.floating[Any]]:
    """Return the type to compute in: float32 where it holds every value.

    Parameters
    ----------
    given : numpy.ndarray or cupy.ndarray
        The pixels.

    Returns
    -------
    type
        ``numpy.float32`` or ``numpy.float64``.

    Examples
    --------
    >>> computed_in(np.zeros(1, np.int16)).__name__
    'float32'
    """
    kind = np.dtype(given.dtype)
    return np.float32 if kind.itemsize <= 2 or kind == np.float32 else np.float64


def result_place(array: Array, out: Array | None, dtype: Any) -> Array:
    """Return where the result goes: `out`, when it fits, or a new array.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        The pixels, as the loop reads them.
    out : numpy.ndarray or cupy.ndarray or None
        As the caller gave it.
    dtype : dtype
        Of the result.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of the array's shape, on its device.

    Raises
    ------
    ValueError
        When `out` has another shape, type or device, cannot be written, or lies across the array.
    """
    if out is None:
        return array_module(array).empty(array.shape, dtype)
    if (
        is_on_gpu(out) != is_on_gpu(array)
        or out.shape != array.shape
        or out.dtype != dtype
        or not out.flags.c_contiguous
        or not getattr(out.flags, "writeable", True)  # arrays of a GPU always are
        or _overlaps(array, out)
    ):
        raise ValueError(
            f"out is {out.dtype} {out.shape}. It must be writable and contiguous, {np.dtype(dtype)} {array.shape}, on "
            "the device of the array, and the array itself or apart from it. Leave it out to get a new array."
        )
    return out


def run_step(name: str, given: Array, taken: Array, numbers: list[Any]) -> None:
    """Run the loop, or the kernel, of that name, over every pixel.

    Parameters
    ----------
    name : str
        Of `workbench.imaging.kernels.intensity_cpu.LOOPS`, and in ``intensity.cu``.
    given : numpy.ndarray or cupy.ndarray
        What is read: contiguous.
    taken : numpy.ndarray or cupy.ndarray
        What is written: from `result_place`.
    numbers : list
        The other arguments, of the types that are computed in.
    """
    n = given.size
    if is_on_gpu(given):
        aligned = not (given.data.ptr % (given.itemsize * _VECTOR) or taken.data.ptr % (taken.itemsize * _VECTOR))
        width = _VECTOR if aligned else 1
        types = {"IN": given.dtype, "OUT": taken.dtype, "REAL": computed_in(given), "N": width}
        run_kernel(("intensity.cu", name), (given, taken, n, *numbers), size=-(-n // width), types=types)
        return
    from workbench.imaging.kernels.intensity_cpu import LOOPS

    loop = LOOPS[name]
    source, target = given.reshape(-1), taken.reshape(-1)
    over_slabs(lambda begin, end: loop(source[begin:end], target[begin:end], *numbers), n, least=_WORTH_A_THREAD)


def _overlaps(array: Array, out: Array) -> bool:
    """Return whether writing a pixel of `out` would change one of the array that is read later."""
    first, other = (one.data.ptr if is_on_gpu(one) else one.ctypes.data for one in (array, out))
    if first == other and array.dtype.itemsize == out.dtype.itemsize:
        return False
    return bool(first < other + out.nbytes and other < first + array.nbytes)

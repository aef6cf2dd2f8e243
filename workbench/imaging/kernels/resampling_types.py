"""Which numbers interpolation reads and writes, for resampling and for affine transforms alike."""

from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.errors import brief
from workbench.imaging.arrays import array_module
from workbench.imaging.images import Array

_WHOLE = ("uint8", "uint16", "int16")
_MOST_IN_32_BITS = 2**32 - 2**10  # the last block of threads counts on past the end
_LARGEST = 3.4028234663852886e38  # of float32


def readable(array: Array, caller: str) -> Array:
    """Return the array with contiguous numbers that the loops read: uint8, uint16, int16 or float32.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Of any numbers.
    caller : str
        The function, for the message.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        In the machine's byte order; the array itself where nothing is to be done.

    Raises
    ------
    TypeError
        For booleans and for what are no numbers.
    """
    xp = array_module(array)
    array = xp.asarray(array)
    if array.dtype.kind not in "iuf":
        raise TypeError(
            f"{caller} got an array of {brief(array.dtype)}. Numbers between pixels exist for integers and floats. "
            "Use method='nearest' for a mask, or mask.astype('float32') for the share of each pixel."
        )
    return xp.ascontiguousarray(array, dtype=array.dtype.name if array.dtype.name in _WHOLE else "float32")


def movable(array: Array, caller: str) -> np.dtype[Any]:
    """Return the type of an array whose values are moved as they are, in the machine's byte order.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Of booleans or any numbers.
    caller : str
        The function, for the message.

    Returns
    -------
    numpy.dtype
        Of at most 8 bytes.

    Raises
    ------
    TypeError
        For anything else.
    """
    dtype = np.dtype(array.dtype)
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise TypeError(
            f"{caller} got an array of {brief(dtype)}. Values of up to 8 bytes are moved: bool, integers and floats. "
            "Number the labels, or convert the array."
        )
    native: np.dtype[Any] = dtype.newbyteorder("=")
    return native


def written(array: Array, dtype: npt.DTypeLike | None, caller: str) -> np.dtype[Any]:
    """Return the type of the result: what was asked for, or what came where it is kept.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        As it came.
    dtype : dtype, optional
        What was asked for.
    caller : str
        The function, for the message.

    Returns
    -------
    numpy.dtype
        Of 8- or 16-bit integers, or a floating-point type.

    Raises
    ------
    TypeError
        For a type that the loops do not write.
    """
    if dtype is None:
        return np.dtype(array.dtype.name if array.dtype.name in _WHOLE else "float32")
    target = np.dtype(dtype)
    if target.name not in _WHOLE and target.kind != "f":
        raise TypeError(
            f"{caller} got dtype={brief(target)}. Valid: {', '.join(_WHOLE)}, float16, float32, float64. "
            "Take float32 and round it."
        )
    return target


def computed(target: np.dtype[Any]) -> tuple[np.dtype[Any], tuple[bool, np.float32, np.float32]]:
    """Return the type in which a result is computed, and whether it is whole, with its limits.

    Parameters
    ----------
    target : numpy.dtype
        From `written`.

    Returns
    -------
    tuple
        (dtype, (whole, low, high)), the limits as float32.

    Examples
    --------
    >>> computed(np.dtype("uint8"))[1]
    (True, np.float32(0.0), np.float32(255.0))
    """
    if target.kind == "f":
        return np.dtype("float32"), (False, np.float32(-_LARGEST), np.float32(_LARGEST))
    limits = np.iinfo(target)
    return target, (True, np.float32(limits.min), np.float32(limits.max))


def index_type(*sizes: int) -> np.dtype[Any]:
    """Return the type in which a CUDA source counts pixels: 32 bits where they do, because its divisions are cheap.

    Parameters
    ----------
    *sizes : int
        Pixels of the arrays.

    Returns
    -------
    numpy.dtype
        uint32 or int64.

    Examples
    --------
    >>> index_type(300 * 512 * 512)
    dtype('uint32')
    """
    return np.dtype(np.uint32 if max(sizes) < _MOST_IN_32_BITS else np.int64)

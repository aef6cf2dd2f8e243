"""Change the values of pixels one by one: window, standardize, clip, look up; one pass each, on the CPU or the GPU.

Arrays of 8 or 16 bits and float32 are computed in float32, relative to a value near the low end, which keeps results
within 2e-7 of the exact ones; wider types are computed in float64. CPU and GPU give the same bits.
"""

import math
from typing import Literal

import numpy as np

from workbench.imaging.arrays import array_module, contiguous
from workbench.imaging.images import Array
from workbench.imaging.kernels.intensity_running import computed_in, result_place, run_step

_TOPS = {"float32": 1.0, "uint8": 255.0, "uint16": 65535.0}


def window_range(
    center: float, width: float, *, function: Literal["LINEAR", "LINEAR_EXACT"] = "LINEAR"
) -> tuple[float, float]:
    """Return the values that a window of DICOM takes to the darkest and the brightest end.

    Parameters
    ----------
    center, width : float
        Window Center (0028,1050) and Window Width (0028,1051), after the rescale.
    function : {"LINEAR", "LINEAR_EXACT"}, default "LINEAR"
        VOI LUT Function (0028,1056).

    Returns
    -------
    tuple of float
        ``low`` and ``high`` for :func:`rescale_window`; equal for a LINEAR width of 1, which is a threshold.

    Raises
    ------
    ValueError
        For a width that the function does not allow.

    References
    ----------
    DICOM PS3.3 2025c, C.11.2.1.2.1 (LINEAR; width at least 1) and C.11.2.1.3.2 (LINEAR_EXACT; width above 0).

    Examples
    --------
    >>> window_range(2048, 4096)
    (0.0, 4095.0)
    """
    least = 1 if function == "LINEAR" else 0
    if not (math.isfinite(center) and math.isfinite(width) and width >= least and width > 0):
        raise ValueError(
            f"A window of center {center:g} and width {width:g} came. {function} needs finite numbers and a width "
            f"{'of at least 1' if least else 'above 0'}. Choose another window, or clip at percentiles."
        )
    if function == "LINEAR":
        return center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2
    return center - width / 2, center + width / 2


def rescale_window(
    array: Array,
    *,
    low: float,
    high: float,
    slope: float = 1.0,
    intercept: float = 0.0,
    padding: float | None = None,
    invert: bool = False,
    dtype: Literal["float32", "uint8", "uint16"] = "float32",
    out: Array | None = None,
) -> Array:
    """Return ``value * slope + intercept`` taken from `low` … `high` to 0 … 1 (or 0 … 255, 0 … 65535), in one pass.

    Values up to `low` give the low end and values from `high` on the high end; where both are equal, all values above
    give the high end. NaN and padding give the low end, inverted or not.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Any shape; whole or real numbers.
    low, high : float
        In units after the rescale; see :func:`window_range` for windows of DICOM.
    slope, intercept : float, default 1 and 0
        The rescale (PS3.3 C.11.1).
    padding : float, optional
        The value, before the rescale, of pixels that hold no image.
    invert : bool, default False
        Give the high end for `low` instead.
    dtype : {"float32", "uint8", "uint16"}, default "float32"
        Of the result; whole numbers are rounded to the nearest.
    out : numpy.ndarray or cupy.ndarray, optional
        Where to write: writable and contiguous, of the same shape, kind and `dtype`; the array itself, or no part
        of it.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of the same shape and kind.

    Raises
    ------
    ValueError
        For a range or a rescale that is empty or not finite, another `dtype`, or an `out` that does not fit.

    References
    ----------
    DICOM PS3.3 2025c, C.11.2.1.2.1.

    Examples
    --------
    >>> rescale_window(np.array([-2000, -160, 40, 240], np.int16), low=-160, high=240).tolist()
    [0.0, 0.0, 0.5, 1.0]
    """
    if dtype not in _TOPS:
        raise ValueError(f"dtype={dtype!r} came. A window gives 'float32', 'uint8' or 'uint16'. Choose one of these.")
    given = contiguous(array)
    top = _TOPS[dtype]
    real = computed_in(given)
    zero, scale, rest = _line(given, (slope, intercept), (low, high), -top if invert else top)
    rest += top if invert else 0.0
    taken = result_place(given, out, dtype)
    unpadded = math.nan if padding is None else padding
    half = 0.5 if dtype != "float32" else 0.0
    run_step("rescale_window", given, taken, [real(one) for one in (zero, scale, rest, top, unpadded, half)])
    return taken


def standardize(array: Array, mean: float, deviation: float) -> Array:
    """Return ``(value - mean) / deviation``; NaN stays NaN.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Any shape.
    mean, deviation : float
        As :func:`workbench.imaging.kernels.histograms.moments` gives them.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        float32, of the same shape and kind.

    Raises
    ------
    ValueError
        When the deviation is not above 0.

    Examples
    --------
    >>> standardize(np.array([1, 3], np.int16), 2, 1).tolist()
    [-1.0, 1.0]
    """
    if not (math.isfinite(mean) and math.isfinite(deviation) and deviation > 0):
        raise ValueError(
            f"mean={mean:g} and deviation={deviation:g} came. A standardized image needs finite numbers and a "
            "deviation above 0, so one whose pixels differ. Look at the image or at its mask."
        )
    given = contiguous(array)
    real = computed_in(given)
    line = _line(given, (1.0, 0.0), (mean, mean + deviation), 1.0)
    taken = result_place(array, None, "float32")
    run_step("linear", given, taken, [real(one) for one in line])
    return taken


def clip(array: Array, low: float, high: float) -> Array:
    """Return the array with lower values raised to `low` and higher ones lowered to `high`, in its own type.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Any shape; NaN stays NaN.
    low, high : float
        For whole numbers they are taken inwards to the next whole number.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        A new array of the same shape, type and kind.

    Raises
    ------
    ValueError
        When no value of the type lies between both.

    Examples
    --------
    >>> clip(np.array([-2000, 5, 9000], np.int16), -1024, 3071.5).tolist()
    [-1024, 5, 3071]
    """
    kind = np.dtype(array.dtype)
    if kind.kind in "iu" and low == low and high == high:
        limits = np.iinfo(kind)
        low = limits.min if low < limits.min else math.ceil(min(low, limits.max + 1))
        high = limits.max if high > limits.max else math.floor(max(high, limits.min - 1))
    if not low <= high:
        raise ValueError(
            f"low={low} and high={high} came for pixels of {kind.name}. "
            "There must be a value between low and high. Give them in the image's units, the lower first."
        )
    with np.errstate(over="ignore"):  # an end beyond float32 is none
        return array.clip(kind.type(low), kind.type(high))


def look_up(array: Array, table: Array, *, lowest: int) -> Array:
    """Return ``table[value - lowest]`` for each pixel.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Whole numbers, each of which the table has.
    table : numpy.ndarray or cupy.ndarray
        One entry for each value from `lowest` on.
    lowest : int
        The value of the first entry.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of the shape of `array` and the type of `table`.

    Raises
    ------
    TypeError
        For an array of real numbers.
    ValueError
        For a value that the table has not.

    Examples
    --------
    >>> look_up(np.array([[-1, 1]], np.int16), np.array([0.0, 0.5, 1.0]), lowest=-1).tolist()
    [[0.0, 1.0]]
    """
    given = contiguous(array)
    _check_entries(given, len(table), lowest)
    taken = result_place(array, None, table.dtype)
    run_step("look_up", given, taken, [array_module(array).asarray(table), np.int64(lowest)])
    return taken


def _check_entries(given: Array, n_entries: int, lowest: int) -> None:
    """Raise unless the table has an entry for each value; a table for the whole type needs no look at the pixels."""
    kind = np.dtype(given.dtype)
    if kind.kind not in "iu":
        raise TypeError(
            f"An array of {kind.name} came. A table is looked up by whole numbers. Round it: "
            "numpy.rint(array).astype('int32')."
        )
    limits, last = np.iinfo(kind), lowest + n_entries - 1
    if given.size == 0 or (lowest <= limits.min and last >= limits.max):
        return
    low, high = int(given.min()), int(given.max())
    if low < lowest or high > last:
        raise ValueError(
            f"Pixels from {low} to {high} came for a table of the values {lowest} to {last}. An entry for each pixel "
            "would be right. Clip the image to the table, or make the table longer."
        )


def _line(
    given: Array, rescale: tuple[float, float], ends: tuple[float, float], top: float
) -> tuple[float, float, float]:
    """Return ``zero, scale, rest``: ``(value - zero) * scale + rest`` is 0 at the low end and `top` at the high one.

    `zero` lies at the low end, on a whole number for whole numbers, so that the difference to it is exact.
    """
    (slope, intercept), (low, high) = rescale, ends
    if not all(map(math.isfinite, (*rescale, *ends))) or slope == 0 or high < low:
        raise ValueError(
            f"slope={slope:g}, intercept={intercept:g}, low={low:g}, high={high:g} came. A window needs "
            "finite numbers, a slope other than 0 and high at least low. Look at the header's rescale and window."
        )
    exact = (low - intercept) / slope
    zero = exact
    if np.dtype(given.dtype).kind in "iu":
        zero = float((math.floor if slope > 0 else math.ceil)(exact))  # a threshold lies above the last dark value
    most = float(np.finfo(computed_in(given)).max)
    if abs(zero) > most:
        raise ValueError(
            f"low={low:g}, high={high:g} came for pixels of {np.dtype(given.dtype).name}. Ends that the image's "
            f"numbers reach would be right, within ±{most:.2g}. Give ends near the image's values."
        )
    zero = float(computed_in(given)(zero))
    if high == low:
        return zero, math.copysign(float(np.finfo(np.float32).max), slope * top), 0.0
    scale = min(max(slope * top / (high - low), -most), most)  # a window without width to speak of is a threshold
    return zero, scale, (zero - exact) * scale

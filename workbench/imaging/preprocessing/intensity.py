"""Steps that give values a bounded scale: windows and clipping, by given ends, by percentiles or by the file.

A window is one pass over the pixels: rescale, clip, invert and cast together. Statistics are taken before it, on the
values as read, where those of 8 and 16 bits have an exact histogram.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from workbench.imaging.images import Array, Image
from workbench.imaging.kernels.histograms import percentiles
from workbench.imaging.kernels.intensity import clip as clip_array
from workbench.imaging.kernels.intensity import rescale_window, window_range
from workbench.imaging.preprocessing.padding import counted_pixels
from workbench.imaging.preprocessing.records import flagged, recorded
from workbench.imaging.preprocessing.scales import SCALES, Numbers, need_gray, need_units

_Kind = TypeVar("_Kind", bound=Image)

#: Said of an image whose measured pixels are all alike.
CONSTANT = "All pixels that were measured have the same value: the result carries no information."


def window(
    image: _Kind, *, low: float, high: float, units: str, invert: bool = False, to: Numbers = "float32"
) -> _Kind:
    """Return the image with values from `low` to `high` spread over a bounded scale, those beyond at its ends.

    Parameters
    ----------
    image : Image
        Gray, in `units`.
    low, high : float
        Ends of the window, in `units`.
    units : str
        Of `low` and `high`.
    invert : bool
        Whether `low` becomes the brightest.
    to : {"float32", "uint8", "uint16"}
        0 to 1, 0 to 255 or 0 to 65535.

    Returns
    -------
    Image
        Of the same class; its units are the scale.

    References
    ----------
    DICOM PS3.3 2025c C.11.2.1.3.2 (LINEAR_EXACT, of which center is the middle and width the distance of the ends).
    """
    need_units(image, units, "window")
    parameters = {"low": low, "high": high, "units": units, "invert": invert, "to": to}
    return _windowed(image, "window", parameters, (low, high))


def percentile_window(
    image: _Kind,
    *,
    lower: float,
    upper: float,
    invert: bool = False,
    to: Numbers = "float32",
    mask: Array | None = None,
) -> _Kind:
    """Return the image windowed from one percentile of its own values to another.

    Parameters
    ----------
    image : Image
        Gray, in any units.
    lower, upper : float
        Percentiles, 0 to 100; padding does not count.
    invert : bool
        Whether the lower becomes the brightest.
    to : {"float32", "uint8", "uint16"}
        0 to 1, 0 to 255 or 0 to 65535.
    mask : numpy.ndarray or cupy.ndarray, optional
        Where to measure.

    Returns
    -------
    Image
        Of the same class; flagged where the two percentiles are equal.
    """
    low, high = _percentiles(image, (lower, upper), mask, "percentile_window")
    parameters = {"lower": lower, "upper": upper, "invert": invert, "to": to}
    return _windowed(image, "percentile_window", parameters, (low, high), found=True)


def file_window(image: _Kind, *, number: int = 1, lower: float = 1, upper: float = 99, to: Numbers = "uint8") -> _Kind:
    """Return the image in a window that its file names, or else between two percentiles.

    Parameters
    ----------
    image : Image
        Gray, in any units.
    number : int
        Which of the file's windows, from 1; the last there is where it has fewer.
    lower, upper : float
        Percentiles for images whose file names no window.
    to : {"float32", "uint8", "uint16"}
        0 to 1, 0 to 255 or 0 to 65535.

    Returns
    -------
    Image
        Of the same class.

    References
    ----------
    DICOM PS3.3 2025c C.11.2.1.2.1: the window runs from center − 0.5 − (width − 1) / 2 to
    center − 0.5 + (width − 1) / 2.
    """
    need_gray(image, "file_window")
    parameters = {"number": number, "lower": lower, "upper": upper, "to": to}
    if image.windows:
        center, width = image.windows[min(number, len(image.windows)) - 1]
        ends = window_range(center, width)
    else:
        ends = _percentiles(image, (lower, upper), None, "file_window")
    return _windowed(image, "file_window", parameters, ends, found=True)


def clip(image: _Kind, *, low: float, high: float, units: str) -> _Kind:
    """Return the image with values beyond two ends set to them; its units stay.

    Parameters
    ----------
    image : Image
        Gray, in `units`.
    low, high : float
        The ends, in `units`.
    units : str
        Of the ends.

    Returns
    -------
    Image
        Of the same class.
    """
    need_gray(image, "clip")
    need_units(image, units, "clip")
    return _clipped(image, "clip", {"low": low, "high": high, "units": units}, (low, high))


def percentile_clip(image: _Kind, *, lower: float, upper: float, mask: Array | None = None) -> _Kind:
    """Return the image with values beyond two of its own percentiles set to them; its units stay.

    Parameters
    ----------
    image : Image
        Gray, in any units.
    lower, upper : float
        Percentiles, 0 to 100; padding does not count.
    mask : numpy.ndarray or cupy.ndarray, optional
        Where to measure.

    Returns
    -------
    Image
        Of the same class.
    """
    ends = _percentiles(image, (lower, upper), mask, "percentile_clip")
    return _clipped(image, "percentile_clip", {"lower": lower, "upper": upper}, ends)


def _windowed(
    image: _Kind, step: str, parameters: dict[str, Any], ends: tuple[float, float], *, found: bool = False
) -> _Kind:
    """Return the image windowed between two ends, which were given or found in it."""
    need_gray(image, step)
    low, high = ends
    constant = not high > low
    if constant:
        high = low + 1
    to, invert = parameters["to"], parameters.get("invert", False)
    array = rescale_window(image.array, low=low, high=high, padding=image.padding_value, invert=invert, dtype=to)
    padding = None if image.padding_value is None else 0.0
    measured = {"low": low, "high": high}
    windowed = recorded(
        image, step, parameters, measured=measured, array=array, units=SCALES[to], padding_value=padding, windows=()
    )
    return flagged(windowed, CONSTANT) if constant and found else windowed


def _clipped(image: _Kind, step: str, parameters: dict[str, Any], ends: tuple[float, float]) -> _Kind:
    low, high = ends
    padding = image.padding_value
    if padding is not None:
        padding = min(max(padding, low), high)
    array = clip_array(image.array, low, high)
    return recorded(image, step, parameters, measured={"low": low, "high": high}, array=array, padding_value=padding)


def _percentiles(image: Image, which: Sequence[float], mask: Array | None, step: str) -> tuple[float, float]:
    need_gray(image, step)
    low, high = percentiles(image.array, list(which), mask=counted_pixels(image, mask))
    return float(low), float(high)

"""Value-of-interest rules (PS3.3 2025c C.11.2): windows, their functions and lookup tables, and presets."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.groups import functional_item, number_of, numbers_of, text_of, value_of
from workbench.imaging.pixels.modality import padding_values, rescale_of
from workbench.imaging.pixels.tables import table_of


class Window(NamedTuple):
    """One window of a file.

    Attributes
    ----------
    center, width : float
        In units after rescale.
    function : str
        ``"LINEAR"``, ``"LINEAR_EXACT"`` or ``"SIGMOID"`` (PS3.3 2025c C.11.2.1.2, C.11.2.1.3).
    """

    center: float
    width: float
    function: str = "LINEAR"


def voi_windows(dataset: Any, frame: int = 0) -> tuple[Window, ...]:
    """Return the windows of one frame in the file's order; those that no image can have are left out.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The header of one file.
    frame : int
        Counted from 0; an enhanced object has its own windows in each frame (PS3.3 C.7.6.16.2.10).

    Returns
    -------
    tuple of Window
        Empty where the file states none.

    Examples
    --------
    >>> import pydicom
    >>> dataset = pydicom.Dataset()
    >>> dataset.update({"WindowCenter": [40, -600], "WindowWidth": [400, 1500]})
    >>> voi_windows(dataset)
    (Window(center=40.0, width=400.0, function='LINEAR'), Window(center=-600.0, width=1500.0, function='LINEAR'))
    """
    item = functional_item(dataset, "FrameVOILUTSequence", frame)
    item = dataset if item is None else item
    function = text_of(item, "VOILUTFunction").upper() or "LINEAR"
    if function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        return ()
    pairs = zip(numbers_of(item, "WindowCenter"), numbers_of(item, "WindowWidth"), strict=False)
    return tuple(Window(center, width, function) for center, width in pairs if _can_be(width, function))


def apply_window(values: npt.NDArray[Any], window: Window) -> npt.NDArray[Any]:
    """Return values as shares of brightness through one window.

    Parameters
    ----------
    values : numpy.ndarray
        In units after rescale.
    window : Window
        Center, width and function.

    Returns
    -------
    numpy.ndarray
        Same shape, float32 from 0 to 1.

    Raises
    ------
    ValueError
        A width that the function does not have.

    References
    ----------
    DICOM PS3.3 2025c, C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID), C.11.2.1.3.2 (LINEAR_EXACT).

    Examples
    --------
    >>> apply_window(np.array([0, 50, 100]), Window(50.5, 101)).tolist()
    [0.0, 0.5, 1.0]
    """
    center, width, function = window
    if function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID") or not _can_be(width, function):
        raise ValueError(
            f"A window of width {width} and function {str(function)[:20]!r}. Widths are above 0, of LINEAR at least 1 "
            "(PS3.3 C.11.2.1.2); functions are LINEAR, LINEAR_EXACT and SIGMOID. Choose another window."
        )
    shares = values.astype(np.float32)
    if function == "SIGMOID":
        shares -= np.float32(center)
        shares *= np.float32(-4 / width)
        with np.errstate(over="ignore"):  # exp of a large number is infinite, and its share 0
            np.exp(shares, out=shares)
        shares += np.float32(1)
        return np.reciprocal(shares, out=shares)
    middle, across = (center - 0.5, width - 1) if function == "LINEAR" else (center, width)
    if across == 0:  # width 1: a step
        return (values > middle).astype(np.float32)
    shares -= np.float32(middle)
    shares *= np.float32(1 / across)
    shares += np.float32(0.5)
    return np.clip(shares, 0, 1, out=shares)


def apply_voi(values: npt.NDArray[Any], dataset: Any, *, index: int = 0) -> npt.NDArray[Any]:
    """Return values as shares of brightness as the file asks: its VOI LUT, else its window, else its own range.

    MONOCHROME1 is not inverted here; values are those of `apply_modality`.

    Parameters
    ----------
    values : numpy.ndarray
        From `apply_modality`.
    dataset : pydicom.Dataset
        The header of the file.
    index : int
        Which of its alternatives (PS3.3 C.11.2.1).

    Returns
    -------
    numpy.ndarray
        Same shape, float32 from 0 to 1.

    Raises
    ------
    LookupError
        There is no such alternative.

    References
    ----------
    DICOM PS3.3 2025c, C.11.2.1.1 (VOI LUT), C.11.2.1.2 (windows).
    """
    tables, windows = value_of(dataset, "VOILUTSequence") or (), voi_windows(dataset)
    n = len(tables) or len(windows) or 1
    if not 0 <= index < n:
        raise IndexError(
            f"No alternative {index} among the {n} of the file. Valid: 0 to {n - 1}. Choose one of these, or leave "
            "index out."
        )
    if tables:
        table = table_of(tables[index], signed=_may_be_negative(dataset))
        return table.look_up(values).astype(np.float32) / np.float32((1 << table.bits) - 1)
    if windows:
        return apply_window(values, windows[index])
    lowest, highest = _own_range(values, dataset)
    return apply_window(values, Window((lowest + highest) / 2, max(highest - lowest, 1e-6), "LINEAR_EXACT"))


#: Usual windows of CT, in HU; source: Radiopaedia, https://radiopaedia.org/articles/windowing-ct, where subdural is a
#: range (W 130 to 300, L 50 to 100) of which this is the middle, and spine is the soft tissue of the spine.
PRESETS = {
    "brain": Window(40, 80),
    "subdural": Window(75, 215),
    "stroke": Window(32, 8),
    "temporal bone": Window(600, 2800),
    "lung": Window(-600, 1500),
    "mediastinum": Window(50, 350),
    "soft tissue": Window(50, 400),
    "liver": Window(30, 150),
    "spine": Window(50, 250),
    "bone": Window(400, 1800),
}


def _can_be(width: float, function: str) -> bool:
    return width >= 1 if function == "LINEAR" else width > 0


def _may_be_negative(dataset: Any) -> bool:
    """Whether values before the VOI LUT may be below 0, so that its first mapped value is signed (PS3.3 C.11.2.1.1)."""
    if value_of(dataset, "ModalityLUTSequence"):
        return False
    slope, intercept, _ = rescale_of(dataset)
    bits = int(number_of(dataset, "BitsStored") or 16)
    ends = (-(1 << (bits - 1)), 0) if value_of(dataset, "PixelRepresentation") == 1 else (0, (1 << bits) - 1)
    return min(slope * one + intercept for one in ends) < 0


def _own_range(values: npt.NDArray[Any], dataset: Any) -> tuple[float, float]:
    padding = padding_values(dataset)
    inside = values
    if padding is not None:
        slope, intercept, _ = rescale_of(dataset)
        ends = sorted(slope * one + intercept for one in padding)
        inside = values[(values < ends[0]) | (values > ends[1])]
    inside = inside[np.isfinite(inside)] if inside.dtype.kind == "f" else inside
    if not inside.size:
        return 0.0, 1.0
    return float(inside.min()), float(inside.max())

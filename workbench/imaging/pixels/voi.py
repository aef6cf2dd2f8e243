"""Value-of-interest rules (PS3.3 C.11.2): windows, their functions and lookup tables, and presets."""

from typing import Any, NamedTuple

import numpy.typing as npt


class Window(NamedTuple):
    """One window of a file.

    Attributes
    ----------
    center, width : float
        In units after rescale.
    function : str
        ``"LINEAR"``, ``"LINEAR_EXACT"`` or ``"SIGMOID"`` (PS3.3 C.11.2.1.2, C.11.2.1.3).
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
        Counted from 0; an enhanced object has its own windows in each frame.

    Returns
    -------
    tuple of Window
        Empty where the file states none.
    """
    raise NotImplementedError


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
    """
    raise NotImplementedError


def apply_voi(values: npt.NDArray[Any], dataset: Any, *, index: int = 0) -> npt.NDArray[Any]:
    """Return values as shares of brightness as the file asks: its VOI LUT, else its window, else its own range.

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
    """
    raise NotImplementedError

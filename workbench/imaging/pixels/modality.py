"""From stored values to values with units: Modality LUT and rescale (PS3.3 C.11.1), also per frame."""

from typing import Any, NamedTuple

import numpy.typing as npt


class Rescale(NamedTuple):
    """``value = slope · stored + intercept``, in `units`.

    Attributes
    ----------
    slope, intercept : float
        PS3.3 C.11.1.1.2.
    units : str
        ``"HU"``, ``"Bq/ml"`` …, or ``"unknown units"``.
    """

    slope: float
    intercept: float
    units: str


def rescale_of(dataset: Any, frame: int = 0) -> Rescale:
    """Return slope, intercept and units of one frame.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The header of one file.
    frame : int
        Counted from 0; an enhanced object has its own pair in each frame.

    Returns
    -------
    Rescale
        Slope 1 and intercept 0 where the file states none.
    """
    raise NotImplementedError


def apply_modality(stored: npt.NDArray[Any], dataset: Any) -> tuple[npt.NDArray[Any], str]:
    """Return values with units: through the Modality LUT, or slope and intercept, frame by frame if they differ.

    Integers stay integers where slope is 1 and the intercept whole (int16 where the values fit, else int32);
    otherwise the result is float32 (float64 for stored values of 32 bits and more).

    Parameters
    ----------
    stored : numpy.ndarray
        (rows, columns) or (frames, rows, columns) from `decode_frames`.
    dataset : pydicom.Dataset
        The header of the file.

    Returns
    -------
    values : numpy.ndarray
        Same shape.
    units : str
        ``"HU"``, ``"Bq/ml"`` …, or ``"unknown units"``.
    """
    raise NotImplementedError


def padding_values(dataset: Any) -> tuple[int, int] | None:
    """Return the first and last stored value that means "outside the image" (PS3.3 C.7.5.1.1.2).

    Parameters
    ----------
    dataset : pydicom.Dataset
        The header of the file.

    Returns
    -------
    tuple of int or None
        PixelPaddingValue twice, or the ordered range with PixelPaddingRangeLimit; None where the file has none.
    """
    raise NotImplementedError

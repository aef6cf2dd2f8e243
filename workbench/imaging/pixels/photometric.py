"""Photometric rules (PS3.3 C.7.6.3.1.2): which direction is brighter, which numbers are a color."""

from typing import Any

import numpy.typing as npt

from workbench.imaging.pixels.description import PixelDescription


def to_grey(
    decoded: npt.NDArray[Any], description: PixelDescription, dataset: Any, *, from_color: bool = False
) -> tuple[npt.NDArray[Any], str]:
    """Return one channel in which higher is brighter, and what was done in words.

    Parameters
    ----------
    decoded : numpy.ndarray
        From `decode_frames`: (…, rows, columns), or (…, rows, columns, 3) RGB.
    description : PixelDescription
        Of the file.
    dataset : pydicom.Dataset
        Its header; read for the palette only.
    from_color : bool
        Convert color to luminance; otherwise color is refused, unless its three samples are equal.

    Returns
    -------
    array : numpy.ndarray
        (…, rows, columns).
    done : str
        A sentence; empty when nothing was done.

    Raises
    ------
    PixelDataError
        Color, where `from_color` was not asked for.
    """
    raise NotImplementedError


def to_rgb(decoded: npt.NDArray[Any], description: PixelDescription, dataset: Any) -> npt.NDArray[Any]:
    """Return the colors of frames that are RGB, YBR, a palette's indexes or grey.

    Parameters
    ----------
    decoded : numpy.ndarray
        From `decode_frames`.
    description : PixelDescription
        Of the file.
    dataset : pydicom.Dataset
        Its header, with the palette.

    Returns
    -------
    numpy.ndarray
        (…, rows, columns, 3), uint8 or uint16.
    """
    raise NotImplementedError


def invert(values: npt.NDArray[Any], lowest: float, highest: float) -> npt.NDArray[Any]:
    """Return ``highest + lowest − values``: what MONOCHROME1 shows bright becomes high (PS3.3 C.7.6.3.1.2).

    Parameters
    ----------
    values : numpy.ndarray
        Stored values or values after rescale.
    lowest, highest : float
        The range in which they are mirrored: of all values that could be stored, not of those that are.

    Returns
    -------
    numpy.ndarray
        Same shape and type.
    """
    raise NotImplementedError

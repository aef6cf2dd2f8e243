"""Photometric rules (PS3.3 2025c C.7.6.3.1.2): which direction is brighter, which numbers are a color."""

from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.colors import LUMINANCE
from workbench.imaging.pixels.groups import text_of
from workbench.imaging.pixels.layout import PixelDataError, PixelDescription
from workbench.imaging.pixels.modality import apply_modality
from workbench.imaging.pixels.tables import LookupTable, palette_of
from workbench.imaging.pixels.voi import apply_voi


def grey_of_rgb(rgb: npt.NDArray[Any], *, from_color: bool) -> tuple[npt.NDArray[Any], str]:
    """Return the luminance of colors, and what was done in words.

    Parameters
    ----------
    rgb : numpy.ndarray
        (…, 3).
    from_color : bool
        Whether unequal samples may be converted.

    Returns
    -------
    array : numpy.ndarray
        (…) of the same type.
    done : str
        A sentence.

    Raises
    ------
    PixelDataError
        Color, where `from_color` was not asked for.
    """
    first = rgb[..., 0]
    if np.array_equal(first, rgb[..., 1]) and np.array_equal(first, rgb[..., 2]):
        return np.ascontiguousarray(first), "The three equal samples of each pixel became one."
    if not from_color:
        raise PixelDataError(
            "The image is in color, where grey was expected. Grey are MONOCHROME1, MONOCHROME2 and color of three "
            "equal samples. "
            "Pass color='grey' to convert it to luminance, or leave it out."
        )
    luminance = np.zeros(first.shape, np.float32)
    for sample, share in enumerate(LUMINANCE):
        luminance += rgb[..., sample] * np.float32(share)
    done = "Color was converted to luminance (0.299 R + 0.587 G + 0.114 B)."
    return np.rint(luminance).astype(rgb.dtype), done


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
        (…, rows, columns, 3); RGB of the type it has, palettes of that of their entries, grey as uint8 through the
        file's VOI LUT or window.

    Raises
    ------
    PixelDataError
        The palette is missing or damaged.

    References
    ----------
    DICOM PS3.3 2025c, C.7.6.3.1.2, C.7.9 (palettes), C.7.6.19 (supplemental palettes).
    """
    if description.samples == 3:
        return decoded
    if description.photometric == "PALETTE COLOR":
        tables = palette_of(dataset, signed=description.signed)
        return _colored(decoded, tables)
    values, _ = apply_modality(decoded, dataset)
    shares = apply_voi(values, dataset)
    if description.photometric == "MONOCHROME1":
        np.subtract(1, shares, out=shares)
    grey = np.rint(shares * 255).astype(np.uint8)
    rgb = np.repeat(grey[..., np.newaxis], 3, axis=-1)
    if (
        text_of(dataset, "PixelPresentation") in ("COLOR", "MIXED")
        and "RedPaletteColorLookupTableDescriptor" in dataset
    ):
        tables = palette_of(dataset, signed=description.signed)
        in_color = decoded >= tables[0].first  # the values below stay grey (PS3.3 C.7.6.19)
        colors = _colored(decoded[in_color], tables)
        rgb[in_color] = colors if colors.dtype == np.uint8 else colors >> 8
    return rgb


def invert(values: npt.NDArray[Any], lowest: float, highest: float) -> npt.NDArray[Any]:
    """Return ``highest + lowest − values``: what MONOCHROME1 shows bright becomes high (PS3.3 2025c C.7.6.3.1.2).

    Parameters
    ----------
    values : numpy.ndarray
        Stored values or values after rescale; those outside the range are brought to its ends.
    lowest, highest : float
        The range in which they are mirrored: of all values that could be stored, not of those that are.

    Returns
    -------
    numpy.ndarray
        Same shape and type.

    Examples
    --------
    >>> invert(np.array([0, 1, 4095], np.uint16), 0, 4095).tolist()
    [4095, 4094, 0]
    """
    if values.dtype.kind == "f":
        return np.asarray((lowest + highest) - values, values.dtype)
    inside = np.clip(values, int(lowest), int(highest)).astype(np.int64 if values.dtype.itemsize > 2 else np.int32)
    mirrored: npt.NDArray[Any] = (int(lowest) + int(highest) - inside).astype(values.dtype)
    return mirrored


def _colored(indexes: npt.NDArray[Any], tables: tuple[LookupTable, ...]) -> npt.NDArray[Any]:
    channels = [table.look_up(indexes) for table in tables]
    return np.stack(channels, axis=-1).astype(np.result_type(*channels), copy=False)

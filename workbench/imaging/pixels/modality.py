"""From stored values to values with units: Modality LUT and rescale (PS3.3 2025c C.11.1), also per frame."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import UNKNOWN_UNITS
from workbench.imaging.pixels.groups import functional_item, number_of, text_of, value_of
from workbench.imaging.pixels.layout import PixelDataError
from workbench.imaging.pixels.tables import table_of

#: RescaleType and ModalityLUTType (PS3.3 C.11.1.1.2) → units; US is "unspecified".
_RESCALE_UNITS = {"HU": "HU", "OD": "0.001 optical density", "MGML": "mg/ml", "PCT": "%"}
_RESCALE_UNITS["Houndsfield Unit"] = "HU"  # misspelled
#: Units (0054,1001) of PET (PS3.3 C.8.9.1.1.3) → units.
_PET_UNITS = {
    "BQML": "Bq/ml", "CNTS": "counts", "CPS": "counts/s", "GML": "g/ml",
    "PROPCNTS": "proportional to counts", "PROPCPS": "proportional to counts/s",
}  # fmt: skip
#: Units that images have as they are read.
KNOWN_UNITS = tuple(dict.fromkeys((*_RESCALE_UNITS.values(), *_PET_UNITS.values(), "Gy")))


class Rescale(NamedTuple):
    """``value = slope · stored + intercept``, in `units`.

    Attributes
    ----------
    slope, intercept : float
        PS3.3 2025c C.11.1.
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

    Raises
    ------
    PixelDataError
        The slope is 0.

    References
    ----------
    DICOM PS3.3 2025c, C.11.1 and C.11.1.1.2 (rescale and its type), C.7.6.16.2.9 (per frame), C.8.2.1 (HU of CT),
    C.8.8.3 (dose).

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> import pydicom
    >>> rescale_of(pydicom.dcmread(get_testdata_file("CT_small.dcm")))
    Rescale(slope=1.0, intercept=-1024.0, units='HU')
    """
    item = functional_item(dataset, "PixelValueTransformationSequence", frame)
    item = dataset if item is None else item
    slope, intercept = number_of(item, "RescaleSlope"), number_of(item, "RescaleIntercept")
    if text_of(dataset, "Modality") == "RTDOSE":
        slope = number_of(dataset, "DoseGridScaling") if slope is None else slope
    if slope == 0:
        raise PixelDataError(
            "RescaleSlope is 0, which makes every value the same. Any other number was expected (PS3.3 C.11.1). "
            "Leave the file out, or correct its header at the source."
        )
    return Rescale(
        1.0 if slope is None else slope,
        0.0 if intercept is None else intercept,
        _units(dataset, item, stated=slope is not None or intercept is not None),
    )


def apply_modality(stored: npt.NDArray[Any], dataset: Any) -> tuple[npt.NDArray[Any], str]:
    """Return values with units: through the Modality LUT, or slope and intercept, frame by frame if they differ.

    Integers stay integers where slope is 1 and the intercept whole: of their own type where the
    intercept is 0, else int16 where the values fit, else int32. Otherwise the result is float32
    (float64 for stored values of 32 bits and more). Colors and palette indexes pass unchanged.

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

    Raises
    ------
    PixelDataError
        A slope of 0, frames of differing units, or a damaged table.

    References
    ----------
    DICOM PS3.3 2025c, C.11.1.

    Examples
    --------
    >>> import pydicom
    >>> dataset = pydicom.Dataset()
    >>> dataset.update({"Modality": "CT", "RescaleSlope": 1, "RescaleIntercept": -1024})
    >>> values, units = apply_modality(np.array([[0, 1024]], np.uint16), dataset)
    >>> values.tolist(), values.dtype.name, units
    ([[-1024, 0]], 'int16', 'HU')
    """
    if value_of(dataset, "SamplesPerPixel") == 3 or text_of(dataset, "PhotometricInterpretation") == "PALETTE COLOR":
        return stored, UNKNOWN_UNITS  # colors are not measurements (PS3.3 C.11.1)
    if tables := value_of(dataset, "ModalityLUTSequence"):
        item = tables[0]
        table = table_of(item, signed=value_of(dataset, "PixelRepresentation") == 1)
        return table.look_up(stored), _RESCALE_UNITS.get(text_of(item, "ModalityLUTType"), UNKNOWN_UNITS)
    own = value_of(dataset, "PerFrameFunctionalGroupsSequence") if stored.ndim == 3 else None
    pairs = [rescale_of(dataset, frame) for frame in range(len(stored) if own else 1)]
    if len({pair.units for pair in pairs}) > 1:
        raise PixelDataError(
            f"The frames have differing units: {', '.join(sorted({pair.units for pair in pairs}))}. One for all was "
            "expected. "
            "Read frames of one kind at a time."
        )
    if len(set(pairs)) == 1:
        return rescale(stored, pairs[0].slope, pairs[0].intercept), pairs[0].units
    parts = [rescale(frame, pair.slope, pair.intercept) for frame, pair in zip(stored, pairs, strict=True)]
    return np.stack(parts).astype(np.result_type(*parts), copy=False), pairs[0].units


def rescale(stored: npt.NDArray[Any], slope: float, intercept: float) -> npt.NDArray[Any]:
    """Return ``slope · stored + intercept`` in the smallest type that holds it, as `apply_modality` says.

    Parameters
    ----------
    stored : numpy.ndarray
        Any shape.
    slope, intercept : float
        PS3.3 2025c C.11.1.

    Returns
    -------
    numpy.ndarray
        Same shape; `stored` itself where slope is 1 and intercept 0.
    """
    if slope == 1 and intercept == 0:
        return stored
    if stored.dtype.kind in "iu" and slope == 1 and intercept == int(intercept) and stored.dtype.itemsize <= 2:
        lowest, highest = int(stored.min(initial=0)) + int(intercept), int(stored.max(initial=0)) + int(intercept)
        fits = min(lowest, int(intercept)) >= -32_768 and max(highest, int(intercept)) <= 32_767
        if fits:  # the sum fits, so the wrapped sum of 16 bits is the sum
            return stored.astype(np.int16) + np.int16(intercept)
        return stored.astype(np.int32) + np.int32(intercept)
    wide = stored.dtype.itemsize >= 4 and stored.dtype != np.float32
    values: npt.NDArray[Any] = stored.astype(np.float64 if wide else np.float32)
    np.multiply(values, slope, out=values)
    np.add(values, intercept, out=values)
    return values


def padding_values(dataset: Any) -> tuple[int, int] | None:
    """Return the first and last stored value that means "outside the image" (PS3.3 2025c C.7.5.1.1.2).

    Parameters
    ----------
    dataset : pydicom.Dataset
        The header of the file.

    Returns
    -------
    tuple of int or None
        PixelPaddingValue twice, or the ordered range with PixelPaddingRangeLimit; None where the file has none.
    """
    value, limit = number_of(dataset, "PixelPaddingValue"), number_of(dataset, "PixelPaddingRangeLimit")
    if value is None:
        return None
    bits = int(number_of(dataset, "BitsAllocated") or 16)
    signed = value_of(dataset, "PixelRepresentation") == 1
    ends = [_as_stored(int(one), bits, signed=signed) for one in (value, value if limit is None else limit)]
    return min(ends), max(ends)


def _as_stored(value: int, bits: int, *, signed: bool) -> int:
    """Read a value as its pixels are: some files write it unsigned beside signed pixels."""
    value %= 1 << bits
    return value - (1 << bits) if signed and value >= 1 << (bits - 1) else value


def _units(dataset: Any, item: Any, *, stated: bool) -> str:
    modality, kind = text_of(dataset, "Modality"), text_of(item, "RescaleType")
    if modality == "PT":
        return _PET_UNITS.get(text_of(dataset, "Units"), UNKNOWN_UNITS)
    if modality == "RTDOSE":
        return "Gy" if text_of(dataset, "DoseUnits") == "GY" else UNKNOWN_UNITS
    if kind:
        return _RESCALE_UNITS.get(kind, UNKNOWN_UNITS)
    image_type = [str(one) for one in value_of(dataset, "ImageType") or ()]
    if modality == "CT" and stated and "LOCALIZER" not in image_type[2:3]:
        return "HU"  # PS3.3 C.8.2.1
    return UNKNOWN_UNITS

"""What the values of each file of a series mean after rescale, told by its header.

References
----------
DICOM PS3.3 2025c: C.8.2.1 (CT Image), C.8.9.1.1.3 (Units of PET), C.11.1 (Modality LUT).
"""

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import UNKNOWN_UNITS
from workbench.imaging.volumes.findings import Finding, SeriesError
from workbench.imaging.volumes.opening import why_not

if TYPE_CHECKING:
    from workbench.imaging.headers.reading import Headers

_ATTRIBUTES = ("Modality", "RescaleType", "Units", "ImageType")


def units_of_files(headers: "Headers", stated: npt.NDArray[np.bool_]) -> npt.NDArray[np.str_]:
    """Return the units of the values of each file after rescale.

    Parameters
    ----------
    headers : workbench.imaging.headers.reading.Headers
        Of the files of one series.
    stated : numpy.ndarray
        (n,) which files state a slope or an intercept.

    Returns
    -------
    numpy.ndarray
        (n,) text: ``"HU"``, ``"Bq/ml"`` …, or ``"unknown units"``.

    Raises
    ------
    SeriesError
        When values go through a Modality LUT that is no line.
    """
    modalities, types = headers.text("Modality"), headers.text("RescaleType")
    if stated.all() and set(modalities) == {"CT"} and {kind or "HU" for kind in types} == {"HU"}:
        # PS3.3 2025c C.8.2.1: the values of a CT image are Hounsfield units unless it says otherwise
        return np.full(len(headers), "HU")
    if not stated.all():
        _refuse_tables(headers, np.flatnonzero(~stated).tolist())
    kinds = list(zip(modalities, types, headers.text("Units"), headers.text("ImageType"), stated.tolist(), strict=True))
    units = {kind: _units(kind) for kind in set(kinds)}
    return np.array([units[kind] for kind in kinds])


def _units(kind: tuple[Any, ...]) -> str:
    """Return the units of a file whose header holds these values."""
    from pydicom import Dataset

    from workbench.imaging.pixels.modality import rescale_of

    header = Dataset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of values that are not as the standard wants them
        try:
            for keyword, text in zip(_ATTRIBUTES, kind, strict=False):
                if text:
                    setattr(header, keyword, text.split("\\") if keyword == "ImageType" else text)
            if kind[-1]:
                header.RescaleSlope = 1
            return rescale_of(header).units
        except (ValueError, TypeError, AttributeError):  # a value that no such attribute can have
            return UNKNOWN_UNITS


def _refuse_tables(headers: "Headers", rows: list[int]) -> None:
    dataset = _first_readable(headers, rows)
    if dataset is not None and "ModalityLUTSequence" in dataset:
        words = "The values go through a Modality LUT, where slope and intercept would be right for a volume."
        then = "Read such images one by one with read_image."
        raise SeriesError(f"{words} {then}", (Finding("modality LUT", words, "", then),))


def _first_readable(headers: "Headers", rows: list[int]) -> Any:
    """Return the data set of the first file that has one; those that end early are found when pixels are read."""
    from workbench.imaging.pixels.files import open_dataset
    from workbench.imaging.pixels.layout import PixelDataError

    for row in rows:
        if why_not(headers, row):
            continue
        try:
            return open_dataset(headers.paths[row])[0]
        except PixelDataError:
            continue
    return None

"""What a file says of its pixels, from a pydicom data set or from headers that were read together."""

import math
from typing import Any

import numpy as np

from workbench.imaging.pixels.groups import text_of, value_of
from workbench.imaging.pixels.layout import (
    NATIVE,
    PixelDataError,
    PixelDescription,
    Refusal,
    check_allowed,
)

__all__ = [
    "NO_PIXELS",
    "PixelDataError",
    "PixelDescription",
    "Refusal",
    "describe",
    "describe_header",
    "describe_headers",
]

#: What is said of a report, a plan or a waveform.
NO_PIXELS = (
    "The file holds no pixel data. An image has PixelData, FloatPixelData or DoubleFloatPixelData "
    "(PS3.3 C.7.6.3, C.7.6.24). If it is a report, a plan or a waveform, leave it out."
)
_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_NUMBERS = (
    "Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
    "PlanarConfiguration", "NumberOfFrames",
)  # fmt: skip


def describe(dataset: Any, *, pixel_offset: int = -1, pixel_length: int = -1, keyword: str = "") -> PixelDescription:
    """Return the description of a pydicom data set's pixels.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With or without its pixel data.
    pixel_offset, pixel_length : int
        Where the value of the pixel data lies in the file, where known.
    keyword : str
        Of the element that holds the pixels; looked up in the data set by default.

    Returns
    -------
    PixelDescription
        Checked for what DICOM allows.

    Raises
    ------
    PixelDataError
        An attribute is missing or has a value that no image can have.
    """
    meta = getattr(dataset, "file_meta", None) or {}
    syntax = str(meta.get("TransferSyntaxUID", "") or "")
    found = [name for name in _KEYWORDS if name in dataset]
    numbers = {name: _number(value_of(dataset, name), name) for name in _NUMBERS}
    photometric = text_of(dataset, "PhotometricInterpretation")
    return _described(numbers, photometric, syntax, pixel_offset, pixel_length, keyword or (found or _KEYWORDS)[0])


def describe_header(headers: Any, row: int) -> PixelDescription:
    """Return the description of the pixels of one file among headers that were read together.

    Parameters
    ----------
    headers : workbench.imaging.headers.reading.Headers
        Of many files.
    row : int
        Which.

    Returns
    -------
    PixelDescription
        As `describe` gives it.

    Raises
    ------
    PixelDataError
        An attribute is missing or has a value that no image can have.
    """
    (description,), refusals = describe_headers(headers.select([row]))
    if description is None:
        raise PixelDataError(refusals[0].reason)
    return description


def describe_headers(headers: Any) -> tuple[list[PixelDescription | None], list[Refusal]]:
    """Return the descriptions of the pixels of many files.

    Parameters
    ----------
    headers : workbench.imaging.headers.reading.Headers
        Of the files.

    Returns
    -------
    descriptions : list of PixelDescription or None
        One for each file; None where it was refused.
    refusals : list of Refusal
        Which, and why.
    """
    columns = [np.asarray(headers.numbers(name), np.float64)[:, 0] for name in _NUMBERS]
    table = np.stack(columns, axis=1)
    photometric = headers.text("PhotometricInterpretation")
    descriptions: list[PixelDescription | None] = []
    refusals = []
    for row, values in enumerate(table.tolist()):
        numbers = {
            name: None if math.isnan(value) else int(value) if math.isfinite(value) else -1
            for name, value in zip(_NUMBERS, values, strict=True)
        }
        place = int(headers.pixel_offset[row]), int(headers.pixel_length[row])
        try:
            if place[0] < 0:
                raise PixelDataError(NO_PIXELS)
            syntax = headers.transfer_syntax[row]
            described = _described(numbers, photometric[row] or "", syntax, *place, _keyword(numbers))
            descriptions.append(described)
        except PixelDataError as refused:
            descriptions.append(None)
            refusals.append(Refusal(row, str(refused)))
    return descriptions, refusals


def _described(
    numbers: dict[str, int | None], photometric: str, syntax: str, offset: int, length: int, keyword: str
) -> PixelDescription:
    if not syntax:
        raise PixelDataError(
            "The file states no transfer syntax, so nobody can know how its pixels are encoded. File Meta "
            "Information states it "
            "(PS3.10 7.1). Write the file anew with the tool it came from."
        )
    rows, columns, allocated = (_needed(numbers, name) for name in ("Rows", "Columns", "BitsAllocated"))
    samples = numbers["SamplesPerPixel"] or 1
    floats = keyword != "PixelData"
    allocated = (32 if keyword == "FloatPixelData" else 64) if floats else allocated
    stored = allocated if floats else _needed(numbers, "BitsStored")
    high = numbers["HighBit"]
    high = stored - 1 if high is None or floats else high
    signed = 0 if floats else _needed(numbers, "PixelRepresentation")
    native = syntax in NATIVE
    planar = numbers["PlanarConfiguration"]
    if samples == 3 and native and planar is None:
        planar = _needed(numbers, "PlanarConfiguration")
    described = PixelDescription(
        rows, columns, samples, allocated, stored, high, signed == 1, photometric.strip(), bool(planar) and samples > 1,
        max(numbers["NumberOfFrames"] or 1, 1), syntax, offset, length if native else -1, keyword,
    )  # fmt: skip
    check_allowed(described, signed)
    return described


def _keyword(numbers: dict[str, int | None]) -> str:
    """Return which element holds the pixels: floating point ones have no PixelRepresentation (PS3.3 C.7.6.24)."""
    if numbers["PixelRepresentation"] is None and numbers["BitsStored"] is None:
        return {32: "FloatPixelData", 64: "DoubleFloatPixelData"}.get(numbers["BitsAllocated"] or 0, "PixelData")
    return "PixelData"


def _number(value: Any, name: str) -> int | None:
    if value is None or value == "":
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise PixelDataError(
            f"The header's {name} is not a whole number. It has one value, of digits. "
            "Leave the file out, or correct its header at the source."
        ) from None


def _needed(numbers: dict[str, int | None], name: str) -> int:
    value = numbers[name]
    if value is None:
        raise PixelDataError(
            f"The header has no {name}. Every image states it (PS3.3 C.7.6.3). "
            "If the file is a report, a plan or a waveform, leave it out."
        )
    return value

"""Spacing of pixels in millimeters, and where it holds: in the patient, at the detector, or in a calibrated region."""

from typing import Any

from workbench.imaging.pixels.groups import functional_item, number_of, numbers_of, text_of, value_of

_SMALLEST_MM, _GREATEST_MM = 1e-5, 1_000.0  # our own bounds: below a thousandth of a cell, above a meter
_CENTIMETERS = 3  # PhysicalUnitsXDirection (PS3.3 2025c C.8.5.5.1.15)


#: Area in pixels, spacing in mm (rows, columns), and first and last row and column.
_Region = tuple[int, tuple[float, float], tuple[int, int, int, int]]


def spacing_of(dataset: Any, frame: int = 0) -> tuple[tuple[float, float] | None, list[str]]:
    """Return the spacing between rows and between columns, and what is to be known of it.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The header of one file.
    frame : int
        Counted from 0.

    Returns
    -------
    spacing_mm : tuple of float or None
        (between rows, between columns); None where the file states none that can be.
    flags : list of str
        A sentence each.

    References
    ----------
    DICOM PS3.3 2025c, 10.7.1.1 and 10.7.1.3 (PixelSpacing and the order of its values), C.8.11.4
    (ImagerPixelSpacing: at the front of the detector), C.8.5.5 (ultrasound regions).

    Examples
    --------
    >>> import pydicom
    >>> dataset = pydicom.Dataset()
    >>> dataset.ImagerPixelSpacing = [0.1, 0.2]
    >>> spacing_of(dataset)
    ((0.1, 0.2), ['Spacing is ImagerPixelSpacing: at the detector, larger than in the patient (PS3.3 10.7.1.1).'])
    """
    measures = functional_item(dataset, "PixelMeasuresSequence", frame)
    imager, flags = _pair(dataset, "ImagerPixelSpacing")
    in_patient, more = _pair(dataset if measures is None else measures, "PixelSpacing")
    flags += more
    if in_patient:
        return in_patient, flags + _of_calibration(dataset, in_patient, imager)
    if imager:
        return imager, [
            *flags,
            "Spacing is ImagerPixelSpacing: at the detector, larger than in the patient (PS3.3 10.7.1.1).",
        ]
    scanned, more = _pair(dataset, "NominalScannedPixelSpacing")
    if scanned:
        return scanned, [*flags, *more, "Spacing is NominalScannedPixelSpacing: on the film that was scanned."]
    in_region, more = _of_ultrasound(dataset)
    return in_region, flags + more


def _of_calibration(dataset: Any, stated: tuple[float, float], imager: tuple[float, float] | None) -> list[str]:
    kind = text_of(dataset, "PixelSpacingCalibrationType")
    if kind:
        return [f"PixelSpacing is calibrated by {'geometry' if kind == 'GEOMETRY' else 'an object of known size'}."]
    if imager and imager == stated:
        return ["PixelSpacing equals ImagerPixelSpacing: at the detector, not calibrated (PS3.3 10.7.1.1)."]
    if imager:
        return ["PixelSpacing differs from ImagerPixelSpacing: corrected or calibrated (PS3.3 10.7.1.1)."]
    return []


def ultrasound_regions(dataset: Any) -> tuple[tuple[int, int, int, int], ...]:
    """Return where the calibrated regions of an ultrasound image lie.

    Parameters
    ----------
    dataset : pydicom.Dataset
        Any.

    Returns
    -------
    tuple of tuple of int
        First column, first row, last column and last row of each region that is calibrated in centimeters and lies
        in the image, the largest first; empty without any.

    References
    ----------
    DICOM PS3.3 2025c, C.8.5.5 (US Region Calibration).
    """
    found, _ = _calibrated(dataset)
    return tuple((left, top, right, bottom) for _, _, (top, bottom, left, right) in sorted(found, reverse=True))


def _of_ultrasound(dataset: Any) -> tuple[tuple[float, float] | None, list[str]]:
    found, n_outside = _calibrated(dataset)
    if not found and n_outside:
        return None, [
            "Calibrated ultrasound regions lie outside the image; their spacing was left out (PS3.3 C.8.5.5)."
        ]
    if not found:
        regions = value_of(dataset, "SequenceOfUltrasoundRegions") or ()
        return None, ["No ultrasound region is calibrated in centimeters."] if regions else []
    _, spacing, (top, bottom, left, right) = max(found)
    place = f"rows {top} to {bottom} and columns {left} to {right}"
    others = f", the largest of {len(found)}" if len(found) > 1 else ""
    return spacing, [f"Spacing holds in one calibrated region{others}: {place} (PS3.3 C.8.5.5)."]


def _calibrated(dataset: Any) -> tuple[list[_Region], int]:
    """Return area, spacing and edges of each calibrated region, and how many lie outside the image."""
    found, n_outside = [], 0
    for region in value_of(dataset, "SequenceOfUltrasoundRegions") or ():
        units = {number_of(region, "PhysicalUnitsXDirection"), number_of(region, "PhysicalUnitsYDirection")}
        deltas = number_of(region, "PhysicalDeltaY"), number_of(region, "PhysicalDeltaX")
        ends = [number_of(region, f"RegionLocation{end}") for end in ("MinY0", "MaxY1", "MinX0", "MaxX1")]
        if units != {_CENTIMETERS} or None in deltas or None in ends:
            continue
        spacing = abs(10 * (deltas[0] or 0)), abs(10 * (deltas[1] or 0))
        top, bottom, left, right = (int(one or 0) for one in ends)
        if bottom >= (number_of(dataset, "Rows") or 0) or right >= (number_of(dataset, "Columns") or 0):
            n_outside += 1  # the picture was cut or scaled after it was calibrated
        elif all(_SMALLEST_MM <= one <= _GREATEST_MM for one in spacing):
            found.append(((bottom - top + 1) * (right - left + 1), spacing, (top, bottom, left, right)))
    return found, n_outside


def _pair(item: Any, keyword: str) -> tuple[tuple[float, float] | None, list[str]]:
    if value_of(item, keyword) in (None, ""):
        return None, []
    values = numbers_of(item, keyword)
    if len(values) == 2 and all(_SMALLEST_MM <= one <= _GREATEST_MM for one in values):
        return (values[0], values[1]), []
    return None, [f"{keyword} has values that no image can have; it was left out."]

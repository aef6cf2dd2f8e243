"""What has to be the same in all slices of a volume: what their values mean, their size, and how they lie."""

from collections import Counter

import numpy as np
import numpy.typing as npt

from workbench.imaging.volumes.findings import Finding
from workbench.imaging.volumes.showing import known_modality
from workbench.imaging.volumes.stack import Stack

_MOST_LISTED = 12


def mixtures(stack: Stack) -> list[Finding]:
    """Return what differs among images that has to be the same in all slices of a volume.

    Parameters
    ----------
    stack : Stack
        Of one series.

    Returns
    -------
    list of Finding
        Each refuses the series and says how to choose.
    """
    findings = []
    if (stack.rescale[:, 0] == 0).any():
        words = f"{stack.names(np.flatnonzero(stack.rescale[:, 0] == 0)).capitalize()}: a RescaleSlope of 0."
        findings.append(
            Finding("slope", words, "", "Read the stored values with pydicom, if they are all that is wanted.")
        )
    for colored, what, reader in (
        (stack.sizes[:, 2] > 1, "several samples a pixel", "read_image"),
        (palettes(stack), "a palette", "read_radiograph or read_cine"),
    ):
        if colored.any():
            words = f"{stack.names(np.flatnonzero(colored)).capitalize()}: color, with {what}."
            findings.append(Finding("color", words, "", f"Read such images one by one with {reader}."))
    findings += _meanings(stack)
    for keyword, column, tolerance in (
        ("Rows", stack.sizes[:, :1], 0.5),
        ("Columns", stack.sizes[:, 1:2], 0.5),
        ("ImageOrientationPatient", stack.orientations, 1e-3),
        ("PixelSpacing", stack.pixel_mm, 1e-3),
    ):
        groups = _groups(column, tolerance)
        if len(groups) > 1:
            sizes = [
                f"{_value(column[group[0]])} ({_count(len(group), stack.noun)})" for group in groups[:_MOST_LISTED]
            ]
            largest = max(groups, key=len)
            then = f'Choose with where={{"{keyword}": {_value(column[largest[0]])}}} or another of these.'
            findings.append(
                Finding(keyword, f"{keyword} differs within the series: {', '.join(sizes)}.", "", then),
            )
    return findings


def inverted(stack: Stack) -> list[Finding]:
    """Return the finding that low values are meant to be shown bright.

    Parameters
    ----------
    stack : Stack
        Of one series.

    Returns
    -------
    list of Finding
        Empty where none is; the values are physical and stay as they are (PS3.3 2025c C.7.6.3.1.2).
    """
    n = stack.values("PhotometricInterpretation").count("MONOCHROME1")
    if n == 0:
        return []
    words = f"MONOCHROME1 in {n} of {_count(len(stack), stack.noun)}: low values are meant to be shown bright."
    return [Finding("inverted", words, "The values are left as they are.")]


def palettes(stack: Stack) -> npt.NDArray[np.bool_]:
    """Return which images hold places in a table of colors, no measurements (PS3.3 2025c C.7.6.3.1.2).

    Parameters
    ----------
    stack : Stack
        Of one series.

    Returns
    -------
    numpy.ndarray
        (n,) boolean.
    """
    return np.array([value == "PALETTE COLOR" for value in stack.values("PhotometricInterpretation")])


def _meanings(stack: Stack) -> list[Finding]:
    """Return the findings that values mean something else in some images than in others."""
    findings = []
    stated = np.isfinite(stack.rescale)
    lacking = (~stated & stated.any(axis=0)).any(axis=1)
    if lacking.any():
        which = f"{stack.names(np.flatnonzero(lacking)).capitalize()} of {len(stack)}"
        words = f"{which} without the RescaleSlope or RescaleIntercept that others state."
        findings.append(Finding("rescale", words, "", "Pass a list of the files that state both."))
    modalities = [known_modality(value) or "another" for value in stack.values("Modality")]
    for name, values in (("Modality", modalities), ("The unit of the values", stack.units_of.tolist())):
        if len(counts := Counter(values)) > 1:
            shares = ", ".join(f"{value} ({_count(n, stack.noun)})" for value, n in counts.most_common(_MOST_LISTED))
            words, then = f"{name} differs within the series: {shares}.", "Pass a list of the files of one kind."
            findings.append(Finding("meaning", words, "", then))
    return findings


def _groups(column: npt.NDArray[np.float64], tolerance: float) -> list[npt.NDArray[np.int64]]:
    """Return the places of rows that are equal within the tolerance; rows with a NaN belong to none."""
    if (column == column[0]).all():
        return [np.arange(len(column))]
    left = np.flatnonzero(np.isfinite(column).all(axis=1))
    groups = []
    while len(left):
        near = np.abs(column[left] - column[left[0]]).max(axis=1) <= tolerance
        groups.append(left[near])
        left = left[~near]
    return groups


def _value(row: npt.NDArray[np.float64]) -> str:
    shown = [f"{number:.6g}" for number in row]
    return shown[0] if len(shown) == 1 else f"({', '.join(shown)})"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"

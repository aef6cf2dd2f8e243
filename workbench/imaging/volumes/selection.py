"""Which images of a series make the volume: no localizers, no captures, one of several echoes or phases."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.volumes.findings import Finding
from workbench.imaging.volumes.stack import Stack

_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"  # PS3.4 2025c B.5: Secondary Capture, and its multi-frame kinds .7.1 to .7.4
_MOST_LISTED = 12
_EVEN = 0.1  # of the step, as in the order of slices


def leave_out_others(stack: Stack) -> tuple[Stack, list[Finding]]:
    """Return the stack without localizers, secondary captures and color, where slices remain.

    Parameters
    ----------
    stack : Stack
        Of one series.

    Returns
    -------
    stack : Stack
        What remains.
    findings : list of Finding
        What was left out.
    """
    findings: list[Finding] = []
    for kind, words in (("localizer", "localizer"), ("capture", "secondary capture")):
        marked = _localizers(stack) if kind == "localizer" else _captures(stack)
        if marked.any() and not marked.all():
            found = f"Among the slices {_is_are(int(marked.sum()), words)} ({stack.names(np.flatnonzero(marked))})."
            findings.append(Finding(kind, found, "Left out." if marked.sum() == 1 else "They were left out."))
            stack = stack.select(~marked)
    return stack, findings


def narrow(stack: Stack, where: Mapping[str, Any]) -> Stack:
    """Return the images whose attributes have the values that were asked for.

    Parameters
    ----------
    stack : Stack
        Of one series.
    where : mapping
        DICOM keyword to a text, a number, or a tuple of numbers.

    Returns
    -------
    Stack
        At least one image.

    Raises
    ------
    LookupError
        When an attribute is not kept, or no image has the value.
    """
    for keyword, wanted in where.items():
        values = stack.values(keyword)
        chosen = np.array([_matches(value, wanted) for value in values], dtype=bool)
        if not chosen.any():
            present = sorted({value for value in values if value})[:_MOST_LISTED]
            raise LookupError(
                f"No image has {keyword} {wanted!r}. "
                f"There are {', '.join(map(_shown, present)) or 'none with a value'}. Pass where= with one of these."
            )
        stack = stack.select(chosen)
    return stack


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
    if (stack.sizes[:, 2] > 1).any():
        words = (
            f"{stack.names(np.flatnonzero(stack.sizes[:, 2] > 1)).capitalize()}: color, with several samples a pixel."
        )
        findings.append(Finding("color", words, "", "Read such images one by one with read_image."))
    for keyword, column, tolerance in (
        ("Rows", stack.sizes[:, :1], 0.5),
        ("Columns", stack.sizes[:, 1:2], 0.5),
        ("ImageOrientationPatient", stack.orientations, 1e-3),
        ("PixelSpacing", stack.pixel_mm, 1e-3),
    ):
        groups = _groups(column, tolerance)
        if len(groups) > 1:
            shown = [
                f"{_value(column[group[0]])} ({_count(len(group), stack.noun)})" for group in groups[:_MOST_LISTED]
            ]
            largest = max(groups, key=len)
            then = f'Choose with where={{"{keyword}": {_value(column[largest[0]])}}} or another of these.'
            findings.append(
                Finding(keyword, f"{keyword} differs within the series: {', '.join(shown)}.", "", then),
            )
    return findings


def repeated(stack: Stack, places: npt.NDArray[np.int64]) -> list[Finding]:
    """Return the finding that several different images lie at the same place, and what tells them apart.

    Parameters
    ----------
    stack : Stack
        Without exact duplicates.
    places : numpy.ndarray
        (n,) from `same_places`.

    Returns
    -------
    list of Finding
        Empty when each image has a place of its own; else one that refuses the series and says how to choose.
    """
    counts = np.bincount(places)
    if counts.max() == 1:
        return []
    most, n_places = int(counts.max()), len(counts)
    places_said = "the same place" if n_places == 1 else f"{int((counts > 1).sum())} of {n_places} places"
    words = f"Up to {most} different images lie at {places_said}."
    keywords = _told_apart_by(stack, places)
    if not keywords:
        then = "No kept attribute tells them apart. Pass a list of the files of one volume."
        return [Finding("repeated", words, "", then)]
    columns = {keyword: stack.values(keyword) for keyword in keywords}
    differ = " and ".join(f"{keyword} ({_distinct(values)})" for keyword, values in columns.items())
    first = ", ".join(f'"{keyword}": {_shown(values[0])}' for keyword, values in columns.items())
    then = f"Choose with where={{{first}}} or another of these."
    return [Finding("repeated", f"{words} They differ in {differ}.", "", then)]


def interleaved(stack: Stack, places: npt.NDArray[np.float64]) -> list[Finding]:
    """Return the finding that the images are several even stacks between each other, such as two acquisitions.

    Parameters
    ----------
    stack : Stack
        Whose positions are uneven as a whole.
    places : numpy.ndarray
        (n,) float64, positions along the normal in mm.

    Returns
    -------
    list of Finding
        Empty when no attribute divides them so; else one that refuses the series and says how to choose.
    """
    for keyword in stack.dimensions:
        values = stack.values(keyword)
        groups = [places[[value == one for value in values]] for one in dict.fromkeys(values)]
        if len(groups) < 2 or min(map(len, groups)) < 3 or not all(map(_is_even, groups)):
            continue
        if max(group.min() for group in groups) < min(group.max() for group in groups):
            words = f"The images of each {keyword} ({_distinct(values)}) are an even stack of their own."
            then = f'Choose with where={{"{keyword}": {_shown(values[0])}}} or another of these.'
            return [Finding("interleaved", words, "", then)]
    return []


def _is_even(places: npt.NDArray[np.float64]) -> bool:
    steps = np.diff(np.sort(places))
    return bool(np.ptp(steps) <= _EVEN * steps.mean())


def _told_apart_by(stack: Stack, places: npt.NDArray[np.int64]) -> tuple[str, ...]:
    """Return one or two attributes whose values divide the images into stacks, the greatest with every place once."""
    for names in (stack.dimensions, stack.further_dimensions):
        if found := _dividing(stack, places, [name for name in names if any(stack.values(name))]):
            return found
    return ()


def _dividing(stack: Stack, places: npt.NDArray[np.int64], known: list[str]) -> tuple[str, ...]:
    for keywords in [*combinations(known, 1), *combinations(known, 2)]:
        keys = list(zip(*(stack.values(keyword) for keyword in keywords), strict=True))
        members: dict[Any, list[int]] = {}
        for key, place in zip(keys, places.tolist(), strict=True):
            members.setdefault(key, []).append(place)
        once = all(len(set(group)) == len(group) for group in members.values())
        if once and max(map(len, members.values())) == places.max() + 1:
            return keywords
    return ()


def _localizers(stack: Stack) -> npt.NDArray[np.bool_]:
    types = stack.values("ImageType")  # PS3.3 2025c C.8.2.1.1.1: value 3 is AXIAL or LOCALIZER
    marked = {value for value in set(types) if value and "LOCALIZER" in value.split("\\")[2:]}
    return np.array([value in marked for value in types])


def _captures(stack: Stack) -> npt.NDArray[np.bool_]:
    classes = stack.values("SOPClassUID")
    marked = {value for value in set(classes) if value and f"{value}.".startswith(f"{_CAPTURE}.")}
    return np.array([value in marked for value in classes]) | (stack.sizes[:, 2] > 1)


def _groups(column: npt.NDArray[np.float64], tolerance: float) -> list[npt.NDArray[np.int64]]:
    """Return the places of rows that are equal within the tolerance; rows with a NaN belong to none."""
    left = np.flatnonzero(np.isfinite(column).all(axis=1))
    groups = []
    while len(left):
        near = np.abs(column[left] - column[left[0]]).max(axis=1) <= tolerance
        groups.append(left[near])
        left = left[~near]
    return groups


def _matches(value: str | None, wanted: Any) -> bool:
    if value is None:
        return False
    parts = value.split("\\")
    if isinstance(wanted, str):
        return value == wanted or (len(parts) == 1 and _number(value) == _number(wanted) is not None)
    wants = [wanted] if not isinstance(wanted, Sequence) else list(wanted)
    numbers = [_number(part) for part in parts]
    pairs = list(zip(numbers, wants, strict=False))
    return len(numbers) >= len(wants) and all(have is not None and abs(have - want) <= 1e-3 for have, want in pairs)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _shown(value: str | None) -> str:
    return str(value) if value is not None and _number(value) is not None else repr(value)


def _distinct(values: Sequence[str | None]) -> str:
    distinct = list(dict.fromkeys(values))
    shown = ", ".join(_shown(value) for value in distinct[:_MOST_LISTED])
    return shown + (f", … {len(distinct)} in all" if len(distinct) > _MOST_LISTED else "")


def _value(row: npt.NDArray[np.float64]) -> str:
    shown = [f"{number:.6g}" for number in row]
    return shown[0] if len(shown) == 1 else f"({', '.join(shown)})"


def _is_are(n: int, noun: str) -> str:
    return f"is 1 {noun}" if n == 1 else f"are {n} {noun}s"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"

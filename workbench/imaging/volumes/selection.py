"""Which images of a series make the volume: no localizers, no captures, one of several echoes or phases."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.volumes.findings import Finding
from workbench.imaging.volumes.mixing import palettes
from workbench.imaging.volumes.showing import as_number, listed, may_be_shown, shown
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
            raise _no_such(keyword, wanted, sorted({value for value in values if value}))
        stack = stack.select(chosen)
    return stack


def _no_such(keyword: str, wanted: Any, present: list[str]) -> LookupError:
    if not present:
        return LookupError(f"No image has a value of {keyword}. Pass where= with an attribute that the images state.")
    if not may_be_shown(keyword, present):
        what, are = ("value", "is") if len(present) == 1 else ("values", "are")
        return LookupError(
            f"No image has the {keyword} that was asked for. The {len(present)} {what} there may say who the patient "
            f"is and {are} not shown. Pass where= with a value that the headers state: `read_headers` gives them."
        )
    return LookupError(
        f"No image has {keyword} {wanted!r}. There are {', '.join(map(shown, present[:_MOST_LISTED]))}. "
        f"Pass where= with one of these."
    )


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
    differ = " and ".join(f"{keyword} ({listed(keyword, values)})" for keyword, values in columns.items())
    return [Finding("repeated", f"{words} They differ in {differ}.", "", _choose(columns))]


def _choose(columns: Mapping[str, Sequence[str | None]]) -> str:
    """Return how one of several values is chosen, without values that must not be shown."""
    if not all(may_be_shown(keyword, values) for keyword, values in columns.items()):
        return f"Choose with where= and values of {' and '.join(columns)}, which `read_headers` gives."
    first = ", ".join(f'"{keyword}": {shown(values[0])}' for keyword, values in columns.items())
    return f"Choose with where={{{first}}} or another of these."


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
            words = f"The images of each {keyword} ({listed(keyword, values)}) are an even stack of their own."
            return [Finding("interleaved", words, "", _choose({keyword: values}))]
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
    return np.array([value in marked for value in classes]) | (stack.sizes[:, 2] > 1) | palettes(stack)


def _matches(value: str | None, wanted: Any) -> bool:
    if value is None:
        return False
    parts = value.split("\\")
    if isinstance(wanted, str):
        return value == wanted or (len(parts) == 1 and as_number(value) == as_number(wanted) is not None)
    wants = [wanted] if not isinstance(wanted, Sequence) else list(wanted)
    numbers = [as_number(part) for part in parts]
    pairs = list(zip(numbers, wants, strict=False))
    return len(numbers) >= len(wants) and all(have is not None and abs(have - want) <= 1e-3 for have, want in pairs)


def _is_are(n: int, noun: str) -> str:
    return f"is 1 {noun}" if n == 1 else f"are {n} {noun}s"

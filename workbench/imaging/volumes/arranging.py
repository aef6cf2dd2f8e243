"""From images that may be slices to slices in order: every finding on the way, each with its correction or refusal.

References
----------
DICOM PS3.3 2025c: C.7.6.2 (Image Plane Module), 10.7.1.3 (Pixel Spacing).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.volumes.findings import Finding, OnProblem, settle
from workbench.imaging.volumes.geometry import Direction, SliceOrder, axes_of, order_slices, same_places
from workbench.imaging.volumes.mixing import inverted, mixtures
from workbench.imaging.volumes.selection import interleaved, leave_out_others, narrow, repeated
from workbench.imaging.volumes.stack import Stack, without_rescale_as_one

_LEAST_MM, _MOST_MM = 1e-3, 100.0  # a thousandth of a millimeter is microscopy, ten centimeters no image
_MOST_LEFT_OUT = 0.25  # of the images, for want of a position
_AXIAL: Direction = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))


@dataclass(frozen=True, eq=False)
class Arranged:
    """Slices in order, with what is known of where they lie.

    Attributes
    ----------
    stack : Stack
        In the order of the slices.
    order : SliceOrder
        Their geometry; its `rows` are those of `stack`.
    pixel_mm : tuple of float or None
        Between (rows, columns); None when unknown or absurd.
    step_mm : float or None
        Between slices; None when unknown.
    flags : tuple of str
        What was found and corrected.
    """

    stack: Stack
    order: SliceOrder
    pixel_mm: tuple[float, float] | None
    step_mm: float | None
    flags: tuple[str, ...]


def arrange(stack: Stack, where: Mapping[str, Any], on_problem: OnProblem, earlier: list[Finding]) -> Arranged:
    """Return the slices of a volume in order, or refuse what is none.

    Parameters
    ----------
    stack : Stack
        Of one series.
    where : mapping
        DICOM keyword to the value that is wanted.
    on_problem : {"correct", "refuse"}
        What happens with findings that can be corrected.
    earlier : list of Finding
        What was found before.

    Returns
    -------
    Arranged
        With flags.

    Raises
    ------
    SeriesError
        Names every finding that is against the series.
    LookupError
        When no image has the value that was asked for.
    """
    findings = list(earlier)
    stack, found = _sized(stack)
    stack, others = leave_out_others(narrow(stack, where))
    findings += found + others
    stack, direction, found = _placed(stack)
    findings += found
    if mixed := mixtures(stack):  # nothing below makes sense of them
        settle([*findings, *mixed], on_problem)
    findings += inverted(stack)
    stack = replace(stack, rescale=without_rescale_as_one(stack.rescale))
    pixel_mm, found = _pixel_mm(stack)
    findings += found
    if direction is None:
        order = _in_number_order(stack)
    else:
        stack, found = _without_duplicates(stack, direction)
        findings += found
        if any(not one.correction for one in found):
            settle(findings, on_problem)
        order = order_slices(stack.positions, direction, pixel_mm)
        found = list(order.findings)
        if {one.kind for one in found} & {"uneven", "missing"}:
            found = interleaved(stack, stack.positions @ np.array(direction[0])) or found
        findings += found
    step_mm, found = _step_mm(stack, order, known=direction is not None)
    findings += found
    flags = settle(findings, on_problem)
    return Arranged(stack.select(order.rows), order, pixel_mm, step_mm, flags)


def _sized(stack: Stack) -> tuple[Stack, list[Finding]]:
    """Return the images that state a size."""
    sound = np.array(stack.sizes[:, :2].min(axis=1) >= 1)  # False for NaN
    if sound.all():
        return stack, []
    words = f"{stack.names(np.flatnonzero(~sound)).capitalize()} of {len(stack)} without Rows or Columns."
    if (~sound).sum() > _MOST_LEFT_OUT * len(stack):
        settle([Finding("size", words, "", "Leave such files out, or pass a list of those that are whole.")], "refuse")
    return stack.select(sound), [Finding("size", words, "Left out.")]


def _placed(stack: Stack) -> tuple[Stack, Direction | None, list[Finding]]:
    """Return the images that state where they lie, and how their axes run; None for both where none does."""
    columns, rows = stack.orientations[:, :3], stack.orientations[:, 3:]
    lengths = np.stack([np.linalg.norm(columns, axis=1), np.linalg.norm(rows, axis=1)])
    sound = (np.abs(lengths - 1) <= 0.01).all(axis=0) & (np.abs((columns * rows).sum(axis=1)) <= 0.01)
    sound &= np.isfinite(stack.positions).all(axis=1)
    n_bad = int((~sound).sum())
    if n_bad == 0:
        return stack, axes_of(stack.orientations[0]), []
    bad = np.flatnonzero(~sound)
    if n_bad == len(stack):
        words = f"No {stack.noun} states a usable ImagePositionPatient and ImageOrientationPatient."
        correction = "The slices follow InstanceNumber; where they lie in the patient is unknown."
        return stack, None, [Finding("no geometry", words, correction)]
    words = f"{stack.names(bad).capitalize()} of {len(stack)} without a usable position or orientation."
    if n_bad > _MOST_LEFT_OUT * len(stack):
        then = "Pass a list of the files that belong together."
        return stack.select(sound), axes_of(stack.orientations[sound][0]), [Finding("no geometry", words, "", then)]
    finding = Finding("no geometry", words, "Left out.")
    return stack.select(sound), axes_of(stack.orientations[sound][0]), [finding]


def _in_number_order(stack: Stack) -> SliceOrder:
    """Return the images in the order of InstanceNumber, for want of positions."""
    values = stack.values("InstanceNumber")
    numbers = np.array([float(value) if value and value.strip("+-").isdigit() else np.inf for value in values])
    rows = np.argsort(numbers, kind="stable")
    n, places = len(rows), np.arange(len(rows), dtype=np.float64)
    return SliceOrder(rows, places, np.zeros((n, 2)), places, np.nan, _AXIAL, (0.0, 0.0, 0.0))


def _pixel_mm(stack: Stack) -> tuple[tuple[float, float] | None, list[Finding]]:
    known = np.isfinite(stack.pixel_mm).all(axis=1)
    stated = stack.pixel_mm[known.argmax()]  # the first, where none is known
    if np.isfinite(stated).all() and ((stated >= _LEAST_MM) & (stated <= _MOST_MM)).all():
        return (float(stated[0]), float(stated[1])), []
    if np.isnan(stated).all():
        words = "PixelSpacing is not stated, or is no number."
    else:
        words = f"PixelSpacing is {' × '.join(f'{value:.4g}' for value in stated)} mm, which no image can have."
    return None, [Finding("spacing", words, "The spacing is left unknown.")]


def _step_mm(stack: Stack, order: SliceOrder, *, known: bool) -> tuple[float | None, list[Finding]]:
    """Return the distance between slices: from their positions, or for a single one from its thickness."""
    if not known:
        return None, []
    if len(order.rows) > 1:
        if _LEAST_MM <= order.spacing_mm <= _MOST_MM:
            return order.spacing_mm, []
        words = f"The slices lie {order.spacing_mm:.4g} mm apart, which no volume can have."
        return None, [Finding("spacing", words, "The spacing is left unknown.")]
    for value, name in zip(stack.step_mm[0], ("SpacingBetweenSlices", "SliceThickness"), strict=True):
        if _LEAST_MM <= value <= _MOST_MM:
            words = f"A single slice; {name} gives the spacing."
            return float(value), [Finding("single slice", words, f"It is {value:.4g} mm.")]
    words = "A single slice, of unstated thickness."
    return None, [Finding("single slice", words, "The spacing is left unknown.")]


def _without_duplicates(stack: Stack, direction: Direction) -> tuple[Stack, list[Finding]]:
    """Return the stack without exact copies; what else lies at the same place is a finding that refuses it."""
    places = same_places(stack.positions, direction)
    if len(np.unique(places)) == len(places):
        return stack, []
    copies = _copies(stack, places)
    findings = []
    if copies.any():
        words = f"{stack.names(np.flatnonzero(copies)).capitalize()}: exact copies of other slices."
        findings.append(Finding("duplicate", words, "Each slice was taken once."))
        stack, places = stack.select(~copies), places[~copies]
    return stack, findings + repeated(stack, places)


def _copies(stack: Stack, places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which images equal an earlier one at the same place pixel for pixel; a common UID does not make them so.

    They are compared place by place and no further than the first place whose images differ: several phases are not
    read twice.
    """
    copies = np.zeros(len(stack), dtype=bool)
    stored = stack.pixels.stored_type()[0]
    for place in np.flatnonzero(np.bincount(places) > 1):
        first, *others = np.flatnonzero(places == place).tolist()
        for other in others:
            if not (stack.rescale[first] == stack.rescale[other]).all() or not _are_equal(
                stack, [first, other], stored
            ):
                return copies
            copies[other] = True
    return copies


def _are_equal(stack: Stack, pair: list[int], stored: np.dtype[Any]) -> bool:
    rows = stack.rows[pair]
    if stack.pixels.unreadable(rows):
        return False
    both = np.empty((2, *stack.sizes[pair[0], :2].astype(int)), stored)
    return not stack.pixels.read(rows, both, lambda _: None) and bool((both[0] == both[1]).all())

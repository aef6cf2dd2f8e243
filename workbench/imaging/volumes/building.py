"""From slices in order to a volume: the array is filled, what cannot be read is left out, findings become flags."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import Source, Volume
from workbench.imaging.volumes.arranging import Arranged, arrange
from workbench.imaging.volumes.filling import BeyondInt16Error, Values, fill, planes, values_of
from workbench.imaging.volumes.findings import Finding, OnProblem, SeriesError, settle
from workbench.imaging.volumes.opening import CHANGED
from workbench.imaging.volumes.placing import place, plan_placement
from workbench.imaging.volumes.showing import known_modality
from workbench.imaging.volumes.stack import Stack

_MOST_UNREAD = 0.25  # of the slices
_AIR_HU = -1024.0


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of a series beside its geometry.

    Attributes
    ----------
    modality : str
        DICOM code string, where the images themselves state none.
    padding : numpy.ndarray
        (n, 2) the first and the last stored value that means padding in every file or frame; NaN where absent.
    windows : callable
        Row to the (center, width) pairs of a file or frame.
    source : Source
        Study, series and path; the rest is filled in.
    sop_uids : sequence of str or None
        Of every file; one for all frames.
    provenance : mapping
        Who read the headers.
    """

    modality: str
    padding: npt.NDArray[np.float64]
    windows: Callable[[int], tuple[tuple[float, float], ...]]
    source: Source
    sop_uids: Sequence[str | None]
    provenance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wishes:
    """What the caller asked for.

    Attributes
    ----------
    where : mapping
        DICOM keyword to the value that is wanted.
    on_problem : {"correct", "refuse"}
        What happens with findings that can be corrected.
    workers : int or None
        Threads or processes.
    progress : bool
        Whether to show a bar.
    """

    where: Mapping[str, Any]
    on_problem: OnProblem = "correct"
    workers: int | None = None
    progress: bool = False


def build_volume(stack: Stack, facts: Facts, wishes: Wishes, findings: list[Finding]) -> Volume:
    """Return the volume that a stack of images makes.

    Parameters
    ----------
    stack : Stack
        Of one series.
    facts : Facts
        Of the same series.
    wishes : Wishes
        Of the caller.
    findings : list of Finding
        What was found before.

    Returns
    -------
    Volume
        int16 where that is exact, else float32.

    Raises
    ------
    SeriesError
        Names every finding that is against the series.
    """
    findings = list(findings)
    while True:
        arranged = arrange(stack, wishes.where, wishes.on_problem, findings)
        if not (unread := stack.pixels.unreadable(arranged.stack.rows)):  # before any memory is asked for
            array, values, origin, unread = _read(arranged, facts, wishes)
            if not unread:
                break
            del array  # before the next is made
        findings.append(_unread(arranged.stack, unread))
        settle(findings[-1:], wishes.on_problem)
        stack = stack.select(~np.isin(stack.rows, arranged.stack.rows[[nth for nth, _ in unread]]))
    flags = arranged.flags + settle([*_mixed_padding(values), *_empty(values, len(arranged.stack))], wishes.on_problem)
    return _volume(array, arranged, facts, (origin, flags, values))


def _read(
    arranged: Arranged, facts: Facts, wishes: Wishes
) -> tuple[npt.NDArray[Any], Values, tuple[float, float, float], list[tuple[int, str]]]:
    stack = arranged.stack
    padding = facts.padding[stack.rows]
    try:
        try:
            return _read_as(arranged, values_of(stack, padding), wishes)
        except BeyondInt16Error:  # values beyond int16: once more, as float32
            return _read_as(arranged, values_of(stack, padding, as_float=True), wishes)
    except MemoryError:
        raise _too_large(arranged) from None


def _too_large(arranged: Arranged) -> SeriesError:
    shape = len(arranged.order.grid_mm), *(int(n) for n in arranged.stack.sizes[0, :2])
    size_gb = float(np.prod(shape, dtype=np.float64)) * 2 / 1e9
    size = " × ".join(f"{n:,}" for n in shape)
    words = f"A volume of {size} voxels takes {size_gb:,.1f} GB or more, which this machine does not have free."
    then = "Pass a list of fewer files, or read it on a machine with more memory."
    return SeriesError(f"{words} It has to fit into memory whole. {then}", (Finding("memory", words, "", then),))


def _read_as(
    arranged: Arranged, values: Values, wishes: Wishes
) -> tuple[npt.NDArray[Any], Values, tuple[float, float, float], list[tuple[int, str]]]:
    stack, order = arranged.stack, arranged.order
    rows, columns = (int(n) for n in stack.sizes[0, :2])
    with _bar(len(stack), wishes) as advance:
        if order.is_even:
            out = np.empty((len(stack), rows, columns), values.dtype)
            return out, values, order.origin_mm, fill(stack, values, out, workers=wishes.workers, advance=advance)
        placement = plan_placement(order, (rows, columns), arranged.pixel_mm or (1.0, 1.0))
        out = np.empty(placement.shape, values.dtype)
        unread: list[tuple[int, str]] = []
        slices = planes(stack, values, unread, workers=wishes.workers, advance=advance)
        place(slices, placement, out, _outside(stack, values), values.padding_value)
        return out, values, placement.origin_mm, unread


def _outside(stack: Stack, values: Values) -> float:
    """Return the value of pixels that no slice covers: the padding, else air, else nothing."""
    if values.padding_value is not None:
        return values.padding_value
    return _AIR_HU if stack.units_of[0] == "HU" else 0.0


class _bar:  # noqa: N801 - used like a function
    """A progress bar where one is asked for; gives the function that moves it on, or None."""

    def __init__(self, total: int, wishes: Wishes) -> None:
        self.total, self.shown = total, wishes.progress

    def __enter__(self) -> Callable[[int], Any] | None:
        if not self.shown:
            return None
        from tqdm.auto import tqdm

        self.bar = tqdm(total=self.total, desc="Slices", unit="slice")
        return self.bar.update

    def __exit__(self, *_: object) -> None:
        if self.shown:
            self.bar.close()


def _unread(stack: Stack, unread: list[tuple[int, str]]) -> Finding:
    places = [place for place, _ in unread]
    firsts = (re.split(r"\. | at (?:this file|file \d+ of \d+)", reason)[0].rstrip(".") for _, reason in unread[:3])
    reasons = "; ".join(dict.fromkeys(firsts))
    words = f"{stack.names(places).capitalize()} of {len(stack)} cannot be read: {reasons}."
    if any(reason == CHANGED for _, reason in unread):
        return Finding("changed", words, "", "Index the folder again, or leave index= and headers= away.")
    if len(unread) > _MOST_UNREAD * len(stack):
        return Finding("unreadable", words, "", "Fetch the files again, or pass a list of those that are whole.")
    return Finding("unreadable", words, "Left out.")


def _mixed_padding(values: Values) -> list[Finding]:
    if not values.padding:
        return []
    is_range = any(low != high for low, high in values.padding if low == low)
    what = "a range of values (PixelPaddingRangeLimit)" if is_range else "another value in some slices than in others"
    return [Finding("padding", f"Padding is {what}.", f"All of it was set to {values.padding_value:.6g}.")]


def _empty(values: Values, n: int) -> list[Finding]:
    n_empty = len(values.constant)
    if n_empty == 0:
        return []
    if n_empty == n:
        return [Finding("empty", "Every slice holds a single value: padding, no image.", "Left as it is.")]
    words = f"{n_empty} of {n} slices {'holds' if n_empty == 1 else 'hold'} a single value."
    return [Finding("empty", words, "Left as they are.")]


def _volume(
    array: npt.NDArray[Any], arranged: Arranged, facts: Facts, read: tuple[Any, tuple[str, ...], Values]
) -> Volume:
    (origin, flags, values), stack, order = read, arranged.stack, arranged.order
    spacing = None
    if arranged.pixel_mm is not None and arranged.step_mm is not None:
        spacing = (arranged.step_mm, *arranged.pixel_mm)
    uids = [facts.sop_uids[row if len(facts.sop_uids) > 1 else 0] or "" for row in stack.rows.tolist()]
    provenance = {
        "reader": stack.pixels.reader,
        "n_images": len(stack),
        **facts.provenance,
        "rescale": "slope and intercept" + ("" if (stack.rescale == stack.rescale[0]).all() else ", one pair a slice"),
        "corrections": flags,
    }
    if not order.is_even:
        provenance["slice_positions_mm"] = tuple(order.along_mm.tolist())
        provenance["slice_shifts_pixels"] = tuple(map(tuple, order.shift_pixels.tolist()))
    return Volume(
        array=array,
        spacing_mm=spacing,
        units=str(stack.units_of[0]),
        modality=known_modality(stack.values("Modality")[0] or facts.modality),
        padding_value=values.padding_value,
        windows=facts.windows(int(stack.rows[len(stack) // 2])),
        flags=flags,
        source=Source(
            facts.source.study_uid, facts.source.series_uid, tuple(uids), facts.source.path, tuple(array.shape)
        ),
        index_to_source=np.eye(4),
        provenance=provenance,
        origin_mm=origin,
        direction=order.direction,
    )

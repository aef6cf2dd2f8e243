"""What changed since an earlier release or an earlier report of the same source."""

from pathlib import Path

import polars as pl

from workbench.assessment.changes import count_changes
from workbench.assessment.gap_changes import GapChange, change_of_gap
from workbench.assessment.representativeness import compare_to_reference
from workbench.assessment.suppression import audit
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.counted import count_exactly
from workbench.catalog.earlier import EarlierRelease, go_back
from workbench.catalog.overview import everybody
from workbench.catalog.releases import Release
from workbench.errors import listed
from workbench.presentation.earlier_report import read_earlier_report
from workbench.presentation.release_figures import ReleaseCensus
from workbench.presentation.what_changed import WhatChanged, changed_counts

_TODAY = (
    "People who had come by then are counted with the sex, the age and the rest that the source tells of them today."
)
_GONE = "{n:,} people of {release} are no longer in the source; of them nothing else is known."
_WAITING = "Counted on both sides: those in a {kind} by then; {n:,} more are in no {kind} yet."
_NET = "Of an earlier report only its tables are known: who came and who went is not, only how many more or fewer."


def change_since(counts: ReleaseCensus, compare_to: str, *, people: Cohort, exactly: bool) -> WhatChanged:
    """Return what changed since an earlier release or report.

    Parameters
    ----------
    counts : ReleaseCensus
        The later one.
    compare_to : str
        A release of the source, or the folder of an earlier report.
    people : Cohort
        Everybody of the source, not narrowed to a release.
    exactly : bool
        Whether exact counts may be shown.

    Returns
    -------
    WhatChanged
        Of a report, from its tables alone.

    Raises
    ------
    UnknownNameError
        For a text that is no release.
    ValueError
        For a folder without a report, a report of another source, a release that came later; of a controlled source
        for any release, and for a report that would give small counts away beside the new one.
    """
    if Path(compare_to).is_dir():
        return _since_report(counts, compare_to, exactly=exactly)
    if not exactly:
        raise ValueError(
            f"Received compare_to={compare_to!r} of a controlled source. Only what was published may be compared: the "
            "folder of an earlier report would be right. Give that folder, or ask with exact=True for yourself."
        )
    earlier = go_back(people, compare_to, counts.release)
    before = {name: count_exactly(people.repository, earlier.mask, by=[name]) for name in counts.censuses}
    measured = {
        name: compare_to_reference(before[name], counts.reference, attributes=[name], replicates=0)
        for name in counts.comparisons
    }
    gaps = tuple(
        change_of_gap(measured[name], compared, attribute=name) for name, compared in counts.comparisons.items()
    )
    n_gone = earlier.changes.n("patients", "n_lost")
    gone = _GONE.format(n=n_gone, release=earlier.name) if n_gone else ""
    notes = tuple(filter(None, (earlier.changes.caveat, _TODAY, gone, _waiting(counts.release))))
    return WhatChanged(
        earlier.name,
        f"{counts.release.kind} {counts.release.name}",
        people.repository.name,
        changed_counts({name: each.table for name, each in before.items()}, _tables(counts)),
        gaps,
        earlier.changes,
        notes,
        left_out_of(earlier) if len(people.conditions) == len(everybody(Catalog(people.repository)).conditions) else "",
    )


def left_out_of(earlier: EarlierRelease) -> str:
    """Return what moved of those who are no people.

    Parameters
    ----------
    earlier : EarlierRelease
        That follows all people of a source.

    Returns
    -------
    str
        A sentence; empty where nothing else moved.
    """
    if earlier.others is None:
        return ""
    changes = count_changes(*earlier.others)
    moves = {"gained": "n_gained", "lost": "n_lost", "revised": "n_revised"}
    told = [f"{n:,} {verb}" for verb, number in moves.items() if (n := changes.n("series", number))]
    if not told:
        return ""
    return f"These are of people; left out are series of animals, phantoms or simulations: {listed(told)}."


def _since_report(counts: ReleaseCensus, folder: str, *, exactly: bool) -> WhatChanged:
    report = read_earlier_report(folder, source=counts.release.cohort.repository.name)
    if not exactly:
        _require_silent(counts, list(report.censuses.values()))
    gaps: list[GapChange] = []
    if report.comparisons is not None:
        gaps = [
            change_of_gap(report.comparisons, compared, attribute=name) for name, compared in counts.comparisons.items()
        ]
    now = f"{counts.release.kind} {counts.release.name}"
    same = report.name == now
    return WhatChanged(
        f"the report of {report.name}" if not same else now,
        now,
        counts.release.cohort.repository.name,
        changed_counts(report.censuses, _tables(counts)),
        tuple(gaps),
        notes=(_NET,),
    )


def _require_silent(counts: ReleaseCensus, before: list[pl.DataFrame]) -> None:
    """Raise where the tables of both reports together give a small count away."""
    try:
        exposed = audit(list(counts.censuses.values()), earlier=[before]).n_exposed
    except ValueError:  # they contradict one another: patients were withdrawn, or read in another way
        exposed = -1
    if exposed:
        raise ValueError(
            "Received an earlier report of a controlled source whose numbers, beside the new ones, would give away "
            "counts of 1–10 patients, or cannot be checked for it. A release suppressed together with the earlier one "
            "would be right. Publish it with --earlier, or ask with exact=True for yourself."
        )


def _waiting(release: Release) -> str:
    """Who is on neither side."""
    return _WAITING.format(n=release.n_waiting, kind=release.kind) if release.n_waiting else ""


def _tables(counts: ReleaseCensus) -> dict[str, pl.DataFrame]:
    return {name: census.table for name, census in counts.censuses.items()}

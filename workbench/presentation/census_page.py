"""The public page of who is represented: every figure from counts that may be shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.assessment.drift import distance_trend
from workbench.assessment.gap import close_gap
from workbench.assessment.references import ReferencePopulation, read_reference
from workbench.assessment.representativeness import Comparison
from workbench.presentation import charts
from workbench.presentation.census_counts import (
    COMPARED,
    IMAGING,
    PEOPLE,
    PublicCounts,
    default_reference,
    is_known,
)
from workbench.presentation.census_notes import census_notes
from workbench.presentation.figure import Figure
from workbench.presentation.gap_words import gap_told, largest_gap
from workbench.presentation.overview_panels import NOT_SHOWN
from workbench.presentation.page_head import page_head
from workbench.presentation.publication import Publication
from workbench.presentation.who_is_counted import census_tile, total_of
from workbench.vocabulary.demographics import NOT_KNOWN

_INHABITANTS = {"state": "us_acs", "country": "un_wpp"}
_WHY_HIDDEN = "So that no count of 1–10 patients can be worked out. It may be small or large."
_FEW = 0.005  # a share that rounds to none; its number stands beside it
_TARGET = 0.05  # of total variation: 5 of 100 patients in another group than the population's
_PERIODS = ("batch", "first_version")  # what growth is counted over: the first that a source has
_SECTIONS = (
    (
        "represented",
        "Who is represented?",
        "",
        "By",
    ),
    ("compared", "Compared with whom?", "", "By"),
    ("together", "Which groups are rare together?", "Two attributes at a time; an empty cell is a finding.", "By"),
    ("changed", "How has it changed?", "All patients up to each release.", "By"),
    ("gap", "What would close the gap?", "", "By"),
    ("unknown", "What is missing together?", "Patients by the attributes that nobody recorded.", ""),
    ("places", "Where do the patients come from?", "", "Map"),
    ("imaged", "How were they imaged?", "", "By"),
)
_LACKING = {
    "represented": "This source says nothing of its patients' sex, age, race or ethnicity.",
    "compared": "Of this source no attribute is known well enough to compare it with a population.",
    "together": "This source does not know two attributes of the same patients.",
    "changed": "This source does not say in which release a patient first appeared.",
    "gap": "Of this source no attribute is known well enough to say what would close a gap.",
    "unknown": "This source has no attributes that could be missing together.",
    "places": "This source does not say where its patients come from.",
    "imaged": "This source does not say how its patients were imaged.",
}
_PROTECTED = {
    "changed": "Each release of this source is published with its small counts hidden, and the difference of two "
    "releases could tell about a few patients.",
    "unknown": "The table would cross all attributes and tell about a few patients of this source.",
}


@dataclass(frozen=True)
class _Placed:
    """A figure, the section it stands in, and the choice that shows it; without a choice it is always shown."""

    section: str
    figure: Figure
    choice: str = ""

    def entry(self) -> dict[str, Any]:
        name = f"{self.section}-{self.figure.key}-{self.choice}".lower().replace(" ", "-").rstrip("-")
        return self.figure.page_entry() | {"id": name, "section": self.section, "choice": self.choice}


def census_page(publication: Publication, *, reference: str = "") -> dict[str, Any]:
    """Return everything the public diversity census shows, ready for JSON.

    Parameters
    ----------
    publication : Publication
        Any source; of a controlled one, counts of 1 to 10 patients and what would give them away are hidden.
    reference : str
        The reference population that the people are compared with; by default the American Community Survey, and of
        a controlled source the percentages that MIDRC-REACT ships.

    Returns
    -------
    dict
        Findings, tiles, sections of figures, notes, citation and provenance.
    """
    repository, counts = publication.catalog.repository, publication.counts
    name = reference or default_reference(repository)
    population = read_reference(name)
    compared = counts.compare(population)
    placed = [*_people(counts, population), *_compared(compared), *_together(counts), *_changed(counts, population)]
    placed += [*_gaps(counts, population, compared), *_unknown(counts), *_places(counts), *_imaged(counts)]
    leads = {"compared": _lead(population), "gap": _gap_lead(population), "imaged": _imaged_lead(counts)}
    first = census_tile(publication)
    whose = first["label"].lower()
    leads |= {"represented": _base_lead(total_of(publication), whose), "changed": _changed_lead(counts)}
    head = page_head(
        publication,
        title="Who is in the commons?",
        subtitle=f"A census of the people in the {repository.name}: who is represented, who is missing, "
        "compared with whom, and how sure we are.",
        query=f"census, {name}",
    )
    return head | {
        "findings": _findings(counts, compared),
        "largest_gap": _largest_gap(counts, compared),
        "groups": [{"id": "people", "title": "Patients", "tiles": [first, *_unknown_tiles(counts, whose)]}],
        "sections": [
            {"id": name, "title": title, "lead": leads.get(name, lead), "choose": choose}
            for name, title, lead, choose in (*_SECTIONS, NOT_SHOWN)
        ],
        "figures": [*(each.entry() for each in placed), *_missing_panels(counts, placed)],
        "notes": census_notes(counts, population, compared),
    }


def _people(counts: PublicCounts, population: ReferencePopulation) -> Iterator[_Placed]:
    pyramid = counts.censuses.get(("sex", "age_group"))
    if pyramid is not None:
        yield _Placed("represented", charts.pyramid(pyramid, reference=population), "Age and sex")
    for name, census in counts.one_way(PEOPLE).items():
        if name not in ("state", "country") and is_known(census):
            yield _Placed("represented", charts.census(census), PEOPLE[name])


def _compared(compared: dict[str, Comparison]) -> Iterator[_Placed]:
    for name, comparison in compared.items():
        yield _Placed("compared", charts.dumbbell(comparison, attribute=name), PEOPLE[name])
        yield _Placed("compared", charts.decomposition(comparison, attribute=name), PEOPLE[name])


def _together(counts: PublicCounts) -> Iterator[_Placed]:
    for by, census in counts.censuses.items():
        if len(by) > 1:
            yield _Placed("together", charts.intersections(census), " and ".join(PEOPLE[name] for name in by))


def _changed(counts: PublicCounts, population: ReferencePopulation) -> Iterator[_Placed]:
    """Growth, of open sources only: each release of a controlled one is suppressed with the releases before it."""
    repository = counts.cohort.repository
    over = next((name for name in _PERIODS if repository.has("patients", name) or repository.has("series", name)), "")
    if not counts.is_open or not over:
        return
    for name in counts.one_way(COMPARED):
        trend = counts.cohort.trend(by=name, over=over)
        yield _Placed("changed", charts.trend(trend), PEOPLE[name])
        if name in population.attributes:
            yield _Placed("changed", charts.distances(distance_trend(trend, population), over=over), PEOPLE[name])


def _gaps(counts: PublicCounts, population: ReferencePopulation, compared: dict[str, Comparison]) -> Iterator[_Placed]:
    for name in compared:
        gap = close_gap(counts.censuses[(name,)], population, attribute=name, target=_TARGET)
        yield _Placed("gap", charts.gap(gap), PEOPLE[name])


def _unknown(counts: PublicCounts) -> Iterator[_Placed]:
    """Who lacks several attributes, of open sources only: the table crosses all of them."""
    if counts.is_open:
        together = counts.cohort.missing_together(attributes=list(counts.one_way(COMPARED)))
        yield _Placed("unknown", charts.missingness(together))


def _places(counts: PublicCounts) -> Iterator[_Placed]:
    for name, draw in (("state", charts.state_map), ("country", charts.world_map)):
        census = counts.censuses.get((name,))
        if census is not None and is_known(census):
            yield _Placed("places", draw(census, reference=_INHABITANTS[name]), PEOPLE[name])


def _imaged(counts: PublicCounts) -> Iterator[_Placed]:
    for name, census in counts.one_way(IMAGING).items():
        if is_known(census):
            yield _Placed("imaged", charts.census(census), IMAGING[name])


def _unknown_tiles(counts: PublicCounts, whose: str) -> Iterator[dict[str, Any]]:
    total = next((census.n_total for census in counts.censuses.values()), None)
    for name, census in counts.one_way(COMPARED).items():
        missing = census.table.filter(pl.col(name).cast(pl.String).is_in(NOT_KNOWN))["n_patients"]
        label = f"{PEOPLE[name]} not known"
        if total is None or missing.null_count():
            yield {"id": f"{name}_unknown", "label": label, "value": None, "text": "Hidden", "note": _WHY_HIDDEN}
            continue
        n = int(missing.sum())
        share = n / max(total, 1)
        text = f"{_percent(share)} ({n:,})" if 0 < share < _FEW else _percent(share)
        note = f"{n:,} of {total:,} {whose}"
        yield {"id": f"{name}_unknown", "label": label, "value": round(share, 4), "text": text, "note": note}


def _missing_panels(counts: PublicCounts, placed: list[_Placed]) -> Iterator[dict[str, Any]]:
    """A sentence for every section that shows nothing of this source."""
    filled = {each.section for each in placed}
    for section, title, *_ in _SECTIONS:
        if section not in filled:
            protected = section in _PROTECTED and not counts.is_open
            absent = _PROTECTED[section] if protected else _LACKING[section]
            place = section if counts.is_open else NOT_SHOWN[0]
            yield {"id": f"{section}-absent", "title": title, "absent": absent, "section": place, "choice": ""}


def _percent(share: float) -> str:
    """A whole percentage that says neither none nor all where it is not so."""
    return "> 99 %" if 0.995 <= share < 1 else "< 1 %" if 0 < share < 0.005 else f"{share * 100:.0f} %"


def _findings(counts: PublicCounts, compared: dict[str, Comparison]) -> list[str]:
    """The two attributes farthest from the population, then what stands out beside the size of the largest group."""
    said = [gap_told(each, name, is_largest=not at) for at, (name, each) in enumerate(compared.items())][:2]
    noted = [text for census in counts.one_way(COMPARED).values() for text in census.standouts]
    return said + [text for text in noted if " is the largest group" not in text][: 3 - len(said)]


def _largest_gap(counts: PublicCounts, compared: dict[str, Comparison]) -> dict[str, str]:
    """What the start page says of the largest gap; empty where nothing could be compared."""
    censuses = counts.one_way(COMPARED)
    hidden = [
        name for name, census in censuses.items() if name not in compared and census.table["n_patients"].null_count()
    ]
    known = {name for name, census in censuses.items() if is_known(census)}
    lacking = [name for name in COMPARED if name not in known and name not in hidden]
    others, hidden, lacking = ([PEOPLE[name].lower() for name in each] for each in ([*compared][1:], hidden, lacking))
    return next(
        (largest_gap(each, name, others=others, hidden=hidden, lacking=lacking) for name, each in compared.items()),
        {},
    )


def _base_lead(total: int | None, whose: str) -> str:
    everyone = "all" if total is None else f"all {total:,}"
    return f"Each counts once. Shares are of {everyone} {whose}, unless a chart says “of those known”."


def _changed_lead(counts: PublicCounts) -> str:
    """Which patients the lines count, where those of no release are left out."""
    repository, said = counts.cohort.repository, "All patients up to each release."
    if not counts.is_open or not repository.has("patients", "batch"):
        return said
    patients = counts.cohort.patients
    n = patients["batch"].drop_nulls().len()
    told = f"Only the {n:,} patients of a released batch are counted here, not all {patients.height:,}"
    return said if n == patients.height else f"{told}; so the shares are others than above."


def _lead(population: ReferencePopulation) -> str:
    return (
        f"Compared with {population.title} (year: {population.year}), of those whose group is known. A difference is "
        "no verdict: which population is right depends on the question asked."
    )


def _gap_lead(population: ReferencePopulation) -> str:
    return (
        f"The fewest further patients, by group, after which {_TARGET * 100:.0f} of 100 or fewer would have to be of "
        f"another group to match {population.title}. Those whose group is not known are left out."
    )


def _imaged_lead(counts: PublicCounts) -> str:
    if counts.is_open:
        imaged = counts.censuses.get(("modality",))
        n, n_all = None if imaged is None else imaged.n_total, counts.cohort.patients.height
        base = "" if n is None or n == n_all else f"Of {n:,} patients with acquired images. "
        return f"{base}A patient counts once in each group that he or she has images of."
    return "A patient counts once, in the combination of all that he or she has images of."

"""The panels of the overview: a figure where the source holds what it needs, else a sentence that says why not."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.catalog import overview
from workbench.catalog.disclosure import stamp_of
from workbench.catalog.findings import RICORD_CHEST_CT, lost_chest_ct
from workbench.catalog.pipeline import count_pipeline, count_pipeline_over_time
from workbench.catalog.repository import Repository
from workbench.presentation import charts as census_charts
from workbench.presentation.census_counts import PublicCounts, is_known
from workbench.presentation.charts import cohort as cohort_charts
from workbench.presentation.charts import overview as charts
from workbench.presentation.charts import pipeline as pipeline_charts
from workbench.presentation.charts import wording
from workbench.presentation.figure import Figure
from workbench.presentation.publication import Publication
from workbench.vocabulary.licenses import UNSTATED

_SECTIONS = (
    ("grown", "How does it grow?", "Studies on their way into a release, and what each release brought."),
    ("imaged", "What was imaged?", "Modality and part of the body, as the images themselves say."),
    ("people", "Who is seen?", "Patients who are people, by age and sex; those not known are drawn, never dropped."),
    ("terms", "What may be done with it?", "A license holds for a series; a collection can carry more than one."),
)
#: Id, title, lead and choice of the section at the end of a page of a controlled source.
NOT_SHOWN = ("not_shown", "What is not shown here, and why", "", "")
_HIDDEN_LEAD = "Patients by age and sex; a hatched bar is a number that is hidden."
_DATA_FROM = "Data from "  # begins the titles of collections at their archive
_NEARLY_ALL = 0.99  # of patients; a chart of who lacks age or sex would show one bar
_TITLES = {
    "pipeline": "Ingested, under quality and harmonization, released",
    "growth": "Growth over releases",
    "modality_by_region": "Studies by modality and body region",
    "age_and_sex": "Patients by age and sex",
    "licenses": "Series by license",
}
_LACKING = {
    "pipeline": "This source does not say when a study was ingested, taken into quality control and released.",
    "growth": "This source does not say in which release a series first appeared.",
    "modality_by_region": "This source lists no acquired images with a modality.",
    "age_and_sex": "This source lists no patient.",
    "licenses": "No series of this source states its license.",
}
_PROTECTED = {
    "pipeline": "How many studies stand at each stage could tell about a few patients of this source.",
    "growth": "What each release brought could tell about a few patients of this source.",
    "licenses": "How many series carry a license could tell about a few patients of this source.",
}


@dataclass(frozen=True)
class Panel:
    """One panel: where it stands, and its figure or the sentence in place of one.

    Attributes
    ----------
    section : str
        Id of a section.
    key : str
        Its own id.
    figure : Figure, optional
        None where something is missing.
    absent : str
        Why there is no figure.
    """

    section: str
    key: str
    figure: Figure | None = None
    absent: str = ""

    def entry(self, demanded: str) -> dict[str, Any]:
        """Return the panel as a page holds it.

        Parameters
        ----------
        demanded : str
            What has to stand under every figure of the source.

        Returns
        -------
        dict
            A figure's entry, or ``id``, ``title`` and ``absent``; either with its ``section``.
        """
        if self.figure is None:
            return {"id": self.key, "title": _TITLES[self.key], "absent": self.absent, "section": self.section}
        footnote = wording.below(None, self.figure.footnote, demanded)
        stamped = dataclasses.replace(self.figure, footnote=footnote).page_entry()
        return stamped | {"id": self.key, "section": self.section, "choice": ""}


def panels_of(publication: Publication) -> list[dict[str, Any]]:
    """Return the panels of a source, ready for JSON.

    Parameters
    ----------
    publication : Publication
        Of a controlled source only the family of suppressed counts is drawn.

    Returns
    -------
    list of dict
        Figures first, then the sentences in place of some.
    """
    panels = _exact(publication) if publication.is_open else _protected(publication.counts)
    # Suppressed figures say their rule themselves.
    demanded = stamp_of(publication.catalog.repository) if publication.is_open else ""
    return [panel.entry(demanded) for panel in sorted(panels, key=lambda panel: panel.figure is None)]


def sections_of(panels: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the sections of the overview: those that show something stand before those that say why they do not.

    What is not shown of a controlled source stands in one section at the end.

    Parameters
    ----------
    panels : sequence of mapping
        What `panels_of` returns.

    Returns
    -------
    list of dict
        ``id``, ``title``, ``lead`` and ``choose``.
    """
    filled = {panel["section"] for panel in panels if "absent" not in panel}
    is_closed = any(panel["section"] == NOT_SHOWN[0] for panel in panels)
    leads = {"people": _HIDDEN_LEAD} if is_closed else {}
    listed = [
        {"id": id_, "title": title, "lead": leads.get(id_, lead), "choose": ""}
        for id_, title, lead in (*_SECTIONS, NOT_SHOWN[:3])
    ]
    used = {panel["section"] for panel in panels}
    return sorted(
        (section for section in listed if section["id"] in used), key=lambda section: section["id"] not in filled
    )


def _exact(publication: Publication) -> Iterator[Panel]:
    """The figures that say something of a source whose counts may be shown."""
    catalog = publication.catalog
    name, everything = f"{catalog.repository.name} {catalog.repository.version}", catalog.everything
    yield _pipeline(catalog.repository, name)
    released = None
    if catalog.repository.versions.height:
        n_series = int(everything.counts["series"])
        released = charts.growth(overview.count_by_version(catalog), source=name, n_series=n_series)
    yield _panel("grown", "growth", released)
    groups = overview.count_by_modality_and_region(catalog)
    heat = None
    if groups.height:
        largest = groups.row(0, named=True)
        within = overview.count_within(catalog, modality=largest["modality"], body_region=largest["body_region"])
        where = _title_of(catalog.repository, within["collection_id"][0])
        heat = charts.modality_by_region(groups, within, source=name, where=where)
    yield _panel("imaged", "modality_by_region", heat)
    if set(RICORD_CHEST_CT) <= set(catalog.covid_collections()):
        yield _panel("imaged", "lost_chest_ct", cohort_charts.lost_chest_ct(lost_chest_ct(catalog)))
    known = overview.count_known(everything)
    if known.filter(known="age and sex")["fraction"][0] < _NEARLY_ALL:
        yield _panel("people", "known_age_and_sex", charts.known_age_and_sex(known, source=name))
    people = overview.count_people(everything)
    yield _panel("people", "age_and_sex", charts.age_and_sex(people, source=name) if people.height else None)
    stated = not set(everything.licenses["license"]) <= {*UNSTATED, None}
    licenses = charts.licenses(everything.licenses, source=name) if stated else None
    declared = publication.identity.license
    if licenses is None and declared:
        absent = f"The series state no license of their own; the commons states {declared} for all of them."
        yield Panel("terms", "licenses", absent=absent)
    else:
        yield _panel("terms", "licenses", licenses)


def _title_of(repository: Repository, collection_id: str) -> str:
    """What a collection calls itself, where the source tells; else its id."""
    listed = repository.collections.filter(pl.col("collection_id") == collection_id)
    if not listed.height or not {"collection_name", "sources"} <= set(listed.columns):
        return collection_id
    first: Mapping[str, Any] = next(iter(listed["sources"].to_list()[0] or ()), {})
    title = str(first.get("source_title") or "")
    return title.removeprefix(_DATA_FROM) if title.startswith(_DATA_FROM) else str(listed["collection_name"][0])


def _pipeline(repository: Repository, name: str) -> Panel:
    over_time = count_pipeline_over_time(repository)
    if over_time.height:
        return _panel("grown", "pipeline", pipeline_charts.pipeline(over_time, source=name))
    standing = count_pipeline(repository)
    return _panel("grown", "pipeline", pipeline_charts.pipeline_now(standing, source=name) if standing else None)


def _protected(counts: PublicCounts) -> Iterator[Panel]:
    """What the family of suppressed counts shows, and what may not be shown."""
    for name in ("modality", "body_region"):
        census = counts.censuses.get((name,))
        if census is not None and is_known(census):
            yield Panel("imaged", name, census_charts.census(census))
    if not any(is_known(counts.censuses[(name,)]) for name in ("modality",) if (name,) in counts.censuses):
        yield Panel("imaged", "modality_by_region", absent=_LACKING["modality_by_region"])
    pyramid = counts.censuses.get(("sex", "age_group"))
    drawn = census_charts.pyramid(pyramid) if pyramid is not None else None
    yield _panel("people", "age_and_sex", drawn)
    yield from (Panel(NOT_SHOWN[0], key, absent=why) for key, why in _PROTECTED.items())


def _panel(section: str, key: str, figure: Figure | None) -> Panel:
    """A panel with its figure, or with the sentence that says what the source lacks."""
    return Panel(section, key, figure) if figure else Panel(section, key, absent=_LACKING[key])

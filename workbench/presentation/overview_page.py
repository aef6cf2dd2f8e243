"""The public overview of a repository: counts and finished chart specifications, no row of any patient."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.assessment.wording import counted
from workbench.catalog.cohort import Cohort
from workbench.catalog.pipeline import count_pipeline
from workbench.presentation.census_counts import is_known
from workbench.presentation.overview_panels import panels_of, sections_of
from workbench.presentation.page_head import WHY_EXACT, page_head
from workbench.presentation.publication import Publication
from workbench.presentation.who_is_counted import NOT_KNOWN_NOTE, total_of, who_is_counted

_ON_THE_WAY = {
    "n_ingested": ("ingested", "Studies ingested", "all that arrived, wherever they stand now"),
    "n_waiting": ("waiting", "Waiting", "ingested, not yet in quality control"),
    "n_in_quality": ("in_quality", "Under quality and harmonization", None),
    "n_released": ("released", "Released", None),
}
_TELLING = ("pipeline", "modality_by_region")  # the first that is drawn is told above all charts
_NOT_COUNTED = "Studies and series are not counted here: their growth could tell about a few patients."


def overview_page(publication: Publication) -> dict[str, Any]:
    """Return everything the public overview of a repository shows, ready for JSON.

    Parameters
    ----------
    publication : Publication
        Any source; of a controlled one only the family of suppressed counts is shown.

    Returns
    -------
    dict
        Findings, tiles, sections of figures, notes, citation and provenance. A panel without its data says so.
    """
    repository, panels = publication.catalog.repository, panels_of(publication)
    grew = "how it grew, " if publication.is_open else ""
    head = page_head(
        publication,
        title="What is in the commons?",
        subtitle=f"Repository statistics of the {repository.name}: what was imaged, {grew}and who is seen.",
        query="overview",
    )
    return head | {
        "findings": _findings(publication, panels, head["use"]["commercial"]),
        "groups": _groups(publication),
        "sections": sections_of(panels),
        "figures": panels,
        "notes": _notes(publication),
    }


def _findings(publication: Publication, panels: Sequence[Mapping[str, Any]], commercial: str) -> list[str]:
    """What there is, what stands out among it, and whether it may be used."""
    used = f"May it be used commercially? {commercial}"
    where = f"in {counted(publication.catalog.repository.collections.height, 'collections')}"
    if not publication.is_open:
        total, imaged = total_of(publication), publication.counts.censuses.get(("modality",))
        held = [] if total is None else [f"{counted(total, 'patients')}, {where}."]
        return [*held, *([imaged.sentence] if imaged is not None and is_known(imaged) else []), used]
    counts = publication.catalog.counts
    units = [counted(int(counts[unit]), unit) for unit in ("patients", "studies", "series")]
    drawn = {panel["id"]: panel["title"] for panel in panels if "absent" not in panel}
    telling = [f"{drawn[key]}." for key in _TELLING if key in drawn][:1]
    return [f"{units[0]} with {units[1]} and {units[2]}, {where}.", *telling, used]


def _groups(publication: Publication) -> list[dict[str, Any]]:
    catalog, n_collections = publication.catalog, publication.catalog.repository.collections.height
    if not publication.is_open:
        tiles = [_patients(publication), _tile("collections", "Collections", n_collections)]
        return [{"id": "all", "title": "The whole repository", "tiles": tiles}]
    tiles = _tiles(catalog.everything, n_collections)
    tiles[0]["note"] = who_is_counted(publication)
    groups = [{"id": "all", "title": "The whole repository", "tiles": tiles}]
    standing = count_pipeline(catalog.repository)
    if standing:
        shown = {name: n for name, n in standing.items() if n or name != "n_waiting"}
        tiles = [
            _tile(id_, label, shown[name], note) for name, (id_, label, note) in _ON_THE_WAY.items() if name in shown
        ]
        groups.append({"id": "pipeline", "title": "On the way into a release", "tiles": tiles})
    named = catalog.covid_collections()
    if 0 < len(named) < n_collections:
        tiles = _tiles(catalog.where(collection_id=named), len(named))
        groups.append({"id": "covid", "title": "COVID-19 collections", "tiles": tiles})
    return groups


def _patients(publication: Publication) -> dict[str, Any]:
    total = total_of(publication)
    tile = _tile("patients", "Patients", total or 0, f"{who_is_counted(publication)} {_NOT_COUNTED}")
    return tile if total is not None else tile | {"value": None, "text": "hidden"}


def _tiles(cohort: Cohort, n_collections: int) -> list[dict[str, Any]]:
    counts = cohort.counts
    size_tb = round(float(counts["size_gb"]) / 1000, 2)
    units = [_tile(unit, unit.capitalize(), int(counts[unit])) for unit in ("patients", "studies", "series")]
    size = {"id": "size_tb", "label": "Terabytes", "value": size_tb, "text": f"{size_tb:,.1f}", "note": None}
    if counts["series"] and not counts["size_gb"]:
        size |= {"value": None, "text": "not recorded"}
    return [*units, size, _tile("collections", "Collections", n_collections)]


def _tile(id_: str, label: str, n: int, note: str | None = None) -> dict[str, Any]:
    return {"id": id_, "label": label, "value": n, "text": f"{n:,}", "note": note}


def _notes(publication: Publication) -> list[dict[str, str]]:
    repository = publication.catalog.repository
    lacking = [name for name in ("race", "ethnicity") if not repository.has("patients", name)]
    absent = f"This source does not say {' or '.join(lacking)} of any patient. " if lacking else ""
    missing = {"title": "What is missing", "text": f"{absent}Values that are not known are drawn, never dropped."}
    counted_here = f"{who_is_counted(publication)} Age and sex are shown of people only."
    if not publication.is_open:
        small = {"title": "Small counts", "text": " ".join(publication.counts.protection)}
        return [{"title": "What is counted", "text": counted_here}, small, missing, dict(NOT_KNOWN_NOTE)]
    rows = "; ".join(
        f"{rule}: {n:,} of {total:,} {unit}"
        for rule, unit, n, total in repository.data_quality.select("rule", "unit", "n", "n_total").iter_rows()
    )
    why = f"{counted_here} Exact counts are shown because {WHY_EXACT[repository.disclosure]}."
    clean = {"title": "How clean the source is", "text": f"{rows}."}
    return [{"title": "What is counted", "text": why}, clean, missing, dict(NOT_KNOWN_NOTE)]

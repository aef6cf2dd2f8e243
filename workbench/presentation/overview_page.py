"""The public overview of a repository: counts and finished chart specifications, no row of any patient."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from workbench.catalog import overview
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.disclosure import stamp_of
from workbench.catalog.findings import RICORD_CHEST_CT, lost_chest_ct
from workbench.catalog.repository import Repository
from workbench.presentation.charts import cohort as cohort_charts
from workbench.presentation.charts import overview as charts
from workbench.presentation.charts import wording
from workbench.presentation.figure import Figure
from workbench.presentation.page import PAGE_SCHEMA
from workbench.provenance import stamp
from workbench.vocabulary.demographics import MISSING

_IDC_URL = "https://imaging.datacommons.cancer.gov"
_IDC_CITATION = (
    "Fedorov A, et al. National Cancer Institute Imaging Data Commons: toward transparency, reproducibility, "
    "and scalability in imaging artificial intelligence. RadioGraphics 2023;43(12). doi:10.1148/rg.230180"
)

_NEARLY_ALL = 0.99  # of patients; a chart of who lacks age or sex would show one bar

#: Why exact counts may be shown in public, by the disclosure of the source.
WHY_EXACT = {
    "public_rows": "this source publishes its index row by row",
    "synthetic": "this source is invented and nobody in it exists",
}


def overview_page(catalog: Catalog) -> dict[str, Any]:
    """Return everything the public overview of a repository shows, ready for JSON.

    Parameters
    ----------
    catalog : Catalog
        Whose disclosure allows exact counts.

    Returns
    -------
    dict
        Tiles, figures, notes, citation and provenance.

    Raises
    ------
    PermissionError
        For a controlled source: its counts have to be suppressed first.
    """
    repository = catalog.repository
    if repository.disclosure == "controlled":
        raise PermissionError(
            f"{repository.name} is a controlled source; exact counts of it must not be shown in public. "
            "Sources whose rows are public or synthetic can be shown. Use the embedded index: --source idc"
        )
    name = f"{repository.name} {repository.version}"
    return {
        "schema": PAGE_SCHEMA,
        "title": "What is in the commons?",
        "subtitle": f"Repository statistics of the {repository.name}: what was imaged, how it grew, and who is seen.",
        **origin(repository),
        "groups": _groups(catalog),
        "figures": [_stamped(figure, stamp_of(repository)).page_entry() for figure in _figures(catalog, name)],
        "notes": _notes(catalog),
        "provenance": flat_stamp(stamp(source=repository.name, version=repository.build, query="overview")),
    }


def origin(repository: Repository) -> dict[str, Any]:
    """Return what every public page says about its source.

    Parameters
    ----------
    repository : Repository
        The source.

    Returns
    -------
    dict
        ``as_of``, ``source`` and ``cite`` of a page.
    """
    source = {"name": repository.name, "version": repository.version}
    if repository.key == "idc":
        published = repository.versions.sort("idc_version")["version_timestamp"][-1]
        rights = {"url": _IDC_URL, "license": "Index under the MIT license; images under the license of each series"}
        as_of = f"{repository.version}, published {published}"
        return {"as_of": as_of, "source": source | rights, "cite": [_IDC_CITATION]}
    rights = {"license": "Invented: no such patient exists"} if repository.disclosure == "synthetic" else {}
    dates = repository.column("patients", "batch").drop_nulls() if repository.has("patients", "batch") else ()
    as_of = f"batch of {max(dates)}" if len(dates) else repository.version
    return {"as_of": as_of, "source": source | rights, "cite": []}


def _groups(catalog: Catalog) -> list[dict[str, Any]]:
    n_collections = catalog.repository.collections.height
    groups = [{"id": "all", "title": "The whole repository", "tiles": _tiles(catalog.everything, n_collections)}]
    named = catalog.covid_collections()
    if 0 < len(named) < n_collections:
        tiles = _tiles(catalog.where(collection_id=named), len(named))
        groups.append({"id": "covid", "title": "COVID-19 collections", "tiles": tiles})
    return groups


def _tiles(cohort: Cohort, n_collections: int) -> list[dict[str, Any]]:
    counts = cohort.counts
    size_tb = round(float(counts["size_gb"]) / 1000, 2)
    tiles: list[dict[str, Any]] = [
        {"id": unit, "label": unit.capitalize(), "value": counts[unit], "text": f"{counts[unit]:,}", "note": None}
        for unit in ("patients", "studies", "series")
    ]
    tiles.append({"id": "size_tb", "label": "Terabytes", "value": size_tb, "text": f"{size_tb:,.1f}", "note": None})
    tiles.append(
        {
            "id": "collections",
            "label": "Collections",
            "value": n_collections,
            "text": f"{n_collections:,}",
            "note": None,
        }
    )
    return tiles


def _figures(catalog: Catalog, name: str) -> Iterator[Figure]:
    """The figures that say something of this source."""
    everything = catalog.everything
    groups = overview.count_by_modality_and_region(catalog)
    if groups.height:
        largest = groups.row(0, named=True)
        within = overview.count_within(catalog, modality=largest["modality"], body_region=largest["body_region"])
        yield charts.modality_by_region(groups, within, source=name)
    if catalog.repository.versions.height:
        yield charts.growth(overview.count_by_version(catalog), source=name, n_series=int(everything.counts["series"]))
    known = overview.count_known(everything)
    if known.filter(known="age and sex")["fraction"][0] < _NEARLY_ALL:
        yield charts.known_age_and_sex(known, source=name)
    yield charts.age_and_sex(overview.count_people(everything), source=name)
    if not set(everything.licenses["license"]) <= {*MISSING, None}:
        yield charts.licenses(everything.licenses, source=name)
    if set(RICORD_CHEST_CT) <= set(catalog.covid_collections()):
        yield cohort_charts.lost_chest_ct(lost_chest_ct(catalog))


def _stamped(figure: Figure, demanded: str) -> Figure:
    return dataclasses.replace(figure, footnote=wording.below(None, figure.footnote, demanded))


def _notes(catalog: Catalog) -> list[dict[str, str]]:
    quality = catalog.data_quality()
    rows = "; ".join(
        f"{rule}: {n:,} of {total:,} {unit}"
        for rule, unit, n, total in quality.select("rule", "unit", "n", "n_total").iter_rows()
    )
    lacking = [name for name in ("race", "ethnicity") if not catalog.repository.has("patients", name)]
    absent = f"The source holds no {' or '.join(lacking)}. " if lacking else ""
    return [
        {
            "title": "What is counted",
            "text": "A patient is a person, animal or phantom in one collection: the pair of collection and PatientID. "
            f"Exact counts are shown because {WHY_EXACT[catalog.repository.disclosure]}.",
        },
        {"title": "How clean the source is", "text": f"{rows}."},
        {"title": "What is missing", "text": f"{absent}Unknown values are drawn, never dropped."},
    ]


def flat_stamp(provenance: dict[str, Any]) -> dict[str, str]:
    """Return a stamp as texts, for the end of a page.

    Parameters
    ----------
    provenance : dict
        What `workbench.provenance.stamp` returns.

    Returns
    -------
    dict of str to str
        The same keys.
    """
    versions = ", ".join(f"{name} {version}" for name, version in provenance["versions"].items())
    return {name: versions if name == "versions" else str(value) for name, value in provenance.items()}

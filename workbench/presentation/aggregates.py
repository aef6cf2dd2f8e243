"""Write the one file that a public page reads: counts and finished chart specifications, no row of any patient."""

import inspect
import json
import sys
from pathlib import Path
from typing import Any

from workbench.cache import cache_folder, rules_digest
from workbench.catalog import overview
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.findings import RICORD_CHEST_CT, lost_chest_ct
from workbench.presentation import theme
from workbench.presentation.charts import cohort as cohort_charts
from workbench.presentation.charts import overview as charts
from workbench.presentation.figure import Figure
from workbench.presentation.vega_bundle import vega_bundle
from workbench.provenance import stamp

PAGE_SCHEMA = "workbench-page/1"

_CITATION = (
    "Fedorov A, et al. National Cancer Institute Imaging Data Commons: toward transparency, reproducibility, "
    "and scalability in imaging artificial intelligence. RadioGraphics 2023;43(12). doi:10.1148/rg.230180"
)


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
    published = repository.versions.sort("idc_version")["version_timestamp"][-1]
    return {
        "schema": PAGE_SCHEMA,
        "title": "What is in the commons?",
        "subtitle": f"Repository statistics of the {repository.name}: what was imaged, how it grew, and who is seen.",
        "as_of": f"{repository.version}, published {published}",
        "source": {
            "name": repository.name,
            "version": repository.version,
            "url": "https://imaging.datacommons.cancer.gov",
            "license": "Index under the MIT license; images under the licenses shown below",
        },
        "groups": _groups(catalog),
        "figures": [figure.page_entry() for figure in _figures(catalog, name)],
        "notes": _notes(catalog),
        "cite": [_CITATION],
        "provenance": _flat(stamp(source=repository.name, version=repository.build, query="overview")),
    }


def write_aggregates(catalog: Catalog, path: Path | None = None) -> Path:
    """Write the aggregates of the public overview, whole or not at all, and the local Vega bundle beside it.

    Parameters
    ----------
    catalog : Catalog
        What is shown.
    path : pathlib.Path, optional
        Where to write; by default a file in the cache folder, named by source and version.

    Returns
    -------
    pathlib.Path
        The JSON file.
    """
    target = path or aggregates_path(catalog)
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = target.with_name(f".{target.name}.part")
    staging.write_text(json.dumps(overview_page(catalog), ensure_ascii=False, default=str), encoding="utf-8")
    staging.replace(target)
    vega_bundle()
    return target


def aggregates_path(catalog: Catalog) -> Path:
    """Return where the aggregates of a source are kept unless a path is given.

    Parameters
    ----------
    catalog : Catalog
        What is shown.

    Returns
    -------
    pathlib.Path
        In the cache folder; its name changes with the data version, the cleaning rules and the charts.
    """
    drawn = rules_digest(
        inspect.getsource(module) for module in (sys.modules[__name__], overview, charts, cohort_charts, theme)
    )
    return cache_folder() / f"overview-{catalog.repository.folder.name}-{drawn}.json"


def _groups(catalog: Catalog) -> list[dict[str, Any]]:
    covid = catalog.where(collection_id=catalog.covid_collections())
    n_collections = catalog.repository.collections.height
    return [
        {"id": "all", "title": "The whole repository", "tiles": _tiles(catalog.everything, n_collections)},
        {
            "id": "covid",
            "title": "COVID-19 collections",
            "tiles": _tiles(covid, len(catalog.covid_collections())),
        },
    ]


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


def _figures(catalog: Catalog, name: str) -> list[Figure]:
    everything = catalog.everything
    groups = overview.count_by_modality_and_region(catalog)
    largest = groups.row(0, named=True)
    within = overview.count_within(catalog, modality=largest["modality"], body_region=largest["body_region"])
    figures = [
        charts.modality_by_region(groups, within, source=name),
        charts.growth(overview.count_by_version(catalog), source=name),
        charts.known_age_and_sex(overview.count_known(everything), source=name),
        charts.age_and_sex(overview.count_people(everything), source=name),
        charts.licenses(everything.licenses, source=name),
    ]
    if set(RICORD_CHEST_CT) <= set(catalog.covid_collections()):
        figures.append(cohort_charts.lost_chest_ct(lost_chest_ct(catalog)))
    return figures


def _notes(catalog: Catalog) -> list[dict[str, str]]:
    quality = catalog.data_quality()
    rows = "; ".join(
        f"{rule}: {n:,} of {total:,} {unit}"
        for rule, unit, n, total in quality.select("rule", "unit", "n", "n_total").iter_rows()
    )
    return [
        {
            "title": "What is counted",
            "text": "A patient is a person, animal or phantom in one collection: the pair of collection and PatientID. "
            "Exact counts are shown because this source publishes its index row by row.",
        },
        {"title": "How clean the source is", "text": f"{rows}."},
        {
            "title": "What is missing",
            "text": "The index holds no race or ethnicity, and age and sex for part of the patients only. "
            "Unknown values are drawn, never dropped.",
        },
    ]


def _flat(provenance: dict[str, Any]) -> dict[str, str]:
    versions = ", ".join(f"{name} {version}" for name, version in provenance["versions"].items())
    return {name: versions if name == "versions" else str(value) for name, value in provenance.items()}

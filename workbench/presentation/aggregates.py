"""Write what public pages read: one file of finished counts and chart specifications a page, no row of any patient."""

import json
from pathlib import Path
from typing import Any

from workbench.assets import asset_path
from workbench.cache import rules_digest, say, sealed_folder
from workbench.catalog.commons import Catalog
from workbench.catalog.registry import datasets
from workbench.presentation.catalog_page import catalog_page
from workbench.presentation.census_page import census_page
from workbench.presentation.overview_page import overview_page
from workbench.presentation.published import read_earlier
from workbench.presentation.vega_bundle import vega_bundle


def public_pages(
    catalog: Catalog, *, earlier: Path | None = None, own: Path | None = None
) -> dict[str, dict[str, Any]]:
    """Return every public page of a source, ready for JSON.

    Parameters
    ----------
    catalog : Catalog
        What is shown. Of a controlled source only the census is, with small counts suppressed, beside the data
        catalog, which holds no patient.
    earlier : pathlib.Path, optional
        The aggregates of the release before, which a controlled source is suppressed with.
    own : pathlib.Path, optional
        Entries of your own for the data catalog.

    Returns
    -------
    dict of str to dict
        Name of `workbench.presentation.page.PAGES` to page.

    Raises
    ------
    ValueError
        When an earlier release comes with an open source, or is no page of a census.
    """
    is_controlled = catalog.repository.disclosure == "controlled"
    if earlier and not is_controlled:
        raise ValueError(
            f"An earlier release came with {catalog.repository.name}, whose counts are shown exactly: there is nothing "
            "to suppress with it. A controlled source would be right. Leave the earlier release out."
        )
    before = read_earlier(earlier) if earlier else ()
    pages = {} if is_controlled else {"overview": overview_page(catalog)}
    # The data catalog is the same beside every source: it holds no patient.
    return pages | {"census": census_page(catalog, earlier=before), "data_catalog": catalog_page(datasets(own))}


def write_aggregates(catalog: Catalog, folder: Path, *, earlier: Path | None = None, own: Path | None = None) -> Path:
    """Write the file of every public page, each whole or not at all, and the local Vega bundle into the cache.

    Parameters
    ----------
    catalog : Catalog
        What is shown.
    folder : pathlib.Path
        Where to write; made when absent. A file of the same name is replaced.
    earlier : pathlib.Path, optional
        The aggregates of the release before, which a controlled source is suppressed with.
    own : pathlib.Path, optional
        Entries of your own for the data catalog.

    Returns
    -------
    pathlib.Path
        The folder.
    """
    pages = public_pages(catalog, earlier=earlier, own=own)
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        staging = folder / f".{name}.json.part"
        staging.write_text(json.dumps(page, ensure_ascii=False, default=str), encoding="utf-8")
        staging.replace(folder / f"{name}.json")
    vega_bundle()
    return folder


def cached_aggregates(catalog: Catalog, *, own: Path | None = None) -> Path:
    """Return the folder of a source's pages in the cache, written when it is absent.

    Parameters
    ----------
    catalog : Catalog
        What is shown.
    own : pathlib.Path, optional
        Entries of your own for the data catalog.

    Returns
    -------
    pathlib.Path
        Its name changes with the data version, the package, the reference populations and the entries.
    """
    datasets(own)  # entries that are wrong are told before anything is counted

    def _write(folder: Path) -> None:
        say("Counting what the pages show (some seconds) …")
        write_aggregates(catalog, folder, own=own)

    return sealed_folder(f"pages-{catalog.repository.folder.name}-{_drawn_by(own)}", _write)


def _drawn_by(own: Path | None) -> str:
    """A digest of all that decides what a page shows: the package's own text, what it ships with, your entries."""
    package = Path(__file__).resolve().parents[1]
    shipped = asset_path("data_catalog")
    files = sorted([*package.rglob("*.py"), *shipped.rglob("*.yaml"), *(shipped / "reference_populations").iterdir()])
    files += sorted(own.expanduser().rglob("*.yaml")) if own else []
    return rules_digest(file.read_text(encoding="utf-8") for file in files if file.is_file())

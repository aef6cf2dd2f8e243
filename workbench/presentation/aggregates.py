"""Write what public pages read: one file of finished counts and chart specifications a page, no row of any patient."""

import datetime as dt
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from workbench.assets import asset_path
from workbench.cache import rules_digest, say, sealed_folder
from workbench.catalog.registry import datasets
from workbench.catalog.repository import Repository
from workbench.presentation.glossary import glossary_of
from workbench.presentation.manifest import MANIFEST, write_pages
from workbench.presentation.pages import list_pages
from workbench.presentation.publication import Publication
from workbench.presentation.published import pack_tables
from workbench.presentation.staging import replaced_folder
from workbench.presentation.vega_bundle import vega_bundle

_RULES_TOLD = 3


def public_pages(publication: Publication) -> dict[str, dict[str, Any]]:
    """Return every public page of a source, ready for JSON.

    Parameters
    ----------
    publication : Publication
        What is shown.

    Returns
    -------
    dict of str to dict
        Key of `workbench.presentation.pages.list_pages` to page, in that order; without those that have nothing of
        this source to show.
    """
    _import_jsonschema()
    from altair.utils.schemapi import debug_mode

    listed, pages = list_pages(), {}
    for n, (key, entry) in enumerate(listed.items(), 1):
        say(f"{entry.title} ({n} of {len(listed)}) …")
        with debug_mode(False):  # every chart's tests compare it with the schema of Vega-Lite
            page = _builder(entry.build)(publication)
        if page is not None:
            pages[key] = page | {"key": key, "glossary": glossary_of(page)}
    return pages


def write_aggregates(publication: Publication, folder: Path) -> Path:
    """Write the file of every public page and their list, all or nothing, and the local Vega bundle into the cache.

    Parameters
    ----------
    publication : Publication
        What is shown.
    folder : pathlib.Path
        Where to write; made when absent. What was written there before is replaced.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ValueError
        When the folder holds other files, or cannot be written.
    """
    with replaced_folder(folder, mark=MANIFEST) as staging:  # a folder that cannot be written is told before the count
        _write(publication, staging)
    return folder


def cached_aggregates(publication: Publication) -> Path:
    """Return the folder of a source's pages in the cache, written when it is absent or older than was promised.

    Parameters
    ----------
    publication : Publication
        What is shown.

    Returns
    -------
    pathlib.Path
        Its name changes with the data version, the package, the reference populations, the entries, the identity and
        what earlier releases published.
    """
    datasets(publication.own)  # entries that are wrong are told before anything is counted
    name = publication.catalog.repository.folder.name
    return sealed_folder(f"pages-{name}-{_drawn_by(publication)}", lambda folder: _write(publication, folder))


def _write(publication: Publication, folder: Path) -> None:
    say("Counting what the pages show (some seconds) …")
    say(_repairs(publication.catalog.repository))
    repository, identity = publication.catalog.repository, publication.identity
    pages = public_pages(publication)
    source = {"name": repository.name, "version": repository.version, "disclosure": publication.disclosure}
    write_pages(folder, pages, source=source, identity=identity.entry(), refresh_days=identity.refresh_days)
    vega_bundle()


def _repairs(repository: Repository) -> str:
    """One line on what was repaired when the source was read, for its holder: the largest rules first."""
    touched = repository.data_quality.filter(pl.col("n") > 0).sort("n", descending=True, maintain_order=True)
    told = [f"{row['rule']}: {row['n']:,} of {row['n_total']:,} {row['unit']}" for row in touched.to_dicts()]
    if not told:
        return "Nothing in the source had to be repaired."
    more = f"; and {len(told) - _RULES_TOLD} more rules" if len(told) > _RULES_TOLD else ""
    return f"Repaired or set aside: {'; '.join(told[:_RULES_TOLD])}{more}. All of them: workbench catalog --quality"


def _import_jsonschema() -> None:
    """Import what Altair needs without the grammar of addresses that comes with it: a second, and no chart has any."""
    grammar = "rfc3987_syntax"
    if "jsonschema" not in sys.modules and grammar not in sys.modules:
        sys.modules[grammar] = None  # type: ignore[assignment] # jsonschema goes on without it
        import_module("jsonschema")
        del sys.modules[grammar]


def _builder(named: str) -> Callable[[Publication], dict[str, Any] | None]:
    module, _, function = named.partition(":")
    build: Callable[[Publication], dict[str, Any] | None] = getattr(import_module(module), function)
    return build


def _drawn_by(publication: Publication) -> str:
    """A digest of all that decides what a page shows: the package's own text, what it ships with, whose it is."""
    package, own = Path(__file__).resolve().parents[1], publication.own
    shipped = asset_path("data_catalog")
    files = [*package.rglob("*.py"), *shipped.rglob("*.yaml"), *(shipped / "reference_populations").iterdir()]
    files += [*asset_path("dashboards").glob("*.toml"), *(own.expanduser().rglob("*.yaml") if own else ())]
    days = publication.identity.refresh_days  # pages that get old are counted anew within as many days
    period = dt.datetime.now(dt.UTC).date().toordinal() // days if days else 0
    before = json.dumps([pack_tables(release) for release in publication.earlier])
    spoken = (repr(publication.identity), publication.disclosure, str(period), before)
    return rules_digest((file.read_text(encoding="utf-8") for file in sorted(files) if file.is_file()), spoken)

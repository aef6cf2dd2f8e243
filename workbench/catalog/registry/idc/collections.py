"""Every collection of the embedded index as an entry of the data catalog, generated and apart from the curated ones."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from workbench.cache import rules_digest, sealed_folder
from workbench.catalog.registry.entries import Entry
from workbench.catalog.sources.idc_package import package_version

_FILE = "collections.json"
_PACKAGE = Path(__file__).resolve().parents[3]
# Read as text: imported, they would load polars, which only the first use needs.
_RULES = (
    "catalog/registry/idc/collections.py",
    "catalog/registry/idc/collection_fields.py",
    "catalog/registry/idc/counts.py",
    "catalog/sources/idc_tables.py",
    "catalog/citations.py",
    "vocabulary/anatomy.py",
    "vocabulary/dicom.py",
)


@cache
def collection_entries() -> tuple[Entry, ...]:
    """Return every collection of the embedded index of the NCI Imaging Data Commons as an entry.

    Their names, licenses, DOIs and citations are those of the index, their counts are computed from it. What the index
    does not say is left out: no tasks, no annotations. They are made on first use, in a few seconds.

    Returns
    -------
    tuple of Entry
        Kind ``"collection"``, by key: ``idc-`` and the collection's id with hyphens; the id itself is an alias.

    Raises
    ------
    MissingPackageError
        When the package that carries the index is not installed.

    Examples
    --------
    >>> entries = {entry.key: entry for entry in collection_entries()}
    >>> entries["idc-lidc-idri"].name, entries["idc-lidc-idri"].license.id
    ('LIDC-IDRI', 'CC-BY-3.0')
    """
    rules = rules_digest(_PACKAGE.joinpath(name).read_text(encoding="utf-8") for name in _RULES)
    folder = sealed_folder(f"idc-collections-{package_version()}-{rules}", _build)
    fields: list[dict[str, Any]] = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    return tuple(Entry("collection", each) for each in fields)


def _build(folder: Path) -> None:
    from workbench.catalog.registry.idc.collection_fields import collection_fields
    from workbench.catalog.sources.idc import open_idc

    text = json.dumps(collection_fields(open_idc()), ensure_ascii=False, indent=0)
    (folder / _FILE).write_text(text, encoding="utf-8")

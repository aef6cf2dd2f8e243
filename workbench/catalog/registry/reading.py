"""Read the entries of the data catalog: checked together, compiled once, quick ever after."""

import json
from pathlib import Path
from typing import Any

from workbench.assets import asset_path
from workbench.cache import sealed_folder
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.roots import Root, files_digest, own_root

_COMPILED = "entries.json"
# What decides how files become entries: a change there means reading them again.
_RULES = (
    *("documents/form_words.py", "documents/forms.py", "documents/lines.py", "documents/scalars.py"),
    *("registry/backing.py", "registry/checking.py", "registry/compiling.py", "registry/days.py"),
    *("registry/families.py", "registry/fold_names.py", "registry/idc_facts.py", "registry/idc_sizes.py"),
    *("registry/ranking_words.py", "registry/reading.py", "registry/roots.py"),
)


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
        A ValueError with every problem of every file, as ``file:line: what came; what would be right``.
    FileNotFoundError, NotADirectoryError
        When there is no such folder.
    """
    compiled = _compiled(_roots(folder, shipped))
    counts = compiled["idc_counts"]
    return tuple(
        Entry(each["kind"], each["fields"], terms=compiled["terms"], idc_counts=counts.get(each["fields"]["key"], {}))
        for each in compiled["entries"]
    )


def read_notes(folder: Path | str | None = None, *, shipped: Path | None = None) -> tuple[str, ...]:
    """Return what entries state without saying where it was read: no error, but nobody can check it.

    Parameters
    ----------
    folder, shipped : pathlib.Path or str, optional
        As for `read_entries`.

    Returns
    -------
    tuple of str
        ``file:line: what was stated; what would be right``, in order.

    Raises
    ------
    CatalogError, FileNotFoundError, NotADirectoryError
        As `read_entries`.
    """
    return tuple(_compiled(_roots(folder, shipped))["notes"])


def _roots(folder: Path | str | None, shipped: Path | None) -> list[Root]:
    roots = [Root(shipped or asset_path("data_catalog"), "data_catalog")]
    if folder is not None and Path(folder).expanduser().resolve() != roots[0].path.resolve():
        roots.append(own_root(folder))
    return roots


def _compiled(roots: list[Root]) -> dict[str, Any]:
    catalog = Path(__file__).resolve().parents[1]
    digest = files_digest(roots, *(catalog / name for name in _RULES))
    if digest is None:
        return _compile(roots)
    # From the file in both cases, so that the first reading gives the same values as every later one.
    place = sealed_folder(f"data-catalog-{digest}", lambda staging: _write(roots, staging))
    compiled: dict[str, Any] = json.loads((place / _COMPILED).read_bytes())
    return compiled


def _compile(roots: list[Root]) -> dict[str, Any]:
    from workbench.catalog.registry.compiling import compile_entries

    return compile_entries(roots)


def _write(roots: list[Root], staging: Path) -> None:
    (staging / _COMPILED).write_text(json.dumps(_compile(roots), ensure_ascii=False), encoding="utf-8")

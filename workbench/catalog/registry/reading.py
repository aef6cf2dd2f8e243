"""Read the entries of the data catalog: checked together, compiled once, quick ever after."""

import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

from workbench.assets import asset_path
from workbench.cache import sealed_folder
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.roots import Root, files_digest, own_root

_COMPILED = "entries.json"
_TRIES = 3
# What decides how files become entries: a change there means reading them again.
_RULES = (
    *("documents/form_words.py", "documents/forms.py", "documents/lines.py", "documents/scalars.py"),
    *("registry/backing.py", "registry/checking.py", "registry/compiling.py", "registry/days.py"),
    *("registry/families.py", "registry/family_graph.py", "registry/fold_names.py", "registry/idc_facts.py"),
    *("registry/idc_sizes.py", "registry/asking/words.py", "registry/reading.py", "registry/roots.py"),
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
    for _ in range(_TRIES):
        digest = _digest(roots)
        if digest is None:
            break
        try:
            place = sealed_folder(f"data-catalog-{digest}", partial(_write, roots, digest))
        except _ChangedError:
            continue
        try:  # from the file in both cases, so that the first reading gives the same values as every later one
            compiled: dict[str, Any] = json.loads((place / _COMPILED).read_bytes())
        except FileNotFoundError:  # a seal without what it should seal
            shutil.rmtree(place, ignore_errors=True)
            continue
        return compiled
    return _compile(roots)


def _digest(roots: list[Root]) -> str | None:
    catalog = Path(__file__).resolve().parents[1]
    return files_digest(roots, *(catalog / name for name in _RULES))


def _write(roots: list[Root], digest: str, staging: Path) -> None:
    text = json.dumps(_compile(roots), ensure_ascii=False)
    if _digest(roots) != digest:
        raise _ChangedError
    (staging / _COMPILED).write_text(text, encoding="utf-8")


def _compile(roots: list[Root]) -> dict[str, Any]:
    from workbench.catalog.registry.compiling import compile_entries

    return compile_entries(roots)


class _ChangedError(Exception):
    """A file was written while the files were read; what was read must not be kept under the digest of before."""

"""Write the data catalog into a folder, in every format or in some: all files, or none."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.cards import card
from workbench.catalog.registry.formats.croissant import croissant
from workbench.catalog.registry.formats.references import bibtex, csl
from workbench.catalog.registry.formats.schema_org import data_catalog_jsonld
from workbench.catalog.registry.formats.tabular import CSV_NAME, data_package, to_csv
from workbench.catalog.registry.idc_facts import IdcFacts
from workbench.catalog.writing import write_together
from workbench.errors import unknown_name

Format = Literal["croissant", "cards", "schema.org", "bibtex", "csl", "csv"]
_FORMATS: tuple[Format, ...] = get_args(Format)


def export(
    entries: Iterable[Entry],
    folder: Path | str,
    formats: Collection[Format] | None = None,
    facts: Mapping[str, IdcFacts] | None = None,
) -> tuple[Path, ...]:
    """Write entries into a folder.

    Equal entries give equal bytes. Files of entries that are no longer there are left alone.

    Parameters
    ----------
    entries : iterable of Entry
        Each key once.
    folder : pathlib.Path or str
        Made when it does not exist.
    formats : collection of str, optional
        ``"croissant"`` (a file for each data set and collection), ``"cards"`` (a file an entry), ``"schema.org"``,
        ``"bibtex"``, ``"csl"``, ``"csv"`` (with its Data Package); all when absent.
    facts : mapping of str to IdcFacts, optional
        Key to what the index of the Imaging Data Commons counts.

    Returns
    -------
    tuple of pathlib.Path
        The files written, sorted.

    Raises
    ------
    UnknownNameError
        When there is no such format.
    ValueError
        When there are no entries, or a key stands twice.
    NotADirectoryError, IsADirectoryError
        When the folder is a file, or a folder stands where a file shall.

    Examples
    --------
    >>> import tempfile
    >>> entry = Entry("dataset", {"key": "a", "name": "A", "license": {"id": "unknown"}})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export([entry], folder, ["croissant", "csv"])]
    ['catalog.csv', 'a.json', 'datapackage.json']
    """
    listed, root = tuple(entries), Path(folder)
    chosen = _FORMATS if formats is None else tuple(formats)
    for name in chosen:
        if name not in _FORMATS:
            raise unknown_name("format", name, _FORMATS, where="the data catalog", then="Use one of these.")
    _check(listed, root)
    known = facts or {}
    texts = {root / name: text for wanted in chosen for name, text in _WRITERS[wanted](listed, known).items()}
    if blocked := next((path for path in sorted(texts) if path.is_dir()), None):
        raise IsADirectoryError(
            f"{blocked} is a folder, and a file of the catalog shall stand there. Move it, or name another folder."
        )
    write_together(dict(sorted(texts.items())))
    return tuple(sorted(texts))


def _check(entries: tuple[Entry, ...], folder: Path) -> None:
    if not entries:
        raise ValueError("There is no entry to write. Choose at least one, such as datasets().where(kind='dataset').")
    keys = [entry.key for entry in entries]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"Keys stand twice: {', '.join(twice)}. Each entry has one file. Leave one of each out.")
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file. The catalog is written into a folder. Name another.")


def _croissant(entries: tuple[Entry, ...], facts: Mapping[str, IdcFacts]) -> dict[str, str]:
    described = [entry for entry in entries if entry.kind in ("dataset", "collection")]
    return {f"croissant/{entry.key}.json": _json(croissant(entry, facts.get(entry.key))) for entry in described}


def _cards(entries: tuple[Entry, ...], facts: Mapping[str, IdcFacts]) -> dict[str, str]:
    return {f"cards/{entry.key}.md": card(entry, facts.get(entry.key)) for entry in entries}


def _csv(entries: tuple[Entry, ...], facts: Mapping[str, IdcFacts]) -> dict[str, str]:  # noqa: ARG001 like the others
    table = to_csv(entries)
    return {CSV_NAME: table, "datapackage.json": data_package(table)}


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


_WRITERS: dict[Format, Callable[[tuple[Entry, ...], Mapping[str, IdcFacts]], dict[str, str]]] = {
    "croissant": _croissant,
    "cards": _cards,
    "schema.org": lambda entries, facts: {"catalog.jsonld": _json(data_catalog_jsonld(entries, facts))},
    "bibtex": lambda entries, _: {"catalog.bib": bibtex(entries)},
    "csl": lambda entries, _: {"catalog.csl.json": _json(csl(entries))},
    "csv": _csv,
}

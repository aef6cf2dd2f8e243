"""Write the data catalog into a folder, in every format or in some: all files, or none."""

import contextlib
import json
import re
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
from workbench.errors import brief, unknown_name

Format = Literal["croissant", "cards", "schema.org", "bibtex", "csl", "csv"]
_FORMATS: tuple[Format, ...] = get_args(Format)
_FILE_NAME = re.compile(r"[A-Za-z0-9]+([._-]+[A-Za-z0-9]+)*")
# Names that Windows keeps for devices, whatever ending follows.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


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
        When there are no entries, a key stands twice, in large or small letters, or cannot be the name of a file.
    OSError
        When the folder is a file, something stands in the way, or the disk refuses; nothing is written then.

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
    _write(dict(sorted(texts.items())))
    return tuple(sorted(texts))


def _check(entries: tuple[Entry, ...], folder: Path) -> None:
    if not entries:
        raise ValueError("There is no entry to write. Choose at least one, such as datasets().where(kind='dataset').")
    names: dict[str, list[str]] = {}
    for entry in entries:
        if not _FILE_NAME.fullmatch(entry.key) or entry.key.casefold().partition(".")[0] in _DEVICES:
            raise ValueError(
                f"{brief(repr(entry.key))} came as the key of an entry, and cannot name a file everywhere; letters, "
                "digits and single hyphens would be right, and no device such as con. Change the key."
            )
        names.setdefault(entry.key.casefold(), []).append(entry.key)
    if twice := sorted({key for keys in names.values() if len(keys) > 1 for key in keys}):
        raise ValueError(f"Keys stand twice: {', '.join(twice)}. Each entry has one file. Leave one of each out.")
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file. The catalog is written into a folder. Name another.")


def _write(texts: Mapping[Path, str]) -> None:
    """Write the files; when one cannot be written, no file and no new folder stays."""
    new: list[Path] = []
    try:
        for path in texts:
            _refuse_what_is_in_the_way(path)
        new = sorted({place for path in texts for place in path.parents if not place.exists()}, reverse=True)
        write_together(texts)
    except OSError as problem:
        for place in new:  # the innermost first
            with contextlib.suppress(OSError):
                place.rmdir()
        if problem.errno is None:  # told already
            raise
        raise type(problem)(
            f"The catalog cannot be written to {problem.filename or 'the folder'} ({problem.strerror}). A folder that "
            "you may write, on a disk with space left, would be right. Name another folder."
        ) from problem


def _refuse_what_is_in_the_way(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(
            f"{path} is a folder, and a file of the catalog shall stand there. Move it, or name another folder."
        )
    place = next(each for each in path.parents if each.exists())
    if not place.is_dir():
        raise NotADirectoryError(
            f"{place} is a file, and a folder of the catalog shall stand there. Move it, or name another folder."
        )


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

"""Find and read the files that a layout names: tables, lists and images, without opening an image."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from workbench.catalog.sources.delimited import UnreadableTableError, parse_delimited, split_header

_IMAGES = {"name": pl.String, "file_name": pl.String, "size_mb": pl.Float64, "leads_out": pl.Boolean}
_SEPARATORS = (b"\t", b",", b";")
_MB = 1e6
_MOST_OF_HEADER = 2**20


def first_file(root: Path, names: Iterable[str]) -> Path | None:
    """Return the first of several files that is there.

    Parameters
    ----------
    root : pathlib.Path
        The folder.
    names : iterable of str
        Relative to it.

    Returns
    -------
    pathlib.Path or None
        None when there is none.
    """
    return next((root / name for name in names if (root / name).is_file()), None)


def leads_out(root: Path, path: Path) -> bool:
    """Return whether a path below a folder leads out of it by a link.

    Parameters
    ----------
    root : pathlib.Path
        The folder, itself perhaps a link.
    path : pathlib.Path
        Below it.

    Returns
    -------
    bool
        False for a link to another place in the folder.
    """
    return not path.resolve().is_relative_to(root.resolve())


def read_stated_table(path: Path, comments: str | None = None) -> pl.DataFrame:
    """Return a table as strings, without comments before its header and without columns that the header leaves unnamed.

    Parameters
    ----------
    path : pathlib.Path
        CSV or TSV.
    comments : str, optional
        How lines before the header begin that are passed over.

    Returns
    -------
    polars.DataFrame
        Names of columns without outer spaces.

    Raises
    ------
    UnreadableTableError
        When it is no table.
    """
    content = _without_comments(path.read_bytes(), comments)
    header = content.partition(b"\n")[0].rstrip(b"\r")
    separator = max(_SEPARATORS, key=header.count)
    if n_unnamed := len(header) - len(header.rstrip(separator)):
        content = re.sub(re.escape(separator) + rb"{1,%d}(?=\r?(?:\n|$))" % n_unnamed, b"", content)
    table = parse_delimited(content)
    plain = {name: name.strip() for name in table.columns}
    return table.rename(plain) if len(set(plain.values())) == len(plain) else table


def stated_header(path: Path, comments: str | None = None) -> list[str]:
    """Return the names of a table's columns without reading its rows; empty when it has none that can be read.

    Parameters
    ----------
    path : pathlib.Path
        CSV or TSV.
    comments : str, optional
        As for `read_stated_table`.

    Returns
    -------
    list of str
        Without outer spaces, unnamed ones left out.
    """
    with path.open("rb") as stream:
        content = _without_comments(stream.read(_MOST_OF_HEADER), comments)
    line = content.partition(b"\n")[0].rstrip(b"\r").decode("utf-8", errors="replace")
    separator = max((each.decode() for each in _SEPARATORS), key=line.count)
    try:
        return [name.strip() for name in split_header(line, separator) if name.strip()]
    except UnreadableTableError:
        return []


def read_list(path: Path) -> pl.Series:
    """Return the names in a list, one a line.

    Parameters
    ----------
    path : pathlib.Path
        Text.

    Returns
    -------
    polars.Series
        Without blank lines.
    """
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    return pl.Series("name", [line.strip() for line in lines if line.strip()], dtype=pl.String)


def find_images(root: Path, patterns: Iterable[str]) -> pl.DataFrame:
    """Return the files that match any pattern, hidden ones left out.

    Parameters
    ----------
    root : pathlib.Path
        The folder.
    patterns : iterable of str
        Relative to it.

    Returns
    -------
    polars.DataFrame
        ``name``, ``file_name`` (below the folder), ``size_mb`` and ``leads_out`` of it by a link, sorted by
        ``file_name``.
    """
    found: dict[str, tuple[str, float, bool]] = {}
    folders_out: dict[Path, bool] = {}
    for pattern in patterns:
        for path in root.glob(pattern):
            if not path.name.startswith(".") and path.is_file():
                if path.parent not in folders_out:
                    folders_out[path.parent] = leads_out(root, path.parent)
                out = leads_out(root, path) if path.is_symlink() else folders_out[path.parent]
                place = _text(path.relative_to(root).as_posix())
                found[place] = (_text(path.name), path.stat().st_size / _MB, out)
    rows = [(name, place, size, out) for place, (name, size, out) in sorted(found.items())]
    return pl.DataFrame(rows, schema=_IMAGES, orient="row")


def _without_comments(content: bytes, comments: str | None) -> bytes:
    content = content.removeprefix(b"\xef\xbb\xbf")
    while comments and content.startswith(comments.encode()):
        content = content.partition(b"\n")[2]
    return content


def _text(name: str) -> str:
    """Return a name as text, whatever bytes a disk holds."""
    return os.fsencode(name).decode("utf-8", errors="replace")

"""Read TSV and CSV files whole or say, line by line, why not: a reader that pads short lines would hide a cut file."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from workbench.catalog.sources.headers import looks_like_header, shown_names

_NEWLINE, _QUOTE = ord("\n"), ord('"')
_SEPARATORS = ("\t", ",", ";")
_MOST_LINES_NAMED = 3


class UnreadableTableError(ValueError):
    """A file that cannot be read as a table; `problems` holds a sentence for each reason.

    Parameters
    ----------
    problems : sequence of str
        Whole sentences, without identifiers.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


def read_delimited(path: Path) -> pl.DataFrame:
    """Return a TSV or CSV file as strings, every line checked against the header.

    The separator is the one of tab, comma and semicolon that the header holds most of.

    Parameters
    ----------
    path : pathlib.Path
        UTF-8, with a header; fields may be quoted.

    Returns
    -------
    polars.DataFrame
        Strings; an empty field is null.

    Raises
    ------
    UnreadableTableError
        When the file is empty, is not UTF-8, names a column twice, or has lines shorter or longer than the header.
    """
    return parse_delimited(path.read_bytes())


def parse_delimited(content: bytes) -> pl.DataFrame:
    """Return the content of a TSV or CSV file as strings; see `read_delimited`.

    Parameters
    ----------
    content : bytes
        The whole file.

    Returns
    -------
    polars.DataFrame
        Strings; an empty field is null.

    Raises
    ------
    UnreadableTableError
        As `read_delimited` does.
    """
    content = content.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
    if b"\n" not in content:  # lines may end as they did on the first Macs
        content = content.replace(b"\r", b"\n")
    if not content.strip():
        raise UnreadableTableError(["The file is empty."])
    _refuse_other_encodings(content)
    header = content.split(b"\n", 1)[0].decode()
    separator = max(_SEPARATORS, key=header.count)
    names = split_header(header, separator)
    _refuse_repeated_names(names)
    quotes = np.flatnonzero(np.frombuffer(content, np.uint8) == _QUOTE)
    if not _is_well_quoted(content, quotes, ord(separator)):
        return _read_slowly(content, separator, names)
    _refuse_uneven_lines(*_fields_by_line(content, quotes, ord(separator)), len(names))
    return pl.read_csv(content, separator=separator, infer_schema=False).with_columns(_blank_to_null())


def split_header(line: str, separator: str) -> list[str]:
    """Return the fields of a first line.

    Parameters
    ----------
    line : str
        Without its end.
    separator : str
        One character.

    Returns
    -------
    list of str
        As they are written.

    Raises
    ------
    UnreadableTableError
        When a line end or a field without end stands in it.
    """
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        raise UnreadableTableError(["The first line holds line ends of another kind, or a field of no end."]) from None


def refuse_files(what: str, problems: Mapping[str, Sequence[str]], *, n_files: int, then: str) -> ValueError:
    """Return the error that lists every problem of every file together.

    Parameters
    ----------
    what : str
        What was to be read, such as ``"The Gen3 export"``.
    problems : mapping of str to sequence of str
        File name to a sentence for each problem.
    n_files : int
        How many files there are.
    then : str
        What would be right, and the one thing to do next.

    Returns
    -------
    ValueError
        To be raised by the caller.

    Examples
    --------
    >>> print(refuse_files("The export", {"a.tsv": ["The file is empty."]}, n_files=2, then="Download it again."))
    The export cannot be read: 1 of its 2 files has problems.
      a.tsv: The file is empty.
    Download it again.
    """
    has = "has" if len(problems) == 1 else "have"
    lines = [f"  {name}: {sentence}" for name, sentences in sorted(problems.items()) for sentence in sentences]
    head = f"{what} cannot be read: {len(problems)} of its {n_files} file{'s' * (n_files != 1)} {has} problems."
    return ValueError("\n".join([head, *lines, then]))


def _refuse_repeated_names(names: Sequence[str]) -> None:
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice and not looks_like_header(names):
        said = f"it repeats {len(twice):,} of its {len(names):,} fields"
        raise UnreadableTableError([f"The first line does not look like a header, and {said}."])
    if twice:
        shown = dict.fromkeys(repr(name) for name in shown_names(names) if name in twice)
        said = ", ".join(shown) or f"{len(twice):,} column{'s' * (len(twice) != 1)}"
        raise UnreadableTableError([f"The header names {said} more than once."])


def _refuse_other_encodings(content: bytes) -> None:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableTableError([f"Line {line:,} is not UTF-8."]) from None


def _is_well_quoted(content: bytes, quotes: np.ndarray, separator: int) -> bool:
    """Say whether quotation marks only open and close whole fields, so that counting them tells inside from outside."""
    if len(quotes) % 2:
        return False
    letters = np.frombuffer(content, np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    before = letters[np.maximum(opening - 1, 0)]
    after = letters[np.minimum(closing + 1, len(letters) - 1)]
    starts = (opening == 0) | np.isin(before, [separator, _NEWLINE, _QUOTE])
    ends = (closing == len(letters) - 1) | np.isin(after, [separator, _NEWLINE, ord("\r"), _QUOTE])
    return bool(starts.all() and ends.all())


def _fields_by_line(content: bytes, quotes: np.ndarray, separator: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how many fields each record has, and the line on which it starts."""
    letters = np.frombuffer(content, np.uint8)
    newlines, separators = np.flatnonzero(letters == _NEWLINE), np.flatnonzero(letters == separator)
    ends = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
    outside = separators[np.searchsorted(quotes, separators) % 2 == 0] if len(quotes) else separators
    bounds = np.concatenate(([0], np.searchsorted(outside, ends), [len(outside)]))
    lines = np.concatenate(([1], np.searchsorted(newlines, ends) + 2))
    return np.diff(bounds) + 1, lines


def _refuse_uneven_lines(counts: np.ndarray, lines: np.ndarray, n_columns: int) -> None:
    uneven = np.flatnonzero(counts != n_columns).tolist()
    if not uneven:
        return
    n_fields, last = counts.tolist(), len(counts) - 1
    problems = [
        f"Line {lines[i]:,} has {n_fields[i]:,} field{'s' * (n_fields[i] != 1)}, the header has {n_columns:,}."
        for i in uneven
        if i != last or n_fields[i] > n_columns
    ]
    if len(problems) > _MOST_LINES_NAMED:
        more = len(problems) - _MOST_LINES_NAMED
        problems = [*problems[:_MOST_LINES_NAMED], f"And {more:,} more line{'s' * (more != 1)} like these."]
    if uneven[-1] == last and n_fields[last] < n_columns:
        problems.append(
            f"The last line, {lines[last]:,}, ends after {n_fields[last]:,} of {n_columns:,} fields: "
            "the file was cut short."
        )
    raise UnreadableTableError(problems)


def _read_slowly(content: bytes, separator: str, names: Sequence[str]) -> pl.DataFrame:
    """Read a file with quotation marks inside plain fields, as in ``CT 5" slab``."""
    reader = csv.reader(io.StringIO(content.decode(), newline=""), delimiter=separator)
    rows, lines, line = [], [], 1
    try:
        for row in reader:
            rows.append(row)
            lines.append(line)
            line = reader.line_num + 1
    except csv.Error:
        raise UnreadableTableError([f"A quotation mark opened after line {line:,} is never closed."]) from None
    _refuse_uneven_lines(np.array([len(row) for row in rows]), np.array(lines), len(names))
    columns = zip(*rows[1:], strict=True) if len(rows) > 1 else [()] * len(names)
    table = pl.DataFrame([pl.Series(name, column, pl.String) for name, column in zip(names, columns, strict=True)])
    return table.with_columns(_blank_to_null())


def _blank_to_null() -> pl.Expr:
    text = pl.all().str.strip_chars()
    return pl.when(text != "").then(text)

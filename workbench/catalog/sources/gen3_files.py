"""Read every file of a Gen3 export and sort its rows by node; nothing is interpreted yet."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from workbench.catalog.sources.delimited import UnreadableTableError, read_delimited, refuse_files
from workbench.catalog.sources.gen3_nodes import (
    NODES,
    OWN_PREFIX,
    node_of_columns,
    node_of_type,
    spelled_out,
)

_DELIMITED, _JSON = (".tsv", ".csv"), (".json", ".jsonl", ".ndjson")
_NUMBERED = re.compile(r"(.+)_\d+")
_NODE_NAME = re.compile(r"[a-z_]{1,40}")
_MOST_NODES_NAMED = 3
_THEN = (
    "Every line needs as many fields as the header, in UTF-8, and the columns named here. "
    "Download these files again from the portal."
)


@dataclass(frozen=True)
class Gen3Rows:
    """The rows of an export by node, under the names of `workbench.catalog.sources.gen3_nodes.NODES`.

    Attributes
    ----------
    nodes : dict of str to polars.DataFrame
        Strings, and lists of strings; empty values are null; a node that was not exported has no columns.
    n_files, n_columns, n_empty_columns : int
        What was read; columns without a single value were dropped.
    n_other : Counter
        Rows of nodes that the catalog does not read, by node.
    """

    nodes: dict[str, pl.DataFrame]
    n_files: int
    n_columns: int
    n_empty_columns: int
    n_other: Counter[str] = field(default_factory=Counter)


def gen3_paths(path: Path) -> list[Path]:
    """Return the files of an export, those in sub-folders too, in a fixed order.

    Parameters
    ----------
    path : pathlib.Path
        A file, or a folder; hidden files are passed over.

    Returns
    -------
    list of pathlib.Path
        TSV, CSV and JSON files.
    """
    if path.is_file():
        return [path]
    found = (file for file in path.rglob("*") if file.suffix.lower() in (*_DELIMITED, *_JSON) and file.is_file())
    return sorted(file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts))


def read_gen3(root: Path, paths: Sequence[Path]) -> Gen3Rows:
    """Return the rows of all files by node.

    Parameters
    ----------
    root : pathlib.Path
        The folder that file names in messages are relative to.
    paths : sequence of pathlib.Path
        What `gen3_paths` returns.

    Returns
    -------
    Gen3Rows
        Rows in the order of the files.

    Raises
    ------
    ValueError
        When any file cannot be read, belongs to no known node or lacks a column; lists every problem of every file.
    """
    parts: dict[str, list[pl.DataFrame]] = {node: [] for node in NODES}
    problems: dict[str, Sequence[str]] = {}
    other: Counter[str] = Counter()
    n_columns = n_empty = 0
    for path in paths:
        try:
            table = read_file(path)
            empty = [name for name in table.columns if table[name].null_count() == table.height]
            for node, rows in _by_node(table):
                if node in NODES:
                    parts[node].append(_renamed(rows, node))
                else:
                    other[node] += rows.height
            n_columns, n_empty = n_columns + table.width, n_empty + len(empty) * bool(table.height)
        except UnreadableTableError as error:
            problems[str(path.relative_to(root))] = error.problems
    if problems:
        raise refuse_files("The Gen3 export", problems, n_files=len(paths), then=_THEN)
    nodes = {node: pl.concat(rows, how="diagonal") if rows else pl.DataFrame() for node, rows in parts.items()}
    return Gen3Rows(nodes, len(paths), n_columns, n_empty, other)


def read_file(path: Path) -> pl.DataFrame:
    """Return one TSV, CSV or JSON file as strings, links of JSON records flattened to ``cases.submitter_id``.

    Parameters
    ----------
    path : pathlib.Path
        JSON may be a list of records, ``{"data": [...]}`` or one record a line.

    Returns
    -------
    polars.DataFrame
        Strings; an empty value is null.

    Raises
    ------
    UnreadableTableError
        With a sentence for each problem.
    """
    if path.suffix.lower() not in _JSON:
        return read_delimited(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise UnreadableTableError([f"Line {line:,} is not UTF-8."]) from None
    try:
        records = [_flat(record) for record in _records(text)]
        names = dict.fromkeys(name for record in records for name in record)
        return pl.DataFrame([pl.Series(name, [record.get(name) for record in records], pl.String) for name in names])
    except RecursionError:
        raise UnreadableTableError(["The JSON is nested deeper than a list of records is."]) from None
    except UnicodeEncodeError:
        raise UnreadableTableError(
            ["A text in the JSON holds half a character: a surrogate without its pair."]
        ) from None


def list_items(text: pl.Expr) -> pl.Expr:
    """Return the items of a list that was written as text: ``a, b``, ``['a', 'b']`` or ``["a", "b"]``.

    Parameters
    ----------
    text : polars.Expr
        Strings.

    Returns
    -------
    polars.Expr
        Lists of strings without empty items; null where nothing is written.

    Examples
    --------
    >>> import polars as pl
    >>> pl.DataFrame({"text": ["['CR', 'DX']", "CT", "[]"]}).select(list_items(pl.col("text"))).to_series().to_list()
    [['CR', 'DX'], ['CT'], None]
    """
    bare = text.str.strip_chars("[]{}\"', \t").str.replace_all(r"""(["']?\s*,\s*["']?)+""", ",")
    return pl.when(bare != "").then(bare.str.split(","))


def _by_node(table: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    if "type" not in table.columns or table["type"].null_count() == table.height:
        node = node_of_columns(table.columns)
        if node is None:
            raise UnreadableTableError(
                [f"No column tells which node the rows are of; a type column does, or those of {', '.join(NODES)}."]
            )
        return [(node, table)]
    parts = table.partition_by("type", as_dict=True, maintain_order=True)
    named = {str(name): rows for (name,), rows in parts.items()}
    unknown = sorted(name for name in named if node_of_type(name) is None)
    if unknown:
        # What does not look like a node may be anything, an identifier too, and is not repeated.
        shown = [f" {name!r}" if _NODE_NAME.fullmatch(name) else "" for name in unknown[:_MOST_NODES_NAMED]]
        raise UnreadableTableError(
            [f"A type{name} is no node of the MIDRC dictionary." for name in dict.fromkeys(shown)]
        )
    return [(node_of_type(name) or name, rows) for name, rows in named.items()]


def _renamed(rows: pl.DataFrame, node: str) -> pl.DataFrame:
    """Bring the columns under our names; several numbered columns are one list."""
    columns = _own_columns(rows, node)
    wanted = NODES[node]
    chosen: dict[str, list[str]] = {}
    for name, spellings in wanted.columns.items():
        present = [spelling for spelling in spellings if spelling in columns]
        if present:
            used = present[:1] if name in wanted.lists else present
            chosen[name] = [column for spelling in used for column in columns[spelling]]
    missing = [group for group in wanted.required if not any(name in chosen for name in group)]
    if missing:
        raise UnreadableTableError(
            [f"Rows of {node} without {' or '.join(spelled_out(node, name) for name in group)}." for group in missing]
        )
    read = {
        name: pl.concat_str(found, separator=",", ignore_nulls=True) if name in wanted.lists else pl.coalesce(found)
        for name, found in chosen.items()
    }
    table = rows.select(**read)
    return table.with_columns(list_items(pl.col(name)) for name in wanted.lists if name in read)


def _own_columns(rows: pl.DataFrame, node: str) -> dict[str, list[str]]:
    """Return each column's name without the node's own prefix; ``case_ids_0`` and ``case_ids_1`` count as one."""
    lists = {spelling for name in NODES[node].lists for spelling in NODES[node].columns[name]}
    known = {spelling for spellings in NODES[node].columns.values() for spelling in spellings}
    found: dict[str, list[str]] = {}
    for column in rows.columns:
        name = column if column in known else OWN_PREFIX[node].sub("", column)
        numbered = _NUMBERED.fullmatch(name)
        if numbered and numbered[1] in lists:
            name = numbered[1]
        found.setdefault(name, []).append(column)
    return found


def _records(text: str) -> list[Any]:
    if not text.strip():
        raise UnreadableTableError(["The file is empty."])
    lines = [line for line in text.splitlines() if line.strip()]
    by_line = len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines[:2])
    found: Any = []
    try:
        if by_line:
            for line in text.splitlines():
                found.append(json.loads(line, parse_int=str) if line.strip() else None)
            found = [record for record in found if record is not None]
        else:
            found = json.loads(text, parse_int=str)  # as written, however many digits
    except json.JSONDecodeError as error:
        where = len(found) + error.lineno
        raise UnreadableTableError([f"Line {where:,} is not JSON: {error.msg} at column {error.colno:,}."]) from None
    if isinstance(found, dict):
        found = found.get("data", found)
    if isinstance(found, dict):
        found = next((rows for rows in found.values() if isinstance(rows, list)), [found])
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise UnreadableTableError(["The JSON holds no list of records."])
    return found


def _flat(record: dict[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in record.items():
        linked = [value] if isinstance(value, dict) else value
        if isinstance(linked, list) and linked and all(isinstance(item, dict) for item in linked):
            for key in dict.fromkeys(key for item in linked for key in item):
                flat[f"{name}.{key}"] = ",".join(str(item[key]) for item in linked if item.get(key) is not None)
        elif isinstance(value, list):
            flat[name] = ",".join(str(item) for item in value if item is not None)
        elif isinstance(value, bool):
            flat[name] = "Yes" if value else "No"
        elif value is not None:
            flat[name] = str(value).strip()
    return {name: text for name, text in flat.items() if text}

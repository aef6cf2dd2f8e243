"""The executed notebook of a report: without times, passing ids, paths of this machine and empty sections."""

import csv
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import nbformat

#: The last column of tables whose numbers are not for everybody.
STAMP_COLUMN = "stamp"

_INJECTED = "injected-parameters"
_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_HEAD = re.compile(r"<svg\b[^>]*>")
_NAMESPACES = re.compile(r"\s+(?:xmlns(?::\w+)?|version)=([\"'])[^\"']*\1")
_ID = re.compile(r'\bid="([^"]+)"')
_REFERENCES = (('id="', '"'), ("url(#", ")"), ('href="#', '"'), ('labelledby="', '"'))


def clean_notebook(executed: Path, parameters: Mapping[str, Any]) -> Any:
    """Rewrite an executed notebook so that two runs give the same text and no path of this machine is told.

    Parameters
    ----------
    executed : pathlib.Path
        The notebook; it stands in the folder that it wrote to.
    parameters : mapping of str to object
        As they were given; of paths the names stay.

    Returns
    -------
    nbformat.NotebookNode
        What the file now holds.
    """
    notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]  # nbformat has no types
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if _INJECTED in cell.metadata.get("tags", []):
            cell["id"] = _INJECTED
    _name_drawings(notebook)
    text = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    text = forget_paths(text, [executed.parent], ".")
    text = forget_paths(text, (Path(str(value)) for value in parameters.values()))
    executed.write_text(f"{text}\n", encoding="utf-8")
    return nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]


def forget_paths(text: str, paths: Iterable[Path], instead: str | None = None) -> str:
    """Return JSON text in which absolute paths are put by their names.

    Parameters
    ----------
    text : str
        JSON, in which a path may be quoted once or, inside code, twice.
    paths : iterable of pathlib.Path
        Relative ones are left alone.
    instead : str, optional
        What to put; the name of each path unless given.

    Returns
    -------
    str
        The text without them.

    Examples
    --------
    >>> forget_paths('["/home/ann/scans"]', [Path("/home/ann/scans")])
    '["scans"]'
    """
    for path in sorted((str(path) for path in paths if path.is_absolute()), key=len, reverse=True):
        once = json.dumps(path)[1:-1]
        for spelled in dict.fromkeys((json.dumps(once)[1:-1], once)):
            text = text.replace(spelled, Path(path).name if instead is None else instead)
    return text


def stamp_tables(folder: Path, stamps: Iterable[str]) -> None:
    """Write below the head of every CSV of a report, in a column of its own, what its page says must stand there.

    Parameters
    ----------
    folder : pathlib.Path
        Holds the page and the tables.
    stamps : iterable of str
        Of those, what stands on the page: it says it of all the numbers.
    """
    page = (folder / "report.html").read_text(encoding="utf-8")
    said = " ".join(text for text in stamps if html.escape(text) in page)
    for file in sorted(folder.glob("*.csv")) if said else ():
        with file.open(newline="", encoding="utf-8") as stream:
            head, *rows = list(csv.reader(stream))
        with file.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows([[*head, STAMP_COLUMN], *([*row, said] for row in rows)])


def without_empty_sections(notebook: Any) -> Any:
    """Return the notebook without the headings below which its code showed nothing.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed; it is left as it is.

    Returns
    -------
    nbformat.NotebookNode
        Another one.
    """
    sections: list[list[Any]] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" or not sections:
            sections.append([])
        sections[-1].append(cell)
    kept = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    kept.cells = [cell for section in sections if _says_something(section) for cell in section]
    return kept


def _name_drawings(notebook: Any) -> None:
    """Name the parts of each drawing by its place: all of a page share one set of names, and Vega counts on and on."""
    numbers = count(1)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for kind, text in output.get("data", {}).items():
                if kind in ("text/html", "image/svg+xml") and isinstance(text, str):
                    output["data"][kind] = _DRAWING.sub(lambda found: _named(found.group(), numbers), text)


def _named(drawing: str, numbers: Iterator[int]) -> str:
    number = next(numbers)
    own = {name: f"d{number}-{at}" for at, name in enumerate(dict.fromkeys(_ID.findall(drawing)), 1)}
    for before, after in _REFERENCES:
        pattern = re.compile(f"{re.escape(before)}([^\"')]+){re.escape(after)}")
        drawing = pattern.sub(
            lambda found, b=before, a=after: f"{b}{own.get(found.group(1), found.group(1))}{a}",  # type: ignore[misc]
            drawing,
        )
    return _HEAD.sub(lambda head: _NAMESPACES.sub("", head.group()), drawing, count=1)


def _says_something(section: list[Any]) -> bool:
    code = [cell for cell in section if cell.cell_type == "code"]
    return not code or any(cell.outputs for cell in code)

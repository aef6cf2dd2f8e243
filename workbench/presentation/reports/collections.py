"""The reports there are: their notebooks, and their parameters with types, ranges, defaults and help."""

import ast
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from workbench.assets import asset_path
from workbench.errors import unknown_name

ParameterType = Literal[
    "text",
    "integer",
    "number",
    "switch",
    "choice",
    "date",
    "source",
    "cohort",
    "reference",
    "folder",
    "earlier",
    "pages",
]
_FOLDER = "folder"  # where the notebook writes; the frame gives it
_INFERRED: Mapping[type, ParameterType] = {bool: "switch", int: "integer", float: "number"}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a report.

    Attributes
    ----------
    name : str
        As the notebook has it.
    type : str
        One of `ParameterType`.
    default : object
        As the notebook has it; an empty text means that nothing was given.
    help : str
        What it does, without a period.
    choices : tuple of str
        What a choice may be.
    least, most : int, float, str or None
        Bounds, both included, of a number, integer or date; None where there is none.
    """

    name: str
    type: ParameterType
    default: Any
    help: str = ""
    choices: tuple[str, ...] = ()
    least: Any = None
    most: Any = None


@dataclass(frozen=True)
class ReportEntry:
    """One report of the library.

    Attributes
    ----------
    name : str
        As it is typed.
    title : str
        The heading of its notebook.
    question : str
        What it answers.
    notebook : pathlib.Path
        Its notebook.
    parameters : mapping of str to Parameter
        In the order of the notebook.
    """

    name: str
    title: str
    question: str
    notebook: Path
    parameters: Mapping[str, Parameter]


@cache
def list_reports() -> Mapping[str, ReportEntry]:
    """Return the reports of the library by name.

    Returns
    -------
    mapping of str to ReportEntry
        In the order of ``notebooks/collections.toml``.

    Examples
    --------
    >>> list_reports()["release_census"].parameters["language"].choices
    ('en', 'es', 'de', 'fr')
    """
    return read_collections(asset_path("notebooks", "collections.toml"))


def find_report(name: str) -> ReportEntry:
    """Return one report of the library.

    Parameters
    ----------
    name : str
        As it is typed.

    Returns
    -------
    ReportEntry
        With its parameters.

    Raises
    ------
    UnknownNameError
        For a report that does not exist.
    """
    reports = list_reports()
    if name not in reports:
        raise unknown_name("report", name, reports, where="the workbench", then="Use one of these.")
    return reports[name]


def read_collections(path: Path) -> dict[str, ReportEntry]:
    """Return the reports that a file lists.

    Parameters
    ----------
    path : pathlib.Path
        TOML with ``[reports]``, a line each, and ``[parameters]``; the notebooks lie beside it.

    Returns
    -------
    dict of str to ReportEntry
        In the order of the file.

    Raises
    ------
    ValueError
        With every fault of the file.
    """
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    typed, lines = written.get("parameters", {}), written.get("reports", {})
    problems = [f"{name}: {said}" for name, rule in typed.items() if (said := _fault(rule))]
    problems += [
        f"{name}: no notebook {line.get('notebook')!r} beside the file"
        for name, line in lines.items()
        if not (path.parent / str(line.get("notebook"))).is_file()
    ]
    if problems:
        raise ValueError(
            f"{path.name} was received with {'; '.join(problems)}. A report has a notebook and a question; a parameter "
            f"has a type ({', '.join(get_args(ParameterType))}) and a help. Correct the file."
        )
    return {name: _entry(name, line, path.parent, typed) for name, line in lines.items()}


def _fault(rule: Mapping[str, Any]) -> str:
    unknown = sorted(set(rule) - {"type", "help", "choices", "least", "most"})
    if unknown:
        return f"{', '.join(unknown)} means nothing here"
    if rule.get("type") not in get_args(ParameterType):
        return f"{rule.get('type')!r} is no type"
    return "a choice needs choices" if rule["type"] == "choice" and not rule.get("choices") else ""


def _entry(name: str, line: Mapping[str, Any], folder: Path, typed: Mapping[str, Any]) -> ReportEntry:
    notebook = folder / line["notebook"]
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    defaults = _defaults("\n".join("".join(cell["source"]) for cell in cells if _is_tagged(cell)))
    heading = "".join(cells[0]["source"]).splitlines()[0].lstrip("# 0123456789")
    parameters = {
        each: Parameter(each, **({"type": _INFERRED.get(type(default), "text")} | _rule(typed, each)), default=default)
        for each, default in defaults.items()
        if each != _FOLDER
    }
    return ReportEntry(name, heading, line.get("question", ""), notebook, parameters)


def _rule(typed: Mapping[str, Any], name: str) -> dict[str, Any]:
    rule = dict(typed.get(name, {}))
    return rule | {"choices": tuple(rule.get("choices", ()))}


def _is_tagged(cell: Mapping[str, Any]) -> bool:
    return "parameters" in cell["metadata"].get("tags", [])


def _defaults(code: str) -> dict[str, Any]:
    """The names that a cell assigns, and their values."""
    assigned: dict[str, Any] = {}
    for statement in ast.parse(code).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            assigned[statement.targets[0].id] = ast.literal_eval(statement.value)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            assigned[statement.target.id] = ast.literal_eval(statement.value)
    return assigned

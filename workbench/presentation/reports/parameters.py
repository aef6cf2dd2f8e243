"""Check the parameters of a report before a kernel starts, all of them together."""

import datetime
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workbench.catalog.cohort import Cohort
from workbench.catalog.definition import read_definition
from workbench.catalog.sources.recognize import place_of
from workbench.errors import brief, did_you_mean, unknown_name
from workbench.presentation.published import read_earlier
from workbench.presentation.reports.collections import Parameter, ReportEntry

#: The file by which the folder of a report is known.
PROVENANCE = "provenance.json"

_SOURCES = ("idc", "synthetic")
_SWITCHES = {"true": True, "yes": True, "false": False, "no": False}  # how a switch is typed
_EXPECTED = (LookupError, ValueError, TypeError, OSError)


def check_parameters(entry: ReportEntry, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a report's parameters as its notebook takes them.

    Parameters
    ----------
    entry : ReportEntry
        Whose parameters are meant.
    given : mapping of str to object
        As they were typed, or as Python has them.

    Returns
    -------
    dict of str to object
        Numbers as numbers and paths as absolute ones; a cohort that names its source brings it along.

    Raises
    ------
    UnknownNameError, TypeError, ValueError, FileNotFoundError
        For one problem; a `ValueError` with every one of them for more.
    """
    checked: dict[str, Any] = {}
    problems: list[Exception] = []
    for name, value in given.items():
        try:
            checked[name] = _checked(entry, name, value)
        except _EXPECTED as problem:
            problems.append(problem)
    if checked.get("cohort") and not problems:
        try:
            checked.setdefault("source", _source_of(checked["cohort"], named="source" in given))
        except _EXPECTED as problem:
            problems.append(problem)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise ValueError(f"{len(problems)} parameters of the report {entry.name} are off:\n{listed}")
    return checked


def _checked(entry: ReportEntry, name: str, value: Any) -> Any:
    known = entry.parameters
    if name not in known:
        raise unknown_name("parameter", name, known, where=f"the report {entry.name}", then="Correct the name.")
    parameter = known[name]
    if isinstance(value, Cohort) and parameter.type == "cohort":
        return value
    if not isinstance(value, str | Path | int | float | datetime.date):
        raise TypeError(
            f"{name}= of the type {type(value).__name__} was received. {_RIGHT.get(parameter.type, 'A text')} would be "
            "right. Pass that."
        )
    word = str(value).strip() if isinstance(value, str) else str(value)
    if not word and not isinstance(parameter.default, bool | int | float):
        return ""
    return _CHECKS[parameter.type](parameter, word)


def _text(_: Parameter, word: str) -> str:
    return word


def _integer(parameter: Parameter, word: str) -> int:
    try:
        number = int(word.replace(",", ""))
    except ValueError:
        raise _off(parameter, word, f"A whole number{_between(parameter)}") from None
    _check_bounds(parameter, word, number, f"A whole number{_between(parameter)}")
    return number


def _number(parameter: Parameter, word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _off(parameter, word, f"A number{_between(parameter)}")
    _check_bounds(parameter, word, number, f"A number{_between(parameter)}")
    return number


def _date(parameter: Parameter, word: str) -> str:
    try:
        day = datetime.date.fromisoformat(word).isoformat()
    except ValueError:
        raise _off(parameter, word, f"A day as YYYY-MM-DD{_between(parameter)}") from None
    _check_bounds(parameter, word, day, f"A day{_between(parameter)}")
    return day


def _switch(parameter: Parameter, word: str) -> bool:
    if word.lower() not in _SWITCHES:
        raise ValueError(
            f"{parameter.name} {brief(word)} was received. True or False would be right. "
            f"Write --{_option(parameter)} True."
        )
    return _SWITCHES[word.lower()]


def _choice(parameter: Parameter, word: str) -> str:
    if word not in parameter.choices:
        right = f"One of {', '.join(parameter.choices)}"
        raise _off(parameter, word, right, did_you_mean(word, parameter.choices))
    return word


def _source(parameter: Parameter, word: str) -> str:
    if word.partition(":")[0] in _SOURCES or "://" in word:
        return word
    return _existing(
        parameter, word, "The name idc or synthetic, an address, or the path of a file or folder that exists"
    )


def _cohort(_: Parameter, word: str) -> str:
    path = Path(word).expanduser()
    read_definition(path)
    return str(path.resolve())


def _reference(_: Parameter, word: str) -> str:
    from workbench.assessment.references import list_references

    names = list_references()
    if word in names:
        return word
    if not Path(word).expanduser().is_file():
        raise unknown_name(
            "reference", word, names, where="the workbench", then="Use one of these, or the path of a CSV."
        )
    return str(Path(word).expanduser().resolve())


def _folder(parameter: Parameter, word: str) -> str:
    path = Path(word).expanduser()
    if not path.is_dir():
        raise _off(parameter, word, "A folder that exists")
    return str(path.resolve())


def _earlier(parameter: Parameter, word: str) -> str:
    """A report's folder, or a version that the notebook looks up in its source."""
    path = Path(word).expanduser()
    if path.is_dir() and (path / PROVENANCE).is_file():
        return str(path.resolve())
    if path.exists() or len(path.parts) > 1 or word.startswith("~"):
        right = f"A version of the source, or the folder of an earlier report, which holds {PROVENANCE},"
        raise _off(parameter, word, right)
    return word


def _pages(parameter: Parameter, word: str) -> str:
    """What an earlier release published, read once so that a page that is none is told now."""
    path = Path(word).expanduser()
    if not path.is_dir():
        raise _off(parameter, word, "The folder of pages that the release before published")
    read_earlier(path)
    return str(path.resolve())


def _existing(parameter: Parameter, word: str, right: str) -> str:
    path = Path(word).expanduser()
    if not path.exists():
        raise _off(parameter, word, right, did_you_mean(word, _SOURCES))
    return str(path.resolve())


def _check_bounds(parameter: Parameter, word: str, value: Any, right: str) -> None:
    low, high = parameter.least, parameter.most
    if (low is not None and value < _same(low, value)) or (high is not None and value > _same(high, value)):
        raise _off(parameter, word, right)


def _same(bound: Any, value: Any) -> Any:
    """A bound as the kind that the value is; TOML has days as days."""
    return str(bound) if isinstance(value, str) else bound


def _between(parameter: Parameter) -> str:
    low, high = parameter.least, parameter.most
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f" of at least {low}" if low is not None else f" of at most {high}" if high is not None else ""


def _off(parameter: Parameter, word: str, right: str, meant: str = "") -> ValueError:
    default = f" (default: {parameter.default})" if parameter.default != "" else ""
    return ValueError(
        f"{parameter.name} {brief(repr(word))} was received. {right} would be right.{meant} "
        f"Correct --{_option(parameter)}, or leave it out{default}."
    )


def _option(parameter: Parameter) -> str:
    return parameter.name.replace("_", "-")


def _source_of(cohort: Cohort | str, *, named: bool) -> str:
    """Return the key of a cohort's source; a source that is found by its place has to be named."""
    if isinstance(cohort, Cohort):
        said, key = "The cohort", cohort.repository.key
    else:
        said, key = Path(cohort).name, str(read_definition(Path(cohort))["source"].get("key"))
    place = place_of(key)
    if place is not None and not named:
        raise ValueError(
            f"{said} was selected from a source of the kind {brief(repr(key))}, which lies where only you know. "
            f"Its {place[0]} would be right. Add --source {place[1]}, or in Python source='{place[1]}'."
        )
    return key


_RIGHT: Mapping[str, str] = {
    "cohort": "A cohort, or the path of what cohort.save('cohort.yaml') wrote,",
    "source": "The name, path or address that open_catalog was given",
    "integer": "A whole number",
    "number": "A number",
    "switch": "True or False",
    "folder": "The path of a folder",
    "pages": "The path of a folder",
}
_CHECKS: Mapping[str, Callable[[Parameter, str], Any]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "switch": _switch,
    "choice": _choice,
    "date": _date,
    "source": _source,
    "cohort": _cohort,
    "reference": _reference,
    "folder": _folder,
    "earlier": _earlier,
    "pages": _pages,
}

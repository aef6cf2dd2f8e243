"""Which reports a batch makes: one for each value of a parameter or column, or for each row of a file."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import brief, unknown_name
from workbench.presentation.identity import Identity
from workbench.presentation.reports.collections import Parameter, ReportEntry

_LONGEST = 60  # characters of a folder's name
_SHOWN = 8  # problems of a batch that are told


@dataclass(frozen=True)
class ParameterSet:
    """One report of a batch.

    Attributes
    ----------
    label : str
        The value that it is made for.
    folder : str
        Its folder in that of the batch.
    parameters : mapping of str to object
        All of them.
    """

    label: str
    folder: str
    parameters: Mapping[str, Any]


def sets_for_each(
    entry: ReportEntry,
    name: str,
    *,
    values: Sequence[str] | None,
    given: Mapping[str, Any],
    identity: Identity,
) -> list[ParameterSet]:
    """Return a set of parameters for each value of a parameter of the report, or of a column of its source.

    Parameters
    ----------
    entry : ReportEntry
        Which report.
    name : str
        A parameter, such as ``collection_id`` or ``language``; or, of a report with a cohort, a column of the source
        such as ``modality``: one cohort a value.
    values : sequence of str or None
        The values; all that there are unless given.
    given : mapping of str to object
        The parameters that all of them share.
    identity : Identity
        Whose source is meant where none is given.

    Returns
    -------
    list of ParameterSet
        In the order of the values.

    Raises
    ------
    UnknownNameError
        When `name` is neither, or for a value that does not exist.
    ValueError
        When it has no list of values and none were given.
    """
    if name in given:
        raise ValueError(
            f"--for-each {name} came with --{name}. One of the two would be right. Leave out --{name}, or name its "
            "values: --values."
        )
    parameter = entry.parameters.get(name)
    if parameter is not None:
        words = list(values) if values else _all_values(parameter, given, identity)
        return _named(words, [{**given, name: word} for word in words])
    if "cohort" not in entry.parameters or "cohort" in given:
        then = "Name one of these." if "cohort" not in given else "Leave out --cohort: each value makes one."
        raise unknown_name("parameter", name, entry.parameters, where=f"the report {entry.name}", then=then)
    catalog = _open(given, identity)
    counted = _count(catalog, name) if name in _columns(catalog) else []
    if not counted:
        names = [*entry.parameters, *_columns(catalog)]
        raise unknown_name(
            "parameter or column", name, names, where=f"the report {entry.name} or its source", then="Name another."
        )
    words = list(values) if values else counted
    problems, cohorts = [], []
    for word in words:
        try:
            cohorts.append(catalog.where(**{name: word}))
        except (LookupError, ValueError, TypeError) as problem:
            problems.append(str(problem))
    raise_together(problems)
    return _named(words, [{**given, "cohort": cohort} for cohort in cohorts])


def sets_of_rows(path: Path, given: Mapping[str, Any]) -> list[ParameterSet]:
    """Return a set of parameters for each row of a file.

    Parameters
    ----------
    path : pathlib.Path
        CSV with a header: a column a parameter, a row a report. Reports are named by the first column.
    given : mapping of str to object
        The parameters that all of them share.

    Returns
    -------
    list of ParameterSet
        In the order of the rows.

    Raises
    ------
    FileNotFoundError, ValueError
        When there is no such file, or it is no table.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"No file {str(path)!r}. A CSV with a parameter in each column and a report in each row would be right. "
            "Correct --sets."
        )
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, strict=True))
    bad = [number for number, row in enumerate(rows, 2) if None in row or None in row.values()]
    if not rows or bad:
        said = f"line {bad[0]} has more or fewer cells than the header" if bad else "there is no row below a header"
        raise ValueError(
            f"{path.name} was received; {said}. A CSV with a parameter in each column and a report in each row would "
            "be right. Correct the file."
        )
    first = next(iter(rows[0]))
    return _named([row[first] for row in rows], [{**given, **row} for row in rows])


def raise_together(problems: Sequence[str]) -> None:
    """Raise one error for all problems of a batch, before anything is run.

    Parameters
    ----------
    problems : sequence of str
        Whole messages; nothing happens for none.

    Raises
    ------
    ValueError
        With the message itself for one, and a list for more.
    """
    if not problems:
        return
    different = list(dict.fromkeys(problems))
    if len(different) == 1:
        raise ValueError(different[0])
    more = f"\n  … and {len(different) - _SHOWN} more" if len(different) > _SHOWN else ""
    listed = "\n".join(f"  {each}" for each in different[:_SHOWN])
    raise ValueError(f"{len(different)} reports of the batch cannot be made:\n{listed}{more}\nNothing was run.")


def _all_values(parameter: Parameter, given: Mapping[str, Any], identity: Identity) -> list[str]:
    if parameter.type == "choice":
        return list(parameter.choices)
    if parameter.type == "switch":
        return ["True", "False"]
    if parameter.type == "reference":
        from workbench.assessment.references import list_references

        return list_references()
    if parameter.type == "text":
        catalog = _open(given, identity)
        if parameter.name in _columns(catalog):
            return _count(catalog, parameter.name)
    raise ValueError(
        f"--for-each {parameter.name} came without values. Values with commas would be right, since nothing lists "
        f"them. Add: --values A,B,C"
    )


def _open(given: Mapping[str, Any], identity: Identity) -> Any:
    from workbench.presentation.reports.kernel import open_published

    return open_published(str(given.get("source") or identity.source or "idc"), identity).catalog


def _columns(catalog: Any) -> list[str]:
    tables = (catalog.repository.columns(table) for table in ("patients", "studies", "series"))
    return list(dict.fromkeys(name for columns in tables for name in columns))


def _count(catalog: Any, name: str) -> list[str]:
    """The values of a column, those of most patients first."""
    from workbench.catalog.facets import count

    counted = count(catalog.everything, [name], unit="patients").sort("n", "value", descending=[True, False])
    return [str(row["value"]) for row in counted.iter_rows(named=True) if row["n"] and row["value"] is not None]


def _named(labels: Iterable[str], sets: Iterable[Mapping[str, Any]]) -> list[ParameterSet]:
    taken = {"batch.json", "index.html"}  # what the batch itself writes
    named = []
    for label, parameters in zip(labels, sets, strict=True):
        word = Path(label).stem if Path(label).is_absolute() or "/" in label else label
        plain = re.sub(r"[^a-z0-9.]+", "_", word.lower()).strip("._")[:_LONGEST] or "empty"
        folder = next(
            each for n in range(1, len(taken) + 2) if (each := plain if n == 1 else f"{plain}-{n}") not in taken
        )
        taken.add(folder)
        named.append(ParameterSet(brief(word) or "(empty)", folder, parameters))
    return named

"""Read the entries of a definition as conditions: each checked against a repository, all problems told together."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from workbench.catalog.criteria.criterion import Condition
from workbench.catalog.criteria.group_condition import DEEPEST, Group, too_deep
from workbench.catalog.criteria.near_test import read_near_test
from workbench.catalog.criteria.reading import check_words, read_criterion
from workbench.catalog.criteria.sql import read_query
from workbench.catalog.repository import Repository
from workbench.errors import unknown_name

_MOST_SHOWN = 50  # problems of one file

# Kind of an entry, told by the field that only it has -> every field it may have.
_KINDS = {
    "column": ("column", "values", "range", "missing", "level", "match", "exclude"),
    "any": ("any", "level", "exclude"),
    "all": ("all", "level", "exclude"),
    "near_test": ("near_test", "days", "test", "which", "level", "among"),
    "sql": ("sql",),
}


def read_conditions(repository: Repository, body: dict[str, Any], *, name: str) -> tuple[Condition, ...]:
    """Return the conditions of a definition, checked against a repository, all problems reported together.

    Parameters
    ----------
    repository : Repository
        What is selected from.
    body : dict
        What `workbench.catalog.definition.read_definition` gives.
    name : str
        The file's name, for messages.

    Returns
    -------
    tuple of Condition
        In order.

    Raises
    ------
    ValueError, LookupError, TypeError
        For the one problem that was found; for several a ValueError that lists them.
    """
    return tuple(_collect([partial(_read_entry, repository, entry, name) for entry in body["criteria"]], name))


def _collect(readers: Sequence[Callable[[], Condition]], name: str) -> list[Condition]:
    """Read every entry before complaining; one problem is raised as it is, several as one list."""
    read, problems = [], []
    for reader in readers:
        try:
            read.append(reader())
        except (LookupError, ValueError, TypeError) as problem:
            problems.append(problem)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        said = [str(problem).replace("\n", "\n   ") for problem in problems[:_MOST_SHOWN]]
        listed = [f"  {number}. {problem}" for number, problem in enumerate(said, start=1)]
        more = [f"  … and {len(problems) - _MOST_SHOWN:,} more."] if len(problems) > _MOST_SHOWN else []
        raise ValueError("\n".join([f"{name} has {len(problems):,} problems:", *listed, *more]))
    return read


def _read_entry(repository: Repository, entry: Any, name: str, *, depth: int = 0) -> Condition:
    kinds = [kind for kind in _KINDS if isinstance(entry, dict) and kind in entry]
    if len(kinds) != 1 or (kinds == ["column"] and len({"values", "range"} & set(entry)) != 1):
        raise ValueError(
            f"A criterion of {name} is incomplete. It needs 'column' and 'values' or 'range'; a group needs 'any' or "
            "'all'. Compare with a file written by cohort.save(…)."
        )
    for field in entry:
        if field not in _KINDS[kinds[0]]:
            raise unknown_name("field", field, _KINDS[kinds[0]], where=f"a criterion of {name}", then="Correct it.")
    for field in ("range", "values", "any", "all", "days"):
        if not isinstance(entry.get(field, []), list):
            raise ValueError(
                f"A criterion of {name} holds {field}: {_short(entry[field])}. A list would be right. "
                f"Write {field}: [{_short(entry[field])}] or compare with a file written by cohort.save(…)."
            )
    if not isinstance(entry.get("exclude", False), bool):
        raise ValueError(
            f"A criterion of {name} holds exclude: {_short(entry['exclude'])}. true or false would be right. "
            "Write exclude: true, or leave it out."
        )
    if depth and ("match" in entry or (kinds == ["column"] and "level" in entry)):
        raise ValueError(
            f"A criterion inside a group of {name} holds a level or match of its own. The group has one level for all. "
            "Write level beside any or all."
        )
    return _read_kind(repository, entry, kinds[0], name, depth)


def _read_kind(repository: Repository, entry: dict[str, Any], kind: str, name: str, depth: int) -> Condition:
    more = {field: entry[field] for field in entry if field not in (kind, "values", "range", "days")}
    if kind == "column":
        values = tuple(entry["range"]) if "range" in entry else list(entry["values"]) or None
        usual = "keep" if entry.get("exclude") else "exclude"  # as where and exclude have it
        return read_criterion(repository, str(entry["column"]), values, **{"missing": usual, **more})
    if kind == "sql":
        return read_query(repository, str(entry["sql"]))
    if kind == "near_test":
        if "among" in more:
            more["among"] = _read_entry(repository, more["among"], name, depth=depth)
            if not isinstance(more["among"], Group):
                raise ValueError(
                    f"A test of {name} has no group as among. A mapping with 'all' or 'any' would be right. "
                    "Compare with a file written by cohort.save(…)."
                )
        return read_near_test(repository, str(entry["near_test"]), days=tuple(entry.get("days", ())), **more)
    if depth == DEEPEST:
        raise too_deep(name)
    check_words("exclude", more.get("level", "series"))
    readers = [partial(_read_entry, repository, each, name, depth=depth + 1) for each in entry[kind]]
    members = tuple(_collect(readers, f"A group of {name}"))
    if not members:
        raise ValueError(f"A group of {name} is empty. It needs at least one criterion. Add one, or remove the group.")
    return Group(kind, members, more.get("level", "series"), more.get("exclude", False))  # type: ignore[arg-type]


def _short(value: object) -> str:
    words = repr(value)
    return words if len(words) <= 60 else f"{words[:59]}…"

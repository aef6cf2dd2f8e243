"""Write and read a cohort's definition: conditions and data version as YAML or JSON a person can read and change."""

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from workbench.cache import say
from workbench.catalog.criteria import Condition
from workbench.catalog.groups import Group
from workbench.catalog.reading import read_criterion
from workbench.catalog.repository import Repository
from workbench.catalog.sql import read_query
from workbench.catalog.temporal import read_near_test
from workbench.errors import unknown_name

SCHEMA = "workbench-cohort/2"
_FAMILY, _READABLE = "workbench-cohort/", ("workbench-cohort/1", SCHEMA)
_FIELDS = ("schema", "source", "criteria", "counts", "sha256")
_NOT_HASHED = ("sha256", "counts")
_MAKE_ONE = "Make one: workbench cohort new --where modality=CT --save cohort.yaml"

# Kind of an entry, told by the field that only it has -> every field it may have.
_KINDS = {
    "column": ("column", "values", "range", "missing", "level", "match", "exclude"),
    "any": ("any", "level", "exclude"),
    "all": ("all", "level", "exclude"),
    "near_test": ("near_test", "days", "test", "which", "level"),
    "sql": ("sql",),
}


def define(repository: Repository, conditions: tuple[Condition, ...]) -> dict[str, Any]:
    """Return the definition of a cohort as a mapping ready for YAML or JSON, with its content hash.

    Parameters
    ----------
    repository : Repository
        What is selected from.
    conditions : tuple of Condition
        In order.

    Returns
    -------
    dict
        ``schema``, ``source``, ``criteria``, ``sha256``; it names no patient.
    """
    body: dict[str, Any] = {
        "schema": SCHEMA,
        "source": {"key": repository.key, "version": repository.build},
        "criteria": [condition.entry() for condition in conditions],
    }
    return body | {"sha256": content_hash(body)}


def save_definition(body: dict[str, Any], path: Path) -> Path:
    """Write a definition to `path`, whole or not at all: JSON when its name ends so, else YAML.

    Parameters
    ----------
    body : dict
        What `define` gives, perhaps with ``counts``.
    path : pathlib.Path
        Where to write.

    Returns
    -------
    pathlib.Path
        The file.
    """
    if path.is_dir():
        raise IsADirectoryError(
            f"{path} is a folder. A file name would be right. Write for instance {path / 'cohort.yaml'}"
        )
    if path.suffix.lower() == ".json":
        text = json.dumps(body, indent=2, ensure_ascii=False) + "\n"
    else:
        text = yaml.safe_dump(body, sort_keys=False, allow_unicode=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(f".{path.name}.part")
    try:
        staging.write_text(text, encoding="utf-8")
        staging.replace(path)
    finally:
        staging.unlink(missing_ok=True)
    return path


def read_definition(path: Path) -> dict[str, Any]:
    """Return the body of a saved cohort, its outer form checked.

    Parameters
    ----------
    path : pathlib.Path
        What `save_definition` wrote; a person may have changed it.

    Returns
    -------
    dict
        For `read_conditions`.

    Raises
    ------
    FileNotFoundError, ValueError
        When there is no such file, or it is no cohort definition.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"No cohort definition at {path}. A file written by cohort.save('cohort.yaml') would be right. {_MAKE_ONE}"
        )
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        body = None
    return check_form(body, name=path.name)


def check_form(body: Any, *, name: str) -> dict[str, Any]:
    """Return the body of a definition when its outer form is right.

    Parameters
    ----------
    body : object
        What YAML or JSON gave.
    name : str
        The file's name, for messages.

    Returns
    -------
    dict
        The body itself.

    Raises
    ------
    ValueError
        When it is no definition, or one of a later format.
    """
    schema = body.get("schema") if isinstance(body, dict) else None
    if schema not in _READABLE:
        if isinstance(schema, str) and schema.startswith(_FAMILY):
            raise ValueError(
                f"{name} has the format {schema!r}, which this version does not know. It reads "
                f"{' and '.join(_READABLE)}. Install a newer workbench: pip install --upgrade imaging-workbench"
            )
        raise ValueError(
            f"{name} is not a cohort definition. It should be YAML or JSON whose schema is {SCHEMA!r}. {_MAKE_ONE}"
        )
    for field in body:
        if field not in _FIELDS:
            raise unknown_name("field", field, _FIELDS, where=name, then="Remove or correct the line.")
    if not isinstance(body.get("source"), dict) or not isinstance(body.get("criteria"), list):
        raise ValueError(
            f"{name} lacks its source or its list of criteria. Both are written by cohort.save(…). "
            "Save the cohort again."
        )
    if body.get("sha256") not in (None, content_hash(body)):
        say(f"{name} was changed after it was saved; it is read as it stands now.")
    checked: dict[str, Any] = body
    return checked


def read_conditions(repository: Repository, body: dict[str, Any], *, name: str) -> tuple[Condition, ...]:
    """Return the conditions of a definition, checked against a repository, all problems reported together.

    Parameters
    ----------
    repository : Repository
        What is selected from.
    body : dict
        What `read_definition` gives.
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


def content_hash(body: dict[str, Any]) -> str:
    """Return the SHA-256 of what a definition selects; equal questions of equal data have equal hashes.

    Parameters
    ----------
    body : dict
        What is written to YAML; its counts do not count.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    content = {name: value for name, value in body.items() if name not in _NOT_HASHED}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


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
        listed = "\n".join(f"  {number}. {problem}" for number, problem in enumerate(problems, start=1))
        raise ValueError(f"{name} has {len(problems)} problems:\n{listed}")
    return read


def _read_entry(repository: Repository, entry: Any, name: str, *, inside: bool = False) -> Condition:
    kinds = [kind for kind in _KINDS if isinstance(entry, dict) and kind in entry]
    if len(kinds) != 1 or (kinds == ["column"] and not {"values", "range"} & set(entry)):
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
                f"A criterion of {name} holds {field}: {entry[field]!r}. A list would be right. "
                f"Write {field}: [{entry[field]}] or compare with a file written by cohort.save(…)."
            )
    if inside and ("match" in entry or (kinds == ["column"] and "level" in entry)):
        raise ValueError(
            f"A criterion inside a group of {name} holds a level or match of its own. The group has one level for all. "
            "Write level beside any or all."
        )
    return _read_kind(repository, entry, kinds[0], name)


def _read_kind(repository: Repository, entry: dict[str, Any], kind: str, name: str) -> Condition:
    more = {field: entry[field] for field in entry if field not in (kind, "values", "range", "days")}
    if kind == "column":
        values = tuple(entry["range"]) if "range" in entry else list(entry["values"]) or None
        return read_criterion(repository, str(entry["column"]), values, **more)
    if kind == "sql":
        return read_query(repository, str(entry["sql"]))
    if kind == "near_test":
        return read_near_test(repository, str(entry["near_test"]), days=tuple(entry.get("days", ())), **more)
    readers = [partial(_read_entry, repository, each, name, inside=True) for each in entry[kind]]
    members = tuple(_collect(readers, f"A group of {name}"))
    if not members:
        raise ValueError(f"A group of {name} is empty. It needs at least one criterion. Add one, or remove the group.")
    return Group(kind, members, more.get("level", "series"), bool(more.get("exclude", False)))  # type: ignore[arg-type]

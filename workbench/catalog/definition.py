"""Write and read a cohort's definition: conditions and data version as YAML or JSON a person can read and change."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from workbench.cache import say
from workbench.catalog.criteria.criterion import Condition
from workbench.catalog.criteria.group_condition import too_deep
from workbench.catalog.definition_text import MOST_LAYERS, AmbiguousTextError, parse
from workbench.catalog.repository import Repository
from workbench.errors import brief, unknown_name

SCHEMA = "workbench-cohort/2"
_FAMILY, _READABLE = "workbench-cohort/", ("workbench-cohort/1", SCHEMA)
_FIELDS = ("schema", "source", "criteria", "counts", "sha256")
_NOT_HASHED = ("sha256", "counts")
_UNITS = ("patients", "studies", "series")
_MOST_PARTS = 2_000_000
_MAKE_ONE = "Make one: workbench cohort new --where modality=CT --save cohort.yaml"


# A key compared with numbers, as `cohort.sample` writes it.
_ROWS = re.compile(r"_key\s*(=|<|>|in\s*\(|between)\s*\d", re.IGNORECASE)


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


def definition_text(body: dict[str, Any], path: Path) -> str:
    """Return a definition as it is written to `path`: JSON when its name ends so, else YAML.

    Parameters
    ----------
    body : dict
        What `define` gives, perhaps with ``counts``.
    path : pathlib.Path
        Where it is to be written.

    Returns
    -------
    str
        The whole text.

    Raises
    ------
    IsADirectoryError
        When `path` is a folder.
    """
    if path.is_dir():
        raise IsADirectoryError(
            f"{path} is a folder. A file name would be right. Write for instance {path / 'cohort.yaml'}"
        )
    if path.suffix.lower() == ".json":
        return json.dumps(body, indent=2, ensure_ascii=False) + "\n"
    return str(yaml.safe_dump(body, sort_keys=False, allow_unicode=True))


def read_definition(path: Path) -> dict[str, Any]:
    """Return the body of a saved cohort, its outer form checked.

    Parameters
    ----------
    path : pathlib.Path
        What `Cohort.save` wrote; a person may have changed it.

    Returns
    -------
    dict
        For `workbench.catalog.entries.read_conditions`.

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
        body = parse(path.read_text(encoding="utf-8-sig"))
    except RecursionError:
        raise too_deep(path.name) from None
    except AmbiguousTextError as problem:
        raise ValueError(f"{path.name} {problem}") from None
    # Whatever a hand or another program wrote there: YAML's own words for dates and numbers fail in many ways.
    except (yaml.YAMLError, ValueError, LookupError, TypeError, AttributeError, OverflowError):
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
    checked: dict[str, Any] = dict(body) if isinstance(body, Mapping) else {}
    schema = checked.get("schema")
    if not isinstance(schema, str) or schema not in _READABLE:
        if isinstance(schema, str) and schema.startswith(_FAMILY):
            raise ValueError(
                f"{name} has the format {brief(schema)!r}, which this version does not know. It reads "
                f"{' and '.join(_READABLE)}. Install a newer workbench: pip install --upgrade imaging-workbench"
            )
        raise ValueError(
            f"{name} is not a cohort definition. It should be YAML or JSON whose schema is {SCHEMA!r}. {_MAKE_ONE}"
        )
    if not _is_finite(checked):
        raise too_deep(name)
    for field in checked:
        if field not in _FIELDS:
            raise unknown_name("field", field, _FIELDS, where=name, then="Remove or correct the line.")
    if not isinstance(checked.get("source"), dict) or not isinstance(checked.get("criteria"), list):
        raise ValueError(
            f"{name} lacks its source or its list of criteria. Both are written by cohort.save(…). "
            "Save the cohort again."
        )
    counts = checked.get("counts")
    if counts is not None and not (isinstance(counts, dict) and all(_is_count(counts.get(unit, 0)) for unit in _UNITS)):
        raise ValueError(
            f"{name} holds counts: {repr(counts)[:60]}. Whole numbers of patients, studies and series would be right. "
            "Save the cohort again, or remove the counts."
        )
    if checked.get("sha256") not in (None, content_hash(checked)):
        say(f"{name} was changed after it was saved; it is read as it stands now.")
    return checked


def check_version(repository: Repository, body: dict[str, Any], *, name: str) -> None:
    """Raise when a definition can only be read with the data it was saved with, and these are others.

    Parameters
    ----------
    repository : Repository
        What is to be selected from.
    body : dict
        What `read_definition` gives.
    name : str
        The file's name, for messages.

    Raises
    ------
    ValueError
        When it was saved from a joined catalog and this one is not joined, or when it names rows by their numbers,
        which are other rows in another data version.
    """
    saved, now = str(body["source"].get("version")), repository.build
    if "+join." in saved and "+join." not in now:
        raise ValueError(
            f"{name} was saved from a catalog that a table was joined to ({brief(saved)}); this one is {now}. "
            "The same table joined again would be right. Join it first: commons.join(table, on=…).read_cohort(…)"
        )
    numbered = [entry for entry in body["criteria"] if isinstance(entry, dict) and _ROWS.search(str(entry.get("sql")))]
    if numbered and saved != now:
        raise ValueError(
            f"{name} names series, studies or patients by their numbers in data version {brief(saved)}; in {now} these "
            "are others. The version it was saved with would be right. Open that one, or sample again: "
            "cohort.sample(…)."
        )


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
    content = _with_words({name: value for name, value in body.items() if name not in _NOT_HASHED})
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def _is_finite(body: dict[str, Any]) -> bool:
    """Whether the body holds no more layers and parts than a definition may, however often it says "this again"."""
    layer: list[Any] = [body]
    n_parts = 0
    for _ in range(MOST_LAYERS):
        holders = [part for part in layer if isinstance(part, dict | list)]
        n_parts += sum(map(len, holders))
        if not holders or n_parts > _MOST_PARTS:
            return not holders
        layer = [part for each in holders for part in (each.values() if isinstance(each, dict) else each)]
    return False


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _with_words(value: Any) -> Any:
    """The value with every key as a word, so that any two can be put in order."""
    if isinstance(value, dict):
        return {str(key): _with_words(part) for key, part in value.items()}
    return [_with_words(part) for part in value] if isinstance(value, list) else value

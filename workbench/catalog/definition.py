"""Write and read a cohort's definition: criteria and data version as YAML a person can read and change."""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

from workbench.cache import say
from workbench.catalog.criteria import Criterion
from workbench.catalog.repository import Repository
from workbench.errors import unknown_name

SCHEMA = "workbench-cohort/1"
_FIELDS = ("schema", "source", "criteria", "sha256")
_ENTRY_FIELDS = ("column", "values", "range", "missing")


def save_definition(repository: Repository, criteria: tuple[Criterion, ...], path: Path) -> Path:
    """Write the definition of a cohort to `path`, whole or not at all.

    Parameters
    ----------
    repository : Repository
        What is selected from.
    criteria : tuple of Criterion
        In order.
    path : pathlib.Path
        Where to write.

    Returns
    -------
    pathlib.Path
        The file.
    """
    body: dict[str, Any] = {
        "schema": SCHEMA,
        "source": {"key": repository.key, "version": repository.build},
        "criteria": [
            {
                "column": criterion.column,
                ("range" if criterion.is_range else "values"): list(criterion.values),
                "missing": criterion.missing,
            }
            for criterion in criteria
        ],
    }
    body["sha256"] = content_hash(body)
    if path.is_dir():
        raise IsADirectoryError(
            f"{path} is a folder. A file name would be right. Write for instance {path / 'cohort.yaml'}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(f".{path.name}.part")
    try:
        staging.write_text(yaml.safe_dump(body, sort_keys=False, allow_unicode=True), encoding="utf-8")
        staging.replace(path)
    finally:
        staging.unlink(missing_ok=True)
    return path


def read_definition(path: Path) -> tuple[str, str, list[tuple[str, Any, str]]]:
    """Return source, version and criteria of a saved cohort, as `where` takes them.

    Parameters
    ----------
    path : pathlib.Path
        What `save_definition` wrote; a person may have changed it.

    Returns
    -------
    tuple
        Source key, source version, and a list of (column, value, missing policy).

    Raises
    ------
    FileNotFoundError, ValueError
        When there is no such file, or it is no cohort definition.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"No cohort definition at {path}. A file written by cohort.save('cohort.yaml') would be right. "
            "Make one: workbench cohort --where modality=CT --save cohort.yaml"
        )
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict) or body.get("schema") != SCHEMA:
        raise ValueError(
            f"{path.name} is not a cohort definition. It should be YAML whose first line is 'schema: {SCHEMA}'. "
            "Make one: workbench cohort --where modality=CT --save cohort.yaml"
        )
    for field in body:
        if field not in _FIELDS:
            raise unknown_name("field", field, _FIELDS, where=path.name, then="Remove or correct the line.")
    source, entries = body.get("source"), body.get("criteria")
    if not isinstance(source, dict) or not isinstance(entries, list):
        raise ValueError(
            f"{path.name} lacks its source or its list of criteria. Both are written by cohort.save(…). "
            "Save the cohort again."
        )
    if body.get("sha256") not in (None, content_hash(body)):
        say(f"{path.name} was changed after it was saved; it is read as it stands now.")
    return str(source.get("key")), str(source.get("version")), [_read_entry(entry, path) for entry in entries]


def content_hash(body: dict[str, Any]) -> str:
    """Return the SHA-256 of a definition without its hash; equal definitions have equal hashes.

    Parameters
    ----------
    body : dict
        What is written to YAML.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    content = {name: value for name, value in body.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _read_entry(entry: Any, path: Path) -> tuple[str, Any, str]:
    if not isinstance(entry, dict) or "column" not in entry or not ({"values", "range"} & set(entry)):
        raise ValueError(
            f"A criterion of {path.name} is incomplete. It needs 'column' and 'values' or 'range'. "
            "Compare with a file written by cohort.save(…)."
        )
    for field in entry:
        if field not in _ENTRY_FIELDS:
            raise unknown_name("field", field, _ENTRY_FIELDS, where=f"a criterion of {path.name}", then="Correct it.")
    for field in ("range", "values"):
        if not isinstance(entry.get(field, []), list):
            raise ValueError(
                f"A criterion of {path.name} holds {field}: {entry[field]!r}. A list would be right. "
                f"Write {field}: [{entry[field]}] or compare with a file written by cohort.save(…)."
            )
    missing = str(entry.get("missing", "exclude"))
    if "range" in entry:
        return str(entry["column"]), tuple(entry["range"]), missing
    values = list(entry["values"])
    return str(entry["column"]), values or None, missing

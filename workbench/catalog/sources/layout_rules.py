"""Read how a data set lies on disk: a layout, shipped by its key or a file of your own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.assets import asset_path
from workbench.catalog.sources.table import RESERVED
from workbench.catalog.sources.table_rows import PATIENT_NAMES, SERIES_NAMES, STUDY_NAMES
from workbench.errors import unknown_name

#: Names of ours that a column can be mapped to.
NAMES = (*PATIENT_NAMES, *STUDY_NAMES, *SERIES_NAMES)

_AGES = ("age_years", "age_at_study_years")
_OF_FILES = ("file_name", "size_mb", "n_instances")
_MADE = "file_on_disk"
_THEN = (
    "Compare it with data_catalog/schema/layout.schema.json and the layouts in data_catalog/layouts, and correct it."
)


@dataclass(frozen=True)
class Layout:
    """Where the tables and images of a data set lie below its folder, and what their columns mean.

    Attributes
    ----------
    key : str
        Of the data set in the data catalog, or of your own.
    name : str
        For titles.
    fields : mapping
        What its file says, as ``data_catalog/schema/layout.schema.json`` describes it.
    """

    key: str
    name: str
    fields: Mapping[str, Any] = field(repr=False)

    @property
    def columns(self) -> dict[str, dict[str, Any]]:
        """Our names, and those of your own, to what their values are made from."""
        return {name: column_rule(stated) for name, stated in self.fields["columns"].items()}


def layout_keys() -> list[str]:
    """Return the keys of the layouts that ship with the workbench.

    Returns
    -------
    list of str
        Sorted.

    Examples
    --------
    >>> layout_keys()
    ['covid-chestxray', 'figure1-covid', 'nih-chestx-ray14']
    """
    return sorted(path.stem for path in asset_path("data_catalog", "layouts").glob("*.yaml"))


def read_layout(layout: str | Path) -> Layout:
    """Return a layout.

    Parameters
    ----------
    layout : str or pathlib.Path
        The key of a shipped one, or a YAML file.

    Returns
    -------
    Layout
        Checked.

    Raises
    ------
    UnknownNameError
        When it is neither a key nor a file.
    ValueError
        When the file is no layout; lists every problem.
    """
    import yaml

    keys = layout_keys()
    shipped = str(layout) in keys
    path = asset_path("data_catalog", "layouts", f"{layout}.yaml") if shipped else Path(layout).expanduser()
    if not path.is_file():
        raise unknown_name("layout", str(layout), keys, where="the workbench", then="Or give the path of a YAML file.")
    try:
        stated = yaml.load(path.read_text(encoding="utf-8"), Loader=_words_only())
    except (yaml.YAMLError, UnicodeDecodeError):
        raise _no_layout(path, ["It is no YAML in UTF-8."]) from None
    if shipped:  # checked before it is shipped
        return Layout(str(stated["key"]), str(stated["name"]), stated)
    if problems := _schema_problems(stated) or _name_problems(stated):
        raise _no_layout(path, problems)
    return Layout(str(stated["key"]), str(stated["name"]), stated)


def column_rule(stated: Any) -> dict[str, Any]:
    """Return what a column is made from in its long form.

    Parameters
    ----------
    stated : str, list or mapping
        As a layout states it.

    Returns
    -------
    dict
        With a list under ``column``, unless it is a constant or a join.

    Examples
    --------
    >>> column_rule("Patient ID"), column_rule({"constant": "CT"})
    ({'column': ['Patient ID']}, {'constant': 'CT'})
    """
    rule = dict(stated) if isinstance(stated, dict) else {"column": stated}
    if isinstance(rule.get("column"), str):
        rule["column"] = [rule["column"]]
    return rule


def _words_only() -> Any:
    """Return a loader for which ``on``, ``No``, 1 and a date are words: columns and values bear such names."""
    import yaml

    words: Any = type("Words", (yaml.CSafeLoader,), {"yaml_implicit_resolvers": {}})
    words.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])
    return words


def _no_layout(path: Path, problems: list[str]) -> ValueError:
    lines = "\n".join(f"  {line}" for line in problems)
    n = len(problems)
    return ValueError(f"{path.name} is no layout: it has {n} problem{'s' * (n != 1)}.\n{lines}\n{_THEN}")


def _schema_problems(stated: Any) -> list[str]:
    import json

    import jsonschema

    schema = json.loads(asset_path("data_catalog", "schema", "layout.schema.json").read_text(encoding="utf-8"))
    errors = [_inmost(error) for error in jsonschema.Draft202012Validator(schema).iter_errors(stated)]
    lines = {"/".join(map(str, each.absolute_path)) or "the file": str(each.message)[:200] for each in errors}
    return [f"{place}: {message}" for place, message in sorted(lines.items())]


def _inmost(error: Any) -> Any:
    """Return what is wrong inside, of a value that may take several forms, in the form that it takes."""
    while inner := [each for each in error.context if each.validator != "type" or len(each.relative_path)]:
        error = max(inner, key=lambda each: len(each.relative_path))
    return error


def _name_problems(stated: Mapping[str, Any]) -> list[str]:
    """Say what the schema cannot: which names are ours, which a column of your own cannot bear, which come twice."""
    rules = {name: column_rule(rule) for name, rule in stated["columns"].items()}
    own = [*stated.get("labels", {}).get("names", {})]
    own += [stated["splits"]["name"]] if "splits" in stated else []
    for joined in stated.get("joins", ()):
        own += [*joined.get("columns", {}), *([joined["count"]] if "count" in joined else [])]
    names = [*rules, *own]
    problems = [f"{name}: the name is used twice." for name in dict.fromkeys(names) if names.count(name) > 1]
    taken = [name for name in names if name in (*_OF_FILES, _MADE) or (name in RESERVED and name not in NAMES)]
    taken += [name for name in own if name in NAMES]
    problems += [f"{name}: the catalog makes this column itself." for name in dict.fromkeys(taken)]
    if "series_uid" in rules and "study_uid" not in rules:
        problems.append("columns: series_uid without study_uid; a series belongs to a study.")
    if "images" in stated and "series_uid" not in rules:
        problems.append("images: without series_uid no row of the table is an image.")
    problems += [
        f"columns/{name}/unit: only an age has one." for name in rules if "unit" in rules[name] and name not in _AGES
    ]
    problems += [
        f"columns/{name}/number: the catalog knows itself what {name} is."
        for name in rules
        if "number" in rules[name] and name in NAMES
    ]
    return problems

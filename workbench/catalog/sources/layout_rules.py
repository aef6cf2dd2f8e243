"""Read how a data set lies on disk: a layout, shipped by its key or a file of your own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.assets import asset_path
from workbench.catalog.documents.forms import form_problems
from workbench.catalog.documents.lines import Document, Place, read_document
from workbench.catalog.sources.layout_columns import wrong_extract
from workbench.catalog.sources.table import RESERVED
from workbench.errors import unknown_name
from workbench.vocabulary.column_names import PATIENT_NAMES, SERIES_NAMES, STUDY_NAMES

#: Names of ours that a column can be mapped to.
NAMES = (*PATIENT_NAMES, *STUDY_NAMES, *SERIES_NAMES)

_AGES = ("age_years", "age_at_study_years")
_OF_FILES = ("file_name", "size_mb", "n_instances")
_MADE = "file_on_disk"
_OWN = "Or give the path of a YAML file: the README shows one of ten lines."
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
    keys = layout_keys()
    shipped = str(layout) in keys
    path = asset_path("data_catalog", "layouts", f"{layout}.yaml") if shipped else Path(layout).expanduser()
    if not path.is_file():
        raise unknown_name("layout", str(layout), keys, where="the workbench", then=_OWN)
    document = read_document(path, words=True)
    if not shipped:  # a shipped one was checked before
        problems = document.problems or _problems(document)
        if problems:
            raise _no_layout(path, problems)
    stated = document.value
    return Layout(stated["key"], stated["name"], stated)


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


def _no_layout(path: Path, problems: Sequence[tuple[int, str]]) -> ValueError:
    lines = "\n".join(f"  {path.name}:{line}: {said}" for line, said in sorted(problems))
    n = len(problems)
    return ValueError(f"{path.name} is no layout: it has {n} problem{'s' * (n != 1)}.\n{lines}\n{_THEN}")


def _problems(document: Document) -> list[tuple[int, str]]:
    schema = json.loads(asset_path("data_catalog", "schema", "layout.schema.json").read_bytes())
    found = form_problems(document.value, schema, "layout") or list(_name_problems(document.value))
    return [(document.line(*place), said) for place, said in found]


def _name_problems(stated: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Say what the schema cannot: which names are ours, which a column of your own cannot bear, which come twice."""
    rules = {name: column_rule(rule) for name, rule in stated["columns"].items()}
    named: list[tuple[str, Place]] = [(name, ("columns", name)) for name in rules]
    for name, place in (*named, *_own_names(stated)):
        ours = place[0] == "columns"
        if any(place is not other and name == each for each, other in named):
            yield place, f"The name {name!r} is used twice; another would be right. Rename one of the two."
        elif name in (*_OF_FILES, _MADE) or (name in NAMES and not ours) or (name in RESERVED and name not in NAMES):
            yield place, f"The catalog makes the column {name!r} itself; another name would be right."
        named += [] if ours else [(name, place)]
    if "series_uid" in rules and "study_uid" not in rules:
        yield ("columns", "series_uid"), "'series_uid' came without 'study_uid'; a series belongs to a study. Map both."
    if "images" in stated and "series_uid" not in rules:
        yield ("images",), "'images' came without 'series_uid'; a row that is an image would be right. Map series_uid."
    for name, rule in rules.items():
        if "unit" in rule and name not in _AGES:
            yield ("columns", name, "unit"), f"{name!r} has a unit; only an age has one. Leave it out."
        if "number" in rule and name in NAMES:
            yield ("columns", name, "number"), f"The catalog knows itself what {name!r} is. Leave number out."
    if rules["patient_id"].get("optional"):
        yield ("columns", "patient_id", "optional"), "A row without a patient is none. Leave optional out."
    yield from _extract_problems(stated)


def _extract_problems(stated: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    tables: list[tuple[Place, Mapping[str, Any]]] = [(("columns",), stated["columns"])]
    tables += [(("joins", n, "columns"), each.get("columns", {})) for n, each in enumerate(stated.get("joins", ()))]
    for place, columns in tables:
        for name, rule in columns.items():
            pattern = column_rule(rule).get("extract")
            if pattern and (said := wrong_extract(pattern)):
                yield (*place, name, "extract"), said
            if place[0] == "joins" and "first_of" in column_rule(rule):
                yield (*place, name, "first_of"), "Another table has no patients of its own. Leave first_of out."


def _own_names(stated: Mapping[str, Any]) -> Iterator[tuple[str, Place]]:
    """Give the columns of one's own beside those of the table."""
    for name in stated.get("labels", {}).get("names", {}):
        yield name, ("labels", "names", name)
    if "splits" in stated:
        yield stated["splits"]["name"], ("splits", "name")
    for position, joined in enumerate(stated.get("joins", ())):
        yield from ((name, ("joins", position, "columns", name)) for name in joined.get("columns", {}))
        if "count" in joined:
            yield joined["count"], ("joins", position, "count")

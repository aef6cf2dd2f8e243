"""Our reading of the schemas of the data catalog, against a general validator as referee."""

import json
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalog.registry.small_catalog import CLAIM, EVIDENCE, dataset
from tests.thorough import examples
from workbench.assets import asset_path
from workbench.catalog.documents.forms import ANNOTATIONS, KEYWORDS, form_problems

ENTRY: dict[str, Any] = json.loads(asset_path("data_catalog", "schema", "entry.schema.json").read_text())
LAYOUT: dict[str, Any] = json.loads(asset_path("data_catalog", "schema", "layout.schema.json").read_text())


@pytest.mark.parametrize("schema", [ENTRY, LAYOUT])
def test_every_keyword_of_a_schema_is_understood(schema: dict[str, Any]) -> None:
    used: set[str] = set()

    def walk(part: Any) -> None:
        for keyword, value in part.items() if isinstance(part, dict) else ():
            used.add(keyword)
            if keyword in ("properties", "$defs"):
                for each in value.values():
                    walk(each)
            for each in value if isinstance(value, list) else [value]:
                if keyword not in ("properties", "$defs", "enum", "const", "required", "dependentRequired"):
                    walk(each)

    walk(schema)
    assert used <= KEYWORDS | ANNOTATIONS
    assert len(used) > 15


WHOLE = dataset(
    "one",
    aliases=["a", "b"],
    guide_rows=[{"row": "radiology:394", "name": "Lungs"}],
    claims=[CLAIM, {**CLAIM, "verdict": "agrees", "checked_against": EVIDENCE}],
    citation={"text": "x", "authors": [["a", "b"]], "year": "2017", "doi": "10.1234/x"},
    idc={"relation": "same", "collections": ["lidc_idri"]},
    relations=[{"kind": "overlaps", "of": "x", "outside": True}],
    standing_together={"purpose": {"answer": "yes", "evidence": EVIDENCE}},
    creator={"names": ["x"]},
    published="2017-03",
)
ODD = st.sampled_from(
    [None, True, False, 0, -1, 2.5, 3.0, 2**53, 1e300, "", " ", "x", "CT", "unknown", "third_party", "agrees", "2017",
     "\u0662\u0660\u0661\u0667", "https://a.b", [], ["CT"], ["CT", "CT"], [{}], {},
     {"id": "unknown"}, EVIDENCE, CLAIM, [CLAIM], "10.1234/x", [1, True], ["a", "b", "c"]]
)  # fmt: skip


PIXELS = {
    "key": "my-scans",
    "name": "My scans",
    "documented": [{"page": "https://example.org/scans", "words": "subject, months", "read": "2026-11-29"}],
    "table": {"files": ["scans.tsv"], "comments": "#", "needs": ["x"]},
    "columns": {
        "patient_id": "subject",
        "study_uid": ["scan", "session"],
        "series_uid": {"join": ["subject", "scan"], "else": "scan"},
        "age_years": {"column": "months", "unit": "months"},
        "sex": {"column": "code", "values": {"1": "Male"}, "others": "keep", "first_of": ["Male"], "optional": True},
        "modality": {"constant": "MR"},
        "dose": {"column": ["mgy"], "number": True, "extract": "([0-9]+)"},
    },
    "labels": {"column": "finding", "separator": "|", "names": {"mass": "Mass"}},
    "images": {"files": ["*.png"], "named_by": "scan", "ending": False},
    "splits": {"name": "part", "named_by": "scan", "files": {"test": "test.txt"}},
    "joins": [{"files": ["b.csv"], "on": {"scan": "id"}, "count": "n_boxes"},
              {"files": ["c.csv"], "on": {"scan": "id"}, "columns": {"score": {"column": "s", "number": True}}}],
}  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, whole: dict[str, Any], names: Sequence[str]) -> Any:
    """Draw a text with one to three parts put out of order."""
    entry: Any = deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        places: list[tuple[Any, Any]] = []

        def walk(value: Any, places: list[tuple[Any, Any]] = places) -> None:
            for at in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
                places.append((value, at))
                walk(value[at])

        walk(entry)
        if not places:
            return entry
        holder, at = draw(st.sampled_from(places))
        how = draw(st.sampled_from(["replace", "remove", "add"]))
        if how == "replace":
            holder[at] = deepcopy(draw(ODD))
        elif how == "remove":
            del holder[at]
        elif isinstance(holder, dict):
            holder[draw(st.sampled_from(names))] = deepcopy(draw(ODD))
        else:
            holder.append(deepcopy(draw(ODD)))
    return entry


@given(entry=mutated(WHOLE, ["extra", "note", "evidence", "url", "of"]))
@settings(max_examples=examples(250))
def test_our_reading_of_an_entry_agrees_with_a_general_validator(entry: Any) -> None:
    referee = jsonschema.Draft202012Validator({**ENTRY, "$ref": "#/$defs/dataset"})
    assert bool(form_problems(entry, ENTRY, "dataset")) == (not referee.is_valid(entry)), entry


@given(layout=mutated(PIXELS, ["extra", "Ward", "join", "else", "others", "constant", "count", "columns"]))
@settings(max_examples=examples(250))
def test_our_reading_of_a_layout_agrees_with_a_general_validator(layout: Any) -> None:
    referee = jsonschema.Draft202012Validator(LAYOUT)
    assert bool(form_problems(layout, LAYOUT, "layout")) == (not referee.is_valid(layout)), layout


@pytest.mark.parametrize(("whole", "schema", "kind"), [(WHOLE, ENTRY, "dataset"), (PIXELS, LAYOUT, "layout")])
def test_what_is_whole_is_right_for_both(whole: dict[str, Any], schema: dict[str, Any], kind: str) -> None:
    assert form_problems(whole, schema, kind) == []
    jsonschema.Draft202012Validator({**schema, "$ref": f"#/$defs/{kind}"}).validate(whole)
    jsonschema.Draft202012Validator.check_schema(schema)

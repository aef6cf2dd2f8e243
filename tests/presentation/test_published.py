"""Published tables as a page carries them, and as the next release reads them back."""

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.assessment.census import count_census
from workbench.assessment.suppression import suppress
from workbench.presentation.page import PAGE_SCHEMA
from workbench.presentation.published import pack_tables, read_earlier, unpack_tables

PEOPLE = st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(["x", "y", "Unknown"])), min_size=1, max_size=60)


def cells(table):
    names = [pl.col(name).cast(pl.String) for name in table.by]
    counted = table.table.filter(pl.col("n_patients").is_null() | (pl.col("n_patients") > 0))
    return sorted(counted.select(*names, "n_patients").rows(), key=str)


@settings(max_examples=40, deadline=None)
@given(PEOPLE)
def test_packed_tables_come_back_as_they_were(people):
    rows = pl.DataFrame(people, schema=["site", "kind"], orient="row")
    tables = [count_census(rows, by=by) for by in (["site"], ["kind"], ["kind", "site"])]
    kept = unpack_tables(json.loads(json.dumps(pack_tables(tables))))
    assert [(table.by, table.n_total) for table in kept] == [(table.by, table.n_total) for table in tables]
    assert [cells(table) for table in kept] == [cells(table) for table in tables]
    assert dict(kept[1].missing.select("reason", "n_patients").rows()).get("Unknown", 0) == sum(
        kind == "Unknown" for _, kind in people
    )


def test_what_is_hidden_stays_hidden():
    people = pl.DataFrame({"sex": ["Female"] * 40 + ["Male"] * 30 + ["Other"] * 5})
    (shown,) = suppress([count_census(people, by=["sex"])]).tables
    packed = pack_tables([shown])
    assert packed == {
        "categories": {"sex": ["Female", "Male", "Other"]},
        "tables": [{"by": ["sex"], "n_total": 75, "steps": [0, 1, 1], "n": [40, None, None]}],
    }
    assert cells(unpack_tables(packed)[0]) == [("Female", 40), ("Male", None), ("Other", None)]


def page(**more):
    return {"schema": PAGE_SCHEMA, "title": "x", "groups": [], "figures": [], **more}


def test_releases_are_read_oldest_first(tmp_path):
    first, second = (
        {"categories": {"sex": ["Male"]}, "tables": [{"by": ["sex"], "n_total": n, "steps": [0], "n": [n]}]}
        for n in (20, 40)
    )
    written = page(published=second, earlier=[first], suppressed=True)
    (tmp_path / "cohorts.json").write_text(json.dumps(written), encoding="utf-8")
    releases = read_earlier(tmp_path / "cohorts.json")
    assert [[table.n_total for table in release] for release in releases] == [[20], [40]]


def test_an_open_page_is_no_earlier_release(tmp_path):
    file = tmp_path / "cohorts.json"
    file.write_text(json.dumps(page(published={"categories": {}, "tables": []}, suppressed=False)), encoding="utf-8")
    with pytest.raises(ValueError, match="carries no tables") as error:
        read_earlier(file)
    assert str(error.value) == (
        "The page 'cohorts.json' carries no tables of an earlier release. The file cohorts.json of a controlled source "
        "does. Give the folder that this wrote for the release before: workbench site aggregates"
    )

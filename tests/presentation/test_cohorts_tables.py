"""The tables behind the public cohort page of an open source are what its cohorts count."""

import itertools

import numpy as np
import pytest

import workbench as wb
from workbench.catalog.overview import everybody
from workbench.presentation import cohorts_tables
from workbench.presentation.census_counts import count_public
from workbench.presentation.cohorts_page import cohorts_page
from workbench.presentation.publication import publish

WHERE = ("sex", "modality", "manufacturer", "collection_id")  # a cohort asks these as the tables count them


@pytest.fixture(scope="module")
def commons():
    return wb.open_catalog("synthetic:600")


@pytest.fixture(scope="module")
def tables(commons):
    return {table.by: table for table in cohorts_tables.cohort_tables(count_public(commons))}


def test_cells_drawn_by_lot_are_what_a_cohort_of_the_same_criteria_counts(commons, tables):
    people, lot = everybody(commons), np.random.default_rng(7)
    asked = [by for by in tables if set(by) <= set(WHERE)]
    assert len(asked) >= 10
    for by in asked:
        rows = tables[by].table.rows(named=True)
        for at in lot.choice(len(rows), min(3, len(rows)), replace=False):
            row = rows[at]
            imaged = {"derived": False} if cohorts_tables.belongs_to_series(by[-1]) else {}
            cohort = people.where(**{name: row[name] for name in by}, **imaged)
            assert cohort.counts["patients"] == row["n_patients"], (by, row)


def test_ages_and_races_are_those_of_the_census(tables, commons):
    census = everybody(commons).census(by=["age_group", "race"]).table
    expected = {(age, race): n for age, race, n in census.select("age_group", "race", "n_patients").iter_rows()}
    cells = tables[("age_group", "race")].table
    assert {(age, race): n for age, race, n in cells.select("age_group", "race", "n_patients").iter_rows()} == expected


def test_with_a_table_those_of_fewer_attributes_are_there(tables):
    for by in tables:
        for size in range(1, len(by)):
            assert all(part in tables for part in itertools.combinations(by, size))


def test_a_page_stays_small_by_leaving_out_the_largest_tables(tables, monkeypatch, commons):
    monkeypatch.setattr(cohorts_tables, "_MOST_CELLS", 2_500)
    fewer = {table.by for table in cohorts_tables.cohort_tables(count_public(commons))}
    assert fewer < set(tables)
    assert {by for by in tables if len(by) <= 2} <= fewer
    assert any(len(by) == 3 for by in fewer)
    assert sum(tables[by].table.height for by in fewer if len(by) > 2) <= 2_500


def test_an_attribute_of_one_value_is_no_criterion(tables, commons):
    assert commons.everything.patients["sex"].n_unique() > 1
    assert ("license",) not in tables


def test_the_page_says_what_is_counted_and_why_exactly(commons):
    page = cohorts_page(publish(commons))
    notes = {note["title"]: note["text"] for note in page["notes"]}
    assert notes["Why exact counts"] == "Exact, because this source is invented and nobody in it exists."
    assert notes["What is counted"].startswith(
        "Every patient who is a person counts once, with the age at the earliest "
    )
    assert page["groups"][0]["tiles"][0]["value"] == page["published"]["tables"][0]["n_total"] == 600
    several = {each["name"]: each["several"] for each in page["attributes"]}
    assert several["modality"]
    assert not several["sex"]
    assert page["code"] == {"source": "synthetic:600", "exclude": {}, "acquired": True}
    assert page["earlier"] == []

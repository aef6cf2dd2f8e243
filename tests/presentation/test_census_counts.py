"""The counts behind the public pages: one family of a controlled source, suppressed once and together."""

from itertools import combinations

import polars as pl
import pytest

import workbench as wb
from tests.presentation.disclosure import exposed
from tests.presentation.two_releases import stated, write_two_releases
from workbench.assessment.suppression.linking import link_tables
from workbench.phantoms.commons import write_gen3_export
from workbench.presentation import census_counts
from workbench.presentation.census_counts import IMAGING, count_public


@pytest.fixture(scope="module")
def controlled(tmp_path_factory):
    return wb.open_catalog(write_gen3_export(tmp_path_factory.mktemp("export"), n_patients=300))


@pytest.fixture(scope="module")
def counts(controlled):
    return count_public(controlled)


def test_with_a_table_those_of_fewer_attributes_are_published(counts):
    sets = {frozenset(by) for by in counts.tables}
    assert {len(each) for each in sets} == {1, 2, 3}
    assert all(frozenset(part) in sets for each in sets for n in range(1, len(each)) for part in combinations(each, n))


def test_whatever_a_source_lacks_its_tables_form_no_cycle_so_that_an_audit_looks_at_each_alone(counts):
    every = sorted({name for by in counts.tables for name in by})
    assert len(every) == 9
    for lacking in range(2 ** len(every)):
        names = [name for at, name in enumerate(every) if not lacking >> at & 1]
        pairs = [by for by in counts.censuses if len(by) > 1 and set(by) <= set(names)]
        tables = {tuple(sorted(by)) for by in (*((name,) for name in names), *pairs, *census_counts._further(names))}
        assert set(link_tables(tables)[0]) <= tables


def test_a_number_that_is_shown_is_the_number_of_patients_counted_again(counts, controlled):
    people = controlled.everything.patients
    for by, table in counts.tables.items():
        assert table.n_total == people.height
        if set(by) & set(IMAGING):
            continue
        said = table.table.select(*(pl.col(name).cast(pl.String) for name in by), "n_patients")
        counted = people.group_by(pl.col(by).cast(pl.String)).len()
        joined = said.join(counted, on=by, how="left").with_columns(pl.col("len").fill_null(0).cast(pl.Int64))
        shown = joined.filter(pl.col("n_patients").is_not_null())
        assert shown["n_patients"].to_list() == shown["len"].to_list()
        assert not shown["n_patients"].is_between(1, 10).any()
        assert joined.filter(pl.col("len").is_between(1, 10))["n_patients"].null_count() == (
            joined["len"].is_between(1, 10).sum()
        )


def test_by_images_a_patient_counts_once_in_the_combination_of_all(counts):
    for name in IMAGING:
        table = counts.tables[(name,)]
        assert not table.overlapping
    assert any(" + " in value for value in counts.tables[("modality",)].table["modality"].cast(pl.String))


def test_what_the_census_shows_stands_apart_from_the_further_tables(counts):
    assert [by for by in counts.censuses if len(by) > 1] == [("sex", "age_group"), ("race", "ethnicity")]
    assert counts.further.keys().isdisjoint(counts.censuses)
    assert list(counts.tables) == [*counts.censuses, *counts.further]


def test_a_source_is_counted_once_however_many_pages_ask(counts, controlled):
    assert count_public(controlled) is counts


def test_an_open_source_has_no_further_tables():
    counts = count_public(wb.open_catalog("synthetic:300"))
    assert counts.is_open
    assert counts.further == {}
    assert counts.protection == ()


@pytest.fixture(scope="module")
def two_versions(tmp_path_factory):
    return [wb.open_catalog(table) for table in write_two_releases(tmp_path_factory.mktemp("versions"))]


def statements(counts):
    n_total = next(iter(counts.tables.values())).n_total
    return {frozenset(): n_total, **stated((table.by, table.table) for table in counts.tables.values())}


def test_two_versions_together_give_nothing_small_away(two_versions):
    first = count_public(two_versions[0])
    second = count_public(two_versions[1], earlier=[tuple(first.tables.values())])
    assert len(second.tables) > 12
    assert exposed([statements(first), statements(second)]) == []


def test_without_the_earlier_release_the_second_would_give_something_away(two_versions):
    first, alone = (count_public(catalog) for catalog in two_versions)
    assert any(each.startswith("change") for each in exposed([statements(first), statements(alone)]))

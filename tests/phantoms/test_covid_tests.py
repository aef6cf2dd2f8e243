"""Tests fit the COVID-19 status; some sites know them only by the days from a study."""

import numpy as np
import polars as pl
import pytest

from workbench.phantoms.covid_tests import measurements_table
from workbench.phantoms.imaging_studies import Visits, draw_visits
from workbench.phantoms.population import Population, draw_population, plan_of_size
from workbench.phantoms.sites import SITES


@pytest.fixture(scope="module")
def drawn() -> tuple[Population, Visits, pl.DataFrame]:
    """Return 5,000 patients, their studies and their tests; keys begin at 100 and 1,000."""
    population, rng = draw_population(plan_of_size(5_000)), np.random.default_rng(0)
    visits = draw_visits(population, rng=rng)
    return population, visits, measurements_table(population, visits, first=(100, 1_000), rng=rng)


def test_the_first_positive_test_is_the_index_event_and_nobody_else_is_positive(
    drawn: tuple[Population, Visits, pl.DataFrame],
) -> None:
    population, _, tests = drawn
    status = pl.Series(["Yes", "No", "Not Reported"]).gather(population.covid[tests["patient_key"] - 100])
    by_index = tests.with_columns(status=status).drop_nulls("days_from_index")
    positive = by_index.filter(test_result="Positive")
    assert set(positive["status"]) == {"Yes"}
    assert positive.group_by("patient_key").agg(pl.col("days_from_index").min())["days_from_index"].unique().item() == 0
    without = by_index.filter(status="No")
    assert without.height == without["patient_key"].n_unique()
    assert set(without["days_from_index"]) == {-2, -1, 0, 1, 2}
    assert set(without["test_result"].cast(pl.String)) == {"Negative"}
    assert "Not Reported" not in set(status)


def test_days_from_a_study_are_the_tests_day_less_the_studys(drawn: tuple[Population, Visits, pl.DataFrame]) -> None:
    population, visits, tests = drawn
    tied = tests.drop_nulls("study_key")
    assert tied["days_from_index"].null_count() == tied.height > 100
    only = np.array([site.only_days_to_tests for site in SITES.values()])[population.site]
    assert only[tied["patient_key"].to_numpy() - 100].all()
    assert not only[tests.filter(pl.col("study_key").is_null())["patient_key"].to_numpy() - 100].any()
    days = visits.days[visits.is_study][tied["study_key"].to_numpy() - 1_000]
    index = tied.with_columns(day=pl.Series(days) + pl.col("days_from_study"))
    first = index.filter(test_result="Positive").group_by("patient_key").agg(pl.col("day").min())
    assert set(first["day"]) == {0}


def test_tests_are_in_the_order_of_patients(drawn: tuple[Population, Visits, pl.DataFrame]) -> None:
    _, _, tests = drawn
    assert tests["patient_key"].is_sorted()
    assert set(tests["test_name"].cast(pl.String)) == {"COVID-19"}

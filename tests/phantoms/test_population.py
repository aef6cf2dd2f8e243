"""Invented patients have the published shares at any size, and the same seed gives the same patients."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from workbench.phantoms.batches import published_batches
from workbench.phantoms.population import (
    Population,
    draw_population,
    patients_table,
    plan_midrc_2021,
    plan_of_size,
)
from workbench.vocabulary.demographics import age_group
from workbench.vocabulary.geography import state_of_zip3

N = 20_000
TOTAL = 70_261  # patients by the last batch


def drawn(n: int, seed: int = 0) -> pl.DataFrame:
    """Return the table of n patients."""
    return patients_table(draw_population(plan_of_size(n), seed=seed), first=0, rng=np.random.default_rng(seed))


@pytest.fixture(scope="module")
def patients() -> pl.DataFrame:
    """Return as many patients as the synthetic commons has by default."""
    return drawn(N).with_columns(age_group=age_group(pl.col("age_years")))


@pytest.mark.parametrize("attribute", ["sex", "age_group", "race", "ethnicity"])
def test_shares_are_the_published_ones_to_rounding(
    patients: pl.DataFrame, published: Callable[[str], dict[str, int]], attribute: str
) -> None:
    found = dict(patients[attribute].cast(pl.String).value_counts().iter_rows())
    for category, n in published(attribute).items():
        # Whole patients in three cells a race, seven an ethnicity; each is right to a patient or two.
        assert found[category] == pytest.approx(n * N / TOTAL, abs=4), category


def test_race_and_ethnicity_go_together_as_published(
    patients: pl.DataFrame, published: Callable[[str], dict[str, int]]
) -> None:
    found = {(race, ethnicity): n for race, ethnicity, n in patients.group_by("race", "ethnicity").len().iter_rows()}
    for category, n in published("race_ethnicity").items():
        race, _, ethnicity = category.partition(", ")
        if ethnicity:
            assert found[race, ethnicity] == pytest.approx(n * N / TOTAL, abs=2), category


def test_covid_status_is_the_published_one(patients: pl.DataFrame) -> None:
    positive = (patients["covid19_positive"] == "Yes").sum()
    assert positive == pytest.approx(33_336 * N / TOTAL, abs=2)
    assert set(patients.filter(pl.col("covid19_positive") == "Yes")["index_event"]) == {"First Positive Test"}


def test_batches_grow_as_published_and_bring_whom_they_brought(patients: pl.DataFrame) -> None:
    so_far = patients.group_by("batch").len().sort("batch").with_columns(pl.col("len").cum_sum())
    batches = published_batches()
    assert so_far["batch"].to_list() == list(batches.dates)
    assert np.abs(so_far["len"].to_numpy() - np.cumsum(batches.sizes) * N / TOTAL).max() <= 1
    # By 2021-08-27, 2,648 patients are published, 529 of them Black or African American.
    early = patients.filter(pl.col("batch") <= date(2021, 8, 27))
    assert (early["race"] == "Black or African American").mean() == pytest.approx(529 / 2648, abs=2 / early.height)


def test_ages_are_whole_and_nobody_is_shown_as_older_than_90(patients: pl.DataFrame) -> None:
    known = patients["age_years"].drop_nulls()
    assert (known == known.round()).all()
    assert known.max() == 90
    assert (patients["age_over_89"] == (patients["age_years"] >= 90)).drop_nulls().all()
    assert patients["age_missing"].is_null().to_list() == patients["age_years"].is_not_null().to_list()
    assert patients["age_years"].null_count() == pytest.approx(120 * N / TOTAL, abs=1)


def test_a_patient_lives_where_the_zip_code_lies_or_abroad(patients: pl.DataFrame) -> None:
    text = patients.select(pl.col("zip3", "state", "country").cast(pl.String))
    assert text.select((state_of_zip3(pl.col("zip3")) == pl.col("state")).drop_nulls().all()).item()
    here = pl.col("country") == "United States of America"
    assert set(text.filter(~here)["state"]) == {"Not Applicable"}
    assert text.filter(~here)["country"].n_unique() == 3
    assert text.filter(here)["state"].n_unique() == 10  # nine states, and Not Reported
    assert set(text.filter(pl.col("zip3") == "Not Reported")["state"]) == {"Not Reported"}


@pytest.mark.parametrize("n", [100, 101, 4_567])
def test_any_number_of_patients_is_met_exactly(n: int) -> None:
    patients = drawn(n)
    assert patients.height == n
    assert patients["patient_key"].to_list() == list(range(n))
    assert patients["batch"].is_sorted()


def test_the_same_seed_gives_the_same_patients_and_another_others() -> None:
    assert_frame_equal(drawn(500, seed=3), drawn(500, seed=3))
    assert not drawn(500, seed=3).equals(drawn(500, seed=4))


def test_a_part_is_a_view_of_the_whole() -> None:
    whole = draw_population(plan_of_size(300))
    part = whole.part(100, 250)
    assert isinstance(part, Population)
    assert np.shares_memory(part.sex, whole.sex)
    assert (part.age_years == whole.age_years[100:250]).all()


def test_studies_are_exact_in_total_and_a_few_patients_have_none() -> None:
    population = draw_population(plan_of_size(N))
    assert population.n_studies.sum() == 2.37 * N
    assert 100 < (population.n_studies == 0).sum() < 300


def test_the_dashboard_of_2021_has_its_studies_and_its_day() -> None:
    plan = plan_midrc_2021()
    population = draw_population(plan, seed=5)
    assert (plan.n_released, plan.n_waiting, plan.as_of) == (10_468, 52_127, date(2021, 11, 4))
    released = sum(n for n, day in zip(plan.sizes, published_batches().dates, strict=True) if day <= plan.as_of)
    assert released == 4_421  # the published number by that batch: 1,075 No, 3,344 Yes, 2 Not Reported
    assert population.n_studies[:released].sum() == 10_468
    assert population.n_studies[released:].sum() == 52_127

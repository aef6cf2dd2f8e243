"""A study is ingested, goes into quality control and is released, in this order, and what has not happened is null."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from workbench.phantoms.imaging_studies import draw_visits, studies_table
from workbench.phantoms.pipeline import count_pipeline
from workbench.phantoms.population import Plan, draw_population, patients_table, plan_midrc_2021, plan_of_size
from workbench.vocabulary.pipeline import PIPELINE_STATES

INGESTED, IN_QUALITY, RELEASED = PIPELINE_STATES


def studies_of(plan: Plan) -> pl.DataFrame:
    """Return the studies of a plan with their patient's batch."""
    population, rng = draw_population(plan), np.random.default_rng(0)
    visits = draw_visits(population, rng=rng)
    studies = studies_table(population, visits, first=(0, 0), rng=rng)
    batch = patients_table(population, first=0, rng=rng).select("patient_key", "batch")
    return studies.join(batch, on="patient_key", how="left", maintain_order="left")


@pytest.fixture(scope="module")
def studies() -> pl.DataFrame:
    """Return the studies of 20,000 patients."""
    return studies_of(plan_of_size(20_000))


def test_the_steps_follow_each_other_and_the_state_says_which_was_last(studies: pl.DataFrame) -> None:
    assert studies["ingested_date"].null_count() == 0
    assert (studies["ingested_date"] < studies["quality_date"]).drop_nulls().all()
    assert (studies["quality_date"] < studies["released_date"]).drop_nulls().all()
    expected = (
        pl.when(pl.col("released_date").is_not_null())
        .then(pl.lit(RELEASED))
        .when(pl.col("quality_date").is_not_null())
        .then(pl.lit(IN_QUALITY))
        .otherwise(pl.lit(INGESTED))
    )
    assert studies.select((pl.col("pipeline_state").cast(pl.String) == expected).all()).item()
    assert studies["pipeline_state"].n_unique() == 3
    assert studies["ingested_date"].max() <= date(2024, 3, 4)


def test_the_first_study_is_released_with_the_patients_batch_and_none_before(studies: pl.DataFrame) -> None:
    first = studies.group_by("patient_key").agg(pl.col("released_date").min(), pl.col("batch").first())
    assert (first["released_date"] == first["batch"]).all()
    later = studies.filter(pl.col("released_date") > pl.col("batch"))
    assert later.height > 500


def test_no_image_is_made_after_it_was_ingested_or_before_2020(studies: pl.DataFrame) -> None:
    assert (studies["study_year"] <= studies["ingested_date"].dt.year()).all()
    assert studies["study_year"].min() == 2020


def test_the_dashboard_of_2021_counts_exactly_what_was_published() -> None:
    studies = studies_of(plan_midrc_2021())
    assert dict(studies["pipeline_state"].cast(pl.String).value_counts().iter_rows()) == {
        IN_QUALITY: 52_127,
        RELEASED: 10_468,
    }
    counts = count_pipeline(studies, dates=[date(2021, 11, 4), date(2021, 8, 3)])
    assert counts["date"].to_list() == [date(2021, 8, 3), date(2021, 11, 4)]
    assert counts.row(1) == (date(2021, 11, 4), 62_595, 0, 52_127, 10_468)
    assert counts["n_released"][0] == 0
    assert studies.filter(pl.col("batch").is_null())["released_date"].null_count() == 52_127


def test_counts_over_time_never_shrink_and_always_add_up(studies: pl.DataFrame) -> None:
    days = pl.date_range(date(2021, 1, 1), date(2024, 4, 1), interval="1mo", eager=True)
    counts = count_pipeline(studies, dates=days.to_list())
    assert (counts["n_ingested"] == counts["n_waiting"] + counts["n_in_quality"] + counts["n_released"]).all()
    for name in ("n_ingested", "n_released"):
        assert counts[name].is_sorted()
    assert counts["n_ingested"][-1] == studies.height
    assert counts.select(pl.all().exclude("date").min()).min_horizontal().item() == 0

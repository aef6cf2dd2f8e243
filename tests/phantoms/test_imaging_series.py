"""Series are sorted by patient and study, fit their study, and say in every identifier that they are synthetic."""

import numpy as np
import polars as pl
import pytest

from workbench.catalog.sources.regions import with_body_region
from workbench.phantoms.imaging_series import draw_series, original_table, series_table
from workbench.phantoms.imaging_studies import draw_visits, studies_table
from workbench.phantoms.population import draw_population, plan_of_size


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    """Return studies, series and original of 5,000 patients whose keys begin at 10,000, 20,000 and 30,000."""
    population, rng = draw_population(plan_of_size(5_000)), np.random.default_rng(0)
    visits = draw_visits(population, rng=rng)
    studies = studies_table(population, visits, first=(10_000, 20_000), rng=rng)
    rows = draw_series(visits, rng=rng)
    series = series_table(visits, rows, studies, first=(10_000, 30_000), rng=rng)
    return {"studies": studies, "series": series, "original": original_table(visits, rows, series)}


def test_rows_are_sorted_and_every_patient_and_study_has_one(tables: dict[str, pl.DataFrame]) -> None:
    series, studies = tables["series"], tables["studies"]
    assert series["patient_key"].is_sorted()
    assert series["study_key"].drop_nulls().is_sorted()
    assert series["patient_key"].unique().to_list() == list(range(10_000, 15_000))
    assert set(series["study_key"].drop_nulls()) == set(studies["study_key"])
    assert series["source_row"].to_list() == list(range(30_000, 30_000 + series.height))
    owners = series.drop_nulls("study_key").join(studies, on="study_key")
    assert (owners["patient_key"] == owners["patient_key_right"]).all()


def test_places_held_for_what_is_not_listed_hold_nothing(tables: dict[str, pl.DataFrame]) -> None:
    unlisted = tables["series"].filter(~pl.col("listed"))
    assert 50 < unlisted.height < 500
    assert unlisted["n_instances"].sum() == unlisted["size_mb"].sum() == 0
    assert set(unlisted["manufacturer"].cast(pl.String)) == {"Not Reported"}
    nobody = unlisted.filter(pl.col("study_key").is_null())
    assert nobody.height > 10
    assert set(nobody["modality"].cast(pl.String)) | set(nobody["body_region"].cast(pl.String)) == {"Not Reported"}


def test_only_ct_has_a_kernel_and_a_thickness(tables: dict[str, pl.DataFrame]) -> None:
    listed = tables["series"].filter("listed").with_columns(pl.col("modality", "kernel").cast(pl.String))
    with_kernel = listed.filter(pl.col("kernel") != "Not Reported")
    assert set(with_kernel["modality"]) == {"CT"} == set(listed.drop_nulls("slice_thickness_mm")["modality"])
    assert with_kernel.height == listed.filter(modality="CT").height
    several = with_kernel.group_by("study_key").agg(pl.len(), pl.col("kernel", "model").n_unique())
    assert several["len"].max() == 3
    assert several["model"].max() == 1  # a study is made on one scanner


def test_regions_are_those_that_any_other_source_would_be_given(tables: dict[str, pl.DataFrame]) -> None:
    written = tables["series"].select(
        body_part=pl.col("body_part").cast(pl.String).replace("Not Reported", None),
        study_description=tables["original"]["study_description"],
    )
    names = ["body_region", "body_region_source"]
    assert tables["series"].select(pl.col(names).cast(pl.String)).equals(with_body_region(written).select(names))


def test_a_series_came_with_the_batch_that_released_its_study(tables: dict[str, pl.DataFrame]) -> None:
    joined = tables["series"].join(tables["studies"], on="study_key")
    assert joined["first_version"].is_null().to_list() == joined["released_date"].is_null().to_list()
    number = joined.drop_nulls("first_version").group_by("first_version").agg(pl.col("released_date").unique())
    assert number["released_date"].list.len().max() == 1
    assert number.filter(first_version=1)["released_date"].item().to_list()[0].isoformat() == "2021-08-04"


def test_every_identifier_says_synthetic_and_names_one_thing(tables: dict[str, pl.DataFrame]) -> None:
    original, series = tables["original"], tables["series"]
    for name in ("collection_id", "patient_id", "study_uid", "series_uid", "object_id", "file_name"):
        assert original[name].drop_nulls().str.starts_with("synthetic-").all()
    listed = original.drop_nulls("series_uid")
    assert listed.height == series["listed"].sum() == listed["series_uid"].n_unique() == listed["object_id"].n_unique()
    pairs = pl.concat([original, series.select("patient_key", "study_key")], how="horizontal")
    assert pairs.group_by("patient_id").agg(pl.col("patient_key").n_unique())["patient_key"].max() == 1
    assert pairs.drop_nulls("study_uid").select("study_uid", "study_key").unique().height == tables["studies"].height


def test_sites_use_different_scanners(tables: dict[str, pl.DataFrame]) -> None:
    from workbench.phantoms.population import patients_table

    population = draw_population(plan_of_size(5_000))
    patients = patients_table(population, first=10_000, rng=np.random.default_rng(0))
    joined = tables["series"].filter(modality="CT").join(patients, on="patient_key")
    mixes = joined.group_by("site_id", "manufacturer").len()
    largest = mixes.sort("len", descending=True).unique("site_id", keep="first")
    assert largest["manufacturer"].n_unique() == 3

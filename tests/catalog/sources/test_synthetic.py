"""The synthetic commons opens at any size as any other source does, is the same everywhere, and says what it is."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from workbench.catalog.commons import Catalog, open_catalog
from workbench.catalog.comparison import compare
from workbench.catalog.facets.counting import count
from workbench.catalog.sources import synthetic
from workbench.catalog.sources.folder import open_folder, write_tables
from workbench.catalog.sources.synthetic import open_synthetic, write_synthetic
from workbench.phantoms.population import plan_of_size
from workbench.tables import (
    MEASUREMENTS,
    PATIENTS,
    PATIENTS_OPTIONAL,
    SERIES,
    SERIES_OPTIONAL,
    STUDIES,
    STUDIES_OPTIONAL,
)

TABLES = {
    "patients": {**PATIENTS, **PATIENTS_OPTIONAL},
    "studies": {**STUDIES, **STUDIES_OPTIONAL},
    "series": {**SERIES, **SERIES_OPTIONAL},
    "measurements": MEASUREMENTS,
}


@pytest.fixture
def some() -> Catalog:
    """Return a commons of 400 patients."""
    return open_catalog("synthetic:400")


def test_every_column_of_the_common_data_model_is_there(some: Catalog) -> None:
    for name, schema in TABLES.items():
        table = pl.read_parquet(some.repository.folder / f"{name}.parquet")
        assert dict(table.schema) == {
            column: dtype() if isinstance(dtype, type) else dtype for column, dtype in schema.items()
        }, name


def test_it_says_that_it_is_synthetic_wherever_one_looks(some: Catalog) -> None:
    repository = some.repository
    assert repository.disclosure == "synthetic"
    assert repository.name == "Synthetic commons of 400 patients"
    assert repository.key == "synthetic:400"
    for name in ("collection_id", "patient_id", "study_uid", "series_uid", "object_id", "file_name"):
        assert repository.original_column(name).drop_nulls().str.contains("synthetic").all(), name
    for name in ("collection_id", "site_id"):
        assert repository.column("patients", name).cast(pl.String).str.contains("synthetic").all(), name
    assert "From a synthetic source" in str(some.where(modality="CT").manifest("csv"))


def test_the_default_has_twenty_thousand_patients_and_a_short_name() -> None:
    default = open_catalog("synthetic")
    assert default.counts["patients"] == 20_000
    assert (default.repository.key, default.repository.name) == ("synthetic", "Synthetic commons")
    assert open_synthetic("synthetic:20000") == default.repository


def test_whoever_is_known_is_spread_as_in_the_published_reference() -> None:
    compared = compare(open_catalog("synthetic").everything, reference="midrc_open")
    known = compared.table.filter(missing="excluded")
    assert set(known["attribute"]) == {"age_group", "sex", "race", "ethnicity"}
    assert known["jsd"].max() < 0.001


def test_the_dashboard_of_2021_counts_exactly_what_was_published() -> None:
    catalog = open_catalog("synthetic:midrc_2021")
    states = {
        "Under quality and harmonization": 52_127,
        "Released": 10_468,
    }
    assert catalog.counts["studies"] == 62_595
    for state, n in states.items():
        assert catalog.where(pipeline_state=state).counts["studies"] == n
    assert catalog.repository.name == "Synthetic commons (MIDRC 2021)"
    assert catalog.repository.versions["version_timestamp"][-1] == "2021-11-04"


@pytest.mark.parametrize("size", ["", "99", "10000001", "many", "1e6", "-200", "²00", "9" * 400])
def test_a_size_that_is_none_is_refused(size: str) -> None:
    with pytest.raises(ValueError, match="was received") as error:
        open_catalog(f"synthetic:{size}")
    shown = f"'synthetic:{size}'" if len(size) < 60 else f"'synthetic:{size}"[:79] + "…"
    assert str(error.value) == (
        f"open_catalog({shown}) was received. After the colon a whole number of patients from 100 to 10,000,000, or "
        "midrc_2021, would be right. Write for instance open_catalog('synthetic:100000')."
    )


def test_the_same_seed_gives_the_same_bytes_and_another_others(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "again", "other")]
    for folder, seed in zip(folders, (7, 7, 8), strict=True):
        folder.mkdir()
        write_synthetic(plan_of_size(150), folder, seed=seed)
    one, again, other = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert one == again
    assert one["patients.parquet"] != other["patients.parquet"]


def test_many_parts_make_one_commons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder, at_once in ((whole, 1000), (parts, 100)):
        folder.mkdir()
        monkeypatch.setattr(synthetic, "_PART", at_once)
        write_synthetic(plan_of_size(350), folder)
    assert sorted(path.name for path in parts.iterdir()) == sorted(path.name for path in whole.iterdir())
    tables = {name: pl.read_parquet(parts / f"{name}.parquet") for name in [*TABLES, "original"]}
    assert tables["patients"]["patient_key"].to_list() == list(range(350))
    assert tables["studies"]["study_key"].to_list() == list(range(round(350 * 2.37)))
    assert tables["series"]["source_row"].to_list() == list(range(tables["original"].height))
    assert tables["series"]["patient_key"].is_sorted()
    assert tables["measurements"]["study_key"].drop_nulls().is_in(tables["studies"]["study_key"].implode()).all()
    # Who is there does not depend on how many are written at once.
    same = ["sex", "age_years", "race", "ethnicity", "covid19_positive", "site_id", "batch"]
    assert_frame_equal(
        tables["patients"].select(same),
        pl.read_parquet(whole / "patients.parquet", columns=same),
        categorical_as_str=True,
    )


def test_dates_are_ordered_categories_to_filter_by(some: Catalog) -> None:
    batches = some.repository.column("patients", "batch")
    assert batches.dtype == pl.Date
    first = batches.min()
    assert isinstance(first, date)
    cohort = some.where(batch=first.isoformat())
    assert set(cohort.patients["batch"]) == {first}
    facet = count(some.everything, ["batch"])
    assert facet["value"].to_list() == [day.isoformat() for day in batches.unique().sort()]
    assert facet["n"].sum() == 400


def test_everything_that_a_cohort_can_do_works(some: Catalog) -> None:
    cohort = some.where(modality=["DX", "CR"], country="United States of America").exclude(race="White")
    near = cohort.near_test("Positive", days=(-3, 30))
    assert 0 < near.counts["patients"] < cohort.counts["patients"] < 400
    assert near.attrition.table.height == 5
    assert some.cohort_from(near.definition()) == near
    assert cohort.follow_up().height > 0
    assert cohort.split(seed=1).height == cohort.counts["patients"]
    assert "Race" in str(cohort.table_one(by="sex"))
    manifest = cohort.manifest("gen3")
    assert str(manifest).count("object_id") > 0
    assert some.covid_collections() == ["synthetic-Open-A1", "synthetic-Open-R1"]
    assert some.repository.versions.height == 47


def test_what_sites_left_out_is_counted(some: Catalog) -> None:
    rules = {row["rule"]: row for row in some.data_quality().iter_rows(named=True)}
    studies = pl.read_parquet(some.repository.folder / "studies.parquet")
    assert rules["Day of a study is absent"]["n"] == studies["days_to_study"].null_count() > 0
    assert rules["Study is not released yet"]["n"] == studies["released_date"].null_count()
    series = pl.read_parquet(some.repository.folder / "series.parquet")
    unlisted = rules["Entry for a study, or for a patient, of whom no series is listed"]
    assert (unlisted["n"], unlisted["n_total"]) == ((~series["listed"]).sum(), series.height)


def test_written_as_tables_it_opens_equal(some: Catalog, tmp_path: Path) -> None:
    release = open_folder(write_tables(some.repository, tmp_path / "release"))
    for name in ("patients", "studies"):
        one, other = (
            pl.read_parquet(folder / f"{name}.parquet") for folder in (some.repository.folder, release.folder)
        )
        order = "study_key" if name == "studies" else "patient_key"
        assert other.height == one.height
        dates = [column for column, dtype in one.schema.items() if dtype == pl.Date]
        assert dates
        assert other.select(pl.col(dates).sort()).equals(one.sort(order).select(pl.col(dates).sort())), name


def test_a_users_own_column_may_bear_the_name_of_a_date(tmp_path: Path) -> None:
    table = tmp_path / "trial.csv"
    table.write_text("patient_id,batch\np1,A\np2,B\n")
    patients = open_catalog(table).everything.patients
    assert patients["batch"].cast(pl.String).to_list() == ["A", "B"]


def test_the_python_of_a_cohort_opens_the_same_size(some: Catalog) -> None:
    cohort = some.where(sex="Female")
    names: dict[str, object] = {}
    exec(cohort.to_python(), names)
    assert names["cohort"] == cohort

"""A census of a cohort: every unit by every attribute, as a loop over its rows counts it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.by_hand import LAWS, drawn, numbers
from tests.catalog.tiny import make_repository
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog, open_catalog
from workbench.catalog.disclosure import EXACT_STAMP, SYNTHETIC_STAMP
from workbench.errors import UnknownNameError

ATTRIBUTES = ("sex", "smoker", "loinc_name", "modality", "body_region", "manufacturer", "kernel", "derived", "usable")
_UNKNOWN = ("Unknown", "Not Reported", "Not Applicable")


def unit_of(row: Mapping[str, Any], unit: str) -> Any:
    """Return what a row is counted as, None where it is no such unit."""
    own = {"patients": row["patient_key"], "studies": row["study_key"]}
    return own[unit] if unit in own else row["number"] if row["listed"] else None


def spelled(value: Any) -> str:
    return {True: "Yes", False: "No", None: "Not Reported"}.get(value, value)


@LAWS
@given(
    data=st.data(),
    by=st.lists(st.sampled_from(ATTRIBUTES), min_size=1, max_size=3, unique=True),
    unit=st.sampled_from(["patients", "studies", "series", "instances"]),
    modality=st.sampled_from([None, "CT", "MR"]),
)
def test_a_census_is_what_a_loop_over_the_rows_counts(
    data: Any, tmp_path_factory: pytest.TempPathFactory, by: list[str], unit: Any, modality: str | None
) -> None:
    repository, rows = drawn(data, tmp_path_factory)
    held = {row["modality"] for row in rows}
    cohort = Cohort(repository).where(**({"modality": modality} if modality in held else {}))
    chosen = [row for row in rows if row["number"] in numbers(cohort) and unit_of(row, unit) is not None]
    census = cohort.census(by=by, unit=unit)
    cells: dict[tuple[str, ...], set[Any]] = {}
    for row in chosen:
        cells.setdefault(tuple(spelled(row.get(name)) for name in by), set()).add(unit_of(row, unit))
    weights = {unit_of(row, unit): row["n_instances"] if unit == "instances" else 1 for row in chosen}
    expected = {cell: sum(weights[one] for one in units) for cell, units in cells.items()}
    counted = {row[: len(by)]: row[len(by)] for row in census.table.iter_rows() if row[len(by)]}
    assert counted == {cell: n for cell, n in expected.items() if n}
    assert census.n_total == sum(weights.values()) == cohort.counts[unit]
    for attribute, reason, n in census.missing.iter_rows():
        assert reason in _UNKNOWN
        lacking = {unit_of(row, unit) for row in chosen if spelled(row.get(attribute)) == reason}
        assert n == sum(weights[one] for one in lacking)


@pytest.fixture
def two_kinds(tmp_path: Path) -> Cohort:
    # One patient, 6 years at a CT and 71 at an X-ray; another with a CT of no known age; one without studies.
    patients = [{"age_years": 6.0}, {"age_years": None, "age_missing": "Unknown", "sex": "Male"}, {"sex": "Male"}]
    studies = [
        {"patient_key": 0, "age_at_study_years": 6.0},
        {"patient_key": 0, "age_at_study_years": 71.0},
        {"patient_key": 1, "age_at_study_years": None, "age_missing": "Unknown"},
    ]
    series = [
        {"patient_key": 0, "study_key": 0, "modality": "CT", "n_instances": 100, "first_version": 2},
        {"patient_key": 0, "study_key": 1, "modality": "DX", "n_instances": 2, "first_version": 5},
        {"patient_key": 1, "study_key": 2, "modality": "CT", "n_instances": 50, "first_version": 5},
        {"patient_key": 2, "modality": "Not Reported", "n_instances": 0, "listed": False, "first_version": None},
    ]
    return Cohort(make_repository(tmp_path, patients, studies, series, disclosure="synthetic"))


def counted(cohort: Cohort, by: list[str], unit: Any) -> dict[str, int]:
    table = cohort.census(by=by, unit=unit).table
    return {", ".join(row[: len(by)]): row[len(by)] for row in table.iter_rows() if row[len(by)]}


def test_a_patient_has_one_age_and_a_study_its_own(two_kinds: Cohort) -> None:
    by = ["modality", "age_group"]
    assert counted(two_kinds, by, "patients") == {
        "CT, 5–11": 1,
        "CT, Unknown": 1,
        "DX, 5–11": 1,
        "Not Reported, 50–64": 1,
    }
    assert counted(two_kinds, by, "studies") == {"CT, 5–11": 1, "CT, Unknown": 1, "DX, 65–74": 1}
    # Of the X-rays alone, the patient is 71.
    assert counted(two_kinds.where(modality="DX"), by, "patients") == {"DX, 65–74": 1}
    assert counted(two_kinds, ["modality"], "instances") == {"CT": 150, "DX": 2}


def test_a_trend_counts_from_the_first_version_on(two_kinds: Cohort) -> None:
    trend = two_kinds.trend(by="sex", over="first_version")
    counts = ("n", "n_period", "n_cumulative", "n_total")
    assert trend.table.filter(pl.col("n_cumulative") > 0).select("period", "sex", *counts).rows() == [
        (2, "Female", 1, 1, 1, 1),
        (5, "Female", 0, 1, 1, 2),
        (5, "Male", 1, 1, 1, 2),
    ]
    assert (trend.n_without_period, trend.stamp) == (1, SYNTHETIC_STAMP)
    assert trend.at(4).table["n_patients"].sum() == 1


def test_the_last_period_of_the_commons_is_its_census(commons: Catalog) -> None:
    everything = commons.everything
    trend, census = everything.trend(by="sex", over="first_version"), everything.census(by=["sex"])
    assert trend.at(trend.periods[-1]).table.equals(census.table)
    assert trend.n_without_period == 0
    by_day = everything.trend(by="sex", over="published", every="year")
    assert by_day.table["n"].sum() == census.n_total
    days = commons.repository.versions["version_timestamp"].str.to_date()
    assert by_day.periods.to_list() == sorted({date(day.year, 1, 1) for day in days})


def test_modalities_of_the_commons_are_those_of_the_original(commons: Catalog, raw: pl.LazyFrame) -> None:
    expected = (
        raw.select("collection_id", "PatientID", "Modality")
        .unique()
        .group_by("Modality")
        .len()
        .collect()
        .select(pl.col("Modality").fill_null("Not Reported"), "len")
    )
    census = commons.everything.census(by=["modality"])
    assert dict(census.table.select(pl.col("modality").cast(pl.String), "n_patients").iter_rows()) == dict(
        expected.iter_rows()
    )
    assert (census.overlapping, census.n_total) == (True, commons.counts["patients"])


def test_what_is_missing_together_adds_up_to_the_patients(commons: Catalog) -> None:
    found = commons.everything.missing_together()
    assert found.attributes == ("sex", "age_years")
    assert found.table["n_patients"].sum() == found.n_total == commons.counts["patients"]


# ------------------------------------------------------------------ disclosure


@pytest.fixture
def controlled(tmp_path: Path) -> Cohort:
    sexes = ["Female"] * 30 + ["Male"] * 20 + ["Other"] * 4
    patients = [{"sex": sex} for sex in sexes]
    studies = [{"patient_key": key} for key in range(len(sexes))]
    series = [{"patient_key": key, "study_key": key, "first_version": 1 + key % 2} for key in range(len(sexes))]
    return Cohort(make_repository(tmp_path, patients, studies, series))


def test_exact_counts_of_a_controlled_source_are_stamped(controlled: Cohort) -> None:
    shown = (
        controlled.census(by=["sex"]),
        controlled.trend(by="sex", over="first_version"),
        controlled.missing_together(attributes=["sex"]),
    )
    for each in shown:
        assert each.stamp == EXACT_STAMP
        assert EXACT_STAMP in repr(each)
        assert EXACT_STAMP in each._repr_html_()


# ------------------------------------------------------------------ refusals


def test_an_unknown_attribute_names_the_nearest(two_kinds: Cohort) -> None:
    with pytest.raises(UnknownNameError) as caught:
        two_kinds.census(by=["modalty"], unit="studies")
    assert str(caught.value) == (
        "No attribute 'modalty' in the studies. Did you mean 'modality' or 'model'? Valid: collection_id, modality, "
        "body_region, body_region_source, body_part, sex, species, manufacturer, model, license, derived, n_instances, "
        "… (15 in all). Pass one of these."
    )


def test_a_description_is_no_category(two_kinds: Cohort) -> None:
    with pytest.raises(TypeError) as caught:
        two_kinds.census(by=["study_description"])
    assert str(caught.value) == (
        "study_description was received, which holds texts. A census counts categories, such as modality, sex or "
        "age_group. Search it instead: where(study_description=…)."
    )


def test_a_trend_of_images_is_refused(two_kinds: Cohort) -> None:
    with pytest.raises(UnknownNameError) as caught:
        two_kinds.trend(by="sex", over="first_version", unit="instances")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "No unit 'instances' in a trend. Valid: patients, studies, series. Take a census of instances instead."
    )


@pytest.mark.parametrize("unit", ["people", "patient"])
def test_an_unknown_unit_lists_the_four(two_kinds: Cohort, unit: Any) -> None:
    hint = " Did you mean 'patients'?" if unit == "patient" else ""
    with pytest.raises(UnknownNameError) as caught:
        two_kinds.census(by=["sex"], unit=unit)
    assert str(caught.value) == (
        f"No unit '{unit}' in a census.{hint} Valid: patients, studies, series, instances. "
        "Say what one row of the frame is."
    )


def test_no_name_is_refused(two_kinds: Cohort) -> None:
    with pytest.raises(TypeError) as caught:
        two_kinds.census(by=None)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "Received by=None. The name of a column, or a list of names, would be right. Write for instance "
        "by=['sex', 'age_group']."
    )
    with pytest.raises(ValueError, match="at least one"):
        two_kinds.census(by=[])


def test_an_unknown_step_lists_the_three(two_kinds: Cohort) -> None:
    with pytest.raises(UnknownNameError, match="No step 'week' in a trend"):
        two_kinds.trend(by="sex", over="first_version", every="week")  # type: ignore[arg-type]


def test_a_month_is_a_step_of_dates_not_a_column(commons: Catalog) -> None:
    for catalog, dates in ((open_catalog("synthetic"), "batch"), (commons, "published")):
        with pytest.raises(UnknownNameError) as caught:
            catalog.everything.trend(by="sex", over="month")
        assert str(caught.value) == (
            "No column 'month' to order the periods by. A column of dates, gathered by every=, would be right. Pass "
            f"over='{dates}', every='month'."
        )
        assert catalog.everything.trend(by="sex", over=dates, every="month").over == dates


def test_numbers_that_would_be_refused_are_not_offered(two_kinds: Cohort) -> None:
    with pytest.raises(UnknownNameError) as caught:
        two_kinds.census(by=["bad"])
    assert "age_years" not in str(caught.value)
    assert "size_mb" not in str(caught.value)


def test_open_vocabularies_go_by_the_patients_counted(commons: Catalog) -> None:
    for name in ("modality", "manufacturer"):
        table = commons.everything.census(by=[name]).table
        known = table.filter(~pl.col(name).cast(pl.String).is_in(_UNKNOWN))
        assert known["n_patients"].to_list() == sorted(known["n_patients"], reverse=True)

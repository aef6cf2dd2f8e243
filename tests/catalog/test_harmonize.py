"""The rules that turn raw rows into patients, studies and series, on frames small enough to work out by hand."""

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbench.catalog.sources.idc_tables import (
    RAW_COLUMNS,
    harmonize_series,
    to_patients,
    to_series,
    to_studies,
)
from workbench.vocabulary.dicom import parse_age

DEFAULTS = {
    "collection_id": "a",
    "PatientID": "p1",
    "StudyInstanceUID": "1.1",
    "Modality": "CT",
    "sop_class_name": "CT Image Storage",
    "instanceCount": 1,
    "series_init_idc_version": 1,
    "series_size_MB": 1.0,
    "license_short_name": "CC BY 4.0",
}
INTEGERS = {"instanceCount": pl.Int64, "series_init_idc_version": pl.Int64, "series_size_MB": pl.Float64}


def raw_rows(*rows: dict[str, object]) -> pl.DataFrame:
    """Build raw series, each a CT of patient p1 in collection a unless it says otherwise."""
    schema = {name: INTEGERS.get(name, pl.String) for name in RAW_COLUMNS}
    return pl.DataFrame([{**DEFAULTS, **row} for row in rows], schema=schema)


def collections(tumor_locations: str | None = "Lung", cancer_types: str = "Lung cancer") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "collection_id": ["a"],
            "species": ["Human"],
            "tumor_locations": [tumor_locations],
            "cancer_types": cancer_types,
            "description": "A trial.",
        },
        schema_overrides={"tumor_locations": pl.String},
    )


def harmonized(*rows: dict[str, object], declared: pl.DataFrame | None = None) -> pl.DataFrame:
    return harmonize_series(raw_rows(*rows), collections() if declared is None else declared)


def patients_of(*rows: dict[str, object], declared: pl.DataFrame | None = None) -> pl.DataFrame:
    series = harmonized(*rows, declared=declared)
    return to_patients(series, to_studies(series))


def age_of(text: str | None) -> float | None:
    return pl.DataFrame({"age": [text]}, schema={"age": pl.String}).select(parse_age(pl.col("age"))).item()


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("042Y", 42.0),
        ("018M", 1.5),
        ("026W", 26 * 7 / 365.25),
        ("100D", 100 / 365.25),
        ("000D", 0.0),  # born today
        ("000M", 0.0),
        ("042y", 42.0),
        ("90", 90.0),
        (" 047 ", 47.0),
        ("122Y", 122.0),
    ],
)
def test_an_age_is_read_in_every_form_of_the_standard_and_the_usual_misspellings(text: str, years: float) -> None:
    assert age_of(text) == pytest.approx(years)


@pytest.mark.parametrize("text", ["N-A", "", "000Y", "0", "123Y", "999Y", "-42Y", "4.5Y", "042X", "Y", "0042Y", None])
def test_what_is_no_age_stays_unknown(text: str | None) -> None:
    assert age_of(text) is None


@given(st.integers(1, 122))
def test_whole_years_read_back_as_themselves(years: int) -> None:
    assert age_of(f"{years:03d}Y") == years


@given(st.text(max_size=6))
@example("\u0660\u0664\u0662Y")  # Arabic digits are digits to a regular expression
@example("042Y\n")
def test_any_text_is_an_age_of_a_person_or_unknown(text: str) -> None:
    years = age_of(text)
    assert years is None or 0 <= years <= 122


@given(st.integers(0, 999), st.sampled_from("DWM"))
def test_a_smaller_unit_never_gives_an_older_person(number: int, unit: str) -> None:
    years, as_years = age_of(f"{number:03d}{unit}"), float(number)
    assert years is None or years <= as_years


@pytest.mark.parametrize(
    ("codes", "sex"),
    [
        (["F"], "Female"),
        (["M", "M"], "Male"),
        (["O"], "Other"),
        (["F", None], "Female"),
        (["F", "U", "0000"], "Female"),
        (["F", "M"], "Conflicting"),
        (["F", "F", "F", "M"], "Conflicting"),  # no majority vote
        (["U"], "Unknown"),
        (["6657", None], "Unknown"),
        ([None, None], "Not Reported"),
        (["f"], "Unknown"),
    ],
)
def test_the_sex_of_a_patient_is_stated_conflicting_or_missing(codes: list[str | None], sex: str) -> None:
    assert patients_of(*({"PatientSex": code} for code in codes))["sex"].to_list() == [sex]


@pytest.mark.parametrize(
    ("row", "region", "source"),
    [
        ({"BodyPartExamined": "ABDOMEN", "StudyDescription": "CHEST CT"}, "Abdomen", "BodyPartExamined"),
        ({"BodyPartExamined": " thorax "}, "Chest", "BodyPartExamined"),
        ({"BodyPartExamined": "SEG", "StudyDescription": "CT HEAD"}, "Head", "StudyDescription"),
        ({"StudyDescription": "CT HEAD", "SeriesDescription": "CHEST"}, "Head", "StudyDescription"),
        ({"StudyDescription": "PE", "SeriesDescription": "CHEST 5MM"}, "Chest", "SeriesDescription"),
        ({"StudyDescription": "PE", "SeriesDescription": "LUNG"}, "Chest", "collection"),
        ({}, "Chest", "collection"),
    ],
)
def test_the_body_region_comes_from_the_first_place_that_names_one(
    row: dict[str, object], region: str, source: str
) -> None:
    assert harmonized(row).select("body_region", "body_region_source").row(0) == (region, source)


@pytest.mark.parametrize("stated", [None, "Various", "Chest, Abdomen"])
def test_a_collection_that_names_no_single_region_decides_nothing(stated: str | None) -> None:
    found = harmonized({}, declared=collections(stated)).select("body_region", "body_region_source").row(0)
    assert found == ("Not Reported", "none")


@pytest.mark.parametrize(
    ("row", "derived"),
    [
        ({}, False),
        ({"Modality": "SEG", "sop_class_name": "Segmentation Storage"}, True),
        ({"Modality": "SR", "sop_class_name": "Comprehensive SR Storage"}, True),
        ({"Modality": "RTSTRUCT", "sop_class_name": "RT Structure Set Storage"}, True),
        ({"Modality": "ANN", "sop_class_name": "Microscopy Bulk Simple Annotations Storage"}, True),
        ({"Modality": "SEG", "sop_class_name": "CT Image Storage"}, True),  # mislabelled either way
        ({"analysis_result_id": "totalsegmentator"}, True),
        ({"sop_class_name": None}, True),
    ],
)
def test_an_acquired_image_is_told_from_what_was_derived(row: dict[str, object], derived: bool) -> None:
    assert harmonized(row)["derived"].to_list() == [derived]


def test_the_age_at_a_study_is_the_smallest_valid_one_of_its_acquired_series() -> None:
    series = harmonized(
        {"PatientAge": "061Y"},
        {"PatientAge": "060Y"},
        {"PatientAge": "000Y"},
        {"PatientAge": "010Y", "Modality": "SEG", "sop_class_name": "Segmentation Storage"},
    )
    study = to_studies(series).row(0, named=True)
    assert (study["age_at_study_years"], study["age_missing"]) == (60.0, None)


def test_the_age_of_a_patient_is_that_of_the_earliest_study_with_an_age() -> None:
    patients = patients_of(
        {"StudyInstanceUID": "1.1", "StudyDate": "2001-01-01"},
        {"StudyInstanceUID": "1.2", "StudyDate": "2005-01-01", "PatientAge": "064Y"},
        {"StudyInstanceUID": "1.3", "StudyDate": "2003-01-01", "PatientAge": "062Y"},
        {"StudyInstanceUID": "1.4", "StudyDate": None, "PatientAge": "050Y"},
    )
    assert patients["age_years"].to_list() == [62.0]


@pytest.mark.parametrize(
    ("text", "years", "over", "missing"),
    [
        ("089Y", 89.0, False, None),
        ("090Y", 90.0, True, None),
        ("101Y", 90.0, True, None),
        (None, None, None, "Not Reported"),
        ("N-A", None, None, "Unknown"),
        ("000Y", None, None, "Unknown"),
    ],
)
def test_an_age_is_a_number_or_a_reason(
    text: str | None, years: float | None, over: bool | None, missing: str | None
) -> None:
    row = patients_of({"PatientAge": text}).row(0, named=True)
    assert (row["age_years"], row["age_over_89"], row["age_missing"]) == (years, over, missing)


def test_a_phantom_has_neither_age_nor_sex() -> None:
    row = patients_of({"PatientAge": "042Y", "PatientSex": "F"}, declared=collections(cancer_types="Phantom"))
    found = row.row(0, named=True)
    assert (found["species"], found["sex"]) == ("Phantom", "Not Applicable")
    assert (found["age_years"], found["age_missing"]) == (None, "Not Applicable")


def test_the_same_patient_id_in_two_collections_is_two_patients() -> None:
    series = harmonized({"collection_id": "a"}, {"collection_id": "b", "StudyInstanceUID": "1.2"})
    assert series["patient_key"].to_list() == [0, 1]
    assert to_studies(series)["patient_key"].to_list() == [0, 1]


def test_absent_header_values_are_named_and_no_series_is_dropped() -> None:
    series = harmonized({"Modality": "CT"}, {"Modality": None, "Manufacturer": "X"})
    slim = to_series(series, to_studies(series))
    assert slim.height == 2
    assert slim["modality"].cast(pl.String).to_list() == ["CT", "Not Reported"]
    assert slim["manufacturer"].cast(pl.String).to_list() == ["Not Reported", "X"]
    assert sorted(slim["source_row"]) == [0, 1]

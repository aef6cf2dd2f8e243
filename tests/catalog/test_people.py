"""The age of a patient is that of what was selected: a cohort of adults has no children in its tables."""

from typing import Any

import polars as pl
import pytest

from tests.catalog.tiny import make_repository
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog


@pytest.fixture
def two_visits(tmp_path: Any) -> Cohort:
    # One person at 6 and at 71 years (the first is a header's wrong unit), and one whose age is known at neither study.
    patients = [{"age_years": 6.0}, {"age_years": None, "age_missing": "Unknown"}]
    studies = [
        {"patient_key": 0, "age_at_study_years": 6.0},
        {"patient_key": 0, "age_at_study_years": 71.0},
        {"patient_key": 1, "age_at_study_years": None, "age_missing": "Unknown"},
    ]
    series = [
        {"patient_key": 0, "study_key": 0, "modality": "CT"},
        {"patient_key": 0, "study_key": 1, "modality": "MR"},
        {"patient_key": 1, "study_key": 2, "modality": "CT"},
    ]
    return Cohort(make_repository(tmp_path, patients, studies, series))


@pytest.mark.parametrize(
    ("criterion", "ages"),
    [
        ({}, [6.0, None]),  # the earliest study's
        ({"modality": "CT"}, [6.0, None]),
        ({"modality": "MR"}, [71.0]),
        ({"age_years": (18, None)}, [71.0]),
        ({"age_years": (0, 17)}, [6.0]),
    ],
)
def test_an_age_is_one_at_the_studies_of_the_cohort(two_visits: Cohort, criterion: Any, ages: list[Any]) -> None:
    patients = two_visits.where(**criterion).patients
    assert patients["age_years"].to_list() == ages
    assert patients["age_missing"].is_null().to_list() == [age is not None for age in ages]


def test_the_whole_repository_keeps_the_ages_it_recorded(commons: Catalog) -> None:
    patients, repository = commons.everything.patients, commons.repository
    for name in ("age_years", "age_missing", "age_over_89"):
        assert patients[name].eq_missing(repository.column("patients", name)).all()


@pytest.mark.parametrize("bounds", [(18, 89), (65, None), (None, 17)])
def test_nobody_is_outside_the_ages_that_were_asked_for(commons: Catalog, bounds: tuple[Any, Any]) -> None:
    ages = commons.where(modality="CT", age_years=bounds).patients["age_years"]
    low, high = bounds
    assert ages.null_count() == 0
    assert ages.filter((ages < (low or 0)) | (ages > (high or 200))).is_empty()


def test_a_patient_of_ninety_and_over_is_told_as_such(commons: Catalog) -> None:
    patients = commons.where(age_years=(90, None)).patients
    assert patients["age_over_89"].all()
    assert set(patients["age_decade"].cast(pl.String)) == {"90+"}

"""From a series to its study or patient: any of its series, all of them, or each of several values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.by_hand import LAWS, cohort_of, criteria, drawn, numbers
from tests.catalog.tiny import make_repository, place
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog


@pytest.fixture(scope="module")
def commons(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """CT and MR in one study; CT and MR in two; CT alone; CT beside an unknown; a study without series; no study.

    Study 3 is shared: patient 3's last row lies in the study of patient 2.
    """
    return Catalog(
        make_repository(
            tmp_path_factory.mktemp("levels"),
            [{}] * 6,
            [{"patient_key": patient} for patient in (0, 1, 1, 2, 3, 4)],
            [
                {"patient_key": 0, "study_key": 0, "modality": "CT"},  # row 0
                {"patient_key": 0, "study_key": 0, "modality": "MR"},  # 1
                {"patient_key": 1, "study_key": 1, "modality": "CT"},  # 2
                {"patient_key": 1, "study_key": 2, "modality": "MR"},  # 3
                {"patient_key": 2, "study_key": 3, "modality": "CT"},  # 4
                {"patient_key": 3, "study_key": 3, "modality": "CT"},  # 5, sorted before study 4
                {"patient_key": 3, "study_key": 4, "modality": "Unknown"},  # 6
                place(4, 5, modality="CT"),  # 7
                place(5),  # 8
            ],
        )
    )


def rows(cohort: Cohort) -> list[int]:
    return sorted(numbers(cohort))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"modality": "CT"}, [0, 2, 4, 5, 7]),
        ({"modality": "CT", "level": "study"}, [0, 1, 2, 4, 5, 7]),
        ({"modality": "CT", "level": "patient"}, [0, 1, 2, 3, 4, 5, 6, 7]),
        ({"modality": "CT", "level": "study", "match": "all"}, [2, 4, 5, 7]),
        ({"modality": "CT", "level": "patient", "match": "all"}, [4, 7]),
        ({"modality": "CT", "level": "patient", "match": "all", "missing": "keep"}, [4, 5, 6, 7, 8]),
        ({"modality": ["CT", "MR"], "level": "study", "match": "each"}, [0, 1]),
        ({"modality": ["CT", "MR"], "level": "patient", "match": "each"}, [0, 1, 2, 3]),
        ({"modality": ["CT", "MR"], "level": "patient", "match": "all"}, [0, 1, 2, 3, 4, 7]),
        ({"modality": "CT", "level": "patient", "missing": "only"}, [5, 6, 8]),
        ({"modality": "CT", "level": "patient", "match": "all", "missing": "only"}, [8]),
    ],
)
def test_who_is_selected_at_each_level(commons: Catalog, asked: dict[str, Any], expected: list[int]) -> None:
    assert rows(commons.where(**asked)) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"modality": "CT"}, [1, 3, 6, 8]),
        ({"modality": "CT", "level": "study"}, [3, 6, 8]),
        ({"modality": "CT", "level": "patient"}, [8]),  # a patient of whom nothing is known stays
        ({"modality": "MR", "level": "patient"}, [4, 5, 6, 7, 8]),
        ({"modality": "MR", "level": "patient", "missing": "exclude"}, [4, 7]),
        ({"modality": "CT", "level": "patient", "match": "all"}, [0, 1, 2, 3, 5, 6, 8]),
        ({"modality": ["CT", "MR"], "level": "study", "match": "each"}, [2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_who_is_left_out_at_each_level(commons: Catalog, asked: dict[str, Any], expected: list[int]) -> None:
    assert rows(commons.exclude(**asked)) == expected


def test_a_shared_study_counts_once_and_both_patients(commons: Catalog) -> None:
    shared = commons.where_sql("select study_key from studies where study_key = 3")
    assert (shared.counts["patients"], shared.counts["studies"], shared.counts["series"]) == (2, 1, 2)


def test_patients_without_studies_are_nobodys_study(commons: Catalog) -> None:
    assert commons.counts["patients"] == 6
    assert commons.counts["studies"] == 6
    assert commons.counts["series"] == 7
    assert commons.where_sql("select patient_key from patients where patient_key = 5").counts["studies"] == 0


@LAWS
@given(data=st.data())
def test_a_wider_level_never_selects_less(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    repository, rows = drawn(data, tmp_path_factory)
    entry = data.draw(criteria(rows, inside=True))
    series, study, patient = (
        numbers(cohort_of(repository, [entry | {"level": level}])) for level in ("series", "study", "patient")
    )
    assert series <= study
    assert series <= patient
    whole = entry | {"match": "all"}
    every = {level: numbers(cohort_of(repository, [whole | {"level": level}])) for level in ("study", "patient")}
    assert every["study"] <= series
    assert every["patient"] <= series

"""Attrition against a loop over the steps: what is left, what was lost, and what for a missing value only."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.by_hand import (
    LAWS,
    cohort_of,
    counts_of,
    definitions,
    drawn,
    selected,
    windows,
    with_missing,
)
from tests.catalog.tiny import make_repository, place
from workbench.catalog.commons import Catalog

UNITS = ("patients", "studies", "series")


@LAWS
@given(data=st.data())
def test_every_step_and_every_lost_patient_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    repository, rows = drawn(data, tmp_path_factory, tested=True)
    tests = repository.column("measurements", "test_result").cast(pl.String)
    names = repository.column("measurements", "test_name").cast(pl.String).unique().to_list()
    near = [data.draw(windows(tests=names))] if "Positive" in tests else []
    entries = data.draw(definitions(rows, others=near))
    cohort = cohort_of(repository, entries)
    steps = cohort.attrition.table.to_dicts()
    left = {row["number"] for row in rows}
    gone: dict[str, tuple[str, bool]] = {}

    def people(numbers: set[int]) -> set[str]:
        return {f"P-{rows[number]['patient_key']:04d}" for number in numbers}

    assert [step["step"] for step in steps] == ["all", *(condition.label for condition in cohort.conditions)]
    assert {unit: steps[0][unit] for unit in UNITS} == {unit: counts_of(rows, left)[unit] for unit in UNITS}
    assert [steps[0][f"{unit}_lost"] for unit in UNITS] == [0, 0, 0]
    for step, entry in zip(steps[1:], entries, strict=True):
        after = left & selected(repository, rows, entry)
        would_stay = after | (left & selected(repository, rows, with_missing(entry)))
        for unit in UNITS:
            assert step[unit] == counts_of(rows, after)[unit]
            assert step[f"{unit}_lost"] == counts_of(rows, left)[unit] - step[unit]
        assert step["patients_lost_missing"] == len(people(would_stay)) - len(people(after))
        gone |= {who: (step["step"], who in people(would_stay)) for who in people(left) - people(after)}
        left = after
    assert {unit: steps[-1][unit] for unit in UNITS} == {unit: cohort.counts[unit] for unit in UNITS}
    dropped = cohort.attrition.dropped()
    assert {row[1]: row[2:] for row in dropped.iter_rows()} == gone
    assert dropped["patient_id"].to_list() == sorted(gone)  # each once


@pytest.fixture(scope="module")
def commons(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Four patients with one CT each, but the last, whose study lists no series; one has neither sex nor age."""
    return Catalog(
        make_repository(
            tmp_path_factory.mktemp("attrition"),
            [
                {"sex": "Female", "age_years": 30.0},
                {"sex": "Male", "age_years": 50.0},
                {"sex": "Unknown", "age_years": None, "age_missing": "Unknown"},
                {"sex": "Female", "age_years": 40.0},
            ],
            [
                {"patient_key": 0, "age_at_study_years": 31.0},
                {"patient_key": 1, "age_at_study_years": 50.0},
                {"patient_key": 2, "age_at_study_years": None, "age_missing": "Unknown"},
                {"patient_key": 3, "age_at_study_years": 40.0},
            ],
            [*({"patient_key": key, "study_key": key} for key in range(3)), place(3, 3)],
        )
    )


def test_steps_add_up_by_hand(commons: Catalog) -> None:
    cohort = commons.where(sex="Female").where(age_years=(None, 35))
    assert cohort.attrition.table.rows() == [
        ("all", 4, 4, 3, 0, 0, 0, 0),
        ("sex Female", 2, 2, 1, 2, 1, 2, 2),  # the unknown sex could have been female
        ("age_years ≤ 35", 1, 1, 1, 1, 0, 1, 0),  # the patient of 40 years has no listed series to lose
    ]
    assert cohort.attrition.dropped().rows() == [
        ("made_up", "P-0001", "sex Female", False),
        ("made_up", "P-0002", "sex Female", True),
        ("made_up", "P-0003", "age_years ≤ 35", False),
    ]


def test_the_order_of_steps_says_who_loses_whom_but_not_who_is_left(commons: Catalog) -> None:
    one = commons.where(sex="Female").where(age_years=(None, 35)).attrition
    other = commons.where(age_years=(None, 35)).where(sex="Female").attrition
    assert one.table.row(-1)[1:4] == other.table.row(-1)[1:4]
    assert other.table["patients_lost"].to_list() == [0, 3, 0]
    assert other.table["patients_lost_missing"].to_list() == [0, 1, 0]
    assert one.dropped()["patient_id"].to_list() == other.dropped()["patient_id"].to_list()


@pytest.mark.parametrize(
    "condition",
    [
        {"column": "sex", "values": ["Male"], "missing": "exclude", "exclude": True},
        {"any": [{"column": "sex", "values": ["Male"], "missing": "keep"}], "exclude": True},
        {"all": [{"any": [{"column": "sex", "values": ["Male"], "missing": "keep"}], "exclude": True}]},
    ],
)
def test_who_is_left_out_for_a_missing_value_is_lost_for_that_only(commons: Catalog, condition: Any) -> None:
    attrition = cohort_of(commons.repository, [condition]).attrition
    assert attrition.table.row(1)[1:] == (2, 2, 1, 2, 1, 2, 2)
    assert attrition.dropped()["missing_only"].to_list() == [False, True]  # the man, the unknown


def test_a_value_that_was_missing_at_an_earlier_step_excuses_no_later_loss(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # The patient's CT stays at the first step, a series of unknown modality does not; then the patient's sex decides.
    series = [{"patient_key": 0, "study_key": 0, "modality": modality} for modality in ("CT", "Unknown")]
    made = make_repository(tmp_path_factory.mktemp("twice"), [{"sex": "Male"}], [{"patient_key": 0}], series)
    attrition = Catalog(made).where(modality="CT").where(sex="Female").attrition
    assert attrition.table["patients_lost_missing"].to_list() == [0, 0, 0]
    assert attrition.dropped().select("step", "missing_only").rows() == [("sex Female", False)]


@pytest.mark.parametrize("policy", ["keep", "only"])
def test_nobody_is_lost_for_a_missing_value_that_is_kept_or_asked_for(commons: Catalog, policy: Any) -> None:
    steps = commons.where(sex="Female", missing=policy).where(age_years=(0, 35), missing=policy).attrition
    assert steps.table["patients_lost_missing"].sum() == 0


def test_a_cohort_without_conditions_lost_nobody(commons: Catalog) -> None:
    attrition = commons.everything.attrition
    assert attrition.table.rows() == [("all", 4, 4, 3, 0, 0, 0, 0)]
    assert attrition.dropped().height == 0
    assert attrition.dropped().columns == ["collection_id", "patient_id", "step", "missing_only"]
    assert attrition.sentences == ["Made-up source v1 holds 4 patients."]


def test_an_empty_cohort_lost_everybody_once(commons: Catalog) -> None:
    nobody = commons.where(sex="Female").where(sex="Male").where(modality="CT")
    assert nobody.attrition.table["patients"].to_list() == [4, 2, 0, 0]
    assert nobody.attrition.dropped()["step"].to_list() == ["sex Male", "sex Female", "sex Female", "sex Male"]
    assert nobody.attrition.people["n_patients"].to_list() == [4, 2, 0, 0]


def test_people_are_summed_up_at_every_step_without_the_missing(commons: Catalog) -> None:
    people = commons.where(sex=["Female", "Unknown"]).where(sex="Unknown").where(sex="Male").attrition.people
    assert people.to_dicts() == [
        {
            "step": "all",
            "n_patients": 4,
            "n_female": 2,
            "n_sex_known": 3,
            "female_fraction": pytest.approx(2 / 3),
            "age_median": 40.0,  # of 30, 40, 50, as they are recorded
            "age_q1": 35.0,
            "age_q3": 45.0,
            "n_age_missing": 1,
        },
        {
            "step": "sex Female or Unknown",
            "n_patients": 3,
            "n_female": 2,
            "n_sex_known": 2,
            "female_fraction": 1.0,
            "age_median": 35.5,
            "age_q1": 33.25,
            "age_q3": 37.75,  # of 31 (the age at the selected study) and 40
            "n_age_missing": 1,
        },
        {  # one patient of whom nothing is known: no fraction of none
            "step": "sex Unknown",
            "n_patients": 1,
            "n_female": 0,
            "n_sex_known": 0,
            "female_fraction": None,
            "age_median": None,
            "age_q1": None,
            "age_q3": None,
            "n_age_missing": 1,
        },
        {
            "step": "sex Male",
            "n_patients": 0,
            "n_female": 0,
            "n_sex_known": 0,
            "female_fraction": None,
            "age_median": None,
            "age_q1": None,
            "age_q3": None,
            "n_age_missing": 0,
        },
    ]


def test_a_source_without_a_single_patient_prints(tmp_path_factory: pytest.TempPathFactory) -> None:
    commons = Catalog(make_repository(tmp_path_factory.mktemp("nobody"), [], [], []))
    assert commons.counts["patients"] == 0
    assert "0 patients" in repr(commons.everything)
    assert commons.everything._repr_html_()
    assert commons.everything.attrition.table.rows() == [("all", 0, 0, 0, 0, 0, 0, 0)]

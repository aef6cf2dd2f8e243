"""Conditions of every kind against loops over small random sources, and what they refuse."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog import by_hand
from tests.catalog.by_hand import LAWS, cohort_of, drawn, numbers, together
from tests.catalog.tiny import make_repository, place
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.errors import UnknownNameError

# ------------------------------------------------------------------ laws


@LAWS
@given(data=st.data())
def test_a_cohort_selects_and_counts_what_a_loop_over_the_rows_does(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    repository, rows = drawn(data, tmp_path_factory)
    entries = data.draw(by_hand.definitions(rows))
    cohort, expected = cohort_of(repository, entries), together(repository, rows, entries)
    assert numbers(cohort) == expected
    counts = by_hand.counts_of(rows, expected)
    assert {unit: cohort.counts[unit] for unit in counts} == counts
    assert cohort.counts["size_gb"] == pytest.approx(sum(rows[number]["size_mb"] for number in expected) / 1000)
    assert cohort.rows.to_list() == sorted(number for number in expected if rows[number]["listed"])
    assert cohort.patients["patient_key"].to_list() == sorted({rows[number]["patient_key"] for number in expected})


@LAWS
@given(data=st.data())
def test_the_order_of_conditions_does_not_change_who_is_selected(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    repository, rows = drawn(data, tmp_path_factory)
    entries = data.draw(by_hand.definitions(rows))
    shuffled = data.draw(st.permutations(entries))
    assert numbers(cohort_of(repository, shuffled)) == numbers(cohort_of(repository, entries))


@LAWS
@given(data=st.data())
def test_keep_is_exclude_and_only_together_at_any_level(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    repository, rows = drawn(data, tmp_path_factory)
    entry = data.draw(by_hand.criteria(rows).filter(lambda each: each.get("match") not in ("all", "each")))
    if not entry.get("values", entry.get("range")):
        return  # a criterion about the missing alone has one policy
    policies = ("exclude", "keep", "only")
    one = {policy: numbers(cohort_of(repository, [entry | {"missing": policy}])) for policy in policies}
    everything = {row["number"] for row in rows}
    if entry.get("exclude"):  # exclude leaves out the met and the missing, keep the met, only the missing
        assert everything - one["exclude"] == (everything - one["keep"]) | (everything - one["only"])
    else:
        assert one["keep"] == one["exclude"] | one["only"]


@LAWS
@given(data=st.data())
def test_excluding_is_the_complement_of_selecting(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    repository, rows = drawn(data, tmp_path_factory)
    entry = {name: value for name, value in data.draw(by_hand.criteria(rows)).items() if name != "exclude"}
    opposite = {"exclude": "keep", "keep": "exclude", "only": "only"}[entry["missing"]]
    left = numbers(cohort_of(repository, [entry | {"exclude": True, "missing": opposite}]))
    assert left == {row["number"] for row in rows} - numbers(cohort_of(repository, [entry]))


# ------------------------------------------------------------------ by hand


@pytest.fixture(scope="module")
def commons(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Five patients: two known women, a man, an unknown sex, one whose studies are not listed."""
    return Catalog(
        make_repository(
            tmp_path_factory.mktemp("tables"),
            [
                {"sex": "Female", "bmi": 22.5, "ward": "A1"},
                {"sex": "Female", "bmi": float("nan"), "ward": None},
                {"sex": "Male", "bmi": 31.0, "ward": "B 2"},
                {"sex": "Unknown", "bmi": None, "ward": "Not Reported"},
                {"sex": "Not Reported", "bmi": 40.0, "ward": "A1"},
            ],
            [{"patient_key": patient} for patient in range(4)],
            [
                {"patient_key": 0, "study_key": 0, "series_description": "Lung 1.0 (B70f)", "implant": True},
                {"patient_key": 1, "study_key": 1, "series_description": "LUNG window", "implant": False},
                {"patient_key": 2, "study_key": 2, "series_description": None, "implant": None},
                {"patient_key": 3, "study_key": 3, "series_description": "Scout.*", "implant": None},
                place(4),
            ],
        )
    )


def who(cohort: Cohort) -> list[int]:
    return cohort.patients["patient_key"].to_list()


@pytest.mark.parametrize(
    ("policy", "taken", "left"),
    [("exclude", [0, 1], [2]), ("keep", [0, 1, 3, 4], [2, 3, 4]), ("only", [3, 4], [0, 1, 2])],
)
def test_what_becomes_of_the_missing(commons: Catalog, policy: Any, taken: list[int], left: list[int]) -> None:
    assert who(commons.where(sex="Female", missing=policy)) == taken
    assert who(commons.exclude(sex="Female", missing=policy)) == left


def test_excluding_keeps_the_missing_unless_told_otherwise(commons: Catalog) -> None:
    assert who(commons.exclude(sex="Female")) == [2, 3, 4]
    assert who(commons.where(sex="Female")) == [0, 1]


def test_no_number_is_a_missing_one(commons: Catalog) -> None:
    assert who(commons.where(bmi=(20, None))) == [0, 2, 4]
    assert who(commons.where(bmi=None, missing="only")) == [1, 3]
    assert who(commons.exclude(bmi=(30, None))) == [0, 1, 3]


def test_a_flag_may_be_missing(commons: Catalog) -> None:
    assert who(commons.where(implant=False)) == [1]
    assert who(commons.where(implant=[True, False])) == [0, 1]
    assert who(commons.where(implant=True, missing="keep")) == [0, 2, 3, 4]
    assert who(commons.exclude(implant=True)) == [1, 2, 3, 4]


def test_a_category_that_is_null_can_be_asked_for_in_its_word(commons: Catalog) -> None:
    assert who(commons.where(ward="Not Reported")) == [1, 3]
    assert who(commons.where(ward=None, missing="only")) == [1, 3]
    assert who(commons.where(ward={"A1", "Not Reported"})) == [0, 1, 3, 4]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("lung", [0, 1]),
        ("LUNG W", [1]),
        (".*", [3]),
        ("(b70F)", [0]),
        ("1.0", [0]),
        ("1x0", []),
        (["scout", "window"], [1, 3]),
        ("t", [3]),
    ],
)
def test_a_search_takes_any_case_and_every_sign_as_it_stands(commons: Catalog, words: Any, expected: list[int]) -> None:
    assert who(commons.where(series_description=words)) == expected
    kept = who(commons.where(series_description=words, missing="keep"))
    assert kept == sorted({*expected, 2, 4})  # neither 2 nor 4 has a description
    assert who(commons.where(series_description=words, missing="only")) == [2, 4]


def test_numbers_of_every_type_are_compared_as_numbers(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = make_repository(
        tmp_path_factory.mktemp("numbers"),
        [{"dose": 0.5}, {"dose": 1.25}, {"dose": None}],
        [{"patient_key": patient} for patient in range(3)],
        [{"patient_key": patient, "study_key": patient, "size_mb": 0.1 * (patient + 1)} for patient in range(3)],
    )
    path = made.folder / "patients.parquet"
    patients = pl.read_parquet(path)
    small = pl.Series("small", [-128, 127, None], dtype=pl.Int8)
    patients.with_columns(pl.col("dose").cast(pl.Decimal(10, 2)), small).write_parquet(path)
    commons = Catalog(made)
    assert who(commons.where(dose=0.5)) == [0]
    assert who(commons.where(dose=[0.5, 1.25, 7])) == [0, 1]
    assert who(commons.where(dose=(1, 2))) == [1]
    assert who(commons.where(dose=None, missing="only")) == [2]
    assert who(commons.where(small=(-1000, 126.5))) == [0]
    assert who(commons.where(small=[127, 300, 0.5])) == [1]
    assert who(commons.where(size_mb=0.1)) == [0]  # as precise as the column
    assert who(commons.where(size_mb=(None, 0.2))) == [0, 1]
    for beyond in (10**30, -(10**30), 1e299):
        assert who(commons.where(small=beyond)) == who(commons.where(size_mb=beyond)) == []
        assert who(commons.where(small=(beyond, None))) == ([0, 1] if beyond < 0 else [])


def test_a_source_without_any_study_can_be_asked_about_its_patients(tmp_path_factory: pytest.TempPathFactory) -> None:
    people = [{"sex": "Female", "age_years": 40.0}, {"sex": "Male", "age_years": None, "age_missing": "Unknown"}]
    series = [place(0), place(1)]
    commons = Catalog(make_repository(tmp_path_factory.mktemp("studies"), people, [], series))
    assert dict(commons.counts) == {"patients": 2, "studies": 0, "series": 0, "instances": 0, "size_gb": 0.0}
    assert who(commons.where(age_years=(30, 50))) == [0]  # the patient's age stands in for that at the study
    assert who(commons.where(age_group="Unknown")) == [1]
    assert commons.everything.series().height == 0


# ------------------------------------------------------------------ whole messages


@pytest.mark.parametrize(
    ("criterion", "kind", "message"),
    [
        *(
            (
                {column: value},
                TypeError,
                f"{column} received a {name}. A value, a list or set of values, or a 2-tuple for a range would be "
                f"right. Write {column}=list(…).",
            )
            for column, value, name in [
                ("sex", np.array(["Female"]), "ndarray"),
                ("sex", pl.Series(["Female"]), "Series"),
                ("sex", {"Female": 1}, "dict"),
                ("sex", ["Female", ["Male"]], "list"),
                ("bmi", range(3), "range"),
                ("sex", b"Female", "bytes"),
                ("series_description", [("a", "b")], "tuple"),
            ]
        ),
        (
            {"sex": 5},
            UnknownNameError,
            "No sex value 5 in Made-up source. Valid: Female, Male, Other, Conflicting, Unknown, Not Reported, "
            "Not Applicable. Use one of these.",
        ),
        (
            {"ward": "A"},
            UnknownNameError,
            "A ward that Made-up source does not have was received. One of its values, 3 "
            "in all, would be right, as the source writes it; they are not shown, as they may tell patients apart. "
            "See them here: wb.facets.count(commons.everything, ['ward']).",
        ),
        (
            {"sex": "Female", "level": "person"},
            UnknownNameError,
            "No level 'person' in where. Valid: series, study, patient. The default is \"series\".",
        ),
        (
            {"sex": "Female", "match": "both"},
            UnknownNameError,
            "No match 'both' in where. Valid: any, all, each. The default is \"any\".",
        ),
        (
            {"level": "person"},
            UnknownNameError,
            "No level 'person' in where. Valid: series, study, patient. The default is \"series\".",
        ),
        (
            {"sex": "Female", "match": "all"},
            ValueError,
            'match="all" was received with level="series"; one series has one sex. match="all" and match="each" ask '
            'about a study or a patient. Add level="study" or level="patient".',
        ),
        *(
            (
                {"modality": value, "match": "each", "level": "study"},
                ValueError,
                f'modality={value!r} was received with match="each". A list of at least two values would be right, '
                'each of which the study has to hold. Write for instance modality=["CT", "MR"], or leave match out.',
            )
            for value in ("CT", ["CT"], ["CT", "CT"])
        ),
        (
            {"series_description": "  "},
            TypeError,
            "series_description='  ' was received. series_description holds words to search for, at most 500 "
            "characters. See commons.where(series_description=…) in notebook 21_cohort_selection.",
        ),
    ],
    ids=lambda case: repr(case)[:40],
)
def test_a_wrong_criterion_says_what_came_what_is_right_and_what_to_do(
    commons: Catalog, criterion: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        commons.where(**criterion)
    assert str(caught.value) == message

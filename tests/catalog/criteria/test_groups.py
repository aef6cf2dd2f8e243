"""Groups against plain logic, and the Python that rebuilds a cohort, executed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from tests.catalog.by_hand import (
    LAWS,
    QUERIES,
    cohort_of,
    criteria,
    definitions,
    drawn,
    groups,
    numbers,
    rows_of,
    windows,
)
from tests.catalog.tiny import entities, make_repository
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog, open_catalog

# ------------------------------------------------------------------ logic


@LAWS
@given(data=st.data())
def test_any_all_and_none_are_or_and_and_not(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    repository, rows = drawn(data, tmp_path_factory)
    one = data.draw(criteria(rows, inside=True))
    other = data.draw(st.one_of(criteria(rows, inside=True), groups(rows)))
    first, second = (numbers(cohort_of(repository, [entry])) for entry in (one, other))
    everything = {row["number"] for row in rows}

    def group(mode: str, *, exclude: bool = False) -> set[int]:
        return numbers(cohort_of(repository, [{mode: [one, other], **({"exclude": True} if exclude else {})}]))

    assert group("any") == first | second
    assert group("all") == first & second
    assert group("any", exclude=True) == everything - (first | second)
    assert group("all", exclude=True) == everything - (first & second)


@LAWS
@given(data=st.data())
def test_none_of_two_is_neither_and_not_both_is_not_one_or_not_the_other(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    repository, rows = drawn(data, tmp_path_factory)
    one, other = (data.draw(criteria(rows, inside=True)) for _ in range(2))
    level = data.draw(st.sampled_from(["series", "study", "patient"]))

    def out(*members: Any, mode: str = "any") -> dict[str, Any]:
        return {mode: list(members), "exclude": True}

    neither = {"all": [out(one), out(other)], "level": level}
    assert numbers(cohort_of(repository, [neither])) == numbers(
        cohort_of(repository, [{"all": [out(one, other)], "level": level}])
    )
    either_not = {"any": [out(one), out(other)], "level": level}
    assert numbers(cohort_of(repository, [either_not])) == numbers(
        cohort_of(repository, [{"any": [out(one, other, mode="all")], "level": level}])
    )


@pytest.fixture(scope="module")
def commons(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A woman with CT of the chest and MR of the head in one study, a man with CT of the head, somebody with CR."""
    return Catalog(
        make_repository(
            tmp_path_factory.mktemp("groups"),
            [
                {"sex": "Female", "pack years": 10.0, "class": "a'\"\\b"},
                {"sex": "Male"},
                {"sex": "Unknown", "class": "c", "count": "many"},
            ],
            [{"patient_key": patient} for patient in range(3)],
            [
                {"patient_key": 0, "study_key": 0, "modality": "CT", "body_region": "Chest"},
                {"patient_key": 0, "study_key": 0, "modality": "MR", "body_region": "Head"},
                {"patient_key": 1, "study_key": 1, "modality": "CT", "body_region": "Head"},
                {"patient_key": 2, "study_key": 2, "modality": "CR", "body_region": "Chest"},
            ],
            [{"patient_key": 1, "study_key": 1, "days_from_study": -2}],
        )
    )


def rows(cohort: Cohort) -> list[int]:
    return sorted(numbers(cohort))


def test_a_group_holds_for_one_series_unless_its_level_says_otherwise(commons: Catalog) -> None:
    assert rows(commons.where(wb.all_of(modality="MR", body_region="Chest"))) == []
    assert rows(commons.where(wb.all_of(modality="CT", body_region="Chest"))) == [0]
    assert rows(commons.where(wb.all_of(modality="CT", body_region="Chest", level="study"))) == [0, 1]
    assert rows(commons.where(wb.none_of(modality="MR", body_region="Chest", level="patient"))) == [2]
    # Two groups each at the level of the study ask for both in one study.
    both = commons.where(wb.any_of(modality="MR", level="study"), wb.any_of(body_region="Chest", level="study"))
    assert rows(both) == [0, 1]


def test_groups_stand_within_groups(commons: Catalog) -> None:
    asked = wb.any_of(wb.all_of(modality="CT", sex="Male"), wb.none_of(modality=["CT", "MR"]))
    assert rows(commons.where(asked)) == [2, 3]
    assert commons.where(asked).conditions[0].label == ("((modality CT and sex Male) or not (modality CT or MR))")


def test_a_missing_value_in_a_group_follows_the_group(commons: Catalog) -> None:
    assert rows(commons.where(wb.any_of(sex="Female", missing="keep"))) == [0, 1, 3]
    assert rows(commons.where(wb.none_of(sex="Female"))) == [2, 3]
    assert rows(commons.where(wb.none_of(sex="Female", missing="keep"))) == [2]


# ------------------------------------------------------------------ whole messages


@pytest.mark.parametrize(
    ("asked", "settings", "kind", "message"),
    [
        (
            "CT",
            {},
            TypeError,
            "where(…) received a str without a name. A criterion is written NAME=VALUE, a group wb.any_of(…) or "
            'wb.all_of(…). Write for instance where(modality="CT").',
        ),
        (
            wb.any_of(),
            {},
            ValueError,
            "An empty group was received. A group needs at least one criterion. "
            'Write for instance wb.any_of(modality="CT", body_region="Chest").',
        ),
        (
            wb.any_of(wb.all_of(modality="CT"), missing="drop"),  # type: ignore[arg-type]
            {},
            LookupError,
            "No missing policy 'drop' in where. Valid: exclude, keep, only. The default is \"exclude\".",
        ),
        (
            wb.any_of(modality="CT", level="person"),  # type: ignore[arg-type]
            {},
            LookupError,
            "No level 'person' in where. Valid: series, study, patient. The default is \"series\".",
        ),
        *(
            (
                wb.any_of(modality="CT"),
                given,
                ValueError,
                "missing, level or match was received beside groups only. A group has its own: "
                'wb.any_of(…, missing="keep", level="patient"). Write them inside the group.',
            )
            for given in ({"level": "patient"}, {"missing": "keep"}, {"match": "all"})
        ),
    ],
)
def test_a_wrong_group_says_what_is_right(
    commons: Catalog, asked: Any, settings: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        commons.where(asked, **settings)
    assert str(caught.value) == message


# ------------------------------------------------------------------ Python that rebuilds it


def rebuilt(cohort: Cohort, commons: Catalog) -> Cohort:
    """Execute what a user copies, in the catalog it speaks of."""
    names: dict[str, Any] = {"commons": commons}
    exec(cohort.to_python(), names)  # the text is what is tested
    made: Cohort = names["cohort"]
    return made


@LAWS
@given(data=st.data())
def test_the_python_of_any_cohort_selects_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    made = data.draw(entities(tested=True))
    made["measurements"].append({"patient_key": 0, "study_key": 0, "days_from_study": -1})
    repository = make_repository(tmp_path_factory.mktemp("tiny"), **made)
    entries = data.draw(definitions(rows_of(repository), others=[data.draw(windows(tests=["PCR"]))]))
    cohort = cohort_of(repository, entries)
    again = rebuilt(cohort, Catalog(repository))
    assert numbers(again) == numbers(cohort)
    assert again.counts == cohort.counts


def test_names_that_are_no_python_and_values_with_quotes_are_written_right(commons: Catalog) -> None:
    cohort = commons.where(**{"pack years": (5, None), "class": "a'\"\\b"}).exclude(**{"class": "c"})
    assert "**{'pack years': (5, None)}" in cohort.to_python()
    assert "**{'class': " in cohort.to_python()
    assert rebuilt(cohort, commons) == cohort
    assert rows(commons.where(count="many")) == [3]
    within = commons.where(wb.any_of(**{"class": ["c", "a'\"\\b"], "pack years": 3}))
    assert rebuilt(within, commons) == within


def test_a_group_that_holds_a_query_is_written_as_its_definition(commons: Catalog) -> None:
    (query, *_) = QUERIES
    window = {"near_test": "Positive", "days": [0, 5]}
    for member in ({"sql": query}, window, {"all": [window]}):
        cohort = cohort_of(commons.repository, [{"any": [member, {"column": "modality", "values": ["CR"]}]}])
        assert "cohort = commons.cohort_from({" in cohort.to_python()
        assert rebuilt(cohort, commons) == cohort
    assert rows(cohort) == [2, 3]


@settings(max_examples=8, deadline=None)
@given(
    asked=st.lists(
        st.sampled_from(
            [
                {"modality": ["CT", "MR"], "level": "study", "match": "each"},
                {"body_region": "Chest"},
                {"age_years": (18, 89), "missing": "keep"},
                {"sex": {"Female", "Male"}},
                {"size_mb": (None, 10.5)},
                {"series_description": "lung"},
            ]
        ),
        max_size=3,
    )
)
def test_the_python_of_the_embedded_commons_runs_as_it_is(asked: list[dict[str, Any]]) -> None:
    cohort = open_catalog().everything
    for criterion in asked:
        cohort = cohort.where(**criterion)
    cohort = cohort.where(wb.none_of(wb.all_of(modality="CT", derived=True), collection_id="nlst"))
    names: dict[str, Any] = {}
    exec(cohort.to_python(), names)
    assert names["cohort"] == cohort
    assert names["cohort"].counts == cohort.counts


def test_the_python_of_the_synthetic_commons_runs_as_it_is() -> None:
    cohort = open_catalog("synthetic").near_test("Positive", days=(-3, 14), which="first").exclude(sex="Male")
    names: dict[str, Any] = {}
    exec(cohort.to_python(), names)
    assert names["cohort"] == cohort
    assert names["cohort"].counts == cohort.counts
    assert cohort.counts["studies"] > 0

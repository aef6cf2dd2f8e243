"""What stands out: each rule fires on what it names, and only then."""

import polars as pl
import pytest

from workbench.assessment.census import Census, count_census
from workbench.vocabulary.demographics import COVID_STATUS, ETHNICITY, RACE, SEX


def census_of(
    by: dict[str, tuple[str, ...] | None], counts: dict[tuple[str, ...], int], unit: str = "patients"
) -> Census:
    rows = [cell for cell, n in counts.items() for _ in range(n)]
    schema = {name: pl.String if words is None else pl.Enum(words) for name, words in by.items()}
    return count_census(pl.DataFrame(rows, schema=schema, orient="row"), by=list(by), unit=unit)  # type: ignore[arg-type]


def test_groups_of_the_vocabulary_that_nobody_is_in_are_named() -> None:
    counts = {("White",): 30, ("Asian",): 20, ("Black or African American",): 18}
    assert census_of({"race": RACE}, counts).standouts == (
        "No patients are in the race groups American Indian or Alaska Native and "
        "Native Hawaiian or other Pacific Islander.",
    )


def test_an_absent_group_for_what_fits_nowhere_else_is_no_finding() -> None:
    assert census_of({"sex": SEX}, {("Male",): 20, ("Female",): 15}).standouts == (
        "Male is the largest group: 20 of 35 patients (57.1 %).",
    )
    assert census_of({"covid19_positive": COVID_STATUS}, {("Yes",): 20}).standouts == (
        "No patients are in the COVID-19 positive group No.",
    )


def test_an_empty_intersection_stands_out_where_people_would_be_expected() -> None:
    # 40 of 100 are Asian, 30 of 100 Hispanic: 12 of 100 would be both, were the two independent.
    hispanic, other = ETHNICITY[:2]
    counts = {("Asian", other): 40, ("White", other): 30, ("White", hispanic): 30}
    assert census_of({"race": RACE, "ethnicity": ETHNICITY}, counts).standouts[0] == (
        "No patients are Asian, Hispanic or Latino, where 12 would be expected were race and ethnicity independent."
    )
    few = {("Asian", other): 20, ("White", other): 50, ("White", hispanic): 30}  # 6 would be expected
    assert not any("expected" in text for text in census_of({"race": RACE, "ethnicity": ETHNICITY}, few).standouts)


def test_the_reason_for_which_most_are_missing_is_said_from_a_tenth_on() -> None:
    tenth = census_of({"site": None}, {("A",): 50, ("B",): 40, ("Not Reported",): 10})
    assert tenth.standouts == ("Site is Not Reported for 10 of 100 patients (10.0 %).",)
    less = census_of({"site": None}, {("A",): 50, ("B",): 41, ("Not Reported",): 9})
    assert less.standouts == ("A is the largest group: 50 of 100 patients (50.0 %).",)


def test_small_groups_are_named_smallest_first() -> None:
    counts = {("A",): 50, ("B",): 40, ("C",): 10, ("D",): 2, ("E",): 2, ("F",): 1}
    assert census_of({"site": None}, counts, "studies").standouts == (
        "4 groups have 10 studies or fewer: F (1), D (2), E (2) and 1 more.",
    )
    assert census_of({"site": None}, {("A",): 12, ("B",): 11}).standouts == (
        "A is the largest group: 12 of 23 patients (52.2 %).",
    )
    one = census_of({"site": None, "sex": None}, {("A", "Male"): 12, ("A", "Female"): 11, ("B", "Male"): 3})
    assert one.standouts == ("1 group has 10 patients or fewer: B, Male (3).",)


def test_a_group_of_twice_the_next_is_far_ahead() -> None:
    assert census_of({"site": None}, {("A",): 44, ("B",): 22}).standouts == (
        "A is the largest group, 2.0 times the next, B.",
    )


def test_of_groups_of_one_size_none_is_the_largest() -> None:
    assert census_of({"site": None}, {("A",): 20, ("B",): 20, ("C",): 15}).standouts == (
        "A and B are the largest groups: 20 of 55 patients (36.4 %) each.",
    )
    many = dict.fromkeys([("A",), ("B",), ("C",), ("D",), ("E",)], 20)
    assert census_of({"site": None}, {**many, ("F",): 11}).standouts == (
        "A, B, C and 2 more are the largest groups: 20 of 111 patients (18.0 %) each.",
    )
    assert census_of({"site": None}, {("A",): 44, ("B",): 22, ("C",): 22}).standouts == (
        "A is the largest group, 2.0 times the next, B and C.",
    )


def test_there_are_at_most_three_sentences_in_the_order_of_the_rules() -> None:
    counts = {("White",): 60, ("Asian",): 3, ("Not Reported",): 40}
    found = census_of({"race": RACE}, counts).standouts
    assert [text.split(" ")[0] for text in found] == ["No", "Race", "1"]


def test_names_with_commas_are_set_apart() -> None:
    counts = {("A", "Male"): 11, ("B", "Male"): 12, ("A", "Female"): 2, ("B", "Female"): 3}
    assert census_of({"site": None, "sex": None}, counts).standouts[0] == (
        "2 groups have 10 patients or fewer: A, Female (2) and B, Female (3)."
    )


@pytest.mark.parametrize("counts", [{}, {("Unknown",): 3}])
def test_nobody_known_leaves_only_the_missing(counts: dict[tuple[str, ...], int]) -> None:
    found = census_of({"sex": SEX}, counts).standouts
    assert found == (("Sex is Unknown for 3 of 3 patients (100.0 %).",) if counts else ())


def test_definitions_are_those_of_the_categories_shown() -> None:
    assert census_of({"race": RACE}, {("Asian",): 1}).definitions == (
        "Multiple or Other: more than one race, or one outside the five named; the sources give one value a patient, "
        "so that nobody counts in several races.",
    )
    assert census_of({"race": RACE, "site": None}, {("Asian", "A"): 1}).definitions == ()

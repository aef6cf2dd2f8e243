"""Table 1 by hand: counts, quartiles, everyone who is missing, and the cases that others leave undefined."""

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assessment.table_one import count_table_one
from workbench.assessment.table_one_text import attribute_words
from workbench.errors import UnknownNameError
from workbench.vocabulary.demographics import MISSING, SEX

PATIENTS = pl.DataFrame(
    {
        "site": ["A", "A", "A", "A", "B", "B", "B"],
        "sex": ["Male", "Male", "Female", "Not Reported", "Male", "Male", "Unknown"],
        "age_years": [20.0, 30.0, 40.0, 50.0, 60.0, 80.0, None],
        "age_years_missing": [None] * 6 + ["Not Applicable"],
        "icu": [True, False, False, None, True, True, True],
    },
    schema_overrides={"sex": pl.Enum(SEX), "site": pl.Categorical, "age_years": pl.Float32},
)


def test_every_count_has_its_denominator_and_the_missing_are_rows() -> None:
    table = count_table_one(PATIENTS, by="site", attributes=["sex"]).table
    rows = table.select("level", "kind", "group", "n", "n_total").rows()
    assert rows == [
        ("Female", "category", "Overall", 1, 7),
        ("Female", "category", "A", 1, 4),
        ("Female", "category", "B", 0, 3),
        ("Male", "category", "Overall", 4, 7),
        ("Male", "category", "A", 2, 4),
        ("Male", "category", "B", 2, 3),
        ("Unknown", "missing", "Overall", 1, 7),
        ("Unknown", "missing", "A", 0, 4),
        ("Unknown", "missing", "B", 1, 3),
        ("Not Reported", "missing", "Overall", 1, 7),
        ("Not Reported", "missing", "A", 1, 4),
        ("Not Reported", "missing", "B", 0, 3),
    ]


def test_a_level_absent_from_one_group_has_a_defined_difference_and_the_missing_do_not_enter_it() -> None:
    # Known sexes: A one of three female, B none of two. (1/3) / sqrt((2/9 + 0) / 2) = 1.
    smd = count_table_one(PATIENTS, by="site", attributes=["sex"]).smd
    assert smd.row(0) == ("sex", pytest.approx(1.0), "A", "B", 2, None, None)


def test_numbers_have_quartiles_by_linear_interpolation_and_missing_rows_by_reason() -> None:
    counted = count_table_one(PATIENTS, by="site", attributes=["age_years"])
    number, missing = counted.table.partition_by("kind", maintain_order=True)
    # A: 20, 30, 40, 50. The quartiles lie at positions 0.75, 1.5 and 2.25 from 0: 27.5, 35 and 42.5.
    a = number.row(1, named=True)
    assert (a["n"], a["n_total"], a["median"], a["q1"], a["q3"], a["mean"]) == (4, 4, 35.0, 27.5, 42.5, 35.0)
    assert a["sd"] == pytest.approx(math.sqrt(500 / 3))
    assert missing.select("level", "group", "n").rows() == [
        ("Not Applicable", "Overall", 1), ("Not Applicable", "A", 0), ("Not Applicable", "B", 1)
    ]  # fmt: skip
    # B: 60 and 80, mean 70, variance 200.
    assert counted.smd["smd"][0] == pytest.approx(35 / math.sqrt((500 / 3 + 200) / 2))


def test_the_display_says_what_each_cell_is() -> None:
    counted = count_table_one(PATIENTS, by="site", attributes=["age_years", "icu"], normal=["age_years"])
    assert counted.display.columns == ["attribute", "level", "Overall (n = 7)", "A (n = 4)", "B (n = 3)", "SMD"]
    assert counted.display.select(pl.exclude("SMD")).rows() == [
        ("Age, years", "mean (SD)", "46.7 (21.6)", "35.0 (12.9)", "70.0 (14.1)"),
        ("Age, years", "Not Applicable, n (%)", "1 (14.3)", "0 (0.0)", "1 (33.3)"),
        ("Icu, n (%)", "Yes", "4 (57.1)", "1 (25.0)", "3 (100.0)"),
        ("Icu, n (%)", "No", "2 (28.6)", "2 (50.0)", "0 (0.0)"),
        ("Icu, n (%)", "Not Reported", "1 (14.3)", "1 (25.0)", "0 (0.0)"),
    ]
    assert counted.display["SMD"].null_count() == 3
    assert counted.sentence == (
        "7 patients in 2 groups by site; age differs most (2.58 between A and B); age is missing for 1 (14.3 %)."
    )
    assert repr(counted).startswith(counted.sentence)
    assert counted.sentence in counted._repr_html_()
    assert "median [IQR]" in count_table_one(PATIENTS, attributes=["age_years"]).display["level"]


def test_of_several_groups_the_pair_that_differs_most_is_named() -> None:
    rows = pl.DataFrame({"part": list("aabbcc"), "size_mb": [1.0, 2.0, 1.0, 2.0, 8.0, 9.0]})
    counted = count_table_one(rows, by="part", attributes=["size_mb"], unit="studies")
    assert counted.smd.select("first", "second").row(0) == ("a", "c")
    assert counted.display["between"].to_list() == ["a, c"]
    assert "the largest between any two groups" in "".join(counted.notes)


def test_one_patient_has_no_standard_deviation_and_no_difference() -> None:
    rows = pl.DataFrame({"site": ["A", "B", "B"], "age_years": [50.0, 60.0, 70.0]})
    counted = count_table_one(rows, by="site", attributes=["age_years"], normal=["age_years"], tests=True)
    cells = ("60.0 (10.0)", "65.0 (7.1)", "50.0 (–)")
    assert counted.display.row(0) == ("Age, years", "mean (SD)", *cells, "–", "–", "Welch's t")


def test_an_asked_for_group_is_a_column_with_nobody_in_it() -> None:
    counted = count_table_one(PATIENTS, by="site", groups=["C", "A"], attributes=["sex", "age_years"], tests=True)
    assert counted.groups == ("Overall", "C", "A")
    assert counted.display["C (n = 0)"].unique().sort().to_list() == ["0 (–)", "–"]
    assert counted.smd["smd"].null_count() == 2


def test_without_rows_there_is_still_a_table() -> None:
    counted = count_table_one(PATIENTS.clear(), by="site", attributes=["sex", "age_years", "icu"], tests=True)
    assert counted.sentence == "There are no patients to count."
    assert counted.table["n"].to_list() == [0, 0, 0]
    assert counted.display.height == 3
    assert "There are no patients" in repr(counted)


def test_a_number_that_is_none_counts_as_unknown() -> None:
    rows = pl.DataFrame({"dose_mgy": [1.0, float("nan"), None]})
    table = count_table_one(rows, attributes=["dose_mgy"]).table
    assert table.select("level", "n").rows() == [(None, 1), ("Unknown", 1), ("Not Reported", 1)]


@pytest.mark.parametrize("attribute", ["age_years", "age_at_study_years"])
def test_the_reason_of_a_measure_is_found_without_its_unit(attribute: str) -> None:
    rows = pl.DataFrame({attribute: [None, 50.0, None], "age_missing": ["Not Applicable", None, None]})
    table = count_table_one(rows, attributes=[attribute]).table
    assert table.select("level", "n").rows() == [(None, 1), ("Not Reported", 1), ("Not Applicable", 1)]


def test_tests_are_named_and_explained(tmp_path: Path) -> None:
    counted = count_table_one(PATIENTS, by="site", attributes=["sex", "age_years"], tests=True)
    assert counted.smd["test"].to_list() == ["Fisher's exact", "Mann-Whitney U"]
    # All of A's four ages lie below B's two: one of 15 orders, in both directions 2 of 15.
    assert counted.smd["p"][1] == pytest.approx(2 / 15)
    written = counted.to_csv(tmp_path / "table_one.csv").read_text()
    assert written.splitlines()[0] == "attribute,level,Overall (n = 7),A (n = 4),B (n = 3),SMD,p,test"
    assert all(note in written.replace('"', "") for note in counted.notes)
    assert pl.read_csv(tmp_path / "table_one.csv").height == counted.display.height + len(counted.notes)


def test_columns_are_named_in_words() -> None:
    words = [attribute_words(name) for name in ("collection_id", "age_at_study_years", "size_mb", "covid19_positive")]
    assert words == ["collection", "age at study, years", "size, MB", "COVID-19 positive"]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(SEX), st.none() | st.floats(0, 90)), min_size=1))
def test_levels_add_up_to_the_column_and_columns_to_overall(people: list[tuple[str, str, float | None]]) -> None:
    rows = pl.DataFrame(people, {"site": pl.String, "sex": pl.Enum(SEX), "age_years": pl.Float64}, orient="row")
    counted = count_table_one(rows, by="site", attributes=["sex", "age_years"])
    sums = counted.table.group_by("attribute", "group").agg(pl.col("n").sum(), pl.col("n_total").first())
    assert sums["n"].equals(sums["n_total"], check_names=False)
    grouped = counted.table.filter(pl.col("group") != "Overall").group_by("attribute", "level").agg(pl.col("n").sum())
    overall = counted.table.filter(pl.col("group") == "Overall").select("attribute", "level", "n")
    assert grouped.sort("attribute", "level").equals(overall.sort("attribute", "level"))
    assert not counted.smd["smd"].is_nan().any()
    n_missing = sum(sex in MISSING for _, sex, _ in people)
    assert counted.smd["n_missing"].to_list() == [n_missing, sum(age is None for *_, age in people)]


def test_statistics_agree_with_an_independent_library() -> None:
    rng = np.random.default_rng(5)
    rows = pl.DataFrame({"site": rng.choice(list("AB"), 400), "size_mb": rng.gamma(2, 30, 400)})
    table = count_table_one(rows, by="site", attributes=["size_mb"]).table
    for group, frame in rows.group_by("site"):
        found = table.filter(pl.col("group") == group[0]).select("mean", "sd", "median", "q1", "q3").row(0)
        size = frame["size_mb"]
        quartiles = [size.quantile(share, "linear") for share in (0.5, 0.25, 0.75)]
        assert found == pytest.approx((size.mean(), size.std(), *quartiles))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"attributes": ["sexx"]},
            "No column 'sexx' in patients. Did you mean 'sex'? Valid: site, sex, age_years, age_years_missing, icu. "
            "Pass one of these in attributes=.",
        ),
        (
            {"attributes": ["sex"], "by": "sites"},
            "No column 'sites' in patients. Did you mean 'site'? Valid: site, sex, age_years, age_years_missing, icu. "
            "Pass one of these in by=.",
        ),
        (
            {"attributes": ["sex"], "unit": "people"},
            "No unit 'people' in a Table 1. Valid: patients, studies, series, instances. "
            "Say what one row of the frame is.",
        ),
        (
            {"attributes": ["age_years", "sex"], "normal": ["sex"]},
            "No number 'sex' in attributes. Valid: age_years. Pass one of these in normal=.",
        ),
        (
            {"attributes": []},
            "Received attributes=[]. A Table 1 needs at least one attribute. "
            "Pass one or more of the columns: site, sex, age_years, age_years_missing, icu.",
        ),
        (
            {"attributes": ["sex", "site"], "by": "site"},
            "Received by='site', which is also among the attributes. A group cannot be described by what made it. "
            "Leave 'site' out of attributes=.",
        ),
        (
            {"attributes": ["sex"], "by": "site", "groups": ["A", "A"]},
            "Received groups=['A', 'A']. Each group makes one column. Name each one once.",
        ),
    ],
)
def test_errors_say_what_to_do(arguments: dict[str, object], message: str) -> None:
    with pytest.raises((UnknownNameError, ValueError)) as caught:
        count_table_one(PATIENTS, **arguments)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_a_group_that_is_only_missing_does_not_compete_for_the_largest_difference() -> None:
    rows = pl.DataFrame(
        {"sex": ["Male"] * 4 + ["Female"] * 4 + ["Unknown"] * 2, "site": ["A", "A", "A", "B"] * 2 + ["C", "C"]}
    )
    found = count_table_one(rows, by="sex", attributes=["site"]).smd.row(0, named=True)
    assert found["smd"] == 0.0  # men and women are three quarters at A each; whose sex is unknown is at C
    assert {found["first"], found["second"]} == {"Female", "Male"}

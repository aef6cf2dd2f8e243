"""The balance of a split, by hand."""

import math

import polars as pl
import pytest

from workbench.assessment.balance import balance_report
from workbench.errors import UnknownNameError

SPLIT = pl.DataFrame(
    {
        "person_id": ["p1", "p2", "p2", "p2", "p3", "p4"],
        "sex": ["Male", "Female", "Male", "Female", "Male", "Female"],
        "age_years": [40.0, 50.0, 50.0, 50.0, 60.0, None],
        "part": ["train", "train", "train", "train", "test", "test"],
    },
    schema_overrides={"part": pl.Enum(["train", "test"])},
)


def test_each_person_counts_once_a_part_beside_the_share_of_everybody() -> None:
    report = balance_report(SPLIT, attributes=["sex", "age_years"], fractions={"train": 0.5, "test": 0.5})
    assert report.sizes.rows() == [("train", 2, 0.5, 0.5), ("test", 2, 0.5, 0.5)]
    female = report.table.row(by_predicate=(pl.col("level") == "Female") & (pl.col("part") == "test"), named=True)
    assert (female["n"], female["n_total"], female["fraction"], female["input_fraction"]) == (1, 2, 0.5, 0.5)
    assert female["difference"] == 0
    # Two of four drawn: sqrt(0.25 / 2 * 2 / 3)
    assert female["sd_random"] == pytest.approx(math.sqrt(0.25 / 2 * 2 / 3))


def test_the_verdict_names_the_attribute_that_differs_most() -> None:
    report = balance_report(SPLIT, attributes=["sex"])
    assert report.sentence == "train 2, test 2; the largest standardized difference is 0.000, in sex, below 0.1."
    assert repr(report).startswith(report.sentence)
    assert report.sentence in report._repr_html_()


def test_rows_in_no_part_and_an_empty_split_are_survived() -> None:
    assert balance_report(SPLIT.with_columns(part=None), attributes=["sex"]).sentence == "No part; nothing to compare."
    assert balance_report(SPLIT.clear(), attributes=["sex"]).sizes.is_empty()


def test_a_table_without_units_is_counted_by_row() -> None:
    assert balance_report(SPLIT.drop("person_id"), attributes=["sex"]).sizes["n"].to_list() == [4, 2]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(UnknownNameError) as caught:
        balance_report(SPLIT.select("sex", "part"), attributes=["race"])
    assert str(caught.value) == "No column 'race' in the split. Valid: sex, part. Pass one of these in attributes=."

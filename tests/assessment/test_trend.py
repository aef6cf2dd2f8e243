"""Who came when: new in each period, so far, and at a date between two periods."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.assessment.census import count_census
from workbench.assessment.trend import count_trend
from workbench.errors import UnknownNameError
from workbench.vocabulary.demographics import SEX

# In no order: a woman and a man on 4 August, a man and one of unknown sex on 1 September, a man without a date.
BATCHES = pl.DataFrame(
    {
        "sex": ["Male", "Female", "Unknown", "Male", "Male"],
        "batch": [date(2021, 9, 1), date(2021, 8, 4), date(2021, 9, 1), date(2021, 8, 4), None],
    },
    schema_overrides={"sex": pl.Enum(SEX)},
)


def test_each_period_has_its_new_patients_and_all_up_to_then() -> None:
    trend = count_trend(BATCHES, by="sex", over="batch")
    shown = trend.table.filter(pl.col("n_cumulative") > 0)
    counts = ("n", "n_period", "n_cumulative", "n_total")
    assert shown.select("period", "sex", *counts).rows() == [
        (date(2021, 8, 4), "Female", 1, 2, 1, 2),
        (date(2021, 8, 4), "Male", 1, 2, 1, 2),
        (date(2021, 9, 1), "Female", 0, 2, 1, 4),
        (date(2021, 9, 1), "Male", 1, 2, 2, 4),
        (date(2021, 9, 1), "Unknown", 1, 2, 1, 4),
    ]
    assert shown["fraction"].to_list() == [0.5, 0.5, 0.25, 0.5, 0.25]
    assert shown["fraction_new"].to_list() == [0.5, 0.5, 0, 0.5, 0.5]
    assert trend.table.height == 2 * len(SEX)  # absent groups are rows
    # Wilson, one of two: z² = 3.8415, center 0.5, half √(3.8415 (0.125 + 3.8415/16)) / (1 + 3.8415/2) = 0.4055
    low, high = trend.table.select("fraction_new_low", "fraction_new_high").row(0)
    assert (low, high) == pytest.approx((0.0945, 0.9055), abs=1e-4)


def test_who_has_no_period_is_counted_and_said() -> None:
    trend = count_trend(BATCHES, by="sex", over="batch")
    assert trend.n_without_period == 1
    assert trend.notes[:2] == (
        "Patients count from their earliest batch on. Between two periods the earlier one holds; before the first "
        "there is nothing to count.",
        "1 patients without a batch are left out.",
    )
    assert all(note in repr(trend) and note in trend._repr_html_() for note in trend.notes[:2])
    assert trend.sentence == (
        "4 patients by batch 2021-09-01; by sex, the shares of Female and Unknown changed most since 2021-08-04 (2 "
        "patients), that of Female from 50.0 % to 25.0 %."
    )


@pytest.mark.parametrize(
    ("asked", "n"),
    [
        (date(2021, 8, 4), 2),
        ("2021-08-31", 2),
        (datetime(2021, 9, 1, 12), 4),  # noqa: DTZ001 - a date with a time of day, as a user may have it
        ("2030-01-01", 4),
    ],
)
def test_a_census_at_a_date_is_that_of_the_last_period_not_after_it(asked: Any, n: int) -> None:
    trend = count_trend(BATCHES, by="sex", over="batch")
    then = BATCHES.filter(pl.col("batch") <= date(2021, 8 if n == 2 else 9, 4 if n == 2 else 1))
    expected = count_census(then, by=["sex"])
    found = trend.at(asked)
    assert found.table.equals(expected.table)
    assert found.missing.equals(expected.missing)
    assert (found.n_total, found.by, found.unit, found.overlapping) == (n, ("sex",), "patients", False)


def test_a_patient_belongs_to_the_first_period_and_may_gain_a_category_later() -> None:
    # 1: CT in release 2 and again in 3, DX in 3.  2: DX in 3.
    rows = pl.DataFrame({"patient": [1, 2, 1, 1], "kind": ["CT", "DX", "DX", "CT"], "release": [2, 3, 3, 3]})
    trend = count_trend(rows, by="kind", over="release", key="patient")
    counts = ("n", "n_period", "n_cumulative", "n_total")
    assert sorted(trend.table.select("period", "kind", *counts).rows()) == [
        (2, "CT", 1, 1, 1, 1),
        (2, "DX", 0, 1, 0, 1),
        (3, "CT", 0, 1, 1, 2),
        (3, "DX", 1, 1, 2, 2),
    ]
    assert (trend.overlapping, trend.at(3).overlapping) == (True, True)


def test_a_period_without_anyone_new_has_no_new_share() -> None:
    rows = pl.DataFrame({"patient": [1, 1], "kind": ["CT", "DX"], "release": [1, 2]})
    last = count_trend(rows, by="kind", over="release", key="patient").table.filter(pl.col("period") == 2)
    assert last["n_period"].to_list() == [0, 0]
    assert last["fraction_new"].null_count() == last["fraction_new_low"].null_count() == 2


_UNITS = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(["CT", "DX", "MR"]), st.one_of(st.none(), st.integers(1, 4))),
    max_size=30,
)


@settings(deadline=None)
@given(_UNITS)
def test_the_census_at_each_period_is_that_of_the_rows_up_to_it(rows: list[tuple[int, str, int | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"patient": pl.Int64, "kind": pl.String, "release": pl.Int64}, orient="row")
    trend = count_trend(frame, by="kind", over="release", key="patient")
    assert trend.n_without_period == len({row[0] for row in rows} - {row[0] for row in rows if row[2] is not None})
    news = 0
    for period in trend.periods:
        sofar = [row for row in rows if row[2] is not None and row[2] <= period]
        found = {kind: n for kind, n in trend.at(period).table.select("kind", "n_patients").iter_rows() if n}
        assert found == {kind: len({key for key, own, _ in sofar if own == kind}) for kind in {row[1] for row in sofar}}
        news += trend.table.filter(pl.col("period") == period)["n_period"][0]
        assert trend.at(period).n_total == len({row[0] for row in sofar}) == news


def test_dates_are_gathered_by_month() -> None:
    trend = count_trend(BATCHES, by="sex", over="batch", every="month")
    assert trend.periods.to_list() == [date(2021, 8, 1), date(2021, 9, 1)]
    assert "from their earliest month of batch on" in trend.rule
    assert trend.sentence.startswith("4 patients by batch 2021-09; ")


def test_a_sentence_ranks_no_changes_where_shares_are_hidden() -> None:
    trend = count_trend(BATCHES, by="sex", over="batch")
    hidden = pl.when(pl.col("sex").cast(pl.String) != "Male").then("fraction").alias("fraction")
    assert replace(trend, table=trend.table.with_columns(hidden)).sentence == "4 patients by batch 2021-09-01, by sex."


@pytest.mark.parametrize(
    ("values", "periods"),
    [
        (["2021-09-01", "2021-08-04"], [date(2021, 8, 4), date(2021, 9, 1)]),
        (["2021-11", "2021-09"], ["2021-09", "2021-11"]),
        (pl.Series(["v10", "v9"], dtype=pl.Enum(["v9", "v10"])), ["v9", "v10"]),
        ([10.0, float("nan")], [10.0]),
        ([datetime(2021, 8, 4, 9), datetime(2021, 8, 4, 17)], [date(2021, 8, 4)]),  # noqa: DTZ001
    ],
)
def test_periods_of_any_ordered_kind_ascend(values: Any, periods: list[Any]) -> None:
    rows = pl.DataFrame({"sex": ["Male", "Female"], "when": values})
    assert count_trend(rows, by="sex", over="when").periods.to_list() == periods


def test_nothing_dated_gives_no_rows_and_says_so() -> None:
    trend = count_trend(BATCHES.tail(1), by="sex", over="batch")
    assert (trend.table.height, trend.n_without_period) == (0, 1)
    assert trend.sentence == "There are no patients with a batch to count."
    with pytest.raises(ValueError, match="batch") as caught:
        trend.at("2021-08-04")
    assert str(caught.value) == (
        "Received period='2021-08-04', but nothing has a batch. A trend with rows has periods. "
        "Count over another column."
    )


# ------------------------------------------------------------------ refusals


def test_a_date_before_the_first_period_is_refused() -> None:
    with pytest.raises(ValueError, match="before") as caught:
        count_trend(BATCHES, by="sex", over="batch").at("2019-01-01")
    assert str(caught.value) == (
        "Received period=2019-01-01, which is before the first batch, 2021-08-04. Nothing was counted then. "
        "Ask for 2021-08-04 or later."
    )


@pytest.mark.parametrize(("over", "asked"), [("batch", "August"), ("batch", 2021), ("release", "v1"), ("tier", "z")])
def test_a_period_of_another_kind_is_refused(over: str, asked: Any) -> None:
    tier = pl.Series("tier", ["b"] * 5, dtype=pl.Enum(["a", "b"]))
    rows = BATCHES.with_columns(tier, release=pl.lit(3))
    ends = {"batch": "Batch goes from 2021-08-04 to 2021-09-01", "release": "Release goes from 3 to 3"}
    with pytest.raises(ValueError, match="period") as caught:
        count_trend(rows, by="sex", over=over).at(asked)
    assert str(caught.value) == (
        f"Received period={asked!r}. {ends.get(over, 'Tier goes from b to b')}. "
        "Ask for one of these, or for one between them written alike."
    )


@pytest.mark.parametrize("values", [["v9", "v10"], ["2021-13-01", "2021-01-01"], ["2021-08", "2021"]])
def test_texts_without_an_order_are_refused_and_not_shown(values: list[str]) -> None:
    with pytest.raises(ValueError, match="texts") as caught:
        count_trend(pl.DataFrame({"sex": ["Male", "Male"], "when": values}), by="sex", over="when")
    assert str(caught.value) == (
        "Received over='when', a column of texts that are not all dates. A trend needs an order: numbers, dates, "
        "an Enum, or texts all written as 2021-08-04, 2021-08 or 2021. Convert the column first."
    )


def test_flags_are_no_periods() -> None:
    with pytest.raises(ValueError, match="Boolean") as caught:
        count_trend(pl.DataFrame({"sex": ["Male"], "late": [True]}), by="sex", over="late")
    assert str(caught.value) == (
        "Received over='late', a column of type Boolean. A trend needs an order: numbers, dates, an Enum, or texts "
        "written as dates. Pass such a column in over=."
    )


def test_numbers_are_not_gathered_by_month() -> None:
    with pytest.raises(ValueError, match="every") as caught:
        count_trend(pl.DataFrame({"sex": ["Male"], "release": [1]}), by="sex", over="release", every="month")
    assert str(caught.value) == (
        "Received every='month' with over='release', a column of type Int64. Only dates can be gathered by month, "
        "quarter or year. Leave every= out, or pass a column of dates in over=."
    )


@pytest.mark.parametrize("argument", ["by", "over", "key"])
def test_an_unknown_column_names_the_argument(argument: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        count_trend(BATCHES, **{"by": "sex", "over": "batch", argument: "sexx"})  # type: ignore[arg-type]
    assert str(caught.value) == (
        f"No column 'sexx' in patients. Did you mean 'sex'? Valid: sex, batch. Pass one of these in {argument}=."
    )


@pytest.mark.parametrize("name", ["n", "period", "fraction", "n_cumulative", "fraction_new_low"])
def test_a_name_that_the_trend_uses_itself_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="own") as caught:
        count_trend(BATCHES.with_columns(pl.lit("A").alias(name)), by=name, over="batch")
    assert str(caught.value) == (
        f"Received by={name!r}, which is what the result calls a number of its own. Any other name would be right. "
        f"Rename it: rows.rename({{{name!r}: 'own_{name}'}})."
    )


def test_an_unknown_unit_lists_the_four() -> None:
    with pytest.raises(UnknownNameError) as caught:
        count_trend(BATCHES, by="sex", over="batch", unit="foo")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "No unit 'foo' in a trend. Valid: patients, studies, series, instances. Say what one row of the frame is."
    )


def test_decimal_numbers_are_no_categories() -> None:
    with pytest.raises(ValueError, match="decimal") as caught:
        count_trend(BATCHES.with_columns(age_years=pl.lit(1.5)), by="age_years", over="batch")
    assert str(caught.value) == (
        "Received by='age_years', a column of decimal numbers. Categories are counted. "
        "Band it first, for ages with workbench.vocabulary.demographics.age_group."
    )


def test_an_unknown_step_lists_the_three() -> None:
    with pytest.raises(UnknownNameError) as caught:
        count_trend(BATCHES, by="sex", over="batch", every="week")  # type: ignore[arg-type]
    assert str(caught.value) == ("No step 'week' in a trend. Valid: month, quarter, year. Pass one of these in every=.")


def test_a_version_of_the_index_is_called_so() -> None:
    rows = pl.DataFrame({"sex": ["Male", "Female"], "first_version": [1, 2]})
    assert count_trend(rows, by="sex", over="first_version").sentence.startswith("2 patients by IDC version 2; by sex")


def test_texts_are_ordered_by_all_who_came() -> None:
    rows = pl.DataFrame(
        {"patient": [1, 1, 1, 2, 3], "kind": ["CT", "CT", "CT", "DX", "DX"], "release": [1, 1, 2, 2, 2]}
    )
    trend = count_trend(rows, by="kind", over="release", key="patient")
    assert trend.table["kind"].to_list() == ["DX", "CT"] * 2
    assert trend.at(2).table.equals(count_census(rows, by=["kind"], key="patient").table)


def test_of_shares_that_changed_alike_none_changed_most() -> None:
    rows = pl.DataFrame({"sex": ["Male", "Female", "Female"], "release": [1, 1, 2]})
    assert count_trend(rows, by="sex", over="release").sentence == (
        "3 patients by release 2; by sex, the shares of Female and Male changed most since 1 (2 patients), that of "
        "Female from 50.0 % to 66.7 %."
    )


def test_the_missing_can_change_most() -> None:
    """Of 10 men and 10 women first, then 10 women and 20 without a sex: 50 to 20 %, 50 to 40 %, and 0 to 40 %."""
    sexes = [*["Male"] * 10, *["Female"] * 20, *["Not Reported"] * 20]
    rows = pl.DataFrame({"sex": sexes, "release": [1] * 20 + [2] * 30})
    assert count_trend(rows, by="sex", over="release").sentence == (
        "50 patients by release 2; by sex, the share of Not Reported changed most since 1 (20 patients), from 0.0 % to "
        "40.0 %."
    )


def test_shares_that_hardly_moved_are_said_to_stand() -> None:
    """Of 1,000 half are men, of 2,000 the half and 9."""
    sexes = [*["Male", "Female"] * 500, *["Male"] * 509, *["Female"] * 491]
    rows = pl.DataFrame({"sex": sexes, "release": [1] * 1000 + [2] * 1000})
    assert count_trend(rows, by="sex", over="release").sentence == (
        "2,000 patients by release 2; by sex, no share moved by 1 in 100 or more since 1 (1,000 patients)."
    )

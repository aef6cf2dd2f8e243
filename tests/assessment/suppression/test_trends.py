"""What is hidden in a trend, worked out by hand and against an audit of its own."""

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from tests.assessment.suppression.families import patients
from tests.thorough import examples
from workbench.assessment.suppression import suppress_trend
from workbench.assessment.trend import Trend, count_trend

COUNTS = ["n", "n_period", "n_cumulative", "n_total"]


def trend_of(*batches: dict[str, int]) -> Trend:
    """One batch after the other: category to how many came."""
    came = {(str(at), category): n for at, batch in enumerate(batches, start=1) for category, n in batch.items()}
    frame = patients(came, ["batch", "site"]).with_columns(pl.col("batch").cast(pl.Int64))
    return count_trend(frame, by="site", over="batch")


def shown(trend: Trend, name: str) -> list[int | None]:
    return trend.table.sort("period", pl.col("site").cast(pl.String))[name].to_list()


def test_a_trend_of_large_numbers_is_shown_whole() -> None:
    trend = trend_of({"A": 20, "B": 30}, {"A": 15, "B": 40})
    whole, exact = (
        each.table.with_columns(pl.col("site").cast(pl.String)).sort("period", "site")
        for each in (suppress_trend(trend), trend)
    )
    assert whole.equals(exact)


def test_two_cumulative_counts_may_not_give_away_what_came_between() -> None:
    # 3 came to B: neither 3, nor 45 - 42, nor 33 - 30 may be shown. Hiding the first batch's split is cheapest, for
    # it is one number in two columns, and leaves what is shown of today.
    trend = suppress_trend(trend_of({"A": 20, "B": 30}, {"A": 42, "B": 3}))
    assert shown(trend, "n") == [None] * 4
    assert shown(trend, "n_cumulative") == [None, None, 62, 33]
    assert shown(trend, "n_period") == [50, 50, 45, 45]
    assert shown(trend, "n_total") == [50, 50, 95, 95]


def test_a_small_batch_is_hidden_whole() -> None:
    trend = suppress_trend(trend_of({"A": 50}, {"A": 4}, {"A": 60}))
    assert shown(trend, "n_period")[1] is None
    # Two of the totals 50, 54 and 114 would give away the 4, or the last two less the last batch of 60.
    first, second, third = shown(trend, "n_total")
    assert None in (first, second)
    assert None in (first, third, shown(trend, "n_period")[2])


def test_a_share_is_shown_where_both_of_its_counts_are() -> None:
    table = suppress_trend(trend_of({"A": 20, "B": 30}, {"A": 42, "B": 3})).table.sort("period", "site")
    assert table["fraction"].to_list() == [None, None, 62 / 95, 33 / 95]
    assert table.select("fraction_new", "fraction_new_low", "fraction_new_high").null_count().row(0) == (4, 4, 4)
    assert table.select("fraction_low", "fraction_high").null_count().row(0) == (2, 2)


def test_patients_without_a_period_are_a_count_too() -> None:
    frame = pl.DataFrame({"site": ["A"] * 40, "batch": [1] * 35 + [None] * 5})
    assert suppress_trend(count_trend(frame, by="site", over="batch")).n_without_period is None


def test_the_stamp_says_what_is_not_shown_and_the_order_tells_nothing() -> None:
    trend = suppress_trend(trend_of({"Z": 90, "M": 40, "A": 30, "B": 5}))
    assert trend.stamp == "Counts of 1–10 patients, and those that would give them away, are hidden."
    assert trend.table["site"].to_list() == ["A", "B", "M", "Z"]
    assert trend.table["n"].to_list() == [None, None, 40, 90]
    assert not re.search(r"\b(5|30)\b", repr(trend) + trend._repr_html_())


def test_a_trend_of_groups_that_share_patients_is_refused() -> None:
    # 34 with CT and 34 with DX among 64: 4 have both.
    rows = [(i, "CT") for i in range(34)] + [(i, "DX") for i in range(30, 64)]
    series = pl.DataFrame(rows, schema=["patient", "modality"], orient="row").with_columns(batch=1)
    message = (
        "Received a trend by modality in which a patient may be in several groups. Such counts tell how many are in "
        "two of them, however large they are themselves. Count combinations instead, in which each patient counts "
        "once: workbench.assessment.combinations.combine_groups"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        suppress_trend(count_trend(series, by="modality", over="batch", key="patient"))


def test_a_trend_by_zip_code_is_refused() -> None:
    trend = count_trend(pl.DataFrame({"zip3": ["606"] * 40, "batch": [1] * 40}), by="zip3", over="batch")
    with pytest.raises(ValueError, match=r"^Received a table by zip3\."):
        suppress_trend(trend)


@pytest.mark.parametrize(("unit", "state"), [("studies", "one of studies"), ("patients", "one with hidden counts")])
def test_only_an_exact_trend_of_patients_is_suppressed(unit: str, state: str) -> None:
    frame = pl.DataFrame({"site": ["A"] * 40 + ["B"] * 5 + ["C"] * 30, "batch": [1] * 75})
    trend = count_trend(frame, by="site", over="batch", unit=unit)
    message = (
        f"Received a trend by site, {state}. Small counts are found in exact counts of patients. Suppress a trend "
        "once, as `count_trend` gave it of patients."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        suppress_trend(suppress_trend(trend) if unit == "patients" else trend)


batches = st.lists(
    st.lists(st.sampled_from([0, 0, 1, 3, 10, 11, 12, 25, 60]), min_size=3, max_size=3).filter(any),
    min_size=1,
    max_size=4,
).filter(lambda batches: all(map(any, zip(*batches, strict=True))))


@settings(
    max_examples=examples(30), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(batches)
def test_no_small_number_can_be_derived_from_a_random_trend(batches: list[list[int]]) -> None:
    table = suppress_trend(trend_of(*(dict(zip("ABC", each, strict=True)) for each in batches))).table
    n = len(batches)
    figures: dict[tuple[float, ...], int | None] = {}  # which new patients a number sums, and the number
    for row in table.iter_rows(named=True):
        at, site = row["period"] - 1, "ABC".index(row["site"])
        new, so_far, one = np.zeros((n, 3)), np.zeros((n, 3)), np.zeros((n, 3))
        new[at], so_far[: at + 1], one[:, site] = 1, 1, 1
        for sums, name in zip((new * one, new, so_far * one, so_far), COUNTS, strict=True):
            assert figures.setdefault(tuple(sums.ravel()), row[name]) == row[name]
    limits = [(1, np.inf) if count is None else (count, count) for count in figures.values()]
    known = LinearConstraint(np.array(list(figures)), *np.array(limits, dtype=float).T)
    seen: list[np.ndarray] = []
    for sums, count in figures.items():
        if count is None and not any(np.dot(sums, each) > 10.5 for each in seen):
            found = milp(-np.array(sums), constraints=known, bounds=Bounds(0, 500), integrality=np.ones(3 * n))
            seen.append(np.round(found.x))
            assert np.dot(sums, seen[-1]) > 10.5
        assert count is None or not 1 <= count <= 10

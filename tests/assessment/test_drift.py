import dataclasses
import datetime

import polars as pl
import pytest

from workbench.assessment.drift import distance_trend
from workbench.assessment.references import read_reference
from workbench.assessment.trend import count_trend
from workbench.errors import UnknownNameError

CENSUS = read_reference("us_census")
DAYS = [datetime.date(2021, 8, 4), datetime.date(2021, 8, 20), datetime.date(2021, 9, 2)]
PATIENTS = pl.DataFrame(
    {
        "sex": ["Male"] * 4 + ["Female"] * 4 + ["Unknown", "Unknown"],
        "batch": [DAYS[0]] * 4 + [DAYS[1]] * 4 + [DAYS[1], DAYS[2]],
    }
)
TREND = count_trend(PATIENTS, by="sex", over="batch")


def test_the_distance_so_far_shrinks_as_the_missing_group_arrives() -> None:
    told = distance_trend(TREND, CENSUS)
    assert told["period"].to_list() == DAYS
    # Women are 50.75 %: nobody at first, then half.
    assert told["total_variation"].to_list() == pytest.approx([0.5075, 0.0075, 0.0075])
    assert told.select("n_patients", "n_missing").rows() == [(4, 0), (8, 1), (8, 2)]
    assert told.select("attribute", "missing", "reference", "year").unique().rows() == [
        ("sex", "excluded", CENSUS.title, "unknown")
    ]


def test_what_is_new_in_a_period_is_measured_alone() -> None:
    told = distance_trend(TREND, CENSUS, of="new")
    assert told["total_variation"].to_list() == [pytest.approx(0.5075), pytest.approx(0.4925), None]
    assert told.select("n_patients", "n_missing").rows() == [(4, 0), (4, 1), (0, 1)]


def test_intervals_hold_where_more_than_one_group_is_counted() -> None:
    told = distance_trend(TREND, CENSUS, missing="included").drop_nulls("jsd_low")
    assert told["period"].to_list() == DAYS[1:]
    assert (told["jsd_low"] <= told["jsd"]).all()
    assert (told["jsd"] <= told["jsd_high"]).all()


def test_a_period_of_which_too_much_is_hidden_has_no_distance() -> None:
    hidden = pl.col("period") == DAYS[0]
    shown = [pl.when(~hidden).then(name).alias(name) for name in ("n_cumulative", "n_total")]
    told = distance_trend(dataclasses.replace(TREND, table=TREND.table.with_columns(shown)), CENSUS)
    assert told["period"].to_list() == DAYS
    assert told["jsd"].is_null().to_list() == [True, False, False]


def test_a_policy_or_part_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownNameError) as caught:
        distance_trend(TREND, CENSUS, of="yearly")
    assert str(caught.value) == (
        "No part 'yearly' in distance_trend. Valid: cumulative, new. Pass one of these in of=."
    )

"""Every figure that MIDRC-REACT shows, from the shipped tables, beside an independent loop over scipy."""

import bisect
import csv
import datetime
import itertools
from collections import defaultdict

import polars as pl
import pytest
from scipy.spatial.distance import jensenshannon

from workbench.assessment.react import REACT_SOURCES, react_distances
from workbench.assets import asset_path
from workbench.errors import UnknownNameError

ALWAYS = datetime.date(1, 1, 1)

# First and last date, measured with MIDRC-REACT 0.1.0 (commit b70ab4a) on its own files; missing kept.
GOLDEN = {
    ("midrc_open", "us_census"): {
        "age_group": (0.319126, 0.350374),
        "sex": (0.072030, 0.014696),
        "race": (0.421809, 0.337258),
        "ethnicity": (0.128534, 0.229134),
        "race_ethnicity": (0.247898, 0.313375),
    },
    ("midrc_open_covid_positive", "cdc_covid"): {
        "age_group": (0.314455, 0.347167),
        "sex": (0.155367, 0.143349),
        "race": (0.299855, 0.377932),
        "ethnicity": (0.482339, 0.381664),
        "race_ethnicity": (0.459647, 0.406173),
    },
    ("midrc_open", "cdc_covid"): {
        "age_group": (0.314455, 0.370593),
        "sex": (0.155367, 0.143519),
        "race": (0.299855, 0.347434),
        "ethnicity": (0.482339, 0.358851),
        "race_ethnicity": (0.459647, 0.357019),
    },
    ("cdc_covid", "us_census"): {
        "age_group": (0.766168, 0.126119),
        "sex": (0.818092, 0.148918),
        "race": (0.940559, 0.504805),
        "ethnicity": (0.951459, 0.501447),
        "race_ethnicity": (0.952781, 0.514553),
    },
}


@pytest.mark.parametrize(("first", "second"), GOLDEN)
def test_the_first_and_the_last_distance_are_those_of_midrc_react(first: str, second: str) -> None:
    told = react_distances(first, second, attributes=list(GOLDEN[first, second]))
    ends = told.group_by("attribute", maintain_order=True).agg(
        first=pl.col("jsd").first().round(6), last=pl.col("jsd").last().round(6)
    )
    assert {row[0]: row[1:] for row in ends.iter_rows()} == GOLDEN[first, second]


def test_every_distance_of_every_ordered_pair_equals_a_loop_over_scipy() -> None:
    n = 0
    for first, second in itertools.permutations(REACT_SOURCES, 2):
        told = react_distances(first, second)
        n += told.height
        expected = _by_hand(first, second)
        assert told.select("attribute", "date").rows() == list(expected)
        assert told["jsd"].to_list() == pytest.approx(list(expected.values()), abs=1e-9)
    assert n == 3174


def test_a_date_before_the_first_row_is_an_error_and_not_the_last_row() -> None:
    with pytest.raises(ValueError, match="before it") as caught:
        react_distances("midrc_open", "us_census", dates=[datetime.date(2019, 1, 1)])
    assert str(caught.value) == (
        "Received the date 2019-01-01. Both populations have numbers from 2021-08-04 on; before it there is nothing to "
        "compare. Pass 2021-08-04 or later."
    )


def test_between_two_rows_the_earlier_one_holds() -> None:
    days = [datetime.date(2021, 8, 19), datetime.date(2021, 8, 4)]
    told = react_distances("midrc_open", "us_census", attributes=["sex"], dates=days)
    assert told["jsd"].n_unique() == 1
    assert told["date"].to_list() == days


def test_a_population_that_it_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownNameError) as caught:
        react_distances("us_acs", "us_census")
    assert str(caught.value) == (
        "No population 'us_acs' in MIDRC-REACT's sources. Did you mean 'us_census'? Valid: midrc_open, "
        "midrc_open_covid_positive, cdc_covid, us_census. Pass one of these."
    )


def test_an_attribute_that_a_population_lacks_is_refused() -> None:
    with pytest.raises(UnknownNameError) as caught:
        react_distances("midrc_open", "us_census", attributes=["covid19_positive"])
    assert str(caught.value) == (
        "No attribute 'covid19_positive' in 'us_census'. Valid: sex, age_group, race, ethnicity, race_ethnicity. "
        "Pass one that both have."
    )


def test_one_attribute_and_days_in_words_are_taken() -> None:
    told = react_distances("midrc_open", "us_census", attributes="race", dates=["2024-03-04"])
    assert told.select("date", "attribute").row(0) == (datetime.date(2024, 3, 4), "race")


def test_no_attribute_is_refused() -> None:
    with pytest.raises(ValueError, match="At least one") as caught:
        react_distances("midrc_open", "us_census", attributes=[])
    assert str(caught.value) == (
        "Received attributes=[]. At least one would be right. Pass some of: age_group, sex, race, ethnicity, "
        "race_ethnicity."
    )


@pytest.mark.parametrize("day", ["foo", None])
def test_what_is_no_day_is_refused(day) -> None:
    with pytest.raises(ValueError, match="date") as caught:
        react_distances("midrc_open", "us_census", dates=[day])
    assert str(caught.value) == (
        f"Received the date {day!r}. A datetime.date, or a text such as '2024-03-04', would be right. Pass days "
        "written so."
    )


def _by_hand(first: str, second: str) -> dict[tuple[str, datetime.date], float]:
    """Read, sum and compare in plain Python; dates of the result by attribute and date."""
    one, other = _read(first), _read(second)
    distances = {}
    for attribute in (name for name in one if name in other):
        sides = one[attribute], other[attribute]
        begun = max(min(side) for side in sides)
        days = sorted({day for side in sides for day in side if day > ALWAYS and day >= begun})
        for day in days:
            p, q = (side[sorted(side)[bisect.bisect_right(sorted(side), day) - 1]] for side in sides)
            categories = [*dict.fromkeys([*p, "Not Reported"])]
            vectors = [[row.get(category, 0.0) for category in categories] for row in (p, q)]
            distances[attribute, day] = float(jensenshannon(*vectors, base=2))
    return distances


def _read(name: str) -> dict[str, dict[datetime.date, dict[str, float]]]:
    table: dict = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    with asset_path("data_catalog", "reference_populations", f"{name}.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            attribute, category = row.pop("attribute"), row.pop("category")
            if attribute == "age_group" and category != "Not Reported":
                start = int(category.rstrip("+").split("–")[0])
                category = ("0–17", "18–49", "50–64", "65+")[bisect.bisect_right([18, 50, 65], start)]
            for day, n in row.items():
                when = ALWAYS if day == "percent" else datetime.date.fromisoformat(day)
                table[attribute][when][category] += float(n)
    return {attribute: dict(days) for attribute, days in table.items()}

"""Whether a gap narrowed or widened: worked out by hand, against a reference of 4,925 men and 5,075 women of 10,000."""

import polars as pl
import pytest

from workbench.assessment.comparison import Comparison
from workbench.assessment.gap_changes import change_of_gap
from workbench.assessment.references import read_reference
from workbench.assessment.representativeness import compare_to_reference


def men_of_100(n: int, *, of: int = 100, reference: str = "us_census", unknown: int = 0) -> Comparison:
    sexes = {"Male": n, "Female": of - n} | ({"Not Reported": unknown} if unknown else {})
    return compare_to_reference({"sex": sexes}, read_reference(reference), replicates=0)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (60, 55, "narrowed"),
        (55, 60, "widened"),
        (55, 55, "nearly unchanged"),
        (45, 53, "nearly unchanged"),
        (45, 54, "nearly unchanged"),
        (44, 53, "narrowed"),
        (60, 59, "narrowed"),
        (59, 60, "widened"),
    ],
)
def test_a_gap_narrows_when_fewer_would_have_to_belong_to_another_group(before: int, after: int, verdict: str) -> None:
    """Men are 49.25 %: 44 of 100 are 5.25 too few, 45 are 4.25, 53 are 3.75 too many, 54 are 4.75."""
    change = change_of_gap(men_of_100(before), men_of_100(after), attribute="sex")
    assert change.verdict == verdict
    assert change.before == pytest.approx(abs(before - 49.25) / 100)
    assert change.after == pytest.approx(abs(after - 49.25) / 100)


def test_it_says_from_what_to_what_and_who_moved() -> None:
    """A difference of 10.75 and of 5.75, of which the doubles are a little less and a little more."""
    title = read_reference("us_census").title
    assert change_of_gap(men_of_100(60), men_of_100(55), attribute="sex").sentence == (
        f"Sex: the gap to {title} narrowed: 5.8 of 100 patients would have to belong to another group, 10.7 before. "
        "Female rose from 40.0 % to 45.0 % (there 50.8 %) and Male fell from 60.0 % to 55.0 % (there 49.3 %)."
    )
    assert change_of_gap(men_of_100(55), men_of_100(55), attribute="sex").sentence == (
        f"Sex: the gap to {title} is unchanged: 5.8 of 100 patients would have to belong to another group, as before."
    )

    sides = (men_of_100(4503, of=10_000), men_of_100(5397, of=10_000))  # 4.22 too few, 4.72 too many
    assert change_of_gap(*sides, attribute="sex").sentence == (
        f"Sex: the gap to {title} is nearly unchanged: 4.7 of 100 patients would have to belong to another group, 4.2 "
        "before. Female fell from 55.0 % to 46.0 % (there 50.8 %) and Male rose from 45.0 % to 54.0 % (there 49.3 %)."
    )


def test_a_share_that_moved_by_less_than_one_of_a_hundred_has_no_direction() -> None:
    """5.72 of 100 too many men, then 5.60."""
    sides = (men_of_100(5497, of=10_000), men_of_100(5485, of=10_000))
    title = read_reference("us_census").title
    assert change_of_gap(*sides, attribute="sex").sentence == (
        f"Sex: the gap to {title} is nearly unchanged: 5.6 of 100 patients would have to belong to another group, 5.7 "
        "before."
    )


def test_those_without_a_value_are_told_apart() -> None:
    change = change_of_gap(men_of_100(60), men_of_100(60, unknown=50), attribute="sex")
    assert (change.missing_before, change.missing_after) == (0, 50)
    assert change.verdict == "nearly unchanged"


def test_the_tables_of_an_earlier_report_do_as_well() -> None:
    before, after = men_of_100(60), men_of_100(55)
    read_back = (before.table.with_columns(pl.col("year").cast(pl.String)), before.contributions)
    assert change_of_gap(read_back, after, attribute="sex").table.equals(
        change_of_gap(before, after, attribute="sex").table
    )


def test_another_population_or_other_groups_are_no_change_of_a_gap() -> None:
    other = change_of_gap(men_of_100(60, reference="us_acs"), men_of_100(55), attribute="sex")
    assert other.verdict == "not comparable"
    assert other.sentence == (
        "Sex: the earlier one was compared with another population, so nothing is said of the gap."
    )
    more = compare_to_reference({"sex": {"Male": 50, "Female": 40, "Other": 10}}, read_reference("us_census"))
    assert change_of_gap(men_of_100(60), more, attribute="sex").problem in ("", "other groups are told apart now")
    once = (men_of_100(60).table.clear(), men_of_100(60).contributions.clear())
    assert change_of_gap(once, men_of_100(55), attribute="sex").sentence == (
        "Sex: it was compared only once, so nothing is said of the gap."
    )

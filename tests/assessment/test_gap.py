import dataclasses
import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.assessment.alignment import ReferenceCohort
from workbench.assessment.census import count_census
from workbench.assessment.distances import jensen_shannon, total_variation
from workbench.assessment.gap import close_gap
from workbench.assessment.references import read_reference
from workbench.assessment.resampling import distances_of
from workbench.errors import UnknownNameError

CENSUS = read_reference("us_census")
MEASURES = {"total_variation": total_variation, "jsd": jensen_shannon}


def counts(numbers: list[int]) -> dict[str, dict[str, int]]:
    return {"site": {chr(65 + i): n for i, n in enumerate(numbers)}}


SIZES = st.integers(1, 5).flatmap(lambda k: st.tuples(*[st.lists(st.integers(0, 60), min_size=k, max_size=k)] * 2))


@pytest.mark.parametrize("measure", MEASURES)
@settings(max_examples=examples(60), deadline=None)
@given(sizes=SIZES.filter(lambda sizes: any(sizes[1])), target=st.floats(0.02, 0.9))
def test_the_batch_reaches_the_target_and_no_patient_of_it_can_be_left_out(measure, sizes, target) -> None:
    gap = close_gap(
        counts(sizes[0]), ReferenceCohort(counts(sizes[1])), attribute="site", target=target, measure=measure
    )
    distance = MEASURES[measure]
    after, goal = gap.table["n_after"].to_numpy(), gap.table["reference_fraction"].to_numpy()
    assert distance(after, goal) <= target + 1e-12
    assert gap.distance_after == distance(after, goal)
    for group in np.flatnonzero(gap.table["n_needed"].to_numpy()):
        fewer = after.copy()
        fewer[group] -= 1
        assert not fewer.sum() or distance(fewer, goal) > target


@pytest.mark.parametrize("measure", MEASURES)
@settings(max_examples=examples(60), deadline=None)
@given(
    now=st.lists(st.integers(0, 12), min_size=3, max_size=3),
    goal=st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any),
    target=st.floats(0.05, 0.6),
)
def test_no_smaller_batch_of_whatever_groups_reaches_the_target(measure, now, goal, target) -> None:
    reference = ReferenceCohort(counts(goal))
    n_needed = close_gap(counts(now), reference, attribute="site", target=target, measure=measure).n_needed
    smaller = min(n_needed, 25)
    batches = np.array([batch for batch in itertools.product(range(smaller), repeat=3) if sum(batch) < smaller])
    if n_needed:  # a cohort of nobody has no distance, which is not near
        jsd, moved = distances_of(batches + np.array(now), np.array(goal))
        assert not np.any((jsd if measure == "jsd" else moved) <= target - 1e-12)


def test_a_batch_in_plain_words() -> None:
    # Women must be 50.75 % less 5 points: (400 + n) / (1,000 + n) >= 0.4575 from n = 106 on.
    gap = close_gap({"sex": {"Male": 600, "Female": 400, "Unknown": 7}}, CENSUS, attribute="sex", target=0.05)
    assert gap.sentence == (
        "To match US population percentages as shipped with MIDRC-REACT (year unknown) by sex to within 5 of 100 "
        "patients, the next batch needs 106 patients: 106 Female. Now it is 10.7 of 100 patients; 1,000 patients "
        "counted, 7 without sex left out."
    )
    assert gap.sentence in repr(gap)
    assert "106 Female" in gap._repr_html_()


def test_a_cohort_that_is_near_enough_needs_nobody() -> None:
    gap = close_gap({"sex": {"Male": 50, "Female": 50}}, CENSUS, attribute="sex", target=0.02, measure="jsd")
    assert gap.n_needed == 0
    assert gap.sentence == (
        "The cohort already matches US population percentages as shipped with MIDRC-REACT (year unknown) by sex to "
        "within a Jensen–Shannon distance of 0.020: it is a Jensen–Shannon distance of 0.006 away; 100 patients "
        "counted."
    )


def test_a_distance_that_equals_the_target_is_near_enough() -> None:
    # 4 of 16 less a tenth is 0.15, whatever the rounding says.
    gap = close_gap(counts([0, 4, 0]), ReferenceCohort(counts([9, 2, 9])), attribute="site", target=0.15)
    assert gap.table["n_after"].to_list() == [6, 4, 6]


def test_a_group_that_the_reference_lacks_is_diluted() -> None:
    # Ten of 10 + n patients are in a group that nobody should be in: at most a tenth of them from n = 90 on.
    gap = close_gap(counts([0, 10]), ReferenceCohort(counts([3, 0])), attribute="site", target=0.1)
    assert gap.table.select("category", "n_needed").rows() == [("A", 90), ("B", 0)]


@pytest.mark.parametrize("nobody", [{}, {"Not Reported": 9}])
def test_from_nobody_the_smallest_mix_is_told(nobody) -> None:
    gap = close_gap({"sex": nobody}, CENSUS, attribute="sex", target=0.02)
    assert gap.table["n_needed"].to_list() == [1, 1]
    assert gap.distance_now is None
    assert "Nobody is counted yet; 0 patients counted" in gap.sentence


def test_a_target_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="target") as caught:
        close_gap({"sex": {"Male": 1}}, CENSUS, attribute="sex", target=0)
    assert str(caught.value) == (
        "Received target=0. A distance from 0.001 to 1 would be right. Pass target=0.05 for 5 of 100 patients."
    )


def test_a_target_that_is_no_number_is_refused() -> None:
    with pytest.raises(TypeError, match="target") as caught:
        close_gap({"sex": {"Male": 1}}, CENSUS, attribute="sex", target="0.05")
    assert str(caught.value) == (
        "Received target='0.05'. A distance from 0.001 to 1 would be right. Pass target=0.05 for 5 of 100 patients."
    )


@pytest.mark.parametrize("name", ["Other", "male"])
def test_a_category_that_the_reference_lacks_is_told_beside_the_batch(name) -> None:
    gap = close_gap({"sex": {"Male": 500, name: 300, "Female": 200}}, CENSUS, attribute="sex", target=0.05)
    note = f"sex: the reference has no {name} (300); these patients count as different."
    assert gap.notes == (note,)
    assert note in repr(gap)
    assert note in gap._repr_html_()


def test_a_measure_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownNameError) as caught:
        close_gap({"sex": {"Male": 1}}, CENSUS, attribute="sex", target=0.1, measure="kl")
    assert str(caught.value) == "No measure 'kl' in close_gap. Valid: total_variation, jsd. Pass one of these."


def test_a_reference_without_anybody_is_refused() -> None:
    empty = ReferenceCohort({"sex": {"Unknown": 3}}, title="the pilot")
    with pytest.raises(ValueError, match="nobody") as caught:
        close_gap({"sex": {"Male": 1}}, empty, attribute="sex", target=0.1)
    assert str(caught.value) == (
        "The reference 'the pilot' has nobody with a known sex. Shares to aim at would be right. "
        "Pass another attribute or reference."
    )


def test_hidden_counts_are_refused() -> None:
    census = count_census(pl.DataFrame({"sex": ["Male", "Female"]}), by=["sex"])
    hidden = census.table.with_columns(pl.lit(None, pl.Int64).alias("n_patients"))
    with pytest.raises(ValueError, match="hidden") as caught:
        close_gap(dataclasses.replace(census, table=hidden, n_total=None), CENSUS, attribute="sex", target=0.1)
    assert str(caught.value) == (
        "Received counts by sex of which some are hidden, so it is unknown who has a value. Counts without hidden "
        "cells would be right. Pass the census before small counts were hidden."
    )


def test_a_batch_that_rests_on_differing_definitions_says_so() -> None:
    gap = close_gap({"race": {"White": 9}}, CENSUS, attribute="race", target=0.3)
    (warning,) = gap.warnings
    assert warning == CENSUS.warnings("race")[0]
    assert warning in repr(gap)
    assert "Definitions differ" in gap._repr_html_()


def test_the_stamp_of_the_counts_stands_under_the_batch() -> None:
    census = dataclasses.replace(
        count_census(pl.DataFrame({"sex": ["Male", "Female"]}), by=["sex"]), stamp="Not <out>."
    )
    gap = close_gap(census, CENSUS, attribute="sex", target=0.1)
    assert gap.stamp == "Not <out>."
    assert repr(gap).endswith("\nNot <out>.")
    assert gap._repr_html_().endswith("<p>Not &lt;out&gt;.</p>")
    plain = close_gap({"sex": {"Male": 1}}, ReferenceCohort(census), attribute="sex", target=0.1)
    assert plain.stamp == "Not <out>."
    assert close_gap({"sex": {"Male": 1}}, CENSUS, attribute="sex", target=0.1).stamp == ""

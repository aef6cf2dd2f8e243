"""Standardized differences against the textbook matrix form, worked examples and the cases that break others."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.assessment.differences import (
    category_difference,
    largest_category_difference,
    largest_number_difference,
    number_difference,
)

counts = st.lists(st.integers(0, 50), min_size=2, max_size=6)
pairs = st.integers(2, 6).flatmap(lambda k: st.tuples(*[st.lists(st.integers(0, 50), min_size=k, max_size=k)] * 2))


def mahalanobis(n: list[int], m: list[int]) -> float:
    """Yang & Dalton's distance as they write it, with the Moore-Penrose inverse in place of the inverse."""
    p, q = np.array(n) / sum(n), np.array(m) / sum(m)
    covariance = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
    return float(np.sqrt((p - q) @ np.linalg.pinv(covariance, hermitian=True) @ (p - q)))


@given(pairs)
def test_it_is_the_mahalanobis_distance_with_the_moore_penrose_inverse(pair: tuple[list[int], list[int]]) -> None:
    n, m = pair
    assume(sum(n) and sum(m) and any(a and b for a, b in zip(n, m, strict=True)))
    assert float(category_difference(n, m)) == pytest.approx(mahalanobis(n, m), abs=1e-6)


def test_two_levels_give_the_difference_of_proportions_over_the_pooled_deviation() -> None:
    # 0.6 against 0.4: 0.2 / sqrt((0.24 + 0.24) / 2) = 0.4082
    assert float(category_difference([60, 40], [40, 60])) == pytest.approx(0.2 / math.sqrt(0.24))


@pytest.mark.parametrize(("n", "m"), [([8, 0], [5, 5]), ([3, 2, 0], [0, 2, 3]), ([1, 0, 0], [1, 1, 0])])
def test_a_level_absent_from_one_group_leaves_it_finite(n: list[int], m: list[int]) -> None:
    assert 0 < float(category_difference(n, m)) < math.inf


def test_groups_without_a_common_level_are_infinitely_far_apart() -> None:
    assert float(category_difference([3, 0, 0], [0, 1, 4])) == math.inf


@given(counts, st.integers(1, 9))
def test_a_group_does_not_differ_from_itself_at_another_size(n: list[int], times: int) -> None:
    assume(sum(n))
    assert float(category_difference(n, [times * one for one in n])) == pytest.approx(0, abs=1e-9)


@given(pairs)
def test_order_of_groups_and_unused_levels_change_nothing(pair: tuple[list[int], list[int]]) -> None:
    n, m = pair
    assume(sum(n) and sum(m))
    there, back = float(category_difference(n, m)), float(category_difference([*m, 0], [*n, 0]))
    assert there == back or there == pytest.approx(back)


def test_numbers_are_measured_in_pooled_deviations() -> None:
    # 10 / sqrt((9 + 16) / 2) = 2.828
    assert float(number_difference(60, 3, 50, 4)) == pytest.approx(10 / math.sqrt(12.5))
    assert float(number_difference(60, 0, 60, 0)) == 0
    assert float(number_difference(60, 0, 50, 0)) == math.inf
    assert math.isnan(float(number_difference(60, math.nan, 50, 4)))


def test_the_largest_of_several_pairs_is_named_and_empty_groups_are_left_out() -> None:
    found = largest_category_difference([[5, 5], [0, 0], [9, 1], [5, 5]])
    assert found is not None
    assert found[1:] == (0, 2)
    assert found.smd == pytest.approx(0.4 / math.sqrt((0.25 + 0.09) / 2))
    assert largest_category_difference([[1, 2], [0, 0]]) is None
    assert largest_category_difference(np.zeros((0, 0))) is None
    assert largest_number_difference([50, math.nan, 70], [10, math.nan, 10]) == (2.0, 0, 2)
    assert largest_number_difference([50], [10]) is None

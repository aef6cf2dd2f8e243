import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from tests.thorough import examples
from workbench.assessment.distances import jensen_shannon, total_variation, wasserstein

PAIRS = st.integers(1, 8).flatmap(
    lambda k: st.tuples(*[st.lists(st.integers(0, 10**6), min_size=k, max_size=k).filter(any)] * 2)
)


@pytest.mark.parametrize("distance", [jensen_shannon, total_variation])
@settings(max_examples=examples(60), deadline=None)
@given(pair=PAIRS)
def test_a_distance_is_symmetric_bounded_scale_free_and_zero_to_itself(distance, pair) -> None:
    p, q = pair
    d = distance(p, q)
    assert d == distance(q, p)
    assert -1e-12 <= d <= 1 + 1e-12
    assert distance([7 * n for n in p], q) == pytest.approx(d, abs=1e-7)
    assert distance(p, p) == 0


def test_jensen_shannon_of_one_half_and_one() -> None:
    # p = (1, 0), q = (1/2, 1/2), m = (3/4, 1/4): (log2(4/3) + log2(2/3)/2 + 1/2) / 2 = 0.311278
    assert jensen_shannon([1, 0], [1, 1]) ** 2 == pytest.approx(0.311278, abs=1e-6)


def test_nobody_on_one_side_has_no_distance() -> None:
    assert math.isnan(jensen_shannon([0, 0], [1, 2]))
    assert math.isnan(total_variation([1, 2], [0, 0]))


@settings(max_examples=examples(60), deadline=None)
@given(pair=PAIRS.filter(all))
def test_jensen_shannon_is_that_of_scipy(pair) -> None:
    assert jensen_shannon(*pair) == pytest.approx(float(jensenshannon(*pair, base=2)), abs=1e-7)


def test_ages_that_must_move_both_ways_are_moved_the_shorter_way() -> None:
    # The lower half of the middle band goes down 7.5 years on average, the upper half up as much.
    assert wasserstein([1, 0, 1], [0, 2, 0], edges=[0, 10, 20, 30]) == pytest.approx(7.5)


@settings(max_examples=examples(60), deadline=None)
@given(pair=PAIRS, seed=st.integers(0, 99))
def test_wasserstein_is_the_area_between_the_cumulative_curves(pair, seed) -> None:
    p, q = (np.array(side) / sum(side) for side in pair)
    edges = np.concatenate([[0], np.cumsum(np.random.default_rng(seed).integers(1, 30, len(p)))])
    years = np.linspace(0, edges[-1], 20001)
    curves = (np.interp(years, edges, np.concatenate([[0], np.cumsum(side)])) for side in (p, q))
    area = np.trapezoid(np.abs(np.subtract(*curves)), years)
    assert wasserstein(*pair, edges=edges) == pytest.approx(area, abs=1e-2)
    assert wasserstein(*pair, edges=edges) == pytest.approx(wasserstein(*pair[::-1], edges=edges))


def test_edges_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="edges") as caught:
        wasserstein([1, 2], [2, 1], edges=[0, 18])
    assert str(caught.value) == (
        "Received 2 bands and the edges [0, 18]. One edge more than there are bands, ascending, would be right. "
        "Pass where each band begins and where the last one ends."
    )


def test_unequal_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="shape") as caught:
        jensen_shannon([1, 2], [1])
    assert str(caught.value) == (
        "Received vectors of shape (2,) and (1,). Both must count the same categories, in one order. "
        "Fill categories that one side lacks with 0."
    )


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="smallest") as caught:
        total_variation([1, 2], [-1, 2])
    assert str(caught.value) == (
        "Received q with a smallest value of -1.0. Counts and shares must be finite and 0 or more. "
        "Check the column that they come from."
    )

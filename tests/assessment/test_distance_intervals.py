import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.assessment.distance_intervals import distance_intervals
from workbench.assessment.references import read_reference
from workbench.assessment.resampling import Pair, distances_of, null, resampled

AGES = read_reference("us_census").table.filter(attribute="age_group")["fraction"].to_numpy()
SEXES = np.array([0.5075, 0.4925])


def intervals_of(pair: Pair, rng: np.random.Generator, replicates: int):
    drawn = resampled(pair, rng, replicates)
    jsd, _ = distances_of(pair.first, pair.second)
    by_chance, _ = null(pair, rng, replicates)
    p = (1 + np.sum(by_chance >= jsd - 1e-9)) / (replicates + 1)
    return distance_intervals(pair, drawn, may_be_equal=p > 0.05)


def moved(shares: np.ndarray, distance: float) -> np.ndarray:
    """Shares whose total variation from the given ones is a distance: from the even places to the odd ones."""
    odd = np.arange(len(shares)) % 2 == 1
    part = np.where(odd, shares / shares[odd].sum(), -shares / shares[~odd].sum())
    return shares + distance * part


@pytest.mark.parametrize("shares", [AGES, SEXES], ids=["ages", "sexes"])
@pytest.mark.parametrize("distance", [0.0, 0.01, 0.03, 0.1])
@pytest.mark.parametrize("n", [200, 2000])
def test_the_interval_covers_the_true_distance_however_small_it_is(shares, distance, n) -> None:
    rng = np.random.default_rng(11)
    truth = moved(shares, distance)
    true = [float(each) for each in distances_of(truth, shares)]
    held = np.zeros(2)
    for drawn in rng.multinomial(n, truth, size=200):
        told = intervals_of(Pair(drawn, shares), rng, 200)
        held += [low - 1e-9 <= each <= high for each, (low, high) in zip(true, told, strict=True)]
    # Of 200 intervals that hold in 95 of 100 cases, 180 or more hold in all but 2 of 1,000 runs.
    assert held.min() >= 180


def test_two_samples_of_one_population_have_an_interval_from_zero() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(100):
        first, second = rng.multinomial(400, AGES), rng.multinomial(900, AGES)
        pair = Pair(first, second.astype(float), np.zeros(len(AGES), dtype=np.int64))
        held += all(low == 0 for low, _ in intervals_of(pair, rng, 200))
    assert held >= 88  # three standard errors below 95


COUNTS = st.integers(1, 7).flatmap(lambda k: st.tuples(*[st.lists(st.integers(0, 30), min_size=k, max_size=k)] * 2))


@settings(max_examples=examples(150), deadline=None)
@given(counts=COUNTS.filter(lambda sides: all(map(any, sides))), may_be_equal=st.booleans(), sampled=st.booleans())
def test_an_interval_holds_its_estimate_and_lies_between_0_and_1(counts, may_be_equal, sampled) -> None:
    first, second = np.array(counts[0]), np.array(counts[1], dtype=float)
    pair = Pair(first, second, np.minimum(first, counts[1]) if sampled else None)
    drawn = resampled(pair, np.random.default_rng(1), 50)
    estimates = distances_of(first, second)
    for estimate, (low, high) in zip(
        estimates, distance_intervals(pair, drawn, may_be_equal=may_be_equal), strict=True
    ):
        assert 0 <= low <= estimate + 1e-12  # shares and counts round apart in the last digit
        assert estimate - 1e-12 <= high <= 1
        assert low == 0 or not may_be_equal


def test_the_same_patients_on_both_sides_leave_nothing_open() -> None:
    pair = Pair(np.array([30, 20]), np.array([30.0, 20.0]), np.array([30, 20]))
    drawn = resampled(pair, np.random.default_rng(1), 50)
    assert distance_intervals(pair, drawn, may_be_equal=True) == ((0, 0), (0, 0))


def test_a_sample_that_happens_to_match_may_still_differ() -> None:
    # Half of 400 and half of the population; a share of one half has a standard error of 2.5 points.
    pair = Pair(np.array([200, 200]), np.array([0.5, 0.5]))
    drawn = resampled(pair, np.random.default_rng(1), 20_000)
    _, (low, high) = distance_intervals(pair, drawn, may_be_equal=True)
    assert low == 0
    assert high == pytest.approx(2.24 * 0.025, abs=0.003)  # 97.5 % of absolute normal numbers lie below 2.24


def test_far_from_zero_the_interval_is_that_of_a_share() -> None:
    # All differences are sure, so that the distance is the share of the first group less a constant.
    pair = Pair(np.array([800, 200]), np.array([0.5, 0.5]))
    drawn = resampled(pair, np.random.default_rng(1), 20_000)
    _, (low, high) = distance_intervals(pair, drawn, may_be_equal=False)
    half = 1.96 * np.sqrt(0.8 * 0.2 / 1000)
    assert (low, high) == pytest.approx((0.3 - half, 0.3 + half), abs=0.002)

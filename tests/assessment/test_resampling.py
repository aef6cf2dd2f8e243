import itertools
import math

import numpy as np
import pytest

from workbench.assessment.resampling import Pair, distances_of, null, resampled


def exact_p(first, second, both) -> float:
    """Go through every way to deal the union into only-first, only-second and both."""
    first, second, both = map(np.array, (first, second, both))
    union = first + second - both
    n_both, n_own = both.sum(), (first - both).sum()
    observed = distances_of(first, second)[0]
    as_far = total = 0
    for shared in itertools.product(*(range(n + 1) for n in union)):
        for own in itertools.product(*(range(n - m + 1) for n, m in zip(union, shared, strict=True))):
            if sum(shared) != n_both or sum(own) != n_own:
                continue
            ways = math.prod(math.comb(n, m) * math.comb(n - m, o) for n, m, o in zip(union, shared, own, strict=True))
            total += ways
            far = distances_of(np.add(own, shared), union - np.array(own))[0]
            as_far += ways * bool(far >= observed - 1e-9)
    return as_far / total


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ([8, 2], [3, 7], [0, 0]),  # disjoint
        ([6, 1, 2], [7, 5, 5], [6, 1, 2]),  # nested
        ([5, 3], [6, 1], [3, 1]),  # overlapping
    ],
)
def test_the_permutation_p_value_is_that_of_every_way_to_deal(first, second, both) -> None:
    pair = Pair(np.array(first), np.array(second, dtype=float), np.array(both))
    distances, _ = null(pair, np.random.default_rng(1), 40_000)
    p = np.mean(distances >= distances_of(pair.first, pair.second)[0] - 1e-9)
    assert p == pytest.approx(exact_p(first, second, both), abs=0.01)  # four standard errors


@pytest.mark.parametrize("share_of_both", [0.0, 0.4, 1.0])
def test_parts_of_one_site_are_called_different_no_more_often_than_chance_allows(share_of_both) -> None:
    rng = np.random.default_rng(7)
    site = rng.choice(12, size=600, p=np.arange(1, 13) / 78)
    p = []
    for _ in range(200):
        dealt = rng.permutation(site)
        n_both = int(300 * share_of_both)
        counts = [
            np.bincount(part, minlength=12) for part in (dealt[:300], dealt[300 - n_both :], dealt[300 - n_both : 300])
        ]
        pair = Pair(counts[0], counts[1].astype(float), counts[2])
        distances, _ = null(pair, rng, 199)
        p.append((1 + np.sum(distances >= distances_of(pair.first, pair.second)[0] - 1e-9)) / 200)
    assert np.mean(p) == pytest.approx(0.5, abs=0.08)  # four standard errors of the mean of 200 uniform numbers
    assert np.mean(np.array(p) <= 0.05) <= 0.11


def test_a_bootstrap_keeps_the_sizes_and_the_patients_of_both_cohorts() -> None:
    identical = Pair(np.array([30, 20]), np.array([30.0, 20.0]), np.array([30, 20]))
    assert distances_of(*resampled(identical, np.random.default_rng(1), 50))[0].max() == 0
    apart = Pair(np.array([30, 20]), np.array([30.0, 20.0]), np.array([0, 0]))
    assert distances_of(*resampled(apart, np.random.default_rng(1), 50))[0].max() > 0


def test_the_null_of_a_population_is_that_of_samples_of_it() -> None:
    # Of four patients from halves, 2/16 are all in one group: total variation 1/2.
    _, moved = null(Pair(np.array([3, 1]), np.array([50.0, 50.0])), np.random.default_rng(1), 40_000)
    assert np.mean(moved == 0.5) == pytest.approx(1 / 8, abs=0.01)


def test_cohorts_too_large_to_permute_are_refused() -> None:
    pair = Pair(np.array([6 * 10**8, 1]), np.array([6e8, 1.0]), np.array([0, 0]))
    with pytest.raises(ValueError, match="permuted") as caught:
        null(pair, np.random.default_rng(1), 1)
    assert str(caught.value) == (
        "Received two cohorts of 1,200,000,002 patients together. Fewer than 1,000,000,000 can be permuted. Pass the "
        "larger one as a ReferencePopulation, which is taken as exact."
    )

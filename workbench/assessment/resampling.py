"""How far chance alone moves a distance: bootstrap replicates, and what it would be without any difference."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.assessment.distances import Vector, divergence_terms, shares

Counts = npt.NDArray[np.int64]

_MOST = 1_000_000_000  # numpy draws without replacement from fewer than this


@dataclass(frozen=True, eq=False)
class Pair:
    """Two compositions over the same categories, and what is known of how they were sampled.

    Attributes
    ----------
    first : numpy.ndarray
        Patients of the cohort in each category, shape (categories,).
    second : numpy.ndarray
        The other side in each category: shares or counts of a population, or patients of a cohort.
    both : numpy.ndarray or None
        Patients of the category that are in both cohorts; None where the other side is a population, which is taken
        as exact.
    """

    first: Counts
    second: Vector
    both: Counts | None = None


def resampled(pair: Pair, rng: np.random.Generator, replicates: int) -> tuple[Vector, Vector]:
    """Return the shares of both sides in bootstrap replicates of the patients.

    Counts are drawn, not rows: a resample of patients with replacement has multinomial counts. Patients of both
    cohorts are drawn once for both. A population stays as it is.

    Parameters
    ----------
    pair : Pair
        Each side counts somebody.
    rng : numpy.random.Generator
        Where chance comes from.
    replicates : int
        How many.

    Returns
    -------
    tuple of numpy.ndarray
        Shape (replicates, categories); of a population (categories,).

    References
    ----------
    Efron B. Bootstrap methods: another look at the jackknife. Ann Statist 1979; 7: 1-26. doi:10.1214/aos/1176344552
    """
    if pair.both is None:
        return _shares(_drawn(pair.first, rng, replicates)), _shares(pair.second)
    second = pair.second.astype(np.int64)
    shared = _drawn(pair.both, rng, replicates)
    own, other = (_drawn(side - pair.both, rng, replicates) for side in (pair.first, second))
    return _shares(own + shared), _shares(other + shared)


def null(pair: Pair, rng: np.random.Generator, replicates: int) -> tuple[Vector, Vector]:
    """Return both distances as they would be if the sides did not differ.

    Against a population: of samples of its shares, as large as the cohort. Against a cohort: of permutations. Who is
    only in the first, only in the second or in both is dealt anew among all the patients, which holds for disjoint,
    nested and overlapping cohorts alike.

    Parameters
    ----------
    pair : Pair
        Each side counts somebody.
    rng : numpy.random.Generator
        Where chance comes from.
    replicates : int
        How many.

    Returns
    -------
    tuple of numpy.ndarray
        Jensen-Shannon distances and total variations, each of shape (replicates,).

    Raises
    ------
    ValueError
        When two cohorts hold a thousand million patients or more.
    """
    if pair.both is None:
        drawn = rng.multinomial(int(pair.first.sum()), shares(pair.second), size=replicates)
        return distances_of(drawn, pair.second)
    only_first, only_second = pair.first - pair.both, pair.second.astype(np.int64) - pair.both
    everybody = only_first + only_second + pair.both
    if everybody.sum() >= _MOST:
        raise ValueError(
            f"Received two cohorts of {everybody.sum():,} patients together. Fewer than {_MOST:,} can be permuted. "
            "Pass the larger one as a ReferencePopulation, which is taken as exact."
        )
    shared = _dealt(np.broadcast_to(everybody, (replicates, len(everybody))), int(pair.both.sum()), rng)
    own = _dealt(everybody - shared, int(only_first.sum()), rng)
    return distances_of(own + shared, everybody - own)


def distances_of(first: npt.NDArray[np.number], second: npt.NDArray[np.number]) -> tuple[Vector, Vector]:
    """Return the Jensen-Shannon distance and the total variation of each row.

    Parameters
    ----------
    first, second : numpy.ndarray
        Counts or shares, shape (..., categories), that broadcast.

    Returns
    -------
    tuple of numpy.ndarray
        Shape (...); nan where a row counts nobody.

    Examples
    --------
    >>> [distance.tolist() for distance in distances_of(np.array([[4, 0], [1, 1]]), np.array([0, 9]))]
    [[1.0, 0.5579230452841438], [1.0, 0.5]]
    """
    p, q = _shares(first), _shares(second)
    return np.sqrt(divergence_terms(p, q).sum(axis=-1)), np.abs(p - q).sum(axis=-1) / 2


def _shares(counts: npt.NDArray[np.number]) -> Vector:
    return shares(counts.astype(np.float64))


def _drawn(counts: Counts, rng: np.random.Generator, replicates: int) -> Counts:
    total = int(counts.sum())
    if total == 0:
        return np.zeros((replicates, len(counts)), dtype=np.int64)
    return rng.multinomial(total, counts / total, size=replicates)


def _dealt(available: Counts, n: int, rng: np.random.Generator) -> Counts:
    """Draw `n` of each row's patients without replacement, category by category given what is left."""
    drawn = np.zeros(available.shape, dtype=np.int64)
    left = np.full(len(available), n)
    rest = available.sum(axis=1)
    for k in range(available.shape[1]):
        rest = rest - available[:, k]
        drawn[:, k] = rng.hypergeometric(available[:, k], rest, left)
        left = left - drawn[:, k]
    return drawn

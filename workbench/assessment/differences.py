"""Standardized differences: how far apart two groups are, whatever their sizes."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]


class LargestDifference(NamedTuple):
    """The largest of all pairwise differences, and the pair; groups that cannot be compared are left out."""

    smd: float
    first: int
    second: int


def category_difference(p: npt.ArrayLike, q: npt.ArrayLike) -> Vector:
    """Return the standardized difference of two groups over the levels of one attribute.

    Yang and Dalton's multivariate form: the Mahalanobis distance of the two vectors of shares under the mean of their
    multinomial covariances. That matrix is singular as soon as a level is absent from both groups, and inverting it
    level by level is what gives "not a number" elsewhere. With its Moore-Penrose inverse the distance has a closed
    form, which needs no inverse and no reference level: with c the sum of p q / (p + q), its square is the
    sum of (p - q)² / (p + q), divided by c. It is defined whichever levels are absent from one group.

    Parameters
    ----------
    p, q : array_like
        Counts or shares, shape (…, levels), non-negative; each is normalized to sum to 1 over the last axis.

    Returns
    -------
    numpy.ndarray
        Shape (…), 0 or more; nan where a group is empty; infinite where the groups have no level in common, because
        then nothing of one group lies within the other.

    References
    ----------
    Yang D, Dalton JE. A unified approach to measuring the effect size between two groups using SAS.
    SAS Global Forum 2012, paper 335-2012.

    Examples
    --------
    All of one group and half of the other: 0.5 / sqrt((0 + 0.25) / 2) = 1.414.

    >>> float(category_difference([8, 0], [5, 5]).round(3))
    1.414
    """
    first, second = _shares(p), _shares(q)
    both = first + second
    divisor = np.where(both > 0, both, 1.0)
    overlap = (first * second / divisor).sum(axis=-1)
    apart = ((first - second) ** 2 / divisor).sum(axis=-1)
    return _root_of_ratio(apart, overlap)


def number_difference(mean_a: npt.ArrayLike, sd_a: npt.ArrayLike, mean_b: npt.ArrayLike, sd_b: npt.ArrayLike) -> Vector:
    """Return the standardized difference of two groups' means, in units of their pooled standard deviation.

    The pooled standard deviation is the root of the mean of the two variances, so that the larger group does not
    decide alone. No sign is kept.

    Parameters
    ----------
    mean_a, sd_a : array_like
        Mean and sample standard deviation of one group.
    mean_b, sd_b : array_like
        The same of the other; shapes broadcast.

    Returns
    -------
    numpy.ndarray
        0 or more; nan where a standard deviation is (fewer than two values); infinite for different means that do
        not vary at all.

    References
    ----------
    Austin PC. Balance diagnostics for comparing the distribution of baseline covariates between treatment groups in
    propensity-score matched samples. Stat Med 2009; 28: 3083-3107. doi:10.1002/sim.3697

    Examples
    --------
    >>> float(number_difference(60, 10, 55, 10))
    0.5
    """
    means = np.asarray(mean_a, dtype=np.float64), np.asarray(mean_b, dtype=np.float64)
    sds = np.asarray(sd_a, dtype=np.float64), np.asarray(sd_b, dtype=np.float64)
    return _root_of_ratio((means[0] - means[1]) ** 2, (sds[0] ** 2 + sds[1] ** 2) / 2)


def largest_category_difference(counts: npt.ArrayLike) -> LargestDifference | None:
    """Return the largest pairwise difference of several groups over the levels of one attribute.

    Parameters
    ----------
    counts : array_like
        Shape (groups, levels), non-negative.

    Returns
    -------
    LargestDifference or None
        With the positions of the pair, the earlier group first; None where no two groups have members.

    Examples
    --------
    >>> largest_category_difference([[8, 0], [5, 5], [0, 0]])[1:]
    (0, 1)
    """
    shares = _shares(counts)
    return _largest([category_difference(shares[i], shares[i + 1 :]) for i in range(len(shares))])


def largest_number_difference(means: npt.ArrayLike, sds: npt.ArrayLike) -> LargestDifference | None:
    """Return the largest pairwise difference of several groups' means.

    Parameters
    ----------
    means, sds : array_like
        Shape (groups,); nan for a group without enough values.

    Returns
    -------
    LargestDifference or None
        With the positions of the pair, the earlier group first; None where no two groups can be compared.

    Examples
    --------
    >>> largest_number_difference([60, 55, 50], [10, 10, 10])
    LargestDifference(smd=1.0, first=0, second=2)
    """
    m, s = np.asarray(means, dtype=np.float64), np.asarray(sds, dtype=np.float64)
    return _largest([number_difference(m[i], s[i], m[i + 1 :], s[i + 1 :]) for i in range(len(m))])


def _shares(counts: npt.ArrayLike) -> Vector:
    n = np.asarray(counts, dtype=np.float64)
    total = n.sum(axis=-1, keepdims=True)
    shares: Vector = np.divide(n, total, out=np.full(n.shape, np.nan), where=total > 0)
    return shares


def _root_of_ratio(above: Vector, below: Vector) -> Vector:
    """Zero over zero is no difference; anything else over zero is infinite; nan stays."""
    above, below = np.broadcast_arrays(above, below)
    ratio = np.where((above > 0) & (below == 0), np.inf, above + below)
    return np.sqrt(np.divide(above, below, out=ratio, where=below > 0))


def _largest(rows: list[Vector]) -> LargestDifference | None:
    """`rows[i]` holds the differences of group i from every later group."""
    pairs = [(float(row[j]), i, i + 1 + j) for i, row in enumerate(rows) for j in range(len(row))]
    comparable = [pair for pair in pairs if not np.isnan(pair[0])]
    return LargestDifference(*max(comparable, key=lambda pair: pair[0])) if comparable else None

"""MIDRC's task-based sampling, step by step, so that published sample sizes can be checked."""

import math

import numpy as np

from workbench.sampling.strata import Codes
from workbench.sampling.targets import Pool

_SHARE_DROPPED = 0.01
_LEAST_DROPPED = 5


def drop_greedily(pool: Pool, tolerance: float) -> tuple[Codes, float]:
    """Return who is left when those who are most over-represented are dropped, a few at a time.

    Each row's score is the sum over the attributes of its category's share in the sample less the share wanted. The
    highest 1 % of the scores, at least 5 rows, are dropped; rows with the same score go in the order they stand.
    This repeats until no category differs from its share by more than the tolerance, or nobody is left.
    Nothing is drawn by chance.

    Parameters
    ----------
    pool : Pool
        Who can be chosen, its shares as they were given.
    tolerance : float
        The most by which the share of any category may differ.

    Returns
    -------
    tuple of numpy.ndarray and float
        The numbers of the rows left, perhaps none, and the smallest largest difference that was met on the way.

    References
    ----------
    Baughan N et al. Task-based sampling of the MIDRC sequestered data commons for algorithm performance evaluation.
    Annual meeting of the American Association of Physicists in Medicine 2022; E257-E258. Procedure as in
    github.com/MIDRC/task-based-sampling, commit dd68881, ``TaskBasedSample.m``.
    """
    left = np.arange(len(pool.position))
    nearest = math.inf
    while len(left):
        apart = [n / len(left) - shares for n, shares in zip(pool.counts(left), pool.wanted, strict=True)]
        farthest = max(float(np.abs(each).max()) for each in apart)
        nearest = min(nearest, farthest)
        if farthest <= tolerance:
            break
        score = np.zeros(len(left))
        for code, each in zip(pool.codes, apart, strict=True):
            score += each[code[left]]
        # MATLAB's round takes a half away from zero; its sortrows keeps rows with the same score in their order.
        n_dropped = max(math.floor(len(left) * _SHARE_DROPPED + 0.5), _LEAST_DROPPED)
        left = left[np.argsort(-score, kind="stable")][n_dropped:]
    return left, nearest

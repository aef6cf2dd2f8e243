"""Of all samples of one size, the one whose shares lie nearest to those wanted."""

import numpy as np

from workbench.optimization import LinearProgram, Row, Solution, solve_linear
from workbench.sampling.quotas import Floats, Strata, share_limits

#: Seconds after which the nearest sample so far is taken, and said not to be proven.
TIME_LIMIT_SECONDS = 5.0
_WHOLE = 1e-6  # of a row: how far the solver lets a sum stray from its bound


def nearest_quotas(
    strata: Strata, n: int, *, tolerance: float, least: float = 0.0, seconds: float = TIME_LIMIT_SECONDS
) -> Solution:
    """Return how many to choose of each stratum so that a sample of a size lies nearest to the shares wanted.

    Nearest has the least sum over the attributes of the total variation.

    Parameters
    ----------
    strata : Strata
        What there is, and the shares wanted.
    n : int
        How many are chosen in all.
    tolerance : float
        The most by which the share of any category may differ.
    least : float
        The fraction of its wanted share that each category keeps at least, as far as anybody has it.
    seconds : float
        When to stop with the best so far, which may be none.

    Returns
    -------
    Solution
        Its first values are the number of each stratum; its objective is `n` times twice the sum of the total
        variations, in rows.

    Examples
    --------
    Ten of 10 and 30, half and half wanted: five of each are the nearest, whatever the tolerance allows.

    >>> strata = Strata(np.array([10, 30]), np.eye(2, dtype=bool), np.array([0.5, 0.5]), np.array([0, 0]))
    >>> nearest_quotas(strata, 10, tolerance=0.2).values[:2].tolist()
    [5.0, 5.0]
    """
    k, n_categories = len(strata.sizes), len(strata.wanted)
    low, high = (n * share for share in share_limits(strata, tolerance, least))
    rows = [Row(np.arange(k), np.ones(k), float(n), float(n))]
    for number, (member, share) in enumerate(zip(strata.members, strata.wanted, strict=True)):
        own = np.flatnonzero(member)
        rows.append(Row(own, np.ones(len(own)), np.ceil(low[number] - _WHOLE), np.floor(high[number] + _WHOLE)))
        rows += _apart(own, k + number, n * share)
    program = LinearProgram(
        objective=np.append(np.zeros(k), np.ones(n_categories)),
        lower=np.zeros(k + n_categories),
        upper=np.append(strata.sizes.astype(float), np.full(n_categories, float(n))),
        rows=rows,
        integer=np.arange(k + n_categories) < k,
    )
    return solve_linear(program, time_limit_seconds=seconds)


def rows_apart(strata: Strata, quotas: Floats) -> float:
    """Return how far a sample lies from the shares wanted: twice the sum of the total variations, times its size.

    Parameters
    ----------
    strata : Strata
        What there is, and the shares wanted.
    quotas : numpy.ndarray
        The number of each stratum.

    Returns
    -------
    float
        In rows: the objective of `nearest_quotas`.

    Examples
    --------
    >>> strata = Strata(np.array([10, 30]), np.eye(2, dtype=bool), np.array([0.5, 0.5]), np.array([0, 0]))
    >>> rows_apart(strata, np.array([10.0, 15.0]))
    5.0
    """
    return float(np.abs(strata.members @ quotas - strata.wanted * quotas.sum()).sum())


def _apart(own: np.ndarray, distance: int, goal: float) -> list[Row]:
    """Bound a distance from below by how far the number of a category is from its goal.

    Numbers are whole: between the two next to the goal the distance is their chord, without which parts of rows would
    seem to reach the goal and the search would take long to tell that whole ones cannot.
    """
    below = np.floor(goal)
    columns, ones = np.append(own, distance), np.ones(len(own))
    chord = 1 - 2 * (goal - below)
    return [
        Row(columns, np.append(-ones, 1.0), lower=-goal),
        Row(columns, np.append(ones, 1.0), lower=goal),
        Row(columns, np.append(-chord * ones, 1.0), lower=goal - below - chord * below),
    ]

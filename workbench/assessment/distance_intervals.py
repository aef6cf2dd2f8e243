"""How near to and how far from a reference the people may be from whom a cohort is drawn: intervals of distances."""

import numpy as np

from workbench.assessment.distances import Vector, shares
from workbench.assessment.resampling import Pair, distances_of

Interval = tuple[float, float]

_LOW, _HIGH = 2.5, 97.5
_SURE = 3.0  # standard errors beyond which the sign of a difference is taken as known: wrong 3 times in 1,000
_EQUAL = 1e-12  # rounding: shares, and distances, that differ by less are equal


def distance_intervals(pair: Pair, drawn: tuple[Vector, Vector], *, may_be_equal: bool) -> tuple[Interval, Interval]:
    """Return the 95 % intervals of the Jensen-Shannon distance and of total variation.

    A sample differs from its population, so a distance lies above the true one, the more so the nearer that is to
    zero, and its bootstrap replicates lie higher still: their percentiles would leave out what is true. Here what
    chance added is estimated and taken off. From above the true distance is bounded by the linear part of the error:
    total variation is convex, and Jensen-Shannon nearly so. From below, Jensen-Shannon by the basic bootstrap of its
    square, the divergence: the replicates reflected about the estimate; total variation by the errors of all
    categories, with their sign where the difference of a category exceeds three standard errors and whole where it
    may have the other sign. Far from zero all this is the usual interval. In simulations of 50 to 5,000 patients by
    sex, race, age group and state the intervals held the true distance in 92 to 100 of 100 samples; that of
    Jensen-Shannon in fewer, 73 at worst, where most categories count less than five.

    Parameters
    ----------
    pair : Pair
        What was counted; each side counts somebody.
    drawn : tuple of numpy.ndarray
        Shares of both sides in bootstrap replicates, as `workbench.assessment.resampling.resampled` draws them.
    may_be_equal : bool
        Whether chance alone gives such a distance; the intervals then begin at 0.

    Returns
    -------
    tuple of tuple of float
        Low and high of each; within 0 and 1, around the estimate.

    References
    ----------
    Fang Z, Santos A. Inference on directionally differentiable functions. Rev Econ Stud 2019; 86: 377-412.
    doi:10.1093/restud/rdy049
    Davison AC, Hinkley DV. Bootstrap methods and their application. Cambridge University Press 1997, section 5.2
    (the basic bootstrap). doi:10.1017/CBO9780511802843

    Examples
    --------
    >>> from workbench.assessment.resampling import resampled
    >>> pair = Pair(np.array([52, 48]), np.array([0.5, 0.5]))
    >>> drawn = resampled(pair, np.random.default_rng(1), 1000)
    >>> _, moved = distance_intervals(pair, drawn, may_be_equal=True)
    >>> [round(bound, 2) for bound in moved]
    [0.0, 0.11]
    """
    sides = shares(pair.first.astype(np.float64)), shares(pair.second)
    estimates = [float(distance) for distance in distances_of(*sides)]
    both = (_of_jsd(sides, drawn, estimates[0]), _of_total_variation(sides, drawn))
    jsd, moved = (
        (0.0 if may_be_equal else max(0.0, estimate - max(0.0, above)), min(1.0, estimate + max(0.0, below)))
        for estimate, (above, below) in zip(estimates, both, strict=True)
    )
    return jsd, moved


def _of_jsd(sides: tuple[Vector, Vector], drawn: tuple[Vector, Vector], jsd: float) -> tuple[float, float]:
    """How far the estimate may lie above what is true, and how far below."""
    again, _ = distances_of(*drawn)
    nearest = np.sqrt(max(0.0, 2 * jsd**2 - float(np.percentile(again**2, _HIGH))))
    if jsd <= _EQUAL:
        return 0.0, float(np.percentile(again, _HIGH))
    middle = (sides[0] + sides[1]) / 2
    linear = np.zeros(len(again))
    for side, replicates in zip(sides, drawn, strict=True):
        held = side > 0
        slopes = np.log2(side[held] / middle[held]) / (4 * jsd)  # the derivative of the distance by each share
        linear += (replicates - side)[..., held] @ slopes
    return jsd - float(nearest), -float(np.percentile(linear, _LOW))


def _of_total_variation(sides: tuple[Vector, Vector], drawn: tuple[Vector, Vector]) -> tuple[float, float]:
    """How far the estimate may lie above what is true, and how far below."""
    difference = sides[0] - sides[1]
    errors = drawn[0] - drawn[1] - difference
    signed = np.sign(difference) * errors
    is_sure = np.abs(difference) > _SURE * errors.std(axis=0)
    above = np.where(is_sure, signed, np.abs(errors)).sum(axis=-1) / 2
    below = np.where(np.abs(difference) > _EQUAL, -signed, np.abs(errors)).sum(axis=-1) / 2
    return float(np.percentile(above, _HIGH)), float(np.percentile(below, _HIGH))

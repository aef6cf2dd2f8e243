"""Distances between two compositions: how far apart two sets of shares over the same categories are."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]


def jensen_shannon(p: npt.ArrayLike, q: npt.ArrayLike) -> float:
    """Return the Jensen-Shannon distance of two count vectors over the same categories.

    The square root of the divergence with logarithms to base 2: 0 for equal shares,
    1 for groups that never overlap, the same in either order and at any scale.

    Parameters
    ----------
    p, q : array_like
        Counts or shares, shape (categories,), non-negative; each is normalized to sum to 1.

    Returns
    -------
    float
        Distance from 0 to 1; nan when either vector is all zero.

    Raises
    ------
    ValueError
        When the vectors differ in length or hold a negative or non-finite number.

    References
    ----------
    Endres DM, Schindelin JE. A new metric for probability distributions.
    IEEE Trans Inf Theory 2003; 49: 1858-1860. doi:10.1109/TIT.2003.813506

    Examples
    --------
    >>> jensen_shannon([10, 0], [0, 3])
    1.0
    >>> jensen_shannon([1, 1], [50, 50])
    0.0
    """
    return float(np.sqrt(divergence_terms(*_checked(p, q)).sum()))


def total_variation(p: npt.ArrayLike, q: npt.ArrayLike) -> float:
    """Return the share of one group that would have to change category to match the other.

    Parameters
    ----------
    p, q : array_like
        Counts or shares, shape (categories,), non-negative; each is normalized to sum to 1.

    Returns
    -------
    float
        Half the summed absolute difference of shares, 0 to 1; nan when either vector is all zero.

    Raises
    ------
    ValueError
        When the vectors differ in length or hold a negative or non-finite number.

    Examples
    --------
    >>> total_variation([3, 1], [1, 1])
    0.25
    """
    first, second = _checked(p, q)
    return float(np.abs(first - second).sum() / 2)


def wasserstein(p: npt.ArrayLike, q: npt.ArrayLike, *, edges: Sequence[float]) -> float:
    """Return how far, on average, one group's members would have to move along a scale to match the other.

    Members are taken to be spread evenly over their band, on both sides alike, so two groups with the same
    share of every band are 0 apart.

    Parameters
    ----------
    p, q : array_like
        Counts or shares, shape (bands,), in ascending order of the bands.
    edges : sequence of float
        Where the bands begin, and where the last one ends; one more than there are bands, ascending.

    Returns
    -------
    float
        In the unit of `edges`, such as years of age; nan when either vector is all zero.

    Raises
    ------
    ValueError
        When the vectors differ in length, hold a negative or non-finite number, or do not fit the edges.

    References
    ----------
    Vallender SS. Calculation of the Wasserstein distance between probability distributions on the line.
    Theory Probab Appl 1974; 18: 784-786. doi:10.1137/1118101

    Examples
    --------
    Everybody is ten years older:

    >>> wasserstein([1, 0], [0, 1], edges=[0, 10, 20])
    10.0
    """
    first, second = _checked(p, q)
    widths = np.diff(np.asarray(edges, dtype=np.float64))
    if len(widths) != len(first) or not (widths > 0).all():
        raise ValueError(
            f"Received {len(first)} bands and the edges {list(edges)}. One edge more than there are bands, ascending, "
            "would be right. Pass where each band begins and where the last one ends."
        )
    # The area between the two cumulative curves, which are straight lines inside a band and may cross there.
    gap = np.concatenate([[0.0], np.cumsum(first - second)])
    start, stop = np.abs(gap[:-1]), np.abs(gap[1:])
    together = start + stop
    crossing = gap[:-1] * gap[1:] < 0
    squares = np.divide(start**2 + stop**2, together, out=np.zeros_like(together), where=crossing)
    return float((widths * np.where(crossing, squares, together) / 2).sum())


def shares(weights: Vector) -> Vector:
    """Return weights divided by their sum over the last axis.

    Parameters
    ----------
    weights : numpy.ndarray
        Shape (..., categories), non-negative.

    Returns
    -------
    numpy.ndarray
        The same shape; rows of zeros become nan.

    Examples
    --------
    >>> shares(np.array([1.0, 3.0])).tolist()
    [0.25, 0.75]
    """
    total = weights.sum(axis=-1, keepdims=True)
    divided: Vector = np.divide(weights, total, out=np.full(weights.shape, np.nan), where=total > 0)
    return divided


def divergence_terms(p: Vector, q: Vector) -> Vector:
    """Return what each category adds to the Jensen-Shannon divergence, the square of the distance.

    Parameters
    ----------
    p, q : numpy.ndarray
        Shares, shape (..., categories), that broadcast.

    Returns
    -------
    numpy.ndarray
        Never negative, because both sides are weighed alike; nan where a share is.

    Examples
    --------
    >>> divergence_terms(np.array([1.0, 0.0]), np.array([0.0, 1.0])).tolist()
    [0.5, 0.5]
    """
    middle = (p + q) / 2
    terms = np.zeros(middle.shape)
    for side in (p, q):
        ratio = np.divide(side, middle, out=np.ones(terms.shape), where=middle > 0)
        terms += side * np.log2(ratio, out=np.zeros(terms.shape), where=ratio > 0) / 2
    return np.maximum(terms, 0.0)  # keeps nan


def _checked(p: npt.ArrayLike, q: npt.ArrayLike) -> tuple[Vector, Vector]:
    first, second = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(
            f"Received vectors of shape {first.shape} and {second.shape}. Both must count the same categories, in one "
            "order. Fill categories that one side lacks with 0."
        )
    for name, vector in (("p", first), ("q", second)):
        if not (np.isfinite(vector) & (vector >= 0)).all():
            raise ValueError(
                f"Received {name} with a smallest value of {vector.min()}. Counts and shares must be finite and 0 or "
                "more. Check the column that they come from."
            )
    return shares(first), shares(second)

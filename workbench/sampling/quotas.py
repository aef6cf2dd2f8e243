"""How many to choose of each stratum: the whole-number program behind a matched sample."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.optimization import LinearProgram, Row, Solution, solve_linear
from workbench.sampling.strata import Codes

Floats = npt.NDArray[np.float64]

#: Seconds after which the best sample so far is taken, with the size that none can exceed.
TIME_LIMIT_SECONDS = 30.0
_SECONDS_A_STEP = 5.0  # for each tolerance that is tried when there is no sample
_STEP = 0.001  # tolerances that are suggested are rounded up to this
_NEAR = 1e-7  # of a share, far below one person in any table


@dataclass(frozen=True, eq=False)
class Strata:
    """Strata with their sizes, and the shares that a sample of them should have.

    Attributes
    ----------
    sizes : numpy.ndarray
        How many rows each stratum has.
    members : numpy.ndarray
        One row a category of any attribute, one column a stratum; true where the stratum has that category.
    wanted : numpy.ndarray
        The share wanted of each category.
    attribute : numpy.ndarray
        The number of the attribute that each category belongs to.
    """

    sizes: Codes
    members: npt.NDArray[np.bool_]
    wanted: Floats
    attribute: Codes


@dataclass(frozen=True)
class Obstacles:
    """Why no sample lies within a tolerance.

    Attributes
    ----------
    few, many : tuple of int
        Numbers of the categories that too few or too many have.
    together : tuple of int
        Numbers of the attributes whose shares exclude each other.
    """

    few: tuple[int, ...] = ()
    many: tuple[int, ...] = ()
    together: tuple[int, ...] = ()


def make_strata(codes: Sequence[Codes], wanted: Sequence[Floats]) -> tuple[Strata, Codes]:
    """Return the strata that rows fall into, and the stratum of each row.

    Parameters
    ----------
    codes : sequence of numpy.ndarray
        For each attribute the category of each row.
    wanted : sequence of numpy.ndarray
        For each attribute the share wanted of each category.

    Returns
    -------
    tuple of Strata and numpy.ndarray
        Only combinations that occur are strata.

    Examples
    --------
    >>> strata, stratum = make_strata([np.array([0, 1, 1])], [np.array([0.5, 0.5])])
    >>> strata.sizes.tolist(), stratum.tolist()
    ([1, 2], [0, 1, 1])
    """
    cells, stratum, sizes = np.unique(np.stack(codes, axis=1), axis=0, return_inverse=True, return_counts=True)
    members = [(cells[:, [number]] == np.arange(len(shares))).T for number, shares in enumerate(wanted)]
    attribute = np.repeat(np.arange(len(wanted)), [len(shares) for shares in wanted])
    made = Strata(sizes.astype(np.int64), np.concatenate(members), np.concatenate(list(wanted)), attribute)
    return made, stratum.reshape(-1).astype(np.int64)


def share_limits(strata: Strata, tolerance: float, least: float = 0.0) -> tuple[Floats, Floats]:
    """Return between which shares each category has to lie.

    Parameters
    ----------
    strata : Strata
        What there is, and the shares wanted.
    tolerance : float
        The most by which the share of any category may differ.
    least : float
        The fraction of its wanted share that each category keeps at least, as far as anybody has it.

    Returns
    -------
    tuple of numpy.ndarray
        The lowest and the highest share of each category.

    Examples
    --------
    >>> strata = Strata(np.array([10, 30]), np.eye(2, dtype=bool), np.array([0.04, 0.96]), np.array([0, 0]))
    >>> [limits.round(3).tolist() for limits in share_limits(strata, 0.05, 0.5)]
    [[0.02, 0.91], [0.09, 1.01]]
    """
    floors = np.where(strata.members.any(axis=1), least * strata.wanted, 0.0)
    return np.maximum(strata.wanted - tolerance, floors), strata.wanted + tolerance


def largest_quotas(
    strata: Strata, tolerance: float, *, least: float = 0.0, seconds: float = TIME_LIMIT_SECONDS
) -> Solution:
    """Return how many to choose of each stratum so that as many as possible are chosen.

    Parameters
    ----------
    strata : Strata
        What there is, and the shares wanted.
    tolerance : float
        The most by which the share of any category may differ.
    least : float
        As in `share_limits`.
    seconds : float
        When to stop with the best so far.

    Returns
    -------
    Solution
        Its values are the number of each stratum and, last, their sum; infeasible when not even one can be chosen.

    Examples
    --------
    Of 10 and 30 the largest half-and-half sample within 0.1 takes all 10 and 15 of the other: 10/25 = 0.4.

    >>> strata = Strata(np.array([10, 30]), np.eye(2, dtype=bool), np.array([0.5, 0.5]), np.array([0, 0]))
    >>> largest_quotas(strata, 0.1).values.tolist()
    [10.0, 15.0, 25.0]
    """
    n = len(strata.sizes)
    rows = [Row(np.arange(n + 1), np.append(np.ones(n), -1.0), 0.0, 0.0)]
    for member, low, high in zip(strata.members, *share_limits(strata, tolerance, least), strict=True):
        columns = np.append(np.flatnonzero(member), n)
        ones = np.ones(len(columns) - 1)
        rows.append(Row(columns, np.append(ones, -high), upper=0.0))
        if low > 0:
            rows.append(Row(columns, np.append(ones, -low), lower=0.0))
    program = LinearProgram(
        objective=np.append(np.zeros(n), 1.0),
        lower=np.append(np.zeros(n), 1.0),
        upper=np.append(strata.sizes.astype(float), float(strata.sizes.sum())),
        rows=rows,
        integer=np.ones(n + 1, dtype=bool),
        sense="maximize",
    )
    return solve_linear(program, time_limit_seconds=seconds)


def smallest_tolerance(strata: Strata) -> tuple[float, int]:
    """Return the smallest tolerance, in steps of 0.001, at which a sample exists, and how many it then has at most.

    A linear program over shares gives what no sample can beat; whole persons may need a little more.

    Parameters
    ----------
    strata : Strata
        What there is, and the shares wanted.

    Returns
    -------
    tuple of float and int
        The tolerance and the number.

    Examples
    --------
    >>> strata = Strata(np.array([40]), np.ones((1, 1), dtype=bool), np.array([0.75]), np.array([0]))
    >>> smallest_tolerance(strata)
    (0.25, 40)
    """
    low, high = math.ceil((_nearest_mixture(strata).objective - _NEAR) / _STEP), round(1 / _STEP)
    found = largest_quotas(strata, low * _STEP, seconds=_SECONDS_A_STEP)
    if found.values is not None:
        high = low
    while low < high:
        middle = (low + high) // 2
        found = largest_quotas(strata, middle * _STEP, seconds=_SECONDS_A_STEP)
        low, high = (low, middle) if found.values is not None else (middle + 1, high)
    found = largest_quotas(strata, high * _STEP, seconds=_SECONDS_A_STEP)
    return round(high * _STEP, 3), 0 if found.values is None else int(found.values[-1])


def find_obstacles(strata: Strata, tolerance: float) -> Obstacles:
    """Return what keeps a sample from lying within a tolerance.

    A category is named only if nobody has it and more than the tolerance is wanted, or if what is available is off
    too and a smaller tolerance would do without this one bound.

    Parameters
    ----------
    strata : Strata
        What there is, and the shares wanted.
    tolerance : float
        At which there is no sample.

    Returns
    -------
    Obstacles
        All empty where only whole rows are the obstacle: a sample of parts of them exists.

    Examples
    --------
    >>> strata = Strata(np.array([40]), np.array([[True], [False]]), np.array([0.75, 0.25]), np.array([0, 0]))
    >>> find_obstacles(strata, 0.1)
    Obstacles(few=(1,), many=(), together=())
    """
    least = _nearest_mixture(strata)
    assert least.values is not None  # every mixture is a solution at a tolerance of 1
    if least.objective <= tolerance + _NEAR:
        return Obstacles()
    n, wanted = len(strata.wanted), strata.wanted
    available = strata.members @ strata.sizes / strata.sizes.sum()
    absent = (available == 0) & (wanted > tolerance)
    short, mixed = wanted - available, wanted - strata.members @ least.values[:-1]
    tight = np.concatenate([mixed, -mixed]) >= least.objective - _NEAR
    eased = np.zeros(2 * n, dtype=bool)
    for bound in np.flatnonzero(tight & (np.concatenate([short, -short]) > _NEAR)):
        eased[bound] = _is_nearer(strata, least, np.arange(2 * n) != bound)
    few, many = np.flatnonzero(absent | eased[:n]), np.flatnonzero(eased[n:])
    if eased.any() or wanted[absent].max(initial=0.0) >= least.objective - _NEAR:
        return Obstacles(tuple(few.tolist()), tuple(many.tolist()))
    attributes = np.unique(strata.attribute).tolist()
    apart = [name for name in attributes if _is_nearer(strata, least, np.tile(strata.attribute != name, 2))]
    return Obstacles(tuple(few.tolist()), tuple(many.tolist()), tuple(apart or attributes))


def _is_nearer(strata: Strata, least: Solution, kept: npt.NDArray[np.bool_]) -> bool:
    """Whether a mixture lies nearer when only these bounds are kept."""
    return _nearest_mixture(strata, kept=kept).objective < least.objective - _NEAR


def _nearest_mixture(strata: Strata, *, kept: npt.NDArray[np.bool_] | None = None) -> Solution:
    """Find the mixture of the strata whose farthest category is nearest to its share; the objective is how far.

    Only the bounds that are kept count: first the lower one of each category, then the upper ones.
    """
    n = len(strata.sizes)
    lower, upper = np.split(np.ones(2 * len(strata.wanted), dtype=bool) if kept is None else kept, 2)
    rows = [Row(np.arange(n), np.ones(n), 1.0, 1.0)]
    for member, share, is_low, is_high in zip(strata.members, strata.wanted, lower, upper, strict=True):
        columns = np.append(np.flatnonzero(member), n)
        ones = np.ones(len(columns) - 1)
        if is_high:
            rows.append(Row(columns, np.append(ones, -1.0), upper=share))
        if is_low:
            rows.append(Row(columns, np.append(ones, 1.0), lower=share))
    program = LinearProgram(
        objective=np.append(np.zeros(n), 1.0), lower=np.zeros(n + 1), upper=np.ones(n + 1), rows=rows
    )
    return solve_linear(program)

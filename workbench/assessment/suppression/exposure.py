"""Find what a reader can derive: the limits of every number, and whether it may be large."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import tee

import numpy as np

from workbench.assessment.suppression.effort import spend_work
from workbench.assessment.suppression.knowledge import Expression, Knowledge
from workbench.optimization import FloatArray, LinearProgram, Row, Solution, bound_expressions, solve_linear

_TOLERANCE = 1e-6  # of the solver
_BRANCHES = 10  # programs that one in whole numbers is worth, as measured


@dataclass(frozen=True)
class Finding:
    """What is known of one number of patients.

    Attributes
    ----------
    expression : Expression
        The number.
    low, high : int or None
        Its limits over all tables that agree with what is known; None where there is none.
    exposed : bool
        Whether it is known to be below the threshold, and no change that is known to be 0.
    is_doubted : bool
        Whether it is a change that only assumptions make 0 of which others are contradicted: then its limits, and
        whether it is exposed, are what is left without them.
    """

    expression: Expression
    low: int | None
    high: int | None
    exposed: bool
    is_doubted: bool = False


class Tables:
    """Tables in whole numbers that agree with what is known, side by side.

    Parameters
    ----------
    n : int
        How many cells each has.
    """

    def __init__(self, n: int) -> None:
        self._values = np.zeros((16, n))
        self._n_tables = 0

    def widened(self, places: Sequence[int], n: int) -> "Tables":
        """Return the same for more cells, in which nobody is by any of them.

        Parameters
        ----------
        places : sequence of int
            Where each cell stands among the more.
        n : int
            How many cells there are.

        Returns
        -------
        Tables
            As many.
        """
        more = Tables(n)
        for table in self._values[: self._n_tables]:
            wide = np.zeros(n)
            wide[places] = table
            more.add(wide)
        return more

    def add(self, table: FloatArray) -> None:
        """Take one in.

        Parameters
        ----------
        table : numpy.ndarray
            Its cells.
        """
        if self._n_tables == len(self._values):
            self._values = np.concatenate([self._values, np.zeros_like(self._values)])
        self._values[self._n_tables] = table
        self._n_tables += 1

    def reach(self, expression: Expression, *, threshold: int) -> bool:
        """Return whether a number is at least the threshold in one of them.

        Parameters
        ----------
        expression : Expression
            The number; a change may be in either direction.
        threshold : int
            The smallest count that may be known.

        Returns
        -------
        bool
            False without tables.
        """
        row = expression.row
        sums = self._values[: self._n_tables, row.columns] @ row.weights
        return bool((np.abs(sums) > threshold - 0.5).any())


def examine(knowledge: Knowledge, *, threshold: int, settling: Tables | None = None) -> Iterator[Finding]:
    """Yield what is known of each number.

    Parameters
    ----------
    knowledge : Knowledge
        With its assumptions settled.
    threshold : int
        The smallest count that may be known.
    settling : Tables, optional
        They agree with the knowledge. A hidden number that reaches the threshold in one of them is left out; what is
        found joins them.

    Yields
    ------
    Finding
        In the order of the expressions.

    Raises
    ------
    ValueError
        When no table agrees with what is published.
    """
    program = knowledge.program()
    if solve_linear(program).status == "infeasible":
        raise ValueError(
            "No patients could give these tables: their totals contradict one another. "
            "Tables of a family count the same patients. Take every census from one cohort."
        )
    tables = Tables(knowledge.n) if settling is None else settling
    for expression in knowledge.expressions:
        if expression.value is not None:
            known = 0 < abs(expression.value) < threshold
            yield Finding(expression, expression.value, expression.value, known)
    hidden = (
        each
        for each in knowledge.expressions
        if each.value is None and not (settling is not None and tables.reach(each, threshold=threshold))
    )
    doubted = []
    asked, bounded, proof = *tee(hidden), Proof(program)
    for expression, ends in zip(asked, bound_expressions(program, _paid(program, bounded)), strict=True):
        for each in ends:
            if each.values is not None and proof.holds(each.values):
                tables.add(each.values)
        low, high = _limits(*ends)
        if expression.is_change and (low, high) == (0, 0) and knowledge.loose is not None:
            doubted.append(expression)
            continue
        exposed = not (expression.is_change and (low, high) == (0, 0)) and not (
            tables.reach(expression, threshold=threshold)
            or _reach(program, expression, (low, high), tables, threshold=threshold)
        )
        yield Finding(expression, low, high, exposed)
    if knowledge.loose is not None and doubted:
        for found in examine(replace(knowledge.loose, expressions=doubted), threshold=threshold):
            yield replace(found, is_doubted=True)


class Proof:
    """Whether values are whole numbers that meet a program: the solver is not taken at its word.

    Parameters
    ----------
    program : LinearProgram
        Its constraints have whole numbers only.
    """

    def __init__(self, program: LinearProgram) -> None:
        rows = program.rows
        self.row = np.repeat(np.arange(len(rows)), [len(row.columns) for row in rows])
        self.columns = np.concatenate([np.zeros(0, dtype=np.intp), *(row.columns for row in rows)])
        self.weights = np.concatenate([np.zeros(0), *(row.weights for row in rows)])
        self.lower, self.upper = (np.array([getattr(row, end) for row in rows]) for end in ("lower", "upper"))

    def holds(self, values: FloatArray) -> bool:
        """Return whether values are a solution.

        Parameters
        ----------
        values : numpy.ndarray
            One a variable.

        Returns
        -------
        bool
            False where one is negative too.
        """
        whole = np.round(values)
        if np.abs(values - whole).max(initial=0.0) > _TOLERANCE or (whole < 0).any():
            return False
        sums = np.bincount(self.row, self.weights * whole[self.columns], minlength=len(self.lower))
        return bool(((self.lower - 0.5 < sums) & (sums < self.upper + 0.5)).all())


def find_whole(program: LinearProgram) -> FloatArray | None:
    """Return the best solution of a program in whole numbers.

    Parameters
    ----------
    program : LinearProgram
        Without whole-number variables; most programs of tables have a solution in whole numbers all the same.

    Returns
    -------
    numpy.ndarray or None
        None when there is none.
    """
    spend_work(program)
    solution = solve_linear(program)
    proof = Proof(program)
    if solution.values is not None and not proof.holds(solution.values):
        whole = np.ones(len(program.objective), dtype=bool)
        spend_work(program, _BRANCHES)
        solution = solve_linear(replace(program, integer=whole))
    return solution.values if solution.values is not None and proof.holds(solution.values) else None


def _paid(program: LinearProgram, expressions: Iterable[Expression]) -> Iterator[Row]:
    """Two programs each."""
    for each in expressions:
        spend_work(program, 2)
        yield each.row


def _limits(least: Solution, greatest: Solution) -> tuple[int | None, int | None]:
    """The whole numbers between the limits."""
    return (
        None if least.status == "unbounded" else math.ceil(least.objective - _TOLERANCE),
        None if greatest.status == "unbounded" else math.floor(greatest.objective + _TOLERANCE),
    )


def _reach(
    program: LinearProgram,
    expression: Expression,
    limits: tuple[int | None, int | None],
    tables: Tables,
    *,
    threshold: int,
) -> bool:
    """Look for whole numbers of patients with which the number reaches the threshold, where the limits allow it."""
    low, high = limits
    goals = []
    if high is None or high >= threshold:
        goals.append(replace(expression.row, lower=threshold, upper=np.inf))
    if low is None or low <= -threshold:
        goals.append(replace(expression.row, lower=-np.inf, upper=-threshold))
    for goal in goals:
        table = find_whole(replace(program, rows=[*program.rows, goal]))
        if table is not None:
            tables.add(table)
            return True
    return False

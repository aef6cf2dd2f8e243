"""Linear programs: what a solver is given and what it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

Sense = Literal["minimize", "maximize"]
Status = Literal["optimal", "infeasible", "unbounded", "time limit"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Row:
    """One constraint: a weighted sum of a few variables lies between two bounds.

    Attributes
    ----------
    columns : numpy.ndarray
        Positions of the variables, int, shape ``(k,)``, none twice.
    weights : numpy.ndarray
        Their coefficients, float, shape ``(k,)``.
    lower, upper : float
        The bounds; infinite where there is none, equal for an equation.
    """

    columns: npt.NDArray[np.intp]
    weights: FloatArray
    lower: float = -np.inf
    upper: float = np.inf


@dataclass(frozen=True, eq=False)
class LinearProgram:
    """An objective, the bounds of its variables and the constraints between them.

    Attributes
    ----------
    objective : numpy.ndarray
        One coefficient a variable, float, shape ``(n,)``.
    lower, upper : numpy.ndarray
        Bounds of the variables, float, shape ``(n,)``; infinite where there is none.
    rows : sequence of Row
        The constraints.
    integer : numpy.ndarray or None
        Which variables are whole numbers, Boolean, shape ``(n,)``; None where none is.
    sense : {"minimize", "maximize"}
        What is done with the objective.
    """

    objective: FloatArray
    lower: FloatArray
    upper: FloatArray
    rows: Sequence[Row] = ()
    integer: npt.NDArray[np.bool_] | None = None
    sense: Sense = "minimize"


@dataclass(frozen=True, eq=False)
class Solution:
    """What the solver found.

    Attributes
    ----------
    status : {"optimal", "infeasible", "unbounded", "time limit"}
        ``"optimal"`` is proven. At a time limit the best solution so far is kept, if there is one.
    values : numpy.ndarray or None
        The variables, shape ``(n,)``; whole numbers exactly where they were asked for. None without a solution.
    objective : float
        Its objective; NaN without a solution.
    bound : float
        What no solution can beat: the objective itself when optimal, the proven bound at a time limit, else NaN.
    """

    status: Status
    values: FloatArray | None = field(repr=False)
    objective: float = np.nan
    bound: float = np.nan


def check_program(program: LinearProgram) -> None:
    """Raise unless the arrays of a program fit one another and its rows name its variables.

    Parameters
    ----------
    program : LinearProgram
        Before it is solved.

    Raises
    ------
    ValueError
        Otherwise.
    """
    n = len(program.objective)
    integer = np.zeros(n, dtype=bool) if program.integer is None else program.integer
    sizes = {"lower": len(program.lower), "upper": len(program.upper), "integer": len(integer)}
    for name, size in sizes.items():
        if size != n:
            raise ValueError(
                f"{size} values in '{name}' for {n} variables in 'objective'. "
                f"Each array has one value a variable. Give {n} values."
            )
    if program.rows:
        sizes_of_rows = np.array([(len(row.columns), len(row.weights)) for row in program.rows])
        columns = np.concatenate([row.columns for row in program.rows])
        if (sizes_of_rows[:, 0] == sizes_of_rows[:, 1]).all() and ((columns >= 0) & (columns < n)).all():
            return
    for row in program.rows:
        check_row(row, n)


def check_row(row: Row, n: int) -> None:
    """Raise unless a row has a weight for each column and names variables that exist.

    Parameters
    ----------
    row : Row
        Of a program.
    n : int
        How many variables the program has.

    Raises
    ------
    ValueError
        Otherwise.
    """
    if len(row.columns) != len(row.weights):
        raise ValueError(
            f"A row with {len(row.columns)} columns and {len(row.weights)} weights. "
            "Each column has one weight. Give as many weights as columns."
        )
    if len(row.columns) and not 0 <= row.columns.min() <= row.columns.max() < n:
        raise ValueError(
            f"A row names variables {row.columns.min()} to {row.columns.max()}. "
            f"The program has {n}, counted from 0. Name only those."
        )

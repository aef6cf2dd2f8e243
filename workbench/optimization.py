"""Linear and mixed-integer programs, solved by HiGHS: the one door to the solver."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.linear_programs import FloatArray, LinearProgram, Row, Solution, Status, check_program, check_row

__all__ = ["FloatArray", "LinearProgram", "RepeatedProgram", "Row", "Solution", "bound_expressions", "solve_linear"]


def solve_linear(program: LinearProgram, *, time_limit_seconds: float | None = None) -> Solution:
    """Return the best solution of a linear or mixed-integer program.

    The solver prints nothing, runs on one thread with a fixed seed and so gives the same answer each time.

    Parameters
    ----------
    program : LinearProgram
        What to solve.
    time_limit_seconds : float or None
        When to stop with the best so far; None for never.

    Returns
    -------
    Solution
        With its status; an infeasible or unbounded program is an answer, not an error.

    Raises
    ------
    ValueError
        When the arrays do not fit one another, or a constraint names a variable that does not exist.

    References
    ----------
    Huangfu Q, Hall JAJ. Parallelizing the dual revised simplex method. Math Program Comput 2018;10:119-142.
    DOI 10.1007/s12532-017-0130-5

    Examples
    --------
    Two kinds of coins, at most 3.5 units of weight; the second kind weighs two.

    >>> coins = Row(columns=np.array([0, 1]), weights=np.array([1.0, 2.0]), upper=3.5)
    >>> program = LinearProgram(
    ...     objective=np.array([1.0, 3.0]),
    ...     lower=np.zeros(2),
    ...     upper=np.full(2, np.inf),
    ...     rows=[coins],
    ...     integer=np.array([True, True]),
    ...     sense="maximize",
    ... )
    >>> solution = solve_linear(program)
    >>> solution.status, solution.objective, solution.values.tolist()
    ('optimal', 4.0, [1.0, 1.0])
    """
    check_program(program)
    solver = _loaded(program)
    if time_limit_seconds is not None:
        solver.setOptionValue("time_limit", float(time_limit_seconds))
    return _solved(solver, program.integer)


def bound_expressions(program: LinearProgram, expressions: Iterable[Row]) -> Iterator[tuple[Solution, Solution]]:
    """Yield the least and the greatest value that each expression takes over the solutions of a program.

    The objective and the sense of the program are not used. Without whole-number variables each
    solve starts from the solution before it, so that many expressions cost little more than one. Expressions are taken
    one by one, so that their source may leave out those that earlier solutions have settled.

    Parameters
    ----------
    program : LinearProgram
        The constraints.
    expressions : iterable of Row
        Weighted sums of its variables; their bounds are not used.

    Yields
    ------
    Solution, Solution
        That of the least and that of the greatest value, in the order given; unbounded where there is none.

    Raises
    ------
    ValueError
        As `solve_linear`.

    Examples
    --------
    >>> total = Row(columns=np.array([0, 1]), weights=np.ones(2), lower=12, upper=12)
    >>> program = LinearProgram(np.zeros(2), lower=np.ones(2), upper=np.full(2, np.inf), rows=[total])
    >>> [(low, high)] = bound_expressions(program, [Row(columns=np.array([0]), weights=np.ones(1))])
    >>> low.objective, high.objective
    (1.0, 11.0)
    """
    import highspy

    check_program(program)
    solver = _loaded(program)
    n = len(program.objective)
    every = np.arange(n, dtype=np.int32)
    for expression in expressions:
        check_row(expression, n)
        cost = np.zeros(n)
        cost[expression.columns] = expression.weights
        solver.changeColsCost(n, every, cost)
        solver.changeObjectiveSense(highspy.ObjSense.kMinimize)
        least = _solved(solver, program.integer)
        solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        yield least, _solved(solver, program.integer)


class RepeatedProgram:
    """A program that is solved again and again, each time with other costs and one further constraint.

    Each solve starts from the solution before it, so that many cost little more than one. The outcome may depend on
    the order of the solves where several solutions are equally good.

    Parameters
    ----------
    program : LinearProgram
        Without whole-number variables.

    Raises
    ------
    ValueError
        As `solve_linear`.

    Examples
    --------
    >>> total = Row(columns=np.array([0, 1]), weights=np.ones(2), lower=12, upper=12)
    >>> program = LinearProgram(np.zeros(2), lower=np.zeros(2), upper=np.full(2, np.inf), rows=[total])
    >>> repeated = RepeatedProgram(program)
    >>> least = [Row(columns=np.array([at]), weights=np.ones(1), lower=5.0) for at in (0, 1)]
    >>> [repeated.solve(np.array([1.0, 2.0]), row).values.tolist() for row in least]
    [[12.0, 0.0], [7.0, 5.0]]
    """

    def __init__(self, program: LinearProgram) -> None:
        check_program(program)
        self._solver = _loaded(program)
        self._every = np.arange(len(program.objective), dtype=np.int32)
        self._n_rows = len(program.rows)

    def solve(self, objective: FloatArray, row: Row) -> Solution:
        """Return the best solution at some costs that meets one more constraint.

        Parameters
        ----------
        objective : numpy.ndarray
            One cost a variable.
        row : Row
            The further constraint, for this time only.

        Returns
        -------
        Solution
            As `solve_linear` gives it.
        """
        check_row(row, len(self._every))
        self._solver.changeColsCost(len(self._every), self._every, np.asarray(objective, dtype=float))
        columns = row.columns.astype(np.int32)
        self._solver.addRow(row.lower, row.upper, len(columns), columns, np.asarray(row.weights, dtype=float))
        solution = _solved(self._solver, None)
        self._solver.changeRowBounds(self._n_rows, -np.inf, np.inf)  # it binds no longer; where it stood still helps
        self._n_rows += 1
        return solution


def _loaded(program: LinearProgram) -> Any:
    import highspy

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.objective), len(program.rows)
    model.col_cost_ = np.asarray(program.objective, dtype=float)
    model.col_lower_ = np.asarray(program.lower, dtype=float)
    model.col_upper_ = np.asarray(program.upper, dtype=float)
    model.row_lower_ = np.array([row.lower for row in program.rows], dtype=float)
    model.row_upper_ = np.array([row.upper for row in program.rows], dtype=float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(row.columns) for row in program.rows)]).astype(np.int32)
    if program.rows:
        model.a_matrix_.index_ = np.concatenate([row.columns for row in program.rows]).astype(np.int32)
        model.a_matrix_.value_ = np.concatenate([row.weights for row in program.rows]).astype(float)
    if program.integer is not None:
        kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        model.integrality_ = [kinds[int(whole)] for whole in program.integer]
    model.sense_ = highspy.ObjSense.kMaximize if program.sense == "maximize" else highspy.ObjSense.kMinimize
    solver = _silent_solver()
    # One thread, the same in every solver: HiGHS shares its scheduler between solvers of a process.
    # A gap of 0: the default calls a solution optimal that is 0.01 % away.
    for option, value in {"threads": 1, "mip_rel_gap": 0.0}.items():
        solver.setOptionValue(option, value)
    if solver.passModel(model) == highspy.HighsStatus.kError:
        raise ValueError(
            "The solver does not take the program: a row names a variable twice, or a bound or weight is not a number. "
            "Each row names a variable once. Add up the weights of one that occurs twice."
        )
    return solver


def _silent_solver() -> Any:
    import highspy

    class Silent(highspy.Highs):  # type: ignore[misc, unused-ignore]
        """A solver that is silent before its own constructor could print the name and version of HiGHS."""

        def __init__(self) -> None:
            super(highspy.Highs, self).__init__()
            self.setOptionValue("output_flag", False)

    return Silent()


def _outcome(solver: Any) -> Any:
    solver.run()
    return solver.getModelStatus()


def _solved(solver: Any, integer: npt.NDArray[np.bool_] | None) -> Solution:
    import highspy

    outcome = _outcome(solver)
    if outcome == highspy.HighsModelStatus.kUnknown:  # stalled where it started; from scratch it goes another way
        solver.clearSolver()
        outcome = _outcome(solver)
    if outcome == highspy.HighsModelStatus.kUnboundedOrInfeasible:  # presolve does not tell which
        solver.setOptionValue("presolve", "off")
        outcome = _outcome(solver)
        solver.setOptionValue("presolve", "choose")
    if outcome == highspy.HighsModelStatus.kModelEmpty:
        return Solution("optimal", np.zeros(0), 0.0, 0.0)
    statuses: dict[Any, Status] = {
        highspy.HighsModelStatus.kOptimal: "optimal",
        highspy.HighsModelStatus.kInfeasible: "infeasible",
        highspy.HighsModelStatus.kUnbounded: "unbounded",
        highspy.HighsModelStatus.kTimeLimit: "time limit",
    }
    if outcome not in statuses:
        raise ArithmeticError(
            f"The solver stopped with {outcome.name!r}. It ends optimal, infeasible, unbounded or at its time limit. "
            "Look for coefficients that differ by many orders of magnitude."
        )
    status, about = statuses[outcome], solver.getInfo()
    if status in ("infeasible", "unbounded"):
        return Solution(status, None)
    bound = float(about.mip_dual_bound if integer is not None and integer.any() else about.objective_function_value)
    if about.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Solution(status, None, bound=bound)
    values = np.array(solver.getSolution().col_value, dtype=float)
    if integer is not None:
        values[integer] = np.round(values[integer])
    return Solution(status, values, float(about.objective_function_value), bound)

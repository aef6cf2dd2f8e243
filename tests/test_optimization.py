"""The door to the solver: what comes back, in which status, and that nothing is printed."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.thorough import examples
from workbench.optimization import LinearProgram, Row, bound_expressions, solve_linear


def row(weights: dict[int, float], low: float = -np.inf, high: float = np.inf) -> Row:
    return Row(np.array(list(weights), dtype=np.intp), np.array(list(weights.values()), dtype=float), low, high)


def program(objective: list[float], rows: list[Row] | None = None, **more: object) -> LinearProgram:
    n = len(objective)
    given = {"lower": np.zeros(n), "upper": np.full(n, np.inf), "rows": rows or []} | more
    return LinearProgram(np.array(objective, dtype=float), **given)


def test_the_best_mixture_is_found_where_two_limits_meet() -> None:
    # Profit 3x + 2y with x + y <= 4 and x + 3y <= 6: both bind at x = 3, y = 1, or x alone at x = 4: 3·4 = 12 > 11.
    solved = solve_linear(program([3, 2], [row({0: 1, 1: 1}, high=4), row({0: 1, 1: 3}, high=6)], sense="maximize"))
    assert (solved.status, solved.objective, solved.bound) == ("optimal", 12.0, 12.0)
    assert solved.values.tolist() == [4.0, 0.0]


def test_whole_numbers_are_whole_and_the_best_of_them() -> None:
    # Weights 3, 4, 5 and values 4, 5, 6 in a sack of 7: 3 + 4 gives 9, while parts would give 4 + 5 = 9 at once.
    # In a sack of 8: 3 + 5 gives 10; parts would give 4 + 5 + 6/5 = 10.2.
    sack = program(
        [4, 5, 6], [row({0: 3, 1: 4, 2: 5}, high=8)], upper=np.ones(3), integer=np.ones(3, dtype=bool), sense="maximize"
    )
    solved = solve_linear(sack)
    assert (solved.objective, solved.values.tolist()) == (10.0, [1.0, 0.0, 1.0])


@pytest.mark.parametrize(
    ("unsolvable", "status"),
    [
        (program([1.0], lower=np.array([2.0]), upper=np.array([1.0])), "infeasible"),
        (program([1.0], [row({0: 1}, low=5)], upper=np.array([4.0])), "infeasible"),
        (program([1.0], [row({0: 2}, low=1, high=1)], integer=np.array([True])), "infeasible"),
        (program([-1.0]), "unbounded"),
        (program([-1.0, 0.0], [row({0: 1, 1: -1}, high=3)]), "unbounded"),
    ],
)
def test_a_program_without_a_best_solution_says_why(unsolvable: LinearProgram, status: str) -> None:
    solved = solve_linear(unsolvable)
    assert (solved.status, solved.values) == (status, None)
    assert np.isnan(solved.objective)


def test_a_program_of_nothing_costs_nothing() -> None:
    solved = solve_linear(program([]))
    assert (solved.status, solved.objective, solved.values.tolist()) == ("optimal", 0.0, [])


def test_a_time_limit_keeps_the_best_so_far_and_what_none_can_beat() -> None:
    generator = np.random.default_rng(0)  # a market-split problem, far beyond a second for any solver
    rows = [row(dict(enumerate(generator.integers(1, 1_000, 300))), high=50_000) for _ in range(20)]
    values = generator.integers(1, 1_000, 300).tolist()
    hard = program(values, rows, upper=np.ones(300), integer=np.ones(300, dtype=bool), sense="maximize")
    solved = solve_linear(hard, time_limit_seconds=0.5)
    assert solved.status == "time limit"
    assert solved.objective == pytest.approx(solved.values @ np.array(values))
    assert solved.objective <= solved.bound
    assert solve_linear(hard, time_limit_seconds=0).values is None


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    solve_linear(program([1.0], [row({0: 1}, low=0.5)], integer=np.array([True])))
    list(bound_expressions(program([1.0]), [row({0: 1})]))
    assert capfd.readouterr() == ("", "")


def test_expressions_are_asked_for_one_by_one() -> None:
    asked = []

    def source() -> object:
        for weight in (1.0, 2.0):
            asked.append(weight)
            yield row({0: weight})

    found = bound_expressions(program([0.0], upper=np.array([5.0])), source())
    least, greatest = next(found)
    assert (least.objective, greatest.objective, asked) == (0.0, 5.0, [1.0])


@settings(max_examples=examples(20), deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_limits_are_those_of_another_program_for_linear_programs(seed: int) -> None:
    generator = np.random.default_rng(seed)
    table = generator.integers(0, 20, (3, 4)).astype(float)
    margins = [*np.kron(np.eye(3), np.ones(4)), *np.kron(np.ones(3), np.eye(4))]
    rows = [row(dict(enumerate(margin)), low=margin @ table.ravel(), high=margin @ table.ravel()) for margin in margins]
    cells = [row({cell: 1.0}) for cell in range(4)]
    for cell, (least, greatest) in enumerate(bound_expressions(program([0.0] * 12, rows), cells)):
        theirs = [
            linprog(sign * np.eye(12)[cell], A_eq=np.array(margins), b_eq=np.array(margins) @ table.ravel()).fun
            for sign in (1, -1)
        ]
        assert [least.objective, -greatest.objective] == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            program([1.0, 2.0], lower=np.zeros(3)),
            "3 values in 'lower' for 2 variables in 'objective'. Each array has one value a variable. Give 2 values.",
        ),
        (
            program([1.0, 2.0], integer=np.array([True])),
            "1 values in 'integer' for 2 variables in 'objective'. Each array has one value a variable. Give 2 values.",
        ),
        (
            program([1.0], [Row(np.array([0]), np.array([1.0, 2.0]))]),
            "A row with 1 columns and 2 weights. Each column has one weight. Give as many weights as columns.",
        ),
        (
            program([1.0], [row({1: 1.0})]),
            "A row names variables 1 to 1. The program has 1, counted from 0. Name only those.",
        ),
        (
            program([1.0], [Row(np.array([0, 0]), np.array([1.0, 1.0]))]),
            "The solver does not take the program: a row names a variable twice, or a bound or weight is not a number. "
            "Each row names a variable once. Add up the weights of one that occurs twice.",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_refused(wrong: LinearProgram, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        solve_linear(wrong)

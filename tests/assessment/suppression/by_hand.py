"""An audit that shares nothing with the package: every joint table of whole patients that agrees with what is shown."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import Bounds, LinearConstraint, milp

Key = tuple[Any, ...]
_LARGE = 11
_MOST = 500  # patients in a joint cell that the audit tries; enough to be large
# The presolve of the solver in scipy 1.17 calls 10 the optimum of a program that 12 solves.
_OPTIONS = {"presolve": False}


def derivable(releases: Sequence[Sequence[pl.DataFrame]], domains: Mapping[str, list[str]]) -> list[str]:
    """Name every number of patients that a reader of all releases knows to lie between 1 and 10, or to be 0 to 10.

    Unknown is the joint table of all attributes at each release (`domains` are the categories). Known is every number
    shown, that a hidden one is not 0 unless nothing is shown of a group that it is part of, that a combination without
    a row is 0, and that joint cells only grow, unless
    that contradicts the numbers. Changes known to be 0 are not named, nor are those that may be 0 where cells need
    not grow.
    """
    figures = [list(_figures(tables, domains)) for tables in releases]
    n = int(np.prod([len(categories) for categories in domains.values()]))
    rows = [_at(mask, at, len(releases)) for at, each in enumerate(figures) for _, mask, _ in each]
    counts = [count for each in figures for _, _, count in each]
    least = [1 - float(_is_veiled(key, each)) for each in figures for key, _, _ in each]
    bounds = [(low, np.inf) if n is None else (n, n) for low, n in zip(least, counts, strict=True)]
    known = _constraint(rows, bounds)
    growth = [
        _at(unit, at + 1, len(releases)) - _at(unit, at, len(releases))
        for at in range(len(releases) - 1)
        for unit in np.eye(n)
    ]
    growing = [known, _constraint(growth, [(0, np.inf)] * len(growth))] if growth else [known]
    grows = bool(growth) and _best(np.zeros(n * len(releases)), growing) is not None
    told = growing if grows else [known]
    targets = list(_targets(figures))
    seen = [_largest_together([target for _, target, _ in targets], told)]
    found = []
    for name, target, value in targets:
        if value is not None:
            found += [f"{name}: {value}"] if 0 < abs(value) < _LARGE else []
            continue
        for sign in (-1, 1):  # the second end is of use only where the first is small
            if not any(abs(target @ values) >= _LARGE for values in seen):
                seen.append(_best(sign * target, told))
        low, high = min(target @ end for end in seen), max(target @ end for end in seen)
        may_be_0 = (low, high) == (0, 0) if grows else low <= 0 <= high
        if max(-low, high) < _LARGE and not (may_be_0 and name.endswith("change")):
            found.append(f"{name}: {low:.0f} to {high:.0f}")
    return found


def _is_veiled(key: Key, figures: Sequence[tuple[Key, np.ndarray, int | None]]) -> bool:
    """Whether nothing is shown of some group that a cell is part of, neither its number nor one inside it."""
    told = {frozenset(other) for other, _, count in figures if count is not None}
    shown = [frozenset(other) for other, _, count in figures if count]
    groups = [frozenset(part) for size in range(len(key)) for part in combinations(key, size)]
    return any(group not in told and not any(group <= other for other in shown) for group in groups)


def _figures(
    tables: Sequence[pl.DataFrame], domains: Mapping[str, list[str]]
) -> Iterator[tuple[Key, np.ndarray, int | None]]:
    joint = list(product(*domains.values()))
    yield (), np.ones(len(joint)), tables[0]["n_total"][0]
    for table in tables:
        by = [name for name in domains if name in table.columns]
        said = {tuple(map(str, row[:-1])): row[-1] for row in table.select(*by, "n_patients").rows()}
        places = [list(domains).index(name) for name in by]
        for cell in product(*(domains[name] for name in by)):
            mask = np.array([float(all(each[p] == c for p, c in zip(places, cell, strict=True))) for each in joint])
            yield tuple(zip(by, cell, strict=True)), mask, said.get(cell, 0)


def _targets(
    figures: Sequence[Sequence[tuple[Key, np.ndarray, int | None]]],
) -> Iterator[tuple[str, np.ndarray, int | None]]:
    """Every cell and every change of one, with its number where it is shown."""
    for at, each in enumerate(figures):
        before = {key: (mask, count) for key, mask, count in figures[at - 1]} if at else {}
        for key, mask, count in each:
            yield f"release {at + 1} {key}", _at(mask, at, len(figures)), count
            if key in before:
                then_mask, then = before[key]
                change = _at(mask, at, len(figures)) - _at(then_mask, at - 1, len(figures))
                yield f"release {at + 1} {key} change", change, None if None in (count, then) else count - then


def _at(mask: np.ndarray, at: int, n_releases: int) -> np.ndarray:
    return np.concatenate([mask if each == at else np.zeros(len(mask)) for each in range(n_releases)])


def _constraint(rows: list[np.ndarray], bounds: list[tuple[float, float]]) -> LinearConstraint:
    return LinearConstraint(np.array(rows), *np.array(bounds, dtype=float).T)


def _best(objective: np.ndarray, known: list[LinearConstraint]) -> np.ndarray | None:
    whole = np.ones(len(objective))
    answer = milp(objective, constraints=known, bounds=Bounds(0, _MOST), integrality=whole, options=_OPTIONS)
    assert answer.status in (0, 2), answer.message
    return None if answer.x is None else np.round(answer.x)


def _largest_together(targets: list[np.ndarray], known: list[LinearConstraint]) -> np.ndarray:
    """One table in which as many as possible of the numbers are large, so that few have to be looked at alone."""
    n, m = len(targets[0]), len(targets)
    wide = [LinearConstraint(np.hstack([each.A, np.zeros((each.A.shape[0], m))]), each.lb, each.ub) for each in known]
    reach = LinearConstraint(np.hstack([np.array(targets), -np.eye(m)]), 0, np.inf)
    answer = milp(
        np.concatenate([np.zeros(n), -np.ones(m)]),
        constraints=[*wide, reach],
        bounds=Bounds(
            np.concatenate([np.zeros(n), np.full(m, -_MOST)]), np.concatenate([np.full(n, _MOST), np.full(m, _LARGE)])
        ),
        integrality=np.concatenate([np.ones(n), np.zeros(m)]),
        options=_OPTIONS,
    )
    assert answer.status == 0, f"the published tables contradict one another: {answer.message}"
    return np.round(answer.x[:n])

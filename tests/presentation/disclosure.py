"""What a reader can derive from numbers read off pages: an audit of its own, that shares no reading with the package's.

A statement is what a page says of some patients: criteria, one value each, and their number; None is a hidden one,
which is known not to be 0 unless nothing is said of a larger group of these patients. Unknown are the cells of the
largest sets of attributes; every set that holds the attributes of a statement sums to it, and cells that two sets have
in common agree. Of two releases the later has every patient of the earlier.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product

import numpy as np

from workbench.optimization import LinearProgram, Row, bound_expressions

Pairs = frozenset[tuple[str, str]]
Statements = Mapping[Pairs, int | None]
_FEW = 11


def exposed(releases: Sequence[Statements]) -> list[str]:
    """Return the numbers, and the changes of numbers, of which a reader knows that they are 1 to 10."""
    unknown = _Unknown(releases)
    asked = list(unknown.asked())
    n = unknown.n
    program = LinearProgram(np.zeros(n), np.zeros(n), np.full(n, np.inf), list(unknown.known()))
    found = []
    for (words, _), (least, most) in zip(asked, bound_expressions(program, (row for _, row in asked)), strict=True):
        assert least.status != "infeasible", "the statements contradict one another"
        low = -np.inf if least.status == "unbounded" else np.ceil(least.objective - 1e-6)
        high = np.inf if most.status == "unbounded" else np.floor(most.objective + 1e-6)
        if low > -_FEW and high < _FEW and (low, high) != (0, 0):
            found.append(f"{words}: {low:.0f} to {high:.0f}")
    return found


class _Unknown:
    """The cells that may hold patients, and all that is known of them."""

    def __init__(self, releases: Sequence[Statements]) -> None:
        self.releases = releases
        self.sets = _largest({_names(criteria) for release in releases for criteria in release})
        self.cells: dict[tuple[int, frozenset[str], Pairs], int] = {}
        for at, release in enumerate(releases):
            for names in self.sets:
                for cell in _possible(release, names):
                    self.cells[at, names, cell] = len(self.cells)
        self.sums: dict[tuple[int, frozenset[str], Pairs], list[int]] = defaultdict(list)
        for (at, names, cell), place in self.cells.items():
            for size in range(len(cell) + 1):
                for part in combinations(sorted(cell), size):
                    self.sums[at, names, frozenset(part)].append(place)

    @property
    def n(self) -> int:
        return len(self.cells)

    def known(self) -> Iterator[Row]:
        for at, release in enumerate(self.releases):
            for criteria, number in release.items():
                for names in self.sets:
                    if _names(criteria) <= names and number != 0:
                        least = 0 if number is None and _is_veiled(criteria, release) else 1
                        bounds = (least, np.inf) if number is None else (number, number)
                        yield _row(self.sums[at, names, criteria], [], *bounds)
            for one, other in combinations(self.sets, 2):
                of_both = {part for when, names, part in self.sums if when == at and names in (one, other)}
                for part in (each for each in of_both if _names(each) == one & other):
                    yield _row(self.sums.get((at, one, part), []), self.sums.get((at, other, part), []), 0, 0)
        for (at, names, cell), place in self.cells.items():
            if at and (at - 1, names, cell) in self.cells:
                yield _row([place], [self.cells[at - 1, names, cell]], 0, np.inf)

    def asked(self) -> Iterator[tuple[str, Row]]:
        for at, release in enumerate(self.releases):
            for criteria, number in release.items():
                words = ", ".join(" ".join(pair) for pair in sorted(criteria)) or "everyone"
                now = self.places(at, criteria)
                if number is None or 0 < number < _FEW:
                    yield f"release {at + 1}: {words}", _row(now, [])
                if number != 0 and at and self.releases[at - 1].get(criteria, 0) != 0:
                    yield f"change: {words}", _row(now, self.places(at - 1, criteria))

    def places(self, at: int, criteria: Pairs) -> list[int]:
        names = next(each for each in self.sets if _names(criteria) <= each)
        return self.sums[at, names, criteria]


def _is_veiled(criteria: Pairs, release: Statements) -> bool:
    """Whether of some group that these patients are part of neither its number is said nor one inside it."""
    parts = (frozenset(part) for size in range(len(criteria)) for part in combinations(sorted(criteria), size))
    return any(
        release.get(part) is None and not any(number and part <= other for other, number in release.items())
        for part in parts
    )


def _names(criteria: Pairs) -> frozenset[str]:
    return frozenset(name for name, _ in criteria)


def _largest(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    every = set(sets)
    return sorted((each for each in every if not any(each < other for other in every)), key=sorted)


def _possible(release: Statements, names: frozenset[str]) -> Iterator[Pairs]:
    """Every combination of categories of which the release says for no part that there is nobody."""
    said = {pair for criteria in release for pair in criteria}
    options = [[pair for pair in sorted(said) if pair[0] == name] for name in sorted(names)]
    for cell in product(*options):
        parts = (frozenset(part) for size in range(len(cell) + 1) for part in combinations(cell, size))
        if all(release.get(part, 1) != 0 for part in parts):
            yield frozenset(cell)


def _row(plus: Sequence[int], minus: Sequence[int], low: float = -np.inf, high: float = np.inf) -> Row:
    places = np.array([*plus, *minus], dtype=np.intp)
    weights = np.repeat([1.0, -1.0], [len(plus), len(minus)])
    columns, where = np.unique(places, return_inverse=True)
    return Row(columns, np.bincount(where, weights, minlength=len(columns)).astype(np.float64), low, high)

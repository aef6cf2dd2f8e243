"""Read published tables as a reader does who puts everything together: one unknown a cell, one equation a number."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, product
from math import prod

import numpy as np

from workbench.assessment.suppression.knowledge import Columns, Expression, Figure, Knowledge, weigh_cells
from workbench.assessment.suppression.linking import Attributes, link_tables
from workbench.assessment.suppression.meanings import MEANINGS
from workbench.assessment.suppression.published import EVERYONE, Cell, Published, categories_of, describe_cell
from workbench.assessment.suppression.veiling import may_be_empty, veiled_groups
from workbench.optimization import Row

_MOST_CELLS = 700  # of one joint table that nobody shows: ten seconds; twice as many take minutes
_MOST_TRIED = 100_000  # combinations of categories, of which most have to be empty


Implied = Sequence[tuple[Cell, Cell]]  # whoever is in the first is in the second


def read_knowledge(releases: Sequence[Published], *, implied: Implied = ()) -> Knowledge:
    """Return what follows from the releases of one population.

    Parameters
    ----------
    releases : sequence of Published
        In order of time.
    implied : sequence of (Cell, Cell)
        Groups of which the first is part of the second, as a reader may know.

    Returns
    -------
    Knowledge
        With one unknown for each cell of the largest tables, and of each release.

    Raises
    ------
    ValueError
        When tables in a cycle have too many cells together, or say what cannot be.
    """
    unknowns = _Unknowns(releases, implied)
    veiled = [veiled_groups(release.counts) for release in releases]
    figures = [
        Figure(
            at,
            cell,
            unknowns.columns(at, cell),
            count,
            unknowns.is_margin(cell),
            count is None and may_be_empty(cell, veiled[at]),
        )
        for at, release in enumerate(releases)
        for cell, count in release.counts.items()
        if count != 0
    ]
    for figure in figures:
        if not len(figure.columns) and not figure.may_be_empty:
            raise ValueError(
                f"{describe_cell(figure.cell)} is not 0, but everything it consists of is. Tables of a family count "
                "the same patients. Take every census from one cohort."
            )
    return Knowledge(
        unknowns.n,
        figures,
        list(_expressions(releases, unknowns)),
        list(unknowns.structure()),
        list(unknowns.assumptions()),
        cells=[(at, place, cell) for (at, place), cells in unknowns.cells.items() for cell in cells],
    )


class _Unknowns:
    """The unknown cells, numbered."""

    def __init__(self, releases: Sequence[Published], implied: Implied) -> None:
        self.releases, self.implied = releases, implied
        self.categories = categories_of(releases)
        named = [tuple(name for name, _ in cell) for release in releases for cell in release.counts]
        self.meanings = [meaning for meaning in MEANINGS if {*meaning.attributes} <= {*self.categories}]
        sets = {*named, *(meaning.attributes for meaning in self.meanings)}
        self.sets, self.tree = link_tables(sets)
        self.cells: dict[tuple[int, int], dict[Cell, int]] = {}
        self.n = 0
        for at in range(len(releases)):
            for place, attributes in enumerate(self.sets):
                cells = {cell: self.n + i for i, cell in enumerate(self._possible(at, attributes))}
                self.cells[at, place] = cells
                self.n += len(cells)
        self._sums: dict[tuple[int, int, Attributes], dict[Cell, list[int]]] = {}

    def columns(self, at: int, cell: Cell) -> Columns:
        names = tuple(name for name, _ in cell)
        place = next(place for place, attributes in enumerate(self.sets) if {*names} <= {*attributes})
        return np.array(self.sums(at, place, names).get(cell, []), dtype=np.intp)

    def sums(self, at: int, place: int, names: Attributes) -> dict[Cell, list[int]]:
        """The unknowns of a table by its cells of fewer attributes."""
        key = at, place, names
        if key not in self._sums:
            found: dict[Cell, list[int]] = {}
            for cell, position in self.cells[at, place].items():
                found.setdefault(_part(cell, names), []).append(position)
            self._sums[key] = found
        return self._sums[key]

    def is_margin(self, cell: Cell) -> bool:
        return tuple(name for name, _ in cell) not in self.sets

    def structure(self) -> Iterator[Row]:
        """Common margins agree."""
        for at in range(len(self.releases)):
            for one, other in self.tree:
                names = tuple(name for name in self.sets[one] if name in self.sets[other])
                left, right = self.sums(at, one, names), self.sums(at, other, names)
                for cell in dict.fromkeys([*left, *right]):
                    yield weigh_cells(left.get(cell, []), right.get(cell, []), 0.0, 0.0)

    def assumptions(self) -> Iterator[Row]:
        """In an order that does not change with what the newest release hides."""
        for before, after in pairwise(range(len(self.releases))):
            yield from self._growth(before, after)
        for at in range(len(self.releases)):
            yield from self._impossible(at)
            yield from self._implied(at)

    def _growth(self, before: int, after: int) -> Iterator[Row]:
        """No patient is taken away."""
        yield weigh_cells(self.columns(after, EVERYONE), self.columns(before, EVERYONE), 0.0, np.inf)
        for place in range(len(self.sets)):
            now = self.cells[after, place]
            for cell, position in self.cells[before, place].items():
                yield weigh_cells([now[cell]] if cell in now else [], [position], 0.0, np.inf)

    def _impossible(self, at: int) -> Iterator[Row]:
        for meaning in self.meanings:
            place = next(i for i, attributes in enumerate(self.sets) if {*meaning.attributes} <= {*attributes})
            for cell, positions in self.sums(at, place, meaning.attributes).items():
                if not meaning.is_possible(dict(cell)):
                    yield weigh_cells(positions, [], 0.0, 0.0)

    def _implied(self, at: int) -> Iterator[Row]:
        for cells in self.implied:
            if all(name in self.categories for cell in cells for name, _ in cell):
                inner, outer = (self.columns(at, cell) for cell in cells)
                if len(inner) and len(outer):
                    yield weigh_cells(outer, inner, 0.0, np.inf)

    def _possible(self, at: int, attributes: Attributes) -> list[Cell]:
        """The cells of a table in which, by everything published of a release, there may be patients."""
        counts, complete = self.releases[at].counts, self.releases[at].complete
        parts = [names for size in range(len(attributes) + 1) for names in combinations(attributes, size)]
        options = [[(name, category) for category in self.categories[name]] for name in attributes]
        is_shown, n_combinations = attributes in complete, prod(map(len, options))
        if is_shown:
            tried = iter([cell for cell in counts if tuple(name for name, _ in cell) == attributes])
        else:
            tried = product(*options) if n_combinations <= _MOST_TRIED else iter([])
        cells = [
            cell
            for cell in tried
            if all(counts.get(_part(cell, names), 0 if names in complete else 1) != 0 for names in parts)
        ]
        if not is_shown and (n_combinations > _MOST_TRIED or sum(map(self._is_meant, cells)) > _MOST_CELLS):
            raise ValueError(
                f"Tables of {' × '.join(attributes)} have to be looked at as one, in which more than {_MOST_CELLS:,} "
                "cells may hold patients. That is as many as an audit can do. Publish fewer tables together, or "
                "tables that form no cycle."
            )
        return cells

    def _is_meant(self, cell: Cell) -> bool:
        categories = dict(cell)
        return all(each.is_possible(categories) for each in self.meanings if {*each.attributes} <= {*categories})


def _part(cell: Cell, names: Attributes) -> Cell:
    return tuple(pair for pair in cell if pair[0] in names)


def _expressions(releases: Sequence[Published], unknowns: _Unknowns) -> Iterator[Expression]:
    for at, release in enumerate(releases):
        for cell, count in release.counts.items():
            if count != 0:
                yield Expression(at, describe_cell(cell), weigh_cells(unknowns.columns(at, cell), [], 0.0, 0.0), count)
        for before, earlier in enumerate(releases[:at]):
            for cell, count in release.counts.items():
                then = earlier.counts.get(cell, 0)
                if count != 0 and then != 0:
                    row = weigh_cells(unknowns.columns(at, cell), unknowns.columns(before, cell), 0.0, 0.0)
                    change = None if count is None or then is None else count - then
                    yield Expression(
                        at, f"{describe_cell(cell)}, change since release {before + 1}", row, change, is_change=True
                    )

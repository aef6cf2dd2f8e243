"""Choose what to hide: small counts, and as few others as it takes so that nothing gives them away."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import numpy as np

from workbench.assessment.suppression.effort import UnpublishableError, require_work, spend_work
from workbench.assessment.suppression.exposure import Proof, Tables, examine, find_whole
from workbench.assessment.suppression.knowledge import Expression, Figure, Knowledge
from workbench.assessment.suppression.published import EVERYONE, Cell, Count
from workbench.optimization import FloatArray, LinearProgram, RepeatedProgram, Row

# What hiding a number costs: a margin is worth several cells, and the total stands under every share.
_MARGIN, _EVERYONE = 10.0, 1_000.0

_TOLERANCE = 1e-6  # of the solver

Read = Callable[[Mapping[Cell, Count]], Knowledge]


def hide_counts(
    counts: Mapping[Cell, int], read: Read, *, threshold: int, hidden: Collection[Cell] = ()
) -> dict[Cell, Count]:
    """Return counts with None where a number is small or would give a small one away.

    For each small number that can be derived, the nearest other table is sought in which it reaches the threshold;
    nearest by what it would cost to hide the numbers that differ, less for small counts than for large ones, for
    cells than for margins, and nothing for what is hidden already. Those numbers are then hidden. So every hidden
    number has a table that keeps it open, and after at most as many rounds as there are numbers none is exposed.

    Parameters
    ----------
    counts : mapping of Cell to int
        The true counts of the newest release.
    read : callable
        What a reader knows when the newest release shows the given counts.
    threshold : int
        The smallest count that may be known.
    hidden : collection of Cell
        What is hidden whatever it is, but for zeros.

    Returns
    -------
    dict of Cell to int or None
        The same cells.

    Raises
    ------
    UnpublishableError
        When even hiding every count that is not 0 leaves a small one open to see, or the work would pass its bound.

    References
    ----------
    Kelly JP, Golden BL, Assad AA. Cell suppression: disclosure protection for sensitive tabular data. Networks
    1992;22:397-417. DOI 10.1002/net.3230220407
    """
    shown: dict[Cell, Count] = {cell: None if 0 < count < threshold else count for cell, count in counts.items()}
    shown.update({cell: None for cell in hidden if counts[cell]})
    tables: Tables | None = None  # each agrees with what is shown, and still does when more is hidden
    before: Knowledge | None = None
    while True:
        knowledge = read(shown).settled()
        n_unknown = sum(each.value is None for each in knowledge.expressions)
        # The audit looks at each once more, and so does the first round.
        require_work(knowledge.program(), (2 if before else 4) * n_unknown)
        if tables is None or before is None or knowledge.kept != before.kept:  # contradicted no longer
            tables = _true_tables(knowledge, counts)
        elif knowledge.n != before.n:
            places = {cell: place for place, cell in enumerate(knowledge.cells)}
            tables = tables.widened([places[cell] for cell in before.cells], knowledge.n)
        before = knowledge
        found = [each for each in examine(knowledge, threshold=threshold, settling=tables) if each.exposed]
        targets = [each.expression for each in found if not each.is_doubted]
        doubted = [each.expression for each in found if each.is_doubted]
        if not found:
            return shown
        more = _give_way(knowledge, targets, tables, threshold=threshold)
        if knowledge.loose is not None and doubted:
            more |= _give_way(knowledge.loose, doubted, Tables(knowledge.n), threshold=threshold)
        if not more:  # no table keeps all of them open while anything of this release is shown
            more = {cell for cell, count in shown.items() if count}
        if not more:
            first = found[0].expression
            raise UnpublishableError(
                f"With every count hidden, {first.words} of release {first.release + 1} can "
                "still be derived: an earlier release or a 0 gives it away. No count of 1–10 may be derivable. Publish "
                "these tables later, or without those of several attributes."
            )
        shown.update(dict.fromkeys(more))


def _true_tables(knowledge: Knowledge, counts: Mapping[Cell, int]) -> Tables:
    """One that shows the true counts of the newest release: it settles what is hidden although it is large."""
    newest, tables = _newest(knowledge), Tables(knowledge.n)
    figures = [
        replace(each, count=counts.get(each.cell, 0)) if each.release == newest else each for each in knowledge.figures
    ]
    table = find_whole(replace(knowledge, figures=figures).program())
    if table is not None:
        tables.add(table)
    return tables


def _give_way(knowledge: Knowledge, targets: list[Expression], tables: Tables, *, threshold: int) -> set[Cell]:
    """The cells to hide so that each target may reach the threshold, as the tables then show."""
    neighbors = _Neighbors(knowledge)
    for target in targets:
        if not tables.reach(target, threshold=threshold):
            table = neighbors.nearest(replace(target.row, lower=threshold, upper=np.inf))
            if table is not None:
                tables.add(table)
    return neighbors.hidden


class _Neighbors:
    """The tables near the true one: each open figure is free to differ from its count at a price for either direction.

    What differs in a table that was taken is hidden from then on, and differs for nothing in the next.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.n, self.open = knowledge.n, _open(knowledge)
        self.hidden: set[Cell] = set()
        free = {id(figure) for figure in self.open}
        rows = [*knowledge.structure, *(each.row() for each in knowledge.figures if id(each) not in free)]
        for i, figure in enumerate(self.open):
            more, less = self.n + 2 * i, self.n + 2 * i + 1
            weights = np.array([*np.ones(len(figure.columns)), -1.0, 1.0])
            count = float(figure.count or 0)
            rows.append(Row(np.array([*figure.columns, more, less], dtype=np.intp), weights, count, count))
            rows.append(replace(figure, count=None).row())  # hidden, it is known not to be 0
        self.prices = np.array([_price(figure) for figure in self.open])
        width = self.n + 2 * len(self.open)
        self.program = LinearProgram(np.zeros(width), np.zeros(width), np.full(width, np.inf), rows)
        self.repeated, self.proof = RepeatedProgram(self.program), Proof(self.program)

    def nearest(self, reach: Row) -> FloatArray | None:
        """The table that reaches at the least price; None where there is none."""
        objective = np.concatenate([np.zeros(self.n), np.repeat(self.prices, 2)])
        spend_work(self.program)
        nearest = self.repeated.solve(objective, reach).values
        if nearest is None:
            return None
        program = replace(self.program, objective=objective, rows=[*self.program.rows, reach])
        is_whole = self.proof.holds(nearest) and bool(reach.weights @ nearest[reach.columns] > reach.lower - 0.5)
        table = nearest if is_whole else self._whole(nearest, program)
        if table is None:
            return None
        for i, figure in enumerate(self.open):
            if abs(_sum(figure, table) - (figure.count or 0)) > 0.5:
                self.hidden.add(figure.cell)
                self.prices[i] = 0.0
        return table[: self.n]

    def _whole(self, nearest: FloatArray, program: LinearProgram) -> FloatArray | None:
        """Where cells are no whole numbers, any table does that differs in no more figures: the best takes minutes."""
        same = np.abs(nearest[self.n :]).reshape(-1, 2).sum(axis=1) < _TOLERANCE
        kept = same & (self.prices > 0)
        fixed = [figure.row() for figure, is_kept in zip(self.open, kept, strict=True) if is_kept]
        table = find_whole(replace(program, objective=np.zeros_like(nearest), rows=[*program.rows, *fixed]))
        return find_whole(program) if table is None else table


def _price(figure: Figure) -> float:
    level = _EVERYONE if figure.cell == EVERYONE else _MARGIN if figure.is_margin else 1.0
    return level * (1.0 + math.log2(figure.count or 1))


def _sum(figure: Figure, table: FloatArray) -> float:
    return float(table[figure.columns].sum())


def _open(knowledge: Knowledge) -> list[Figure]:
    newest = _newest(knowledge)
    return [figure for figure in knowledge.figures if figure.release == newest and figure.count is not None]


def _newest(knowledge: Knowledge) -> int:
    return max((figure.release for figure in knowledge.figures), default=0)

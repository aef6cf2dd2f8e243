"""What a reader of all releases knows: the tables of patients that agree with everything published."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from workbench.assessment.suppression.published import Cell, Count
from workbench.optimization import LinearProgram, Row, solve_linear

Columns = npt.NDArray[np.intp]

_TOLERANCE = 1e-6  # of the solver


@dataclass(frozen=True, eq=False)
class Figure:
    """One published number: the sum of some unknown cells.

    Attributes
    ----------
    release : int
        Of which release, the first being 0.
    cell : Cell
        What is counted.
    columns : numpy.ndarray
        Positions of the unknown cells that it sums.
    count : int or None
        The number; None is hidden.
    is_margin : bool
        Whether another table tells it apart further.
    may_be_empty : bool
        Whether it may be 0 where it is hidden: of groups that are known a 0 is shown.
    """

    release: int
    cell: Cell
    columns: Columns
    count: Count
    is_margin: bool = False
    may_be_empty: bool = False

    def row(self) -> Row:
        """Return what a reader knows of it."""
        low, high = (0.0 if self.may_be_empty else 1.0, np.inf) if self.count is None else (self.count, self.count)
        return Row(self.columns, np.ones(len(self.columns)), low, high)


@dataclass(frozen=True, eq=False)
class Expression:
    """A number of patients that follows from published ones.

    Attributes
    ----------
    release : int
        The release that completes it.
    words : str
        What it is.
    row : Row
        The unknown cells that it adds and subtracts.
    value : int or None
        What it is where everything in it is shown.
    is_change : bool
        Whether it is the difference of two releases.
    """

    release: int
    words: str
    row: Row
    value: Count
    is_change: bool = False


@dataclass(frozen=True, eq=False)
class Knowledge:
    """The constraints between unknown cells, and what must not follow from them.

    Attributes
    ----------
    n : int
        How many cells are unknown, over all releases.
    figures : list of Figure
        Every published number but the zeros, which leave no unknown.
    expressions : list of Expression
        Each count, and each change of one between two releases.
    structure : list of Row
        What holds in any population.
    assumptions : list of Row
        What a reader takes for granted where nothing published contradicts it: that patients are added and not
        taken away, and what the words of the categories mean.
    kept : tuple of int
        Positions of the assumptions that the structure has taken in.
    cells : sequence of hashable
        What tells one unknown cell from another where more become unknown the more is hidden; empty where none do.
    loose : Knowledge, optional
        The same without any assumption, where some are contradicted: a change is none only if this says so too.
    is_doubted : bool
        Whether assumptions have been dropped.
    """

    n: int
    figures: list[Figure]
    expressions: list[Expression]
    structure: list[Row]
    assumptions: list[Row]
    kept: tuple[int, ...] = ()
    cells: Sequence[Hashable] = ()
    loose: "Knowledge | None" = None
    is_doubted: bool = False

    def without(self, dropped: Collection[int]) -> "Knowledge":
        """Return the same without some assumptions, which the true counts contradict.

        Parameters
        ----------
        dropped : collection of int
            Their positions.

        Returns
        -------
        Knowledge
            It doubts all others.
        """
        left = [row for place, row in enumerate(self.assumptions) if place not in dropped]
        return replace(self, assumptions=left, is_doubted=self.is_doubted or bool(dropped))

    @property
    def dropped(self) -> set[int]:
        """Positions of the assumptions that are contradicted."""
        return set(range(len(self.assumptions))) - set(self.settled().kept)

    def settled(self) -> "Knowledge":
        """Return the same with the assumptions taken into the structure, but for those that are contradicted.

        Which these are is not always known, as of a margin that has become less: those are dropped that leave the
        fewest patients unexplained.

        Returns
        -------
        Knowledge
            Without assumptions; `kept` says which the structure has.
        """
        everywhere = self._taking(range(len(self.assumptions)))
        if solve_linear(everywhere.program()).status != "infeasible":
            return everywhere
        unexplained = solve_linear(self._elastic())
        if unexplained.values is None:  # the tables contradict one another
            return self._taking([])
        patients = unexplained.values[self.n :].reshape(-1, 2).sum(axis=1)
        return self._taking(np.flatnonzero(patients < _TOLERANCE).tolist())

    def _taking(self, kept: Sequence[int]) -> "Knowledge":
        structure = [*self.structure, *(self.assumptions[place] for place in kept)]
        is_doubted = self.is_doubted or len(kept) < len(self.assumptions)
        loose = replace(self, assumptions=[], is_doubted=False) if is_doubted and self.assumptions else None
        return replace(self, structure=structure, assumptions=[], kept=tuple(kept), loose=loose)

    def _elastic(self) -> LinearProgram:
        """The least number of patients, more or fewer, by which assumptions have to be wrong."""
        loose = self.n + np.arange(2 * len(self.assumptions)).reshape(-1, 2)
        rows = [
            replace(row, columns=np.concatenate([row.columns, two]), weights=np.concatenate([row.weights, [1.0, -1.0]]))
            for row, two in zip(self.assumptions, loose, strict=True)
        ]
        program, n_loose = self.program(), loose.size
        return LinearProgram(
            np.concatenate([program.objective, np.ones(n_loose)]),
            np.concatenate([program.lower, np.zeros(n_loose)]),
            np.concatenate([program.upper, np.full(n_loose, np.inf)]),
            [*program.rows, *rows],
        )

    def program(self) -> LinearProgram:
        """Return the linear program without an objective, one variable an unknown cell."""
        rows = [*self.structure, *(figure.row() for figure in self.figures)]
        return LinearProgram(np.zeros(self.n), np.zeros(self.n), np.full(self.n, np.inf), rows)


def weigh_cells(plus: Sequence[int] | Columns, minus: Sequence[int] | Columns, low: float, high: float) -> Row:
    """Return the row of some unknown cells less some others.

    Parameters
    ----------
    plus, minus : sequence of int
        Positions of the cells; one on both sides cancels out.
    low, high : float
        The bounds of the difference.

    Returns
    -------
    Row
        Each cell once.
    """
    columns, places = np.unique(np.array([*plus, *minus], dtype=np.intp), return_inverse=True)
    signs = np.repeat([1.0, -1.0], [len(plus), len(minus)])
    return Row(columns, np.bincount(places, signs, minlength=len(columns)).astype(np.float64), low, high)

"""Series that nothing in a set of facets tells apart, gathered into cells: far fewer rows to count over.

A cell is a patient (or study) and one combination of the facets' values. Conditions on those facets hold for all of a
cell's series or for none, so they are asked once a cell; any other condition says how many of its series are left.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from workbench.catalog.criteria.attributes import Coded, Mask
from workbench.catalog.criteria.levels import level_keys
from workbench.catalog.repository import Repository

Level = Literal["study", "patient"]


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a set of facets, sorted by patient or study.

    Attributes
    ----------
    codes : numpy.ndarray
        (n_cells, n_facets), uint16 or, where a facet has more values, uint32: each facet's value.
    ids : numpy.ndarray
        (n_cells,), uint32, ascending: the patient or study.
    of_series : numpy.ndarray
        (n_series,), uint32: the cell of each series.
    n_rows : numpy.ndarray
        (n_cells,), uint32: how many rows of ``series`` each cell has.
    """

    codes: npt.NDArray[np.uint16 | np.uint32]
    ids: npt.NDArray[np.uint32]
    of_series: npt.NDArray[np.uint32]
    n_rows: npt.NDArray[np.uint32]

    def weights(self, met: Mask | None) -> npt.NDArray[np.uint32]:
        """Return how many rows of each cell meet a condition.

        Parameters
        ----------
        met : numpy.ndarray, optional
            (n_series,), bool; every row without it.

        Returns
        -------
        numpy.ndarray
            (n_cells,), uint32.
        """
        if met is None:
            return self.n_rows
        return np.bincount(self.of_series[met], minlength=len(self.ids)).astype(np.uint32)


def cells(repository: Repository, names: tuple[str, ...], tables: list[Coded], level: Level) -> Cells:
    """Return the cells of a set of facets, made on first use.

    Parameters
    ----------
    repository : Repository
        Any source.
    names : tuple of str
        The facets, which the cells are remembered by.
    tables : list of Coded
        Their values, in the same order.
    level : {"study", "patient"}
        Whose cells.

    Returns
    -------
    Cells
        Of one patient or study each.
    """
    return repository.remember(("cells", names, level), partial(_cells, repository, tables, level))


def _cells(repository: Repository, tables: list[Coded], level: Level) -> Cells:
    keys, _ = level_keys(repository, level)
    order = _order([table.codes for table in tables], [len(table.values) for table in tables], keys)
    ids = keys[order].astype(np.uint32)
    starts = _changes(ids)
    few = all(len(table.values) <= 2**16 for table in tables)  # a user's column may name every patient
    codes = np.empty((len(keys), len(tables)), dtype=np.uint16 if few else np.uint32)
    for number, table in enumerate(tables):
        codes[:, number] = table.codes[order]
        starts |= _changes(codes[:, number])
    of_series = np.empty(len(keys), dtype=np.uint32)
    of_series[order] = np.cumsum(starts, dtype=np.uint32) - np.uint32(1)
    first = np.flatnonzero(starts)
    n_rows = np.diff(first, append=len(keys)).astype(np.uint32)
    return Cells(np.ascontiguousarray(codes[first]), ids[first], of_series, n_rows)


def _order(codes: list[npt.NDArray[Any]], n_values: list[int], keys: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """An order that puts equal rows beside each other, patients or studies ascending; as few sorts as it takes."""
    packed, room = np.zeros(len(keys), dtype=np.uint64), 1
    columns = []
    for column, n in zip([*codes, keys], [*n_values, int(keys.max(initial=0)) + 1], strict=True):
        if room * n >= 2**63:
            columns.append(packed)
            packed, room = np.zeros(len(keys), dtype=np.uint64), 1
        packed = packed + column.astype(np.uint64) * np.uint64(room)
        room *= n
    return np.lexsort([*columns, packed]) if columns else np.argsort(packed)


def _changes(values: npt.NDArray[Any]) -> Mask:
    changed: Mask = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=changed[1:])
    return changed

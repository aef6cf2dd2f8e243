"""The loop behind facets, compiled: one pass over the cells that asks the conditions and counts every facet.

Cells are sorted by what is counted, so a patient has been counted for a value exactly when that value's last patient
is the same one. This needs one small table a facet and no hash, where a database sorts or hashes every pair.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from pickle import UnpicklingError  # noqa: TID251 - only the name of what a damaged file of numba's raises
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from workbench.cache import cache_folder, say
from workbench.catalog.facets.cells import Cells

_NOBODY = np.uint32(2**32 - 1)
_THREADS, _WORTH_A_THREAD = 2, 400_000

# The machine code is kept beside the other derived files, so that an installed package is never written to.
if not numba.config.CACHE_DIR:  # type: ignore[attr-defined]  # made at run time
    numba.config.CACHE_DIR = str(cache_folder() / "compiled")  # type: ignore[attr-defined]


def count_cells(
    cells: Cells,
    weights: npt.NDArray[np.uint32],
    allowed: npt.NDArray[np.bool_],
    asked: npt.NDArray[np.int64],
    *,
    distinct: bool,
) -> npt.NDArray[np.uint32]:
    """Return how many patients (studies) or series have each value of each facet, under all other facets' conditions.

    Parameters
    ----------
    cells : Cells
        Of the patients or studies.
    weights : numpy.ndarray
        (n_cells,), uint32: how many series of each cell are left by the conditions on anything else.
    allowed : numpy.ndarray
        (n_facets, n_codes), bool: which values meet each facet's own conditions.
    asked : numpy.ndarray
        The facets that have conditions.
    distinct : bool
        Whether patients (studies) are counted, each once for a value, or series.

    Returns
    -------
    numpy.ndarray
        (n_facets, n_codes), uint32.
    """
    if len(cells.ids) < _WORTH_A_THREAD:
        return _run(cells, weights, allowed, asked, distinct, (0, len(cells.ids)))
    middle = int(np.searchsorted(cells.ids, cells.ids[len(cells.ids) // 2]))  # never within a patient
    with ThreadPoolExecutor(_THREADS) as pool:  # the kernel releases Python's lock
        halves = [(0, middle), (middle, len(cells.ids))]
        first, second = pool.map(partial(_run, cells, weights, allowed, asked, distinct), halves)
    return first + second


def count_wider(
    cells: Cells,
    weights: npt.NDArray[np.uint32],
    allowed: npt.NDArray[np.bool_],
    facet: int,
    wider: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    *,
    distinct: bool,
) -> npt.NDArray[np.uint32]:
    """Return the same for one facet whose values count for others too, as the chest does for chest and abdomen.

    Parameters
    ----------
    cells : Cells
        Of the patients or studies.
    weights : numpy.ndarray
        (n_cells,), uint32.
    allowed : numpy.ndarray
        (n_facets, n_codes), bool.
    facet : int
        Which facet.
    wider : tuple of numpy.ndarray
        ``(starts, members)``: code ``c`` counts for ``members[starts[c]:starts[c + 1]]``.
    distinct : bool
        Whether patients (studies) are counted, or series.

    Returns
    -------
    numpy.ndarray
        (n_codes,), uint32.
    """
    return _healed(_count_wider, cells.codes, cells.ids, weights, allowed, facet, *wider, distinct)


def _run(
    cells: Cells,
    weights: npt.NDArray[np.uint32],
    allowed: npt.NDArray[np.bool_],
    asked: npt.NDArray[np.int64],
    distinct: bool,  # noqa: FBT001 - positional for the pool
    rows: tuple[int, int],
) -> npt.NDArray[np.uint32]:
    return _healed(_count, cells.codes, cells.ids, weights, allowed, asked, distinct, *rows)


def _healed(kernel: Callable[..., Any], *arguments: Any) -> npt.NDArray[np.uint32]:
    """Run a kernel; machine code that was cut short on disk is removed and compiled again."""
    try:
        counted: npt.NDArray[np.uint32] = kernel(*arguments)
    except (UnpicklingError, EOFError):
        folder = Path(numba.config.CACHE_DIR)  # type: ignore[attr-defined]  # made at run time
        say(f"The compiled facets in {folder} are damaged; compiling them again.")
        for file in (*folder.rglob("*.nbi"), *folder.rglob("*.nbc")):
            file.unlink(missing_ok=True)
        counted = kernel(*arguments)
    return counted


@numba.njit(cache=True, nogil=True)
def _count(codes, ids, weights, allowed, asked, distinct, begin, end):  # type: ignore[no-untyped-def]  # compiled
    n_facets, n_codes = allowed.shape
    last = np.full(n_facets * n_codes, _NOBODY, dtype=np.uint32)
    counted = np.zeros(n_facets * n_codes, dtype=np.uint32)
    for row in range(begin, end):
        if weights[row] == 0:
            continue
        failed = -1
        for place in range(asked.shape[0]):
            facet = asked[place]
            if not allowed[facet, codes[row, facet]]:
                if failed >= 0:
                    failed = n_facets  # two facets: nobody's own
                    break
                failed = facet
        if failed == n_facets:
            continue
        low, high = (0, n_facets) if failed < 0 else (failed, failed + 1)
        one = ids[row]
        for facet in range(low, high):
            place = facet * n_codes + codes[row, facet]
            if distinct:  # written without a branch on the data, which halves the time
                counted[place] += last[place] != one
                last[place] = one
            else:
                counted[place] += weights[row]
    return counted.reshape(allowed.shape)


@numba.njit(cache=True, nogil=True)
def _count_wider(codes, ids, weights, allowed, facet, starts, members, distinct):  # type: ignore[no-untyped-def]
    last = np.full(allowed.shape[1], _NOBODY, dtype=np.uint32)
    counted = np.zeros(allowed.shape[1], dtype=np.uint32)
    for row in range(codes.shape[0]):
        met = weights[row] > 0
        for other in range(codes.shape[1]):
            met = met and (other == facet or allowed[other, codes[row, other]])
        if not met:
            continue
        for place in range(starts[codes[row, facet]], starts[codes[row, facet] + 1]):
            code = members[place]
            if not distinct:
                counted[code] += weights[row]
            elif last[code] != ids[row]:
                last[code] = ids[row]
                counted[code] += 1
    return counted

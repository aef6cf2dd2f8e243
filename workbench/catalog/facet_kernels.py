"""The loops behind facets, compiled: one pass over an attribute's codes, no Python lock held.

Series are sorted by what is counted, so a patient has been counted for a value exactly when that value's last patient
is the same one. This needs one small table a facet and no hash, where a database sorts or hashes every pair.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from workbench.cache import cache_folder

_NOBODY = np.uint32(2**32 - 1)

# The machine code is kept beside the other derived files, so that an installed package is never written to.
if not numba.config.CACHE_DIR:  # type: ignore[attr-defined]  # made at run time
    numba.config.CACHE_DIR = str(cache_folder() / "compiled")  # type: ignore[attr-defined]


def count_distinct_by_code(
    codes: npt.NDArray[Any],
    failing: npt.NDArray[np.uint8],
    number: np.uint8,
    ids: npt.NDArray[np.uint32] | None,
    n_codes: int,
    wider: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None = None,
) -> npt.NDArray[np.uint32]:
    """Return how many different ids, or rows, have each code among the rows that fail nothing else.

    Parameters
    ----------
    codes : numpy.ndarray
        (n,), unsigned integers: the attribute's value of each row.
    failing : numpy.ndarray
        (n,), uint8: 0 for a row that meets every condition, `number` for one that fails this attribute's own only.
    number : numpy.uint8
        The attribute's.
    ids : numpy.ndarray or None
        (n,), uint32, equal ids neighbors; None counts rows.
    n_codes : int
        How many codes there are.
    wider : tuple of numpy.ndarray, optional
        Where a code counts for others too: ``(starts, members)``; code ``c`` counts for
        ``members[starts[c]:starts[c + 1]]``.

    Returns
    -------
    numpy.ndarray
        (n_codes,), uint32.
    """
    counted: npt.NDArray[np.uint32]
    if wider is not None:
        rows = np.arange(len(codes), dtype=np.uint32) if ids is None else ids
        counted = _distinct_wider(codes, failing, number, rows, *wider, n_codes)
    elif ids is None:
        counted = _rows(codes, failing, number, n_codes)
    else:
        counted = _distinct(codes, failing, number, ids, n_codes)
    return counted


def mark_failing(failing: npt.NDArray[np.uint8], met: npt.NDArray[np.bool_], number: np.uint8) -> None:
    """Mark in place the rows that fail an attribute's own conditions: its number, or 255 when they fail more.

    Parameters
    ----------
    failing : numpy.ndarray
        (n,), uint8, changed.
    met : numpy.ndarray
        (n,), bool: which rows meet the attribute's conditions.
    number : numpy.uint8
        The attribute's.
    """
    _mark(failing, met, number)


@numba.njit(cache=True, nogil=True)
def _distinct(codes, failing, number, ids, n_codes):  # type: ignore[no-untyped-def]  # compiled by type
    last = np.full(n_codes, _NOBODY, dtype=np.uint32)
    counted = np.zeros(n_codes, dtype=np.uint32)
    for row in range(codes.shape[0]):
        if failing[row] == 0 or failing[row] == number:
            code = codes[row]
            if last[code] != ids[row]:
                last[code] = ids[row]
                counted[code] += 1
    return counted


@numba.njit(cache=True, nogil=True)
def _distinct_wider(codes, failing, number, ids, starts, members, n_codes):  # type: ignore[no-untyped-def]  # compiled
    last = np.full(n_codes, _NOBODY, dtype=np.uint32)
    counted = np.zeros(n_codes, dtype=np.uint32)
    for row in range(codes.shape[0]):
        if failing[row] == 0 or failing[row] == number:
            for place in range(starts[codes[row]], starts[codes[row] + 1]):
                code = members[place]
                if last[code] != ids[row]:
                    last[code] = ids[row]
                    counted[code] += 1
    return counted


@numba.njit(cache=True, nogil=True)
def _rows(codes, failing, number, n_codes):  # type: ignore[no-untyped-def]  # compiled by type
    counted = np.zeros(n_codes, dtype=np.uint32)
    for row in range(codes.shape[0]):
        if failing[row] == 0 or failing[row] == number:
            counted[codes[row]] += 1
    return counted


@numba.njit(cache=True, nogil=True)
def _mark(failing, met, number):  # type: ignore[no-untyped-def]  # compiled by type
    for row in range(failing.shape[0]):
        if not met[row]:
            failing[row] = number if failing[row] == 0 else 255

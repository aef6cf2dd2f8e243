"""Runs of set voxels along rows, found in packed bits, and which of them belong together."""

from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.kernels.compiled import compiled

# Where the lowest set bit is, by a de Bruijn sequence: multiplying by it moves a pattern unique to each bit to the top.
_SEQUENCE = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.zeros(64, np.int32)
_PLACES[[(int(_SEQUENCE) << bit & (1 << 64) - 1) >> 58 for bit in range(64)]] = np.arange(64)

Packed = npt.NDArray[np.uint64]


def pack(mask: npt.NDArray[np.bool_]) -> Packed:
    """Return the mask with 64 voxels of a row in a word, the first in the lowest bit, and zeros after a row's end.

    Parameters
    ----------
    mask : numpy.ndarray
        ``(slices, rows, columns)``, bool.

    Returns
    -------
    numpy.ndarray
        ``(slices, rows, words)``, uint64.

    Examples
    --------
    >>> pack(np.array([[[True, False, True]]])).tolist()
    [[[5]]]
    """
    packed = np.packbits(mask, axis=-1, bitorder="little")
    missing = -packed.shape[-1] % 8
    if missing:
        packed = np.pad(packed, ((0, 0), (0, 0), (0, missing)))
    return packed.view("<u8")


def unpack(packed: Packed, n_columns: int) -> npt.NDArray[np.bool_]:
    """Return the mask that was packed.

    Parameters
    ----------
    packed : numpy.ndarray
        From `pack`.
    n_columns : int
        Voxels in a row.

    Returns
    -------
    numpy.ndarray
        ``(slices, rows, columns)``, bool.

    Examples
    --------
    >>> unpack(pack(np.array([[[True, False, True]]])), 3).tolist()
    [[[True, False, True]]]
    """
    bits = np.unpackbits(packed.view(np.uint8), axis=-1, count=n_columns, bitorder="little")
    return np.ascontiguousarray(bits).view(np.bool_)


@compiled
def count_runs(packed: Any) -> Any:
    """Return for each row how many runs lie before it; the last entry is the number of all.

    Parameters
    ----------
    packed : numpy.ndarray
        From `pack`.

    Returns
    -------
    numpy.ndarray
        (slices · rows + 1,), int64.
    """
    n_slices, n_rows, n_words = packed.shape
    before = np.empty(n_slices * n_rows + 1, np.int64)
    before[0] = 0
    for z in range(n_slices):
        for y in range(n_rows):
            count, last = np.uint64(0), np.uint64(0)
            for k in range(n_words):
                word = packed[z, y, k]
                bits = word & ~((word << np.uint64(1)) | last)  # where runs start
                last = word >> np.uint64(63)
                bits -= (bits >> np.uint64(1)) & np.uint64(0x5555555555555555)
                bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
                bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
                count += (bits * np.uint64(0x0101010101010101)) >> np.uint64(56)
            row = z * n_rows + y
            before[row + 1] = before[row] + np.int64(count)
    return before


@compiled
def find_runs(packed: Any, before: Any, n_columns: int) -> Any:
    """Return the first column of each run and the one after its last, row after row.

    Parameters
    ----------
    packed : numpy.ndarray
        From `pack`.
    before : numpy.ndarray
        From `count_runs`.
    n_columns : int
        Voxels in a row.

    Returns
    -------
    numpy.ndarray
        (n_runs, 2), int32.
    """
    n_slices, n_rows, n_words = packed.shape
    edges = np.empty((before[-1], 2), np.int32)
    flat = edges.reshape(-1)
    for z in range(n_slices):
        for y in range(n_rows):
            at = 2 * before[z * n_rows + y]
            last = np.uint64(0)
            for k in range(n_words):
                word = packed[z, y, k]
                bits = word ^ ((word << np.uint64(1)) | last)  # where runs start and where they have ended
                last = word >> np.uint64(63)
                while bits:
                    lowest = bits & (~bits + np.uint64(1))
                    flat[at] = 64 * k + _PLACES[(lowest * _SEQUENCE) >> np.uint64(58)]
                    at += 1
                    bits ^= lowest
            if at & 1:
                flat[at] = n_columns
    return edges


@compiled
def unite_runs(edges: Any, before: Any, n_rows: int, in_3d: Any, reach: int) -> Any:
    """Return for each run the first run of its component.

    Parameters
    ----------
    edges : numpy.ndarray
        From `find_runs`.
    before : numpy.ndarray
        From `count_runs`.
    n_rows : int
        Rows in a slice.
    in_3d : bool
        Whether slices connect.
    reach : int
        1 where edges and corners connect too, else 0.

    Returns
    -------
    numpy.ndarray
        (n_runs,), int32.
    """
    parents = np.arange(len(edges), dtype=np.int32)
    for row in range(len(before) - 1):
        y = row % n_rows
        if y > 0:
            _unite_rows(edges, before, row, row - 1, reach, parents)
        if in_3d and row >= n_rows:
            for dy in range(-reach, reach + 1):
                if 0 <= y + dy < n_rows:
                    _unite_rows(edges, before, row, row - n_rows + dy, reach, parents)
    for run in range(len(parents)):
        parents[run] = parents[parents[run]]  # parents come first, and theirs are known
    return parents


@compiled
def _unite_rows(edges: Any, before: Any, row: int, other: int, reach: int, parents: Any) -> None:
    """Join runs of two neighboring rows that overlap, or that touch at a corner."""
    a, a_end, b, b_end = before[row], before[row + 1], before[other], before[other + 1]
    while a < a_end and b < b_end:
        if edges[a, 0] < edges[b, 1] + reach and edges[b, 0] < edges[a, 1] + reach:
            one, two = _first_of(parents, a), _first_of(parents, b)
            if one < two:
                parents[two] = one
            else:
                parents[one] = two
        if edges[a, 1] < edges[b, 1]:
            a += 1
        else:
            b += 1


@compiled
def _first_of(parents: Any, run: int) -> int:
    """Return the root, shortening the way to it."""
    while parents[run] != run:
        parents[run] = parents[parents[run]]
        run = parents[run]
    return run

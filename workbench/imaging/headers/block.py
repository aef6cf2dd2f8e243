"""Values of many headers in one block of bytes, with arrays that say where each lies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.imaging.headers.tags import KEPT
from workbench.imaging.kernels.compiled import compiled


@dataclass(frozen=True, eq=False)
class Block:
    """Headers of some files as arrays; a row is a file.

    Attributes
    ----------
    names : list of str
        Path of each file.
    values : numpy.ndarray
        (bytes,) uint8: the kept values of all files.
    bases : numpy.ndarray
        (n,) int64: where the values of each file begin.
    starts, lengths, codes : numpy.ndarray
        (n, n_tags) uint16, int16 and uint8: where each value begins from there, its bytes (−1 where absent) and the
        code of its value representation.
    flags : numpy.ndarray
        (n, 3) uint8: reader, whether big endian, which transfer syntax was found where none is stated.
    places : numpy.ndarray
        (n, 4) int64: pixel offset and length, size of the file, time of its last change in ns.
    """

    names: list[str]
    values: npt.NDArray[np.uint8]
    bases: npt.NDArray[np.int64]
    starts: npt.NDArray[np.uint16]
    lengths: npt.NDArray[np.int16]
    codes: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.uint8]
    places: npt.NDArray[np.int64]


def join_blocks(blocks: Sequence[Block]) -> Block:
    """Return the rows of several blocks as one.

    Parameters
    ----------
    blocks : sequence of Block
        In order; may be empty.

    Returns
    -------
    Block
        Holds all their rows.
    """
    if len(blocks) == 1:
        return blocks[0]
    n, held = len(KEPT), [*blocks]
    sizes = np.cumsum([0, *(len(block.values) for block in held)])
    shapes = {"starts": (n, np.uint16), "lengths": (n, np.int16), "codes": (n, np.uint8), "flags": (3, np.uint8)}
    tables = {
        name: np.concatenate([np.empty((0, width), kind), *(getattr(block, name) for block in held)])
        for name, (width, kind) in {**shapes, "places": (4, np.int64)}.items()
    }
    return Block(
        names=[name for block in held for name in block.names],
        values=np.concatenate([np.empty(0, np.uint8), *(block.values for block in held)]),
        bases=np.concatenate(
            [np.empty(0, np.int64), *(block.bases + size for block, size in zip(held, sizes, strict=False))]
        ),
        **tables,
    )


@compiled
def copy_values(buffer, rows, starts, lengths, blob, bases):  # type: ignore[no-untyped-def]  # numpydoc ignore=PR01
    """Copy the kept values of each row into `blob`, one after the other, and let `starts` point there.

    Parameters
    ----------
    buffer : numpy.ndarray
        (n, capacity) uint8.
    rows : numpy.ndarray
        (m,) int64.
    starts, lengths : numpy.ndarray
        (n, n_tags); `starts` is changed so that it counts from the row's base.
    blob : numpy.ndarray
        (bytes,) uint8; filled.
    bases : numpy.ndarray
        (m,) int64: where the values of each of `rows` begin in `blob`.
    """
    for which in range(rows.size):
        row, base = rows[which], bases[which]
        offset = np.int64(0)
        for place in range(lengths.shape[1]):
            length = np.int64(lengths[row, place])
            if length >= 0:
                start = np.int64(starts[row, place])
                starts[row, place] = offset
                for step in range(length):
                    blob[base + offset + step] = buffer[row, start + step]
                offset += length

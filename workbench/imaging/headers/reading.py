"""Read the headers of many DICOM files into columns: our own walk first, pydicom for what it leaves."""

import os
import zlib
from collections.abc import Iterable, Sequence
from os import PathLike

import numpy as np
import numpy.typing as npt

from workbench.imaging.headers import layout, walker
from workbench.imaging.headers.block import Block, copy_values, join_blocks
from workbench.imaging.headers.held import Headers, Refused
from workbench.imaging.headers.otherwise import read_otherwise
from workbench.imaging.headers.sources import LOCAL, Source, unreadable
from workbench.imaging.headers.tags import KEPT

__all__ = ["Headers", "Refused", "read_block", "read_headers"]

_GROW, _LARGEST = 8, 1 << 25  # a longer header is read in pieces so many times as large, up to 32 MiB
_WORTH_PROCESSES = 20_000  # files; starting a process and its imports cost about what reading these does


def read_headers(paths: Iterable[str | PathLike[str]], *, workers: int | None = 1, progress: bool = False) -> Headers:
    """Return the headers of files; those that cannot be read are listed with a reason, never skipped silently.

    Parameters
    ----------
    paths : iterable of path
        Files; a folder among them is refused like anything else that is no DICOM file.
    workers : int, optional
        Processes; None uses all cores where there are files enough.
    progress : bool
        Whether a bar shows how far it is.

    Returns
    -------
    Headers
        In the order given, without the refused ones.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> headers = read_headers([get_testdata_file("MR_small.dcm"), get_testdata_file("README.txt")])
    >>> headers.text("Modality"), [refused.reason for refused in headers.refused]
    (['MR'], ['It does not begin as a DICOM file does.'])
    """
    names = [os.fspath(path) for path in paths]
    if workers is None and len(names) < _WORTH_PROCESSES:
        workers = 1
    if workers == 1 and not progress:
        return _joined([read_block(names)])
    from workbench.parallel import run_batches

    outcome = run_batches(
        read_block,
        names,
        workers=workers,
        kind="threads" if workers == 1 else "processes",
        progress=progress,
        words="headers",
    )
    crashed = [Refused(name, reason) for name, reason in outcome.failures]
    return _joined([*outcome.results, (join_blocks([]), crashed)])


def read_block(names: Sequence[str], source: Source = LOCAL) -> tuple[Block, list[Refused]]:
    """Return the headers of files as arrays, and those that were refused; for one process or thread.

    Parameters
    ----------
    names : sequence of str
        Paths, or addresses that the source knows.
    source : Source
        Gives the first bytes of files: the local ones, or a bucket.

    Returns
    -------
    tuple
        `Block` and list of `Refused`.
    """
    reader, blocks, refused = _Reader(source), [], []
    for first in range(0, len(names), source.batch):
        block, unread = reader.read(names[first : first + source.batch])
        blocks.append(block)
        refused += unread
    return join_blocks(blocks), refused


def _joined(parts: Sequence[tuple[Block, list[Refused]]]) -> Headers:
    return Headers(join_blocks([block for block, _ in parts]), [each for _, refused in parts for each in refused])


class _Reader:
    """Buffers that are used again for every batch."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.buffer = np.empty((source.batch, source.first_bytes), np.uint8)
        self.views = [row.data for row in self.buffer]

    def read(self, names: Sequence[str]) -> tuple[Block, list[Refused]]:
        filled, found, problems = self.source.fill(names, self.views)
        opened = np.array([row for row in range(len(names)) if row not in problems], np.int64)
        walked = _Walked(len(names))
        walked.walk(self.buffer, opened, (filled, found[:, 0]))
        ended = walked.ends[:, layout.STATE]
        whole = opened[ended[opened] == layout.WHOLE]
        parts = [walked.block(self.buffer, whole, names, found)]
        rows = [*whole.tolist()]
        for row in opened[ended[opened] != layout.WHOLE].tolist():
            try:
                single = self._once_more(names[row], found[row], walked.ends[row])
            except OSError as error:
                single = unreadable(error)
            if isinstance(single, str):
                problems[row] = single
            else:
                parts.append(single)
                rows.append(row)
        block = join_blocks(parts)
        if len(parts) > 1:
            block = Headers(block).select(np.argsort(rows)).block
        return block, [Refused(names[row], problems[row]) for row in sorted(problems)]

    def _once_more(self, name: str, found: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> Block | str:
        """Read one file again, more of it or inflated; leave what remains to other readers."""
        capacity, size, state = self.source.first_bytes, int(found[0]), int(end[layout.STATE])
        walked, only = _Walked(1), np.zeros(1, np.int64)
        walked.ends[0] = end
        while state == layout.MORE and capacity < min(size, _LARGEST):
            capacity = min(max(capacity * _GROW, int(walked.ends[0, layout.NEEDED])), size, _LARGEST)
            state = walked.walk_bytes(self.source.head(name, capacity), size)
        if state == layout.DEFLATED:
            begin, head = int(walked.ends[0, layout.NEEDED]), self.source.head(name, min(size, _LARGEST))
            for most in (_LARGEST >> 5, _LARGEST):
                inflated, is_whole = _inflate(head[begin:], most)
                whole = len(inflated) + begin + (0 if is_whole else 1)
                state = walked.walk_bytes(head[:begin] + inflated, whole, inflated=True)
                if state != layout.MORE:
                    break
        if state == layout.WHOLE:
            return walked.block(walked.held, only, [name], found[None])
        return read_otherwise(name, state, found, self.source)


class _Walked:
    """What a walk fills for n files."""

    def __init__(self, n: int) -> None:
        self.starts = np.empty((n, len(KEPT)), np.int32)
        self.lengths = np.empty((n, len(KEPT)), np.int16)
        self.codes = np.empty((n, len(KEPT)), np.uint8)
        self.ends = np.zeros((n, 7), np.int64)
        self.held = np.empty((0, 0), np.uint8)

    def walk(
        self,
        buffer: npt.NDArray[np.uint8],
        rows: npt.NDArray[np.int64],
        sizes: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
        *,
        inflated: bool = False,
    ) -> None:
        n_bytes, n_whole = sizes
        arrays = (self.starts, self.lengths, self.codes, self.ends)
        walker.walk_batch(
            buffer, rows, n_bytes, np.ascontiguousarray(n_whole), inflated, layout.TAGS, layout.SYNTAX, *arrays
        )

    def walk_bytes(self, head: bytes, size: int, *, inflated: bool = False) -> int:
        self.held = np.frombuffer(bytearray(head), np.uint8).reshape(1, -1)
        sizes = (np.array([len(head)]), np.array([size]))
        self.walk(self.held, np.zeros(1, np.int64), sizes, inflated=inflated)
        return int(self.ends[0, layout.STATE])

    def block(
        self,
        buffer: npt.NDArray[np.uint8],
        rows: npt.NDArray[np.int64],
        names: Sequence[str],
        found: npt.NDArray[np.int64],
    ) -> Block:
        """Return what was kept of some rows, out of the buffer."""
        ends = self.ends[rows]
        ending = np.cumsum(ends[:, layout.KEPT_BYTES])
        bases = ending - ends[:, layout.KEPT_BYTES]
        values = np.empty(int(ending[-1]) if len(rows) else 0, np.uint8)
        copy_values(buffer, rows, self.starts, self.lengths, values, bases)
        flags = np.zeros((len(rows), 3), np.uint8)
        flags[:, 1:] = ends[:, [layout.BIG, layout.GUESSED]]
        places = np.column_stack([ends[:, [layout.PIXEL_OFFSET, layout.PIXEL_LENGTH]], found[rows]])
        starts = self.starts[rows].astype(np.uint16)
        chosen = [names[row] for row in rows.tolist()]
        return Block(chosen, values, bases, starts, self.lengths[rows], self.codes[rows], flags, places)


def _inflate(deflated: bytes, most: int) -> tuple[bytes, bool]:
    """Return at most so many inflated bytes, and whether they are all (PS3.5 A.5); none when damaged."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return stream.decompress(deflated, most), stream.eof
    except zlib.error:
        return b"", True

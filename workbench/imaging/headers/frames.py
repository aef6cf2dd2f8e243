"""Where the frames of encapsulated pixel data lie in their file.

References
----------
DICOM PS3.5 2025c, section A.4 (fragments, basic offset table); PS3.3 2025c, C.7.6.3.1.8 (extended offset table, with
which every frame is one fragment).
"""

import os
import struct
from collections.abc import Sequence
from os import PathLike

import numpy as np
import numpy.typing as npt

_ITEM, _END = 0xE000FFFE, 0xE0DDFFFE
_PIECE = 4_096  # bytes read at once; small fragments lie close together
_MOST_TABLE = 1 << 27  # bytes of a basic offset table, 32 million frames; a limit of ours


def frame_offsets(
    path: str | PathLike[str], offset: int, *, n_frames: int = 1
) -> tuple[list[npt.NDArray[np.int64]], list[npt.NDArray[np.int64]]]:
    """Return for each frame where its fragments lie: by the basic offset table, or one fragment a frame.

    Parameters
    ----------
    path : path
        A file whose pixel data are encapsulated.
    offset : int
        First byte of the pixel data, as `Headers.pixel_offset` says.
    n_frames : int
        NumberOfFrames.

    Returns
    -------
    tuple of list of numpy.ndarray
        For each frame (n_fragments,) int64: the first byte of each fragment in the file, and its length in bytes.

    Raises
    ------
    ValueError
        When the fragments are damaged, or cannot be shared among the frames.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from workbench.imaging.headers import read_headers
    >>> headers = read_headers([get_testdata_file("JPEG2000.dcm")])
    >>> offsets, lengths = frame_offsets(headers.paths[0], int(headers.pixel_offset[0]))
    >>> len(offsets), lengths[0].tolist()
    (1, [250])
    """
    starts, lengths, table = _fragments(path, offset)
    if n_frames == 1:
        return [starts], [lengths]
    if len(table) == n_frames:
        # Offsets count from the first byte of the first item after the table (PS3.5 A.4), a header of 8 bytes included.
        first = np.searchsorted(starts - 8 - (int(starts[0]) - 8 if len(starts) else 0), table)
        if not len(starts) or (np.diff(table) <= 0).any() or int(table[-1]) > int(starts[-1] - starts[0]):
            raise _damaged("The offsets of its frames do not fit its fragments.")
        cuts = first[1:]
    elif len(starts) == n_frames:
        cuts = np.arange(1, n_frames)
    else:
        cuts = _after_markers(path, starts, lengths, n_frames)
    return np.split(starts, cuts), np.split(lengths, cuts)


def _fragments(
    path: str | PathLike[str], offset: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return offsets and lengths of all fragments, and the basic offset table, empty where there is none."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        size, position = os.fstat(file).st_size, offset
        found: list[tuple[int, int]] = []
        piece, base = b"", 0
        while True:
            if not base <= position <= base + len(piece) - 8:
                piece, base = os.pread(file, _PIECE, position), position
            if len(piece) - (position - base) < 8:
                if found and position >= size:  # the delimiter is missing, as some writers leave it out
                    break
                raise _damaged("Its pixel data end in the middle of a fragment.")
            tag, length = struct.unpack_from("<LL", piece, position - base)
            if tag == _END:
                break
            if tag != _ITEM or length == 0xFFFFFFFF:
                raise _damaged("Its pixel data are not divided into fragments.")
            if position + 8 + length > size:
                raise _damaged("Its pixel data end in the middle of a fragment.")
            found.append((position + 8, length))
            position += 8 + length
        if not found:
            raise _damaged("Its pixel data hold no fragment.")
        starts, lengths = np.array(found, np.int64).T.copy()
        table = os.pread(file, min(int(lengths[0]) // 4 * 4, _MOST_TABLE), int(starts[0]))
        return starts[1:], lengths[1:], np.frombuffer(table, "<u4").astype(np.int64)
    finally:
        os.close(file)


def _after_markers(
    path: str | PathLike[str], starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], n_frames: int
) -> npt.NDArray[np.int64]:
    """Return after which fragments a frame ends: those whose last bytes hold an End of Image marker (FF D9).

    ISO/IEC 10918-1 table B.1 (JPEG, JPEG-LS) and ISO/IEC 15444-1 annex A (JPEG 2000) use the same code.
    """
    ends: Sequence[bool] = []
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        tails = [
            os.pread(file, min(10, length), start + length - min(10, length))
            for start, length in zip(starts.tolist(), lengths.tolist(), strict=True)
        ]
        ends = [b"\xff\xd9" in tail for tail in tails]
    finally:
        os.close(file)
    cuts = np.flatnonzero(ends) + 1
    if len(cuts) != n_frames or cuts[-1] != len(starts):
        raise _damaged(f"Its {len(starts):,} fragments cannot be shared among {n_frames:,} frames.")
    return cuts[:-1]


def _damaged(words: str) -> ValueError:
    return ValueError(
        f"{words} Encapsulated pixel data are fragments up to a delimiter, with a table that says where each frame "
        "begins (PS3.5 A.4). Ask for the file again."
    )

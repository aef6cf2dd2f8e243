"""Stored values of the slices of a volume: by position from files that hold them as they are, else decoded.

References
----------
DICOM PS3.5 2025c: 8.1.1 (pixel cells), A.1, A.2 and A.3 (native transfer syntaxes).
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.decoding import decode_files, decode_frames
from workbench.imaging.pixels.description import PixelDescription, describe_headers

if TYPE_CHECKING:
    from workbench.imaging.headers.reading import Headers

_LITTLE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1")
_BIG = "1.2.840.10008.1.2.2"
_BITS = (8, 16, 32)
_UNFINISHED = "its pixels end early"

Unread = list[tuple[int, str]]


class DirectFiles:
    """Files of one frame whose pixels are read by position into where they belong.

    Parameters
    ----------
    headers : workbench.imaging.headers.reading.Headers
        Of files that `are_direct` accepts.
    """

    is_direct = True
    reader = "read by position"

    def __init__(self, headers: "Headers") -> None:
        self.paths = headers.block.names
        self.offsets: list[int] = headers.pixel_offset.tolist()
        columns = [headers.numbers(name) for name in ("BitsAllocated", "BitsStored", "PixelRepresentation")]
        layouts = np.nan_to_num(np.concatenate(columns, axis=1)).astype(np.int64)
        self.layouts = [tuple(layouts[0].tolist())]
        self.layout_of = [0] * len(headers)
        if (layouts != layouts[0]).any():
            distinct, numbers = np.unique(layouts, axis=0, return_inverse=True)
            self.layouts, self.layout_of = [tuple(layout) for layout in distinct.tolist()], numbers.tolist()
        self.is_big = [syntax == _BIG for syntax in headers.transfer_syntax]
        self.types = [_type_of(bits, signed) for bits, _, signed in self.layouts]
        self._type = np.result_type(*self.types)

    def stored_type(self) -> tuple[np.dtype[Any], tuple[int, int]]:
        """Return the type of the stored values, and the smallest and greatest that can be stored."""
        ranges = [_range_of(stored, signed) for _, stored, signed in self.layouts]
        return self._type, (min(low for low, _ in ranges), max(high for _, high in ranges))

    def read(self, rows: npt.NDArray[np.int64], out: npt.NDArray[Any], done: Callable[[int], None]) -> Unread:
        """Read images into the planes of `out`, say of each when it is done, and return those that cannot be read.

        Parameters
        ----------
        rows : numpy.ndarray
            Which files.
        out : numpy.ndarray
            (len(rows), rows, columns) of the stored type.
        done : callable
            Called with each place in `rows`.

        Returns
        -------
        list of tuple
            Place in `rows` and reason.
        """
        unread: Unread = []
        for nth, row in enumerate(rows.tolist()):
            plane = out[nth]
            layout = self.layout_of[row]
            (bits, stored, _), own = self.layouts[layout], self.types[layout]
            space = plane if own is self._type or own == self._type else np.empty(plane.shape, own)
            reason = _read_at(self.paths[row], self.offsets[row], space)
            if reason:
                unread.append((nth, reason))
                continue
            if bits > 8 and self.is_big[row]:
                space.byteswap(inplace=True)
            if stored < bits:
                _clear_unused_bits(space, bits - stored)
            if space is not plane:
                plane[...] = space
            done(nth)
        return unread


class CodedFiles:
    """Files of one frame whose pixels have to be decoded.

    Parameters
    ----------
    headers : workbench.imaging.headers.reading.Headers
        Of the files.
    workers : int, optional
        Processes that decode; as many as are worth it when None.
    """

    is_direct = False
    reader = "decoded"

    def __init__(self, headers: "Headers", workers: int | None = None) -> None:
        self.workers = workers
        self.paths = headers.block.names
        described, refusals = describe_headers(headers)
        self.descriptions, self.refused = described, {one.index: one.reason for one in refusals}
        known = [one for one in described if one is not None]
        self._types = {one.dtype for one in known}
        self._type = np.result_type(*self._types) if known else np.dtype(np.int16)
        ranges = [one.stored_range for one in known] or [(0, 0)]
        self._range = min(low for low, _ in ranges), max(high for _, high in ranges)

    def stored_type(self) -> tuple[np.dtype[Any], tuple[int, int]]:
        """Return the type of the stored values, and the smallest and greatest that can be stored."""
        return self._type, self._range

    def read(self, rows: npt.NDArray[np.int64], out: npt.NDArray[Any], done: Callable[[int], None]) -> Unread:
        """Decode images into the planes of `out`, say of each when it is done, and return those that cannot be read.

        Parameters
        ----------
        rows : numpy.ndarray
            Which files.
        out : numpy.ndarray
            (len(rows), rows, columns) of the stored type.
        done : callable
            Called with each place in `rows`.

        Returns
        -------
        list of tuple
            Place in `rows` and reason.
        """
        unread = {nth: self.refused[row] for nth, row in enumerate(rows.tolist()) if row in self.refused}
        described = [self.descriptions[row] for row in rows.tolist()]
        for kind in self._types:
            mine = [(nth, one) for nth, one in enumerate(described) if one is not None and one.dtype == kind]
            if not mine:
                continue
            places, known = map(list, zip(*mine, strict=True))
            whole = len(mine) == len(rows) and kind == self._type
            space = out if whole else np.empty((len(mine), *out.shape[1:]), kind)
            paths = [self.paths[rows[nth]] for nth in places]
            unread |= {places[one.index]: one.reason for one in decode_files(paths, known, space, workers=self.workers)}
            if not whole:
                out[places] = space
        for nth in range(len(rows)):
            if nth not in unread:
                done(nth)
        return sorted(unread.items())


class Frames:
    """Frames of one file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    description : PixelDescription
        Of its pixels.
    """

    is_direct = False

    def __init__(self, path: Path, description: PixelDescription) -> None:
        self.path, self.description = path, description
        native = description.transfer_syntax in (*_LITTLE, _BIG)
        self.reader = "read by position" if native else "decoded"

    def stored_type(self) -> tuple[np.dtype[Any], tuple[int, int]]:
        """Return the type of the stored values, and the smallest and greatest that can be stored."""
        return self.description.dtype, self.description.stored_range

    def read(self, rows: npt.NDArray[np.int64], out: npt.NDArray[Any], done: Callable[[int], None]) -> Unread:
        """Read frames into the planes of `out`, say of each when it is done, and return those that cannot be read.

        Parameters
        ----------
        rows : numpy.ndarray
            Which frames, from 0.
        out : numpy.ndarray
            (len(rows), rows, columns) of the stored type.
        done : callable
            Called with each place in `rows`.

        Returns
        -------
        list of tuple
            Place in `rows` and reason.
        """
        decode_frames(self.path, self.description, frames=rows.tolist(), out=out)
        for nth in range(len(rows)):
            done(nth)
        return []


def are_direct(headers: "Headers") -> npt.NDArray[np.bool_]:
    """Return which files hold their pixels as they are, one after the other, in one plane.

    Parameters
    ----------
    headers : workbench.imaging.headers.reading.Headers
        Of the files.

    Returns
    -------
    numpy.ndarray
        (n,) boolean.
    """
    syntaxes = headers.transfer_syntax
    bits, stored, high, samples = (
        headers.numbers(name)[:, 0] for name in ("BitsAllocated", "BitsStored", "HighBit", "SamplesPerPixel")
    )
    usual = np.isin(bits, _BITS) & (stored <= bits) & (stored >= 1) & (high == stored - 1) & (samples == 1)
    little, big = (np.array([one in kinds for one in syntaxes]) for kinds in (_LITTLE, (_BIG,)))
    native = little | (big & (bits > 8))  # bytes lie in swapped pairs there
    direct: npt.NDArray[np.bool_] = native & usual & (headers.pixel_offset >= 0)
    return direct


def _type_of(bits: int, signed: int) -> np.dtype[Any]:
    return np.dtype(f"{'i' if signed else 'u'}{bits // 8}")


def _range_of(stored: int, signed: int) -> tuple[int, int]:
    return (-(1 << stored - 1), (1 << stored - 1) - 1) if signed else (0, (1 << stored) - 1)


def _clear_unused_bits(values: npt.NDArray[Any], unused: int) -> None:
    """Clear what older files keep above the stored bits (overlays), or repeat the sign there."""
    if values.dtype.kind == "u":
        np.bitwise_and(values, values.dtype.type((1 << values.dtype.itemsize * 8 - unused) - 1), out=values)
    else:
        np.left_shift(values, unused, out=values)
        np.right_shift(values, unused, out=values)


def _read_at(path: str, offset: int, plane: npt.NDArray[Any]) -> str:
    """Fill a plane from a file, and return why that failed."""
    try:
        opened = os.open(path, _READ)
    except OSError as error:
        return f"it cannot be opened ({error.strerror})"
    try:
        got = _READV(opened, [plane], offset)
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    finally:
        os.close(opened)
    return "" if got == plane.nbytes else _UNFINISHED


def _seek_and_read(opened: int, buffers: Sequence[npt.NDArray[Any]], offset: int) -> int:  # where preadv is missing
    os.lseek(opened, offset, os.SEEK_SET)
    with os.fdopen(opened, "rb", buffering=0, closefd=False) as stream:
        return stream.readinto(buffers[0].data.cast("B")) or 0


_READV: Callable[..., int] = getattr(os, "preadv", _seek_and_read)
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)

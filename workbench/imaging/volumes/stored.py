"""Stored values of the slices of a volume: by position from files that hold them as they are, else decoded.

References
----------
DICOM PS3.5 2025c: 8.1.1 (pixel cells), A.1, A.2 and A.3 (native transfer syntaxes).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.decoding import decode_files
from workbench.imaging.pixels.description import describe_headers
from workbench.imaging.pixels.layout import PixelDataError, check_claims
from workbench.imaging.volumes.opening import UNFINISHED, read_at, why_not

if TYPE_CHECKING:
    from workbench.imaging.headers.reading import Headers

_LITTLE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1")
_BIG = "1.2.840.10008.1.2.2"
_BITS = (8, 16, 32)

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
        self.stamps = headers.block.places[:, 2:].tolist()
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
        claimed = headers.numbers("Rows")[:, 0] * headers.numbers("Columns")[:, 0] * layouts[:, 0] / 8
        stated = np.where(headers.pixel_length < 0, np.inf, headers.pixel_length)
        self._short = claimed > np.minimum(stated, headers.size_bytes - headers.pixel_offset)  # False for NaN

    def unreadable(self, rows: npt.NDArray[np.int64]) -> Unread:
        """Return which files cannot hold the pixels that they claim, without reading any.

        Parameters
        ----------
        rows : numpy.ndarray
            Which files.

        Returns
        -------
        list of tuple
            Place in `rows` and reason.
        """
        return [(nth, UNFINISHED) for nth in np.flatnonzero(self._short[rows]).tolist()]

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
            reason = read_at(self.paths[row], self.offsets[row], self.stamps[row], space)
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
        self.paths, self.headers = headers.block.names, headers
        described, refusals = describe_headers(headers)
        self.descriptions, self.refused = described, {one.index: one.reason for one in refusals}
        known = [one for one in described if one is not None]
        self._types = {one.dtype for one in known}
        self._type = np.result_type(*self._types) if known else np.dtype(np.int16)
        ranges = [one.stored_range for one in known] or [(0, 0)]
        self._range = min(low for low, _ in ranges), max(high for _, high in ranges)

    def unreadable(self, rows: npt.NDArray[np.int64]) -> Unread:
        """Return which files cannot hold the pixels that they claim, without decoding any.

        Parameters
        ----------
        rows : numpy.ndarray
            Which files.

        Returns
        -------
        list of tuple
            Place in `rows` and reason.
        """
        reasons = ((nth, self._why_not(row)) for nth, row in enumerate(rows.tolist()))
        return [(nth, reason) for nth, reason in reasons if reason]

    def _why_not(self, row: int) -> str:
        description = self.descriptions[row]
        if description is None:
            return self.refused[row]
        try:
            check_claims(description, int(self.headers.size_bytes[row]))
        except PixelDataError as refused:
            return str(refused)
        return why_not(self.headers, row)

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

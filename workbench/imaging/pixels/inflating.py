"""A deflated file (PS3.5 2025c A.5), inflated only as far as it is read: a few megabytes may inflate to gigabytes."""

import io
import struct
import zlib
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.layout import PixelDataError

_META_START = b"\x02\x00\x00\x00UL\x04\x00"  # FileMetaInformationGroupLength, explicit VR (PS3.10 7.1)
_IN, _OUT = 1 << 18, 1 << 22  # bytes that are read, and at most inflated, at a time


class Inflating(io.RawIOBase):
    """A file whose data set is inflated while it is read, its file meta information before it.

    Parameters
    ----------
    file : file
        Of the transfer syntax Deflated Explicit VR Little Endian, at its begin.
    most : int, optional
        How many bytes are kept at most for reading back.

    Raises
    ------
    PixelDataError
        The file meta information is damaged; in reading, the data set is, or goes beyond `most`.
    """

    def __init__(self, file: BinaryIO, most: int = 0) -> None:
        head = file.read(144)
        if head[132:140] != _META_START or len(head) < 144:
            raise PixelDataError(
                "The file meta information has no group length. It begins with one (PS3.10 7.1). "
                "Fetch the file again, or leave it out."
            )
        self._held = bytearray(head + file.read(min(int(struct.unpack_from("<I", head, 140)[0]), _IN)))
        self._file, self._most, self._at = file, most, 0
        self._engine, self._waiting = zlib.decompressobj(-zlib.MAX_WBITS), b""

    def readable(self) -> bool:
        """Return that it is."""
        return True

    def seekable(self) -> bool:
        """Return that it is, from its begin on."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted from the begin or from here.

        Parameters
        ----------
        offset : int
            In bytes.
        whence : int
            ``io.SEEK_SET`` or ``io.SEEK_CUR``.

        Returns
        -------
        int
            The place.
        """
        self._at = offset + (self._at if whence == io.SEEK_CUR else 0)
        return self._at

    def replace(self, old: bytes, new: bytes) -> None:
        """Replace the first occurrence of a value in the file meta information by one of the same length.

        Parameters
        ----------
        old, new : bytes
            The values.
        """
        self._held[:] = self._held.replace(old, new, 1)

    def read(self, size: int | None = -1) -> bytes:
        """Return the next bytes.

        Parameters
        ----------
        size : int
            At most so many.

        Returns
        -------
        bytes
            Fewer where the data set ends.
        """
        end = self._most + 1 if size is None or size < 0 else self._at + size
        while len(self._held) < end:
            if len(self._held) >= self._most:
                raise PixelDataError(
                    f"The header of the deflated file goes on beyond {self._most:,} bytes. A shorter one was "
                    "expected. Leave the file out."
                )
            part = self._next()
            if not part:
                break
            self._held += part
        found = bytes(self._held[self._at : end])
        self._at += len(found)
        return found

    def between(self, begin: int, end: int) -> npt.NDArray[np.uint8]:
        """Return the bytes from one place to another; nothing before them is kept.

        Parameters
        ----------
        begin, end : int
            Counted in the inflated file.

        Returns
        -------
        numpy.ndarray
            (n,) uint8; fewer where the data set ends.
        """
        out, place, got = np.empty(end - begin, np.uint8), len(self._held), 0
        while place < end and (part := self._next()):
            wanted = np.frombuffer(part, np.uint8)[max(begin - place, 0) : end - place]
            out[got : got + len(wanted)] = wanted
            got, place = got + len(wanted), place + len(part)
        return out[:got]

    def _next(self) -> bytes:
        """Return some more of the data set; nothing at its end."""
        part = b""
        try:
            while not part and not self._engine.eof:
                self._waiting = self._waiting or self._file.read(_IN)
                if not self._waiting:
                    break
                part = self._engine.decompress(self._waiting, _OUT)
                self._waiting = self._engine.unconsumed_tail
        except zlib.error:
            raise PixelDataError(
                "The deflated data set is damaged. A whole one was expected (PS3.5 A.5). Fetch the file again, or "
                "leave it out."
            ) from None
        return part

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, and return how many bytes there were.

        Parameters
        ----------
        buffer : buffer
            Of bytes.

        Returns
        -------
        int
            0 at the end.
        """
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

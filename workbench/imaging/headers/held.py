"""Headers as they are held: values of all files in one block of bytes, and where each lies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from workbench.imaging.headers.block import Block
from workbench.imaging.headers.columns import number_column, text_column, vr_code
from workbench.imaging.headers.tags import KEPT, place_of

#: Who read a header, by the number that is held.
READERS = ("walker", "pydicom")
_FEW = 10_000  # files; columns of more are converted anew each time rather than held twice
_Column = TypeVar("_Column")
_GUESSED = {1: "1.2.840.10008.1.2", 2: "1.2.840.10008.1.2.1"}  # PS3.5 A.1, A.2


@dataclass(frozen=True)
class Refused:
    """A file whose header could not be read.

    Attributes
    ----------
    name : str
        Path or address of the file.
    reason : str
        Why, without anything that the file says.
    """

    name: str
    reason: str

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.name)


class Headers:
    """Kept attributes of the files that were read, as columns; nothing is converted until it is asked for.

    Parameters
    ----------
    block : Block
        A row is a file.
    refused : sequence of Refused
        Files that could not be read.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from workbench.imaging.headers import read_headers
    >>> headers = read_headers([get_testdata_file("CT_small.dcm")])
    >>> headers.text("Modality"), headers.numbers("Rows").tolist(), headers.readers
    (['CT'], [[128.0]], ['walker'])
    """

    def __init__(self, block: Block, refused: Sequence[Refused] = ()) -> None:
        self.block = block
        #: Files that could not be read, with the reason.
        self.refused: list[Refused] = list(refused)
        self._converted: dict[tuple[str, str], Any] = {}

    def __len__(self) -> int:
        return len(self.block.names)

    def __repr__(self) -> str:
        return f"<Headers of {len(self):,} files, {len(self.refused):,} refused>"

    @property
    def names(self) -> list[str]:
        """Paths as text, or addresses of files in a bucket, in the order given."""
        return self.block.names

    @cached_property
    def paths(self) -> list[Path]:
        """The files that were read, in the order given."""
        return [Path(name) for name in self.block.names]

    @cached_property
    def readers(self) -> list[str]:
        """Who read each file: ``"walker"`` or ``"pydicom"``."""
        return [READERS[code] for code in self.block.flags[:, 0].tolist()]

    @cached_property
    def transfer_syntax(self) -> list[str]:
        """Transfer Syntax UID of each file; where a file states none, that of the encoding that was found."""
        stated = self.text("TransferSyntaxUID")
        found = self.block.flags[:, 2].tolist()
        return [uid or _GUESSED.get(guess, "") for uid, guess in zip(stated, found, strict=True)]

    @property
    def pixel_offset(self) -> npt.NDArray[np.int64]:
        """(n,) int64: first byte of the pixel data; −1 where there is none. Of a deflated file it counts inflated."""
        return self.block.places[:, 0]

    @property
    def pixel_length(self) -> npt.NDArray[np.int64]:
        """(n,) int64: bytes of the pixel data as stated; −1 where encapsulated, or where there is none."""
        return self.block.places[:, 1]

    @property
    def size_bytes(self) -> npt.NDArray[np.int64]:
        """(n,) int64: size of each file."""
        return self.block.places[:, 2]

    @property
    def mtime_ns(self) -> npt.NDArray[np.int64]:
        """(n,) int64: when each file was last changed, in nanoseconds."""
        return self.block.places[:, 3]

    def text(self, keyword: str) -> list[str | None]:
        """Return an attribute as text.

        Parameters
        ----------
        keyword : str
            One of `workbench.imaging.headers.tags.KEPT`.

        Returns
        -------
        list of str or None
            Values joined by a backslash, trailing spaces and NULs stripped from each (PS3.5 6.2), decoded by the file's
            character set; None where absent, ``""`` where empty.

        Raises
        ------
        UnknownNameError
            When the attribute is not kept.
        """
        return list(self._once("text", keyword, self._text))

    def numbers(self, keyword: str) -> npt.NDArray[np.float64]:
        """Return an attribute as numbers.

        Parameters
        ----------
        keyword : str
            One of `workbench.imaging.headers.tags.KEPT`.

        Returns
        -------
        numpy.ndarray
            (n, most) float64, `most` as the attribute's entry in `KEPT` says; NaN where absent, empty or no number.

        Raises
        ------
        UnknownNameError
            When the attribute is not kept.
        """
        column: npt.NDArray[np.float64] = self._once("numbers", keyword, self._numbers)
        return column.copy()

    def _once(self, kind: str, keyword: str, convert: Callable[[str], _Column]) -> _Column:
        """Convert a column; that of a series is kept, since several steps of reading it ask for the same."""
        if len(self) > _FEW:
            return convert(keyword)
        if (kind, keyword) not in self._converted:
            self._converted[kind, keyword] = convert(keyword)
        kept: _Column = self._converted[kind, keyword]
        return kept

    def _text(self, keyword: str) -> list[str | None]:
        place, kept = place_of(keyword), KEPT[keyword]
        if kept.vr in ("US", "SS", "UL", "SL", "FL", "FD", "XS"):
            return self._numbers_as_text(place, keyword)
        return text_column(self.block.values, self._extent(place), kept.vr, lambda: self.text("SpecificCharacterSet"))

    def _numbers(self, keyword: str) -> npt.NDArray[np.float64]:
        place, kept = place_of(keyword), KEPT[keyword]
        signed = self.numbers("PixelRepresentation")[:, 0] == 1 if kept.vr == "XS" else None
        codes = self.block.codes[:, place]
        codes = np.where(codes == 0, vr_code(kept.vr, len(self), signed), codes)
        big = self.block.flags[:, 1] == 1
        return number_column(self.block.values, self._extent(place), codes, big, kept.most)

    def select(self, rows: Sequence[int] | npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> "Headers":
        """Return the headers of some rows.

        Parameters
        ----------
        rows : sequence of int, or mask
            In the order wanted; or (n,) bool.

        Returns
        -------
        Headers
            Without refused files; the bytes of the values are shared.
        """
        given, block = np.asarray(rows), self.block
        chosen = np.flatnonzero(given) if given.dtype == bool else given.astype(np.int64)
        names = [block.names[row] for row in chosen.tolist()]
        arrays = (getattr(block, name)[chosen] for name in ("bases", "starts", "lengths", "codes", "flags", "places"))
        return Headers(Block(names, block.values, *arrays))

    def _extent(self, place: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int16]]:
        return self.block.bases + self.block.starts[:, place], np.ascontiguousarray(self.block.lengths[:, place])

    def _numbers_as_text(self, place: int, keyword: str) -> list[str | None]:
        lengths = self.block.lengths[:, place].tolist()
        rows = self.numbers(keyword).tolist()
        return [
            None if length < 0 else "\\".join(f"{value:.17g}" for value in row if value == value)
            for length, row in zip(lengths, rows, strict=True)
        ]

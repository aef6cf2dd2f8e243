"""Read the headers of many DICOM files into columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Refused:
    """A file that could not be read, and why."""

    path: Path
    reason: str


class Headers:
    """Kept attributes of the files that were read, as columns."""

    refused: list[Refused]
    readers: list[str]
    transfer_syntax: list[str]
    pixel_offset: npt.NDArray[np.int64]
    pixel_length: npt.NDArray[np.int64]
    size_bytes: npt.NDArray[np.int64]
    mtime_ns: npt.NDArray[np.int64]

    def __len__(self) -> int:
        raise NotImplementedError

    @property
    def paths(self) -> list[Path]:
        """The files that were read, in the order given."""
        raise NotImplementedError

    def text(self, keyword: str) -> list[str | None]:
        """Return the text of an attribute."""
        raise NotImplementedError

    def numbers(self, keyword: str) -> npt.NDArray[np.float64]:
        """Return an attribute as numbers, (n, most), NaN where absent."""
        raise NotImplementedError

    def select(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> "Headers":
        """Return the headers of some rows, in that order."""
        raise NotImplementedError


def read_headers(paths: Iterable[str | PathLike[str]], *, workers: int | None = 1) -> Headers:
    """Return the headers of files; those that cannot be read are listed with a reason."""
    raise NotImplementedError

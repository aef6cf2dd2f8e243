"""Stored values of the frames of one file.

References
----------
DICOM PS3.5 2025c: A.1, A.2 and A.3 (native transfer syntaxes), A.4 (encapsulation).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.decoding import decode_frames
from workbench.imaging.pixels.description import PixelDescription
from workbench.imaging.volumes.findings import Finding, SeriesError

_NATIVE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2")
_LEAST_BYTES = 8  # of a compressed frame: the tag and the length of its item


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
        native = description.transfer_syntax in _NATIVE
        self.reader = "read by position" if native else "decoded"

    def unreadable(self, rows: npt.NDArray[np.int64]) -> list[tuple[int, str]]:  # noqa: ARG002 - `open_dataset` checked all claims
        """Return no frame: what the file claims was checked when it was opened.

        Parameters
        ----------
        rows : numpy.ndarray
            Which frames.

        Returns
        -------
        list of tuple
            Empty.
        """
        return []

    def stored_type(self) -> tuple[np.dtype[Any], tuple[int, int]]:
        """Return the type of the stored values, and the smallest and greatest that can be stored."""
        return self.description.dtype, self.description.stored_range

    def read(
        self, rows: npt.NDArray[np.int64], out: npt.NDArray[Any], done: Callable[[int], None]
    ) -> list[tuple[int, str]]:
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


def check_frames(description: PixelDescription, file_bytes: int) -> None:
    """Refuse more compressed frames than a file can hold, before each is looked at.

    Parameters
    ----------
    description : PixelDescription
        What the header claims.
    file_bytes : int
        Size of the file.

    Raises
    ------
    SeriesError
        Says how many were claimed.
    """
    if not description.is_native and _LEAST_BYTES * description.n_frames > file_bytes:
        words = f"The file claims {description.n_frames:,} frames, more than its {file_bytes:,} bytes can hold."
        then = "Fetch it again, or leave it out."
        raise SeriesError(f"{words} Each takes {_LEAST_BYTES} or more. {then}", (Finding("claims", words, "", then),))

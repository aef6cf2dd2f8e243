"""What a file says of its pixels, and whether that can be true."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


class PixelDataError(ValueError):
    """Pixel data that cannot be turned into the image its header promises; a batch lists these and goes on."""


@dataclass(frozen=True)
class PixelDescription:
    """How the pixels of one file are stored (PS3.3 C.7.6.3, PS3.5 section 8).

    Attributes
    ----------
    rows, columns, samples : int
        Of each frame.
    bits_allocated, bits_stored, high_bit : int
        Of each sample.
    signed : bool
        Two's complement (PixelRepresentation 1).
    photometric : str
        PhotometricInterpretation as the file states it.
    planar : bool
        PlanarConfiguration 1: all of the first sample, then all of the second.
    n_frames : int
        At least 1.
    transfer_syntax : str
        UID.
    pixel_offset : int
        First byte of the value of the pixel data; within the inflated data set of a deflated file.
    pixel_length : int
        In bytes; -1 for encapsulated or undefined.
    keyword : str
        ``"PixelData"``, ``"FloatPixelData"`` or ``"DoubleFloatPixelData"``.
    """

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str
    planar: bool
    n_frames: int
    transfer_syntax: str
    pixel_offset: int
    pixel_length: int
    keyword: str = "PixelData"

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the decoded values, in native byte order."""
        raise NotImplementedError

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """``(rows, columns)``, or ``(rows, columns, samples)``."""
        return (self.rows, self.columns) if self.samples == 1 else (self.rows, self.columns, self.samples)

    @property
    def stored_range(self) -> tuple[int, int]:
        """The smallest and the greatest value that BitsStored and PixelRepresentation allow."""
        raise NotImplementedError


def describe(dataset: Any, *, pixel_offset: int = -1, pixel_length: int = -1) -> PixelDescription:
    """Return the description of a pydicom data set's pixels.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With or without its pixel data.
    pixel_offset, pixel_length : int
        Where the value of the pixel data lies in the file, where known.

    Returns
    -------
    PixelDescription
        Checked for what DICOM allows.

    Raises
    ------
    PixelDataError
        An attribute is missing or has a value that no image can have.
    """
    raise NotImplementedError


def describe_header(headers: Any, row: int) -> PixelDescription:
    """Return the description of the pixels of one file among headers that were read together.

    Parameters
    ----------
    headers : workbench.imaging.headers.reading.Headers
        Of many files.
    row : int
        Which.

    Returns
    -------
    PixelDescription
        As `describe` gives it.

    Raises
    ------
    PixelDataError
        An attribute is missing or has a value that no image can have.
    """
    raise NotImplementedError


def open_dataset(path: str | Path) -> tuple[Any, PixelDescription]:
    """Return the data set of one file without its pixels, and their description.

    Parameters
    ----------
    path : str or pathlib.Path
        A DICOM file.

    Returns
    -------
    dataset : pydicom.Dataset
        Everything before the pixel data.
    description : PixelDescription
        With offset and length.

    Raises
    ------
    PixelDataError
        Not DICOM, without pixel data, or with a claim that cannot be true.
    """
    raise NotImplementedError


def check_claims(description: PixelDescription, file_bytes: int) -> None:
    """Refuse pixels that the file cannot hold: a header may claim 4 GB that are not there.

    Parameters
    ----------
    description : PixelDescription
        What the header claims.
    file_bytes : int
        Size of the file.

    Raises
    ------
    PixelDataError
        Says what was claimed, what is there and what to do.
    """
    raise NotImplementedError


def with_same_pixels(descriptions: Sequence[PixelDescription]) -> npt.NDArray[np.bool_]:
    """Return which descriptions share the shape and type of the first, so that one array can hold their frames.

    Parameters
    ----------
    descriptions : sequence of PixelDescription
        One for each file.

    Returns
    -------
    numpy.ndarray
        (n,) boolean.
    """
    raise NotImplementedError

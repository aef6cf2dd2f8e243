"""Stored values of frames, by the fastest decoder that was measured for each transfer syntax."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from workbench.imaging.pixels.description import PixelDescription

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Refusal:
    """One file of a batch that was not decoded.

    Attributes
    ----------
    index : int
        Of the file in the batch.
    reason : str
        In three parts; names the file by its number, never by an identifier.
    """

    index: int
    reason: str


def decode_frames(
    path: str | Path,
    description: PixelDescription,
    *,
    frames: Sequence[int] | None = None,
    out: npt.NDArray[Any] | None = None,
    isolated: bool = True,
) -> npt.NDArray[Any]:
    """Return the stored values of the frames of one file: native byte order, sign and high bit applied.

    Samples are interleaved, every YBR becomes RGB, a palette stays as indexes; bits outside
    BitsStored (overlays of old files) are masked off.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.
    description : PixelDescription
        Of its pixels.
    frames : sequence of int, optional
        Which frames, counted from 0; all by default.
    out : numpy.ndarray, optional
        C-contiguous array of the right shape and ``description.dtype`` to decode into.
    isolated : bool
        Run native decoders in a child process, so that a crash is an error and not the end of the interpreter.

    Returns
    -------
    numpy.ndarray
        (frames, rows, columns) or (frames, rows, columns, samples) of ``description.dtype``.

    Raises
    ------
    PixelDataError
        The pixels cannot be decoded as described.
    """
    raise NotImplementedError


def decode_files(
    paths: Sequence[str | Path],
    descriptions: Sequence[PixelDescription],
    out: npt.NDArray[Any],
    *,
    workers: int | None = None,
    progress: bool = False,
) -> list[Refusal]:
    """Decode many single-frame files into one array, and return which of them were refused.

    Parameters
    ----------
    paths : sequence of str or pathlib.Path
        The files, in the order of the array's first axis.
    descriptions : sequence of PixelDescription
        One for each; all of one shape and type.
    out : numpy.ndarray
        (files, rows, columns) or (files, rows, columns, samples) of the descriptions' type, C-contiguous; entries
        of refused files are left as zeros.
    workers : int, optional
        Decoding processes; as many as cores by default, none for uncompressed files.
    progress : bool
        Draw a progress bar.

    Returns
    -------
    list of Refusal
        In the order of the files; empty when all were decoded.
    """
    raise NotImplementedError


def decoder_table() -> "pl.DataFrame":
    """Return the decoder of each transfer syntax with its measured speed, for documentation.

    Returns
    -------
    polars.DataFrame
        `transfer_syntax`, `name`, `decoder`, `mb_per_cpu_s_ct`, `mb_per_cpu_s_cxr`, `native`.
    """
    raise NotImplementedError

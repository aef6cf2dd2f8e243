"""Stored values of frames, by the fastest decoder that was measured for each transfer syntax."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.headers.frames import frame_offsets
from workbench.imaging.pixels.batches import decode_jobs
from workbench.imaging.pixels.child import read_spans
from workbench.imaging.pixels.codecs import DECODERS, no_decoder
from workbench.imaging.pixels.codestreams import check_codestream
from workbench.imaging.pixels.files import read_native
from workbench.imaging.pixels.frameheads import first_codestream
from workbench.imaging.pixels.isolation import Job
from workbench.imaging.pixels.layout import PixelDataError, PixelDescription, Refusal, check_claims
from workbench.imaging.pixels.opening import size_of_file, unreadable
from workbench.imaging.pixels.stored import store_frame

if TYPE_CHECKING:
    import polars as pl

_LARGE = 64 * 2**20  # bytes of a frame whose own header is asked before memory is taken

__all__ = ["DECODERS", "Refusal", "decode_files", "decode_frames", "decoder_table"]


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
        Run native decoders in child processes, so that a crash is an error and not the end of the interpreter.

    Returns
    -------
    numpy.ndarray
        (frames, rows, columns) or (frames, rows, columns, samples) of ``description.dtype``.

    Raises
    ------
    PixelDataError
        The pixels cannot be decoded as described.

    References
    ----------
    DICOM PS3.5 2025c section 8 and Annex A.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from workbench.imaging.pixels.files import open_dataset
    >>> path = get_testdata_file("CT_small.dcm")
    >>> decode_frames(path, open_dataset(path)[1])[0, 0, :4].tolist()
    [175, 180, 166, 143]
    """
    _check_size(path, description)
    chosen = list(range(description.n_frames)) if frames is None else [int(frame) for frame in frames]
    outside = [frame for frame in chosen if not 0 <= frame < description.n_frames]
    if outside or not chosen:
        raise IndexError(
            f"No frame {outside[0] if outside else 'at all'} in a file of {description.n_frames}. "
            f"Valid: 0 to {description.n_frames - 1}. Choose among these, or leave frames out for all."
        )
    shape = (len(chosen), *description.frame_shape)
    values = _checked(out, shape, description) if out is not None else _empty(shape, description)
    if description.is_native:
        read_native(path, description, chosen, values)
        return values
    refused = _decode([_File(0, "this file", path, description, chosen, values)], _cores(), None, isolated=isolated)
    if refused:
        raise PixelDataError(refused[0].reason)
    return values


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
        (files, rows, columns) or (files, rows, columns, samples) of the descriptions' type, C-contiguous; what
        entries of refused files hold is not defined.
    workers : int, optional
        Decoding processes; as many as cores by default, none for uncompressed files.
    progress : bool
        Draw a progress bar.

    Returns
    -------
    list of Refusal
        In the order of the files; empty when all were decoded.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from workbench.imaging.pixels.files import open_dataset
    >>> paths = [get_testdata_file("MR_small.dcm"), get_testdata_file("MR_small_RLE.dcm")]
    >>> descriptions = [open_dataset(path)[1] for path in paths]
    >>> out = np.empty((2, 64, 64), np.int16)
    >>> decode_files(paths, descriptions, out), bool((out[0] == out[1]).all())
    ([], True)
    """
    from tqdm.auto import tqdm

    if not len(paths) == len(descriptions) == len(out):
        raise ValueError(
            f"{len(paths)} files, {len(descriptions)} descriptions and an array of {len(out)}. "
            "One of each for every file was expected. Pass as many of each."
        )
    refusals: list[Refusal] = []
    compressed: list[_File] = []
    with tqdm(total=len(paths), desc="Pixels", unit="file", disable=not progress) as bar:
        for index, (path, description) in enumerate(zip(paths, descriptions, strict=True)):
            where = f"file {index + 1} of {len(paths)}"
            file = _File(index, where, path, description, [0], out[index : index + 1])
            reason = _started(file)
            if reason is not None:
                refusals.append(Refusal(index, reason))
            elif not description.is_native:
                compressed.append(file)
                continue
            bar.update()
        refusals += _decode(compressed, workers or _cores(), bar.update, isolated=True)
    return sorted(refusals, key=lambda one: one.index)


def decoder_table() -> "pl.DataFrame":
    """Return the decoder of each transfer syntax with its measured speed, for documentation.

    Returns
    -------
    polars.DataFrame
        `transfer_syntax`, `name`, `decoder`, `mb_per_cpu_s_ct`, `mb_per_cpu_s_cxr`, `native`.
    """
    import polars as pl

    return pl.DataFrame(
        [
            {
                "transfer_syntax": uid,
                "name": one.name,
                "decoder": one.decoder,
                "mb_per_cpu_s_ct": one.ct,
                "mb_per_cpu_s_cxr": one.cxr,
                "native": one.native,
            }
            for uid, one in DECODERS.items()
        ]
    ).fill_nan(None)


class _File:
    """A file and the frames that are wanted of it."""

    def __init__(
        self,
        index: int,
        where: str,
        path: str | Path,
        description: PixelDescription,
        frames: list[int],
        out: npt.NDArray[Any],
    ) -> None:
        self.index, self.where, self.path = index, where, os.fspath(path)
        self.description, self.frames, self.out = description, frames, out

    def jobs(self) -> list[Job]:
        if self.description.transfer_syntax not in DECODERS:
            raise PixelDataError(no_decoder(self.description.transfer_syntax))
        offsets, lengths = frame_offsets(self.path, self.description.pixel_offset, n_frames=self.description.n_frames)
        spans = [np.stack([offsets[frame], lengths[frame]], axis=1).tolist() for frame in self.frames]
        return [
            Job(self.index, self.where, self.path, span, self.description, out)
            for span, out in zip(spans, self.out, strict=True)
        ]


def _started(file: _File) -> str | None:
    """Read an uncompressed file; return why a file is refused."""
    try:
        _checked(file.out, (1, *file.description.frame_shape), file.description)
        _check_size(file.path, file.description)
        if file.description.is_native:
            read_native(file.path, file.description, file.frames, file.out)
    except PixelDataError as refused:
        return str(refused)
    except OSError as failed:
        return unreadable(failed)
    return None


def _decode(files: Sequence[_File], workers: int, advance: Any, *, isolated: bool) -> list[Refusal]:
    jobs: list[Job] = []
    refusals = []
    for file in files:
        try:
            jobs += file.jobs()
        except (ValueError, OSError) as refused:
            refusals.append(Refusal(file.index, str(refused)))
    if isolated and os.name != "nt" and any(DECODERS[job.description.transfer_syntax].native for job in jobs):
        return refusals + decode_jobs(jobs, workers=workers, advance=advance)
    with ThreadPoolExecutor(max_workers=workers) as pool:  # these decoders hold no lock
        for job, reason in zip(jobs, pool.map(_stored, jobs), strict=True):
            if reason is not None:
                refusals.append(Refusal(job.index, reason))
            if advance is not None:
                advance(1)
    return refusals


def _stored(job: Job) -> str | None:
    try:
        store_frame(read_spans(job.path, job.spans), job.description, job.out)
    except PixelDataError as refused:
        return str(refused)
    except OSError as failed:
        return unreadable(failed)
    return None


def _check_size(path: str | Path, description: PixelDescription) -> None:
    """Refuse what the file cannot hold; where a frame is large, also what its own header contradicts."""
    check_claims(description, size_of_file(path))
    if description.frame_bytes > _LARGE and (found := first_codestream(path, description)):
        check_codestream(found, description)


def _empty(shape: tuple[int, ...], description: PixelDescription) -> npt.NDArray[Any]:
    try:
        return np.empty(shape, description.dtype)
    except MemoryError:
        raise PixelDataError(
            f"The frames need {description.frame_bytes * shape[0] / 1e6:,.1f} MB, which is more memory than there is. "
            "Fewer at a time fit. Pass some with frames=, or use a larger machine."
        ) from None


def _checked(out: npt.NDArray[Any], shape: tuple[int, ...], description: PixelDescription) -> npt.NDArray[Any]:
    if out.shape != shape or out.dtype != description.dtype or not out.flags.c_contiguous:
        raise PixelDataError(
            f"An array of shape {out.shape} and type {out.dtype} was given for pixels of shape {shape} and type "
            f"{description.dtype}. "
            "Both must be equal, and the array C-contiguous. Make it with numpy.empty, or leave the file out."
        )
    return out


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

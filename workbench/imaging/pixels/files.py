"""One DICOM file: its header with the place of its pixels, and its uncompressed frames."""

import os
import struct
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.description import NO_PIXELS, describe
from workbench.imaging.pixels.inflating import Inflating
from workbench.imaging.pixels.layout import PixelDataError, PixelDescription, check_claims
from workbench.imaging.pixels.opening import open_file
from workbench.imaging.pixels.stored import store_native

_KEYWORDS = {0x0008: "FloatPixelData", 0x0009: "DoubleFloatPixelData", 0x0010: "PixelData"}  # elements of group 7FE0
_DEFLATED = "1.2.840.10008.1.2.1.99"  # PS3.5 A.5
_EXPLICIT = "1.2.840.10008.1.2.1"  # how a deflated data set is encoded
_WITH_VR = (b"OB", b"OW", b"OF", b"OD", b"UN")
_LARGEST_HEADER = 256 * 2**20  # of a deflated file, inflated; our own bound
_STARTS = (b"\x02\x00", b"\x08\x00", b"\x00\x02", b"\x00\x08")  # groups 2 and 8, of files without a preamble


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
        With offset and length; its claims are checked against the size of the file.

    Raises
    ------
    FileNotFoundError
        Nothing lies there.
    PixelDataError
        Not DICOM, without pixel data, or with a claim that cannot be true.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> dataset, description = open_dataset(get_testdata_file("CT_small.dcm"))
    >>> description.frame_shape, description.dtype.name, description.pixel_length
    ((128, 128), 'int16', 32768)
    """
    with warnings.catch_warnings(), open_file(path) as file:
        warnings.simplefilter("ignore")  # what matters of an irregular header is checked below
        source: Any = file
        size = os.fstat(file.fileno()).st_size
        head = file.read(132)
        file.seek(0)
        is_deflated = head[128:] == b"DICM" and _states_deflated(file)
        if is_deflated:
            source = Inflating(file, _LARGEST_HEADER)
            source.replace(_DEFLATED.encode(), _EXPLICIT.encode().ljust(len(_DEFLATED), b"\0"))
        elif head[128:] != b"DICM" and head[:2] not in _STARTS:
            raise PixelDataError(_no_dicom(size))
        dataset = _read_header(source)
        if is_deflated:
            dataset.file_meta.TransferSyntaxUID = _DEFLATED
        offset, length, keyword = _pixel_element(source, dataset)
        description = describe(dataset, pixel_offset=offset, pixel_length=length, keyword=keyword)
    check_claims(description, size)
    return dataset, description


def read_native(path: str | Path, description: PixelDescription, frames: Sequence[int], out: npt.NDArray[Any]) -> None:
    """Read uncompressed frames into an array, straight from their place in the file.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.
    description : PixelDescription
        Of its pixels, with their offset.
    frames : sequence of int
        Which.
    out : numpy.ndarray
        (frames, …) of ``description.dtype``, C-contiguous.

    Raises
    ------
    PixelDataError
        The file ends before its pixels do.
    """
    bits = description.stored_frame_bits
    if description.is_big_endian and description.bits_allocated <= 8 and _in_words(path, description):
        _read_swapped(path, description, frames, out)
        return
    direct = bits == 8 * description.frame_bytes and not description.planar
    if bits % 8 or description.transfer_syntax == _DEFLATED:
        begin, values = _inflated(path, description, frames)
        for frame, place in zip(frames, out, strict=True):
            _store_odd_frame(path, values, description, frame, place, begin)
        return
    first, contiguous = frames[0], list(frames) == list(range(frames[0], frames[0] + len(frames)))
    parts = [(first, out)] if contiguous else [(frame, out[at : at + 1]) for at, frame in enumerate(frames)]
    for frame, place in parts:
        n_bytes = bits // 8 * len(place)
        stored = place.reshape(-1).view(np.uint8) if direct else np.empty(n_bytes, np.uint8)
        _read_into(path, description.pixel_offset + frame * (bits // 8), stored)
        store_native(stored, description, place)


def _inflated(
    path: str | Path, one: PixelDescription, frames: Sequence[int]
) -> tuple[int, npt.NDArray[np.uint8] | None]:
    """Return the bytes from the first to the last of some frames of a deflated file, and where they begin."""
    if one.transfer_syntax != _DEFLATED:
        return 0, None
    begin = one.stored_frame_bits * min(frames) // 8
    end = -(-one.stored_frame_bits * (max(frames) + 1) // 8)
    with open_file(path) as file:
        return begin, Inflating(file).between(one.pixel_offset + begin, one.pixel_offset + end)


def _store_odd_frame(
    path: str | Path,
    values: npt.NDArray[np.uint8] | None,
    one: PixelDescription,
    frame: int,
    place: npt.NDArray[Any],
    start: int = 0,
) -> None:
    """Read a frame that need not begin at a byte: bits are packed across frames (PS3.5 8.1.1)."""
    first_bit = one.stored_frame_bits * frame
    begin, end = first_bit // 8, -(-(first_bit + one.stored_frame_bits) // 8)
    stored = np.empty(end - begin, np.uint8)
    if values is None:
        _read_into(path, one.pixel_offset + begin, stored)
    else:
        part = values[begin - start : end - start]
        if len(part) != len(stored):
            raise PixelDataError(_ends(len(part), len(stored)))
        stored[:] = part
    if one.bits_allocated == 1 and first_bit % 8:
        bits = np.unpackbits(stored, bitorder="little")[first_bit % 8 :]
        place[...] = bits[: place.size].reshape(place.shape)
        return
    store_native(stored, one, place[np.newaxis])


def _in_words(path: str | Path, one: PixelDescription) -> bool:
    """Whether bytes lie in words of 16 bits, whose order big endian turns (PS3.5 7.3, 8.1.1): VR OW before the "
    "value."""
    vr = np.empty(2, np.uint8)
    _read_into(path, one.pixel_offset - 8, vr)
    return vr.tobytes() == b"OW"


def _read_swapped(path: str | Path, one: PixelDescription, frames: Sequence[int], out: npt.NDArray[Any]) -> None:
    n_bytes = -(-one.stored_frame_bits * one.n_frames // 8)
    stored = np.empty(n_bytes + n_bytes % 2, np.uint8)
    _read_into(path, one.pixel_offset, stored)
    turned = stored.view(np.uint16).byteswap().view(np.uint8)
    for frame, place in zip(frames, out, strict=True):
        _store_odd_frame(path, turned, one, frame, place)


def _read_into(path: str | Path, offset: int, stored: npt.NDArray[np.uint8]) -> None:
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        view, got = memoryview(stored.data), 0
        while got < len(view):  # one call reads at most 2 GiB
            n_bytes = os.preadv(file, [view[got:]], offset + got)
            if not n_bytes:
                raise PixelDataError(_ends(got, len(view)))
            got += n_bytes
    finally:
        os.close(file)


def _read_header(source: Any) -> Any:
    import pydicom

    try:
        return pydicom.dcmread(source, stop_before_pixels=True, force=True)
    except PixelDataError:
        raise
    # Whatever bytes may hold, pydicom answers damage with one of these.
    except (
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        NotImplementedError,
        OSError,
        EOFError,
        ArithmeticError,
        RecursionError,
        struct.error,
        MemoryError,
        pydicom.errors.InvalidDicomError,
        pydicom.errors.BytesLengthException,
    ):
        raise PixelDataError(
            "The header is damaged. Elements in ascending order up to the pixel data were expected (PS3.5 7.1). "
            "Fetch the file again, or leave it out."
        ) from None  # fmt: skip


def _pixel_element(source: Any, dataset: Any) -> tuple[int, int, str]:
    """Return offset, length (−1 for undefined) and keyword of the element before which pydicom stopped."""
    position = source.tell()
    head = source.read(12)
    implicit = head[4:6] not in _WITH_VR  # some files state explicit and are not
    little = dataset.is_little_endian
    order = "<" if little else ">"
    if len(head) < 8 or struct.unpack_from(f"{order}H", head)[0] != 0x7FE0:
        raise PixelDataError(NO_PIXELS)
    keyword = _KEYWORDS.get(struct.unpack_from(f"{order}H", head, 2)[0], "PixelData")
    if not implicit and len(head) < 12:
        raise PixelDataError(_ends(len(head), 12))
    (length,) = struct.unpack_from(f"{order}I", head, 4 if implicit else 8)
    if not dataset.file_meta.get("TransferSyntaxUID"):  # the encoding that was found, as pydicom guesses it
        from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

        explicit = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else explicit
    return position + (8 if implicit else 12), -1 if length == 0xFFFFFFFF else length, keyword


def _states_deflated(file: Any) -> bool:
    meta = file.read(4096)
    file.seek(0)
    return _DEFLATED.encode() in meta[132:]


def _no_dicom(size: int) -> str:
    if not size:
        return "The file is empty. A DICOM, PNG, JPEG or TIFF file was expected. Fetch it again, or leave it out."
    return (
        "The file does not begin as a DICOM file does (PS3.10 7.1). A DICOM, PNG, JPEG or TIFF file was expected. "
        "Fetch the file again, or leave it out."
    )


def _ends(got: int, wanted: int) -> str:
    return (
        f"The file ends within its pixels ({got:,} of {wanted:,} bytes). A whole frame was expected. "
        "Fetch the file again, or leave it out."
    )

"""One compressed frame to stored values; runs in the decoding process, and knows no files."""

import re
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.codestreams import (
    Codestream,
    check_codestream,
    check_end,
    read_codestream,
    scans_of_jpeg_ls,
)
from workbench.imaging.pixels.layout import PixelDataError, PixelDescription
from workbench.imaging.pixels.wrapped import decode_wrapped

_OF_DICOM = re.compile(r"1\.2\.840\.10008\.[0-9.]{1,50}")  # anything else may be free text
_JPEG_LOSSLESS, _JPEG_EXTENDED, _JPEG_LS = "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.80"


class Decoder(NamedTuple):
    """How the frames of one transfer syntax are decoded.

    Attributes
    ----------
    name : str
        Of the transfer syntax (PS3.6 2025c Table A-1).
    decoder : str
        Which program text does it.
    ct, cxr : float
        Measured MB of decoded values per CPU second for CT 512² and a radiograph of 2500 × 2000, 16 bits; NaN when not.
    native : bool
        Written in C or C++: runs in a process of its own.
    decode : callable
        ``(encoded, description) -> array``; None for frames that lie in the file as they are.
    """

    name: str
    decoder: str
    ct: float
    cxr: float
    native: bool
    decode: Callable[[bytes, PixelDescription], npt.NDArray[Any]] | None


def decode_frame(
    encoded: bytes, description: PixelDescription, out: npt.NDArray[Any] | None = None
) -> tuple[npt.NDArray[Any], Codestream | None]:
    """Return the samples of one frame as the decoder gives them, and what its codestream says of itself.

    Parameters
    ----------
    encoded : bytes
        The frame, its fragments joined.
    description : PixelDescription
        Of the file.
    out : numpy.ndarray, optional
        Where a decoder may write; the samples are then this very array.

    Returns
    -------
    samples : numpy.ndarray
        (rows, columns) or (rows, columns, 3).
    found : Codestream or None
        Its header; None for RLE, deflated and uncompressed frames.

    Raises
    ------
    PixelDataError
        No decoder, or the frame is broken.
    """
    known = DECODERS.get(description.transfer_syntax)
    if known is None or known.decode is None:
        raise PixelDataError(no_decoder(description.transfer_syntax))
    if known.decode is not _by_codestream:
        return known.decode(encoded, description), None
    found = read_codestream(encoded)
    check_codestream(found, description)
    return _by_codestream(encoded, description, found, out), found


def no_decoder(syntax: str) -> str:
    """Return what is said of a transfer syntax without a decoder.

    Parameters
    ----------
    syntax : str
        UID.

    Returns
    -------
    str
        In three parts.
    """
    video = syntax.startswith("1.2.840.10008.1.2.4.10") and syntax not in DECODERS
    named = "a video" if video else "not among those decoded here"
    shown = f" {syntax}" if _OF_DICOM.fullmatch(syntax) else ", which is none of DICOM's,"
    return (
        f"The transfer syntax{shown} is {named}. Decoded are: {', '.join(one.name for one in DECODERS.values())}. "
        "Convert the file with DCMTK's dcmconv, or another tool that reads it."
    )


def _by_codestream(
    encoded: bytes,
    description: PixelDescription,
    found: Codestream | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    found = found or read_codestream(encoded)
    if found.kind == "jpeg 2000":
        return _openjpeg(encoded, found, description)
    if found.kind == "jpeg" and found.precision == 8 and found.process in (0xC0, 0xC1, 0xC2):
        return _pillow(encoded, found)
    if found.kind == "jpeg" and found.process in (0xC0, 0xC1):
        check_end(encoded, found)  # the decoder makes up what is missing, and says nothing
        return decode_wrapped(encoded, description, _JPEG_EXTENDED, out=out)
    if found.kind == "jpeg lossless":
        check_end(encoded, found)
        return decode_wrapped(encoded, description, _JPEG_LOSSLESS, out=out)
    if found.kind == "jpeg-ls":
        return _jpeg_ls(encoded, found, description, out)
    raise PixelDataError(
        f"The frame uses JPEG process {found.process - 0xC0} at {found.precision} bits, which no decoder here reads. "
        "Baseline, extended, progressive (8 bits) and lossless are read. Convert the file with DCMTK's dcmdjpeg."
    )


def _pillow(encoded: bytes, found: Codestream) -> npt.NDArray[Any]:
    from PIL import Image

    try:
        with Image.open(BytesIO(encoded), formats=("JPEG",)) as picture:
            if found.components == 3 and not found.taken_for_rgb:
                picture.draft("YCbCr", picture.size)  # as encoded: libjpeg would guess the color space
            return np.asarray(picture)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as failed:
        raise PixelDataError(_failed("libjpeg", failed)) from None


def _jpeg_ls(
    encoded: bytes, found: Codestream, description: PixelDescription, out: npt.NDArray[Any] | None
) -> npt.NDArray[Any]:
    if found.components == 1 or found.interleaved:
        return decode_wrapped(encoded, description, _JPEG_LS, out=out)
    planes = [decode_wrapped(part, description, _JPEG_LS, samples=1) for part in scans_of_jpeg_ls(encoded)]
    return np.stack(planes, axis=-1)


def _openjpeg(encoded: bytes, found: Codestream, description: PixelDescription) -> npt.NDArray[Any]:
    import openjpeg.utils

    try:
        values: npt.NDArray[Any] = openjpeg.utils.decode(encoded[found.start :], 0)
    except (RuntimeError, ValueError) as failed:
        raise PixelDataError(_failed("OpenJPEG", failed)) from None
    return _of_sign(values, found, description)


def _of_sign(values: npt.NDArray[Any], found: Codestream, description: PixelDescription) -> npt.NDArray[Any]:
    """Read the codestream's bits as PixelRepresentation says: headers and codestreams disagree in old files."""
    if found.signed == description.signed:
        return values
    if found.signed and values.min() < 0:
        raise PixelDataError(
            "The compressed frame holds values below 0, where PixelRepresentation 0 allows none. Both must agree "
            "(PS3.5 8.2). Correct PixelRepresentation at the source, or leave the file out."
        )
    unused = 8 * values.dtype.itemsize - found.precision
    bits = values.view(f"u{values.dtype.itemsize}") << unused
    return bits.view(f"{'i' if description.signed else 'u'}{values.dtype.itemsize}") >> unused


def _rle(encoded: bytes, description: PixelDescription) -> npt.NDArray[Any]:
    from workbench.imaging.pixels.runs import decode_runs  # numba stays out of sessions without such files

    return decode_runs(encoded, description)


def _deflated(encoded: bytes, description: PixelDescription) -> npt.NDArray[Any]:
    """Inflate a frame (PS3.5 2025c A.4.13), never beyond the size that the header states."""
    needed = -(-description.stored_frame_bits // 8)
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = engine.decompress(encoded, needed + 1)
    except zlib.error as failed:
        raise PixelDataError(_failed("Deflate", failed)) from None
    return _raw(inflated, description)


def _raw(stored: bytes, description: PixelDescription) -> npt.NDArray[Any]:
    needed = -(-description.stored_frame_bits // 8)
    if len(stored) < needed:
        raise PixelDataError(_failed("The file's own", f"it has {len(stored):,} bytes of {needed:,}"))
    if description.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(stored[:needed], np.uint8), bitorder="little")  # PS3.5 8.1.1
        return bits[: description.rows * description.columns].reshape(description.rows, description.columns)
    values = np.frombuffer(stored[:needed], description.dtype.newbyteorder("<"))
    if not description.planar:
        return values.reshape(description.frame_shape)
    return np.moveaxis(values.reshape(description.samples, description.rows, description.columns), 0, -1)


def _failed(decoder: str, how: object) -> str:
    why = str(how)[:80] or "no reason given"
    return (
        f"The compressed frame could not be decoded ({decoder}: {why}). A whole frame was expected. "
        "Fetch the file again, or leave it out."
    )


_NAN = float("nan")
#: Transfer syntax → decoder. Speeds: tests/benchmarks/bench_decode.py on two busy Zen 4 cores, headers included.
DECODERS = {
    "1.2.840.10008.1.2": Decoder("Implicit VR Little Endian", "preadv", 6_086, 7_365, False, None),
    "1.2.840.10008.1.2.1": Decoder("Explicit VR Little Endian", "preadv", 6_086, 7_365, False, None),
    "1.2.840.10008.1.2.1.98": Decoder("Encapsulated Uncompressed", "NumPy", _NAN, _NAN, False, _raw),
    "1.2.840.10008.1.2.1.99": Decoder("Deflated Explicit VR Little Endian", "zlib", _NAN, _NAN, False, None),
    "1.2.840.10008.1.2.2": Decoder("Explicit VR Big Endian", "preadv", _NAN, _NAN, False, None),
    "1.2.840.10008.1.2.4.50": Decoder("JPEG Baseline", "Pillow", _NAN, _NAN, True, _by_codestream),
    "1.2.840.10008.1.2.4.51": Decoder("JPEG Extended", "Pillow, dicomsdl", _NAN, _NAN, True, _by_codestream),
    "1.2.840.10008.1.2.4.57": Decoder("JPEG Lossless", "dicomsdl", _NAN, _NAN, True, _by_codestream),
    "1.2.840.10008.1.2.4.70": Decoder("JPEG Lossless SV1", "dicomsdl", 185, 234, True, _by_codestream),
    "1.2.840.10008.1.2.4.80": Decoder("JPEG-LS Lossless", "dicomsdl", 100, 128, True, _by_codestream),
    "1.2.840.10008.1.2.4.81": Decoder("JPEG-LS Near-Lossless", "dicomsdl", _NAN, _NAN, True, _by_codestream),
    "1.2.840.10008.1.2.4.90": Decoder("JPEG 2000 Lossless", "OpenJPEG", 17, 20, True, _by_codestream),
    "1.2.840.10008.1.2.4.91": Decoder("JPEG 2000", "OpenJPEG", _NAN, _NAN, True, _by_codestream),
    "1.2.840.10008.1.2.4.201": Decoder("HTJ2K Lossless", "OpenJPEG", _NAN, _NAN, True, _by_codestream),
    "1.2.840.10008.1.2.4.202": Decoder("HTJ2K Lossless RPCL", "OpenJPEG", _NAN, _NAN, True, _by_codestream),
    "1.2.840.10008.1.2.4.203": Decoder("HTJ2K", "OpenJPEG", _NAN, _NAN, True, _by_codestream),
    "1.2.840.10008.1.2.5": Decoder("RLE Lossless", "numba", 849, 1_105, False, _rle),
    "1.2.840.10008.1.2.8.1": Decoder("Deflated Image Frame Compression", "zlib", _NAN, _NAN, False, _deflated),
}

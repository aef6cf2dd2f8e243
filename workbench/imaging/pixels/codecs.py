"""One compressed frame to stored values; runs in the decoding process, and knows no files."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.codestreams import (
    Codestream,
    check_codestream,
    read_codestream,
    scans_of_jpeg_ls,
)
from workbench.imaging.pixels.layout import PixelDataError, PixelDescription

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
    return (
        f"The transfer syntax {syntax} is {named}. Decoded are: {', '.join(one.name for one in DECODERS.values())}. "
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
        return _dicomsdl(encoded, description, _JPEG_EXTENDED, out=out)
    if found.kind == "jpeg lossless":
        return _dicomsdl(encoded, description, _JPEG_LOSSLESS, out=out)
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
        return _dicomsdl(encoded, description, _JPEG_LS, out=out)
    planes = [_dicomsdl(part, description, _JPEG_LS, samples=1) for part in scans_of_jpeg_ls(encoded)]
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


def _dicomsdl(
    encoded: bytes,
    description: PixelDescription,
    syntax: str,
    *,
    samples: int | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    samples = samples or description.samples
    bits = max(description.bits_allocated, 8)
    signed = description.signed and bits > 8
    shape = (description.rows, description.columns) + ((samples,) if samples > 1 else ())
    kind = np.dtype(f"{'i' if signed else 'u'}{bits // 8}")
    values = out if out is not None and (out.shape, out.dtype) == (shape, kind) else np.empty(shape, kind)
    try:
        import dicomsdl
    except ImportError:  # no wheel for this Python
        return _pydicom(encoded, description, syntax, samples)
    try:
        wrapped = _wrapped(encoded, syntax, (samples, description.rows, description.columns, bits, signed))
        dicomsdl.open_memory(wrapped).copyFrameData(0, values)
    except (dicomsdl.DicomException, RuntimeError, ValueError, TypeError):
        return _pydicom(encoded, description, syntax, samples)
    return values


def _pydicom(encoded: bytes, description: PixelDescription, syntax: str, samples: int) -> npt.NDArray[Any]:
    """Decode with whichever of pydicom's plug-ins are installed: the last resort."""
    from pydicom.encaps import encapsulate
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import UID

    options: dict[str, Any] = {
        "rows": description.rows, "columns": description.columns, "number_of_frames": 1, "samples_per_pixel": samples,
        "planar_configuration": 0, "bits_allocated": description.bits_allocated,
        "bits_stored": description.bits_allocated, "pixel_representation": int(description.signed),
        "pixel_keyword": "PixelData",
        "photometric_interpretation": "RGB" if samples == 3 else "MONOCHROME2",
    }  # fmt: skip
    try:
        values: npt.NDArray[Any] = get_decoder(UID(syntax)).as_array(
            encapsulate([encoded]), raw=True, index=0, **options
        )[0]
    except (RuntimeError, ValueError, NotImplementedError, AttributeError, TypeError):
        raise PixelDataError(
            "The compressed frame could be decoded neither by dicomsdl nor by a plug-in of pydicom that is installed. "
            "A whole frame was expected. Fetch the file again, or install pylibjpeg[all] or pyjpegls."
        ) from None
    return values


def _wrapped(encoded: bytes, syntax: str, shape: tuple[int, int, int, int, bool]) -> bytes:
    """Return a small DICOM file around one frame, so that the decoder sees nothing of the original's header."""
    samples, rows, columns, bits, signed = shape
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    meta = struct.pack("<HH2sH", 2, 0x10, b"UI", len(uid)) + uid
    numbers = (2, 6, 0x10, 0x11, 0x100, 0x101, 0x102, 0x103)  # of group 0028, in ascending order
    words = zip(numbers, (samples, 0, rows, columns, bits, bits, bits - 1, int(signed)), strict=True)
    elements = [struct.pack("<HH2sHH", 0x28, number, b"US", 2, value) for number, value in words]
    color = b"RGB " if samples == 3 else b"MONOCHROME2 "
    elements.insert(1, struct.pack("<HH2sH", 0x28, 4, b"CS", len(color)) + color)
    pixels = struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OB", 0, 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    padding = b"\0" * (len(encoded) % 2)
    item = struct.pack("<HHI", 0xFFFE, 0xE000, len(encoded) + len(padding))
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    head = b"\0" * 128 + b"DICM" + struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(meta)) + meta
    return b"".join((head, *elements, pixels, item, encoded, padding, end))


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

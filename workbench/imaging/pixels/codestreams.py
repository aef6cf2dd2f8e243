"""What a compressed frame says of itself, read before any decoder sees it."""

import struct
from dataclasses import dataclass, replace
from itertools import pairwise

from workbench.errors import brief
from workbench.imaging.pixels.layout import PixelDataError, PixelDescription

_SOI, _EOI, _SOS, _APP0, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE  # ITU-T T.81 Table B.1
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}  # T.81 Table B.1; 0xF7: T.87 Annex C
_END = bytes((0xFF, _EOI))
_J2K, _JP2 = b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  "  # T.800 A.5.1 and I.5.1
_MOST_SEGMENTS = 10_000  # before the image; our own bound


@dataclass(frozen=True, slots=True)
class Codestream:
    """The header of one compressed frame.

    Attributes
    ----------
    kind : str
        ``"jpeg"``, ``"jpeg lossless"``, ``"jpeg-ls"`` or ``"jpeg 2000"``.
    process : int
        JPEG marker of the frame header (0xC0 baseline … 0xC3 lossless); 0 for JPEG 2000.
    precision, rows, columns, components : int
        As the codestream states them.
    signed : bool
        JPEG 2000 alone states it (T.800 A.5.1).
    color : str
        ``"RGB"`` or ``"YBR_FULL"`` where the codestream itself says so, else empty.
    taken_for_rgb : bool
        Whether libjpeg takes three components for RGB, and so converts none of them.
    interleaved : bool
        False for a JPEG-LS scan a component.
    start : int
        First byte of the codestream, after the boxes of a JP2 file.
    scan : int
        First byte of the samples of a JPEG or JPEG-LS frame, after its headers.
    """

    kind: str
    process: int
    precision: int
    rows: int
    columns: int
    components: int
    signed: bool = False
    color: str = ""
    taken_for_rgb: bool = False
    interleaved: bool = True
    start: int = 0
    scan: int = 0


def read_codestream(encoded: bytes) -> Codestream:
    """Return what the header of a JPEG, JPEG-LS or JPEG 2000 frame says.

    Parameters
    ----------
    encoded : bytes
        One frame, its fragments joined.

    Returns
    -------
    Codestream
        Nothing of it is believed yet; see `check_codestream`.

    Raises
    ------
    PixelDataError
        No such header, or cut off within it.
    """
    try:
        if encoded[:2] == b"\xff\xd8":
            return _jpeg(encoded)
        if encoded[:4] == _J2K or encoded[:8] == _JP2:
            return _jpeg_2000(encoded)
    except (struct.error, IndexError):
        raise PixelDataError(_broken("ends within its own header")) from None
    raise PixelDataError(_broken("begins as no JPEG, JPEG-LS or JPEG 2000 frame does"))


def check_codestream(found: Codestream, description: PixelDescription) -> None:
    """Refuse a frame whose own header contradicts the file's, before a decoder writes past the end.

    Parameters
    ----------
    found : Codestream
        Of the frame.
    description : PixelDescription
        Of the file.

    Raises
    ------
    PixelDataError
        Rows, columns, samples or precision differ (PS3.5 2025c 8.2.1 to 8.2.4 require them equal).
    """
    own = (found.rows, found.columns, found.components)
    stated = (description.rows, description.columns, description.samples)
    if own != stated:
        raise PixelDataError(
            f"The compressed frame is {own[0]} × {own[1]} with {own[2]} samples, but the header states "
            f"{stated[0]} × {stated[1]} with {stated[2]}. Both must be equal (PS3.5 8.2). Fetch the file again, or "
            "leave it out."
        )
    if not 1 <= found.precision <= description.bits_allocated:
        raise PixelDataError(
            f"The compressed frame has {found.precision} bits a sample, but the header allocates "
            f"{description.bits_allocated}. "
            "The frame's must fit (PS3.5 8.2). Fetch the file again, or leave it out."
        )


def check_end(encoded: bytes, found: Codestream) -> None:
    """Refuse a JPEG frame that is cut off: a decoder may make up the rest.

    Parameters
    ----------
    encoded : bytes
        The frame.
    found : Codestream
        Its header.

    Raises
    ------
    PixelDataError
        No end marker follows the samples, in which none can occur (ITU-T T.81 B.1.1.5).
    """
    if encoded.rfind(_END, found.scan) < 0:
        raise PixelDataError(_broken("stops before its end marker, so that rows are missing"))


def scans_of_jpeg_ls(encoded: bytes) -> list[bytes]:
    """Return each component of a JPEG-LS frame with one scan a component (ILV 0) as a frame of its own.

    Parameters
    ----------
    encoded : bytes
        A frame of three components.

    Returns
    -------
    list of bytes
        Frames of one component (T.87 Annex C); the decoder at hand reads interleaved color only.
    """
    frame = encoded.index(b"\xff\xf7")
    first = encoded.index(b"\xff\xda", frame)
    length = struct.unpack_from(">H", encoded, frame + 2)[0]
    before, between = encoded[2:frame], encoded[frame + 2 + length : first]
    ends = [first]
    while (following := encoded.find(b"\xff\xda", ends[-1] + 2)) >= 0:
        ends.append(following)
    last = encoded.rfind(b"\xff\xd9")
    ends.append(last if last > ends[-1] else len(encoded))
    shape = encoded[frame + 4 : frame + 9]
    header = b"\xff\xf7" + struct.pack(">H", 11) + shape + b"\x01"
    parts = []
    for begin, end in pairwise(ends):
        identifier = encoded[begin + 5 : begin + 6]
        parts.append(
            b"\xff\xd8" + before + header + identifier + b"\x11\x00" + between + encoded[begin:end] + b"\xff\xd9"
        )
    return parts


def _jpeg(encoded: bytes) -> Codestream:
    at, adobe, jfif, frame = 2, -1, False, None
    for _ in range(_MOST_SEGMENTS):
        while encoded[at] == 0xFF and encoded[at + 1] == 0xFF:  # fill bytes (T.81 B.1.1.2)
            at += 1
        if encoded[at] != 0xFF:
            raise PixelDataError(_broken("has bytes between its segments"))
        marker = encoded[at + 1]
        if marker in (_SOI, _EOI):
            break
        (length,) = struct.unpack_from(">H", encoded, at + 2)
        body = encoded[at + 4 : at + 2 + length]
        if marker == _APP0 and body[:4] == b"JFIF":
            jfif = True
        elif marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:
            adobe = body[11]
        elif marker in _FRAMES:
            frame = (marker, *struct.unpack_from(">BHHB", body), body[6:])
        elif marker == _SOS:
            return replace(_of_jpeg(frame, body, adobe, jfif=jfif), scan=at + 2 + length)
        at += 2 + length
    raise PixelDataError(_broken("has no image behind its header"))


def _of_jpeg(frame: tuple[int, int, int, int, int, bytes] | None, scan: bytes, adobe: int, *, jfif: bool) -> Codestream:
    if frame is None:
        raise PixelDataError(_broken("has no frame header"))
    marker, precision, rows, columns, components, parts = frame
    identifiers = bytes(parts[0::3][:3])
    color, by_libjpeg = "", False
    if components == 3:
        if identifiers.upper() == b"RGB" or (adobe == 0 and not jfif):
            color = "RGB"
        elif jfif or adobe == 1:
            color = "YBR_FULL"  # JFIF 1.02: three components are YCbCr
        by_libjpeg = not jfif and (adobe == 0 if adobe >= 0 else identifiers == b"RGB")
    kind = {0xC3: "jpeg lossless", 0xF7: "jpeg-ls"}.get(marker, "jpeg")
    interleaved = scan[0] == components
    return Codestream(kind, marker, precision, rows, columns, components, False, color, by_libjpeg, interleaved)


def _jpeg_2000(encoded: bytes) -> Codestream:
    start = 0 if encoded[:4] == _J2K else encoded.find(_J2K)
    if start < 0:
        raise PixelDataError(_broken("is a JP2 file without a codestream"))
    # T.800 A.5.1: marker, length, capabilities, size and offset of the image, of tiles, components
    x_size, y_size, x_offset, y_offset, tile_x, tile_y = struct.unpack_from(">6I", encoded, start + 8)
    (components,) = struct.unpack_from(">H", encoded, start + 40)
    parts = [struct.unpack_from(">BBB", encoded, start + 42 + 3 * index) for index in range(min(components, 4))]
    if not tile_x or not tile_y or any(part[1:] != (1, 1) for part in parts):
        raise PixelDataError(_broken("has tiles of no size, or subsampled components"))
    if len({part[0] for part in parts}) != 1:
        raise PixelDataError(_broken("has components of differing precision"))
    depth = parts[0][0]
    rows, columns = y_size - y_offset, x_size - x_offset
    return Codestream("jpeg 2000", 0, (depth & 0x7F) + 1, rows, columns, components, bool(depth & 0x80), start=start)


def _broken(how: str) -> str:
    return f"The compressed frame {brief(how)}. A whole one was expected. Fetch the file again, or leave it out."

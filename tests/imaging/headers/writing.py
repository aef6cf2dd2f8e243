"""Data elements written byte by byte, so that what is read can be worked out by hand."""

import struct
from pathlib import Path

IMPLICIT, EXPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"
DEFLATED, JPEG = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.50"
_LONG = ("OB", "OW", "SQ", "UN", "UT", "UC", "OV")
UNDEFINED = 0xFFFFFFFF


def explicit(tag: int, vr: str, value: bytes, *, length: int | None = None, order: str = "<") -> bytes:
    """Return an element of explicit VR; `length` is stated instead of the true one."""
    stated = len(value) if length is None else length
    head = struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    long = vr in _LONG
    return head + (struct.pack(f"{order}2xL", stated) if long else struct.pack(f"{order}H", stated)) + value


def implicit(tag: int, value: bytes, *, length: int | None = None) -> bytes:
    """Return an element of implicit VR, or an item."""
    return struct.pack("<HHL", tag >> 16, tag & 0xFFFF, len(value) if length is None else length) + value


def meta(syntax: str | None) -> bytes:
    """Return preamble, prefix and file meta information."""
    elements = explicit(0x00020002, "UI", uid("1.2.840.10008.5.1.4.1.1.2"))
    elements += b"" if syntax is None else explicit(0x00020010, "UI", uid(syntax))
    return bytes(128) + b"DICM" + explicit(0x00020000, "UL", struct.pack("<L", len(elements))) + elements


def uid(text: str) -> bytes:
    """Return a UID as bytes of even length."""
    return text.encode() + b"\0" * (len(text) % 2)


def write(path: Path, *parts: bytes) -> Path:
    """Write a file and return its path."""
    path.write_bytes(b"".join(parts))
    return path


#: Two elements that every data set here begins with.
FIRST = explicit(0x00080016, "UI", uid("1.2.840.10008.5.1.4.1.1.2")) + explicit(0x00080060, "CS", b"CT")
#: Pixel data of four bytes.
PIXELS = explicit(0x7FE00010, "OW", b"\1\0\2\0")
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD

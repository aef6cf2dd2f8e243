"""Read with pydicom the headers that our own walk leaves: truncated, irregular or oddly encoded files.

References
----------
pydicom 3.0, ``pydicom.filereader.read_partial``, https://pydicom.github.io/pydicom/stable/
"""

import struct
import warnings
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.headers import layout
from workbench.imaging.headers.block import Block
from workbench.imaging.headers.held import READERS
from workbench.imaging.headers.sources import Source
from workbench.imaging.headers.tags import KEPT

_SOP_CLASS = 0x00080016
_PIXELS = (0x7FE00008, 0x7FE00009, 0x7FE00010)
_DEFER = 65_536  # longer values are passed over, so that no claim of a header is believed
_WORDS = {
    layout.UNKNOWN_START: "It does not begin as a DICOM file does.",
    layout.TRUNCATED: "It ends in the middle of its header.",
    layout.TOO_LONG: "A value of its header is longer than any that an index keeps.",
}
_IRREGULAR = "Its header cannot be read as DICOM."


def read_otherwise(name: str, state: int, found: npt.NDArray[np.int64], source: Source) -> Block | str:
    """Return the header of one file as pydicom reads it, or the reason why it is refused.

    Parameters
    ----------
    name : str
        Path of the file.
    state : int
        How the walk ended, see `workbench.imaging.headers.walker`.
    found : numpy.ndarray
        (2,) int64: size of the file and time of its last change.
    source : Source
        Opens the file.

    Returns
    -------
    Block or str
        Of one row, or the reason in a sentence.
    """
    if found[0] == 0:
        return "It is empty."
    if state in (layout.UNKNOWN_START, layout.TOO_LONG):
        return _WORDS[state]
    elements, pixels = _elements(name, source)
    if elements is None:
        return _WORDS.get(state, _IRREGULAR)
    return _block(name, elements, pixels, found)


def _elements(name: str, source: Source) -> tuple[dict[int, Any] | None, tuple[int, int]]:
    """Return the elements of the kept tags by tag, and where the pixel data lie."""
    from pydicom.filereader import read_partial

    with warnings.catch_warnings(), source.open(name) as file:
        warnings.simplefilter("ignore")  # what is irregular is why we are here
        try:
            dataset = read_partial(file, lambda tag, *_: int(tag) in _PIXELS, defer_size=_DEFER, force=True)
            kept = {kept.tag: _raw(dataset, kept.tag) for kept in KEPT.values()}
            pixels = _pixels(file, dataset)
        except _damage():
            return None, (-1, -1)
    elements = {tag: value for tag, value in kept.items() if value is not None}
    # Nothing but file meta information, or bytes without a prefix that mean something else.
    if not len(dataset) or (dataset.preamble is None and _SOP_CLASS not in elements):
        return None, (-1, -1)
    return elements, pixels


def _damage() -> tuple[type[Exception], ...]:
    """Whatever bytes may hold, pydicom answers damage with one of these."""
    from pydicom.errors import BytesLengthException, InvalidDicomError

    of_pydicom = (BytesLengthException, InvalidDicomError, NotImplementedError, struct.error, zlib.error)
    return (
        *of_pydicom,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        OSError,
        EOFError,
        ArithmeticError,
        RecursionError,
        MemoryError,
    )


def _raw(dataset: Any, tag: int) -> Any:
    from pydicom.dataelem import RawDataElement

    holder = dataset.file_meta if tag >> 16 == 2 else dataset
    element = holder.get_item(tag) if tag in holder else None
    if isinstance(element, RawDataElement) and element.value is not None:
        return element.value, element.VR or "UN", not element.is_little_endian
    if element is None or isinstance(element, RawDataElement):
        return None
    return _encoded(element)


def _encoded(element: Any) -> Any:
    """Return a value that pydicom has converted already, as bytes again."""
    values = element.value if element.VM > 1 else [element.value]
    if element.VM == 0 or element.value is None:
        return b"", element.VR, False
    return "\\".join(str(value) for value in values).encode("latin-1", "replace"), "LO", False


def _pixels(file: Any, dataset: Any) -> tuple[int, int]:
    """Return offset and length of the pixel data, before which pydicom stopped."""
    head = file.read(12)
    big = not dataset.is_little_endian
    order, implicit = ">" if big else "<", dataset.is_implicit_VR
    if len(head) < 8 or struct.unpack(f"{order}HH", head[:4])[0] != 0x7FE0:
        return -1, -1
    start = file.tell() - len(head)
    if not implicit and len(head) == 12 and head[4:6] in (b"OB", b"OW", b"OF", b"OD", b"UN"):
        (length,) = struct.unpack(f"{order}L", head[8:12])
        start += 12
    else:
        (length,) = struct.unpack(f"{order}L" if implicit else f"{order}2xH", head[4:8])
        start += 8
    return start, -1 if length == 0xFFFFFFFF else length


def _block(name: str, elements: dict[int, Any], pixels: tuple[int, int], found: npt.NDArray[np.int64]) -> Block | str:
    starts, lengths = np.zeros((1, len(KEPT)), np.uint16), np.full((1, len(KEPT)), -1, np.int16)
    codes, values, big = np.zeros((1, len(KEPT)), np.uint8), bytearray(), False
    for place, kept in enumerate(KEPT.values()):
        if kept.tag in elements:
            value, vr, is_big = elements[kept.tag]
            if len(value) > layout.LONGEST_VALUE or len(values) + len(value) > layout.LONGEST_KEPT:
                return _WORDS[layout.TOO_LONG]
            starts[0, place], lengths[0, place] = len(values), len(value)
            codes[0, place] = layout.code_of(vr)
            big = big or (is_big and kept.tag >> 16 != 2)
            values += value
    flags = np.array([[READERS.index("pydicom"), big, 0]], np.uint8)
    places = np.array([[*pixels, *found]], np.int64)
    held = np.frombuffer(bytes(values), np.uint8)
    return Block([name], held, np.zeros(1, np.int64), starts, lengths, codes, flags, places)

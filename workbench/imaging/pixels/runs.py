"""RLE frames (PS3.5 2025c Annex G), decoded within their bounds whatever they claim."""

import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.kernels.compiled import compiled
from workbench.imaging.pixels.layout import PixelDataError, PixelDescription

_HEADER_BYTES, _MOST_SEGMENTS = 64, 15  # PS3.5 G.5
_GREATEST_RATIO = 64  # two bytes stand for at most 128 (PS3.5 G.3)


def decode_runs(encoded: bytes, description: PixelDescription) -> npt.NDArray[Any]:
    """Return the values of one RLE frame.

    Parameters
    ----------
    encoded : bytes
        The frame: a header and one segment for each byte of each sample.
    description : PixelDescription
        Of the file.

    Returns
    -------
    numpy.ndarray
        (rows, columns) or (rows, columns, samples) of ``description.dtype``.

    Raises
    ------
    PixelDataError
        Segments are missing, lie outside the frame, or end before the image is full.

    References
    ----------
    DICOM PS3.5 2025c, G.2 (byte planes, the most significant first), G.3 (runs), G.5 (header).
    """
    size = max(description.bits_allocated // 8, 1)
    wanted, n = size * description.samples, description.rows * description.columns
    if len(encoded) < _HEADER_BYTES:
        raise PixelDataError(_broken("is shorter than its header"))
    n_segments, *offsets = struct.unpack_from("<16I", encoded)
    if n_segments != wanted or n_segments > _MOST_SEGMENTS:
        raise PixelDataError(_broken(f"has {n_segments} segments where the header's samples need {wanted}"))
    if n * wanted > _GREATEST_RATIO * len(encoded):
        raise PixelDataError(_broken(f"has {len(encoded):,} bytes, too few for {n * wanted:,}"))
    packed = np.frombuffer(encoded, np.uint8)
    out = np.empty(n * wanted, np.uint8)
    ends = [*offsets[1:n_segments], len(encoded)]
    for index, (begin, end) in enumerate(zip(offsets[:n_segments], ends, strict=True)):
        if not _HEADER_BYTES <= begin < end <= len(encoded):
            raise PixelDataError(_broken("has segments outside itself"))
        sample, byte = divmod(index, size)
        written = _unpack(packed, begin, end, out, sample * size + size - 1 - byte, wanted, n)
        if written < n:
            raise PixelDataError(_broken(f"ends after {written:,} of {n:,} values"))
    values = out.view(f"<{'i' if description.signed else 'u'}{size}")
    return values.reshape(description.frame_shape)


@compiled
def _unpack(packed, begin, end, out, start, step, n):  # type: ignore[no-untyped-def]
    """Write at most `n` bytes every `step`; return how many there were."""
    at, place, left = begin, start, n
    while at < end and left > 0:
        code = packed[at]
        at += 1
        if code < 128:  # a run of differing bytes
            count = min(code + 1, left, end - at)
            for _ in range(count):
                out[place] = packed[at]
                at += 1
                place += step
            left -= count
        elif code > 128 and at < end:  # one byte, repeated
            count = min(257 - code, left)
            value = packed[at]
            at += 1
            for _ in range(count):
                out[place] = value
                place += step
            left -= count
    return n - left


def _broken(how: str) -> str:
    return f"The RLE frame {how}. A whole one was expected (PS3.5 Annex G). Fetch the file again, or leave it out."

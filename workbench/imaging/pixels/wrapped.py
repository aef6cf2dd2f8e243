"""Frames decoded by dicomsdl, each as a small DICOM file of its own; by pydicom's plug-ins where it cannot."""

import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.layout import PixelDataError, PixelDescription


def decode_wrapped(
    encoded: bytes,
    description: PixelDescription,
    syntax: str,
    *,
    samples: int | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Return the samples of one frame.

    Parameters
    ----------
    encoded : bytes
        A frame whose codestream was checked: the decoder believes it.
    description : PixelDescription
        Of the file.
    syntax : str
        UID of the transfer syntax by which the decoder reads it.
    samples : int, optional
        A pixel; as the file states by default.
    out : numpy.ndarray, optional
        Where the decoder may write; the samples are then this very array.

    Returns
    -------
    numpy.ndarray
        (rows, columns) or (rows, columns, samples).

    Raises
    ------
    PixelDataError
        The frame is broken, or no decoder is installed.
    """
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

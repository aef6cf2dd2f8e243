"""From a decoder's samples to stored values: unused bits, sign, interleaving and color."""

from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.codecs import decode_frame
from workbench.imaging.pixels.codestreams import Codestream
from workbench.imaging.pixels.colors import spread_422, ybr_to_rgb
from workbench.imaging.pixels.layout import PixelDataError, PixelDescription, shown_photometric

_AS_DECODED = ("RGB", "YBR_ICT", "YBR_RCT")  # JPEG 2000 decoders undo the latter two (PS3.5 2025c 8.2.4)


def store_frame(encoded: bytes, description: PixelDescription, out: npt.NDArray[Any]) -> None:
    """Decode one compressed frame into an array.

    Parameters
    ----------
    encoded : bytes
        The frame, its fragments joined.
    description : PixelDescription
        Of the file.
    out : numpy.ndarray
        ``description.frame_shape`` of ``description.dtype``; overwritten.

    Raises
    ------
    PixelDataError
        The frame is broken, or its color space has no rule.
    """
    samples, found = decode_frame(encoded, description, out)
    if samples.dtype.itemsize > out.dtype.itemsize or samples.shape != out.shape:
        raise PixelDataError(
            f"The decoder gave {samples.dtype} of shape {samples.shape}; the header states {out.dtype} of {out.shape}. "
            "Fetch the file again, or leave it out."
        )
    if samples is not out:
        np.copyto(out, samples, casting="unsafe")
    own_bits = found.precision if found else 0
    # What the codestream carries counts where it is more than BitsStored (PS3.5 2025c 8.2).
    keep_stored_bits(out, description, bits=max(own_bits, description.bits_stored))
    if description.samples == 3:
        color_in_place(out, description, found)


def store_native(stored: npt.NDArray[Any], description: PixelDescription, out: npt.NDArray[Any]) -> None:
    """Turn uncompressed frames into stored values.

    Parameters
    ----------
    stored : numpy.ndarray
        (bytes,) uint8 as they lie in the file; may be memory of `out` itself.
    description : PixelDescription
        Of the file.
    out : numpy.ndarray
        (frames, …) of ``description.dtype``; overwritten.
    """
    if description.bits_allocated == 1:
        bits = np.unpackbits(stored, bitorder="little")  # the first pixel is the lowest bit (PS3.5 8.1.1)
        out[...] = bits[: out.size].reshape(out.shape)
        return
    values = stored.view(description.dtype)
    if description.is_big_endian and description.dtype.itemsize > 1:
        values = values.byteswap()  # PS3.5 7.3
    if description.samples == 3 and description.photometric == "YBR_FULL_422":
        for frame, part in zip(out, values.reshape(len(out), -1), strict=True):
            frame[...] = spread_422(part, description.rows, description.columns)
    elif description.planar:
        planes = values.reshape(len(out), description.samples, description.rows, description.columns)
        out[...] = np.moveaxis(planes, 1, -1)  # PS3.3 C.7.6.3.1.3
    elif not np.shares_memory(values, out):
        out[...] = values.reshape(out.shape)
    keep_stored_bits(out, description, bits=description.bits_stored, shift=True)
    if description.samples == 3:
        color_in_place(out, description, None)


def keep_stored_bits(
    values: npt.NDArray[Any], description: PixelDescription, *, bits: int, shift: bool = False
) -> None:
    """Mask what lies outside the stored bits, such as overlays of old files, and extend the sign.

    Parameters
    ----------
    values : numpy.ndarray
        Overwritten.
    description : PixelDescription
        Of the file.
    bits : int
        How many are kept.
    shift : bool
        Whether they lie below HighBit, as uncompressed ones do (PS3.5 2025c 8.1.1).
    """
    if description.keyword != "PixelData" or description.bits_allocated == 1:
        return
    container = 8 * values.dtype.itemsize
    above = container - 1 - description.high_bit if shift else container - bits
    if bits >= container:
        return
    if description.signed:
        np.left_shift(values, above, out=values)
        np.right_shift(values, container - bits, out=values)  # arithmetic: copies the sign
        return
    if container - bits - above:
        np.right_shift(values, container - bits - above, out=values)
    np.bitwise_and(values, values.dtype.type((1 << bits) - 1), out=values)


def color_in_place(values: npt.NDArray[Any], description: PixelDescription, found: Codestream | None) -> None:
    """Turn YBR into RGB; what the codestream says of its color space comes before what the header says.

    Parameters
    ----------
    values : numpy.ndarray
        (…, rows, columns, 3); overwritten.
    description : PixelDescription
        Of the file.
    found : Codestream or None
        Header of the frame.

    Raises
    ------
    PixelDataError
        A color space without a rule here.
    """
    space = (found.color if found else "") or description.photometric
    if space in ("YBR_FULL", "YBR_FULL_422"):
        values[...] = ybr_to_rgb(values, description.bits_stored)
    elif space not in _AS_DECODED or (space != "RGB" and (found is None or found.kind != "jpeg 2000")):
        raise PixelDataError(
            f"The color space is {shown_photometric(space)}, which has no rule here for this transfer syntax. Read "
            "are RGB, YBR_FULL and YBR_FULL_422, and YBR_ICT and YBR_RCT of JPEG 2000 (PS3.3 C.7.6.3.1.2). Convert "
            "the file to RGB with another tool."
        )

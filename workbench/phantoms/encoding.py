"""Pixels of phantoms in the transfer syntaxes that can be written here.

References
----------
DICOM PS3.5 2025c: A.1 to A.5 (transfer syntaxes), A.4 (encapsulation), 8.2.1 (JPEG), 8.2.2 (RLE), 8.2.4 (JPEG 2000).
PS3.3 2025c: C.7.6.1.1.5 (lossy compression).
"""

import io

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    RLELossless,
)

from workbench.errors import unknown_name
from workbench.phantoms.jpeg_lossless import encode_jpeg_lossless

_NATIVE = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian)

#: UID of every transfer syntax that phantoms are written in, to its name; JPEG baseline holds 8 bits only.
WRITABLE = {
    str(uid): uid.name for uid in (*_NATIVE, RLELossless, JPEGLosslessSV1, JPEG2000Lossless, JPEG2000, JPEGBaseline8Bit)
}

# What the encoders below turn RGB into (PS3.5 8.2.4, 8.2.1).
_COLORS = {str(JPEG2000Lossless): "YBR_RCT", str(JPEG2000): "YBR_ICT", str(JPEGBaseline8Bit): "YBR_FULL_422"}
_RATIO = 8.0  # of lossy JPEG 2000
_QUALITY = 92  # of baseline JPEG, Pillow's scale


def encode_pixels(image: Dataset, transfer_syntax: str) -> None:
    """Bring the pixels of a phantom into a transfer syntax and say so in its header.

    Parameters
    ----------
    image : pydicom.Dataset
        With `file_meta` and uncompressed little-endian pixels; changed.
    transfer_syntax : str
        A UID of `WRITABLE`.

    Raises
    ------
    UnknownNameError
        When it is none of these.
    ValueError
        When baseline JPEG is asked of more than 8 bits.
    """
    if transfer_syntax not in WRITABLE:
        then = "Take one of these UIDs."
        raise unknown_name("transfer syntax", str(transfer_syntax), WRITABLE, where="what can be written", then=then)
    lossless_before = image.get("LossyImageCompression", "00")
    image.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    image["PixelData"].VR = "OW" if image.BitsAllocated > 8 else "OB"
    if transfer_syntax == ExplicitVRBigEndian and image.BitsAllocated == 16:
        image.PixelData = np.frombuffer(image.PixelData, "<u2").astype(">u2").tobytes()
    if transfer_syntax in _NATIVE:
        return
    if transfer_syntax == RLELossless:
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
        return
    frames = _frames_of(image)
    encoded = [_encode(frame, image, transfer_syntax) for frame in frames]
    image.PixelData = encapsulate(encoded)
    image["PixelData"].VR = "OB"
    if transfer_syntax in (JPEG2000, JPEGBaseline8Bit):
        image.LossyImageCompression = "01"
        image.LossyImageCompressionRatio = round(frames.nbytes / sum(map(len, encoded)), 3)
        image.LossyImageCompressionMethod = "ISO_15444_1" if transfer_syntax == JPEG2000 else "ISO_10918_1"
    else:
        image.LossyImageCompression = lossless_before
    if image.SamplesPerPixel == 3:
        image.PhotometricInterpretation = _COLORS.get(transfer_syntax, image.PhotometricInterpretation)


def _frames_of(image: Dataset) -> npt.NDArray[np.generic]:
    kind = f"<{'i' if image.PixelRepresentation else 'u'}{image.BitsAllocated // 8}"
    last = () if image.SamplesPerPixel == 1 else (image.SamplesPerPixel,)
    shape = (int(image.get("NumberOfFrames", 1)), image.Rows, image.Columns, *last)
    n_values = int(np.prod(shape))
    return np.frombuffer(image.PixelData, kind, count=n_values).reshape(shape)


def _encode(frame: npt.NDArray[np.generic], image: Dataset, transfer_syntax: str) -> bytes:
    if transfer_syntax == JPEGLosslessSV1:
        return encode_jpeg_lossless(frame, bits=image.BitsStored)
    if transfer_syntax == JPEGBaseline8Bit:
        return _encode_baseline(frame)
    from openjpeg.utils import encode_array

    ratios = [_RATIO] if transfer_syntax == JPEG2000 else None
    color = 1 if image.SamplesPerPixel == 3 else 2  # sRGB, or gray
    stream: bytes = encode_array(
        frame, bits_stored=image.BitsStored, photometric_interpretation=color, compression_ratios=ratios
    )
    return stream


def _encode_baseline(frame: npt.NDArray[np.generic]) -> bytes:
    if frame.dtype.itemsize > 1:
        raise ValueError(
            f"Baseline JPEG of {frame.dtype.itemsize * 8}-bit pixels. It holds 8 bits. "
            "Use JPEG lossless or JPEG 2000 for them."
        )
    from PIL import Image

    stream = io.BytesIO()
    color = {} if frame.ndim == 2 else {"subsampling": "4:2:2"}
    Image.fromarray(frame).save(stream, "JPEG", quality=_QUALITY, **color)
    return stream.getvalue()

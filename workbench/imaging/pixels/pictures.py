"""PNG, JPEG and TIFF: the same rules as for DICOM, and units that nobody states."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.images import UNKNOWN_UNITS, Radiograph, Source
from workbench.imaging.pixels.layout import PixelDataError
from workbench.imaging.pixels.opening import open_file
from workbench.imaging.pixels.photometric import grey_of_rgb, invert

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"II*\0": "TIFF", b"MM\0*": "TIFF"}
_DEEP = ("I;16", "I;16L", "I;16B", "I", "F")
_GREY = ("1", "L", *_DEEP)
_ORIENTATION, _TIFF_PHOTOMETRIC, _TIFF_BITS = 0x0112, 262, 258  # EXIF 2.3 and TIFF 6.0 tags


def is_picture(path: str | Path) -> bool:
    """Return whether a file begins as a PNG, JPEG or TIFF does; a DICOM file may, behind its preamble.

    Parameters
    ----------
    path : str or pathlib.Path
        Any file.

    Returns
    -------
    bool
        By its first bytes, not its ending.
    """
    with open_file(path) as file:
        head = file.read(132)
    return head[128:] != b"DICM" and _kind_of(head) is not None


def read_picture(path: str | Path, *, color: str = "keep") -> Radiograph:
    """Return a picture file as a radiograph with unknown units and spacing.

    Sixteen bits are kept; a white-is-zero TIFF is inverted; an EXIF orientation is applied; transparency is dropped.
    Each is told in a flag. Resolution in dots an inch is of printing, not of the patient, and not used.

    Parameters
    ----------
    path : str or pathlib.Path
        A PNG, JPEG or TIFF file of one page.
    color : {'keep', 'grey', 'refuse'}
        What to do with color.

    Returns
    -------
    Radiograph
        uint8, uint16, int32 or float32.

    Raises
    ------
    FileNotFoundError
        Nothing lies there.
    PixelDataError
        Damaged, no regular file, too large, of several pages, or of a kind that would lose values.
    """
    if color not in ("keep", "grey", "refuse"):
        raise ValueError(f"No way {str(color)[:20]!r} to treat color. Valid: keep, grey, refuse. Choose one of these.")
    from PIL import Image

    flags: list[str] = []
    kind = None
    try:
        with open_file(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            head = file.read(64)
            kind = _kind_of(head)
            file.seek(0)
            with Image.open(file, formats=("PNG", "JPEG", "TIFF")) as picture:
                array = _array_of(picture, _bits_of(picture, head), flags)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PixelDataError(
            f"The {kind} claims more than {Image.MAX_IMAGE_PIXELS or 0:,} pixels. Images of up to so many are read. "
            "Cut it into parts, or leave it out."
        ) from None
    except (OSError, SyntaxError, EOFError, ValueError, TypeError, OverflowError, MemoryError) as failed:
        if isinstance(failed, (PixelDataError, FileNotFoundError)):
            raise
        raise PixelDataError(
            f"The {kind or 'file'} is damaged. A whole PNG, JPEG or TIFF was expected. Fetch the file again, or "
            "leave it out."
        ) from None
    if array.ndim == 3 and color != "keep":
        array, done = grey_of_rgb(array, from_color=color == "grey")
        flags.append(done)
    source = Source(path=str(path), shape=tuple(array.shape))
    made = {"reader": f"Pillow, {kind}"}
    return Radiograph(array, None, units=UNKNOWN_UNITS, flags=tuple(flags), source=source, provenance=made)


def _array_of(picture: Any, bits: int, flags: list[str]) -> npt.NDArray[Any]:
    from PIL import ImageOps

    if getattr(picture, "n_frames", 1) != 1:
        raise PixelDataError(
            f"The file holds {picture.n_frames} pages. A picture of one was expected. Save the page that is wanted "
            "alone."
        )
    if bits > 8 and picture.mode not in _DEEP:
        raise PixelDataError(
            f"The file has color or transparency of {bits} bits, of which the reader would keep 8. Grey of 16 bits "
            "and color of 8 "
            "are read. Save it as one of these."
        )
    tags = getattr(picture, "tag_v2", {})
    inverted = tags.get(_TIFF_PHOTOMETRIC) == 0 and picture.mode in _DEEP
    if picture.getexif().get(_ORIENTATION, 1) not in (0, 1):
        picture = ImageOps.exif_transpose(picture)
        flags.append("The picture was turned as its EXIF orientation says.")
    if picture.mode in ("LA", "RGBA", "PA", "La", "RGBa"):
        picture = picture.convert("L" if picture.mode in ("LA", "La") else "RGB")
        flags.append("Transparency was dropped.")
    elif picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode not in (*_GREY, "RGB"):
        flags.append(f"Colors of mode {picture.mode} were converted to RGB.")
        picture = picture.convert("RGB")
    array = np.array(picture)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if inverted:
        array = invert(array, 0, (1 << bits) - 1)
        flags.append("White is zero in the file; it was inverted, so higher is brighter.")
    return array


def _bits_of(picture: Any, head: bytes) -> int:
    """Bits a sample as the file states them; a reader may give fewer."""
    if head[:4] == b"\x89PNG":
        return head[24]  # IHDR: width, height, bit depth (PNG, third edition, 11.2.1)
    bits = getattr(picture, "tag_v2", {}).get(_TIFF_BITS, 8)
    return int(max(bits) if isinstance(bits, tuple) else bits)


def _kind_of(head: bytes) -> str | None:
    return next((kind for signature, kind in _SIGNATURES.items() if head.startswith(signature)), None)

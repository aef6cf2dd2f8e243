"""The layout of stored pixels, and whether a file can hold what its header claims."""

from dataclasses import dataclass
from typing import Any

import numpy as np

NATIVE = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.1.99",
)  # PS3.5 A.1 to A.5
BIG_ENDIAN = "1.2.840.10008.1.2.2"  # PS3.5 A.3 (retired)
#: PS3.3 C.7.6.3.1.2, with those that were retired; any other may be free text.
_PHOTOMETRIC = (
    "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "HSV", "ARGB", "CMYK", "YBR_FULL", "YBR_FULL_422",
    "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT",
)  # fmt: skip
#: A compressed frame above this size must not claim more than `_GREATEST_RATIO` times its file; our own bounds.
_ALWAYS_ALLOWED = 64 * 2**20
_GREATEST_RATIO = 1_000


class PixelDataError(ValueError):
    """Pixel data that cannot be turned into the image its header promises; a batch lists these and goes on."""


@dataclass(frozen=True)
class Refusal:
    """One file of a batch that was not read.

    Attributes
    ----------
    index : int
        Of the file in the batch, counted from 0.
    reason : str
        In three parts; never an identifier.
    """

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class PixelDescription:
    """How the pixels of one file are stored (PS3.3 2025c C.7.6.3, PS3.5 2025c section 8).

    Attributes
    ----------
    rows, columns, samples : int
        Of each frame.
    bits_allocated, bits_stored, high_bit : int
        Of each sample.
    signed : bool
        Two's complement (PixelRepresentation 1).
    photometric : str
        PhotometricInterpretation as the file states it.
    planar : bool
        PlanarConfiguration 1: all of the first sample, then all of the second.
    n_frames : int
        At least 1.
    transfer_syntax : str
        UID.
    pixel_offset : int
        First byte of the value of the pixel data; within the inflated data set of a deflated file; -1 when not known.
    pixel_length : int
        In bytes; -1 for encapsulated or undefined.
    keyword : str
        ``"PixelData"``, ``"FloatPixelData"`` or ``"DoubleFloatPixelData"``.
    """

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str
    planar: bool
    n_frames: int
    transfer_syntax: str
    pixel_offset: int
    pixel_length: int
    keyword: str = "PixelData"

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the decoded values, in native byte order."""
        if self.keyword != "PixelData":
            return np.dtype(np.float32 if self.keyword == "FloatPixelData" else np.float64)
        return np.dtype(f"{'i' if self.signed else 'u'}{max(self.bits_allocated // 8, 1)}")

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """``(rows, columns)``, or ``(rows, columns, samples)``."""
        return (self.rows, self.columns) if self.samples == 1 else (self.rows, self.columns, self.samples)

    @property
    def frame_bytes(self) -> int:
        """Size of one decoded frame."""
        return self.rows * self.columns * self.samples * self.dtype.itemsize

    @property
    def stored_frame_bits(self) -> int:
        """Size of one uncompressed frame in the file; YBR_FULL_422 stores two chroma values for two pixels."""
        samples = 2 if self.photometric == "YBR_FULL_422" and self.is_native else self.samples  # PS3.3 C.7.6.3.1.2
        return self.rows * self.columns * samples * self.bits_allocated

    @property
    def is_native(self) -> bool:
        """Not encapsulated: frames lie one after another (PS3.5 2025c A.1 to A.5)."""
        return self.transfer_syntax in NATIVE

    @property
    def is_big_endian(self) -> bool:
        """Explicit VR Big Endian (PS3.5 A.3, retired)."""
        return self.transfer_syntax == BIG_ENDIAN

    @property
    def stored_range(self) -> tuple[int, int]:
        """The smallest and the greatest value that BitsStored and PixelRepresentation allow (PS3.5 8.1.1)."""
        bits = self.bits_stored
        return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if self.signed else (0, (1 << bits) - 1)


def check_claims(description: PixelDescription, file_bytes: int) -> None:
    """Refuse pixels that the file cannot hold: a header may claim 4 GB that are not there.

    Parameters
    ----------
    description : PixelDescription
        What the header claims.
    file_bytes : int
        Size of the file.

    Raises
    ------
    PixelDataError
        Says what was claimed, what is there and what to do.
    """
    there = max(file_bytes - max(description.pixel_offset, 0), 0)
    if description.is_native and not description.transfer_syntax.endswith(".99"):
        needed = -(-description.stored_frame_bits * description.n_frames // 8)
        within = min(there, description.pixel_length) if description.pixel_length >= 0 else there
        if needed > within:
            raise PixelDataError(
                f"The header claims {_size(needed)} of pixels ({_claim(description)}), but the file holds "
                f"{_size(within)}. "
                "A complete file holds as many bytes as it claims. Fetch the file again, or leave it out."
            )
        return
    claimed = description.frame_bytes * description.n_frames
    if claimed > max(_ALWAYS_ALLOWED, _GREATEST_RATIO * file_bytes):
        raise PixelDataError(
            f"The header claims {_size(claimed)} of pixels ({_claim(description)}) from a compressed file of "
            f"{_size(file_bytes)}. "
            f"At most {_GREATEST_RATIO:,} times the size of the file is believed. Fetch the file again, or leave it "
            "out."
        )


def check_allowed(one: PixelDescription, representation: int) -> None:
    """Refuse values that no image can have.

    Parameters
    ----------
    one : PixelDescription
        From a header.
    representation : int
        PixelRepresentation as the header states it.

    Raises
    ------
    PixelDataError
        Names the first attribute that is wrong and its valid values.
    """
    checks = (
        (1 <= one.rows <= 65_535 and 1 <= one.columns <= 65_535, f"{one.rows} rows × {one.columns} columns",
         "1 to 65,535 of each (PS3.3 C.7.6.3)"),
        (one.samples in (1, 3), f"SamplesPerPixel {one.samples}", "1 or 3 (PS3.3 C.7.6.3.1.1)"),
        (one.bits_allocated in (1, 8, 16, 32, 64), f"BitsAllocated {one.bits_allocated}",
         "1, 8, 16, 32 or 64 (PS3.3 C.7.6.3)"),
        (1 <= one.bits_stored <= one.bits_allocated, f"BitsStored {one.bits_stored}",
         "1 to BitsAllocated (PS3.5 8.1.1)"),
        (one.bits_stored - 1 <= one.high_bit < one.bits_allocated, f"HighBit {one.high_bit}",
         "BitsStored − 1 (PS3.3 C.7.6.3)"),
        (representation in (0, 1), f"PixelRepresentation {representation}", "0 or 1 (PS3.3 C.7.6.3)"),
        (one.photometric != "", "no PhotometricInterpretation", "a value of PS3.3 C.7.6.3.1.2"),
        ((one.samples == 3) == (one.photometric.startswith("YBR") or one.photometric == "RGB"),
         f"{shown_photometric(one.photometric)} with {one.samples} samples a pixel",
         "3 samples for RGB and YBR, 1 for the others (PS3.3 C.7.6.3.1.2)"),
    )  # fmt: skip
    for right, got, valid in checks:
        if not right:
            raise PixelDataError(
                f"The header states {got}. Valid: {valid}. Leave the file out, or correct its header at the source."
            )


def shown_photometric(photometric: str) -> str:
    """Return a PhotometricInterpretation as a message may show it.

    Parameters
    ----------
    photometric : str
        As the file states it.

    Returns
    -------
    str
        The same where DICOM defines it.
    """
    return photometric if photometric in _PHOTOMETRIC else "an undefined PhotometricInterpretation"


def _claim(one: PixelDescription) -> str:
    return f"{one.n_frames} × {one.rows} × {one.columns} × {one.samples} at {one.bits_allocated} bits"


def _size(n_bytes: int) -> str:
    return f"{n_bytes:,} bytes" if n_bytes < 10**6 else f"{n_bytes / 1e6:,.1f} MB"

"""Pixels in the transfer syntaxes that phantoms are written in, read back by decoders that are not ours."""

from pathlib import Path

import dicomsdl
import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import array_shapes, arrays
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import CTImageStorage

from tests.thorough import examples
from workbench.errors import UnknownNameError
from workbench.phantoms.dicom_files import phantom_header, save_phantom, set_pixels
from workbench.phantoms.encoding import WRITABLE
from workbench.phantoms.jpeg_lossless import encode_jpeg_lossless

JPEG_LOSSLESS, JPEG_2000, BASELINE = "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.50"


def header() -> Dataset:
    return phantom_header(CTImageStorage, "CT", seed=0, number=1)


def decoded(path: Path) -> np.ndarray:
    return dicomsdl.open(str(path)).pixelData(storedvalue=True)


@settings(max_examples=examples(25), deadline=None)
@given(plane=arrays(np.uint16, array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=9)))
def test_jpeg_lossless_gives_any_16_bits_back(plane: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> None:
    image = header()
    set_pixels(image, plane, bits=16)
    path = save_phantom(image, tmp_path_factory.mktemp("j") / "1.dcm", transfer_syntax=JPEG_LOSSLESS)
    assert np.array_equal(decoded(path), plane)


def test_jpeg_lossless_is_byte_for_byte_what_the_recommendation_says() -> None:
    # Predicted: 2^11 = 2048; then the left neighbor; then the one above. Differences: 0, +1, 0 (from 2048), 0.
    # Category 0 is 000, category 1 is 001, followed by a 1 for +1: 000 001 1, then 0-1 = -1: 2048 after 2049 is -1 for
    # the second row's second value only if the left one is 2049; here the second row is 2048, 2048: 000 000.
    plane = np.array([[2048, 2049], [2048, 2048]], dtype=np.uint16)
    stream = encode_jpeg_lossless(plane, bits=12)
    assert stream[-4:-2] == bytes([0b00000110, 0b00000111])  # 000 001 1 000 000, filled up with ones
    assert stream[2:4] == b"\xff\xc3"  # SOF3


def test_runs_of_ones_are_stuffed() -> None:
    rough = np.random.default_rng(0).integers(0, 65536, (64, 64))
    body = encode_jpeg_lossless(rough, bits=16)[:-2]
    scan = body[body.index(b"\xff\xda") + 10 :]
    assert b"\xff" in scan
    assert all(scan[at + 1] == 0 for at in range(len(scan) - 1) if scan[at] == 0xFF)


def test_lossy_pixels_stay_near_and_the_header_says_lossy(tmp_path: Path) -> None:
    smooth = np.add.outer(np.arange(64), np.arange(64)) * 16
    image = header()
    set_pixels(image, smooth, bits=12)
    path = save_phantom(image, tmp_path / "1.dcm", transfer_syntax=JPEG_2000)
    said = pydicom.dcmread(path)
    assert np.abs(decoded(path).astype(int) - smooth).max() < 40
    assert (said.LossyImageCompression, said.LossyImageCompressionMethod) == ("01", "ISO_15444_1")
    assert float(said.LossyImageCompressionRatio) > 4


def test_frames_are_encapsulated_one_by_one(tmp_path: Path) -> None:
    image = header()
    frames = np.arange(3 * 20 * 20).reshape(3, 20, 20)
    set_pixels(image, frames, bits=12)
    path = save_phantom(image, tmp_path / "1.dcm", transfer_syntax=JPEG_LOSSLESS)
    said = pydicom.dcmread(path)
    assert said.NumberOfFrames == 3
    assert said.PixelData == encapsulate([encode_jpeg_lossless(frame, bits=12) for frame in frames])


def test_odd_numbers_of_bytes_are_padded(tmp_path: Path) -> None:
    image = header()
    set_pixels(image, np.arange(15).reshape(3, 5), bits=8)
    path = save_phantom(image, tmp_path / "1.dcm")
    assert pydicom.dcmread(path).PixelData == bytes(range(15)) + b"\0"


def test_an_unknown_transfer_syntax_is_refused(tmp_path: Path) -> None:
    image = header()
    set_pixels(image, np.zeros((4, 4)), bits=12)
    with pytest.raises(UnknownNameError) as caught:
        save_phantom(image, tmp_path / "1.dcm", transfer_syntax="1.2.840.10008.1.2.4.81")
    assert str(caught.value) == (
        "No transfer syntax '1.2.840.10008.1.2.4.81' in what can be written. Did you mean '1.2.840.10008.1.2.4.91' or "
        f"'1.2.840.10008.1.2.1' or '1.2.840.10008.1.2.4.90'? Valid: {', '.join(WRITABLE)}. Take one of these UIDs."
    )
    assert not (tmp_path / "1.dcm").exists()


def test_baseline_jpeg_of_16_bits_is_refused(tmp_path: Path) -> None:
    image = header()
    set_pixels(image, np.zeros((4, 4)), bits=12)
    with pytest.raises(ValueError, match="Baseline") as caught:
        save_phantom(image, tmp_path / "1.dcm", transfer_syntax=BASELINE)
    assert str(caught.value) == (
        "Baseline JPEG of 16-bit pixels. It holds 8 bits. Use JPEG lossless or JPEG 2000 for them."
    )

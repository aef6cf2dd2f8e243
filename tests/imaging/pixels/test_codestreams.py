"""A frame whose own header contradicts the file's is refused before a decoder sees it."""

import struct
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import openjpeg
import pytest
from PIL import Image

from workbench.imaging.headers.frames import frame_offsets
from workbench.imaging.pixels.child import read_spans
from workbench.imaging.pixels.codecs import decode_frame, no_decoder
from workbench.imaging.pixels.codestreams import check_codestream, read_codestream
from workbench.imaging.pixels.files import open_dataset
from workbench.imaging.pixels.layout import PixelDataError, PixelDescription
from workbench.imaging.pixels.stored import store_frame

BASELINE = PixelDescription(16, 24, 3, 8, 8, 7, False, "YBR_FULL_422", False, 1, "1.2.840.10008.1.2.4.50", 0, -1)
RUNS = replace(BASELINE, rows=2, columns=4, samples=1, photometric="MONOCHROME2", transfer_syntax="1.2.840.10008.1.2.5")


def _jpeg(color: tuple[int, int, int] = (200, 30, 60)) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (24, 16), color).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def test_a_jpeg_header_is_read() -> None:
    found = read_codestream(_jpeg())
    assert (found.kind, found.process, found.precision, found.rows, found.columns) == ("jpeg", 0xC0, 8, 16, 24)
    assert (found.components, found.color) == (3, "YBR_FULL")  # Pillow writes JFIF


def test_sizes_that_differ_are_refused_with_both() -> None:
    with pytest.raises(PixelDataError) as raised:
        check_codestream(read_codestream(_jpeg()), replace(BASELINE, rows=8))
    assert str(raised.value) == (
        "The compressed frame is 16 × 24 with 3 samples, but the header states 8 × 24 with 3. "
        "Both must be equal (PS3.5 8.2). Fetch the file again, or leave it out."
    )


def test_more_bits_than_allocated_are_refused() -> None:
    found = replace(read_codestream(_jpeg()), precision=12)
    with pytest.raises(
        PixelDataError, match=r"^The compressed frame has 12 bits a sample, but the header allocates 8\. "
    ):
        check_codestream(found, BASELINE)


@pytest.mark.parametrize(
    ("encoded", "how"),
    [
        (b"", "begins as no JPEG, JPEG-LS or JPEG 2000 frame does"),
        (b"\xff\xd8\xff\xe0", "ends within its own header"),
        (b"\xff\xd8\xff\xd9", "has no image behind its header"),
        (b"\xff\xd8\xff\xda\x00\x04\x01\x00", "has no frame header"),
        (b"\xff\xd8\x00\x00", "has bytes between its segments"),
        (b"\xff\x4f\xff\x51\x00\x00", "ends within its own header"),
    ],
)
def test_what_is_no_codestream_says_how(encoded: bytes, how: str) -> None:
    with pytest.raises(PixelDataError) as raised:
        read_codestream(encoded)
    assert str(raised.value) == (
        f"The compressed frame {how}. A whole one was expected. Fetch the file again, or leave it out."
    )


@pytest.mark.parametrize("photometric", ["RGB", "YBR_FULL_422"])
def test_a_jfif_frame_is_ycbcr_whatever_the_header_says(photometric: str) -> None:
    out = np.empty((16, 24, 3), np.uint8)
    store_frame(_jpeg(), replace(BASELINE, photometric=photometric), out)
    assert np.abs(out[8, 12].astype(int) - (200, 30, 60)).max() <= 2


def test_components_named_r_g_and_b_are_rgb() -> None:
    # Take the JFIF segment out and name the components R, G, B: the samples are then colors as they are
    plain = _jpeg()
    plain = plain[:2] + plain[plain.index(b"\xff\xdb") :]
    frame, scan = plain.index(b"\xff\xc0"), plain.index(b"\xff\xda")
    named = bytearray(plain)
    for place, letter in enumerate(b"RGB"):
        named[frame + 10 + 3 * place] = letter
        named[scan + 5 + 2 * place] = letter
    assert read_codestream(bytes(named)).color == "RGB"
    assert read_codestream(plain).color == ""
    as_encoded, _ = decode_frame(bytes(plain), BASELINE)
    out = np.empty((16, 24, 3), np.uint8)
    store_frame(bytes(named), BASELINE, out)
    np.testing.assert_array_equal(out, as_encoded)


def test_a_process_without_decoder_is_refused() -> None:
    arithmetic = bytearray(_jpeg())
    arithmetic[arithmetic.index(b"\xff\xc0") + 1] = 0xC9
    with pytest.raises(
        PixelDataError, match=r"^The frame uses JPEG process 9 at 8 bits, which no decoder here reads\. "
    ):
        decode_frame(bytes(arithmetic), BASELINE)


def _runs(*segments: bytes) -> bytes:
    offsets = [64]
    for segment in segments[:-1]:
        offsets.append(offsets[-1] + len(segment))
    return struct.pack("<16I", len(segments), *offsets, *[0] * (15 - len(segments))) + b"".join(segments)


def test_runs_are_literal_repeated_or_nothing() -> None:
    # 2 literal bytes 1 2; −128 is nothing; 9 repeated 3 times; 3 literal bytes (PS3.5 G.3)
    encoded = _runs(bytes([1, 1, 2, 128, 254, 9, 2, 3, 4, 5]))
    samples, found = decode_frame(encoded, RUNS)
    assert (samples.tolist(), found) == ([[1, 2, 9, 9], [9, 3, 4, 5]], None)


@pytest.mark.parametrize(
    ("encoded", "how"),
    [
        (b"\0" * 20, "is shorter than its header"),
        (_runs(b"\x01\x02", b"\x01\x02"), "has 2 segments where the header's samples need 1"),
        (_runs(bytes([255, 7])), "ends after 2 of 8 values"),
        (struct.pack("<16I", 1, 9_000, *[0] * 14), "has segments outside itself"),
    ],
)
def test_broken_runs_say_how(encoded: bytes, how: str) -> None:
    with pytest.raises(PixelDataError) as raised:
        decode_frame(encoded, RUNS)
    assert str(raised.value) == (
        f"The RLE frame {how}. A whole one was expected (PS3.5 Annex G). Fetch the file again, or leave it out."
    )


def test_runs_that_are_too_long_end_with_the_image() -> None:
    samples, _ = decode_frame(_runs(bytes([129, 5])), RUNS)  # 128 values for 8
    assert samples.tolist() == [[5] * 4] * 2


def test_a_file_that_ends_within_a_frame_says_so(tmp_path: Path) -> None:
    path = tmp_path / "short"
    path.write_bytes(b"1234")
    with pytest.raises(
        PixelDataError, match=r"^The file ends within a frame \(2 of 9 bytes\)\. A whole frame was expected\."
    ):
        read_spans(str(path), [[2, 9]])
    assert read_spans(str(path), [[2, 2], [0, 1]]) == b"341"


def test_jpeg_ls_planes_are_read_one_by_one(bundled: Callable[[str], Path]) -> None:
    # Three scans of one component made from one grey frame: the same image three times
    import pydicom
    from pydicom.encaps import generate_frames

    dataset = pydicom.dcmread(bundled("JPEGLSNearLossless_08.dcm"))
    grey = next(generate_frames(dataset.PixelData, number_of_frames=1))
    frame, scan, end = grey.index(b"\xff\xf7"), grey.index(b"\xff\xda"), grey.rindex(b"\xff\xd9")
    names = b"".join(bytes([number, 0x11, 0]) for number in (1, 2, 3))
    header = b"\xff\xf7" + struct.pack(">H", 17) + grey[frame + 4 : frame + 9] + b"\x03" + names
    scans = b"".join(grey[scan : scan + 5] + bytes([number]) + grey[scan + 6 : end] for number in (1, 2, 3))
    planar = grey[:frame] + header + grey[frame + 2 + 11 : scan] + scans + b"\xff\xd9"
    layout = replace(BASELINE, rows=dataset.Rows, columns=dataset.Columns, photometric="RGB")
    samples, found = decode_frame(planar, replace(layout, transfer_syntax="1.2.840.10008.1.2.4.81"))
    single = replace(layout, samples=1, photometric="MONOCHROME2", transfer_syntax="1.2.840.10008.1.2.4.81")
    one, _ = decode_frame(grey, single)
    assert found is not None
    assert not found.interleaved
    np.testing.assert_array_equal(samples, np.stack([one] * 3, axis=-1))


@pytest.mark.parametrize("name", ["SC_rgb_jpeg_gdcm.dcm", "JPEG-lossy.dcm"])  # lossless, and 12 bits extended
@pytest.mark.parametrize("share", [0.9, 0.5, 0.2])
def test_a_jpeg_frame_that_is_cut_off_is_refused(bundled: Callable[[str], Path], name: str, share: float) -> None:
    _, description = open_dataset(bundled(name))
    (offsets,), (lengths,) = frame_offsets(bundled(name), description.pixel_offset)
    encoded = read_spans(str(bundled(name)), np.stack([offsets, lengths], axis=1).tolist())
    decode_frame(encoded, description)
    with pytest.raises(PixelDataError) as raised:
        decode_frame(encoded[: int(len(encoded) * share)] + bytes(8), description)
    assert str(raised.value) == (
        "The compressed frame stops before its end marker, so that rows are missing. A whole one was expected. "
        "Fetch the file again, or leave it out."
    )


def test_values_below_0_are_refused_where_the_header_allows_none() -> None:
    layout = PixelDescription(40, 33, 1, 16, 16, 15, False, "MONOCHROME2", False, 1, "1.2.840.10008.1.2.4.90", 0, -1)
    values = np.random.default_rng(5).integers(0, 2000, (40, 33), np.int16)
    encoded = openjpeg.encode(values, compression_ratios=None, use_mct=False)
    np.testing.assert_array_equal(decode_frame(encoded, layout)[0], values)
    below = openjpeg.encode(values - 152, compression_ratios=None, use_mct=False)
    with pytest.raises(PixelDataError) as raised:
        decode_frame(below, layout)
    assert str(raised.value) == (
        "The compressed frame holds values below 0, where PixelRepresentation 0 allows none. Both must agree "
        "(PS3.5 8.2). Correct PixelRepresentation at the source, or leave the file out."
    )


def test_a_transfer_syntax_that_may_be_free_text_is_not_repeated() -> None:
    assert no_decoder("SECRET NAME 1234567").startswith(
        "The transfer syntax, which is none of DICOM's, is not among those decoded here. Decoded are: Implicit VR"
    )
    assert no_decoder("1.2.840.10008.1.2.4.55").startswith("The transfer syntax 1.2.840.10008.1.2.4.55 is not among ")

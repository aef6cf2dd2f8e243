"""Stored values equal pydicom's, whatever the layout; what differs says by which clause."""

import os
import resource
import struct
import tracemalloc
import warnings
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openjpeg
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, JPEG2000Lossless, RLELossless

from workbench.imaging.headers.reading import read_headers
from workbench.imaging.pixels import files
from workbench.imaging.pixels.decoding import DECODERS, decode_files, decode_frames, decoder_table
from workbench.imaging.pixels.description import PixelDataError, describe_headers
from workbench.imaging.pixels.files import open_dataset

Write = Callable[..., Path]
Bundled = Callable[[str], Path]
TEST_FILES = Path(pydicom.__file__).parent / "data" / "test_files"
# What pydicom refuses too. Files for which only its plug-in is missing are compared with an uncompressed twin below.
REFUSED_BY_BOTH = {"badVR.dcm", "JPEG2000-embedded-sequence-delimiter.dcm", "MR_truncated.dcm"}


def _decoded(path: Path) -> np.ndarray:
    return decode_frames(path, open_dataset(path)[1])


def _with_pydicom(path: Path) -> np.ndarray | None:
    """Return frames as pydicom gives them, or None where it cannot."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(path, force=True)
            array = dataset.pixel_array
        except (RuntimeError, ValueError, AttributeError, NotImplementedError, TypeError, OSError):
            return None
        return array if int(dataset.get("NumberOfFrames") or 1) > 1 else array[np.newaxis]


def _image_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.dcm") if path.is_file())


@pytest.mark.filterwarnings("ignore")
def test_every_bundled_file_gives_the_values_that_pydicom_gives() -> None:
    compared = 0
    for path in _image_files(TEST_FILES):
        expected = _with_pydicom(path)
        if expected is None:
            continue
        array = _decoded(path)
        assert array.shape == expected.shape, path.name
        assert array.dtype == expected.dtype.newbyteorder("="), path.name
        np.testing.assert_array_equal(array, expected, err_msg=path.name)
        compared += 1
    assert compared > 45


def test_files_that_pydicom_refuses_are_refused_with_a_reason() -> None:
    for name in REFUSED_BY_BOTH:
        with pytest.raises(PixelDataError, match=r"\. .*\. "):
            _decoded(TEST_FILES / name)


@pytest.mark.parametrize(
    ("compressed", "plain"),
    [
        ("SC_rgb_jpeg_gdcm.dcm", "SC_rgb_rle.dcm"),  # JPEG lossless, three samples
        ("MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"),
        ("MR_small_RLE.dcm", "MR_small.dcm"),
        ("MR_small_bigendian.dcm", "MR_small.dcm"),
        ("MR_small_jp2klossless.dcm", "MR_small.dcm"),
    ],
)
def test_a_lossless_twin_gives_the_same_values(bundled: Bundled, compressed: str, plain: str) -> None:
    np.testing.assert_array_equal(_decoded(bundled(compressed)), _decoded(bundled(plain)))


def test_bits_above_high_bit_are_an_overlay_and_masked(write_dicom: Write) -> None:
    # 12 bits of 16; bit 12 and above hold an overlay: 0x1FFF → 0x0FFF, 0xF001 → 1 (PS3.5 8.1.1)
    path = write_dicom(np.array([[0x1FFF, 0xF001]], np.uint16), BitsStored=12, HighBit=11)
    assert _decoded(path).tolist() == [[[0x0FFF, 1]]]


def test_bits_below_the_lowest_are_shifted_out(write_dicom: Write) -> None:
    # 12 bits stored with high bit 15: the value is in the upper 12 bits, 0xABC5 → 0xABC (PS3.5 8.1.1, Annex D)
    path = write_dicom(np.array([[0xABC5, 0x0010]], np.uint16), BitsStored=12, HighBit=15)
    assert _decoded(path).tolist() == [[[0xABC, 1]]]


def test_the_sign_is_that_of_the_stored_bits(write_dicom: Write) -> None:
    # 12 bits, two's complement: 0x0FFF is −1, 0x0800 is −2048, 0x07FF is 2047
    values = np.array([[0x0FFF, 0x0800, 0x07FF, 0xF000]], np.uint16).view(np.int16)
    path = write_dicom(values, BitsStored=12, HighBit=11)
    assert _decoded(path).tolist() == [[[-1, -2048, 2047, 0]]]


def test_big_endian_values_and_bytes_in_words_are_turned(write_dicom: Write) -> None:
    values = np.array([[1, 258], [3, 4]], ">u2")
    words = write_dicom(values, syntax=ExplicitVRBigEndian, name="words.dcm")
    # Two bytes in one word of 16 bits: the first pixel is its low byte (PS3.5 8.1.1, 7.3)
    pixels = np.frombuffer(bytes([2, 1, 4, 3]), np.uint8).reshape(2, 2)
    packed = write_dicom(pixels, syntax=ExplicitVRBigEndian, name="bytes.dcm")
    assert _decoded(words).tolist() == [[[1, 258], [3, 4]]]
    assert _decoded(packed).tolist() == [[[1, 2], [3, 4]]]


def test_a_deflated_data_set_is_inflated(write_dicom: Write) -> None:
    path = write_dicom(np.arange(64, dtype=np.int16).reshape(8, 8), syntax=DeflatedExplicitVRLittleEndian)
    assert _decoded(path).ravel().tolist() == list(range(64))


@pytest.mark.parametrize("frames", [[0, 1, 2], [2, 0], [1]])
def test_frames_of_a_deflated_data_set_are_inflated(write_dicom: Write, frames: list[int]) -> None:
    values = np.random.default_rng(3).integers(0, 99, (3, 8, 8), np.int16)
    layout = {"Rows": 8, "Columns": 8, "BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 1}
    path = write_dicom(values.tobytes(), NumberOfFrames=3, syntax=DeflatedExplicitVRLittleEndian, **layout)
    np.testing.assert_array_equal(decode_frames(path, open_dataset(path)[1], frames=frames), values[frames])


def _inflating_to(path: Path, n_bytes: int, tag: int) -> Path:
    """Put a private element of zeros behind the pixels of a deflated file, or in their place before them."""
    whole = path.read_bytes()
    start = 144 + int.from_bytes(whole[140:144], "little")
    data = zlib.decompress(whole[start:], -15)
    element = struct.pack("<HH2s2xI", tag, 0x1000, b"OB", n_bytes) + bytes(n_bytes)
    at = len(data) if tag > 0x7FE0 else data.index(struct.pack("<HH", 0x7FE0, 0x0010))
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = engine.compress(data[:at] + element + data[at:]) + engine.flush()
    path.write_bytes(whole[:start] + packed)
    return path


def test_a_deflated_file_is_inflated_no_further_than_its_pixels(
    write_dicom: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.arange(64, dtype=np.int16).reshape(8, 8)
    path = _inflating_to(write_dicom(values, syntax=DeflatedExplicitVRLittleEndian), 2**26, 0xFFFC)
    tracemalloc.start()
    np.testing.assert_array_equal(_decoded(path)[0], values)
    assert tracemalloc.get_traced_memory()[1] < 2**25
    tracemalloc.stop()
    monkeypatch.setattr(files, "_LARGEST_HEADER", 2**20)
    path = _inflating_to(write_dicom(values, syntax=DeflatedExplicitVRLittleEndian), 2**24, 0x7FD1)
    with pytest.raises(PixelDataError) as raised:
        open_dataset(path)
    assert str(raised.value) == (
        "The header of the deflated file goes on beyond 1,048,576 bytes. A shorter one was expected. Leave the file "
        "out."
    )


def test_a_damaged_deflated_file_says_so(write_dicom: Write) -> None:
    path = write_dicom(np.zeros((8, 8), np.int16), syntax=DeflatedExplicitVRLittleEndian)
    whole = bytearray(path.read_bytes())
    whole[144 + int.from_bytes(whole[140:144], "little")] |= 0b110  # a block type that Deflate does not have
    path.write_bytes(whole)
    with pytest.raises(PixelDataError) as raised:
        _decoded(path)
    assert str(raised.value) == (
        "The deflated data set is damaged. A whole one was expected (PS3.5 A.5). Fetch the file again, or leave it out."
    )


def test_frames_of_one_bit_need_not_begin_at_a_byte(write_dicom: Write) -> None:
    bits = np.random.default_rng(3).integers(0, 2, (3, 5, 3), dtype=np.uint8)  # 15 bits a frame
    attributes = {"Rows": 5, "Columns": 3, "BitsAllocated": 1, "BitsStored": 1, "HighBit": 0, "PixelRepresentation": 0}
    packed = np.packbits(bits.ravel(), bitorder="little").tobytes()
    path = write_dicom(packed, NumberOfFrames=3, vr="OB", **attributes)
    np.testing.assert_array_equal(_decoded(path), bits)
    np.testing.assert_array_equal(decode_frames(path, open_dataset(path)[1], frames=[2, 0]), bits[[2, 0]])


@pytest.mark.parametrize(("keyword", "kind"), [("FloatPixelData", "<f4"), ("DoubleFloatPixelData", "<f8")])
def test_floating_point_pixels_are_read_as_they_are(write_dicom: Write, keyword: str, kind: str) -> None:
    values = np.array([[0.5, -1e30], [np.nan, 3]], kind)
    attributes = {"Rows": 2, "Columns": 2, "BitsAllocated": values.dtype.itemsize * 8, "PixelData": None}
    path = write_dicom(b"", **{keyword: values.tobytes()}, **attributes)
    np.testing.assert_array_equal(_decoded(path)[0], values)
    if keyword == "FloatPixelData":
        described, _ = describe_headers(read_headers([path]))
        assert described[0] == open_dataset(path)[1]


def test_planes_are_interleaved(write_dicom: Write) -> None:
    rgb = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    color = {"Rows": 2, "Columns": 4, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelRepresentation": 0}
    color |= {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 1}
    path = write_dicom(np.moveaxis(rgb, -1, 0).tobytes(), **color)
    np.testing.assert_array_equal(_decoded(path)[0], rgb)


def test_chroma_of_422_are_shared_by_two_pixels(write_dicom: Write) -> None:
    # Y 100, 200 with Cb = Cr = 128 are greys 100 and 200 (PS3.3 C.7.6.3.1.2)
    color = {"Rows": 1, "Columns": 2, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelRepresentation": 0}
    color |= {"SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_FULL_422", "PlanarConfiguration": 0}
    path = write_dicom(bytes([100, 200, 128, 128]), vr="OB", **color)
    assert _decoded(path).tolist() == [[[[100, 100, 100], [200, 200, 200]]]]


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2"])
def test_compressed_frames_of_every_depth_and_sign_come_back(write_dicom: Write, kind: str) -> None:
    limits = np.iinfo(kind)
    values = np.random.default_rng(5).integers(limits.min, limits.max, (40, 33), kind, endpoint=True)
    layout = {"Rows": 40, "Columns": 33, "BitsAllocated": 8 * values.itemsize, "BitsStored": 8 * values.itemsize}
    layout |= {"HighBit": 8 * values.itemsize - 1, "PixelRepresentation": int(kind[0] == "i"), "vr": "OB"}
    in_runs = pydicom.dcmread(write_dicom(values))
    in_runs.compress(RLELossless, generate_instance_uid=False)
    wavelets = openjpeg.encode(values, compression_ratios=None, use_mct=False)
    for name, pixels, syntax in (
        ("runs.dcm", in_runs.PixelData, RLELossless),
        ("wavelets.dcm", encapsulate([wavelets]), JPEG2000Lossless),
    ):
        path = write_dicom(pixels, name=name, syntax=syntax, **layout)
        np.testing.assert_array_equal(_decoded(path)[0], values, err_msg=name)


def test_an_encapsulated_uncompressed_frame_is_read(write_dicom: Write) -> None:
    values = np.arange(8, dtype=np.uint16).reshape(2, 4)
    layout = {"Rows": 2, "Columns": 4, "BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 0}
    path = write_dicom(encapsulate([values.tobytes()]), syntax="1.2.840.10008.1.2.1.98", vr="OB", **layout)
    np.testing.assert_array_equal(_decoded(path)[0], values)


def test_chosen_frames_come_in_the_order_asked_for(bundled: Bundled) -> None:
    path = bundled("rtdose_rle.dcm")
    description = open_dataset(path)[1]
    every = decode_frames(path, description)
    np.testing.assert_array_equal(decode_frames(path, description, frames=[7, 2]), every[[7, 2]])
    np.testing.assert_array_equal(decode_frames(path, description, frames=[7, 2], isolated=False), every[[7, 2]])


def test_a_frame_that_does_not_exist_names_the_valid_ones(bundled: Bundled) -> None:
    path = bundled("rtdose_rle.dcm")
    with pytest.raises(IndexError) as raised:
        decode_frames(path, open_dataset(path)[1], frames=[15])
    assert str(raised.value) == (
        "No frame 15 in a file of 15. Valid: 0 to 14. Choose among these, or leave frames out for all."
    )


def test_a_batch_goes_on_and_reports_all_refused_files_together(bundled: Bundled, tmp_path: Path) -> None:
    good = [bundled(name) for name in ("MR_small.dcm", "MR_small_RLE.dcm", "MR_small_jpeg_ls_lossless.dcm")]
    whole = good[1].read_bytes()
    broken = tmp_path / "broken.dcm"
    broken.write_bytes(whole[: len(whole) - 3000])
    short = tmp_path / "short.dcm"
    short.write_bytes(good[0].read_bytes()[:-500])
    paths = [broken, *good, short, bundled("CT_small.dcm"), tmp_path / "gone.dcm"]
    descriptions = [open_dataset(good[1])[1], *(open_dataset(path)[1] for path in good)]
    descriptions += [descriptions[1], open_dataset(paths[5])[1], descriptions[1]]
    out = np.full((7, 64, 64), 77, np.int16)
    refusals = decode_files(paths, descriptions, out)
    assert [refusal.index for refusal in refusals] == [0, 4, 5, 6]
    expected = _decoded(good[0])[0]
    assert all(np.array_equal(out[index], expected) for index in (1, 2, 3))
    assert refusals[1].reason.startswith("The header claims 8,192 bytes of pixels (1 × 64 × 64 × 1 at 16 bits), but ")
    assert refusals[2].reason == (
        "An array of shape (1, 64, 64) and type int16 was given for pixels of shape (1, 128, 128) and type int16. "
        "Both must be "
        "equal, and the array C-contiguous. Make it with numpy.empty, or leave the file out."
    )
    assert refusals[3].reason == (
        "The file could not be read (No such file or directory). A readable one was expected. Check that it is still "
        "there."
    )


@pytest.mark.parametrize("name", ["MR_small_jp2klossless.dcm", "MR_small_RLE.dcm"])
def test_a_large_frame_that_its_codestream_contradicts_takes_no_memory(
    bundled: Bundled, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "large.dcm"
    path.write_bytes(bundled(name).read_bytes() + bytes(2**21))  # 1,000 times as much is believed: 2 GB
    description = replace(open_dataset(path)[1], rows=32_000, columns=32_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(
        PixelDataError, match=r"The compressed frame is 64 × 64 with 1 samples|too few for 2,048,000,000"
    ):
        decode_frames(path, description)
    (refusal,) = decode_files([path], [description], np.empty((1, 32_000, 32_000), description.dtype))
    assert refusal.index == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # KB


def test_lists_of_unequal_length_are_refused(bundled: Bundled) -> None:
    with pytest.raises(ValueError, match=r"^1 files, 0 descriptions and an array of 1\. One of each for every file"):
        decode_files([bundled("MR_small.dcm")], [], np.empty((1, 64, 64), np.int16))


def test_a_syntax_without_a_decoder_names_those_with_one(write_dicom: Write) -> None:
    layout = {"Rows": 2, "Columns": 2, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelRepresentation": 0}
    path = write_dicom(encapsulate([b"1234"]), syntax="1.2.840.10008.1.2.4.102", vr="OB", **layout)
    with pytest.raises(PixelDataError) as raised:
        _decoded(path)
    names = ", ".join(one.name for one in DECODERS.values())
    assert str(raised.value) == (
        f"The transfer syntax 1.2.840.10008.1.2.4.102 is a video. Decoded are: {names}. "
        "Convert the file with DCMTK's dcmconv, or another tool that reads it."
    )


def test_the_table_of_decoders_has_a_row_a_syntax() -> None:
    table = decoder_table()
    assert table.height == len(DECODERS)
    assert table.columns == ["transfer_syntax", "name", "decoder", "mb_per_cpu_s_ct", "mb_per_cpu_s_cxr", "native"]


# What is refused of the edge cases, and why.
EDGE_REFUSED = {
    "CTImage.dcm_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm": "not among those decoded",  # retired
    "CTImage.dcm_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm": "not among those decoded",  # retired
    "JLSL_08_07_0_1F.dcm": "neither by dicomsdl nor by a plug-in",  # JPEG-LS of 7 bits: CharLS in dicomsdl wants 8
    "no-pixel-data.dcm": "no pixel data",
    "TOSHIBA_J2K_SIZ1_PixRep0.dcm": "values below 0",  # pydicom has Pillow decode it, which adds 32768
}


@pytest.mark.real_data
@pytest.mark.skipif("WORKBENCH_TEST_DATA" not in os.environ, reason="set WORKBENCH_TEST_DATA to the shared data")
@pytest.mark.filterwarnings("ignore")
def test_awkward_files_give_pydicoms_values_or_are_refused_by_name() -> None:
    refused, compared = {}, 0
    for path in _image_files(Path(os.environ["WORKBENCH_TEST_DATA"]) / "dicom_edge"):
        try:
            array = _decoded(path)
        except PixelDataError as error:
            refused[path.name] = str(error)
            continue
        expected = _with_pydicom(path)
        if expected is not None:
            np.testing.assert_array_equal(expected, array, err_msg=path.name)
            compared += 1
    assert refused.keys() == EDGE_REFUSED.keys()
    assert all(why in refused[name] for name, why in EDGE_REFUSED.items())
    assert compared > 80

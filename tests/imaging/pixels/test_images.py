"""Radiographs, cines and pictures: higher is brighter, and everything that was found is said."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openjpeg
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from workbench.imaging.pixels.cines import read_cine
from workbench.imaging.pixels.layout import PixelDataError
from workbench.imaging.pixels.radiographs import read_radiograph
from workbench.imaging.pixels.spacing import spacing_of, ultrasound_regions

Write = Callable[..., Path]
Bundled = Callable[[str], Path]
RGB = {"Rows": 1, "Columns": 2, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelRepresentation": 0} | {
    "SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0,
}  # fmt: skip


def test_monochrome1_becomes_brighter_where_it_was_shown_bright(write_dicom: Write) -> None:
    path = write_dicom(
        np.array([[0, 1000, 4095]], np.uint16), BitsStored=12, HighBit=11, PhotometricInterpretation="MONOCHROME1",
        WindowCenter=1000, WindowWidth=500, PixelPaddingValue=4095, Modality="DX", ViewPosition="PA",
        ImageLaterality="U", PatientOrientation=["L", "F"], ImagerPixelSpacing=[0.1, 0.2],
    )  # fmt: skip
    image = read_radiograph(path)
    assert image.array.tolist() == [[4095, 3095, 0]]
    # x ≤ 1000 − 0.5 − 249.5 = 750 was darkest and is now y ≥ 3345 brightest: c' − 0.5 + 249.5 = 3345, so c' = 3096
    assert (image.windows, image.padding_value, image.units) == (((3096.0, 500.0),), 0.0, "unknown units")
    assert (image.modality, image.view_position, image.laterality) == ("DX", "PA", "U")
    assert (image.patient_orientation, image.spacing_mm) == (("L", "F"), (0.1, 0.2))
    assert image.flags == (
        "Spacing is ImagerPixelSpacing: at the detector, larger than in the patient (PS3.3 10.7.1.1).",
        "MONOCHROME1 was inverted over the range of stored values, so higher is brighter (PS3.3 C.7.6.3.1.2).",
    )
    assert image.provenance["photometric"] == "MONOCHROME1"
    assert image.source.sop_uids == ("1.2.3",)


def test_monochrome1_of_unknown_units_is_mirrored_over_what_could_be_stored(write_dicom: Write) -> None:
    # 8 bits, value = 2 · stored − 10: the range is −10 to 500, so 2 · 255 − 10 = 500 becomes −10
    path = write_dicom(
        np.array([[0, 255]], np.uint8), PhotometricInterpretation="MONOCHROME1", RescaleSlope=2, RescaleIntercept=-10
    )
    assert read_radiograph(path).array.tolist() == [[500, -10]]


def test_monochrome1_does_not_change_values_with_units(write_dicom: Write) -> None:
    # 677 HU stay 677 HU: the photometric interpretation acts on the display only (PS3.3 C.7.6.3.1.2)
    path = write_dicom(
        np.array([[1701, 0]], np.int16), PhotometricInterpretation="MONOCHROME1", Modality="CT", RescaleSlope=1,
        RescaleIntercept=-1024, PixelPaddingValue=0, WindowCenter=40, WindowWidth=400,
    )  # fmt: skip
    image = read_radiograph(path)
    assert (image.array.tolist(), image.units) == ([[677, -1024]], "HU")
    assert (image.windows, image.padding_value) == (((40.0, 400.0),), -1024.0)
    assert image.flags == (
        "MONOCHROME1 asks for low values to be shown bright; values in HU stay as they were measured "
        "(PS3.3 C.7.6.3.1.2).",
    )


def test_free_text_in_place_of_a_modality_is_not_shown(write_dicom: Write) -> None:
    image = read_radiograph(write_dicom(np.zeros((2, 2), np.uint8), Modality="SECRET"))
    assert (image.modality, "SECRET" in repr(image)) == ("", False)


def test_free_text_in_place_of_a_photometric_interpretation_is_not_repeated(write_dicom: Write) -> None:
    path = write_dicom(np.zeros((2, 2), np.uint8), PhotometricInterpretation="SECRET NAME")
    image = read_radiograph(path)
    assert image.flags == (
        "PhotometricInterpretation has a value that DICOM does not define; MONOCHROME2 was assumed.",
    )
    assert image.provenance["photometric"] == "an undefined PhotometricInterpretation"
    with pytest.raises(
        PixelDataError, match=r"^The header states an undefined PhotometricInterpretation with 3 samples"
    ):
        read_radiograph(write_dicom(bytes(6), vr="OB", **(RGB | {"PhotometricInterpretation": "SECRET NAME"})))


def test_a_modality_table_is_applied_before_inversion(write_dicom: Write) -> None:
    item = pydicom.Dataset()
    item.LUTDescriptor, item.ModalityLUTType = [3, 0, 8], "US"
    item.add_new("LUTData", "US", [1, 2, 200])
    path = write_dicom(
        np.array([[0, 2]], np.uint8), PhotometricInterpretation="MONOCHROME1", ModalityLUTSequence=[item]
    )
    assert read_radiograph(path).array.tolist() == [[254, 55]]  # 255 − 1, 255 − 200


def test_color_is_kept_made_grey_or_refused(write_dicom: Write) -> None:
    path = write_dicom(bytes([255, 0, 0, 10, 10, 10]), vr="OB", **RGB)
    assert read_radiograph(path).array.tolist() == [[[255, 0, 0], [10, 10, 10]]]
    grey = read_radiograph(path, color="grey")
    assert grey.array.tolist() == [[76, 10]]
    assert grey.flags == ("Color was converted to luminance (0.299 R + 0.587 G + 0.114 B).",)
    with pytest.raises(PixelDataError, match=r"^The image is in color, where grey was expected\. "):
        read_radiograph(path, color="refuse")
    with pytest.raises(
        ValueError, match=r"^No way 'gray' to treat color\. Valid: keep, grey, refuse\. Choose one of these\.$"
    ):
        read_radiograph(path, color="gray")  # type: ignore[arg-type]


def test_several_frames_are_no_radiograph(write_dicom: Write) -> None:
    layout = RGB | {"SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2"}
    path = write_dicom(bytes(6), NumberOfFrames=3, **layout)
    with pytest.raises(PixelDataError) as raised:
        read_radiograph(path)
    assert str(raised.value) == (
        "The file holds 3 frames. A radiograph has one. Read it with read_cine or read_series."
    )


def test_a_codestream_whose_sign_is_not_the_header_s_is_said(write_dicom: Write) -> None:
    # 16 bits: 65384 of an unsigned codestream is -152 in two's complement
    encoded = openjpeg.encode(np.full((40, 33), 65_384, np.uint16), compression_ratios=None, use_mct=False)
    layout = {"Rows": 40, "Columns": 33, "BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 1}
    path = write_dicom(encapsulate([encoded]), syntax=JPEG2000Lossless, vr="OB", **layout)
    image = read_radiograph(path)
    assert (image.array[0, 0], image.flags) == (
        -152,
        ("The JPEG 2000 frame says unsigned and PixelRepresentation is 1; its bits were read as the latter says.",),
    )


def test_burned_in_text_and_loss_are_said(write_dicom: Write) -> None:
    path = write_dicom(np.zeros((2, 2), np.uint8), BurnedInAnnotation="YES", LossyImageCompression="01")
    assert read_radiograph(path).flags == (
        "The image was once compressed with loss (LossyImageCompression 01).",
        "The header says that text is burned into the pixels (BurnedInAnnotation YES).",
    )


def test_a_padding_range_is_said(write_dicom: Write) -> None:
    path = write_dicom(np.zeros((2, 2), np.uint8), PixelPaddingValue=0, PixelPaddingRangeLimit=7)
    image = read_radiograph(path)
    assert (image.padding_value, image.flags) == (
        0.0,
        ("Padding is a range of stored values, 0 to 7 (PS3.3 C.7.5.1.1.2).",),
    )


def _frames(write_dicom: Write, **attributes: Any) -> Path:
    layout = RGB | {"SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2", "PlanarConfiguration": 0}
    return write_dicom(bytes([1, 2, 3, 4, 5, 6]), NumberOfFrames=3, vr="OB", **layout, **attributes)


@pytest.mark.parametrize(
    ("attributes", "times"),
    [
        ({}, ()),
        ({"FrameTime": 40}, (0, 40, 80)),
        ({"FrameTimeVector": [9, 10, 30]}, (0, 10, 40)),  # the first is 0 whatever it says (PS3.3 C.7.6.5.1.2)
        ({"FrameTimeVector": [0, 10]}, ()),
        ({"CineRate": 20}, (0, 50, 100)),
    ],
)
def test_times_of_frames_count_from_the_first(write_dicom: Write, attributes: dict, times: tuple) -> None:
    cine = read_cine(_frames(write_dicom, **attributes))
    assert (cine.array.tolist(), cine.frame_times_ms) == ([[[1, 2]], [[3, 4]], [[5, 6]]], times)


def test_chosen_frames_keep_their_times(write_dicom: Write) -> None:
    cine = read_cine(_frames(write_dicom, FrameTime=40), frames=[1, 2])
    assert (cine.array.tolist(), cine.frame_times_ms) == ([[[3, 4]], [[5, 6]]], (0, 40))


def _region(**changes: Any) -> pydicom.Dataset:
    region = pydicom.Dataset()
    values = {
        "PhysicalUnitsXDirection": 3,
        "PhysicalUnitsYDirection": 3,
        "PhysicalDeltaX": 0.02,
        "PhysicalDeltaY": 0.01,
    }
    values |= {"RegionLocationMinX0": 0, "RegionLocationMinY0": 0, "RegionLocationMaxX1": 9, "RegionLocationMaxY1": 4}
    for keyword, value in (values | changes).items():
        setattr(region, keyword, value)
    return region


@pytest.mark.parametrize(
    ("attributes", "spacing", "flags"),
    [
        ({}, None, []),
        ({"PixelSpacing": [0.5, 0.4]}, (0.5, 0.4), []),
        ({"PixelSpacing": [0.5, 0.4], "ImagerPixelSpacing": [0.5, 0.4]}, (0.5, 0.4),
         ["PixelSpacing equals ImagerPixelSpacing: at the detector, not calibrated (PS3.3 10.7.1.1)."]),
        ({"PixelSpacing": [0.4, 0.4], "ImagerPixelSpacing": [0.5, 0.5]}, (0.4, 0.4),
         ["PixelSpacing differs from ImagerPixelSpacing: corrected or calibrated (PS3.3 10.7.1.1)."]),
        ({"PixelSpacing": [0.4, 0.4], "PixelSpacingCalibrationType": "GEOMETRY"}, (0.4, 0.4),
         ["PixelSpacing is calibrated by geometry."]),
        ({"PixelSpacing": [0, 1]}, None, ["PixelSpacing has values that no image can have; it was left out."]),
        ({"PixelSpacing": ["1e9", "1"]}, None, ["PixelSpacing has values that no image can have; it was left out."]),
        ({"NominalScannedPixelSpacing": [0.1, 0.1]}, (0.1, 0.1),
         ["Spacing is NominalScannedPixelSpacing: on the film that was scanned."]),
        ({"SequenceOfUltrasoundRegions": [_region(), _region(RegionLocationMaxX1=1)]}, (0.1, 0.2),
         ["Spacing holds in one calibrated region, the largest of 2: rows 0 to 4 and columns 0 to 9 (PS3.3 C.8.5.5)."]),
        ({"SequenceOfUltrasoundRegions": [_region(PhysicalUnitsXDirection=4)]}, None,
         ["No ultrasound region is calibrated in centimeters."]),
        ({"SequenceOfUltrasoundRegions": [_region(RegionLocationMaxX1=10)]}, None,
         ["Calibrated ultrasound regions lie outside the image; their spacing was left out (PS3.3 C.8.5.5)."]),
    ],
)  # fmt: skip
def test_spacing_says_where_it_holds(attributes: dict, spacing: Any, flags: list[str]) -> None:
    dataset = pydicom.Dataset()
    dataset.Rows, dataset.Columns = 5, 10
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    assert spacing_of(dataset) == (spacing, flags)


def test_calibrated_regions_inside_the_image_are_named_the_largest_first() -> None:
    dataset = pydicom.Dataset()
    dataset.Rows, dataset.Columns = 5, 10
    small, outside = _region(RegionLocationMinX0=8), _region(RegionLocationMaxX1=10)
    dataset.SequenceOfUltrasoundRegions = [small, outside, _region()]
    assert ultrasound_regions(dataset) == ((0, 0, 9, 4), (8, 0, 9, 4))  # first column, first row, last ones


@pytest.mark.parametrize(
    ("ending", "kind"), [("png", np.uint8), ("png", np.uint16), ("tif", np.uint16), ("tif", np.float32)]
)
def test_pictures_keep_their_depth_and_have_unknown_units(tmp_path: Path, ending: str, kind: Any) -> None:
    values = (np.arange(12).reshape(3, 4) * 17).astype(kind)
    path = tmp_path / f"picture.{ending}"
    Image.fromarray(values).save(path)
    image = read_radiograph(path)
    np.testing.assert_array_equal(image.array, values)
    assert (image.array.dtype, image.units, image.spacing_mm, image.flags) == (kind, "unknown units", None, ())


def test_an_exif_orientation_is_applied(tmp_path: Path) -> None:
    picture, exif = Image.new("L", (3, 2)), Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    picture.save(tmp_path / "turned.jpg", exif=exif)
    image = read_radiograph(tmp_path / "turned.jpg")
    assert (image.shape, image.flags) == ((3, 2), ("The picture was turned as its EXIF orientation says.",))


def test_a_white_is_zero_tiff_is_inverted(tmp_path: Path) -> None:
    path = tmp_path / "white.tif"
    Image.fromarray(np.array([[0, 65_535]], np.uint16)).save(path, tiffinfo={262: 0})
    image = read_radiograph(path)
    assert image.array.tolist() == [[65_535, 0]]
    assert image.flags == ("White is zero in the file; it was inverted, so higher is brighter.",)


def test_transparency_and_palettes_become_plain_color(tmp_path: Path) -> None:
    Image.new("RGBA", (2, 1), (9, 8, 7, 100)).save(tmp_path / "clear.png")
    clear = read_radiograph(tmp_path / "clear.png")
    assert (clear.array.tolist(), clear.flags) == ([[[9, 8, 7]] * 2], ("Transparency was dropped.",))
    Image.new("RGB", (2, 1), (9, 9, 9)).convert("P").save(tmp_path / "palette.png")
    assert read_radiograph(tmp_path / "palette.png", color="refuse").array.shape == (1, 2)


def _png_of_16_bit_color(path: Path) -> None:
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header, rows = struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0), zlib.compress(b"\0" + bytes(12))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def test_pictures_that_would_lose_values_are_refused(tmp_path: Path) -> None:
    _png_of_16_bit_color(tmp_path / "deep.png")
    with pytest.raises(PixelDataError) as raised:
        read_radiograph(tmp_path / "deep.png")
    assert str(raised.value) == (
        "The file has color or transparency of 16 bits, of which the reader would keep 8. Grey of 16 bits and color "
        "of 8 are "
        "read. Save it as one of these."
    )


def test_pages_bombs_and_damage_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Image.new("L", (4, 4))
    page.save(tmp_path / "pages.tif", save_all=True, append_images=[page])
    with pytest.raises(PixelDataError) as raised:
        read_radiograph(tmp_path / "pages.tif")
    assert str(raised.value) == (
        "The file holds 2 pages. A picture of one was expected. Save the page that is wanted alone."
    )
    Image.new("L", (64, 64)).save(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[:60])
    with pytest.raises(PixelDataError, match=r"^The PNG is damaged\. A whole PNG, JPEG or TIFF was expected\. Fetch "):
        read_radiograph(tmp_path / "cut.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4000)
    with pytest.raises(PixelDataError) as raised:
        read_radiograph(tmp_path / "whole.png")
    assert str(raised.value) == (
        "The PNG claims more than 4,000 pixels. Images of up to so many are read. Cut it into parts, or leave it out."
    )


def test_neither_dicom_nor_a_picture_says_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("words " * 100)
    (tmp_path / "empty.dcm").write_bytes(b"")
    with pytest.raises(PixelDataError) as raised:
        read_radiograph(tmp_path / "words.txt")
    assert str(raised.value) == (
        "The file does not begin as a DICOM file does (PS3.10 7.1). A DICOM, PNG, JPEG or TIFF file was expected. "
        "Fetch the file again, or leave it out."
    )
    with pytest.raises(PixelDataError) as raised:
        read_radiograph(tmp_path / "empty.dcm")
    assert str(raised.value) == (
        "The file is empty. A DICOM, PNG, JPEG or TIFF file was expected. Fetch it again, or leave it out."
    )


@pytest.mark.parametrize("read", [read_radiograph, read_cine])
def test_what_is_no_file_is_refused_without_its_path(tmp_path: Path, read: Callable[[Path], Any]) -> None:
    os.mkfifo(tmp_path / "SECRET^PIPE")
    (tmp_path / "SECRET^FOLDER").mkdir()
    for name in ("SECRET^PIPE", "SECRET^FOLDER"):
        with pytest.raises(PixelDataError) as raised:
            read(tmp_path / name)
        assert str(raised.value) == (
            "The path leads to a folder, a pipe or a device. A regular file was expected. Pass the path of an image "
            "file; folders are read by read_image and read_series."
        )
    with pytest.raises(FileNotFoundError) as missing:
        read(tmp_path / "SECRET^NAME")
    assert str(missing.value) == "There is no file at this path. An image file was expected. Check its spelling."


def test_ultrasound_in_ycbcr_comes_as_color_over_time(bundled: Bundled) -> None:
    cine = read_cine(bundled("examples_ybr_color.dcm"), frames=[0, 29])
    assert (cine.shape, cine.array.dtype, cine.modality) == ((2, 240, 320, 3), np.uint8, "US")
    assert cine.frame_times_ms == pytest.approx((0, 29 * 33.333))
    assert "YBR_FULL_422 was converted to RGB (PS3.3 C.7.6.3.1.2)." in cine.flags

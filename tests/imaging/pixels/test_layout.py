"""What no image can be is refused before anything is read."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest

from workbench.imaging.headers.reading import read_headers
from workbench.imaging.pixels.decoding import decode_frames
from workbench.imaging.pixels.description import describe, describe_header, describe_headers
from workbench.imaging.pixels.files import open_dataset
from workbench.imaging.pixels.layout import PixelDataError, PixelDescription, check_claims
from workbench.imaging.pixels.radiographs import read_radiograph

Write = Callable[..., Path]
CLAIMING = PixelDescription(
    65_535, 65_535, 1, 16, 16, 15, False, "MONOCHROME2", False, 1, "1.2.840.10008.1.2.1", 500, -1
)


def test_headers_read_in_bulk_describe_the_pixels_as_pydicom_does() -> None:
    folder = Path(pydicom.__file__).parent / "data" / "test_files"
    headers = read_headers(sorted(path for path in folder.glob("*.dcm")))
    descriptions, refusals = describe_headers(headers)
    compared = 0
    for path, description in zip(headers.paths, descriptions, strict=True):
        if description is not None:
            try:
                expected = open_dataset(path)[1]
            except PixelDataError:
                continue  # its claims exceed the file, which is checked when pixels are read
            assert description == expected, path.name
            compared += 1
    assert compared > 55
    assert len(refusals) + sum(one is not None for one in descriptions) == len(headers)
    assert describe_header(headers, headers.paths.index(folder / "CT_small.dcm")).frame_shape == (128, 128)


def test_a_claim_of_gigabytes_is_refused_with_what_is_there() -> None:
    with pytest.raises(PixelDataError) as raised:
        check_claims(CLAIMING, 39_000)
    assert str(raised.value) == (
        "The header claims 8,589.7 MB of pixels (1 × 65535 × 65535 × 1 at 16 bits), but the file holds 38,500 bytes. "
        "A complete file holds as many bytes as it claims. Fetch the file again, or leave it out."
    )


def test_a_compressed_claim_of_gigabytes_is_refused_too(write_dicom: Write) -> None:
    layout = {"Rows": 60_000, "Columns": 60_000, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    layout |= {"PixelRepresentation": 0, "syntax": "1.2.840.10008.1.2.4.90", "vr": "OB"}
    path = write_dicom(pydicom.encaps.encapsulate([b"\xff\x4f\xff\x51" + bytes(96)]), **layout)
    with pytest.raises(PixelDataError, match=r"^The header claims 3,600\.0 MB of pixels .* from a compressed file of "):
        open_dataset(path)


@pytest.mark.parametrize(
    ("attributes", "begins"),
    [
        ({"Rows": 0}, "The header states 0 rows × 3 columns. Valid: 1 to 65,535 of each (PS3.3 C.7.6.3)."),
        ({"BitsAllocated": 12}, "The header states BitsAllocated 12. Valid: 1, 8, 16, 32 or 64 (PS3.3 C.7.6.3)."),
        ({"BitsStored": 17}, "The header states BitsStored 17. Valid: 1 to BitsAllocated (PS3.5 8.1.1)."),
        ({"HighBit": 16}, "The header states HighBit 16. Valid: BitsStored − 1 (PS3.3 C.7.6.3)."),
        ({"PixelRepresentation": 2}, "The header states PixelRepresentation 2. Valid: 0 or 1 (PS3.3 C.7.6.3)."),
        ({"SamplesPerPixel": 4}, "The header states SamplesPerPixel 4. Valid: 1 or 3 (PS3.3 C.7.6.3.1.1)."),
        ({"PhotometricInterpretation": "RGB"}, "The header states RGB with 1 samples a pixel. Valid: 3 samples "),
        ({"PhotometricInterpretation": ""}, "The header states no PhotometricInterpretation. Valid: a value of "),
        ({"BitsStored": None}, "The header has no BitsStored. Every image states it (PS3.3 C.7.6.3)."),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}, "The header has no PlanarConfiguration. Every"),
    ],
)  # fmt: skip
def test_values_that_no_image_can_have_name_the_valid_ones(write_dicom: Write, attributes: dict, begins: str) -> None:
    path = write_dicom(np.zeros((2, 3), np.uint16), **attributes)
    with pytest.raises(PixelDataError) as raised:
        open_dataset(path)
    assert str(raised.value).startswith(begins)


def test_a_missing_number_of_frames_is_one(write_dicom: Write) -> None:
    path = write_dicom(np.zeros((2, 3), np.uint16), NumberOfFrames=0)
    assert describe(pydicom.dcmread(path)).n_frames == open_dataset(path)[1].n_frames == 1


def test_a_file_that_is_not_dicom_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.dcm"
    path.write_text("not an image " * 100)
    with pytest.raises(PixelDataError) as raised:
        open_dataset(path)
    assert str(raised.value) == (
        "The file does not begin as a DICOM file does (PS3.10 7.1). A DICOM, PNG, JPEG or TIFF file was expected. "
        "Fetch the file again, or leave it out."
    )


def test_a_file_without_pixels_is_refused(write_dicom: Write) -> None:
    path = write_dicom(np.zeros((2, 3), np.uint16), PixelData=None)
    with pytest.raises(
        PixelDataError, match=r"^The file holds no pixel data\. An image has PixelData, FloatPixelData or "
    ):
        open_dataset(path)


def test_a_deflated_bomb_does_not_fill_the_memory(write_dicom: Write) -> None:
    # 16 MB of zeros deflate to 16 kB; the header claims 2 × 3 pixels, so nothing of it is kept
    path = write_dicom(np.zeros((2, 3), np.uint16), syntax="1.2.840.10008.1.2.1.99", PixelData=bytes(16 * 2**20))
    _, description = open_dataset(path)
    assert decode_frames(path, description).shape == (1, 2, 3)
    assert path.stat().st_size < 30_000


def test_a_damaged_identifier_is_kept_out_of_warnings_and_messages(write_dicom: Write) -> None:
    path = write_dicom(np.zeros((2, 3), np.uint16), StudyInstanceUID="1.2.840.99")
    path.write_bytes(path.read_bytes().replace(b"1.2.840.99", b"1.2.x40.99"))
    image = read_radiograph(path)  # pydicom would warn with the value, and warnings are errors here
    assert image.source.study_uid == "1.2.x40.99"
    assert "99" not in repr(image)

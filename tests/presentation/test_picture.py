"""The picture of what was fetched: which image, in which window, and what it says of itself."""

import base64
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pydicom
import pydicom.data
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from workbench.catalog.retrieval.fetched import Fetched
from workbench.errors import MissingPackageError
from workbench.presentation.charts.fetched import picture
from workbench.presentation.figure import Figure


def save(path: Path, values: np.ndarray, **attributes: Any) -> Path:
    """Write one small image with the wanted attributes."""
    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID = CTImageStorage, generate_uid()
    image.Rows, image.Columns = values.shape
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 16, 15, 0
    image.PixelData = values.astype("<u2").tobytes()
    image.update(attributes)
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save_as(path, enforce_file_format=True)
    return path


def fetched(folder: Path, *paths: Path, modality: str = "CT", series_uids: list[str] | None = None) -> Fetched:
    rows = [
        {
            "collection_id": "made_up",
            "patient_id": "P-SECRET",
            "study_uid": "1.2",
            "series_uid": uid,
            "modality": modality,
            "series_description": "Thorax",
            "path": path.relative_to(folder).as_posix(),
            "size_bytes": path.stat().st_size,
            "sha256": "0" * 64,
        }
        for path, uid in zip(paths, series_uids or ["1.2.3"] * len(paths), strict=True)
    ]
    return Fetched(folder, pl.DataFrame(rows), {})


def views(figure: Figure) -> list[np.ndarray]:
    """Return the pixels of the embedded images, read from the PNG by hand."""
    spec = figure.spec()
    [rows] = spec["datasets"].values()
    found = []
    for row in rows:
        content = base64.b64decode(row["url"].removeprefix("data:image/png;base64,"))
        width, height, depth, kind = struct.unpack(">IIBB", content[16:26])
        assert (content[:8], depth) == (b"\x89PNG\r\n\x1a\n", 8)
        start = content.index(b"IDAT") + 4
        length = struct.unpack(">I", content[start - 8 : start - 4])[0]
        channels = 3 if kind == 2 else 1
        lines = np.frombuffer(zlib.decompress(content[start : start + length]), np.uint8).reshape(height, -1)
        assert not lines[:, 0].any()  # no filter
        found.append(lines[:, 1:].reshape(height, width, channels).squeeze())
    return found


def test_ct_is_shown_in_two_windows_of_hounsfield_units(tmp_path: Path) -> None:
    stored = np.array([[0, 274], [1064, 3000]])
    path = save(tmp_path / "a.dcm", stored, Modality="CT", RescaleSlope=1, RescaleIntercept=-1024)
    lung, soft = views(picture(fetched(tmp_path, path)))
    # HU -1024, -750, 40, 1976; C.11.2.1.2.1: ((x - (c - 0.5)) / (w - 1) + 0.5) * 255
    # lung (-600, 1500): 54.99 = ((-1024 + 600.5) / 1499 + 0.5) * 255 = 55.46; -750: 102.07; 40: 236.5; white
    assert lung.tolist() == [[55, 102], [236, 255]]
    # soft tissue (40, 400): black, black, ((40 - 39.5) / 399 + 0.5) * 255 = 127.8, white
    assert soft.tolist() == [[0, 0], [128, 255]]


def test_a_radiograph_is_shown_in_the_window_of_its_header(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.dcm", np.array([[0, 1000], [2000, 4000]]), Modality="DX", WindowCenter=2000, WindowWidth=4001
    )
    [view] = views(picture(fetched(tmp_path, path, modality="DX")))
    # ((x - 1999.5) / 4000 + 0.5) * 255: 0.03, 63.8, 127.5 + 0.03, 255
    assert view.tolist() == [[0, 64], [128, 255]]


def test_monochrome1_shows_its_lowest_value_white(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.dcm",
        np.array([[0, 4000]]),
        Modality="CR",
        WindowCenter=[2000, 100],
        WindowWidth=[4001, 10],
        PhotometricInterpretation="MONOCHROME1",
    )
    [view] = views(picture(fetched(tmp_path, path, modality="CR")))
    assert view.tolist() == [255, 0]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("LINEAR_EXACT", [64, 128, 191]),  # (x - 100) / 200 + 0.5 at 50, 100, 150: a quarter, a half, three quarters
        ("SIGMOID", [69, 128, 186]),  # 1 / (1 + exp(-4 (x - 100) / 200)): 0.2689, 0.5, 0.7311
    ],
)
def test_the_other_window_functions_of_the_standard(tmp_path: Path, function: str, expected: list[int]) -> None:
    path = save(
        tmp_path / "a.dcm",
        np.array([[50, 100, 150]]),
        Modality="MG",
        WindowCenter=100,
        WindowWidth=200,
        VOILUTFunction=function,
    )
    [view] = views(picture(fetched(tmp_path, path, modality="MG")))
    assert view.tolist() == expected


def test_without_a_window_the_middle_of_the_values_is_gray(tmp_path: Path) -> None:
    path = save(tmp_path / "a.dcm", np.arange(101)[None].repeat(2, axis=0), Modality="MR")
    figure = picture(fetched(tmp_path, path, modality="MR"))
    [view] = views(figure)
    # the 1st and 99th percentiles of 0 to 100 are 1 and 99: 50 lies in the middle
    assert (view[0, 0], view[0, 50], view[0, 100]) == (0, 128, 255)
    assert figure.table["shown"].to_list() == ["window from the image itself"]


def test_the_middle_is_found_by_position_and_not_by_name(tmp_path: Path) -> None:
    heights = {"a": 30.0, "b": 10.0, "c": 20.0}
    paths = [
        save(
            tmp_path / f"{name}.dcm",
            np.full((2, 2), round(height)),
            Modality="MR",
            WindowCenter=128,
            WindowWidth=257,
            ImagePositionPatient=[0, 0, height],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        )
        for name, height in heights.items()
    ]
    figure = picture(fetched(tmp_path, *paths, modality="MR"))
    [view] = views(figure)
    assert figure.subtitle == "Image 2 of 3, 2 × 2 pixels"
    assert view[0, 0] == round(((20 - 127.5) / 256 + 0.5) * 255)


def test_the_largest_series_is_shown_and_what_is_no_image_is_passed_over(tmp_path: Path) -> None:
    report = Path(pydicom.data.get_testdata_file("test-SR.dcm"))
    reports = [tmp_path / f"sr{number}.dcm" for number in range(3)]
    for path in reports:
        path.write_bytes(report.read_bytes())
    images = [save(tmp_path / f"{name}.dcm", np.eye(2), Modality="MR") for name in "ab"]
    figure = picture(fetched(tmp_path, *reports, *images, modality="MR", series_uids=["1", "1", "1", "2", "2"]))
    assert figure.subtitle == "Image 2 of 2, 2 × 2 pixels"


def test_a_large_radiograph_is_made_smaller_by_means(tmp_path: Path) -> None:
    values = np.zeros((1600, 1600))
    values[::2] = 200  # rows alternate: every mean is 100 while steps are even
    path = save(
        tmp_path / "a.dcm", np.vstack([values, values])[:1536, :1536], Modality="CR", WindowCenter=128, WindowWidth=257
    )
    [view] = views(picture(fetched(tmp_path, path, modality="CR")))
    assert view.shape == (768, 768)
    assert set(view.ravel().tolist()) == {round(((100 - 127.5) / 256 + 0.5) * 255)}


def test_color_stays_color(tmp_path: Path) -> None:
    source = Path(pydicom.data.get_testdata_file("examples_rgb_color.dcm"))
    path = tmp_path / "color.dcm"
    path.write_bytes(source.read_bytes())
    [view] = views(picture(fetched(tmp_path, path, modality="US")))
    assert view.tolist() == pydicom.dcmread(source).pixel_array.tolist()


def test_the_title_says_collection_modality_and_description_and_never_the_patient(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.dcm", np.eye(4), Modality="CT", RescaleSlope=1, PatientName="SECRET", PixelSpacing=[0.7, 0.7]
    )
    figure = picture(fetched(tmp_path, path))
    assert figure.title == "made_up, CT: Thorax"
    assert figure.subtitle == "Image 1 of 1, 4 × 4 pixels of 0.70 mm"
    assert figure.description == (
        "A CT from the collection made_up: image 1 of 1 in the largest series, shown in the lung window and "
        "soft-tissue window."
    )
    assert "SECRET" not in figure._repr_html_()


@pytest.mark.parametrize("modality", ["CT", "CR"])
def test_a_phantom_says_so_in_title_words_and_footnote(
    modality: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    figure = picture(Fetched.of_phantom(modality))
    assert figure.title == f"Phantom, not a patient ({modality}: Chest, made up)"
    assert "a made-up phantom, not a patient" in figure.description
    assert figure.footnote == "Made up by the workbench; it shows no patient."
    assert 'aria-label="A ' in figure._repr_html_()
    assert figure.png(scale=1).startswith(b"\x89PNG")


def test_no_image_at_all_is_said(tmp_path: Path) -> None:
    path = tmp_path / "sr.dcm"
    path.write_bytes(Path(pydicom.data.get_testdata_file("test-SR.dcm")).read_bytes())
    (tmp_path / "note.dcm").write_text("no DICOM at all")
    with pytest.raises(LookupError) as caught:
        picture(fetched(tmp_path, path, tmp_path / "note.dcm", series_uids=["1", "2"]))
    assert str(caught.value) == (
        "None of the 2 fetched files holds an image. A series of images would be right. "
        "Select one, for instance with cohort.where(derived=False)."
    )


def test_a_compression_that_nothing_decodes_names_the_install_line(tmp_path: Path) -> None:
    source = pydicom.dcmread(pydicom.data.get_testdata_file("MR_small_jpeg_ls_lossless.dcm"))
    decoder = pydicom.pixels.get_decoder(source.file_meta.TransferSyntaxUID)
    if decoder.is_available:
        pytest.skip("a decoder for JPEG-LS is installed")
    path = tmp_path / "a.dcm"
    source.save_as(path)
    with pytest.raises(MissingPackageError) as caught:
        picture(fetched(tmp_path, path, modality="MR"))
    assert str(caught.value) == (
        "The image is compressed (JPEG-LS Lossless Image Compression) and no installed package decodes that. "
        "A decoder for pydicom would be right. Install it: pip install 'pylibjpeg[all]'"
    )

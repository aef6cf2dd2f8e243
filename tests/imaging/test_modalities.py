"""Every modality passes through: indexed, read, prepared, shown with stated units, or refused by name."""

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pydicom
import pytest

from workbench.imaging import preprocessing
from workbench.imaging.images import Cine, Radiograph, Volume
from workbench.imaging.modalities import DEFAULT_PIPELINES, ModalityTable, modality_table, picture_of
from workbench.imaging.preprocessing.pipelines import pipeline_names
from workbench.phantoms.ct_series import Scan, write_ct_series
from workbench.phantoms.modality_objects import write_every_modality
from workbench.phantoms.objects.breast import write_mammogram
from workbench.phantoms.objects.heads import write_head_mr
from workbench.phantoms.objects.slide import slide_picture
from workbench.phantoms.thorax import make_chest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("modalities")
    write_every_modality(folder, make_chest(n_slices=20, n_pixels=40))
    (folder / "notes.txt").write_text("no image")
    (folder / "cut.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"junk")
    return folder


@pytest.fixture(scope="module")
def every(folder: Path) -> ModalityTable:
    return modality_table(folder, device="cpu")


# Kind, shape as read, units as read, pipeline, units when prepared.
EXPECTED = {
    "CR": [("radiograph", [213, 256], "unknown units", "chest_xray", "0 to 255")],
    "CT": [
        ("volume", [20, 40, 40], "HU", "chest_ct", "0 to 1"),
        ("volume", [20, 40, 40], "HU", "chest_ct", "0 to 1"),  # enhanced
    ],
    "DX": [("radiograph", [213, 256], "unknown units", "chest_xray", "0 to 255")],
    "MG": [("radiograph", [240, 192], "unknown units", "mammography", "0 to 1")],
    "MR": [
        ("volume", [16, 64, 64], "unknown units", "brain_mr", "standard deviations"),
        ("volume", [16, 64, 64], "unknown units", "brain_mr", "standard deviations"),  # enhanced
    ],
    "NM": [("cine", [2, 20, 40], "unknown units", "display", "0 to 255")],
    "PT": [("volume", [20, 48, 48], "Bq/ml", "display", "0 to 255")],
    "SM": [("slide", [192, 256, 3], "unknown units", None, "unknown units")],
    "US": [("cine", [6, 120, 160, 3], "unknown units", "ultrasound", "0 to 1")],
}


@pytest.mark.parametrize("modality", EXPECTED)
def test_a_modality_is_read_and_prepared_with_stated_units(modality: str, every: ModalityTable) -> None:
    rows = every.table.filter(modality=modality)
    assert rows["refused"].to_list() == [None] * len(EXPECTED[modality])
    assert rows.select("kind", "shape", "units", "pipeline", "prepared_units").rows() == EXPECTED[modality]


def test_enhanced_series_are_told_from_those_of_single_slices(every: ModalityTable) -> None:
    told = every.table.filter(pl.col("modality").is_in(["CT", "MR"])).select("modality", "n_files", "enhanced")
    assert sorted(told.rows()) == [("CT", 1, True), ("CT", 20, False), ("MR", 1, True), ("MR", 16, False)]


def test_what_passed_is_told_in_a_sentence(every: ModalityTable, tmp_path: Path) -> None:
    assert every.sentence == (
        "11 of 13 passed through. They are of 9 modalities and took 6 pipelines. "
        "Units are stated for CT (HU), PT (Bq/ml)."
    )
    assert modality_table(tmp_path, device="cpu").sentence == "0 of 0 passed through."


def test_a_pipeline_is_timed_once_its_kernels_are_compiled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    run = preprocessing.preprocess
    monkeypatch.setattr(
        preprocessing, "preprocess", lambda image, name, **how: ran.append(name) or run(image, name, **how)
    )
    # Two radiographs of one kind: the first goes through twice, the second once.
    modality_table(folder / "dx", device="cpu")
    assert ran == ["chest_xray"] * 2
    ran.clear()
    shutil.copytree(folder / "dx", folder / "dx" / "again")
    modality_table(folder / "dx", device="cpu")
    shutil.rmtree(folder / "dx" / "again")
    assert ran == ["chest_xray"] * 3


def test_files_that_are_no_images_are_counted_with_the_reason(every: ModalityTable) -> None:
    rows = every.table.filter(pl.col("modality").is_null())
    assert rows.select("n_files", "refused").sort("refused").rows() == [
        (1, "It does not begin as a DICOM file does."),
        (1, "It ends in the middle of its header."),
    ]


def test_every_row_that_was_read_gives_a_picture_that_shows_something(every: ModalityTable) -> None:
    pictures = every.pictures()
    assert len(pictures) == every.table.filter(pl.col("refused").is_null()).height == 11
    for picture in pictures.values():
        assert picture.dtype == np.uint8
        assert picture.ndim == 2 or picture.shape[-1] == 3
        assert picture.min() < 60 < 180 < picture.max()


def test_bone_is_bright_whatever_the_photometric_interpretation(every: ModalityTable) -> None:
    # the CR is stored as MONOCHROME1, the DX as MONOCHROME2, of the same chest
    low, high = (picture for row, picture in every.pictures().items() if every.table["modality"][row] in ("CR", "DX"))
    assert np.abs(low.astype(int) - high.astype(int)).mean() < 1


def test_a_spacing_is_stated_in_mm_wherever_the_file_has_one(every: ModalityTable) -> None:
    spacing = dict(every.table.filter(pl.col("modality").is_not_null()).select("modality", "spacing_mm").iter_rows())
    assert spacing["CT"] == [15.0, 9.0, 9.0]  # 300 mm in 20 slices, 360 mm in 40 pixels
    assert spacing["US"] == [1.0, 1.0]  # a region calibrated to 0.1 cm
    assert spacing["SM"] == [0.002, 0.002]


def test_the_backend_that_ran_is_stated(every: ModalityTable) -> None:
    ran = every.table.filter(pl.col("pipeline").is_not_null())
    assert ran["backend"].null_count() == 0
    assert (ran["seconds"] >= 0).all()


def test_another_pipeline_can_be_asked_for(folder: Path) -> None:
    table = modality_table(folder / "ct", device="cpu", pipelines={"CT": "display"}).table
    assert table.select("pipeline", "prepared_units", "prepared_shape").row(0) == ("display", "0 to 255", [20, 40, 40])


def test_a_pipeline_that_does_not_fit_is_a_refusal_and_the_others_go_on(folder: Path) -> None:
    table = modality_table(folder, device="cpu", pipelines={"PT": "chest_ct"}).table
    (refused,) = table.filter(modality="PT")["refused"]
    assert "chest_ct" in refused
    assert table.filter(pl.col("modality").is_not_null() & pl.col("refused").is_null()).height == 10


def test_projections_of_one_series_have_a_row_each(tmp_path: Path) -> None:
    first = pydicom.dcmread(write_mammogram(tmp_path / "1.dcm"))
    first.SOPInstanceUID = first.file_meta.MediaStorageSOPInstanceUID = f"{first.SOPInstanceUID[:-1]}0"
    first.save_as(tmp_path / "2.dcm")
    table = modality_table(tmp_path, device="cpu").table
    assert table.select("n_files", "kind", "refused").rows() == [(1, "radiograph", None)] * 2


def test_a_single_slice_is_prepared_as_a_picture(tmp_path: Path) -> None:
    write_ct_series(tmp_path, make_chest(n_slices=4, n_pixels=32), scan=Scan(missing=(0, 1, 3)))
    row = modality_table(tmp_path, device="cpu").table.row(0, named=True)
    assert (row["shape"], row["pipeline"], row["units"], row["prepared_units"]) == (
        [1, 32, 32],
        "display",
        "HU",
        "0 to 255",
    )


def test_series_that_make_no_volume_are_refused_with_the_reason(tmp_path: Path) -> None:
    write_head_mr(tmp_path, echo_times_ms=(30.0, 90.0))
    (refused,) = modality_table(tmp_path, device="cpu").table["refused"]
    assert "EchoNumbers (1, 2)" in refused


def test_an_empty_folder_gives_an_empty_table(tmp_path: Path) -> None:
    every = modality_table(tmp_path, device="cpu")
    assert every.table.height == 0
    assert every.pictures() == {}
    assert "modality" in repr(every)


def test_every_default_pipeline_exists() -> None:
    assert set(DEFAULT_PIPELINES.values()) <= set(pipeline_names())


def test_a_picture_is_the_middle_slice_frame_or_the_image_itself() -> None:
    # three slices of one value each, window 0 to 200: the middle one holds 100, half of 255
    stack = np.full((3, 4, 4), [[[0]], [[100]], [[200]]], dtype=np.int16)
    volume = Volume(stack, spacing_mm=(1.0, 1.0, 1.0), units="HU", windows=((100.0, 200.0),))
    assert np.unique(picture_of(volume)).tolist() in ([127], [128])
    color = np.arange(2 * 4 * 4 * 3, dtype=np.uint8).reshape(2, 4, 4, 3)
    assert np.array_equal(picture_of(Cine(color, spacing_mm=None)), color[1])
    assert np.array_equal(picture_of(Radiograph(color[0], spacing_mm=None)), color[0])


def test_a_slide_is_a_thumbnail(every: ModalityTable) -> None:
    (row,) = (row for row in every.pictures() if every.table["modality"][row] == "SM")
    assert np.abs(every.pictures()[row].astype(int) - slide_picture(0)).mean() < 6

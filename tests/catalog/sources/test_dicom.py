"""A catalog of a folder of DICOM files."""

import os
from pathlib import Path

import polars as pl
import pydicom
import pytest

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import open_catalog
from workbench.catalog.repository import INSTANCES
from workbench.catalog.sources.dicom import open_dicom
from workbench.imaging.headers.index import index_folder
from workbench.phantoms.chest import write_chest_ct, write_chest_radiograph


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two CT series of two patients, a radiograph, and a file that is no image."""
    root = tmp_path_factory.mktemp("hospital")
    for seed in (1, 2):
        write_chest_ct(root / f"patient{seed}" / "ct", seed=seed, n_slices=3, n_pixels=64)
    write_chest_radiograph(root / "patient2" / "cr", seed=2, n_pixels=64)
    (root / "readme.txt").write_text("not an image")
    return root


def sexes(cohort: Cohort) -> list[tuple[str, int]]:
    table = cohort.census(by=["sex"]).table.filter(pl.col("n_patients") > 0)
    return [(str(sex), n) for sex, n in table.select("sex", "n_patients").rows()]


def test_a_folder_is_recognized_and_counted(folder: Path) -> None:
    commons = open_catalog(folder)
    assert dict(commons.counts) | {"size_gb": 0} == {
        "patients": 2, "studies": 3, "series": 3, "instances": 7, "size_gb": 0,
    }  # fmt: skip
    assert commons.repository.disclosure == "controlled"
    assert commons.repository.name == f"DICOM {folder.name}"


def test_criteria_census_and_attrition_run_on_it(folder: Path) -> None:
    commons = open_catalog(folder)
    ct = commons.where(modality="CT", body_region="Chest")
    assert ct.counts["series"] == 2
    assert ct.attrition.table["patients"].to_list() == [2, 2, 2]
    assert sexes(ct) == [("Not Reported", 2)]


def test_refused_files_are_counted_among_the_rules(folder: Path) -> None:
    rules = open_catalog(folder).data_quality()
    refused = rules.filter(pl.col("rule") == "File refused")
    assert refused.select("n", "n_total", "treatment").rows() == [(1, 8, "left out")]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    first, *_ = write_chest_ct(tmp_path, n_slices=2, n_pixels=64)
    assert sexes(open_catalog(tmp_path).everything) == [("Not Reported", 1)]
    for path in sorted(tmp_path.iterdir()):
        image = pydicom.dcmread(path)
        image.PatientSex = "F"
        image.save_as(path)
        os.utime(path, ns=(1, 1))
    assert first.is_file()
    assert sexes(open_catalog(tmp_path).everything) == [("Female", 1)]


def test_an_index_on_disk_opens_like_its_folder(folder: Path, tmp_path: Path) -> None:
    index_folder(folder, progress=False).write(tmp_path / "index")
    assert open_catalog(tmp_path / "index").counts == open_catalog(folder).counts


def test_the_files_of_each_series_are_kept(folder: Path) -> None:
    files = pl.read_parquet(open_dicom(folder).folder / INSTANCES)
    assert files.group_by("series_uid").len()["len"].sort().to_list() == [1, 3, 3]
    assert all(Path(path).is_file() for path in files["url"])


def test_a_study_that_two_patients_name_stays_with_the_one_that_has_more_files(tmp_path: Path) -> None:
    paths = write_chest_ct(tmp_path, n_slices=3, n_pixels=64)
    image = pydicom.dcmread(paths[2])
    image.PatientID = "ANOTHER"
    image.save_as(paths[2])
    commons = open_catalog(tmp_path)
    assert (commons.counts["patients"], commons.counts["series"], commons.counts["instances"]) == (1, 1, 2)
    shared = commons.data_quality().filter(pl.col("rule") == "UID that several patients or studies share")
    assert shared.select("n", "n_total").rows() == [(1, 2)]


def test_a_folder_without_dicom_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(ValueError, match="No DICOM file in") as error:
        open_dicom(tmp_path)
    assert str(error.value) == (
        f"No DICOM file in {tmp_path.name}: 1 file was looked at. A folder of DICOM files would be right. "
        "Run `workbench index FOLDER` to see why each was refused."
    )


def test_a_public_page_does_not_open_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_PUBLIC", "1")
    with pytest.raises(PermissionError):
        open_catalog(folder)

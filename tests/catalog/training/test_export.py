"""A cohort's images as MONAI and nnU-Net read them."""

import json
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import polars as pl
import pydicom
import pytest

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import open_catalog
from workbench.catalog.training import export_training
from workbench.catalog.training.layouts import Case, describe_monai, describe_nnunet
from workbench.errors import UnknownNameError
from workbench.imaging.preprocessing.pipelines import read_pipeline
from workbench.phantoms.chest import write_chest_ct, write_chest_radiograph

THIRDS = {"train": 0.5, "validation": 0.25, "test": 0.25}


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Return chest CT of four patients, the first of whom has two series."""
    root = tmp_path_factory.mktemp("hospital")
    first = write_chest_ct(root / "0", seed=1, n_slices=4, n_pixels=32)
    for number in range(1, 5):
        for path in first:
            image = pydicom.dcmread(path)
            if number < 4:
                image.PatientID, image.StudyInstanceUID = f"PERSON-{number}", f"1.2.{number}"
            image.SeriesInstanceUID = f"1.2.3.{number}"
            image.SOPInstanceUID = f"{image.SeriesInstanceUID}.{image.InstanceNumber}"
            (root / str(number)).mkdir(exist_ok=True)
            image.save_as(root / str(number) / path.name)
    return open_catalog(root).where(modality="CT")


def test_every_image_is_yielded_with_its_row(cohort: Cohort) -> None:
    images = cohort.images(progress=False)
    seen = list(images)
    assert len(images) == len(seen) == 5
    assert {image.shape for image, _ in seen} == {(4, 32, 32)}
    assert {image.units for image, _ in seen} == {"HU"}
    assert [row["series_uid"] for _, row in seen] == images.table["series_uid"].to_list()
    assert images.refused.is_empty()


def test_arrays_pass_by_dlpack_without_a_copy(cohort: Cohort) -> None:
    image, _ = next(iter(cohort.images(progress=False)))
    passed = np.from_dlpack(image.array)
    assert np.shares_memory(passed, image.array)


def test_a_datalist_has_every_case_once_and_no_person_twice(cohort: Cohort, tmp_path: Path) -> None:
    done = cohort.export_training(tmp_path / "monai", fractions=THIRDS, by=("sex",), seed=3, progress=False)
    lists = json.loads((tmp_path / "monai" / "datalist.json").read_text())
    dealt = [done.table.filter(pl.col("part") == part).height for part in ("train", "validation", "test")]
    assert [len(lists[part]) for part in ("training", "validation", "test")] == dealt
    assert sum(dealt) == 5
    places = [entry["image"] for part in ("training", "validation", "test") for entry in lists[part]]
    assert sorted(places) == sorted(done.table["image"])
    assert all((tmp_path / "monai" / place).is_file() for place in places)
    assert done.table.group_by("patient_id").agg(pl.col("part").n_unique())["part"].to_list() == [1, 1, 1, 1]
    assert repr(done).startswith(f"5 cases in {tmp_path / 'monai'}: ")


def test_what_is_written_is_what_was_read(cohort: Cohort, tmp_path: Path) -> None:
    done = cohort.export_training(tmp_path / "out", seed=1, progress=False)
    image, row = next(iter(cohort.images(progress=False)))
    written = done.table.filter(pl.col("series_uid") == row["series_uid"])["image"][0]
    back = np.asarray(nibabel.load(tmp_path / "out" / written).dataobj)
    assert back.shape == image.shape[::-1]
    assert sorted(back.ravel()) == sorted(image.array.ravel())  # axes turn from LPS to RAS, values stay


def test_a_pipeline_prepares_images_and_masks_alike(cohort: Cohort, tmp_path: Path) -> None:
    def bright(image: Any, row: dict[str, Any]) -> Any:
        del row
        return image.array > 0

    coarse = read_pipeline(
        {
            "name": "coarse_ct",
            "version": 1,
            "steps": [
                {"orient": {"to": "LPS"}},
                {"resample": {"spacing_mm": [10, 10, 10]}},
                {"window": {"low": -1000, "high": 400, "units": "HU"}},
            ],
        }
    )
    done = cohort.export_training(
        tmp_path / "out", layout="nnunet", pipeline=coarse, device="cpu", masks=bright, labels={"dense": 1},
        seed=1, progress=False,
    )  # fmt: skip
    described = json.loads((tmp_path / "out" / "dataset.json").read_text())
    assert described["channel_names"] == {"0": "CT"}
    assert described["labels"] == {"background": 0, "dense": 1}
    assert described["numTraining"] == done.table.filter(pl.col("part") != "test").height
    for case, part in done.table.select("case", "part").rows():
        ending = "Ts" if part == "test" else "Tr"
        image = nibabel.load(tmp_path / "out" / f"images{ending}" / f"{case}_0000.nii.gz")
        mask = nibabel.load(tmp_path / "out" / f"labels{ending}" / f"{case}.nii.gz")
        assert image.shape == mask.shape
        assert np.allclose(image.affine, mask.affine)
        values = np.asarray(image.dataobj)
        assert values[np.asarray(mask.dataobj) == 1].mean() > 2 * values[np.asarray(mask.dataobj) == 0].mean()


def test_an_image_that_cannot_be_read_is_listed_and_the_rest_is_written(tmp_path: Path) -> None:
    paths = write_chest_ct(tmp_path / "dicom" / "a", seed=1, n_slices=3, n_pixels=32)
    for path in write_chest_ct(tmp_path / "dicom" / "b", seed=2, n_slices=3, n_pixels=32):
        path.write_bytes(path.read_bytes()[:-100])  # cut short within the last rows
    assert paths
    cohort = open_catalog(tmp_path / "dicom").everything
    done = cohort.export_training(tmp_path / "out", fractions={"train": 0.5, "test": 0.5}, progress=False)
    assert done.table.height == done.refused.height == 1
    assert (tmp_path / "out" / "refused.csv").is_file()


def test_a_part_that_nobody_fell_into_is_told(cohort: Cohort, tmp_path: Path) -> None:
    done = cohort.export_training(tmp_path / "out", fractions={"train": 0.95, "test": 0.05}, seed=1, progress=False)
    assert done.warnings == ("No case is in the test part: the cohort is too small for these shares.",)
    stamped = json.loads((tmp_path / "out" / "provenance.json").read_text())
    assert stamped["parts"] == {"by": ["sex", "age_group"], "fractions": {"train": 0.95, "test": 0.05}, "seed": 1}
    assert {"numpy", "numba", "pydicom", "nibabel"} <= set(stamped["packages"])


def test_an_unknown_spacing_is_written_as_one_millimeter_and_flagged(tmp_path: Path) -> None:
    write_chest_radiograph(tmp_path / "dicom", n_pixels=64)
    path = next((tmp_path / "dicom").iterdir())
    image = pydicom.dcmread(path)
    del image.ImagerPixelSpacing
    image.save_as(path)
    cohort = open_catalog(tmp_path / "dicom").everything
    done = cohort.export_training(tmp_path / "out", fractions={"train": 1.0}, progress=False)
    assert done.table["flags"][0].endswith(" The spacing is unknown and is written as 1 mm.")
    written = nibabel.load(tmp_path / "out" / done.table["image"][0])
    assert written.header.get_zooms() == (1.0, 1.0, 1.0)
    assert written.shape[2] == 1


def test_a_label_is_written_beside_each_image(cohort: Cohort, tmp_path: Path) -> None:
    done = cohort.export_training(tmp_path / "out", label="sex", fractions={"train": 1.0}, seed=1, progress=False)
    lists = json.loads((tmp_path / "out" / "datalist.json").read_text())
    assert {entry["label"] for entry in lists["training"]} == {"Not Reported"}
    assert done.warnings == ("sex is missing for 5 of 5 cases; the datalist says so.",)


def test_a_cohort_whose_images_are_not_here_says_how_to_get_them(commons: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as error:
        commons.where(collection_id="covid_19_ar").export_training(tmp_path / "out")
    assert str(error.value) == (
        "The source NCI Imaging Data Commons lists images but does not hold them. A folder of DICOM files would. "
        "Fetch the cohort first, and name the folder: fetched = cohort.fetch(folder); images=folder."
    )
    assert not (tmp_path / "out").exists()


def test_nnunet_without_masks_is_refused(cohort: Cohort, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nnU-Net was asked for") as error:
        cohort.export_training(tmp_path / "out", layout="nnunet")
    assert str(error.value) == (
        "nnU-Net was asked for without masks= or labels=. It learns from masks whose values have names: "
        "masks=function, labels={'lesion': 1}. Give both, or use layout='monai'."
    )


def test_a_mask_on_another_grid_is_refused_case_by_case(cohort: Cohort, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"No image could be written, of 5\. The first: A mask of shape \(2, 2\)"):
        cohort.export_training(tmp_path / "out", masks=lambda *_: np.ones((2, 2), bool), progress=False)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_is_left_alone(cohort: Cohort, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError) as error:
        cohort.export_training(tmp_path)
    assert str(error.value) == f"{tmp_path} holds something already. Cases go into a new folder. Name another one."


def test_parts_that_lose_or_repeat_a_patient_are_refused(cohort: Cohort, tmp_path: Path) -> None:
    parts = cohort.split(by=("sex",), seed=1)
    twice = pl.concat(
        [
            parts,
            parts.head(1).with_columns(
                part=pl.lit("test" if parts["part"][0] != "test" else "train").cast(parts.schema["part"])
            ),
        ]
    )
    for wrong, n_twice, n_without in ((parts.tail(-1), 0, 1), (twice, 2, 0)):
        with pytest.raises(ValueError, match="of parts=") as error:
            export_training(cohort, tmp_path / "out", parts=wrong)
        assert str(error.value) == (
            f"{n_twice} rows of parts= name a patient who is in another part too, and {n_without} patients of the "
            "cohort are in no part. Each patient in one part would be right. Take what cohort.split(seed=1) gives."
        )
    assert not (tmp_path / "out").exists()


def test_a_layout_that_nobody_reads_is_refused(cohort: Cohort, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"No layout 'monay' in the workbench\. Did you mean 'monai'"):
        cohort.export_training(tmp_path / "out", layout="monay")


def test_parts_of_other_names_are_refused(cohort: Cohort, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="No part 'holdout' in the layout monai"):
        cohort.export_training(tmp_path / "out", fractions={"train": 0.5, "holdout": 0.5}, progress=False)


def test_descriptions_by_hand() -> None:
    cases = [
        Case("case_0001", "train", has_mask=True),
        Case("case_0002", "validation", has_mask=True),
        Case("case_0003", "test"),
    ]
    nnunet = describe_nnunet(cases, name="n", channel="CT", labels={"lung": 1})
    assert json.loads(nnunet["splits_final.json"]) == [{"train": ["case_0001"], "val": ["case_0002"]}]
    assert json.loads(nnunet["dataset.json"])["numTraining"] == 2
    assert json.loads(describe_monai(cases, name="n")["datalist.json"]) == {
        "name": "n",
        "numTraining": 1,
        "training": [{"image": "imagesTr/case_0001.nii.gz", "label": "labelsTr/case_0001.nii.gz"}],
        "validation": [{"image": "imagesTr/case_0002.nii.gz", "label": "labelsTr/case_0002.nii.gz"}],
        "test": [{"image": "imagesTs/case_0003.nii.gz"}],
    }

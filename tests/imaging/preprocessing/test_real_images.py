"""Pipelines on real images, when they are there."""

import os
from pathlib import Path

import numpy as np
import pytest

from workbench.imaging.preprocessing import preprocess
from workbench.imaging.preprocessing.mapping import map_mask_back, map_points_back, map_points_forward
from workbench.imaging.preprocessing.pipelines import read_pipeline
from workbench.imaging.volumes.files import read_image

pytestmark = pytest.mark.real_data


@pytest.fixture
def data() -> Path:
    folder = os.environ.get("WORKBENCH_TEST_DATA")
    if not folder:
        pytest.skip("WORKBENCH_TEST_DATA names no folder of images")
    return Path(folder)


def test_a_chest_ct_comes_out_in_millimeters_and_maps_back(data: Path) -> None:
    volume = read_image(data / "ct_lidc_slices" / "LIDC-IDRI-0001")
    done = preprocess(volume, "chest_ct", device="cpu")
    assert done.shape == (40, 360, 360)  # 16 × 2.5 mm, 512 × 0.703 mm
    assert np.allclose(done.spacing_mm or (), 1.0, atol=0.01)
    corner = [[0.0, 0.0, 0.0], [15.0, 511.0, 511.0]]
    assert np.allclose(map_points_back(map_points_forward(corner, done), done), corner, atol=1e-9)
    lung = (done.array > 0.05) & (done.array < 0.3)  # −930 to −580 HU
    assert abs(float(map_mask_back(lung, done).mean()) / float(lung.mean()) - 1) < 0.02
    back = read_pipeline("chest_ct").invert(done)
    inside = (volume.array > -1000) & (volume.array < 400)
    assert float(np.abs(back.array - volume.array)[inside].mean()) < 40  # what interpolation smooths, HU


@pytest.mark.parametrize("name", ["nih_dx_00000001_000_M58.dcm", "nih_dx_covid0000_M81.dcm"])
def test_radiographs_that_hang_right_raise_no_doubt(data: Path, name: str) -> None:
    image = read_image(data / "cxr_dicom" / name).replace(view_position="PA", patient_orientation=("L", "F"))
    done = preprocess(image, "chest_xray", device="cpu")
    assert not [flag for flag in done.flags if "heart" in flag or "mirrored" in flag]
    mirrored = image.replace(array=np.ascontiguousarray(image.array[:, ::-1]))
    found = preprocess(mirrored, "chest_xray", device="cpu")
    told = [step["measured"] for step in found.provenance["preprocessing"]["steps"] if "heart" in step["measured"]]
    assert told[0]["heart"] in ("left of the image", "cannot tell")


def test_a_burned_in_marker_stays_in_the_picture(data: Path) -> None:
    image = read_image(data / "pseudo_phi" / "0_ORIGINAL_compressed.dcm")
    done = preprocess(image, "chest_xray", device="cpu")
    assert done.shape == (1024, 1024)
    crop = next(step for step in done.provenance["preprocessing"]["steps"] if step["step"] == "crop_border")
    assert np.array(crop["measured"]["matrix"])[:2, 2].tolist() == [0, 0]

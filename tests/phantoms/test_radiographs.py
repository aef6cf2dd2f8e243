"""Radiographs of the chest phantom: rays through its voxels, stored bone high or bone low, with the right marker."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from workbench.phantoms.radiographs import Exposure, attenuation, write_radiograph
from workbench.phantoms.thorax import Chest, Finding, make_chest


@pytest.fixture(scope="module")
def chest() -> Chest:
    return make_chest(findings=(Finding("consolidation", "left lower", 200.0),))


def read(chest: Chest, folder: Path, **changes: Any) -> pydicom.Dataset:
    return pydicom.dcmread(write_radiograph(folder / "1.dcm", chest, exposure=Exposure(**changes)))


def test_attenuation_is_that_of_the_water_on_the_way(chest: Chest) -> None:
    # 64 rows of water, 5.625 mm each: 360 mm, 0.0206 per mm; air lets everything through
    water = replace(chest, hu=np.zeros_like(chest.hu))
    air = replace(chest, hu=np.full_like(chest.hu, -1000))
    assert attenuation(water) == pytest.approx(np.full((40, 64), 360 * 0.0206))
    assert np.all(attenuation(air) == 0)


@pytest.mark.parametrize(("view", "axis", "leads"), [("PA", 1, ["L", "F"]), ("LL", 2, ["P", "F"])])
def test_rays_run_along_the_view(view: Any, axis: int, leads: list[str], chest: Chest, tmp_path: Path) -> None:
    one = np.full_like(chest.hu, -1000)
    one[30, 20, 40] = 1000  # twice water
    image = attenuation(replace(chest, hu=one), view)
    row, column = np.unravel_index(image.argmax(), image.shape)
    assert (row, column) == (40 - 1 - 30, 40 if axis == 1 else 20)  # the head is up
    assert image.max() == pytest.approx(2 * 5.625 * 0.0206)
    assert list(read(chest, tmp_path, view=view).PatientOrientation) == leads


def test_bone_low_and_bone_high_are_each_other_upside_down(chest: Chest, tmp_path: Path) -> None:
    low = read(chest, tmp_path / "1", photometric="MONOCHROME1")
    high = read(chest, tmp_path / "2", photometric="MONOCHROME2")
    assert (low.PhotometricInterpretation, high.PhotometricInterpretation) == ("MONOCHROME1", "MONOCHROME2")
    assert np.array_equal(low.pixel_array.astype(int), 4095 - high.pixel_array.astype(int))
    # the window shows both alike: centers lie as far from either end
    assert float(low.WindowCenter) == 4095 - float(high.WindowCenter)


def test_consolidation_shows_as_a_shadow_on_the_left(chest: Chest) -> None:
    gain = attenuation(chest) - attenuation(make_chest())
    assert (gain.max(axis=0)[:32] < 0.01).all()
    assert gain[:, 32:].max() > 0.2


@pytest.mark.parametrize(("marker", "on_the_left"), [("R", True), ("L", False)])
def test_the_marker_stands_at_its_side_of_the_patient(
    marker: Any, on_the_left: bool, chest: Chest, tmp_path: Path
) -> None:
    values = read(chest, tmp_path, marker=marker, n_pixels=180).pixel_array
    rows, columns = np.nonzero(values[values.shape[0] // 6 :] == 4095)
    assert len(rows) > 10
    assert (columns.max() < 45) == on_the_left
    assert (columns.min() > 135) != on_the_left


def test_without_a_marker_there_is_none(chest: Chest, tmp_path: Path) -> None:
    values = read(chest, tmp_path, marker="").pixel_array
    assert not (values[values.shape[0] // 6 :] == 4095).any()


def test_a_shutter_leaves_a_black_border(chest: Chest, tmp_path: Path) -> None:
    values = read(chest, tmp_path, border=12).pixel_array
    assert not values[-12:].any()
    assert not values[40:, :12].any()
    assert values[-13].any()


@pytest.mark.parametrize(
    ("modality", "sop_class"), [("DX", "1.2.840.10008.5.1.4.1.1.1.1"), ("CR", "1.2.840.10008.5.1.4.1.1.1")]
)
def test_each_modality_has_its_sop_class(modality: Any, sop_class: str, chest: Chest, tmp_path: Path) -> None:
    image = read(chest, tmp_path, modality=modality)
    assert (image.Modality, image.SOPClassUID) == (modality, sop_class)
    assert image.ImagerPixelSpacing == [360 / 256] * 2

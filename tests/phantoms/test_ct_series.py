"""CT phantoms as files: what is written is what is said to be true, however awkward the scan."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from workbench.phantoms.ct_series import CtSeries, Scan, write_ct_series
from workbench.phantoms.encoding import WRITABLE
from workbench.phantoms.thorax import Chest, Finding, make_chest

BIG_ENDIAN, JPEG_LOSSLESS = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.4.70"


@pytest.fixture(scope="module")
def chest() -> Chest:
    return make_chest(n_slices=20, n_pixels=48, findings=(Finding("consolidation", "left lower", 80.0),))


def images(series: CtSeries) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(path) for path in series.paths]


def rescaled(image: pydicom.Dataset) -> np.ndarray:
    return image.pixel_array.astype(int) * int(image.RescaleSlope) + int(image.RescaleIntercept)


def position(image: pydicom.Dataset) -> np.ndarray:
    return np.array(image.ImagePositionPatient, dtype=float)


CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "padded": {"padded": True},
    "shuffled": {"shuffled": True},
    "missing": {"missing": (3, 4)},
    "duplicated": {"duplicated": (5, 5, 9)},
    "noisy": {"noise_hu": 25.0, "kernel": "sharp"},
    "coronal": {"orientation": "coronal"},
    "sagittal": {"orientation": "sagittal"},
    "oblique": {"orientation": "oblique"},
    "tilted": {"tilt_degrees": -15.0},
    "big endian": {"transfer_syntax": BIG_ENDIAN, "padded": True},
}


@pytest.mark.parametrize("name", CASES)
def test_files_hold_the_voxels_and_the_positions_that_are_said_to_be_true(
    name: str, chest: Chest, tmp_path: Path
) -> None:
    series = write_ct_series(tmp_path, chest, scan=Scan(**CASES[name]))
    step = np.array(series.grid.direction[0]) * series.grid.spacing_mm[0]
    for image, at in zip(images(series), series.slices, strict=True):
        assert np.array_equal(rescaled(image), series.hu[at])
        assert np.allclose(position(image), np.array(series.grid.origin_mm) + at * step, atol=1e-6)
        assert np.allclose(image.ImageOrientationPatient, [*series.grid.direction[2], *series.grid.direction[1]])
        assert np.allclose(image.PixelSpacing, series.grid.spacing_mm[1:])
    assert len({image.SOPInstanceUID for image in images(series)}) == len(series.paths)
    assert len({image.SeriesInstanceUID for image in images(series)}) == 1


@pytest.mark.parametrize("orientation", ["axial", "coronal", "sagittal", "oblique"])
def test_slices_are_in_the_order_of_their_normal(orientation: Any, chest: Chest, tmp_path: Path) -> None:
    series = write_ct_series(tmp_path, chest, scan=Scan(orientation=orientation))
    first = images(series)[0]
    across, down = np.split(np.array(first.ImageOrientationPatient, dtype=float), 2)
    heights = [float(np.cross(across, down) @ position(image)) for image in images(series)]
    assert np.allclose(np.diff(heights), series.grid.spacing_mm[0])


@pytest.mark.parametrize("orientation", ["coronal", "sagittal"])
def test_a_point_of_the_patient_has_the_same_value_in_every_orientation(
    orientation: Any, chest: Chest, tmp_path: Path
) -> None:
    axial = write_ct_series(tmp_path / "a", chest)
    other = write_ct_series(tmp_path / "b", chest, scan=Scan(orientation=orientation))
    index = np.array([9, 21, 30])
    place = np.array(axial.grid.origin_mm) + (index * axial.grid.spacing_mm) @ np.array(axial.grid.direction)
    there = np.array(other.grid.direction) @ (place - other.grid.origin_mm) / other.grid.spacing_mm
    assert np.allclose(there, np.rint(there), atol=1e-9)
    assert other.hu[tuple(np.rint(there).astype(int))] == axial.hu[tuple(index)]
    assert other.lobes[tuple(np.rint(there).astype(int))] == axial.lobes[tuple(index)]


def test_masks_keep_their_volume_in_every_orientation(chest: Chest, tmp_path: Path) -> None:
    for orientation in ("axial", "coronal", "sagittal", "oblique"):
        series = write_ct_series(tmp_path / orientation, chest, scan=Scan(orientation=orientation))
        n_voxels = np.count_nonzero(series.findings)
        assert n_voxels * np.prod(series.grid.spacing_mm) / 1000 == pytest.approx(chest.drawn[0].volume_ml)


def test_a_tilted_plane_meets_the_tissue_that_lies_there(chest: Chest, tmp_path: Path) -> None:
    tilted = write_ct_series(tmp_path, chest, scan=Scan(tilt_degrees=15.0))
    # row 43 lies 19.5 rows of 7.5 mm behind the middle: there the plane has risen by 19.5 * 7.5 * sin(15) = 37.9 mm,
    # 2.52 slices of 15 mm, and gone back 19.5 * cos(15) = 18.84 rows
    row = 23.5 + 19.5 * np.cos(np.radians(15))
    upper = 6 + 19.5 * 7.5 * np.sin(np.radians(15)) / 15
    low, at = int(upper), int(row)
    corners = chest.hu[low : low + 2, at : at + 2, 24]
    weights = np.outer([1 - (upper - low), upper - low], [1 - (row - at), row - at])
    assert tilted.hu[6, 43, 24] == pytest.approx(float((corners * weights).sum()), abs=1)
    assert tilted.grid.direction[0] == (0.0, 0.0, 1.0)
    assert float(images(tilted)[0].GantryDetectorTilt) == 15.0


def test_moved_slices_leave_uneven_gaps(chest: Chest, tmp_path: Path) -> None:
    series = write_ct_series(tmp_path, chest, scan=Scan(moved=((4, 2.0),)))
    gaps = np.diff([position(image)[2] for image in images(series)])
    # 300 mm / 20 slices = 15 mm; slice 4 lies 2 mm higher
    assert np.allclose(gaps[2:6], [15, 17, 13, 15])


def test_missing_slices_leave_a_gap_of_their_height(chest: Chest, tmp_path: Path) -> None:
    series = write_ct_series(tmp_path, chest, scan=Scan(missing=(3, 4)))
    gaps = np.diff([position(image)[2] for image in images(series)])
    assert np.allclose(sorted(gaps)[-2:], [15, 45])
    assert 3 not in series.slices
    assert len(series.paths) == 18


def test_a_duplicate_has_its_own_uid_and_the_same_pixels_and_place(chest: Chest, tmp_path: Path) -> None:
    series = write_ct_series(tmp_path, chest, scan=Scan(duplicated=(5,)))
    twice = [image for image, at in zip(images(series), series.slices, strict=True) if at == 5]
    assert len(twice) == 2
    assert twice[0].PixelData == twice[1].PixelData
    assert np.array_equal(position(twice[0]), position(twice[1]))


def test_padding_is_what_a_ge_scanner_stores(chest: Chest, tmp_path: Path) -> None:
    series = write_ct_series(tmp_path, chest, scan=Scan(padded=True))
    image = images(series)[3]
    assert (image.PixelPaddingValue, image.PixelRepresentation) == (-2000, 1)
    assert image.pixel_array[-1, 0] == -2000
    assert series.hu[3, -1, 0] == -3024  # -2000 - 1024
    assert (series.hu[3, 24] > -1025).all()  # the middle row lies inside the circle


def test_shuffled_names_and_numbers_do_not_tell_the_order(chest: Chest, tmp_path: Path) -> None:
    series = write_ct_series(tmp_path, chest, scan=Scan(shuffled=True))
    numbers = [int(image.InstanceNumber) for image in images(series)]
    assert sorted(numbers) == list(range(1, 21))
    assert numbers != sorted(numbers)
    assert list(series.paths) != sorted(series.paths)


def test_a_soft_kernel_takes_noise_away_and_a_sharp_one_adds_to_it(chest: Chest, tmp_path: Path) -> None:
    air = {}
    for kernel in ("soft", "standard", "sharp"):
        series = write_ct_series(tmp_path / kernel, chest, scan=Scan(noise_hu=20.0, kernel=kernel))
        # liver and blood: the lowest slices, in the middle
        air[kernel] = series.hu[6:12, 20:23, 28:31].std()
        assert images(series)[0].ConvolutionKernel == kernel.upper()
    assert air["soft"] < air["standard"] < air["sharp"]


@pytest.mark.parametrize("transfer_syntax", [uid for uid in WRITABLE if uid[-3:] not in (".50", ".91")])
def test_every_lossless_transfer_syntax_gives_the_same_voxels(
    transfer_syntax: str, chest: Chest, tmp_path: Path
) -> None:
    import dicomsdl

    series = write_ct_series(tmp_path, chest, scan=Scan(transfer_syntax=transfer_syntax, padded=True))
    stored = dicomsdl.open(str(series.paths[7])).pixelData(storedvalue=True)
    assert np.array_equal(stored.astype(int) - 1024, series.hu[7])
    assert pydicom.dcmread(series.paths[7]).file_meta.TransferSyntaxUID == transfer_syntax


def test_the_same_scan_gives_the_same_bytes_and_another_one_another_series(chest: Chest, tmp_path: Path) -> None:
    first, again, other = (
        write_ct_series(tmp_path / name, chest, scan=scan).paths[2]
        for name, scan in (("a", Scan()), ("b", Scan()), ("c", Scan(noise_hu=5.0)))
    )
    assert first.read_bytes() == again.read_bytes()
    assert pydicom.dcmread(first).SeriesInstanceUID != pydicom.dcmread(other).SeriesInstanceUID

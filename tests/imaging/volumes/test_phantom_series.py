"""Phantom scans whose truth is known come back true: tilted, oblique, shuffled, with gaps, copies and padding."""

import numpy as np
import pydicom
import pytest
from scipy.ndimage import map_coordinates

from workbench.imaging.images import Volume
from workbench.imaging.volumes.series import read_series
from workbench.phantoms.ct_series import CtSeries, Scan, write_ct_series
from workbench.phantoms.thorax import make_chest


@pytest.fixture(scope="module")
def chest():
    """Return a small chest."""
    return make_chest(n_slices=12, n_pixels=48)


def _to_patient(spacing_mm, origin_mm, direction) -> np.ndarray:
    """Return the affine from (slice, row, column) to patient coordinates."""
    affine = np.eye(4)
    affine[:3, :3] = np.array(direction).T * spacing_mm
    affine[:3, 3] = origin_mm
    return affine


def _sampled(series: CtSeries, volume: Volume) -> np.ndarray:
    """Return the truth at the patient coordinates of every voxel of the volume, linear between slices and pixels."""
    there = _to_patient(series.grid.spacing_mm, series.grid.origin_mm, series.grid.direction)
    here = _to_patient(volume.spacing_mm, volume.origin_mm, volume.direction)
    indices = np.indices(volume.shape).reshape(3, -1)
    at = (np.linalg.inv(there) @ here @ np.vstack([indices, np.ones(indices.shape[1])]))[:3]
    values = map_coordinates(series.hu.astype(np.float64), at, order=1, mode="constant", cval=np.nan)
    return values.reshape(volume.shape)


@pytest.mark.parametrize("orientation", ["axial", "coronal", "sagittal", "oblique"])
def test_a_shuffled_scan_in_any_orientation_lies_where_it_was_made(chest, tmp_path, orientation):
    series = write_ct_series(tmp_path, chest, scan=Scan(orientation=orientation, shuffled=True))
    volume = read_series(tmp_path)
    assert volume.flags == ()
    truth = _sampled(series, volume)
    known = np.isfinite(truth)
    assert known.mean() > 0.8  # positions are written to a few decimals: the outermost voxels may lie just outside
    assert np.abs(volume.array - truth)[known].max() <= 5


@pytest.mark.parametrize("degrees", [15.0, -22.5])
def test_a_tilted_scan_is_put_right_where_the_patient_is(chest, tmp_path, degrees):
    series = write_ct_series(tmp_path, chest, scan=Scan(tilt_degrees=degrees))
    volume = read_series(tmp_path)
    assert [flag[:60] for flag in volume.flags] == [
        f"The slices lie along a line tilted {abs(degrees):.1f}° against their normal"[:60]
    ]
    axes = np.array(volume.direction)
    assert np.abs(axes @ axes.T - np.eye(3)).max() < 1e-9
    truth = _sampled(series, volume)
    known = np.isfinite(truth)
    assert known.mean() > 0.5
    assert np.abs(volume.array - truth)[known].max() <= 5


def test_a_missing_and_a_doubled_slice_leave_all_others_as_they_were(chest, tmp_path):
    series = write_ct_series(tmp_path, chest, scan=Scan(missing=(4,), duplicated=(7,), shuffled=True))
    volume = read_series(tmp_path)
    others = np.delete(np.arange(12), 4)
    assert (volume.array[others] == series.hu[others]).all()
    between = (series.hu[3].astype(float) + series.hu[5]) / 2
    assert np.abs(volume.array[4] - between).max() <= 0.5
    assert len(volume.flags) == 2


def test_padding_written_unsigned_beside_signed_pixels_is_read_as_they_are(chest, tmp_path):
    scanned = write_ct_series(tmp_path, chest, scan=Scan(padded=True))
    for path in scanned.paths:
        image = pydicom.dcmread(path)
        del image.PixelPaddingValue
        image.add_new("PixelPaddingValue", "US", 63536)  # 65536 - 2000, as LIDC's GE scanners write it
        image.save_as(path)
    volume = read_series(tmp_path)
    assert volume.padding_value == volume.array[0, 0, 0] == -3024


def test_the_padding_of_a_scanner_is_known_in_units(chest, tmp_path):
    write_ct_series(tmp_path, chest, scan=Scan(padded=True))
    volume = read_series(tmp_path)
    assert volume.padding_value == volume.array[0, 0, 0] == -3024

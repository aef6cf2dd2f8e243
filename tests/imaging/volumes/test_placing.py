"""Slices are shifted and interpolated onto the even grid."""

import numpy as np
import pytest

from workbench.imaging.volumes.geometry import order_slices
from workbench.imaging.volumes.placing import place, plan_placement

AXIAL = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))


def _placed(planes, positions, dtype=np.float32, pixel_mm=(1.0, 1.0), fill=-7.0, padding=None):
    order = order_slices(np.array(positions, dtype=float), AXIAL, pixel_mm)
    placement = plan_placement(order, planes[0].shape, pixel_mm)
    out = np.empty(placement.shape, dtype)
    place([planes[row] for row in order.rows], placement, out, fill, padding)
    return out, placement


def test_a_shift_of_whole_pixels_moves_values_and_changes_none():
    planes = np.arange(3 * 4 * 5, dtype=np.int16).reshape(3, 4, 5)
    out, placement = _placed(planes, [[0, 0, 0], [0, 2, 3], [0, 4, 6]], np.int16)
    assert placement.shape == (3, 8, 5)
    for nth in range(3):
        assert (out[nth, 2 * nth : 2 * nth + 4] == planes[nth]).all()
        assert (np.delete(out[nth], np.s_[2 * nth : 2 * nth + 4], axis=0) == -7).all()


def test_a_shift_against_the_axis_moves_the_origin_so_that_nothing_is_cut():
    planes = np.ones((2, 4, 5), np.float32)
    out, placement = _placed(planes, [[0, 0, 0], [-3, 0, 2]])
    assert placement.origin_mm == (-3.0, 0.0, 0.0)
    assert out[0, 0].tolist() == [-7, -7, -7, 1, 1, 1, 1, 1]
    assert out[1, 0].tolist() == [1, 1, 1, 1, 1, -7, -7, -7]


def test_a_plane_that_rises_evenly_is_the_same_plane_after_a_shift_of_a_fraction():
    # Pixel r of the second slice lies at y = 0.25 + r, so the tilted ramp y has value 0.25 + r there.
    ramp = np.arange(6.0)[:, None] * np.ones(4)
    out, _ = _placed(np.stack([ramp, ramp + 0.25, ramp + 0.5]), [[0, 0, 0], [0, 0.25, 1], [0, 0.5, 2]])
    inside = out[:, 1:6]  # the first row mixes with what lies outside
    assert np.abs(inside - np.arange(1.0, 6)[:, None]).max() < 1e-6


def test_values_that_rise_evenly_along_z_stay_so_on_the_even_grid():
    z = np.array([0.0, 1, 2, 4.5, 7])
    planes = np.ones((5, 3, 3)) * z[:, None, None]
    out, _ = _placed(planes, [[0, 0, value] for value in z])
    assert out.shape == (8, 3, 3)
    assert out[:, 0, 0] == pytest.approx(np.linspace(0, 7, 8), abs=1e-5)


def test_slices_on_the_grid_are_copied_and_only_the_missing_one_is_interpolated():
    planes = np.array([10, 20, 30, 50], np.int16)[:, None, None] * np.ones((3, 3), np.int16)
    out, _ = _placed(planes, [[0, 0, 0], [0, 0, 1], [0, 0, 2.05], [0, 0, 4]], np.int16)
    assert out[:, 0, 0].tolist() == [10, 20, 30, 40, 50]


def test_int16_values_between_slices_are_rounded_to_nearest():
    planes = np.array([0, 1, 2, 5], np.int16)[:, None, None] * np.ones((2, 2), np.int16)
    out, _ = _placed(planes, [[0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 0, 4]], np.int16)
    assert out[3, 0, 0] == 4  # 3.5, to even


def test_padding_is_never_mixed_with_the_image_beside_it_or_in_the_next_slice():
    # Columns 0 and 1 are padding in all slices, column 2 in the last only.
    planes = np.full((3, 4, 4), 40.0, np.float32)
    planes[:, :, :2], planes[2, :, 2] = -3024, -3024
    out, _ = _placed(planes, [[0, 0, 0], [0.3, 0, 1], [0.6, 0, 2]], fill=-3024, padding=-3024)
    assert np.unique(out).tolist() == [-3024, 40]
    between, _ = _placed(planes[[0, 0, 0, 2]], [[0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 0, 4]], padding=-3024)
    assert between[3].tolist() == [[-3024, -3024, 40, 40]] * 4

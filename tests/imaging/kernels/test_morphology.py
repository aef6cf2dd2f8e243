"""Morphology against scipy with the same disc, ball or ellipsoid; outside the image nothing has a say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

from tests.thorough import examples
from workbench.imaging.kernels import morphology
from workbench.imaging.threads import limit_threads

volumes = arrays.arrays(bool, arrays.array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=8))
radii = st.sampled_from([0, 0.9, 1, 1.5, 2, 3, 5])


def ball(*radius):
    """Return the offsets within an ellipsoid, one radius for each axis."""
    axes = np.ogrid[tuple(slice(-int(one), int(one) + 1) for one in radius)]
    return sum((axis / (one or 1)) ** 2 for axis, one in zip(axes, radius, strict=True)) <= 1 + 1e-9


def dilated(mask, shape):
    return ndimage.binary_dilation(mask, shape)


def eroded(mask, shape):
    return ndimage.binary_erosion(mask, shape, border_value=1)


@given(volumes, radii, st.booleans())
@settings(max_examples=examples(40), deadline=None)
def test_all_four_equal_scipys(mask, radius, per_slice):
    shape = ball(0 if per_slice else radius, radius, radius)
    expected = {
        "dilate": dilated(mask, shape),
        "erode": eroded(mask, shape),
        "close": eroded(dilated(mask, shape), shape),
        "open": dilated(eroded(mask, shape), shape),
    }
    for name, result in expected.items():
        assert (getattr(morphology, name)(mask, radius, per_slice=per_slice) == result).all(), name


@pytest.mark.parametrize("n_columns", [64, 65, 129])
@pytest.mark.parametrize("radius", [3, 20, 63])
def test_wide_reach_crosses_words(n_columns, radius):
    mask = np.random.default_rng(0).random((9, n_columns)) < 0.01
    assert (morphology.dilate(mask, radius) == dilated(mask, ball(radius, radius))).all()
    assert (morphology.erode(~mask, radius) == eroded(~mask, ball(radius, radius))).all()


def test_one_radius_for_each_axis_makes_an_ellipsoid():
    mask = np.random.default_rng(0).random((6, 12, 20)) < 0.03
    assert (morphology.dilate(mask, (1, 2.5, 4)) == dilated(mask, ball(1, 2.5, 4))).all()


@given(volumes, radii)
@settings(max_examples=examples(20), deadline=None)
def test_closing_takes_nothing_away_and_opening_adds_nothing(mask, radius):
    assert not (mask & ~morphology.close(mask, radius, per_slice=False)).any()
    assert not (morphology.open(mask, radius, per_slice=False) & ~mask).any()


def test_threads_change_nothing():
    mask = np.random.default_rng(0).random((8, 512, 600)) < 0.01
    with limit_threads(1):
        expected = morphology.dilate(mask, 2, per_slice=False)
    with limit_threads(2):
        assert (morphology.dilate(mask, 2, per_slice=False) == expected).all()


@given(volumes)
@settings(max_examples=examples(40), deadline=None)
def test_holes_are_filled_as_scipy_fills_them(mask):
    assert (morphology.fill_holes(mask, per_slice=False) == ndimage.binary_fill_holes(mask)).all()
    each = np.stack([ndimage.binary_fill_holes(one) for one in mask])
    assert (morphology.fill_holes(mask) == each).all()
    assert (morphology.fill_holes(mask[0]) == each[0]).all()


def test_a_tunnel_is_a_hole_in_its_slices_but_not_in_the_volume():
    tube = np.zeros((3, 5, 5), bool)
    tube[:, 1:4, 1:4] = True
    tube[:, 2, 2] = False
    assert morphology.fill_holes(tube)[:, 2, 2].all()
    assert not morphology.fill_holes(tube, per_slice=False)[:, 2, 2].any()
    tube[[0, 2], 2, 2] = True  # closed at both ends
    assert morphology.fill_holes(tube, per_slice=False)[1, 2, 2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: morphology.close(np.zeros((2, 2), bool), 64),
            "close got radius=64. Valid: 0 to 63 voxels. Divide millimeters by the spacing; for more, resample "
            "the mask "
            "to larger voxels first.",
        ),
        (
            lambda: morphology.erode(np.zeros((2, 2), bool), float("nan")),
            "erode got radius=nan. Valid: 0 to 63 voxels. Divide millimeters by the spacing; for more, resample "
            "the mask "
            "to larger voxels first.",
        ),
        (
            lambda: morphology.dilate(np.zeros((2, 2), bool), (1, 2, 3)),
            "dilate got 3 radii for a mask of 2 axes. One for each axis makes an ellipsoid, a single number a "
            "disc or a "
            "ball. Give one of these.",
        ),
        (
            lambda: morphology.open(np.zeros((2, 2)), 1),
            "open got an array of float64. A mask is of bool, or of integers of which anything but 0 counts. "
            "Compare the image with a threshold first, as in array > 0.5.",
        ),
        (
            lambda: morphology.fill_holes(np.zeros(2, bool)),
            "fill_holes got an array of shape (2,). A mask is (rows, columns) or (slices, rows, columns). "
            "Give one image or volume at a time.",
        ),
    ],
)
def test_what_cannot_be_changed_is_said(call, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize("shape", [(0, 5), (3, 0, 4), (0, 0, 0)])
def test_an_empty_mask_stays_empty(shape):
    mask = np.zeros(shape, bool)
    for change in (morphology.dilate, morphology.erode, morphology.close, morphology.open):
        assert change(mask, 2).shape == shape
    assert morphology.fill_holes(mask).shape == shape

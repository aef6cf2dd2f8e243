"""Resampling against scipy at the same coordinates, exact integrals, and numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from tests.thorough import examples
from workbench.errors import UnknownNameError
from workbench.imaging.kernels.resampling import grid_matrix, resample
from workbench.imaging.threads import limit_threads

shapes = st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(1, 9))
seeds = st.integers(0, 2**32 - 1)


def random_volume(seed, shape):
    return np.random.default_rng(seed).integers(-1024, 3072, shape).astype(np.int16)


def integral(n_before, n_after):
    """Return the (n_after, n_before) matrix of shares, by cutting both rows into their least common parts."""
    parts = np.repeat(np.eye(n_before), n_after, axis=0)  # each old pixel in n_after parts
    return parts.reshape(n_after, n_before, n_before).mean(axis=1)  # each new pixel of n_before parts


@given(seeds, shapes, shapes)
@settings(max_examples=examples(25), deadline=None)
def test_linear_equals_scipy_at_the_same_coordinates(seed, before, after):
    volume = random_volume(seed, before)
    index = np.indices(after).reshape(3, -1)
    coordinates = (grid_matrix(before, after) @ np.vstack([index, np.ones(index.shape[1])]))[:3]
    expected = ndimage.map_coordinates(volume.astype(float), coordinates, order=1, mode="nearest").reshape(after)
    got = resample(volume, after, dtype="float32")
    assert np.abs(got - expected).max() < 2e-3  # float32 of values up to 4,096


@given(seeds, shapes, shapes)
@settings(max_examples=examples(25), deadline=None)
def test_area_equals_the_exact_integral(seed, before, after):
    volume = random_volume(seed, before)
    matrices = [integral(*sizes) for sizes in zip(before, after, strict=True)]
    expected = np.einsum("zyx,Zz,Yy,Xx->ZYX", volume.astype(float), *matrices)
    got = resample(volume, after, method="area", dtype="float32")
    assert np.abs(got - expected).max() < 2e-3


@given(seeds, shapes)
@settings(max_examples=examples(10), deadline=None)
def test_area_keeps_the_mean(seed, after):
    volume = random_volume(seed, (4, 7, 9))
    got = resample(volume, after, method="area", dtype="float32")
    assert got.mean(dtype=float) == pytest.approx(volume.mean(), abs=2e-3)


@pytest.mark.parametrize("method", ["linear", "area", "cubic", "nearest"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32"])
def test_a_constant_stays_what_it_is(method, dtype):
    got = resample(np.full((3, 5, 7), 201, dtype), (4, 3, 10), method=method)
    assert got.dtype == dtype
    assert np.abs(got.astype(float) - 201).max() <= (1e-4 if dtype == "float32" else 0)


def test_cubic_weighs_four_neighbors_as_keys_does():
    # Twice as many pixels put centers a quarter of a pixel beside the old ones. With a = -1/2 the weights at t = 1/4
    # are -9/128, 111/128, 29/128, -3/128 for the pixels at -1, 0, 1, 2.
    impulse = np.zeros((1, 8), np.float32)
    impulse[0, 4] = 128
    got = resample(impulse, (1, 16), method="cubic")
    assert got[0, 4:14].tolist() == [0, -3, -9, 29, 111, 111, 29, -9, -3, 0]


def test_cubic_keeps_a_parabola():
    x = np.arange(12.0)
    got = resample(x[None].astype(np.float32) ** 2, (1, 36), method="cubic")
    places = (np.arange(36) + 0.5) / 3 - 0.5
    assert got[0, 6:-6] == pytest.approx(places[6:-6] ** 2, abs=1e-4)


def test_nearest_takes_the_pixel_of_the_center_and_keeps_the_type():
    labels = np.array([[10, 20, 30]], dtype=np.int64)
    got = resample(labels, (1, 5), method="nearest")  # centers at 0.3, 0.9, 1.5, 2.1, 2.7 pixels from the left edge
    assert got.dtype == np.int64
    assert got.tolist() == [[10, 10, 20, 30, 30]]
    assert resample(labels > 15, (2, 3), method="nearest").tolist() == [[False, True, True]] * 2


def test_whole_numbers_are_rounded_half_to_even():
    pairs = np.array([[0, 1, 2, 3, -1, 0]], dtype=np.int16)
    assert resample(pairs, (1, 3), method="area").tolist() == [[0, 2, 0]]  # of 0.5, 2.5 and -0.5


def test_what_overshoots_is_clipped_to_the_type():
    edge = np.array([[0, 0, 255, 255]], dtype=np.uint8)
    got = resample(edge, (1, 8), method="cubic")
    assert (got.min(), got.max()) == (0, 255)
    assert resample(edge, (1, 8), method="cubic", dtype="float32").max() > 255


def test_colors_are_resampled_each_for_itself():
    colors = np.random.default_rng(0).integers(0, 256, (2, 6, 5, 3)).astype(np.uint8)
    got = resample(colors, (2, 3, 8, 3))
    assert got.flags.c_contiguous
    assert all((got[..., one] == resample(colors[..., one].copy(), (2, 3, 8))).all() for one in range(3))


def test_any_axes_of_a_stack_may_change():
    stack = np.random.default_rng(0).random((2, 3, 4, 5, 6)).astype(np.float32)
    got = resample(stack, (2, 5, 4, 7, 6))
    step = resample(stack.reshape(2, 3, -1), (2, 5, 120)).reshape(2, 5, 4, 5, 6)
    expected = np.stack([[resample(volume, (4, 7, 6)) for volume in one] for one in step])
    assert np.abs(got - expected).max() < 1e-6


def test_views_and_foreign_byte_orders_are_read():
    volume = random_volume(0, (4, 6, 8))
    expected = resample(volume, (3, 4, 5))
    assert (resample(volume.astype(">i2"), (3, 4, 5)) == expected).all()
    moved = resample(volume.astype(">i2"), (3, 4, 5), method="nearest")
    assert moved.dtype == np.int16
    assert (moved == resample(volume, (3, 4, 5), method="nearest")).all()
    padded = np.zeros((4, 6, 16), np.int16)
    padded[..., ::2] = volume
    assert (resample(padded[..., ::2], (3, 4, 5)) == expected).all()


@pytest.mark.parametrize("method", ["linear", "nearest"])
def test_an_unchanged_shape_gives_an_array_of_its_own(method):
    volume = random_volume(0, (2, 3, 4))
    got = resample(volume, volume.shape, method=method)
    assert (got == volume).all()
    assert not np.shares_memory(got, volume)


def test_threads_change_nothing():
    volume = random_volume(0, (9, 700, 500))
    with limit_threads(1):
        expected = resample(volume, (12, 600, 600))
    with limit_threads(2):
        assert (resample(volume, (12, 600, 600)) == expected).all()


@pytest.mark.parametrize(
    ("array", "shape", "options", "message"),
    [
        (
            np.zeros((2, 3), np.int16),
            (2, 0),
            {},
            "resample got shape=(2, 0) for an array of shape (2, 3). Each axis needs a whole number of at least 1. "
            "Give 2 of them.",
        ),
        (
            np.zeros((2, 3), np.int16),
            (2, 3, 4),
            {},
            "resample got shape=(2, 3, 4) for an array of shape (2, 3). Each axis needs a whole number of at least 1. "
            "Give 2 of them.",
        ),
        (
            np.zeros((0, 3), np.int16),
            (2, 3),
            {},
            "resample got an empty array of shape (0, 3). There must be a pixel along each axis. Look at what made it.",
        ),
        (
            np.zeros((2, 3), np.int16),
            (2, 3),
            {"method": "bilinear"},
            "No method 'bilinear' in resample. Did you mean 'linear'? Valid: linear, area, nearest, cubic. "
            "Use one of these.",
        ),
        (
            np.zeros((2, 3), bool),
            (2, 2),
            {},
            "resample got an array of bool. Numbers between pixels exist for integers and floats. Use method='nearest' "
            "for a mask, or mask.astype('float32') for the share of each pixel.",
        ),
        (
            np.zeros((2, 3), complex),
            (2, 2),
            {"method": "nearest"},
            "resample got an array of complex128. Values of up to 8 bytes are moved: bool, integers and floats. "
            "Number the labels, or convert the array.",
        ),
        (
            np.zeros((2, 3), np.int16),
            (2, 2),
            {"dtype": "int64"},
            "resample got dtype=int64. Valid: uint8, uint16, int16, float16, float32, float64. Take float32 and "
            "round it.",
        ),
    ],
)
def test_what_cannot_be_resampled_is_said(array, shape, options, message):
    with pytest.raises((ValueError, TypeError, UnknownNameError)) as caught:
        resample(array, shape, **options)
    assert str(caught.value) == message


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("method", ["linear", "cubic", "area"])
def test_what_has_no_weight_has_no_say(method, bad):
    # Three pixels become nine: new pixels 1, 4 and 7 lie on the centers of old ones; and nine become three.
    volume = np.arange(27, dtype=np.float32).reshape(3, 3, 3)
    volume[1, 1, 1] = bad
    for axis in range(3):
        shape = [3, 3, 3]
        shape[axis] = 9
        got = resample(volume, tuple(shape), method=method)
        centers = np.moveaxis(got, axis, 0)[[1, 4, 7]]
        np.testing.assert_array_equal(centers, np.moveaxis(volume, axis, 0))
    still = resample(np.array([[1, bad, 3]], np.float32), (1, 1), method="nearest")
    assert not np.isfinite(still).any()

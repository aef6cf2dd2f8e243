"""Counts, percentiles and moments are NumPy's; matched histograms are what the definition gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.thorough import examples
from workbench.imaging.kernels.histograms import histogram, match_histogram, moments, percentiles
from workbench.imaging.threads import limit_threads

RANDOM = np.random.default_rng(4)
KINDS = ["uint8", "int8", "int16", "uint16", "int32", "uint32", "float32"]
some_kind = st.sampled_from(KINDS)


@st.composite
def images(draw: st.DrawFn) -> np.ndarray:
    """Draw a small image of any type, with negative, zero and largest values."""
    kind = np.dtype(draw(some_kind))
    elements = (
        st.floats(-(2.0**100), 2.0**100, width=32, allow_subnormal=False)
        if kind.kind == "f"
        else st.integers(int(np.iinfo(kind).min), int(np.iinfo(kind).max))
    )
    return draw(arrays.arrays(kind, st.integers(1, 12), elements=elements))


@given(image=images(), q=st.lists(st.floats(0, 100), min_size=1, max_size=3))
@settings(max_examples=examples(60), deadline=None)
def test_percentiles_are_numpys(image: np.ndarray, q: list[float]) -> None:
    np.testing.assert_array_equal(percentiles(image, q), np.percentile(image.astype(np.float64), q))


@given(image=images())
@settings(max_examples=examples(40), deadline=None)
def test_the_ends_and_the_middle_are_pixels(image: np.ndarray) -> None:
    odd = image[: len(image) - 1 + len(image) % 2]
    low, middle, high = percentiles(odd, [0, 50, 100])
    assert (low, middle, high) == tuple(np.sort(odd.astype(np.float64))[[0, len(odd) // 2, -1]])


@pytest.mark.parametrize("kind", KINDS)
def test_histograms_are_numpys(kind: str) -> None:
    image = RANDOM.normal(60, 40, 1001).clip(0, 127).astype(kind)
    mask = RANDOM.random(1001) < 0.3
    for low, high, bins in ((0, 127, 127), (10, 100.5, 7), (-5, 300, 1)):
        found = histogram(image, low=low, high=high, bins=bins)
        assert found.dtype == np.int64
        np.testing.assert_array_equal(found, np.histogram(image.astype(float), bins, (low, high))[0])
        found = histogram(image, low=low, high=high, bins=bins, mask=mask)
        np.testing.assert_array_equal(found, np.histogram(image[mask].astype(float), bins, (low, high))[0])


def test_a_pixel_on_the_last_edge_counts_and_nan_does_not() -> None:
    image = np.array([0, 1, 2, 2.0001, -0.1, np.nan], np.float32)
    assert histogram(image, low=0, high=2, bins=2).tolist() == [1, 2]


@pytest.mark.parametrize("kind", [*KINDS, "float64"])
def test_moments_are_numpys(kind: str) -> None:
    image = (RANDOM.normal(60, 10, 999) + 3).astype(kind)
    mask = RANDOM.random(999) < 0.5
    for found, of in ((moments(image), image), (moments(image, mask), image[mask])):
        wanted = of.astype(np.float64)
        np.testing.assert_allclose(found[:2], (wanted.mean(), wanted.std()), rtol=1e-12)
        assert found[2] == len(of)


def test_a_small_spread_about_a_large_mean_keeps_its_digits() -> None:
    image = np.full(10_000, 1e7, np.float32)
    image[::2] += 1
    assert moments(image) == (1e7 + 0.5, 0.5, 10_000)


def test_nan_counts_nowhere() -> None:
    image = np.array([np.nan, 1, 3, np.nan], np.float32)
    assert moments(image) == (2, 1, 2)
    assert percentiles(image, 50).tolist() == [2]


def test_threads_change_nothing() -> None:
    image = RANDOM.normal(0, 500, 1 << 21).astype(np.int16)
    mask = image > 0
    with limit_threads(1):
        alone = histogram(image, low=-1000, high=1000, bins=50, mask=mask)
    np.testing.assert_array_equal(histogram(image, low=-1000, high=1000, bins=50, mask=mask), alone)


def test_masks_may_be_numbers_and_images_have_any_shape() -> None:
    image = np.arange(12, dtype=np.uint16).reshape(3, 4).T
    mask = (image % 3 == 0).astype(np.int32) * 256  # whose lowest byte is 0
    assert moments(image, mask) == (4.5, np.sqrt(11.25), 4)  # 0, 3, 6, 9


def by_definition(image: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return the match pixel by pixel: the reference's value at the share of pixels up to this one's value."""
    target = np.unique(reference)
    wanted = [np.mean(reference <= value) for value in target]
    return np.array([np.interp(np.mean(image <= value), wanted, target) for value in image.ravel()]).reshape(
        image.shape
    )


@pytest.mark.parametrize("kind", ["uint8", "int16", "float32", "int32"])
@pytest.mark.parametrize("of_reference", ["uint16", "float32"])
def test_histograms_are_matched_by_their_definition(kind: str, of_reference: str) -> None:
    image = RANDOM.normal(100, 20, (13, 11)).astype(kind)
    reference = RANDOM.normal(900, 90, (17, 5)).astype(of_reference)
    found = match_histogram(image, reference)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, by_definition(image, reference), rtol=1e-6)


def test_matching_an_image_to_itself_changes_nothing() -> None:
    image = RANDOM.integers(-1000, 1000, (20, 20)).astype(np.int16)
    np.testing.assert_allclose(match_histogram(image, image), image, atol=1e-4)


def test_nan_stays_nan_when_matched() -> None:
    found = match_histogram(np.array([np.nan, 1, 2], np.float32), np.array([10, 30], np.float32))
    assert np.isnan(found).tolist() == [True, False, False]
    assert found[1:].tolist() == [10, 30]


@pytest.mark.parametrize("image", [np.zeros(3, np.int16), np.zeros(3, np.float32)])
def test_an_empty_mask_has_no_percentile_and_no_mean(image: np.ndarray) -> None:
    mask = np.zeros(3, bool)
    for ask in (lambda: percentiles(image, 50, mask=mask), lambda: moments(image, mask)):
        with pytest.raises(ValueError, match="inside the mask") as caught:
            ask()
        assert str(caught.value) == (
            "There is no pixel to count inside the mask. At least one with a value is needed. "
            "Look at the image for padding and NaN, and at the mask."
        )
    assert histogram(image, low=0, high=1, bins=2, mask=mask).tolist() == [0, 0]


def test_an_image_of_nan_has_nothing_to_match() -> None:
    with pytest.raises(ValueError, match="no pixel to count") as caught:
        match_histogram(np.full(3, np.nan, np.float32), np.ones(2, np.float32))
    assert str(caught.value) == (
        "There is no pixel to count. At least one with a value is needed. "
        "Look at the image for padding and NaN, and at the mask."
    )


@pytest.mark.parametrize("mask", [np.ones((2, 3), bool), np.ones((3, 2), np.float32)])
def test_a_mask_that_does_not_fit_is_refused(mask: np.ndarray) -> None:
    with pytest.raises(ValueError, match="A mask of") as caught:
        moments(np.ones((3, 2), np.float32), mask)
    assert str(caught.value) == (
        f"A mask of {mask.dtype} {mask.shape} came for an image of (3, 2). It must be boolean, of the same shape and "
        "on the same device. Resample it with the image, or move it with to_device."
    )


@pytest.mark.parametrize("q", [-1, 100.5, [50, np.nan]])
def test_shares_out_of_range_are_refused(q: float | list[float]) -> None:
    with pytest.raises(ValueError, match="Percentages") as caught:
        percentiles(np.ones(3, np.int16), q)
    shown = [float(one) for one in np.atleast_1d(q)]
    assert str(caught.value) == (
        f"q={shown} came. Percentages lie between 0 and 100. For the usual clip give [0.5, 99.5]."
    )


@pytest.mark.parametrize(("low", "high", "bins"), [(1, 1, 3), (0, np.inf, 3), (0, 1, 0)])
def test_a_histogram_without_room_is_refused(low: float, high: float, bins: int) -> None:
    with pytest.raises(ValueError, match="A histogram needs") as caught:
        histogram(np.ones(3, np.int16), low=low, high=high, bins=bins)
    assert str(caught.value) == (
        f"low={low:g}, high={high:g}, bins={bins} came. A histogram needs finite edges, high above low, and a bin. "
        "For HU of the lungs: low=-1024, high=0, bins=256."
    )

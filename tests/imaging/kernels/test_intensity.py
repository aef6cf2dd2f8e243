"""Windows as the standard's pseudo-code gives them, and what happens at their ends, to NaN and to padding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.imaging.kernels.intensity import clip, look_up, rescale_window, standardize, window_range
from workbench.imaging.threads import limit_threads

HU = np.arange(-1100, 3200, dtype=np.int16)


def by_the_standard(values, center, width):
    """Return PS3.3 C.11.2.1.2.1 as it is written, for y from 0 to 1."""
    values = values.astype(np.float64)
    inside = (values - (center - 0.5)) / (width - 1 or 1) + 0.5
    above = values > center - 0.5 + (width - 1) / 2
    return np.where(values <= center - 0.5 - (width - 1) / 2, 0, np.where(above, 1, inside))


@pytest.mark.parametrize(
    ("center", "width"), [(40, 400), (-600, 1500), (40, 1), (40.5, 1), (300, 2), (1000.25, 3000.5)]
)
def test_linear_windows_are_the_standards(center: float, width: float) -> None:
    low, high = window_range(center, width)
    found = rescale_window(HU, low=low, high=high)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, by_the_standard(HU, center, width), rtol=0, atol=2e-7)


@given(
    center=st.floats(-500, 500),
    width=st.floats(1, 4000),
    slope=st.sampled_from([1, 0.5, 2.44e-3, -1]),
    intercept=st.sampled_from([0, -1024, 0.25]),
)
@settings(max_examples=examples(40), deadline=None)
def test_rescale_and_window_are_one(center: float, width: float, slope: float, intercept: float) -> None:
    low, high = window_range(center, width)
    expected = by_the_standard(HU * np.float64(slope) + intercept, center, width)
    found = rescale_window(HU, low=low, high=high, slope=slope, intercept=intercept)
    if width - 1 > 1e-3:  # narrower, a threshold in float64 moves by its last digit
        np.testing.assert_allclose(found, expected, rtol=0, atol=4e-7)


def test_exact_windows_reach_half_a_width_to_each_side() -> None:
    assert window_range(100, 50, function="LINEAR_EXACT") == (75, 125)
    # 0, a half and 1 at 75, 100 and 125
    assert rescale_window(np.int16([75, 100, 125]), low=75, high=125).tolist() == [0, 0.5, 1]


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_whole_results_are_rounded_to_the_nearest(dtype: str) -> None:
    top = np.iinfo(dtype).max
    expected = np.floor(by_the_standard(HU, 40, 400) * top + 0.5)
    low, high = window_range(40, 400)
    difference = rescale_window(HU, low=low, high=high, dtype=dtype) - expected
    assert np.abs(difference).max() <= (dtype == "uint16")  # float32 may round a half of 65535 the other way


def test_inverting_exchanges_the_ends_but_not_for_padding_and_nan() -> None:
    image = np.array([0, 25, 100, np.nan, -2000], np.float32)
    assert rescale_window(image, low=0, high=100, padding=-2000, invert=True).tolist() == [1, 0.75, 0, 0, 0]
    assert rescale_window(image, low=0, high=100, padding=-2000).tolist() == [0, 0.25, 1, 0, 0]
    assert rescale_window(image, low=0, high=100, padding=25, dtype="uint8").tolist() == [0, 0, 255, 0, 0]


def test_padding_is_told_before_the_rescale() -> None:
    image = np.array([7, 8], np.uint16)
    assert rescale_window(image, slope=10, intercept=-80, low=-10, high=0, padding=7).tolist() == [0, 1]
    assert rescale_window(image, slope=-10, low=-75, high=-65, padding=7, dtype="uint8").tolist() == [0, 0]


def test_infinity_is_an_end() -> None:
    image = np.array([-np.inf, np.inf], np.float32)
    assert rescale_window(image, low=0, high=1).tolist() == [0, 1]
    assert rescale_window(image, low=0, high=1, invert=True).tolist() == [1, 0]


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "float16", "float64"]
)
def test_every_type_of_pixels_is_windowed(dtype: str) -> None:
    assert rescale_window(np.array([[0, 51, 100]], dtype), low=0, high=100, dtype="uint8").tolist() == [[0, 130, 255]]


def test_large_numbers_lose_nothing_in_a_narrow_window() -> None:
    image = np.array([2**30, 2**30 + 1, 2**30 + 2], np.int32)
    assert rescale_window(image, low=2**30, high=2**30 + 2).tolist() == [0, 0.5, 1]


def test_the_result_goes_where_it_is_told() -> None:
    out = np.empty(HU.shape, np.uint8)
    assert rescale_window(HU, low=0, high=100, dtype="uint8", out=out) is out
    np.testing.assert_array_equal(out, rescale_window(HU, low=0, high=100, dtype="uint8"))


def test_transposed_and_empty_images_are_windowed() -> None:
    image = HU[:4200].reshape(60, 70).T
    np.testing.assert_array_equal(rescale_window(image, low=0, high=9), rescale_window(image.copy(), low=0, high=9))
    assert rescale_window(np.empty((0, 3), np.int16), low=0, high=9).shape == (0, 3)


def test_threads_change_nothing() -> None:
    image = np.resize(HU, 1 << 21)
    with limit_threads(1):
        alone = rescale_window(image, low=-160, high=240)
    np.testing.assert_array_equal(rescale_window(image, low=-160, high=240), alone)


@pytest.mark.parametrize(
    "wrong",
    [{"low": 5, "high": 4}, {"low": np.nan, "high": 4}, {"low": 0, "high": 1, "slope": 0}, {"low": 0, "high": np.inf}],
)
def test_an_empty_window_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="A window needs") as caught:
        rescale_window(HU, **wrong)
    given_ = {"slope": 1, "intercept": 0, **wrong}
    assert str(caught.value) == (
        f"slope={given_['slope']:g}, intercept={given_['intercept']:g}, low={given_['low']:g}, high={given_['high']:g} "
        "came. A window needs finite numbers, a slope other than 0 and high at least low. "
        "Look at the header's rescale and window."
    )


@pytest.mark.parametrize(
    ("center", "width", "function", "words"),
    [
        (40, 0.5, "LINEAR", "a width of at least 1"),
        (40, 0, "LINEAR_EXACT", "a width above 0"),
        (np.nan, 400, "LINEAR", "a width of at least 1"),
        (40, np.inf, "LINEAR_EXACT", "a width above 0"),
    ],
)
def test_a_window_that_the_standard_forbids_is_refused(center, width, function, words) -> None:
    with pytest.raises(ValueError, match="A window of center") as caught:
        window_range(center, width, function=function)
    assert str(caught.value) == (
        f"A window of center {center:g} and width {width:g} came. {function} needs finite numbers and {words}. "
        "Choose another window, or clip at percentiles."
    )


def test_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="dtype") as caught:
        rescale_window(HU, low=0, high=1, dtype="int8")
    assert str(caught.value) == (
        "dtype='int8' came. A window gives 'float32', 'uint8' or 'uint16'. Choose one of these."
    )


def test_a_place_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="out is") as caught:
        rescale_window(HU[:6], low=0, high=1, out=np.empty((2, 3), np.float64))
    assert str(caught.value) == (
        "out is float64 (2, 3). It must be writable and contiguous, float32 (6,), on the device of the array, and the "
        "array itself or apart from it. Leave it out to get a new array."
    )


def test_standardizing_gives_mean_zero_and_deviation_one() -> None:
    image = np.array([2, 4, 4, 4, 5, 5, 7, 9], np.int16)  # mean 5, deviation 2
    assert standardize(image, 5, 2).tolist() == [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]
    assert np.isnan(standardize(np.array([np.nan, 1], np.float32), 0, 1)).tolist() == [True, False]


@pytest.mark.parametrize("deviation", [0, -1, np.nan, np.inf])
def test_an_image_without_contrast_has_no_standard(deviation: float) -> None:
    with pytest.raises(ValueError, match="deviation") as caught:
        standardize(HU, 3, deviation)
    assert str(caught.value) == (
        f"mean=3 and deviation={deviation:g} came. A standardized image needs finite numbers and a deviation above 0, "
        "so one whose pixels differ. Look at the image or at its mask."
    )


def test_clipping_keeps_the_type() -> None:
    assert clip(np.uint8([0, 100, 255]), -5, 99.9).tolist() == [0, 99, 99]
    assert clip(np.float32([0, np.nan, 2.5]), 0.5, 2)[[0, 2]].tolist() == [0.5, 2]
    assert clip(HU, -1e12, 1e12).dtype == np.int16
    assert clip(np.float32([-5, 5]), -1e300, 1e300).tolist() == [-5, 5]


@pytest.mark.parametrize(("low", "high"), [(5, 4), (4.2, 4.8), (np.nan, 1), (300, 400), (-9, -3)])
def test_clipping_to_nothing_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="There must be a value") as caught:
        clip(np.zeros(1, np.uint8), low, high)
    assert str(caught.value).endswith(
        "There must be a value between low and high. Give them in the image's units, the lower first."
    )


def test_tables_are_looked_up_by_value() -> None:
    image = np.array([[-2, 0], [1, -1]], np.int16)
    assert look_up(image, np.array([9, 8, 7, 6], np.uint8), lowest=-2).tolist() == [[9, 7], [6, 8]]


def test_a_value_that_the_table_has_not_is_refused() -> None:
    for image, span in ((np.array([5], np.int16), "5 to 5"), (np.array([-7, 0], np.int32), "-7 to 0")):
        with pytest.raises(ValueError, match="table") as caught:
            look_up(image, np.array([1.0, 2.0]), lowest=0)
        assert str(caught.value) == (
            f"Pixels from {span} came for a table of the values 0 to 1. An entry for each pixel would be right. "
            "Clip the image to the table, or make the table longer."
        )
    with pytest.raises(TypeError) as real:
        look_up(np.array([0.5]), np.array([1.0, 2.0]), lowest=0)
    assert str(real.value) == (
        "An array of float64 came. A table is looked up by whole numbers. Round it: numpy.rint(array).astype('int32')."
    )
    assert look_up(np.zeros((0, 2), np.int16), np.array([1.0]), lowest=0).shape == (0, 2)


def test_a_window_may_replace_its_image_but_not_lie_across_it_nor_where_nothing_is_written() -> None:
    image = np.arange(17, dtype=np.float32)
    expected = rescale_window(image[:-1], low=0, high=15).tolist()
    with pytest.raises(ValueError, match="the array itself or apart from it"):
        rescale_window(image[:-1], low=0, high=15, out=image[1:])
    assert rescale_window(image[:-1], low=0, high=15, out=image[:-1]).tolist() == expected
    image.flags.writeable = False
    with pytest.raises(ValueError, match="It must be writable and contiguous"):
        rescale_window(np.zeros(17), low=0, high=15, out=image)


def test_ends_beyond_the_numbers_of_the_image_are_refused_and_a_width_of_nothing_is_a_threshold() -> None:
    image = np.array([-1, 0, 1], np.int16)
    with pytest.raises(ValueError, match="came for pixels") as caught:
        rescale_window(image, low=-1e300, high=1e300)
    assert str(caught.value) == (
        "low=-1e+300, high=1e+300 came for pixels of int16. Ends that the image's numbers reach would be right, within "
        "±3.4e+38. Give ends near the image's values."
    )
    assert rescale_window(image, low=0, high=1e-300).tolist() == [0, 0, 1]
    assert rescale_window(image.astype(np.int32), low=-1e300, high=1e300).tolist() == [0.5, 0.5, 0.5]
    assert standardize(image, 0, 1e-300)[1] == 0

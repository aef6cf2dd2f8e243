"""Steps that move pixels keep values, spacing and place right."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.imaging.images import Radiograph, Volume
from workbench.imaging.preprocessing.geometry import crop, crop_square, flip, orient, pad
from workbench.imaging.preprocessing.resizing import resample, resize


def test_columns_of_a_volume_in_lps_run_to_the_left_and_of_one_in_ras_to_the_right(chest: Volume) -> None:
    turned = orient(chest, to="RAS")
    assert np.allclose(turned.direction, [(0, 0, 1), (0, -1, 0), (-1, 0, 0)])
    assert np.argwhere(turned.array == 400).tolist() == [[8, 20 - 1 - 14, 24 - 1 - 17]]
    assert np.allclose(turned.origin_mm, (10 + 23, 20 + 19, 30))  # the corner that was opposite


@settings(max_examples=examples(20), deadline=None)
@given(st.sampled_from(["LPS", "RAS", "SPL", "ILA"]), st.sampled_from(["LPS", "RAS", "PSR"]))
def test_orienting_twice_is_orienting_once(first: str, second: str) -> None:
    array = np.arange(2 * 3 * 4).reshape(2, 3, 4).astype(np.int16)
    volume = Volume(array, spacing_mm=(3.0, 2.0, 1.0), origin_mm=(1.0, 2.0, 3.0))
    twice, once = orient(orient(volume, to=first), to=second), orient(volume, to=second)
    assert twice.array.tolist() == once.array.tolist()
    assert np.allclose(twice.origin_mm, once.origin_mm)
    assert np.allclose(twice.direction, once.direction)
    assert twice.spacing_mm == once.spacing_mm
    assert orient(once, to=second).array.tolist() == once.array.tolist()


def test_an_oblique_volume_is_turned_to_the_nearest_axes_and_says_so() -> None:
    tilt = np.radians(20)
    direction = ((0.0, -np.sin(tilt), np.cos(tilt)), (0.0, np.cos(tilt), np.sin(tilt)), (1.0, 0.0, 0.0))
    volume = Volume(np.zeros((2, 3, 4)), spacing_mm=(1.0, 1.0, 1.0), direction=direction)
    turned = orient(volume)
    assert np.allclose(turned.direction, direction)
    assert turned.flags == ("The axes are oblique by 20°: they lead nearest to LPS, not exactly there.",)


@settings(max_examples=examples(25), deadline=None)
@given(st.tuples(st.integers(1, 9), st.integers(1, 9)), st.tuples(st.integers(0, 7), st.integers(0, 7)))
def test_cropping_what_was_padded_gives_the_image_back(shape: tuple[int, int], more: tuple[int, int]) -> None:
    array = np.arange(shape[0] * shape[1]).reshape(shape)
    image = Radiograph(array, spacing_mm=(1.0, 1.0))
    padded = pad(image, shape=[n + extra for n, extra in zip(shape, more, strict=True)], fill=-1)
    back = crop(padded, shape=shape)
    assert back.array.tolist() == array.tolist()
    assert np.allclose(back.index_to_source, np.eye(3))


def test_padding_takes_the_padding_value_or_else_the_lowest(radiograph: Radiograph) -> None:
    assert pad(radiograph.replace(padding_value=7.0), shape=(42, 60)).array[0, 0] == 7
    assert pad(radiograph.replace(array=radiograph.array + 5), shape=(42, 60)).array[0, 0] == 5


def test_the_largest_square_is_the_middle(radiograph: Radiograph) -> None:
    square = crop_square(radiograph)
    assert square.array.tolist() == radiograph.array[:, 10:50].tolist()


def test_flipping_reverses_the_patient_orientation_with_the_pixels(radiograph: Radiograph) -> None:
    flipped = flip(radiograph)
    assert flipped.array[0, 0] == 59
    assert flipped.patient_orientation == ("R", "F")
    assert flip(radiograph, axis="rows").patient_orientation == ("L", "H")
    assert flip(flipped).array.tolist() == radiograph.array.tolist()


def test_resampling_keeps_the_extent_and_states_the_true_spacing(chest: Volume) -> None:
    fine = resample(chest, spacing_mm=(1.0, None, 1.6))
    assert fine.shape == (24, 20, 15)  # 24 mm, untouched, 24 mm / 1.6 mm
    assert fine.spacing_mm == (1.0, 1.0, 1.6)
    # The first center moves by half of the change in spacing: −0.5 mm along z, +0.3 mm along x.
    assert np.allclose(fine.origin_mm, (10.3, 20.0, 29.5))
    assert fine.array.dtype == np.int16


def test_resampling_takes_values_between_centers_linearly() -> None:
    image = Radiograph(np.array([[0, 100]], np.int16), spacing_mm=(1.0, 2.0))
    # New centers at −¼, ¼, ¾ and 1¼ of the old index; those beyond the outermost take its value.
    assert resample(image, spacing_mm=(1.0, 1.0)).array.tolist() == [[0, 25, 75, 100]]


def test_resizing_keeps_proportions_and_pads_evenly() -> None:
    image = Radiograph(np.full((10, 20), 9, np.uint8), spacing_mm=(1.0, 1.0))
    done = resize(image, shape=(8, 8), fill=0)
    assert done.array.tolist() == [[0] * 8] * 2 + [[9] * 8] * 4 + [[0] * 8] * 2
    assert done.spacing_mm == (2.5, 2.5)
    assert resize(image, shape=(5, 5), aspect="stretch").spacing_mm == (2.0, 4.0)


@pytest.mark.parametrize(
    ("spacing", "message"),
    [
        (
            None,
            "The image has no known spacing, and resampling needs it. Millimeters between pixel centers would be "
            "right. "
            "State them: image.replace(spacing_mm=(…)), or use a pipeline that resizes to a shape.",
        ),
        (
            (0.0, 1.0, 1.0),
            "The image's spacing is 0 × 1 × 1 mm. Positive, finite millimeters would be right. Correct them: "
            "image.replace(spacing_mm=(…)).",
        ),
        (
            (float("nan"), 1.0, 1.0),
            "The image's spacing is nan × 1 × 1 mm. Positive, finite millimeters would be right. Correct them: "
            "image.replace(spacing_mm=(…)).",
        ),
        (
            (1e9, 1.0, 1.0),
            "resample would make 12,000,000,000 × 20 × 24 pixels, 10,728.8 GiB. At most 4 GiB would be right. Ask for "
            "fewer pixels, and see whether the image's spacing is right.",
        ),
    ],
)
def test_absurd_spacings_are_refused(chest: Volume, spacing: Any, message: str) -> None:
    with pytest.raises(ValueError, match="would be right") as error:
        resample(chest.replace(spacing_mm=spacing), spacing_mm=(1.0, 1.0, 1.0))
    assert str(error.value) == message

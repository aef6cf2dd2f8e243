"""Windows, percentiles, z-scores and casts, against numbers worked out by hand."""

from typing import Any

import numpy as np
import pytest

from workbench.imaging.images import Image, Radiograph, Volume
from workbench.imaging.preprocessing.contrast import cast, clahe, equalize, invert, match_histogram, to_gray
from workbench.imaging.preprocessing.intensity import clip, file_window, percentile_clip, percentile_window, window
from workbench.imaging.preprocessing.scores import scale_to, standardize, z_score


def _row(*values: float, dtype: Any = np.int16, **more: Any) -> Radiograph:
    return Radiograph(np.array([values], dtype), spacing_mm=None, **more)


def test_a_window_spreads_its_values_over_0_to_1() -> None:
    done = window(_row(-2000, -1000, -300, 400, 3000, units="HU"), low=-1000, high=400, units="HU")
    assert done.array.tolist() == [[0.0, 0.0, 0.5, 1.0, 1.0]]
    assert (done.units, str(done.array.dtype)) == ("0 to 1", "float32")


def test_a_window_inverts_and_casts_in_the_same_pass_and_keeps_padding_dark() -> None:
    image = _row(-2000, -1000, 400, units="HU", padding_value=-2000.0)
    done = window(image, low=-1000, high=400, units="HU", invert=True, to="uint8")
    assert done.array.tolist() == [[0, 255, 0]]  # padding stays dark where −1000 HU turns bright
    assert done.padding_value == 0


def test_the_window_of_the_file_follows_its_clause() -> None:
    # C.11.2.1.2.1 with center 100 and width 201: from 100 − 0.5 − 100 to 100 − 0.5 + 100.
    done = file_window(_row(-1, 0, 99, 199, 200, windows=((100.0, 201.0),)), to="float32")
    assert done.provenance["steps"][0]["measured"] == {"low": -0.5, "high": 199.5}
    assert np.allclose(done.array, [[0, 0.0025, 0.4975, 0.9975, 1]])


def test_without_a_window_in_the_file_percentiles_take_its_place(radiograph: Radiograph) -> None:
    done = file_window(radiograph, lower=25, upper=75)
    # 2,400 values 0 … 2399: the 25th percentile is 0.25 · 2399.
    assert done.provenance["steps"][0]["measured"] == {"low": 599.75, "high": 1799.25}


def test_padding_and_what_lies_outside_the_mask_do_not_count() -> None:
    image = _row(-9, -9, 0, 10, 20, padding_value=-9.0)
    assert percentile_window(image, lower=0, upper=100).provenance["steps"][0]["measured"] == {"low": 0, "high": 20}
    mask = np.array([[False, False, False, True, True]])
    found = percentile_clip(image, lower=0, upper=50, mask=mask)
    assert found.array.tolist() == [[10, 10, 10, 10, 15]]


def test_a_constant_image_is_flagged_and_comes_out_dark() -> None:
    done = percentile_window(_row(5, 5, 5), lower=1, upper=99)
    assert done.array.tolist() == [[0.0, 0.0, 0.0]]
    assert done.flags == ("All pixels that were measured have the same value: the result carries no information.",)


def test_clipping_leaves_units_and_type() -> None:
    done = clip(_row(-5, 0, 7, units="HU"), low=-1, high=3, units="HU")
    assert (done.array.tolist(), done.units, done.array.dtype) == ([[-1, 0, 3]], "HU", np.int16)


def test_a_z_score_has_mean_0_and_deviation_1_inside_its_mask() -> None:
    mask = np.array([[True, True, False]])
    done = z_score(_row(2, 4, 90), mask=mask, outside="zero")
    assert done.array.tolist() == [[-1.0, 1.0, 0.0]]  # mean 3, deviation 1
    assert done.provenance["steps"][0]["measured"] == {"mean": 3.0, "deviation": 1.0, "n_pixels": 2}
    assert z_score(_row(2, 4, 90), mask=mask).array.tolist() == [[-1.0, 1.0, 87.0]]


def test_a_z_score_of_a_constant_image_is_0_and_flagged() -> None:
    done = z_score(_row(4, 4))
    assert (done.array.tolist(), len(done.flags)) == ([[0.0, 0.0]], 1)


def test_a_given_mean_and_deviation_are_used_as_they_are() -> None:
    done = standardize(_row(100, 200, units="HU", padding_value=0.0), mean=100, deviation=50, units="HU")
    assert (done.array.tolist(), done.units, done.padding_value) == ([[0.0, 2.0]], "standard deviations", -2.0)


def test_a_scale_is_stretched_evenly() -> None:
    done = scale_to(_row(0, 127.5, 255, dtype=np.float32, units="0 to 255"), low=-1024, high=1024)
    assert (done.array.tolist(), done.units) == ([[-1024.0, 0.0, 1024.0]], "-1024 to 1024")


def test_bright_and_dark_are_exchanged_on_the_same_scale() -> None:
    assert invert(_row(0, 10, 255, dtype=np.uint8, units="0 to 255")).array.tolist() == [[255, 245, 0]]
    assert invert(_row(-1024, 24, dtype=np.float32, units="-1024 to 1024")).array.tolist() == [[1024.0, -24.0]]


def test_a_cast_rounds_to_the_nearest_and_spreads_the_scale() -> None:
    done = cast(_row(0, 0.5, 1, dtype=np.float32, units="0 to 1"), to="uint16")
    assert (done.array.tolist(), done.units) == ([[0, 32768, 65535]], "0 to 65535")


def test_gray_is_the_luminance_and_equal_colors_stay_exact() -> None:
    colors = np.array([[[100, 100, 100], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    # 0.299 · 255 = 76.2, 0.587 · 255 = 149.7, 0.114 · 255 = 29.1
    assert to_gray(Radiograph(colors, spacing_mm=None)).array.tolist() == [[100, 76, 150, 29]]


def test_equalizing_gives_opencv_s_table() -> None:
    image = _row(10, 10, 20, 30, dtype=np.uint8, units="0 to 255")
    # Counts 2, 1, 1; less the lowest 2: 0, 1 and 2 of 2, so 0, 127.5 and 255; a half is rounded to even.
    assert equalize(image).array.tolist() == [[0, 0, 128, 255]]


def test_matching_an_image_to_itself_changes_nothing(radiograph: Radiograph) -> None:
    assert match_histogram(radiograph, reference=radiograph).array.tolist() == radiograph.array.tolist()


def test_local_equalization_leaves_scale_and_type(radiograph: Radiograph) -> None:
    done = clahe(percentile_window(radiograph, lower=0, upper=100, to="uint8"), tiles=(2, 2))
    assert (done.array.dtype, done.units, done.shape) == (np.uint8, "0 to 255", (40, 60))


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (
            lambda image: window(image, low=-1000, high=400, units="HU"),
            "The volume's values are in unknown units, and window gives its numbers in HU. HU would be right. If you "
            "know that they are HU, say so: image.replace(units='HU').",
        ),
        (
            invert,
            "invert came on values in unknown units. A bounded scale such as '0 to 1' would be right. Put a window "
            "before it.",
        ),
        (
            clahe,
            "clahe came on float64 values in unknown units. Whole numbers, 0 to 255 or 0 to 65535, would be right. "
            "Put a "
            "window with to: uint8 or to: uint16 before it.",
        ),
        (
            equalize,
            "equalize came on float64 values in unknown units. Whole numbers from 0 to 255 would be right. Put a "
            "window "
            "with to: uint8 before it.",
        ),
    ],
)
def test_steps_say_what_scale_they_need(step: Any, message: str) -> None:
    with pytest.raises(ValueError, match="would be right") as error:
        step(Volume(np.zeros((2, 2, 2)), spacing_mm=None))
    assert str(error.value) == message


def test_colors_are_refused_where_gray_is_needed() -> None:
    image: Image = Radiograph(np.zeros((4, 5, 3), np.uint8), spacing_mm=None)
    with pytest.raises(ValueError, match="would be right") as error:
        percentile_window(image, lower=0, upper=100)
    assert str(error.value) == (
        "percentile_window came on a color image of shape 4 × 5 × 3. Gray values would be right. Put the step to_gray "
        "before it."
    )


def test_a_reference_must_be_a_file_that_is_there(radiograph: Radiograph, tmp_path: Any) -> None:
    with pytest.raises(ValueError, match="would be right") as error:
        match_histogram(radiograph, reference=tmp_path / "none.npy")
    assert str(error.value) == (
        "Received the reference '…none.npy'. An existing .npy file would be right. Write one: "
        "numpy.save('reference.npy', array)."
    )
    np.save(tmp_path / "one.npy", radiograph.array)
    done = match_histogram(radiograph, reference=tmp_path / "one.npy")
    assert done.provenance["steps"][0]["parameters"]["reference"].startswith("sha256:")

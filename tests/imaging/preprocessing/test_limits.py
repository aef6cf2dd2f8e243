"""What an array cannot hold is refused in words: bytes, and values out of a kind of number's range."""

from collections.abc import Callable

import numpy as np
import pytest

from workbench.imaging.images import Image, Radiograph, Volume
from workbench.imaging.preprocessing import limits
from workbench.imaging.preprocessing.geometry import orient, pad
from workbench.imaging.preprocessing.limits import held_value, outside_value
from workbench.imaging.preprocessing.masks import blank_outside, find_foreground
from workbench.imaging.preprocessing.resizing import resample, resize
from workbench.imaging.preprocessing.scores import scale_to


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (lambda image: resize(image, shape=(20_000,) * 3), "resize would make 20,000 × 20,000 × 20,000 pixels, 14,901"),
        (lambda image: pad(image, shape=(20_000,) * 3), "pad would make 20,000 × 20,000 × 20,000 pixels, 14,901"),
        (lambda image: resample(image, spacing_mm=(0.001,) * 3), "resample would make 24,000 × 20,000 × 24,000 pixels"),
    ],
)
def test_more_than_4_gib_are_refused(chest: Volume, step: Callable[[Image], Image], words: str) -> None:
    with pytest.raises(ValueError, match="would make") as error:
        step(chest)
    assert str(error.value).startswith(words)
    assert str(error.value).endswith(
        " GiB. At most 4 GiB would be right. Ask for fewer pixels, and see whether the image's spacing is right."
    )


def test_bytes_count_and_not_pixels(chest: Volume) -> None:
    wide = chest.replace(array=chest.array.astype(np.float64))
    with pytest.raises(ValueError, match=r"pad would make 12 × 10,000 × 10,000 pixels, 8\.9 GiB"):
        pad(wide, shape=(12, 10_000, 10_000))


def test_an_image_that_is_large_already_may_be_turned(monkeypatch: pytest.MonkeyPatch, chest: Volume) -> None:
    monkeypatch.setattr(limits, "_MOST_GIB", 1e-6)
    assert orient(chest, to="RAS").shape == chest.shape
    with pytest.raises(ValueError, match="pad would make"):
        pad(chest, shape=(13, 20, 24))


@pytest.mark.parametrize(("value", "dtype"), [(-1024, "uint8"), (256, "uint8"), (0.5, "int16"), (1e39, "float32")])
def test_a_fill_that_the_image_cannot_hold_is_refused(value: float, dtype: str) -> None:
    image = Radiograph(np.ones((2, 2), dtype), spacing_mm=None)
    for step in (
        lambda: pad(image, shape=(4, 4), fill=value),
        lambda: blank_outside(image, value=value, mask=image.array > 0),
    ):
        with pytest.raises(ValueError, match="fills with"):
            step()
    with pytest.raises(ValueError, match="fills with") as error:
        held_value(-1024, np.dtype("uint8"), "blank_outside")
    assert str(error.value) == (
        "blank_outside fills with -1024, and the image holds numbers of the kind uint8. A whole number from 0 to 255 "
        "would be right. Give one, or put the step before the window or the cast."
    )


def test_a_padding_value_that_the_image_cannot_hold_fills_nothing() -> None:
    image = Radiograph(np.full((2, 2), 7, np.uint8), spacing_mm=None, padding_value=-2000.0)
    assert outside_value(image) == 7
    assert pad(image, shape=(4, 4)).array.min() == 7


def test_a_scale_without_a_span_is_none() -> None:
    image = Radiograph(np.full((2, 2), 5.0), spacing_mm=None, units="5 to 5")
    with pytest.raises(ValueError, match="scale_to") as error:
        scale_to(image, low=0, high=1)
    assert str(error.value) == (
        "scale_to came on values in 5 to 5. A bounded scale such as '0 to 1' would be right. Put a window before it."
    )


def test_a_method_of_a_threshold_needs_one(chest: Volume) -> None:
    with pytest.raises(ValueError, match="threshold") as error:
        find_foreground(chest, method="threshold")
    assert str(error.value) == (
        "find_foreground came with the method 'threshold' and without one. A number in the image's units would be "
        "right. Add 'threshold: …', or take the method otsu."
    )

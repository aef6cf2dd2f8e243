"""Where the patient is, and what is done with it."""

from typing import Any

import numpy as np
import pytest

from workbench.imaging.images import Cine, Radiograph, Volume
from workbench.imaging.preprocessing.masks import (
    blank_outside,
    box_of,
    crop_to_foreground,
    find_foreground,
    otsu_threshold,
)


def test_otsu_s_threshold_lies_between_two_classes() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(0, 5, 4000), rng.normal(100, 5, 1000)]).astype(np.float32)
    assert 20 < otsu_threshold(values) < 80
    assert otsu_threshold(np.full(5, 7)) == 7


def test_the_largest_part_is_kept_and_its_holes_are_filled(ball: Any) -> None:
    head = ball((20, 40, 40))
    image = Volume(np.where(head, 300, 5).astype(np.int16), spacing_mm=None)
    image.array[10, 18:22, 18:22] = 0  # a hole
    image.array[0, 0, 0] = 300  # a speck
    assert (find_foreground(image) == head).all()
    coarse = find_foreground(image, reduce=2)
    assert 2 * (coarse & head).sum() / (coarse.sum() + head.sum()) > 0.9


def test_a_threshold_has_units_and_everything_above_it_counts() -> None:
    image = Radiograph(np.array([[-900, -500, -499, 40]], np.int16), spacing_mm=None, units="HU")
    found = find_foreground(image, method="threshold", threshold=-500, units="HU", largest=0)
    assert found.tolist() == [[False, False, True, True]]
    with pytest.raises(ValueError, match="The radiograph's values are in HU, and find_foreground gives its numbers in"):
        find_foreground(image, method="threshold", threshold=-500, units="g/ml")


def test_the_sector_of_a_clip_is_what_changes(clip_of_us: Cine) -> None:
    gray = clip_of_us.replace(array=clip_of_us.array[..., 0])
    found = find_foreground(gray, method="changing")
    assert box_of(found) == ([5, 10], [20, 20])


def test_the_box_around_the_foreground_has_a_margin_as_far_as_the_image_goes(chest: Volume) -> None:
    mask = chest.array > -500
    done = crop_to_foreground(chest, margin=4, mask=mask)
    assert done.shape == (6 + 3 + 3, 10 + 4 + 4, 12 + 4 + 4)  # three slices each are all there are
    assert done.array.max() == 400


def test_an_empty_mask_crops_nothing_and_is_flagged(chest: Volume) -> None:
    done = crop_to_foreground(chest, mask=np.zeros(chest.shape, bool))
    assert (done.shape, done.flags) == (chest.shape, ("No foreground was found: the image was not cropped.",))


def test_what_lies_outside_the_mask_gets_one_value(chest: Volume) -> None:
    done = blank_outside(chest, value=-3000, mask=chest.array == 400)
    assert (np.unique(done.array).tolist(), done.padding_value) == ([-3000, 400], -3000)


def test_a_mask_of_every_frame_gives_one_box_for_all(clip_of_us: Cine) -> None:
    mask = np.zeros((3, 30, 40), bool)
    mask[0, 5, 10] = mask[2, 9, 19] = True
    assert crop_to_foreground(clip_of_us, mask=mask).shape == (3, 5, 10, 3)

"""Points and masks find their way back through every step that moves pixels."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.imaging.images import Cine, Image, Radiograph, Source, Volume
from workbench.imaging.preprocessing.geometry import crop, crop_square, flip, orient, pad
from workbench.imaging.preprocessing.mapping import (
    map_mask_back,
    map_mask_forward,
    map_points_back,
    map_points_forward,
    pull,
)
from workbench.imaging.preprocessing.resizing import resample, resize

_SIDES = st.permutations(["LR", "PA", "SI"]).flatmap(
    lambda axes: st.tuples(*(st.sampled_from(axis) for axis in axes)).map("".join)
)
_MOVES = st.one_of(
    _SIDES.map(lambda sides: (orient, {"to": sides})),
    st.sampled_from(["slices", "rows", "columns"]).map(lambda axis: (flip, {"axis": axis})),
    st.tuples(*[st.integers(6, 30)] * 3).map(lambda shape: (crop, {"shape": shape})),
    st.tuples(*[st.integers(6, 30)] * 3).map(lambda shape: (pad, {"shape": shape})),
    st.tuples(*[st.integers(8, 28)] * 3).map(lambda shape: (resize, {"shape": shape})),
    st.tuples(*[st.floats(0.6, 3.0)] * 3).map(lambda spacing: (resample, {"spacing_mm": spacing})),
)


def _volume(array: Any = None) -> Volume:
    values = np.zeros((14, 18, 20), np.int16) if array is None else array
    return Volume(values, spacing_mm=(2.0, 1.0, 1.5), source=Source(shape=values.shape))


def _dice(one: Any, other: Any) -> float:
    return 2 * float((one & other).sum()) / float(one.sum() + other.sum())


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(_MOVES, min_size=1, max_size=4), st.tuples(*[st.floats(-3, 25)] * 3))
def test_a_point_comes_back_to_itself_whatever_moved_the_pixels(moves: list[Any], point: tuple[float, ...]) -> None:
    image = _volume()
    for step, parameters in moves:
        image = step(image, **parameters)
    there = map_points_forward([point], image)
    assert np.abs(map_points_back(there, image) - point).max() < 1e-6


@settings(max_examples=examples(15), deadline=None)
@given(st.lists(_MOVES, min_size=1, max_size=3))
def test_a_point_of_the_index_is_the_same_point_of_the_patient(moves: list[Any]) -> None:
    image = before = _volume()
    for step, parameters in moves:
        image = step(image, **parameters)
    at = np.array([[1.0, 2.0, 3.0]])
    assert np.allclose(_in_patient(image, at), _in_patient(before, map_points_back(at, image)), atol=1e-6)


def _in_patient(image: Image, points: Any) -> Any:
    assert isinstance(image, Volume)
    steps = np.array(image.direction).T * np.array(image.spacing_mm)
    return np.array(image.origin_mm) + points @ steps.T


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (1.5, 0.8, 0.7), (2.5, 1.2, 1.2)])
def test_a_convex_mask_survives_there_and_back(spacing: tuple[float, ...], ball: Any) -> None:
    mask = ball((40, 80, 90))
    image = resample(_volume(np.zeros(mask.shape, np.int16)).replace(spacing_mm=(2.0, 1.0, 1.0)), spacing_mm=spacing)
    image = orient(image, to="RAI")
    there = map_mask_forward(mask, image)
    assert there.shape == image.shape
    assert _dice(map_mask_back(there, image), mask) >= 0.98


def test_labels_keep_their_numbers_and_their_type() -> None:
    labels = np.zeros((6, 6), np.uint8)
    labels[1, 1], labels[4, 5] = 3, 7
    image = resize(Radiograph(np.zeros((6, 6)), spacing_mm=None), shape=(12, 12), aspect="stretch")
    there = map_mask_forward(labels, image)
    assert (there.dtype, sorted(np.unique(there).tolist())) == (np.uint8, [0, 3, 7])
    assert map_mask_back(there, image).tolist() == labels.tolist()


def test_one_mask_or_one_for_each_frame_maps_for_a_cine() -> None:
    cine = crop_square(Cine(np.zeros((2, 4, 8)), spacing_mm=None))
    one = np.arange(32).reshape(4, 8) % 3
    assert map_mask_forward(one, cine).tolist() == one[:, 2:6].tolist()
    each = np.stack([one, one + 1])
    assert map_mask_forward(each, cine).tolist() == each[:, :, 2:6].tolist()


def test_a_mask_is_empty_where_the_image_does_not_reach() -> None:
    image = crop(Radiograph(np.zeros((4, 4)), spacing_mm=None, source=Source(shape=(4, 4))), shape=(2, 2))
    assert map_mask_back(np.ones((2, 2), bool), image).astype(int).tolist() == [
        [0, 0, 0, 0],
        [0, 1, 1, 0],
        [0, 1, 1, 0],
        [0, 0, 0, 0],
    ]


def test_an_oblique_way_back_goes_through_the_affine_kernel() -> None:
    sheared = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    mask = np.zeros((4, 4), bool)
    mask[2, 1] = True  # new (1, 1) takes old (1 + 1, 1)
    assert np.argwhere(pull(mask, sheared, (4, 4), axes=(0, 1))).tolist() == [[1, 1]]


def test_a_mask_of_another_shape_is_refused() -> None:
    image = Radiograph(np.zeros((4, 6)), spacing_mm=None)
    with pytest.raises(ValueError, match="would be right") as error:
        map_mask_back(np.zeros((6, 4)), image)
    assert str(error.value) == (
        "Received a mask of shape 6 × 4. 4 × 6 would be right, as the image has 24 pixels. Give the mask of this image."
    )


def test_an_image_that_forgot_its_source_cannot_map_back() -> None:
    image = Radiograph(np.zeros((4, 6)), spacing_mm=None, index_to_source=np.eye(3))
    with pytest.raises(ValueError, match="would be right") as error:
        map_mask_back(np.zeros((4, 6)), image)
    assert str(error.value) == (
        "The image does not say with which shape it was read. image.source.shape would be right. Map masks of what "
        "read_series, read_radiograph, read_cine or preprocess returned."
    )


def test_points_need_an_index_for_each_axis_of_space() -> None:
    with pytest.raises(ValueError, match="would be right") as error:
        map_points_back([[1, 2, 3]], Radiograph(np.zeros((4, 6)), spacing_mm=None))
    assert str(error.value) == (
        "Received points of shape (1, 3). (n, 2) would be right: an index for each axis of space. Give one row a "
        "point, such as [[0, 0]]."
    )
    assert map_points_back([], Radiograph(np.zeros((4, 6)), spacing_mm=None)).shape == (0, 2)

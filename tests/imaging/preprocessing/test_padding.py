"""Padding is mixed with nothing and counted nowhere."""

from typing import Any

import numpy as np
import pytest

from workbench.imaging.images import Radiograph, Volume
from workbench.imaging.preprocessing.intensity import clip, percentile_clip
from workbench.imaging.preprocessing.mapping import map_mask_forward
from workbench.imaging.preprocessing.masks import find_foreground
from workbench.imaging.preprocessing.padding import measured_pixels, resampled
from workbench.imaging.preprocessing.pipelines import read_pipeline
from workbench.imaging.preprocessing.resizing import resample, resize
from workbench.imaging.preprocessing.scores import z_score

METHODS = ("linear", "area", "cubic")


@pytest.fixture
def round_field() -> Volume:
    """Tissue of 40 HU in a disc of each slice, and −3024 around it, as scanners write it."""
    y, x = np.mgrid[:64, :64]
    array = np.full((10, 64, 64), -3024, np.int16)
    array[:, (y - 32) ** 2 + (x - 32) ** 2 < 28**2] = 40
    return Volume(array, spacing_mm=(3.0, 1.4, 1.4), units="HU", modality="CT", padding_value=-3024.0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", ["int16", "float32"])
@pytest.mark.parametrize("spacing_mm", [1.0, 4.1])
def test_a_resampled_pixel_is_all_padding_or_none(
    round_field: Volume, method: Any, dtype: str, spacing_mm: float
) -> None:
    image = round_field.replace(array=round_field.array.astype(dtype))
    done = resample(image, spacing_mm=(spacing_mm,) * 3, method=method)
    inside = map_mask_forward(image.array != -3024, done)
    assert (done.array == -3024).tolist() == (~inside).tolist()  # where a mask of the image says so
    assert np.allclose(done.array[inside], 40, atol=1e-4)
    measured = z_score(done).provenance["steps"][-1]["measured"]
    assert measured == {"mean": pytest.approx(40), "deviation": pytest.approx(0, abs=1e-4), "n_pixels": inside.sum()}


def test_away_from_padding_nothing_changes(round_field: Volume) -> None:
    rng = np.random.default_rng(0)
    tissue = rng.integers(-100, 100, round_field.shape).astype(np.int16)
    padded = tissue.copy()
    padded[:, :20] = -3024
    image = round_field.replace(array=padded)
    plain = resample(image.replace(array=tissue, padding_value=None), spacing_mm=(1.0, 1.0, 1.0))
    done = resample(image, spacing_mm=(1.0, 1.0, 1.0))
    edge = 29  # row 20 begins at 20 · 1.4 = 28 mm, and row 29 is made of rows 20 and 21
    assert (done.array[:, edge:] == plain.array[:, edge:]).all()
    assert (done.array[:, :28] == -3024).all()
    assert int(np.flatnonzero((done.array != -3024).any(axis=(0, 2)))[0]) == 28


def test_a_resized_radiograph_keeps_padding_out_of_its_edge() -> None:
    array = np.zeros((6, 6), np.uint16)
    array[1:5, 1:5] = 900
    done = resize(Radiograph(array, spacing_mm=None, padding_value=0.0), shape=(4, 4))
    assert sorted(np.unique(done.array)) == [0, 900]


def test_after_a_window_or_a_clip_what_was_padding_is_the_dark_end_and_blends(round_field: Volume) -> None:
    clipped = clip(round_field, low=-1000, high=400, units="HU")
    done = resample(clipped, spacing_mm=(1.0, 1.0, 1.0))
    plain = resample(clipped.replace(padding_value=None), spacing_mm=(1.0, 1.0, 1.0))
    assert (done.array == plain.array).all()
    assert len(np.unique(done.array)) > 2


def test_a_window_of_an_earlier_run_is_known(round_field: Volume) -> None:
    window = {"name": "first", "version": 1, "steps": [{"window": {"low": -1000, "high": 400, "units": "HU"}}]}
    second = {"name": "second", "version": 1, "steps": ["invert"]}
    done = read_pipeline(second).apply(read_pipeline(window).apply(round_field, device="cpu"), device="cpu")
    assert done.padding_value is not None
    assert measured_pixels(done) is None
    assert measured_pixels(round_field) is not None


def test_undone_resampling_keeps_padding_out_too(round_field: Volume) -> None:
    pipeline = read_pipeline({"name": "mine", "version": 1, "steps": [{"resample": {"spacing_mm": [1.5, 1, 1]}}]})
    back = pipeline.invert(pipeline.apply(round_field, device="cpu"))
    assert np.unique(back.array).tolist() == [-3024, 40]


def test_padding_inside_a_mask_does_not_count() -> None:
    image = Radiograph(np.array([[-9, 0, 10, 20, 99]], np.int16), spacing_mm=None, padding_value=-9.0)
    mask = np.array([[True, True, True, True, False]])
    assert z_score(image, mask=mask).provenance["steps"][-1]["measured"]["mean"] == 10
    measured = percentile_clip(image, lower=0, upper=100, mask=mask).provenance["steps"][-1]["measured"]
    assert measured == {"low": 0.0, "high": 20.0}
    only = np.array([[True, False, False, False, False]])
    assert z_score(image, mask=only).provenance["steps"][-1]["measured"]["mean"] == -9  # there is nothing else


@pytest.mark.parametrize("reduce", [1, 2])
def test_padding_does_not_decide_where_the_patient_is(reduce: int) -> None:
    array = np.full((8, 64, 64), -3024, np.int16)
    array[:, 4:60, 4:60] = -1000
    array[:, 20:40, 20:40] = 40
    image = Volume(array, spacing_mm=None, units="HU", padding_value=-3024.0)
    found = find_foreground(image, reduce=reduce)
    assert found.sum() == 8 * 20 * 20  # with padding counted, air would be foreground


def test_without_padding_the_image_is_resampled_once() -> None:
    image = Radiograph(np.arange(12, dtype=np.float32).reshape(3, 4), spacing_mm=None)
    assert resampled(image, (3, 2), "area").tolist() == [[0.5, 2.5], [4.5, 6.5], [8.5, 10.5]]

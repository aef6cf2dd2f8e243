"""What can be undone is; what cannot is named."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.imaging.images import Radiograph, Volume
from workbench.imaging.preprocessing.pipelines import read_pipeline


def _pipeline(*steps: Any) -> Any:
    return read_pipeline({"name": "mine", "version": 1, "steps": list(steps)})


_EXACT = st.lists(
    st.sampled_from(
        [
            {"orient": {"to": "RAI"}},
            {"orient": {"to": "SPL"}},
            {"flip": {"axis": "rows"}},
            {"pad": {"shape": [15, 9, 8], "fill": -5}},
            "z_score",
            {"z_score": {"outside": "same"}},
        ]
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=examples(25), deadline=None)
@given(_EXACT)
def test_steps_that_lose_nothing_are_undone_exactly(steps: list[Any]) -> None:
    array = np.random.default_rng(0).integers(-1000, 400, (5, 6, 7)).astype(np.float32)
    image = Volume(array, spacing_mm=(3.0, 2.0, 1.0), units="HU", origin_mm=(1.0, 2.0, 3.0))
    pipeline = _pipeline(*steps)
    back = pipeline.invert(pipeline.apply(image, device="cpu"))
    assert np.allclose(back.array, array, atol=1e-2)
    assert (back.shape, back.units) == (image.shape, "HU")
    assert np.allclose(back.index_to_source, np.eye(4), atol=1e-9)
    assert np.allclose(back.origin_mm, image.origin_mm)
    assert np.allclose(back.direction, image.direction)
    assert not [flag for flag in back.flags if "undone" in flag]


def test_a_window_comes_back_in_its_units_but_not_beyond_its_ends(chest: Volume) -> None:
    image = chest.replace(array=np.clip(chest.array.astype(np.float32) * 3, -3000, 1000))
    pipeline = read_pipeline("chest_ct")
    back = pipeline.invert(pipeline.apply(image, device="cpu"))
    assert (back.shape, back.units, back.spacing_mm) == (chest.shape, "HU", chest.spacing_mm)
    assert back.windows == chest.windows
    assert float(back.array.min()) == -1000
    assert back.provenance["inverse"] == {
        "undone": {"orient": "exactly, but for rounding"},
        "in_part": {
            "window": "values beyond the window come back at its ends",
            "resample": "detail between pixels is interpolated",
        },
        "not_undone": {},
    }
    assert back.flags == (
        "window was undone in part: values beyond the window come back at its ends.",
        "resample was undone in part: detail between pixels is interpolated.",
    )


def test_what_was_cut_off_comes_back_empty_and_the_rest_where_it_was(radiograph: Radiograph) -> None:
    pipeline = _pipeline({"crop": {"shape": [20, 30]}}, {"flip": {"axis": "columns"}})
    back = pipeline.invert(pipeline.apply(radiograph.replace(padding_value=9999.0), device="cpu"))
    assert (back.array[10:30, 15:45] == radiograph.array[10:30, 15:45]).all()
    assert back.array[0, 0] == 9999
    assert back.patient_orientation == radiograph.patient_orientation


def test_values_before_a_step_that_is_lost_stay_as_they_are_and_pixels_still_go_home(radiograph: Radiograph) -> None:
    pipeline = read_pipeline("chexpert")
    back = pipeline.invert(pipeline.apply(radiograph, device="cpu"))
    assert (back.shape, back.units) == (radiograph.shape, "0 to 255")
    assert back.provenance["inverse"]["not_undone"] == {
        "equalize": "values that became equal cannot be told apart",
        "percentile_window": "equalize, which came after it, is not undone",
    }


@pytest.mark.parametrize(
    "steps",
    [
        [{"percentile_window": {"lower": 0, "upper": 100, "to": "uint16", "invert": True}}],
        [{"file_window": {"lower": 0, "upper": 100, "to": "float32"}}, {"scale_to": {"low": -1, "high": 1}}],
        [{"percentile_window": {"lower": 0, "upper": 100}}, "invert", {"cast": {"to": "uint8"}}],
        [{"standardize": {"mean": 100, "deviation": 7, "units": "unknown units"}}],
        [{"percentile_clip": {"lower": 0, "upper": 100}}],
        ["to_gray", "find_foreground", {"turn_to_side": {"side": "left"}}],
    ],
)
def test_a_scale_is_undone_to_within_its_rounding(radiograph: Radiograph, steps: list[Any]) -> None:
    pipeline = _pipeline(*steps)
    back = pipeline.invert(pipeline.apply(radiograph, device="cpu"))
    assert np.abs(back.array - radiograph.array.astype(np.float32)).max() <= 2399 / 255 / 2 + 1e-2
    assert back.units == radiograph.units


def test_only_the_pipeline_that_made_an_image_undoes_it(chest: Volume) -> None:
    with pytest.raises(ValueError, match="would be right") as none:
        read_pipeline("chest_ct").invert(chest)
    assert str(none.value) == (
        "Received an image that came from no pipeline. One that came from chest_ct 1 would be right. Call invert of "
        "the "
        "pipeline that made it."
    )
    done = _pipeline({"flip": {"axis": "rows"}}).apply(chest, device="cpu")
    with pytest.raises(
        ValueError, match=r"came from the pipeline mine 1. One that came from chest_ct 1 would be right"
    ):
        read_pipeline("chest_ct").invert(done)

"""A pipeline over an image: what fits, what is written down, what is flagged."""

from typing import Any

import numpy as np
import pytest

from workbench.imaging.images import Cine, Image, Radiograph, Volume
from workbench.imaging.preprocessing import preprocess
from workbench.imaging.preprocessing.mapping import map_mask_forward
from workbench.imaging.preprocessing.pipelines import read_pipeline
from workbench.imaging.preprocessing.quality import quality_flags
from workbench.imaging.preprocessing.running import fused
from workbench.imaging.preprocessing.steps import read_step


def _pipeline(*steps: Any, **more: Any) -> Any:
    return read_pipeline({"name": "mine", "version": 1, "steps": list(steps), **more})


def test_chest_ct_gives_1_mm_voxels_from_0_to_1(chest: Volume) -> None:
    done = preprocess(chest, "chest_ct", device="cpu")
    assert (done.shape, done.spacing_mm, done.units) == ((24, 20, 24), (1.0, 1.0, 1.0), "0 to 1")
    assert done.array[0, 0, 0] == 0
    assert round(float(done.array[12, 10, 12]), 6) == round(1000 / 1400, 6)
    assert chest.array.min() == -1000  # the input is as it was
    assert chest.provenance == {}


def test_the_provenance_says_what_was_done_where_and_how_long(chest: Volume) -> None:
    done = preprocess(chest, "chest_ct", device="cpu").provenance["preprocessing"]
    assert (done["pipeline"], done["version"], done["device"]) == ("chest_ct", "1", "cpu")
    assert done["sha256"] == read_pipeline("chest_ct").hash
    assert done["backend"]
    assert [step["step"] for step in done["steps"]] == ["orient", "resample", "window"]
    assert all(step["seconds"] >= 0 for step in done["steps"])
    assert {"python", "numpy", "numba", "imaging-workbench"} <= set(done["versions"])


def test_a_second_pipeline_keeps_what_the_first_said(chest: Volume) -> None:
    once = preprocess(chest, "chest_ct", device="cpu")
    twice = preprocess(once, _pipeline({"cast": {"to": "uint8"}}), device="cpu")
    assert twice.provenance["preprocessing"]["earlier"]["pipeline"] == "chest_ct"
    assert [step["step"] for step in twice.provenance["preprocessing"]["steps"]] == ["cast"]
    assert twice.source.shape == chest.shape  # masks still map back to what was read


def test_a_window_with_what_follows_it_runs_as_one_step_and_gives_the_same(chest: Volume) -> None:
    steps = [{"window": {"low": -1000, "high": 400, "units": "HU"}}, "invert", {"cast": {"to": "uint16"}}]
    together = preprocess(chest, _pipeline(*steps), device="cpu")
    image: Image = chest
    for step in steps:
        read = read_step(step)
        image = read.kind.function(image, **read.parameters)
    assert together.array.dtype == image.array.dtype == np.uint16
    assert np.abs(together.array.astype(int) - image.array).max() <= 1
    assert [entry["step"] for entry in together.provenance["preprocessing"]["steps"]] == ["window"]


def test_an_inversion_that_follows_another_kind_of_step_stays_a_step() -> None:
    steps = [read_step(step) for step in ("equalize", "invert")]
    assert [step.name for step in fused(steps)] == ["equalize", "invert"]


def test_a_mask_follows_the_pixels_and_is_measured_in(chest: Volume) -> None:
    water = chest.array == 0
    pipeline = _pipeline({"resample": {"spacing_mm": [1, 1, 1], "method": "nearest"}}, {"z_score": {"inside": "mask"}})
    done, mask = pipeline.apply_with_mask(chest, device="cpu", mask=water)
    assert mask is not None
    assert (mask == map_mask_forward(water, done)).all()
    assert done.provenance["preprocessing"]["steps"][1]["measured"]["mean"] == 0


def test_a_foreground_that_a_step_found_is_used_by_the_next(ball: Any) -> None:
    head = ball((30, 40, 40))
    array = np.where(head, 200, 0) + np.random.default_rng(0).integers(0, 20, head.shape)
    image = Volume(array.astype(np.int16), spacing_mm=(1.0, 1.0, 1.0), modality="MR")
    done, mask = read_pipeline("brain_mr").apply_with_mask(image, device="cpu")
    assert mask is not None
    inside = done.array[mask]
    assert abs(float(inside.mean())) < 1e-4
    assert abs(float(inside.std()) - 1) < 1e-3
    assert 2 * (mask & head).sum() / (mask.sum() + head.sum()) > 0.93  # found at half the resolution of a small ball


def test_ultrasound_becomes_gray_and_its_sector_alone(clip_of_us: Cine) -> None:
    done = preprocess(clip_of_us, "ultrasound", device="cpu")
    assert (done.shape, done.units) == ((3, 256, 256), "0 to 1")
    assert np.allclose(done.spacing_mm or (), 0.4 * 20 / 256)


def test_every_frontal_recipe_runs_and_keeps_the_way_back(radiograph: Radiograph) -> None:
    for name in ("chest_xray", "nih_chestxray14", "chexpert", "mimic_cxr_jpg", "torchxrayvision", "display"):
        done = preprocess(radiograph, name, device="cpu")
        assert np.isfinite(done.array).all()
        assert map_mask_forward(np.ones(radiograph.shape, bool), done).any()
    assert preprocess(radiograph, "torchxrayvision", device="cpu").shape == (224, 224)


def test_mimic_cxr_jpg_spreads_the_values_and_equalizes_them_at_the_size_as_read() -> None:
    image = Radiograph(np.array([[0, 10], [10, 30]], np.uint16), spacing_mm=None, modality="DX")
    # 0 to 255: 0, 85, 85, 255; of the three above the lowest two are at most 85: 2 / 3 · 255 = 170.
    assert preprocess(image, "mimic_cxr_jpg", device="cpu").array.tolist() == [[0, 170], [170, 255]]


def test_a_mammogram_lies_on_the_left_and_is_cut_to_the_breast() -> None:
    rows, columns = np.mgrid[:400, :300]
    breast = (rows - 200) ** 2 + (columns - 299) ** 2 < 120**2
    image = Radiograph(np.where(breast, 3000, 0).astype(np.uint16), spacing_mm=(0.1, 0.1), modality="MG")
    image.array[5:15, 5:25] = 4000  # a marker
    done = preprocess(image, "mammography", device="cpu")
    assert abs(done.shape[0] - (2 * 120 + 2 * 50)) <= 8
    assert done.array[done.shape[0] // 2, 0] > 0
    assert done.array[0, -1] == 0


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (
            Radiograph(np.zeros((8, 8)), spacing_mm=None, modality="DX"),
            "Received a radiograph (read_radiograph). The pipeline chest_ct takes a volume (read_series). Take "
            "chest_xray "
            "or chexpert or mimic_cxr_jpg instead.",
        ),
        (
            Volume(np.zeros((4, 8, 8)), spacing_mm=(1.0, 1.0, 1.0), modality="MR"),
            "Received an image of modality MR. The pipeline chest_ct is for CT. Take brain_mr or brats_nnunet or "
            "display "
            "instead.",
        ),
        (
            Volume(np.zeros((1, 8, 8)), spacing_mm=(1.0, 1.0, 1.0), modality="CT", units="HU"),
            "Received a volume of a single slice. The pipeline chest_ct works in three dimensions and needs two "
            "slices or "
            "more. Read the whole series, or take the pipeline display.",
        ),
        (
            Volume(np.zeros((4, 8, 8)), spacing_mm=(1.0, 1.0, 1.0)),
            "Received values in unknown units. The pipeline chest_ct needs HU. If you know that they are HU, say so: "
            "image.replace(units='HU').",
        ),
        (
            Volume(np.zeros((4, 8, 8)), spacing_mm=(1.0, 1.0, 1.0), units="0 to 1"),
            "Received values in 0 to 1. The pipeline chest_ct needs HU. Give it an image as it was read.",
        ),
        (
            Volume(np.zeros((4, 8, 8)), spacing_mm=None, modality="CT", units="HU"),
            "The image has no known spacing, and resampling needs it. Millimeters between pixel centers would be "
            "right. "
            "State them: image.replace(spacing_mm=(…)), or use a pipeline that resizes to a shape.",
        ),
        (
            Volume(np.zeros((4, 8)), spacing_mm=None, modality="CT", units="HU"),
            "The volume's array has the shape 4 × 8. (slices, rows, columns), none of them 0, would be right. Check "
            "how "
            "the array was made.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_any_work(image: Image, message: str) -> None:
    with pytest.raises(ValueError, match=r"would be right|[Tt]he pipeline") as error:
        preprocess(image, "chest_ct", device="cpu")
    assert str(error.value) == message


def test_color_is_refused_where_gray_is_expected() -> None:
    image = Radiograph(np.zeros((8, 9, 3), np.uint8), spacing_mm=None)
    with pytest.raises(ValueError, match=r"would be right|[Tt]he pipeline") as error:
        preprocess(image, "chest_xray", device="cpu")
    assert str(error.value) == (
        "Received a color image of shape 8 × 9 × 3. The pipeline chest_xray takes gray ones. Convert it: "
        "workbench.imaging.preprocessing.contrast.to_gray(image)."
    )


def test_a_bare_array_is_refused_with_the_line_that_wraps_it() -> None:
    with pytest.raises(TypeError) as error:
        preprocess(np.zeros((4, 8, 8)), "chest_ct", device="cpu")  # type: ignore[arg-type]
    assert str(error.value) == (
        "Received a ndarray, which has no units and no spacing. A Volume, Radiograph or Cine would be right. Read "
        "one with "
        "read_series or read_radiograph, or wrap an array: Volume(array, spacing_mm=(1.0, 1.0, 1.0), units='HU', "
        "modality='CT')."
    )
    with pytest.raises(TypeError) as words:
        preprocess(Radiograph(np.zeros((2, 2), bool), spacing_mm=None), "display", device="cpu")
    assert str(words.value) == (
        "The radiograph holds bool values. Whole numbers or floating-point numbers would be right. Convert the array: "
        "image.replace(array=image.array.astype('float32'))."
    )


def test_a_step_for_another_kind_of_image_and_a_missing_mask_are_refused(chest: Volume) -> None:
    with pytest.raises(ValueError, match=r"would be right|[Tt]he pipeline") as kind:
        preprocess(chest, _pipeline("crop_border"), device="cpu")
    assert str(kind.value) == (
        "The step crop_border came on a Volume. It is for a Radiograph. Take it out of the pipeline mine, or use "
        "another "
        "pipeline."
    )
    with pytest.raises(ValueError, match=r"would be right|[Tt]he pipeline") as mask:
        preprocess(chest, _pipeline({"z_score": {"inside": "mask"}}), device="cpu")
    assert str(mask.value) == (
        "The step z_score measures inside a mask, and there is none. A mask would be right: mask=… of preprocess, or "
        "the "
        "step find_foreground before it. Add one of the two."
    )
    with pytest.raises(ValueError, match=r"would be right|[Tt]he pipeline") as axes:
        preprocess(chest, _pipeline({"resize": {"shape": [4, 4]}}), device="cpu")
    assert str(axes.value) == (
        "The step resize lists a number of axes that the image, a Volume, has not. 3 would be right. Correct the "
        "pipeline "
        "mine."
    )
    with pytest.raises(ValueError, match=r"would be right|[Tt]he pipeline") as shape:
        preprocess(chest, "chest_ct", device="cpu", mask=np.zeros((2, 2, 2), bool))
    assert str(shape.value) == (
        "Received a mask of shape 2 × 2 × 2. 12 × 20 × 24, the image's, would be right. Give the mask of this image."
    )


def test_an_unknown_modality_is_flagged_and_gone_on_with(radiograph: Radiograph) -> None:
    done = preprocess(radiograph.replace(modality=""), "nih_chestxray14", device="cpu")
    assert done.flags == ("The modality is unknown; the pipeline nih_chestxray14 is for CR or DX.",)


@pytest.mark.parametrize(
    ("array", "padding", "flags"),
    [
        (np.full((9, 9), -2000), -2000.0, ("All pixels are padding.",)),
        (np.full((9, 9), 3), None, ("All pixels have the same value.",)),
        (np.zeros((0, 9)), None, ("The image has no pixels.",)),
        (
            np.minimum(np.arange(100).reshape(10, 10), 80),
            None,
            ("20 % of the pixels have the largest value: the image may be saturated.",),
        ),
        (
            np.where(np.eye(10) == 1, np.nan, np.arange(100).reshape(10, 10)),
            None,
            ("10 % of the pixels are no numbers (NaN or infinite).",),
        ),
        (
            np.where(np.arange(100) < 50, -2000, np.minimum(np.arange(100), 90)).reshape(10, 10),
            -2000.0,
            (
                "20 % of the pixels have the largest value: the image may be saturated.",
            ),  # 10 of the 50 that are no padding
        ),
        (np.arange(1000).reshape(10, 100), None, ()),
    ],
)
def test_quality_flags_say_what_makes_an_image_worth_less(array: Any, padding: Any, flags: tuple[str, ...]) -> None:
    assert quality_flags(Radiograph(array, spacing_mm=None, padding_value=padding)) == flags


def test_flags_of_the_image_travel_with_the_result(chest: Volume) -> None:
    empty = chest.replace(array=np.full(chest.shape, -1000, np.int16))
    assert preprocess(empty, "chest_ct", device="cpu").flags == ("All pixels have the same value.",)


@pytest.mark.parametrize("name", ["chest_xray", "chexpert", "torchxrayvision", "display"])
def test_infinite_values_count_as_none_and_are_flagged(radiograph: Radiograph, name: str) -> None:
    array = radiograph.array.astype(np.float32)
    array[0, 0], array[5, 5] = np.inf, -np.inf
    done = preprocess(radiograph.replace(array=array), name, device="cpu")
    assert "Some pixels were infinite; they count as no numbers (NaN)." in done.flags
    assert np.isfinite(done.array).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 9)])
@pytest.mark.parametrize("dtype", ["int8", "int64", "float16", ">i2"])
def test_tiny_images_of_any_kind_of_number_go_through(shape: tuple[int, int], dtype: str) -> None:
    array = np.arange(shape[0] * shape[1]).reshape(shape).astype(dtype)
    array.flags.writeable = False
    for name in ("chest_xray", "display"):
        done = preprocess(Radiograph(array, spacing_mm=None, modality="DX"), name, device="cpu")
        assert read_pipeline(name).invert(done).shape == shape

"""The figure of an image before and after preprocessing."""

import re

import numpy as np
import pytest

from workbench.imaging.images import Radiograph, Volume
from workbench.imaging.preprocessing import preprocess
from workbench.imaging.preprocessing.pipelines import read_pipeline
from workbench.presentation import charts


def _ct() -> Volume:
    array = np.full((4, 20, 30), -1000, np.int16)
    array[:, 5:15, 10:20] = 400
    return Volume(array, spacing_mm=(2.0, 1.0, 1.0), units="HU", modality="CT")


def test_the_title_says_what_changed_and_the_table_both_sides() -> None:
    before = _ct()
    figure = charts.before_after(before, preprocess(before, "chest_ct", device="cpu"))
    assert figure.title == "chest_ct: HU became 0 to 1; 2 × 1 × 1 mm became 1 × 1 × 1 mm"
    assert figure.subtitle == "Pipeline chest_ct 1, CT"
    assert figure.table["units"].to_list() == ["HU", "0 to 1"]
    assert figure.table["lowest"].to_list() == [-1000, 0]
    assert figure.table["highest"].to_list() == [400, 1]
    assert figure.description == (
        "Before: 4 × 20 × 30 pixels, 2 × 1 × 1 mm a pixel; values from −1000 to 400, mean −766.7 (HU). "
        "After: 8 × 20 × 30 pixels, 1 × 1 × 1 mm a pixel; values from 0 to 1, mean 0.1667 (0 to 1)."
    )
    assert "Computed on " in figure.footnote


def test_the_drawing_holds_both_pictures_their_scales_and_their_histograms_and_fetches_nothing() -> None:
    before = _ct()
    svg = charts.before_after(before, preprocess(before, "chest_ct", device="cpu")).svg
    assert len(re.findall(r'<image [^>]*href="data:image/png;base64,', svg)) == 2
    assert svg.count("<linearGradient") == 2
    assert svg.count("how often each value occurs") == 2
    assert "shown, HU" in svg
    assert "shown, 0 to 1" in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_both_are_shown_in_the_window_that_the_pipeline_applied_and_it_is_said() -> None:
    before = _ct().replace(windows=((40.0, 400.0),))
    figure = charts.before_after(before, preprocess(before, "chest_ct", device="cpu"))
    assert re.findall(r">([^<]*)</text>", figure.svg)[2:5] == ["−1000", "shown, HU", "400"]
    assert "Both are shown in the window that the pipeline applied." in figure.footnote


def test_a_saved_picture_keeps_title_and_footnote() -> None:
    before = _ct()
    figure = charts.before_after(before, preprocess(before, "chest_ct", device="cpu"))
    words = re.sub("<[^>]*>", " ", figure._titled_svg()).split()
    assert " ".join(words).startswith(figure.title)
    assert "diagnosis." in words
    tall = int.from_bytes(figure.png(scale=1)[20:24], "big")
    assert tall > int(re.search(r'height="(\d+)"', figure.svg).group(1))


def test_the_ends_of_an_axis_are_rounded_to_what_can_be_seen() -> None:
    ramp = np.linspace(0.0007143, 1, 256, dtype=np.float32).reshape(16, 16)
    svg = charts.before_after(Radiograph(ramp, spacing_mm=None), Radiograph(ramp, spacing_mm=None)).svg
    assert "0.0007" not in svg
    assert ">0</text>" in svg


def test_flags_that_came_up_stand_below() -> None:
    before = Radiograph(np.full((20, 30), 7, np.uint8), spacing_mm=None)
    figure = charts.before_after(before, preprocess(before, "display", device="cpu"), pipeline=read_pipeline("display"))
    assert figure.title == "display: unknown units became 0 to 255"
    assert "Flags: All pixels have the same value." in figure.footnote


def test_color_is_drawn_as_color_and_a_size_that_changed_is_told() -> None:
    before = Radiograph(np.full((20, 30, 3), 7, np.uint8), spacing_mm=None)
    after = before.replace(array=before.array[:10])
    figure = charts.before_after(before, after)
    assert figure.title == "Preprocessing: 20 × 30 × 3 pixels became 10 × 30 × 3"
    assert "Red, green and blue as stored" in figure.svg
    assert charts.before_after(before, before).title == "Preprocessing: neither units nor size changed"


def test_color_of_16_bits_is_drawn_as_the_same_color_of_8() -> None:
    eight = Radiograph(np.full((20, 30, 3), (200, 100, 50), np.uint8), spacing_mm=None)
    sixteen = eight.replace(array=eight.array.astype(np.uint16) << 8)
    pictures = re.findall(r"base64,([^\"]+)", charts.before_after(eight, sixteen).svg)
    assert pictures[0] == pictures[1]


def test_something_else_than_two_images_is_refused() -> None:
    with pytest.raises(TypeError) as error:
        charts.before_after(_ct(), np.zeros(3))
    assert str(error.value) == (
        "Received a ndarray. Two images, before and after, would be right. Write before_after(image, preprocess(image, "
        "'chest_ct'))."
    )

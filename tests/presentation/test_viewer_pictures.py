"""Thumbnails, contact sheets and before beside after, pixel by pixel where that can be worked out by hand."""

import io

import numpy as np
import pytest
from PIL import Image as Picture

from workbench.imaging.images import Cine, Radiograph, Volume
from workbench.imaging.preprocessing.geometry import crop, pad
from workbench.imaging.preprocessing.intensity import window
from workbench.imaging.preprocessing.resizing import resample
from workbench.presentation.viewer import compare_images, contact_sheet, thumbnail
from workbench.presentation.viewer.registering import laid_over, matching_windows, same_place


def opened(png):
    """Return the pixels of a PNG file."""
    return np.asarray(Picture.open(io.BytesIO(png)))


def test_a_thumbnail_shows_the_middle_slice_in_true_proportions():
    array = np.zeros((5, 10, 40), np.int16)
    array[2] = 100
    image = Volume(array, spacing_mm=(5.0, 2.0, 1.0), windows=((50.0, 100.0),), units="HU")
    pixels = opened(thumbnail(image, size=80))
    assert pixels.shape == (40, 80)  # 20 mm by 40 mm
    assert (pixels == 255).all()  # 100 is the upper end of the window from 0 to 100


def test_a_window_can_be_asked_for():
    image = Radiograph(np.full((16, 16), 25.0), spacing_mm=None)
    assert opened(thumbnail(image, size=16, window=(50.0, 100.0)))[0, 0] == 63  # a quarter of 255, cut


def test_a_thumbnail_of_an_upside_down_volume_stands_upright():
    upright = np.zeros((1, 16, 16), np.int16)
    upright[0, :4] = 100  # the front
    turned = Volume(
        upright[:, ::-1], spacing_mm=None, units="HU", windows=((50.0, 100.0),),
        direction=((0.0, 0.0, 1.0), (0.0, -1.0, 0.0), (1.0, 0.0, 0.0)),
    )  # fmt: skip
    pixels = opened(thumbnail(turned, size=16))
    assert pixels[0, 0] == 255
    assert pixels[-1, 0] == 0


def test_a_thumbnail_of_a_color_cine_is_its_middle_frame():
    frames = np.zeros((3, 16, 16, 3), np.uint8)
    frames[1, ..., 0] = 200
    assert opened(thumbnail(Cine(frames, spacing_mm=None), size=16))[8, 8].tolist() == [200, 0, 0]


def test_a_thumbnail_says_nothing_of_the_file():
    png = thumbnail(Radiograph(np.zeros((16, 16)), spacing_mm=None))
    assert Picture.open(io.BytesIO(png)).info == {}


def test_a_size_out_of_range_is_refused_in_three_parts():
    with pytest.raises(ValueError, match="size=4") as problem:
        thumbnail(Radiograph(np.zeros((16, 16)), spacing_mm=None), size=4)
    assert str(problem.value) == "size=4 was received. 16 to 2048 pixels would be right. Write for instance size=128."


def test_a_contact_sheet_has_a_picture_and_a_caption_for_each():
    images = [Radiograph(np.zeros((16, 16)), spacing_mm=None, modality=kind) for kind in ("DX", "CR", "DX")]
    sheet = contact_sheet((image for image in images), columns=2, captions=["a", "b < c", "d"], size=64)
    assert sheet.title == "3 images: 1 CR, 2 DX"
    assert sheet.svg.count("<image ") == 3
    assert "b &lt; c" in sheet.svg
    assert sheet.table["caption"].to_list() == ["a", "b < c", "d"]
    assert 'viewBox="0 0 136 180"' in sheet.svg  # two squares of 64 with 8 between; two rows of 64 + 18 + 8


def test_a_sheet_of_one_volume_shows_its_slices_from_the_head_down_in_one_window():
    array = np.repeat(np.arange(47, dtype=np.int16), 256).reshape(47, 16, 16)
    sheet = contact_sheet(Volume(array, spacing_mm=None, modality="CT"))
    assert sheet.title == "24 of 47 slices of a CT volume"
    assert sheet.table["index"].to_list() == [str(at) for at in range(46, -1, -2)]
    assert sheet.footnote == "All in one window."


@pytest.mark.parametrize(("n", "captions", "words"), [(0, None, "0 images and no"), (2, ["a"], "2 images and 1")])
def test_a_sheet_of_nothing_or_with_captions_missing_is_refused_in_three_parts(n, captions, words):
    images = [Radiograph(np.zeros((16, 16)), spacing_mm=None)] * n
    with pytest.raises(ValueError, match=words) as problem:
        contact_sheet(images, captions=captions)
    assert str(problem.value) == (
        f"{words} captions were received. At least one image, and a caption for each or none at all, would be right. "
        "Check what the list holds."
    )


def test_too_many_columns_are_refused_in_three_parts():
    with pytest.raises(ValueError, match="columns=99") as problem:
        contact_sheet([], columns=99)
    assert str(problem.value) == "columns=99 was received. 1 to 24 fit a page. Write for instance columns=6."


def test_a_comparison_cuts_a_resampled_volume_at_the_same_place():
    before = Volume(np.zeros((40, 16, 16)), spacing_mm=(1.0, 1.0, 1.0))
    shown = compare_images(before, before.replace(array=before.array[::4]), position=30)
    assert repr(shown) == "Before and After: slice 30 of 0 to 39 and slice 7 of 0 to 9"  # 30.5 / 4 = 7.6


def test_what_was_cropped_and_padded_lies_where_it_came_from():
    array = np.zeros((32, 64), np.uint8)
    array[8:16, 40:48] = 255
    before = Radiograph(array, spacing_mm=None, units="0 to 255")
    after = pad(crop(before, shape=(20, 40)), shape=(40, 40))
    laid = laid_over(before, after, position=0, shape=(64, 128), window=(127.5, 255.0))
    # two pixels of the page for one of the image; rows 6 to 25 and columns 12 to 51 were kept
    assert laid.shape == (64, 128)
    assert (laid[18:30, 82:94] == 255).all()
    assert laid[:14].max() == laid[:, :78].max() == laid[:, 98:].max() == 0
    assert repr(compare_images(before, after)) == "Before and After: After is laid where it came from"


def test_a_resampled_volume_is_cut_where_it_came_from():
    before = Volume(np.repeat(np.arange(9, dtype=np.int16), 256).reshape(9, 16, 16), spacing_mm=(2.0, 1.0, 1.0))
    after = resample(before, spacing_mm=(1.0, 1.0, 1.0))
    laid = laid_over(before, after, position=3, shape=(32, 32), window=(4.0, 8.0))
    # slice 3 lies between 6 and 7 of the new ones, of values 2.75 and 3.25, which are 3 as whole numbers
    assert int(laid[16, 16]) == int(3 * 255 / 8)
    assert same_place(before, after, 3) in (6, 7)
    assert same_place(before, before, 3) is None  # nothing says that one came from the other


def test_before_is_shown_in_the_window_that_the_pipeline_applied():
    before = Volume(np.zeros((2, 16, 16), np.int16), spacing_mm=None, units="HU", windows=((40.0, 400.0),))
    assert matching_windows(before, before) == ((40.0, 400.0), (40.0, 400.0), False)
    after = window(before, low=-1000, high=400, units="HU")
    assert matching_windows(before, after) == ((-300.0, 1400.0), (0.5, 1.0), True)


def test_captions_of_a_comparison_are_text_and_no_code():
    image = Radiograph(np.zeros((16, 16)), spacing_mm=None)
    page = compare_images(image, image, captions=("<b onclick='x'>", "@KEY@"))._repr_html_()
    assert "<b onclick" not in page
    assert page.count("@KEY@") == 4  # the caption itself: alternative text, name, accessible name and words


def test_a_comparison_is_saved_as_a_page_and_nothing_else(tmp_path):
    image = Radiograph(np.zeros((16, 16)), spacing_mm=None)
    shown = compare_images(image, image)
    assert shown.save(tmp_path / "new" / "page.html").read_text("utf-8").startswith("<!doctype html>")
    with pytest.raises(ValueError, match="was received") as problem:
        shown.save(tmp_path / "page.png")
    assert str(problem.value) == (
        "'page.png' was received. A name that ends in .html would be right. Rename it, for instance 'page.html'."
    )

"""What the page is told of an image: planes, letters, windows, masks, bytes; and that it is told of no patient."""

import base64
import json
import re
import subprocess
import sys
import zlib

import numpy as np
import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.errors import UnknownNameError
from workbench.imaging.images import Cine, Radiograph, Source, Volume
from workbench.presentation.viewer import SliceViewer, view
from workbench.presentation.viewer.masks import overlay_of
from workbench.presentation.viewer.planes import letters_along, planes_of
from workbench.presentation.viewer.scenes import Scene
from workbench.presentation.viewer.windows import windows_of

LPS = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))


def counted(shape=(3, 4, 5), **fields):
    """Return a volume in which every voxel has another value."""
    fields = {"spacing_mm": (5.0, 1.0, 2.0), "units": "HU", "modality": "CT"} | fields
    return Volume(np.arange(np.prod(shape), dtype=np.int16).reshape(shape), **fields)


def answers(viewer):
    """Record what a viewer sends."""
    sent = []
    viewer.send = lambda content, buffers=None: sent.append((content, buffers))
    return sent


# ---- planes


def test_a_volume_in_lps_has_the_patients_right_on_the_left_and_the_head_at_the_top():
    axial, coronal, sagittal = planes_of(counted())
    assert axial.letters == ("R", "L", "A", "P")
    assert coronal.letters == ("R", "L", "H", "F")
    assert sagittal.letters == ("A", "P", "H", "F")


def test_sagittal_slices_are_recognized_as_such():
    # slices lead to the patient's right, rows to the feet, columns to the back
    turned = counted(direction=((-1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0)))
    sagittal, axial, coronal = planes_of(turned)
    assert (axial.step, coronal.step, sagittal.step) == (1, 2, 0)
    assert sagittal.letters == ("A", "P", "H", "F")
    assert sagittal.flipped == (True, False, False)


@pytest.mark.parametrize(
    ("shape", "first"),
    [((1, 20, 20), "axial"), ((20, 1, 20), "coronal"), ((20, 20, 1), "sagittal"), ((60, 20, 20), "axial")],
)
def test_the_plane_with_the_most_pixels_is_looked_at_first(shape, first):
    assert planes_of(counted(shape))[0].key == first


def test_of_a_single_slice_no_plane_is_shown_as_a_line():
    described = Scene(counted((20, 1, 20))).description()
    assert [plane["key"] for plane in described["planes"]] == ["coronal"]


@settings(max_examples=examples(25), deadline=None)
@given(order=st.permutations(range(3)), signs=st.tuples(*[st.sampled_from((-1, 1))] * 3))
def test_however_the_axes_lie_the_page_shows_the_same_patient(order, signs):
    upright = counted((3, 4, 5), spacing_mm=(1.0, 1.0, 1.0))
    turned_array = upright.array.transpose(order)[tuple(slice(None, None, sign) for sign in signs)]
    direction = tuple(tuple(sign * part for part in LPS[axis]) for axis, sign in zip(order, signs, strict=True))
    turned = Volume(turned_array, spacing_mm=(1.0, 1.0, 1.0), direction=direction, units="HU")
    for there, here in zip(Scene(upright).planes, Scene(turned).planes, strict=True):
        assert there.letters == here.letters
        n = turned.shape[here.step]
        first = (n - 1 if here.flipped[0] else 0, upright.shape[there.step] - 1 if there.flipped[0] else 0)
        assert Scene(turned).slice_bytes(here.key, first[0]) == Scene(upright).slice_bytes(there.key, first[1])


def test_a_tilted_volume_says_so_and_gets_two_letters():
    tilt = np.radians(20)
    slices, rows = (0.0, -np.sin(tilt), np.cos(tilt)), (0.0, np.cos(tilt), np.sin(tilt))
    scene = Scene(counted(direction=(slices, rows, (1.0, 0.0, 0.0)))).description()
    assert scene["planes"][0]["letters"][2:] == ("AF", "PH")
    assert scene["notes"] == ["Oblique: the slices lie 20° off the patient's axes; planes bear the nearest name."]


def test_a_tilt_of_five_degrees_has_one_letter():
    assert letters_along((0.0, np.cos(np.radians(5)), np.sin(np.radians(5)))) == "P"


def test_a_radiographs_letters_come_from_its_header_and_none_from_nothing():
    image = Radiograph(np.zeros((4, 6)), spacing_mm=(0.2, 0.2), patient_orientation=("L", "F"))
    assert planes_of(image)[0].letters == ("R", "L", "H", "F")
    assert planes_of(image.replace(patient_orientation=()))[0].letters == ("", "", "", "")


def test_what_is_no_image_is_refused_in_three_parts():
    with pytest.raises(TypeError) as problem:
        view(np.zeros((3, 4, 5)))
    assert str(problem.value) == (
        "A ndarray was received. A Volume, a Radiograph or a Cine can be shown. "
        "Read one, for instance wb.read_series(folder), or wrap an array: Volume(array, spacing_mm=(5, 0.7, 0.7))."
    )


def test_an_image_of_the_wrong_shape_is_refused_in_three_parts():
    with pytest.raises(ValueError, match="none of them 0") as problem:
        SliceViewer(Volume(np.zeros((4, 5)), spacing_mm=None))
    assert str(problem.value) == (
        "A volume of shape (4, 5) was received. It should have (slices, rows, columns), none of them 0. "
        "Look at image.flags for what was found on reading."
    )


def test_a_complex_image_is_refused_in_three_parts():
    with pytest.raises(TypeError) as problem:
        SliceViewer(Volume(np.zeros((2, 2, 2), complex), spacing_mm=None))
    assert str(problem.value) == (
        "A volume of complex128 was received. Whole or real numbers can be shown. "
        "Take their size or a part, for instance image.replace(array=abs(image.array))."
    )


@pytest.mark.parametrize(
    "image",
    [
        Volume(np.full((2, 4, 4), np.nan), spacing_mm=(1.0, 1.0, 1.0)),
        Volume(np.full((2, 4, 4), 1e300), spacing_mm=None, windows=((np.inf, 1.0), (40.0, np.nan))),
        Volume(np.zeros((1, 1, 1)), spacing_mm=(1e9, 1.0, 1.0), direction=((np.nan,) * 3,) * 3),
        Volume(np.full((2, 4, 4), 1e308) * np.array([1, -1, 1, -1]), spacing_mm=(1.0, 1.0, 1.0)),
    ],
)
def test_values_and_places_that_are_no_numbers_are_shown_all_the_same(image):
    viewer = SliceViewer(image)
    json.dumps([viewer.scene, viewer.window], allow_nan=False)
    assert len(viewer._scene.slice_bytes("axial", 0)[0]) == 4 * image.shape[1] * image.shape[2]
    assert "<canvas" not in viewer.to_html().split("<script")[0]


def test_a_film_with_times_that_are_no_numbers_tells_none_and_runs_at_the_usual_rate():
    described = Scene(Cine(np.zeros((3, 4, 4)), spacing_mm=None, frame_times_ms=(0, np.nan, 80))).description()
    assert (described["frame_times"], described["rate"]) == ([], 15.0)


# ---- windows


def test_the_files_own_window_comes_first_and_the_lungs_has_its_source():
    windows = windows_of(counted(windows=((40.0, 400.0),)))
    assert (windows[0].name, windows[0].center, windows[0].width) == ("From the file", 40.0, 400.0)
    lung = next(each for each in windows if each.key == "lung")
    assert (lung.center, lung.width) == (-600, 1500)
    assert "radiopaedia.org/articles/windowing-ct" in lung.source


def test_windows_of_the_file_are_numbered_only_where_several_differ():
    names = [window.name for window in windows_of(counted(windows=((40.0, 400.0), (40.0, 400.0), (1.0, np.nan))))]
    assert names[:2] == ["From the file", "Lung"]
    names = [window.name for window in windows_of(counted(windows=((40.0, 400.0), (-600.0, 1500.0))))]
    assert names[:2] == ["From the file, 1", "From the file, 2"]


def test_unknown_units_get_a_window_from_the_values_without_padding():
    array = np.full((2, 50, 50), -2000, dtype=np.int16)
    array[:, 10:40, 10:40] = np.arange(900).reshape(30, 30)
    first = windows_of(Volume(array, spacing_mm=None, padding_value=-2000.0))[0]
    # 0 to 899 evenly: the 1st percentile is 9 and the 99th 890, to a value or so
    assert (first.center, first.width) == (pytest.approx(449.5, abs=1), pytest.approx(881, abs=2))


def test_a_constant_image_has_a_window_all_the_same():
    assert windows_of(Volume(np.full((2, 2, 2), 7.0), spacing_mm=None))[0].width == 1.0


def test_pixels_that_are_no_numbers_do_not_reach_the_window():
    image = Volume(np.array([[[np.nan, np.inf, 1.0, 3.0]]]), spacing_mm=None)
    assert [(each.center, each.width) for each in windows_of(image)][-1] == (2.0, 2.0)


# ---- masks


def test_a_mapping_of_masks_becomes_labels_with_their_volume():
    image = counted((2, 2, 2), spacing_mm=(10.0, 10.0, 10.0))
    left = np.zeros((2, 2, 2), bool)
    left[0] = True
    overlay = overlay_of(image, {"left": left, "none": np.zeros((2, 2, 2), bool)})
    # four voxels of one milliliter each
    assert [(entry["name"], entry["n"], entry["ml"]) for entry in overlay.legend] == [
        ("left", 4, 4.0),
        ("none", 0, 0.0),
    ]


def test_a_mask_of_another_shape_is_refused_in_three_parts():
    with pytest.raises(ValueError, match="was received") as problem:
        view(counted(), mask=np.ones((3, 4, 4)), mode="slices")
    assert str(problem.value) == (
        "A mask of shape (3, 4, 4) was received. The image has (3, 4, 5). "
        "Bring it to the image's grid first, for instance with map_mask_forward(mask, image)."
    )


def test_a_probability_is_no_mask():
    with pytest.raises(ValueError, match="was received") as problem:
        view(counted(), mask=np.full((3, 4, 5), 0.5), mode="slices")
    assert str(problem.value) == (
        "A mask with values from 0.5 to 0.5 was received. Whole numbers from 0 (nothing) to 255 are labels. "
        "Make one of a probability, for instance mask = probability > 0.5."
    )


# ---- bytes


def test_a_slice_is_sent_as_it_lies_on_the_page():
    image = counted()
    pixels, labels = Scene(image, mask=image.array > 30).slice_bytes("coronal", 2)
    # rows from head to feet, so the last array slice is at the top
    expected = image.array[::-1, 2, :]
    assert np.array_equal(np.frombuffer(pixels, "int16").reshape(3, 5), expected)
    assert np.array_equal(np.frombuffer(labels, "uint8").reshape(3, 5), expected > 30)


def test_a_small_volume_comes_whole_in_slabs():
    viewer = SliceViewer(counted())
    sent = answers(viewer)
    viewer._receive(None, {"do": "slab", "start": 0}, [])
    assert sent[0][0] == {"kind": "slab", "start": 0, "stop": 3}
    assert sent[0][1][0] == counted().array.tobytes()


def test_a_large_picture_is_coarsened_by_means_and_says_so():
    image = Radiograph(np.tile(np.array([0, 3], np.uint16), (8, 2049)), spacing_mm=(0.1, 0.1))  # 4098 columns
    scene = Scene(image)
    described = scene.description()
    pixels = np.frombuffer(scene.slice_bytes("image", 0)[0], scene.array.dtype).reshape(3, 1366)
    assert set(pixels.ravel().tolist()) == {1, 2}  # 0 3 0 and 3 0 3
    assert described["planes"][0]["pixel_mm"] == [pytest.approx(0.3)] * 2
    assert described["notes"] == ["Drawn at 1/3 of the resolution: a pixel is the mean of 3 × 3."]


@pytest.mark.parametrize("spacing", [None, (0.0, 1.0, 1.0), (np.nan, 1.0, 1.0), (np.inf, 1.0, 1.0), (-1.0, 1.0, 1.0)])
def test_spacing_that_is_unknown_or_no_length_is_said(spacing):
    image = counted(spacing_mm=spacing)
    described = Scene(image, mask=image.array > 3).description()
    assert described["notes"] == ["Pixel spacing unknown: proportions are those of the pixel grid."]
    assert "ml" not in described["legend"][0]
    json.dumps(described, allow_nan=False)


@pytest.mark.parametrize(
    ("came", "sent"),
    [
        ("int32", "int16"),
        ("uint16", "uint16"),
        ("int64", "int16"),
        ("float64", "float32"),
        ("bool", "uint8"),
        ("int8", "int16"),
    ],
)
def test_the_page_gets_types_that_it_has(came, sent):
    array = np.arange(8).reshape(2, 2, 2).astype(came)
    assert Scene(Volume(array, spacing_mm=None)).description()["dtype"] == sent


def test_a_color_cine_is_sent_as_bytes_at_its_own_rate():
    frames = np.zeros((3, 4, 5, 3), np.uint8)
    described = Scene(Cine(frames, spacing_mm=(0.5, 0.25), frame_times_ms=(0.0, 40.0, 80.0))).description()
    assert (described["color"], described["windows"], described["rate"]) == (True, [], 25.0)
    assert described["planes"][0]["pixel_mm"] == [0.5, 0.25]


@pytest.mark.parametrize(
    "content", [None, "slice", {}, {"do": "slice", "plane": "oblique", "position": 0}, {"do": "slab", "start": "0"},
                {"do": "slice", "plane": "axial", "position": 3}, {"do": "slice", "plane": "axial", "position": -1}],
)  # fmt: skip
def test_what_the_page_may_not_ask_is_passed_over(content):
    viewer = SliceViewer(counted())
    sent = answers(viewer)
    viewer._receive(None, content, [])
    assert sent == []


def test_no_identifier_path_or_text_of_the_file_reaches_the_page():
    source = Source("1.2.study", "1.2.series", ("1.2.3",), "/home/doe/jane.dcm", (3, 4, 5))
    image = counted(source=source, flags=("secret flag",), provenance={"reader": "secret reader"})
    viewer = SliceViewer(image, mask=image.array > 3)
    told = json.dumps(viewer.scene) + viewer.to_html() + repr(viewer.get_state(drop_defaults=False))
    assert [word for word in ("1.2.s", "1.2.3", "/home", "jane", "secret") if word in told] == []


# ---- the widget


def test_a_position_beyond_the_image_is_brought_back_to_its_edge():
    viewer = SliceViewer(counted())
    viewer.position = [99, -5, 2]
    assert viewer.position == [2, 0, 2]


@pytest.mark.parametrize("window", [[40.0, 0.0], [np.nan, 1.0], [0.0, np.inf], [1.0]])
def test_a_window_without_width_or_number_is_refused_in_three_parts(window):
    viewer = SliceViewer(counted())
    with pytest.raises(traitlets.TraitError) as problem:
        viewer.window = window
    assert str(problem.value) == (
        f"A window of {window} was received. A finite center and a width above 0 would be right. "
        "Write for instance viewer.window = [-600, 1500]."
    )


def test_a_flat_image_is_shown_as_slices_and_the_reason_stands_below():
    viewer = view(Radiograph(np.zeros((4, 6)), spacing_mm=(1.0, 1.0)))
    assert viewer.scene["notes"] == ["Shown flat: only a volume of two slices or more has a third dimension."]


def test_a_large_volume_is_shown_as_slices_and_the_reason_stands_below():
    viewer = view(Volume(np.broadcast_to(np.int16(0), (200, 200, 200)), spacing_mm=(1.0, 1.0, 1.0)))
    assert viewer.scene["notes"] == [
        "Shown as slices: 8 million voxels are more than the 7 million that are drawn in 3-D unasked. "
        "Ask for it: view(…, mode='3d')"
    ]


def test_a_misspelled_mode_names_the_right_ones():
    with pytest.raises(UnknownNameError) as problem:
        view(counted(), mode="slice")
    assert str(problem.value) == (
        "No mode 'slice' in view(…). Did you mean 'slices'? Valid: auto, 3d, slices. Leave it out for 'auto'."
    )


def test_showing_an_image_loads_neither_polars_nor_altair_nor_itk():
    code = (
        "import sys, numpy as np; from workbench.imaging.images import Volume; "
        "from workbench.presentation.viewer import SliceViewer; "
        "SliceViewer(Volume(np.zeros((2, 8, 8)), spacing_mm=None)).to_html(); "
        "print([name for name in ('polars', 'altair', 'itk', 'itkwidgets', 'numba', 'cupy') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


# ---- without a kernel


def test_a_still_page_holds_the_slices_it_says():
    image = counted((40, 8, 8))
    page = SliceViewer(image, mask=image.array > 3).to_html(n_slices=4)
    packed = json.loads(re.search(r'type="application/json"[^>]*>(.*?)</script>', page).group(1))
    assert list(packed["slices"]) == ["0", "13", "26", "39"]  # evenly from the first to the last
    assert packed["scene"]["notes"] == ["4 of 40 slices are kept in this page."]
    pixels = np.frombuffer(zlib.decompress(base64.b64decode(packed["slices"]["13"][0])), "int16").reshape(8, 8)
    assert np.array_equal(pixels, image.array[13])


def test_a_still_page_fetches_nothing_and_has_a_picture_where_no_script_runs():
    page = SliceViewer(counted((4, 64, 64))).to_html()
    assert re.findall(r"(?:src|href)=\"(?!data:)", page) == []
    assert re.search(r'<img alt="CT image, slice 2 of 0 to 3" src="data:image/png;base64,', page)


def test_a_plane_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(UnknownNameError) as problem:
        SliceViewer(counted()).to_html(plane="coronel")
    assert str(problem.value) == (
        "No plane 'coronel' in this image. Did you mean 'coronal'? Valid: axial, coronal, sagittal. Use one of these."
    )


def test_too_many_slices_for_a_page_are_refused_in_three_parts():
    with pytest.raises(ValueError, match="n_slices") as problem:
        SliceViewer(counted()).to_html(n_slices=1000)
    assert str(problem.value) == "n_slices=1000 was received. 1 to 200 fit a page. Leave it out for the usual."

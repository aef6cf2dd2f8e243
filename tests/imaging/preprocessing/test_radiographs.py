"""Borders, sides, breasts and sectors."""

from typing import Any

import numpy as np
import pytest

from workbench.imaging.images import Cine, Radiograph
from workbench.imaging.preprocessing.contrast import to_gray
from workbench.imaging.preprocessing.mapping import map_points_back
from workbench.imaging.preprocessing.radiographs import check_laterality, crop_border, crop_region, turn_to_side


def _thorax(*, mirrored: bool = False, view: str = "PA", across: str = "L") -> Radiograph:
    """Two dark lungs beside a bright spine, and a heart that reaches to the right of the image."""
    rows, columns = np.mgrid[:200, :200]
    array = np.full((200, 200), 900.0)
    for middle in (60, 140):
        array[((rows - 100) / 70) ** 2 + ((columns - middle) / 32) ** 2 < 1] = 250
    array[((rows - 120) / 32) ** 2 + ((columns - 122) / 30) ** 2 < 1] = 800
    array += np.random.default_rng(0).normal(0, 10, array.shape)
    array = array[:, ::-1] if mirrored else array
    return Radiograph(
        array.astype(np.uint16),
        spacing_mm=(1.0, 1.0),
        modality="DX",
        view_position=view,
        patient_orientation=(across, "F"),
    )


@pytest.mark.parametrize("border", [0, 4000])
def test_an_even_border_is_cut_and_noise_in_it_does_not_keep_it(border: int) -> None:
    rng = np.random.default_rng(0)
    array = np.clip(rng.normal(border, 5, (300, 400)), 0, 4095).astype(np.uint16)
    array[20:280, 50:390] = rng.integers(500, 3500, (260, 340))
    array[0, 0], array[0, 1] = 0, 4095
    done = crop_border(Radiograph(array, spacing_mm=None))
    assert done.shape == (260, 340)
    assert map_points_back([[0, 0]], done).tolist() == [[20, 50]]


def test_a_marker_in_the_border_is_kept() -> None:
    rng = np.random.default_rng(0)
    array = np.zeros((300, 400), np.uint16)
    array[60:, :] = rng.integers(500, 3500, (240, 400))
    array[25:45, 330:350] = 3000  # the L of a technician
    done = crop_border(Radiograph(array, spacing_mm=None))
    assert map_points_back([[0, 0]], done).tolist() == [[25, 0]]


def test_anatomy_that_reaches_the_edge_is_no_border() -> None:
    array = np.random.default_rng(0).integers(500, 3500, (100, 100)).astype(np.uint16)
    assert crop_border(Radiograph(array, spacing_mm=None)).shape == (100, 100)
    assert crop_border(Radiograph(np.full((9, 9), 5), spacing_mm=None)).shape == (9, 9)


def test_a_border_that_would_take_nearly_all_is_left_and_flagged() -> None:
    array = np.zeros((100, 100), np.uint16)
    array[80:, 80:] = 1000
    done = crop_border(Radiograph(array, spacing_mm=None))
    assert done.shape == (100, 100)
    assert done.flags == ("More than 40 % of a side looks like a border: the image was not cropped.",)


def test_a_frontal_view_as_it_is_hung_raises_no_doubt() -> None:
    done = check_laterality(_thorax())
    assert done.flags == ()
    assert done.provenance["steps"][0]["measured"] == {"attributes": "consistent", "heart": "right of the image"}


def test_a_heart_on_the_left_is_flagged_and_nothing_is_turned() -> None:
    image = _thorax(mirrored=True)
    done = check_laterality(image)
    assert done.flags == (
        "The heart seems to lie on the left of the image: it may be mirrored, or the heart displaced. Nothing was "
        "turned.",
    )
    assert done.array is image.array


def test_attributes_that_contradict_each_other_are_flagged() -> None:
    assert check_laterality(_thorax(across="R")).flags == (
        "A PA view whose columns lead to the patient's right is mirrored, by its own attributes. Nothing was turned.",
    )
    assert check_laterality(_thorax(across="P")).flags == (
        "A PA view whose columns lead to the back contradicts itself. Nothing was turned.",
    )


def test_what_is_missing_cannot_tell() -> None:
    found = check_laterality(_thorax(view="", across="L")).provenance["steps"][0]["measured"]
    assert found["attributes"] == "cannot tell"
    found = check_laterality(_thorax(view="LL")).provenance["steps"][0]["measured"]
    assert found == {"attributes": "cannot tell", "heart": "not a frontal view"}
    even = Radiograph(np.full((64, 64), 3, np.uint8), spacing_mm=None, view_position="PA")
    assert check_laterality(even).provenance["steps"][0]["measured"]["heart"] == "cannot tell"


@pytest.mark.parametrize(("wall", "turned"), [("left", False), ("right", True)])
def test_a_breast_is_turned_so_that_its_chest_wall_lies_on_the_left(wall: str, turned: bool) -> None:
    rows, columns = np.mgrid[:80, :60]
    breast = (rows - 40) ** 2 + columns**2 < 30**2
    array = np.where(breast if wall == "left" else breast[:, ::-1], 2000, 0).astype(np.uint16)
    done = turn_to_side(Radiograph(array, spacing_mm=None, modality="MG"))
    assert (done.array == np.where(breast, 2000, 0)).all()
    assert done.provenance["steps"][0]["measured"] == {"found": wall, "turned": turned}
    assert map_points_back([[40, 0]], done).tolist() == [[40, 59 if turned else 0]]


@pytest.mark.parametrize(("across", "n_flags"), [("A", 0), ("P", 1), ("", 0)])
def test_a_chest_wall_that_contradicts_the_patient_orientation_is_flagged(across: str, n_flags: int) -> None:
    array = np.zeros((40, 40), np.uint16)
    array[5:35, :15] = 2000
    orientation = (across, "F") if across else ()
    done = turn_to_side(Radiograph(array, spacing_mm=None, modality="MG", patient_orientation=orientation))
    assert done.flags == (
        (
            "By the patient orientation the chest wall lies on the right of the image, by its pixels on the left. The "
            "pixels were believed.",
        )
        * n_flags
    )


def test_the_sector_of_a_clip_is_cut_out_of_its_writing(clip_of_us: Cine) -> None:
    done = crop_region(to_gray(clip_of_us))
    assert done.shape == (3, 20, 20)
    assert done.flags == ("The sector was taken from the pixels that change.",)


def test_a_calibrated_region_is_believed(clip_of_us: Cine) -> None:
    image = to_gray(clip_of_us)
    told: Any = {**image.provenance, "ultrasound_regions": [(12, 6, 21, 25)]}
    done = crop_region(image.replace(provenance=told))
    assert (done.shape, done.flags) == ((3, 20, 10), ())


def test_a_still_without_anything_in_it_is_left_and_flagged() -> None:
    done = crop_region(Radiograph(np.zeros((8, 8), np.uint8), spacing_mm=None, modality="US"))
    assert (done.shape, done.flags) == ((8, 8), ("No sector was found: the image was not cropped.",))

"""Slices are ordered along their normal, and what keeps them from being even is found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.imaging.volumes.geometry import axes_of, order_slices, same_places

AXIAL = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))


def _along_z(*z: float) -> np.ndarray:
    return np.array([[0, 0, value] for value in z], dtype=float)


def _words(positions: np.ndarray, direction=AXIAL, pixel_mm=(0.5, 0.5)) -> list[str]:
    order = order_slices(positions, direction, pixel_mm)
    return [f"{one.kind}: {one.words} {one.correction}{one.then}" for one in order.findings]


def test_slices_of_a_sagittal_series_follow_each_other_from_left_to_right():
    # Columns lead to the back (y), rows to the feet (−z); the normal is y × (−z) = −x: toward the right of the patient.
    direction = axes_of(np.array([0.0, 1, 0, 0, 0, -1]))
    order = order_slices(np.array([[-10.0, 0, 0], [10, 0, 0], [0, 0, 0]]), direction, (1.0, 1.0))
    assert direction == ((-1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0))
    assert (order.rows.tolist(), order.spacing_mm, order.origin_mm) == ([1, 2, 0], 10.0, (10.0, 0.0, 0.0))


@pytest.mark.parametrize(
    "orientation",
    [[1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 0], [np.nan] * 6, [2, 0, 0, 0, 1, 0], [1, 0, 0, 0.1, 0.99, 0]],
    ids=["parallel", "zero", "absent", "too long", "not perpendicular"],
)
def test_cosines_that_are_no_axes_give_none(orientation):
    assert axes_of(np.array(orientation, dtype=float)) is None


def test_cosines_that_are_nearly_right_are_made_perpendicular_unit_vectors():
    axes = np.array(axes_of(np.array([0.9999, 0.001, 0, 0, 1.0001, 0])))
    assert np.abs(axes @ axes.T - np.eye(3)).max() < 1e-12


@settings(max_examples=examples(30))
@given(st.permutations(range(7)), st.floats(0.3, 8), st.floats(0, 3.1), st.floats(-300, 300))
def test_the_order_of_the_files_never_matters(shuffled, step, angle, start):
    cosines = np.array([np.cos(angle), np.sin(angle), 0, 0, 0, -1])
    direction = axes_of(cosines)
    positions = start + np.outer(np.arange(7) * step, direction[0])
    order = order_slices(positions[list(shuffled)], direction, (1.0, 1.0))
    assert [shuffled[row] for row in order.rows] == list(range(7))
    assert order.spacing_mm == pytest.approx(step)
    assert order.is_even
    assert not order.findings


def test_positions_rounded_to_a_tenth_of_a_millimeter_are_even():
    positions = _along_z(*np.round(np.arange(40) * 2 / 3, 1))
    order = order_slices(positions, AXIAL, (0.5, 0.5))
    assert order.is_even
    assert order.spacing_mm == pytest.approx(26.0 / 39)


def test_a_missing_slice_is_found_and_named_with_its_correction():
    assert _words(_along_z(0, 2, 4, 8, 10)) == [
        "missing: 1 slice of 6 is missing, in 1 gap. They were interpolated between their neighbors (linear)."
    ]


def test_every_second_slice_missing_in_a_part_leaves_the_smaller_step():
    order = order_slices(_along_z(0, 1, 2, 3, 4, 5, 7, 9), AXIAL, None)
    assert (order.spacing_mm, order.findings[0].words) == (1.0, "2 slices of 10 are missing, in 2 gaps.")


def test_a_stack_of_which_more_than_a_quarter_is_missing_is_refused():
    assert _words(_along_z(0, 2, 4, 20, 22)) == [
        "missing: 7 slices of 12 are missing, in 1 gap. "
        "Look for the missing files, or pass a list of the files of one unbroken stack."
    ]


def test_uneven_steps_are_put_onto_a_grid_of_the_smallest_step():
    # 0 to 3 by 1 mm, then 1.7 mm steps: 3 + 2 · 1.7 = 6.4 mm, which 6 steps of 1.067 mm cover.
    order = order_slices(_along_z(0, 1, 2, 3, 4.7, 6.4), AXIAL, None)
    assert len(order.grid_mm) == 7
    assert order.findings[0].kind == "uneven"
    assert order.findings[0].words == "The steps between the slices are uneven, from 1 to 1.7 mm."
    assert (
        order.findings[0].correction == "They were interpolated (linear) onto an even grid of 7 slices every 1.07 mm."
    )


def test_steps_so_uneven_that_the_grid_would_grow_fourfold_are_refused():
    assert _words(_along_z(0, 0.13, 3, 6.2, 9.1)) == [
        "uneven: The steps between the slices are uneven, from 0.13 to 3.2 mm. "
        "Pass a list of the files of one even stack."
    ]


def test_a_gantry_tilt_is_measured_in_degrees():
    # Tilt of 15°: y advances by tan(15°) of what lies along the normal.
    y = np.tan(np.radians(15)) * np.arange(5) * 3
    positions = np.stack([np.zeros(5), y, np.arange(5) * 3.0], axis=1)
    order = order_slices(positions, AXIAL, (0.5, 0.5))
    assert order.findings[0].words == (
        "The slices lie along a line tilted 15.0° against their normal, as with a tilted gantry."
    )
    assert order.shift_pixels[:, 0] == pytest.approx(y / 0.5)
    assert not order.is_even


def test_slices_shifted_at_random_in_their_plane_are_no_tilt():
    positions = np.array([[0, 0, 0], [4.0, 0, 1], [0, 0, 2], [4, 0, 3]])
    assert _words(positions)[0].startswith("shifted: The slices lie up to 4.0 mm beside each other. Each was shifted")


def test_a_shift_of_a_tenth_of_a_pixel_is_rounding():
    positions = np.array([[0, 0, 0], [0.05, 0, 1], [0, 0.05, 2]])
    assert order_slices(positions, AXIAL, (0.5, 0.5)).is_even


def test_positions_closer_than_a_hundredth_of_the_step_are_one_place():
    assert same_places(_along_z(0, 5, 0.00001, 5.04, 10), AXIAL).tolist() == [0, 1, 0, 1, 2]
    assert same_places(_along_z(3, 3, 3), AXIAL).tolist() == [0, 0, 0]

"""Connected components against scipy, voxel for voxel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

from tests.thorough import examples
from workbench.errors import UnknownNameError
from workbench.imaging.kernels.labeling import component_sizes, label, largest_components

masks = arrays.arrays(bool, arrays.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=7))
connectivities = st.sampled_from(["faces", "corners"])


def reference(mask, connectivity):
    """Return scipy's labels, numbered by their first voxel."""
    structure = ndimage.generate_binary_structure(mask.ndim, 1 if connectivity == "faces" else mask.ndim)
    labels, n = ndimage.label(mask, structure)
    _, first = np.unique(labels, return_index=True)
    order = np.argsort(first[int(not mask.all()) :]) if n else []
    numbers = np.zeros(n + 1, int)
    numbers[1 + np.asarray(order, int)] = np.arange(1, n + 1)
    return numbers[labels]


@given(masks, connectivities)
@settings(max_examples=examples(60), deadline=None)
def test_labels_equal_scipys_in_the_order_of_first_voxels(mask, connectivity):
    got = label(mask, connectivity=connectivity)
    assert got.dtype == np.int32
    assert (got == reference(mask, connectivity)).all()


@given(masks, connectivities, st.integers(1, 4))
@settings(max_examples=examples(40), deadline=None)
def test_the_largest_are_kept_and_the_first_of_equal_ones(mask, connectivity, n):
    labels = reference(mask, connectivity)
    sizes = np.bincount(labels.ravel())[1:]
    assert component_sizes(mask, connectivity=connectivity).tolist() == sizes.tolist()
    kept = sorted(range(len(sizes)), key=lambda one: (-sizes[one], one))[:n]
    assert (largest_components(mask, n, connectivity=connectivity) == np.isin(labels, np.add(kept, 1))).all()


@pytest.mark.parametrize("n_columns", [63, 64, 65, 130])
def test_rows_of_any_length_are_read_to_their_end(n_columns):
    mask = np.random.default_rng(n_columns).random((2, 5, n_columns)) < 0.6
    mask[0, 0], mask[1, 4] = True, False
    assert (label(mask) == reference(mask, "faces")).all()


def test_a_spiral_is_one_component():
    # Arms that meet only at the center: every merging of earlier components is put to use.
    y, x = np.mgrid[-40:41, -40:41]
    turns = (np.hypot(y, x) / 6 - np.arctan2(y, x) / (2 * np.pi)) % 1 < 0.5
    assert len(component_sizes(turns)) == ndimage.label(turns)[1]
    assert (label(turns) == reference(turns, "faces")).all()


def test_integers_count_where_they_are_not_zero():
    assert component_sizes(np.array([[0, 7, -2, 0, 1]], dtype=np.int16)).tolist() == [2, 1]


@pytest.mark.parametrize("shape", [(3, 4, 5), (0, 4)])
def test_an_empty_mask_has_no_components(shape):
    mask = np.zeros(shape, bool)
    assert component_sizes(mask).tolist() == []
    assert not label(mask).any()
    assert not largest_components(mask).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: label(np.zeros((2, 2, 2, 2), bool)),
            "label got an array of shape (2, 2, 2, 2). A mask is (rows, columns) or (slices, rows, columns). "
            "Give one image or volume at a time.",
        ),
        (
            lambda: component_sizes(np.zeros((2, 2))),
            "component_sizes got an array of float64. A mask is of bool, or of integers of which anything but 0 "
            "counts. "
            "Compare the image with a threshold first, as in array > 0.5.",
        ),
        (
            lambda: largest_components(np.zeros((2, 2), bool), 0),
            "largest_components got n=0. At least one component is kept. Take n=1 for the largest alone.",
        ),
        (
            lambda: label(np.zeros((2, 2), bool), connectivity="edges"),
            "No connectivity 'edges' in label. Valid: faces, corners. Use one of these.",
        ),
    ],
)
def test_what_cannot_be_labeled_is_said(call, message):
    with pytest.raises((ValueError, TypeError, UnknownNameError)) as caught:
        call()
    assert str(caught.value) == message

"""Affine transforms against scipy inside the image, and against what is plain: shifts, shears, and the way back."""

import numpy as np
import pytest
from scipy import ndimage

from workbench.errors import UnknownNameError
from workbench.imaging.kernels.affine import transform
from workbench.imaging.kernels.resampling import grid_matrix, resample

RANDOM = np.random.default_rng(3)
VOLUME = RANDOM.integers(-1000, 2000, (7, 9, 11)).astype(np.int16)


def turned(angle, shear=0.0, shift=(0.3, -0.2, 0.7)):
    cosine, sine = np.cos(angle), np.sin(angle)
    matrix = np.array([[1, shear, 0, 0], [0, cosine, -sine, 0], [0, sine, cosine, 0], [0, 0, 0, 1]])
    center = np.array([3.0, 4.0, 5.0])
    matrix[:3, 3] = center - matrix[:3, :3] @ center + shift
    return matrix


@pytest.mark.parametrize("shear", [0.0, 0.2])
@pytest.mark.parametrize("angle", [0.0, 0.3])
def test_linear_equals_scipy_where_the_index_lies_inside(angle, shear):
    matrix = turned(angle, shear)
    got = transform(VOLUME.astype(np.float32), matrix, (8, 10, 12), fill=-5000)
    expected = ndimage.affine_transform(
        VOLUME.astype(float), matrix, output_shape=(8, 10, 12), order=1, mode="nearest", prefilter=False
    )
    index = np.indices((8, 10, 12)).reshape(3, -1)
    source = (matrix[:3, :3] @ index + matrix[:3, 3:]).reshape(3, 8, 10, 12)
    inside = ((source >= -0.5) & (source < np.array(VOLUME.shape)[:, None, None, None] - 0.5)).all(axis=0)
    assert 300 < inside.sum() < inside.size
    assert np.abs(got - expected)[inside].max() < 2e-3
    assert (got[~inside] == -5000).all()


@pytest.mark.parametrize("method", ["linear", "cubic"])
def test_a_grid_that_resampling_knows_gives_what_resampling_gives(method):
    shape = (5, 12, 8)
    got = transform(VOLUME, grid_matrix(VOLUME.shape, shape), shape, method=method)
    assert np.abs(got.astype(int) - resample(VOLUME, shape, method=method)).max() <= 1  # the sums have another order


@pytest.mark.parametrize("method", ["linear", "cubic"])
def test_rows_that_stay_rows_give_what_all_others_give(method):
    # Turning the axes round makes the loop for rows treat what the general loop treats, and back.
    shear = np.eye(4)[:3]
    shear[1, 0], shear[1, 3] = 0.31, -1.1
    rows = transform(VOLUME, shear, VOLUME.shape, method=method)
    swap = [2, 1, 0]
    swapped = shear[np.ix_(swap, [2, 1, 0, 3])]
    general = transform(np.ascontiguousarray(VOLUME.transpose(swap)), swapped, VOLUME.shape[::-1], method=method)
    assert np.abs(rows.astype(int) - general.transpose(swap)).max() <= 1


def test_a_shift_by_whole_voxels_moves_them_and_fills():
    square = np.arange(9, dtype=np.uint8).reshape(3, 3)
    matrix = [[1, 0, 1], [0, 1, -1]]  # row r of the result is row r + 1, column c is column c - 1
    for method in ("nearest", "linear", "cubic"):
        got = transform(square, matrix, (3, 3), method=method, fill=77)
        assert got.tolist() == [[77, 3, 4], [77, 6, 7], [77, 77, 77]]


def test_nearest_keeps_any_type_and_brings_a_mask_back():
    labels = RANDOM.integers(0, 5, (6, 8)).astype(np.int64)
    there = grid_matrix((6, 8), (12, 16))  # twice as fine
    fine = transform(labels, there, (12, 16), method="nearest")
    assert fine.dtype == np.int64
    assert (transform(fine, np.linalg.inv(there), (6, 8), method="nearest") == labels).all()
    assert transform(labels > 2, there, (12, 16), method="nearest").dtype == bool


@pytest.mark.parametrize("method", ["nearest", "linear"])
def test_foreign_byte_orders_are_read(method):
    got = transform(VOLUME.astype(">i2"), turned(0.3), VOLUME.shape, method=method)
    assert got.dtype == np.int16
    assert (got == transform(VOLUME, turned(0.3), VOLUME.shape, method=method)).all()


def test_what_is_not_a_number_may_fill_floats():
    got = transform(np.ones((2, 2), np.float32), [[1, 0, 1], [0, 1, 0]], (2, 2), fill=float("nan"))
    assert np.isnan(got).tolist() == [[False, False], [True, True]]


def test_within_half_a_voxel_the_border_goes_on():
    row = np.array([[10, 20]], dtype=np.float32)
    got = transform(row, [[1, 0, 0], [0, 0.25, -0.625]], (1, 10), fill=-1)
    # indexes -0.625, -0.375, -0.125, 0.125 … 1.375, 1.625
    assert got.tolist() == [[-1, 10, 10, 11.25, 13.75, 16.25, 18.75, 20, 20, -1]]


@pytest.mark.parametrize(
    ("array", "matrix", "shape", "options", "message"),
    [
        (
            np.zeros((2, 2, 2, 2)),
            np.eye(4),
            (2, 2, 2),
            {},
            "transform got an array of shape (2, 2, 2, 2). An image is (rows, columns) or (slices, rows, "
            "columns), with a "
            "pixel along each axis. Give one image or volume at a time.",
        ),
        (
            np.zeros((2, 2)),
            np.eye(3),
            (2, 2, 2),
            {},
            "transform got shape=(2, 2, 2) for an array of 2 axes. Each axis needs a whole number of at least 1. "
            "Give 2 of them.",
        ),
        (
            np.zeros((2, 2)),
            np.eye(4),
            (2, 2),
            {},
            "transform got a matrix of shape (4, 4) for an array of 2 axes. Valid: finite numbers of shape (2, 3), or "
            "(3, 3) ending in 2 zeros and a one. Look at how it was made.",
        ),
        (
            np.zeros((2, 2)),
            np.full((2, 3), np.nan),
            (2, 2),
            {},
            "transform got a matrix of shape (2, 3) for an array of 2 axes. Valid: finite numbers of shape (2, 3), or "
            "(3, 3) ending in 2 zeros and a one. Look at how it was made.",
        ),
        (
            np.zeros((2, 2), np.uint8),
            np.eye(3),
            (2, 2),
            {"fill": -1024},
            "transform got fill=-1024 for a result of uint8. It must be a value that this type holds. Take "
            "another value, "
            "or give the array in another type.",
        ),
        (
            np.zeros((2, 2)),
            np.eye(3),
            (2, 2),
            {"fill": 1e300},
            "transform got fill=1e+300 for a result of float32. It must be a value that this type holds. "
            "Take another value, or give the array in another type.",
        ),
        (
            np.zeros((2, 2), bool),
            np.eye(3),
            (2, 2),
            {},
            "transform got an array of bool. Numbers between pixels exist for integers and floats. Use "
            "method='nearest' "
            "for a mask, or mask.astype('float32') for the share of each pixel.",
        ),
        (
            np.zeros((2, 2), object),
            np.eye(3),
            (2, 2),
            {"method": "nearest"},
            "transform got an array of object. Values of up to 8 bytes are moved: bool, integers and floats. "
            "Number the labels, or convert the array.",
        ),
        (
            np.zeros((2, 2)),
            np.eye(3),
            (2, 2),
            {"method": "area"},
            "No method 'area' in transform. Valid: linear, nearest, cubic. Use one of these.",
        ),
    ],
)
def test_what_cannot_be_transformed_is_said(array, matrix, shape, options, message):
    with pytest.raises((ValueError, TypeError, UnknownNameError)) as caught:
        transform(array, matrix, shape, **options)
    assert str(caught.value) == message


@pytest.mark.parametrize("method", ["linear", "cubic"])
@pytest.mark.parametrize("swapped", [False, True])  # the loop for rows, and the one for all others
def test_a_voxel_of_no_weight_has_no_say(method, swapped):
    volume = np.arange(125, dtype=np.float32).reshape(5, 5, 5)
    volume[2, 2, 2] = np.nan
    matrix = np.eye(4)[[2, 1, 0]] if swapped else np.eye(4)[:3]
    np.testing.assert_array_equal(
        transform(volume, matrix, (5, 5, 5), method=method), volume.transpose(2, 1, 0) if swapped else volume
    )

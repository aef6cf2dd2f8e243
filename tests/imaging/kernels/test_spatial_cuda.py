"""The CUDA sources of the spatial kernels, run on the CPU in emulation: the same bits as the compiled loops give."""

import re

import numpy as np
import pytest

from tests.imaging import emulated_cuda
from workbench.imaging.kernels import labeling_gpu, morphology
from workbench.imaging.kernels.affine import transform
from workbench.imaging.kernels.labeling import component_sizes, label, largest_components
from workbench.imaging.kernels.resampling import resample

pytestmark = pytest.mark.skipif(emulated_cuda.COMPILER is None, reason=emulated_cuda.WITHOUT_COMPILER)

RANDOM = np.random.default_rng(8)
VOLUME = RANDOM.integers(-1000, 3000, (5, 9, 12)).astype(np.int16)
# Wider than a segment of the labeling and than a word of the morphology, and no multiple of either.
MASK = RANDOM.random((4, 7, 70)) < 0.55


@pytest.fixture
def cupy():
    with emulated_cuda.emulated():
        import cupy

        yield cupy


@pytest.mark.parametrize("method", ["linear", "area", "cubic", "nearest"])
@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_resampling_gives_the_same_bits(cupy, method, dtype):
    for shape in ((5, 7, 9), (3, 14, 8)):
        expected = resample(VOLUME, shape, method=method, dtype=dtype)
        got = resample(cupy.asarray(VOLUME), shape, method=method, dtype=dtype)
        assert isinstance(got, cupy.ndarray)
        assert got.dtype == dtype
        assert (cupy.asnumpy(got) == expected).all()


def test_colors_and_stacks_are_resampled_alike(cupy):
    colors = RANDOM.integers(0, 256, (2, 6, 5, 3)).astype(np.uint8)
    for shape in ((2, 3, 8, 3), (4, 6, 5, 3)):
        got = resample(cupy.asarray(colors), shape, method="area")
        assert (cupy.asnumpy(got) == resample(colors, shape, method="area")).all()


@pytest.mark.parametrize("method", ["linear", "cubic", "nearest"])
@pytest.mark.parametrize("slope", [0.0, 0.1])  # along rows, and across them
def test_transforms_give_the_same_bits(cupy, method, slope):
    matrix = np.array([[0.9, 0.1, slope, 0.2], [0.2, 1.1, slope, -1.3], [0.05, -0.1, 0.95, 0.4]])
    expected = transform(VOLUME, matrix, (6, 8, 13), method=method, fill=-2000)
    got = transform(cupy.asarray(VOLUME), matrix, (6, 8, 13), method=method, fill=-2000)
    assert (cupy.asnumpy(got) == expected).all()
    assert 0 < (expected == -2000).mean() < 1


def test_masks_are_moved_as_they_are(cupy):
    matrix = [[1, 0, 0.6], [0, 0.5, 0]]
    got = transform(cupy.asarray(MASK[0]), matrix, (7, 80), method="nearest", fill=1)
    assert got.dtype == bool
    assert (cupy.asnumpy(got) == transform(MASK[0], matrix, (7, 80), method="nearest", fill=1)).all()


@pytest.mark.parametrize("connectivity", ["faces", "corners"])
@pytest.mark.parametrize("mask", [MASK, MASK[1], ~MASK[:, :, :33], np.zeros((2, 3, 4), bool), np.ones((2, 3, 40), int)])
def test_components_are_the_same(cupy, mask, connectivity):
    there = cupy.asarray(mask)
    assert (cupy.asnumpy(label(there, connectivity=connectivity)) == label(mask, connectivity=connectivity)).all()
    sizes = component_sizes(there, connectivity=connectivity)
    assert sizes.tolist() == component_sizes(mask, connectivity=connectivity).tolist()
    for n in (1, 3):
        got = largest_components(there, n, connectivity=connectivity)
        assert (cupy.asnumpy(got) == largest_components(mask, n, connectivity=connectivity)).all()


@pytest.mark.parametrize("per_slice", [True, False])
def test_morphology_gives_the_same_voxels(cupy, per_slice):
    sparse = RANDOM.random(MASK.shape) < 0.1
    for mask in (MASK, sparse, sparse[..., :64]):
        there = cupy.asarray(mask)
        for name in ("dilate", "erode", "close", "open"):
            change = getattr(morphology, name)
            for radius in (1, 2.5):
                got = change(there, radius, per_slice=per_slice)
                assert (cupy.asnumpy(got) == change(mask, radius, per_slice=per_slice)).all(), name
        got = morphology.fill_holes(there, per_slice=per_slice)
        assert (cupy.asnumpy(got) == morphology.fill_holes(mask, per_slice=per_slice)).all()


def test_a_wide_reach_crosses_words(cupy):
    sparse = RANDOM.random((3, 140)) < 0.02
    got = morphology.dilate(cupy.asarray(sparse), 63)
    assert (cupy.asnumpy(got) == morphology.dilate(sparse, 63)).all()


def test_the_number_of_launches_does_not_depend_on_the_mask(cupy):
    for mask in (MASK, np.zeros_like(MASK)):
        del emulated_cuda.state.launches[:]
        largest_components(cupy.asarray(mask), 2)
        assert emulated_cuda.state.launches == [
            "begin",
            "unite",
            "flatten",
            "measure",
            "find_next",
            "find_next",
            "keep",
        ]


def test_a_mask_with_too_many_voxels_is_refused(cupy, monkeypatch):
    monkeypatch.setattr(labeling_gpu, "_MOST_VOXELS", 99)
    message = (
        "A mask of shape (1, 10, 10) has 100 voxels. On a GPU up to 99 are numbered. "
        "Take device='cpu', or fewer slices at a time."
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        label(cupy.asarray(np.zeros((10, 10), bool)))


@pytest.mark.parametrize("method", ["linear", "cubic"])
def test_what_is_not_a_number_spreads_no_further_than_its_weight(cupy, method):
    volume = VOLUME.astype(np.float32)
    volume[2, 4, 5] = np.nan
    for shape in ((15, 27, 36), (5, 14, 12)):
        got = cupy.asnumpy(resample(cupy.asarray(volume), shape, method=method))
        np.testing.assert_array_equal(got, resample(volume, shape, method=method))
    for matrix in (np.eye(4)[:3], np.array([[1, 0, 0.5, 0], [0, 1, 0, 0.5], [0.25, 0, 1, 0.0]])):
        got = cupy.asnumpy(transform(cupy.asarray(volume), matrix, volume.shape, method=method))
        np.testing.assert_array_equal(got, transform(volume, matrix, volume.shape, method=method))

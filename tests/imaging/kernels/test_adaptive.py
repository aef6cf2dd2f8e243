"""Adaptive equalization against OpenCV's definition written out in NumPy, and on images whose result is plain."""

import numpy as np
import pytest

from workbench.imaging.kernels.adaptive import equalize_adaptive
from workbench.imaging.threads import limit_threads

RANDOM = np.random.default_rng(9)


def table_of(tile: np.ndarray, n_values: int, limit: float) -> np.ndarray:
    """Return a tile's table: clip the counts, hand out what was clipped, sum up, scale."""
    counts = np.bincount(tile.ravel(), minlength=n_values)
    if limit > 0:
        ceiling = max(int(limit * tile.size / n_values), 1)
        clipped = int(np.maximum(counts - ceiling, 0).sum())
        counts = np.minimum(counts, ceiling) + clipped // n_values
        left = clipped % n_values
        if left:
            counts[:: max(n_values // left, 1)][:left] += 1
    scale = np.float32(n_values - 1) / np.float32(tile.size)
    return np.rint(np.cumsum(counts).astype(np.float32) * scale).clip(0, n_values - 1)


def axis_weights(n: int, size: int, n_tiles: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the tiles before and after each pixel of an axis, and how far it is on the way."""
    place = np.arange(n, dtype=np.float32) * (np.float32(1) / np.float32(size)) - np.float32(0.5)
    first = np.floor(place).astype(int)
    return first.clip(0), (first + 1).clip(max=n_tiles - 1), place - first.astype(np.float32)


def by_definition(image: np.ndarray, tiles: tuple[int, int], limit: float) -> np.ndarray:
    """Return the image equalized with whole-array operations, its border padded by ``numpy.pad``."""
    n_values = np.iinfo(image.dtype).max + 1
    short = [of - n % of for n, of in zip(image.shape, tiles, strict=True)]
    fits = all(n % of == 0 for n, of in zip(image.shape, tiles, strict=True))
    padded = image if fits else np.pad(image, [(0, one) for one in short], mode="reflect")
    height, width = (n // of for n, of in zip(padded.shape, tiles, strict=True))
    cut = padded.reshape(tiles[0], height, tiles[1], width).swapaxes(1, 2)
    tables = np.array([[table_of(tile, n_values, limit) for tile in row] for row in cut]).astype(np.float32)
    top, bottom, down = (one[:, None] for one in axis_weights(image.shape[0], height, tiles[0]))
    left, right, across = axis_weights(image.shape[1], width, tiles[1])
    above = tables[top, left, image] * (1 - across) + tables[top, right, image] * across
    below = tables[bottom, left, image] * (1 - across) + tables[bottom, right, image] * across
    return np.rint(above * (1 - down) + below * down).astype(image.dtype)


@pytest.mark.parametrize("shape", [(64, 80), (61, 70), (64, 70)])
@pytest.mark.parametrize("tiles", [(8, 8), (2, 5), (1, 1)])
@pytest.mark.parametrize("limit", [0, 1, 2.5, 40])
def test_bytes_are_equalized_as_opencv_defines_it(shape: tuple[int, int], tiles: tuple[int, int], limit: float) -> None:
    image = RANDOM.normal(120, 25, shape).clip(0, 255).astype(np.uint8)
    found = equalize_adaptive(image, tiles=tiles, clip_limit=limit)
    np.testing.assert_array_equal(found, by_definition(image, tiles, limit))


@pytest.mark.parametrize("limit", [0, 2, 400])
def test_sixteen_bits_are_equalized_as_opencv_defines_it(limit: float) -> None:
    image = RANDOM.normal(30_000, 2_000, (45, 38)).astype(np.uint16)
    found = equalize_adaptive(image, tiles=(3, 4), clip_limit=limit)
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, by_definition(image, (3, 4), limit))


def test_each_image_of_a_stack_is_equalized_alone() -> None:
    stack = RANDOM.integers(0, 255, (3, 40, 40)).astype(np.uint8)
    found = equalize_adaptive(stack)
    for image, one in zip(stack, found, strict=True):
        np.testing.assert_array_equal(equalize_adaptive(image), one)


def test_threads_change_nothing() -> None:
    image = RANDOM.integers(0, 255, (1200, 1100)).astype(np.uint8)
    with limit_threads(1):
        alone = equalize_adaptive(image)
    np.testing.assert_array_equal(equalize_adaptive(image), alone)


def test_one_tile_without_a_limit_is_plain_equalization() -> None:
    image = np.repeat(np.uint8([10, 20, 30, 40]), 16).reshape(8, 8)
    found = equalize_adaptive(image, tiles=(1, 1), clip_limit=0)
    # a quarter, a half, three quarters and all of 64 pixels, times 255 / 64: 63.75, 127.5 (to even: 128), 191.25, 255
    assert np.unique(found).tolist() == [64, 128, 191, 255]


@pytest.mark.parametrize("kind", ["int16", "float32", "bool"])
def test_other_types_are_refused(kind: str) -> None:
    with pytest.raises(TypeError) as caught:
        equalize_adaptive(np.zeros((16, 16), kind))
    assert str(caught.value) == (
        f"An image of {kind} came. Adaptive equalization counts the values of uint8 or uint16. "
        "Window it first: rescale_window(image, low=…, high=…, dtype='uint8')."
    )


@pytest.mark.parametrize(
    ("shape", "tiles", "limit"),
    [
        ((16,), (8, 8), 2),
        ((15, 16), (8, 8), 2),
        ((16, 16), (0, 8), 2),
        ((16, 16), (8, 8), -1),
        ((1, 1, 9, 9), (2, 2), 1),
    ],
)
def test_what_cannot_be_cut_into_tiles_is_refused(shape: tuple[int, ...], tiles: tuple[int, int], limit: float) -> None:
    with pytest.raises(ValueError, match="tiles=") as caught:
        equalize_adaptive(np.zeros(shape, np.uint8), tiles=tiles, clip_limit=limit)
    assert str(caught.value) == (
        f"tiles={tiles}, clip_limit={limit:g} came for an image of {shape}. It needs (rows, columns) or "
        "(images, rows, columns), at least 2 pixels a tile each way and a limit of 0 or more. Take fewer tiles."
    )


@pytest.mark.parametrize("limit", [256, 1e300, np.inf])
def test_a_limit_that_no_tile_reaches_limits_nothing(limit: float) -> None:
    image = np.random.default_rng(0).integers(0, 9, (32, 32)).astype(np.uint8)
    unlimited = equalize_adaptive(image, tiles=(2, 2), clip_limit=0)
    np.testing.assert_array_equal(equalize_adaptive(image, tiles=(2, 2), clip_limit=limit), unlimited)

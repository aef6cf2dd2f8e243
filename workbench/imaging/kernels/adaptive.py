"""Equalize contrast locally: CLAHE, equal to OpenCV's."""

from typing import Any

import numpy as np

from workbench.imaging.arrays import array_module, contiguous, is_on_gpu, run_kernel
from workbench.imaging.images import Array
from workbench.imaging.threads import over_slabs

_WORTH_A_THREAD = 1 << 18  # pixels


def equalize_adaptive(array: Array, *, tiles: tuple[int, int] = (8, 8), clip_limit: float = 2.0) -> Array:
    """Return the image with its histogram equalized around each pixel, and the gain in contrast limited (CLAHE).

    The image is cut into tiles, reflected at its right and lower border where they do not fit. Each tile's histogram is
    clipped, what was clipped is handed out to all values, and the running sum is the tile's table. A pixel is taken
    through the tables of the four nearest tiles and interpolated. Equal to ``cv2.createCLAHE(clip_limit, tiles)``, but
    for ``tiles``, which OpenCV takes as (columns, rows).

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        ``(rows, columns)`` or ``(images, rows, columns)``, each equalized alone; uint8 or uint16.
    tiles : tuple of int, default (8, 8)
        How many down and across.
    clip_limit : float, default 2.0
        The most pixels of one value in a tile, as a multiple of the mean; 0 limits nothing, and nor does infinity.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        Of the same shape, type and kind.

    Raises
    ------
    TypeError
        For anything but uint8 or uint16.
    ValueError
        For another number of axes, tiles of less than two pixels, or a negative limit.

    References
    ----------
    Zuiderveld K. Contrast limited adaptive histogram equalization. Graphics Gems IV, 1994, 474–485,
    doi:10.1016/B978-0-12-336156-1.50061-6; the tables as OpenCV, modules/imgproc/src/clahe.cpp, makes them.

    Examples
    --------
    >>> equalize_adaptive(np.tile(np.uint8([0, 1]), (8, 4)), tiles=(1, 1), clip_limit=0).max()
    np.uint8(255)
    """
    kind = np.dtype(array.dtype)
    if kind not in (np.uint8, np.uint16):
        raise TypeError(
            f"An image of {kind.name} came. Adaptive equalization counts the values of uint8 or uint16. "
            "Window it first: rescale_window(image, low=…, high=…, dtype='uint8')."
        )
    if array.ndim not in (2, 3) or min(tiles) < 1 or not clip_limit >= 0 or _smallest(array, tiles) < 2:
        raise ValueError(
            f"tiles={tiles}, clip_limit={clip_limit:g} came for an image of {array.shape}. It needs (rows, columns) or "
            "(images, rows, columns), at least 2 pixels a tile each way and a limit of 0 or more. Take fewer tiles."
        )
    given = contiguous(array)
    images = given.reshape(-1, *array.shape[-2:])
    size = _tile_size(images.shape[1:], tiles)
    n_values = 256 if kind == np.uint8 else 65_536
    n_pixels = size[0] * size[1]
    clips = 0 < clip_limit < n_values  # a tile has no more pixels than that many means: then nothing is clipped
    limit = max(int(clip_limit * n_pixels / n_values), 1) if clips else 0
    run = _on_gpu if is_on_gpu(given) else _on_cpu
    taken: Array = run(images, (*tiles, n_values), size, (limit, np.float32(n_values - 1) / np.float32(n_pixels)))
    return taken.reshape(array.shape)


def _smallest(array: Array, tiles: tuple[int, int]) -> int:
    return int(min(n // of for n, of in zip(array.shape[-2:], tiles, strict=True)))


def _tile_size(shape: tuple[int, int], tiles: tuple[int, int]) -> tuple[int, int]:
    """Return the tiles' height and width; both axes are padded where either does not divide."""
    (rows, columns), (down, across) = shape, tiles
    if rows % down == 0 and columns % across == 0:
        return rows // down, columns // across
    return rows // down + 1, columns // across + 1


def _on_cpu(images: Array, tables: tuple[int, int, int], size: tuple[int, int], numbers: tuple[int, Any]) -> Array:
    from workbench.imaging.kernels.adaptive_cpu import LOOPS

    made = np.empty((len(images), *tables), images.dtype)
    taken = np.empty_like(images)
    n_tiles, n_lines = len(images) * tables[0] * tables[1], len(images) * images.shape[1]
    least = max(1, _WORTH_A_THREAD // (size[0] * size[1]))
    over_slabs(lambda *slab: LOOPS["make_tables"](images, made, size, *numbers, *slab), n_tiles, least=least)
    per = (np.float32(1) / np.float32(size[0]), np.float32(1) / np.float32(size[1]))
    least = max(1, _WORTH_A_THREAD // images.shape[2])
    over_slabs(lambda *slab: LOOPS["blend"](images, taken, made, per, *slab), n_lines, least=least)
    return taken


def _on_gpu(images: Array, tables: tuple[int, int, int], size: tuple[int, int], numbers: tuple[int, Any]) -> Array:
    xp = array_module(images)
    n_tiles = len(images) * tables[0] * tables[1]
    types = {"IN": images.dtype, "BINS": tables[2]}
    tiles = (np.int32(tables[0]), np.int32(tables[1]))
    counts = xp.zeros((n_tiles, tables[2]), np.uint32)
    made = xp.empty((n_tiles, tables[2]), images.dtype)
    taken = xp.empty_like(images)
    shape = images.shape[1:]
    limit, scale = numbers
    arguments = (images, *map(int, shape), *tiles, *map(np.int32, size), counts)
    run_kernel(("adaptive.cu", "count_tiles"), arguments, size=n_tiles * 256, types=types)
    run_kernel(("adaptive.cu", "make_tables"), (counts, made, np.int32(limit), scale), size=n_tiles * 256, types=types)
    per = (np.float32(1) / np.float32(size[0]), np.float32(1) / np.float32(size[1]))
    arguments = (images, taken, made, images.size, *map(np.int32, shape), *tiles, *per)
    run_kernel(("adaptive.cu", "blend"), arguments, size=images.size, types=types)
    return taken

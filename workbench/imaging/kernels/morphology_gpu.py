"""Dilation of packed masks on a GPU, 64 voxels a thread."""

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import array_module, run_kernel
from workbench.imaging.images import Array
from workbench.imaging.kernels.resampling_types import index_type


def change(mask: Array, offsets: npt.NDArray[np.int64], *, steps: tuple[str, ...]) -> Array:
    """Return a 3-D mask after dilations and erosions; what lies outside has no say in either.

    Parameters
    ----------
    mask : cupy.ndarray
        ``(slices, rows, columns)``, bool.
    offsets : numpy.ndarray
        (n, 3), int64: slices, rows and how many columns to either side.
    steps : tuple of str
        ``"dilate"`` or ``"erode"``, one after the other.

    Returns
    -------
    cupy.ndarray
        bool, of the mask's shape.
    """
    xp, (n_slices, n_rows, n_columns) = array_module(mask), mask.shape
    n_words = -(-n_columns // 64)
    last_word = np.uint64((1 << ((n_columns - 1) % 64 + 1)) - 1)
    packed = xp.empty((n_slices, n_rows, n_words), np.uint64)
    _run("pack", mask, packed, packed.size, n_words, n_columns, size=packed.size)
    on_device = xp.asarray(offsets.astype(np.int32))
    for step in steps:
        before, packed = packed, xp.empty_like(packed)
        shape = (n_slices, n_rows, n_words)
        eroding = int(step == "erode")
        _run("dilate", before, packed, on_device, len(offsets), *shape, last_word, eroding, size=packed.size)
    out = xp.empty(mask.shape, bool)
    _run("unpack", packed, out, out.size, n_words, n_columns, size=out.size)
    return out


def _run(kernel: str, *arguments: Array, size: int) -> None:
    large = max(one.size for one in arguments[:2])
    run_kernel(("morphology.cu", kernel), arguments, size=size, types={"INDEX": index_type(large)})

"""Connected components on a GPU: a few launches whose number depends on nothing, and no waiting between them."""

import numpy as np
import numpy.typing as npt

from workbench.errors import brief
from workbench.imaging.arrays import array_module, run_kernel, to_host
from workbench.imaging.images import Array

_MOST_VOXELS = 2**31 - 1  # labels are indexes of voxels in 32 bits


def label_runs(mask: Array, reach: int) -> Array:
    """Return component numbers of a 3-D mask; see `workbench.imaging.kernels.labeling.label`.

    Parameters
    ----------
    mask : cupy.ndarray
        ``(slices, rows, columns)``, bool.
    reach : int
        1 where edges and corners connect, else 0.

    Returns
    -------
    cupy.ndarray
        int32, of the mask's shape.
    """
    xp, labels = array_module(mask), _components(mask, reach)
    flat = labels.reshape(-1)
    numbers = xp.cumsum(flat == xp.arange(flat.size, dtype=np.int32), dtype=np.int32)
    out = xp.empty(mask.shape, np.int32)
    _run("renumber", labels, numbers, out, mask.size, size=mask.size)
    return out


def sizes_of_components(mask: Array, reach: int) -> npt.NDArray[np.int64]:
    """Return component sizes of a 3-D mask; see `workbench.imaging.kernels.labeling.component_sizes`.

    Parameters
    ----------
    mask : cupy.ndarray
        ``(slices, rows, columns)``, bool.
    reach : int
        1 where edges and corners connect, else 0.

    Returns
    -------
    numpy.ndarray
        int64, on the host.
    """
    sizes = _sizes(_components(mask, reach))
    return to_host(sizes[sizes > 0]).astype(np.int64)  # roots alone have one, in the order of first voxels


def keep_largest(mask: Array, n: int, reach: int) -> Array:
    """Return a 3-D mask's largest components; see `workbench.imaging.kernels.labeling.largest_components`.

    Parameters
    ----------
    mask : cupy.ndarray
        ``(slices, rows, columns)``, bool.
    n : int
        How many: a launch each.
    reach : int
        1 where edges and corners connect, else 0.

    Returns
    -------
    cupy.ndarray
        bool, of the mask's shape.
    """
    xp, labels, n = array_module(mask), _components(mask, reach), min(n, mask.size)
    sizes, keys, out = _sizes(labels), xp.zeros(n, np.uint64), xp.empty(mask.shape, bool)
    for place in range(n):
        _run("find_next", labels, sizes, keys, mask.size, place, size=mask.size)
    _run("keep", labels, sizes, keys, out, mask.size, n, size=mask.size)
    return out


def fill_background(mask: Array, *, per_slice: bool) -> Array:
    """Return a 3-D mask with holes filled; see `workbench.imaging.kernels.morphology.fill_holes`.

    Parameters
    ----------
    mask : cupy.ndarray
        ``(slices, rows, columns)``, bool.
    per_slice : bool
        Whether slices are looked at one by one.

    Returns
    -------
    cupy.ndarray
        bool, of the mask's shape.
    """
    xp, labels = array_module(mask), _components(~mask, 0, in_3d=not per_slice)
    reached, out = xp.zeros(mask.size, np.uint8), xp.empty(mask.shape, bool)
    _run("reach_border", labels, reached, mask.size, *mask.shape[1:], int(not per_slice), size=mask.size)
    _run("fill", labels, reached, out, mask.size, size=mask.size)
    return out


def _components(mask: Array, reach: int, *, in_3d: bool = True) -> Array:
    """Return the index of each voxel's component's first voxel; -1 outside."""
    if mask.size > _MOST_VOXELS:
        raise ValueError(
            f"A mask of shape {brief(mask.shape)} has {mask.size:,} voxels. On a GPU up to {_MOST_VOXELS:,} are "
            "numbered. Take device='cpu', or fewer slices at a time."
        )
    labels = array_module(mask).empty(mask.shape, np.int32)
    _run("begin", mask, labels, mask.size, mask.shape[2], size=mask.size)
    _run("unite", mask, labels, mask.size, *mask.shape[1:], int(in_3d), reach, size=mask.size)
    _run("flatten", labels, mask.size, size=mask.size)
    return labels


def _sizes(labels: Array) -> Array:
    sizes = array_module(labels).zeros(labels.size, np.int32)
    _run("measure", labels, sizes, labels.size, labels.shape[2], size=labels.size)
    return sizes


def _run(kernel: str, *arguments: Array, size: int) -> None:
    narrow = tuple(np.uint32(one) if isinstance(one, int) else one for one in arguments)
    run_kernel(("labeling.cu", kernel), narrow, size=size)

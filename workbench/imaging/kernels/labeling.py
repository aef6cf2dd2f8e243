"""Connected components of a mask, numbered, counted, or kept by size; in 3-D for volumes, in 2-D for single images."""

from importlib import import_module
from types import ModuleType
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from workbench.errors import brief, unknown_name
from workbench.imaging.arrays import is_on_gpu
from workbench.imaging.images import Array
from workbench.imaging.kernels.labeling_masks import three_axes

Connectivity = Literal["faces", "corners"]


def label(mask: Array, *, connectivity: Connectivity = "faces") -> Array:
    """Return the number of the connected component that each voxel belongs to.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        ``(rows, columns)`` or ``(slices, rows, columns)``, bool or integers of which anything but 0 counts.
        A 3-D array is labeled in 3-D.
    connectivity : {"faces", "corners"}
        Voxels that share a face (6 neighbors in 3-D, 4 in 2-D), or also those that share an edge or a corner (26, 8).

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        int32, of the mask's shape: 0 outside, then 1, 2, … in the order of each component's first voxel.

    Raises
    ------
    ValueError
        For an array with neither two nor three axes.
    UnknownNameError
        For an unknown connectivity.
    TypeError
        For a mask of floating-point numbers.

    References
    ----------
    .. [1] He L, Chao Y, Suzuki K. A run-based two-scan labeling algorithm. IEEE Trans Image Process
       2008;17(5):749–756. https://doi.org/10.1109/TIP.2008.919369
    .. [2] Playne DP, Hawick K. A new algorithm for parallel connected-component labelling on GPUs. IEEE Trans Parallel
       Distrib Syst 2018;29(6):1217–1230. https://doi.org/10.1109/TPDS.2018.2799216

    Examples
    --------
    >>> label(np.array([[1, 1, 0, 1], [0, 0, 0, 1]], dtype=bool)).tolist()
    [[1, 1, 0, 2], [0, 0, 0, 2]]
    """
    reach, volume = _reach(connectivity, "label"), three_axes(mask, "label")
    return _kernels(volume).label_runs(volume, reach).reshape(mask.shape)


def largest_components(mask: Array, n: int = 1, *, connectivity: Connectivity = "faces") -> Array:
    """Return the mask with nothing but its `n` largest connected components.

    Of components of equal size the one whose first voxel comes first is kept.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        As for `label`.
    n : int
        How many to keep, at least 1; a mask with fewer is returned whole.
    connectivity : {"faces", "corners"}
        As for `label`.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        bool, of the mask's shape.

    Raises
    ------
    ValueError
        For an `n` below 1, or an array with neither two nor three axes.
    UnknownNameError
        For an unknown connectivity.
    TypeError
        For a mask of floating-point numbers.

    Examples
    --------
    >>> largest_components(np.array([[1, 1, 0, 1]], dtype=bool)).tolist()
    [[True, True, False, False]]
    """
    reach, volume = _reach(connectivity, "largest_components"), three_axes(mask, "largest_components")
    if not n >= 1:
        raise ValueError(
            f"largest_components got n={brief(n)}. At least one component is kept. Take n=1 for the largest alone."
        )
    return _kernels(volume).keep_largest(volume, int(n), reach).reshape(mask.shape)


def component_sizes(mask: Array, *, connectivity: Connectivity = "faces") -> npt.NDArray[np.int64]:
    """Return how many voxels each connected component has.

    Parameters
    ----------
    mask : numpy.ndarray or cupy.ndarray
        As for `label`.
    connectivity : {"faces", "corners"}
        As for `label`.

    Returns
    -------
    numpy.ndarray
        (n_components,), int64, on the host, in the order of `label`'s numbers; empty for an empty mask.

    Raises
    ------
    ValueError
        For an array with neither two nor three axes.
    UnknownNameError
        For an unknown connectivity.
    TypeError
        For a mask of floating-point numbers.

    Examples
    --------
    >>> component_sizes(np.array([[1, 1, 0, 1]], dtype=bool)).tolist()
    [2, 1]
    """
    reach, volume = _reach(connectivity, "component_sizes"), three_axes(mask, "component_sizes")
    sizes: npt.NDArray[np.int64] = _kernels(volume).sizes_of_components(volume, reach)
    return sizes


def _kernels(volume: Array) -> ModuleType:
    """Return what labels masks where this one lies."""
    return import_module(f"workbench.imaging.kernels.labeling_{'gpu' if is_on_gpu(volume) else 'cpu'}")


def _reach(connectivity: str, caller: str) -> int:
    names = get_args(Connectivity)
    if connectivity not in names:
        raise unknown_name("connectivity", connectivity, names, where=caller, then="Use one of these.")
    return names.index(connectivity)

"""Connected components on the CPU: runs of voxels are united, and the result is written run by run."""

from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.kernels.compiled import compiled
from workbench.imaging.kernels.labeling_runs_cpu import count_runs, find_runs, pack, unite_runs

Mask = npt.NDArray[np.bool_]


def label_runs(mask: Mask, reach: int) -> npt.NDArray[np.int32]:
    """Return component numbers of a 3-D mask; see `workbench.imaging.kernels.labeling.label`.

    Parameters
    ----------
    mask : numpy.ndarray
        ``(slices, rows, columns)``, bool.
    reach : int
        1 where edges and corners connect, else 0.

    Returns
    -------
    numpy.ndarray
        int32, of the mask's shape.
    """
    edges, before, parents = _components(mask, reach)
    numbers, _ = _number(edges, parents)
    out = np.zeros(mask.shape, np.int32)
    _paint(edges, before, numbers, out.reshape(-1, mask.shape[-1]))
    return out


def sizes_of_components(mask: Mask, reach: int) -> npt.NDArray[np.int64]:
    """Return component sizes of a 3-D mask; see `workbench.imaging.kernels.labeling.component_sizes`.

    Parameters
    ----------
    mask : numpy.ndarray
        ``(slices, rows, columns)``, bool.
    reach : int
        1 where edges and corners connect, else 0.

    Returns
    -------
    numpy.ndarray
        int64.
    """
    edges, _, parents = _components(mask, reach)
    sizes: npt.NDArray[np.int64] = _number(edges, parents)[1]
    return sizes


def keep_largest(mask: Mask, n: int, reach: int) -> Mask:
    """Return a 3-D mask's largest components; see `workbench.imaging.kernels.labeling.largest_components`.

    Parameters
    ----------
    mask : numpy.ndarray
        ``(slices, rows, columns)``, bool.
    n : int
        How many.
    reach : int
        1 where edges and corners connect, else 0.

    Returns
    -------
    numpy.ndarray
        bool, of the mask's shape.
    """
    edges, before, parents = _components(mask, reach)
    numbers, sizes = _number(edges, parents)
    kept = np.zeros(len(sizes) + 1, np.uint8)
    kept[1 + np.argsort(-sizes, kind="stable")[:n]] = 1  # of equal ones, the first
    out = np.zeros(mask.shape, np.uint8)
    _paint(edges, before, kept[numbers], out.reshape(-1, mask.shape[-1]))
    return out.view(np.bool_)


def fill_background(mask: Mask, *, per_slice: bool) -> Mask:
    """Return a 3-D mask with holes filled; see `workbench.imaging.kernels.morphology.fill_holes`.

    Parameters
    ----------
    mask : numpy.ndarray
        ``(slices, rows, columns)``, bool.
    per_slice : bool
        Whether slices are looked at one by one.

    Returns
    -------
    numpy.ndarray
        bool, of the mask's shape.
    """
    edges, before, parents = _components(~mask, 0, in_3d=not per_slice)
    holes = _holes(edges, before, parents, mask.shape, not per_slice)
    out = mask.astype(np.uint8)
    _paint(edges, before, holes, out.reshape(-1, mask.shape[-1]))
    return out.view(np.bool_)


def _components(mask: Mask, reach: int, *, in_3d: bool = True) -> tuple[Any, Any, Any]:
    packed = pack(mask)
    before = count_runs(packed)
    edges = find_runs(packed, before, mask.shape[-1])
    return edges, before, unite_runs(edges, before, mask.shape[1], in_3d, reach)


@compiled
def _number(edges: Any, parents: Any) -> Any:
    """Return for each run its component's number, from 1 on, and the components' sizes."""
    numbers = np.empty(len(parents), np.int32)
    sizes = np.zeros(len(parents), np.int64)
    n = 0
    for run in range(len(parents)):
        if parents[run] == run:
            n += 1
            numbers[run] = n
        else:
            numbers[run] = numbers[parents[run]]
        sizes[numbers[run] - 1] += edges[run, 1] - edges[run, 0]
    return numbers, sizes[:n].copy()


@compiled
def _holes(edges: Any, before: Any, parents: Any, shape: Any, in_3d: Any) -> Any:
    """Return for each run of background 1 if its component does not reach the border, else 0."""
    n_slices, n_rows, n_columns = shape
    inside = np.ones(len(parents), np.uint8)
    for row in range(len(before) - 1):
        z, y = row // n_rows, row % n_rows
        at_edge = y in (0, n_rows - 1) or (in_3d and z in (0, n_slices - 1))
        for run in range(before[row], before[row + 1]):
            if at_edge or edges[run, 0] == 0 or edges[run, 1] == n_columns:
                inside[parents[run]] = 0
    for run in range(len(parents)):
        inside[run] = inside[parents[run]]
    return inside


@compiled
def _paint(edges: Any, before: Any, values: Any, rows: Any) -> None:
    """Write each run's value into its row, unless it is 0."""
    for row in range(len(rows)):
        for run in range(before[row], before[row + 1]):
            value = values[run]
            if value != 0:
                for x in range(edges[run, 0], edges[run, 1]):
                    rows[row, x] = value

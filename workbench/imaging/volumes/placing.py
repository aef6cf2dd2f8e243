"""Slices put onto an even grid at right angles, one after the other, so that no series is held twice.

A slice that lies beside the first is shifted in its plane; a slice of the grid that lies between two slices is
interpolated between them. Both are linear, but padding is never mixed with the image: there, the nearer value is taken.
A slice that lies on the grid is copied as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.volumes.geometry import SliceOrder

_ON_GRID = 0.1  # of the step, as for even slices: nearer than that, a slice is taken as it is


@dataclass(frozen=True, eq=False)
class Placement:
    """How the slices that were read become slices of the grid.

    Attributes
    ----------
    shape : tuple of int
        Of the volume.
    origin_mm : tuple of float
        Center of its first voxel.
    corners : numpy.ndarray
        (n, 2) where each slice's first pixel lies in the grid's plane, in pixels.
    below, weight : numpy.ndarray
        (m,) for each slice of the grid the slice below it, and how much of the next one is mixed in.
    """

    shape: tuple[int, int, int]
    origin_mm: tuple[float, float, float]
    corners: npt.NDArray[np.float64]
    below: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]


def plan_placement(order: SliceOrder, shape: tuple[int, int], pixel_mm: tuple[float, float]) -> Placement:
    """Return where every slice goes.

    Parameters
    ----------
    order : SliceOrder
        From `order_slices`.
    shape : tuple of int
        (rows, columns) of a slice.
    pixel_mm : tuple of float
        Between (rows, columns).

    Returns
    -------
    Placement
        Its plane holds every shifted slice whole.
    """
    low = np.floor(order.shift_pixels.min(axis=0))
    high = np.ceil(order.shift_pixels.max(axis=0))
    grown = tuple(int(n + more) for n, more in zip(shape, high - low, strict=True))
    rows_axis, columns_axis = np.array(order.direction[1]), np.array(order.direction[2])
    origin = np.array(order.origin_mm) + low[0] * pixel_mm[0] * rows_axis + low[1] * pixel_mm[1] * columns_axis
    below, weight = _between(order.along_mm, order.grid_mm)
    shape_3d = (len(order.grid_mm), grown[0], grown[1])
    corners = order.shift_pixels - low
    return Placement(shape_3d, (float(origin[0]), float(origin[1]), float(origin[2])), corners, below, weight)


def place(
    slices: Iterable[npt.NDArray[Any]],
    placement: Placement,
    out: npt.NDArray[Any],
    fill: float,
    padding: float | None = None,
) -> None:
    """Put slices into a volume as they come.

    Parameters
    ----------
    slices : iterable of numpy.ndarray
        (rows, columns), in the order of their positions, in units.
    placement : Placement
        From `plan_placement`.
    out : numpy.ndarray
        Of the placement's shape; int16 is rounded to nearest.
    fill : float
        For pixels that no slice covers.
    padding : float, optional
        The value of pixels outside the image proper.
    """
    earlier: npt.NDArray[np.float32] | None = None
    nth = 0  # of the grid
    for at, plane in enumerate(slices):
        later = _shifted(plane, placement, at, (fill, padding))
        while nth < len(placement.below) and placement.below[nth] + (placement.weight[nth] > 0) <= at:
            weight = float(placement.weight[nth])
            mixed = later if weight == 0 or earlier is None else _mixed(earlier, later, weight, padding)
            out[nth] = np.rint(mixed) if out.dtype.kind == "i" else mixed
            nth += 1
        earlier = later


def _between(along: npt.NDArray[np.float64], grid: npt.NDArray[np.float64]) -> tuple[Any, Any]:
    if len(grid) == 1:
        return np.zeros(1, dtype=np.int64), np.zeros(1)
    below = np.clip(np.searchsorted(along, grid, side="right") - 1, 0, len(along) - 2)
    weight = np.clip((grid - along[below]) / (along[below + 1] - along[below]), 0, 1)
    near = _ON_GRID * (grid[1] - grid[0])
    weight[np.abs(grid - along[below]) <= near] = 0
    on_next = np.abs(grid - along[below + 1]) <= near
    return np.where(on_next, below + 1, below), np.where(on_next, 0, weight)


def _mixed(
    first: npt.NDArray[np.float32], second: npt.NDArray[np.float32], share: float, padding: float | None
) -> npt.NDArray[np.float32]:
    """Return so much of the second and the rest of the first; of padding and image the nearer."""
    mixed = first + np.float32(share) * (second - first)
    if padding is not None:
        outside = (first == np.float32(padding)) | (second == np.float32(padding))
        mixed[outside] = (second if share > 0.5 else first)[outside]
    return mixed


def _shifted(
    plane: npt.NDArray[Any], placement: Placement, at: int, outside: tuple[float, float | None]
) -> npt.NDArray[np.float32]:
    """Return the slice in the grid's plane, its corner between pixels if need be."""
    fill, padding = outside
    (down, right), (rows, columns) = np.floor(placement.corners[at]).astype(int), plane.shape
    canvas = np.full((placement.shape[1] + 1, placement.shape[2] + 1), fill, dtype=np.float32)
    canvas[down : down + rows, right : right + columns] = plane
    for axis, share in enumerate(placement.corners[at] - (down, right)):
        if share:
            before = np.roll(canvas, 1, axis=axis)  # the last row and column are spare, so that nothing wraps around
            canvas = _mixed(canvas, before, float(share), padding)
    return canvas[:-1, :-1]

"""Where the voxels of a phantom lie in the patient, and how planes lean or turn.

References
----------
DICOM PS3.3 2025c: C.7.6.2.1.1 (Image Position and Image Orientation), C.8.2.1 (Gantry/Detector Tilt).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Vector = tuple[float, float, float]

# In which order the axes of a chest (slices upward, rows to the back, columns to the left) are read, and along which
# of the new axes backward, so that slices follow the normal (row times column) and heads are up.
_ORDERS = {"axial": ((0, 1, 2), ()), "coronal": ((1, 0, 2), (1,)), "sagittal": ((2, 0, 1), (0, 1))}
_TURN_DEGREES = (18.0, -11.0)  # of the body in the oblique case: about z, then about x


@dataclass(frozen=True)
class Grid:
    """A regular grid in patient coordinates (LPS).

    Attributes
    ----------
    shape : tuple of int
        Slices, rows, columns.
    spacing_mm : tuple of float
        Along each of `direction`.
    origin_mm : tuple of float
        Of the center of voxel (0, 0, 0).
    direction : tuple of tuple of float
        For each array axis the unit vector (x, y, z) along which its index grows.
    """

    shape: tuple[int, int, int]
    spacing_mm: Vector
    origin_mm: Vector
    direction: tuple[Vector, Vector, Vector] = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))

    @classmethod
    def around_zero(cls, shape: tuple[int, ...], spacing_mm: Vector) -> "Grid":
        """Return the axial grid whose middle is the origin of the patient coordinates.

        Parameters
        ----------
        shape : tuple of int
            Slices, rows, columns.
        spacing_mm : tuple of float
            Between them.

        Returns
        -------
        Grid
            Slices upward, rows to the back, columns to the patient's left.
        """
        z, y, x = (-(n - 1) / 2 * step for n, step in zip(shape, spacing_mm, strict=True))
        return cls((shape[0], shape[1], shape[2]), spacing_mm, (x, y, z))

    def leaning(self, degrees: float) -> "Grid":
        """Return the grid of a tilted gantry: rows rise while they go back, slices still step along z.

        Parameters
        ----------
        degrees : float
            Of the tilt.

        Returns
        -------
        Grid
            Turned about the middle row.
        """
        rise, run = float(np.sin(np.radians(degrees))), float(np.cos(np.radians(degrees)))
        half_mm = (self.shape[1] - 1) / 2 * self.spacing_mm[1]
        x, y, z = self.origin_mm
        origin = (x, y + half_mm * (1 - run), z - half_mm * rise)
        return replace(self, origin_mm=origin, direction=(self.direction[0], (0.0, run, rise), self.direction[2]))


def lean(array: npt.NDArray[Any], grid: Grid, degrees: float, *, linear: bool) -> npt.NDArray[Any]:
    """Return what leaning planes meet, on the grid that `Grid.leaning` gives.

    Parameters
    ----------
    array : numpy.ndarray
        ``(slices, rows, columns)`` on `grid`, which is axial; beyond it its outermost slices and rows go on.
    grid : Grid
        Of the array.
    degrees : float
        Of the tilt.
    linear : bool
        Between voxels; else the nearest, for labels.

    Returns
    -------
    numpy.ndarray
        Of the same shape and type.
    """
    n_slices, n_rows, _ = array.shape
    away_mm = (np.arange(n_rows) - (n_rows - 1) / 2) * grid.spacing_mm[1]
    rise, run = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    at_slice = np.clip(np.arange(n_slices)[:, None] + away_mm * rise / grid.spacing_mm[0], 0, n_slices - 1)
    at_row = np.clip(away_mm * run / grid.spacing_mm[1] + (n_rows - 1) / 2, 0, n_rows - 1)[None, :] + 0 * at_slice
    if not linear:
        nearest: npt.NDArray[Any] = array[np.rint(at_slice).astype(int), np.rint(at_row).astype(int)]
        return nearest
    low_slice, low_row = (np.minimum(at.astype(int), n - 2) for at, n in ((at_slice, n_slices), (at_row, n_rows)))
    up, on = (at_slice - low_slice)[..., None], (at_row - low_row)[..., None]
    near = array[low_slice, low_row] * (1 - on) + array[low_slice, low_row + 1] * on
    far = array[low_slice + 1, low_row] * (1 - on) + array[low_slice + 1, low_row + 1] * on
    met: npt.NDArray[Any] = (near * (1 - up) + far * up).astype(array.dtype)
    return met


def orient(arrays: list[npt.NDArray[Any]], grid: Grid, orientation: str) -> tuple[list[npt.NDArray[Any]], Grid]:
    """Return the same voxels read in another order, or the same order of a body that lies turned.

    Parameters
    ----------
    arrays : list of numpy.ndarray
        On `grid`.
    grid : Grid
        Axial.
    orientation : str
        ``"axial"``, ``"coronal"``, ``"sagittal"`` or ``"oblique"``.

    Returns
    -------
    tuple of (list of numpy.ndarray, Grid)
        In C order.
    """
    if orientation == "oblique":
        return arrays, _turned(grid)
    order, backward = _ORDERS[orientation]
    origin = np.array(grid.origin_mm)
    direction = [np.array(grid.direction[axis]) for axis in order]
    spacing = [grid.spacing_mm[axis] for axis in order]
    shape = [grid.shape[axis] for axis in order]
    for axis in backward:
        origin = origin + (shape[axis] - 1) * spacing[axis] * direction[axis]
        direction[axis] = -direction[axis] + 0.0
    read = [np.ascontiguousarray(np.flip(array.transpose(order), backward)) for array in arrays]
    return read, Grid(_three(shape), _three(spacing), _three(origin), _three([_three(each) for each in direction]))


def _turned(grid: Grid) -> Grid:
    about_z, about_x = np.radians(_TURN_DEGREES)
    first = np.array([[np.cos(about_z), -np.sin(about_z), 0], [np.sin(about_z), np.cos(about_z), 0], [0, 0, 1]])
    second = np.array([[1, 0, 0], [0, np.cos(about_x), -np.sin(about_x)], [0, np.sin(about_x), np.cos(about_x)]])
    turn = second @ first
    direction = _three([_three((turn @ np.array(axis)).tolist()) for axis in grid.direction])
    return replace(grid, origin_mm=_three((turn @ np.array(grid.origin_mm)).tolist()), direction=direction)


def _three(values: Any) -> Any:
    first, second, third = (value.item() if isinstance(value, np.generic) else value for value in values)
    return (first, second, third)

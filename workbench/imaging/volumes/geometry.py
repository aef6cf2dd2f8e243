"""Where slices lie: their order along the normal, and what keeps them from being an even grid.

References
----------
DICOM PS3.3 2025c: C.7.6.2.1.1 (Image Position and Image Orientation), 10.7.1.3 (Pixel Spacing).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.imaging.volumes.findings import Finding

#: Unit vectors (x, y, z) of the array axes: slices, rows, columns.
Direction = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]

_SAME_PLACE = 0.01  # of the step between slices: closer than that is the same place
_EVEN = 0.1  # of the step: positions are often rounded to 0.1 mm, and interpolating such slices would only blur them
_STRAIGHT_PIXELS = 0.25  # a shift of a quarter of a pixel over the whole stack is rounding, not tilt
_MOST_MISSING = 0.25  # of the slices of the even grid: more is two stacks, or half of one
_MOST_GROWTH = 4.0  # times as many slices, or pixels in a slice, as were read
_UNIT = 0.01  # how far the length or the angle of direction cosines may be off


@dataclass(frozen=True, eq=False)
class SliceOrder:
    """Slices in the order of their positions along the normal, and the even grid that holds them.

    Attributes
    ----------
    rows : numpy.ndarray
        (n,) int64: which of the given images comes first, second …
    along_mm : numpy.ndarray
        (n,) position along the normal from the first slice, ascending.
    shift_pixels : numpy.ndarray
        (n, 2) how far each slice lies beside the first, along (rows, columns).
    grid_mm : numpy.ndarray
        (m,) positions of the slices of the even grid.
    spacing_mm : float
        Between the slices of the grid; NaN for a single slice.
    direction : tuple
        Unit vectors of the array axes (slices, rows, columns).
    origin_mm : tuple of float
        Center of the first pixel of the first slice.
    findings : tuple of Finding
        What was found.
    """

    rows: npt.NDArray[np.int64]
    along_mm: npt.NDArray[np.float64]
    shift_pixels: npt.NDArray[np.float64]
    grid_mm: npt.NDArray[np.float64]
    spacing_mm: float
    direction: Direction
    origin_mm: tuple[float, float, float]
    findings: tuple[Finding, ...] = ()

    @property
    def is_even(self) -> bool:
        """Whether the slices are the grid as they are."""
        return len(self.rows) == len(self.grid_mm) and not self.shift_pixels.any()


def axes_of(orientation: npt.NDArray[np.float64]) -> Direction | None:
    """Return the unit vectors of the array axes (slices, rows, columns), or None where they make no sense.

    Parameters
    ----------
    orientation : numpy.ndarray
        (6,) ImageOrientationPatient: the directions of increasing column, then of increasing row.

    Returns
    -------
    tuple of tuple of float or None
        Perpendicular; slices follow each other along the normal (columns × rows).

    Examples
    --------
    >>> axes_of(np.array([1.0, 0, 0, 0, 0, -1]))  # coronal: from front to back
    ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0), (1.0, 0.0, 0.0))
    """
    columns, rows = orientation[:3], orientation[3:]
    lengths = np.linalg.norm(columns), np.linalg.norm(rows)
    if not all(abs(length - 1) <= _UNIT for length in lengths) or abs(columns @ rows) > _UNIT:  # False for NaN
        return None
    columns = columns / lengths[0]
    rows = rows - (rows @ columns) * columns
    rows = rows / np.linalg.norm(rows)
    normal = np.cross(columns, rows)
    return _vector(normal), _vector(rows), _vector(columns)


def same_places(positions: npt.NDArray[np.float64], direction: Direction) -> npt.NDArray[np.int64]:
    """Return the number of the place at which each image lies, counted along the normal.

    Parameters
    ----------
    positions : numpy.ndarray
        (n, 3) ImagePositionPatient.
    direction : tuple
        From `axes_of`.

    Returns
    -------
    numpy.ndarray
        (n,) int64; images that lie at the same place have the same number.

    Examples
    --------
    >>> same_places(np.array([[0, 0, 5.0], [0, 0, 0], [0, 0, 5.0]]), axes_of(np.array([1.0, 0, 0, 0, 1, 0])))
    array([1, 0, 1])
    """
    along = (positions - positions[0]) @ np.array(direction[0])
    order = np.argsort(along, kind="stable")
    steps = np.diff(along[order])
    apart = steps[steps > 1e-4]  # mm; less is the rounding of a decimal string
    near = max(1e-4, _SAME_PLACE * float(np.median(apart))) if apart.size else np.inf
    places = np.empty(len(along), dtype=np.int64)
    places[order] = np.concatenate([[0], np.cumsum(steps > near)])
    return places


def order_slices(
    positions: npt.NDArray[np.float64], direction: Direction, pixel_mm: tuple[float, float] | None
) -> SliceOrder:
    """Return slices in the order of their positions along the normal, with the even grid that holds them.

    Parameters
    ----------
    positions : numpy.ndarray
        (n, 3) ImagePositionPatient, no two at the same place.
    direction : tuple
        From `axes_of`.
    pixel_mm : tuple of float or None
        Between (rows, columns); without it, shifts beside the normal are not looked for.

    Returns
    -------
    SliceOrder
        With a finding for a tilt, missing slices and uneven steps.

    Examples
    --------
    >>> order = order_slices(
    ...     np.array([[0, 0, 4.0], [0, 0, 0], [0, 0, 2]]), axes_of(np.array([1.0, 0, 0, 0, 1, 0])), None
    ... )
    >>> order.rows, order.spacing_mm
    (array([1, 2, 0]), 2.0)
    """
    normal, rows_axis, columns_axis = (np.array(axis) for axis in direction)
    along = positions @ normal
    rows = np.argsort(along, kind="stable")
    first = positions[rows[0]]
    along = along[rows] - along[rows[0]]
    shift = np.zeros((len(rows), 2))
    findings: list[Finding] = []
    if pixel_mm is not None:
        beside = (positions[rows] - first) @ np.stack([rows_axis, columns_axis], axis=1)
        shift, found = _beside(beside, along, pixel_mm)
        findings += found
    grid, found = _even_grid(along)
    findings += found
    spacing = float(grid[1] - grid[0]) if len(grid) > 1 else float("nan")
    return SliceOrder(rows, along, shift, grid, spacing, direction, _vector(first), tuple(findings))


def _vector(values: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(value) + 0.0 for value in values)  # no negative zeros
    return x, y, z


def _beside(
    beside_mm: npt.NDArray[np.float64], along: npt.NDArray[np.float64], pixel_mm: tuple[float, float]
) -> tuple[npt.NDArray[np.float64], list[Finding]]:
    """Return shifts in pixels, zero where they are only rounding, and the finding of a tilt."""
    shift = beside_mm / np.array(pixel_mm)
    if np.ptp(shift, axis=0).max() <= _STRAIGHT_PIXELS:
        return np.zeros_like(shift), []
    slope = np.linalg.lstsq(along[:, None], beside_mm, rcond=None)[0]
    is_tilt = np.abs(beside_mm - along[:, None] @ slope).max() <= max(pixel_mm)
    if is_tilt:
        degrees = np.degrees(np.arctan(np.linalg.norm(slope)))
        words = f"The slices lie along a line tilted {degrees:.1f}° against their normal, as with a tilted gantry."
    else:
        words = f"The slices lie up to {np.abs(beside_mm).max():.1f} mm beside each other."
    correction = "Each was shifted in its plane (linear interpolation), so that the axes are at right angles."
    return shift, [Finding("tilt" if is_tilt else "shifted", words, correction)]


def _even_grid(along: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], list[Finding]]:
    """Return the positions of an even grid, and what keeps the slices from being it."""
    n = len(along)
    if n < 3:
        return along, []
    extent = float(along[-1])
    if np.abs(np.linspace(0, extent, n) - along).max() <= _EVEN * extent / (n - 1):
        return np.linspace(0, extent, n), []
    steps = np.diff(along)
    for step in (float(np.median(steps)), float(steps.min())):  # half of the slices missing leaves twice the step
        counts = np.rint(steps / step)
        whole = np.concatenate([[0.0], np.cumsum(counts)])
        fitted = float(along @ whole / max(1.0, whole @ whole))
        if counts.min() >= 1 and np.abs(along - fitted * whole).max() <= _EVEN * fitted:
            return _missing(along, whole)
    return _uneven(along, steps)


def _missing(
    along: npt.NDArray[np.float64], whole: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], list[Finding]]:
    n_grid = int(whole[-1]) + 1
    n_missing = n_grid - len(along)
    gaps = int((np.diff(whole) > 1).sum())
    are = "is" if n_missing == 1 else "are"
    words = f"{_count(n_missing, 'slice')} of {n_grid} {are} missing, in {_count(gaps, 'gap')}."
    correction, then = "They were interpolated between their neighbors (linear).", ""
    if n_missing > _MOST_MISSING * n_grid:
        correction = ""
        then = "Look for the missing files, or pass a list of the files of one unbroken stack."
    return np.linspace(0, along[-1], n_grid), [Finding("missing", words, correction, then)]


def _uneven(
    along: npt.NDArray[np.float64], steps: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], list[Finding]]:
    smallest, largest = float(steps.min()), float(steps.max())
    words = f"The steps between the slices are uneven, from {smallest:.3g} to {largest:.3g} mm."
    n_grid = round(float(along[-1]) / smallest) + 1
    if n_grid > _MOST_GROWTH * len(along):
        then = "Pass a list of the files of one even stack."
        return along, [Finding("uneven", words, "", then)]
    grid = np.linspace(0, along[-1], n_grid)
    spacing = grid[1] - grid[0]
    correction = f"They were interpolated (linear) onto an even grid of {n_grid} slices every {spacing:.3g} mm."
    return grid, [Finding("uneven", words, correction)]


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"

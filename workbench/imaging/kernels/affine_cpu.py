"""The loops of affine transforms: a coordinate for each voxel of the result, and what lies around it."""

from typing import Any

import numpy as np

from workbench.imaging.kernels.compiled import compiled
from workbench.imaging.kernels.resampling_cpu import store


@compiled
def nearest_slab(source: Any, matrix: Any, out: Any, begin: int, end: int, fill: Any) -> None:
    """Fill slices `begin` to `end` of `out` with the voxel that each index falls in.

    Parameters
    ----------
    source : numpy.ndarray
        ``(slices, rows, columns)``.
    matrix : numpy.ndarray
        (3, 4), float64: index in `out` → index in `source`.
    out : numpy.ndarray
        ``(slices, rows, columns)``, of the same dtype.
    begin, end : int
        The slab.
    fill : scalar
        Outside, of the same dtype.
    """
    n_slices, n_rows, n_columns = source.shape
    for z in range(begin, end):
        for y in range(out.shape[1]):
            for x in range(out.shape[2]):
                i = np.floor(matrix[0, 0] * z + matrix[0, 1] * y + matrix[0, 3] + matrix[0, 2] * x + 0.5)
                j = np.floor(matrix[1, 0] * z + matrix[1, 1] * y + matrix[1, 3] + matrix[1, 2] * x + 0.5)
                k = np.floor(matrix[2, 0] * z + matrix[2, 1] * y + matrix[2, 3] + matrix[2, 2] * x + 0.5)
                if 0 <= i < n_slices and 0 <= j < n_rows and 0 <= k < n_columns:
                    out[z, y, x] = source[int(i), int(j), int(k)]
                else:
                    out[z, y, x] = fill


@compiled
def weighed_slab(source: Any, matrix: Any, out: Any, begin: int, end: int, fill: Any, n_taps: int, kind: Any) -> None:
    """Fill slices `begin` to `end` of `out`, between 2 (linear) or 4 (cubic) voxels along each axis.

    Parameters
    ----------
    source : numpy.ndarray
        ``(slices, rows, columns)``: uint8, uint16, int16 or float32.
    matrix : numpy.ndarray
        (3, 4), float64: index in `out` → index in `source`.
    out : numpy.ndarray
        ``(slices, rows, columns)``.
    begin, end : int
        The slab.
    fill : numpy.float32
        Outside.
    n_taps : int
        2 or 4.
    kind : tuple
        Of `workbench.imaging.kernels.resampling_types.computed`.
    """
    n_slices, n_rows, n_columns = source.shape
    index, weights = np.empty((3, n_taps), np.int64), np.empty((3, n_taps), np.float32)
    row, blended = np.empty(out.shape[2], np.float32), np.empty(n_columns, np.float32)
    # Where a row of the result lies along a row of the source, as it does in a shear, the rows around it are blended
    # once; otherwise the voxels around each voxel are. The order of the sums is the same.
    along = matrix[0, 2] == 0 and matrix[1, 2] == 0
    for z in range(begin, end):
        for y in range(out.shape[1]):
            i = matrix[0, 0] * z + matrix[0, 1] * y + matrix[0, 3]
            j = matrix[1, 0] * z + matrix[1, 1] * y + matrix[1, 3]
            k = matrix[2, 0] * z + matrix[2, 1] * y + matrix[2, 3]
            if along:
                if _within(i, n_slices) and _within(j, n_rows):
                    _taps(i, n_slices, index[0], weights[0])
                    _taps(j, n_rows, index[1], weights[1])
                    _blend_rows(source, index, weights, blended)
                    _look_along(blended, k, matrix[2, 2], fill, index[2], weights[2], row)
                else:
                    row[:] = fill
            elif n_taps == 2:
                _look_linear(source, matrix, (i, j, k), fill, row)
            else:
                _look_around(source, matrix, (i, j, k), fill, index, weights, row)
            store(row, out[z, y], kind)


@compiled
def _within(at: float, n: int) -> bool:
    """Return whether a coordinate is at most half a voxel away from a center."""
    return -0.5 <= at < n - 0.5


@compiled
def _blend_rows(source: Any, index: Any, weights: Any, blended: Any) -> None:
    """Write the weighted sum of whole rows."""
    n_taps = index.shape[1]
    plane = np.empty_like(blended)
    blended[:] = 0
    for a in range(n_taps):
        plane[:] = 0
        for b in range(n_taps):
            weight, row = weights[1, b], source[index[0, a], index[1, b]]
            for x in range(len(row)):
                plane[x] += weight * np.float32(row[x])
        for x in range(len(blended)):
            blended[x] += weights[0, a] * plane[x]


@compiled
def _look_along(blended: Any, start: float, step: float, fill: Any, index: Any, weights: Any, out: Any) -> None:
    """Write the weighted sums along one row."""
    for x in range(len(out)):
        at = start + step * x
        out[x] = fill
        if _within(at, len(blended)):
            _taps(at, len(blended), index, weights)
            total = np.float32(0)
            for c in range(len(index)):
                total += weights[c] * blended[index[c]]
            out[x] = total


@compiled
def _look_linear(source: Any, matrix: Any, start: Any, fill: Any, out: Any) -> None:
    """Write a row of the result, each voxel out of the eight around its place."""
    n_slices, n_rows, n_columns = source.shape
    one = np.float32(1)
    for x in range(len(out)):
        i, j, k = start[0] + matrix[0, 2] * x, start[1] + matrix[1, 2] * x, start[2] + matrix[2, 2] * x
        out[x] = fill
        if _within(i, n_slices) and _within(j, n_rows) and _within(k, n_columns):
            a, b, c = int(np.floor(i)), int(np.floor(j)), int(np.floor(k))
            s, t, u = np.float32(i - a), np.float32(j - b), np.float32(k - c)
            before, after = _pair(a, s, n_slices)
            near, far = source[before], source[after]
            upper, lower = _pair(b, t, n_rows)
            left, right = _pair(c, u, n_columns)
            total = np.float32(0)
            for column, weight in ((left, one - u), (right, u)):
                first = (one - t) * np.float32(near[upper, column]) + t * np.float32(near[lower, column])
                second = (one - t) * np.float32(far[upper, column]) + t * np.float32(far[lower, column])
                total += weight * ((one - s) * first + s * second)
            out[x] = total


@compiled
def _pair(first: int, t: float, n: int) -> tuple[int, int]:
    """Return two neighbors, none outside the row; one of no weight, which may be NaN, gives way to the other."""
    one, other = first + int(t == 1), first + int(t > 0)
    return min(max(one, 0), n - 1), min(max(other, 0), n - 1)


@compiled
def _look_around(source: Any, matrix: Any, start: Any, fill: Any, index: Any, weights: Any, out: Any) -> None:
    """Write a row of the result, each voxel out of all taps around its place."""
    n_slices, n_rows, n_columns = source.shape
    n_taps = index.shape[1]
    for x in range(len(out)):
        i, j, k = start[0] + matrix[0, 2] * x, start[1] + matrix[1, 2] * x, start[2] + matrix[2, 2] * x
        out[x] = fill
        if _within(i, n_slices) and _within(j, n_rows) and _within(k, n_columns):
            _taps(i, n_slices, index[0], weights[0])
            _taps(j, n_rows, index[1], weights[1])
            _taps(k, n_columns, index[2], weights[2])
            total = np.float32(0)
            for c in range(n_taps):
                column = np.float32(0)
                for a in range(n_taps):
                    plane = np.float32(0)
                    for b in range(n_taps):
                        plane += weights[1, b] * np.float32(source[index[0, a], index[1, b], index[2, c]])
                    column += weights[0, a] * plane
                total += weights[2, c] * column
            out[x] = total


@compiled
def _taps(at: float, n: int, index: Any, weights: Any) -> None:
    """Write which voxels lie around a coordinate, none outside the row, and their weights."""
    floor = np.floor(at)
    t = np.float32(at - floor)
    one, half = np.float32(1), np.float32(0.5)
    if len(index) == 2:
        weights[0] = one - t
        weights[1] = t
    else:
        two, three, four, five = np.float32(2), np.float32(3), np.float32(4), np.float32(5)
        weights[0] = ((two - t) * t - one) * t * half
        weights[1] = ((three * t - five) * t * t + two) * half
        weights[2] = ((four - three * t) * t + one) * t * half
        weights[3] = (t - one) * t * t * half
    first = int(floor) - (len(index) // 2 - 1)
    nearest = int(floor) + int(t > half)
    for tap in range(len(index)):
        place = first + tap if weights[tap] != 0 else nearest  # a voxel of no weight may be NaN
        index[tap] = min(max(place, 0), n - 1)

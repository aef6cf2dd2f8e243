"""The loops of resampling: rows are blended into one, its pixels gathered, and planes of the result blended.

What has no weight is left out rather than multiplied by 0, which would make NaN of NaN and of infinity.
"""

from typing import Any

import numpy as np

from workbench.imaging.kernels.compiled import compiled

_ROUNDER = np.float32(3 << 22)  # added and taken away again, it rounds numbers below 2^22 half to even


@compiled
def resample_slab(source: Any, slices: Any, rows: Any, columns: Any, out: Any, begin: int, end: int, kind: Any) -> None:
    """Fill slices `begin` to `end` of `out`.

    Parameters
    ----------
    source : numpy.ndarray
        ``(slices, rows, columns)``: uint8, uint16, int16 or float32.
    slices, rows, columns : tuple
        Of `workbench.imaging.kernels.resampling_taps.taps_of` for each axis.
    out : numpy.ndarray
        ``(slices, rows, columns)``.
    begin, end : int
        The slab.
    kind : tuple
        Of `workbench.imaging.kernels.resampling_types.computed`.
    """
    n_rows, n_columns = out.shape[1], out.shape[2]
    n_taps = slices[1].shape[0]
    blended = np.empty(source.shape[2], np.float32)
    row = np.empty(n_columns, np.float32)
    # Planes that have been resampled already, where several make a slice: source slice s lies at s % n_taps.
    planes = np.empty((n_taps if n_taps > 1 else 0, n_rows, n_columns), np.float32)
    done = -1  # the last source slice that lies in planes
    for z in range(begin, end):
        first = slices[0][z]
        for s in range(max(first, done + 1) if n_taps > 1 else first, first + n_taps):
            for y in range(n_rows):
                _blend(source[s], rows[0][y], rows[1][:, y], blended)
                if n_taps == 1:
                    _gather(blended, columns[0], columns[1], row)
                    store(row, out[z, y], kind)
                else:
                    _gather(blended, columns[0], columns[1], planes[s % n_taps, y])
            done = s
        if n_taps > 1:
            for y in range(n_rows):
                row[:] = 0
                for t in range(n_taps):
                    weight, plane = slices[1][t, z], planes[(first + t) % n_taps, y]
                    if weight == 0:
                        continue
                    for x in range(n_columns):
                        row[x] += weight * plane[x]
                store(row, out[z, y], kind)


@compiled
def _blend(source: Any, first: int, weights: Any, out: Any) -> None:
    """Write the weighted sum of rows from `first` on."""
    n_taps, n = len(weights), len(out)
    if n_taps == 2 and weights[0] != 0 and weights[1] != 0:
        a, b = weights[0], weights[1]
        one, two = source[first], source[first + 1]
        for x in range(n):
            out[x] = a * np.float32(one[x]) + b * np.float32(two[x])
        return
    if n_taps == 3 and weights[0] != 0 and weights[1] != 0 and weights[2] != 0:
        a, b, c = weights[0], weights[1], weights[2]
        one, two, three = source[first], source[first + 1], source[first + 2]
        for x in range(n):
            out[x] = a * np.float32(one[x]) + b * np.float32(two[x]) + c * np.float32(three[x])
        return
    started = False
    for t in range(n_taps):
        a, one = weights[t], source[first + t]
        if a == 0:
            continue
        if not started:
            for x in range(n):
                out[x] = a * np.float32(one[x])
        else:
            for x in range(n):
                out[x] += a * np.float32(one[x])
        started = True


@compiled
def _gather(source: Any, first: Any, weights: Any, out: Any) -> None:
    """Write the weighted sum of neighbors in one row."""
    n_taps, n = weights.shape
    if n_taps == 2:
        for x in range(n):
            i, a, b = first[x], weights[0, x], weights[1, x]
            out[x] = _share(a, source[i]) + _share(b, source[i + 1])
    elif n_taps == 3:
        for x in range(n):
            i, a, b, c = first[x], weights[0, x], weights[1, x], weights[2, x]
            out[x] = _share(a, source[i]) + _share(b, source[i + 1]) + _share(c, source[i + 2])
    else:
        for x in range(n):
            out[x] = _share(weights[0, x], source[first[x]])
        for t in range(1, n_taps):
            for x in range(n):
                out[x] += _share(weights[t, x], source[first[x] + t])


@compiled
def _share(weight: Any, value: Any) -> Any:
    """Return the part of a pixel, and nothing where it has no weight, whatever it is."""
    return weight * value if weight != 0 else np.float32(0)


@compiled
def store(row: Any, out: Any, kind: Any) -> None:
    """Write a row of results, rounded half to even and clipped where the result is of whole numbers.

    Parameters
    ----------
    row : numpy.ndarray
        (columns,), float32.
    out : numpy.ndarray
        (columns,).
    kind : tuple
        Of `workbench.imaging.kernels.resampling_types.computed`.
    """
    whole, low, high = kind
    if whole:
        for x in range(len(row)):
            value = row[x] if row[x] > low else low  # noqa: FURB136 - which also takes what is not a number
            value = value if value < high else high  # noqa: FURB136 - as min() may not
            out[x] = out.dtype.type((value + _ROUNDER) - _ROUNDER)
    else:
        for x in range(len(row)):
            out[x] = row[x]

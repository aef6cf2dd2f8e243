"""Counts, percentiles and moments of pixels, and the matching of one histogram to another.

Everything is derived from counts, hardly anything from a sort: the values of 8- and 16-bit images are counted one by
one, those of 32-bit ones by their upper and then their lower half.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.arrays import array_module, contiguous, to_host
from workbench.imaging.images import Array
from workbench.imaging.kernels.histograms_counting import Counts, count_bins, count_keys, count_values, sums
from workbench.imaging.kernels.intensity import look_up


def histogram(array: Array, *, low: float, high: float, bins: int, mask: Array | None = None) -> Counts:
    """Return how many pixels lie in each of evenly spaced bins, as ``numpy.histogram`` counts them.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Any shape; NaN and values outside are left out.
    low, high : float
        The first and the last edge; a pixel on the last one counts.
    bins : int
        How many bins.
    mask : numpy.ndarray or cupy.ndarray, optional
        Pixels that count: boolean, of the same shape.

    Returns
    -------
    numpy.ndarray
        (bins,), int64, on the host; zeros for an empty mask.

    Raises
    ------
    ValueError
        When `high` is not above `low`, there is no bin, or the mask does not fit.

    Examples
    --------
    >>> histogram(np.array([0, 1, 1, 4], np.int16), low=0, high=4, bins=2).tolist()
    [3, 1]
    """
    if not (np.isfinite(low) and np.isfinite(high) and low < high and bins >= 1):
        raise ValueError(
            f"low={low:g}, high={high:g}, bins={bins} came. A histogram needs finite edges, high above low, and a bin. "
            "For HU of the lungs: low=-1024, high=0, bins=256."
        )
    edges = np.linspace(low, high, bins + 1)
    if not _is_small(array):
        return count_bins(array, mask, edges)
    values, counts = _values(array, mask)
    inside = (values >= low) & (values <= high)
    places = np.minimum(np.searchsorted(edges, values[inside], side="right") - 1, bins - 1)
    found = np.zeros(bins, np.int64)
    np.add.at(found, places, counts[inside])
    return found


def percentiles(array: Array, q: float | Iterable[float], *, mask: Array | None = None) -> npt.NDArray[np.float64]:
    """Return percentiles by linear interpolation between neighbors in order, as ``numpy.percentile`` gives them.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Any shape; NaN is left out. Exact for whole numbers of up to 32 bits and float32; wider types are rounded to
        float32 first.
    q : float or iterable of float
        Between 0 and 100.
    mask : numpy.ndarray or cupy.ndarray, optional
        Pixels that count: boolean, of the same shape.

    Returns
    -------
    numpy.ndarray
        (n_q,), float64, on the host.

    Raises
    ------
    ValueError
        For a percentage out of range, or when there is no pixel to count.

    Examples
    --------
    >>> percentiles(np.array([0, 10, 20, 40], np.uint16), [0, 50, 100]).tolist()
    [0.0, 15.0, 40.0]
    """
    shares = np.atleast_1d(np.asarray(q if isinstance(q, float | int) else list(q), np.float64))
    if not ((shares >= 0) & (shares <= 100)).all():
        raise ValueError(
            f"q={shares.tolist()} came. Percentages lie between 0 and 100. For the usual clip give [0.5, 99.5]."
        )
    given = contiguous(array)
    if np.dtype(given.dtype).itemsize == 8:
        given = given.astype(np.float32)
    find = _small_ranks if _is_small(given) else _keyed_ranks
    return find(given, mask, shares)


def moments(array: Array, mask: Array | None = None) -> tuple[float, float, int]:
    """Return mean, standard deviation and number of the pixels.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Any shape; NaN is left out.
    mask : numpy.ndarray or cupy.ndarray, optional
        Pixels that count: boolean, of the same shape.

    Returns
    -------
    tuple
        Summed in float64; the deviation is that of a population (divided by n).

    Raises
    ------
    ValueError
        When there is no pixel to count.

    Examples
    --------
    >>> moments(np.array([1, 3], np.int16))
    (2.0, 1.0, 2)
    """
    if _is_small(array):
        values, counts = _values(array, mask)
        n = _some(int(counts.sum()), mask)
        mean = float(values @ counts / n)
        return mean, float(np.sqrt(((values - mean) ** 2) @ counts / n)), n
    center = _rough_mean(array, mask)
    n, total, squares = sums(array, mask, center=center)
    rest = total / _some(n, mask)
    return center + rest, float(np.sqrt(max(squares / n - rest**2, 0.0))), n


def match_histogram(array: Array, reference: Array) -> Array:
    """Return the array with its values changed so that their distribution is that of the reference.

    The shares of pixels up to each value are made equal, with linear interpolation between the reference's values, as
    ``skimage.exposure.match_histograms`` defines it.

    Parameters
    ----------
    array : numpy.ndarray or cupy.ndarray
        Any shape; NaN stays NaN.
    reference : numpy.ndarray or cupy.ndarray
        Any shape, of the same kind; NaN is left out.

    Returns
    -------
    numpy.ndarray or cupy.ndarray
        float32, of the shape of `array`.

    Raises
    ------
    ValueError
        When either has no pixel.

    References
    ----------
    Gonzalez & Woods, Digital Image Processing, 4th ed. 2018, section 3.3 (histogram specification).

    Examples
    --------
    >>> match_histogram(np.array([1, 2], np.uint8), np.array([10, 30], np.uint8)).tolist()
    [10.0, 30.0]
    """
    if not (_is_small(array) and _is_small(reference)):
        return _match_sorted(array, reference)
    lowest, counts = count_values(array, None)
    present = np.flatnonzero(counts)
    target, of_target = _values(reference, None)
    shares = np.cumsum(counts[present]) / _some(int(counts.sum()), None)
    wanted = np.cumsum(of_target) / _some(int(of_target.sum()), None)
    table = np.zeros(len(counts), np.float32)
    table[present] = np.interp(shares, wanted, target)
    return look_up(array, table, lowest=lowest)


def _rough_mean(array: Array, mask: Array | None) -> float:
    """Return the mean of some thousand pixels: sums of differences to it lose no digits to one another."""
    step = max(1, array.size // 4096)
    sample = to_host(array.reshape(-1)[::step]).astype(np.float64)
    counted = np.isfinite(sample)
    if mask is not None and mask.shape == array.shape:
        counted &= to_host(mask.reshape(-1)[::step]) != 0
    return float(sample[counted].mean()) if counted.any() else 0.0


def _is_small(array: Array) -> bool:
    """Return whether every value of the type can have a counter of its own."""
    kind = np.dtype(array.dtype)
    return kind.kind in "biu" and kind.itemsize <= 2


def _values(array: Array, mask: Array | None) -> tuple[npt.NDArray[np.int64], Counts]:
    """Return the values that occur, in order, and how often."""
    lowest, counts = count_values(array, mask)
    present = np.flatnonzero(counts)
    return present + lowest, counts[present]


def _some(n: int, mask: Array | None) -> int:
    if n == 0:
        raise ValueError(
            f"There is no pixel to count{'' if mask is None else ' inside the mask'}. At least one with a value is "
            "needed. Look at the image for padding and NaN, and at the mask."
        )
    return n


def _small_ranks(given: Array, mask: Array | None, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    values, counts = _values(given, mask)
    before = np.cumsum(counts)
    lower, upper, weight = _neighbors(shares, _some(int(counts.sum()), mask))
    low, high = (values[np.searchsorted(before, rank, side="right")].astype(np.float64) for rank in (lower, upper))
    return _between(low, high, weight)


def _keyed_ranks(given: Array, mask: Array | None, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Find ranks among 32-bit numbers: the upper halves first, then the lower ones of those that are asked for."""
    before = np.cumsum(count_keys(given, mask))
    lower, upper, weight = _neighbors(shares, _some(int(before[-1]), mask))
    ranks = np.concatenate([lower, upper])
    prefixes = np.searchsorted(before, ranks, side="right")
    keys = np.empty(len(ranks), np.uint32)
    for prefix in np.unique(prefixes):
        inside = np.cumsum(count_keys(given, mask, prefix=int(prefix)))
        asked = prefixes == prefix
        place = ranks[asked] - (before[prefix - 1] if prefix else 0)
        keys[asked] = (int(prefix) << 16) + np.searchsorted(inside, place, side="right")
    low, high = np.split(_of_keys(keys, np.dtype(given.dtype)), 2)
    return _between(low, high, weight)


def _of_keys(keys: npt.NDArray[np.uint32], kind: np.dtype[Any]) -> npt.NDArray[np.float64]:
    """Return the numbers of sorted keys: the way back of ``_count_keys``."""
    sign = np.uint32(0x80000000)
    if kind.kind == "f":
        keys = np.where(keys & sign, keys ^ sign, ~keys)
    elif kind.kind == "i":
        keys = keys ^ sign
    return keys.view(kind).astype(np.float64)


def _neighbors(shares: npt.NDArray[np.float64], n: int) -> tuple[Counts, Counts, npt.NDArray[np.float64]]:
    place = shares / 100 * (n - 1)
    lower = np.floor(place).astype(np.int64)
    return lower, np.minimum(lower + 1, n - 1), place - lower


def _between(
    low: npt.NDArray[np.float64], high: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Interpolate from the nearer end, as NumPy does, so that equal neighbors give themselves."""
    return np.where(weight < 0.5, low + (high - low) * weight, high - (high - low) * (1 - weight))


def _match_sorted(array: Array, reference: Array) -> Array:
    """Match by sorting, for types with too many values to count."""
    xp = array_module(array)
    given, wanted = contiguous(array).astype(np.float64), contiguous(reference).astype(np.float64).reshape(-1)
    seen = given == given
    _, places, counts = xp.unique(given[seen], return_inverse=True, return_counts=True)
    target, of_target = xp.unique(wanted[wanted == wanted], return_counts=True)
    _some(min(int(counts.sum()), int(of_target.sum())), None)
    shares, quantiles = xp.cumsum(counts) / counts.sum(), xp.cumsum(of_target) / of_target.sum()
    taken = xp.full(array.shape, np.nan, np.float32)
    taken[seen] = xp.interp(shares, quantiles, target)[places.reshape(-1)].astype(np.float32)
    return taken

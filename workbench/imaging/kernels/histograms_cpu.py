"""The loops that count pixels on the CPU; histograms.cu counts the same."""

import numpy as np

from workbench.imaging.kernels.compiled import compiled

_SIGN, _ONE = np.uint32(0x80000000), np.uint32(1)


@compiled
def _count_values(given, mask, masked, counts):  # type: ignore[no-untyped-def]  # compiled
    """Add to ``counts[value]``; two tables in turn, so that equal neighbors do not wait for each other."""
    other = np.zeros_like(counts)
    n = given.size
    if masked:
        for i in range(n):
            counts[given[i]] += np.uint32(mask[i] != 0)
        return
    for i in range(n // 2):
        counts[given[2 * i]] += _ONE
        other[given[2 * i + 1]] += _ONE
    if n % 2:
        counts[given[n - 1]] += _ONE
    counts += other


@compiled
def _count_keys(given, mask, masked, flavor, shift, prefix, counts):  # type: ignore[no-untyped-def]  # compiled
    """Add to the counts of 16 bits of the keys whose higher bits are `prefix`; keys sort as their values do."""
    for i in range(given.size):
        if masked and mask[i] == 0:
            continue
        key = given[i]
        if flavor == 2:  # float32: NaN is left out, negative numbers sort the other way round
            if key & np.uint32(0x7FFFFFFF) > np.uint32(0x7F800000):
                continue
            key = ~key if key & _SIGN else key | _SIGN
        elif flavor == 1:  # int32
            key ^= _SIGN
        if prefix < 0 or key >> np.uint32(16) == prefix:
            counts[(key >> np.uint32(shift)) & np.uint32(0xFFFF)] += _ONE


@compiled
def _count_bins(given, mask, masked, edges, counts):  # type: ignore[no-untyped-def]  # compiled
    """Add to ``counts[bin]`` for ``edges[bin] <= value < edges[bin + 1]``, the last edge included."""
    n_bins = counts.size
    low, high = edges[0], edges[n_bins]
    scale = n_bins / (high - low)
    for i in range(given.size):
        value = np.float64(given[i])
        if (masked and mask[i] == 0) or not (low <= value <= high):
            continue
        place = min(int((value - low) * scale), n_bins - 1)
        if value < edges[place]:
            place -= 1
        elif place < n_bins - 1 and value >= edges[place + 1]:
            place += 1
        counts[place] += 1


@compiled
def _sums(given, mask, masked, center):  # type: ignore[no-untyped-def]  # compiled
    """Return how many pixels there are, the sum of their differences to `center`, and that of the squares."""
    n, total, squares = 0, 0.0, 0.0
    for i in range(given.size):
        difference = np.float64(given[i]) - center
        if (masked and mask[i] == 0) or difference != difference:
            continue
        n += 1
        total += difference
        squares += difference * difference
    return float(n), total, squares


LOOPS = {"count_values": _count_values, "count_keys": _count_keys, "count_bins": _count_bins, "sums": _sums}

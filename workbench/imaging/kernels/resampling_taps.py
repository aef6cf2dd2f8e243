"""Which pixels of a row make up a new one, and how much of each: the table that every way of resampling is."""

import numpy as np
import numpy.typing as npt

Taps = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]
_Weighed = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]


def taps_of(n_before: int, n_after: int, method: str) -> Taps:
    """Return for each new pixel the first old pixel that it is made of, and the weights of that one and the next.

    Parameters
    ----------
    n_before : int
        Pixels of the row before.
    n_after : int
        And after, over the same extent.
    method : str
        ``"linear"``, ``"area"`` or ``"cubic"``.

    Returns
    -------
    tuple of numpy.ndarray
        (n_after,) int32 and (n_taps, n_after) float32: no tap lies outside the row; what would, falls to its end.

    Examples
    --------
    >>> first, weights = taps_of(4, 2, "area")
    >>> first.tolist(), weights.T.tolist()
    ([0, 2], [[0.5, 0.5], [0.5, 0.5]])
    """
    if n_before == n_after:
        return np.arange(n_after, dtype=np.int32), np.ones((1, n_after), np.float32)
    index, weights = _overlaps(n_before, n_after) if method == "area" else _centers(n_before, n_after, method)
    n_taps = min(len(index), n_before)
    first = index[0].clip(0, n_before - n_taps)
    slot = index.clip(0, n_before - 1) - first
    folded = np.zeros((n_taps, n_after))
    np.add.at(folded, (slot, np.arange(n_after)), weights)
    return first.astype(np.int32), folded.astype(np.float32)


def nearest_of(n_before: int, n_after: int) -> npt.NDArray[np.int64]:
    """Return for each new pixel the old one in which its center lies; on an edge, the later of the two.

    Parameters
    ----------
    n_before : int
        Pixels of the row before.
    n_after : int
        And after.

    Returns
    -------
    numpy.ndarray
        (n_after,), int64.

    Examples
    --------
    >>> nearest_of(4, 2).tolist()
    [1, 3]
    """
    return (2 * np.arange(n_after, dtype=np.int64) + 1) * n_before // (2 * n_after)


def _overlaps(n_before: int, n_after: int) -> _Weighed:
    """Weigh old pixels by the share of the new one that they cover, in whole numbers up to the last division."""
    new = np.arange(n_after, dtype=np.int64)
    first = new * n_before // n_after
    last = -(-(new + 1) * n_before // n_after)  # one past it
    index = first + np.arange((last - first).max())[:, None]
    left, right = np.maximum(index * n_after, new * n_before), np.minimum(index + 1, n_before) * n_after
    covered = (np.minimum(right, (new + 1) * n_before) - left).clip(0)
    return index, covered / n_before


def _centers(n_before: int, n_after: int, method: str) -> _Weighed:
    """Weigh old pixels by their distance from the new one's center."""
    new = np.arange(n_after, dtype=np.int64)
    # (new + 1/2) · before / after − 1/2 over a common denominator, so that centers that meet meet exactly.
    doubled = (2 * new + 1) * n_before - n_after
    floor = doubled // (2 * n_after)
    t = (doubled - 2 * n_after * floor) / (2 * n_after)
    if method == "linear":
        return floor + np.arange(2)[:, None], np.array([1 - t, t])
    cubic = [
        ((2 - t) * t - 1) * t / 2,
        ((3 * t - 5) * t * t + 2) / 2,
        ((4 - 3 * t) * t + 1) * t / 2,
        (t - 1) * t * t / 2,
    ]
    return floor + np.arange(-1, 3)[:, None], np.array(cubic)

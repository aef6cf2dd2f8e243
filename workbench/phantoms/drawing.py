"""Draw many small integers at once, and give them their names."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.phantoms.batches import whole_numbers

Codes = npt.NDArray[np.uint8]


def named(
    values: Iterable[object], codes: npt.NDArray[np.integer], dtype: pl.DataType | type[pl.DataType] = pl.Categorical
) -> pl.Series:
    """Return names in place of their numbers.

    Parameters
    ----------
    values : iterable
        The names; None is a null.
    codes : numpy.ndarray
        (n,), numbers in `values`.
    dtype : polars.DataType
        Of the column.

    Returns
    -------
    polars.Series
        (n,).

    Examples
    --------
    >>> import numpy as np
    >>> named(["CT", None], np.array([0, 1, 0], dtype=np.uint8)).to_list()
    ['CT', None, 'CT']
    """
    return pl.Series(list(values), dtype=dtype).gather(codes)


def shuffled(counts: npt.NDArray[np.int64], *, rng: np.random.Generator) -> Codes:
    """Return the number of each column as often as it stands there, each row's in random order.

    Parameters
    ----------
    counts : numpy.ndarray
        (n_rows, n_columns).
    rng : numpy.random.Generator
        Decides the order.

    Returns
    -------
    numpy.ndarray
        As many as all counts together, row after row.
    """
    numbers = np.tile(np.arange(counts.shape[1], dtype=np.uint8), len(counts))
    drawn = np.repeat(numbers, counts.ravel())
    ends = np.cumsum(counts.sum(axis=1))
    for part in np.split(drawn, ends[:-1]):
        rng.shuffle(part)
    return drawn


def in_shares(weights: Sequence[float], n: int, *, rng: np.random.Generator) -> Codes:
    """Return n numbers in the shares of their weights, as closely as whole numbers can, in random order.

    Parameters
    ----------
    weights : sequence of float
        One a number.
    n : int
        How many.
    rng : numpy.random.Generator
        Decides the order.

    Returns
    -------
    numpy.ndarray
        (n,).

    Examples
    --------
    >>> import numpy as np
    >>> sorted(in_shares([3, 1], 4, rng=np.random.default_rng(0)).tolist())
    [0, 0, 0, 1]
    """
    return shuffled(whole_numbers(weights, n)[None], rng=rng)


def by_row(weights: npt.NDArray[np.floating], rows: npt.NDArray[np.integer], *, rng: np.random.Generator) -> Codes:
    """Return a random number for each row, by the weights of that row.

    Parameters
    ----------
    weights : numpy.ndarray
        (n_kinds, n_numbers); not all zero in a row that is asked for.
    rows : numpy.ndarray
        (n,), which kind each is of.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    numpy.ndarray
        (n,), below n_numbers.
    """
    below = np.cumsum(weights, axis=1)
    below = (below / np.maximum(below[:, -1:], 1e-12)).astype(np.float32)
    drawn = rng.random(len(rows), dtype=np.float32)
    number = np.zeros(len(rows), dtype=np.uint8)
    for limit in below.T[:-1]:
        number += drawn >= limit[rows]
    return number

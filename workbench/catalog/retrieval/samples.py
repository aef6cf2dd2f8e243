"""Draw a few series from a cohort: the smallest, to look at first, or some by chance."""

import numpy as np
import polars as pl

from workbench.catalog.exportable import Exportable, listed_rows


def sample_rows(cohort: Exportable, n: int, *, smallest: bool = False, seed: int = 0) -> pl.Series:
    """Return the rows of `n` series of a cohort.

    Parameters
    ----------
    cohort : Exportable
        A cohort.
    n : int
        How many series; all of them when there are fewer.
    smallest : bool
        The smallest acquired images instead of a chance draw. Derived objects come last, since they are no
        images to look at.
    seed : int
        The same seed draws the same series.

    Returns
    -------
    polars.Series
        Row numbers in ``series``, ascending.

    Raises
    ------
    ValueError
        When `n` is below 1.
    """
    if not isinstance(n, int | np.integer):
        raise TypeError(f"A sample of {n!r} series was received. A whole number would be right. Use sample(1).")
    if n < 1:
        raise ValueError(f"A sample of {n} series is none. A number from 1 would be right. Use for instance sample(1).")
    rows = listed_rows(cohort)
    if not smallest:
        drawn = np.random.default_rng(seed).permutation(len(rows))[:n]
        return rows.gather(np.sort(drawn))
    derived, size_mb = (cohort.repository.column("series", name).gather(rows) for name in ("derived", "size_mb"))
    described = pl.DataFrame({"row": rows, "derived": derived, "size_mb": size_mb})
    first = described.sort("derived", "size_mb", "row", nulls_last=True).head(n)
    return first["row"].sort()

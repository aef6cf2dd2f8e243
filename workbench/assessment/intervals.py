"""Confidence intervals for shares."""

from statistics import NormalDist

import polars as pl


def wilson_interval(n: pl.Expr, total: pl.Expr, *, confidence: float = 0.95) -> tuple[pl.Expr, pl.Expr]:
    """Return the lower and upper bound of a share by Wilson's score method.

    Unlike the textbook interval it never leaves 0 to 1 and stays sensible for rare
    groups and for a count of zero. It treats the rows as a random sample of independent patients.

    Parameters
    ----------
    n : polars.Expr
        How many have the property; 0 to `total`.
    total : polars.Expr
        The denominator.
    confidence : float
        Coverage, between 0 and 1, both excluded.

    Returns
    -------
    tuple of polars.Expr
        Lower and upper bound, Float64, fractions; null where `total` is 0.

    Raises
    ------
    ValueError
        When `confidence` is not between 0 and 1.

    References
    ----------
    Wilson EB. Probable inference, the law of succession, and statistical inference.
    J Am Stat Assoc 1927; 22: 209-212. doi:10.1080/01621459.1927.10502953

    Examples
    --------
    At 95 % one of one gives 1 / (1 + 1.96²) to 1:

    >>> counts = pl.DataFrame({"n": [1], "total": [1]})
    >>> low, high = wilson_interval(pl.col("n"), pl.col("total"))
    >>> counts.select(low.round(4).alias("low"), high.alias("high")).row(0)
    (0.2065, 1.0)
    """
    if not 0 < confidence < 1:
        raise ValueError(
            f"Received confidence={confidence!r}. It must lie between 0 and 1, both excluded. "
            "Pass confidence=0.95 for the usual interval."
        )
    z_squared = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    positive = pl.when(total > 0).then(total.cast(pl.Float64))  # otherwise null, and so is what follows
    share = n / positive
    center = (share + z_squared / (2 * positive)) / (1 + z_squared / positive)
    half = (z_squared * (share * (1 - share) / positive + z_squared / (4 * positive**2))).sqrt() / (
        1 + z_squared / positive
    )
    # Rounding may push a bound past 0, 1 or the share itself by a few units in the last place.
    low = pl.when(share.is_not_null()).then(pl.min_horizontal((center - half).clip(0, 1), share))
    high = pl.when(share.is_not_null()).then(pl.max_horizontal((center + half).clip(0, 1), share))
    return low, high

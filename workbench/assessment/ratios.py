"""How a group's share in a cohort relates to its share in a reference."""

import polars as pl

from workbench.assessment.intervals import wilson_interval


def participation_ratio(*, sampled: bool) -> list[pl.Expr]:
    """Return the participation-to-prevalence ratio of each group, with its interval, or why there is none.

    The share in the cohort divided by the share in the reference: 1 is proportionate, 0.5 half of that. Against a
    population, which counts as exact, the bounds are those of Wilson's interval divided by the reference's share;
    against another cohort, the Wilson intervals of both are joined by the method of variance estimates recovery,
    which for cohorts that share patients is wider than need be.

    Parameters
    ----------
    sampled : bool
        Whether the reference is itself a sample.

    Returns
    -------
    list of polars.Expr
        ``fraction_low``, ``fraction_high``, ``ppr``, ``ppr_low``, ``ppr_high``, ``ppr_missing``, over the columns
        n_patients, n_total, n_reference, n_reference_total (both null where unpublished) and reference_fraction.

    References
    ----------
    Scott PE et al. Participation of women in clinical trials supporting FDA approval of cardiovascular drugs.
    J Am Coll Cardiol 2018; 71: 1960-1969. doi:10.1016/j.jacc.2018.02.070
    Donner A, Zou GY. Closed-form confidence intervals for functions of the normal mean and standard deviation.
    Stat Methods Med Res 2012; 21: 347-359. doi:10.1177/0962280210383082

    Examples
    --------
    Twice as many as in the population:

    >>> group = pl.DataFrame({"n_patients": [40], "n_total": [100], "reference_fraction": [0.2]})
    >>> group = group.with_columns(n_reference=None, n_reference_total=None)
    >>> group.select(participation_ratio(sampled=False)).select("ppr").item()
    2.0
    """
    share = pl.col("n_patients") / pl.when(pl.col("n_total") > 0).then(pl.col("n_total"))
    low, high = wilson_interval(pl.col("n_patients"), pl.col("n_total"))
    other = pl.when(pl.col("reference_fraction") > 0).then(pl.col("reference_fraction"))
    ratio_low: pl.Expr
    if sampled:
        other_low, other_high = wilson_interval(pl.col("n_reference"), pl.col("n_reference_total"))
        product = share * other
        # Rationalized, so that neither bound divides by a difference that may be 0.
        below = product + (product**2 - _half(low, share) * _half(other_high, other)).sqrt()
        above = product + (product**2 - _half(high, share) * _half(other_low, other)).sqrt()
        ratio_low = pl.when(share > 0).then(_half(low, share) / below).when(share == 0).then(0.0)
        ratio_high = above / _half(other_low, other)
    else:
        ratio_low, ratio_high = low / other, high / other
    nobody = pl.when(pl.col("n_total") == 0).then(pl.lit("Nobody is counted."))
    why = nobody.when(other.is_null()).then(pl.lit("The reference has nobody in this group."))
    named = {"fraction_low": low, "fraction_high": high, "ppr": share / other}
    named |= {
        "ppr_low": pl.when(other.is_not_null()).then(ratio_low),
        "ppr_high": pl.when(other.is_not_null()).then(ratio_high),
        "ppr_missing": why,
    }
    return [expression.alias(name) for name, expression in named.items()]


def _half(bound: pl.Expr, share: pl.Expr) -> pl.Expr:
    return bound * (2 * share - bound)

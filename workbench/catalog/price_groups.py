"""Which groups of patients a step hits or spares, each held against the others whose value is known."""

from typing import Any

import polars as pl

from workbench.assessment.intervals import wilson_interval
from workbench.vocabulary.demographics import MISSING, SEX

#: Groups of fewer patients before a step are neither named nor compared with.
FEWEST = 11
#: Attributes that are all bands of age.
AGE_BANDS = frozenset({"age_years", "age_group", "age_decade"})

# Records that tell nothing, or tell different things, make no group of people.
_NO_GROUP = (*MISSING, SEX[3])


def known_groups(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of groups: not those of patients without a value, or of records that contradict each other.

    Parameters
    ----------
    rows : polars.DataFrame
        As in ``Price.table``.

    Returns
    -------
    polars.DataFrame
        The same columns.
    """
    return rows.filter(~pl.col("category").is_in(_NO_GROUP))


def known_losses(rows: pl.DataFrame) -> pl.DataFrame:
    """Return what each step loses of the patients whose value is known: what each group's share is held against.

    Patients without a value count in the share that a step loses of all, but belong to no group. Where they are lost
    more often, every group lies below that share, so it is no measure of a group.

    Parameters
    ----------
    rows : polars.DataFrame
        As in ``Price.table``.

    Returns
    -------
    polars.DataFrame
        One row a step and attribute of which a value is known: number, attribute, n_before, n_lost, lost_fraction.
    """
    groups = known_groups(rows).group_by("number", "attribute", maintain_order=True)
    summed = groups.agg(pl.col("n_before", "n_lost").sum())
    return summed.with_columns(lost_fraction=pl.col("n_lost") / pl.col("n_before"))


def asked_for(own: frozenset[str]) -> frozenset[str]:
    """Return the attributes whose groups a step loses by definition.

    Parameters
    ----------
    own : frozenset of str
        The attributes that the step asks for.

    Returns
    -------
    frozenset of str
        The same; of one band of age, all of them.

    Examples
    --------
    >>> sorted(asked_for(frozenset({"age_years", "sex"})))
    ['age_decade', 'age_group', 'age_years', 'sex']
    """
    return own | (AGE_BANDS if own & AGE_BANDS else frozenset())


def beside_others(rows: pl.DataFrame, *, skip: frozenset[str] = frozenset()) -> pl.DataFrame:
    """Return the groups of a step that can be compared, each beside the others whose value of that attribute is known.

    Parameters
    ----------
    rows : polars.DataFrame
        The groups of one step, as in ``Price.table``.
    skip : frozenset of str
        The attributes that the step itself asks for: their groups are lost by definition.

    Returns
    -------
    polars.DataFrame
        The rows of at least 11 patients before the step beside at least 11 others, with n_others, n_others_lost and
        apart, the difference of the two shares lost, from apart_low to apart_high (95 %).

    References
    ----------
    Newcombe RG. Interval estimation for the difference between independent proportions: comparison of eleven methods.
    Stat Med 1998; 17: 873-890. Method 10.
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    """
    groups = known_groups(rows).filter(~pl.col("attribute").is_in(sorted(asked_for(skip))))
    compared = groups.with_columns(
        (pl.col(name).sum().over("attribute") - pl.col(name)).alias(others)
        for name, others in (("n_before", "n_others"), ("n_lost", "n_others_lost"))
    ).filter(pl.col("n_before") >= FEWEST, pl.col("n_others") >= FEWEST)
    low, high = wilson_interval(pl.col("n_others_lost"), pl.col("n_others"))
    mine, others = pl.col("lost_fraction"), pl.col("n_others_lost") / pl.col("n_others")
    below = ((mine - pl.col("lost_low")) ** 2 + (high - others) ** 2).sqrt()
    above = ((pl.col("lost_high") - mine) ** 2 + (others - low) ** 2).sqrt()
    apart = mine - others
    return compared.with_columns(apart=apart, apart_low=apart - below, apart_high=apart + above)


def most_affected(rows: pl.DataFrame, *, skip: frozenset[str] = frozenset()) -> dict[str, Any] | None:
    """Return the group that a step hits most, or where it hits none clearly, the one that it spares most.

    Parameters
    ----------
    rows : polars.DataFrame
        The groups of one step, as in ``Price.table``.
    skip : frozenset of str
        The attributes that the step itself asks for.

    Returns
    -------
    dict or None
        The row of `beside_others` that lies farthest above the others, of those whose interval does so whole; where
        there is none, the one farthest below them; else None. Two shares that are said alike, such as 100 % and over
        99 %, are no difference.
    """
    others = pl.col("n_others_lost") / pl.col("n_others")
    alike = _as_said(pl.col("lost_fraction")) == _as_said(others)
    apart = (pl.col("apart_low") > 0) | (pl.col("apart_high") < 0)
    clear = beside_others(rows, skip=skip).filter(apart & ~alike)
    if clear.is_empty():
        return None
    order = [pl.col("apart") > 0, pl.col("apart").abs(), pl.col("n_before"), pl.col("category")]
    found: dict[str, Any] = clear.sort(order, descending=[True, True, True, False]).row(0, named=True)
    return found


def _as_said(share: pl.Expr) -> pl.Expr:
    """In whole percent; whatever is over 99 % counts as all, and whatever is under 1 % as none."""
    percent = 100 * share
    return pl.when(percent > 99).then(100).when(percent < 1).then(0).otherwise(percent.round(mode="half_to_even"))

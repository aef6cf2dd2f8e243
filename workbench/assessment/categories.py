"""The categories of an attribute: named, ordered, with every null called by its reason."""

from typing import cast

import polars as pl

from workbench.vocabulary.demographics import COVID_STATUS, MISSING

_NOT_REPORTED = MISSING[1]
_FLAG = COVID_STATUS[:2]  # Yes, No


def categorized(rows: pl.DataFrame, attribute: str) -> pl.Series:
    """Return an attribute as categories in display order, nulls named by their reason, what is missing last.

    Parameters
    ----------
    rows : polars.DataFrame
        Has the column, and may have one with the reasons of its nulls, as `why_missing` says.
    attribute : str
        Enums keep their order, numbers and dates ascend, flags become Yes and No, other texts go by their rows. Where
        other units than rows are counted, `by_size` puts these.

    Returns
    -------
    polars.Series
        An Enum without nulls; a null without a reason is "Not Reported".

    Examples
    --------
    >>> categorized(pl.DataFrame({"site": ["B", None, "B", "A"]}), "site").dtype.categories.to_list()
    ['B', 'A', 'Not Reported']
    """
    column = rows[attribute]
    values = _values(column)
    texts = _texts(values)
    why = rows.filter(column.is_null()).select(why_missing(rows, attribute)) if column.null_count() else pl.DataFrame()
    present = {*texts, *(why.to_series().unique() if why.width else ())}
    known = [text for text in texts if text not in MISSING]
    categories = pl.Enum([*known, *(reason for reason in MISSING if reason in present)])
    if isinstance(column.dtype, pl.Enum | pl.Categorical | pl.String):
        named = column.cast(categories)
    else:
        named = column.replace_strict(values, texts.cast(categories), default=None, return_dtype=categories)
    if not why.width:
        return named
    reasons = rows.select(why_missing(rows, attribute).cast(categories, strict=False)).to_series()
    return named.zip_with(named.is_not_null(), reasons)


def is_open(dtype: pl.DataType) -> bool:
    """Return whether a column's categories have no order of their own, so that they go by size.

    Parameters
    ----------
    dtype : polars.DataType
        Of the column.

    Returns
    -------
    bool
        True for texts; an Enum has an order.
    """
    return dtype in (pl.String, pl.Categorical)


def by_size(named: pl.Series, n_units: pl.Series) -> pl.Series:
    """Return categories ordered by how many units have them, the most first, what is missing last.

    Parameters
    ----------
    named : polars.Series
        What `categorized` gives, or some of it.
    n_units : polars.Series
        How many units each row stands for.

    Returns
    -------
    polars.Series
        The same values; equal sizes by name.

    Examples
    --------
    >>> site = pl.Series("site", ["A", "B", "A"], dtype=pl.Enum(["A", "B"]))
    >>> by_size(site, pl.Series([1, 5, 2])).dtype.categories.to_list()
    ['B', 'A']
    """
    sizes = pl.DataFrame({"name": named.cast(pl.String), "n": n_units}).group_by("name").agg(pl.col("n").sum())
    known = sizes.filter(~pl.col("name").is_in(MISSING)).sort("n", "name", descending=[True, False])["name"].to_list()
    missing = [reason for reason in cast("pl.Enum", named.dtype).categories if reason in MISSING]
    return named.cast(pl.String).cast(pl.Enum([*known, *missing]))


def why_missing(rows: pl.DataFrame, attribute: str) -> pl.Expr:
    """Return why each row lacks an attribute, were it null.

    Parameters
    ----------
    rows : polars.DataFrame
        May have ``<attribute>_missing``, or the same without the attribute's last words: ``age_missing`` holds the
        reasons of ``age_years`` and of ``age_at_study_years``.
    attribute : str
        A column name.

    Returns
    -------
    polars.Expr
        String, one of `MISSING`; "Not Reported" where no reason is given.

    Examples
    --------
    >>> rows = pl.DataFrame({"age_years": [None, None], "age_missing": ["Unknown", None]})
    >>> rows.select(why_missing(rows, "age_years")).to_series().to_list()
    ['Unknown', 'Not Reported']
    """
    words = attribute.split("_")
    names = ["_".join([*words[:n], "missing"]) for n in range(len(words), 0, -1)]
    given = [pl.col(name).cast(pl.String) for name in names if name in rows.columns][:1]
    return pl.coalesce(*(pl.when(reason.is_in(MISSING)).then(reason) for reason in given), pl.lit(_NOT_REPORTED))


def _values(column: pl.Series) -> pl.Series:
    """Every value once, in display order."""
    if isinstance(column.dtype, pl.Enum):
        return column.dtype.categories.cast(column.dtype)
    if column.dtype == pl.Boolean:
        return pl.Series([True, False])
    if column.dtype.is_numeric() or column.dtype.is_temporal():
        return column.unique().drop_nulls().sort()
    counted = column.alias("value").drop_nulls().value_counts(name="n")
    return counted.sort(pl.col("n"), pl.col("value").cast(pl.String), descending=[True, False])["value"]


def _texts(values: pl.Series) -> pl.Series:
    return pl.Series(_FLAG) if values.dtype == pl.Boolean else values.cast(pl.String)

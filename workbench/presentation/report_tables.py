"""The tables of a report in words: titles of columns, and what their values mean, as a reader of paper needs them."""

import dataclasses

import polars as pl

from workbench.assessment.wording import plain_words
from workbench.presentation.figure import Figure

_TITLES = {
    "n_patients": "patients",
    "n_total": "of all",
    "n": "patients",
    "n_cumulative": "patients so far",
    "n_missing": "without a value",
    "fraction": "share",
    "fraction_low": "share, from",
    "fraction_high": "share, to",
    "reference_fraction": "share in the population",
    "share_of_jsd2": "part of the distance",
    "ppr": "times its share there",
    "ppr_low": "times, from",
    "ppr_high": "times, to",
    "total_variation": "share to move",
    "total_variation_low": "share to move, from",
    "total_variation_high": "share to move, to",
    "jsd": "Jensen–Shannon distance",
    "jsd_low": "Jensen–Shannon, from",
    "jsd_high": "Jensen–Shannon, to",
    "p_null": "chance of one as large",
    "missing": "without a value are",
}
_POLICIES = {"excluded": "left out", "included": "a group"}


def in_words(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table with its columns, attributes and policies in words, for a page that has no room for a legend.

    Parameters
    ----------
    table : polars.DataFrame
        Of a census, comparison, trend or what is missing together.

    Returns
    -------
    polars.DataFrame
        The same rows; of a table of what is missing, a flag reads "missing" or "known".

    Examples
    --------
    >>> in_words(pl.DataFrame({"age_group": [True], "n_patients": [3]}))
    shape: (1, 2)
    ┌─────────┬──────────┐
    │ age     ┆ patients │
    │ ---     ┆ ---      │
    │ str     ┆ i64      │
    ╞═════════╪══════════╡
    │ missing ┆ 3        │
    └─────────┴──────────┘
    """
    flags = [name for name, dtype in table.schema.items() if dtype == pl.Boolean]
    said = table.with_columns(
        pl.when(name).then(pl.lit("missing")).otherwise(pl.lit("known")).alias(name) for name in flags
    )
    if "attribute" in said.columns:
        names = {name: plain_words(name) for name in said["attribute"].cast(pl.String).unique()}
        said = said.with_columns(pl.col("attribute").cast(pl.String).replace(names))
    if "missing" in said.columns:
        said = said.with_columns(pl.col("missing").cast(pl.String).replace(_POLICIES))
    return said.rename({name: _TITLES.get(name, plain_words(name)) for name in said.columns})


def figure_in_words(figure: Figure) -> Figure:
    """Return a figure whose table twin is in words.

    Parameters
    ----------
    figure : Figure
        Any.

    Returns
    -------
    Figure
        The same picture.
    """
    return dataclasses.replace(figure, table=in_words(figure.table))

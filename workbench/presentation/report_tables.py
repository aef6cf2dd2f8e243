"""What a report says in words: its findings, and the columns and values of its tables, as a reader of paper needs."""

import dataclasses
import html
from dataclasses import dataclass

import polars as pl

from workbench.assessment.wording import plain_words
from workbench.presentation.figure import Figure

# What fits on paper of a comparison, by its groups and as a whole; the CSVs beside the report have every column.
_OF_GROUPS = ("category", "n_patients", "fraction", "fraction_low", "fraction_high", "reference_fraction", "ppr")
_OF_ALL = (
    *("attribute", "missing", "total_variation", "total_variation_low", "total_variation_high"),
    *("jsd", "p_null", "n_patients", "n_missing"),
)
_TITLES = {
    "n_patients": "patients",
    "n_series": "series",
    "n_total": "of all",
    "n": "patients",
    "n_cumulative": "patients so far",
    "n_missing": "without a value",
    "fraction": "share",
    "fraction_low": "share, from",
    "fraction_high": "share, to",
    "reference_fraction": "share in the population",
    "ppr": "times its share there",
    "total_variation": "share to move",
    "total_variation_low": "share to move, from",
    "total_variation_high": "share to move, to",
    "jsd": "Jensen–Shannon distance",
    "p_null": "chance of one as large",
    "missing": "without a value are",
}
_POLICIES = {"excluded": "left out", "included": "a group"}


@dataclass(frozen=True, eq=False, repr=False)
class Sentences:
    """Findings that show themselves as a list.

    Attributes
    ----------
    texts : tuple of str
        Plain sentences.
    """

    texts: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join(self.texts)

    def _repr_html_(self) -> str:
        return f"<ul>{''.join(f'<li>{html.escape(text)}</li>' for text in self.texts)}</ul>"


def in_words(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table with its columns, attributes and policies in words, for a page that has no room for a legend.

    Parameters
    ----------
    table : polars.DataFrame
        Of a census, comparison, trend or what is missing together.

    Returns
    -------
    polars.DataFrame
        The same rows; of a table of what is missing, a flag reads "missing" or "known", and of a comparison there are
        the columns that fit on paper.

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
    fits = next((names for names in (_OF_GROUPS, _OF_ALL) if set(names) <= set(table.columns)), table.columns)
    flags = [name for name, dtype in table.schema.items() if dtype == pl.Boolean]
    said = table.select(fits).with_columns(
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

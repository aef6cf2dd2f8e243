"""Read ages from exports: top-coded, flagged, with the reason where there is none."""

import polars as pl

from workbench.vocabulary.demographics import MISSING
from workbench.vocabulary.dicom import AGE_LIMIT_YEARS, AGE_TOP_CODE_YEARS, parse_age

_UNKNOWN, _NOT_REPORTED, _ = MISSING

# Some tables write the top code without its point, "89.0" as 890; MIDRC's example of 5,000 patients does so for ">89".
_TOP_CODE_WITHOUT_POINT = (890.0, 899.0)
_YES = ("yes", "true", "1", "y")


def age_columns(table: pl.DataFrame, *, text: str, over: str | None, into: str) -> pl.DataFrame:
    """Return the table with an age in years, whether it is over 89, and why it is missing.

    Numbers are years, and age strings of DICOM are read too. Over 89, by a flag of its own, by number or by the
    convention 890, counts as 90. A negative age, one beyond any plausible life or no number is "Unknown".

    Parameters
    ----------
    table : polars.DataFrame
        Any.
    text : str
        The column with the age; may be absent.
    over : str or None
        The column that says "Yes" for an age over 89; may be absent.
    into : str
        The name of the age; ``age_over_89`` and ``age_missing`` stand beside it.

    Returns
    -------
    polars.DataFrame
        In the order given.

    Examples
    --------
    >>> import polars as pl
    >>> ages = age_columns(pl.DataFrame({"age": ["42", "890", "-1", None]}), text="age", over=None, into="age_years")
    >>> ages["age_years"].to_list(), ages["age_missing"].to_list()
    ([42.0, 90.0, None, None], [None, None, 'Unknown', 'Not Reported'])
    """
    written = pl.col(text).cast(pl.String) if text in table.columns else pl.lit(None, pl.String)
    number = pl.coalesce(written.cast(pl.Float64, strict=False), _ages_as_strings(table, text))
    flagged = (
        pl.col(over).cast(pl.String).str.to_lowercase().is_in(_YES).fill_null(False)
        if over in table.columns
        else pl.lit(False)
    )
    top = flagged | number.is_between(*_TOP_CODE_WITHOUT_POINT) | number.is_between(AGE_TOP_CODE_YEARS, AGE_LIMIT_YEARS)
    years = (
        pl.when(top.fill_null(False))
        .then(pl.lit(float(AGE_TOP_CODE_YEARS)))
        .when(number.is_between(0, AGE_TOP_CODE_YEARS, closed="left"))
        .then(number)
    )
    return table.with_columns(
        years.cast(pl.Float32).alias(into),
        pl.when(years.is_not_null()).then(years >= AGE_TOP_CODE_YEARS).alias("age_over_89"),
        pl.when(years.is_null())
        .then(pl.when(written.is_null()).then(pl.lit(_NOT_REPORTED)).otherwise(pl.lit(_UNKNOWN)))
        .alias("age_missing"),
    )


def _ages_as_strings(table: pl.DataFrame, text: str) -> pl.Expr:
    """Read ``042Y`` and the like, which only few tables hold; most pages of ages need no second look."""
    if text not in table.columns:
        return pl.lit(None, pl.Float64)
    column = table[text].cast(pl.String)
    strange = column.filter(column.is_not_null() & column.cast(pl.Float64, strict=False).is_null()).unique()
    read = strange.to_frame("age").select("age", years=parse_age(pl.col("age")).cast(pl.Float64)).rows()
    return pl.col(text).cast(pl.String).replace_strict(dict(read), default=None, return_dtype=pl.Float64)


def is_over_by_number(text: pl.Expr) -> pl.Expr:
    """Return whether an age is written as 890, the top code without its point, to be counted.

    Parameters
    ----------
    text : polars.Expr
        Ages as written.

    Returns
    -------
    polars.Expr
        Booleans; never null.
    """
    return text.cast(pl.String).cast(pl.Float64, strict=False).is_between(*_TOP_CODE_WITHOUT_POINT).fill_null(False)

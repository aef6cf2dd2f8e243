"""Periods of a trend: their order, and which one holds at a date."""

from datetime import date, datetime
from typing import Any, Literal

import polars as pl

from workbench.assessment.wording import plain_words
from workbench.errors import brief, unknown_name

Step = Literal["month", "quarter", "year"]

_STEPS = {"month": "1mo", "quarter": "1q", "year": "1y"}
_WHOLE_DATE = 10  # characters
_ISO = r"^\d{4}(-\d{2}(-\d{2})?)?$"


def ordered_periods(column: pl.Series, *, every: Step | None = None) -> pl.Series:
    """Return the periods in a type whose order is theirs.

    Parameters
    ----------
    column : polars.Series
        Numbers, dates, an Enum, or texts written as ISO dates, months or years.
    every : {"month", "quarter", "year"}, optional
        Gathers dates; a period is then called by its first day.

    Returns
    -------
    polars.Series
        Texts of whole dates, and times, as dates; null where there is none, or a number that is not one.

    Raises
    ------
    UnknownNameError
        For a step that is none of the three.
    ValueError
        When the values have no order, or `every` is asked of something else than dates.

    Examples
    --------
    >>> ordered_periods(pl.Series("batch", ["2021-08-04", "2021-08-25"]), every="month").to_list()
    [datetime.date(2021, 8, 1), datetime.date(2021, 8, 1)]
    """
    if every is not None and every not in _STEPS:
        raise unknown_name("step", every, _STEPS, where="a trend", then="Pass one of these in every=.")
    name, dtype = column.name, column.dtype
    if dtype in (pl.String, pl.Categorical):
        texts = column.cast(pl.String)
        lengths = texts.str.len_chars().drop_nulls().unique()
        dates = texts.str.to_date(strict=False) if lengths.to_list() == [_WHOLE_DATE] else texts
        # A text is not shown: the column may be anything of a user's table, an identifier too.
        if len(lengths) > 1 or not texts.str.contains(_ISO).all() or dates.null_count() > texts.null_count():
            raise ValueError(
                f"Received over={name!r}, a column of texts that are not all dates. A trend needs an order: numbers, "
                "dates, an Enum, or texts all written as 2021-08-04, 2021-08 or 2021. Convert the column first."
            )
        column = dates
    elif dtype.is_float():
        column = column.fill_nan(None)
    elif dtype == pl.Datetime:
        column = column.dt.date()
    elif not (dtype.is_integer() or dtype == pl.Date or isinstance(dtype, pl.Enum)):
        raise ValueError(
            f"Received over={name!r}, a column of type {dtype}. A trend needs an order: numbers, dates, an Enum, or "
            "texts written as dates. Pass such a column in over=."
        )
    if every is None:
        return column
    if column.dtype != pl.Date:
        raise ValueError(
            f"Received every={every!r} with over={name!r}, a column of type {column.dtype}. Only dates can be gathered "
            "by month, quarter or year. Leave every= out, or pass a column of dates in over=."
        )
    return column.dt.truncate(_STEPS[every])


def latest_period(periods: pl.Series, asked: Any, *, over: str) -> Any:
    """Return the last period that is not after the one asked for.

    Parameters
    ----------
    periods : polars.Series
        Ascending.
    asked : object
        Of the same kind; a date may be written as text.
    over : str
        What the periods are, for messages.

    Returns
    -------
    object
        One of the periods.

    Raises
    ------
    ValueError
        Before the first period: nothing was counted then, and the last must not stand in for it.
    """
    if periods.is_empty():
        raise ValueError(
            f"Received period={asked!r}, but nothing has a {over}. A trend with rows has periods. "
            "Count over another column."
        )
    asked = _of_kind(periods, asked, over=over)
    before = periods.filter(periods <= asked)
    if before.is_empty():
        raise ValueError(
            f"Received period={asked}, which is before the first {over}, {periods[0]}. Nothing was counted then. "
            f"Ask for {periods[0]} or later."
        )
    return before[-1]


def period_label(period: Any, *, every: Step | None = None) -> str:
    """Return a period as a sentence calls it.

    Parameters
    ----------
    period : object
        One of the periods.
    every : {"month", "quarter", "year"}, optional
        How dates are gathered.

    Returns
    -------
    str
        A month as 2021-08, a quarter as 2021 Q3, a year as 2021.

    Examples
    --------
    >>> period_label(date(2021, 7, 1), every="quarter")
    '2021 Q3'
    """
    if every is None:
        return str(period)
    quarter = f"{period:%Y} Q{(period.month + 2) // 3}"
    return {"month": f"{period:%Y-%m}", "quarter": quarter, "year": f"{period:%Y}"}[every]


def period_rule(over: str, *, unit: str, every: Step | None = None) -> str:
    """Return in words which period a unit belongs to, and what holds between two periods.

    Parameters
    ----------
    over : str
        What the periods are.
    unit : str
        What is counted.
    every : {"month", "quarter", "year"}, optional
        How dates are gathered.

    Returns
    -------
    str
        Whole sentences.
    """
    words = plain_words(over)
    of = f"{every} of {words}" if every else words
    return (
        f"{unit.capitalize()} count from their earliest {of} on. Between two periods the earlier one holds; before the "
        "first there is nothing to count."
    )


def _of_kind(periods: pl.Series, asked: Any, *, over: str) -> Any:
    """Return what was asked for as something that the periods can be compared with."""
    dtype = periods.dtype
    try:
        if dtype == pl.Date:
            day = datetime.fromisoformat(asked) if isinstance(asked, str) else asked
            if isinstance(day, date):
                return date(day.year, day.month, day.day)
        elif dtype.is_numeric():
            if isinstance(asked, int | float):
                return asked
        elif isinstance(asked, str) and (not isinstance(dtype, pl.Enum) or asked in dtype.categories):
            return asked
    except ValueError:  # a text that is no date
        pass
    raise ValueError(
        f"Received period={brief(repr(asked))}. {_capital(plain_words(over))} goes from {periods[0]} to "
        f"{periods[-1]}. Ask for one of these, or for one between them written alike."
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

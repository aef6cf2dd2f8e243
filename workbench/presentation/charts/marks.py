"""Marks that the charts of people share: layers of one view, and stripes for what is not shown.

All charts name their channels, ``x=alt.X("n:Q")``: of a bare text Altair asks its whole schema what it may be, 2.5 ms
each time.
"""

from collections.abc import Callable
from typing import Any

import altair as alt
import polars as pl

from workbench.presentation.theme import GRAY
from workbench.vocabulary.demographics import MISSING

_YEARS_DAYS, _MONTHS_DAYS = 900, 75  # beyond, ticks are years; beyond, months

#: Words on an empty cell; a page with a dark ground lifts it with the cell.
SOFT = "#5d6873"

#: Diagonal stripes for what is not shown, drawn as a gradient with hard stops: no pattern has to be fetched.
HATCH: dict[str, Any] = {
    "gradient": "linear",
    "x1": 0,
    "y1": 0,
    "x2": 1,
    "y2": 1,
    "stops": [
        {"offset": round((i + side) / 10, 4), "color": color}
        for i in range(10)
        for side, color in ((0, "#ffffff"), (0.55, "#ffffff"), (0.551, GRAY), (0.999, GRAY))
    ]
    + [{"offset": 1, "color": "#ffffff"}],
}


def layered(*layers: alt.Chart | alt.LayerChart, height: int | alt.Step) -> alt.LayerChart:
    """Return layers as one view, which is as wide as its page; facets and rows of charts are not.

    Parameters
    ----------
    *layers : altair.Chart
        From the back to the front.
    height : int or altair.Step
        Pixels, or pixels a row.

    Returns
    -------
    altair.LayerChart
        One view.
    """
    return alt.LayerChart(layer=list(layers)).properties(height=height)


def count_axis(**options: Any) -> alt.Axis:
    """Return an axis of counts with prefixes, which begins at a plain 0.

    Parameters
    ----------
    **options
        Of ``altair.Axis``.

    Returns
    -------
    altair.Axis
        2k stands for 2,000; what lies left of zero counts as what lies right of it.
    """
    said = "datum.value % 1 ? '' : datum.value ? format(abs(datum.value), '~s') : '0'"  # there is no half a patient
    return alt.Axis(labelExpr=said, **options)


def time_axis(dates: pl.Series, **options: Any) -> alt.Axis:
    """Return an axis of days on which every year is said, also where its ticks are months.

    Parameters
    ----------
    dates : polars.Series
        What is drawn along it.
    **options
        Of ``altair.Axis``.

    Returns
    -------
    altair.Axis
        Years alone where they are many; else months, or days, with the year below the first tick and each January.
    """
    span = (dates.max() - dates.min()).days if dates.drop_nulls().len() else 0  # type: ignore[operator, union-attr]
    if span > _YEARS_DAYS:
        return alt.Axis(
            **{"format": "%Y", "tickCount": {"interval": "year", "step": 1}, "labelOverlap": "greedy", **options}
        )
    short = "%b" if span > _MONTHS_DAYS else "%b %d"
    first = "datum.index === 0 || (month(datum.value) === 0 && date(datum.value) === 1)"
    day, year = (f"timeFormat(datum.value, '{form}')" for form in (short, "%Y"))
    said = f"{first} ? [{day}, {year}] : {day}"
    return alt.Axis(**{"labelExpr": said, "tickCount": 6, "labelOverlap": "greedy", "labelSeparation": 10, **options})


def largest(table: pl.DataFrame, *columns: str) -> float:
    """Return the largest number of some columns.

    Parameters
    ----------
    table : polars.DataFrame
        Has the columns.
    *columns : str
        Of numbers; null ones are passed over.

    Returns
    -------
    float
        1 where there is none above zero, so that a scale has a length.

    Examples
    --------
    >>> largest(pl.DataFrame({"low": [0.1, None], "high": [0.3, 0.2]}), "low", "high")
    0.3
    """
    found = [value for column in columns for value in table[column].drop_nulls() if value > 0]
    return float(max(found, default=1.0))


def is_missing(attribute: str) -> pl.Expr:
    """Return whether a row lacks an attribute.

    Parameters
    ----------
    attribute : str
        A column of categories.

    Returns
    -------
    polars.Expr
        Boolean.
    """
    return pl.col(attribute).cast(pl.String).is_in(MISSING)


def said(table: pl.DataFrame, words: Callable[[dict[str, Any]], str | None]) -> pl.Series:
    """Return what is written beside each row.

    Parameters
    ----------
    table : polars.DataFrame
        The few rows of a chart.
    words : callable
        From a row to its text.

    Returns
    -------
    polars.Series
        Strings.
    """
    return pl.Series([words(row) for row in table.iter_rows(named=True)], dtype=pl.String)

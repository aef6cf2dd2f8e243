"""Suppress a trend: no count of 1 to 10 new patients is shown, nor the difference of two totals that is one."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from workbench.assessment.intervals import wilson_interval
from workbench.assessment.suppression.auditing import THRESHOLD, audit_knowledge
from workbench.assessment.suppression.hiding import hide_counts
from workbench.assessment.suppression.knowledge import Expression, Figure, Knowledge
from workbench.assessment.suppression.meanings import require_readable
from workbench.assessment.suppression.ordering import order_openly
from workbench.assessment.suppression.published import Cell, Count, describe_cell, refuse_overlapping
from workbench.assessment.trend import Trend
from workbench.optimization import Row

# The four counts of a row, each with the attribute that says how its period is meant.
_COUNTS = {"n": "new in", "n_period": "new in", "n_cumulative": "up to", "n_total": "up to"}
_OF_CATEGORY = ("n", "n_cumulative")


def suppress_trend(trend: Trend, *, threshold: int = THRESHOLD) -> Trend:
    """Return a trend in which no count of 1–10 patients is shown or can be derived.

    The new patients of each period and category are cells of one table; every number of the trend is a sum of
    them, so that two cumulative counts give away what came between. What is hidden is chosen as by
    `workbench.assessment.suppression.suppress`, and a share is shown where both of its counts are.

    A trend is proven by itself: do not show it beside a census, or another trend, of the same patients.

    Parameters
    ----------
    trend : Trend
        Exact, of patients, each in one category.
    threshold : int
        The smallest count that may be known.

    Returns
    -------
    Trend
        The same rows; hidden numbers are null.

    Raises
    ------
    ValueError
        When the trend is not of patients, or not exact, or counts one in several categories.
    ArithmeticError
        When the audit finds something all the same.

    Examples
    --------
    The second batch brought 3 women. What is left of 43 would give them away, and so would 23 less the 20 of the first:

    >>> import polars as pl
    >>> from workbench.assessment.trend import count_trend
    >>> batches = [(1, "Female", 20), (1, "Male", 30), (2, "Female", 3), (2, "Male", 40)]
    >>> patients = pl.DataFrame([row[:2] for row in batches for _ in range(row[2])], ["batch", "sex"], orient="row")
    >>> trend = suppress_trend(count_trend(patients, by="sex", over="batch"))
    >>> trend.table.select("period", "sex", "n", "n_period", "n_cumulative", "n_total").rows()
    [(1, 'Female', None, 50, None, 50), (1, 'Male', None, 50, None, 50),
     (2, 'Female', None, 43, 23, 93), (2, 'Male', None, 43, 70, 93)]
    """
    counts = ["n", "n_period", "n_cumulative", "n_total"]
    refuse_overlapping(trend)
    require_readable([trend.by])
    if trend.unit != "patients" or trend.table.select(counts).null_count().sum_horizontal().sum():
        state = "one with hidden counts" if trend.unit == "patients" else f"one of {trend.unit}"
        raise ValueError(
            f"Received a trend by {trend.by}, {state}. Small counts are found in exact counts of patients. "
            "Suppress a trend once, as `count_trend` gave it of patients."
        )
    cells = {name: _cells(trend, name) for name in counts}
    exact = {cell: n for name in counts for cell, n in zip(cells[name], trend.table[name], strict=True)}
    shown = hide_counts(exact, lambda trial: _read(trend, trial), threshold=threshold)
    audit_knowledge(_read(trend, shown), threshold=threshold).require_none()
    table = trend.table.with_columns(
        pl.Series(name, [shown[cell] for cell in cells[name]], pl.Int64) for name in counts
    )
    without = trend.n_without_period
    return replace(
        trend,
        table=_with_shares(order_openly(table, [trend.by], within=["period"])),
        n_without_period=None if without is None or 0 < without < threshold else without,
        stamp=f"Counts of 1–{threshold - 1} patients, and those that would give them away, are hidden.",
    )


def _cells(trend: Trend, name: str) -> list[Cell]:
    """The cell of each row. In the first period what is new is all there is: the same number, so the same cell."""
    periods = trend.table["period"].cast(pl.String).to_list()
    first = periods[0] if periods else None
    when = [(_COUNTS["n"] if period == first else _COUNTS[name], period) for period in periods]
    if name not in _OF_CATEGORY:
        return [(each,) for each in when]
    return [(each, (trend.by, category)) for each, category in zip(when, trend.table[trend.by], strict=True)]


def _read(trend: Trend, counts: Mapping[Cell, Count]) -> Knowledge:
    """Unknown is who came new, by period and category."""
    periods = trend.periods.cast(pl.String).to_list()
    categories = trend.table[trend.by].unique(maintain_order=True).cast(pl.String).to_list()
    came = np.arange(len(periods) * len(categories)).reshape(len(periods), len(categories))
    figures = []
    for cell, n in counts.items():
        (when, last), *of = cell
        place = periods.index(last)
        rows = slice(place if when == _COUNTS["n"] else 0, place + 1)
        columns = slice(None) if not of else [categories.index(of[0][1])]
        figures.append(Figure(0, cell, came[rows, columns].ravel(), n, is_margin=not of))
    expressions = [
        Expression(0, describe_cell(figure.cell), Row(figure.columns, np.ones(len(figure.columns))), figure.count)
        for figure in figures
        if figure.count != 0
    ]
    empty = [figure.row() for figure in figures if figure.count == 0]
    return Knowledge(came.size, [each for each in figures if each.count != 0], expressions, empty, [])


def _with_shares(table: pl.DataFrame) -> pl.DataFrame:
    so_far = wilson_interval(pl.col("n_cumulative"), pl.col("n_total"))
    new = wilson_interval(pl.col("n"), pl.col("n_period"))
    return table.with_columns(
        fraction=pl.when(pl.col("n_total") > 0).then(pl.col("n_cumulative") / pl.col("n_total")),
        fraction_low=so_far[0],
        fraction_high=so_far[1],
        fraction_new=pl.when(pl.col("n_period") > 0).then(pl.col("n") / pl.col("n_period")),
        fraction_new_low=new[0],
        fraction_new_high=new[1],
    )

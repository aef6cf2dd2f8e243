"""Count who is in a repository over time: new in each period, and so far."""

import html
from dataclasses import dataclass
from typing import Any, cast

import polars as pl

from workbench.assessment.categories import by_size, categorized, is_open
from workbench.assessment.census import Census, Unit, require_unit, shares
from workbench.assessment.intervals import wilson_interval
from workbench.assessment.periods import Step, latest_period, ordered_periods, period_label, period_rule
from workbench.assessment.units import require_categories, require_columns, require_frame, unit_keys
from workbench.assessment.wording import LEAST_CHANGE, percentage, plain_words, some_of
from workbench.vocabulary.demographics import MISSING, definitions_of

_ALIKE = 1e-9  # changes of shares that differ by less are one
_SHARES = ("fraction", "fraction_low", "fraction_high", "fraction_new", "fraction_new_low", "fraction_new_high")
_OWN = frozenset({"period", "n", "n_period", "n_cumulative", "n_total", *_SHARES})


@dataclass(frozen=True, eq=False, repr=False)
class Trend:
    """Counts of one attribute by period, cumulative and of each period.

    Attributes
    ----------
    table : polars.DataFrame
        One row a period and category, periods ascending: ``period``, the attribute, ``n`` (new in the period),
        ``n_period`` (new, all categories), ``n_cumulative``, ``n_total`` (cumulative, all categories), ``fraction``,
        ``fraction_low``, ``fraction_high`` (cumulative, 95 % Wilson), ``fraction_new``, ``fraction_new_low``,
        ``fraction_new_high`` (of the period; null where nobody is new). Numbers that may not be shown are null.
    by : str
        The attribute.
    over : str
        What orders the periods.
    unit : {"patients", "studies", "series", "instances"}
        What was counted.
    rule : str
        In words, how a patient is assigned to a period.
    n_without_period : int or None
        Patients without any period; they are in no row.
    overlapping : bool
        Whether a patient may count in several categories. One may then also gain a category in a later period, so that
        ``n_cumulative`` can grow by more than ``n``.
    stamp : str
        What has to be said about disclosure; empty for an open source.
    every : {"month", "quarter", "year"} or None
        How dates are gathered; a period is then called by its first day and holds all of its days.
    """

    table: pl.DataFrame
    by: str
    over: str
    unit: Unit
    rule: str
    n_without_period: int | None = 0
    overlapping: bool = False
    stamp: str = ""
    every: Step | None = None

    @property
    def periods(self) -> pl.Series:
        """The periods, ascending."""
        return self.table["period"].unique(maintain_order=True)

    @property
    def definitions(self) -> tuple[str, ...]:
        """What the categories mean that do not explain themselves."""
        return definitions_of(self.by, self.table[self.by].unique().cast(pl.String))

    def at(self, period: Any) -> Census:
        """Return the cumulative census at a period.

        Parameters
        ----------
        period : object
            Of the kind of the periods; a date may be written as text. Between two periods the earlier one holds.

        Returns
        -------
        Census
            Everyone who came up to then.

        Raises
        ------
        ValueError
            For a period before the first.
        """
        position = latest_period(self.periods, period, over=self.over)
        rows = self.table.filter(pl.col("period") == position)
        count = f"n_{self.unit}"
        cells = rows.select(self.by, n_units="n_cumulative")
        n_total = rows["n_total"][0]
        named = cells.with_columns(pl.col(self.by).cast(pl.String))
        missing = pl.DataFrame({"attribute": [self.by] * len(MISSING), "reason": MISSING}).join(
            named, left_on="reason", right_on=self.by, how="left", maintain_order="left"
        )
        present = pl.col("reason").is_in(named[self.by].implode())
        missing = missing.with_columns(pl.when(present).then("n_units").otherwise(0).alias(count)).drop("n_units")
        return Census(
            shares(cells, count, n_total),
            missing,
            (self.by,),
            self.unit,
            n_total,
            overlapping=self.overlapping,
            stamp=self.stamp,
        )

    @property
    def sentence(self) -> str:
        """How many there were at the last period, and whose share changed most since the first, missing ones too."""
        words, over = plain_words(self.by), plain_words(self.over)
        if self.table.is_empty():
            return f"There are no {self.unit} with a {over} to count."
        earliest, latest = (self.table.filter(pl.col("period") == self.periods[place]) for place in (0, -1))
        first, last = (period_label(self.periods[place], every=self.every) for place in (0, -1))
        n_total = latest["n_total"][0]
        amount = self.unit if n_total is None else f"{n_total:,} {self.unit}"
        head = f"{amount[0].upper()}{amount[1:]} by {over} {last}"
        changes = latest.select(self.by, "fraction", before=earliest["fraction"])
        known = changes.filter(~pl.col(self.by).cast(pl.String).is_in(MISSING))
        if len(self.periods) < 2 or known.is_empty() or changes.null_count().sum_horizontal()[0]:
            return f"{head}, by {words}."  # a share that is hidden may have changed more than those that are shown
        change = (pl.col("fraction") - pl.col("before")).abs()
        since = f"since {first} ({earliest['n_total'][0]:,} {self.unit})"
        if changes.filter(change >= LEAST_CHANGE - _ALIKE).is_empty():
            return f"{head}; by {words}, no share moved by 1 in 100 or more {since}."
        most = changes.filter(change > change.max() - _ALIKE)
        category, now, before = most.row(0)
        names = most[self.by].cast(pl.String).to_list()
        shares_of, that = ("shares of", f"that of {category} ") if len(names) > 1 else ("share of", "")
        return (
            f"{head}; by {words}, the {shares_of} {some_of(names)} changed most {since}, "
            f"{that}from {percentage(before)} to {percentage(now)}."
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to stand beside the numbers: the rule of the periods, who has none, definitions, disclosure."""
        words = plain_words(self.over)
        without = (
            f"{self.n_without_period:,} {self.unit} without a {words} are left out." if self.n_without_period else ""
        )
        return tuple(filter(None, (self.rule, without, *self.definitions, self.stamp)))

    def __repr__(self) -> str:
        return "\n".join([self.sentence, str(self.table), *self.notes])

    def _repr_html_(self) -> str:
        below = "".join(f"<p>{html.escape(text)}</p>" for text in self.notes)
        return f"<p>{html.escape(self.sentence)}</p>{self.table._repr_html_()}{below}"


def count_trend(
    rows: pl.DataFrame,
    *,
    by: str,
    over: str,
    unit: Unit = "patients",
    key: str | None = None,
    every: Step | None = None,
) -> Trend:
    """Return how many patients of each category came in each period, and had come by then.

    Parameters
    ----------
    rows : polars.DataFrame
        One row a patient, or one row of what `unit` names; with `key` any number of rows each. In any order.
    by : str
        A column of categories.
    over : str
        An ordered column: numbers, dates, an Enum, or texts written as ISO dates, months or years.
    unit : {"patients", "studies", "series", "instances"}
        What is counted.
    key : str, optional
        The column that tells one patient (or study …) from another; each belongs to its first period.
    every : {"month", "quarter", "year"}, optional
        Gathers dates; a period is then called by its first day and holds all of its days.

    Returns
    -------
    Trend
        ``.at(period)`` gives the census of a period. Without rows where no row has a period.

    Raises
    ------
    UnknownNameError
        When `rows` has no such column, or for a unit or step that does not exist.
    TypeError
        When `rows` is no frame.
    ValueError
        When the periods have no order, or `every` is asked of something else than dates; when `by` names a column of
        decimal numbers or of lists, or one called as a column of the result.

    Examples
    --------
    >>> patients = pl.DataFrame({"sex": ["Male", "Female", "Male"], "release": [2, 1, 1]})
    >>> trend = count_trend(patients, by="sex", over="release")
    >>> trend.table.select("period", "sex", "n", "n_cumulative", "n_total").rows()
    [(1, 'Male', 1, 1, 2), (1, 'Female', 1, 1, 2), (2, 'Male', 1, 2, 3), (2, 'Female', 0, 1, 3)]
    """
    require_unit(unit, where="a trend")
    require_frame(rows, unit=unit)
    require_categories(rows, [by], argument="by", unit=unit, own=_OWN)
    require_columns(rows, [over], argument="over", unit=unit)
    units = unit_keys(rows, key, unit=unit) if key else pl.int_range(rows.height, eager=True)
    columns = {"unit": units, "category": categorized(rows, by), "period": ordered_periods(rows[over], every=every)}
    first = pl.DataFrame(columns).group_by("unit", "category").agg(pl.col("period").min())
    if is_open(rows.schema[by]):
        first = first.with_columns(by_size(first["category"], first["period"].is_not_null()))
    came = first.group_by("unit").agg(pl.col("period").min())
    return Trend(
        _with_shares(_grid(first, came.drop_nulls())).rename({"category": by}),
        by,
        over,
        unit,
        period_rule(over, unit=unit, every=every),
        n_without_period=came["period"].null_count(),
        overlapping=first.height > came.height,
        every=every,
    )


def _grid(first: pl.DataFrame, came: pl.DataFrame) -> pl.DataFrame:
    """Return one row a period and category with the four counts, zeros included."""
    vocabulary = first.schema["category"]
    categories = cast("pl.Enum", vocabulary).categories.cast(vocabulary).alias("category").to_frame()
    dated = first.drop_nulls("period")
    new = dated.join(came, on=["unit", "period"], how="semi").group_by("period", "category").agg(n=pl.len())
    gained = dated.group_by("period", "category").agg(n_cumulative=pl.len())
    periods = dated.select(pl.col("period").unique().sort())
    periods = periods.join(came.group_by("period").agg(n_period=pl.len()), on="period", how="left").sort("period")
    counts = ("n", "n_period", "n_cumulative", "n_total")
    return (
        periods.fill_null(0)
        .with_columns(n_total=pl.col("n_period").cum_sum())
        .join(categories, how="cross", maintain_order="left_right")
        .join(new, on=["period", "category"], how="left", maintain_order="left")
        .join(gained, on=["period", "category"], how="left", maintain_order="left")
        .with_columns(pl.col(counts).fill_null(0).cast(pl.Int64))
        .with_columns(pl.col("n_cumulative").cum_sum().over("category"))
        .select("period", "category", *counts)
    )


def _with_shares(table: pl.DataFrame) -> pl.DataFrame:
    low, high = wilson_interval(pl.col("n_cumulative"), pl.col("n_total"))
    new_low, new_high = wilson_interval(pl.col("n"), pl.col("n_period"))
    some = pl.when(pl.col("n_period") > 0)
    return table.with_columns(
        fraction=pl.col("n_cumulative") / pl.col("n_total"),
        fraction_low=low,
        fraction_high=high,
        fraction_new=some.then(pl.col("n") / pl.col("n_period")),
        fraction_new_low=new_low,
        fraction_new_high=new_high,
    )

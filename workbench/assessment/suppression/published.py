"""Published tables as one set of numbers: what a reader sees of one population."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from workbench.assessment.census import Census
from workbench.assessment.suppression.linking import Attributes
from workbench.assessment.suppression.meanings import require_readable
from workbench.assessment.trend import Trend

Cell = tuple[tuple[str, str], ...]  # (attribute, category), attributes in alphabetical order; () is everyone
Count = int | None  # None is hidden

EVERYONE: Cell = ()

_COUNT = "n_patients"
_SHARES = ("fraction", "fraction_low", "fraction_high")


@dataclass(frozen=True, eq=False)
class Published:
    """Everything that one release says.

    Attributes
    ----------
    counts : dict of Cell to int or None
        Each number once, however many tables show it; None where it is hidden.
    complete : set of tuple of str
        Attribute sets whose every cell is in `counts`, so that a cell that is not there is empty.
    giveaways : list of str
        Places where a share stands beside a hidden number.
    """

    counts: dict[Cell, Count] = field(default_factory=dict)
    complete: set[Attributes] = field(default_factory=set)
    giveaways: list[str] = field(default_factory=list)

    def add(self, cell: Cell, count: Count) -> None:
        """Take a number in; what one table hides another may show.

        Parameters
        ----------
        cell : Cell
            What is counted.
        count : int or None
            The number.

        Raises
        ------
        ValueError
            When another table says a different number.
        """
        known = self.counts.get(cell)
        if known is not None and count is not None and known != count:
            raise ValueError(
                f"Two tables count {describe_cell(cell)} differently. All tables of a family count the same patients. "
                "Take every census from one cohort, and give later releases' tables separately."
            )
        self.counts[cell] = count if known is None else known


def read_published(tables: Sequence[Census | pl.DataFrame]) -> Published:
    """Return the numbers of tables of one population.

    Parameters
    ----------
    tables : sequence of Census or polars.DataFrame
        A frame has the attributes, n_patients, n_total and the shares, as the table of a census has.

    Returns
    -------
    Published
        With the total, the cells and the missing counts of all tables.

    Raises
    ------
    ValueError
        When a table does not count patients, counts one in several cells, or disagrees with another.
    """
    published = Published()
    for table in tables:
        if isinstance(table, Census):
            refuse_overlapping(table)
            _add_table(published, table.table, table.by, unit=table.unit)
            published.add(EVERYONE, table.n_total)
            for attribute, reason, count in table.missing.select("attribute", "reason", _COUNT).iter_rows():
                published.add(((attribute, reason),), count)
        else:
            by = tuple(name for name in table.columns if name not in (_COUNT, "n_total", *_SHARES))
            _add_table(published, table, by, unit="patients")
    return published


def refuse_overlapping(counted: Census | Trend) -> None:
    """Raise where a patient counts in several cells: two counts and their total tell how many are in both.

    Parameters
    ----------
    counted : Census or Trend
        Exact or as published.

    Raises
    ------
    ValueError
        When one does.
    """
    if counted.overlapping:
        kind, by = ("trend", [counted.by]) if isinstance(counted, Trend) else ("census", counted.by)
        raise ValueError(
            f"Received a {kind} by {' × '.join(by)} in which a patient may be in several groups. Such counts tell how "
            "many are in two of them, however large they are themselves. Count combinations instead, in which each "
            "patient counts once: workbench.assessment.combinations.combine_groups"
        )


def cells_of(table: pl.DataFrame, by: Sequence[str]) -> list[Cell]:
    """Return the cell of each row of a census table.

    Parameters
    ----------
    table : polars.DataFrame
        Has the attributes.
    by : sequence of str
        Their names.

    Returns
    -------
    list of Cell
        One a row.
    """
    rows = table.select(pl.col(by).cast(pl.String)).rows()
    return [tuple(sorted(zip(by, row, strict=True))) for row in rows]


def describe_cell(cell: Cell) -> str:
    """Return a cell in words.

    Parameters
    ----------
    cell : Cell
        Any.

    Returns
    -------
    str
        Such as ``"age_group 0–4, sex Female"``.

    Examples
    --------
    >>> describe_cell((("age_group", "0–4"), ("sex", "Female"))), describe_cell(())
    ('age_group 0–4, sex Female', 'everyone')
    """
    return ", ".join(f"{attribute} {category}" for attribute, category in cell) or "everyone"


def _add_table(published: Published, table: pl.DataFrame, by: Sequence[str], *, unit: str) -> None:
    if unit != "patients" or _COUNT not in table.columns:
        raise ValueError(
            f"Received a table of {unit} by {' × '.join(by)}. Small counts are counts of patients, "
            "and studies, series or images do not tell how few patients they come from. Pass its census of patients."
        )
    cells = cells_of(table, by)
    for cell, count in zip(cells, table[_COUNT], strict=True):
        published.add(cell, count)
    totals = table["n_total"].unique().to_list() if "n_total" in table.columns else []
    for total in totals:
        published.add(EVERYONE, total)
    published.complete.add(tuple(sorted(by)))
    published.giveaways.extend(_shares_beside_hidden(table, cells))


def _shares_beside_hidden(table: pl.DataFrame, cells: Sequence[Cell]) -> Iterator[str]:
    """A share, or a bound of its interval, gives away its count or the total: neither may be hidden beside it."""
    shares = [name for name in _SHARES if name in table.columns]
    hidden = pl.any_horizontal(pl.col(name).is_null() for name in (_COUNT, "n_total") if name in table.columns)
    beside = table.select(hidden & pl.any_horizontal(pl.lit(False), *(pl.col(n).is_not_null() for n in shares)))
    return (describe_cell(cell) for cell, shown in zip(cells, beside.to_series(), strict=True) if shown)


def categories_of(releases: Iterable[Published]) -> Mapping[str, list[str]]:
    """Return the categories of each attribute in which any release has patients.

    Parameters
    ----------
    releases : iterable of Published
        Of one population over time.

    Returns
    -------
    mapping of str to list of str
        Attribute to categories, both in alphabetical order.

    Raises
    ------
    ValueError
        When some of the attributes cannot be read together.
    """
    found: dict[str, set[str]] = {}
    for release in releases:
        for cell, count in release.counts.items():
            for attribute, category in cell:
                found.setdefault(attribute, set()).update([category] if count != 0 else [])
    require_readable(found)
    return {attribute: sorted(found[attribute]) for attribute in sorted(found)}

"""Published tables as one set of numbers: what a reader sees of one population."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from workbench.assessment.census import Census
from workbench.assessment.suppression.linking import Attributes

Cell = tuple[tuple[str, str], ...]  # (attribute, category), attributes in alphabetical order; () is everyone
Count = int | None  # None is hidden

EVERYONE: Cell = ()
YES, NO = "yes", "no"

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
    covers : list of (list of Cell, bool)
        Cells of one overlapping attribute each: everyone is in at least one of them, or, if so said, in one alone.
    giveaways : list of str
        Places where a share stands beside a hidden number.
    """

    counts: dict[Cell, Count] = field(default_factory=dict)
    complete: set[Attributes] = field(default_factory=set)
    covers: list[tuple[list[Cell], bool]] = field(default_factory=list)
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


def find_overlapping(tables: Iterable[Census | pl.DataFrame]) -> frozenset[str]:
    """Return the attributes in which some patient counts more than once in any table.

    Parameters
    ----------
    tables : iterable of Census or polars.DataFrame
        Those of all releases: what overlaps in one is read so in all, or its changes could not be followed.

    Returns
    -------
    frozenset of str
        Frames do not know; they add none.
    """
    return frozenset(name for each in tables if isinstance(each, Census) and each.overlapping for name in each.by)


def read_published(tables: Sequence[Census | pl.DataFrame], *, overlapping: Collection[str] = ()) -> Published:
    """Return the numbers of tables of one population.

    Parameters
    ----------
    tables : sequence of Census or polars.DataFrame
        A frame has the attributes, n_patients, n_total and the shares, as the table of a census has.
    overlapping : collection of str
        Attributes in which a patient may count more than once.

    Returns
    -------
    Published
        With the total, the cells and the missing counts of all tables.

    Raises
    ------
    ValueError
        When a table does not count patients, overlaps in several attributes, or disagrees with another.
    """
    published = Published()
    for table in tables:
        if isinstance(table, Census):
            overlaps = not {*table.by}.isdisjoint(overlapping)
            _add_table(published, table.table, table.by, overlaps=overlaps, unit=table.unit)
            published.add(EVERYONE, table.n_total)
            for attribute, reason, count in table.missing.select("attribute", "reason", _COUNT).iter_rows():
                published.add(category_cell(attribute, reason, overlaps=overlaps), count)
            if overlaps:
                published.covers.append((cells_of(table.table, table.by, overlaps=True), not table.overlapping))
        else:
            by = tuple(name for name in table.columns if name not in (_COUNT, "n_total", *_SHARES))
            overlaps = not {*by}.isdisjoint(overlapping)
            _add_table(published, table, by, overlaps=overlaps, unit="patients")
            if overlaps:
                published.covers.append((cells_of(table, by, overlaps=True), False))
    return published


def cells_of(table: pl.DataFrame, by: Sequence[str], *, overlaps: bool) -> list[Cell]:
    """Return the cell of each row of a census table.

    Parameters
    ----------
    table : polars.DataFrame
        Has the attributes.
    by : sequence of str
        Their names.
    overlaps : bool
        Whether a patient may be in several rows; each category is then an attribute of its own: in it, or not.

    Returns
    -------
    list of Cell
        One a row.
    """
    rows = table.select(pl.col(by).cast(pl.String)).rows()
    if overlaps:
        return [category_cell(by[0], category, overlaps=True) for (category,) in rows]
    return [tuple(sorted(zip(by, row, strict=True))) for row in rows]


def category_cell(attribute: str, category: str, *, overlaps: bool) -> Cell:
    """Return the cell of everyone in a category of one attribute.

    Parameters
    ----------
    attribute, category : str
        Such as ``"sex"`` and ``"Unknown"``.
    overlaps : bool
        As for `cells_of`.

    Returns
    -------
    Cell
        The same in every table.
    """
    return ((f"{attribute}: {category}", YES),) if overlaps else ((attribute, category),)


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
    >>> describe_cell((("modality: CT", "yes"),)), describe_cell((("modality: CT", "no"),))
    ('modality CT', 'without modality CT')
    """
    return ", ".join(_words(attribute, category) for attribute, category in cell) or "everyone"


def _words(attribute: str, category: str) -> str:
    name, flag, value = attribute.partition(": ")
    if not flag:
        return f"{attribute} {category}"
    return f"{name} {value}" if category == YES else f"without {name} {value}"


def _add_table(published: Published, table: pl.DataFrame, by: Sequence[str], *, overlaps: bool, unit: str) -> None:
    if unit != "patients" or _COUNT not in table.columns:
        raise ValueError(
            f"Received a table of {unit} by {' × '.join(by)}. Small counts are counts of patients, "
            "and studies, series or images do not tell how few patients they come from. Pass its census of patients."
        )
    if overlaps and len(by) > 1:
        raise ValueError(
            f"Received a census by {' × '.join(by)} in which a patient may count more than once. Its cells do not add "
            "up, so nothing can be proven about them. Publish one table for each of these attributes."
        )
    cells = cells_of(table, by, overlaps=overlaps)
    for cell, count in zip(cells, table[_COUNT], strict=True):
        published.add(cell, count)
    totals = table["n_total"].unique().to_list() if "n_total" in table.columns else []
    for total in totals:
        published.add(EVERYONE, total)
    if not overlaps:
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
        Attribute to categories, both in alphabetical order; of a category in which a patient may be beside others, in
        it and outside.
    """
    found: dict[str, set[str]] = {}
    for release in releases:
        for cell, count in release.counts.items():
            for attribute, category in cell:
                outside = {NO} if category == YES and ": " in attribute else set()
                found.setdefault(attribute, outside).update([category] if count != 0 else [])
    return {attribute: sorted(found[attribute]) for attribute in sorted(found)}

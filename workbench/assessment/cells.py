"""Count the cells of a census: on codes first, names for the few cells that occur afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from math import prod
from operator import add
from typing import cast

import polars as pl

from workbench.assessment.categories import by_size, categorized, is_open
from workbench.assessment.units import unit_keys, unit_weights
from workbench.vocabulary.demographics import MISSING

_MOST_SMALL = 2**32
_MOST = 2**64  # a unit and its cell make one unsigned number


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells that occur.

    Attributes
    ----------
    table : polars.DataFrame
        One row a cell, in display order: the attributes as Enums, and n_units.
    missing : polars.DataFrame
        One row an attribute and reason: attribute, reason, n_units.
    n_total : int
        How many units there are.
    """

    table: pl.DataFrame
    missing: pl.DataFrame
    n_total: int


def count_cells(
    rows: pl.DataFrame, attributes: Sequence[str], *, unit: str, key: str | None, weight: str | None
) -> Cells:
    """Return how many units each occurring combination of categories has.

    Parameters
    ----------
    rows : polars.DataFrame
        Has the columns.
    attributes : sequence of str
        Columns of categories.
    unit : str
        What is counted, for messages.
    key : str or None
        Tells one unit from another; each counts once in a cell. Every row is a unit of its own without it.
    weight : str or None
        How many units a row stands for.

    Returns
    -------
    Cells
        In time proportional to the rows, whatever the number of possible cells.

    Raises
    ------
    ValueError
        When a row has no key or no weight, when both are asked for, or when the attributes have more combinations than
        can be numbered.
    """
    if key is not None and weight is not None:
        raise ValueError(
            f"Received key={key!r} and weight={weight!r}. Rows either share a unit or stand for several. "
            "Pass one of them."
        )
    coding = _Coding(tuple(categorized(rows, attribute) for attribute in attributes))
    n_units = pl.len()
    if key is not None:
        units = _distinct(coding, _numbered(unit_keys(rows, key, unit=unit), coding))
    elif weight is not None:
        units = pl.DataFrame({"cell": coding.cells, "n_units": unit_weights(rows, weight, unit=unit)})
        n_units = pl.col("n_units").sum()
    else:
        units = pl.DataFrame({"cell": coding.cells})
    cells = units.group_by("cell").agg(n_units=n_units.cast(pl.Int64)).sort("cell")
    table = cells.select(*(coding.named(cells, place) for place in range(len(attributes))), "n_units")
    texts = [name for name in attributes if is_open(rows.schema[name])]
    if texts:
        table = table.with_columns(by_size(table[name], table["n_units"]) for name in texts).sort(attributes)
    n_total = int(cells["n_units"].sum()) if key is None else units["key"].n_unique()
    missing = [
        (attribute, reason, n_lacking)
        for place, attribute in enumerate(attributes)
        for reason, n_lacking in _n_missing(coding, place, cells, None if key is None else units)
    ]
    schema = {"attribute": pl.String, "reason": pl.String, "n_units": pl.Int64}
    return Cells(table, pl.DataFrame(missing, schema=schema, orient="row"), n_total)


@dataclass(frozen=True, eq=False)
class _Coding:
    """Cells numbered as a number is written: each attribute a digit, the first one the highest."""

    attributes: tuple[pl.Series, ...]

    @cached_property
    def categories(self) -> list[pl.Series]:
        return [cast("pl.Enum", each.dtype).categories.cast(each.dtype) for each in self.attributes]

    @cached_property
    def sizes(self) -> list[int]:
        return [max(len(each), 1) for each in self.categories]

    @property
    def n_cells(self) -> int:
        return prod(self.sizes)

    @property
    def dtype(self) -> type[pl.DataType]:
        return pl.UInt32 if self.n_cells <= _MOST_SMALL else pl.UInt64  # half the memory to go through

    @property
    def cells(self) -> pl.Series:
        self.refuse_more_than(_MOST)
        digits = (
            pl.lit(each.to_physical()).cast(self.dtype) * pl.lit(self.stride(place), self.dtype)
            for place, each in enumerate(self.attributes)
        )
        return pl.select(reduce(add, digits)).to_series()

    def stride(self, place: int) -> int:
        return prod(self.sizes[place + 1 :])

    def digit(self, place: int) -> pl.Expr:
        return pl.col("cell") // pl.lit(self.stride(place), self.dtype) % pl.lit(self.sizes[place], self.dtype)

    def named(self, cells: pl.DataFrame, place: int) -> pl.Series:
        codes = cells.select(self.digit(place)).to_series()
        return self.categories[place].gather(codes).alias(self.attributes[place].name)

    def refuse_more_than(self, most: int) -> None:
        if self.n_cells > most:
            raise ValueError(
                f"Received by={[each.name for each in self.attributes]}, which have {self.n_cells:.1e} possible "
                "combinations. A census counts combinations that a person can read. Ask for fewer attributes."
            )


def _distinct(coding: _Coding, keys: pl.Series) -> pl.DataFrame:
    """Return each unit and cell once. Sorting one number a row takes a tenth of the time that hashing pairs does."""
    n_cells = pl.lit(coding.n_cells, pl.UInt64)
    packed = pl.select(packed=pl.lit(keys) * n_cells + pl.lit(coding.cells)).to_series().sort()
    packed = packed.filter(packed.ne_missing(packed.shift(1)))
    cell, key = pl.col("packed") % n_cells, pl.col("packed") // n_cells
    return packed.to_frame().select(cell=cell.cast(coding.dtype), key=key)


def _numbered(keys: pl.Series, coding: _Coding) -> pl.Series:
    small = keys.dtype in (pl.UInt8, pl.UInt16, pl.UInt32)  # others may be hashes, which leave no room for cells
    numbers = keys if small else keys.rank("dense") - 1
    coding.refuse_more_than(_MOST // (int(cast("int", numbers.max() or 0)) + 1))
    return numbers.cast(pl.UInt64)


def _n_missing(coding: _Coding, place: int, cells: pl.DataFrame, units: pl.DataFrame | None) -> list[tuple[str, int]]:
    """Return for each reason how many lack an attribute; one who counts in several such cells counts once."""
    names = coding.categories[place].cast(pl.String)
    first = len(names) - int(names.is_in(MISSING).sum())
    lacking, n = cells.filter(coding.digit(place) >= first), pl.col("n_units").sum()
    if units is not None and not lacking.is_empty():
        lacking, n = units.filter(coding.digit(place) >= first), pl.col("key").n_unique()
    counted = lacking.group_by(coding.digit(place).alias("digit")).agg(n=n)
    counts = dict(zip(names.gather(counted["digit"]), counted["n"], strict=True))
    return [(reason, counts.get(reason, 0)) for reason in MISSING]

"""Count the cells of a census: on codes first, names for the few cells that occur afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import cast

import polars as pl

from workbench.assessment.categories import categorized
from workbench.vocabulary.demographics import MISSING

_MOST = 2**63  # codes are unsigned integers of 64 bits; one bit is left for safety


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells that occur.

    Attributes
    ----------
    table : polars.DataFrame
        One row a cell, in display order: the attributes as Enums, and n.
    missing : polars.DataFrame
        One row an attribute and reason: attribute, reason, n.
    n_total : int
        How many units there are.
    """

    table: pl.DataFrame
    missing: pl.DataFrame
    n_total: int


def count_cells(rows: pl.DataFrame, attributes: Sequence[str], *, key: str | None, weight: str | None) -> Cells:
    """Return how many units each occurring combination of categories has.

    Parameters
    ----------
    rows : polars.DataFrame
        Has the columns.
    attributes : sequence of str
        Columns of categories.
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
        When the attributes have more combinations than can be numbered.
    """
    named = [categorized(rows, attribute) for attribute in attributes]
    sizes = [max(len(cast("pl.Enum", each.dtype).categories), 1) for each in named]
    if prod(sizes) >= _MOST:
        raise ValueError(
            f"Received by={list(attributes)}, which have more than 2^63 possible combinations. "
            "A census counts combinations that a person can read. Ask for fewer attributes."
        )
    strides = [prod(sizes[place + 1 :]) for place in range(len(sizes))]
    frame = pl.DataFrame(named).select(
        cell=pl.sum_horizontal(
            pl.col(name).to_physical().cast(pl.UInt64) * stride
            for name, stride in zip(attributes, strides, strict=True)
        )
    )
    if key is not None:
        frame = _distinct(frame["cell"], rows[key], prod(sizes))
    elif weight is not None:
        frame = frame.with_columns(rows[weight].cast(pl.Int64).alias("n"))
    n = pl.col("n").sum() if weight is not None else pl.len().alias("n")
    cells = frame.group_by("cell").agg(n.cast(pl.Int64)).sort("cell")
    digits = {
        name: (pl.col("cell") // stride % size, each.dtype)
        for name, stride, size, each in zip(attributes, strides, sizes, named, strict=True)
    }
    table = cells.select(
        *(_named(cells.select(digit).to_series(), dtype).alias(name) for name, (digit, dtype) in digits.items()), "n"
    )
    n_total = int(cells["n"].sum()) if key is None else frame["key"].n_unique()
    missing = [
        (name, reason, _n_missing(table, frame, name, reason, digit) if key is not None else _n_of(table, name, reason))
        for name, (digit, _) in digits.items()
        for reason in MISSING
    ]
    schema = {"attribute": pl.String, "reason": pl.String, "n": pl.Int64}
    return Cells(table, pl.DataFrame(missing, schema=schema, orient="row"), n_total)


def _distinct(cells: pl.Series, keys: pl.Series, n_cells: int) -> pl.DataFrame:
    """Each unit and cell once. Sorting one number a row takes a third of the time that hashing pairs takes."""
    if not keys.dtype.is_unsigned_integer():
        keys = keys.rank("dense") - 1
    keys = keys.cast(pl.UInt64)
    packed = pl.select((keys * n_cells + cells).alias("packed")).to_series().sort()
    packed = packed.filter(packed.rle_id().is_first_distinct())
    return pl.select(cell=packed % n_cells, key=packed // n_cells)


def _named(codes: pl.Series, categories: pl.DataType) -> pl.Series:
    return cast("pl.Enum", categories).categories.cast(categories).gather(codes)


def _n_of(table: pl.DataFrame, attribute: str, reason: str) -> int:
    return int(table.filter(pl.col(attribute).cast(pl.String) == reason)["n"].sum())


def _n_missing(table: pl.DataFrame, units: pl.DataFrame, attribute: str, reason: str, digit: pl.Expr) -> int:
    if _n_of(table, attribute, reason) == 0:
        return 0
    code = cast("pl.Enum", table.schema[attribute]).categories.to_list().index(reason)
    return units.filter(digit == code)["key"].n_unique()

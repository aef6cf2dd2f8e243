"""What a row stands for: a unit of its own, one of several rows of a unit, or a number of units; checked before use."""

from collections.abc import Iterable

import polars as pl

from workbench.errors import unknown_name


def require_columns(rows: pl.DataFrame, names: Iterable[str], *, argument: str, unit: str) -> None:
    """Raise unless a frame has the columns that an argument names.

    Parameters
    ----------
    rows : polars.DataFrame
        The frame.
    names : iterable of str
        What was asked for.
    argument : str
        Where it was asked for, such as ``"by"``.
    unit : str
        What the rows are.

    Raises
    ------
    UnknownNameError
        For the first name that is no column.
    """
    for name in names:
        if name not in rows.columns:
            raise unknown_name("column", name, rows.columns, where=unit, then=f"Pass one of these in {argument}=.")


def unit_keys(rows: pl.DataFrame, key: str, *, unit: str) -> pl.Series:
    """Return the column that tells one unit from another.

    Parameters
    ----------
    rows : polars.DataFrame
        Any number of rows a unit.
    key : str
        Its name.
    unit : str
        What is counted.

    Returns
    -------
    polars.Series
        As it is.

    Raises
    ------
    UnknownNameError
        When there is no such column.
    ValueError
        When a row belongs to no unit.
    """
    require_columns(rows, [key], argument="key", unit=unit)
    keys = rows[key]
    if keys.null_count():
        raise ValueError(
            f"Received key={key!r}, which is null in {keys.null_count():,} of {len(keys):,} rows. Every row belongs to "
            f"one of the {unit}. Leave out the rows without one."
        )
    return keys


def unit_weights(rows: pl.DataFrame, weight: str, *, unit: str) -> pl.Series:
    """Return how many units each row stands for.

    Parameters
    ----------
    rows : polars.DataFrame
        Such as series.
    weight : str
        The column, such as ``"n_instances"``.
    unit : str
        What is counted.

    Returns
    -------
    polars.Series
        Int64, 0 or more.

    Raises
    ------
    UnknownNameError
        When there is no such column.
    ValueError
        When a number is missing, negative or not whole.
    """
    require_columns(rows, [weight], argument="weight", unit=unit)
    weights = rows[weight]
    n_wrong = weights.null_count() + int((weights < 0).sum()) if weights.dtype.is_integer() else len(weights)
    if n_wrong:
        raise ValueError(
            f"Received weight={weight!r}, of type {weights.dtype}, which holds no number of {unit} in {n_wrong:,} of "
            f"{len(weights):,} rows. A row stands for a whole number of them, 0 or more. Fill or leave out the others."
        )
    return weights.cast(pl.Int64)

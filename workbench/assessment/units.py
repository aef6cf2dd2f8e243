"""What a row stands for: a unit of its own, one of several rows of a unit, or a number of units; checked before use."""

from collections.abc import Collection, Iterable
from typing import Any

import polars as pl

from workbench.errors import brief, unknown_name

_MOST = 2**63 - 1  # what Int64 holds


def attribute_names(asked: Any, *, argument: str) -> tuple[str, ...]:
    """Return the names that an argument gives, each once.

    Parameters
    ----------
    asked : str or iterable of str
        One name or several.
    argument : str
        Where they were given, such as ``"by"``.

    Returns
    -------
    tuple of str
        In the order given; empty where none was.

    Raises
    ------
    TypeError
        For anything else than names.
    """
    names = [asked] if isinstance(asked, str) else list(asked) if isinstance(asked, Iterable) else [None]
    if not all(isinstance(name, str) for name in names):
        raise TypeError(
            f"Received {argument}={brief(repr(asked))}. The name of a column, or a list of names, would be right. "
            f"Write for instance {argument}=['sex', 'age_group']."
        )
    return tuple(dict.fromkeys(names))


def require_frame(rows: Any, *, unit: str) -> None:
    """Raise unless rows are a frame in memory.

    Parameters
    ----------
    rows : object
        What was received.
    unit : str
        What the rows are.

    Raises
    ------
    TypeError
        For a LazyFrame, a mapping and so on.
    """
    if not isinstance(rows, pl.DataFrame):
        then = (
            "Collect it first: rows.collect()."
            if isinstance(rows, pl.LazyFrame)
            else "Make one first: pl.DataFrame(rows)."
        )
        raise TypeError(f"Received {unit} of type {type(rows).__name__}. A polars.DataFrame would be right. {then}")


def require_categories(
    rows: pl.DataFrame, names: Iterable[str], *, argument: str, unit: str, own: Collection[str]
) -> None:
    """Raise unless a frame has the columns that an argument names, and each holds one category a row.

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
    own : collection of str
        What the result calls its own columns.

    Raises
    ------
    UnknownNameError
        For the first name that is no column; only columns that can be counted are offered.
    ValueError
        For a column of decimal numbers or of lists, and for a name that the result uses itself.
    """
    countable = [name for name, dtype in rows.schema.items() if is_countable(dtype) and name not in own]
    for name in names:
        if name not in rows.columns:
            raise unknown_name("column", name, countable, where=unit, then=f"Pass one of these in {argument}=.")
        dtype = rows.schema[name]
        if name in own:
            raise ValueError(
                f"Received {argument}={name!r}, which is what the result calls a number of its own. Any other name "
                f"would be right. Rename it: rows.rename({{{name!r}: 'own_{name}'}})."
            )
        if dtype.is_float() or dtype.is_decimal():
            raise ValueError(
                f"Received {argument}={name!r}, a column of decimal numbers. Categories are counted. "
                "Band it first, for ages with workbench.vocabulary.demographics.age_group."
            )
        if not is_countable(dtype):
            raise ValueError(
                f"Received {argument}={name!r}, a column of type {dtype}. One category a row would be right. Take "
                f"lists apart with rows.explode({name!r}), and say whose rows they are with key=."
            )


def is_countable(dtype: pl.DataType) -> bool:
    """Return whether the values of a column can be counted as categories.

    Parameters
    ----------
    dtype : polars.DataType
        Of the column.

    Returns
    -------
    bool
        False for decimal numbers, lists, structures and objects.
    """
    decimal = dtype.is_float() or dtype.is_decimal()
    return not (decimal or dtype.is_nested() or dtype in (pl.Object, pl.Binary))


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
        When a number is missing, negative or not whole, or when they add up to more than can be counted.
    """
    require_columns(rows, [weight], argument="weight", unit=unit)
    weights = rows[weight]
    n_wrong = weights.null_count() + int((weights < 0).sum()) if weights.dtype.is_integer() else len(weights)
    if n_wrong:
        raise ValueError(
            f"Received weight={weight!r}, of type {weights.dtype}, which holds no number of {unit} in {n_wrong:,} of "
            f"{len(weights):,} rows. A row stands for a whole number of them, 0 or more. Fill or leave out the others."
        )
    n_units = int(weights.cast(pl.Int128).sum())
    if n_units > _MOST:
        raise ValueError(
            f"Received weight={weight!r}, which adds up to {n_units:.1e} {unit}. At most {_MOST:.1e} can be counted. "
            "Check the unit of the column."
        )
    return weights.cast(pl.Int64)

"""Refuse columns of a user's table that nobody can filter by, before anything is made of them."""

from collections.abc import Iterable

import polars as pl

from workbench.catalog.sources.headers import shown_names


def refuse_kinds(table: pl.DataFrame, *, lists: Iterable[str]) -> None:
    """Raise when a column holds something other than numbers, text, dates, or lists of these.

    Parameters
    ----------
    table : polars.DataFrame
        A user's.
    lists : iterable of str
        The columns that may hold lists; all others hold one thing a row.

    Raises
    ------
    TypeError
        Names the columns, those of names that may be identifiers by their place.
    """
    several, shown = set(lists), set(shown_names(table.columns))
    wrong = []
    for place, (name, dtype) in enumerate(table.schema.items(), start=1):
        inner = getattr(dtype, "inner", dtype) if name in several else dtype
        if inner.is_nested() or inner in (pl.Duration, pl.Binary, pl.Object):
            what = dtype.base_type().__name__.lower()
            wrong.append(f"{name if name in shown else f'column {place}'} ({what})")
    if wrong:
        raise TypeError(
            f"The table holds what cannot be filtered by: {', '.join(wrong)}. Numbers, text, dates, and in columns of "
            "your own lists of these would be right. Convert these columns, such as durations to days, or drop them."
        )

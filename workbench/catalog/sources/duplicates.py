"""Merge rows that say the same about one thing, and refuse those that disagree."""

from collections.abc import Sequence

import polars as pl

_PLACE, _DIFFERS = "\0place", "\0differs "  # names that no user's column bears


def merge_rows(
    table: pl.DataFrame, *, key: Sequence[str], values: Sequence[str], what: str
) -> tuple[pl.DataFrame, int, str | None]:
    """Return one row for each key, how many rows were merged away, and what is wrong if rows disagree.

    A value that one row lacks is taken from the others; case and spelling are compared as they are.

    Parameters
    ----------
    table : polars.DataFrame
        Any.
    key : sequence of str
        The columns that name a thing.
    values : sequence of str
        The columns in which rows of one thing must agree; of the others the first row's value is kept.
    what : str
        What the things are, such as ``"cases"``.

    Returns
    -------
    polars.DataFrame
        In the order of first appearance.
    int
        How many rows fewer there are.
    str or None
        A sentence that counts the things and names the columns, never an identifier.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"id": ["a", "a", "b"], "sex": ["F", "M", "M"], "age": [4, 4, 5]})
    >>> merge_rows(rows, key=["id"], values=["sex", "age"], what="cases")[1:]
    (1, '1 of 2 cases has rows that disagree: sex (1).')
    """
    # By hash, which a million identifiers make in a tenth of the memory; keys that only collide are told apart below.
    repeated = table.select(pl.struct(key).hash()).to_series().is_duplicated()
    if not repeated.any():
        return table, 0, None
    several = table.filter(repeated)
    groups = several.group_by(key, maintain_order=True).agg(
        *(pl.col(name).drop_nulls().first() for name in values),
        *(pl.col(name).drop_nulls().n_unique().alias(f"{_DIFFERS}{name}") for name in values),
        *(pl.col(name).first() for name in table.columns if name not in (*key, *values)),
    )
    clashes = {name: (groups[f"{_DIFFERS}{name}"] > 1) for name in values}
    n_clashing = sum(pl.DataFrame(clashes).select(pl.any_horizontal(pl.all())).to_series()) if values else 0
    n_things = table.height - several.height + groups.height
    problem = None
    if n_clashing:
        named = ", ".join(f"{name} ({clash.sum():,})" for name, clash in clashes.items() if clash.any())
        has = "has" if n_clashing == 1 else "have"
        problem = f"{n_clashing:,} of {n_things:,} {what} {has} rows that disagree: {named}."
    place = table.with_row_index(_PLACE).select(_PLACE, *key)
    first = place.unique(key, keep="first", maintain_order=True)
    whole = pl.concat([table.filter(~repeated), groups.select(table.columns)], how="vertical")
    merged = whole.join(first, on=list(key), how="left", nulls_equal=True).sort(_PLACE).drop(_PLACE)
    return merged, table.height - n_things, problem

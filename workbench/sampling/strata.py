"""Units and the strata they belong to: what a split deals out, in an order that no row order can change."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

Codes = npt.NDArray[np.int64]


def one_row_a_unit(table: pl.DataFrame, *, unit: str, columns: Sequence[str]) -> pl.DataFrame:
    """Return one row a unit, with the value of each column that most of its rows have.

    Parameters
    ----------
    table : polars.DataFrame
        Has `unit` and the columns.
    unit : str
        The column whose values are never divided.
    columns : sequence of str
        What to carry along. Of values that are equally frequent the first in sorted order is taken.

    Returns
    -------
    polars.DataFrame
        `unit` and `columns`, sorted by `unit`.

    Examples
    --------
    >>> rows = pl.DataFrame({"person_id": ["b", "a", "a", "a"], "sex": ["M", "F", "M", "F"]})
    >>> one_row_a_unit(rows, unit="person_id", columns=["sex"]).rows()
    [('a', 'F'), ('b', 'M')]
    """
    plain = table.select(_plain(table, name) for name in dict.fromkeys([unit, *columns]))
    units = plain.select(pl.col(unit).unique().sort())
    for name in dict.fromkeys(columns):
        if name == unit:
            continue
        sizes = plain.group_by(unit, name).len("_n").sort(unit, "_n", name, descending=[False, True, False])
        units = units.join(
            sizes.select(unit, name).unique(unit, keep="first", maintain_order=True), on=unit, how="left"
        )
    return units.sort(unit)


def rows_in_order(table: pl.DataFrame, *, index: str) -> pl.DataFrame:
    """Return the rows sorted by everything they hold, so that a shuffled table gives the same order.

    Parameters
    ----------
    table : polars.DataFrame
        Any table.
    index : str
        Name of the added column.

    Returns
    -------
    polars.DataFrame
        With the row number before sorting in `index`.

    Examples
    --------
    >>> rows_in_order(pl.DataFrame({"a": [2, 1]}), index="row").rows()
    [(1, 1), (0, 2)]
    """
    numbered = table.with_row_index(index)
    return numbered.sort([_plain(table, name) for name in table.columns] or [index], maintain_order=True)


def stratum_codes(units: pl.DataFrame, *, by: Sequence[str]) -> list[Codes]:
    """Return the values of each attribute as numbers in sorted order.

    Parameters
    ----------
    units : polars.DataFrame
        One row a unit.
    by : sequence of str
        Attributes. Enums keep their order; missing values are a stratum of their own.

    Returns
    -------
    list of numpy.ndarray
        One vector an attribute, shape (units,), from 0 without gaps.

    Examples
    --------
    >>> stratum_codes(pl.DataFrame({"sex": ["M", None, "F"]}), by=["sex"])[0].tolist()
    [2, 0, 1]
    """
    ranks = [units.select(_plain(units, name).rank("dense").fill_null(0).cast(pl.Int64)).to_series() for name in by]
    return [np.unique(rank.to_numpy(), return_inverse=True)[1].astype(np.int64) for rank in ranks]


def serpentine_order(codes: Sequence[Codes], rng: np.random.Generator, n_units: int) -> Codes:
    """Return the units sorted by stratum, like next to like, at random within a stratum.

    Each attribute runs up in one stratum of those before it and down in the next. Two neighbors then differ in
    as few attributes as possible, and a systematic sample balances the later attributes too.

    Parameters
    ----------
    codes : sequence of numpy.ndarray
        What `stratum_codes` returns.
    rng : numpy.random.Generator
        Decides within a stratum.
    n_units : int
        How many units there are.

    Returns
    -------
    numpy.ndarray
        Positions of the units, shape (units,).

    References
    ----------
    Williams RL, Chromy JR. SAS sample selection macros. Proceedings of SAS Users Group International 1980; 5: 392-396.

    Examples
    --------
    >>> first, second = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> serpentine_order([first, second], np.random.default_rng(0), 4).tolist()
    [0, 1, 3, 2]
    """
    stratum = np.zeros(n_units, np.int64)
    for code in codes:
        turned = np.where(stratum % 2 == 0, code, -code)
        order = np.lexsort((turned, stratum))
        is_new = (np.diff(stratum[order], prepend=0) != 0) | (np.diff(turned[order], prepend=turned[order][:1]) != 0)
        stratum[order] = np.cumsum(is_new)
    return np.lexsort((rng.permutation(n_units), stratum)).astype(np.int64)


def _plain(table: pl.DataFrame, name: str) -> pl.Expr:
    """Categories sort by their text, whatever order they were met in."""
    column = pl.col(name)
    return column.cast(pl.String) if table.schema[name] == pl.Categorical else column

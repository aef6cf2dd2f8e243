"""Count or summarize one attribute in several groups: a block of Table 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.assessment.categories import categorized, why_missing
from workbench.assessment.differences import (
    LargestDifference,
    largest_category_difference,
    largest_number_difference,
)
from workbench.assessment.significance import NamedTest, compare_categories, compare_numbers
from workbench.vocabulary.demographics import MISSING

OVERALL = "Overall"

#: One row an attribute, level and group.
TABLE: dict[str, type[pl.DataType]] = dict.fromkeys(("attribute", "level", "kind", "group"), pl.String)
TABLE |= {"n": pl.Int64, "n_total": pl.Int64, "fraction": pl.Float64}
TABLE |= dict.fromkeys(("mean", "sd", "median", "q1", "q3", "smd"), pl.Float64)

_UNKNOWN = MISSING[0]
_REASONS = {reason: number for number, reason in enumerate(MISSING)}
_SUMMARY = dict.fromkeys(("mean", "sd", "median", "q1", "q3"), pl.Float64)
_Numbers = npt.NDArray[np.float64]
_Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Groups:
    """The columns of a Table 1 and who is in them.

    Attributes
    ----------
    names : tuple of str
        "Overall" first, then the groups.
    codes : numpy.ndarray
        Shape (rows,): the group of each row, counted from 0; -1 for a row that is in "Overall" alone.
    """

    names: tuple[str, ...]
    codes: _Counts

    @classmethod
    def of(cls, rows: pl.DataFrame, by: str | None, wanted: Sequence[str] | None) -> "Groups":
        """Return the groups of a frame.

        Parameters
        ----------
        rows : polars.DataFrame
            Has the column `by`.
        by : str or None
            None for no groups.
        wanted : sequence of str or None
            The groups to make, in order; None for all that occur, what is missing last.

        Returns
        -------
        Groups
            At least "Overall".
        """
        if by is None:
            return cls((OVERALL,), np.full(rows.height, -1, np.int64))
        named = categorized(rows, by)
        present = set(named.unique().cast(pl.String))
        groups = [name for name in _levels(named) if name in present] if wanted is None else list(wanted)
        numbers = {name: number for number, name in enumerate(groups)}
        codes = named.cast(pl.String).replace_strict(numbers, default=-1, return_dtype=pl.Int64)
        return cls((OVERALL, *groups), codes.to_numpy())

    def count(self, levels: _Counts, n_levels: int) -> _Counts:
        """Return the number of rows in each column and level.

        Parameters
        ----------
        levels : numpy.ndarray
            Shape (rows,), from 0; -1 for a row to leave out.
        n_levels : int
            How many levels there are.

        Returns
        -------
        numpy.ndarray
            Shape (columns, levels).
        """
        shape = (len(self.names) - 1, n_levels)
        grouped = (levels >= 0) & (self.codes >= 0)
        cells = np.bincount(self.codes[grouped] * n_levels + levels[grouped], minlength=shape[0] * n_levels)
        overall = np.bincount(levels[levels >= 0], minlength=n_levels)
        return np.vstack([overall, cells.reshape(shape)]).astype(np.int64)

    def split(self, values: _Numbers) -> list[_Numbers]:
        """Return the values of each column that are not nan.

        Parameters
        ----------
        values : numpy.ndarray
            Shape (rows,).

        Returns
        -------
        list of numpy.ndarray
            One vector a column, "Overall" first.
        """
        known = ~np.isnan(values)
        order = np.argsort(self.codes[known], kind="stable")
        codes, sorted_values = self.codes[known][order], values[known][order]
        edges = np.searchsorted(codes, np.arange(len(self.names)))
        return [values[known], *(sorted_values[low:high] for low, high in pairwise(edges))]


@dataclass(frozen=True, eq=False)
class AttributeCounts:
    """One attribute in every column.

    Attributes
    ----------
    table : polars.DataFrame
        The columns of `TABLE` without smd.
    difference : LargestDifference or None
        Of the two groups that lie furthest apart, the missing left out.
    n_missing : int
        Rows without the attribute.
    test : NamedTest or None
        What the groups differ by chance, where asked for.
    """

    table: pl.DataFrame
    difference: LargestDifference | None
    n_missing: int
    test: NamedTest | None


def count_category(rows: pl.DataFrame, attribute: str, groups: Groups, *, test: bool) -> AttributeCounts:
    """Return how many rows of each column are at each level that occurs.

    Parameters
    ----------
    rows : polars.DataFrame
        Has the column.
    attribute : str
        Enums keep their order, other texts go by size; missing levels come last.
    groups : Groups
        The columns.
    test : bool
        Whether to test.

    Returns
    -------
    AttributeCounts
        Without a row, one level that is null and counts nobody.
    """
    named = categorized(rows, attribute)
    levels = _levels(named)
    n = groups.count(named.to_physical().cast(pl.Int64).to_numpy(), len(levels))
    present = n[0] > 0
    levels = [level for level, occurs in zip(levels, present, strict=True) if occurs]
    n = n[:, present]
    missing = np.isin(levels, MISSING)
    kinds = ["missing" if level in MISSING else "category" for level in levels]
    table = _rows(attribute, levels, kinds, n, groups) if levels else _nobody(attribute, groups)
    known = n[1:, ~missing]
    return AttributeCounts(
        table,
        largest_category_difference(np.where(_known(groups)[:, None], known, 0)),
        int(n[0, missing].sum()),
        compare_categories(known) if test else None,
    )


def summarize_number(
    rows: pl.DataFrame, attribute: str, groups: Groups, *, test: bool, normal: bool
) -> AttributeCounts:
    """Return mean, standard deviation and quartiles of a number in each column, and who has none.

    Parameters
    ----------
    rows : polars.DataFrame
        Has the column.
    attribute : str
        A number; a null counts under the reason in ``<attribute>_missing``, else as "Not Reported", nan as "Unknown".
    groups : Groups
        The columns.
    test : bool
        Whether to test.
    normal : bool
        Whether to test means, not ranks.

    Returns
    -------
    AttributeCounts
        The first level, null, is the number; in its rows n is how many values are known.
    """
    number = pl.col(attribute).cast(pl.Float64)
    reason = pl.when(number.is_nan()).then(pl.lit(_UNKNOWN)).when(number.is_null())
    codes = reason.then(why_missing(rows, attribute)).replace_strict(_REASONS, return_dtype=pl.Int64)
    columns = rows.select(value=number.fill_null(float("nan")), missing=codes.fill_null(-1))
    samples = groups.split(columns["value"].to_numpy())
    n_missing = groups.count(columns["missing"].to_numpy(), len(MISSING))
    present = np.flatnonzero(n_missing[0])
    n = np.column_stack([[len(sample) for sample in samples], n_missing[:, present]])
    levels = [None, *(MISSING[i] for i in present)]
    table = _rows(attribute, levels, ["number", *["missing"] * len(present)], n, groups)
    summary = pl.DataFrame([_summary(sample) for sample in samples], schema=_SUMMARY, orient="row")
    beside_missing = summary.clear(len(groups.names) * len(present))
    table = pl.concat([table, pl.concat([summary, beside_missing])], how="horizontal")
    means, sds = (summary[name].fill_null(float("nan")).to_numpy()[1:] for name in ("mean", "sd"))
    return AttributeCounts(
        table,
        largest_number_difference(np.where(_known(groups), means, np.nan), sds),
        int(n_missing[0].sum()),
        compare_numbers(samples[1:], normal=normal) if test else None,
    )


def _known(groups: Groups) -> npt.NDArray[np.bool_]:
    """Which groups the largest difference is sought among: a group that is only missing is no group to differ from."""
    known = ~np.isin(groups.names[1:], MISSING)
    return known if np.count_nonzero(known) > 1 else np.ones_like(known)


def _levels(named: pl.Series) -> list[str]:
    return cast("pl.Enum", named.dtype).categories.to_list()


def _summary(sample: _Numbers) -> tuple[float | None, ...]:
    if sample.size == 0:
        return (None,) * 5
    # Linear interpolation between order statistics: definition 7 of Hyndman & Fan, doi:10.1080/00031305.1996.10473566
    q1, median, q3 = np.quantile(sample, [0.25, 0.5, 0.75])
    sd = float(np.std(sample, ddof=1)) if sample.size > 1 else None
    return float(np.mean(sample)), sd, float(median), float(q1), float(q3)


def _nobody(attribute: str, groups: Groups) -> pl.DataFrame:
    return _rows(attribute, [None], ["category"], np.zeros((len(groups.names), 1), np.int64), groups)


def _rows(
    attribute: str, levels: Sequence[str | None], kinds: Sequence[str], n: _Counts, groups: Groups
) -> pl.DataFrame:
    totals = groups.count(np.zeros(len(groups.codes), np.int64), 1)[:, 0]
    return pl.DataFrame(
        {
            "attribute": [attribute] * n.size,
            "level": pl.Series([level for level in levels for _ in groups.names], dtype=pl.String),
            "kind": [kind for kind in kinds for _ in groups.names],
            "group": list(groups.names) * len(levels),
            "n": n.T.ravel(),
            "n_total": np.tile(totals, len(levels)),
        }
    ).with_columns(fraction=pl.when(pl.col("n_total") > 0).then(pl.col("n") / pl.col("n_total")))

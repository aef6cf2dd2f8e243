"""Do the parts of a split look alike? Shares in each part beside those of everybody, and what chance alone would do."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from workbench.assessment.attribute_counts import OVERALL
from workbench.assessment.census import Unit
from workbench.assessment.table_one import TableOne, count_table_one
from workbench.errors import unknown_name
from workbench.sampling.strata import one_row_a_unit

_WORST = 0.1  # Austin 2009, doi:10.1002/sim.3697: a standardized difference below 0.1 is taken as negligible


@dataclass(frozen=True, eq=False, repr=False)
class BalanceReport:
    """The parts of a split, compared.

    Attributes
    ----------
    sizes : polars.DataFrame
        One row a part: part, n, fraction, and target_fraction where it is known.
    table : polars.DataFrame
        One row an attribute, level and part: attribute, level, part, n, n_total, fraction, input_fraction, difference
        (in shares) and sd_random, the standard deviation that the share would have in a simple random sample.
    table_one : TableOne
        The same as Table 1 with the largest standardized difference between any two parts.
    """

    sizes: pl.DataFrame
    table: pl.DataFrame
    table_one: TableOne

    @property
    def sentence(self) -> str:
        """The verdict in plain words: sizes, and the attribute in which parts differ most."""
        sized = ", ".join(f"{part} {n:,}" for part, n in self.sizes.select("part", "n").iter_rows())
        apart = self.table_one.smd.drop_nulls("smd").sort("smd", descending=True, maintain_order=True)
        if apart.is_empty():
            return f"{sized or 'No part'}; nothing to compare."
        name, smd = apart.select("attribute", "smd").row(0)
        verdict = "below" if smd < _WORST else "not below"
        return f"{sized}; the largest standardized difference is {smd:.3f}, in {name}, {verdict} {_WORST}."

    def __repr__(self) -> str:
        return f"{self.sentence}\n{self.sizes}\n{self.table_one!r}"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.sentence)}</p>{self.sizes._repr_html_()}{self.table_one._repr_html_()}"


def balance_report(
    split: pl.DataFrame,
    *,
    attributes: Sequence[str],
    part: str = "part",
    unit: str = "person_id",
    fractions: Mapping[str, float] | None = None,
    counted: Unit = "patients",
) -> BalanceReport:
    """Return how alike the parts of a split are.

    Parameters
    ----------
    split : polars.DataFrame
        What `workbench.sampling.stratified_split` returns, or any table that names its parts.
    attributes : sequence of str
        What to compare, not only what the split was stratified on.
    part : str
        The column of parts.
    unit : str
        Counted once a part, with the value that most of its rows have; a table without it is counted by row.
    fractions : mapping of str to float, optional
        The shares that were asked for.
    counted : {"patients", "studies", "series", "instances"}
        What a unit is, for the words.

    Returns
    -------
    BalanceReport
        Prints as sizes and Table 1.

    Raises
    ------
    UnknownNameError
        When `split` has no such column.

    Examples
    --------
    >>> split = pl.DataFrame({"sex": ["Male", "Female"] * 2, "part": ["train", "train", "test", "test"]})
    >>> balance_report(split, attributes=["sex"]).sentence
    'train 2, test 2; the largest standardized difference is 0.000, in sex, below 0.1.'
    """
    for argument, name in [("part", part), *(("attributes", name) for name in attributes)]:
        if name not in split.columns:
            then = f"Pass one of these in {argument}=."
            raise unknown_name("column", name, split.columns, where="the split", then=then)
    rows = split.drop_nulls(part)
    if unit in split.columns:
        names_of = rows.schema[part]
        carried = [name for name in split.columns if name.removesuffix("_missing") in attributes]
        pieces = [
            one_row_a_unit(piece, unit=unit, columns=carried).with_columns(pl.lit(piece[part][0], names_of).alias(part))
            for piece in rows.partition_by(part, maintain_order=True)
        ]
        rows = pl.concat(pieces) if pieces else rows
    names = rows[part].unique(maintain_order=True)
    names = names.sort() if isinstance(names.dtype, pl.Enum) else names
    groups = names.cast(pl.String).to_list()
    table_one = count_table_one(rows, by=part, attributes=attributes, unit=counted, groups=groups)
    n = {name: int((rows[part].cast(pl.String) == name).sum()) for name in groups}
    sizes = pl.DataFrame({"part": groups, "n": [n[name] for name in groups]}, {"part": pl.String, "n": pl.Int64})
    sizes = sizes.with_columns(fraction=pl.col("n") / rows.height)
    if fractions:
        wanted = pl.col("part").replace_strict(dict(fractions), default=None, return_dtype=pl.Float64)
        sizes = sizes.with_columns(target_fraction=wanted)
    return BalanceReport(sizes, _shares(table_one.table), table_one)


def _shares(table: pl.DataFrame) -> pl.DataFrame:
    counted = table.filter(pl.col("kind") != "number")
    of_all = pl.col("group") == OVERALL
    whole = pl.col("n_total").filter(of_all).first().over("attribute", "level")
    share = pl.col("fraction").filter(of_all).first().over("attribute", "level")
    # Sampling without replacement: the binomial variance times (N - n) / (N - 1).
    spread = (share * (1 - share) / pl.col("n_total") * (whole - pl.col("n_total")) / (whole - 1)).sqrt()
    return (
        counted.with_columns(input_fraction=share, sd_random=spread)
        .filter(~of_all)
        .select(
            *("attribute", "level", pl.col("group").alias("part"), "n", "n_total", "fraction", "input_fraction"),
            (pl.col("fraction") - pl.col("input_fraction")).alias("difference"),
            "sd_random",
        )
    )

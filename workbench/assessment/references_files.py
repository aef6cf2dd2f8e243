"""Find the reference populations that ship with the workbench and bring every one to the same two forms."""

import datetime
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.assessment.age_bands import shared_bands
from workbench.assets import asset_path
from workbench.vocabulary.demographics import AGE_DECADES, MISSING

FOLDER = ("data_catalog", "reference_populations")

#: One row a category of an attribute at a period; n is null where only percentages are published, percent where only
#: numbers are.
ROWS: Mapping[str, pl.DataType] = {
    "attribute": pl.String(),
    "category": pl.String(),
    "n": pl.Float64(),
    "percent": pl.Float64(),
    "period": pl.Date(),
}
#: Attributes of cells, in display order.
ORDER = ("sex", "age_group", "age_decade", "race", "ethnicity", "race_ethnicity", "state", "country")


@dataclass(frozen=True, eq=False)
class Published:
    """What a source publishes: numbers attribute by attribute, or cells of several attributes together.

    Attributes
    ----------
    source : mapping
        Title, publisher, vintage and so on.
    rows : polars.DataFrame or None
        The columns of `ROWS`; None where the source publishes cells.
    joints : tuple of polars.DataFrame
        One column an attribute and ``n``; the first that has an attribute gives its numbers.
    """

    source: Mapping[str, Any]
    rows: pl.DataFrame | None = None
    joints: tuple[pl.DataFrame, ...] = ()

    @property
    def periods(self) -> list[datetime.date]:
        """The dates that the source counts up to, ascending; empty where it has none."""
        return [] if self.rows is None else self.rows["period"].drop_nulls().unique().sort().to_list()


def shipped_sources() -> dict[str, dict[str, Any]]:
    """Return what ``sources.toml`` says of each shipped population, in alphabetical order.

    Returns
    -------
    dict
        Name to title, publisher, vintage and so on.
    """
    sources = tomllib.loads(asset_path(*FOLDER, "sources.toml").read_text(encoding="utf-8"))
    return dict(sorted(sources.items()))


def read_shipped(name: str, source: Mapping[str, Any]) -> Published:
    """Return a shipped population as it is published.

    Parameters
    ----------
    name : str
        A key of `shipped_sources`.
    source : mapping
        Its value.

    Returns
    -------
    Published
        With rows, or with cells.
    """
    if "tables" in source:
        joints = (_read_joint(table["file"], table["spread"]) for table in source["tables"])
        return Published(source, joints=tuple(joints))
    wide = pl.read_csv(asset_path(*FOLDER, f"{name}.csv"))
    dates = [column for column in wide.columns if column[0].isdigit()]
    if dates:
        long = wide.unpivot(dates, index=["attribute", "category"], variable_name="period", value_name="n")
        rows = long.with_columns(pl.col("period").str.to_date(), percent=pl.lit(None, pl.Float64))
    else:
        rows = wide.with_columns(n=pl.lit(None, pl.Float64), period=pl.lit(None, pl.Date))
    return Published(source, rows.select(pl.col(column).cast(dtype) for column, dtype in ROWS.items()))


def attributes_of(joints: Sequence[pl.DataFrame]) -> list[str]:
    """Return the attributes of cells, in display order.

    Parameters
    ----------
    joints : sequence of polars.DataFrame
        One column an attribute and ``n``.

    Returns
    -------
    list of str
        Each once.
    """
    return [name for name in ORDER if any(name in joint.columns for joint in joints)]


def rows_of_joints(joints: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the cells summed to one attribute at a time.

    Parameters
    ----------
    joints : sequence of polars.DataFrame
        The first that has an attribute gives its numbers.

    Returns
    -------
    polars.DataFrame
        The columns of `ROWS`.
    """
    parts = []
    for attribute in attributes_of(joints):
        joint = next(joint for joint in joints if attribute in joint.columns)
        sums = joint.group_by(attribute, maintain_order=True).agg(pl.col("n").sum())
        named = sums.select(
            pl.lit(attribute).alias("attribute"), pl.col(attribute).cast(pl.String).alias("category"), "n"
        )
        parts.append(named)
    rows = pl.concat(parts).with_columns(percent=pl.lit(None, pl.Float64), period=pl.lit(None, pl.Date))
    return rows.select(*ROWS)


def with_fractions(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the known categories with shares that add up to 1 in each attribute.

    Parameters
    ----------
    rows : polars.DataFrame
        Has attribute, category, n and percent.

    Returns
    -------
    polars.DataFrame
        attribute, category, n, percent, percent_sum, fraction; null shares where an attribute counts nobody.
    """
    known = ~pl.col("category").is_in(MISSING)
    total = pl.col("n").filter(known).sum().over("attribute")
    percent = pl.coalesce("percent", pl.when(known & (total > 0)).then(100 * pl.col("n") / total))
    shares = rows.with_columns(percent=percent).with_columns(percent_sum=pl.col("percent").sum().over("attribute"))
    whole = pl.col("percent").sum().over("attribute")
    return (
        shares.filter(known)
        .with_columns(fraction=pl.when(whole > 0).then(pl.col("percent") / whole))
        .select("attribute", "category", "n", "percent", "percent_sum", "fraction")
    )


def _read_joint(file: str, spread: str) -> pl.DataFrame:
    wide = pl.read_csv(asset_path(*FOLDER, file))
    index = [column for column in wide.columns if wide.schema[column] == pl.String]
    spread_out = [column for column in wide.columns if column not in index]
    cells = wide.unpivot(spread_out, index=index, variable_name=spread, value_name="n")
    if spread == "age_group":
        decades = shared_bands(spread_out, AGE_DECADES)
        cells = cells.with_columns(age_decade=pl.col(spread).replace_strict(decades))
    names = [name for name in ORDER if name in cells.columns]
    return cells.select(*(_enum(cells[name]) for name in names), pl.col("n").cast(pl.Float64))


def _enum(column: pl.Series) -> pl.Series:
    return column.cast(pl.Enum(column.unique(maintain_order=True)))

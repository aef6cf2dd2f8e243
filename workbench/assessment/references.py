"""Read the reference populations that a cohort is compared with."""

import html
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from workbench.assets import asset_path
from workbench.errors import unknown_name

_FOLDER = ("data_catalog", "reference_populations")
_SCHEMA = {"attribute": pl.String, "category": pl.String, "percent": pl.Float64}


@dataclass(frozen=True, eq=False, repr=False)
class ReferencePopulation:
    """Shares of a population by category, with where they come from.

    Attributes
    ----------
    name : str
        Short name, such as ``"us_census"``.
    title : str
        What the figures are, for a subtitle or a footnote.
    table : polars.DataFrame
        One row a category of an attribute: attribute, category, percent (as published), percent_sum (what the
        published percentages of that attribute add up to) and fraction (percent / percent_sum).
    source : mapping
        Publisher, table_id, vintage, retrieved, url, license, caveats and mapping; "unknown" where no source says.
    """

    name: str
    title: str
    table: pl.DataFrame
    source: Mapping[str, Any]

    @property
    def attributes(self) -> list[str]:
        """The attributes that the population is broken down by, in file order."""
        return self.table["attribute"].unique(maintain_order=True).to_list()

    def __repr__(self) -> str:
        return f"{self._stamp()}\n{self.table}"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self._stamp())}</p>{self.table._repr_html_()}"

    def _stamp(self) -> str:
        return f"{self.title} (table {self.source['table_id']}, year {self.source['vintage']})"


def list_references() -> list[str]:
    """Return the names of the reference populations that can be read.

    Returns
    -------
    list of str
        In alphabetical order.

    Examples
    --------
    >>> "us_census" in list_references()
    True
    """
    return sorted(_sources())


def read_reference(name: str) -> ReferencePopulation:
    """Return a reference population by its name.

    Published percentages seldom sum to exactly 100. The fractions of each attribute
    are normalized to 1; the sum as published stays beside them in ``percent_sum``.

    Parameters
    ----------
    name : str
        One of `list_references`.

    Returns
    -------
    ReferencePopulation
        With the columns attribute, category, percent, percent_sum and fraction in ``.table``.

    Raises
    ------
    UnknownNameError
        When no such population ships with the workbench.

    Examples
    --------
    >>> census = read_reference("us_census")
    >>> census.table.filter(pl.col("category") == "Female")["percent"].item()
    50.75
    >>> round(census.table.filter(pl.col("attribute") == "age_group")["percent_sum"][0], 6)
    100.2
    """
    sources = _sources()
    if name not in sources:
        raise unknown_name(
            "reference population",
            name,
            sorted(sources),
            where="/".join(_FOLDER),
            then="Pass one of these names.",
        )
    source = sources[name]
    percents = pl.read_csv(asset_path(*_FOLDER, f"{name}.csv"), schema=_SCHEMA)
    percent_sum = pl.col("percent").sum().over("attribute")
    table = percents.with_columns(percent_sum=percent_sum, fraction=pl.col("percent") / percent_sum)
    return ReferencePopulation(name=name, title=str(source["title"]), table=table, source=source)


def _sources() -> dict[str, dict[str, Any]]:
    return tomllib.loads(asset_path(*_FOLDER, "sources.toml").read_text(encoding="utf-8"))

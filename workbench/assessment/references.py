"""Read the reference populations that a cohort is compared with."""

import dataclasses
import datetime
import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from workbench.assessment.age_bands import Bridge
from workbench.assessment.references_files import shipped_sources, with_fractions
from workbench.assessment.references_parts import at_period, find_published, in_age_bands, narrow, with_warnings_counted
from workbench.errors import unknown_name
from workbench.vocabulary.demographics import MISSING


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
        One row a known category of an attribute: attribute, category, n (null where only percentages are published),
        percent (as published, else of those whose category is known), percent_sum (what the percentages of that
        attribute add up to) and fraction (of those whose category is known). Distances are measured to these.
    source : mapping
        Publisher, table_id, vintage, retrieved, url, license, caveats, mapping and warnings; "unknown" where no
        source says.
    year : str
        The year to print, or the date up to which is counted; "unknown" where no source says.
    n_total : float or None
        How many people or cases are counted, missing ones included; None where only percentages are published.
    published : polars.DataFrame or None
        Every row as published and in its order, missing categories too: attribute, category, n, percent.
    joints : tuple of polars.DataFrame
        Cells of several attributes together, each with ``n``; empty where attributes are published one by one.
    """

    name: str
    title: str
    table: pl.DataFrame
    source: Mapping[str, Any]
    year: str = "unknown"
    n_total: float | None = None
    published: pl.DataFrame | None = None
    joints: tuple[pl.DataFrame, ...] = ()

    @property
    def attributes(self) -> list[str]:
        """The attributes that the population is broken down by, in file order."""
        return self.table["attribute"].unique(maintain_order=True).to_list()

    @property
    def cells(self) -> pl.DataFrame | None:
        """The cells with the most attributes, one column each and n last; None where none are published together."""
        crossed = [joint for joint in self.joints if len(set(joint.columns) - {"age_decade", "n"}) > 1]
        return max(crossed, key=lambda joint: joint.width, default=None)

    @property
    def missing(self) -> pl.DataFrame:
        """One row an attribute and reason: attribute, reason, n; those whom the table leaves out."""
        rows = self.table if self.published is None else self.published
        return rows.filter(pl.col("category").is_in(MISSING)).select("attribute", reason="category", n="n")

    def warnings(self, attribute: str) -> tuple[str, ...]:
        """Return the sentences that have to stand next to any number made with an attribute.

        Parameters
        ----------
        attribute : str
            One of `attributes`.

        Returns
        -------
        tuple of str
            Such as a definition that differs; empty where none is known to.
        """
        return tuple(self.source.get("warnings", {}).get(attribute, ()))

    def joint(self, attributes: Sequence[str]) -> pl.DataFrame:
        """Return how many people there are in each combination of some attributes, from the finest cells published.

        Parameters
        ----------
        attributes : sequence of str
            At least one.

        Returns
        -------
        polars.DataFrame
            The attributes as Enums, and ``n``.

        Raises
        ------
        ValueError
            When they are not published together, or one is named twice.

        Examples
        --------
        >>> world = read_reference("un_wpp")
        >>> int(world.joint(["sex", "age_decade"])["n"].sum()) == world.n_total
        True
        """
        is_crossed = bool(attributes) and len(set(attributes)) == len(attributes)
        for joint in self.joints:
            if is_crossed and set(attributes) < set(joint.columns):
                return joint.group_by(attributes, maintain_order=True).agg(pl.col("n").sum())
        together = "; ".join(" × ".join(joint.columns[:-1]) for joint in self.joints) or "nothing"
        raise ValueError(
            f"Received {' and '.join(attributes) or 'no attributes'}. The reference {self.name!r} publishes together: "
            f"{together}. Pass attributes of one of these, each once, or another reference such as 'us_acs'."
        )

    def with_age_bands(self, bands: Iterable[str], *, bridge: Bridge = None) -> "ReferencePopulation":
        """Return the population with ``age_group`` in other bands.

        Parameters
        ----------
        bands : iterable of str
            Such as ``AGE_DECADES`` of `workbench.vocabulary.demographics`; together they hold every age.
        bridge : {"uniform"}, optional
            Spreads a band that crosses an edge evenly over its years, and `warnings` says so; else bands are summed.

        Returns
        -------
        ReferencePopulation
            Without `joints`: they keep the published bands.

        Raises
        ------
        UnknownNameError
            When it has no ages.
        ValueError
            When a band crosses an edge and no bridge is asked for, or is open-ended.

        Examples
        --------
        >>> cases = read_reference("cdc_covid").with_age_bands(["0–49", "50+"])
        >>> cases.table.filter(attribute="age_group")["category"].to_list()
        ['0–49', '50+']
        """
        if "age_group" not in self.attributes:
            raise unknown_name("attribute", "age_group", self.attributes, where=self.name, then="Pass one with ages.")
        table, assumed = in_age_bands(self.table, list(bands), bridge=bridge)
        said = self.source.get("warnings", {})
        if assumed:
            said = {**said, "age_group": (*said.get("age_group", ()), assumed)}
        return dataclasses.replace(self, table=table, source={**self.source, "warnings": said}, joints=())

    def __repr__(self) -> str:
        return "\n".join([*self._stamp(), str(self.table)])

    def _repr_html_(self) -> str:
        return "".join(f"<p>{html.escape(line)}</p>" for line in self._stamp()) + self.table._repr_html_()

    def _stamp(self) -> list[str]:
        counted = "n is not published" if self.n_total is None else f"n = {self.n_total:,.0f}"
        gone = ", ".join(f"{attribute} {n:,.0f}" for attribute, _, n in self.missing.rows() if n)
        return [
            f"{self.title} (table {self.source['table_id']}, year {self.year})",
            f"{self.source['publisher']}; {counted}" + (f"; missing: {gone}" if gone else ""),
        ]


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
    return list(shipped_sources())


def describe_references() -> pl.DataFrame:
    """Return what each shipped reference population is, for choosing one.

    Returns
    -------
    polars.DataFrame
        name, title, year, n, attributes, publisher and license; a row a population, in alphabetical order.
    """
    populations = [read_reference(name) for name in list_references()]
    return pl.DataFrame(
        {
            "name": population.name,
            "title": population.title,
            "year": population.year,
            "n": population.n_total,
            "attributes": ", ".join(population.attributes),
            "publisher": population.source["publisher"],
            "license": population.source["license"],
        }
        for population in populations
    )


def reference_periods(name: str | Path) -> list[datetime.date]:
    """Return the dates up to which a reference population is counted.

    Parameters
    ----------
    name : str or path
        One of `list_references`, or a CSV of your own.

    Returns
    -------
    list of datetime.date
        Ascending; empty where a population has no periods.

    Examples
    --------
    >>> reference_periods("midrc_open")[-1]
    datetime.date(2024, 3, 4)
    """
    return find_published(name)[1].periods


def read_reference(
    source: str | Path, *, period: str | datetime.date | None = None, **where: str
) -> ReferencePopulation:
    """Return a reference population: one that ships with the workbench, or your own.

    Published percentages seldom sum to exactly 100. The fractions of each attribute are normalized to 1; the sum as
    published stays beside them in ``percent_sum``. What is missing counts in ``n_total`` and stands in ``published``
    and ``missing``, never in ``table``.

    Parameters
    ----------
    source : str or path
        One of `list_references`, or a CSV with the columns attribute, category and n or percent, and for a population
        over time period (YYYY-MM-DD). Lines such as ``# title: …`` and ``# publisher: …`` on top say where it is from.
    period : str or datetime.date, optional
        For a population over time: the numbers on the last date that is not after it. Without it, the last.
    **where : str
        For a population with cells: a part of it, such as ``state="California"`` or ``country="India"``.

    Returns
    -------
    ReferencePopulation
        Prints its title, year, publisher, n and table.

    Raises
    ------
    TypeError
        When the source is neither a name nor a path, or a category of a part is not text.
    UnknownNameError
        When no such population ships with the workbench, or it has no such part.
    ValueError
        When nothing was published by `period` yet, or a CSV has defects; every one is named with its line.

    Examples
    --------
    >>> census = read_reference("us_census")
    >>> census.table.filter(pl.col("category") == "Female")["percent"].item()
    50.75
    >>> round(census.table.filter(pl.col("attribute") == "age_group")["percent_sum"][0], 6)
    100.2
    >>> read_reference("us_acs", state="Wyoming").n_total
    577929.0
    """
    name, published = find_published(source)
    part, chosen = narrow(published, where, name=name)
    rows, day = at_period(part, period, name=name)
    counts = rows.filter(pl.col("n").is_not_null()).group_by("attribute").agg(pl.col("n").sum())
    n_total = part.joints[0].select(pl.col("n").sum()) if part.joints else counts.select(pl.col("n").max())
    return ReferencePopulation(
        name=name,
        title=": ".join([str(published.source["title"]), *([", ".join(chosen)] if chosen else [])]),
        table=with_fractions(rows),
        source=with_warnings_counted(published.source, rows),
        year=str(day or published.source["vintage"]),
        n_total=n_total.item(),
        published=rows.select("attribute", "category", "n", "percent"),
        joints=part.joints,
    )

"""The data-quality report: what is not known, which rules touched how many, where it is worst, and what to do."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from workbench.assessment.wording import percentage, some_of
from workbench.catalog.repository import Repository
from workbench.presentation import charts
from workbench.presentation.figure import Figure
from workbench.presentation.first_page import FirstPage, first_page
from workbench.presentation.identity import Identity
from workbench.presentation.quality_advice import ADVICE
from workbench.presentation.quality_words import (
    by_release,
    known_of_all,
    most_missing,
    of_images,
    touched,
    worst_places,
)
from workbench.presentation.report_tables import Sentences
from workbench.provenance import stamp

_FEW = 20  # people of a release; a share of fewer says little
_WHERE, _LINES = 3, 4
_LEAST = 0.001  # of what is counted: less than one in a thousand asks for nothing
_PEOPLE = "People are counted, no animals and no phantoms; of series acquired images."


@dataclass(frozen=True, eq=False, repr=False)
class DataQuality:
    """What the report shows.

    Attributes
    ----------
    repository : Repository
        The source.
    unknown : polars.DataFrame
        What `workbench.catalog.completeness.count_unknown` gives; of a controlled source without collections.
    rules : polars.DataFrame
        Every cleaning rule: ``rule``, ``unit``, ``n``, ``n_total``, ``fraction``, ``treatment``.
    by_collection : polars.DataFrame
        The same by collection, where the source counts so.
    over : str
        What a release is called; empty where the source has none.
    rule : str
        What may be shown and why.
    collection : str
        The one that is reported on; empty for all.
    silent : tuple of str
        What the source tells of no study or series at all; it is not in `unknown`.
    """

    repository: Repository
    unknown: pl.DataFrame
    rules: pl.DataFrame
    by_collection: pl.DataFrame
    over: str
    rule: str
    collection: str = ""
    silent: tuple[str, ...] = ()

    @property
    def gaps(self) -> pl.DataFrame:
        """One row a gap: ``gap``, ``unit``, ``n``, ``n_total``, ``fraction``, people first."""
        whole = self.unknown.group_by("gap", "unit", maintain_order=True).agg(_sum("n"), _sum("n_total"))
        return whole.with_columns(fraction=pl.col("n") / pl.col("n_total"))

    @property
    def collections(self) -> pl.DataFrame:
        """One row a collection and gap, the collections that lack most of their people's attributes first."""
        cells = self.unknown.drop_nulls("collection_id").group_by("collection_id", "gap", "unit", maintain_order=True)
        summed = cells.agg(_sum("n"), _sum("n_total")).with_columns(fraction=pl.col("n") / pl.col("n_total"))
        lacking = pl.col("n").filter(pl.col("unit") == "patients").sum().over("collection_id")
        order = {gap: i for i, gap in enumerate(self.gaps["gap"])}
        rank = pl.col("gap").replace_strict(order, default=None, return_dtype=pl.Int64)
        return summed.sort(lacking, "collection_id", rank, descending=[True, False, False])

    @property
    def periods(self) -> pl.DataFrame:
        """One row a gap of people and release, ascending: how many of those it brought lack what."""
        people = self.unknown.filter(pl.col("unit") == "patients").drop_nulls("period")
        summed = people.group_by("gap", "period", maintain_order=True).agg(_sum("n"), _sum("n_total"))
        number = pl.col("period").str.zfill(10)  # versions as numbers; days have ten characters
        return summed.with_columns(fraction=pl.col("n") / pl.col("n_total")).sort(number, maintain_order=True)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is found, in three sentences: what lacks most, where, and of whom the last releases brought."""
        return self._found[:3]

    @property
    def _found(self) -> tuple[str, ...]:
        gaps = self.gaps
        worst = worst_places(gaps, self.collections) if not self.collection else ""
        better = by_release(gaps, self.periods.filter(pl.col("n_total") >= _FEW), over=self.over)
        return tuple(
            filter(
                None,
                (
                    most_missing(gaps, stage=self._stage),
                    worst,
                    better,
                    of_images(gaps),
                    touched(self.rules),
                    known_of_all(gaps),
                ),
            )
        )

    def first_page(self, identity: Identity | None = None) -> FirstPage:
        """Return page one.

        Parameters
        ----------
        identity : Identity, optional
            Of whoever publishes the report.

        Returns
        -------
        FirstPage
            The three sentences and what is not known.
        """
        return first_page(self.sentences, self.shares(), repository=self.repository, identity=identity, rule=self.rule)

    def shares(self) -> Figure:
        """Return the share that is not known, of everything that is looked for.

        Returns
        -------
        Figure
            The chart of page one.
        """
        at = f" People are counted {self._stage}, released or not." if self._stage else ""
        return charts.unknown(self.gaps, source=self._source, footnote=f"{_PEOPLE}{at}")

    def where(self) -> list[Figure]:
        """Return where it is worst.

        Returns
        -------
        list of Figure
            One, or none where there is one collection or its numbers may not be shown.
        """
        cells = self.collections
        if cells["collection_id"].n_unique() < 2:  # one collection is not compared with itself
            return []
        return [charts.unknown_by_collection(cells, source=self._source)]

    def over_time(self) -> list[Figure]:
        """Return whether it gets better.

        Returns
        -------
        list of Figure
            One, or none where there are fewer than two releases, or their numbers may not be shown.
        """
        people = self.gaps.filter(pl.col("unit") == "patients").sort("fraction", descending=True, maintain_order=True)
        rank = pl.col("gap").replace_strict({gap: i for i, gap in enumerate(people["gap"])}, return_dtype=pl.Int64)
        widest = self.periods.filter(pl.col("gap").is_in(people["gap"].head(_LINES).to_list()))
        periods = widest.sort(rank, maintain_order=True)
        if periods.filter(pl.col("n_total") >= _FEW)["period"].n_unique() < 2:  # no line
            return []
        return [charts.unknown_over_time(periods, source=self._source, over=self.over)]

    def every_rule(self) -> list[charts.Table]:
        """Return every cleaning rule with its numbers, what was done, and where most of it is.

        Returns
        -------
        list of Table
            One, or none where the numbers may not be shown.
        """
        if self.rules.is_empty():
            return []
        where = pl.Series([self._where_most(rule) for rule in self.rules["rule"]], dtype=pl.String)
        counted = [
            f"{row['n']:,} of {row['n_total']:,} {row['unit']} ({percentage(row['fraction'])})"
            for row in self.rules.iter_rows(named=True)
        ]
        table = self.rules.select(
            "rule", pl.Series(counted).alias("touched"), pl.col("treatment").alias("what was done")
        )
        shown = table.with_columns(where.alias("most of it in")) if self.by_collection.height else table
        return [charts.Table(shown, title="Every rule by which the source was cleaned, with how many it touched")]

    def what_to_do(self) -> charts.Table:
        """Return what contributors and users can do about what is not known, the largest share first.

        Returns
        -------
        Table
            Of what lacks of more than one in a thousand.
        """
        asked = self.gaps.filter(pl.col("fraction") >= _LEAST).sort("fraction", descending=True)
        rows = {
            "not known": asked["gap"],
            "of": [percentage(fraction) for fraction in asked["fraction"]],
            "who contributes": [ADVICE[gap][0] for gap in asked["gap"]],
            "who uses it, until then": [ADVICE[gap][1] for gap in asked["gap"]],
        }
        return charts.Table(pl.DataFrame(rows), title="What to do, the largest share first")

    @property
    def learned(self) -> Sentences:
        """What was found, in numbers."""
        silent = f"The source tells nothing at all of: {', '.join(self.silent).lower()}." if self.silent else ""
        return Sentences(tuple(filter(None, (*self._found, silent, self.rule))))

    def save_tables(self, folder: str | Path) -> Path:
        """Write every table as CSV, and where it all comes from.

        Parameters
        ----------
        folder : str or pathlib.Path
            Exists.

        Returns
        -------
        pathlib.Path
            ``provenance.json``.
        """
        target = Path(folder)
        tables = {
            "not_known": self.gaps,
            "not_known_by_collection": self.collections,
            "not_known_by_release": self.periods,
        }
        tables |= {"rules": self.rules, "rules_by_collection": self.by_collection}
        for name, table in tables.items():
            if table.height:
                table.write_csv(target / f"{name}.csv")
        origin = target / "provenance.json"
        origin.write_text(json.dumps(self.provenance, indent=1, default=str, ensure_ascii=False), encoding="utf-8")
        return origin

    @property
    def provenance(self) -> dict[str, Any]:
        """What it was made from."""
        source, build = self.repository.name, self.repository.build
        return stamp(source=source, version=build, query={"collection": self.collection}, disclosure=self.rule)

    @property
    def _source(self) -> str:
        of = f", {self.collection}" if self.collection else ""
        return f"{self.repository.name} {self.repository.version}{of}"

    @property
    def _stage(self) -> str:
        """At which stage people are counted, of a source where not all are in a batch or where that is not told."""
        waiting = self.over == "batch" and bool(self.unknown["period"].null_count())
        return "at every stage" if waiting else ""

    def _where_most(self, rule: str) -> str:
        of = self.by_collection.filter(pl.col("rule") == rule, pl.col("n") > 0)
        ranked = of.sort("n", "collection_id", descending=[True, False])
        names = [f"{row['collection_id']} ({row['n']:,})" for row in ranked.head(_WHERE).to_dicts()]
        return some_of(names, n_more=max(ranked.height - _WHERE, 0)) if names else ""


def _sum(name: str) -> pl.Expr:
    """A sum that is null where all of it is."""
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name)

"""What changed since an earlier release or report: gained, lost, revised, and gaps narrowed or widened."""

import html
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from workbench.assessment.changes import Changes
from workbench.assessment.gap_changes import GapChange
from workbench.assessment.wording import plain_words
from workbench.errors import listed
from workbench.presentation import charts
from workbench.presentation.figure import Figure

_COUNTS = {
    "attribute": pl.String,
    "category": pl.String,
    "n_before": pl.Int64,
    "n_after": pl.Int64,
    "change": pl.Int64,
}


@dataclass(frozen=True, eq=False, repr=False)
class WhatChanged:
    """The difference between an earlier release or report and this one.

    Attributes
    ----------
    before, after : str
        What the two are called, such as ``"version 24"``.
    source : str
        The repository.
    counts : polars.DataFrame
        One row a category: attribute, category, n_before, n_after, change; null where a number may not be shown.
    gaps : tuple of GapChange
        By attribute; empty where nothing was compared.
    changes : Changes or None
        Of patients, studies and series; None where only the tables of an earlier report are known.
    notes : tuple of str
        What a reader has to know.
    left_out : str
        What else moved and is in no number here; a sentence beside the first one.
    """

    before: str
    after: str
    source: str
    counts: pl.DataFrame
    gaps: tuple[GapChange, ...]
    changes: Changes | None = None
    notes: tuple[str, ...] = ()
    left_out: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether nothing changed that is known."""
        moved = self.counts.filter(pl.col("n_before").ne_missing(pl.col("n_after"))).height
        return not moved and (self.changes is None or self.changes.is_equal)

    @property
    def headline(self) -> str:
        """What moved, in a sentence."""
        if self.is_equal:
            if self.before == self.after:
                return f"Nothing changed: the same {self.after} is compared with itself."
            known = " that is known here" if self.changes is not None and self.changes.unknown else ""
            return f"Nothing changed{known}: {self.before} and {self.after} are alike in every number."
        if self.changes is not None and not self.changes.is_equal:
            return f"{self.changes.sentences[0]} {self.left_out}".strip()
        return self._net()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything that changed, in plain sentences, the most important first."""
        if self.is_equal:
            return (self.headline,)
        where = self.changes.sentences[1:] if self.changes is not None else (self._most(),)
        return tuple(filter(None, (self.headline, *(each.sentence for each in self._by_size()), *where)))

    @property
    def largest_gap(self) -> str:
        """The sentence on the gap that moved most; that all are nearly unchanged; empty where nothing was compared."""
        moved = [each for each in self._by_size() if each.verdict in ("narrowed", "widened")]
        if moved:
            return moved[0].sentence
        known = [each for each in self.gaps if each.verdict == "nearly unchanged"]
        if not known or self.is_equal:
            return ""
        names = listed([plain_words(each.attribute) for each in known])
        gaps = "gaps" if len(known) > 1 else "gap"
        return f"The {gaps} to {known[0].reference} by {names} moved by less than 1 of 100 patients."

    def figures(self) -> list[Figure]:
        """Return the pictures of what changed.

        Returns
        -------
        list of Figure
            Series by collection, and gaps before and after; none where nothing changed.
        """
        if self.is_equal:
            return []
        drawn = [charts.changes(self.changes, source=self.source)] if self.changes and not self.changes.is_equal else []
        if any(each.verdict != "not comparable" for each in self.gaps):
            drawn.append(charts.gap_moves(self.gaps, names=(self.before, self.after)))
        return drawn

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the numbers, by the name of the file they are written to.

        Returns
        -------
        dict of str to polars.DataFrame
            ``changes.csv``, ``changed_counts.csv`` and ``changed_gaps.csv``, those that there are.
        """
        written = {"changed_counts.csv": self.counts}
        if self.changes is not None:
            written["changes.csv"] = self.changes.table
        if self.gaps:
            groups = [each.table.select(pl.lit(each.attribute).alias("attribute"), pl.all()) for each in self.gaps]
            written["changed_gaps.csv"] = pl.concat(groups, how="vertical_relaxed")
        return written

    def shown_tables(self) -> list[charts.Table]:
        """Return the tables that stand on the page; the others are files beside it.

        Returns
        -------
        list of Table
            People by category, those that changed; none where nothing did.
        """
        moved = self.counts.filter(pl.col("n_before").ne_missing(pl.col("n_after")))
        if moved.is_empty():
            return []
        names = {"n_before": self.before, "n_after": self.after}
        words = {name: plain_words(name) if name else "all" for name in moved["attribute"].unique()}
        told = moved.with_columns(pl.col("attribute").replace(words))
        return [charts.Table(told.rename(names), title="People by category, where the number changed")]

    def _by_size(self) -> list[GapChange]:
        return sorted(self.gaps, key=lambda each: -abs((each.after or 0) - (each.before or 0)))

    def _net(self) -> str:
        """How many people more or fewer, from tables alone."""
        totals = self.counts.filter(pl.col("attribute") == "").drop_nulls()
        if totals.is_empty():
            return f"Some numbers differ between {self.before} and {self.after}."
        before, after, change = totals.row(0)[2:]
        if not change:
            return f"{self.after[:1].upper()}{self.after[1:]} has as many people as {self.before}: {after:,}."
        way = "more" if change > 0 else "fewer"
        return f"Since {self.before}, there are {abs(change):,} people {way}: {after:,}, from {before:,}."

    def _most(self) -> str:
        """The categories whose numbers changed most."""
        known = self.counts.filter(pl.col("attribute") != "", pl.col("change") != 0)
        largest = known.sort(pl.col("change").abs(), descending=True).head(3)
        told = [
            f"{plain_words(row['attribute'])} {row['category']} ({row['change']:+,})"
            for row in largest.iter_rows(named=True)
        ]
        return f"Most changed: {', '.join(told)}." if told else ""

    def __repr__(self) -> str:
        return "\n".join([*self.sentences, *self.notes])

    def _repr_html_(self) -> str:
        told = "".join(f"<li>{html.escape(text)}</li>" for text in self.sentences)
        return f"<ul>{told}</ul>" + "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)


def changed_counts(before: Mapping[str, pl.DataFrame], after: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the numbers of two sets of censuses side by side.

    Parameters
    ----------
    before, after : mapping of str to polars.DataFrame
        Attribute to the table of its census; only attributes of both are kept.

    Returns
    -------
    polars.DataFrame
        ``attribute``, ``category``, ``n_before``, ``n_after`` and ``change``; the first row, without an attribute, is
        everybody. A category that one side lacks counts 0 there, and nothing where a number is hidden.
    """
    both = [name for name in after if name in before]
    rows = [_total(before[both[0]], after[both[0]])] if both else []
    for name in both:
        sides = [
            table.select(category=pl.col(name).cast(pl.String), n="n_patients", held=True)
            for table in (before[name], after[name])
        ]
        joined = sides[1].join(sides[0], on="category", how="full", coalesce=True, suffix="_before")
        rows.append(
            joined.select(
                pl.lit(name).alias("attribute"),
                "category",
                n_before=pl.when("held_before").then("n_before").otherwise(0),
                n_after=pl.when("held").then("n").otherwise(0),
            )
        )
    table = pl.concat(rows, how="vertical_relaxed") if rows else pl.DataFrame(schema=_COUNTS).drop("change")
    return table.with_columns(change=pl.col("n_after") - pl.col("n_before")).cast(_COUNTS)  # type: ignore[arg-type]


def _total(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    n = [table["n_total"][0] if table.height else 0 for table in (before, after)]
    return pl.DataFrame({"attribute": [""], "category": ["everybody"], "n_before": [n[0]], "n_after": [n[1]]})

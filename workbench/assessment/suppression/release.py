"""Suppress the small counts of a release: tables of one population in which no count of 1 to 10 can be derived."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import polars as pl

from workbench.assessment.census import Census
from workbench.assessment.intervals import wilson_interval
from workbench.assessment.suppression.auditing import THRESHOLD, Audit, audit_releases
from workbench.assessment.suppression.hiding import hide_counts
from workbench.assessment.suppression.knowledge import Knowledge
from workbench.assessment.suppression.ordering import order_openly
from workbench.assessment.suppression.published import EVERYONE, Cell, Count, cells_of, read_published
from workbench.assessment.suppression.reading import Implied, read_knowledge
from workbench.assessment.suppression.veiling import hide_zeros

_COUNT = "n_patients"


@dataclass(frozen=True, eq=False, repr=False)
class Suppressed:
    """Tables that may be published together.

    How many of the hidden cells are small is not said: "two are small" and a sum of 12 would tell that both are.

    Attributes
    ----------
    tables : tuple of Census
        In the order given. Of a hidden cell the count, share and interval are null; without a total no share is shown.
    audit : Audit
        The proof, from nothing but what is shown here and was shown in earlier releases. So the limits in its table
        may be shown too: a large count that had to be hidden is often known to a few patients.
    rule : str
        What is hidden, in a sentence.
    n_cells, n_hidden : int
        Different numbers in the tables that are not 0, and how many of them are hidden.
    """

    tables: tuple[Census, ...]
    audit: Audit
    rule: str
    n_cells: int
    n_hidden: int

    @property
    def sentence(self) -> str:
        """How many cells are hidden, and what the audit found."""
        return f"{self.n_hidden:,} of {self.n_cells:,} numbers are hidden. {self.audit.sentence}"

    def __repr__(self) -> str:
        return "\n".join([self.rule, self.sentence, *(str(table.table) for table in self.tables)])

    def _repr_html_(self) -> str:
        said = f"<p>{html.escape(self.rule)}</p><p>{html.escape(self.sentence)}</p>"
        return said + "".join(table.table._repr_html_() for table in self.tables)


def suppress(
    censuses: Sequence[Census],
    *,
    earlier: Sequence[Suppressed | Sequence[Census]] = (),
    threshold: int = THRESHOLD,
    implied: Implied = (),
    total_only: bool = False,
) -> Suppressed:
    """Return tables in which no count of 1–10 patients is shown or can be derived.

    Give everything that is published together, and everything that was published before. Hidden are the small counts
    (primary) and those that would give them away (complementary), with one mark for both: over the cells, totals,
    shares and missing counts of all tables, and over the changes between releases. With fewer than 11
    patients in all, everything is hidden. Small numbers of studies, series or images are not looked for:
    they do not tell how many patients they come from, so a census of them is refused.

    A 0 is shown of groups that are known. Where a group's number is hidden, and everything that would tell a part of
    it, its zeros are hidden too, in every table: of three patients of one race nobody may see that all are women. A 0
    that follows from one of a group of at least 11 is shown, and so is that a category occurs.

    What the rule does not cover: two attributes of which one is a function of the other, such as a model and its
    manufacturer, are only seen through when `workbench.assessment.suppression.meanings` names them, or refused. Nor
    does it know what is published elsewhere, or think of a reader who reckons with how it chooses what to hide beside
    a small count: the nearest in size first.

    A reader is taken to believe that patients are added and not taken away, as far as the true counts agree: where a
    missing value is filled in, a category of what is missing loses patients. A change of which only such belief says
    that it is none is no safe one once some of it is wrong.

    Changes between all releases are looked at, so that each one takes longer: with 25 tables of 200 patients whose
    missing values become known, the second release takes 10 s and the third 40 s of one core.

    Parameters
    ----------
    censuses : sequence of Census
        Exact, by patients, all of one population: one-way or of several attributes. A patient counts once in each.
    earlier : sequence of Suppressed
        What was published of the same population before, oldest first; or the tables of each, as read back.
    threshold : int
        The smallest count that may be known.
    implied : sequence of (Cell, Cell)
        Groups of which the first is part of the second, as a reader may know: whoever has no images has no scanner.
    total_only : bool
        Whether every count is hidden but the total, and this too where it gives a small one away.

    Returns
    -------
    Suppressed
        With an audit that found nothing.

    Raises
    ------
    ValueError
        When the censuses do not count the same patients, are not of patients, count one in several cells, cannot be
        read together, or cannot be published after the earlier ones.
    UnpublishableError
        The same of tables of which fewer may be published, or past the bound of `effort.bounded_work`.
    ArithmeticError
        When the audit finds something all the same.

    References
    ----------
    ResDAC, CMS cell size suppression policy. https://resdac.org/articles/cms-cell-size-suppression-policy

    Examples
    --------
    Five patients of another sex would be the total less the others, so the smaller of the others is hidden too:

    >>> import polars as pl
    >>> from workbench.assessment.census import count_census
    >>> patients = pl.DataFrame({"sex": ["Female"] * 40 + ["Male"] * 30 + ["Other"] * 5})
    >>> released = suppress([count_census(patients, by=["sex"])])
    >>> released.tables[0].table.select("sex", "n_patients", "n_total").rows()
    [('Female', 40, 75), ('Male', None, 75), ('Other', None, 75)]
    >>> released.audit.sentence
    'Checked: 4 cells, none of 1–10 can be derived from everything shown here together.'
    """
    published = [each.tables if isinstance(each, Suppressed) else each for each in earlier]
    before = [read_published(each) for each in published]
    exact = read_published(censuses)
    counts = {cell: count for cell, count in exact.counts.items() if count is not None}
    if len(counts) < len(exact.counts) or not counts:
        raise ValueError(
            f"Received {len(censuses):,} censuses with {len(exact.counts) - len(counts):,} hidden counts. "
            "Small counts are found in exact censuses. Suppress a family once, from the censuses of a cohort."
        )

    def read(trial: Mapping[Cell, Count]) -> Knowledge:
        seen = replace(exact, counts=hide_zeros(trial, exact.complete))
        return read_knowledge([*before, seen], implied=implied)

    dropped = read(counts).dropped if before else set()
    hidden = counts.keys() - {EVERYONE} if total_only else ()
    shown = hide_counts(counts, lambda trial: read(trial).without(dropped), threshold=threshold, hidden=hidden)
    shown = hide_zeros(shown, exact.complete)
    rule = f"Counts of 1–{threshold - 1} patients, and those that would give them away, are hidden."
    tables = tuple(_with_hidden(census, shown, rule) for census in censuses)
    proof = audit_releases([*before, read_published(tables)], threshold=threshold, implied=implied, dropped=dropped)
    proof.require_none()
    positive = [count for cell, count in shown.items() if counts.get(cell, 0) > 0]
    return Suppressed(tables, proof, rule, len(positive), positive.count(None))


def _with_nobody(census: Census, shown: Mapping[Cell, Count]) -> Census:
    """With a row for each combination of nobody that is hidden."""
    listed, names = {*cells_of(census.table, census.by)}, tuple(sorted(census.by))
    hidden = [cell for cell, count in shown.items() if count is None and cell not in listed]
    nobody = [dict(cell) for cell in hidden if tuple(name for name, _ in cell) == names]
    if not nobody:
        return census
    wide, columns = census.table, []
    for name in census.by:
        known, more = cast("pl.Enum", wide.schema[name]).categories.to_list(), [cell[name] for cell in nobody]
        kind = pl.Enum(list(dict.fromkeys([*known, *more])))
        wide = wide.with_columns(pl.col(name).cast(pl.String).cast(kind))
        columns.append(pl.Series(name, more, dtype=kind))
    return replace(census, table=pl.concat([wide, pl.DataFrame(columns)], how="diagonal"))


def _with_hidden(census: Census, shown: dict[Cell, Count], rule: str) -> Census:
    total = shown[EVERYONE]
    census = _with_nobody(census, shown)
    counts = [shown[cell] for cell in cells_of(census.table, census.by)]
    missing = [shown[(each,)] for each in census.missing.select("attribute", "reason").iter_rows()]
    low, high = wilson_interval(pl.col(_COUNT), pl.col("n_total"))
    table = census.table.with_columns(
        pl.Series(_COUNT, counts, pl.Int64), pl.lit(total, pl.Int64).alias("n_total")
    ).with_columns(fraction=pl.col(_COUNT) / pl.col("n_total"), fraction_low=low, fraction_high=high)
    return replace(
        census,
        table=order_openly(table, census.by),
        missing=census.missing.with_columns(pl.Series(_COUNT, missing, pl.Int64)),
        n_total=total,
        stamp=rule,
    )

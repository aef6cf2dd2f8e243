"""What a choice costs and what it would take: the price of criteria, the gap to a target, a matched sample."""

from typing import Any

import altair as alt
import polars as pl

from workbench.assessment.gap import Gap
from workbench.catalog.price import Price
from workbench.catalog.price_groups import known_losses
from workbench.errors import unknown_name
from workbench.presentation.charts import distance_words, marks, reader_words, rows, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, GREEN, INK, ORANGE
from workbench.sampling.matching import Match

_NOW, _BATCH, _WANTED = "now", "smallest batch", "reference's share"


def price(priced: Price, *, attribute: str | None = None) -> Figure:
    """Return whom each criterion removed: the share lost of each subgroup, step by step.

    Parameters
    ----------
    priced : Price
        What ``cohort.attrition.price()`` gives.
    attribute : str, optional
        One of its attributes; by default the first.

    Returns
    -------
    Figure
        A block a step: bars of the share lost with intervals, the part lost only for a missing value in orange, and a
        line at the share that the step lost of all whose value is known.

    Raises
    ------
    UnknownNameError
        For an attribute that was not priced.
    """
    known = priced.table["attribute"].unique(maintain_order=True).to_list()
    asked = attribute or next(iter(known), "")
    if known and asked not in known:
        raise unknown_name("attribute", asked, known, where="this price", then="Pass one of these.")
    table = priced.table.filter(pl.col("attribute") == asked)
    source = wording.source_of(priced.reference)
    moved = priced.distances.filter((pl.col("attribute") == asked) & (pl.col("missing") == "excluded")).drop_nulls()
    before = priced.overall["n_before"][0] if priced.overall.height else 0
    far = ""
    if moved.height:
        first, last = moved.row(0, named=True), moved.row(-1, named=True)
        far = (
            f"Of 100 patients, {100 * first['total_variation_before']:.0f} before and "
            f"{100 * last['total_variation_after']:.0f} after would have to belong to another group to match {source}."
        )
    return Figure(
        f"price_{asked}",
        priced.findings[-1].rstrip(".") if priced.findings else "No criterion, no price",
        f"{before:,} patients before the first step; share of each group lost at each step, by "
        f"{wording.in_words(asked) or 'nothing'}",
        " ".join([*priced.sentences, far]).strip() or "Nobody is lost, 0 patients.",
        wording.below(
            None,
            far,
            "Lines are 95 % Wilson intervals; the tick is the share lost of all whose value is known. Orange: would "
            "have passed this step, were a missing value the one asked for.",
            *priced.notes,
            priced.stamp,
        ),
        _losses(table, priced),
        table,
    )


def gap(closed: Gap) -> Figure:
    """Return how many further patients of which groups would bring a cohort to a target distance.

    Parameters
    ----------
    closed : Gap
        What `workbench.assessment.gap.close_gap` gives.

    Returns
    -------
    Figure
        Each group's number now and, beside it, the number to add.
    """
    table, name = closed.table, wording.in_words(closed.attribute)
    near = (
        f"{100 * closed.target:.0f} of 100" if closed.measure == "total_variation" else f"a distance of {closed.target}"
    )
    goal = f"{near} of {distance_words.briefly(closed.reference)}"
    title = f"{closed.n_needed:,} further patients would bring {name} to within {goal}"
    if not closed.n_needed:
        title = f"By {name}, the patients are already within {goal}"
    year = "year unknown" if closed.year == "unknown" else closed.year
    words = "; ".join(
        f"{row['category']}: {wording.number(row['n_now'])} now, {wording.number(row['n_needed'])} more"
        for row in table.iter_rows(named=True)
    )
    return Figure(
        "gap",
        title,
        f"{table['n_now'].sum():,} patients with {name} known, against {closed.reference} ({year})"
        + ("; definitions differ, see ⚠ below" if closed.warnings else ""),
        f"{closed.sentence} {words}.",
        wording.below(
            None,
            *(f"⚠ {text}" for text in closed.warnings),
            f"{name[0].upper()}{name[1:]} missing: {closed.n_missing:,} patients, left out. The batch is the smallest "
            "that is enough. Tick: how many the group would be after it, were its share that of the population.",
            *reader_words.plain_notes(closed.notes, closed.attribute),
            closed.stamp,
        ),
        _added(table.filter((pl.col("n_after") > 0) | (pl.col("reference_fraction") > 0))),
        table,
    )


def match(matched: Match) -> Figure:
    """Return how near a matched sample lies to its target, and where it came from.

    Parameters
    ----------
    matched : Match
        What ``wb.match`` gives.

    Returns
    -------
    Figure
        A block an attribute: a tick for the target, a hollow dot for who was available, a filled one for the sample.
    """
    table = matched.shares
    words = "; ".join(
        f"{row['category']}: target {wording.percent(row['target'])}, available {wording.percent(row['available'])}, "
        f"achieved {wording.percent(row['achieved'])}"
        for row in table.iter_rows(named=True)
    )
    return Figure(
        "match",
        f"{matched.n:,} of {matched.n_available:,} {matched.unit} match the target",
        f"Shares within {100 * matched.tolerance:g} percentage points of the target, by the {matched.method} method",
        f"{matched.sentence} {words}.",
        wording.below(None, "Shares are of all whose attributes are known.", *matched.notes, matched.stamp),
        _near(table),
        table,
    )


def _losses(table: pl.DataFrame, priced: Price) -> alt.LayerChart:
    known = dict(known_losses(table).select("number", "lost_fraction").iter_rows())
    steps = table["number"].unique(maintain_order=True).to_list()
    heading = {n: f"{n}. {priced.subjects[n - 1]}" for n in steps}
    groups = {n: rows.in_order(table.filter(pl.col("number") == n)["category"].to_list()) for n in steps}
    blocks = rows.under_headings({heading[n]: groups[n] for n in steps})
    drawn = table.with_columns(
        row=marks.said(table, lambda row: rows.row_key(heading[row["number"]], row["category"])),
        words=marks.said(table, lambda row: f"{row['n_lost']:,} of {row['n_before']:,}"),
        missing_fraction=pl.when(pl.col("n_before") > 0).then(pl.col("n_lost_missing") / pl.col("n_before")),
        known=pl.col("number").replace_strict(known, default=None, return_dtype=pl.Float64),
        lacks=marks.is_missing("category"),
    ).with_columns(end=pl.max_horizontal("lost_high", "known"))
    tip: list[Any] = [
        "step:N",
        "category:N",
        "words:N",
        alt.Tooltip("lost_fraction:Q", format=".1%"),
        "n_lost_missing:Q",
    ]
    base = alt.Chart(drawn).encode(y=blocks.y, tooltip=tip)
    axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1.0])
    scale = alt.Scale(domain=[0, 1.35], nice=False)  # room for the numbers
    x = alt.X("lost_fraction:Q", title="share of the group lost at the step", axis=axis, scale=scale)
    color = alt.Color("lacks:N", legend=None, scale=alt.Scale(domain=[False, True], range=[BLUE, GRAY]))
    bars = base.mark_bar(opacity=0.8).encode(x=x, color=color)
    missing = base.mark_bar(color=ORANGE).encode(x=alt.X("missing_fraction:Q"))
    bounds = base.mark_rule(color=INK).encode(x=alt.X("lost_low:Q"), x2=alt.X2("lost_high:Q"))
    ticks = base.mark_tick(color=INK, thickness=2.5, size=20).encode(x=alt.X("known:Q"))
    label = base.mark_text(align="left", dx=6, fontSize=11).encode(x=alt.X("end:Q"), text=alt.Text("words:N"))
    names = [name for group in groups.values() for name in group]
    return marks.layered(bars, missing, bounds, ticks, label, blocks.headings, height=rows.row_height(names, 23))


def _added(table: pl.DataFrame) -> alt.LayerChart:
    names = rows.in_order(table["category"].to_list())
    drawn = table.with_columns(
        words=marks.said(table, lambda row: f"+{row['n_needed']:,}" if row["n_needed"] else ""),
        wanted=pl.col("reference_fraction") * pl.col("n_after").sum(),
        end=pl.col("n_now") + pl.col("n_needed"),
        now=pl.lit(_NOW),
        batch=pl.lit(_BATCH),
        mark=pl.lit(_WANTED),
    ).with_columns(far=pl.max_horizontal("end", "wanted"))
    base = alt.Chart(drawn).encode(y=alt.Y("category:N", sort=names, title=None, axis=rows.row_axis(names)))
    scale = alt.Scale(domain=[0, 1.15 * marks.largest(drawn, "far")], nice=False)
    x = alt.X("n_now:Q", title="patients", axis=marks.count_axis(tickCount=6), scale=scale)
    kinds = alt.Scale(domain=[_NOW, _BATCH], range=[BLUE, GREEN])
    shapes = alt.Scale(domain=[_WANTED], range=["M0,-1.2V1.2"])
    now = base.mark_bar(opacity=0.85).encode(
        x=x,
        color=alt.Color("now:N", scale=kinds, title=None),
        tooltip=[alt.Tooltip("category:N"), alt.Tooltip("n_now:Q")],
    )
    more = base.mark_bar(opacity=0.85).encode(
        x=alt.X("n_now:Q"),
        x2=alt.X2("end:Q"),
        color=alt.Color("batch:N", scale=kinds),
        tooltip=[alt.Tooltip("category:N"), alt.Tooltip("n_needed:Q")],
    )
    ticks = base.mark_point(stroke=INK, strokeWidth=2.5, size=90, opacity=1).encode(
        x=alt.X("wanted:Q"), shape=alt.Shape("mark:N", scale=shapes, title=None)
    )
    label = base.mark_text(align="left", dx=6, fontWeight="bold").encode(x=alt.X("far:Q"), text=alt.Text("words:N"))
    return marks.layered(now, more, ticks, label, height=rows.row_height(names, 30))


def _near(table: pl.DataFrame) -> alt.LayerChart:
    groups = {
        wording.in_words(name): rows.in_order(table.filter(pl.col("attribute") == name)["category"].to_list())
        for name in table["attribute"].unique(maintain_order=True)
    }
    blocks = rows.under_headings(groups)
    row = marks.said(table, lambda row: rows.row_key(wording.in_words(row["attribute"]), row["category"]))
    kinds = ["target", "available", "matched sample"]
    drawn = table.with_columns(row=row).rename({"achieved": kinds[2]})
    x = alt.X("share:Q", title="share", axis=alt.Axis(format="%", tickCount=6), scale=alt.Scale(zero=True))
    sides = drawn.unpivot(kinds, index="row", variable_name="kind", value_name="share")
    link = alt.Chart(drawn).mark_rule(color="#c6ccd2", strokeWidth=2)
    link = link.encode(x=alt.X(f"{kinds[2]}:Q", title="share"), x2=alt.X2("available:Q"), y=blocks.y)
    shapes = alt.Scale(domain=kinds, range=["M0,-1.4V1.4", "circle", "circle"])
    colors = alt.Scale(domain=kinds, range=[INK, "#5d6873", BLUE])
    fills = alt.Scale(domain=kinds, range=["transparent", "#ffffff", BLUE])
    dots = alt.Chart(sides).mark_point(size=80, strokeWidth=2, opacity=1)
    dots = dots.encode(
        x=x,
        y=blocks.y,
        shape=alt.Shape("kind:N", title=None, sort=kinds, scale=shapes),
        stroke=alt.Stroke("kind:N", title=None, sort=kinds, scale=colors),
        fill=alt.Fill("kind:N", title=None, sort=kinds, scale=fills),
        order=alt.Order("kind:N"),
        tooltip=[alt.Tooltip("kind:N"), alt.Tooltip("share:Q", format=".1%")],
    )
    names = [name for group in groups.values() for name in group]
    return marks.layered(link, dots, blocks.headings, height=rows.row_height(names, 24))

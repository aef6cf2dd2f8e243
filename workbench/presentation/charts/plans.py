"""What a choice costs and what it would take: the price of criteria, the gap to a target, a matched sample."""

import altair as alt
import polars as pl

from workbench.assessment.gap import Gap
from workbench.catalog.price import Price
from workbench.errors import unknown_name
from workbench.presentation.charts import marks, rows, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, INK, ORANGE
from workbench.sampling.matching import Match
from workbench.vocabulary.demographics import MISSING


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
        line at the share that the step lost of everybody.

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
    far = ""
    if moved.height:
        first, last = moved.row(0, named=True), moved.row(-1, named=True)
        far = (
            f"Of 100 patients, {100 * first['total_variation_before']:.0f} before and "
            f"{100 * last['total_variation_after']:.0f} after would have to belong to another group to match {source}."
        )
    n_first = table["n_before"].max() if table.height else 0
    return Figure(
        f"price_{asked}",
        priced.sentences[-1].rstrip(".") if priced.sentences else "No criterion, no price",
        f"Share of each group lost at each step, by {wording.in_words(asked) or 'nothing'}",
        " ".join([*priced.sentences, far]).strip() or f"Nothing is lost of {n_first} patients.",
        wording.paragraph(
            far,
            "Lines are 95 % Wilson intervals; the tick is the share lost of everybody. Orange: would have passed this "
            "step, were a missing value the one asked for.",
            *priced.notes,
            priced.stamp,
        ),
        _losses(table, priced.overall),
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
    table = closed.table
    words = "; ".join(
        f"{row['category']}: {wording.number(row['n_now'])} now, {wording.number(row['n_needed'])} more"
        for row in table.iter_rows(named=True)
    )
    return Figure(
        "gap",
        closed.sentence.rstrip("."),
        f"{wording.number(closed.n_needed)} further patients by group, beside those of now",
        f"{words}.",
        "A tick marks the share that the reference has, of all patients then. Those whose group is missing are left out.",
        _added(table),
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
        wording.paragraph("Shares are of all whose attributes are known.", *matched.notes),
        _near(table),
        table,
    )


def _losses(table: pl.DataFrame, overall: pl.DataFrame) -> alt.LayerChart:
    whole = dict(overall.select("number", "lost_fraction").iter_rows())
    heads = dict(table.select("number", "step").unique(maintain_order=True).iter_rows())
    heading = {n: f"{n}. {step}" for n, step in heads.items()}
    order, axis = rows.under_headings(
        {heading[n]: rows.in_order(table.filter(pl.col("number") == n)["category"].to_list()) for n in heads}
    )
    drawn = table.with_columns(
        row=pl.Series(
            [rows.row_key(heading[r["number"]], r["category"]) for r in table.iter_rows(named=True)], dtype=pl.String
        ),
        missing_fraction=pl.when(pl.col("n_before") > 0).then(pl.col("n_lost_missing") / pl.col("n_before")),
        everybody=pl.col("number").replace_strict(whole, return_dtype=pl.Float64),
        words=pl.Series(
            [f"{wording.number(r['n_lost'])} of {wording.number(r['n_before'])}" for r in table.iter_rows(named=True)],
            dtype=pl.String,
        ),
    )
    base = alt.Chart(drawn).encode(
        y=alt.Y("row:N", sort=order, title=None, axis=axis, scale=alt.Scale(domain=order)),
        tooltip=["step:N", "category:N", "words:N", alt.Tooltip("lost_fraction:Q", format=".1%"), "n_lost_missing:Q"],
    )
    x = alt.X(
        "lost_fraction:Q",
        title="share of the group lost at the step",
        axis=alt.Axis(format="%"),
        scale=alt.Scale(domain=[0, 1.22], nice=False),
    )
    x.axis.values = [0, 0.25, 0.5, 0.75, 1.0]
    bars = base.mark_bar(color=BLUE).encode(x=x)
    missing = base.mark_bar(color=ORANGE).encode(x="missing_fraction:Q")
    bounds = base.mark_rule(color=INK).encode(x="lost_low:Q", x2="lost_high:Q")
    ticks = base.mark_tick(color=INK, thickness=2.5, size=20).encode(x="everybody:Q")
    label = base.mark_text(align="left", dx=6, fontSize=11).encode(x="lost_high:Q", text="words:N")
    gray = base.transform_filter(_is_missing()).mark_bar(color=GRAY).encode(x=x)
    return marks.layered(bars, gray, missing, bounds, ticks, label, height=rows.row_height(order, 24))


def _is_missing() -> str:
    return f"indexof({list(MISSING)!r}, datum.category) >= 0"


def _added(table: pl.DataFrame) -> alt.LayerChart:
    names = rows.in_order(table["category"].to_list())
    after = table["n_after"].sum()
    drawn = table.with_columns(
        words=pl.Series(
            [f"+{r['n_needed']:,.0f}" if r["n_needed"] else "" for r in table.iter_rows(named=True)], dtype=pl.String
        ),
        wanted=pl.col("reference_fraction") * after,
        end=pl.col("n_now") + pl.col("n_needed"),
    )
    base = alt.Chart(drawn).encode(y=alt.Y("category:N", sort=names, title=None, axis=rows.row_axis(names)))
    x = alt.X("n_now:Q", title="patients", axis=alt.Axis(format="~s", tickCount=6))
    now = base.mark_bar(color=BLUE, tooltip=True).encode(x=x)
    more = base.mark_bar(fill=marks.HATCH, stroke=ORANGE).encode(
        x="n_now:Q", x2="end:Q", tooltip=["category:N", "n_needed:Q"]
    )
    ticks = base.mark_tick(color=INK, thickness=2, size=18).encode(x="wanted:Q")
    label = (
        base.mark_text(align="left", dx=6, fontWeight="bold")
        .encode(x=alt.X("far:Q"), text="words:N")
        .transform_calculate(far="max(datum.end, datum.wanted)")
    )
    return marks.layered(now, more, ticks, label, height=rows.row_height(names, 30))


def _near(table: pl.DataFrame) -> alt.LayerChart:
    blocks = {
        wording.in_words(name): rows.in_order(table.filter(pl.col("attribute") == name)["category"].to_list())
        for name in table["attribute"].unique(maintain_order=True)
    }
    order, axis = rows.under_headings(blocks)
    keys = [rows.row_key(wording.in_words(r["attribute"]), r["category"]) for r in table.iter_rows(named=True)]
    drawn = table.with_columns(row=pl.Series(keys, dtype=pl.String))
    tip = [
        "attribute:N",
        "category:N",
        *(alt.Tooltip(f"{name}:Q", format=".1%") for name in ("target", "available", "achieved")),
    ]
    base = alt.Chart(drawn).encode(
        y=alt.Y("row:N", sort=order, title=None, axis=axis, scale=alt.Scale(domain=order)), tooltip=tip
    )
    x = alt.X("achieved:Q", title="share", axis=alt.Axis(format="%"), scale=alt.Scale(zero=True))
    kinds = ["target", "available", "matched sample"]
    sides = drawn.rename({"achieved": "matched sample"}).unpivot(
        kinds, index="row", variable_name="kind", value_name="share"
    )
    link = base.mark_rule(color="#c6ccd2", strokeWidth=2).encode(x=x, x2="available:Q")
    dots = alt.Chart(sides).mark_point(size=80, strokeWidth=2).encode(
        y=base.encoding.y, x="share:Q",
        shape=alt.Shape("kind:N", title=None, sort=kinds, scale=alt.Scale(domain=kinds, range=["stroke", "circle", "triangle-right"])),
        color=alt.Color("kind:N", title=None, sort=kinds, scale=alt.Scale(domain=kinds, range=[INK, GRAY, BLUE])),
        tooltip=["kind:N", alt.Tooltip("share:Q", format=".1%")],
    )  # fmt: skip
    return marks.layered(link, dots, height=rows.row_height(order, 24))

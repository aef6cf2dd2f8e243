"""What is not known: shares with their denominators, by collection, and by the release that brought the patients."""

import altair as alt
import polars as pl

from workbench.presentation.charts import marks, rows, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, GREEN, INK, ORANGE, PURPLE

_COLLECTIONS = 15
_FEW = 20  # people of a release; a share of fewer says little
_COLORS = (BLUE, ORANGE, GREEN, PURPLE, "#8a6d00", "#3a8fc4")
_FULL = "#e8903f"  # ink on it has a contrast of 5.7


def unknown(gaps: pl.DataFrame, *, source: str, footnote: str) -> Figure:
    """Return of how many something is not known.

    Parameters
    ----------
    gaps : polars.DataFrame
        ``gap``, ``unit``, ``n``, ``n_total``, ``fraction``; numbers that may not be shown are null.
    source : str
        Repository and version, for the subtitle.
    footnote : str
        What is counted, and what may be shown.

    Returns
    -------
    Figure
        Bars in gray, the share and the numbers written beside each.
    """
    drawn = gaps.with_columns(
        words=marks.said(gaps, lambda row: f"{wording.percent(row['fraction'])} ({_numbers(row)})"),
        row=pl.col("gap"),
    )
    names = drawn["row"].to_list()
    y = alt.Y("row:N", sort=names, title=None, axis=rows.row_axis(names))
    axis = alt.Axis(format="%", tickCount=5)
    x = alt.X("fraction:Q", title="share not known", axis=axis, scale=alt.Scale(domain=[0, 1]))
    base = alt.Chart(drawn).encode(y=y)
    bars = base.mark_bar(color=GRAY, height=14, yOffset=8).encode(x=x, tooltip=["gap:N", "words:N"])
    text = base.mark_text(align="left", dx=3, dy=-8, fontSize=11.5).encode(x=alt.value(0), text="words:N")
    return Figure(
        "unknown",
        _title(gaps),
        f"{source}, by what is not known, each with its own denominator",
        "; ".join(f"{row['gap']}: {row['words']}" for row in drawn.iter_rows(named=True)) + ".",
        footnote,
        marks.layered(bars, text, height=rows.row_height(names, 38)),
        gaps,
    )


def unknown_by_collection(cells: pl.DataFrame, *, source: str) -> Figure:
    """Return the share that is not known in the collections with most of it.

    Parameters
    ----------
    cells : polars.DataFrame
        ``collection_id``, ``gap``, ``n``, ``n_total``, ``fraction``; collections in their order, the worst first.
    source : str
        Repository and version, for the subtitle.

    Returns
    -------
    Figure
        A heat map of the first fifteen collections.
    """
    names = cells["collection_id"].unique(maintain_order=True).to_list()
    shown = cells.filter(pl.col("collection_id").is_in(names[:_COLLECTIONS]))
    gaps = shown["gap"].unique(maintain_order=True).to_list()
    base = alt.Chart(shown).encode(
        x=alt.X("gap:N", sort=gaps, title=None, axis=alt.Axis(orient="top", labelAngle=-35, labelLimit=170)),
        y=alt.Y("collection_id:N", sort=names[:_COLLECTIONS], title=None, axis=rows.row_axis(names[:_COLLECTIONS])),
    )
    shades = alt.Scale(range=["#ffffff", _FULL], domain=[0, 1], interpolate="rgb")
    cell = base.mark_rect(stroke="#e3e7eb").encode(
        color=alt.Color("fraction:Q", scale=shades, legend=None),
        tooltip=[
            "collection_id:N",
            "gap:N",
            alt.Tooltip("fraction:Q", format=".1%"),
            alt.Tooltip("n_total:Q", format=","),
        ],
    )
    text = base.mark_text(fontSize=10, color=INK).encode(text=alt.Text("fraction:Q", format=".0%"))
    worst = shown.filter(pl.col("collection_id") == names[0]).sort("fraction", descending=True, maintain_order=True)
    first = worst.row(0, named=True)
    rest = len(names) - len(names[:_COLLECTIONS])
    words = "; ".join(f"{name}: {_row_in_words(shown, name)}" for name in names[:5])
    return Figure(
        "unknown_by_collection",
        f"Most missing values are in {first['collection_id']}: {first['gap'].lower()} of {first['n']:,} of "
        f"{first['n_total']:,}",
        f"{source}, share not known, the collections with most missing values first",
        f"{words}.",
        wording.below(
            None,
            "An empty cell: the collection has none of what is counted.",
            f"{rest} more collections are in the CSV beside this page." if rest else "",
        ),
        (cell + text).properties(height=rows.row_height(names[:_COLLECTIONS], 22)),
        _wide(shown, "collection_id"),
    )


def unknown_over_time(periods: pl.DataFrame, *, source: str, over: str) -> Figure:
    """Return the share that is not known among the people that each release brought.

    Parameters
    ----------
    periods : polars.DataFrame
        ``gap``, ``period``, ``n``, ``n_total``, ``fraction``, the periods ascending.
    source : str
        Repository and version, for the subtitle.
    over : str
        What a period is called, such as ``"version"``.

    Returns
    -------
    Figure
        A line for each gap with its points; releases that brought fewer than 20 people are in the table only.
    """
    drawn = periods.filter(pl.col("n_total") >= _FEW)
    gaps = drawn["gap"].unique(maintain_order=True).to_list()
    order = drawn["period"].unique(maintain_order=True).to_list()
    colors = alt.Scale(domain=gaps, range=list(_COLORS[: len(gaps)]))
    days = bool(order) and "-" in order[0]
    x = (
        alt.X("period:T", title=over)
        if days
        else alt.X("period:O", sort=order, title=over, axis=alt.Axis(labelAngle=0))
    )
    base = alt.Chart(drawn).encode(
        x=x,
        y=alt.Y("fraction:Q", title="share of new people", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("gap:N", title=None, scale=colors),
        tooltip=["gap:N", "period:N", alt.Tooltip("fraction:Q", format=".1%"), alt.Tooltip("n_total:Q", format=",")],
    )
    lines = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash("gap:N", title=None, scale=alt.Scale(domain=gaps))
    )
    points = base.mark_point(filled=True, size=55, opacity=1)
    last = drawn.filter(pl.col("gap") == gaps[0]).row(-1, named=True)
    ends = drawn.group_by("gap", maintain_order=True).last()
    words = "; ".join(
        f"{row['gap']}: {wording.percent(row['fraction'])} of {row['n_total']:,} people of {over} {row['period']}"
        for row in ends.iter_rows(named=True)
    )
    return Figure(
        "unknown_over_time",
        f"{last['gap']}: not known of {wording.percent(last['fraction'])} of the new people of {over} {last['period']}",
        f"{source}, share not known among the people that each {over} was the first to hold",
        f"{words}.",
        f"As the source tells it today. Releases that brought fewer than {_FEW} people are in the table only.",
        marks.layered(lines, points, height=260),
        _wide(periods, "period").rename({"period": over}),
    )


def _wide(cells: pl.DataFrame, row: str) -> pl.DataFrame:
    """A row each, with how many people or studies there are and the share of each gap in percent."""
    said = cells.with_columns(share=marks.said(cells, lambda each: wording.percent(each["fraction"])))
    people = cells.group_by(row, maintain_order=True).agg(people=pl.col("n_total").first())
    return people.join(said.pivot("gap", index=row, values="share"), on=row, maintain_order="left")


def _title(gaps: pl.DataFrame) -> str:
    people = gaps.filter(pl.col("unit") == "patients", pl.col("n") > 0).sort("fraction", descending=True)
    if people.is_empty():
        return "Everything that may be shown is known of people"
    told = [
        f"{row['gap'].lower()} of {wording.percent(row['fraction'])}" for row in people.head(2).iter_rows(named=True)
    ]
    return (
        f"Not known of people: {', '.join(told).replace('covid', 'COVID')}"
        if told
        else "No share of people can be shown"
    )


def _numbers(row: dict[str, object]) -> str:
    n, total = (row[name] for name in ("n", "n_total"))
    return f"{wording.number(n)} of {wording.number(total)} {row['unit']}"  # type: ignore[arg-type]


def _row_in_words(cells: pl.DataFrame, collection: str) -> str:
    of = cells.filter(pl.col("collection_id") == collection)
    return ", ".join(f"{row['gap'].lower()} {wording.percent(row['fraction'], 0)}" for row in of.iter_rows(named=True))

"""How a cohort changes over releases, batches or months."""

from typing import Any, Literal, get_args

import altair as alt
import polars as pl

from workbench.assessment.trend import Trend
from workbench.errors import listed, unknown_name
from workbench.presentation.charts import distance_words, marks, rows, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, GREEN, INK, ORANGE, PURPLE
from workbench.vocabulary.demographics import MISSING

Of = Literal["cumulative", "new"]

_COLORS = (BLUE, ORANGE, GREEN, PURPLE, "#3a8fc4", "#8a6d00", INK)  # Okabe & Ito, yellow darkened for a white ground
_SEX_COLORS = {"Female": ORANGE, "Male": BLUE}
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 0], [6, 3], [2, 2])
_LABEL_PX, _LABEL_CHARACTERS = 98, 14
_PADDING = {"left": 2, "top": 4, "right": 6, "bottom": 4}  # the names at the ends have their room inside
_BETWEEN_PX = 6  # between one name and the next
_HEADROOM = 1.06
_MOST_LINES = 7
_BEHIND = "Jensen–Shannon distance: base 2, square root. Bands: bootstrap of the patients, less what chance adds."
_HEIGHT, _DISTANCE_HEIGHT = 320, 260


def trend(counted: Trend, *, of: Of = "cumulative") -> Figure:
    """Return the share of each category over time, each line with its interval and its name at the end.

    Parameters
    ----------
    counted : Trend
        What `workbench.assessment.trend.count_trend` gives.
    of : {"cumulative", "new"}
        Shares of everyone so far, or of those who were new in each period.

    Returns
    -------
    Figure
        At most seven lines, the largest; the missing are gray. The table holds all categories.

    Raises
    ------
    UnknownNameError
        For another `of`.
    """
    if of not in get_args(Of):
        raise unknown_name("of", of, list(get_args(Of)), where="a trend", then="Pass one of these.")
    end = "" if of == "cumulative" else "_new"
    n, total = ("n_cumulative", "n_total") if of == "cumulative" else ("n", "n_period")
    table = counted.table.select(
        "period", pl.col(counted.by).cast(pl.String).alias("category"), n, total,
        pl.col(f"fraction{end}").alias("fraction"),
        pl.col(f"fraction{end}_low").alias("fraction_low"), pl.col(f"fraction{end}_high").alias("fraction_high"),
    )  # fmt: skip
    names = _largest(table, n)
    shown = table.filter(pl.col("category").is_in(names))
    title, words = _moved(table, names, counted)
    ends = table.filter(pl.col("period") == pl.col("period").max())[total].drop_nulls()
    n_last = wording.number(ends[0] if ends.len() else None)
    who = f"{n_last} {counted.unit} up to the last {_period(counted)}"
    if of == "new":
        who = f"{counted.unit.capitalize()} new in each {_period(counted)}, {n_last} in the last"
    left_out = [
        name for name in table["category"].unique(maintain_order=True) if name not in names and _anyone(table, name, n)
    ]
    return Figure(
        f"trend_{counted.by}_{of}",
        title,
        f"{who}, share by {wording.in_words(counted.by)}",
        words,
        wording.below(
            None,
            counted.rule,
            "Bands are 95 % Wilson intervals. Shares are of all, the missing among them.",
            f"In the table only: {listed(left_out)}." if left_out else "",
            counted.stamp,
        ),
        _lines(shown, names, counted.over),
        table,
    )


def distances(measured: pl.DataFrame, *, over: str = "period") -> Figure:
    """Return the distance from a reference over time, with its interval.

    Parameters
    ----------
    measured : polars.DataFrame
        What `workbench.assessment.drift.distance_trend` gives.
    over : str
        What orders the periods, such as ``"batch"``, for the axis.

    Returns
    -------
    Figure
        Total variation as a solid line and the Jensen-Shannon distance as a dashed one, each with its band.
    """
    known, period = measured.drop_nulls("total_variation").sort("period"), wording.in_words(over)
    if known.is_empty():
        title, who, words = "There is no distance to draw", "0 patients whose value is known", "No period, 0 distances"
    else:
        first, last = (known.row(at, named=True) for at in (0, -1))
        ends = [f"{100 * row['total_variation']:.0f}" for row in (first, last)]
        way = "stayed at" if ends[0] == ends[1] else f"went from {ends[0]} to"
        by = wording.in_words(last["attribute"])
        title = (
            f"By {by}, those who would have to belong to another group to match "
            f"{distance_words.briefly(last['reference'])} {way} {ends[1]} of 100 patients"
        )
        year = "year unknown" if last["year"] == "unknown" else last["year"]
        lacking = "left out" if last["missing"] == "excluded" else "a category of their own"
        who = (
            f"{last['n_patients']:,} patients up to the last {period}, against {last['reference']} ({year}); "
            f"{last['n_missing']:,} without {by}, {lacking}"
        )
        drawn = known.gather_every(max(1, known.height // 12))
        words = "; ".join(marks.said(drawn, lambda row: f"{row['period']}: {wording.percent(row['total_variation'])}"))
    return Figure(
        "distances",
        title,
        who,
        f"Of 100 patients, so many would have to belong to another group, by {period}: {words}. {_BEHIND}",
        wording.below(
            None,
            "Two measures of one difference: 0 is equal, 1 has nothing in common. Total variation is the share of "
            "patients who would have to belong to another group. Bands are 95 % intervals.",
            *measured["stamp"].head(1),
        ),
        _distance_lines(known, period),
        measured.drop("stamp"),
    )


def _largest(table: pl.DataFrame, n: str) -> list[str]:
    last = table.filter(pl.col("period") == pl.col("period").max()).drop_nulls(n)
    most = last.sort(n, descending=True, maintain_order=True).filter(pl.col(n) > 0).head(_MOST_LINES)
    return rows.in_order(most["category"].to_list())


def _moved(table: pl.DataFrame, names: list[str], counted: Trend) -> tuple[str, str]:
    """Which share changed most between the first and the last period, and all of them in words."""
    first, last = (_at(table, at) for at in (table["period"].min(), table["period"].max()))
    said = "; ".join(f"{name}: {wording.percent(first[name])} to {wording.percent(last[name])}" for name in names)
    words = f"{said or 'Nobody, 0 patients'}."
    far = {
        name: abs(after - before)
        for name in names
        if (after := last[name]) is not None and (before := first[name]) is not None
    }
    by = f"By {wording.in_words(counted.by)}"
    if not far:
        return f"{by}, nothing is known over time", words
    name = max(far, key=lambda each: far[each])
    period = _period(counted)
    moved = f"{wording.percent(first[name])} at the first {period} to {wording.percent(last[name])} at the last"
    return f"{by}, {name} went from {moved}", words


def _anyone(table: pl.DataFrame, name: str, n: str) -> bool:
    return bool((table.filter(pl.col("category") == name)[n].fill_null(1) > 0).any())


def _at(table: pl.DataFrame, period: Any) -> dict[str, float | None]:
    if period is None:  # nobody
        return {}
    return dict(table.filter(pl.col("period") == period).select("category", "fraction").iter_rows())


def _period(counted: Trend) -> str:
    return wording.in_words(counted.over)


def _time(table: pl.DataFrame, name: str, *, room: int) -> alt.X:
    """The axis of periods, which leaves room for names at its end."""
    scale = alt.Scale(rangeMax={"expr": f"width - {room}"}, nice=False)
    kind = table.schema["period"]
    if kind.is_temporal():
        return alt.X("period:T", title=name, scale=scale, axis=marks.time_axis(table["period"]))
    if kind.is_numeric():
        return alt.X("period:Q", title=name, scale=scale.copy(deep=True), axis=alt.Axis(format="d", tickCount=6))
    order = table["period"].unique(maintain_order=True).cast(pl.String).to_list()
    return alt.X("period:O", title=name, sort=order, axis=alt.Axis(labelAngle=-40))


def _lines(shown: pl.DataFrame, names: list[str], over: str) -> alt.LayerChart:
    known = [name for name in names if name not in MISSING]
    grays = ["#7d8791", GRAY, "#b6bdc4"]
    hues = [_SEX_COLORS.get(name, own) for name, own in zip(known, _COLORS, strict=False)]  # as in the pyramid
    colors = [*hues, *grays[: len(names) - len(known)]]
    dashes = [*_DASHES[: len(known)], *_DASHES[1 : 1 + len(names) - len(known)]]
    shown = shown.sort("period")
    base = alt.Chart(shown).encode(x=_time(shown, wording.in_words(over), room=_LABEL_PX))
    color = alt.Color("category:N", sort=names, legend=None, scale=alt.Scale(domain=names, range=colors))
    dash = alt.StrokeDash("category:N", legend=None, sort=names, scale=alt.Scale(domain=names, range=dashes))
    top = _HEADROOM * marks.largest(shown, "fraction_high")
    y = alt.Y(
        "fraction:Q",
        title="share",
        axis=alt.Axis(format=".0%" if top > 0.05 else ".1%", tickCount=6),
        scale=alt.Scale(domain=[0, top], nice=False),
    )
    band = base.mark_area(opacity=0.18).encode(y=alt.Y("fraction_low:Q"), y2=alt.Y2("fraction_high:Q"), color=color)
    tip = ["period", "category:N", alt.Tooltip("fraction:Q", format=".1%")]
    line = base.mark_line(strokeWidth=2).encode(y=y, color=color, strokeDash=dash, tooltip=tip)
    dots = base.mark_point(filled=True, size=22, opacity=1).encode(y=y, color=color, tooltip=tip)
    drawn = [band, line, *([dots] if shown["period"].n_unique() <= 12 else [])]
    names_at_end = _names_at_end(shown, color, top / _HEIGHT)
    whole: alt.LayerChart = marks.layered(*drawn, names_at_end, height=_HEIGHT).properties(padding=_PADDING)
    return whole


def _names_at_end(shown: pl.DataFrame, color: alt.Color, per_pixel: float) -> alt.Chart:
    """Each name beside the end of its line, moved apart where lines end close together."""
    ends = shown.drop_nulls("fraction").sort("period").group_by("category", maintain_order=True).last()
    ends = ends.sort("fraction").select("category", "fraction")
    lines = {name: rows.wrapped(name, _LABEL_CHARACTERS) for name in ends["category"]}
    heights = [(13 * len(lines[name]) + _BETWEEN_PX) * per_pixel for name in ends["category"]]
    at = _apart(ends["fraction"].to_list(), heights)
    words = marks.said(ends, lambda row: "\n".join(lines[row["category"]]))
    beside = alt.Chart(ends.with_columns(at=pl.Series(at, dtype=pl.Float64), words=words))
    text = beside.mark_text(align="left", baseline="middle", fontSize=11.5, lineBreak="\n", lineHeight=13)
    # further lines hang below the first
    text.mark.dy = {"expr": "-6.5 * (length(split(datum.words, '\\n')) - 1)"}
    x = alt.value({"expr": f"width - {_LABEL_PX - 8}"})
    placed: alt.Chart = text.encode(x=x, y=alt.Y("at:Q"), text=alt.Text("words:N"), color=color)
    return placed


def _apart(wanted: list[float], heights: list[float]) -> list[float]:
    """Positions near the ones wanted, ascending, at which things of these heights do not overlap or go below zero."""
    groups: list[list[int]] = []
    bottoms: list[float] = []
    for i in range(len(wanted)):
        groups.append([i])
        bottoms.append(max(0.0, wanted[i] - heights[i] / 2))
        while len(groups) > 1 and bottoms[-1] < bottoms[-2] + sum(heights[j] for j in groups[-2]):
            upper = groups.pop()
            bottoms.pop()
            groups[-1] = members = groups[-1] + upper
            middle = sum(wanted[j] for j in members) / len(members)
            bottoms[-1] = max(0.0, middle - sum(heights[j] for j in members) / 2)
    placed = list(wanted)
    for members, bottom in zip(groups, bottoms, strict=True):
        for before, j in enumerate(members):
            placed[j] = bottom + sum(heights[k] for k in members[:before]) + heights[j] / 2
    return placed


def _distance_lines(known: pl.DataFrame, period: str) -> alt.LayerChart:
    drawn: list[alt.Chart] = []
    top = _HEADROOM * marks.largest(known, "jsd", "jsd_high", "total_variation_high")
    base = alt.Chart(known).encode(x=_time(known, period, room=_LABEL_PX))
    for value, color, dash in (("jsd", INK, [5, 3]), ("total_variation", BLUE, [1, 0])):
        y = alt.Y(f"{value}:Q", title="distance, 0 to 1", scale=alt.Scale(domain=[0, top], nice=False))
        tip = ["period", *(alt.Tooltip(f"{value}{of}:Q", format=".3f") for of in ("", "_low", "_high"))]
        band = base.mark_area(opacity=0.2, color=color).encode(y=alt.Y(f"{value}_low:Q"), y2=alt.Y2(f"{value}_high:Q"))
        drawn += [band, base.mark_line(color=color, strokeWidth=2, strokeDash=dash).encode(y=y, tooltip=tip)]
    names = {"jsd": "Jensen–Shannon distance", "total_variation": "total variation"}
    long = known.rename(names).unpivot(
        [*names.values()], index="period", variable_name="category", value_name="fraction"
    )
    scale = alt.Scale(domain=[*names.values()], range=[INK, BLUE])
    at_end = _names_at_end(long, alt.Color("category:N", legend=None, scale=scale), top / _DISTANCE_HEIGHT)
    whole: alt.LayerChart = marks.layered(*drawn, at_end, height=_DISTANCE_HEIGHT).properties(padding=_PADDING)
    return whole

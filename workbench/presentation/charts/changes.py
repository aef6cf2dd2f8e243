"""What moved between two releases: series gained, revised and lost by collection, and gaps before and after."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from workbench.assessment.changes import Changes
from workbench.assessment.gap_changes import GapChange
from workbench.assessment.wording import plain_words
from workbench.errors import listed
from workbench.presentation.charts import marks, rows, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, INK, ORANGE

_SHOWN = 12
_KINDS = {"n_gained": "gained", "n_revised": "revised", "n_lost": "lost"}
_COLORS = [BLUE, "#7fb2d9", ORANGE]
_SIDES = ["before", "after"]
_NAMED = 2


def changes(moved: Changes, *, source: str) -> Figure:
    """Return the series that each collection gained, revised and lost.

    Parameters
    ----------
    moved : Changes
        What `workbench.assessment.changes.count_changes` gives.
    source : str
        The repository, for the subtitle.

    Returns
    -------
    Figure
        The twelve collections with most moves, lost series to the left of zero; the table has every collection that
        moved, and patients and studies too.
    """
    by = moved.by
    table = moved.table.filter(pl.sum_horizontal(*_KINDS) > 0)
    series = table.filter(pl.col("unit") == "series")
    shown = series.head(_SHOWN)
    names = shown[by].to_list()
    long = (
        shown.unpivot(list(_KINDS), index=by, variable_name="kind", value_name="n")
        .drop_nulls("n")
        .filter(pl.col("n") > 0)
    )
    drawn = long.with_columns(
        side=pl.when(pl.col("kind") == "n_lost").then(-pl.col("n")).otherwise("n"),
        kind=pl.col("kind").replace_strict(_KINDS),
        rank=pl.col("kind").replace_strict({kind: i for i, kind in enumerate(_KINDS)}, return_dtype=pl.Int64),
    )
    scale = alt.Scale(domain=list(_KINDS.values()), range=_COLORS)
    bars = (
        alt.Chart(drawn)
        .mark_bar()
        .encode(
            x=alt.X("side:Q", title="series", stack="zero", axis=marks.count_axis(tickCount=6)),
            y=alt.Y(f"{by}:N", sort=names, title=None, axis=rows.row_axis(names)),
            color=alt.Color("kind:N", title=None, scale=scale),
            order="rank:Q",
            tooltip=[f"{by}:N", "kind:N", alt.Tooltip("n:Q", format=",")],
        )
    )
    zero = alt.Chart(pl.DataFrame({"x": [0]})).mark_rule(color=INK).encode(x="x:Q")
    rest = series.height - shown.height
    words = "; ".join(
        f"{row[by]}: {', '.join(f'{row[name]:,} {kind}' for name, kind in _KINDS.items() if row[name])}"
        for row in shown.iter_rows(named=True)
    )
    return Figure(
        "changes",
        _title(moved),
        f"{source}, {moved.after} beside {moved.before}: series by collection, those with most moves",
        f"{' '.join(moved.sentences)} Series by collection: {words or 'none moved'}.",
        wording.below(
            None, moved.note, f"{rest:,} more collections with fewer moves are in the table." if rest > 0 else ""
        ),
        marks.layered(bars, zero, height=rows.row_height(names, 22)),
        table,
    )


def gap_moves(moved: Sequence[GapChange], *, names: tuple[str, str]) -> Figure:
    """Return how far each attribute was from the reference before, and is now.

    Parameters
    ----------
    moved : sequence of GapChange
        At least one that can be compared; others are left out.
    names : tuple of str
        What the two releases are called.

    Returns
    -------
    Figure
        A hollow dot before, a filled one after, and a line between them.
    """
    known = [each for each in moved if each.verdict != "not comparable"]
    table = pl.DataFrame(
        {
            "attribute": [wording.in_words(each.attribute) for each in known],
            "gap": [each.verdict for each in known],
            "before": [each.before for each in known],
            "after": [each.after for each in known],
        },
        schema_overrides={"before": pl.Float64, "after": pl.Float64},
    )
    labels = table["attribute"].to_list()
    y = alt.Y("attribute:N", sort=labels, title=None, axis=rows.row_axis(labels))
    axis = alt.Axis(format="%", tickCount=6)
    x = alt.X("before:Q", title="share of patients who would have to belong to another group", axis=axis)
    link = alt.Chart(table).mark_rule(color="#c6ccd2", strokeWidth=3).encode(x=x, x2="after:Q", y=y)
    long = table.unpivot(_SIDES, index=["attribute", "gap"], variable_name="side", value_name="share")
    said = dict(zip(_SIDES, names, strict=True))
    long = long.with_columns(pl.col("side").replace_strict(said))
    dots = (
        alt.Chart(long)
        .mark_point(size=110, filled=True, opacity=1)
        .encode(
            x="share:Q",
            y=y,
            color=alt.Color("side:N", title=None, scale=alt.Scale(domain=list(names), range=["#7fb2d9", BLUE])),
            shape=alt.Shape("side:N", title=None, scale=alt.Scale(domain=list(names), range=["diamond", "circle"])),
            tooltip=["attribute:N", "side:N", alt.Tooltip("share:Q", format=".1%"), "gap:N"],
        )
    )
    return Figure(
        "gap_moves",
        _moves(known),
        f"{names[1][:1].upper()}{names[1][1:]} beside {names[0]}, both against {known[0].reference}",
        " ".join(each.sentence for each in known),
        "Patients without a value are left out. A change of less than 1 of 100 patients is called nearly unchanged.",
        marks.layered(link, dots, height=rows.row_height(labels, 34)),
        table.with_columns((100 * pl.col(side)).round(1).alias(f"{side}, of 100") for side in _SIDES).drop(_SIDES),
    )


def _title(moved: Changes) -> str:
    if moved.is_equal:
        return f"Nothing changed between {moved.before} and {moved.after}"
    told: list[str] = []
    for name, kind in (("n_gained", "new"), ("n_revised", "revised"), ("n_lost", "lost")):
        n = moved.n("series", name)
        if n and len(told) < _NAMED:
            series = moved.table.filter(pl.col("unit") == "series")
            first = series.sort(name, moved.by, descending=[True, False], nulls_last=True).row(0, named=True)
            part = f"{first[name]:,}" if first[name] == n else f"{first[name]:,} of {n:,}"
            told.append(f"{part} {kind} {'' if told else 'series '}are in {first[moved.by]}")
    return ", ".join(told)


def _moves(known: Sequence[GapChange]) -> str:
    told = []
    for verdict in ("narrowed", "widened", "nearly unchanged"):
        names = [plain_words(each.attribute) for each in known if each.verdict == verdict]
        verb = "is nearly unchanged" if verdict == "nearly unchanged" else verdict
        told += [f"{verb} by {listed(names)}"] if names else []
    return f"The gap to the reference {', '.join(told)}"

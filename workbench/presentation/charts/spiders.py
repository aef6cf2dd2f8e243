"""The spider chart, for readers who ask for one."""

import math

import altair as alt
import polars as pl

from workbench.assessment.representativeness import Comparison
from workbench.presentation.charts import distance_words, marks, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, ORANGE


def spider(compared: Comparison) -> Figure:
    """Return the total variation of every attribute as a spider chart, for readers who ask for one.

    Parameters
    ----------
    compared : Comparison
        What ``wb.compare`` gives.

    Returns
    -------
    Figure
        One axis an attribute; two outlines, with and without the missing.
    """
    measured = compared.table.filter(pl.col("total_variation").is_not_null())
    names = measured["attribute"].unique(maintain_order=True).to_list()
    words = "; ".join(
        f"{row['attribute']}, missing {row['missing']}: {wording.percent(row['total_variation'])}"
        for row in measured.iter_rows(named=True)
    )
    worst = measured.filter(pl.col("missing") == "excluded").sort("total_variation").tail(1)
    title = (
        f"The largest difference is by {wording.in_words(worst['attribute'][0])}: "
        f"{distance_words.moved(worst['total_variation'][0])} would have to belong to another group to match "
        f"{distance_words.briefly(compared.reference.title)}"
        if worst.height
        else "There is nobody to compare"
    )
    return Figure(
        "spider",
        title,
        f"Total variation by attribute, against {wording.source_of(compared.reference)}",
        f"{words or 'Nothing to draw'}.",
        wording.below(
            None,
            "A spider is hard to read: its area means nothing and changes with the order of the axes, and it leaves no "
            "room for intervals. Read the dumbbell or the decomposition of each attribute instead.",
            compared.stamp,
        ),
        _web(measured, names),
        measured,
    )


def _web(measured: pl.DataFrame, names: list[str]) -> alt.LayerChart:
    """Draw the axes in pixels around the middle, so that the rings stay round at any width."""
    turn = {name: 2 * math.pi * i / max(len(names), 1) for i, name in enumerate(names)}
    top = marks.largest(measured, "total_variation")
    turns = pl.col("attribute").replace_strict(turn, default=None, return_dtype=pl.Float64)
    points = measured.select("attribute", "missing", "total_variation", turn=turns, far=pl.col("total_variation") / top)
    rings = pl.DataFrame({"ring": [0.5, 1.0]}).join(pl.DataFrame({"step": range(61)}), how="cross")
    rings = rings.with_columns(turn=pl.col("step") * math.pi / 30, far="ring")
    schema = {"turn": pl.Float64, "name": pl.String}
    labels = pl.DataFrame({"turn": list(turn.values()), "name": [wording.in_words(name) for name in names]}, schema)
    x, y = (
        getattr(alt, channel.upper())(
            f"{channel}:Q",
            axis=None,
            scale=alt.Scale(domain=[-1, 1], nice=False, rangeMin={"expr": low}, rangeMax={"expr": high}),
        )
        for channel, low, high in (
            ("x", "width / 2 - 92", "width / 2 + 92"),
            ("y", "height / 2 + 115", "height / 2 - 115"),
        )
    )
    policies = ["excluded", "included"]
    line = alt.Chart(_around(points)).mark_line(point=True, interpolate="linear-closed")
    color = alt.Color("missing:N", title="missing", scale=alt.Scale(domain=policies, range=[BLUE, ORANGE]))
    dash = alt.StrokeDash("missing:N", title="missing", scale=alt.Scale(domain=policies, range=[[1, 0], [5, 3]]))
    tip = ["attribute:N", "missing:N", alt.Tooltip("total_variation:Q", format=".1%")]
    line = line.encode(x=x, y=y, order=alt.Order("turn:Q"), color=color, strokeDash=dash, tooltip=tip)
    ring = (
        alt.Chart(_around(rings))
        .mark_line(color="#d9dee3")
        .encode(x=x, y=y, order=alt.Order("step:Q"), detail=alt.Detail("ring:N"))
    )
    words = pl.DataFrame(
        {"turn": [0.0, 0.0], "far": [0.5, 1.0], "name": [wording.percent(top / 2), wording.percent(top)]}
    )
    scale = alt.Chart(_around(words)).mark_text(align="left", dx=5, dy=-6, fontSize=10, color="#5d6873")
    name = (
        alt.Chart(_around(labels.with_columns(far=1.14 + 0.3 * pl.col("turn").sin().abs())))
        .mark_text()
        .encode(x=x, y=y, text=alt.Text("name:N"))
    )
    return marks.layered(ring, line, scale.encode(x=x, y=y, text=alt.Text("name:N")), name, height=320)


def _around(points: pl.DataFrame) -> pl.DataFrame:
    return points.with_columns(x=pl.col("far") * pl.col("turn").sin(), y=pl.col("far") * pl.col("turn").cos())

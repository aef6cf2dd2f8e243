"""Charts of the way of studies into a release."""

from collections.abc import Mapping

import altair as alt
import polars as pl

from workbench.assessment.wording import counted
from workbench.presentation.charts import marks
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, GREEN

_YELLOW = "#8a6d00"  # dark enough for a white ground; orange is for women

# From the bottom up: what is released only grows, so it stands on the axis.
_STAGES = {
    "n_released": ("Released", BLUE),
    "n_in_quality": ("Under quality and harmonization", _YELLOW),
    "n_waiting": ("Ingested and waiting", GRAY),
}
_ABOUT = (
    "The three stages add up to the studies ingested by that day. Dates are those on which the commons, not the "
    "patient, did something."
)
_HEIGHT = 300


def pipeline(over_time: pl.DataFrame, *, source: str) -> Figure:
    """Return how many studies were ingested, under quality and harmonization, and released, over time.

    Parameters
    ----------
    over_time : polars.DataFrame
        What `workbench.catalog.pipeline.count_pipeline_over_time` returns, with a row at least.
    source : str
        Repository and version, for the subtitle.

    Returns
    -------
    Figure
        Stacked steps from the released up; their upper edge is all that was ingested.
    """
    last = over_time.row(-1, named=True)
    stages = {name: _told(name, last) for name in _STAGES if (over_time[name] > 0).any()}
    long = over_time.select("date", *stages).unpivot(
        on=list(stages), index="date", variable_name="stage", value_name="studies"
    )
    long = long.with_columns(
        rank=pl.col("stage").replace_strict({name: i for i, name in enumerate(_STAGES)}, return_dtype=pl.Int8),
        stage=pl.col("stage").replace_strict(stages, return_dtype=pl.String),
    )
    scale = alt.Scale(domain=list(stages.values()), range=[_STAGES[name][1] for name in stages])
    chart = (
        alt.Chart(long)
        .mark_area(interpolate="step-after", opacity=0.9)
        .encode(
            x=alt.X("date:T", title="date", axis=marks.time_axis(long["date"])),
            y=alt.Y("studies:Q", title="studies", stack=True, axis=marks.count_axis()),
            color=alt.Color("stage:N", title=None, scale=scale, legend=alt.Legend(columns=1, labelLimit=0)),
            order=alt.Order("rank:Q"),
            tooltip=[alt.Tooltip("date:T"), alt.Tooltip("stage:N"), alt.Tooltip("studies:Q", format=",")],
        )
        .properties(height=_HEIGHT)
    )
    day = f"{last['date']:%B} {last['date'].day}, {last['date'].year}"
    return Figure(
        "pipeline",
        _finding(last),
        f"{source}, {last['n_ingested']:,} studies by where they stood, until {day}",
        f"By {day} {last['n_ingested']:,} studies had been ingested. Of these "
        + "; ".join(f"{_STAGES[name][0].lower()}: {last[name]:,}" for name in stages)
        + ".",
        _ABOUT,
        chart,
        over_time,
    )


def pipeline_now(standing: Mapping[str, int], *, source: str) -> Figure:
    """Return how many studies stand in each stage today, of a source without dates.

    Parameters
    ----------
    standing : mapping of str to int
        What `workbench.catalog.pipeline.count_pipeline` returns, not empty.
    source : str
        Repository and version, for the subtitle.

    Returns
    -------
    Figure
        One bar a stage.
    """
    table = pl.DataFrame(
        {"stage": [name for name, _ in _STAGES.values()], "studies": [standing[name] for name in _STAGES]}
    )
    y = alt.Y("stage:N", sort=table["stage"].to_list(), title=None)
    bars = alt.Chart(table).mark_bar().encode(
        x=alt.X("studies:Q", title="studies", axis=marks.count_axis(tickCount=5)),
        y=y,
        tooltip=[alt.Tooltip("stage:N"), alt.Tooltip("studies:Q", format=",")],
    )  # fmt: skip
    numbers = bars.mark_text(align="left", dx=5).encode(text=alt.Text("studies:Q", format=","))
    return Figure(
        "pipeline",
        _finding(standing),
        f"{source}, {standing['n_ingested']:,} studies by where they stand",
        "; ".join(f"{stage}: {counted(n, 'studies')}" for stage, n in table.iter_rows()) + ".",
        "The source says where each study stands, not since when.",
        marks.layered(bars, numbers, height=alt.Step(34)),
        table,
    )


def growth_steps(versions: pl.DataFrame, names: Mapping[str, str]) -> alt.Chart:
    """Return the growth of a repository as stacked steps, one at each day of publication.

    Parameters
    ----------
    versions : polars.DataFrame
        ``version``, ``published``, and columns of cumulative counts.
    names : mapping of str to str
        Column to what it is called, from the axis up.

    Returns
    -------
    altair.Chart
        With a legend where several are stacked.
    """
    dated = versions.group_by("published", maintain_order=True).last()  # two versions can share a day
    long = dated.unpivot(
        on=list(names), index=["version", "published"], variable_name="kind", value_name="series"
    ).with_columns(
        pl.col("kind").replace(dict(names)),
        rank=pl.col("kind").replace_strict({name: i for i, name in enumerate(names)}),
    )
    kinds = alt.Scale(domain=list(names.values()), range=[BLUE, GREEN][: len(names)])
    area = alt.Chart(long).mark_area(interpolate="step-after", opacity=0.9)
    drawn: alt.Chart = area.encode(
        x=alt.X("published:T", title="published", axis=marks.time_axis(long["published"])),
        y=alt.Y("series:Q", title="series", stack=True, axis=marks.count_axis()),
        color=alt.Color("kind:N", title=None, scale=kinds, legend=alt.Legend() if len(names) > 1 else None),
        order=alt.Order("rank:Q"),
        tooltip=[*map(alt.Tooltip, ("version:Q", "published:T", "kind:N")), alt.Tooltip("series:Q", format=",")],
    ).properties(height=300)
    return drawn


def _told(name: str, last: Mapping[str, int]) -> str:
    return f"{_STAGES[name][0]}: {last[name]:,}"


def _finding(counts: Mapping[str, int]) -> str:
    said = f"{counts['n_released']:,} of {counts['n_ingested']:,} ingested studies are released"
    in_quality = f"{counts['n_in_quality']:,} are under quality and harmonization"
    return f"{said}; {in_quality}" if counts["n_in_quality"] else said

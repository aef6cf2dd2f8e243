"""Who is represented? Censuses with intervals, and a cohort beside a reference population."""

import altair as alt
import polars as pl

from workbench.assessment.census import Census
from workbench.assessment.representativeness import Comparison
from workbench.errors import unknown_name
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, GREEN, ORANGE, PURPLE
from workbench.vocabulary.demographics import MISSING

_SERIES_COLORS = (BLUE, ORANGE, GREEN, PURPLE)
_SEX_COLORS = {"Female": ORANGE, "Male": BLUE}
_AGE_NOTE = " Age of a patient: at the earliest study with an age; a filter on age_years asks the age at each study."


def census(counted: Census) -> Figure:
    """Return a census as bars: one attribute with intervals, or two with the second as color.

    Parameters
    ----------
    counted : Census
        By one or two attributes.

    Returns
    -------
    Figure
        Missing categories are drawn last, in gray.

    Raises
    ------
    ValueError
        For more than two attributes.
    """
    if len(counted.by) > 2:
        raise ValueError(
            f"A census by {', '.join(counted.by)} was received. A chart can show one or two attributes. "
            "Take another census by two of them, or read .table."
        )
    shown = counted.table.filter(pl.col(f"n_{counted.unit}") > 0)
    chart = _two_way(counted, shown) if len(counted.by) > 1 else _one_way(counted, shown)
    words = " and ".join(name.removesuffix("_id").replace("_", " ") for name in counted.by)
    return Figure(
        f"census_{'_'.join(counted.by)}",
        counted.sentence,
        f"{counted.n_total:,} {counted.unit}, by {words}",
        _in_words(counted, shown),
        ("Lines are 95 % Wilson intervals. " if len(counted.by) == 1 else "")
        + "Missing values are drawn in gray, never dropped."
        + (_AGE_NOTE if any(name.startswith("age") for name in counted.by) else ""),
        chart,
        shown,
    )


def comparison(compared: Comparison, *, attribute: str = "sex") -> Figure:
    """Return a cohort's shares beside the reference population's, missing patients left out of both.

    Parameters
    ----------
    compared : Comparison
        What ``wb.compare`` gives.
    attribute : str
        One of its attributes.

    Returns
    -------
    Figure
        Two bars a category; the title says the total variation in words.
    """
    known = compared.table["attribute"].unique(maintain_order=True).to_list()
    if attribute not in known:
        raise unknown_name("attribute", attribute, known, where="this comparison", then="Pass one of these.")
    rows = compared.contributions.filter(
        (pl.col("attribute") == attribute)
        & (pl.col("missing") == "excluded")
        & ((pl.col("n_patients") > 0) | (pl.col("reference_fraction") > 0))
    )
    measured = compared.table.filter((pl.col("attribute") == attribute) & (pl.col("missing") == "excluded"))
    n, distance = int(measured["n_patients"][0]), measured["total_variation"][0]
    name, reference = attribute.replace("_", " "), compared.reference.title
    shares = rows.select(
        "category", cohort=pl.col("fraction").fill_null(0.0), reference=pl.col("reference_fraction")
    ).unpivot(index="category", variable_name="side", value_name="fraction")
    chart = (
        alt.Chart(shares)
        .mark_bar()
        .encode(
            x=alt.X("fraction:Q", title="share of people", axis=alt.Axis(format="%")),
            y=alt.Y("category:N", sort=rows["category"].to_list(), title=None),
            yOffset=alt.YOffset("side:N"),
            color=alt.Color(
                "side:N", title=None, scale=alt.Scale(domain=["cohort", "reference"], range=[BLUE, ORANGE])
            ),
            tooltip=["category:N", "side:N", alt.Tooltip("fraction:Q", format=".1%")],
        )
        .properties(height=alt.Step(12))
    )
    title = (
        f"By {name}, {100 * distance:.0f} of 100 patients would have to belong to another group to match"
        if n
        else (f"By {name}, there is nobody to compare")
    )
    words = "; ".join(
        f"{row['category']}: {row['cohort']:.1%} against {row['reference']:.1%}"
        for row in rows.select(
            "category", cohort=pl.col("fraction").fill_null(0.0), reference=pl.col("reference_fraction")
        ).iter_rows(named=True)
    )
    return Figure(
        f"comparison_{attribute}",
        title,
        f"{n:,} people with {name} known, against {reference}",
        f"Cohort against reference. {words}.",
        " ".join(_notes_on(compared, attribute)) or "Total variation over the union of categories.",
        chart,
        rows,
    )


def _one_way(counted: Census, shown: pl.DataFrame) -> alt.LayerChart:
    attribute = counted.by[0]
    named = shown.with_columns(
        pl.col(attribute).cast(pl.String), known=~pl.col(attribute).cast(pl.String).is_in(MISSING)
    )
    y = alt.Y(f"{attribute}:N", sort=named[attribute].to_list(), title=None)
    count = f"n_{counted.unit}"
    bars = (
        alt.Chart(named)
        .mark_bar()
        .encode(
            x=alt.X("fraction:Q", title=f"share of {counted.unit}", axis=alt.Axis(format="%")),
            y=y,
            color=alt.Color("known:N", legend=None, scale=alt.Scale(domain=[True, False], range=[BLUE, GRAY])),
            tooltip=[f"{attribute}:N", alt.Tooltip(f"{count}:Q", format=","), alt.Tooltip("fraction:Q", format=".1%")],
        )
    )
    lines = alt.Chart(named).mark_rule(color="#24303b").encode(x="fraction_low:Q", x2="fraction_high:Q", y=y)
    layered: alt.LayerChart = (bars + lines).properties(height=alt.Step(26))
    return layered


def _two_way(counted: Census, shown: pl.DataFrame) -> alt.Chart:
    color, attribute = sorted(counted.by, key=lambda name: shown[name].n_unique())
    named = shown.with_columns(pl.col(color, attribute).cast(pl.String))
    groups = [name for name in shown[color].unique().sort().cast(pl.String) if name is not None]
    known = [name for name in groups if name not in MISSING]
    own = [_SEX_COLORS.get(name, other) for name, other in zip(known, _spread(len(known)), strict=True)]
    palette = [*own, *([GRAY, "#c6ccd2", "#7d8791"][: len(groups) - len(known)])]
    order = shown[attribute].unique().sort().cast(pl.String).to_list()
    chart: alt.Chart = (
        alt.Chart(named)
        .mark_bar()
        .encode(
            x=alt.X(f"n_{counted.unit}:Q", title=counted.unit, stack=True),
            y=alt.Y(f"{attribute}:N", sort=order, title=None),
            color=alt.Color(f"{color}:N", sort=groups, title=None, scale=alt.Scale(domain=groups, range=palette)),
            tooltip=[f"{attribute}:N", f"{color}:N", alt.Tooltip(f"n_{counted.unit}:Q", format=",")],
        )
        .properties(height=alt.Step(24))
    )
    return chart


def _in_words(counted: Census, shown: pl.DataFrame) -> str:
    cells = [
        f"{', '.join(str(row[name]) for name in counted.by)}: {row[f'n_{counted.unit}']:,} ({row['fraction']:.1%})"
        for row in shown.head(30).iter_rows(named=True)
    ]
    return f"{counted.sentence} {'; '.join(cells)}." if cells else counted.sentence


def _notes_on(compared: Comparison, attribute: str) -> list[str]:
    return [note for note in compared.notes if note.startswith(f"{attribute}:")]


def _spread(n: int) -> list[str]:
    return [_SERIES_COLORS[i % len(_SERIES_COLORS)] for i in range(n)]

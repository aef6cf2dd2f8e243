"""Who is where two attributes meet, and which attributes are missing together."""

import itertools
from typing import Any

import altair as alt
import polars as pl

from workbench.assessment.census import Census
from workbench.assessment.missingness import Missingness
from workbench.presentation.charts import marks, rows, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, INK
from workbench.vocabulary.demographics import MISSING

_MOST_COMBINATIONS = 12


def intersections(counted: Census) -> Figure:
    """Return a census by two or three attributes as a heat map that shows the empty cells too.

    Parameters
    ----------
    counted : Census
        By two attributes, or three: the third is drawn as blocks, one below the other.

    Returns
    -------
    Figure
        Each cell with its number and share; combinations that nobody has are outlined, the missing are gray.

    Raises
    ------
    ValueError
        For one attribute, or more than three.
    """
    if len(counted.by) not in (2, 3):
        raise ValueError(
            f"A census by {', '.join(counted.by)} was received. A heat map shows two or three attributes. "
            'Count again, for instance cohort.census(by=["race", "ethnicity"]).'
        )
    table = _every_cell(counted)
    count = f"n_{counted.unit}"
    known = table.filter(~pl.col("lacks"))
    empty = known.filter(pl.col(count) == 0)
    by = wording.listed(wording.in_words(name) for name in counted.by)
    title = f"{empty.height} of {known.height} combinations of {by} have nobody"
    if not empty.height:
        title = f"All {known.height} combinations of {by} are held by somebody"
    if known.drop_nulls(count).height and known[count].max():
        top = known.row(int(known[count].arg_max() or 0), named=True)
        cell = ", ".join(str(top[name]) for name in counted.by)
        title += f"; the largest is {cell} ({wording.percent(top['fraction'])})"
    hidden = int(table[count].null_count())
    words = "; ".join(_cell_words(row, counted) for row in table.iter_rows(named=True) if row[count] != 0)
    nobody = "; ".join(", ".join(str(row[name]) for name in counted.by) for row in empty.iter_rows(named=True))
    return Figure(
        f"intersections_{'_'.join(counted.by)}",
        title,
        f"{wording.number(counted.n_total)} {counted.unit}, by {by}; shares are of all of them",
        f"{words}." + (f" Nobody: {nobody}." if nobody else ""),
        wording.below(
            counted,
            "Outlined cells with 0: nobody." if empty.height else "",
            wording.HATCHED if hidden else "",
            "One may count in several cells." if counted.overlapping else "",
        ),
        _heat_map(table, counted),
        table.drop("lacks"),
    )


def missingness(counted: Missingness) -> Figure:
    """Return which attributes are missing together, the most frequent combination first.

    Parameters
    ----------
    counted : Missingness
        What `workbench.assessment.missingness.count_missing_together` gives.

    Returns
    -------
    Figure
        One row a combination: a dot under each attribute that is missing, and a bar of how many patients lack just
        these. At most twelve rows; the table holds all.
    """
    names, table, count = list(counted.attributes), counted.table, f"n_{counted.unit}"
    complete = table.filter(~pl.any_horizontal(names))[count]
    n_complete = (complete[0] if complete.len() else 0) if counted.n_total is not None else None
    drawn = table.head(_MOST_COMBINATIONS).with_row_index("at")
    asked = wording.listed(wording.in_words(name) for name in names)
    words = "; ".join(
        f"{_lacking(row, names)}: {wording.number(row[count])} ({wording.percent(row['fraction'])})"
        for row in drawn.iter_rows(named=True)
    )
    known = f"{wording.number(n_complete)} of {wording.number(counted.n_total)} {counted.unit}"
    if n_complete is not None and counted.n_total:
        known += f" ({wording.percent(n_complete / counted.n_total)})"
    rest = table.height - drawn.height
    return Figure(
        "missingness",
        f"{asked[0].upper()}{asked[1:]} {'are all' if len(names) > 1 else 'is'} known for {known}",
        f"{wording.number(counted.n_total)} {counted.unit}, by which of {len(names)} attributes they lack",
        f"{words}.",
        wording.paragraph(
            "A filled dot: the attribute is missing, for whatever reason. Each patient counts in one row.",
            f"{rest} rarer combinations are in the table only." if rest else "",
            wording.HATCHED if drawn[count].null_count() else "",
            counted.stamp,
        ),
        _upset(drawn.rename({count: "n"}), names, counted.unit),
        table,
    )


def _every_cell(counted: Census) -> pl.DataFrame:
    """The counted cells and, at zero, those that nobody has; categories of nobody at all only where they are known."""
    count = f"n_{counted.unit}"
    held = counted.table.filter(pl.col(count).is_null() | (pl.col(count) > 0))
    axes = []
    for name in counted.by:
        spelled = counted.table.schema[name]
        every = getattr(spelled, "categories", counted.table[name].unique())
        found = set(held[name].cast(pl.String))
        kept = [each for each in every if each in found or (each not in MISSING and _is_closed(name))]
        axes.append(kept)
    grid = pl.DataFrame(list(itertools.product(*axes)), schema=dict.fromkeys(counted.by, pl.String), orient="row")
    cells = held.with_columns(pl.col(counted.by).cast(pl.String), held=True)
    numbers = [count, "fraction", "fraction_low", "fraction_high"]
    return (
        grid.join(cells.select(*counted.by, *numbers, "held"), on=counted.by, how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("held")).then(pl.col(name)).otherwise(0).alias(name) for name in (count, "fraction")
        )
        .with_columns(lacks=pl.any_horizontal(marks.is_missing(name) for name in counted.by))
        .drop("held")
    )


def _is_closed(attribute: str) -> bool:
    return attribute in ("sex", "race", "ethnicity", "age_group", "age_decade")


def _cell_words(row: dict[str, Any], counted: Census) -> str:
    cell = ", ".join(str(row[name]) for name in counted.by)
    n = row[f"n_{counted.unit}"]
    return f"{cell}: {wording.NOT_SHOWN}" if n is None else f"{cell}: {n:,} ({wording.percent(row['fraction'])})"


def _heat_map(table: pl.DataFrame, counted: Census) -> alt.LayerChart:
    count = f"n_{counted.unit}"
    sizes = {name: table[name].n_unique() for name in counted.by}
    *block, down, across = (
        sorted(counted.by, key=lambda name: -sizes[name]) if len(counted.by) == 2 else _roles(counted, sizes)
    )
    columns = table[across].unique(maintain_order=True).to_list()
    lines = table[down].unique(maintain_order=True).to_list()
    if block:
        groups = table[block[0]].unique(maintain_order=True).to_list()
        order, axis = rows.under_headings({f"{group}": lines for group in groups})
        key = pl.concat_str(pl.col(block[0]), pl.lit(": "), pl.col(down))
    else:
        order, axis, key = lines, rows.row_axis(lines), pl.col(down)
    top = table.filter(~pl.col("lacks"))["fraction"].max() or 1.0
    drawn = table.with_columns(
        key.alias("row"),
        heat=(pl.col("fraction") / top).clip(0, 1),
        words=pl.Series(
            [f"{row[count]:,}" if row[count] is not None else "" for row in table.iter_rows(named=True)],
            dtype=pl.String,
        ),
        share=pl.Series(
            [wording.percent(row["fraction"]) if row[count] else "" for row in table.iter_rows(named=True)],
            dtype=pl.String,
        ),
    )
    tip = [f"{name}:N" for name in counted.by] + ["words:N", "share:N"]
    header = alt.Axis(
        orient="top", labelAngle=0, labelExpr=rows.row_axis(columns).labelExpr, labelLimit=130, labelFontSize=11.5
    )
    base = alt.Chart(drawn).encode(
        x=alt.X(f"{across}:N", sort=columns, title=None, axis=header, scale=alt.Scale(domain=columns)),
        y=alt.Y("row:N", sort=order, title=None, axis=axis, scale=alt.Scale(domain=order)),
        tooltip=tip,
    )
    scale = alt.Scale(domain=[0, 1], range=["#eaf2fa", BLUE])
    grays = alt.Scale(domain=[0, 1], range=["#eceef0", GRAY])
    held = base.transform_filter(f"datum.{count} > 0")
    cells = (
        held.transform_filter("!datum.lacks")
        .mark_rect(stroke="#ffffff")
        .encode(color=alt.Color("heat:Q", scale=scale, legend=None))
    )
    gray = (
        held.transform_filter("datum.lacks")
        .mark_rect(stroke="#ffffff")
        .encode(color=alt.Color("heat:Q", scale=grays, legend=None))
    )
    nobody = base.transform_filter(f"datum.{count} === 0").mark_rect(fill=None, stroke="#9aa3ad", strokeDash=[3, 3])
    hidden = base.transform_filter(f"!isValid(datum.{count})").mark_rect(fill=marks.HATCH, stroke="#ffffff")
    ink = alt.condition("datum.heat > 0.55 && !datum.lacks", alt.value("#fdfdfe"), alt.value("#1d2c3a"))
    seen = base.transform_filter(f"isValid(datum.{count})")
    n = seen.mark_text(fontSize=11.5, dy=alt.expr(f"datum.{count} > 0 ? -6 : 0")).encode(text="words:N", color=ink)
    share = seen.mark_text(fontSize=10, dy=8).encode(text="share:N", color=ink)
    heat = marks.layered(cells, gray, nobody, hidden, n, share, height=rows.row_height(lines, 34))
    return heat.resolve_scale(color="independent")


def _roles(counted: Census, sizes: dict[str, int]) -> list[str]:
    """The last attribute makes the blocks; of the others the one with more categories goes down."""
    return [counted.by[2], *sorted(counted.by[:2], key=lambda name: -sizes[name])]


def _lacking(row: dict[str, Any], names: list[str]) -> str:
    lacking = [wording.in_words(name) for name in names if row[name]]
    return f"{wording.listed(lacking)} missing" if lacking else "nothing missing"


def _upset(drawn: pl.DataFrame, names: list[str], unit: str) -> alt.LayerChart:
    """One view with two horizontal scales, so that it is as wide as its page: dots to the left, bars to the right."""
    words = {name: wording.in_words(name) for name in names}
    left = 34 * len(names)
    dots = drawn.unpivot(names, index="at", variable_name="attribute", value_name="lacks").with_columns(
        pl.col("attribute").replace_strict(words, return_dtype=pl.String)
    )
    counted = drawn.with_columns(
        words=pl.Series(
            [
                f"{wording.number(row['n'])} ({wording.percent(row['fraction'])})"
                if row["n"] is not None
                else wording.NOT_SHOWN
                for row in drawn.iter_rows(named=True)
            ],
            dtype=pl.String,
        ),
        complete=~pl.any_horizontal(names),
    )
    y = alt.Y("at:O", axis=None)
    columns = alt.X(
        "attribute:N",
        sort=list(words.values()),
        title=None,
        scale=alt.Scale(domain=list(words.values()), range=[0, left]),
        axis=alt.Axis(orient="top", labelAngle=-40, domain=False, ticks=False),
    )
    most = drawn["n"].max() or 1
    scale = alt.Scale(rangeMin=left + 16, domain=[0, 1.45 * most], nice=False)  # room for the numbers
    length = alt.X("n:Q", title=unit, scale=scale, axis=alt.Axis(format="~s", tickCount=4))
    matrix = alt.Chart(dots).encode(x=columns, y=y)
    color = alt.condition("datum.lacks", alt.value(INK), alt.value("#e3e7eb"))
    points = matrix.mark_point(filled=True, size=110, opacity=1).encode(color=color, tooltip=["attribute:N", "lacks:N"])
    bars = alt.Chart(counted).mark_bar(height={"band": 0.62}).encode(
        x=length, y=y, color=alt.condition("datum.complete", alt.value(BLUE), alt.value(GRAY)), tooltip=["words:N"]
    )  # fmt: skip
    labels = alt.Chart(counted).mark_text(align="left", dx=5, fontSize=11.5).encode(x=length, y=y, text="words:N")
    hatched = alt.Chart(counted.filter(pl.col("n").is_null())).mark_bar(fill=marks.HATCH, stroke=GRAY, height=14)
    hidden = hatched.encode(x=alt.value(left + 16), x2=alt.value(left + 62), y=y)
    both = marks.layered(points, hidden, alt.LayerChart(layer=[bars, labels]), height=alt.Step(26))
    return both.resolve_scale(x="independent")

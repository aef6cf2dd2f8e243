"""Who is where two attributes meet, and which attributes are missing together."""

import itertools
from typing import Any

import altair as alt
import polars as pl

from workbench.assessment.census import Census
from workbench.assessment.missingness import Missingness
from workbench.assessment.wording import some_of
from workbench.errors import listed
from workbench.presentation.charts import marks, rows, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, INK
from workbench.vocabulary.demographics import AGE_DECADES, AGE_GROUPS, ETHNICITY, MISSING, RACE, SEX

_MOST_COMBINATIONS = 12
_CONFLICTING = SEX[3]
#: Categories that are drawn even where nobody is in them: their absence is a finding.
_EXPECTED = {
    "sex": SEX[:2],
    "race": [name for name in RACE if name not in MISSING],
    "ethnicity": [name for name in ETHNICITY if name not in MISSING],
    "age_group": list(AGE_GROUPS),
    "age_decade": list(AGE_DECADES),
}


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
    flawed = pl.any_horizontal(pl.col(name) == _CONFLICTING for name in counted.by)
    known = table.filter(~pl.col("lacks"), ~flawed)
    empty = known.filter(pl.col(count) == 0)
    by = listed(wording.in_words(name) for name in counted.by)
    title = f"nobody is in {empty.height} of {known.height} combinations of {by}"
    if not empty.height:
        title = f"somebody is in each of the {known.height} combinations of {by}"
    if known.drop_nulls(count).height and known[count].max():
        top = known.filter(pl.col(count) == pl.col(count).max())
        cells = some_of([", ".join(map(str, cell)) for cell in top.select(counted.by).rows()])
        verb, each = ("is", "") if top.height == 1 else ("are", " each")
        largest = f"largest {'shown' if table[count].null_count() else 'combination'}{'s' * (top.height > 1)}"
        title = f"{cells} {verb} the {largest} ({wording.percent(top['fraction'][0])}{each}); {title}"
    hidden = int(table[count].null_count())
    words = "; ".join(_cell_words(row, counted) for row in table.iter_rows(named=True) if row[count] != 0)
    nobody = "; ".join(", ".join(str(row[name]) for name in counted.by) for row in empty.iter_rows(named=True))
    return Figure(
        f"intersections_{'_'.join(counted.by)}",
        title,
        f"{wording.all_of(counted)}, by {by}; shares are of all of them",
        f"{words}." + (f" Nobody: {nobody}." if nobody else ""),
        wording.below(
            counted,
            "Outlined cells with 0: nobody." if empty.height else "",
            "Conflicting is a flaw of the data and no group, so it is not among the combinations in the title."
            if table.height > known.height + table["lacks"].sum()
            else "",
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
    asked = listed(wording.in_words(name) for name in names)
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
        wording.below(
            None,
            "A filled dot: the attribute is missing, for whatever reason. Each patient counts in one row.",
            f"{rest} rarer combinations are in the table only." if rest else "",
            wording.HATCHED if drawn[count].null_count() else "",
            counted.stamp,
        ),
        _upset(drawn.rename({count: "n"}), names, counted.unit),
        table,
    )


def _every_cell(counted: Census) -> pl.DataFrame:
    """The counted cells and, at zero, those that nobody has, of the categories that one would expect to see."""
    count = f"n_{counted.unit}"
    held = counted.table.filter(pl.col(count).is_null() | (pl.col(count) > 0))
    axes = []
    for name in counted.by:
        every = getattr(counted.table.schema[name], "categories", counted.table[name].unique())
        seen = {*held[name].cast(pl.String), *_EXPECTED.get(name, ())}
        axes.append([each for each in every if each in seen])
    grid = pl.DataFrame(list(itertools.product(*axes)), schema=dict.fromkeys(counted.by, pl.String), orient="row")
    numbers = [count, "fraction", "fraction_low", "fraction_high"]
    cells = held.select(pl.col(counted.by).cast(pl.String), *numbers, held=True)
    every_cell = grid.join(cells, on=counted.by, how="left", maintain_order="left").with_columns(
        pl.when("held").then(name).otherwise(0).alias(name) for name in (count, "fraction")
    )
    lacks = pl.any_horizontal(marks.is_missing(name) for name in counted.by)
    return every_cell.with_columns(lacks=lacks).drop("held")


def _cell_words(row: dict[str, Any], counted: Census) -> str:
    cell = ", ".join(str(row[name]) for name in counted.by)
    n = row[f"n_{counted.unit}"]
    return f"{cell}: {wording.NOT_SHOWN}" if n is None else f"{cell}: {n:,} ({wording.percent(row['fraction'])})"


def _heat_map(table: pl.DataFrame, counted: Census) -> alt.LayerChart:
    count = f"n_{counted.unit}"
    *block, down, across = _roles(table, counted.by)
    columns, lines = (table[name].unique(maintain_order=True).to_list() for name in (across, down))
    groups = table[block[0]].unique(maintain_order=True).to_list() if block else []
    blocks = rows.under_headings(dict.fromkeys(groups, lines))
    y = blocks.y if groups else alt.Y("row:N", sort=lines, title=None, axis=rows.row_axis(lines))
    top = marks.largest(table.filter(~pl.col("lacks")), "fraction")
    drawn = table.with_columns(
        row=marks.said(table, lambda row: rows.row_key(row[block[0]], row[down]) if block else row[down]),
        heat=(pl.col("fraction") / top).clip(0, 1),
        words=marks.said(table, lambda row: "" if row[count] is None else f"{row[count]:,}"),
        share=marks.said(table, lambda row: wording.percent(row["fraction"]) if row[count] else ""),
    )
    x = alt.X(f"{across}:N", sort=columns, title=None, axis=_column_axis(columns), scale=alt.Scale(domain=columns))
    tip = [f"{name}:N" for name in (*counted.by, "words", "share")]
    base = alt.Chart(drawn).encode(x=x, y=y, tooltip=tip)
    held = base.transform_filter(f"datum.{count} > 0").mark_rect(stroke="#ffffff")
    cells, gray = (
        held.transform_filter(test).encode(
            color=alt.Color("heat:Q", scale=alt.Scale(domain=[0, 1], range=ends), legend=None)
        )
        for test, ends in (("!datum.lacks", ["#eaf2fa", BLUE]), ("datum.lacks", ["#eceef0", GRAY]))
    )
    nobody = base.transform_filter(f"datum.{count} === 0").mark_rect(fill="#ffffff", stroke=GRAY, strokeDash=[3, 3])
    hidden = base.transform_filter(f"!isValid(datum.{count})").mark_rect(fill=marks.HATCH, stroke="#ffffff")
    empty = alt.when(f"datum.{count} === 0").then(alt.value(marks.SOFT))
    ink = empty.when("datum.heat > 0.5 && !datum.lacks").then(alt.value("#fdfdfe")).otherwise(alt.value("#1d2c3a"))
    n = base.mark_text(fontSize=12, dy={"expr": f"datum.{count} > 0 ? -6 : 0"}).encode(
        text=alt.Text("words:N"), color=ink
    )
    share = base.mark_text(fontSize=10.5, dy=8).encode(text=alt.Text("share:N"), color=ink)
    drawings = [nobody, cells, gray, hidden, n, share, *([blocks.headings] if groups else [])]
    heat = marks.layered(*drawings, height=rows.row_height(lines, 34))
    independent: alt.LayerChart = heat.resolve_scale(color="independent")
    return independent


def _roles(table: pl.DataFrame, by: tuple[str, ...]) -> list[str]:
    """The last of three makes the blocks; of two, the one with more categories goes down."""
    return [*by[2:], *sorted(by[:2], key=lambda name: -table[name].n_unique())]


def _column_axis(columns: list[str]) -> alt.Axis:
    width = max(8, 80 // max(len(columns), 1))
    most = max((len(rows.wrapped(name, width)) for name in columns), default=1)
    return rows.row_axis(
        columns, width=width, orient="top", labelAngle=0, labelBaseline="top", labelPadding=13 * most, ticks=False
    )


def _lacking(row: dict[str, Any], names: list[str]) -> str:
    lacking = [wording.in_words(name) for name in names if row[name]]
    return f"{listed(lacking)} missing" if lacking else "nothing missing"


def _upset(drawn: pl.DataFrame, names: list[str], unit: str) -> alt.LayerChart:
    """One view with two horizontal scales, so that it is as wide as its page: dots to the left, bars to the right."""
    words = {name: wording.in_words(name) for name in names}
    left = 34 * len(names)
    dots = drawn.unpivot(names, index="at", variable_name="attribute", value_name="lacks").with_columns(
        pl.col("attribute").replace_strict(words, return_dtype=pl.String)
    )
    counted = drawn.with_columns(
        words=marks.said(
            drawn,
            lambda row: (
                wording.NOT_SHOWN
                if row["n"] is None
                else f"{wording.number(row['n'])} ({wording.percent(row['fraction'])})"
            ),
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
    most = marks.largest(drawn, "n")
    scale = alt.Scale(rangeMin=left + 16, domain=[0, 1.45 * most], nice=False)  # room for the numbers
    length = alt.X("n:Q", title=unit, scale=scale, axis=marks.count_axis(tickCount=4))
    matrix = alt.Chart(dots).encode(x=columns, y=y)
    color = alt.condition("datum.lacks", alt.value(INK), alt.value("#e3e7eb"))
    points = matrix.mark_point(filled=True, size=110, opacity=1).encode(
        color=color, tooltip=[alt.Tooltip("attribute:N"), alt.Tooltip("lacks:N")]
    )
    bars = alt.Chart(counted).mark_bar(height={"band": 0.62}).encode(
        x=length, y=y, tooltip=[alt.Tooltip("words:N")],
        color=alt.condition("datum.complete", alt.value(BLUE), alt.value(GRAY)),
    )  # fmt: skip
    labels = (
        alt.Chart(counted)
        .mark_text(align="left", dx=5, fontSize=11.5)
        .encode(x=alt.X("n:Q"), y=y, text=alt.Text("words:N"))
    )
    hatched = alt.Chart(counted.filter(pl.col("n").is_null())).mark_bar(fill=marks.HATCH, stroke=GRAY, height=14)
    hidden = hatched.encode(x=alt.value(left + 16), x2=alt.value(left + 62), y=y)
    both = marks.layered(points, hidden, alt.LayerChart(layer=[bars, labels]), height=alt.Step(26))
    independent: alt.LayerChart = both.resolve_scale(x="independent")
    return independent

"""Who is represented? Censuses of one or two attributes, with intervals and the missing drawn."""

import altair as alt
import polars as pl

from workbench.assessment.census import Census
from workbench.errors import listed
from workbench.presentation.charts import marks, reader_words, rows, wording
from workbench.presentation.figure import Figure
from workbench.presentation.theme import BLUE, GRAY, GREEN, INK, ORANGE, PURPLE
from workbench.vocabulary.demographics import MISSING

_SERIES_COLORS = (BLUE, ORANGE, GREEN, PURPLE)
_SEX_COLORS = {"Female": ORANGE, "Male": BLUE}
_MOST_ROWS = 25
_BY_SIZE = ("modality", "body_region", "manufacturer", "state", "country")  # without an order of their own
_BANDED = "age"  # attributes whose groups follow each other begin with it


def census(counted: Census) -> Figure:
    """Return a census as bars: one attribute with intervals, or two with the second as color.

    Parameters
    ----------
    counted : Census
        By one or two attributes.

    Returns
    -------
    Figure
        Missing categories are drawn last, and never dropped.

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
    count = pl.col(f"n_{counted.unit}")
    shown = counted.table.filter(count.is_null() | (count > 0) | _between(counted))
    if counted.by[0] in _BY_SIZE and len(counted.by) == 1:
        shown = _by_size(shown, counted.by[0], f"n_{counted.unit}")
    chart = _two_way(counted, shown) if len(counted.by) > 1 else _one_way(counted, shown)
    words = listed(wording.in_words(name) for name in counted.by)
    rest = shown.height - _MOST_ROWS if len(counted.by) == 1 else 0
    return Figure(
        f"census_{'_'.join(counted.by)}",
        counted.sentence.rstrip("."),
        f"{wording.all_of(counted)}, by {words}",
        _in_words(counted, shown),
        wording.below(
            counted,
            wording.WILSON if len(counted.by) == 1 else "",
            _missing_words(counted, shown),
            wording.HATCHED if shown[f"n_{counted.unit}"].null_count() else "",
            f"Of the {counted.unit}, one may count in several rows." if counted.overlapping else "",
            reader_words.modality_names(shown["modality"].cast(pl.String)) if counted.by == ("modality",) else "",
            f"{rest:,} smaller categories are in the table only." if rest > 0 else "",
        ),
        chart,
        shown,
    )


def _one_way(counted: Census, shown: pl.DataFrame) -> alt.LayerChart:
    attribute, count = counted.by[0], f"n_{counted.unit}"
    named = _largest(shown, attribute, count).with_columns(known=~marks.is_missing(attribute))
    words = marks.said(
        named,
        lambda row: wording.NOT_SHOWN if row[count] is None else f"{row[count]:,} ({wording.percent(row['fraction'])})",
    )
    named = named.with_columns(pl.col(attribute).cast(pl.String), words=words)
    names = named[attribute].to_list()
    base = alt.Chart(named).encode(y=alt.Y(f"{attribute}:N", sort=names, title=None, axis=rows.row_axis(names)))
    # the numbers stand at the end of the bars and need room there
    reach = 1.5 * marks.largest(named, "fraction_high")
    x = alt.X(
        "fraction:Q",
        title=f"share of {counted.unit}",
        axis=alt.Axis(format="%", tickCount=6),
        scale=alt.Scale(domain=[0, reach], nice=False),
    )
    tooltip = [f"{attribute}:N", "words:N"]
    color = alt.Color("known:N", legend=None, scale=alt.Scale(domain=[True, False], range=[BLUE, GRAY]))
    bars = base.mark_bar(opacity=0.85).encode(x=x, color=color, tooltip=tooltip)
    lines = base.mark_rule(color=INK).encode(x=alt.X("fraction_low:Q"), x2=alt.X2("fraction_high:Q"))
    label = base.transform_filter("isValid(datum.fraction)").mark_text(align="left", dx=6, fontSize=11.5)
    hidden = base.transform_filter("!isValid(datum.fraction)")
    hatched = hidden.mark_bar(fill=marks.HATCH, stroke=GRAY).encode(x=alt.value(0), x2=alt.value(46))
    note = hidden.mark_text(align="left", fontSize=11.5, color="#5d6873").encode(
        x=alt.value(53), text=alt.Text("words:N")
    )
    label = label.encode(x=alt.X("fraction_high:Q"), text=alt.Text("words:N"))
    return marks.layered(bars, lines, label, hatched, note, height=rows.row_height(names, 26))


def _by_size(shown: pl.DataFrame, attribute: str, count: str) -> pl.DataFrame:
    """Groups by the number that is shown of them, the hidden ones after them in their order, the missing last."""
    lacks = marks.is_missing(attribute)
    return shown.sort(
        lacks, pl.when(~lacks).then(count), descending=[False, True], nulls_last=True, maintain_order=True
    )


def _between(counted: Census) -> pl.Expr:
    """Whether a row is an age band of nobody between two of somebody, whose absence would look like the next band."""
    attribute, count = counted.by[0], pl.col(f"n_{counted.unit}")
    if len(counted.by) > 1 or not attribute.startswith(_BANDED):
        return pl.lit(value=False)
    known, band = ~marks.is_missing(attribute), pl.col(attribute).to_physical()
    held = band.filter(known & (count.is_null() | (count > 0)))
    return (known & band.is_between(held.min(), held.max())).fill_null(value=False)


def _in_order(column: pl.Series) -> list[str]:
    """The values that are there in their order, and the age bands of nobody between two of somebody."""
    held = column.drop_nulls().unique().sort().cast(pl.String).to_list()
    known = [name for name in held if name not in MISSING]
    if not known or not column.name.startswith(_BANDED) or not isinstance(column.dtype, pl.Enum):
        return held
    bands = column.dtype.categories.to_list()
    return [*bands[bands.index(known[0]) : bands.index(known[-1]) + 1], *(name for name in held if name in MISSING)]


def _missing_words(counted: Census, shown: pl.DataFrame) -> str:
    """How what is missing is drawn: of two attributes only the one that colors can have it in gray."""
    if len(counted.by) == 1:
        return "Missing values are drawn in gray, never dropped."
    color, attribute = sorted(counted.by, key=lambda name: shown[name].n_unique())
    names = wording.in_words(attribute), wording.in_words(color)
    return f"Missing values are never dropped: {names[0]} has a row for them, {names[1]} has gray."


def _largest(shown: pl.DataFrame, attribute: str, count: str) -> pl.DataFrame:
    """The categories to draw, in their order: those of most patients, and the missing ones."""
    if shown.height <= _MOST_ROWS:
        return shown
    ranked = shown.with_row_index("at").sort(
        ~marks.is_missing(attribute), -pl.col(count).fill_null(0), maintain_order=True
    )
    return ranked.head(_MOST_ROWS).sort("at").drop("at")


def _two_way(counted: Census, shown: pl.DataFrame) -> alt.LayerChart:
    count = f"n_{counted.unit}"
    color, attribute = sorted(counted.by, key=lambda name: shown[name].n_unique())
    groups = [name for name in shown[color].unique().sort().cast(pl.String) if name is not None]
    order = _in_order(shown[attribute])
    named = shown.with_columns(
        pl.col(color, attribute).cast(pl.String),
        rank=pl.col(color).cast(pl.String).replace_strict({g: i for i, g in enumerate(groups)}, return_dtype=pl.Int64),
    )
    known = [name for name in groups if name not in MISSING]
    own = [_SEX_COLORS.get(name, other) for name, other in zip(known, _spread(len(known)), strict=True)]
    palette = [*own, *([GRAY, "#c6ccd2", "#7d8791"][: len(groups) - len(known)])]
    scale = alt.Scale(domain=order)  # a band of nobody between two has a row as well
    y = alt.Y(f"{attribute}:N", sort=order, title=None, axis=rows.row_axis(order), scale=scale)
    bars = (
        alt.Chart(named)
        .mark_bar(stroke="#ffffff", strokeWidth=0.8)
        .encode(
            x=alt.X(f"{count}:Q", title=counted.unit, stack=True, axis=marks.count_axis(tickCount=6)),
            y=y,
            color=alt.Color(f"{color}:N", sort=groups, title=None, scale=alt.Scale(domain=groups, range=palette)),
            order=alt.Order("rank:Q"),
            tooltip=[alt.Tooltip(f"{attribute}:N"), alt.Tooltip(f"{color}:N"), alt.Tooltip(f"{count}:Q", format=",")],
        )
    )
    ends = named.group_by(attribute, maintain_order=True).agg(
        end=pl.col(count).sum(),
        words=pl.when(pl.col(count).null_count() > 0).then(pl.format("▨ {} hidden", pl.col(count).null_count())),
    )
    notes = alt.Chart(ends.drop_nulls("words")).mark_text(align="left", dx=6, fontSize=11, color="#5d6873")
    return marks.layered(
        bars, notes.encode(x=alt.X("end:Q"), y=y, text=alt.Text("words:N")), height=rows.row_height(order, 24)
    )


def _in_words(counted: Census, shown: pl.DataFrame) -> str:
    count = f"n_{counted.unit}"
    cells = [
        f"{', '.join(str(row[name]) for name in counted.by)}: {wording.number(row[count])}"
        + (f" ({wording.percent(row['fraction'])})" if row[count] is not None else "")
        for row in shown.head(30).iter_rows(named=True)
    ]
    return f"{counted.sentence} {'; '.join(cells)}." if cells else counted.sentence


def _spread(n: int) -> list[str]:
    return [_SERIES_COLORS[i % len(_SERIES_COLORS)] for i in range(n)]

"""Rows of a chart: ordered by their vocabulary, long names wrapped, groups of rows under a heading."""

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from workbench.vocabulary.demographics import (
    AGE_DECADES,
    AGE_GROUPS,
    COVID_STATUS,
    ETHNICITY,
    MISSING,
    RACE,
    RACE_ETHNICITY,
    SEX,
)

#: Fits a phone: the page gives longer labels a chart that scrolls sideways.
_WRAP = 18
_LABEL_PX = 130
_LINE_PX = 14


def in_order(categories: Iterable[str]) -> list[str]:
    """Return categories in the order of their vocabulary: ages ascend, what is missing comes last.

    Parameters
    ----------
    categories : iterable of str
        Of one attribute; those that no vocabulary knows keep their order, before the missing.

    Returns
    -------
    list of str
        Each once.

    Examples
    --------
    >>> in_order(["Unknown", "65+", "Male", "18–64", "Female"])
    ['18–64', '65+', 'Female', 'Male', 'Unknown']
    """
    given = list(dict.fromkeys(categories))
    words = (*AGE_GROUPS, *AGE_DECADES, *SEX, *RACE, *ETHNICITY, *RACE_ETHNICITY, *COVID_STATUS)
    known = {word: rank for rank, word in reversed(list(enumerate(words)))}

    def rank(place: tuple[int, str]) -> tuple[int, float]:
        at, word = place
        if word in MISSING:
            return 2, MISSING.index(word)
        if word[:1].isdigit():
            return 0, float("".join(c if c.isdigit() else " " for c in word).split()[0])
        return 1, known.get(word, len(words) + at)

    return [word for _, word in sorted(enumerate(given), key=rank)]


def wrapped(name: str, width: int = _WRAP) -> list[str]:
    """Return a name in lines that fit beside a chart.

    Parameters
    ----------
    name : str
        Any text.
    width : int
        Characters of a line.

    Returns
    -------
    list of str
        At least one line.
    """
    return textwrap.wrap(name, width) or [name]


def row_axis(
    names: Sequence[str], *, shown: Mapping[str, str] | None = None, width: int = _WRAP, **options: Any
) -> alt.Axis:
    """Return the axis of a chart's rows, with long names in several lines.

    Parameters
    ----------
    names : sequence of str
        The values on the axis.
    shown : mapping of str to str, optional
        What is written for a value instead of the value itself.
    width : int
        Characters of a line.
    **options
        Of ``altair.Axis``.

    Returns
    -------
    altair.Axis
        Its names take at most 130 pixels.
    """
    lines = {name: wrapped((shown or {}).get(name, name), width) for name in names}
    changed = {name: text if len(text) > 1 else text[0] for name, text in lines.items() if text != [name]}
    known = json.dumps(changed, ensure_ascii=False)
    expression = f"isDefined({known}[datum.value]) ? {known}[datum.value] : datum.label" if changed else "datum.label"
    several = json.dumps([name for name, text in lines.items() if len(text) > 1], ensure_ascii=False)
    # Vega hangs further lines below the first, so the first of several stands above the middle of its row.
    baseline = {"condition": {"test": f"indexof({several}, datum.value) >= 0", "value": "bottom"}, "value": "middle"}
    settings: dict[str, Any] = {
        "labelBaseline": baseline,
        "labelExpr": expression,
        "labelLimit": _LABEL_PX,
        "labelFontSize": 11.5,
        "labelLineHeight": 13,
    }
    return alt.Axis(**{**settings, **options})


def row_height(names: Iterable[str], least: int) -> alt.Step:
    """Return the height of each row, enough for the longest name.

    Parameters
    ----------
    names : iterable of str
        What is written beside the rows.
    least : int
        Pixels of a row whose name takes one line.

    Returns
    -------
    altair.Step
        Pixels.
    """
    most = max((len(wrapped(name)) for name in names), default=1)
    return alt.Step(max(least, most * _LINE_PX + 4))


@dataclass(frozen=True)
class Blocks:
    """Groups of rows in one chart, each under its heading.

    Attributes
    ----------
    order : list of str
        The values of the rows from the top, a heading before its rows; `row_key` makes them.
    axis : altair.Axis
        Names the rows, not the headings.
    headings : altair.Chart
        A layer of the headings in bold, which may run across the chart.
    """

    order: list[str]
    axis: alt.Axis
    headings: alt.Chart

    @property
    def y(self) -> alt.Y:
        """The channel of the rows; the column is called ``row``."""
        return alt.Y("row:N", sort=self.order, title=None, axis=self.axis, scale=alt.Scale(domain=self.order))


def under_headings(blocks: Mapping[str, Sequence[str]]) -> Blocks:
    """Return the rows of several groups in one chart, each group under its heading.

    One view is as wide as its page, which facets are not.

    Parameters
    ----------
    blocks : mapping of str to sequence of str
        Heading to its rows.

    Returns
    -------
    Blocks
        What the chart needs.
    """
    shown = {row_key(heading): "" for heading in blocks}
    order = []
    for heading, names in blocks.items():
        order += [row_key(heading), *(row_key(heading, name) for name in names)]
        shown |= {row_key(heading, name): name for name in names}
    table = pl.DataFrame({"row": [row_key(heading) for heading in blocks], "heading": list(blocks)})
    axis = row_axis(order, shown=shown, ticks=False)
    y = alt.Y("row:N", sort=order, title=None, axis=axis, scale=alt.Scale(domain=order))
    text = alt.Chart(table).mark_text(align="left", fontWeight="bold", limit={"expr": "width"}, baseline="middle")
    return Blocks(order, axis, text.encode(y=y, x=alt.value(2), text=alt.Text("heading:N")))


def row_key(heading: str, row: str = "") -> str:
    """Return the value that stands for a row under a heading.

    Parameters
    ----------
    heading, row : str
        As in `under_headings`; without a row, the heading itself.

    Returns
    -------
    str
        Unique in the chart.
    """
    return f"{heading}: {row}"

"""A figure: a chart with its finding as title, its source, words for those who cannot see it, and its table twin."""

import html
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from workbench.markup import html_table
from workbench.presentation.saving import Savable, SavablePicture
from workbench.presentation.theme import NOTE_CHARACTERS, TITLE_CHARACTERS, in_lines, theme

_COUNTS = re.compile(r"n|(n )?(patients|studies|series)|n total")  # heads of columns of counts


@dataclass(frozen=True, eq=False, repr=False)
class Figure(SavablePicture):
    """What every chart function returns; it draws itself in JupyterLab, Voila and exported HTML, offline.

    Attributes
    ----------
    key : str
        Short name, for file names and pages.
    title : str
        The finding.
    subtitle : str
        Population, release and n.
    description : str
        The chart in words.
    footnote : str
        Source, and what was left out.
    chart : altair.TopLevelMixin
        The chart without its title; change it freely.
    table : polars.DataFrame
        The numbers that are drawn.
    """

    key: str
    title: str
    subtitle: str
    description: str
    footnote: str
    chart: Any
    table: pl.DataFrame

    def spec(self, *, titled: bool = False, width: int | str = 640, checked: bool = True) -> dict[str, Any]:
        """Return the finished Vega-Lite specification.

        Parameters
        ----------
        titled : bool
            Whether title and subtitle are part of the picture.
        width : int or str
            Pixels, or ``"container"``.
        checked : bool
            Whether Altair compares it with the schema of Vega-Lite, which takes longer than making it.

        Returns
        -------
        dict
            Holds its data; nothing is fetched.
        """
        chart = self.chart.properties(width=width)
        if titled:
            import altair as alt

            title = in_lines(self.title, TITLE_CHARACTERS)
            below = [line for text in (self.subtitle, self.footnote) for line in in_lines(text, NOTE_CHARACTERS)]
            heading = alt.TitleParams(title if len(title) > 1 else self.title, subtitle=below)
            chart = chart.properties(title=heading)
        spec: dict[str, Any] = chart.to_dict(validate=checked)
        spec["config"] = theme()
        spec.pop("usermeta", None)
        return spec

    @cached_property
    def svg(self) -> str:
        """The chart without title as SVG text."""
        import vl_convert

        return str(vl_convert.vegalite_to_svg(self.spec()))

    def png(self, *, scale: float = 2.0) -> bytes:
        """Return the chart with its title as PNG.

        Parameters
        ----------
        scale : float
            Pixels per point.

        Returns
        -------
        bytes
            A PNG file on white.
        """
        import vl_convert

        spec = self.spec(titled=True)
        spec["config"]["background"] = "#ffffff"
        spec["padding"] = 16
        return bytes(vl_convert.vegalite_to_png(spec, scale=scale))

    def interactive(self) -> Any:
        """Return the chart as a live widget with tooltips, drawn from the local Vega bundle.

        Returns
        -------
        altair.JupyterChart
            Needs a running kernel; `Figure` itself needs none.
        """
        import altair as alt

        alt.JupyterChart.enable_offline(True)
        return alt.JupyterChart(alt.Chart.from_dict(self.spec(titled=True)))

    def _titled_svg(self) -> str:
        import vl_convert

        return str(vl_convert.vegalite_to_svg(self.spec(titled=True)))

    def page_entry(self) -> dict[str, Any]:
        """Return the figure as an entry of a public page's aggregates file.

        Returns
        -------
        dict
            Texts, specification and table, ready for JSON.
        """
        return {
            "id": self.key,
            "title": self.title,
            "subtitle": self.subtitle,
            "description": self.description,
            "footnote": self.footnote,
            "spec": self.spec(width="container", checked=False),
            "table": {"columns": _headers(self.table), "rows": [list(row) for row in _plain(self.table).iter_rows()]},
        }

    def _repr_html_(self) -> str:
        words = html.escape(self.description, quote=True)
        return _figure_html(self, f'<div role="img" aria-label="{words}" style="{_GROUND}">{self.svg}</div>')

    def __repr__(self) -> str:
        return f"{self.title}\n{self.subtitle}\n{self.description}"


@dataclass(frozen=True, eq=False, repr=False)
class Drawing(SavablePicture):
    """A figure drawn by hand as SVG where no chart grammar fits, such as a flow diagram; shown as a `Figure` is.

    Attributes
    ----------
    key : str
        Short name, for file names and pages.
    title : str
        The finding.
    subtitle : str
        Population, release and n.
    description : str
        The drawing in words.
    footnote : str
        Source, and what was left out.
    svg : str
        The drawing without its title; says in words what it shows, and fetches nothing.
    table : polars.DataFrame
        The numbers that are drawn.
    """

    key: str
    title: str
    subtitle: str
    description: str
    footnote: str
    svg: str
    table: pl.DataFrame

    def png(self, *, scale: float = 2.0) -> bytes:
        """Return the drawing as PNG.

        Parameters
        ----------
        scale : float
            Pixels per point.

        Returns
        -------
        bytes
            A PNG file on white.
        """
        import vl_convert

        return bytes(vl_convert.svg_to_png(self.svg, scale=scale))

    def _titled_svg(self) -> str:
        return self.svg

    def _repr_html_(self) -> str:
        return _figure_html(self, f'<div style="{_GROUND}">{self.svg}</div>')

    def __repr__(self) -> str:
        return f"{self.title}\n{self.subtitle}\n{self.description}"


@dataclass(frozen=True, eq=False, repr=False)
class Table(Savable):
    """A frame shown as a plain table, with names in words; as text it is the frame itself.

    Attributes
    ----------
    frame : polars.DataFrame
        What is shown, every row of it.
    title : str
        Says what a row is.
    """

    frame: pl.DataFrame
    title: str = ""

    def _rows(self) -> pl.DataFrame:
        return self.frame

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(self.title)}</strong></p>{_html_table(self.frame)}"

    def __repr__(self) -> str:
        return f"{self.title}\n{self.frame}"


@dataclass(frozen=True, eq=False, repr=False)
class HtmlTable(Savable):
    """A table set for print, as finished HTML that fetches nothing.

    Attributes
    ----------
    title : str
        Stands above it.
    html : str
        The table with its style, its title and its notes.
    table : polars.DataFrame
        What is shown, as strings.
    """

    title: str
    html: str
    table: pl.DataFrame

    def _rows(self) -> pl.DataFrame:
        return self.table

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"{self.title}\n{self.table}"


_SOFT = "opacity:.8"  # quieter than the text around it, on a light ground and on a dark one
_GROUND = "background:#fff;overflow-x:auto"


def _figure_html(figure: Figure | Drawing, picture: str) -> str:
    return (
        f'<figure style="margin:0 0 1.5em"><h4 style="margin:0 0 .2em;line-height:1.3">{html.escape(figure.title)}</h4>'
        f'<p style="margin:0 0 .6em;{_SOFT}">{html.escape(figure.subtitle)}</p>{picture}'
        f'<figcaption style="{_SOFT};font-size:85%">{html.escape(figure.footnote)}</figcaption>'
        f"<details><summary>In words and as a table</summary><p>{html.escape(figure.description)}</p>"
        f"{_html_table(figure.table)}</details></figure>"
    )


def _headers(table: pl.DataFrame) -> list[str]:
    return [name.replace("_", " ") for name in table.columns]


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    strings = [name for name, dtype in table.schema.items() if dtype in (pl.Enum, pl.Categorical)]
    return table.with_columns(pl.col(strings).cast(pl.String), pl.selectors.date().dt.to_string())


def _html_table(table: pl.DataFrame) -> str:
    plain, heads = _plain(table), _headers(table)
    numbers = [head for head, dtype in zip(heads, plain.dtypes, strict=True) if dtype != pl.String]
    rows = ([_shown(value, head) for value, head in zip(row, heads, strict=True)] for row in plain.iter_rows())
    return html_table(heads, rows, numbers=numbers)


def _shown(value: object, head: str) -> str:
    if value is None:  # a count that is null is one that may not be told
        return "hidden" if _COUNTS.fullmatch(head) else "–"
    if isinstance(value, float):
        whole = value.is_integer() or abs(value) >= 1000
        digits = 0 if whole else 3 if abs(value) >= 0.01 else 4
        return f"{value:,.{digits}f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

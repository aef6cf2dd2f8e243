"""Table 1 as a page of a journal prints it."""

import html as markup
import re
import zlib
from typing import Any

import polars as pl

from workbench.assessment.table_one import TableOne
from workbench.presentation.figure import HtmlTable
from workbench.presentation.theme import FONT, INK

_FIRST = "characteristic"
_QUIET = "#4d5a66"
_RULE = "#5b6670"
# great_tables scopes only the first name of a rule to its table; the rest would restyle every table of the page.
_LEAKS = re.compile(r"^\s*(?:#[\w-]+ )?((?:thead, tbody, tfoot, )?tr(?:, td, th)?) \{", re.MULTILINE)


def table_one(counted: TableOne, *, title: str | None = None) -> HtmlTable:
    """Return a Table 1 ready for a report: one block an attribute, groups side by side, notes below.

    Parameters
    ----------
    counted : TableOne
        What ``cohort.table_one(by=…)`` or `workbench.assessment.table_one.count_table_one` gives.
    title : str, optional
        Stands above the table; by default the table's own sentence.

    Returns
    -------
    HtmlTable
        Draws itself in JupyterLab, Voila and exported pages, with no script and nothing fetched; ``.html`` is the text.

    Examples
    --------
    >>> from workbench.assessment.table_one import count_table_one
    >>> patients = pl.DataFrame({"sex": ["Male", "Female"]})
    >>> table_one(count_table_one(patients, attributes=["sex"])).title
    '2 patients.'
    """
    shown = _set_for_print(counted.display)
    heading = title or counted.sentence
    return HtmlTable(heading, _html(shown, heading, counted.notes), shown.drop("is_head"))


def _set_for_print(display: pl.DataFrame) -> pl.DataFrame:
    """One line for a number, a heading line above the levels of a category; `is_head` marks the first of each."""
    rows: list[dict[str, Any]] = []
    groups = [name for name in display.columns if " (n = " in name]
    compared = [name for name in display.columns[2:] if name not in groups]
    attribute = None
    for row in display.iter_rows(named=True):
        counts = {name: row[name] for name in groups}
        if row["attribute"] != attribute:
            attribute = row["attribute"]
            is_number = row["level"] in ("median [IQR]", "mean (SD)")
            label = f"{attribute}, {row['level']}" if is_number else attribute
            beside = {name: row[name] for name in compared}
            rows.append({_FIRST: label, **(counts if is_number else {}), **beside, "is_head": True})
            if is_number:
                continue
        rows.append({_FIRST: row["level"], **counts, "is_head": False})
    schema = dict.fromkeys([_FIRST, *groups, *compared], pl.String) | {"is_head": pl.Boolean}
    return pl.DataFrame(rows, schema=schema)


def _html(shown: pl.DataFrame, title: str, notes: list[str]) -> str:
    from great_tables import GT, html, loc, style

    columns = [name for name in shown.columns if name not in (_FIRST, "is_head")]
    text = shown.drop("is_head").fill_null("")
    heads = shown["is_head"].arg_true().to_list()
    levels = (~shown["is_head"]).arg_true().to_list()
    name = f"table-one-{zlib.crc32((title + text.write_csv()).encode()):08x}"
    table = (
        GT(text, id=name)
        .tab_header(html(f"<strong>{markup.escape(title)}</strong>"))
        .cols_label({_FIRST: "", **{column: html(_header(column)) for column in columns}})
        .cols_align("center", columns)
        .cols_align("left", [_FIRST])
        .tab_style(style.text(weight="bold"), loc.body(columns=[_FIRST], rows=heads))
        .tab_style(style.css("padding-left:1.6em"), loc.body(columns=[_FIRST], rows=levels))
        .tab_style(
            style.borders(sides="top", color="#d9dee3", weight="1px"), loc.body(rows=[row for row in heads if row])
        )
        .tab_style(style.css("font-variant-numeric:tabular-nums;white-space:nowrap"), loc.body(columns=columns))
        .tab_options(**_OPTIONS)
    )
    quiet: list[str] = [column for column in columns if column in ("between", "test")]
    if quiet:
        small = style.css(f"font-size:85%;color:{_QUIET};white-space:normal")
        table = table.tab_style(small, loc.body(columns=quiet))
    for note in notes:
        table = table.tab_source_note(html(markup.escape(note)))
    return _LEAKS.sub(lambda rule: f"#{name} :is({rule[1]}) {{", table.as_raw_html())


_OPTIONS: dict[str, Any] = {
    "table_font_names": [font.strip() for font in FONT.split(",")],
    "table_font_size": "13px",
    "table_font_color": INK,
    "table_margin_left": "0px",
    "table_border_top_style": "none",
    "table_border_bottom_style": "none",
    "heading_align": "left",
    "heading_title_font_size": "15px",
    "heading_border_bottom_style": "none",
    "column_labels_border_top_color": _RULE,
    "column_labels_border_bottom_color": _RULE,
    "column_labels_border_bottom_width": "1px",
    "column_labels_font_weight": "bold",
    "table_body_hlines_style": "none",
    "table_body_border_top_color": _RULE,
    "table_body_border_top_width": "1px",
    "table_body_border_bottom_color": _RULE,
    "data_row_padding": "3px",
    "data_row_padding_horizontal": "10px",
    "source_notes_font_size": "11.5px",
    "source_notes_padding": "2px",
}


def _header(column: str) -> str:
    """Break a long name where it is joined, and set its size below it."""
    name, _, size = column.partition(" (n = ")
    words = markup.escape(name).replace("_", "_<wbr>")
    return f'{words}<br><span style="font-weight:normal">n = {size.removesuffix(")")}</span>' if size else words

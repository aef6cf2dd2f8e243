"""The table of modalities: a row a series, as read and as prepared, each with its picture and its units."""

import base64
import html
from typing import Any

import polars as pl

from workbench.imaging.images import Image
from workbench.imaging.modalities import ModalityTable
from workbench.presentation.figure import HtmlTable
from workbench.presentation.theme import FONT
from workbench.presentation.viewer.pictures import thumbnail

_SIDE = 96  # pixels of a picture's longest side
_CELL = "padding:.5em .9em .5em 0;text-align:left;vertical-align:middle;white-space:normal"
_SOFT = "opacity:.75;font-size:90%"


def modalities(passed: ModalityTable, *, title: str = "Every modality, from files to an array") -> HtmlTable:
    """Return a table with a picture of every series as it was read and as it was prepared.

    Parameters
    ----------
    passed : ModalityTable
        What `workbench.imaging.modalities.modality_table` returns.
    title : str
        Stands above the table.

    Returns
    -------
    HtmlTable
        Shows itself; ``table`` holds the same in words.
    """
    rows = list(passed.table.iter_rows(named=True))
    words = [{"modality": row["modality"], **_told(row)} for row in rows]
    body = "".join(
        _row(row, told, before, after)
        for row, told, before, after in zip(rows, words, passed.images, passed.prepared, strict=True)
    )
    note = (
        f"{passed.sentence} Pictures show the middle slice or frame, each in its own window. Times are those of the "
        "pipeline; what its first use compiles is not counted."
    )
    heads = "".join(
        f'<th style="{_CELL}">{name}</th>' for name in ("Modality", "As read", "", "Pipeline", "Prepared", "")
    )
    shown = (
        f'<div style="overflow-x:auto;font-family:{html.escape(FONT, quote=True)}">'
        f"<p><strong>{html.escape(title)}</strong></p>"
        f'<table style="border-collapse:collapse"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
        f'<p style="{_SOFT}">{html.escape(note)}</p></div>'
    )
    kinds = dict.fromkeys(
        ("modality", "files", "as_read", "units", "pipeline", "prepared", "prepared_units", "refused"), pl.String
    )
    return HtmlTable(title, shown, pl.DataFrame(words, schema=kinds))


def _told(row: dict[str, Any]) -> dict[str, str | None]:
    """Return a row in words."""
    files = f"{row['n_files']:,} {'file' if row['n_files'] == 1 else 'files'}"
    return {
        "files": _joined(files, "enhanced" if row["enhanced"] else None),
        "as_read": _joined(row["kind"], _times(row["shape"]), _times(row["spacing_mm"], " mm")),
        "units": row["units"],
        "pipeline": row["pipeline"],
        "prepared": _times(row["prepared_shape"]),
        "prepared_units": row["prepared_units"],
        "refused": row["refused"],
    }


def _row(row: dict[str, Any], told: dict[str, Any], before: Image | None, after: Image | None) -> str:
    name = row["modality"] or "no image"
    first = f"<strong>{html.escape(name)}</strong>{_lines(told['files'])}"
    if row["refused"] is not None:
        refused = f'<td style="{_CELL}" colspan="3">Refused: {html.escape(row["refused"])}</td>'
        cells = [first, _picture(before, name), f"{_text(told['as_read'])}{_lines(told['units'])}"]
        return f"<tr>{''.join(_cell(each) for each in cells)}{refused}</tr>"
    cells = [
        first,
        _picture(before, f"{name} as read"),
        f"{_text(told['as_read'])}{_lines(told['units'])}",
        f"{_text(told['pipeline'] or 'thumbnail')}{_lines(row['backend'], _duration(row['seconds']))}",
        _picture(after, f"{name} prepared"),
        f"{_text(told['prepared'])}{_lines(told['prepared_units'])}",
    ]
    return f"<tr>{''.join(_cell(each) for each in cells)}</tr>"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{1000 * seconds:.0f} ms" if seconds >= 0.0005 else "less than 1 ms"


def _cell(content: str) -> str:
    return f'<td style="{_CELL}">{content}</td>'


def _picture(image: Image | None, words: str) -> str:
    if image is None:
        return ""
    png = base64.b64encode(thumbnail(image, size=_SIDE)).decode()
    return f'<img alt="{html.escape(words, quote=True)}" src="data:image/png;base64,{png}" style="max-width:none">'


def _text(words: str | None) -> str:
    return html.escape(words or "")


def _lines(*words: str | None) -> str:
    return "".join(f'<br><span style="{_SOFT}">{html.escape(each)}</span>' for each in words if each)


def _joined(*words: str | None) -> str:
    return ", ".join(each for each in words if each)


def _times(values: list[float] | None, unit: str = "") -> str | None:
    return None if values is None else " × ".join(f"{value:.4g}" for value in values) + unit

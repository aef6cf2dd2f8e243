"""One look for every chart: type, grid and a palette that color-blind readers can tell apart."""

import textwrap
from typing import Any

#: Okabe & Ito's palette (jfly.uni-koeln.de/color), safe for the common color-vision deficiencies.
BLUE, ORANGE, GREEN, PURPLE = "#0b5fa5", "#d55e00", "#009e73", "#cc79a7"

#: What is not known is drawn, always in this gray.
GRAY = "#9aa3ad"

#: Ink for text on a light ground.
INK = "#24303b"

#: Lines of a picture's title and of what stands below it: about the width of a chart with its labels.
TITLE_CHARACTERS, NOTE_CHARACTERS = 76, 118

FONT = "DejaVu Sans, Segoe UI, Helvetica, Arial, sans-serif"


def theme() -> dict[str, Any]:
    """Return the Vega-Lite configuration that every chart carries.

    Returns
    -------
    dict
        The ``config`` of a Vega-Lite specification.
    """
    return {
        "font": FONT,
        "background": "transparent",
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK,
            "titleColor": INK,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": "#e3e7eb",
            "domainColor": "#9aa3ad",
            "tickColor": "#9aa3ad",
            "labelLimit": 260,
        },
        "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12, "orient": "top"},
        "title": {
            "anchor": "start",
            "color": INK,
            "fontSize": 16,
            "subtitleColor": "#4d5a66",
            "subtitleFontSize": 12,
            "offset": 12,
        },
        "bar": {"color": BLUE},
        "text": {"color": INK, "fontSize": 12},
    }


def in_lines(text: str, characters: int) -> list[str]:
    """Return a text in lines, broken between words and never between a number and its percent sign.

    Parameters
    ----------
    text : str
        A title, a subtitle or a footnote.
    characters : int
        Of a line.

    Returns
    -------
    list of str
        None longer, unless a word is.

    Examples
    --------
    >>> in_lines("a share of 12.5 % of all", 15)
    ['a share of', '12.5\xa0% of all']
    """
    return textwrap.wrap(text.replace(" %", "\u00a0%"), characters)

"""One look for every chart: type, grid and a palette that color-blind readers can tell apart."""

from typing import Any

#: Okabe & Ito's palette (jfly.uni-koeln.de/color), safe for the common color-vision deficiencies.
BLUE, ORANGE, GREEN, PURPLE = "#0b5fa5", "#d55e00", "#009e73", "#cc79a7"

#: What is not known is drawn, always in this gray.
GRAY = "#9aa3ad"

#: Ink for text on a light ground.
INK = "#24303b"

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

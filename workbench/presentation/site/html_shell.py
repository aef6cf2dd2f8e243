"""The HTML around a page without a kernel: no inline script, no handler, nothing from another host."""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: What a page may load, told to the browser by the page itself. Styles stand in attributes of charts.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; base-uri 'none'; form-action 'none'"
)

_HEAD = (
    '<!doctype html>\n<html lang="en" data-workbench="page"{style}><head><meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="color-scheme" content="light dark">\n'
    '<meta name="referrer" content="no-referrer"><meta name="description" content="{summary}">\n'
    '<title>{title}</title><link rel="icon" href="data:,">\n'
)
# The colors of shell.css, without a file: this page is shown at any depth.
_LOST_STYLE = (
    "body{margin:0;background:#f3f5f7;color:#16212b;font:17px/1.55 'Segoe UI','DejaVu Sans',sans-serif}"
    "header{padding:14px clamp(16px,5vw,56px);border-top:4px solid #0b5c8a;background:#fff}"
    "p{max-width:56ch}header p{margin:0;font-weight:700}main{padding:8vh clamp(16px,5vw,56px)}"
    "h1{margin:0 0 20px;font-size:clamp(30px,4.6vw,46px);line-height:1.1;letter-spacing:-.022em}a{color:#0b5c8a}"
    "@media(prefers-color-scheme:dark){body{background:#0b0f13;color:#eef2f5}a{color:#74bce8}"
    "header{background:#12171c;border-color:#74bce8}}"
)


@dataclass(frozen=True)
class Parts:
    """What the HTML of a page names.

    Attributes
    ----------
    styles, scripts : sequence of str
        Addresses below the site, in order; a script runs once the HTML is there.
    theme : str
        Address of the script that runs before anything is painted: it applies the theme that the visitor chose.
    still : str
        HTML that is in sight before any script has run.
    place : mapping of str to str
        What the place of the living page holds for its script, by name.
    name : str
        Class of the body beside ``ws``.
    colors : str
        Custom properties of the whole document.
    """

    styles: Sequence[str]
    scripts: Sequence[str]
    theme: str
    still: str
    place: Mapping[str, str]
    name: str = ""
    colors: str = ""


def page_html(title: str, summary: str, parts: Parts) -> str:
    """Return the HTML of one page.

    Parameters
    ----------
    title : str
        For the tab of the browser.
    summary : str
        For whoever lists the page.
    parts : Parts
        What it names.

    Returns
    -------
    str
        A whole document.
    """
    styles = "".join(f'<link rel="stylesheet" href="{address}">\n' for address in parts.styles)
    theme = f'<script src="{parts.theme}"></script>\n'
    scripts = "".join(f'<script defer src="{address}"></script>\n' for address in parts.scripts)
    held = "".join(f' data-{name}="{html.escape(value, quote=True)}"' for name, value in parts.place.items())
    name = f"ws {parts.name}".strip()
    return (
        f"{_head(title, summary, parts.colors)}{theme}{styles}{scripts}</head>\n"
        f'<body class="{name}"><div id="still">{parts.still}</div>\n<div id="place" class="is-waiting"{held}></div>\n'
        "</body></html>\n"
    )


def embed_html(
    title: str,
    *,
    styles: Sequence[str],
    scripts: Sequence[str],
    theme: str,
    contents: Mapping[str, str],
    colors: str = "",
) -> str:
    """Return the HTML of the page that shows one chart alone.

    Parameters
    ----------
    title : str
        Until the chart is there.
    styles, scripts : sequence of str
        Addresses below the site.
    theme : str
        Address of the script that applies the theme.
    contents : mapping of str to str
        Key of a page to the address of its content.
    colors : str
        Custom properties of the whole document.

    Returns
    -------
    str
        A whole document.
    """
    place = {"contents": json.dumps(dict(contents)), "home": "index.html"}
    still = (
        '<noscript><p>This chart needs scripts. <a href="index.html" target="_blank">Open the pages.</a></p></noscript>'
    )
    document = page_html(title, title, Parts(styles, scripts, theme, still, place, "ws-embed", colors))
    return document.replace(' class="is-waiting"', "")


def lost_html(name: str, base: str) -> str:
    """Return the page for an address that nothing stands at; it is shown at any depth, so it carries its style.

    Parameters
    ----------
    name : str
        Whose site it is.
    base : str
        Path of the site on its host.

    Returns
    -------
    str
        A whole document.
    """
    shown = html.escape(name)
    return (
        f"{_head('Page not found', 'Page not found')}<style>{_LOST_STYLE}</style></head>\n"
        f"<body><header><p>{shown}</p></header><main><h1>There is no page at this address</h1>"
        "<p>It may have moved with a later release, or the address was cut short on its way here.</p>"
        f'<p><a href="{html.escape(base, quote=True)}">Open the start page of {shown}</a></p>'
        "</main></body></html>\n"
    )


def _head(title: str, summary: str, colors: str = "") -> str:
    told = {name: html.escape(text, quote=True) for name, text in (("title", title), ("summary", summary))}
    style = f' style="{html.escape(colors, quote=True)}"' if colors else ""
    return _HEAD.format(policy=POLICY, style=style, **told)

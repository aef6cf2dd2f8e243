"""What of a page is in its HTML: every headline number and its first chart, in sight before any script has run."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.markup import html_table

_WIDE, _NARROW = 760, 340  # points; the second is for a phone
_COUNT = re.compile(r"n( (patients|studies|series|total))?")
_MORE_ROWS = 60  # of a table for readers without scripts; the whole one is a download
_WITHOUT = (
    "<h2>Without scripts</h2><p>Your browser runs no scripts here. This is the page without them: its numbers, its "
    "first chart and the words of the others.</p>"
)
# As page_parts.js: the first sentence is what is said, the others are how it is known.
_SENTENCE = re.compile(r"(?<=[^.\d]\.) (?=[A-Z0-9])")
_COLORS = {"accent": "--wb-own", "accent_dark": "--wb-own-dark", "link": "--wb-own-link"}
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
# Classes of a group, its heading, its numbers and one of them: on every page, and on the start page.
_TILES = ("wb-group", "", "wb-tiles", "wb-tile")
_ANSWERS = ("wg-section", "wb-unseen", "wg-answers", "wg-answer")
_MANY_SECTIONS = 4
_USES = {"commercial": "May I use it commercially?", "license": "License"}
_NAMED = re.compile(r'\bid="([^"]+)"')


def still_page(page: Mapping[str, Any], *, pictured: bool = True) -> str:
    """Return the page as HTML without a script: header, findings, numbers, the first chart.

    For readers without scripts, the words of every chart, the table of the first, and how to cite follow.

    Parameters
    ----------
    page : mapping
        What `workbench.presentation.page.load_page` returns.
    pictured : bool
        Whether the living page begins with its first chart, so that it is in sight here too.

    Returns
    -------
    str
        HTML with the classes of the page's own style; every text is escaped.
    """
    first = first_figure(page)
    parts = [
        _header(page, facts=_facts(page) if pictured else ""),
        *(_group(group, page) for group in page.get("groups", [])),
        _findings(page.get("findings") or []),
        _chapter(page, first) if first and pictured else "",
        f'<noscript><div class="ws-plain">{_without_scripts(page, first)}</div></noscript>',
    ]
    name = f"wb-page ws-still{' wg-page' if _is_gallery(page) else ''}"
    return f'<div class="wb-house" lang="en">{_bar(page)}<main class="{name}">{"".join(parts)}</main></div>'


def first_figure(page: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the figure that a visitor sees first.

    Parameters
    ----------
    page : mapping
        The page.

    Returns
    -------
    mapping or None
        None where the page has no chart.
    """
    drawn = [figure for figure in page.get("figures", []) if figure.get("spec") and figure["table"]["rows"]]
    order = [section["id"] for section in page.get("sections") or []]
    placed = sorted(drawn, key=lambda figure: order.index(figure["section"]) if figure.get("section") in order else -1)
    return placed[0] if placed else None


def colors_of(page: Mapping[str, Any]) -> str:
    """Return the accent of a commons for the style of a document, as shell.js sets it.

    Parameters
    ----------
    page : mapping
        The page.

    Returns
    -------
    str
        Custom properties; empty where the commons has no accent.
    """
    held = {name: str((page.get("identity") or {}).get(key, "")) for key, name in _COLORS.items()}
    return "".join(f"{name}:{color};" for name, color in held.items() if _COLOR.fullmatch(color))


def picture(spec: Mapping[str, Any], *, width: int, name: str) -> str:
    """Return a chart as SVG that can stand in HTML beside another.

    Parameters
    ----------
    spec : mapping
        Vega-Lite.
    width : int
        Points.
    name : str
        Put before the names inside, so that those of two charts cannot meet.

    Returns
    -------
    str
        SVG that fetches nothing.
    """
    import vl_convert

    svg = str(vl_convert.vegalite_to_svg(_fitted(spec, width)))
    for inside in set(_NAMED.findall(svg)):
        svg = svg.replace(f'id="{inside}"', f'id="{name}-{inside}"').replace(
            f"url(#{inside})", f"url(#{name}-{inside})"
        )
    return svg


def _fitted(spec: Mapping[str, Any], width: int) -> dict[str, Any]:
    if spec.get("width") != "container":
        return dict(spec)
    fitted = {**spec, "width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    fitted.setdefault("padding", {"left": 2, "top": 4, "right": 44 if width == _WIDE else 34, "bottom": 4})
    config = dict(spec.get("config") or {})
    if width == _NARROW:  # as page_parts.js fits a chart to a phone
        config["axis"] = {**config.get("axis", {}), "labelLimit": 110, "titleFontSize": 11}
        config["legend"] = {**config.get("legend", {}), "orient": "bottom", "columns": 2, "labelLimit": 120}
    return fitted | {"config": {**config, "background": None}}


def _bar(page: Mapping[str, Any]) -> str:
    """The bar of the house, as shell.js makes it, so that nothing moves when it does."""
    identity = page.get("identity") or {}
    name = identity.get("name") or (page.get("source") or {}).get("name") or "Imaging workbench"
    logo = identity.get("logo", "")
    mark = (
        f'<img src="{_text(logo)}" alt="" height="36">'
        if logo.startswith("data:image/")
        else '<span class="wb-mark"></span>'
    )
    links = "".join(
        f'<li><a href="{_text(each["address"])}">{_text(each["title"])}</a></li>' for each in page.get("pages", [])
    )
    home = _text(page.get("home") or "index.html")
    banner = f'<p class="wb-banner">{_text(page["banner"])}</p>' if page.get("banner") else ""
    return (
        '<header class="wb-bar"><div class="wb-inner">'
        f'<a class="wb-brand" href="{home}">{mark}<span>{_text(name)}</span></a>'
        f'<nav class="wb-nav" aria-label="Pages"><ul><li><a href="{home}">Start</a></li>{links}</ul></nav>'
        f'<span class="ws-theme"></span></div></header>{banner}'
    )


def _header(page: Mapping[str, Any], *, facts: str) -> str:
    lead = f'<p class="wb-lead">{_text(page["subtitle"])}</p>' if page.get("subtitle") else ""
    return f'<header class="wb-header"><h1>{_text(page["title"])}</h1>{lead}{facts}</header>'


def _facts(page: Mapping[str, Any]) -> str:
    source = page.get("source") or {}
    origin = " ".join(filter(None, [source.get("name"), source.get("version")]))
    facts = {"As of": page.get("as_of"), "Source": origin, "License": source.get("license")}
    told = "".join(f"<div><dt>{term}</dt><dd>{_text(value)}</dd></div>" for term, value in facts.items() if value)
    space = '<div class="ws-space"><span class="wb-button">Copy link to this view</span></div>'
    return f'<dl class="wb-facts">{told}{space}</dl>'


def _findings(findings: Iterable[str]) -> str:
    told = [_SENTENCE.split(_text(finding), maxsplit=1) for finding in findings]
    lines = "".join(
        f"<li><strong>{first}</strong>" + "".join(f"<span> {more}</span>" for more in rest) + "</li>"
        for first, *rest in told
    )
    if not lines:
        return ""
    return f'<section class="wb-stands-out"><h2>What stands out</h2><ul class="wb-findings">{lines}</ul></section>'


def _group(group: Mapping[str, Any], page: Mapping[str, Any]) -> str:
    section, heading, many, one = _ANSWERS if _is_gallery(page) else _TILES
    behind = {each["key"]: each["address"] for each in page.get("pages", [])}
    tiles = "".join(
        f'<div class="{one}"><dt>{_text(tile["label"])}</dt>'
        f'<dd class="wb-value" data-tile="{_text(group["id"])}.{_text(tile["id"])}">{_text(tile["text"])}</dd>'
        + (f'<dd class="wb-note">{_text(tile["note"])}</dd>' if tile.get("note") else "")
        + (
            f'<dd class="wg-more"><a href="{behind[where]}">{_text(tile.get("link") or "See the charts")}</a></dd>'
            if (where := tile.get("page")) in behind
            else ""
        )
        + "</div>"
        for tile in group["tiles"]
    )
    title = f'<h2 class="{heading}">{_text(group["title"])}</h2>'
    return f'<section class="{section}">{title}<dl class="{many}">{tiles}</dl></section>'


def _is_gallery(page: Mapping[str, Any]) -> bool:
    return bool(page.get("key") == "gallery")


def _chapter(page: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    """The first figure below its question, where the page has questions."""
    figures = page["figures"]
    sections = [each for each in page.get("sections") or [] if any(one.get("section") == each["id"] for one in figures)]
    here = next((each for each in sections if each["id"] == first.get("section")), None)
    steps = "".join(f"<li><a>{_text(section['title'])}</a></li>" for section in sections)
    contents = f'<nav class="wb-contents"><ul>{steps}</ul></nav>' if len(sections) >= _MANY_SECTIONS else ""
    if here is None:
        return contents + _figure(first, "h2")
    choices = dict.fromkeys(one["choice"] for one in figures if one.get("section") == here["id"] and one.get("choice"))
    options = "".join(f'<label class="wb-option"><span>{_text(choice)}</span></label>' for choice in choices)
    lead = f'<p class="wb-lead">{_text(here["lead"])}</p>' if here.get("lead") else ""
    choose = f"<legend>{_text(here.get('choose') or 'Show')}</legend><div>{options}</div>"
    chosen = f'<fieldset class="wb-choice ws-space">{choose}</fieldset>' if len(choices) > 1 else ""
    heading = f"<h2>{_text(here['title'])}</h2>{lead}{chosen}"
    return f'{contents}<section class="wb-chapter">{heading}{_figure(first, "h3")}</section>'


def _figure(figure: Mapping[str, Any], level: str) -> str:
    drawn = "".join(
        f'<div class="ws-{size}">{picture(figure["spec"], width=width, name=size)}</div>'
        for size, width in (("wide", _WIDE), ("narrow", _NARROW))
    )
    words = "".join(
        f'<p class="wb-{name}">{_text(figure[name])}</p>' for name in ("subtitle", "footnote") if figure.get(name)
    )
    described = html.escape(figure["description"], quote=True)
    return (
        f'<section class="wb-figure"><div class="wb-words"><{level} class="wb-finding">'
        f"{_text(figure['title'])}</{level}>{words}"
        f'</div><div class="wb-picture"><div class="wb-chart" role="img" aria-label="{described}">{drawn}</div></div>'
        "</section>"
    )


def _without_scripts(page: Mapping[str, Any], first: Mapping[str, Any] | None) -> str:
    parts = [_WITHOUT]
    if first:
        parts.append(f"<details><summary>Table: {_text(first['title'])}</summary>{_table(first['table'])}</details>")
    parts.append(_facts(page))
    for figure in page.get("figures", []):
        words = figure.get("absent") or figure.get("description", "")
        parts.append(f"<h3>{_text(figure['title'])}</h3><p>{_text(words)}</p>")
    parts += [f"<h3>{_text(note['title'])}</h3><p>{_text(note['text'])}</p>" for note in page.get("notes") or []]
    used = {_USES.get(name, name): told for name, told in (page.get("use") or {}).items()}
    used["Contact"] = page.get("contact")
    parts += [f"<h3>{_text(name)}</h3><p>{_text(told)}</p>" for name, told in used.items() if told]
    if page.get("cite"):
        parts.append("<h3>How to cite</h3>" + "".join(f"<p>{_text(line)}</p>" for line in page["cite"]))
    return "".join(parts)


def _table(table: Mapping[str, Any]) -> str:
    rows = table["rows"]
    numbers = [
        name for at, name in enumerate(table["columns"]) if any(isinstance(row[at], int | float) for row in rows)
    ]
    shown = html_table(table["columns"], (_cells(row, table["columns"]) for row in rows[:_MORE_ROWS]), numbers=numbers)
    left = len(rows) - _MORE_ROWS
    return shown + (f"<p>{left} further rows are left out here.</p>" if left > 0 else "")


def _cells(row: Iterable[Any], columns: Sequence[str]) -> list[str]:
    nothing = ["hidden" if _COUNT.fullmatch(name) else "–" for name in columns]  # a count that may not be told
    return [said if value is None else str(value) for value, said in zip(row, nothing, strict=True)]


def _text(value: Any) -> str:
    return html.escape(str(value), quote=True).replace(" %", "&nbsp;%")

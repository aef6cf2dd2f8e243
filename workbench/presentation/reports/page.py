"""The web page of a report: one light file that asks nobody, with the publisher above and below."""

import html
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbconvert
from traitlets.config import Config

from workbench.presentation.identity import Identity
from workbench.presentation.reports.executed import without_empty_sections

#: Nothing but the file itself: no script, no frame, no address is asked, whatever a notebook shows.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{above}<main>
{body}
</main>
{below}</body>
</html>
"""
_NUMBER = re.compile(r'(<td style="text-align: ?left;?")(>(?:&[lg]t;)? ?[\d.,–−+ ]+%?</td>)')
_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)


def report_page(notebook: Any, *, title: str, identity: Identity, made: Mapping[str, str]) -> str:
    """Return the page of an executed notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed and cleaned.
    title : str
        Of the report.
    identity : Identity
        Who publishes it; nothing is put around the report for an empty one.
    made : mapping of str to str
        What to say below of how it was made: a term and its text.

    Returns
    -------
    str
        HTML that refers to nothing outside.
    """
    body, _ = _exporter().from_notebook_node(without_empty_sections(notebook))
    return framed_page(_plain_cells(_SCRIPT.sub("", body)), title=title, identity=identity, made=made)


def framed_page(body: str, *, title: str, identity: Identity, made: Mapping[str, str]) -> str:
    """Return a page with its publisher above and below.

    Parameters
    ----------
    body : str
        HTML of what stands between.
    title : str
        Of the page.
    identity : Identity
        Who publishes it.
    made : mapping of str to str
        What to say below of how it was made.

    Returns
    -------
    str
        HTML that refers to nothing outside.
    """
    named = f"{title} – {identity.name}" if identity.name else title
    return _SHELL.format(
        policy=_POLICY,
        title=html.escape(named),
        style=_style(named, identity.accent),
        above=_above(identity),
        body=body,
        below=_below(identity, made),
    )


@cache
def _exporter() -> nbconvert.HTMLExporter:
    """Nbconvert's plain template; loading it takes longer than using it."""
    return nbconvert.HTMLExporter(  # type: ignore[no-untyped-call]  # nbconvert has no types
        config=Config(
            {
                "HTMLExporter": {
                    "template_name": "basic",
                    "exclude_input": True,
                    "exclude_output_prompt": True,
                    "exclude_input_prompt": True,
                    "exclude_anchor_links": True,
                    "embed_images": True,
                    "preprocessors": ["nbconvert.preprocessors.TagRemovePreprocessor"],
                },
                "TagRemovePreprocessor": {"remove_cell_tags": ["notebook-only"]},
            }
        )
    )


def _plain_cells(body: str) -> str:
    """Leave out the boxes of prompts and of cells that show nothing, and mark cells of tables that are numbers."""
    body = _NUMBER.sub(r'\1 class="n"\2', body)
    body = re.sub(r'<div class="prompt[^"]*">[^<]*</div>\s*', "", body)
    return re.sub(r'<div class="cell [^"]*" id="[^"]*">\s*</div>\s*', "", body)


def _style(title: str, accent: str) -> str:
    style = (Path(__file__).parent.parent / "jupyter" / "report.css").read_text(encoding="utf-8")
    running = title.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\3c ").replace("\n", " ")
    return f':root{{--accent:{accent or "#0b5fa5"};--running:"{running}"}}\n{style}'


def _above(identity: Identity) -> str:
    if not identity.name:
        return ""
    logo = f'<img src="{identity.logo}" alt="">' if identity.logo else ""
    return f'<header class="publisher">{logo}{_linked(identity.url, identity.name)}</header>\n'


def _below(identity: Identity, made: Mapping[str, str]) -> str:
    told = {
        "Published by": _linked(identity.url, identity.name) if identity.name else "",
        "Contact": _contact(identity.contact),
        "License": html.escape(identity.license),
        "How to cite": "<br>".join(html.escape(line) for line in identity.citation),
        **{term: html.escape(text) for term, text in made.items()},
    }
    rows = "".join(f"<div><dt>{html.escape(term)}</dt><dd>{text}</dd></div>" for term, text in told.items() if text)
    return f'<footer class="made"><h2>How this report was made</h2><dl>{rows}</dl></footer>\n' if rows else ""


def _linked(address: str, text: str) -> str:
    shown = html.escape(text)
    return f'<a href="{html.escape(address, quote=True)}">{shown}</a>' if address else f"<span>{shown}</span>"


def _contact(contact: str) -> str:
    if not contact:
        return ""
    return _linked(contact if "://" in contact else f"mailto:{contact}", contact)

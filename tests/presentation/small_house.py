"""A small site of the house, in plain files: every page, and every state in which one can be."""

from pathlib import Path
from typing import Any

from tests.presentation.mounting import write_page
from workbench.presentation.frontend import whole_script, whole_style
from workbench.presentation.gallery import gallery_page
from workbench.presentation.glossary import glossary_of, glossary_page
from workbench.presentation.identity import Identity
from workbench.presentation.page import PAGE_SCHEMA, problem_page
from workbench.presentation.pages import GALLERY, GLOSSARY, PageEntry, list_pages

#: States of the overview, each in a folder of its own.
STATES = ("missing", "tampered", "schema", "stale", "old", "empty")
_LOGO = "data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="
WHOSE = Identity(name="Small commons", logo=_LOGO, contact="help@example.org", accent="#7a1f5c")


def figure(name: str, n: int, **placed: Any) -> dict[str, Any]:
    """Return a figure of one bar."""
    return {
        "id": name,
        "title": f"{n} patients",
        "subtitle": "Series by modality, n = 30",
        "footnote": "Lines are 95 % Wilson intervals. Small counts fall under suppression.",
        "description": f"One bar of {n} patients.",
        "spec": {
            "width": "container",
            "height": 60,
            "data": {"values": [{"n": n}]},
            "mark": "bar",
            "encoding": {"x": {"field": "n", "type": "quantitative"}},
        },
        "table": {"columns": ["modality", "n patients"], "rows": [["CT", n]]},
        **placed,
    }


_HEAD = {
    "schema": PAGE_SCHEMA,
    "as_of": "2026-01-01",
    "source": {"name": "Phantoms", "version": "1", "url": "https://example.org/", "license": "CC BY 4.0"},
    "identity": WHOSE.entry(),
    "contact": WHOSE.contact,
    "cite": ["Cite the phantoms <i>so</i>."],
    "use": {"commercial": "Yes: every license in use allows it.", "license": "CC BY 4.0."},
    "notes": [{"title": "What is counted", "text": "A patient is <b>one</b> person."}],
    "provenance": {"release": "phantoms 1"},
}
_TILES = [
    {"id": "patients", "label": "Patients", "value": 30, "text": "30", "note": None},
    {"id": "size_tb", "label": "Size", "value": 1.25, "text": "1.25 TB", "note": "compressed"},
]
OVERVIEW = {
    **_HEAD,
    "title": "What is there?",
    "subtitle": "Thirty synthetic patients.",
    "groups": [{"id": "all", "title": "All collections", "tiles": _TILES}],
    "figures": [
        figure("all", 30),
        figure("nobody", 0, table={"columns": ["modality", "n patients"], "rows": []}),
        {"id": "places", "title": "Where from?", "absent": "This source does not say where its patients come from."},
    ],
}
_SECTIONS = [
    {"id": "who", "title": "Who is represented?", "lead": "Every person once.", "choose": "By"},
    {"id": "nothing", "title": "A section without figures", "lead": ""},
    {"id": "where", "title": "Where from?", "lead": ""},
    {"id": "how", "title": "How imaged?", "lead": ""},
    {"id": "since", "title": "Since when?", "lead": ""},
]
CENSUS = {
    **_HEAD,
    "title": "Who is there?",
    "findings": ["20 of 30 are women. Of 10 it is not known.", "Nobody is <b>young</b>."],
    "groups": [{"id": "people", "title": "People", "tiles": [{**_TILES[0], "id": "sex_unknown", "text": "33 %"}]}],
    "sections": _SECTIONS,
    "figures": [
        figure("sex", 20, section="who", choice="Sex"),
        figure("age", 11, section="who", choice="Age"),
        figure("age_detail", 12, section="who", choice="Age"),
        *(figure(f"{name}_all", 30, section=name, choice="") for name in ("where", "how", "since")),
    ],
}


def write_house(folder: Path) -> Path:
    """Write the site; every page is a folder below."""
    site = {key: page | {"key": key} for key, page in (("overview", OVERVIEW), ("census", CENSUS))}
    site = {key: page | {"glossary": dict(glossary_of(page))} for key, page in site.items()}
    entries = {**list_pages(), "gallery": GALLERY, "glossary": GLOSSARY}
    pages = {**site, "gallery": gallery_page(site), "glossary": glossary_page(site)}
    for key, page in pages.items():
        _write(folder / key, page, entries[key])
    for state in STATES:
        _write(folder / state, _in_state(state, site["overview"]), entries["overview"])
    return folder


def _in_state(state: str, page: dict[str, Any]) -> dict[str, Any]:
    if state == "old":  # a static page, whose day has passed since it was written
        return page | {"good_until": "2026-01-02"}
    if state == "empty":
        return page | {"groups": [], "figures": []}
    if state == "stale":
        return problem_page("stale", title="Overview", old=page)
    return problem_page(state, title="Overview")  # type: ignore[arg-type]


def _write(folder: Path, page: dict[str, Any], entry: PageEntry) -> None:
    listed = {"overview": "Overview", "census": "Census", "glossary": "Glossary"}
    beside = [{"key": key, "title": title, "address": f"../{key}/", "live": False} for key, title in listed.items()]
    whole = page | {"key": page.get("key", "overview"), "pages": beside, "home": "../gallery/"}
    write_page(folder, whole, script=whole_script(entry), style=whole_style(entry))

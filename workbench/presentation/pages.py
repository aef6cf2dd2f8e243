"""The list of public pages: what each answers, what draws it, and what is served beside it."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from workbench.assets import asset_path

#: Environment variable with what is served beside a page, as JSON: ``home``, the address of the gallery, and
#: ``pages``, a list of ``key``, ``title``, ``address`` and ``live`` (whether a kernel stands behind it).
PAGES_VARIABLE = "WORKBENCH_PAGES"


@dataclass(frozen=True)
class PageEntry:
    """One public page.

    Attributes
    ----------
    key : str
        Its name in addresses and files.
    title : str
        Its name in the navigation.
    question : str
        What it answers.
    notebook : str
        The file of ``dashboards`` that Voila runs; empty for a page that is static only.
    build : str
        Module and function that builds it, such as ``"workbench.presentation.census_page:census_page"``.
    scripts, styles : tuple of str
        Its own files of the folder ``jupyter``, in their order; the last script exports ``render``.
    apart : mapping of str to tuple of str
        Scripts that stand in one constant of that name.
    """

    key: str
    title: str
    question: str
    notebook: str = ""
    build: str = ""
    scripts: tuple[str, ...] = ("page.js",)
    styles: tuple[str, ...] = ()
    apart: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


#: The start page, from which every other is one link away.
GALLERY = PageEntry(
    "gallery",
    "Start",
    "What does the commons hold, and what may I do with it?",
    build="workbench.presentation.gallery:gallery_page",
    scripts=("gallery.js",),
    styles=("gallery.css",),
)
#: The page of every technical term.
GLOSSARY = PageEntry(
    "glossary",
    "Glossary",
    "What do the words mean?",
    build="workbench.presentation.glossary:glossary_page",
    scripts=("glossary.js",),
    styles=("gallery.css",),
)


@cache
def list_pages() -> Mapping[str, PageEntry]:
    """Return every page that a source can have, in the order of the navigation.

    Returns
    -------
    mapping of str to PageEntry
        Key to page, as ``dashboards/pages.toml`` lists them.
    """
    listed = tomllib.loads(asset_path("dashboards", "pages.toml").read_text(encoding="utf-8"))
    return MappingProxyType({key: _entry(key, told) for key, told in listed.items()})


def pages_beside() -> dict[str, Any]:
    """Return what is served beside this page; a file of aggregates knows nothing of it.

    Returns
    -------
    dict
        ``pages``, and ``home`` where there is a gallery, beside which the glossary stands; empty where the page stands
        alone.
    """
    beside = json.loads(os.environ.get(PAGES_VARIABLE) or "{}")
    pages, home = list(beside.get("pages", ())), beside.get("home", "")
    if home and all(page["key"] != GLOSSARY.key for page in pages):
        address = f"{home.removesuffix('index.html')}{GLOSSARY.key}.html"
        pages.append({"key": GLOSSARY.key, "title": GLOSSARY.title, "address": address, "live": False})
    return {"pages": pages, "home": home}


def _entry(key: str, told: Mapping[str, Any]) -> PageEntry:
    return PageEntry(
        key,
        told["title"],
        told["question"],
        told["notebook"],
        told["build"],
        _files(told.get("script", "page.js")),
        _files(told.get("style", "")),
        {name: tuple(files) for name, files in told.get("apart", {}).items()},
    )


def _files(named: str | list[str]) -> tuple[str, ...]:
    return tuple(filter(None, [named] if isinstance(named, str) else named))

"""The glossary: every technical term of a public page in plain words, with its source."""

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from workbench.assets import asset_path

_SCHEMA = "workbench-page/2"


@cache
def read_glossary() -> Mapping[str, Mapping[str, Any]]:
    """Return every term of ``dashboards/glossary.toml``, in alphabetical order.

    Returns
    -------
    mapping of str to mapping
        Term to ``definition``, ``source`` (whose words or rule it is), ``url`` (where that has a page; else empty)
        and ``forms`` (how it is written in a text).
    """
    written = tomllib.loads(asset_path("dashboards", "glossary.toml").read_text(encoding="utf-8"))
    told = {
        term: {
            "definition": each["definition"],
            "source": each["source"],
            "url": each.get("url", ""),
            "forms": [term, *each.get("forms", [])],
        }
        for term, each in sorted(written.items(), key=lambda pair: pair[0].casefold())
    }
    return MappingProxyType(told)


def glossary_of(page: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the terms that occur in a page, as its entry ``glossary``.

    Parameters
    ----------
    page : mapping
        A page, ready for JSON.

    Returns
    -------
    dict of str to mapping
        As `read_glossary` gives them.
    """
    text = json.dumps(page, ensure_ascii=False, default=str)
    return {term: each for term, each in read_glossary().items() if _pattern(*each["forms"]).search(text)}


def glossary_page(site: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the page of every term.

    Parameters
    ----------
    site : mapping of str to mapping
        The other pages; what they say of whose they are is said here too.

    Returns
    -------
    dict
        A page with all of the glossary.
    """
    first: Mapping[str, Any] = next(iter(site.values()), {})
    shared = {key: first[key] for key in ("identity", "source", "as_of", "contact") if key in first}
    return {
        "schema": _SCHEMA,
        "key": "glossary",
        "title": "What do the words mean?",
        "subtitle": "Every technical term of these pages in plain words, and where the definition comes from.",
        **shared,
        "groups": [],
        "figures": [],
        "glossary": {term: dict(each) for term, each in read_glossary().items()},
    }


@cache
def _pattern(*forms: str) -> re.Pattern[str]:
    written = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    # an abbreviation such as CT is written in capitals; a word may begin a sentence
    flags = re.NOFLAG if all(form.isupper() for form in forms) else re.IGNORECASE
    return re.compile(rf"(?<![\w-])(?:{written})(?![\w-])", flags)

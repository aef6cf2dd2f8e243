"""The glossary: every technical term of a public page in plain words, with its source."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from workbench.assets import asset_path

_SCHEMA = "workbench-page/2"
_UNREAD = {"schema", "key", "spec", "packed", "provenance", "identity", "glossary", "published", "url", "logo"}


@cache
def read_glossary() -> Mapping[str, Mapping[str, Any]]:
    """Return every term of ``dashboards/glossary.toml``, in alphabetical order.

    Returns
    -------
    mapping of str to mapping
        Term to ``definition``, ``source`` (whose words or rule it is), ``url`` (where that has a page; else empty)
        ``forms`` (how it is written in a text), ``codes`` (how a table writes it) and ``everyday`` (whether a text
        explains it once only).
    """
    written = tomllib.loads(asset_path("dashboards", "glossary.toml").read_text(encoding="utf-8"))
    told = {
        term: {
            "definition": each["definition"],
            "source": each["source"],
            "url": each.get("url", ""),
            "forms": [term, *each.get("forms", [])],
            "codes": each.get("codes", []),
            "everyday": each.get("everyday", False),
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
    said = set(_texts(page))
    text = "\n".join(sorted(said))
    lowered = text.lower()
    return {
        term: each
        for term, each in read_glossary().items()
        if not said.isdisjoint(each["codes"]) or any(_says(text, lowered, form) for form in each["forms"])
    }


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
    shared = {key: first[key] for key in ("identity", "source", "as_of", "contact", "banner") if key in first}
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


def _texts(value: Any) -> Iterator[str]:
    """Every text that a reader may see; specifications repeat their table, what is packed is not read."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if key not in _UNREAD:
                yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _says(text: str, lowered: str, form: str) -> bool:
    """Whether a text has a form as words of its own; an abbreviation such as CT in capitals only."""
    within, looked = (text, form) if form.isupper() else (lowered, form.lower())
    return looked in within and re.search(rf"(?<![\w-]){re.escape(looked)}(?![\w-])", within) is not None

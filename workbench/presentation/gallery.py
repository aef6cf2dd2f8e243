"""The start page: the answers that most visitors come for, and one card for every page."""

from collections.abc import Mapping
from typing import Any

from workbench.presentation.pages import list_pages

_SCHEMA = "workbench-page/2"


def gallery_page(site: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the start page of a site.

    Parameters
    ----------
    site : mapping of str to mapping
        Key to page, of every page that there is.

    Returns
    -------
    dict
        A page with ``answers`` (what most visitors ask, each with its answer and the page behind it) and ``cards``.
    """
    first: Mapping[str, Any] = next(iter(site.values()), {})
    shared = {key: first[key] for key in ("identity", "source", "as_of", "contact", "cite", "use") if key in first}
    return {
        "schema": _SCHEMA,
        "key": "gallery",
        "title": "What does the commons hold?",
        **shared,
        "groups": [],
        "figures": [],
        "answers": [],
        "cards": [{"key": key, "title": entry.title} for key, entry in list_pages().items() if key in site],
    }

"""Which collections of the Imaging Data Commons meet the needs that few or no curated entries do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from workbench.catalog.registry.asking.needs import Needs
from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.ranking.forms import ranking_forms
from workbench.catalog.registry.ranking.meeting import answers
from workbench.errors import listed


@cache
def collection_forms() -> tuple[Mapping[str, Any], ...]:
    """Return the forms of the shipped collections, made once.

    Returns
    -------
    tuple of dict
        What `ranking_form` gives of each.
    """
    from workbench.catalog.registry.idc.collections import collection_entries

    return tuple(ranking_forms(collection_entries()))


def meeting_collections(forms: Sequence[Mapping[str, Any]], needs: Needs, n_ranked: int) -> tuple[str, ...]:
    """Return the names of the collections that meet every need, if few entries do.

    Parameters
    ----------
    forms : sequence of mapping
        Of collections.
    needs : Needs
        As they were understood.
    n_ranked : int
        How many entries are ranked.

    Returns
    -------
    tuple of str
        Those of most patients first. Nobody where enough are ranked, where nothing narrows the catalog, where
        collections are ranked already, and where images in common matter, which are not known of collections.
    """
    apart = needs.apart_from or any(what == "entry" for what, _ in needs.without)
    narrowed = replace(needs, wishes=(), waived=()).said()
    if n_ranked >= ranking_rules()["recommend"]["collections"]["below"] or needs.kind != "dataset":
        return ()
    if needs.collections or apart or not narrowed:
        return ()
    met = [form for form in forms if form["license"]["confirmed"] and _meets(form, needs)]
    met.sort(key=lambda form: (-form["sizes"].get("patients", {"value": 0})["value"], form["key"]))
    return tuple(form["name"] for form in met)


def told_collections(names: Sequence[str]) -> str:
    """Return a sentence that names collections.

    Parameters
    ----------
    names : sequence of str
        Of those that meet the needs.

    Returns
    -------
    str
        Empty for none; the first ones and how many more.

    Examples
    --------
    >>> told_collections(["A", "B"])
    'Collections of the Imaging Data Commons that meet what was understood: A and B. Include collections to see them.'
    """
    if not names:
        return ""
    most = ranking_rules()["recommend"]["collections"]["named"]
    named = [*names[:most], *([f"{len(names) - most} more"] if len(names) > most else [])]
    met = "Collections of the Imaging Data Commons that meet what was understood"
    return f"{met}: {listed(named)}. Include collections to see them."


def _meets(form: Mapping[str, Any], needs: Needs) -> bool:
    return all(each.met == "yes" for each in answers(form, needs, lambda *_: None))

"""Read from written facts which sizes the index gives entries, and tell a file that nobody's command has written."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

from workbench.catalog.registry.idc_facts import ClaimCheck, IdcFacts

_NEEDED = {each.name for each in fields(IdcFacts)} - {"key", "index", "absent"}
_OF_CLAIMS = {each.name for each in fields(ClaimCheck)}
_COUNTS = ("series", "acquired_series", "studies", "patients", "people", "instances", "first_version")
_TALLIES = ("modalities", "acquired", "licenses")
_KINDS = ("asked", "collections", "studies", "people", "acquired_series", "acquired")


def idc_sizes(body: Any, keys: Collection[str]) -> dict[str, dict[str, int]]:
    """Return what the index counts of entries that are the same set there, in the units that their claims count.

    Parameters
    ----------
    body : mapping
        What a file of facts says, in which `is_facts` finds nothing wrong.
    keys : collection of str
        The entries it may speak of.

    Returns
    -------
    dict of str to dict
        Key to quantity to count.
    """
    listed = {key: each for key, each in body["entries"].items() if key in keys}
    return {key: _counted(key, each) for key, each in listed.items() if each["asked"]["relation"] == "same"}


def is_facts(body: Any) -> bool:
    """Return whether a file says what ``workbench datasets check --idc`` writes.

    Parameters
    ----------
    body : object
        What it says.

    Returns
    -------
    bool
        False where it cannot be relied on.

    Examples
    --------
    >>> is_facts({"index": "25.0.5", "entries": {}}), is_facts({"entries": {"luna16": {"people": 7}}}), is_facts([])
    (True, False, False)
    """
    if not isinstance(body, dict) or not isinstance(body.get("entries"), dict) or "index" not in body:
        return False
    return all(isinstance(key, str) and _is_whole(each) for key, each in body["entries"].items())


def _is_whole(stated: Any) -> bool:
    if not isinstance(stated, dict) or set(stated) != _NEEDED:
        return False
    asked, listed = stated["asked"], (stated["collections"], stated["claims"])
    return (
        isinstance(asked, dict)
        and isinstance(asked.get("relation"), str)
        and all(isinstance(each, list) for each in listed)
        and all(_is_count(stated[name]) for name in _COUNTS)
        and all(isinstance(stated[name], dict) and all(map(_is_count, stated[name].values())) for name in _TALLIES)
        and all(isinstance(each, dict) and set(each) == _OF_CLAIMS for each in stated["claims"])
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _counted(key: str, stated: Mapping[str, Any]) -> dict[str, int]:
    """The counts, without those that a claim of the same name has been found to mean another unit by."""
    counts = IdcFacts(key, "", **{name: stated[name] for name in _KINDS}).counts
    told = [str(each["claim"]) for each in stated["claims"] if each["verdict"] == "another unit"]
    return {name: n for name, n in counts.items() if not any(claim.endswith(f" {name}") for claim in told)}

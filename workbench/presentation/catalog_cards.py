"""One entry of the data catalog as its card on the page: what its file says, joined with what the page shows of it."""

from collections.abc import Mapping
from typing import Any

from workbench.catalog.registry.entries import Claim, Entry
from workbench.catalog.registry.families import Families
from workbench.catalog.registry.formats.evidence import verdict_word
from workbench.catalog.registry.formats.fair import fair_check
from workbench.catalog.registry.idc_facts import IdcFacts, stated
from workbench.catalog.registry.licenses import License
from workbench.catalog.registry.main_images import image_quantities
from workbench.presentation.catalog_words import (
    IMAGE_KINDS,
    NO_IMAGES,
    QUANTITIES,
    license_use,
    plural,
)

# What a card shows as the file says it.
_AS_WRITTEN = (
    *("key", "name", "aliases", "summary", "specialty", "modality", "body_region", "organs", "conditions", "tasks"),
    *("guide_rows", "guide_advice", "conflicts", "annotations", "splits", "access", "creator", "publisher"),
    *("published", "version", "countries", "formats", "doi", "repository", "known_issues", "reviewed"),
    *("architecture", "training_data", "trained_on", "languages", "standing_together"),
)
_CLAIM = ("source", "where", "words", "verdict", "checked_against", "note")
_TERMS = ("id", "name", "commercial_use", "derivatives", "redistribution", "attribution", "share_alike", "url", "basis")


def card_of(entry: Entry, *, families: Families, facts: Mapping[str, IdcFacts]) -> dict[str, Any]:
    """Return everything the card of an entry shows, ready for JSON.

    Parameters
    ----------
    entry : Entry
        Of any kind.
    families : Families
        Who shares images with whom.
    facts : mapping of str to IdcFacts
        What the index of the Imaging Data Commons counts, by key.

    Returns
    -------
    dict
        What its file says; and ``use`` (a key of `workbench.presentation.catalog_words.LICENSE_USES`), ``terms``,
        ``size``, ``patients``, ``images``, ``claims`` with their checks, ``relations``, ``shares``, ``idc``.

    Examples
    --------
    >>> entry = Entry("dataset", {"key": "x", "name": "X", "license": {"id": "unknown"}})
    >>> card = card_of(entry, families=Families([entry]), facts={})
    >>> card["use"], card["size"], card["shares"]
    ('unknown', None, [])
    """
    written = {name: entry.fields[name] for name in _AS_WRITTEN if entry.fields.get(name)}
    found = facts.get(entry.key)
    card = {
        **written,
        "kind": entry.kind,
        "url": entry.url,
        "citation": {"text": entry.fields.get("citation", {}).get("text", "")},
        "use": license_use(entry),
        "terms": _terms(entry.license),
        "size": _size(entry),
        "patients": entry.size("patients"),
        "images": _images(entry),
        "curated": entry.curated,
        "demographics": {**entry.fields.get("demographics", {}), **entry.demographics},
        "claims": [_claim(claim, entry, found) for claim in entry.claims],
        "relations": _relations(entry, families),
        "idc": _idc(entry, found),
        "fair": _fair(entry) if entry.kind == "dataset" else {},
    }
    return {name: value for name, value in card.items() if value not in ("", [], {})} | {"shares": []}


def _terms(stated_license: License) -> dict[str, Any]:
    said: dict[str, Any] = {name: getattr(stated_license, name) for name in _TERMS if getattr(stated_license, name)}
    said |= {"confirmed": stated_license.confirmed, "evidence": stated_license.evidence, "note": stated_license.note}
    parts = [{"part": part, **_terms(terms)} for part, terms in stated_license.parts]
    return {name: value for name, value in (said | {"parts": parts}).items() if value not in (None, "", [], "unknown")}


def _size(entry: Entry) -> dict[str, Any] | None:
    """The number that stands for its size: patients, and how many images of its main kind; else what comes nearest."""
    counted = image_quantities(entry.modality)
    held = entry.first_size(("patients", *counted, *QUANTITIES))
    if held is None:
        return None
    quantity, value = held
    said = ("trained on " if entry.kind == "model" else "") + _amount(entry, quantity, value)
    also = entry.first_size(counted) if quantity == "patients" else None
    more = {"images": _amount(entry, *also), "also": list(also)} if also and also[1] else {}
    return {"value": value, "quantity": quantity, "text": said, **more}


def _amount(entry: Entry, quantity: str, value: int) -> str:
    claim = entry.best_claim(quantity)
    meant = {"at_least": "at least ", "about": "about "}.get(claim.qualifier, "") if claim else ""
    return f"{meant}{value:,} {plural(quantity, value)}"


def _images(entry: Entry) -> list[str]:
    terms = set(entry.modality)
    return [kind for kind, members in IMAGE_KINDS.items() if terms & set(members)] or ([NO_IMAGES] if terms else [])


def _claim(claim: Claim, entry: Entry, found: IdcFacts | None) -> dict[str, Any]:
    """The claim; what the index says of it where it can tell; and the number to use where a source refutes it."""
    said: dict[str, Any] = {name: getattr(claim, name) for name in _CLAIM} | {"text": claim.amount}
    check = next((each for each in found.claims if each.claim == stated(claim)), None) if found else None
    told = check is not None and check.verdict != "not in the index"
    said |= {"idc": {"verdict": check.verdict, "sentence": check.sentence}} if check and told else {}
    right = entry.best_claim(claim.quantity) if claim.verdict == "differs" and not claim.of else None
    said |= {"right": right.amount} if right else {}
    word = verdict_word(claim)
    said |= {"counts": word.capitalize()} if claim.verdict == "differs" and word.startswith("counts") else {}
    return {name: value for name, value in said.items() if value not in (None, "")}


def _relations(entry: Entry, families: Families) -> list[dict[str, Any]]:
    """Its own relations, then those that others state to it, then those who overlap without saying so themselves."""
    own = [{name: value for name, value in vars(each).items() if value} for each in entry.relations]
    others = [{"kind": each.kind, "of": key, "inverse": True} for key, each in families.children(entry.key)]
    known = {each["of"] for each in own}
    overlaps = [{"kind": "overlaps", "of": key} for key in families.overlaps(entry.key) if key not in known]
    return [*own, *others, *overlaps]


def _idc(entry: Entry, found: IdcFacts | None) -> dict[str, Any]:
    stated_idc = dict(entry.fields.get("idc", {}))
    if found is None:
        return stated_idc
    counts = ("series", "studies", "patients", "people", "size_gb", "sex_known", "age_known", "first_version")
    lists = {"found": list(found.collections), "modalities": dict(found.modalities), "licenses": dict(found.licenses)}
    return {**stated_idc, "sentence": found.sentence, **{name: getattr(found, name) for name in counts}, **lists}


def _fair(entry: Entry) -> dict[str, Any]:
    """The sentence that sums the self-check up, and the answer to each metric, in the order of the metrics."""
    report = fair_check(entry)
    return {"summary": report.summary, "checks": [[each.answer, each.missing] for each in report.checks]}

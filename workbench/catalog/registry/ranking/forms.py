"""The compact form of an entry that ranking reads, in Python and in the page: what ranking needs, nothing else."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.asking.words import squeeze
from workbench.catalog.registry.entries import Claim, Entry
from workbench.catalog.registry.families import Families
from workbench.catalog.registry.licenses import License

_NUMBER = re.compile(r"[0-9][0-9,]*[0-9]|[0-9]")
_OTHER_SET = re.compile(r"^(the set that|of this platform|a part)")
_ALSO_ASKED = re.compile(r"Also asked: [^.;]+[.;]")
_DEMOGRAPHICS = ("age", "sex", "race", "ethnicity")
_PARENTS = ("subset_of", "edition_of", "derived_from", "annotations_of", "overlaps", "same_patients")


def ranking_form(entry: Entry, *, idc: str | None = None) -> dict[str, Any]:
    """Return what search and recommendation read of an entry, as plain values that JSON holds.

    Parameters
    ----------
    entry : Entry
        Of any kind.
    idc : str, optional
        What the index of the Imaging Data Commons counts of it, in a sentence, told where it differs; the shipped
        fact when absent.

    Returns
    -------
    dict
        ``key kind name``;
        ``texts``: what is searched, by field (``name``, ``aliases``, ``keywords``, ``organs``, ``conditions``,
        ``tasks``, ``modality``, ``annotations``, ``creator``, ``summary``, ``guide``, ``advice``), lists of texts;
        ``modality regions organs tasks labels`` (kinds of annotation) ``countries``: lists; ``specialty``;
        ``platform``: whether it holds many data sets; ``parts``: ``{name, modality, regions, organs, labels, sizes}``;
        ``splits``: whether there are official ones (yes, partly, no, unknown);
        ``sizes``: for each quantity the best supported number, ``{value, qualifier, source, checked, page}``,
        where ``checked`` is who was found to agree;
        ``disputed``: each number found to differ from its source, ``{amount, source, checked, words, note, page}``;
        ``demographics``: answers for age, sex, race, ethnicity, the ``page`` that says so, and
        whether it is of a ``third_party``;
        ``access``: ``{kind, page}``; ``license``: ``{id, name, commercial, share_alike, redistribution,
        attribution, asked, confirmed, page, words}``;
        ``advice``: what the guides advise it for; ``issues``: ``{issue, page}`` each;
        ``contested``: ``{text, page}`` of each conflict about its terms;
        ``parents``: ``{kind, of, outside, note}`` of each relation that shares images; ``idc``: the sentence.

    Examples
    --------
    >>> form = ranking_form(Entry("dataset", {"key": "invented", "name": "Invented", "modality": ["CT"]}))
    >>> form["key"], form["modality"], form["license"]["confirmed"]
    ('invented', ['CT'], False)
    """
    fields = entry.fields
    return {
        "key": entry.key,
        "kind": entry.kind,
        "name": entry.name,
        "texts": {name: texts for name, texts in _texts(entry).items() if texts},
        "modality": list(entry.modality),
        "regions": list(entry.body_region),
        "organs": list(entry.organs),
        "tasks": list(entry.tasks),
        "labels": list(fields.get("annotations", {}).get("kinds", ())),
        "countries": list(fields.get("countries", ())),
        "platform": bool(fields.get("platform")),
        "parts": [_part(each) for each in fields.get("parts", ())],
        "specialty": entry.specialty,
        "splits": fields.get("splits", {}).get("official", "unknown"),
        "sizes": _sizes(entry),
        "disputed": [_disputed(claim) for claim in entry.claims if claim.verdict == "differs"],
        "demographics": {
            **{name: entry.demographics[name] for name in _DEMOGRAPHICS},
            "page": _page(fields.get("demographics", {})),
            "third_party": _kind(fields.get("demographics", {})) == "third_party",
        },
        "access": {"kind": entry.access, "page": _page(fields.get("access", {}))},
        "license": _license(entry),
        "advice": list(fields.get("guide_advice", ())),
        "contested": [
            {"text": f"{each['nature']} {each['resolution']}", "page": _page(each)}
            for each in fields.get("conflicts", ())
            if each.get("kind") == "terms"
        ],
        "issues": [{"issue": each["issue"], "page": _page(each)} for each in fields.get("known_issues", ())],
        "parents": [
            {"kind": each.kind, "of": each.of, "outside": each.outside, "note": each.note}
            for each in entry.relations
            if each.kind in _PARENTS
        ],
        "idc": _differing(_shipped_facts().get(entry.key, "") if idc is None else idc),
    }


def ranking_forms(entries: Iterable[Entry], facts: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Return the forms of many entries.

    Parameters
    ----------
    entries : iterable of Entry
        In any order; ranking does not depend on it.
    facts : mapping, optional
        Key to the sentence of what the index of the Imaging Data Commons counts; the shipped ones when absent.

    Returns
    -------
    list of dict
        What `ranking_form` gives, in the same order.
    """
    said = _shipped_facts() if facts is None else facts
    return [ranking_form(entry, idc=said.get(entry.key, "")) for entry in entries]


def ranking_bundle(entries: Iterable[Entry], facts: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return all that `ranking.js` needs to rank without a kernel, as values that JSON holds.

    Parameters
    ----------
    entries : iterable of Entry
        What the page shows.
    facts : mapping, optional
        As in `ranking_forms`.

    Returns
    -------
    dict
        ``rules``: words and weights; ``forms``: a list; ``leakage``: ``[key, other key, sentence]`` each.
    """
    listed = list(entries)
    leakage = [list(pair) for pair in Families(listed).pairs()]
    return {"rules": dict(ranking_rules()), "forms": ranking_forms(listed, facts), "leakage": leakage}


@cache
def _shipped_facts() -> Mapping[str, str]:
    from workbench.catalog.registry.idc.checks import read_idc_facts

    return {key: facts.sentence for key, facts in read_idc_facts().items()}


def _texts(entry: Entry) -> dict[str, list[str]]:
    """Return what is searched, by field."""
    fields = entry.fields
    rows = fields.get("guide_rows", ())
    said = [row[part] for row in rows for part in ("section", "says", "size") if row.get(part)]
    named = [squeeze(name) for name in (entry.name, *entry.aliases)]
    words = [str(fields[name]) for name in ("architecture", "training_data", "publisher") if fields.get(name)]
    return {
        "name": [entry.name],
        "aliases": [*entry.aliases, *([] if squeeze(entry.key) in named else [entry.key])],
        "keywords": list(entry.keywords),
        "organs": [*entry.organs, *entry.body_region],
        "conditions": list(entry.conditions),
        "tasks": list(entry.tasks),
        "modality": list(entry.modality),
        "annotations": [fields["annotations"]["text"], *fields["annotations"]["kinds"]]
        if "annotations" in fields
        else [],
        "creator": [*fields.get("creator", {}).get("names", ()), *fields.get("countries", ())],
        "summary": [entry.summary, *words],
        "guide": [*{row["name"]: None for row in rows}, *dict.fromkeys(said)],
        "advice": list(fields.get("guide_advice", ())),
    }


def _sizes(entry: Entry) -> dict[str, dict[str, Any]]:
    """Return the best supported number of each quantity, with who states it."""
    quantities = dict.fromkeys([*(claim.quantity for claim in entry.claims if not claim.of), *entry.idc_counts])
    sizes = {}
    for quantity in quantities:
        value = entry.size(quantity)
        if value is None:
            continue
        claim = next((each for each in entry.claims if _states(each, quantity, value)), None)
        sizes[quantity] = {
            "value": value,
            "qualifier": claim.qualifier if claim else "exact",
            "source": claim.source if claim else "idc",
            "checked": str((claim.checked_against or {}).get("kind", ""))
            if claim and claim.verdict == "agrees"
            else "",
            "page": _page({"evidence": claim.checked_against}) if claim else "",
        }
    return sizes


def _states(claim: Claim, quantity: str, value: int) -> bool:
    return claim.quantity == quantity and not claim.of and claim.verdict != "differs" and int(claim.value) == value


def _disputed(claim: Claim) -> dict[str, str]:
    against = claim.checked_against or {}
    said = {name: str(against.get(name, "")) for name in ("words", "page")}
    checked = str(against.get("kind", ""))
    return {"amount": claim.amount, "source": claim.source, "checked": checked, "note": claim.note, **said}


def _part(stated: Mapping[str, Any]) -> dict[str, Any]:
    sizes = {
        each["quantity"]: {"value": each["value"], "qualifier": each.get("qualifier", "exact")}
        for each in stated.get("sizes", ())
    }
    lists = {"regions": "body_region", "organs": "organs", "labels": "labels"}
    known = {name: list(stated.get(field, ())) for name, field in lists.items()}
    return {"name": stated["name"], "modality": list(stated["modality"]), **known, "sizes": sizes}


def _differing(sentence: str) -> str:
    """Return what the index counts, unless it counts what was stated or another set."""
    stated, _, counted = sentence.partition("; IDC has ")
    numbers = _NUMBER.findall(stated)
    told = counted and numbers and not _OTHER_SET.search(counted) and numbers[0] not in _NUMBER.findall(counted)
    return sentence if told else ""


def _license(entry: Entry) -> dict[str, Any]:
    stated = entry.license
    commercial = {True: "yes", False: "no", None: "unknown"}[entry.commercial_use]
    evidence = stated.evidence or {}
    return {
        "id": stated.id,
        "name": stated.name + "".join(f"; {part}: {other.name}" for part, other in stated.parts),
        "commercial": commercial,
        # The text of a license on the SPDX list is known: where the table does not say so, none asks for the same.
        "share_alike": "no" if stated.share_alike == "unknown" and stated.spdx else stated.share_alike,
        "redistribution": _together(stated, "redistribution"),
        "attribution": _together(stated, "attribution"),
        "asked": _asked(stated),
        "confirmed": entry.license_confirmed,
        "page": str(evidence.get("page", "")),
        "words": str(evidence.get("words", "")),
    }


def _asked(stated: License) -> str:
    """Return what a license asks of those who use it, in a sentence: as its note says, else credit."""
    if said := _ALSO_ASKED.search(" ".join(stated.note.split())):
        return said[0]
    return "Credit is required." if _together(stated, "attribution") == "yes" else ""


def _together(stated: License, name: str) -> str:
    """Return what all parts of a license say: no where one of them does, else yes where all do."""
    answers = {str(getattr(stated, name)), *(str(getattr(part, name)) for _, part in stated.parts)}
    if name == "attribution" and "yes" in answers:
        return "yes"
    return (
        "no"
        if "no" in answers and (name != "attribution" or answers == {"no"})
        else "yes"
        if answers == {"yes"}
        else "unknown"
    )


def _kind(stated: Mapping[str, Any]) -> str:
    return str((stated.get("evidence") or {}).get("kind", ""))


def _page(stated: Mapping[str, Any]) -> str:
    return str((stated.get("evidence") or {}).get("page", ""))

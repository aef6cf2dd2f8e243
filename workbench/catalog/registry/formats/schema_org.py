"""Entries as schema.org describes data sets, software and catalogs, which search engines read.

References
----------
schema.org, https://schema.org/Dataset, https://schema.org/DataCatalog, https://schema.org/PropertyValue
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from workbench.catalog.registry.entries import Claim, Entry
from workbench.catalog.registry.formats.evidence import claim_words, pages_of, quoted
from workbench.catalog.registry.idc_facts import IdcFacts
from workbench.catalog.registry.licenses import License

CATALOG_NAME = "Data catalog of the imaging workbench"
#: Under which the descriptions stand, whatever the license of the data.
DESCRIPTION_LICENSE = "https://www.apache.org/licenses/LICENSE-2.0"
# Words that only names of organizations hold; what has digits, brackets or capitals throughout is none of a person.
_ORGANIZED = re.compile(
    r"universi|hospital|institut|cent(er|re)|college|school|facult|department|laborator|consorti|group|team|organi[zs]er|"
    r"societ|associat|academ|foundation|fondazione|initiative|network|program|project|platform|archive|databank|library|"
    r"commons|corp|inc\b|ltd|gmbh|clinic|challenge|health|imaging|medic|cancer|research|national|atlas|[\d()/:&]",
    re.IGNORECASE,
)
_TYPES = {"dataset": "Dataset", "collection": "Dataset", "framework": "SoftwareSourceCode", "model": "CreativeWork"}
# To the parent: as a part of it, or made from it (schema.org, CreativeWork).
_PARENTS = {
    "subset_of": "isPartOf",
    "edition_of": "isBasedOn",
    "derived_from": "isBasedOn",
    "annotations_of": "isBasedOn",
}


def describe_entry(entry: Entry, facts: IdcFacts | None = None) -> dict[str, Any]:
    """Return what an entry says, in the words of schema.org and without a context.

    Parameters
    ----------
    entry : Entry
        Any entry; every value is its own.
    facts : IdcFacts, optional
        What the index of the Imaging Data Commons counts of it.

    Returns
    -------
    dict
        ``@type``, ``name``, ``description`` and what else is known; what nobody states is left out.

    Examples
    --------
    >>> describe_entry(Entry("dataset", {"key": "a", "name": "A", "license": {"id": "unknown"}}))["name"]
    'A'
    """
    fields = entry.fields
    described = {
        "@type": _TYPES[entry.kind],
        "name": entry.name,
        "alternateName": list(entry.aliases),
        "description": entry.summary,
        "identifier": [entry.key, *([f"https://doi.org/{entry.doi}"] if entry.doi else [])],
        "url": entry.url,
        "license": _license_addresses(entry.license),
        "creator": _creators(entry),
        "publisher": {"@type": "Organization", "name": fields["publisher"]} if "publisher" in fields else None,
        "datePublished": fields.get("published"),
        "version": fields.get("version"),
        "keywords": _keywords(entry),
        "citation": fields.get("citation", {}).get("text"),
        "conditionsOfAccess": _access(entry),
        "isAccessibleForFree": True if entry.access == "open" else None,
        "encodingFormat": list(fields.get("formats", ())),
        "measurementTechnique": list(entry.modality) if _TYPES[entry.kind] == "Dataset" else None,
        "spatialCoverage": [{"@type": "Place", "name": country} for country in fields.get("countries", ())],
        "codeRepository": fields.get("repository") if entry.kind == "framework" else None,
        "programmingLanguage": list(fields.get("languages", ())),
        **_relatives(entry),
        "subjectOf": [
            {
                "@type": "CreativeWork",
                "url": page.address,
                "text": list(page.words),
                "abstract": f"{page.kind}, read {page.read}",
            }
            for page in pages_of(entry)
        ],
        "additionalProperty": _properties(entry, facts),
        "sdDatePublished": fields.get("reviewed"),
        "sdLicense": DESCRIPTION_LICENSE,
        "sdPublisher": {"@type": "Organization", "name": "Imaging Workbench developers"},
    }
    return {name: value for name, value in described.items() if value not in (None, "", [])}


def data_catalog_jsonld(entries: Iterable[Entry], facts: Mapping[str, IdcFacts] | None = None) -> dict[str, Any]:
    """Return the whole catalog as one schema.org DataCatalog.

    Parameters
    ----------
    entries : iterable of Entry
        Each key once.
    facts : mapping of str to IdcFacts, optional
        Key to what the index of the Imaging Data Commons counts.

    Returns
    -------
    dict
        JSON-LD with its context inside; ``hasPart`` holds one description an entry, in the order given.

    Examples
    --------
    >>> data_catalog_jsonld([])["@type"]
    'DataCatalog'
    """
    known = facts or {}
    return {
        "@context": {"@vocab": "https://schema.org/"},
        "@type": "DataCatalog",
        "name": CATALOG_NAME,
        "description": "Open data sets, models and frameworks of medical imaging: claims, terms and their sources.",
        "license": DESCRIPTION_LICENSE,
        "hasPart": [{"@id": f"#{entry.key}", **describe_entry(entry, known.get(entry.key))} for entry in entries],
    }


def property_value(name: str, value: object, description: str = "") -> dict[str, Any]:
    """Return one named value.

    Parameters
    ----------
    name : str
        What is stated.
    value : object
        Text or a number.
    description : str
        Where it comes from.

    Returns
    -------
    dict
        A schema.org PropertyValue.

    Examples
    --------
    >>> property_value("patients", 12)
    {'@type': 'PropertyValue', 'name': 'patients', 'value': 12}
    """
    return {
        "@type": "PropertyValue",
        "name": name,
        "value": value,
        **({"description": description} if description else {}),
    }


def _license_addresses(terms: License) -> list[str]:
    """Return where the terms of an entry stand, those of its parts after its own; names where terms have no address."""
    stated = [each for each in (terms, *(part for _, part in terms.parts)) if each.confirmed]
    return list(dict.fromkeys(each.url or each.name for each in stated))


def _creators(entry: Entry) -> list[dict[str, str]]:
    """Return who made it; an entry does not say which are persons, so the names themselves must tell."""
    names = entry.fields.get("creator", {}).get("names", ())
    return [{"@type": "Person" if _is_person(name) else "Organization", "name": name} for name in names]


def _is_person(name: str) -> bool:
    words = name.split()
    capitals = any(len(word) > 2 and word.isupper() for word in words)
    return 2 <= len(words) <= 5 and not capitals and not _ORGANIZED.search(name) and all(map(_is_of_name, words))


def _is_of_name(word: str) -> bool:
    return word[0].isupper() or word in ("van", "der", "den", "de", "da", "di", "del", "von", "la", "le", "al", "bin")


def _keywords(entry: Entry) -> list[str]:
    words = (*entry.keywords, *entry.modality, *entry.body_region, *entry.organs, *entry.conditions, *entry.tasks)
    return list(dict.fromkeys(word for word in words if word not in ("Unknown", "Not Applicable")))


def _access(entry: Entry) -> str:
    stated = entry.fields.get("access", {})
    words = (entry.access.replace("_", " "), stated.get("how", ""), stated.get("url", ""))
    return "" if entry.access == "unknown" else "; ".join(word for word in words if word)


def _relatives(entry: Entry) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for relation in entry.relations:
        # No Dataset inside a Dataset: a reader of Croissant takes the first it meets for the whole.
        other = {"@type": "CreativeWork", "name" if relation.outside else "identifier": relation.of}
        if relation.kind == "hosted_on":
            found.setdefault("includedInDataCatalog", []).append(other | {"@type": "DataCatalog"})
        elif relation.kind in _PARENTS:
            words = (
                f"{relation.kind.replace('_', ' ')}; {relation.note}"
                if relation.note
                else relation.kind.replace("_", " ")
            )
            found.setdefault(_PARENTS[relation.kind], []).append(other | {"description": words})
    for key in entry.fields.get("trained_on", ()):
        found.setdefault("isBasedOn", []).append(
            {"@type": "CreativeWork", "identifier": key, "description": "trained on"}
        )
    return found


def _properties(entry: Entry, facts: IdcFacts | None) -> list[dict[str, Any]]:
    fields, terms = entry.fields, entry.license
    values = [_claim(claim, facts) for claim in entry.claims]
    values += [
        property_value(f"{name} given per person", answer)
        for name, answer in entry.demographics.items()
        if answer != "unknown"
    ]
    if terms.confirmed and terms.evidence:
        values.append(property_value("license as stated", terms.id, quoted(terms.evidence)))
        values.append(
            property_value("commercial use", {True: "yes", False: "no", None: "read the terms"}[entry.commercial_use])
        )
    values += [
        property_value("images in common with", relation.of, relation.note)
        for relation in entry.relations
        if relation.kind == "overlaps"
    ]
    for item, answered in fields.get("standing_together", {}).items():
        values.append(property_value(f"STANDING Together, {item}", answered["answer"], quoted(answered["evidence"])))
    values += [
        property_value(
            f"guide row {row['row']}",
            row["name"],
            "; ".join(row[name] for name in ("size", "says", "source") if name in row),
        )
        for row in fields.get("guide_rows", ())
    ]
    if facts is not None:
        index = f"idc-index-data {facts.index}"
        values.append(property_value("counted in the Imaging Data Commons", facts.sentence, index))
    return values


def _claim(claim: Claim, facts: IdcFacts | None) -> dict[str, Any]:
    name = f"{claim.quantity.replace('_', ' ')}{f' {claim.of}' if claim.of else ''}"
    value = property_value(name, claim.value, claim_words(claim, facts))
    if claim.qualifier == "at_least":  # schema.org, PropertyValue: minValue is the lower bound
        value["minValue"] = value.pop("value")
    if claim.qualifier == "about":
        value["description"] = f"about; {value['description']}"
    return value

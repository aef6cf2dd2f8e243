"""Entries as Croissant, the format in which loaders of machine learning describe data sets.

References
----------
MLCommons, Croissant Format Specification 1.1, http://mlcommons.org/croissant/1.1
MLCommons, Croissant Responsible AI Vocabulary 1.0, http://mlcommons.org/croissant/RAI/1.0
Semantic Versioning 2.0.0, item 2, https://semver.org
"""

import re
from typing import Any

from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.formats.references import bibtex
from workbench.catalog.registry.formats.responsible_ai import responsible_ai
from workbench.catalog.registry.formats.schema_org import describe_entry, property_value
from workbench.catalog.registry.idc_facts import IdcFacts

#: What a description says it keeps to; the version comes first, which is what a validator reads.
CONFORMS_TO = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
# "2", "v2.1", and "2.1.0" before other words; "2 of 3" is no version.
_NUMBERS = re.compile(r"^[vV]?(\d+)(?:\.(\d+)(?:\.(\d+))?(?![\w.])|$)")
_NO_FILES = "No file of it is known to the catalog with its address and checksum; see url and conditionsOfAccess."


def croissant(entry: Entry, facts: IdcFacts | None = None) -> dict[str, Any]:
    """Return a data set as Croissant 1.1 with the fields for responsible AI.

    Parameters
    ----------
    entry : Entry
        A data set or a collection; every value is its own.
    facts : IdcFacts, optional
        What the index of the Imaging Data Commons counts of it.

    Returns
    -------
    dict
        JSON-LD. It holds no ``distribution``, because no file is known by address and checksum. ``version`` follows
        semantic versioning, which the format asks for; what the creators call it stands in ``additionalProperty``.

    Raises
    ------
    ValueError
        For a model or a framework, which Croissant does not describe.

    Examples
    --------
    >>> croissant(Entry("dataset", {"key": "a", "name": "A", "version": "v2", "license": {"id": "unknown"}}))["version"]
    '2.0.0'
    """
    if entry.kind not in ("dataset", "collection"):
        raise ValueError(
            f"The entry '{entry.key}' is a {entry.kind}; Croissant describes data sets. "
            "Write its card with card(entry), or all entries with data_catalog_jsonld(entries)."
        )
    described = describe_entry(entry, facts)
    version, explained = _version(entry)
    properties = [*described.pop("additionalProperty", []), property_value("distribution", "none listed", _NO_FILES)]
    if explained:
        properties.append(property_value("version as stated", entry.fields.get("version", "none"), explained))
    cited = entry.fields.get("citation")
    described.pop("citation", None)
    record = {
        **described,
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS_TO),
        "version": version,
        "citeAs": bibtex([entry]).strip() if cited else "",
        **responsible_ai(entry),
        "additionalProperty": properties,
    }
    return {"@context": context(), **{name: value for name, value in record.items() if value not in ("", [], None)}}


def context() -> dict[str, Any]:
    """Return the official context of Croissant 1.1, word for word, so that nothing has to be fetched.

    Returns
    -------
    dict
        A new copy.

    Examples
    --------
    >>> context()["@vocab"]
    'https://schema.org/'
    """
    own = (
        "arrayShape citeAs column containedIn equivalentProperty extract field fileProperty fileObject fileSet format "
        "includes isArray isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace "
        "samplingRate separator source subField transform"
    )
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",  # not http: readers compare the text (mlcommons/croissant#1018)
        "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "name": {"@container": "@language"},
        "description": {"@container": "@language"},
        **{name: f"cr:{name}" for name in own.split()},
    }


def _version(entry: Entry) -> tuple[str, str]:
    """Return a semantic version, and why it is not the words of the creators."""
    stated = str(entry.fields.get("version", ""))
    if found := _NUMBERS.match(stated):
        version = ".".join(str(int(number or 0)) for number in found.groups())
        return (
            version,
            "" if version == stated else "The field version holds it with the three numbers the format asks for.",
        )
    numbers = [str(int(number)) for number in str(entry.fields.get("published", "")).split("-") if number]
    if not numbers:
        return "", "It has no numbers to make a version of." if stated else ""
    version = ".".join([*numbers, "0", "0"][:3])
    return version, (
        f"The field version, {version}, is no version of the creators: it is the date of publication, "
        f"{entry.fields['published']}, with the three numbers the format asks for."
    )

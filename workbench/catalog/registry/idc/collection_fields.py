"""Write what the embedded index says of its collections in the words of the data catalog."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from workbench.catalog.citations import read_citation
from workbench.catalog.registry.idc.counts import count_collections
from workbench.catalog.repository import Repository
from workbench.vocabulary.anatomy import region_of_body_part
from workbench.vocabulary.dicom import DERIVED_MODALITIES

_LONGEST, _SHORTEST = 420, 30  # letters of a summary
_ADDRESS = re.compile(r"\s*\(\s*https?://[^\s()]+\s*\)")
_POINTER = re.compile(r"^(please see|for more information|see )", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[a-z0-9)\]%”\"][.!?])\s+(?=[A-Z“\"(])")
_NOT_SPLIT = ", Not Otherwise Specified"
_NO_IMAGE = ("OT", "PR", "KO", "REG", "FUSION", "RWV")
_CREATIVE_COMMONS = re.compile(r"^CC (BY(?:-[A-Z]{2})*) (\d\.\d)$")
_TERMS = {"National Library of Medicine Terms and Conditions; May 21, 2019": "LicenseRef-NLM-Terms"}


def collection_fields(repository: Repository) -> list[dict[str, Any]]:
    """Return the fields of an entry for each collection.

    Parameters
    ----------
    repository : Repository
        The embedded index.

    Returns
    -------
    list of dict
        By key; as ``data_catalog/schema/entry.schema.json`` describes them, with ``species``, without tasks.
    """
    versions = repository.versions
    day = str(versions.sort("idc_version")["version_timestamp"][-1])
    described = [_fields(row, repository, day) for row in repository.collections.iter_rows(named=True)]
    return sorted(described, key=lambda each: str(each["key"]))


def shortened(description: str) -> str:
    """Return the first sentences of a description, without addresses and without what only points elsewhere.

    Parameters
    ----------
    description : str
        With line breaks.

    Returns
    -------
    str
        At most a few hundred letters; ends with a sentence wherever there is one.

    Examples
    --------
    >>> shortened("CT of the\\nchest (https://example.org/a). Please see the wiki page to learn more.")
    'CT of the chest.'
    """
    text = " ".join(_ADDRESS.sub("", description).split()).replace(" .", ".").replace(" ,", ",")
    sentences = _SENTENCE.split(text)
    told = [each for each in sentences if not _POINTER.match(each)] or sentences
    summary = told[0]
    for sentence in told[1:]:
        if len(summary) + len(sentence) + 1 > _LONGEST:
            break
        summary = f"{summary} {sentence}"
    if len(summary) > _LONGEST:
        summary = f"{summary[:_LONGEST].rsplit(' ', 1)[0].rstrip(',;: ')} …"
    return summary


def _fields(row: Mapping[str, Any], repository: Repository, day: str) -> dict[str, Any]:
    identifier, name = str(row["collection_id"]), str(row["collection_name"])
    counted = count_collections(repository, [identifier])
    original = [source for source in row["sources"] if source["source_type"] == "original_data"]
    first = max(original, key=lambda each: sum(counted["acquired"].get(m, 0) for m in _several(each["modalities"])))
    cited = read_citation(str(first["source_doi"]), str(first["citation"]))
    authors = [list(author) for author in cited.authors]
    summary = shortened(str(row["description"]))
    if len(summary) < _SHORTEST:
        summary = f"{name}, a collection of the NCI Imaging Data Commons. {summary}"
    modality = [m for m in counted["acquired"] if m not in (*DERIVED_MODALITIES, *_NO_IMAGE)]
    citation = {"text": cited.text, "authors": authors, "year": cited.year, "title": cited.title, "doi": cited.doi}
    names = [" ".join(part for part in author if part) for author in authors if author != ["others", ""]]
    fields = {
        "key": "idc-" + identifier.replace("_", "-"),
        "name": name,
        "aliases": [identifier],
        "summary": summary,
        "specialty": _specialty(modality),
        "modality": modality,
        "body_region": _regions(str(row["tumor_locations"])),
        "organs": [part.lower() for part in _several(row["tumor_locations"]) if part != "Various"],
        "conditions": _several(row["cancer_types"]),
        "keywords": ["NCI Imaging Data Commons", "IDC", *([str(row["program_id"])] if row["program_id"] else [])],
        "species": list(counted["species"]),
        "claims": _claims(counted, repository),
        "access": {"kind": "open", "url": first["source_url"], "evidence": _evidence(first, first["Access"], day)},
        "license": _license(first, row["sources"], day),
        "creator": {"names": names, "evidence": _evidence(first, cited.text[:400], day)} if names else None,
        "publisher": cited.publisher,
        "published": cited.year,
        "version": cited.version,
        "doi": cited.doi,
        "url": first["source_url"],
        "formats": ["DICOM"],
        "idc": {"relation": "same", "collections": [identifier]},
        "demographics": _demographics(counted),
        "citation": {part: value for part, value in citation.items() if value},
    }
    return {part: value for part, value in fields.items() if value not in (None, "", [])}


def _several(text: str | None) -> list[str]:
    kept = (text or "").replace(_NOT_SPLIT, "\0")
    return [part.strip().replace("\0", _NOT_SPLIT) for part in kept.split(",") if part.strip()]


def _specialty(modality: Iterable[str]) -> str:
    slides = [each == "SM" for each in modality]
    return "pathology" if all(slides) else "several" if any(slides) else "radiology"


def _regions(locations: str) -> list[str]:
    parts = pl.DataFrame({"part": _several(locations)}, schema={"part": pl.String})
    regions = parts.select(region_of_body_part(pl.col("part")))["part"].drop_nulls().unique(maintain_order=True)
    return regions.to_list() or ["Unknown"]


def _claims(counted: Mapping[str, Any], repository: Repository) -> list[dict[str, Any]]:
    slides = counted["acquired"].get("SM", 0)
    sizes = {"patients": counted["people"], "studies": counted["studies"], "series": counted["acquired_series"]}
    words = {"patients": "people", "series": "acquired series"}
    return [
        {
            "quantity": quantity,
            "value": n,
            "qualifier": "exact",
            "source": "registry",
            "where": f"idc-index-data {repository.build}",
            "words": f"{n:,} {words.get(quantity, quantity)} counted in the index of IDC {repository.version}",
            "verdict": "unchecked",
        }
        for quantity, n in (sizes | ({"slides": slides} if slides else {})).items()
    ]


def _evidence(source: Mapping[str, Any], words: str, day: str) -> dict[str, str]:
    return {
        "page": str(source["source_url"]),
        "where": "collections_index of the index package",
        "words": words,
        "kind": "registry",
        "read": day,
    }


def _license(first: Mapping[str, Any], sources: Iterable[Mapping[str, Any]], day: str) -> dict[str, Any]:
    """Return the license of the source with most images, and as parts the sources under another one."""
    chosen = _license_id(first)
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    for source in sources:
        identifier = _license_id(source)
        if identifier != chosen:
            part = f"{source['modalities']}: {source['source_title']}"
            stated = source["license"]["license_short_name"]
            parts[part, identifier] = {"part": part, "id": identifier, "evidence": _evidence(source, stated, day)}
    said = {"id": chosen, "evidence": _evidence(first, first["license"]["license_short_name"], day)}
    odd = [each["license"] for each in sources if _contradicts_itself(each["license"])]
    note = "; ".join(f"{each['license_short_name']} beside {each['license_url']}" for each in odd)
    told = {"note": f"The index contradicts itself ({note}); its short names were read."} if odd else {}
    return said | ({"parts": list(parts.values())} if parts else {}) | told


def _contradicts_itself(stated: Mapping[str, str]) -> bool:
    """Say whether name and address of a license differ in what matters most: non-commercial use."""
    return "NC" in stated["license_short_name"] and "-nc" not in stated["license_url"]


def _license_id(source: Mapping[str, Any]) -> str:
    name = str(source["license"]["license_short_name"])
    found = _CREATIVE_COMMONS.match(name)
    return f"CC-{found[1]}-{found[2]}" if found else _TERMS.get(name, "unknown")


def _demographics(counted: Mapping[str, Any]) -> dict[str, str]:
    """Say how many have an age and a sex in the index; what is not there may stand in tables beside the images."""
    answers = {name: _answer(counted[f"{name}_known"]) for name in ("age", "sex")}
    shares = f"an age for {100 * counted['age_known']:.0f} % and a sex for {100 * counted['sex_known']:.0f} %"
    text = f"The index gives {shares} of {counted['people']:,} people; clinical tables are not in it."
    return {**answers, "race": "unknown", "ethnicity": "unknown", "text": text}


def _answer(share: float) -> str:
    return "yes" if share == 1 else "partly" if share else "unknown"

"""The public page of the data catalog: every entry with its sources, ready to be asked in the browser."""

import base64
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.assets import asset_path
from workbench.catalog import registry
from workbench.catalog.documents.lines import read_document
from workbench.catalog.registry.data_catalog import DataCatalog
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.families import Families
from workbench.catalog.registry.formats.fair_metrics import METRICS
from workbench.catalog.registry.idc.checks import read_idc_facts
from workbench.catalog.registry.idc_facts import IdcFacts
from workbench.catalog.registry.ranking.forms import ranking_bundle, ranking_forms
from workbench.presentation.catalog_cards import card_of
from workbench.presentation.catalog_files import files_of
from workbench.presentation.catalog_words import IMAGE_KINDS, NO_IMAGES, TERMS
from workbench.presentation.charts.dataset_map import MEASURES, datasets
from workbench.presentation.figure import Figure
from workbench.presentation.manifest import PAGE_SCHEMA
from workbench.presentation.page_head import flat_stamp
from workbench.presentation.who_is_counted import banner_of
from workbench.provenance import stamp

if TYPE_CHECKING:
    from workbench.presentation.publication import Publication

#: What a newcomer may ask; the first is the one that the catalog was built to answer.
QUESTIONS = (
    "chest X-rays with demographics, commercially usable, over 10,000 patients",
    "I am new to medical imaging AI. Which data set should I start with?",
    "Brain tumor segmentation in MRI",
    "Multi-organ segmentation in CT",
    "Segment nuclei across many tissue types",
    "A pretrained feature extractor for pathology",
)
_REAL = "The data sets on this page are real; they belong to others."
_NAME = "Data catalog of the imaging workbench"
_COUNTED = ("agrees", "differs")  # what the index says where it counts the same of the same set


def data_catalog_page(publication: "Publication") -> dict[str, Any]:
    """Return the page of the data catalog, which is the same beside every source: it holds no patient.

    Parameters
    ----------
    publication : Publication
        Of which only the entries of one's own are read.

    Returns
    -------
    dict
        As `catalog_page` gives it.
    """
    identity, source = publication.identity, publication.catalog.repository.name
    whose = {"identity": identity.entry(), "contact": identity.contact or identity.url, "findings": []}
    use = {"commercial": f"It differs between data sets, and says nothing of {source}: each entry names its license."}
    page = catalog_page(registry.datasets(publication.own))
    above = {name: f"{text} {_REAL}" for name, text in banner_of(publication).items()}
    return page | whose | above | {"use": use | {"license": f"{page['source']['license']}."}}


def catalog_page(catalog: DataCatalog, *, facts: Mapping[str, IdcFacts] | None = None) -> dict[str, Any]:
    """Return everything the page of the data catalog shows, ready for JSON.

    Parameters
    ----------
    catalog : DataCatalog
        What ``wb.datasets()`` gives.
    facts : mapping of str to IdcFacts, optional
        What the index of the Imaging Data Commons counts, by key; by default as written beside the catalog.

    Returns
    -------
    dict
        A page of schema `PAGE_SCHEMA` with ``catalog`` added: words, questions, entries; and, packed as gzip in
        base64, what ranking reads, the collections of the Imaging Data Commons, and the files of every entry.
    """
    known = read_idc_facts() if facts is None else facts
    families, collections = Families(catalog.entries), tuple(catalog.collections)
    cards = {entry.key: card_of(entry, families=families, facts=known) for entry in catalog.entries}
    ranking = _ranking(catalog, known)
    for one, other, sentence in ranking["leakage"]:
        cards[one]["shares"].append({"key": other, "sentence": sentence})
        cards[other]["shares"].append({"key": one, "sentence": sentence})
    read = max(_days(list(cards.values())), default="")
    made = stamp(source=_NAME, version=read, query=sorted(cards))
    return {
        "schema": PAGE_SCHEMA,
        "title": "Which open data set do you need?",
        "subtitle": "Ask in your own words. Every answer shows its reasons, its warnings, and the page each fact was "
        "read on. What nobody confirms is said to be unknown.",
        "as_of": f"sources read until {read}" if read else "",
        "source": {"name": _NAME, "license": "Entries under Apache-2.0; the data under the license of each set"},
        "groups": [
            {"id": "catalog", "title": "In the catalog", "tiles": list(_tiles(catalog.entries, cards.values()))}
        ],
        "figures": [figure.page_entry() for figure in _maps(catalog)],
        "catalog": {
            "words": TERMS,
            "image_kinds": {**IMAGE_KINDS, NO_IMAGES: ()},
            "questions": list(QUESTIONS),
            "entries": list(cards.values()),
            "checklist": _checklist(),
            "metrics": [[each.identifier, each.name] for each in METRICS],
            "packed": {
                "ranking": _packed(ranking),
                "collections": _packed([card_of(each, families=Families(()), facts={}) for each in collections]),
                "files": _packed({each.key: files_of(each, known.get(each.key)) for each in catalog.entries}),
            },
        },
        "notes": _notes(),
        "cite": [f"{_NAME}, {read[:4]}. Cite the data set itself too: each card has its citation."] if read else [],
        "provenance": flat_stamp(made),
    }


def _maps(catalog: DataCatalog) -> list[Figure]:
    """The maps, first the one that leaves out the fewest."""
    return sorted((datasets(catalog, by=by) for by in MEASURES), key=lambda figure: figure.table["size"].null_count())


def _days(value: Any) -> Iterator[str]:
    """Every day on which a source was read."""
    if isinstance(value, Mapping):
        if isinstance(value.get("read"), str):
            yield value["read"]
        for each in value.values():
            yield from _days(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _days(each)


def _tiles(entries: Sequence[Entry], cards: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    kinds = [entry.kind for entry in entries]
    sets = [entry for entry in entries if entry.kind == "dataset"]
    yield _tile("datasets", "Data sets", len(sets))
    yield _tile("others", "Models and software", kinds.count("model") + kinds.count("framework"))
    free = sum(entry.commercial_use is True for entry in sets)
    others = sum(entry.commercial_use is True for entry in entries) - free
    named = "model or software" if others == 1 else "models and software"
    yield _tile(
        "commercial",
        "Data sets for commercial use",
        free,
        f"in the words of a source; and {others:,} {named}",
    )
    claims = [claim for card in cards for claim in card.get("claims", ())]
    checked = sum(
        claim["verdict"] != "unchecked" or claim.get("idc", {}).get("verdict") in _COUNTED for claim in claims
    )
    yield _tile("claims", "Numbers compared with a source", checked, f"of {len(claims):,} that somebody states")
    unknown = sum(not entry.license_confirmed for entry in sets)
    yield _tile("unconfirmed", "Licenses not confirmed", unknown, "never recommended as usable")


def _tile(name: str, label: str, value: int, note: str | None = None) -> dict[str, Any]:
    return {"id": name, "label": label, "value": value, "text": f"{value:,}", "note": note}


def _ranking(catalog: DataCatalog, facts: Mapping[str, IdcFacts]) -> dict[str, Any]:
    """What search, reading a question and recommending need; `ranking.js` reads the same as Python."""
    sentences = {key: each.sentence for key, each in facts.items()}
    apart = ranking_forms(tuple(catalog.collections))
    return ranking_bundle(catalog.entries, sentences) | {"collections": apart}


def _checklist() -> dict[str, Any]:
    checklist = read_document(asset_path("data_catalog", "standing_together.yaml")).value
    items = [{"id": item["id"], "question": item["question"]} for item in checklist["items"]]
    return {"title": checklist["title"], "citation": checklist["citation"], "items": items}


def _packed(content: Any) -> str:
    """What the page needs but nobody reads in the file, as gzip in base64: it says again much of what entries say."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
    return base64.b64encode(gzip.compress(text.encode("utf-8"), mtime=0)).decode("ascii")


def _notes() -> list[dict[str, str]]:
    return [
        {
            "title": "Where an entry comes from",
            "text": "Guides to open imaging data named these sets. Each number of a guide became a claim; then the "
            "pages of the creators, the repositories and the papers were read, and every fact taken over "
            "carries the page, its words and the day of reading. Nothing is guessed: what no source states "
            "reads unknown.",
        },
        {
            "title": "How an answer is found",
            "text": "Your words are read for what you need: kind, task, part of the body, image, size, license, "
            "demographics, access. An entry that fails a need is never ranked; it is shown apart with the "
            "need it fails. The rest is ordered by how well it meets your words and by how well its facts are"
            " supported. Nothing you type leaves your browser.",
        },
        {
            "title": "What a license here means",
            "text": "A license counts as confirmed when the creators, their repository, their paper or a registry "
            "states it in words that are quoted. What others say about it does not confirm it. This is no "
            "legal advice: read the terms themselves before you rely on them.",
        },
        {
            "title": "Compared with the Imaging Data Commons",
            "text": "Where a data set, or its family, is in the NCI Imaging Data Commons, patients, studies and "
            "series were counted in its public index and stand beside the claims. A study, a scan and an "
            "image are not the same; numbers of different things are never called a difference.",
        },
        {
            "title": "Add or correct an entry",
            "text": 'Begin one in a folder of your own: workbench datasets add --name "My scans" --modality CT '
            "--task segmentation --to my_catalog. Fill it in, run workbench datasets check my_catalog, and send it for "
            "one review. Every problem is listed with file and line.",
        },
        {
            "title": "Documentation answers",
            "text": "The questions about documentation follow the STANDING Together recommendations; the FAIR "
            "self-check uses the names of the F-UJI metrics. Both are prompts for you to look closer, not "
            "grades.",
        },
    ]

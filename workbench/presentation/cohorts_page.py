"""The public cohort page: criteria by click, every answer looked up in a fixed set of published tables."""

from typing import Any

import polars as pl

from workbench.catalog.criteria.criterion import Criterion
from workbench.catalog.repository import Repository
from workbench.errors import listed
from workbench.presentation import charts
from workbench.presentation.census_counts import IMAGING, PEOPLE, PublicCounts, is_known
from workbench.presentation.charts.reader_words import modality_names
from workbench.presentation.cohorts_tables import ATTRIBUTES, belongs_to_series, cohort_tables
from workbench.presentation.page_head import WHY_EXACT, page_head
from workbench.presentation.publication import Publication
from workbench.presentation.published import pack_tables
from workbench.presentation.who_is_counted import NOT_KNOWN_NOTE, census_tile, who_is_counted

_ORDERED = ("age_group",)  # bars keep their order; those of others go by size
_PEOPLE_ONLY = "people only, no animals or phantoms"
_LACKED = {"covid19_positive": "COVID-19 test result"}
_FIRST = ("modality", "sex", "age_group")  # the figure that stands for the page where it is not drawn


def cohorts_page(publication: Publication) -> dict[str, Any]:
    """Return the public cohort page, ready for JSON.

    Parameters
    ----------
    publication : Publication
        Any source. Of a controlled one the page holds the suppressed family and nothing else, so that no choice of
        criteria, and no difference of two, tells about 1 to 10 patients.

    Returns
    -------
    dict
        A page with ``attributes`` (``name``, ``title``, ``several``, ``ordered``), ``published`` (what `pack_tables`
        gives), ``earlier`` (the same of earlier releases), ``suppressed`` and ``code`` added.
    """
    counts, repository = publication.counts, publication.catalog.repository
    tables = cohort_tables(counts)
    names = [name for name in ATTRIBUTES if any(table.by == (name,) for table in tables)]
    head = page_head(
        publication,
        title="How many patients meet your criteria?",
        subtitle=f"Choose among the patients in the {repository.name}: every bar is a criterion. "
        + who_is_counted(publication),
        query="cohorts",
    )
    return head | {
        "findings": [],
        "groups": [{"id": "patients", "title": "Patients", "tiles": [census_tile(publication, _PEOPLE_ONLY)]}],
        "sections": [],
        "figures": _figures(counts),
        "attributes": [
            {
                "name": name,
                "title": ATTRIBUTES[name],
                "several": counts.is_open and belongs_to_series(name),
                "ordered": name in _ORDERED,
            }
            for name in names
        ],
        "published": pack_tables(tables),
        "earlier": [pack_tables(release) for release in publication.earlier],
        "suppressed": not counts.is_open,
        "code": _code(counts, repository),
        "notes": _notes(counts, names),
    }


def _figures(counts: PublicCounts) -> list[dict[str, Any]]:
    named = (counts.censuses.get((name,)) for name in _FIRST)
    first = next((census for census in named if census is not None and is_known(census)), None)
    return [] if first is None else [charts.census(first).page_entry()]


def _code(counts: PublicCounts, repository: Repository) -> dict[str, Any]:
    """What opens the same people in a notebook: the source, and who is left out."""
    named = repository.key if repository.key.partition(":")[0] in ("idc", "synthetic") else ""
    left_out = [each for each in counts.cohort.conditions if isinstance(each, Criterion) and each.exclude]
    return {
        "source": named,
        "exclude": {each.column: list(each.values) for each in left_out},
        "acquired": counts.is_open,
    }


def _notes(counts: PublicCounts, names: list[str]) -> list[dict[str, str]]:
    disclosure = counts.cohort.repository.disclosure
    people = "Every patient who is a person counts once, with the age at the earliest study that has one."
    imaged = (
        "Of images, only acquired ones are asked. A patient counts in each group that he or she has images in, and two "
        "criteria on images are met by the same series."
        if counts.is_open
        else "By images, a patient counts once, in the combination of all that he or she has images of."
    )
    notes = [
        {"title": "What is counted", "text": f"{people} {imaged}"},
        {
            "title": "What may be asked together",
            "text": "Every number is looked up in a table that was published once, or is the sum of some of its cells; "
            "no number is the difference of two. Attributes that no table has together are said to be so.",
        },
    ]
    if counts.is_open:
        notes.append({"title": "Why exact counts", "text": f"Exact, because {WHY_EXACT[disclosure]}."})
    else:
        notes.append({"title": "Small counts", "text": " ".join(counts.protection)})
    lacking = [_LACKED.get(name, word.lower()) for name, word in {**PEOPLE, **IMAGING}.items() if name not in names]
    told = f"This source does not say {listed(lacking, 'or')} of any patient. " if lacking else ""
    text = f"{told}Values that are not known are drawn, never dropped."
    notes += [{"title": "What is missing", "text": text}, dict(NOT_KNOWN_NOTE)]
    definitions = dict.fromkeys(text for census in counts.censuses.values() for text in census.definitions)
    imaged_by = counts.censuses.get(("modality",))
    codes = "" if imaged_by is None else modality_names(imaged_by.table["modality"].cast(pl.String))
    notes += [{"title": "Codes of modalities", "text": codes}] if codes else []
    return [*notes, {"title": "Definitions", "text": " ".join(definitions)}] if definitions else notes

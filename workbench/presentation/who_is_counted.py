"""Who counts as a patient, in the same words on every page; and what stands above the pages of an invented source."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from workbench.catalog.repository import Repository
from workbench.presentation.publication import Publication
from workbench.vocabulary.pipeline import PIPELINE_STATES

#: The four words for what nobody knows, explained once and in the same words on every page.
NOT_KNOWN_NOTE: Mapping[str, str] = {
    "title": "Not known, missing, not reported, unknown",
    "text": "Not known, or missing, is our word for every patient without a usable value where there could be one. The "
    "source gives the reason: Not Reported, where nothing stands in the record; Unknown, where somebody wrote that it "
    "is not known. Not Applicable, where there can be no value, is not counted as missing. All three are drawn in gray "
    "and stay in the base of the shares, unless a chart says “of those known”.",
}

_INVENTED = "These patients are invented. No such person exists."
_RELEASED = PIPELINE_STATES[-1]


def banner_of(publication: Publication) -> dict[str, str]:
    """Return what has to stand at the top of every page of an invented source.

    Parameters
    ----------
    publication : Publication
        Any source.

    Returns
    -------
    dict of str to str
        ``banner`` and its text; empty for a source of real patients.
    """
    above = banner_above(publication.catalog.repository)
    return {"banner": above} if above else {}


def banner_above(repository: Repository) -> str:
    """Return what has to stand above everything that is told of a source.

    Parameters
    ----------
    repository : Repository
        Any source.

    Returns
    -------
    str
        A sentence or two; empty for a source of real patients.
    """
    invented = repository.disclosure == "synthetic" or repository.key.partition(":")[0] == "synthetic"
    return _INVENTED if invented else ""


def who_is_counted(publication: Publication) -> str:
    """Return who counts as a patient, and how many of them are people.

    Parameters
    ----------
    publication : Publication
        Of a controlled source nothing is counted.

    Returns
    -------
    str
        A few plain sentences, the same on every page.
    """
    said = "A patient is one patient number in one collection"
    repository = publication.catalog.repository
    stages = f" {_stages(publication)}" if repository.has("studies", "pipeline_state") else ""
    if not publication.is_open:
        return f"{said}; only people are counted, no animals and no phantoms.{stages}"
    n, people = publication.catalog.everything.patients.height, publication.counts.cohort.patients
    if n == people.height:
        return f"{said}; all {n:,} are people.{stages}"
    n_persons = people["person_key"].n_unique() if "person_key" in people.columns else people.height
    alike = "" if n_persons == people.height else f" ({n_persons:,} persons, as some have several numbers)"
    return (
        f"{said}. Of {n:,} patients, {people.height:,} are people{alike}; the others are animals, phantoms, "
        f"simulations, or in collections that mix them.{stages}"
    )


def census_tile(publication: Publication, note: str | None = None) -> dict[str, Any]:
    """Return the first tile of a page that counts people only.

    Parameters
    ----------
    publication : Publication
        Any source.
    note : str, optional
        What stands below the number; by default `who_is_counted`.

    Returns
    -------
    dict
        A tile.
    """
    total = total_of(publication)
    everyone = publication.is_open and total == publication.catalog.everything.patients.height
    return {
        "id": "patients",
        "label": "Patients" if everyone else "Patients who are people",
        "value": total,
        "text": "hidden" if total is None else f"{total:,}",
        "note": who_is_counted(publication) if note is None else note,
    }


def total_of(publication: Publication) -> int | None:
    """Return all patients who are people, as the one family of counts has them.

    Parameters
    ----------
    publication : Publication
        Any source.

    Returns
    -------
    int or None
        None where it may not be shown.
    """
    return next((census.n_total for census in publication.counts.censuses.values()), None)


def _stages(publication: Publication) -> str:
    """That patients count wherever their studies stand; how many have a released study, where counts are exact."""
    told = "Patients are counted whether or not a study of theirs is released yet"
    if not publication.is_open:
        return f"{told}."
    repository = publication.catalog.repository
    if repository.has("patients", "batch"):
        n = len(repository.column("patients", "batch").drop_nulls())
        return f"{told}; {n:,} are in a batch that was released."
    studies = pl.DataFrame([repository.column("studies", name) for name in ("patient_key", "pipeline_state")])
    released = studies.filter(pl.col("pipeline_state").cast(pl.String) == _RELEASED)["patient_key"].n_unique()
    return f"{told}; {released:,} have a released study."

"""Draw the part of a cohort that looks like a population, or weight all of it: the bridge from cohorts to sampling."""

import dataclasses
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import polars as pl

from workbench.assessment.age_bands import parse_band
from workbench.assessment.categories import categorized
from workbench.assessment.references import ReferencePopulation, read_reference
from workbench.catalog import listing
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.disclosure import is_public
from workbench.errors import unknown_name
from workbench.sampling.matching import Match, Method, match_target
from workbench.sampling.raking import Weights, rake_weights
from workbench.sampling.targets import Missing, Shares
from workbench.vocabulary.demographics import MISSING, PERSONS, age_group

_COMPARED = ("sex", "age_group", "race", "ethnicity")
_KEYS = ("patient_key", "collection_id", "patient_id", "person_id")

Reference = str | Path | ReferencePopulation | Cohort | Catalog


def match(
    cohort: Cohort,
    *,
    reference: Reference = "us_census",
    attributes: Sequence[str] | None = None,
    tolerance: float = 0.05,
    seed: int = 0,
    method: Method = "optimal",
    missing: Missing = "excluded",
) -> Match:
    """Return the largest part of a cohort whose shares lie near those of a population.

    Animals, phantoms and simulations are left out. No person is drawn twice, also across collections.

    Parameters
    ----------
    cohort : Cohort
        Whose patients can be drawn.
    reference : str, pathlib.Path, ReferencePopulation, Cohort or Catalog
        A name of `workbench.assessment.references.list_references`, the path of a CSV of your own, what
        `read_reference` gives, or another cohort or everybody in a catalog, whose people then set the shares.
    attributes : sequence of str, optional
        What to match; by default sex, age group, race and ethnicity, as far as both sides have them.
    tolerance : float
        The most by which a share may differ: 0.05 is five percentage points.
    seed : int
        Fixes who is drawn.
    method : {"optimal", "greedy"}
        As in `workbench.sampling.match_target`.
    missing : {"excluded", "included"}
        Whether patients without a value can be drawn, at most `tolerance` of them; the target has none.

    Returns
    -------
    Match
        ``.table`` has one row a patient: patient_key, collection_id, patient_id, person_id and the attributes, age in
        the bands of the reference.

    Raises
    ------
    UnknownNameError
        For a reference or an attribute that does not exist.
    ValueError
        When no part lies within the tolerance; the message says which would do.
    """
    people, target, notes = _people_and_target(cohort, reference, attributes)
    matched = match_target(people, target, tolerance=tolerance, seed=seed, method=method, missing=missing)
    return dataclasses.replace(matched, unit="patients", notes=(*matched.notes, *notes))


def weigh(
    cohort: Cohort,
    *,
    reference: Reference = "us_census",
    attributes: Sequence[str] | None = None,
    largest: float | None = None,
) -> Weights:
    """Return a weight for each patient of a cohort so that the weighted shares are those of a population.

    Parameters
    ----------
    cohort : Cohort
        Whose patients are weighted; animals, phantoms and simulations are left out.
    reference : str, pathlib.Path, ReferencePopulation, Cohort or Catalog
        As in `match`.
    attributes : sequence of str, optional
        As in `match`.
    largest : float, optional
        No weight exceeds it.

    Returns
    -------
    Weights
        ``.table`` has the columns of `match` and `weight`. Patients without a value keep their share.

    Raises
    ------
    UnknownNameError
        For a reference or an attribute that does not exist.
    ValueError
        When weights cannot do it; the message says why.
    """
    people, target, notes = _people_and_target(cohort, reference, attributes)
    weighted = rake_weights(people, target, largest=largest)
    return dataclasses.replace(weighted, unit="patients", notes=(*weighted.notes, *notes))


def _people_and_target(
    cohort: Cohort, reference: Reference, attributes: Sequence[str] | None
) -> tuple[pl.DataFrame, Shares, list[str]]:
    if cohort.repository.disclosure == "controlled" and is_public():
        raise ValueError(
            "Patients of a controlled source were to be listed on a public page. Only suppressed counts may be shown "
            "there. Draw the sample in a notebook of your own, without WORKBENCH_PUBLIC."
        )
    people, n_left_out = _people(cohort)
    if isinstance(reference, Cohort | Catalog):
        others, _ = _people(reference.everything if isinstance(reference, Catalog) else reference)
        names = _common(attributes, people.columns, others.columns, "the other cohort")
        target = {name: _cohort_shares(others, name) for name in names}
        notes = [f"Target: {others.height:,} people of {reference.repository.name}."]
    else:
        population = reference if isinstance(reference, ReferencePopulation) else read_reference(reference)
        names = _common(attributes, people.columns, population.attributes, f"the reference {population.name!r}")
        target = {name: _population_shares(population, name) for name in names}
        notes = [f"Target: {population.title}, year {population.year}."]
        notes += [f"{name}: {warning}" for name in names for warning in population.warnings(name)]
        if "age_group" in target:
            people = people.with_columns(_in_bands(list(target["age_group"])))
    if n_left_out:
        notes.append(f"{n_left_out:,} animals, phantoms, simulations or mixed collections' patients are left out.")
    named = listing.patient_ids(cohort.repository, people["patient_key"])
    people = people.with_columns(named["patient_id"], person_id=pl.col("person_key"))
    return people.select(*_KEYS, *(name for name in names if name not in _KEYS)), target, notes


def _people(cohort: Cohort) -> tuple[pl.DataFrame, int]:
    """Leave out who is known to be no human being; a table of one's own seldom says that its patients are."""
    patients = cohort.patients
    people = patients.filter(pl.col("species").is_in(PERSONS))
    return people, patients.height - people.height


def _common(attributes: Sequence[str] | None, own: Sequence[str], others: Sequence[str], where: str) -> list[str]:
    for name in attributes or []:
        for place, names in ((where, others), ("the cohort's patients", own)):
            if name not in names:
                raise unknown_name("attribute", name, names, where=place, then="Pass one of these in attributes=.")
    chosen = list(attributes or [name for name in _COMPARED if name in own and name in others])
    if not chosen:
        raise ValueError(
            f"The cohort and {where} have none of {', '.join(_COMPARED)} in common. At least one attribute of both "
            f"would be right. Pass it in attributes=; there {'is' if len(others) == 1 else 'are'} {', '.join(others)}."
        )
    return chosen


def _population_shares(population: ReferencePopulation, attribute: str) -> dict[str, float]:
    rows = population.table.filter(attribute=attribute).select("category", "fraction")
    return {kind: share for kind, share in rows.iter_rows() if kind not in MISSING}


def _cohort_shares(others: pl.DataFrame, attribute: str) -> dict[str, float]:
    counts = categorized(others, attribute).value_counts().sort(attribute)
    known = {str(kind): n for kind, n in counts.iter_rows() if kind not in MISSING}
    return {kind: n / max(sum(known.values()), 1) for kind, n in known.items()}


def _in_bands(bands: Sequence[str]) -> pl.Expr:
    """Band ages in years as the reference does; ages beyond its bands get bands of their own."""
    bounds = sorted(parse_band(band) for band in bands)
    if any(band.high != following.low for band, following in pairwise(bounds)):
        raise ValueError(
            f"The reference's age bands ({', '.join(bands)}) leave gaps or overlap. Bands such as 0–17 and 18+ that "
            "follow one another would be right. Correct the reference, or leave age_group out of attributes=."
        )
    named = {parse_band(band): band for band in bands}
    first, last = bounds[0].low, bounds[-1].high
    younger = {f"0–{first - 1:g}": 0.0} if first > 0 else {}
    older = {f"{last:g}+": last} if last < float("inf") else {}
    groups = younger | {named[band]: band.low for band in bounds} | older
    return age_group(pl.col("age_years"), pl.col("age_missing"), groups).alias("age_group")

"""Draw the part of a cohort that looks like a population, or weight all of it: the bridge from cohorts to sampling."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from workbench.assessment.alignment import attributes_of
from workbench.assessment.census import Census
from workbench.assessment.references import ReferencePopulation, read_reference
from workbench.assessment.tallies import tally
from workbench.catalog import listing
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.comparison import as_cohort
from workbench.catalog.disclosure import stamp_of
from workbench.catalog.shared_ages import with_shared_bands, with_somebody_in_each
from workbench.errors import unknown_name
from workbench.sampling.matching import Match, Method, match_target
from workbench.sampling.raking import Weights, rake_weights
from workbench.sampling.targets import Missing, Shares
from workbench.vocabulary.demographics import MISSING, PERSONS

_COMPARED = ("sex", "age_group", "race", "ethnicity")
_KEYS = ("patient_key", "collection_id", "patient_id", "person_id")

Reference = str | Path | ReferencePopulation | Census | Cohort | Catalog


def match(
    cohort: Cohort | Catalog,
    *,
    reference: Reference = "us_census",
    attributes: str | Sequence[str] | None = None,
    tolerance: float = 0.05,
    seed: int = 0,
    method: Method = "optimal",
    missing: Missing = "excluded",
    least: float = 0.0,
) -> Match:
    """Return the largest part of a cohort whose shares lie near those of a population, and of those the nearest.

    Animals, phantoms and simulations are left out. No person is drawn twice, also across collections.

    Parameters
    ----------
    cohort : Cohort or Catalog
        Whose patients can be drawn.
    reference : str, pathlib.Path, ReferencePopulation, Census, Cohort or Catalog
        A name of `workbench.assessment.references.list_references`, the path of a CSV of your own, what
        `read_reference` gives, or a census, another cohort or everybody in a catalog, whose people then set the shares.
    attributes : str or sequence of str, optional
        What to match; by default sex, age group, race and ethnicity, as far as both sides have them. Bands of ages are
        summed to those that both sides have.
    tolerance : float
        The most by which a share may differ: 0.05 is five percentage points.
    seed : int
        Fixes who is drawn.
    method : {"optimal", "greedy"}
        As in `workbench.sampling.match_target`.
    missing : {"excluded", "included"}
        Whether patients without a value can be drawn, at most `tolerance` of them; the target has none.
    least : float
        The fraction of its wanted share that each group keeps at least, as far as the cohort has anybody of it: 0.5
        keeps half. Without it a group of which less than `tolerance` is wanted may vanish.

    Returns
    -------
    Match
        ``.table`` has one row a patient: patient_key, collection_id, patient_id, person_id and the attributes, age in
        the bands of the reference.

    Raises
    ------
    UnknownNameError
        For a reference or an attribute that does not exist.
    TypeError
        For a reference of another kind.
    ValueError
        When no part lies within the tolerance; the message says which would do.
    """
    cohort = as_cohort(cohort)
    people, target, notes = _people_and_target(cohort, reference, attributes)
    matched = match_target(people, target, tolerance=tolerance, seed=seed, method=method, missing=missing, least=least)
    return dataclasses.replace(
        matched, unit="patients", notes=(*matched.notes, *notes), stamp=_stamp(cohort, reference)
    )


def weigh(
    cohort: Cohort | Catalog,
    *,
    reference: Reference = "us_census",
    attributes: str | Sequence[str] | None = None,
    largest: float | None = None,
) -> Weights:
    """Return a weight for each patient of a cohort so that the weighted shares are those of a population.

    Parameters
    ----------
    cohort : Cohort or Catalog
        Whose patients are weighted; animals, phantoms and simulations are left out.
    reference : str, pathlib.Path, ReferencePopulation, Census, Cohort or Catalog
        As in `match`.
    attributes : str or sequence of str, optional
        As in `match`.
    largest : float, optional
        No weight exceeds it.

    Returns
    -------
    Weights
        ``.table`` has the columns of `match` and `weight`. Patients without a value keep their share. Bands of ages
        of which nobody is are summed with the next older one, which a note says.

    Raises
    ------
    UnknownNameError
        For a reference or an attribute that does not exist.
    TypeError
        For a reference of another kind.
    ValueError
        When weights cannot do it; the message says why.
    """
    cohort = as_cohort(cohort)
    people, target, notes = _people_and_target(cohort, reference, attributes)
    for name in target:
        if name.startswith("age"):
            people, target[name], said = with_somebody_in_each(people, target[name], attribute=name)
            notes += said
    weighted = rake_weights(people, target, largest=largest)
    return dataclasses.replace(
        weighted, unit="patients", notes=(*weighted.notes, *notes), stamp=_stamp(cohort, reference)
    )


def _stamp(cohort: Cohort, reference: Reference) -> str:
    """What the sources of both sides demand to stand under their counts, each line once."""
    other = stamp_of(reference.repository) if isinstance(reference, Cohort | Catalog) else ""
    counted = reference.stamp if isinstance(reference, Census) else ""
    return " ".join(dict.fromkeys(filter(None, [stamp_of(cohort.repository), other, counted])))


def _people_and_target(
    cohort: Cohort, reference: Reference, attributes: str | Sequence[str] | None
) -> tuple[pl.DataFrame, Shares, list[str]]:
    people, n_left_out = _people(cohort)
    if people.is_empty():
        raise ValueError(
            f"The cohort has nobody to choose from; {n_left_out:,} animals, phantoms and simulations are left out. At "
            "least one person would be right. Widen its conditions."
        )
    others, where, note = _opened(reference)
    names = _common(attributes, people.columns, others, where)
    target = {name: _shares(others, name) for name in names}
    notes = [note]
    if isinstance(others, ReferencePopulation):
        notes += [f"{name}: {warning}" for name in names for warning in others.warnings(name)]
    for name in names:
        if name.startswith("age"):
            people, target[name], said = with_shared_bands(people, target[name], attribute=name)
            notes += said
    if n_left_out:
        notes.append(f"{n_left_out:,} animals, phantoms, simulations or mixed collections' patients are left out.")
    named = listing.patient_ids(cohort.repository, people["patient_key"])
    people = people.with_columns(named["patient_id"], person_id=pl.col("person_key"))
    return people.select(*_KEYS, *(name for name in names if name not in _KEYS)), target, notes


def _opened(reference: Reference) -> tuple[ReferencePopulation | Census | pl.DataFrame, str, str]:
    """Return what sets the shares, what to call it, and the note that names it."""
    if isinstance(reference, Cohort | Catalog):
        others, _ = _people(reference.everything if isinstance(reference, Catalog) else reference)
        return others, "the other cohort", f"Target: {others.height:,} people of {reference.repository.name}."
    if isinstance(reference, Census):
        n = "" if reference.n_total is None else f" of {reference.n_total:,} patients"
        return reference, "the census", f"Target: a census by {' and '.join(reference.by)}{n}."
    if isinstance(reference, str | Path):
        reference = read_reference(reference)
    if isinstance(reference, ReferencePopulation):
        note = f"Target: {reference.title}, year {reference.year}."
        return reference, f"the reference {reference.name!r}", note
    raise TypeError(
        f"Received a reference of the kind {type(reference).__name__}. The name of a population, the path of a CSV, "
        "what read_reference gives, a census, a cohort or a catalog would be right. Pass reference='us_census'."
    )


def _people(cohort: Cohort) -> tuple[pl.DataFrame, int]:
    """Leave out who is known to be no human being; a table of one's own seldom says that its patients are."""
    patients = cohort.patients
    people = patients.filter(pl.col("species").is_in(PERSONS))
    return people, patients.height - people.height


def _common(
    attributes: str | Sequence[str] | None,
    own: Sequence[str],
    reference: ReferencePopulation | Census | pl.DataFrame,
    where: str,
) -> list[str]:
    asked = None if attributes is None else [attributes] if isinstance(attributes, str) else list(attributes)
    if asked == []:
        raise ValueError(
            "Received no attributes. At least one that both sides have would be right. Pass attributes=['sex'], or "
            "leave it out for sex, age group, race and ethnicity."
        )
    others = reference.attributes if isinstance(reference, ReferencePopulation) else attributes_of(reference)
    for name in asked or []:
        for place, names in ((where, others), ("the cohort's patients", own)):
            if name not in names:
                raise unknown_name("attribute", name, names, where=place, then="Pass one of these in attributes=.")
    chosen = asked or [name for name in _COMPARED if name in own and name in others]
    if not chosen:
        raise ValueError(
            f"The cohort and {where} have none of {', '.join(_COMPARED)} in common. At least one attribute of both "
            f"would be right. Pass it in attributes=; there {'is' if len(others) == 1 else 'are'} {', '.join(others)}."
        )
    return list(dict.fromkeys(chosen))


def _shares(others: ReferencePopulation | Census | pl.DataFrame, attribute: str) -> dict[str, float]:
    """Return the share of each category among those who have one."""
    if isinstance(others, ReferencePopulation):
        rows = others.table.filter(attribute=attribute).select("category", "fraction")
        return {kind: share for kind, share in rows.iter_rows() if kind not in MISSING}
    counted = tally(others, [attribute])
    if counted is None or counted.hidden:
        raise ValueError(
            f"The census hides small counts of {attribute}. The shares of all groups would be right. Pass a census "
            f"that hides none, or attributes= without {attribute}."
        )
    known = {kind: n for (kind,), n in counted.n.items() if kind not in MISSING}
    return {kind: n / max(sum(known.values()), 1) for kind, n in known.items()}

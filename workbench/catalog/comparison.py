"""Compare a cohort with a population or another cohort: the thin bridge to the assessment of tables."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from workbench.assessment.alignment import ReferenceCohort, common_attributes
from workbench.assessment.census import Census
from workbench.assessment.references import ReferencePopulation, read_reference
from workbench.assessment.representativeness import Comparison, compare_to_reference
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.disclosure import stamp_of
from workbench.vocabulary.demographics import PERSONS

_COMPARED = ("sex", "age_group", "race", "ethnicity", "race_ethnicity")


def compare(
    cohort: Cohort | Catalog,
    *,
    reference: str | Path | ReferencePopulation | Census | Cohort | Catalog = "us_census",
    attributes: str | Sequence[str] | None = None,
    joint: Sequence[str] | None = None,
) -> Comparison:
    """Return how far the cohort's people are from a reference, with and without the missing.

    Animals, phantoms and simulations are left out of both sides: they have no place among people. A note says when
    the cohort was itself selected by age or sex. On a public page small counts of a controlled source are hidden.

    Parameters
    ----------
    cohort : Cohort or Catalog
        Whose patients are compared, each once; everybody's of a catalog.
    reference : str, pathlib.Path, ReferencePopulation, Census, Cohort or Catalog
        A name of `workbench.assessment.references.list_references`, the path of a CSV of your own, what
        `read_reference` gives, a census of patients, another cohort, or a catalog for everybody in it. Patients of
        both cohorts of one source are known to be the same people.
    attributes : str or sequence of str, optional
        Columns of `Cohort.patients`; by default sex, age group, race and ethnicity where both sides have them.
    joint : sequence of str, optional
        Attributes to cross, such as ``("sex", "age_group")``, for a distance over all of them at once.

    Returns
    -------
    Comparison
        Prints as sentences and a table; ``table`` has one row an attribute and missing policy.

    Raises
    ------
    TypeError
        When the cohort or the reference is nothing that can be compared.
    UnknownNameError
        For a reference population or an attribute that does not exist.
    ValueError
        When no attribute is asked for, or when attributes are crossed that the reference publishes one by one only.

    Examples
    --------
    >>> from workbench.catalog.commons import open_catalog
    >>> commons = open_catalog("synthetic")
    >>> compared = compare(commons.where(sex="Female"), reference=commons, attributes=["sex"])
    >>> compared.table["n_patients"][0] == commons.where(sex="Female").counts["patients"]
    True
    """
    cohort = as_cohort(cohort)
    patients = cohort.patients
    people = patients.filter(pl.col("species").cast(pl.String).is_in(PERSONS))
    other = _reference(cohort, reference)
    if attributes is None:
        attributes = common_attributes(people.select(name for name in _COMPARED if name in people.columns), other, None)
    alone = [attributes] if isinstance(attributes, str) else list(attributes)
    crossed = (joint,) if isinstance(joint, str) else tuple(joint or ())
    asked = [*((name,) for name in alone), *([crossed] if crossed else [])]
    compared = compare_to_reference(people, other, attributes=asked)
    names = {*alone, *crossed}
    left_out = _left_out(patients.height, people.height)
    said = (*compared.notes, *_selections(cohort, reference, names), *left_out)
    return dataclasses.replace(compared, notes=said, stamp=_stamp(cohort, reference, compared.stamp))


def as_cohort(given: Cohort | Catalog) -> Cohort:
    """Return a cohort as it is, and everybody of a catalog.

    Parameters
    ----------
    given : Cohort or Catalog
        What a user passed.

    Returns
    -------
    Cohort
        Whose patients are meant.

    Raises
    ------
    TypeError
        For anything else.
    """
    if isinstance(given, Cohort):
        return given
    if isinstance(given, Catalog):
        return given.everything
    raise TypeError(
        f"Received a {type(given).__name__} as the cohort. A cohort, or a catalog for everybody in it, would be "
        "right. Pass one such as wb.open_catalog('synthetic').where(modality='CT')."
    )


def _reference(
    cohort: Cohort, reference: str | Path | ReferencePopulation | Census | Cohort | Catalog
) -> ReferencePopulation | ReferenceCohort:
    if isinstance(reference, ReferencePopulation):
        return reference
    if isinstance(reference, str | Path):
        return read_reference(reference)
    if isinstance(reference, Census):
        return ReferenceCohort(reference, title="the census of another cohort")
    if not isinstance(reference, Cohort | Catalog):
        raise TypeError(
            f"Received a {type(reference).__name__} as the reference. A name such as 'us_census', a path, a "
            "population, a census, a cohort or a catalog would be right. Pass one of these as reference=."
        )
    other = as_cohort(reference)
    source, own = other.repository, cohort.repository
    chosen = "; ".join(condition.label for condition in other.conditions) or "everybody"
    same = (source.key, source.build) == (own.key, own.build)
    return ReferenceCohort(
        other.patients.filter(pl.col("species").cast(pl.String).is_in(PERSONS)),
        title=f"{chosen} in {source.name}",
        year=source.version,
        key="patient_key" if same else None,
    )


def _selections(cohort: Cohort, reference: object, names: set[str]) -> list[str]:
    """Say what part of a distance is the selection's own doing."""
    compared = {"age_years": "age_group", "age_group": "age_group", "age_decade": "age_group", "sex": "sex"}
    shared = reference.conditions if isinstance(reference, Cohort) else ()
    return [
        f"{compared[column]}: the cohort was selected by {condition.label}, the reference was not; "
        "part of the distance is that selection."
        for condition in cohort.conditions
        if condition not in shared
        for column in sorted(condition.columns & set(compared))
        if compared[column] in names
    ]


def _left_out(n_patients: int, n_people: int) -> list[str]:
    n = n_patients - n_people
    left_out = f"{n:,} of {n_patients:,} patients are left out: animals, phantoms, simulations or mixed collections."
    return [left_out] if n else []


def _stamp(cohort: Cohort, reference: object, of_censuses: str) -> str:
    """What the sources of both sides demand to stand under their counts, each line once."""
    other = reference.repository if isinstance(reference, Cohort | Catalog) else cohort.repository
    return " ".join(dict.fromkeys(filter(None, [stamp_of(cohort.repository), stamp_of(other), of_censuses])))

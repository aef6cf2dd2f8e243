"""Compare a cohort with a population: the thin bridge from cohorts to the assessment of tables."""

import dataclasses

import polars as pl

from workbench.assessment.references import read_reference
from workbench.assessment.representativeness import Comparison, compare_to_reference
from workbench.catalog.cohort import Cohort

_COMPARED = ("sex", "age_group", "race", "ethnicity")


def compare(cohort: Cohort, *, reference: str = "us_census") -> Comparison:
    """Return how far the cohort's people are from a reference population, with and without the missing.

    Animals, phantoms and simulations are left out: they have no place in a human population. A note says when the
    cohort was itself selected by age or sex.

    Parameters
    ----------
    cohort : Cohort
        Whose patients are compared, each once.
    reference : str
        A name of `workbench.assessment.references.list_references`.

    Returns
    -------
    Comparison
        Prints as a table; ``table`` has one row an attribute and missing policy.

    Raises
    ------
    UnknownNameError
        For a reference population that does not exist.
    """
    population = read_reference(reference)
    patients = cohort.patients
    people = patients.filter(pl.col("species") == "Human")
    compared = compare_to_reference(people.select(name for name in _COMPARED if name in people.columns), population)
    said = [*compared.notes, *_notes(cohort, patients.height - people.height)]
    if "race" in people.columns:  # the category of that name holds other people in the two tables
        said += [
            f"race: {caveat}" for caveat in population.source.get("caveats", ()) if "'Multiple or Other'" in caveat
        ]
    return dataclasses.replace(compared, notes=tuple(said))


def _notes(cohort: Cohort, n_left_out: int) -> list[str]:
    """Say what part of a distance is the selection's own doing."""
    compared = {"age_years": "age_group", "age_group": "age_group", "age_decade": "age_group", "sex": "sex"}
    notes = [
        f"{compared[column]}: the cohort was selected by {condition.label}, the reference was not; "
        "part of the distance is that selection."
        for condition in cohort.conditions
        for column in sorted(condition.columns & set(compared))
    ]
    if n_left_out:
        notes.append(f"{n_left_out:,} animals, phantoms, simulations or mixed collections' patients are left out.")
    return notes

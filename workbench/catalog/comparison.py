"""Compare a cohort with a population: the thin bridge from cohorts to the assessment of tables."""

import polars as pl

from workbench.assessment.references import read_reference
from workbench.assessment.representativeness import Comparison, compare_to_reference
from workbench.catalog.cohort import Cohort


def compare(cohort: Cohort, *, reference: str = "us_census") -> Comparison:
    """Return how far the cohort's people are from a reference population, with and without the missing.

    Animals and phantoms are left out: they have no place in a human population.

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
    people = cohort.patients.filter(pl.col("species") == "Human")
    return compare_to_reference(people.select("sex", "age_group"), population)

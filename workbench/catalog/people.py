"""The patients of a selection, each with the age that belongs to what was selected."""

import numpy as np
import polars as pl

from workbench.catalog.criteria.attributes import Mask
from workbench.catalog.criteria.levels import level_keys
from workbench.catalog.repository import Repository
from workbench.vocabulary.demographics import AGE_DECADES, AGE_GROUPS, age_group
from workbench.vocabulary.dicom import AGE_TOP_CODE_YEARS


def read_patients(repository: Repository, met: Mask) -> pl.DataFrame:
    """Return one row a patient of the selected series, with every column that the source has on patients.

    Of a whole repository a patient's age is the recorded one: at the index event, or of the earliest study with an age.
    Of a selection it is that too when one of its studies has this age, else the youngest age at its studies, so that
    a cohort of adults has no children in its tables: the earliest study may lie years before those selected, or carry
    a wrong age.

    Parameters
    ----------
    repository : Repository
        Any source.
    met : numpy.ndarray
        (n_series,), bool.

    Returns
    -------
    polars.DataFrame
        The columns of ``patients``, and ``age_group`` and ``age_decade``.
    """
    keys, n = level_keys(repository, "patient")
    hit = np.zeros(n, dtype=np.bool_)
    hit[keys[met]] = True
    chosen = pl.Series(hit)
    names = repository.columns("patients")
    rows = pl.DataFrame([repository.column("patients", name).filter(chosen) for name in names])
    if not met.all():  # else the ages as they are recorded
        rows = _at_selected_studies(repository, rows, met)
    reason = pl.col("age_missing").cast(pl.String)
    return rows.with_columns(
        age_group=age_group(pl.col("age_years"), reason, AGE_GROUPS),
        age_decade=age_group(pl.col("age_years"), reason, AGE_DECADES),
    )


def _at_selected_studies(repository: Repository, patients: pl.DataFrame, met: Mask) -> pl.DataFrame:
    rows = patients.join(_ages(repository, met), on="patient_key", how="left", maintain_order="left")
    years = pl.when(pl.col("holds_age") | pl.col("youngest").is_null()).then("age_years").otherwise("youngest")
    return rows.with_columns(
        age_years=years,
        age_missing=pl.when(years.is_null()).then("age_missing"),
        age_over_89=years >= AGE_TOP_CODE_YEARS,
    ).drop("holds_age", "youngest")


def _ages(repository: Repository, met: Mask) -> pl.DataFrame:
    """For each patient with an age at a selected study: the youngest, and whether the patient's own is among them."""
    keys, n = level_keys(repository, "study")
    hit = np.zeros(n, dtype=np.bool_)
    hit[keys[met]] = True
    owners, ages = (repository.column("studies", name) for name in ("patient_key", "age_at_study_years"))
    studies = pl.DataFrame([owners, ages]).filter(pl.Series(hit[: len(owners)]) & ages.is_not_null())
    own = repository.column("patients", "age_years").gather(studies["patient_key"])
    return (
        studies.with_columns(same=studies["age_at_study_years"] == own)
        .group_by("patient_key")
        .agg(youngest=pl.col("age_at_study_years").min(), holds_age=pl.col("same").any())
    )

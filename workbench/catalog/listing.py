"""List a cohort row by row: identifiers, addresses and viewer links, read from the original on demand."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.catalog.repository import Repository
from workbench.tables import ORIGINAL

Mask = npt.NDArray[np.bool_]

# The public viewers of the NCI Imaging Data Commons; a link only, nothing is requested until it is clicked.
_OHIF = "https://viewer.imaging.datacommons.cancer.gov/v3/viewer/?StudyInstanceUIDs="
_OF_STUDIES = ("collection_id", "patient_id", "study_uid", "study_description", "modality")
_SLIM = "https://viewer.imaging.datacommons.cancer.gov/slim/studies/"


def list_series(repository: Repository, rows: pl.Series, names: Sequence[str] = tuple(ORIGINAL)) -> pl.DataFrame:
    """Return the original rows of the wanted series, under the names of the common data model.

    Parameters
    ----------
    repository : Repository
        Holds the path of the original.
    rows : polars.Series
        Row numbers of ``series``.
    names : sequence of str
        Which columns of `workbench.tables.ORIGINAL`; those that the source lacks are left out.

    Returns
    -------
    polars.DataFrame
        One row a series, in the order of `rows`; empty for none.
    """
    known = [name for name in names if name in repository.original_columns]
    return pl.DataFrame([repository.original_column(name, rows) for name in known])


def list_studies(repository: Repository, rows: pl.Series) -> pl.DataFrame:
    """Return the studies of the wanted series, each with its viewer link.

    Parameters
    ----------
    repository : Repository
        Holds the path of the original.
    rows : polars.Series
        Row numbers of ``series``.

    Returns
    -------
    polars.DataFrame
        One row a study; slides open in Slim, everything else in OHIF. Sources other than IDC have no public viewer.
    """
    series = list_series(repository, rows, _OF_STUDIES)
    missing = [name for name in ("modality", "study_description") if name not in series.columns]
    series = series.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    link = viewer_link(repository, slides=pl.col("modality").eq("SM").any(), study=pl.col("study_uid").first())
    return (
        series.group_by("study_uid", maintain_order=True)
        .agg(
            pl.col("collection_id", "patient_id").first(),
            pl.col("study_description").drop_nulls().first(),
            modalities=pl.col("modality").unique().sort().str.join(", "),
            n_series=pl.len(),
            viewer_url=link,
        )
        .select("collection_id", "patient_id", "study_uid", "study_description", "modalities", "n_series", "viewer_url")
    )


def viewer_link(repository: Repository, *, slides: pl.Expr | None = None, study: pl.Expr | None = None) -> pl.Expr:
    """Return the address of the public viewer as an expression over rows of `list_series`.

    Parameters
    ----------
    repository : Repository
        Sources other than IDC have no public viewer.
    slides : polars.Expr, optional
        Whether a slide viewer is needed; by default where the modality is SM.
    study : polars.Expr, optional
        The Study Instance UID; by default ``study_uid``.

    Returns
    -------
    polars.Expr
        Strings, null where there is no viewer.
    """
    if not repository.key.startswith("idc"):
        return pl.lit(None, pl.String)
    slides = pl.col("modality").eq("SM") if slides is None else slides
    return pl.when(slides).then(pl.lit(_SLIM)).otherwise(pl.lit(_OHIF)) + (
        pl.col("study_uid") if study is None else study
    )


def patient_ids(repository: Repository, patients: pl.Series) -> pl.DataFrame:
    """Return who the wanted patients are.

    Parameters
    ----------
    repository : Repository
        Holds the path of the original.
    patients : polars.Series
        Keys of patients.

    Returns
    -------
    polars.DataFrame
        ``collection_id``, ``patient_id``, in the order of `patients`.
    """
    keys = repository.column("series", "patient_key").to_numpy()
    first = np.searchsorted(keys, patients.to_numpy())  # series are sorted by patient, and every patient has a row
    return list_series(repository, pl.Series(first, dtype=pl.UInt32), ("collection_id", "patient_id"))


def listed(repository: Repository, met: Mask) -> Mask:
    """Return which of the selected rows are series, not places held for studies or patients without any.

    Parameters
    ----------
    repository : Repository
        Any source.
    met : numpy.ndarray
        (n_series,), bool.

    Returns
    -------
    numpy.ndarray
        (n_series,), bool.
    """
    if not repository.has("series", "listed"):
        return met
    present: Mask = met & repository.column("series", "listed").to_numpy()
    return present

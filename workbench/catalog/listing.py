"""List a cohort row by row: identifiers, addresses and viewer links, read from the original index on demand."""

import polars as pl

from workbench.catalog.repository import Repository

# The public viewers of the NCI Imaging Data Commons; a link only, nothing is requested until it is clicked.
_OHIF = "https://viewer.imaging.datacommons.cancer.gov/v3/viewer/?StudyInstanceUIDs="
_SLIM = "https://viewer.imaging.datacommons.cancer.gov/slim/studies/"

_COLUMNS = {
    "collection_id": "collection_id",
    "patient_id": "PatientID",
    "study_uid": "StudyInstanceUID",
    "series_uid": "SeriesInstanceUID",
    "modality": "Modality",
    "study_description": "StudyDescription",
    "series_description": "SeriesDescription",
    "n_instances": "instanceCount",
    "size_mb": "series_size_MB",
    "license": "license_short_name",
    "doi": "source_DOI",
    "crdc_series_uuid": "crdc_series_uuid",
    "url": "series_aws_url",
}


def list_series(repository: Repository, rows: pl.Series) -> pl.DataFrame:
    """Return the original rows of the wanted series, under the names of the common data model.

    Parameters
    ----------
    repository : Repository
        Holds the path of the original.
    rows : polars.Series
        Row numbers in the original (``source_row``).

    Returns
    -------
    polars.DataFrame
        One row a series, in the order of `rows`; empty for none.
    """
    wanted = pl.LazyFrame({"source_row": rows, "order": pl.arange(len(rows), eager=True)})
    original = pl.scan_parquet(repository.raw_series, row_index_name="source_row")
    joined = original.with_columns(pl.col("source_row").cast(pl.UInt32)).join(wanted, on="source_row")
    return joined.sort("order").select(pl.col(raw).alias(name) for name, raw in _COLUMNS.items()).collect()


def list_studies(repository: Repository, rows: pl.Series) -> pl.DataFrame:
    """Return the studies of the wanted series, each with its viewer link.

    Parameters
    ----------
    repository : Repository
        Holds the path of the original.
    rows : polars.Series
        Row numbers in the original (``source_row``).

    Returns
    -------
    polars.DataFrame
        One row a study; slides open in Slim, everything else in OHIF.
    """
    slides = pl.col("modality").eq("SM").any()
    return (
        list_series(repository, rows)
        .group_by("study_uid", maintain_order=True)
        .agg(
            pl.col("collection_id", "patient_id").first(),
            pl.col("study_description").drop_nulls().first(),
            modalities=pl.col("modality").unique().sort().str.join(", "),
            n_series=pl.len(),
            viewer_url=pl.when(slides).then(pl.lit(_SLIM)).otherwise(pl.lit(_OHIF)) + pl.col("study_uid").first(),
        )
        .select("collection_id", "patient_id", "study_uid", "study_description", "modalities", "n_series", "viewer_url")
    )

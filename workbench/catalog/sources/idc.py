"""The embedded repository: the index of the NCI Imaging Data Commons, offline.

The package ``idc-index-data`` carries one row for each of about a million
series. The first use derives a slim index of it into the cache folder; UIDs
and addresses stay in the original and are read only for export.

References
----------
Fedorov A, et al. National Cancer Institute Imaging Data Commons. RadioGraphics 2023;43(12). doi:10.1148/rg.230180
"""

import inspect
import sys
from pathlib import Path

import polars as pl

from workbench.cache import rules_digest, say, sealed_folder
from workbench.catalog.repository import Repository
from workbench.catalog.sources import idc_quality, idc_tables, persons
from workbench.catalog.sources.idc_package import package_version, raw_path
from workbench.vocabulary import anatomy, demographics, dicom

_ORIGINAL_COLUMNS = {
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


def open_idc() -> Repository:
    """Return the embedded index of the NCI Imaging Data Commons as a repository.

    Returns
    -------
    Repository
        Disclosure ``public_rows``: IDC publishes its index row by row.

    Raises
    ------
    MissingPackageError
        When ``idc-index-data`` is not installed.
    """
    folder = sealed_folder(f"idc-{package_version()}-{_rules()}", _build)
    return Repository(
        name="NCI Imaging Data Commons",
        key="idc",
        version=f"v{package_version().split('.')[0]}",
        build=package_version(),
        disclosure="public_rows",
        folder=folder,
        original=raw_path("idc_index"),
        original_columns=_ORIGINAL_COLUMNS,
        collections_path=raw_path("collections_index"),
        versions_path=raw_path("version_metadata_index"),
    )


def _rules() -> str:
    """Digest every rule the slim index depends on, so that a changed rule means a new index."""
    return rules_digest(
        inspect.getsource(module)
        for module in (idc_tables, idc_quality, persons, sys.modules["workbench.tables"], anatomy, demographics, dicom)
    )


def _build(folder: Path) -> None:
    from tqdm.auto import tqdm  # loads asyncio, which every other start would pay for

    say(f"Preparing the index of IDC {package_version()} (once, about ten seconds) …")
    steps = tqdm(total=4, desc="IDC index", unit="step", leave=False, disable=None)  # no bar in a log
    raw = pl.read_parquet(raw_path("idc_index"), columns=list(idc_tables.RAW_COLUMNS))
    collections = pl.read_parquet(raw_path("collections_index"))
    steps.update()
    harmonized = idc_tables.harmonize_series(raw, collections)
    steps.update()
    studies = idc_tables.to_studies(harmonized)
    patients = idc_tables.to_patients(harmonized, studies)
    steps.update()
    slim = {
        "patients": patients,
        "studies": idc_tables.slim_studies(studies),
        "series": idc_tables.to_series(harmonized, studies),
        "data_quality": idc_quality.count_quality(harmonized, patients),
        "data_quality_by_collection": idc_quality.count_quality_by_collection(harmonized, patients),
    }
    for name, table in slim.items():
        table.write_parquet(folder / f"{name}.parquet", compression="zstd", compression_level=6, row_group_size=2**21)
    steps.update()
    steps.close()

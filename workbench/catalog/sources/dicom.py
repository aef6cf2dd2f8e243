"""Open a folder or a bucket of DICOM files as a catalog: its headers are indexed, again only where files changed."""

import hashlib
import os
import sys
from pathlib import Path

import polars as pl

from workbench.cache import cache_folder, sealed_folder
from workbench.catalog.repository import INSTANCES, Repository
from workbench.catalog.sources import assemble, persons, regions
from workbench.catalog.sources.assemble import Entities, QualityRow, write_entities
from workbench.catalog.sources.sealed import repository_of, rules_of
from workbench.imaging.headers import schemas, tables
from workbench.imaging.headers.addresses import readable_name
from workbench.imaging.headers.index import DicomIndex, index_folder
from workbench.imaging.headers.storing import FACTS
from workbench.vocabulary import anatomy, demographics, dicom

_RULES = (assemble, persons, regions, tables, schemas, anatomy, demographics, dicom)
_URL = "://"


def open_dicom(source: str | Path) -> Repository:
    """Return DICOM files as a repository.

    Parameters
    ----------
    source : str or pathlib.Path
        A folder, a file, the folder of an index that ``workbench index`` wrote, or the URL of a bucket.

    Returns
    -------
    Repository
        Disclosure ``controlled``; ``data_quality`` counts the files that were refused and those left out.

    Raises
    ------
    FileNotFoundError
        When nothing lies there.
    ValueError
        When no file there is DICOM.
    """
    index = _index(source)
    if index["series"].is_empty():
        n = index["refused"].height
        raise ValueError(
            f"No DICOM file in {_name(source)}: {n:,} {'file was' if n == 1 else 'files were'} looked at. A folder of "
            "DICOM files would be right. Run `workbench index FOLDER` to see why each was refused."
        )
    instances = index["instances"].select("sop_uid", "series_uid", "study_uid", "url", "size_bytes", "mtime_ns")
    build = hashlib.sha256(instances.write_csv().encode()).hexdigest()[:12]

    def _build(folder: Path) -> None:
        write_entities(_entities(index), folder)
        instances.select("series_uid", "url").write_parquet(folder / INSTANCES)

    folder = sealed_folder(f"dicom-{build}-{rules_of((*_RULES, sys.modules[__name__]))}", _build)
    return repository_of(folder, name=f"DICOM {_name(source)}", key="dicom", build=build)


def _index(source: str | Path) -> DicomIndex:
    """Index the files, starting from what an earlier call kept in the cache."""
    text = str(source)
    if _URL not in text and (Path(text).expanduser() / FACTS).is_file():
        return DicomIndex.read(Path(text).expanduser())
    place = text if _URL in text else str(Path(text).expanduser().absolute())
    kept = cache_folder() / f"dicom-index-{hashlib.sha256(os.fsencode(place)).hexdigest()[:12]}"
    try:
        known = DicomIndex.read(kept)
    except (FileNotFoundError, ValueError):  # none yet, a damaged one, or one of another version
        known = None
    index = index_folder(place, known=known)
    if known is None or not index["instances"].equals(known["instances"]):
        index.write(kept)
    return index


def _name(source: str | Path) -> str:
    text = str(source).rstrip("/\\")
    return text.rpartition("/")[2] if _URL in text else readable_name(Path(text).expanduser().absolute().name)


def _entities(index: DicomIndex) -> Entities:
    series = index["series"]
    n_series = series.height
    named = series.filter(pl.all_horizontal(pl.col("study_uid", "series_uid").is_not_null()))
    kept = _of_one_patient(named)
    quality = [
        (
            "File refused",
            "files",
            index["refused"].height,
            index["refused"].height + index["instances"].height,
            "left out",
        ),
        ("Series without a Study or Series Instance UID", "series", n_series - named.height, n_series, "left out"),
        ("UID that several patients or studies share", "series", named.height - kept.height, n_series, "left out"),
        *_of_patients(index["patients"]),
    ]
    on_patient, on_study = ["collection_id", "patient_id"], ["patient_id", "study_uid"]
    patients = index["patients"].join(kept, on=on_patient, how="semi", maintain_order="left")
    studies = index["studies"].join(kept, on=on_study, how="semi", maintain_order="left")
    return Entities(
        _texts(patients.drop("n_studies", "n_series", "n_instances", "patient_id_missing")),
        _texts(
            studies.drop(
                "study_date", "modalities", "n_series", "n_instances", "size_mb", "body_region", "body_region_source"
            )
        ),
        _texts(kept.drop("n_files", "series_number", "transfer_syntax")),
        quality=tuple(quality),
    )


def _of_one_patient(series: pl.DataFrame) -> pl.DataFrame:
    """Keep of a study under several patients, and of a series in several studies, the one with most files."""
    most = series.sort("n_files", descending=True, maintain_order=True)
    study = most.group_by("study_uid", "patient_id", maintain_order=True).agg(pl.col("n_files").sum())
    study = study.sort("n_files", descending=True, maintain_order=True).unique(
        "study_uid", keep="first", maintain_order=True
    )
    of_study = series.join(study, on=["study_uid", "patient_id"], how="semi", maintain_order="left")
    best = of_study.sort("n_files", descending=True, maintain_order=True).unique("series_uid", keep="first")
    return of_study.join(best, on=["study_uid", "series_uid"], how="semi", maintain_order="left")


def _of_patients(patients: pl.DataFrame) -> list[QualityRow]:
    n = patients.height
    conflicting = int((patients["sex"].cast(pl.String) == "Conflicting").sum())
    return [
        ("Files without a PatientID", "patients", int(patients["patient_id_missing"].sum()), n, "a patient a study"),
        ("Sexes of one patient disagree", "patients", conflicting, n, "sex: Conflicting"),
        ("Age is absent or no age", "patients", patients["age_years"].null_count(), n, "age is missing"),
    ]


def _texts(table: pl.DataFrame) -> pl.DataFrame:
    enums = [name for name, dtype in table.schema.items() if isinstance(dtype, pl.Enum)]
    return table.with_columns(pl.col(enums).cast(pl.String))

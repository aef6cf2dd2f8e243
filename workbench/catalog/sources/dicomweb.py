"""Open a DICOMweb server as a catalog: every study and series that it lists, without fetching an image.

References
----------
DICOM PS3.18 2025c: 10.6.1.1 (searching for all studies and all series), 10.6.3.3 (attributes of an answer).
"""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
from pydicom.datadict import tag_for_keyword

from workbench.cache import sealed_folder
from workbench.catalog.repository import Repository
from workbench.catalog.retrieval.dicomweb import Answer, DicomWebServer, first_value
from workbench.catalog.retrieval.request import check_server
from workbench.catalog.sources import ages, assemble, duplicates, persons, regions, table_rows
from workbench.catalog.sources.assemble import write_entities
from workbench.catalog.sources.sealed import repository_of, rules_of
from workbench.catalog.sources.table_rows import interpret_table
from workbench.vocabulary import anatomy, demographics, dicom, spellings

#: What an address of a DICOMweb server begins with, as a source.
PREFIX = "dicomweb+"

_RULES = (ages, assemble, duplicates, persons, regions, table_rows, anatomy, demographics, dicom, spellings)
_OF_STUDY = {
    "patient_id": "PatientID",
    "sex": "PatientSex",
    "age": "PatientAge",
    "birth_date": "PatientBirthDate",
    "study_date": "StudyDate",
    "study_description": "StudyDescription",
    "study_uid": "StudyInstanceUID",
}
_OF_SERIES = {
    "study_uid": "StudyInstanceUID",
    "series_uid": "SeriesInstanceUID",
    "modality": "Modality",
    "body_part": "BodyPartExamined",
    "series_description": "SeriesDescription",
    "manufacturer": "Manufacturer",
    "model": "ManufacturerModelName",
    "kernel": "ConvolutionKernel",
    "slice_thickness_mm": "SliceThickness",
    "n_instances": "NumberOfSeriesRelatedInstances",
}


def open_dicomweb(address: str) -> Repository:
    """Return a DICOMweb server as a repository.

    Parameters
    ----------
    address : str
        ``"dicomweb+"`` and the base address of the server, such as ``"dicomweb+http://localhost:8042/dicom-web"``.

    Returns
    -------
    Repository
        Disclosure ``controlled``; images are fetched from the same server.

    Raises
    ------
    ValueError
        When the address is none, or the server lists no series.
    ConnectionError
        When the server does not answer, answers with no DICOM JSON, or without end.
    PermissionError, FileNotFoundError
        When it refuses, or speaks no DICOMweb.
    """
    check_server(address, named_by="the source")
    server = DicomWebServer(address)
    try:
        server.probe()
        studies = _search(server, "studies", _OF_STUDY)
        series = _search(server, "series", _OF_SERIES)
    except ConnectionError as error:
        raise ConnectionError(
            f"{error} A DICOMweb server such as dicomweb+http://localhost:8042/dicom-web would be right. Start it, or "
            "check the address."
        ) from error
    if series.is_empty():
        raise ValueError(
            f"The server {server.name} lists no series. A server that holds images would be right. Send it some, or "
            "check the address."
        )
    listed = _joined(studies, series, server.name)
    build = hashlib.sha256(listed.write_csv().encode()).hexdigest()[:12]

    def _build(folder: Path) -> None:
        write_entities(interpret_table(listed, own=[]), folder)

    folder = sealed_folder(f"dicomweb-{build}-{rules_of((*_RULES, sys.modules[__name__]))}", _build)
    host = urlsplit(server.name).netloc
    return repository_of(folder, name=f"DICOMweb {host}", key="dicomweb", build=build)


def _search(server: DicomWebServer, level: Any, fields: Mapping[str, str]) -> pl.DataFrame:
    """Ask for every study or series, and return one row each under our names."""
    from tqdm.auto import tqdm

    with tqdm(desc=f"Listing {level}", unit=f" {level}", leave=False, disable=None) as bar:
        answers = server.search(level, fields=list(fields.values()), on_page=lambda n: bar.update(n - bar.n))
    return pl.DataFrame(_rows(answers, fields), schema=dict.fromkeys(fields, pl.String))


def _rows(answers: Sequence[Answer], fields: Mapping[str, str]) -> list[dict[str, str | None]]:
    tags = {name: f"{tag_for_keyword(keyword):08X}" for name, keyword in fields.items()}
    return [{name: first_value(answer, tag).strip() or None for name, tag in tags.items()} for answer in answers]


def _joined(studies: pl.DataFrame, series: pl.DataFrame, address: str) -> pl.DataFrame:
    """Return one row a series with what its study says, sorted."""
    born, taken = (pl.col(name).str.to_date("%Y%m%d", strict=False) for name in ("birth_date", "study_date"))
    reckoned = ((taken - born).dt.total_days() / 365.25).cast(pl.String)
    described = studies.select(
        "study_uid",
        "sex",
        "study_description",
        patient_id=pl.coalesce("patient_id", pl.format("study {}", "study_uid")),
        age_at_study_years=pl.coalesce("age", reckoned),
        study_year=taken.dt.year().cast(pl.String),
    )
    joined = series.join(described, on="study_uid", how="inner", maintain_order="left")
    place = pl.format("{}/studies/{}/series/{}", pl.lit(address), "study_uid", "series_uid")
    host = urlsplit(address).netloc
    return joined.with_columns(url=place, collection_id=pl.lit(host)).sort("patient_id", "study_uid", "series_uid")

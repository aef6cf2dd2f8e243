"""From headers to the tables of the common data model: patients, studies, series, instances and refused files.

Attributes of a patient, a study and a series are read from one file of each series, the first by name; instances are
counted and sized from all.

References
----------
DICOM PS3.3 2025c, A.1.2 (patient, study, series, instance), C.7.1.1 (PatientSex), C.7.2.2 (PatientAge).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path
from typing import Any

import numpy as np
import polars as pl

from workbench.imaging.headers.addresses import readable_name
from workbench.imaging.headers.held import Headers, Refused
from workbench.imaging.headers.schemas import (
    INDEXED_INSTANCES,
    INDEXED_PATIENTS,
    INDEXED_REFUSED,
    INDEXED_SERIES,
    INDEXED_STUDIES,
)
from workbench.tables import conform
from workbench.vocabulary.anatomy import region_of_body_part, region_of_description
from workbench.vocabulary.demographics import MISSING
from workbench.vocabulary.dicom import (
    AGE_LIMIT_YEARS,
    AGE_TOP_CODE_YEARS,
    DERIVED_MODALITIES,
    IMAGE_SOP_CLASSES,
    PATIENT_SEX,
    parse_age,
)

_UNKNOWN, _NOT_REPORTED, _ = MISSING

_DESCRIBING = {
    "patient_sex": "PatientSex",
    "patient_age": "PatientAge",
    "birth_date": "PatientBirthDate",
    "ethnic_group": "EthnicGroup",
    "species": "PatientSpeciesDescription",
    "date": "StudyDate",
    "study_description": "StudyDescription",
    "series_description": "SeriesDescription",
    "modality": "Modality",
    "body_part": "BodyPartExamined",
    "manufacturer": "Manufacturer",
    "model": "ManufacturerModelName",
    "kernel": "ConvolutionKernel",
}
_KEY = ["patient_id", "study_uid", "series_uid"]
# Made once: the patterns behind them are many.
_PLACES = {
    "BodyPartExamined": region_of_body_part(pl.col("body_part")),
    "StudyDescription": region_of_description(pl.col("study_description")),
    "SeriesDescription": region_of_description(pl.col("series_description"), of_series=True),
}


def tabulate(
    headers: Headers, refused: Sequence[Refused], frames: Sequence[list[int] | None], *, collection_id: str
) -> dict[str, pl.DataFrame]:
    """Return the tables of what was read.

    Parameters
    ----------
    headers : Headers
        A row is a file, sorted by name.
    refused : sequence of Refused
        Files that were not read.
    frames : sequence of list of int or None
        First bytes of the frames of each file.
    collection_id : str
        What the files are called together.

    Returns
    -------
    dict of str to polars.DataFrame
        ``patients``, ``studies``, ``series``, ``instances`` and ``refused``, with the columns of the schemas above.
    """
    keyed = _instances(headers, frames)
    series = _series(headers, keyed).with_columns(collection_id=pl.lit(collection_id))
    studies = _studies(series)
    patients = _patients(series, studies)
    listed = pl.DataFrame(
        {"url": _names([each.name for each in refused]), "reason": [each.reason for each in refused]},
        schema=INDEXED_REFUSED,
    )
    return {
        "patients": conform(patients, INDEXED_PATIENTS, name="patients"),
        "studies": conform(studies, INDEXED_STUDIES, name="studies"),
        "series": conform(series, INDEXED_SERIES, name="series"),
        "instances": conform(keyed, INDEXED_INSTANCES, name="instances"),
        "refused": listed.sort("url"),
    }


def _instances(headers: Headers, frames: Sequence[list[int] | None]) -> pl.DataFrame:
    patient_id, study_uid = _text(headers, "PatientID"), _text(headers, "StudyInstanceUID")
    table = pl.DataFrame(
        {
            "sop_uid": _text(headers, "SOPInstanceUID"),
            "series_uid": _text(headers, "SeriesInstanceUID"),
            "study_uid": study_uid,
            "patient_id": patient_id,
            "url": _names(headers.block.names),
            "size_bytes": headers.size_bytes,
            "mtime_ns": headers.mtime_ns,
            "transfer_syntax": pl.Series(headers.transfer_syntax, dtype=pl.String),
            "sop_uid_class": _text(headers, "SOPClassUID"),
            "instance_number": _number(headers, "InstanceNumber", pl.Int32),
            "n_frames": _number(headers, "NumberOfFrames", pl.UInt32),
            "rows": _number(headers, "Rows", pl.UInt32),
            "columns": _number(headers, "Columns", pl.UInt32),
            "pixel_offset": headers.pixel_offset,
            "pixel_length": headers.pixel_length,
            "frame_offsets": pl.Series(frames, dtype=pl.List(pl.Int64)),
            "reader": pl.Series(headers.readers, dtype=pl.String),
        }
    )
    nameless = pl.col("patient_id").is_null()
    named = _class_names(table["sop_uid_class"].drop_nulls().unique().to_list())
    return table.with_columns(
        patient_id_missing=nameless,
        patient_id=pl.coalesce("patient_id", pl.format("study {}", pl.col("study_uid").fill_null("without a UID"))),
        sop_class=pl.col("sop_uid_class").replace(named),
        n_frames=pl.when(pl.col("pixel_offset") >= 0).then(pl.col("n_frames").fill_null(1)),
    )


def _names(names: Sequence[str]) -> pl.Series:
    """Names as a table can hold them, which nearly all are."""
    try:
        return pl.Series(names, dtype=pl.String)
    except UnicodeEncodeError:
        return pl.Series([readable_name(name) for name in names], dtype=pl.String)


def _series(headers: Headers, instances: pl.DataFrame) -> pl.DataFrame:
    """Return one row a series, with all that describes it, its study and its patient."""
    grouped = instances.with_row_index("row").group_by(_KEY, maintain_order=True)
    series = grouped.agg(
        pl.col("row", "patient_id_missing", "sop_class", "rows", "columns").first(),
        n_instances=pl.col("sop_uid").n_unique(),
        n_files=pl.len(),
        size_mb=pl.col("size_bytes").sum() / 1e6,
        url=pl.col("url").first().str.replace(r"[^/\\]*$", ""),
        transfer_syntax=pl.col("transfer_syntax").unique(maintain_order=True).str.join("\\"),
    )
    firsts = headers.select(series["row"].to_numpy().astype(np.int64))
    described = series.with_columns(
        *(_text(firsts, keyword).alias(name) for name, keyword in _DESCRIBING.items()),
        series_number=_number(firsts, "SeriesNumber", pl.Int32),
        slice_thickness_mm=_number(firsts, "SliceThickness", pl.Float32),
    )
    image = pl.col("sop_class").is_in(IMAGE_SOP_CLASSES) & ~pl.col("modality").is_in(DERIVED_MODALITIES)
    source = pl.coalesce(pl.when(pl.col(f"in {name}").is_not_null()).then(pl.lit(name)) for name in _PLACES)
    placed = described.with_columns(region.alias(f"in {name}") for name, region in _PLACES.items())
    return placed.with_columns(
        derived=~image.fill_null(False),
        body_region=pl.coalesce(*(f"in {name}" for name in _PLACES), pl.lit(_NOT_REPORTED)),
        body_region_source=source.fill_null("none"),
        study_date=_date("date"),
        age=_age(),
        sex=pl.when(pl.col("patient_sex").is_null())
        .then(pl.lit(_NOT_REPORTED))
        .otherwise(pl.col("patient_sex").str.to_uppercase().replace_strict(PATIENT_SEX, default=_UNKNOWN)),
    ).sort(*_KEY, nulls_last=True)


def _studies(series: pl.DataFrame) -> pl.DataFrame:
    """Return one row a study; its age is the smallest valid one among its acquired series."""
    acquired = ~pl.col("derived")
    described = acquired & (pl.col("body_region") != _NOT_REPORTED)
    return (
        series.group_by("patient_id", "study_uid", maintain_order=True)
        .agg(
            pl.col("collection_id").first(),
            pl.col("study_date").min(),
            pl.col("study_description").drop_nulls().first(),
            pl.col("body_region", "body_region_source").sort_by(~described, maintain_order=True).first(),
            modalities=pl.col("modality").drop_nulls().unique().sort().str.join("\\"),
            age=pl.col("age").filter(acquired).min(),
            written=pl.col("patient_age").filter(acquired).is_not_null().any(),
            n_series=pl.len(),
            n_instances=pl.col("n_instances").sum(),
            size_mb=pl.col("size_mb").sum(),
        )
        .with_columns(
            age_at_study_years=pl.col("age").clip(upper_bound=AGE_TOP_CODE_YEARS),
            age_missing=_why_no_age(),
            study_year=pl.col("study_date").dt.year(),
        )
    )


def _patients(series: pl.DataFrame, studies: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient: the age of the earliest study with one; sexes that disagree are Conflicting."""
    known = pl.col("sex").filter(~pl.col("sex").is_in([_NOT_REPORTED, _UNKNOWN]))
    unknown = pl.when((pl.col("sex") == _UNKNOWN).any()).then(pl.lit(_UNKNOWN)).otherwise(pl.lit(_NOT_REPORTED))
    people = series.group_by("patient_id", maintain_order=True).agg(
        pl.col("collection_id", "patient_id_missing").first(),
        pl.col("ethnic_group", "species").drop_nulls().first(),
        sex=pl.when(known.n_unique() > 1).then(pl.lit("Conflicting")).otherwise(pl.coalesce(known.first(), unknown)),
        n_studies=pl.col("study_uid").n_unique(),
        n_series=pl.len(),
        n_instances=pl.col("n_instances").sum(),
    )
    ages = (
        studies.sort("patient_id", "study_date", "age", nulls_last=True)
        .group_by("patient_id", maintain_order=True)
        .agg(pl.col("age").drop_nulls().first(), pl.col("written").any())
    )
    return people.join(ages, on="patient_id", how="left", maintain_order="left").with_columns(
        age_years=pl.col("age").clip(upper_bound=AGE_TOP_CODE_YEARS),
        age_over_89=pl.col("age") >= AGE_TOP_CODE_YEARS,
        age_missing=_why_no_age(),
    )


def _age() -> pl.Expr:
    """Years: PatientAge, else reckoned from the dates of birth and study."""
    reckoned = (pl.col("date").pipe(_as_date) - pl.col("birth_date").pipe(_as_date)).dt.total_days() / 365.25
    plausible = pl.when(reckoned.is_between(0, AGE_LIMIT_YEARS)).then(reckoned).cast(pl.Float32)
    return pl.coalesce(parse_age(pl.col("patient_age")), plausible)


def _why_no_age() -> pl.Expr:
    reason = pl.when(pl.col("age").is_not_null()).then(None)
    why: pl.Expr = reason.when(pl.col("written")).then(pl.lit(_UNKNOWN)).otherwise(pl.lit(_NOT_REPORTED))
    return why


def _as_date(text: pl.Expr) -> pl.Expr:
    """Dates as DA (PS3.5 6.2), and as ACR-NEMA wrote them, with points."""
    return text.str.replace_all(".", "", literal=True).str.to_date("%Y%m%d", strict=False)


def _date(name: str) -> pl.Expr:
    return _as_date(pl.col(name))


def _text(headers: Headers, keyword: str) -> pl.Series:
    """The text of an attribute, null where absent or empty: an index needs no difference between the two."""
    column = pl.Series(headers.text(keyword), dtype=pl.String)
    return column.set(column == "", None)


def _number(headers: Headers, keyword: str, dtype: Any) -> pl.Series:
    return pl.Series(headers.numbers(keyword)[:, 0], nan_to_null=True).cast(dtype, strict=False)


def _class_names(uids: Sequence[str]) -> Mapping[str, str]:
    """SOP Class UID to its name in PS3.6 table A-1; those unknown stay UIDs."""
    return {uid: _uid_dictionary().get(uid, (uid,))[0] for uid in uids}


@cache
def _uid_dictionary() -> Mapping[str, Sequence[str]]:
    """Return pydicom's table A-1, without the rest of pydicom, whose import takes longer than a thousand headers."""
    spec = find_spec("pydicom")
    try:
        place = Path(spec.origin).with_name("_uid_dict.py")  # type: ignore[union-attr,arg-type] # caught below
        found: Mapping[str, Sequence[str]] = run_path(str(place))["UID_dictionary"]
    except (AttributeError, TypeError, OSError, KeyError):  # another version, or one in an archive
        found = import_module("pydicom.uid").UID_dictionary
    return found

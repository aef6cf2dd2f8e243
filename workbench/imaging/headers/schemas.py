"""The columns of the tables that an index of DICOM files holds, named as the common data model names them."""

import polars as pl

from workbench.tables import Schema
from workbench.vocabulary.anatomy import BODY_REGION_SOURCES, BODY_REGIONS
from workbench.vocabulary.demographics import MISSING, SEX

_MISSING = pl.Enum(MISSING)
_REGION = {"body_region": pl.Enum(BODY_REGIONS), "body_region_source": pl.Enum(BODY_REGION_SOURCES)}

#: A row is a person; PatientID alone says who. Files without one are a patient for each study.
INDEXED_PATIENTS: Schema = {
    "collection_id": pl.String,
    "patient_id": pl.String,
    "patient_id_missing": pl.Boolean,
    "sex": pl.Enum(SEX),
    "age_years": pl.Float32,
    "age_missing": _MISSING,
    "age_over_89": pl.Boolean,
    "ethnic_group": pl.String,
    "species": pl.String,
    "n_studies": pl.UInt32,
    "n_series": pl.UInt32,
    "n_instances": pl.UInt32,
}
#: A row is a study of a patient.
INDEXED_STUDIES: Schema = {
    "study_uid": pl.String,
    "collection_id": pl.String,
    "patient_id": pl.String,
    "study_date": pl.Date,
    "study_description": pl.String,
    "modalities": pl.String,
    **_REGION,
    "age_at_study_years": pl.Float32,
    "age_missing": _MISSING,
    "study_year": pl.Int16,
    "n_series": pl.UInt32,
    "n_instances": pl.UInt32,
    "size_mb": pl.Float64,
}
#: A row is a series of a study; a Series Instance UID that occurs in two studies is two rows.
INDEXED_SERIES: Schema = {
    "series_uid": pl.String,
    "study_uid": pl.String,
    "collection_id": pl.String,
    "patient_id": pl.String,
    "modality": pl.String,
    "series_number": pl.Int32,
    "series_description": pl.String,
    "body_part": pl.String,
    **_REGION,
    "manufacturer": pl.String,
    "model": pl.String,
    "kernel": pl.String,
    "slice_thickness_mm": pl.Float32,
    "sop_class": pl.String,
    "derived": pl.Boolean,
    "rows": pl.UInt32,
    "columns": pl.UInt32,
    "transfer_syntax": pl.String,
    "n_instances": pl.UInt32,
    "n_files": pl.UInt32,
    "size_mb": pl.Float64,
    "url": pl.String,
}
#: A row is a file that was read. `frame_offsets` are the first bytes of the frames of encapsulated pixel data, null
#: where they can be reckoned from `pixel_offset` or are not known; `pixel_length` is −1 where encapsulated.
INDEXED_INSTANCES: Schema = {
    "sop_uid": pl.String,
    "series_uid": pl.String,
    "study_uid": pl.String,
    "url": pl.String,
    "size_bytes": pl.Int64,
    "mtime_ns": pl.Int64,
    "transfer_syntax": pl.String,
    "sop_class": pl.String,
    "instance_number": pl.Int32,
    "n_frames": pl.UInt32,
    "rows": pl.UInt32,
    "columns": pl.UInt32,
    "pixel_offset": pl.Int64,
    "pixel_length": pl.Int64,
    "frame_offsets": pl.List(pl.Int64),
    "reader": pl.String,
}
#: A row is a file that could not be read, or was left out, with the reason.
INDEXED_REFUSED: Schema = {"url": pl.String, "reason": pl.String}

"""The common data model: one Polars schema a table, and the check every source passes."""

from collections.abc import Mapping

import polars as pl

from workbench.errors import unknown_name
from workbench.vocabulary.anatomy import BODY_REGION_SOURCES, BODY_REGIONS
from workbench.vocabulary.demographics import COVID_STATUS, ETHNICITY, MISSING, RACE, SEX

#: Column name to Polars type, in order.
Schema = Mapping[str, pl.DataType | type[pl.DataType]]

_SEX = pl.Enum(SEX)
_MISSING = pl.Enum(MISSING)
_REGION = pl.Enum(BODY_REGIONS)
_REGION_SOURCE = pl.Enum(BODY_REGION_SOURCES)

#: A row is a person in one collection; the key is the pair (collection_id, patient_id). `person_key` numbers
#: persons: whoever shares an identifier or a study across collections is one.
PATIENTS: Schema = {
    "patient_key": pl.UInt32,
    "person_key": pl.UInt32,
    "collection_id": pl.Categorical,
    "species": pl.Categorical,
    "sex": _SEX,
    "age_years": pl.Float32,
    "age_missing": _MISSING,
    "age_over_89": pl.Boolean,
}
#: Columns of `PATIENTS` that only some sources have; `batch` is the day on which the patient first was released.
PATIENTS_OPTIONAL: Schema = {
    "race": pl.Enum(RACE),
    "ethnicity": pl.Enum(ETHNICITY),
    "covid19_positive": pl.Enum(COVID_STATUS),
    "site_id": pl.Categorical,
    "zip3": pl.Categorical,
    "state": pl.Categorical,
    "country": pl.Categorical,
    "index_event": pl.Categorical,
    "batch": pl.Date,
}
#: A row is an imaging study; its Study Instance UID is read through a series when exported.
STUDIES: Schema = {
    "study_key": pl.UInt32,
    "patient_key": pl.UInt32,
    "age_at_study_years": pl.Float32,
    "age_missing": _MISSING,
}
#: Columns of `STUDIES` that only some sources have. Days count from the patient's index event; the dates are those on
#: which the commons, not the patient, did something, null where it has not yet.
STUDIES_OPTIONAL: Schema = {
    "days_to_study": pl.Int32,
    "study_year": pl.Int16,
    "loinc_code": pl.Categorical,
    "loinc_name": pl.Categorical,
    "pipeline_state": pl.Categorical,
    "ingested_date": pl.Date,
    "quality_date": pl.Date,
    "released_date": pl.Date,
}
#: A row is an imaging series or a series of derived objects.
SERIES: Schema = {
    "patient_key": pl.UInt32,
    "study_key": pl.UInt32,
    "collection_id": pl.Categorical,
    "modality": pl.Categorical,
    "body_part": pl.Categorical,
    "body_region": _REGION,
    "body_region_source": _REGION_SOURCE,
    "manufacturer": pl.Categorical,
    "model": pl.Categorical,
    "license": pl.Categorical,
    "derived": pl.Boolean,
    "n_instances": pl.UInt32,
    "size_mb": pl.Float32,
    "source_row": pl.UInt32,
}
#: Columns of `SERIES` that only some sources have. A row with `listed` false stands for a study whose series the
#: source does not list, or (`study_key` null) for a patient whose studies it does not list; it counts as no series.
SERIES_OPTIONAL: Schema = {
    "first_version": pl.UInt8,
    "kernel": pl.Categorical,
    "slice_thickness_mm": pl.Float32,
    "listed": pl.Boolean,
}
#: A row is a test result. `days_from_index` counts from the patient's index event; where a source knows the day
#: only relative to one study, `study_key` names it and `days_from_study` counts from it.
MEASUREMENTS: Schema = {
    "patient_key": pl.UInt32,
    "test_name": pl.Categorical,
    "test_result": pl.Categorical,
    "days_from_index": pl.Int32,
    "study_key": pl.UInt32,
    "days_from_study": pl.Int32,
}
#: A row is a series of the original: what identifies it, describes it and says where it lies. Row `i` belongs to
#: the series whose `source_row` is `i`.
ORIGINAL: Schema = {
    "collection_id": pl.String,
    "patient_id": pl.String,
    "study_uid": pl.String,
    "series_uid": pl.String,
    "modality": pl.String,
    "study_description": pl.String,
    "series_description": pl.String,
    "n_instances": pl.Int64,
    "size_mb": pl.Float64,
    "license": pl.String,
    "doi": pl.String,
    "crdc_series_uuid": pl.String,
    "object_id": pl.String,
    "md5": pl.String,
    "file_name": pl.String,
    "url": pl.String,
}
#: A row is one rule of cleaning, with how often it applied.
DATA_QUALITY: Schema = {
    "rule": pl.String,
    "unit": pl.String,
    "n": pl.UInt32,
    "n_total": pl.UInt32,
    "fraction": pl.Float64,
    "treatment": pl.String,
}


def conform(table: pl.DataFrame, schema: Schema, *, name: str, optional: Schema | None = None) -> pl.DataFrame:
    """Return `table` with exactly the columns and types of `schema`, in its order.

    Parameters
    ----------
    table : polars.DataFrame
        Has at least the schema's columns.
    schema : mapping
        Column name to Polars type, such as `SERIES`.
    name : str
        What the rows are, for the message.
    optional : mapping, optional
        Further columns, kept where the table has them.

    Returns
    -------
    polars.DataFrame
        Columns cast strictly; a value outside a closed vocabulary raises.

    Raises
    ------
    UnknownNameError
        When a column of the schema is missing.

    Examples
    --------
    >>> import polars as pl
    >>> conform(pl.DataFrame({"b": [1], "a": [2]}), {"a": pl.UInt8}, name="demo").schema
    Schema([('a', UInt8)])
    """
    for column in schema:
        if column not in table.columns:
            raise unknown_name("column", column, table.columns, where=name, then="Map this column in the source.")
    kept = {column: dtype for column, dtype in (optional or {}).items() if column in table.columns}
    return table.select(pl.col(column).cast(dtype) for column, dtype in {**schema, **kept}.items())

"""The common data model: one Polars schema a table, and the check every source passes."""

from collections.abc import Mapping

import polars as pl

from workbench.errors import unknown_name
from workbench.vocabulary.anatomy import BODY_REGION_SOURCES, BODY_REGIONS
from workbench.vocabulary.demographics import MISSING, SEX

#: Column name to Polars type, in order.
Schema = Mapping[str, pl.DataType | type[pl.DataType]]

_SEX = pl.Enum(SEX)
_MISSING = pl.Enum(MISSING)
_REGION = pl.Enum(BODY_REGIONS)
_REGION_SOURCE = pl.Enum(BODY_REGION_SOURCES)

#: A row is a person in one collection; the key is the pair (collection_id, patient_id).
PATIENTS: Schema = {
    "patient_key": pl.UInt32,
    "collection_id": pl.Categorical,
    "species": pl.Categorical,
    "sex": _SEX,
    "age_years": pl.Float32,
    "age_missing": _MISSING,
    "age_over_89": pl.Boolean,
}
#: A row is an imaging study; its Study Instance UID is read through a series when exported.
STUDIES: Schema = {
    "study_key": pl.UInt32,
    "patient_key": pl.UInt32,
    "age_at_study_years": pl.Float32,
    "age_missing": _MISSING,
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
    "first_version": pl.UInt8,
    "source_row": pl.UInt32,
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


def conform(table: pl.DataFrame, schema: Schema, *, name: str) -> pl.DataFrame:
    """Return `table` with exactly the columns and types of `schema`, in its order.

    Parameters
    ----------
    table : polars.DataFrame
        Has at least the schema's columns.
    schema : mapping
        Column name to Polars type, such as `SERIES`.
    name : str
        What the rows are, for the message.

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
    return table.select(pl.col(column).cast(dtype) for column, dtype in schema.items())

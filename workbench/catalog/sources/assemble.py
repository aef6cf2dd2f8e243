"""Number the rows of a source and give them the common data model: readable keys in, tables with integer keys out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from workbench.catalog.sources.persons import number_persons
from workbench.catalog.sources.regions import with_body_region
from workbench.tables import (
    DATA_QUALITY,
    MEASUREMENTS,
    ORIGINAL,
    PATIENTS,
    PATIENTS_OPTIONAL,
    SERIES,
    SERIES_OPTIONAL,
    STUDIES,
    STUDIES_OPTIONAL,
    Schema,
    conform,
)
from workbench.vocabulary.demographics import COVID_STATUS, ETHNICITY, MISSING, RACE, SEX
from workbench.vocabulary.dicom import DERIVED_MODALITIES

#: Rule, unit, how often it applied, among how many, what was done.
QualityRow = tuple[str, str, int, int, str]

_NOT_REPORTED = MISSING[1]
_CLOSED = {"sex": SEX, "race": RACE, "ethnicity": ETHNICITY, "covid19_positive": COVID_STATUS}
_KEYS = ("collection_id", "patient_id", "study_uid", "series_uid")
_ONLY_FOR_READING = ("person_id", "study_description", "body_part", "modalities")
_CATEGORIES = (pl.String, pl.Categorical, pl.Enum)


@dataclass(frozen=True)
class Entities:
    """What a source read, before its rows are numbered; keys are the identifiers that people use.

    Attributes
    ----------
    patients : polars.DataFrame
        One row for each ``collection_id`` and ``patient_id``; columns of the common data model, as far as known,
        perhaps ``person_id``, and the user's own.
    studies : polars.DataFrame
        One row for each ``study_uid``, with its patient; perhaps ``study_description``, ``body_part`` and
        ``modalities`` (lists), which describe a study whose series are not listed.
    series : polars.DataFrame
        One row a series, with its study and patient, and what `workbench.tables.ORIGINAL` names; a row with
        ``listed`` false stands for a study or patient whose series the source does not list, but describes.
    measurements : polars.DataFrame, optional
        One row a test result, with its patient and perhaps its study.
    quality : tuple
        The count of every cleaning rule.
    """

    patients: pl.DataFrame
    studies: pl.DataFrame
    series: pl.DataFrame
    measurements: pl.DataFrame | None = None
    quality: tuple[QualityRow, ...] = field(default=())


def write_entities(entities: Entities, folder: Path) -> None:
    """Write the tables of a repository, and ``original.parquet`` with what is read only for export.

    Parameters
    ----------
    entities : Entities
        What the source read.
    folder : pathlib.Path
        An empty folder.
    """
    for name, table in number_entities(entities).items():
        table.write_parquet(folder / f"{name}.parquet", compression="zstd", compression_level=6, row_group_size=2**21)


def number_entities(entities: Entities) -> dict[str, pl.DataFrame]:
    """Return the tables of a repository, rows numbered by patient and study.

    Parameters
    ----------
    entities : Entities
        What the source read.

    Returns
    -------
    dict of str to polars.DataFrame
        ``patients``, ``studies``, ``series``, ``original``, ``data_quality`` and perhaps ``measurements``.
    """
    patients = entities.patients.sort("collection_id", "patient_id").with_row_index("patient_key")
    key = patients.select("collection_id", "patient_id", "patient_key")
    studies = entities.studies.join(key, on=["collection_id", "patient_id"], how="left", maintain_order="left")
    studies = studies.sort("patient_key", "study_uid").with_row_index("study_key")
    series = _number_series(entities.series, studies, patients)
    of_study = with_body_region(series).with_row_index("source_row")
    tables = {
        "patients": _finish_patients(number_persons(patients, series), studies),
        "studies": _finish(_with_age(studies, "age_at_study_years"), STUDIES, STUDIES_OPTIONAL, "studies"),
        "series": _finish(_with_defaults(of_study), SERIES, SERIES_OPTIONAL, "series"),
        "original": _without_empty(
            of_study.select(pl.col(name).cast(ORIGINAL[name]) for name in ORIGINAL if name in of_study.columns),
            keep=_KEYS,
        ),
        "data_quality": quality_table(entities.quality),
    }
    if entities.measurements is not None:
        tables["measurements"] = _number_measurements(entities.measurements, key, studies)
    return tables


def quality_table(rows: Iterable[QualityRow]) -> pl.DataFrame:
    """Return the rules of cleaning as a table.

    Parameters
    ----------
    rows : iterable of tuple
        Rule, unit, how often it applied, among how many, what was done.

    Returns
    -------
    polars.DataFrame
        The columns of `workbench.tables.DATA_QUALITY`; a fraction of none is null.

    Examples
    --------
    >>> quality_table([("No age", "patients", 1, 4, "missing")])["fraction"].to_list()
    [0.25]
    """
    names = ["rule", "unit", "n", "n_total", "treatment"]
    counted = pl.DataFrame(list(rows), schema={name: DATA_QUALITY[name] for name in names}, orient="row")
    share = pl.when(pl.col("n_total") > 0).then(pl.col("n") / pl.col("n_total"))
    return conform(counted.with_columns(fraction=share), DATA_QUALITY, name="data quality")


def original_columns(folder: Path) -> dict[str, str]:
    """Return which of the names of `workbench.tables.ORIGINAL` the original in a folder has.

    Parameters
    ----------
    folder : pathlib.Path
        What `write_entities` filled.

    Returns
    -------
    dict of str to str
        Our name to the column, which is the same here.
    """
    return {name: name for name in pl.read_parquet_schema(folder / "original.parquet")}


def _number_series(series: pl.DataFrame, studies: pl.DataFrame, patients: pl.DataFrame) -> pl.DataFrame:
    """Add rows that stand for studies and patients without series, and sort by patient and study."""
    described = [name for name in ("study_description", "body_part") if name in studies.columns]
    given = [pl.col("listed")] if "listed" in series.columns else []
    listed = series.with_columns(listed=pl.coalesce(*given, pl.lit(True)))
    without = studies.join(series.select("study_uid").unique(), on="study_uid", how="anti", maintain_order="left")
    if "modalities" in without.columns:
        without = without.explode("modalities").rename({"modalities": "modality"})
    placed = without.select(*_KEYS[:3], *described, *(["modality"] if "modality" in without.columns else []))
    seen = pl.concat([series.select(_KEYS[:2]), studies.select(_KEYS[:2])]).unique()
    alone = patients.join(seen, on=_KEYS[:2], how="anti", maintain_order="left").select(_KEYS[:2])
    stand_in = {"listed": pl.lit(False), "n_instances": pl.lit(0), "size_mb": pl.lit(0.0)}
    rows = [listed, placed.with_columns(**stand_in), alone.with_columns(**stand_in)]
    everything = pl.concat([row for row in rows if row.height or row is listed], how="diagonal_relaxed")
    keyed = everything.join(patients.select(*_KEYS[:2], "patient_key"), on=_KEYS[:2], how="left", maintain_order="left")
    keyed = keyed.join(studies.select("study_uid", "study_key"), on="study_uid", how="left", maintain_order="left")
    if described:
        of_study = studies.select("study_uid", *described)
        keyed = keyed.join(of_study, on="study_uid", how="left", suffix="_of_study", maintain_order="left")
        also = [name for name in described if f"{name}_of_study" in keyed.columns]
        keyed = keyed.with_columns(pl.coalesce(name, f"{name}_of_study") for name in also)
        keyed = keyed.drop(f"{name}_of_study" for name in also)
    return keyed.sort("patient_key", "study_key", nulls_last=True, maintain_order=True)


def _with_defaults(series: pl.DataFrame) -> pl.DataFrame:
    for name in ("modality", "body_part", "manufacturer", "model", "license", "kernel"):
        if name in series.columns:
            series = series.with_columns(pl.col(name).fill_null(_NOT_REPORTED))
        elif name != "kernel":
            series = series.with_columns(pl.lit(_NOT_REPORTED).alias(name))
    known = [pl.col("derived")] if "derived" in series.columns else []
    derived = pl.coalesce(*known, pl.col("modality").cast(pl.String).is_in(DERIVED_MODALITIES))
    absent = [name for name in ("n_instances", "size_mb") if name not in series.columns]
    return series.with_columns(pl.lit(None, SERIES[name]).alias(name) for name in absent).with_columns(derived=derived)


def _finish_patients(patients: pl.DataFrame, studies: pl.DataFrame) -> pl.DataFrame:
    """Give patients without an age that of their earliest study; name what is missing."""
    if "age_at_study_years" in studies.columns:
        why = pl.col("age_missing").cast(pl.String) if "age_missing" in studies.columns else pl.lit(None, pl.String)
        of_study = studies.group_by("patient_key").agg(
            pl.col("age_at_study_years").min().alias("age_of_study"),
            why.drop_nulls().max().alias("why_of_study"),  # as words "Unknown" comes after "Not Reported"
        )
        patients = patients.join(of_study, on="patient_key", how="left", maintain_order="left")
        own = [[pl.col(name)] if name in patients.columns else [] for name in ("age_years", "age_missing")]
        patients = patients.with_columns(
            age_years=pl.coalesce(*own[0], "age_of_study"),
            age_missing=pl.coalesce(*(reason.cast(pl.String) for reason in own[1]), "why_of_study"),
        ).drop("age_of_study", "why_of_study")
    patients = _with_age(patients, "age_years")
    over = [pl.col("age_over_89")] if "age_over_89" in patients.columns else []
    patients = patients.with_columns(age_over_89=pl.coalesce(*over, pl.col("age_years") >= 90))
    for name, default in (("species", _NOT_REPORTED), ("sex", _NOT_REPORTED)):
        if name not in patients.columns:
            patients = patients.with_columns(pl.lit(default).alias(name))
    texts = [name for name, dtype in PATIENTS_OPTIONAL.items() if name in patients.columns and dtype != pl.Date]
    patients = patients.with_columns(
        pl.col(name).cast(pl.String).fill_null(_NOT_REPORTED) for name in ("species", "sex", *texts)
    )
    return _finish(patients, PATIENTS, PATIENTS_OPTIONAL, "patients")


def _with_age(table: pl.DataFrame, age: str) -> pl.DataFrame:
    if age not in table.columns:
        table = table.with_columns(pl.lit(None, pl.Float32).alias(age))
    why = [pl.col("age_missing").cast(pl.String)] if "age_missing" in table.columns else []
    reason = pl.coalesce(*why, pl.lit(_NOT_REPORTED))
    return table.with_columns(age_missing=pl.when(pl.col(age).is_null()).then(reason))


def _finish(table: pl.DataFrame, schema: Schema, optional: Schema, name: str) -> pl.DataFrame:
    """Conform the columns of the model and carry the user's own as filterable ones."""
    # A user's own column may bear the name of one of our dates.
    optional = {name: dtype for name, dtype in optional.items() if dtype != pl.Date or table.schema.get(name) == dtype}
    known = {*schema, *optional, *_KEYS, *ORIGINAL, *_ONLY_FOR_READING, "patient_key", "listed"}
    table = _without_empty(table, keep=tuple(schema))
    texts = [column for column in optional if column in table.columns and optional[column] == pl.Categorical]
    table = table.with_columns(pl.col(column).cast(pl.String).fill_null(_NOT_REPORTED) for column in texts)
    conformed = conform(table, schema, name=name, optional=optional)
    own = [filterable(table[column]) for column in table.columns if column not in known]
    return conformed.with_columns(own)


def _without_empty(table: pl.DataFrame, *, keep: Sequence[str]) -> pl.DataFrame:
    """Drop the columns without a single value, so that `Repository.has` tells what a source really says."""
    return table.select(name for name in table.columns if name in keep or table[name].null_count() < table.height)


def filterable(column: pl.Series) -> pl.Series:
    """Return a user's column as the catalog filters it: numbers stay, all else is a category that spells the missing.

    Parameters
    ----------
    column : polars.Series
        Of any type.

    Returns
    -------
    polars.Series
        A number, null where missing, or a Categorical with "Not Reported".

    Examples
    --------
    >>> import polars as pl
    >>> filterable(pl.Series("smoker", [True, None])).to_list()
    ['Yes', 'Not Reported']
    """
    if column.dtype.is_numeric():
        return column
    if column.dtype == pl.Boolean:
        column = column.replace_strict({True: "Yes", False: "No"}, return_dtype=pl.String)
    if isinstance(column.dtype, pl.List | pl.Array):
        column = column.cast(pl.List(pl.String)).list.join(", ", ignore_nulls=True)
    text = column.cast(pl.String)
    return text.set(text == "", None).fill_null(_NOT_REPORTED).cast(pl.Categorical)


def _number_measurements(measurements: pl.DataFrame, patients: pl.DataFrame, studies: pl.DataFrame) -> pl.DataFrame:
    keyed = measurements.join(patients, on=["collection_id", "patient_id"], how="inner", maintain_order="left")
    if "study_uid" in keyed.columns:
        of_study = studies.select("study_uid", "study_key")
        keyed = keyed.join(of_study, on="study_uid", how="left", maintain_order="left")
    absent = [name for name in MEASUREMENTS if name not in keyed.columns]
    keyed = keyed.with_columns(pl.lit(None, MEASUREMENTS[name]).alias(name) for name in absent)
    texts = keyed.with_columns(pl.col("test_name", "test_result").fill_null(_NOT_REPORTED))
    order = ["patient_key", "days_from_index", "study_key", "days_from_study", "test_name", "test_result"]
    return conform(texts, MEASUREMENTS, name="measurements").sort(order, nulls_last=True)

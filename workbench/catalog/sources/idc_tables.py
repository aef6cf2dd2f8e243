"""Turn the raw IDC index into patients, studies and series, keeping count of every repair."""

import polars as pl

from workbench.catalog.sources.persons import number_persons
from workbench.tables import PATIENTS, SERIES, SERIES_OPTIONAL, STUDIES, conform
from workbench.vocabulary.anatomy import region_of_body_part, region_of_description
from workbench.vocabulary.dicom import (
    AGE_TOP_CODE_YEARS,
    DERIVED_MODALITIES,
    IMAGE_SOP_CLASSES,
    PATIENT_SEX,
    parse_age,
)

#: Species of what was imaged when it was no living being; it has neither sex nor age.
NOBODY = ("Phantom", "Simulated")

# CBIS-DDSM gives every image or lesion an identifier of its own: Calc-Test_P_00038_LEFT_CC, P_00038_LEFT_CC.dcm.
IMAGE_IDENTIFIER = r"(?:^|_)(P_\d{5})_(?:LEFT|RIGHT)_"

RAW_COLUMNS = (
    "collection_id",
    "analysis_result_id",
    "PatientID",
    "StudyInstanceUID",
    "PatientAge",
    "PatientSex",
    "StudyDate",
    "StudyDescription",
    "BodyPartExamined",
    "Modality",
    "sop_class_name",
    "Manufacturer",
    "ManufacturerModelName",
    "SeriesDescription",
    "instanceCount",
    "license_short_name",
    "series_init_idc_version",
    "series_size_MB",
)


def harmonize_series(raw: pl.DataFrame, collections: pl.DataFrame) -> pl.DataFrame:
    """Return the raw index with harmonized columns beside the raw ones, sorted by patient and study.

    Parameters
    ----------
    raw : polars.DataFrame
        The columns `RAW_COLUMNS` of the IDC index; a row is a series.
    collections : polars.DataFrame
        ``collection_id``, ``species``, ``tumor_locations``, ``cancer_types`` and ``description`` of each collection.

    Returns
    -------
    polars.DataFrame
        Adds keys, ``series_age_years``, ``series_sex``, ``body_region`` and its source, ``derived``.
    """
    declared = collections.select(
        "collection_id",
        species=pl.when(pl.col("cancer_types") == "Phantom")
        .then(pl.lit("Phantom"))
        .when(pl.col("description").str.contains(r"(?i)in-silico"))
        .then(pl.lit("Simulated"))
        .otherwise(pl.col("species")),
        declared_region=region_of_body_part(pl.col("tumor_locations")),
    )
    studies = _regions_of(raw, "StudyDescription", of_series=False)
    described = _regions_of(raw, "SeriesDescription", of_series=True)
    image = (
        pl.col("sop_class_name").is_in(IMAGE_SOP_CLASSES)
        & ~pl.col("Modality").is_in(DERIVED_MODALITIES)
        & pl.col("analysis_result_id").is_null()
    )
    return (
        raw.with_row_index("source_row")
        .sort("collection_id", "PatientID", "StudyInstanceUID", maintain_order=True)
        .join(declared, on="collection_id", how="left", maintain_order="left")
        .join(studies, on="StudyDescription", how="left", maintain_order="left")
        .join(described, on="SeriesDescription", how="left", maintain_order="left")
        .with_columns(
            patient_key=_dense_key("collection_id", "PatientID"),
            derived=~image.fill_null(False),
            series_age_years=parse_age(pl.col("PatientAge")),
            series_sex=_sex(pl.col("PatientSex")),
            header_region=region_of_body_part(pl.col("BodyPartExamined")),
            species=pl.col("species").fill_null("Not Reported"),
        )
        .with_columns(*_region_and_source())
    )


def to_studies(series: pl.DataFrame) -> pl.DataFrame:
    """Return one row a study: age is the smallest valid age among its acquired series; phantoms have none.

    Parameters
    ----------
    series : polars.DataFrame
        What `harmonize_series` returns.

    Returns
    -------
    polars.DataFrame
        The columns of `workbench.tables.STUDIES` and the raw ``StudyInstanceUID`` and ``StudyDate``.
    """
    acquired = ~pl.col("derived")
    nobody = pl.col("species").is_in(NOBODY)
    studies = series.group_by("StudyInstanceUID", maintain_order=True).agg(
        pl.col("patient_key", "species").first(),
        pl.col("StudyDate").min(),
        age=pl.col("series_age_years").filter(acquired & ~nobody).min(),
        written=(pl.col("PatientAge").filter(acquired).is_not_null()).any(),
    )
    return studies.with_row_index("study_key").with_columns(
        age_at_study_years=_top_coded(pl.col("age")),
        age_missing=_age_missing(nobody=nobody),
    )


def to_patients(series: pl.DataFrame, studies: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient: the age of the earliest study with a known age, and sex.

    Parameters
    ----------
    series, studies : polars.DataFrame
        What `harmonize_series` and `to_studies` return.

    Returns
    -------
    polars.DataFrame
        The columns of `workbench.tables.PATIENTS`; sexes that disagree give ``Conflicting``.
    """
    nobody = pl.col("species").is_in(NOBODY)
    known = pl.col("series_sex").filter(~pl.col("series_sex").is_in(["Not Reported", "Unknown"])).drop_nulls()
    patients = series.group_by("patient_key", maintain_order=True).agg(
        pl.col("collection_id").first(),
        pl.col("species").first(),
        patient_id=pl.col("PatientID").first(),
        sex=pl.when(known.n_unique() > 1)
        .then(pl.lit("Conflicting"))
        .when(known.n_unique() == 1)
        .then(known.first())
        .when((pl.col("series_sex") == "Unknown").any())
        .then(pl.lit("Unknown"))
        .otherwise(pl.lit("Not Reported")),
    )
    earliest = studies.sort("patient_key", "StudyDate", "age", nulls_last=True)
    ages = earliest.group_by("patient_key", maintain_order=True).agg(
        pl.col("age").drop_nulls().first(), pl.col("written").any()
    )
    joined = _with_persons(patients, series).join(ages, on="patient_key", how="left", maintain_order="left")
    return conform(
        joined.with_columns(
            sex=pl.when(nobody).then(pl.lit("Not Applicable")).otherwise(pl.col("sex")),
        ).with_columns(
            age_years=_top_coded(pl.col("age")),
            age_over_89=pl.col("age") >= AGE_TOP_CODE_YEARS,
            age_missing=_age_missing(nobody=nobody),
        ),
        PATIENTS,
        name="patients",
    )


def to_series(series: pl.DataFrame, studies: pl.DataFrame) -> pl.DataFrame:
    """Return one row a series in the common data model, in the order of patients and studies.

    Parameters
    ----------
    series, studies : polars.DataFrame
        What `harmonize_series` and `to_studies` return.

    Returns
    -------
    polars.DataFrame
        The columns of `workbench.tables.SERIES`.
    """
    reported = {
        "modality": "Modality",
        "body_part": "BodyPartExamined",
        "manufacturer": "Manufacturer",
        "model": "ManufacturerModelName",
        "license": "license_short_name",
    }
    keyed = series.join(studies.select("StudyInstanceUID", "study_key"), on="StudyInstanceUID", maintain_order="left")
    named = keyed.with_columns(
        *(pl.col(raw).fill_null("Not Reported").alias(name) for name, raw in reported.items()),
        n_instances=pl.col("instanceCount"),
        size_mb=pl.col("series_size_MB"),
        first_version=pl.col("series_init_idc_version"),
    )
    return conform(named, SERIES, name="series", optional=SERIES_OPTIONAL)


def slim_studies(studies: pl.DataFrame) -> pl.DataFrame:
    """Return the studies with the columns of the common data model only.

    Parameters
    ----------
    studies : polars.DataFrame
        What `to_studies` returns.

    Returns
    -------
    polars.DataFrame
        The columns of `workbench.tables.STUDIES`.
    """
    return conform(studies, STUDIES, name="studies")


def _with_persons(patients: pl.DataFrame, series: pl.DataFrame) -> pl.DataFrame:
    of_image = pl.col("patient_id").str.extract(IMAGE_IDENTIFIER)
    named = patients.with_columns(person_id=of_image + pl.lit(" of ") + pl.col("collection_id"))
    return number_persons(named, series.select("patient_key", study_uid="StudyInstanceUID"))


def _regions_of(raw: pl.DataFrame, column: str, *, of_series: bool) -> pl.DataFrame:
    texts = raw.select(pl.col(column).drop_nulls().unique())
    return texts.with_columns(region_of_description(pl.col(column), of_series=of_series).alias(f"{column}_region"))


def _region_and_source() -> tuple[pl.Expr, pl.Expr]:
    places = {
        "BodyPartExamined": "header_region",
        "StudyDescription": "StudyDescription_region",
        "SeriesDescription": "SeriesDescription_region",
        "collection": "declared_region",
    }
    source = pl.coalesce(pl.when(pl.col(column).is_not_null()).then(pl.lit(name)) for name, column in places.items())
    return pl.coalesce(*places.values(), pl.lit("Not Reported")).alias("body_region"), source.fill_null("none").alias(
        "body_region_source"
    )


def _dense_key(*columns: str) -> pl.Expr:
    """Number runs of equal values from zero, for rows already sorted by `columns`."""
    return (pl.struct(columns).rle_id()).cast(pl.UInt32)


def _sex(code: pl.Expr) -> pl.Expr:
    known = code.replace_strict(PATIENT_SEX, default="Unknown")
    return pl.when(code.is_null()).then(pl.lit("Not Reported")).otherwise(known)


def _top_coded(age: pl.Expr) -> pl.Expr:
    return age.clip(upper_bound=AGE_TOP_CODE_YEARS)  # not min_horizontal, which would turn an unknown age into 90


def _age_missing(nobody: pl.Expr) -> pl.Expr:
    """Say why an age is null: nothing was written, or what was written is no age."""
    reason = pl.when(pl.col("age").is_not_null()).then(None).when(nobody).then(pl.lit("Not Applicable"))
    why: pl.Expr = reason.when(pl.col("written")).then(pl.lit("Unknown")).otherwise(pl.lit("Not Reported"))
    return why

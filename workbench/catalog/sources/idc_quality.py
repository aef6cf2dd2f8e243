"""Count what had to be repaired, guessed or left unknown while the IDC index was harmonized."""

from dataclasses import dataclass

import polars as pl

from workbench.catalog.sources.idc_tables import IMAGE_IDENTIFIER
from workbench.tables import DATA_QUALITY, conform
from workbench.vocabulary.demographics import NOT_KNOWN
from workbench.vocabulary.dicom import AGE_LIMIT_YEARS, AGE_TOP_CODE_YEARS, PATIENT_SEX, parse_age

_AGE, _SEX = pl.col("PatientAge"), pl.col("PatientSex")
_STANDARD_AGE = r"^\d{3}[DWMY]$"


@dataclass(frozen=True)
class _Rule:
    """One rule: what it is called, what it counts, among which rows of a frame, and what is done."""

    name: str
    unit: str
    rows: pl.DataFrame  # one row a unit, with its collection
    met: pl.Expr
    treatment: str


def count_quality(series: pl.DataFrame, patients: pl.DataFrame) -> pl.DataFrame:
    """Return one row a cleaning rule: how many series, studies or patients it touched and what was done.

    Parameters
    ----------
    series : polars.DataFrame
        What `workbench.catalog.sources.idc_tables.harmonize_series` returns.
    patients : polars.DataFrame
        What `workbench.catalog.sources.idc_tables.to_patients` returns.

    Returns
    -------
    polars.DataFrame
        ``rule``, ``unit``, ``n``, ``n_total``, ``fraction``, ``treatment``.
    """
    rows = [
        (rule.name, rule.unit, rule.rows.select(rule.met.sum()).item(), rule.rows.height, rule.treatment)
        for rule in _rules(series, patients)
    ]
    counted = pl.DataFrame(rows, schema=["rule", "unit", "n", "n_total", "treatment"], orient="row")
    return conform(counted.with_columns(fraction=pl.col("n") / pl.col("n_total")), DATA_QUALITY, name="data quality")


def count_quality_by_collection(series: pl.DataFrame, patients: pl.DataFrame) -> pl.DataFrame:
    """Return how many series, studies or patients of each collection a cleaning rule touched.

    Parameters
    ----------
    series, patients : polars.DataFrame
        As for `count_quality`.

    Returns
    -------
    polars.DataFrame
        ``rule``, ``unit``, ``collection_id``, ``n``, ``n_total``; a study or a PatientID of several collections counts
        in the first one.
    """
    counted = [
        rule.rows.group_by("collection_id")
        .agg(n=rule.met.sum().cast(pl.UInt32), n_total=pl.len().cast(pl.UInt32))
        .select(
            pl.lit(rule.name).alias("rule"),
            pl.lit(rule.unit).alias("unit"),
            pl.col("collection_id").cast(pl.String),
            "n",
            "n_total",
        )
        .sort("collection_id")
        for rule in _rules(series, patients)
    ]
    return pl.concat(counted)


def _rules(series: pl.DataFrame, patients: pl.DataFrame) -> list[_Rule]:
    return [*_series_rules(series), *_grouped_rules(series), *_patient_rules(patients)]


def _series_rules(series: pl.DataFrame) -> list[_Rule]:
    years = parse_age(_AGE)
    rules: list[tuple[str, pl.Expr, str]] = [
        ("PatientAge is absent", _AGE.is_null(), "age is missing: Not Reported"),
        ("PatientAge has a lower-case unit", _AGE.str.contains(r"^\d{3}[dwmy]$"), "read as its capital"),
        ("PatientAge has no unit", _AGE.str.contains(r"^\d+$"), "read as years"),
        (
            "PatientAge is no age",
            ~_AGE.str.contains(r"(?i)^\d{1,3}[DWMY]?$"),
            "age is missing: Unknown",
        ),
        ("PatientAge is zero years, a placeholder", _AGE.str.contains(r"^0+[Yy]?$"), "age is missing: Unknown"),
        (
            f"PatientAge is above {AGE_LIMIT_YEARS} years",
            _AGE.str.contains(_STANDARD_AGE) & years.is_null() & ~_AGE.str.contains(r"^0+Y$"),
            "age is missing: Unknown",
        ),
        (f"PatientAge is {AGE_TOP_CODE_YEARS} years or more", years >= AGE_TOP_CODE_YEARS, "shown as 90 and over"),
        ("PatientSex is absent", _SEX.is_null(), "sex is missing: Not Reported"),
        ("PatientSex is U", _SEX == "U", "sex is missing: Unknown"),
        ("PatientSex is no sex", ~_SEX.is_in(list(PATIENT_SEX)), "sex is missing: Unknown"),
        ("BodyPartExamined is absent", pl.col("BodyPartExamined").is_null(), "body region read elsewhere"),
        (
            "BodyPartExamined names no region",
            pl.col("BodyPartExamined").is_not_null() & pl.col("header_region").is_null(),
            "body region read elsewhere",
        ),
        *(
            (f"Body region read in {place}", pl.col("body_region_source") == place, "kept in body_region_source")
            for place in ("StudyDescription", "SeriesDescription", "collection")
        ),
        ("Body region found nowhere", pl.col("body_region_source") == "none", "body region: Not Reported"),
        (
            "BodyPartExamined contradicts the collection's one stated region",
            pl.col("header_region").is_not_null()
            & pl.col("declared_region").is_not_null()
            & (pl.col("header_region") != pl.col("declared_region")),
            "the header's region is kept",
        ),
        ("Derived object (analysis result, or no image SOP Class)", pl.col("derived"), "derived is true"),
        ("Manufacturer is absent", pl.col("Manufacturer").is_null(), "manufacturer: Not Reported"),
        ("StudyDescription is absent", pl.col("StudyDescription").is_null(), "body region read elsewhere"),
    ]
    return [_Rule(name, "series", series, rule, treatment) for name, rule, treatment in rules]


def _grouped_rules(series: pl.DataFrame) -> list[_Rule]:
    first = pl.col("collection_id").first()
    ages = pl.col("series_age_years").drop_nulls().n_unique()
    patient_ages = series.group_by("patient_key").agg(first, ages)
    study_ages = series.group_by("StudyInstanceUID").agg(first, ages, patients=pl.col("patient_key").n_unique())
    several = pl.col("series_age_years") > 1
    identifiers = series.group_by("PatientID").agg(first, collections=pl.col("collection_id").n_unique())
    of_image = pl.col("PatientID").str.contains(IMAGE_IDENTIFIER)
    n_people = identifiers.filter(of_image)["PatientID"].str.extract(IMAGE_IDENTIFIER).n_unique()
    return [
        _Rule(
            "A patient has more than one age",
            "patients",
            patient_ages,
            several,
            "patient age is that of the earliest study with an age",
        ),
        _Rule(
            "A study has more than one age",
            "studies",
            study_ages,
            several,
            "study age is the smallest among acquired series",
        ),
        _Rule(
            "A study lists more than one patient",
            "studies",
            study_ages,
            pl.col("patients") > 1,
            "the study counts once, its patients each",
        ),
        _Rule(
            "A PatientID names an image of a person",
            "PatientIDs",
            identifiers,
            of_image,
            f"each counts as a patient; they are {n_people:,} people, kept together in splits",
        ),
        _Rule(
            "A PatientID occurs in more than one collection",
            "PatientIDs",
            identifiers,
            pl.col("collections") > 1,
            "a patient is the pair of collection and PatientID",
        ),
        _Rule(
            "A PatientID is the word PatientID, no identifier",
            "PatientIDs",
            identifiers,
            pl.col("PatientID").str.strip_chars().str.to_lowercase() == "patientid",
            "counts as a patient",
        ),
    ]


def _patient_rules(patients: pl.DataFrame) -> list[_Rule]:
    applies = patients.filter(pl.col("sex") != "Not Applicable")
    missing = "shown as missing, with the reason"
    lacking = [
        ("Patient (not a phantom, not simulated) has no recorded age", pl.col("age_years").is_null(), missing),
        ("Patient (not a phantom, not simulated) has no recorded sex", pl.col("sex").is_in(list(NOT_KNOWN)), missing),
    ]
    rules = [
        ("Sexes of one patient disagree", pl.col("sex") == "Conflicting", "sex: Conflicting, no majority vote"),
        ("A phantom, not a person", pl.col("species") == "Phantom", "sex and age: Not Applicable"),
        ("Simulated, not a person", pl.col("species") == "Simulated", "sex and age: Not Applicable"),
        (
            "An animal, or a collection that holds animals",
            ~pl.col("species").is_in(["Human", "Phantom", "Simulated"]),
            "kept; see species",
        ),
    ]
    return [
        *(_Rule(name, "patients", applies, rule, treatment) for name, rule, treatment in lacking),
        *(_Rule(name, "patients", patients, rule, treatment) for name, rule, treatment in rules),
    ]

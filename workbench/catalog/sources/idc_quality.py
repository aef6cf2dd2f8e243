"""Count what had to be repaired, guessed or left unknown while the IDC index was harmonized."""

import polars as pl

from workbench.catalog.sources.idc_tables import IMAGE_IDENTIFIER
from workbench.tables import DATA_QUALITY, conform
from workbench.vocabulary.dicom import AGE_LIMIT_YEARS, AGE_TOP_CODE_YEARS, PATIENT_SEX, parse_age

_AGE, _SEX = pl.col("PatientAge"), pl.col("PatientSex")
_STANDARD_AGE = r"^\d{3}[DWMY]$"


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
    rows = [*_series_rules(series), *_grouped_rules(series), *_patient_rules(patients)]
    counted = pl.DataFrame(rows, schema=["rule", "unit", "n", "n_total", "treatment"], orient="row")
    return conform(counted.with_columns(fraction=pl.col("n") / pl.col("n_total")), DATA_QUALITY, name="data quality")


def _series_rules(series: pl.DataFrame) -> list[tuple[str, str, int, int, str]]:
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
    counts = series.select(rule.sum().alias(str(i)) for i, (_, rule, _) in enumerate(rules)).row(0)
    return [
        (name, "series", n, series.height, treatment) for (name, _, treatment), n in zip(rules, counts, strict=True)
    ]


def _grouped_rules(series: pl.DataFrame) -> list[tuple[str, str, int, int, str]]:
    patient_ages = series.group_by("patient_key").agg(pl.col("series_age_years").drop_nulls().n_unique())
    study_ages = series.group_by("StudyInstanceUID").agg(
        pl.col("series_age_years").drop_nulls().n_unique(), patients=pl.col("patient_key").n_unique()
    )
    several = pl.col("series_age_years") > 1
    of_images = series.filter(pl.col("PatientID").str.contains(IMAGE_IDENTIFIER))["PatientID"].unique()
    n_people = of_images.str.extract(IMAGE_IDENTIFIER).n_unique()
    identifiers = series.group_by("PatientID").agg(pl.col("collection_id").n_unique())
    return [
        (
            "A patient has more than one age",
            "patients",
            patient_ages.filter(several).height,
            patient_ages.height,
            "patient age is that of the earliest study with an age",
        ),
        (
            "A study has more than one age",
            "studies",
            study_ages.filter(several).height,
            study_ages.height,
            "study age is the smallest among acquired series",
        ),
        (
            "A study lists more than one patient",
            "studies",
            study_ages.filter(pl.col("patients") > 1).height,
            study_ages.height,
            "the study counts once, its patients each",
        ),
        (
            "A PatientID names an image of a person",
            "PatientIDs",
            len(of_images),
            identifiers.height,
            f"each counts as a patient; they are {n_people:,} people, kept together in splits",
        ),
        (
            "A PatientID occurs in more than one collection",
            "PatientIDs",
            identifiers.filter(pl.col("collection_id") > 1).height,
            identifiers.height,
            "a patient is the pair of collection and PatientID",
        ),
    ]


def _patient_rules(patients: pl.DataFrame) -> list[tuple[str, str, int, int, str]]:
    rules = [
        ("Sexes of one patient disagree", pl.col("sex") == "Conflicting", "sex: Conflicting, no majority vote"),
        (
            "Patient has no recorded age, persons or not",
            pl.col("age_years").is_null(),
            "shown as missing, with the reason",
        ),
        (
            "Patient has no recorded sex, persons or not",
            pl.col("sex").is_in(["Unknown", "Not Reported", "Not Applicable"]),
            "shown as missing, with the reason",
        ),
        ("A phantom, not a person", pl.col("species") == "Phantom", "sex and age: Not Applicable"),
        ("Simulated, not a person", pl.col("species") == "Simulated", "sex and age: Not Applicable"),
        (
            "An animal, or a collection that holds animals",
            ~pl.col("species").is_in(["Human", "Phantom", "Simulated"]),
            "kept; see species",
        ),
    ]
    return [
        (name, "patients", patients.filter(rule).height, patients.height, treatment) for name, rule, treatment in rules
    ]

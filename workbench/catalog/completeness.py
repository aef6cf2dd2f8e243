"""What a source does not know: by collection, and by the release that brought the patients."""

from dataclasses import dataclass

import polars as pl

from workbench.catalog.commons import Catalog
from workbench.catalog.overview import everybody
from workbench.catalog.repository import Repository
from workbench.vocabulary.demographics import NOT_KNOWN

_PERIODS = {"batch": "patients", "first_version": "series"}
_COLUMNS = {
    "gap": pl.String,
    "unit": pl.String,
    "collection_id": pl.String,
    "period": pl.String,
    "n": pl.Int64,
    "n_total": pl.Int64,
}


@dataclass(frozen=True)
class Gap:
    """Something that may not be known.

    Attributes
    ----------
    name : str
        What is not known, such as ``"Age"``.
    unit : {"patients", "studies", "series"}
        Of what.
    column : str
        The column of that table that would tell.
    """

    name: str
    unit: str
    column: str


#: What is looked for, those of people first; a source that lacks a column lacks the gap.
GAPS = (
    Gap("Age", "patients", "age_years"),
    Gap("Sex", "patients", "sex"),
    Gap("Race", "patients", "race"),
    Gap("Ethnicity", "patients", "ethnicity"),
    Gap("COVID-19 status", "patients", "covid19_positive"),
    Gap("State", "patients", "state"),
    Gap("Age at the study", "studies", "age_at_study_years"),
    Gap("Day of the study", "studies", "days_to_study"),
    Gap("Body part in the header", "series", "body_part"),
    Gap("Body region by any means", "series", "body_region"),
    Gap("Manufacturer", "series", "manufacturer"),
    Gap("Model", "series", "model"),
    Gap("License", "series", "license"),
)


def count_unknown(catalog: Catalog) -> pl.DataFrame:
    """Return of how many patients, studies and series something is not known.

    People are counted, no animals and no phantoms, and of series acquired images. What does not apply, such as the
    American state of a patient in another country, is not unknown.

    Parameters
    ----------
    catalog : Catalog
        Any source. Nothing is suppressed.

    Returns
    -------
    polars.DataFrame
        One row a gap, collection and period: ``gap``, ``unit``, ``collection_id``, ``period`` (the release that brought
        the patient; null where the source has none), ``n``, ``n_total``.
    """
    repository = catalog.repository
    tables = _tables(catalog)
    counted = []
    for gap in GAPS:
        if not repository.has(gap.unit, gap.column):
            continue
        rows = tables[gap.unit]
        unknown = _unknown(rows, gap.column)
        per = rows.group_by("collection_id", "period").agg(n=unknown.sum(), n_total=pl.len())
        per = per.sort("collection_id", "period", nulls_last=True)
        counted.append(per.with_columns(gap=pl.lit(gap.name), unit=pl.lit(gap.unit)).select(*_COLUMNS).cast(_COLUMNS))  # type: ignore[arg-type]
    return pl.concat(counted)


def _unknown(rows: pl.DataFrame, column: str) -> pl.Expr:
    """Whether a value is absent although there could be one."""
    if rows.schema[column] in (pl.Enum, pl.Categorical, pl.String):
        return pl.col(column).cast(pl.String).is_in(NOT_KNOWN).fill_null(value=True)
    unknown = pl.col(column).is_null()
    reason = "age_missing"
    if column != "age_years" or reason not in rows.columns:
        return unknown
    return unknown & pl.col(reason).cast(pl.String).is_in(NOT_KNOWN).fill_null(value=True)


def period_name(repository: Repository) -> str:
    """Return what the releases of a source are called.

    Parameters
    ----------
    repository : Repository
        Any source.

    Returns
    -------
    str
        ``"batch"`` or ``"first_version"``; empty where there are none.
    """
    return next((name for name, table in _PERIODS.items() if repository.has(table, name)), "")


def _tables(catalog: Catalog) -> dict[str, pl.DataFrame]:
    """Rows of people, each with its collection and the release that brought its patient."""
    repository, people = catalog.repository, everybody(catalog)
    series = pl.DataFrame([repository.column("series", name) for name in repository.columns("series")]).filter(
        people.mask
    )
    patients = people.patients
    over = period_name(repository)
    if over == "first_version":
        came = series.group_by("patient_key").agg(period=pl.col(over).min().cast(pl.String))
    else:
        period = pl.col(over).cast(pl.String) if over else pl.lit(None, pl.String)
        came = patients.select("patient_key", period=period)
    where = patients.select("patient_key", pl.col("collection_id").cast(pl.String)).join(
        came, on="patient_key", how="left"
    )
    studies = pl.DataFrame([repository.column("studies", name) for name in repository.columns("studies")])
    chosen = studies.filter(pl.col("study_key").is_in(series["study_key"].drop_nulls().unique().implode()))
    acquired = series.filter(~pl.col("derived"), *([pl.col("listed")] if "listed" in series.columns else []))
    return {
        "patients": patients.drop("collection_id").join(where, on="patient_key"),
        "studies": chosen.join(where, on="patient_key"),
        "series": acquired.drop("collection_id").join(where, on="patient_key"),
    }

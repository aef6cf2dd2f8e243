"""Turn the rows of a Gen3 export into patients, studies and series, keeping count of every repair."""

import polars as pl

from workbench.catalog.sources.ages import age_columns, is_over_by_number
from workbench.catalog.sources.assemble import Entities, QualityRow
from workbench.catalog.sources.duplicates import merge_rows
from workbench.catalog.sources.gen3_cases import read_cases
from workbench.catalog.sources.gen3_files import Gen3Rows
from workbench.catalog.sources.gen3_measurements import read_measurements, whole_number
from workbench.catalog.sources.gen3_nodes import CASE, MEASUREMENT, NODES, SERIES, STUDY

_LINKED_BY_ID = ("patient_id", "case_node", "study_id", "study_uid", "study_node")
_THEN = (
    "A case, a study and a series must say the same wherever they stand. "
    "Keep one row for each that disagrees, or export the nodes anew."
)
_DAYS_PER_YEAR = 365.25


def interpret_gen3(rows: Gen3Rows) -> Entities:
    """Return the patients, studies, series and test results of an export.

    Parameters
    ----------
    rows : Gen3Rows
        What `workbench.catalog.sources.gen3_files.read_gen3` returns.

    Returns
    -------
    Entities
        The collection of a patient is the project; of several, the first in alphabetical order.

    Raises
    ------
    ValueError
        When rows of one case, study or series disagree; counts them and names the columns.
    """
    cases = _with_all_columns(rows.nodes[CASE], CASE)
    patients, quality, problem = read_cases(cases)
    studies, of_studies, study_problem = _read_studies(_with_all_columns(rows.nodes[STUDY], STUDY), patients)
    series, of_series, series_problem = _read_series(_with_all_columns(rows.nodes[SERIES], SERIES), studies)
    problems = [said for said in (problem, study_problem, series_problem) if said]
    if problems:
        lines = "\n".join(f"  {said}" for said in problems)
        raise ValueError(f"The rows of the Gen3 export contradict each other.\n{lines}\n{_THEN}")
    studies, series, patients, of_links = _complete(studies, series, patients)
    measurements, of_tests = read_measurements(
        _with_all_columns(rows.nodes[MEASUREMENT], MEASUREMENT), studies, patients
    )
    files: list[QualityRow] = [
        ("Column without a single value", "columns", rows.n_empty_columns, rows.n_columns, "dropped"),
        *(
            (f"Row of the node {node}, which the catalog does not read", "rows", n, n, "left out")
            for node, n in sorted(rows.n_other.items())
        ),
    ]
    counted = (*files, *quality, *of_studies, *of_series, *of_links, *of_tests)
    return Entities(
        patients=patients.drop("case_node", "age_text"),
        studies=studies.drop("study_node", "study_id", "days_to_positive", "days_to_negative"),
        series=series,
        measurements=measurements,
        quality=counted,
    )


def _with_all_columns(rows: pl.DataFrame, node: str) -> pl.DataFrame:
    """Give an export that lacks a column, or a whole node, that column without values."""
    lists = NODES[node].lists
    absent = [name for name in NODES[node].columns if name not in rows.columns]
    nothing = [pl.lit(None, pl.List(pl.String) if name in lists else pl.String).alias(name) for name in absent]
    return rows.with_columns(nothing) if rows.width else pl.DataFrame(schema=_schema(node))


def _schema(node: str) -> dict[str, pl.DataType]:
    lists = NODES[node].lists
    return {name: pl.List(pl.String()) if name in lists else pl.String() for name in NODES[node].columns}


def _read_studies(rows: pl.DataFrame, patients: pl.DataFrame) -> tuple[pl.DataFrame, list[QualityRow], str | None]:
    """Return one row a study, with its patient's identifier, and what was repaired."""
    several = rows["patient_id"].list.n_unique() > 1
    without_uid = rows["study_uid"].is_null()
    linked = rows.with_columns(
        pl.col("patient_id").list.first(),
        project_id=pl.col("project_id").list.first(),
        study_uid=pl.coalesce("study_uid", "study_id"),
        body_part=pl.col("body_part").list.unique(maintain_order=True).list.join(", "),
        modalities=pl.col("modalities").list.unique(maintain_order=True),
    )
    by_node = patients.select("case_node", by_node="patient_id").drop_nulls().unique("case_node")
    linked = linked.join(by_node, on="case_node", how="left", maintain_order="left")
    linked = linked.with_columns(patient_id=pl.coalesce("patient_id", "by_node"))
    unlinked = linked["patient_id"].is_null() | linked["study_uid"].is_null()
    linked = linked.filter(~unlinked).drop("by_node", "case_node")
    values = [name for name in linked.columns if name not in (*_LINKED_BY_ID, "project_id")] + ["patient_id"]
    studies, n_merged, problem = merge_rows(linked, key=["study_uid"], values=values, what="studies")
    studies = age_columns(studies, text="age_at_imaging", over="age_over", into="age_at_study_years")
    dated = _with_days(studies)
    n_dayless = dated["days_to_study"].null_count() - studies["days_to_study"].null_count()
    studies, n_derived = _age_from_index(dated, patients)
    n, n_rows = studies.height, rows.height
    quality: list[QualityRow] = [
        ("Study listed again in an identical row", "rows", n_merged, n_rows, "merged"),
        ("Study names no case that can be found", "rows", int(unlinked.sum()), n_rows, "left out"),
        ("Study lists more than one case", "rows", int(several.sum()), n_rows, "the first is taken"),
        ("Study has no study_uid", "rows", int(without_uid.sum()), n_rows, "its submitter_id stands for it"),
        ("Days to a study that are no number of days", "studies", n_dayless, n, "missing"),
        ("Study without an age", "studies", n_derived, n, "age at index and days since, where both are known"),
        ("Study without an age that could be read or derived", "studies", _nulls(studies), n, "missing, with reason"),
        (
            "Age at imaging written as 890",
            "studies",
            studies.select(is_over_by_number(pl.col("age_at_imaging")).sum()).item(),
            n,
            "shown as 90 and over",
        ),
    ]
    return studies.drop("age_at_imaging", "age_over", "age_over_89"), quality, problem


def _nulls(studies: pl.DataFrame) -> int:
    return studies["age_at_study_years"].null_count()


def _with_days(studies: pl.DataFrame) -> pl.DataFrame:
    return studies.with_columns(
        whole_number(pl.col("days_to_study"), pl.Int32()), whole_number(pl.col("study_year"), pl.Int16())
    )


def _age_from_index(studies: pl.DataFrame, patients: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Give a study without an age the patient's age at the index event plus the whole years since."""
    at_index = patients.select("patient_id", index_age=pl.col("age_years"))
    joined = studies.join(at_index, on="patient_id", how="left", maintain_order="left")
    # A top-coded age is not known well enough to count on from; it stays 90 for every later study.
    later = (
        pl.when(pl.col("index_age") >= 90)
        .then(90.0)
        .otherwise((pl.col("index_age") + pl.col("days_to_study") / _DAYS_PER_YEAR).floor().clip(0.0, 90.0))
    )
    derived = pl.when((pl.col("age_missing") == "Not Reported") & pl.col("days_to_study").is_not_null()).then(later)
    aged = joined.with_columns(derived=derived.cast(pl.Float32)).with_columns(
        age_at_study_years=pl.coalesce("age_at_study_years", "derived"),
        age_missing=pl.when(pl.col("derived").is_null()).then("age_missing"),
    )
    return aged.drop("derived", "index_age"), aged.height - aged["derived"].null_count()


def _read_series(rows: pl.DataFrame, studies: pl.DataFrame) -> tuple[pl.DataFrame, list[QualityRow], str | None]:
    """Return one row a series, with the study it belongs to."""
    known = studies.select("study_uid", "study_id", "study_node")
    by_id = known.select(pl.col("study_id"), by_id="study_uid").drop_nulls().unique("study_id")
    by_uid = known.select(study_id="study_uid", by_uid="study_uid").unique("study_id")
    by_node = known.select("study_node", by_node="study_uid").drop_nulls().unique("study_node")
    linked = rows.with_columns(
        pl.col("study_id", "patient_id", "project_id").list.first(),
        pl.col("kernel", "body_part").list.unique(maintain_order=True).list.join(", "),
        series_uid=pl.coalesce("series_uid", "series_id"),
        slice_thickness_mm=pl.col("slice_thickness_mm").list.first().cast(pl.Float32, strict=False),
        n_instances=whole_number(pl.col("n_instances"), pl.UInt32()),
        size_mb=whole_number(pl.col("file_size"), pl.UInt64()) / 1e6,
    )
    for key, found in (("study_id", by_id), ("study_id", by_uid), ("study_node", by_node)):
        linked = linked.join(found, on=key, how="left", maintain_order="left")
    linked = linked.with_columns(study_uid=pl.coalesce("by_id", "by_uid", "by_node", "study_uid", "study_id"))
    n_sizeless = linked["size_mb"].null_count() - linked["file_size"].null_count()
    linked = linked.drop("by_id", "by_uid", "by_node", "study_id", "study_node", "series_id", "file_size", "case_node")
    unlinked = linked["study_uid"].is_null() | linked["series_uid"].is_null()
    values = [name for name in linked.columns if name not in ("series_uid", "project_id", "patient_id")]
    series, n_merged, problem = merge_rows(linked.filter(~unlinked), key=["series_uid"], values=values, what="series")
    quality: list[QualityRow] = [
        ("Series listed again in an identical row", "rows", n_merged, rows.height, "merged"),
        ("Series names no study", "rows", int(unlinked.sum()), rows.height, "left out"),
        ("File size that is no number of bytes", "rows", n_sizeless, rows.height, "missing"),
    ]
    return series, quality, problem


def _complete(
    studies: pl.DataFrame, series: pl.DataFrame, patients: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, list[QualityRow]]:
    """Add the studies that only series name and the patients that only studies name, and give all their project."""
    listed = series.join(studies.select("study_uid"), on="study_uid", how="anti", maintain_order="left")
    named = listed.drop_nulls("patient_id").unique("study_uid", maintain_order=True)
    n_lost = series.height
    added = named.select("study_uid", "patient_id", "project_id")
    studies = pl.concat([studies, added], how="diagonal")
    series = series.join(studies.select("study_uid"), on="study_uid", how="semi", maintain_order="left")
    of_study = studies.select("study_uid", "patient_id")
    series = series.drop("patient_id", "project_id").join(of_study, on="study_uid", how="left", maintain_order="left")
    strangers = studies.join(patients.select("patient_id"), on="patient_id", how="anti")
    unknown = strangers.group_by("patient_id").agg(collection_id=pl.col("project_id").drop_nulls().min())
    unknown = unknown.with_columns(pl.col("collection_id").fill_null("Not Reported"))
    patients = pl.concat([patients, unknown], how="diagonal_relaxed")
    project = patients.select("patient_id", "collection_id")
    quality: list[QualityRow] = [
        ("Study named by a series only", "studies", added.height, studies.height, "kept, without its own values"),
        ("Series of a study that is not there", "series", n_lost - series.height, n_lost, "left out"),
        ("Patient named by a study only", "patients", unknown.height, patients.height, "kept, nothing reported"),
    ]
    studies = studies.drop("project_id").join(project, on="patient_id", how="left", maintain_order="left")
    series = series.join(project, on="patient_id", how="left", maintain_order="left")
    with_series, with_study = series["study_uid"].n_unique(), studies["patient_id"].n_unique()
    n_bare = studies.height - with_series
    quality.append(("Study without a listed series", "studies", n_bare, studies.height, "kept, counts no series"))
    n_alone = patients.height - with_study
    quality.append(("Case without a study", "patients", n_alone, patients.height, "kept, counts no study"))
    return studies, series, patients, quality

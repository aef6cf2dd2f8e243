"""Turn the rows of a user's table into patients, studies and series."""

from collections.abc import Sequence

import polars as pl

from workbench.catalog.sources.ages import age_columns, is_over_by_number
from workbench.catalog.sources.assemble import Entities, QualityRow
from workbench.catalog.sources.duplicates import merge_rows
from workbench.catalog.sources.places import with_state
from workbench.vocabulary.column_names import PATIENT_NAMES, SERIES_NAMES, STUDY_NAMES
from workbench.vocabulary.demographics import MISSING
from workbench.vocabulary.spellings import CLOSED, closed_category, is_unknown_spelling

_KEY = ("collection_id", "patient_id")
_PATIENT_AGE, _STUDY_AGE = "age_years", "age_at_study_years"
_WRITTEN = "\0written"  # a name that no user's column bears
_NUMBERS = {
    "days_to_study": pl.Int32,
    "study_year": pl.Int16,
    "slice_thickness_mm": pl.Float32,
    "n_instances": pl.UInt32,
    "size_mb": pl.Float32,
}

#: Names of ours whose values are text exactly as it is written, like numbers as it may look: identifiers and codes.
TEXT_NAMES = frozenset({*PATIENT_NAMES, *STUDY_NAMES, *SERIES_NAMES}).difference(
    _NUMBERS, CLOSED, (_PATIENT_AGE, _STUDY_AGE, "age_over_89", "state", "country")
)

_SIZES, _LARGEST = ("slice_thickness_mm", "size_mb"), 1e30  # not below zero, and no infinity
_THEN = "Keep one row for each that disagrees, or map the column to something that may differ between its rows."


def interpret_table(table: pl.DataFrame, *, own: Sequence[str]) -> Entities:
    """Return the patients, studies and series of a table.

    A row is a series when ``series_uid`` is there, else a study when ``study_uid`` is, else a patient. The user's
    own columns describe what a row is.

    Parameters
    ----------
    table : polars.DataFrame
        Columns under our names, and the user's own.
    own : sequence of str
        The user's own columns.

    Returns
    -------
    Entities
        With the count of every repair.

    Raises
    ------
    ValueError
        When rows of one patient, study or series disagree; counts them and names the columns.
    """
    n_rows = table.height
    nameless = table["patient_id"].is_null()
    rows = _with_numbers(table.filter(~nameless))
    level = next((name for name in ("series_uid", "study_uid") if name in rows.columns), "patient_id")
    if level != "patient_id" and _STUDY_AGE not in rows.columns and _PATIENT_AGE in rows.columns:
        rows = rows.rename({_PATIENT_AGE: _STUDY_AGE})
    own_of = {name: own if name == level else () for name in ("patient_id", "study_uid", "series_uid")}
    patients, of_patients, patient_problem = _patients(rows, own_of["patient_id"], alone=level == "patient_id")
    studies, of_studies, study_problem = _studies(rows, own_of["study_uid"], one_row=level == "study_uid")
    series, n_merged, series_problem = _series(rows, own_of["series_uid"])
    problems = [said for said in (patient_problem, study_problem, series_problem) if said]
    if problems:
        lines = "\n".join(f"  {said}" for said in problems)
        raise ValueError(f"The rows of the table contradict each other.\n{lines}\n{_THEN}")
    quality: list[QualityRow] = [
        ("Row without a patient_id", "rows", int(nameless.sum()), n_rows, "left out"),
        ("Series listed again in an identical row", "rows", n_merged, n_rows, "merged"),
    ]
    return Entities(patients, studies, series, quality=(*quality, *of_patients, *of_studies))


def _with_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    present = [name for name in _NUMBERS if name in rows.columns]
    numbers = (
        pl.col(name).cast(pl.Float64, strict=False).cast(_NUMBERS[name], strict=False)  # 3.0 is a whole number too
        for name in present
    )
    sizes = (pl.when(pl.col(name).is_between(0, _LARGEST)).then(name) for name in present if name in _SIZES)
    return rows.with_columns(numbers).with_columns(sizes)


def _patients(
    rows: pl.DataFrame, own: Sequence[str], *, alone: bool
) -> tuple[pl.DataFrame, list[QualityRow], str | None]:
    """Return one row a patient; sexes that disagree are Conflicting, all else that disagrees is a problem."""
    names = [name for name in PATIENT_NAMES if name in rows.columns and name not in _KEY]
    found = rows.select(*_KEY, *names, *own)
    closed = [name for name in CLOSED if name in names]
    unknown = {
        name: found.filter(is_unknown_spelling(pl.col(name), name)).select(_KEY).n_unique() if found.height else 0
        for name in closed
    }
    found = found.with_columns(closed_category(pl.col(name), name).cast(pl.String) for name in closed)
    n_conflicting = 0
    if "sex" in closed and not alone:
        found, n_conflicting = _with_one_sex(found)
    values = [name for name in found.columns if name not in _KEY]
    # Nothing reported in one row does not contradict what another row reports.
    found = found.with_columns(pl.when(pl.col(name) != MISSING[1]).then(name).alias(name) for name in closed)
    patients, n_merged, problem = merge_rows(found, key=_KEY, values=values, what="patients")
    n = patients.height
    quality: list[QualityRow] = [
        (f"{name} in a spelling that is no category", "patients", unknown[name], n, f"{name}: Unknown")
        for name in closed
    ]
    if alone:
        quality.append(("Patient listed again in an identical row", "rows", n_merged, rows.height, "merged"))
    if "sex" in closed and not alone:
        quality.append(("Sexes of one patient disagree", "patients", n_conflicting, n, "sex: Conflicting"))
    if _PATIENT_AGE in names:
        quality += _age_rules(patients, _PATIENT_AGE, unit="patients")
        patients = age_columns(patients, text=_PATIENT_AGE, over="age_over_89", into=_PATIENT_AGE)
    patients, of_places = with_state(patients)
    return patients, [*quality, *of_places], problem


def _with_one_sex(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    said = rows.filter(~pl.col("sex").is_in(MISSING)).group_by(_KEY).agg(pl.col("sex").n_unique().alias("n_sexes"))
    joined = rows.join(said, on=_KEY, how="left", maintain_order="left")
    sex = pl.when(pl.col("n_sexes") > 1).then(pl.lit("Conflicting")).when(pl.col("n_sexes").is_null()).then("sex")
    known = pl.when(~pl.col("sex").is_in(MISSING)).then("sex")
    one = joined.with_columns(sex=sex.otherwise(known.drop_nulls().first().over(_KEY))).drop("n_sexes")
    return one, said.filter(pl.col("n_sexes") > 1).height


def _studies(
    rows: pl.DataFrame, own: Sequence[str], *, one_row: bool
) -> tuple[pl.DataFrame, list[QualityRow], str | None]:
    """Return one row a study; of several ages the smallest counts."""
    if "study_uid" not in rows.columns:
        return pl.DataFrame(schema=dict.fromkeys((*_KEY, "study_uid"), pl.String)), [], None
    names = [name for name in STUDY_NAMES if name in rows.columns and name != "study_uid"]
    found = rows.filter(pl.col("study_uid").is_not_null()).select(*_KEY, "study_uid", *names, *own)
    if _STUDY_AGE in names:
        found = found.with_columns(pl.col(_STUDY_AGE).cast(pl.String).alias(_WRITTEN))
        found = age_columns(found, text=_STUDY_AGE, over=None, into=_STUDY_AGE).drop("age_over_89")
    described = [name for name in names if name not in ("study_uid", _STUDY_AGE)]
    studies, n_merged, problem = merge_rows(
        found.drop([_STUDY_AGE, "age_missing", _WRITTEN], strict=False),
        key=["study_uid"],
        values=[*described, *own],
        what="studies",
    )
    quality: list[QualityRow] = []
    if one_row:
        quality.append(("Study listed again in an identical row", "rows", n_merged, rows.height, "merged"))
    if _STUDY_AGE in names:
        ages = found.group_by("study_uid").agg(
            pl.col(_STUDY_AGE).min(),
            pl.col("age_missing").drop_nulls().max(),  # "Unknown" comes after "Not Reported"
            n_ages=pl.col(_STUDY_AGE).drop_nulls().n_unique(),
        )
        studies = studies.join(ages.drop("n_ages"), on="study_uid", how="left", maintain_order="left")
        n_several = ages.filter(pl.col("n_ages") > 1).height
        quality.append(("A study has more than one age", "studies", n_several, studies.height, "the smallest is taken"))
        quality += _age_rules(found.unique("study_uid").drop(_STUDY_AGE).rename({_WRITTEN: _STUDY_AGE}), _STUDY_AGE)
    return studies, quality, problem


def _age_rules(table: pl.DataFrame, age: str, *, unit: str = "studies") -> list[QualityRow]:
    read = age_columns(table, text=age, over=None, into="read")
    n_over = table.select(is_over_by_number(pl.col(age)).sum()).item()
    n_unknown = read.filter(pl.col("age_missing") == MISSING[0]).height
    n_none = table[age].null_count()
    return [
        ("Age is absent", unit, n_none, table.height, "age is missing: Not Reported"),
        ("Age is no age", unit, n_unknown, table.height, "age is missing: Unknown"),
        ("Age written as 890", unit, n_over, table.height, "shown as 90 and over"),
    ]


def _series(rows: pl.DataFrame, own: Sequence[str]) -> tuple[pl.DataFrame, int, str | None]:
    """Return one row a series; rows that name none but describe one stand for what is not listed."""
    names = [name for name in SERIES_NAMES if name in rows.columns]
    keys = [name for name in (*_KEY, "study_uid", "series_uid") if name in rows.columns]
    described = rows.select(*keys, *(name for name in names if name != "series_uid"), *own)
    absent = [name for name in ("study_uid", "series_uid") if name not in described.columns]
    described = described.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    described = described.with_columns(listed=pl.col("series_uid").is_not_null())
    listed, stand_ins = described.filter("listed"), described.filter(~pl.col("listed"))
    values = ["study_uid", *(name for name in names if name != "series_uid"), *own]
    series, n_merged, problem = merge_rows(listed, key=["series_uid"], values=values, what="series")
    return pl.concat([series, _one_modality_a_row(stand_ins.unique(maintain_order=True))]), n_merged, problem


def _one_modality_a_row(stand_ins: pl.DataFrame) -> pl.DataFrame:
    if "modality" not in stand_ins.columns:
        return stand_ins
    each = pl.col("modality").cast(pl.String).str.split(",").list.eval(pl.element().str.strip_chars())
    return stand_ins.with_columns(each).explode("modality")

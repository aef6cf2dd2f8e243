"""Read tables whose keys are identifiers into entities, and give a repository's tables such keys again."""

from collections.abc import Mapping

import polars as pl

from workbench.catalog.repository import Repository
from workbench.catalog.sources.assemble import Entities, QualityRow
from workbench.tables import ORIGINAL
from workbench.vocabulary.demographics import MISSING
from workbench.vocabulary.spellings import CLOSED, closed_category, is_unknown_spelling

#: The tables of a folder, in the order in which they are read.
TABLES = ("patients", "studies", "series", "measurements", "data_quality")

_KEY = ("collection_id", "patient_id")
_REQUIRED = {
    "patients": _KEY,
    "studies": (*_KEY, "study_uid"),
    "series": (*_KEY, "study_uid", "series_uid"),
    "measurements": (*_KEY, "test_name", "test_result"),
    "data_quality": ("rule", "unit", "n", "n_total", "treatment"),
}
_TEXTS = (*_KEY, "study_uid", "series_uid", "person_id", "site_id", "zip3")
_INTERNAL = ("patient_key", "person_key", "study_key", "source_row")
_UNIQUE = {"patients": _KEY, "studies": ("study_uid",), "series": ("series_uid",)}
_THEN = "Keys must be there once, and name rows of the other tables. Ask whoever wrote the release for a sound one."


def interpret_tables(tables: Mapping[str, pl.DataFrame]) -> Entities:
    """Return the entities of a folder of tables.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Some of `TABLES`, ``patients`` among them.

    Returns
    -------
    Entities
        Closed categories spelled in our way; those that mean none are "Unknown", and counted.

    Raises
    ------
    ValueError
        When a table lacks a column, a key occurs twice or names nothing; lists every problem.
    """
    problems = _missing_columns(tables) or [*_repeated_keys(tables), *_strangers(tables)]
    if problems:
        lines = "\n".join(f"  {said}" for said in problems)
        raise ValueError(f"The tables do not fit together.\n{lines}\n{_THEN}")
    readable = {name: _with_text_keys(table) for name, table in tables.items()}
    patients = readable["patients"]
    closed = [name for name in CLOSED if name in patients.columns]
    quality = _quality(readable.get("data_quality"))
    for name in closed:
        n = patients.select(is_unknown_spelling(pl.col(name), name).sum()).item()
        if n:
            quality.append((f"{name} in a spelling that is no category", "patients", n, patients.height, "Unknown"))
    return Entities(
        patients=patients.with_columns(closed_category(pl.col(name), name) for name in closed),
        studies=readable.get("studies", _nothing("studies")),
        series=readable.get("series", _nothing("series")),
        measurements=readable.get("measurements"),
        quality=tuple(quality),
    )


def readable_tables(repository: Repository) -> dict[str, pl.DataFrame]:
    """Return a repository's tables with identifiers in place of row numbers.

    Parameters
    ----------
    repository : Repository
        Any.

    Returns
    -------
    dict of str to polars.DataFrame
        What `interpret_tables` reads.
    """
    series = pl.read_parquet(repository.folder / "series.parquet")
    exported = [name for name in ORIGINAL if name in repository.original_columns]
    original = pl.DataFrame([repository.original_column(name).alias(name) for name in exported])
    filled = [name for name in ("license", "modality") if name not in exported]  # a null there is spelled out here
    series = series.with_columns(pl.when(pl.col(name) != MISSING[1]).then(name).alias(name) for name in filled)
    series = series.drop(name for name in exported if name in series.columns).hstack(original)
    patient = series.unique("patient_key", keep="first").select("patient_key", "patient_id")
    described = [name for name in ("study_description",) if name in exported]
    study = (
        series.drop_nulls("study_key").unique("study_key", keep="first").select("study_key", "study_uid", *described)
    )
    patients = pl.read_parquet(repository.folder / "patients.parquet")
    patients = patients.join(patient, on="patient_key", how="left", maintain_order="left")
    key = patients.select("patient_key", pl.col("collection_id").cast(pl.String), "patient_id")
    studies = pl.read_parquet(repository.folder / "studies.parquet")
    studies = studies.join(study, on="study_key", how="left", maintain_order="left")
    studies = studies.join(key, on="patient_key", how="left", maintain_order="left")
    patients = patients.with_columns(person_id=pl.col("person_key").cast(pl.String))
    tables = {"patients": patients, "studies": studies, "series": series}
    if repository.has("measurements", "patient_key"):
        tests = pl.read_parquet(repository.folder / "measurements.parquet")
        tests = tests.join(key, on="patient_key", how="left", maintain_order="left")
        tests = tests.join(study.select("study_key", "study_uid"), on="study_key", how="left", maintain_order="left")
        tables["measurements"] = tests
    tables = {name: table.drop(_INTERNAL, strict=False) for name, table in tables.items()}
    return {**tables, "data_quality": repository.data_quality}


def _missing_columns(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    return [
        f"{name}.parquet lacks {', '.join(missing)}."
        for name, table in tables.items()
        if (missing := [column for column in _REQUIRED[name] if column not in table.columns])
    ]


def _repeated_keys(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    problems = []
    for name, key in _UNIQUE.items():
        if name in tables:
            named = tables[name].select(key).drop_nulls()
            n = named.height - named.n_unique() if named.height else 0
            if n:
                problems.append(f"{name}.parquet has {n:,} row{'s' * (n != 1)} too many of one {' and '.join(key)}.")
            if name != "series" and named.height < tables[name].height:
                n = tables[name].height - named.height
                problems.append(f"{name}.parquet has {n:,} row{'s' * (n != 1)} without {' or '.join(key)}.")
    return problems


def _strangers(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """Say which rows name a patient or a study that its own table lacks."""
    problems = []
    text = [pl.col(name).cast(pl.String) for name in _KEY]
    for name in ("studies", "series", "measurements"):
        if name in tables:
            known = tables["patients"].select(text)
            n = tables[name].select(text).join(known, on=_KEY, how="anti").height
            if n:
                problems.append(
                    f"{name}.parquet has {n:,} row{'s' * (n != 1)} of patients that patients.parquet lacks."
                )
    if "series" in tables:
        listed = tables["studies"].select("study_uid") if "studies" in tables else pl.DataFrame({"study_uid": []})
        listed = listed.cast(pl.String)
        n = (
            tables["series"]
            .select(pl.col("study_uid").cast(pl.String))
            .drop_nulls()
            .join(listed, on="study_uid", how="anti")
            .height
        )
        if n:
            problems.append(f"series.parquet has {n:,} row{'s' * (n != 1)} of studies that studies.parquet lacks.")
    return problems


def _with_text_keys(table: pl.DataFrame) -> pl.DataFrame:
    keys = [column for column in _TEXTS if column in table.columns]
    extra = [column for column in _INTERNAL if column in table.columns]
    texts = [column for column, dtype in table.schema.items() if dtype in (pl.Categorical, pl.Enum)]
    return table.drop(extra).with_columns(pl.col({*keys, *texts}).cast(pl.String))


def _quality(table: pl.DataFrame | None) -> list[QualityRow]:
    if table is None:
        return []
    return [tuple(row) for row in table.select(_REQUIRED["data_quality"]).rows()]


def _nothing(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(_REQUIRED[name], pl.String))

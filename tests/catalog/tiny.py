"""Repositories of a few literal rows, and random ones: small enough to count by hand or in a Python loop."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import strategies as st

from workbench.catalog.repository import Repository
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
    conform,
)

Row = Mapping[str, Any]

_PATIENT = {"collection_id": "made_up", "species": "Human", "sex": "Female", "age_years": 50.0, "age_missing": None}
_STUDY = {"age_at_study_years": 50.0, "age_missing": None}
_SERIES = {
    "study_key": None,
    "collection_id": "made_up",
    "modality": "CT",
    "body_part": "CHEST",
    "body_region": "Chest",
    "body_region_source": "BodyPartExamined",
    "manufacturer": "Maker",
    "model": "Model",
    "license": "CC BY 4.0",
    "derived": False,
    "n_instances": 1,
    "size_mb": 1.0,
    "listed": True,
}
_PLACE = {"modality": "Not Reported", "n_instances": 0, "size_mb": 0.0, "listed": False}
_MEASURED = {
    "test_name": "PCR",
    "test_result": "Positive",
    "days_from_index": None,
    "study_key": None,
    "days_from_study": None,
}

#: Types of the random sources' own columns, which may be null throughout.
_OWN = {"bmi": pl.Float64, "smoker": pl.String, "reader": pl.String, "usable": pl.Boolean}


def place(patient: int, study: int | None = None, **given: Any) -> dict[str, Any]:
    """Return a row that stands for a study whose series are not listed, or for a patient without studies."""
    return {"patient_key": patient, "study_key": study, **_PLACE, **given}


def make_repository(
    folder: Path,
    patients: Sequence[Row],
    studies: Sequence[Row],
    series: Sequence[Row],
    measurements: Sequence[Row] | None = None,
    **fields: Any,
) -> Repository:
    """Write literal rows as the tables of a source; what a row does not say has a plain value.

    Row ``i`` of `patients` is patient ``i``, row ``i`` of `studies` study ``i``; `series` are sorted here as a source
    sorts them. Series may give ``patient_id``, ``study_uid``, ``series_uid`` and descriptions for the original.
    """
    folder.mkdir(parents=True, exist_ok=True)
    people = [{**_PATIENT, "person_key": key, **row, "patient_key": key} for key, row in enumerate(patients)]
    ordered = sorted(series, key=lambda row: (row["patient_key"], row.get("study_key") is None, row.get("study_key")))
    images = [{**_SERIES, **row, "source_row": number} for number, row in enumerate(ordered)]
    tables = {
        "patients": (people, PATIENTS, PATIENTS_OPTIONAL),
        "studies": (
            [{**_STUDY, **row, "study_key": key} for key, row in enumerate(studies)],
            STUDIES,
            STUDIES_OPTIONAL,
        ),
        "series": (images, SERIES, SERIES_OPTIONAL),
    }
    for name, (rows, schema, optional) in tables.items():
        _write(folder, name, rows, schema, optional)
    if measurements is not None:
        _write(folder, "measurements", [{**_MEASURED, **row} for row in measurements], MEASUREMENTS, {})
    pl.DataFrame(schema=DATA_QUALITY).write_parquet(folder / "data_quality.parquet")
    identified = [_identified(row) for row in images]
    original = pl.DataFrame(identified, schema=ORIGINAL, orient="row")
    original.write_parquet(folder / "original.parquet")
    given = {"name": "Made-up source", "key": "made_up", "version": "v1", "build": "1.0", "disclosure": "controlled"}
    return Repository(
        folder=folder,
        original=folder / "original.parquet",
        original_columns={name: name for name in ORIGINAL},
        **{**given, **fields},
    )


def _write(
    folder: Path, name: str, rows: Iterable[Row], schema: Mapping[str, Any], optional: Mapping[str, Any]
) -> None:
    rows = list(rows)
    named = dict.fromkeys([*schema, *(column for row in rows for column in row)])
    frame = pl.DataFrame(
        [pl.Series(column, [row.get(column) for row in rows], dtype=_OWN.get(column), strict=False) for column in named]
    )
    own = [column for column in frame.columns if column not in schema and column not in optional]
    kept = [frame[column] for column in own if column not in ORIGINAL]
    texts = [column.cast(pl.Categorical) if column.dtype == pl.String else column for column in kept]
    conformed = conform(frame, schema, optional=optional, name=name)
    conformed.with_columns(texts).write_parquet(folder / f"{name}.parquet")


def _identified(row: Row) -> dict[str, Any]:
    patient, study, number = row["patient_key"], row["study_key"], row["source_row"]
    named = {
        "patient_id": f"P-{patient:04d}",
        "study_uid": None if study is None else f"1.2.{study}",
        "series_uid": f"1.2.3.{number}" if row["listed"] else None,
        "study_description": "Thorax",
        "series_description": None,
        **row,
    }
    return {name: named.get(name) for name in ORIGINAL}


# ------------------------------------------------------------------ random ones

_CATEGORIES = {
    "patients": {"sex": ["Female", "Male", "Unknown", "Not Reported"], "smoker": ["Yes", "No", "Not Reported", None]},
    "studies": {"loinc_name": ["CT of chest", "Not Reported"], "reader": ["A", "B", None]},
    "series": {
        "modality": ["CT", "MR", "DX", "Not Reported"],
        "body_region": ["Chest", "Chest and Abdomen", "Abdomen", "Abdomen and Pelvis", "Unknown", "Not Applicable"],
        "manufacturer": ["Maker", "Other", "Unknown"],
        "kernel": ["B70f", None],
        "derived": [True, False],
        "usable": [True, False, None],
        "series_description": ["Lung 1.0 (B70f)", "LUNG window", "Scout.*", "", "Unknown", None],
    },
}
_NUMBERS = {
    "patients": {"bmi": [18.5, 25.0, 31.0, None], "age_years": [3.0, 42.0, None]},
    "studies": {"age_at_study_years": [0.0, 17.9, 18.0, 64.0, 90.0, None], "days_to_study": [-5, 0, 3, 40, None]},
    "series": {"n_instances": [1, 2, 300], "size_mb": [0.5, 2.0, 700.25], "slice_thickness_mm": [0.75, 5.0, None]},
}
_WHY = ["Unknown", "Not Reported", "Not Applicable"]


@st.composite
def entities(draw: Any, *, tested: bool = False) -> dict[str, Any]:
    """Draw the rows of a small source: patients without studies, studies without series, a study of two patients."""

    def row_of(table: str) -> dict[str, Any]:
        options = _CATEGORIES[table] | _NUMBERS[table]
        return {name: draw(st.sampled_from(values)) for name, values in options.items()}

    def with_reason(row: dict[str, Any], age: str) -> dict[str, Any]:
        return row | {"age_missing": None if row[age] is not None else draw(st.sampled_from(_WHY))}

    n_patients = draw(st.integers(1, 4))
    drawn: dict[str, list[dict[str, Any]]] = {"patients": [], "studies": [], "series": []}
    for patient in range(n_patients):
        drawn["patients"].append(with_reason(row_of("patients"), "age_years"))
        n_studies = draw(st.integers(0 if patient else 1, 2))
        if not n_studies:
            drawn["series"].append({**row_of("series"), **place(patient)})
        for _ in range(n_studies):
            study = len(drawn["studies"])
            drawn["studies"].append({**with_reason(row_of("studies"), "age_at_study_years"), "patient_key": patient})
            n_series = draw(st.integers(0, 3))
            rows = [{**row_of("series"), "patient_key": patient, "study_key": study} for _ in range(n_series)]
            drawn["series"] += rows or [{**row_of("series"), **place(patient, study)}]
    if drawn["studies"] and draw(st.booleans()):
        patient, study = draw(st.integers(0, n_patients - 1)), draw(st.integers(0, len(drawn["studies"]) - 1))
        drawn["series"].append({**row_of("series"), "patient_key": patient, "study_key": study})
    if tested:
        drawn["measurements"] = draw(st.lists(measured(n_patients, len(drawn["studies"])), max_size=5))
    return drawn


def measured(n_patients: int, n_studies: int) -> st.SearchStrategy[dict[str, Any]]:
    """Draw one test result, dated from the index event, from a study, or not at all."""
    days = st.sampled_from([None, -4, 0, 2, 10])
    return st.fixed_dictionaries(
        {
            "patient_key": st.integers(0, n_patients - 1),
            "test_name": st.sampled_from(["PCR", "Antigen"]),
            "test_result": st.sampled_from(["Positive", "Negative"]),
            "days_from_index": days,
            "study_key": st.sampled_from([None, *range(n_studies)]),
            "days_from_study": days,
        }
    )

"""Invent the studies and series of the synthetic commons."""

import hashlib
from typing import TypeVar

import numpy as np
import polars as pl

_Option = TypeVar("_Option")

# Modality of a study and its weight: how often MIDRC's study descriptions name it (DX 112,605; CR 88,535; CT 29,300
# of 233,985; midrc_dicom_harmonization, commit dbcc523), and a few studies with both kinds of radiograph.
KINDS: tuple[tuple[str, ...], ...] = (("DX",), ("CR",), ("CT",), ("CR", "DX"))
WEIGHTS = (0.48, 0.37, 0.13, 0.02)
# Description, LOINC code and name, by the first modality.
DESCRIPTIONS = {
    "DX": (("XR CHEST 1 VIEW AP", "36572-6", "XR Chest AP"), ("XR CHEST 2 VIEWS", "36643-5", "XR Chest 2 Views")),
    "CR": (("XR CHEST 1 VW PORTABLE", "36589-0", "Portable XR Chest Views AP"), ("CHEST AP PORT", None, None)),
    "CT": (
        ("CT CHEST WO CONTRAST", "29252-4", "CT Chest WO contrast"),
        ('CT CHEST HIGH RES 1.25" RECON', "29252-4", "CT Chest WO contrast"),
        ("CT HEAD WO CONTRAST", "30799-1", "CT Head WO contrast"),
    ),
}
SCANNERS = {
    "DX": (("Carestream", "DRX-Revolution"), ("GE HealthCare", "Optima XR220")),
    "CR": (("FUJIFILM", "FCR Profect"), ("Agfa", "CR 30")),
    "CT": (("Siemens", "SOMATOM Force"), ("GE HealthCare", "Revolution CT"), ("Canon", "Aquilion ONE")),
}
KERNELS = {"Siemens": ("Br40d", "Bl57d"), "GE HealthCare": ("STANDARD", "LUNG"), "Canon": ("FC08", "FC51")}
LATEST_FOLLOW_UP_DAYS = 365


def draw_studies(cases: pl.DataFrame, *, rng: np.random.Generator) -> pl.DataFrame:
    """Return invented studies: around the index event, and for a quarter of the COVID-19 patients up to a year later.

    Parameters
    ----------
    cases : polars.DataFrame
        What `workbench.phantoms.commons.draw_cases` returns; every 25th is not imaged.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    polars.DataFrame
        The columns of a Gen3 ``imaging_study`` node; lists are lists.
    """
    rows = []
    columns = ("submitter_id", "project_id", "age_at_index", "covid19_positive")
    for number, (case, project, age, covid) in enumerate(cases.select(columns).iter_rows()):
        days = [] if number % 25 == 24 else list(rng.integers(-3, 26, size=1 + rng.poisson(0.7)))
        if days and covid == "Yes" and rng.random() < 0.25:
            days += list(rng.integers(60, LATEST_FOLLOW_UP_DAYS + 1, size=rng.integers(1, 4)))
        for place, day in enumerate(sorted(set(days))):
            kind = KINDS[rng.choice(len(KINDS), p=WEIGHTS)]
            text, code, name = _one_of(DESCRIPTIONS[kind[-1]], rng)
            years = int(np.floor(age + int(day) / 365.25)) if age else 0
            rows.append(
                {
                    "type": "imaging_study",
                    "project_id": project,
                    "submitter_id": f"{case.replace('case', 'study')}-{place}",
                    "study_uid": f"{case.replace('case', 'study')}-{place}",
                    "cases.submitter_id": case,
                    "study_modality": list(kind),
                    "study_description": text,
                    "body_part_examined": [("HEAD" if "HEAD" in text else "CHEST")] if rng.random() < 0.8 else [],
                    "loinc_code": code,
                    "loinc_long_common_name": name,
                    "days_to_study": int(day),
                    "study_year": 2020 + int(rng.integers(0, 3)),
                    "age_at_imaging": years if years <= 89 and rng.random() < 0.95 else None,
                    "age_at_imaging_gt89": "Yes" if years > 89 else "No",
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def draw_series(studies: pl.DataFrame, *, rng: np.random.Generator) -> pl.DataFrame:
    """Return invented series; every 30th study has none.

    Parameters
    ----------
    studies : polars.DataFrame
        What `draw_studies` returns.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    polars.DataFrame
        The columns of the Gen3 ``…_series_file`` nodes, of CR, DX and CT together.
    """
    rows = []
    columns = ("submitter_id", "project_id", "study_modality", "study_description")
    for number, (study, project, kind, text) in enumerate(studies.select(columns).iter_rows()):
        per_kind = 0 if number % 30 == 29 else int(rng.integers(1, 4)) if kind[0] == "CT" else 1
        maker, model = _one_of(SCANNERS[kind[-1]], rng)
        for place, modality in enumerate(sorted(list(kind) * per_kind)):
            kernel = _one_of(KERNELS[maker], rng) if modality == "CT" else None
            name = f"{study.replace('study', 'series')}-{place}"
            n_images = int(rng.integers(60, 400)) if modality == "CT" else 1
            rows.append(
                {
                    "type": f"{modality.lower()}_series_file",
                    "project_id": project,
                    "submitter_id": name,
                    "series_uid": name,
                    "imaging_studies.submitter_id": study,
                    "modality": modality,
                    "series_description": f"{text} {kernel}" if kernel else text,
                    "manufacturer": maker,
                    "manufacturer_model_name": model,
                    "convolution_kernel": kernel,
                    "slice_thickness": float(rng.choice([1.0, 1.25, 3.0, 5.0])) if modality == "CT" else None,
                    "number_of_instances": n_images,
                    "object_id": f"synthetic-object/{_digest(name)[:32]}",
                    "file_name": f"{name}.zip",
                    "file_size": n_images * (300_000 if modality == "CT" else 9_000_000),
                    "md5sum": _digest(name)[:32],
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def _one_of(options: tuple[_Option, ...], rng: np.random.Generator) -> _Option:
    return options[int(rng.integers(len(options)))]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

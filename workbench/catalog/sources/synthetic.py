"""Open the synthetic commons: invented patients at any size, made once and kept in the cache."""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from workbench.cache import rules_digest, say, sealed_folder
from workbench.catalog.repository import Repository
from workbench.catalog.sources.assemble import QualityRow, quality_table
from workbench.catalog.sources.sealed import repository_of, rules_of
from workbench.errors import brief
from workbench.phantoms import (
    batches,
    commons_images,
    covid_tests,
    drawing,
    imaging_series,
    imaging_studies,
    pipeline,
    population,
    sites,
)
from workbench.phantoms.population import Plan, Population
from workbench.vocabulary import demographics, dicom
from workbench.vocabulary import pipeline as states

#: What the catalog of invented patients is called, and how many there are unless one says otherwise.
SYNTHETIC, DEFAULT_PATIENTS = "synthetic", 20_000
#: How many patients there may be.
FEWEST_PATIENTS, MOST_PATIENTS = 100, 10_000_000

_PRESETS = {"midrc_2021": population.plan_midrc_2021}
_RULES = (
    *(sys.modules[__name__], sys.modules["workbench.tables"], demographics, dicom, states),
    *(batches, commons_images, covid_tests, drawing, imaging_series, imaging_studies, pipeline, population, sites),
)
_SEED = 0
_PART = 250_000  # patients written at once
_COVID_PROGRAM = "covid_19"


def open_synthetic(source: str = SYNTHETIC) -> Repository:
    """Return the synthetic commons: invented patients in the manner of MIDRC, with race, ethnicity and COVID-19 tests.

    Sex, age, race, ethnicity, COVID-19 status and growth follow MIDRC's published tables; sites, places, studies and
    everything else are made up. The same size is the same commons everywhere.

    Parameters
    ----------
    source : str
        ``"synthetic"`` (20,000 patients), ``"synthetic:100000"`` (from 100 to 10,000,000), or
        ``"synthetic:midrc_2021"``: 62,595 studies, of which 52,127 are under quality and harmonization and 10,468
        released, as on MIDRC's dashboard of 2021.

    Returns
    -------
    Repository
        Disclosure ``synthetic``; every identifier says "synthetic".

    Raises
    ------
    ValueError
        For another size.
    """
    what = source.partition(":")[2] if source != SYNTHETIC else str(DEFAULT_PATIENTS)
    plan = _plan(what, source)
    build = rules_digest([what, rules_of(_RULES), batches.published_path().read_text(encoding="utf-8")])

    def _build(folder: Path) -> None:
        say(f"Inventing the synthetic commons of {plan.n_patients:,} patients (once, {_duration(plan.n_patients)}) …")
        write_synthetic(plan, folder)

    folder = sealed_folder(f"synthetic-{what}-{build}", _build)
    told = {"20000": "", "midrc_2021": " (MIDRC 2021)"}.get(what, f" of {plan.n_patients:,} patients")
    key = SYNTHETIC if what == str(DEFAULT_PATIENTS) else f"{SYNTHETIC}:{what}"
    repository = repository_of(folder, name=f"Synthetic commons{told}", key=key, build=build, disclosure="synthetic")
    return replace(
        repository, collections_path=folder / "collections.parquet", versions_path=folder / "versions.parquet"
    )


def write_synthetic(plan: Plan, folder: Path, *, seed: int = _SEED) -> None:
    """Write the tables of an invented commons, some patients at a time.

    Parameters
    ----------
    plan : Plan
        How many patients, and on which day one looks.
    folder : pathlib.Path
        An empty folder.
    seed : int
        The same seed gives the same bytes.
    """
    everybody = population.draw_population(plan, seed=seed)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        names: dict[str, list[Path]] = {}
        for number, tables in enumerate(_parts(everybody, seed)):
            for name, table in tables.items():
                names.setdefault(name, []).append(Path(place) / f"{name}-{number:03}.parquet")
                table.write_parquet(names[name][-1], compression="zstd", row_group_size=2**21)
        for name, paths in names.items():
            final = folder / f"{name}.parquet"
            if len(paths) == 1:
                paths[0].rename(final)
            else:
                pl.scan_parquet(paths).sink_parquet(final, compression="zstd", row_group_size=2**21)
                for path in paths:
                    path.unlink()
    for name, table in _descriptions(plan).items():
        table.write_parquet(folder / f"{name}.parquet")
    quality_table(_quality(folder)).write_parquet(folder / "data_quality.parquet")


def _parts(everybody: Population, seed: int) -> Iterator[Mapping[str, pl.DataFrame]]:
    """Return the tables of some patients after the other; keys go on."""
    study = row = 0
    for number, start in enumerate(range(0, len(everybody.sex), _PART)):
        rng = np.random.default_rng([seed, number])
        some = everybody.part(start, start + _PART)
        visits = imaging_studies.draw_visits(some, rng=rng)
        studies = imaging_studies.studies_table(some, visits, first=(start, study), rng=rng)
        rows = imaging_series.draw_series(visits, rng=rng)
        series = imaging_series.series_table(visits, rows, studies, first=(start, row), rng=rng)
        yield {
            "patients": population.patients_table(some, first=start, rng=rng),
            "studies": studies,
            "series": series,
            "original": imaging_series.original_table(visits, rows, series),
            "measurements": covid_tests.measurements_table(some, visits, first=(start, study), rng=rng),
        }
        study, row = study + studies.height, row + series.height


def _descriptions(plan: Plan) -> dict[str, pl.DataFrame]:
    """Return the collections, both of patients with and without COVID-19, and the batches as versions."""
    ids = sorted({site.project for site in sites.SITES.values()})
    days = [day.isoformat() for day in batches.published_batches().dates if day <= plan.as_of]
    return {
        "collections": pl.DataFrame({"collection_id": ids, "program_id": [_COVID_PROGRAM] * len(ids)}),
        "versions": pl.DataFrame({"idc_version": list(range(1, len(days) + 1)), "version_timestamp": days}),
    }


def _quality(folder: Path) -> list[QualityRow]:
    """Count what the invented sites left out."""
    empty = {
        "Age at the index event is absent": ("patients", "age_years", "age is missing: Not Reported"),
        "Age at a study is absent": ("studies", "age_at_study_years", "age is missing: Not Reported"),
        "Day of a study is absent": ("studies", "days_to_study", "near_test cannot place it by the index event"),
        "Study is not released yet": ("studies", "released_date", "kept; pipeline_state says where it stands"),
        "Entry for a study, or for a patient, of whom no series is listed": (
            "original",
            "series_uid",
            "counts as no series",
        ),
    }
    rows: list[QualityRow] = []
    for rule, (table, column, treatment) in empty.items():
        counted = pl.scan_parquet(folder / f"{table}.parquet").select(pl.col(column).null_count(), n=pl.len())
        n_null, n = counted.collect().row(0)
        rows.append((rule, "series" if table == "original" else table, n_null, n, treatment))
    return rows


def _plan(what: str, source: str) -> Plan:
    if what in _PRESETS:
        return _PRESETS[what]()
    if what.isdecimal() and len(what) < 20 and FEWEST_PATIENTS <= int(what) <= MOST_PATIENTS:
        return population.plan_of_size(int(what))
    raise ValueError(
        f"open_catalog({brief(repr(source))}) was received. After the colon a whole number of patients from "
        f"{FEWEST_PATIENTS:,} to {MOST_PATIENTS:,}, or {', '.join(_PRESETS)}, would be right. "
        "Write for instance open_catalog('synthetic:100000')."
    )


def _duration(n_patients: int) -> str:
    """How long it takes, from a measured second for 100,000 patients."""
    seconds = n_patients / 100_000
    return "about a second" if seconds <= 2 else f"about {seconds:.0f} seconds"

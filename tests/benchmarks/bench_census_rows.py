"""How long does a census of sex × race × age group × modality take over ten million rows?

Prints Markdown. The same patients are counted by DuckDB in an interpreter of its own, named by
``WORKBENCH_PEERS_PYTHON`` (``make bench`` makes it from ``requirements.txt``); different counts end the run.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

N_ROWS, ROWS_A_PATIENT, N_MODALITIES, N_RUNS = 10_000_000, 8, 20, 7
BY = ("sex", "race", "age_group", "modality")
PEERS_PYTHON = Path(__file__).parents[2] / ".venv-bench" / "bin" / "python"


def write_tables(folder: Path) -> None:
    """Write a repository of 1.25 million made-up patients, and one flat table of the same rows for DuckDB."""
    import numpy as np
    import polars as pl

    from workbench.tables import DATA_QUALITY, PATIENTS, PATIENTS_OPTIONAL, SERIES, STUDIES, conform
    from workbench.vocabulary.demographics import RACE, SEX, age_group

    rng = np.random.default_rng(0)
    n_patients = N_ROWS // ROWS_A_PATIENT
    owners = np.sort(rng.integers(0, n_patients, N_ROWS)).astype(np.uint32)
    owners[:: N_ROWS // n_patients] = np.arange(n_patients, dtype=np.uint32)  # every patient has a row
    owners.sort()
    patients = conform(
        pl.DataFrame(
            {
                "patient_key": np.arange(n_patients, dtype=np.uint32),
                "sex": rng.choice(SEX, n_patients, p=[0.4, 0.4, 0.01, 0.01, 0.08, 0.09, 0.01]),
                "race": rng.choice(RACE, n_patients, p=[0.003, 0.05, 0.3, 0.002, 0.52, 0.035, 0.03, 0.055, 0.005]),
                "age_years": pl.Series(rng.integers(0, 95, n_patients).astype(np.float32)).set(
                    pl.Series(rng.random(n_patients) < 0.05), None
                ),
            }
        ).with_columns(
            person_key="patient_key",
            collection_id=pl.lit("-"),
            species=pl.lit("Human"),
            age_missing=pl.when(pl.col("age_years").is_null()).then(pl.lit("Not Reported")),
            age_over_89=pl.col("age_years") >= 90,
        ),
        PATIENTS,
        optional=PATIENTS_OPTIONAL,
        name="patients",
    )
    names = pl.Series([f"M{code:02d}" for code in range(N_MODALITIES)], dtype=pl.Categorical)
    shares = 1 / np.arange(1, N_MODALITIES + 1)
    modality = names.gather(rng.choice(N_MODALITIES, N_ROWS, p=shares / shares.sum())).alias("modality")
    texts = ("collection_id", "body_part", "manufacturer", "model", "license")
    series = pl.DataFrame({"patient_key": owners, "study_key": owners}).with_columns(
        *(pl.lit("-").alias(name) for name in texts),
        modality,
        body_region=pl.lit("Not Reported"),
        body_region_source=pl.lit("none"),
        derived=False,
        n_instances=1,
        size_mb=1.0,
        source_row=pl.int_range(pl.len()),
    )
    studies = patients.select(
        study_key="patient_key", patient_key="patient_key", age_at_study_years="age_years", age_missing="age_missing"
    )
    patients.write_parquet(folder / "patients.parquet")
    conform(studies, STUDIES, name="studies").write_parquet(folder / "studies.parquet")
    conform(series, SERIES, name="series").write_parquet(folder / "series.parquet")
    pl.DataFrame(schema=dict(DATA_QUALITY)).write_parquet(folder / "data_quality.parquet")
    of_patients = patients.select(
        "sex", "race", age_group=age_group(pl.col("age_years"), pl.col("age_missing").cast(pl.String))
    )
    flat = pl.DataFrame({"patient_key": owners, "modality": modality}).hstack(of_patients[owners])
    flat.write_parquet(folder / "flat.parquet")


def workbench_cohort(folder: Path) -> Callable[[], dict[str, int]]:
    """Return a function that takes the census of a cohort."""
    from workbench.catalog.cohort import Cohort
    from workbench.catalog.repository import Repository

    repository = Repository("Made-up rows", "wide", "1", "1", "synthetic", folder, folder / "flat.parquet", {})

    def count() -> dict[str, int]:
        table = Cohort(repository).census(by=BY).table
        return {"|".join(row[:4]): row[4] for row in table.select(*BY, "n_patients").iter_rows()}

    return count


def workbench_frame(folder: Path) -> Callable[[], dict[str, int]]:
    """Return a function that takes the census of one flat frame."""
    import polars as pl

    from workbench.assessment.census import count_census

    rows = pl.read_parquet(folder / "flat.parquet")

    def count() -> dict[str, int]:
        table = count_census(rows, by=BY, key="patient_key").table
        return {"|".join(row[:4]): row[4] for row in table.select(*BY, "n_patients").iter_rows()}

    return count


def duckdb_frame(folder: Path) -> Callable[[], dict[str, int]]:
    """Return a function that counts the same with DuckDB, in memory and with enumerated columns."""
    import duckdb

    connection = duckdb.connect()
    flat = f"'{folder}/flat.parquet'"
    for name in BY:
        connection.execute(f"CREATE TYPE {name}_t AS ENUM (SELECT DISTINCT CAST({name} AS VARCHAR) FROM {flat})")
    columns = ", ".join(f"CAST({name} AS {name}_t) AS {name}" for name in BY)
    connection.execute(f"CREATE TABLE flat AS SELECT patient_key, {columns} FROM {flat}")
    names = ", ".join(BY)
    query = f"SELECT {names}, COUNT(DISTINCT patient_key) FROM flat GROUP BY {names}"

    def count() -> dict[str, int]:
        return {"|".join(row[:4]): row[4] for row in connection.execute(query).fetchall()}

    return count


ENGINES = {
    "workbench, a cohort": workbench_cohort,
    "workbench, one frame": workbench_frame,
    "DuckDB, one table": duckdb_frame,
}


def serve(engine: str, folder: Path) -> None:
    """Print the timed runs of one engine; the first, which reads and compiles, stands apart."""
    count = ENGINES[engine](folder)
    times = []
    for _ in range(N_RUNS + 1):
        started = time.perf_counter()
        answer = count()
        times.append((time.perf_counter() - started) * 1e3)
    print(json.dumps({"first": times[0], "ms": times[1:], "answer": sorted(answer.items())}))


def bench() -> None:
    """Measure each engine and print; different counts end the run."""
    peers = os.environ.get("WORKBENCH_PEERS_PYTHON", str(PEERS_PYTHON))
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        write_tables(Path(folder))
        for engine in ENGINES:
            python = peers if engine.startswith("DuckDB") else sys.executable
            if not Path(python).exists():
                print(f"The peers' interpreter {python} does not exist; {engine} is left out. Run: make bench\n")
                continue
            child = subprocess.run([python, __file__, engine, folder], capture_output=True, text=True, check=False)
            if child.returncode:
                sys.exit(f"{engine} ended with {child.returncode}.\n{child.stderr[-2000:]}")
            results[engine] = json.loads(child.stdout.splitlines()[-1])
    answers = {json.dumps(found["answer"]) for found in results.values()}
    if len(answers) != 1:
        sys.exit("The engines disagree. A benchmark of different answers says nothing.")
    n_cells = len(next(iter(results.values()))["answer"])
    print(
        f"## Census of {' × '.join(BY)} over {N_ROWS:,} rows\n\n"
        f"{N_ROWS // ROWS_A_PATIENT:,} patients, {n_cells:,} cells that occur; {platform.machine()}, "
        f"{len(os.sched_getaffinity(0))} cores. All counts are equal.\n\n"
        "| Engine | median, ms | slowest, ms | first, ms |\n|---|---:|---:|---:|"
    )
    for engine, found in results.items():
        median, slowest = statistics.median(found["ms"]), max(found["ms"])
        print(f"| {engine} | {median:,.0f} | {slowest:,.0f} | {found['first']:,.0f} |")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        serve(sys.argv[1], Path(sys.argv[2]))
    else:
        bench()

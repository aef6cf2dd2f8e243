"""How fast is a Table 1, beside tableone on the same patients?

Prints Markdown. The peer runs in an interpreter of its own, named by ``WORKBENCH_PEERS_PYTHON`` (``make bench`` makes
it from ``requirements.txt``). Both read the same file of RICORD patients by collection, outside the measured time.
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
from importlib.metadata import version
from pathlib import Path
from typing import Any

BY, CATEGORIES, NUMBERS = "collection_id", ("sex", "modality", "manufacturer"), ("age_years", "size_mb")
N_RUNS = 15
PEERS_PYTHON = Path(__file__).parents[2] / ".venv-bench" / "bin" / "python"


def write_patients(path: Path) -> None:
    """Write one row a patient of the RICORD collections."""
    import idc_index_data
    import polars as pl

    series = pl.scan_parquet(idc_index_data.IDC_INDEX_PARQUET_FILEPATH)
    most = {"modality": "Modality", "manufacturer": "Manufacturer"}
    patients = series.filter(pl.col("collection_id").str.contains("ricord")).group_by("collection_id", "PatientID").agg(
        pl.col("PatientSex").drop_nulls().first().alias("sex"),
        pl.col("PatientAge").str.extract(r"(\d+)Y").cast(pl.Float64).min().alias("age_years"),
        *[pl.col(column).drop_nulls().mode().sort().first().alias(name) for name, column in most.items()],
        pl.col("series_size_MB").sum().alias("size_mb"),
    )  # fmt: skip
    patients.sort("collection_id", "PatientID").collect().write_csv(path)


def workbench_table_one(path: Path) -> Callable[[], dict[str, Any]]:
    """Return a function that makes Table 1 with the workbench."""
    import polars as pl

    from workbench.assessment.table_one import count_table_one

    rows = pl.read_csv(path)

    def make() -> dict[str, Any]:
        made = count_table_one(rows, by=BY, attributes=[*CATEGORIES, *NUMBERS])
        _ = made.display
        groups = dict(made.table.select("group", "n_total").unique().iter_rows())
        smd = dict(made.smd.select("attribute", "smd").iter_rows())
        return {"n": sorted(groups.values()), "smd": smd, "n_undefined": made.smd["smd"].null_count()}

    return make


def tableone_table_one(path: Path) -> Callable[[], dict[str, Any]]:
    """Return a function that makes Table 1 with tableone, standardized differences included."""
    import warnings

    import pandas as pd
    from tableone import TableOne

    warnings.simplefilter("ignore")
    rows = pd.read_csv(path)
    columns = [*CATEGORIES, *NUMBERS]
    kinds = {"categorical": list(CATEGORIES), "nonnormal": list(NUMBERS)}

    def make() -> dict[str, Any]:
        made = TableOne(rows, columns=columns, groupby=BY, smd=True, **kinds)
        text = made.tableone.droplevel(0, axis=1)
        text.to_string()
        n = [int(count) for count in text.loc[("n", "")] if str(count).isdigit()]
        pairs = text.filter(like="SMD", axis=1).replace("", None).dropna()
        largest = {str(row[0]).split(",")[0]: float(pairs.loc[row].astype(float).abs().max()) for row in pairs.index}
        return {"n": sorted(n), "smd": largest, "n_undefined": int((pairs == "nan").to_numpy().sum())}

    return make


ENGINES = {"workbench": workbench_table_one, "tableone": tableone_table_one}


def run(engine: str, path: Path) -> dict[str, Any]:
    """Return the milliseconds of each run of one engine, and its last answer."""
    python = sys.executable if engine == "workbench" else os.environ.get("WORKBENCH_PEERS_PYTHON", str(PEERS_PYTHON))
    if not Path(python).exists():
        sys.exit(f"The peers' interpreter {python} does not exist. Run: make bench")
    child = subprocess.run([python, __file__, engine, str(path)], capture_output=True, text=True, check=False)
    if child.returncode:
        sys.exit(f"{engine} ended with {child.returncode}.\n{child.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return answer


def serve(engine: str, path: Path) -> None:
    """Print the timed runs of one engine as JSON; the first is apart, because it imports and compiles."""
    make = ENGINES[engine](path)
    times = []
    for _ in range(N_RUNS + 1):
        started = time.perf_counter()
        answer = make()
        times.append((time.perf_counter() - started) * 1e3)
    print(json.dumps({"first": times[0], "ms": times[1:], "version": version(_PACKAGES[engine])} | answer))


_PACKAGES = {"workbench": "imaging-workbench", "tableone": "tableone"}


def bench() -> None:
    """Measure both and print; different numbers of patients end the run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "patients.csv"
        write_patients(path)
        results = {engine: run(engine, path) for engine in ENGINES}
    if results["workbench"]["n"] != results["tableone"]["n"]:
        sys.exit(f"The engines disagree: { {name: found['n'] for name, found in results.items()} }.")
    for name in ("sex", *NUMBERS):  # where both take the same values for missing and every difference is defined
        ours, theirs = (results[engine]["smd"][name] for engine in ENGINES)
        if abs(ours - theirs) > 0.0006:
            sys.exit(f"The engines disagree on {name}: {ours} and {theirs}.")
    report(results)


def report(results: dict[str, dict[str, Any]]) -> None:
    """Print the table."""
    n_pairs = 3 * len((*CATEGORIES, *NUMBERS))
    print(f"## Table 1\n\nRICORD by collection, {max(results['workbench']['n'])} patients, {len(CATEGORIES)}", end=" ")
    print(f"categories, {len(NUMBERS)} numbers, {n_pairs} standardized differences; {platform.machine()}, ", end="")
    print(f"{len(os.sched_getaffinity(0))} cores. Sizes of groups and comparable differences are equal.\n")
    print("| Engine | median, ms | first, ms | ratio | undefined differences |\n|---|---:|---:|---:|---:|")
    ours = statistics.median(results["workbench"]["ms"])
    for name, found in results.items():
        median = statistics.median(found["ms"])
        timed = f"{median:.1f} | {found['first']:.0f} | {median / ours:.0f}×"
        print(f"| {name} {found['version']} | {timed} | {found['n_undefined']} |")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        serve(sys.argv[1], Path(sys.argv[2]))
    else:
        bench()

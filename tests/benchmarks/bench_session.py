"""How long do attrition, Table 1 and exports take, and how much memory does a session need? Prints Markdown."""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench_cohort import machine

N = 15


def median_ms(work: Callable[[], Any]) -> float:
    """Return the median of warm runs, in milliseconds."""
    work()
    spent = []
    for _ in range(N):
        started = time.perf_counter()
        work()
        spent.append((time.perf_counter() - started) * 1e3)
    return statistics.median(spent)


def measure_speed() -> dict[str, float]:
    """Return milliseconds of a four-step attrition and of Table 1, each of a new cohort."""
    import workbench as wb

    commons = wb.open_catalog()
    ricord = [name for name in commons.covid_collections() if "ricord" in name]

    def attrition() -> None:
        cohort = commons.where(modality="CT", body_region="Chest", age_years=(18, 89), sex="Female")
        _ = cohort.attrition.table

    return {
        "attrition of four steps, whole index": median_ms(attrition),
        "Table 1 by collection, RICORD": median_ms(
            lambda: commons.where(collection_id=ricord).table_one(by="collection_id").table
        ),
        "split of RICORD in three parts": median_ms(lambda: commons.where(collection_id=ricord).split(seed=1)),
    }


def measure_memory() -> dict[str, float]:
    """Return the peak resident memory, in megabytes, of a session that opens, selects and exports."""
    import workbench as wb

    with tempfile.TemporaryDirectory() as folder:
        cohort = wb.open_catalog().where(modality="CT", body_region="Chest", age_years=(18, 89))
        _ = cohort.attrition.table, cohort.census(by=["sex", "age_group"]), repr(cohort)
        cohort.save(Path(folder) / "cohort.yaml")
        cohort.manifest("s5cmd").save(Path(folder) / "cohort.s5cmd")
        cohort.manifest("csv").save(Path(folder) / "cohort.csv")
        _ = cohort.rights.bibtex()
    return {"MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, "series": cohort.counts["series"]}


def in_a_process(flag: str) -> dict[str, float]:
    """Return what a new process measured."""
    printed = subprocess.run([sys.executable, __file__, flag], check=True, capture_output=True, text=True).stdout
    measured: dict[str, float] = json.loads(printed.splitlines()[-1])
    return measured


def bench() -> None:
    """Measure everything and print it."""
    print(f"## A session\n\n{machine()}\n\n| | median of {N} warm runs, ms |\n|---|---:|", flush=True)
    for name, ms in in_a_process("--speed").items():
        print(f"| {name} | {ms:.1f} |")
    memory = in_a_process("--memory")
    print(
        f"\nPeak memory of a session that opens the commons, selects {memory['series']:,.0f} series, saves, lists them "
        f"for s5cmd and as CSV and writes the references: {memory['MB']:.0f} MB.\n"
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            bench()
        case ["--speed"]:
            print(json.dumps(measure_speed()))
        case ["--memory"]:
            print(json.dumps(measure_memory()))
        case _:
            sys.exit("Run without arguments: python tests/benchmarks/bench_session.py")

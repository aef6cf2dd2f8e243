"""Time many reports in warm kernels beside as many plain runs of papermill and nbconvert.

Run: .venv/bin/python tests/benchmarks/bench_reports.py [REPORTS] [PLAIN]. REPORTS (50) cohort profiles of the largest
collections of IDC are made by ``workbench report --for-each``, with PDF and RO-Crate; PLAIN (8) of them by the commands
papermill and jupyter nbconvert, one after the other and two at once, without either. Both are told for each report, so
that PLAIN may be smaller. CPU seconds are told beside, since they do not depend on what else the machine does.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from workbench.catalog.commons import open_catalog
from workbench.catalog.overview import count_by_collection
from workbench.presentation.reports.collections import find_report

BIN = Path(sys.executable).parent
JOBS = 2


def main() -> None:
    """Print one line a way of making them."""
    n, n_plain = (int(word) for word in (*sys.argv[1:], "50", "8")[:2]) if len(sys.argv) != 2 else (int(sys.argv[1]), 8)
    catalog = open_catalog()
    names = count_by_collection(catalog.everything)["collection_id"].cast(str).to_list()[:n]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        cohorts = [catalog.where(collection_id=name).save(folder / f"{name}.yaml", members=False) for name in names]
        plain = cohorts[:n_plain]
        timed("papermill + nbconvert, one by one", lambda: [run_plain(each, folder) for each in plain], len(plain))
        timed("papermill + nbconvert, two at once", lambda: in_two(plain, folder), len(plain))
        out = folder / "batch"
        command = [str(BIN / "workbench"), "report", "cohort_profile", "--for-each", "collection_id"]
        options = ["--values", ",".join(names), "--jobs", str(JOBS), "--out", str(out)]
        timed("workbench report --for-each", lambda: quietly([*command, *options]), len(names))
        made = [path for path in out.iterdir() if (path / "report.pdf").is_file()]
        print(f"{len(made)} of {len(names)} reports with PDF")
        print(json.dumps({"cores": os.cpu_count(), "load": os.getloadavg()[0]}))


def timed(words: str, work: Callable[[], object], n: int) -> None:
    """Print wall and CPU seconds of some work, in all and for each report."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    work()
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{words:<36} {n:>3} reports {wall:7.1f} s  {wall / n:6.2f} s each  {cpu / n:6.2f} CPU s each", flush=True)


def run_plain(definition: Path, folder: Path) -> None:
    """Make one report as a user of papermill does."""
    with tempfile.TemporaryDirectory(dir=folder) as out:
        executed = str(Path(out) / "report.ipynb")
        notebook = str(find_report("cohort_profile").notebook)
        given = ["-p", "cohort", str(definition), "-p", "folder", out]
        quietly([str(BIN / "papermill"), notebook, executed, *given])
        quietly([str(BIN / "jupyter"), "nbconvert", "--to", "html", "--no-input", executed])


def in_two(cohorts: Sequence[Path], folder: Path) -> None:
    """Make the plain reports two at once."""
    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(lambda each: run_plain(each, folder), cohorts))


def quietly(command: Sequence[str]) -> None:
    """Run a command that has to succeed."""
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()

"""A kernel that is kept is as good as new: the same bytes as in a fresh one, whatever ran in it before."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from workbench.presentation.offline import find_chromium
from workbench.presentation.reports.collections import ReportEntry
from workbench.presentation.reports.engine import KeptKernel
from workbench.presentation.reports.running import plan_report, write_report

pytestmark = pytest.mark.slow

MADE = datetime(2026, 1, 31, 10, 20, 30, tzinfo=UTC)


@pytest.fixture
def kernel() -> Iterator[KeptKernel]:
    kept = KeptKernel()
    yield kept
    kept.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_real_reports_are_the_same_bytes_in_a_fresh_and_in_a_warm_kernel(tmp_path: Path, kernel: KeptKernel) -> None:
    source = {"source": "synthetic:400"}
    printed = plan_report("release_census", source | {"language": "es", "attributes": "sex,state"})
    jobs = [replace(job, made=MADE) for job in (printed, plan_report("cohort_profile", source, pdf=False))]
    first = [contents(write_report(job, tmp_path / f"{job.entry.name}-1", kernel).folder) for job in jobs]
    again = [contents(write_report(job, tmp_path / f"{job.entry.name}-2", kernel).folder) for job in reversed(jobs)]
    for before, after in zip(first, reversed(again), strict=True):
        assert list(before) == list(after)
        assert [name for name in before if before[name] != after[name]] == []
    assert ("report.pdf" in first[0]) == (find_chromium() is not None)
    assert len(first[0].get("report.pdf", b"")) < 2_000_000
    assert len(first[0]["report.html"]) < 1_000_000


def test_nothing_of_a_run_is_left_for_the_next(small: ReportEntry, tmp_path: Path, kernel: KeptKernel) -> None:
    leaves = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "import os, sys, warnings\nimport polars as pl\nmine = 1\nos.environ['MINE'] = '1'\n"
                "sys.path.append('mine')\nwarnings.simplefilter('ignore')\npl.Config.set_tbl_rows(1)"
            )
        ]
    )
    looks = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "import os, sys, warnings\nimport polars as pl\nfrom pathlib import Path\n"
                "[name for name in ('mine', 'pl2') if name in globals()], os.environ.get('MINE'), 'mine' in sys.path, "
                "('ignore', None, Warning, None, 0) in warnings.filters, pl.Config.state(if_set=True, env_only=True), "
                "Path.cwd().name, os.environ['GIVEN']"
            )
        ]
    )
    for name, notebook in (("leaves", leaves), ("looks", looks)):
        (tmp_path / name).mkdir()
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
        kernel.run(tmp_path / f"{name}.ipynb", tmp_path / name / "e.ipynb", parameters={}, environment={"GIVEN": name})
    (cell,) = nbformat.read(tmp_path / "looks" / "e.ipynb", as_version=4).cells
    assert cell.execution_count == 1
    assert cell.outputs[0].data["text/plain"] == "([], None, False, False, {}, 'looks', 'looks')"


def test_a_kernel_in_which_a_cell_raised_is_replaced(listed: ReportEntry, tmp_path: Path, kernel: KeptKernel) -> None:
    with pytest.raises(RuntimeError, match="stopped"):
        write_report(plan_report("small", {"word": "bad"}, pdf=False), tmp_path / "bad", kernel)
    assert kernel.client is None
    assert write_report(plan_report("small", {"word": "good"}, pdf=False), tmp_path / "good", kernel).html.is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["good"]


def test_a_kernel_that_dies_fails_its_run_in_words(listed: ReportEntry, tmp_path: Path, kernel: KeptKernel) -> None:
    write_report(plan_report("small", {}, pdf=False), tmp_path / "one", kernel)
    with pytest.raises(RuntimeError) as caught:
        write_report(plan_report("small", {"word": "dying"}, pdf=False), tmp_path / "two", kernel)
    assert str(caught.value) == (
        "The report small stopped: its kernel died, as it does where memory runs out. Fewer reports at once, or a "
        "smaller source, would be right. Nothing was written; run it again, of many with --jobs 1."
    )
    write_report(plan_report("small", {}, pdf=False), tmp_path / "three", kernel)
    os.kill(kernel.manager.provisioner.pid, 9)  # between two runs, as by a machine that is short of memory
    write_report(plan_report("small", {}, pdf=False), tmp_path / "four", kernel)
    assert {path.name for path in tmp_path.iterdir()} == {"one", "three", "four"}

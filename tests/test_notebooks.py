"""A notebook is a test: it runs from top to bottom, offline, without an error, and is kept without outputs."""

from pathlib import Path

import nbformat
import papermill
import pytest

from workbench.assets import asset_path

NOTEBOOKS = ("00_orientation", "21_cohort_selection", "22_diversity_census")


@pytest.mark.parametrize("name", [*NOTEBOOKS, "31_cohort_profile"])
def test_a_notebook_is_kept_without_outputs_and_asks_a_question(name: str) -> None:
    notebook = nbformat.read(asset_path("notebooks", f"{name}.ipynb"), as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert "?**" in notebook.cells[0].source  # the question, in bold, in the first cell
    assert "What we learned" in notebook.cells[-1].source


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_without_an_error(name: str, tmp_path: Path) -> None:
    executed = tmp_path / f"{name}.ipynb"
    papermill.execute_notebook(
        str(asset_path("notebooks", f"{name}.ipynb")),
        str(executed),
        kernel_name="python3",
        progress_bar=False,
        cwd=str(tmp_path),
        execution_timeout=120,
    )
    notebook = nbformat.read(executed, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    outputs = [output for cell in code for output in cell.outputs]
    assert all(cell.execution_count for cell in code)
    assert [output for output in outputs if output.output_type == "error"] == []
    shown = [output for output in outputs if output.get("data")]
    assert any("<svg" in output.data.get("text/html", "") for output in shown)
    assert [path.name for path in tmp_path.iterdir()] == [executed.name]  # nothing is written beside it


@pytest.mark.slow
def test_the_cohort_of_notebook_21_reads_back_equal(tmp_path: Path) -> None:
    executed = tmp_path / "21.ipynb"
    source = asset_path("notebooks", "21_cohort_selection.ipynb")
    papermill.execute_notebook(str(source), str(executed), kernel_name="python3", progress_bar=False, cwd=str(tmp_path))
    cells = [cell for cell in nbformat.read(executed, as_version=4).cells if "read_cohort" in cell.source]
    assert [output.data["text/plain"] for cell in cells for output in cell.outputs] == ["True"]

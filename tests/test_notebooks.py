"""A notebook is a test: it runs from top to bottom, offline, without an error, and is kept without outputs."""

import re
import sys
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import polars as pl
import pytest
from pydicom.data import get_testdata_file

import workbench as wb
from workbench.assets import asset_path
from workbench.catalog.commons import Catalog
from workbench.imaging.arrays import choose_device
from workbench.presentation.reports.engine import KeptKernel
from workbench.sampling import find_leakage

NOTEBOOKS = (
    "00_orientation",
    "20_catalog",
    "21_cohort_selection",
    "22_diversity_census",
    "23_representativeness",
    "24_gpu_preprocessing",
)


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """Yield a function that gives a notebook after its run, run once; nothing else should lie beside it.

    All run in one kernel that is cleared before each: what it saves is the time to import everything again.
    """
    done: dict[str, Path] = {}
    kernel = KeptKernel()

    def run(name: str) -> Path:
        if name not in done:
            path = tmp_path_factory.mktemp(name) / f"{name}.ipynb"
            kernel.run(asset_path("notebooks", path.name), path, parameters={}, environment={})
            done[name] = path
        return done[name]

    yield run
    kernel.close()


def outputs_of(path: Path, words: str = "") -> list[Any]:
    """Return the outputs of every code cell whose source holds the words."""
    cells = nbformat.read(path, as_version=4).cells
    return [output for cell in cells if cell.cell_type == "code" and words in cell.source for output in cell.outputs]


@pytest.mark.parametrize("name", [*NOTEBOOKS, "31_cohort_profile"])
def test_a_notebook_is_kept_without_outputs_and_asks_a_question(name: str) -> None:
    notebook = nbformat.read(asset_path("notebooks", f"{name}.ipynb"), as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert "?**" in notebook.cells[0].source  # the question, in bold, in the first cell
    assert "What we learned" in notebook.cells[-1].source


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_without_an_error(name: str, executed: Callable[[str], Path]) -> None:
    path = executed(name)
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    outputs = outputs_of(path)
    assert all(cell.execution_count for cell in code)
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []  # a page would paint it as one
    shown = [output for output in outputs if output.get("data")]
    assert any("<svg" in output.data.get("text/html", "") for output in shown)
    assert [each.name for each in path.parent.iterdir()] == [path.name]  # nothing is written beside it


def test_the_recipe_for_a_cluster_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = nbformat.read(asset_path("notebooks", "00_orientation.ipynb"), as_version=4).cells
    (recipe,) = (found for cell in cells for found in re.findall(r"```python\n(.*?)```", cell.source, flags=re.DOTALL))
    dask = types.ModuleType("dask.distributed")
    dask.Client = ThreadPoolExecutor  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "dask", types.ModuleType("dask"))
    monkeypatch.setitem(sys.modules, "dask.distributed", dask)
    names: dict[str, Any] = {"paths": [get_testdata_file("CT_small.dcm"), get_testdata_file("MR_small.dcm")]}
    exec(compile(recipe, "00_orientation", "exec"), names)
    assert sum(len(headers) for headers in names["outcome"].results) == 2
    assert names["outcome"].failures == []


@pytest.mark.slow
def test_question_and_answer_of_notebook_21_speak_of_the_same_patients(executed: Callable[[str], Path]) -> None:
    (table,) = outputs_of(executed("21_cohort_selection"), "patients who have both")
    row = re.search(r"<td[^>]*>patients who have both</td><td>([\d,]+)</td>", table.data["text/html"])
    assert row is not None
    assert (
        f"{row[1]} patients have both"
        in nbformat.read(asset_path("notebooks", "21_cohort_selection.ipynb"), as_version=4).cells[-1].source
    )


@pytest.mark.slow
def test_the_cohort_of_notebook_21_reads_back_equal(executed: Callable[[str], Path]) -> None:
    read = outputs_of(executed("21_cohort_selection"), "read_cohort(")
    assert [output.data["text/plain"] for output in read] == ["True"]


@pytest.mark.slow
def test_notebook_21_ends_in_a_picture_that_is_a_patient_or_says_it_is_none(executed: Callable[[str], Path]) -> None:
    outputs = outputs_of(executed("21_cohort_selection"), "charts.picture(")
    (figure,) = [output.data["text/html"] for output in outputs if output.get("data")]
    said = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "data:image/png;base64," in figure
    assert ("Phantom, not a patient" in figure) == ("out of reach" in said)


@pytest.mark.slow
def test_what_notebook_20_learned_is_so() -> None:
    said = " ".join(nbformat.read(asset_path("notebooks", "20_catalog.ipynb"), as_version=4).cells[-1].source.split())
    asked = nbformat.read(asset_path("notebooks", "20_catalog.ipynb"), as_version=4).cells[2].source
    catalog = wb.datasets()
    (question,) = re.findall(r'question = "(.+?)"', asked)
    (best,) = catalog.recommend(question).ranked
    known = {1: "one known issue", 2: "two known issues", 3: "three known issues"}
    entry = catalog[best.key]
    assert f"{entry.name} alone meets all needs" in said
    assert f"{entry.size('patients'):,} patients with age and sex" in said
    assert known[len(entry.fields["known_issues"])] in said
    facts = catalog.idc_facts("cbis-ddsm")
    assert f"{facts.series:,} series of {facts.people:,} people" in said
    assert catalog.families.leakage("luna16", "lidc-idri")


def test_notebook_21_finds_the_leak_it_teaches(executed: Callable[[str], Path]) -> None:
    (output,) = outputs_of(executed("21_cohort_selection"), "find_leakage(read_split(")
    ours, theirs = [line for line in output.text.splitlines() if line]
    assert ours.startswith("ours.csv: No leakage")
    assert theirs.startswith("theirs.csv: Leakage: 387 of 543 values of patient_id")


def test_what_notebook_21_learned_is_so(commons: Catalog) -> None:
    said = nbformat.read(asset_path("notebooks", "21_cohort_selection.ipynb"), as_version=4).cells[-1].source
    covid = commons.where(collection_id=commons.covid_collections())
    chest_ct = covid.where(modality="CT", body_region="Chest")
    adults = chest_ct.where(age_years=(18, None))
    n, n_adults = chest_ct.counts["patients"], adults.counts["patients"]
    missing = chest_ct.where(age_years=None, missing="only").patients
    assert f"Of {n} patients with chest CT in the COVID-19 collections, {n_adults} are known adults" in said
    assert f"{missing.height} of the {n - n_adults} lost have no recorded age" in said
    assert missing["collection_id"].cast(pl.String).str.starts_with("midrc_ricord").all()
    kinds = covid.series().group_by("collection_id", "patient_id").agg("modality", "study_uid")
    has_ct = pl.col("modality").list.contains("CT")
    has_radiograph = pl.col("modality").list.eval(pl.element().is_in(["CR", "DX"])).list.any()
    both = kinds.filter(has_ct & has_radiograph).height
    assert f"{both} patients have both a CT and a radiograph (CR or DX), and never in one study" in said
    by_study = covid.series().group_by("study_uid").agg("modality")
    assert by_study.filter(has_ct & has_radiograph).is_empty()
    free = adults.exclude(license="CC BY-NC 4.0")
    assert round(free.counts["series"] / adults.counts["series"], 1) == 0.9  # one in ten is lost
    assert not free.patients["collection_id"].cast(pl.String).str.starts_with("midrc_ricord").any()
    every_fifth = pl.when(pl.int_range(pl.len()) % 5 == 0).then(pl.lit("test")).otherwise(pl.lit("train"))
    leak = find_leakage(adults.series().select("patient_id", part=every_fifth)).table.row(0, named=True)
    assert f"puts {leak['n_on_several_sides']} of the {leak['n']} patients on both sides" in said


@pytest.mark.slow
def test_what_notebook_24_learned_is_so(executed: Callable[[str], Path]) -> None:
    path = executed("24_gpu_preprocessing")
    said = " ".join(nbformat.read(path, as_version=4).cells[-1].source.split())
    text = "".join(output.text for output in outputs_of(path) if output.output_type == "stream")
    volumes = re.findall(r": ([\d.]+) ml on the model's grid, ([\d.]+) ml back on the slices", text)
    assert volumes == [("150.3", "150.0"), ("60.3", "60.0")]
    assert "150.3 ml on the model's grid of 1 mm and again 150.0 ml back on the slices" in said
    assert "are 60.3 and 60.0 ml" in said
    assert "1 slice of 75 is missing" in text
    (table,) = outputs_of(path, "charts.modalities(")
    assert "11 of 11 passed through. They are of 9 modalities and took 6 pipelines." in table.data["text/html"]
    assert "Units are stated for CT (HU), PT (Bq/ml)." in table.data["text/html"]
    assert "CT comes in HU and PET in Bq/ml" in said


@pytest.mark.slow
def test_notebook_24_says_which_devices_ran(executed: Callable[[str], Path]) -> None:
    (table,) = outputs_of(executed("24_gpu_preprocessing"), "compared.shown")
    assert "The longest step on the CPU is " in table.data["text/html"]
    device = choose_device("auto")
    assert ("No GPU on this machine" in table.data["text/html"]) == (not device.is_gpu)
    assert choose_device("cpu").label in table.data["text/html"]

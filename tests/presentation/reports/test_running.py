"""A report: one folder, whole or not at all, that asks nobody and repeats itself."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import polars as pl
import pytest

from tests.catalog.orthanc_server import needs_orthanc, running, store
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog, open_catalog
from workbench.phantoms.chest import write_chest_ct
from workbench.presentation.offline import find_chromium
from workbench.presentation.reports import Report, render_report
from workbench.presentation.reports import running as making
from workbench.presentation.reports.collections import ReportEntry, find_report
from workbench.presentation.reports.engine import KeptKernel

FILES = {
    "ro-crate-metadata.json",
    "report.ipynb",
    "report.html",
    "cohort.yaml",
    "attrition.csv",
    "census.csv",
    "comparison.csv",
    "provenance.json",
}


@pytest.fixture(scope="module")
def cohort(commons: Catalog) -> Cohort:
    return commons.where(collection_id=["midrc_ricord_1a", "midrc_ricord_1b"], modality="CT", age_years=(18, None))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Stand in a folder of our own, where a user would."""
    before, here = Path.cwd(), tmp_path_factory.mktemp("reports")
    os.chdir(here)
    yield here
    os.chdir(before)


@pytest.fixture(scope="module")
def report(cohort: Cohort, folder: Path) -> Report:
    """Write a report as a user does: relative paths, from the folder they stand in."""
    cohort.save("cohort of mine.yaml", members=False)
    return render_report("cohort_profile", out="first", cohort="cohort of mine.yaml")


@pytest.fixture(scope="module")
def page(report: Report) -> str:
    return report.html.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_report_is_one_folder_with_everything(report: Report, folder: Path) -> None:
    names = {path.name for path in report.folder.iterdir()}
    assert names >= FILES
    assert all((report.folder / name).is_file() for name in names)  # no folder inside, so no temporary one either
    assert {path.name for path in folder.iterdir()} == {"first", "cohort of mine.yaml"}


@pytest.mark.slow
def test_the_tables_are_those_of_the_cohort(report: Report, cohort: Cohort, commons: Catalog) -> None:
    assert commons.read_cohort(report.folder / "cohort.yaml") == cohort
    attrition = pl.read_csv(report.folder / "attrition.csv")
    assert attrition["patients"].to_list() == cohort.attrition.table["patients"].to_list()
    assert pl.read_csv(report.folder / "census.csv")["n_patients"].sum() == cohort.counts["patients"]
    assert set(pl.read_csv(report.folder / "comparison.csv")["missing"]) == {"included", "excluded"}


@pytest.mark.slow
def test_the_provenance_names_source_version_and_question(report: Report, commons: Catalog) -> None:
    made = json.loads((report.folder / "provenance.json").read_text())
    assert made["source"] == commons.repository.name
    assert made["version"] == commons.repository.build
    assert re.fullmatch("[0-9a-f]{64}", made["query_sha256"])
    assert {"python", "polars", "idc-index-data"} <= set(made["versions"])


@pytest.mark.slow
def test_the_page_loads_nothing_from_outside(page: str) -> None:
    loads = re.findall(r"<(?:script|link|img|iframe|source|embed|object)\b[^>]*", page, re.IGNORECASE)
    assert [tag for tag in loads if re.search(r"(?:src|href|data)\s*=\s*[\"']?\s*(?:https?:)?//", tag)] == []
    assert re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", page) == []


@pytest.mark.slow
def test_the_page_and_the_notebook_hold_no_temporary_path_and_no_error(report: Report, page: str) -> None:
    for text in (page, report.notebook.read_text(encoding="utf-8")):
        assert "/.first-" not in text
        assert "Traceback" not in text
    for cell in nbformat.read(report.notebook, as_version=4).cells:
        assert [output for output in cell.get("outputs", []) if output.output_type == "error"] == []


@pytest.mark.slow
def test_the_page_shows_the_counts_and_its_charts_without_code(page: str, cohort: Cohort) -> None:
    assert f"{cohort.counts['patients']:,} patients" in page
    assert page.count('role="img"') >= 5
    assert "wb.open_catalog" not in page


@pytest.mark.slow
def test_the_report_is_printed_where_there_is_a_chromium(report: Report) -> None:
    if find_chromium() is None:
        pytest.skip("No Chromium on this machine. Debian and Ubuntu: apt-get install chromium")
    assert report.pdf is not None
    assert report.pdf.read_bytes().startswith(b"%PDF-")


@pytest.mark.slow
@pytest.mark.browser
def test_no_table_is_wider_than_the_paper_and_no_heading_too_tight(report: Report, chromium: Any) -> None:
    between_margins = {"width": int((210 - 2 * 14) / 25.4 * 96), "height": 1000}  # A4, 14 mm left and right, 96 dpi
    page = chromium.new_page(viewport=between_margins)
    page.emulate_media(media="print")
    page.goto(report.html.as_uri())
    assert page.locator("figure table").count() >= 5
    cut = "[...document.querySelectorAll('td, th')].filter(c => c.getBoundingClientRect().right > innerWidth).length"
    assert page.evaluate(cut) == 0
    ratio = (
        "[...document.querySelectorAll('h1, h2, h4')].map(h => getComputedStyle(h))"
        ".map(s => parseFloat(s.lineHeight) / parseFloat(s.fontSize))"
    )
    assert min(page.evaluate(ratio)) >= 1.2
    page.close()


@pytest.mark.slow
def test_a_cohort_that_selects_nothing_reports_which_step_emptied_it(
    commons: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(making, "find_chromium", lambda: None)
    nobody = commons.where(collection_id="midrc_ricord_1a", modality="MR")
    made = render_report("cohort_profile", out=tmp_path / "empty", cohort=nobody.save(tmp_path / "nobody.yaml"))
    page = made.html.read_text(encoding="utf-8")
    assert "Modality is MR: " in page
    assert "This step emptied the cohort." in page
    assert "There are no patients to count." in page
    assert {path.name for path in made.folder.iterdir()} >= FILES
    assert "No PDF: Chromium was not found." in capsys.readouterr().err


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of DICOM files of one patient."""
    place = tmp_path_factory.mktemp("hospital") / "scans"
    write_chest_ct(place, n_slices=2, n_pixels=32)
    return place


def profiled(source: str, cohort: str) -> Cohort:
    """Return the cohort that the cells of a profile show, run here, since a kernel takes seconds to start."""
    notebook = nbformat.read(find_report("cohort_profile").notebook, as_version=4)
    imports, parameters, *cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    names: dict[str, Any] = {"display": lambda *_: None}  # as IPython has it
    for code in (imports, parameters, f"cohort, source = {cohort!r}, {source!r}", *cells):
        exec(code, names)
    selected: Cohort = names["selected"]
    return selected


@pytest.mark.parametrize("cohort", ["", "mine.yaml"])
def test_every_cell_of_a_cohort_profile_runs_on_dicom_files(
    scans: Path, tmp_path: Path, cohort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_catalog(scans).where(modality="CT").save("mine.yaml", members=False)
    assert profiled(str(scans), cohort).counts["patients"] == 1
    assert {path.name for path in tmp_path.glob("*.csv")} >= {"attrition.csv", "census.csv", "comparison.csv"}


@pytest.mark.slow
@needs_orthanc
def test_every_cell_of_a_cohort_profile_runs_on_a_dicomweb_server(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "server").mkdir()
    with running(tmp_path / "server") as address:
        for path in scans.rglob("*.dcm"):
            store(address, path)
        source = f"dicomweb+{address}/dicom-web"
        open_catalog(source).where(modality="CT").save("mine.yaml", members=False)
        assert profiled(source, "mine.yaml").counts["patients"] == 1


# ------------------------------------------------------------------ parameters and faults, nothing is run


@pytest.mark.parametrize("saved", [True, False])
def test_a_cohort_of_dicom_files_asks_where_they_lie(scans: Path, tmp_path: Path, saved: bool) -> None:
    cohort = open_catalog(scans).where(modality="CT")
    given = cohort.save(tmp_path / "mine.yaml", members=False) if saved else cohort
    with pytest.raises(ValueError, match="was selected from") as caught:
        render_report("cohort_profile", out=tmp_path / "new", cohort=given)
    assert str(caught.value) == (
        f"{'mine.yaml' if saved else 'The cohort'} was selected from a source of the kind 'dicom', which lies where "
        "only you know. Its folder would be right. Add --source FOLDER, or in Python source='FOLDER'."
    )
    assert not (tmp_path / "new").exists()


def test_a_cohort_itself_is_saved_for_the_report_and_brings_its_source(
    cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commons: Catalog
) -> None:
    def run(_: KeptKernel, source: Path, executed: Path, *, parameters: dict[str, Any], **__: Any) -> None:
        asked.update(parameters)
        assert commons.read_cohort(parameters["cohort"]) == cohort
        shutil.copy(source, executed)

    monkeypatch.setattr(KeptKernel, "run", run)
    asked: dict[str, Any] = {}
    made = render_report("cohort_profile", out=tmp_path / "new", cohort=cohort, pdf=False)
    assert asked["source"] == "idc"
    assert Path(asked["cohort"]).parent == Path(asked["folder"])
    assert commons.read_cohort(made.folder / "cohort.yaml") == cohort


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ({"cohort": 5.5j}, "A cohort, or the path of what cohort.save('cohort.yaml') wrote,"),
        ({"source": [1]}, "The name, path or address that open_catalog was given"),
        ({"reference": [1]}, "A text"),
    ],
)
def test_a_parameter_of_another_kind_is_refused(given: dict[str, Any], right: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError) as caught:
        render_report("cohort_profile", out=tmp_path / "new", **given)
    ((name, value),) = given.items()
    assert str(caught.value) == (
        f"{name}= of the type {type(value).__name__} was received. {right} would be right. Pass that."
    )


def test_a_folder_that_holds_something_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(FileExistsError) as caught:
        render_report("cohort_profile", out=tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} is a file or a folder that is not empty. A new or empty folder would be right, so that nothing "
        "is lost. Pass another with --out, or remove this one."
    )


@pytest.mark.slow
def test_a_run_that_stops_leaves_no_folder_and_tells_no_path(listed: ReportEntry, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="stopped") as caught:
        render_report("small", out=tmp_path / "new", word="bad", pdf=False)
    assert str(caught.value) == (
        "The report small stopped: bad came to its folder. Nothing was written; correct it and run it again."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told_before_a_kernel_starts(
    listed: ReportEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KeptKernel, "run", lambda *_, **__: pytest.fail("a kernel was started"))
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "new"
    with pytest.raises(PermissionError) as caught:
        render_report("small", out=target, pdf=False)
    assert str(caught.value) == (
        f"{target} cannot be written: a file is where a folder should be. A folder in a place where you may write "
        "would be right. Name another with --out."
    )


@pytest.mark.slow
def test_the_stamp_is_all_that_differs_between_two_runs(
    listed: ReportEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = []
    for number, stamp in enumerate(("2026-01-31T10:20:30", "2027-02-28T21:02:03")):
        made = datetime.fromisoformat(f"{stamp}+00:00")
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(made.timestamp())))
        report = render_report("small", out=tmp_path / str(number), pdf=False, word="a word")
        read = {path.name: path.read_text(encoding="utf-8") for path in sorted(report.folder.iterdir())}
        assert f"{stamp}+00:00" in read["provenance.json"]
        assert f"{made:%Y-%m-%d %H:%M} UTC" in read["report.html"]
        stamped = re.compile(f"{re.escape(stamp)}\\+00:00|{made:%Y-%m-%d %H:%M} UTC")
        hashed = re.compile(r'"sha256": "\w+"')  # of files that carry the stamp
        texts.append({name: hashed.sub("", stamped.sub("STAMP", text)) for name, text in read.items()})
    assert texts[0] == texts[1]

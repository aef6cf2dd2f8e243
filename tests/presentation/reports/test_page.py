"""The page of a report refers to nothing outside, says whose it is, and is light."""

import html
import re
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from workbench.catalog.disclosure import COPY_STAMP, EXACT_STAMP
from workbench.presentation.earlier_report import EarlierReport
from workbench.presentation.identity import Identity, read_identity
from workbench.presentation.reports.batch_page import batch_page
from workbench.presentation.reports.collections import ReportEntry
from workbench.presentation.reports.executed import clean_notebook, forget_paths, stamp_tables
from workbench.presentation.reports.page import report_page
from workbench.presentation.reports.running import Report

v4 = nbformat.v4
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" version="1.1" viewBox="0 0 9 9"><defs><clipPath id="clip7"><rect id="a"/>'
    '</clipPath></defs><g clip-path="url(#clip7)"><use href="#a"/></g></svg>'
)


def shown(*outputs: str, prose: str = "## Who?") -> nbformat.NotebookNode:
    """Return an executed notebook of one section that shows some HTML."""
    cell = v4.new_code_cell("secret_code = 1")
    cell.outputs = [v4.new_output("execute_result", data={"text/html": each}, execution_count=1) for each in outputs]
    return v4.new_notebook(cells=[v4.new_markdown_cell("# 1 Title"), v4.new_markdown_cell(prose), cell])


def page_of(notebook: nbformat.NotebookNode, identity: Identity | None = None) -> str:
    return report_page(notebook, title="Census", identity=identity or Identity(), made={"Made": "2026-01-31"})


def test_no_resource_no_script_and_no_code_is_on_the_page() -> None:
    page = page_of(shown("<p>12 patients</p><script>let a = 1;</script>", '<a href="https://doi.example/1">cited</a>'))
    assert "12 patients" in page
    assert "secret_code" not in page
    assert "<script" not in page.lower()
    assert re.findall(r"https?:[^\s\"'<]+", page) == ["https://doi.example/1"]  # a link, which a reader may follow
    assert re.findall(r"<(?:link|iframe|object|embed|source)\b|@import|url\((?!#)", page) == []
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    assert len(page) < 15_000


def test_drawings_of_one_page_do_not_share_names(tmp_path: Path) -> None:
    (tmp_path / "report.ipynb").write_text(nbformat.writes(shown(DRAWING, f"<figure>{DRAWING}</figure>")))
    page = page_of(clean_notebook(tmp_path / "report.ipynb", {}))
    assert re.findall(r'\bid="(d\d-\d)"', page) == ["d1-1", "d1-2", "d2-1", "d2-2"]
    assert re.findall(r"url\(#([^)]+)\)", page) == ["d1-1", "d2-1"]
    assert re.findall(r'<use href="#([^"]+)"', page) == ["d1-2", "d2-2"]
    assert "xmlns" not in page


def test_the_publisher_stands_above_and_below(commons_file: Path) -> None:
    page = page_of(shown("<p>x</p>"), read_identity(commons_file))
    header = page.partition('<header class="publisher">')[2].partition("</header>")[0]
    footer = page.partition('<footer class="made">')[2]
    assert 'src="data:image/svg+xml;base64,' in header
    assert '<a href="https://harbor.example">Harbor commons</a>' in header
    for told in ('href="mailto:desk@harbor.example"', "CC BY 4.0", "Harbor et al. 2026", "2026-01-31"):
        assert told in footer
    assert "--accent:#7a2d5c" in page
    assert "<title>Census – Harbor commons</title>" in page
    assert "Harbor" not in page_of(shown("<p>x</p>"))
    assert "<header" not in page_of(shown("<p>x</p>"))


def test_what_a_publisher_writes_stays_text() -> None:
    identity = Identity(name='<b>"x</b>', contact="a@b.cd", citation=("<script>",), license="</style>")
    page = page_of(shown("<p>x</p>"), identity)
    assert "<b>" not in page
    assert "<script>" not in page
    assert page.count("</style>") == 1


def test_a_heading_of_nothing_is_left_out() -> None:
    empty = shown(prose="## Nothing here")
    assert "Nothing here" not in page_of(empty)
    assert any("Nothing here" in cell.source for cell in empty.cells)  # the notebook itself stays whole


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('["/home/ann/scans/1"]', '["scans/1"]'),
        ('"source = \\"/home/ann/scans\\""', '"source = \\"scans\\""'),
        ('["/home/anna"]', '["/home/anna"]'),
    ],
)
def test_of_a_path_the_name_stays(text: str, left: str) -> None:
    assert forget_paths(text, [Path("/home/ann/scans"), Path("scans")]) == left


def test_tables_whose_page_says_do_not_publish_say_it_too_and_are_read_again(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(f"<p>{html.escape(EXACT_STAMP)}</p>", encoding="utf-8")
    (tmp_path / "census_sex.csv").write_text("sex,n_patients,n_total,fraction\nFemale,3,4,0.75\n", encoding="utf-8")
    stamp_tables(tmp_path, (EXACT_STAMP, COPY_STAMP))
    head, row = (tmp_path / "census_sex.csv").read_text(encoding="utf-8").splitlines()
    assert (head, row) == ("sex,n_patients,n_total,fraction,stamp", f'Female,3,4,0.75,"{EXACT_STAMP}"')
    assert EarlierReport(tmp_path, {}).censuses["sex"].columns == ["sex", "n_patients", "n_total", "fraction"]


def test_a_page_of_everybody_leaves_its_tables_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("<p>Anybody may read this.</p>", encoding="utf-8")
    (tmp_path / "a.csv").write_text("n\n1\n", encoding="utf-8")
    stamp_tables(tmp_path, (EXACT_STAMP, COPY_STAMP))
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "n\n1\n"


def test_the_list_of_a_batch_says_what_one_of_its_reports_demands(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    report = Report(tmp_path, tmp_path / "report.ipynb", page, None)
    made = datetime(2026, 1, 2, tzinfo=UTC)
    entry = ReportEntry("cohort_profile", "Profile", "Who?", tmp_path / "a.ipynb", {})
    for text, times in ((EXACT_STAMP, 1), ("", 0)):
        page.write_text(f'<ul class="sentences">\n<li>1 patient.</li></ul>{html.escape(text)}', encoding="utf-8")
        listed = batch_page(entry, [("a", "a", report, "")], identity=Identity(), made=made)
        assert listed.count(EXACT_STAMP) == times

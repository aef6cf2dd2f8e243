"""The PDF of a report: bookmarks, page numbers, tags and vectors, and an error where there is no browser."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workbench.presentation import offline
from workbench.presentation.identity import Identity
from workbench.presentation.offline import find_chromium
from workbench.presentation.reports.collections import ReportEntry
from workbench.presentation.reports.page import framed_page
from workbench.presentation.reports.printing import check_browser, print_pdf
from workbench.presentation.reports.running import plan_report

BODY = (
    "<h1>Census of harbors</h1><section class='first-page'><p>One.</p></section><h2>Who is missing?</h2>"
    "<figure><h4>A finding</h4><svg viewBox='0 0 100 20'><rect width='80' height='20'/></svg>"
    "<details><summary>As a table</summary><p>Unfolded.</p></details></figure>"
)


@pytest.mark.slow
def test_a_printed_report_has_numbers_bookmarks_tags_and_its_stamp(tmp_path: Path) -> None:
    if find_chromium() is None or shutil.which("pdftotext") is None:
        pytest.skip("No Chromium or no pdftotext on this machine. Debian: apt-get install chromium poppler-utils")
    page, pdf = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(framed_page(BODY, title="Census", identity=Identity(name="Harbor commons"), made={}))
    print_pdf(page, pdf, made=datetime(2026, 1, 31, 10, 20, 30, tzinfo=UTC))
    told = subprocess.run(["pdfinfo", "-isodates", str(pdf)], capture_output=True, text=True, check=True).stdout
    for each in ("Tagged:          yes", "Pages:           2", "CreationDate:    2026-01-31T10:20:30", "A4"):
        assert each in told
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    first, second, _ = text.split("\f")
    assert first.split()[-3:] == ["1", "of", "2"]
    assert second.split()[-3:] == ["2", "of", "2"]
    assert "Census – Harbor commons" in second
    assert "Unfolded." in second
    assert "As a table" not in second
    written = pdf.read_bytes()
    assert written.count(b"/Title (") >= 4  # of the document, and a bookmark for each heading
    assert b"/Outlines" in written
    assert b"/Subtype /Image" not in written
    assert set(tmp_path.iterdir()) == {page, pdf}


def test_a_pdf_that_is_asked_for_needs_a_browser(listed: ReportEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKBENCH_CHROMIUM", raising=False)
    monkeypatch.setattr(offline.shutil, "which", lambda _: None)
    with pytest.raises(FileNotFoundError) as caught:
        plan_report("small", {}, pdf=True)
    assert str(caught.value) == (
        "A PDF was asked for, and no Chromium was found. Chromium or Chrome on the PATH would be right. Install it: "
        "apt-get install chromium; or leave the PDF out with --pdf never."
    )


def test_without_a_browser_a_report_says_that_it_has_no_pdf(
    listed: ReportEntry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("WORKBENCH_CHROMIUM", raising=False)
    monkeypatch.setattr(offline.shutil, "which", lambda _: None)
    assert not plan_report("small", {}).pdf
    assert capsys.readouterr().err == (
        "No PDF: Chromium was not found. The page report.html is complete; for a PDF: apt-get install chromium\n"
    )
    assert not plan_report("small", {}, pdf=False).pdf
    assert capsys.readouterr().err == ""


def test_a_browser_that_is_named_has_to_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_CHROMIUM", str(tmp_path / "mine"))
    assert find_chromium() == str(tmp_path / "mine")
    with pytest.raises(FileNotFoundError) as caught:
        check_browser()
    assert str(caught.value) == (
        f"WORKBENCH_CHROMIUM names {tmp_path / 'mine'}, which does not exist. The path of a Chromium or Chrome would "
        "be right. Correct the variable or unset it, or leave the PDF out with --pdf never."
    )
    with pytest.raises(subprocess.SubprocessError, match="did not start"):
        print_pdf(tmp_path / "page.html", tmp_path / "page.pdf")

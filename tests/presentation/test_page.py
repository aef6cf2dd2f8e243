"""The aggregates are checked before anything is drawn; what cannot be shown is a page in plain words."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.presentation.manifest import MANIFEST, seal_of, write_pages
from workbench.presentation.page import PAGE_SCHEMA, PageProblem, load_page, page_view, served_identity

PAGE = {"schema": PAGE_SCHEMA, "title": "Who?", "as_of": "2026-01-01", "groups": [], "figures": []}
READS = f"A page reads one JSON file of schema {PAGE_SCHEMA!r}."
NEXT = "Write it: workbench site aggregates"


def problem(*arguments, **named) -> PageProblem:
    with pytest.raises(PageProblem) as error:
        load_page(*arguments, **named)
    return error.value


@pytest.fixture
def folder(tmp_path) -> Path:
    place = tmp_path / "pages"
    place.mkdir()
    write_pages(place, {"census": PAGE}, source={"name": "x", "version": "1"}, identity={})
    return place


def relist(folder: Path, **changed: object) -> None:
    """Write other entries into the list of a folder, and seal it again."""
    file = folder / MANIFEST
    told = json.loads(file.read_text()) | changed
    file.write_text(json.dumps(told | {"seal": seal_of(told)}))


def test_a_list_that_was_changed_by_hand_is_told(folder):
    file = folder / MANIFEST
    told = json.loads(file.read_text())
    for change in ({"good_until": "9999-01-01"}, {"source": {"disclosure": "synthetic"}}, {"seal": None}):
        file.write_text(json.dumps(told | change))
        found = problem(folder, name="census")
        assert found.kind == "tampered"
        assert str(found) == (
            f"The list {str(file)!r} is not as it was written: its seal does not fit. Names, dates and pages as they "
            f"were counted would be right. {NEXT}"
        )


def test_a_folder_as_it_was_written_gives_its_page(folder, monkeypatch):
    assert load_page(folder, name="census") == PAGE
    monkeypatch.setenv("WORKBENCH_AGGREGATES", str(folder))
    assert load_page(name="census") == PAGE
    assert load_page(folder / "census.json") == PAGE


def test_what_is_missing_is_told(folder, tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH_AGGREGATES", raising=False)
    told = problem()
    assert told.kind == "missing"
    assert str(told) == (
        "No aggregates were named: no path came and WORKBENCH_AGGREGATES is not set. "
        f"A page reads a folder with {MANIFEST}. {NEXT}"
    )
    assert str(problem(folder, name="overview")) == f"No aggregates file at '{folder}/overview.json'. {READS} {NEXT}"
    assert str(problem(tmp_path)) == f"No {MANIFEST} in {str(tmp_path)!r}. A folder of aggregates has one. {NEXT}"


def test_a_file_that_was_changed_is_told(folder):
    file = folder / "census.json"
    file.write_text(json.dumps(PAGE | {"title": "Who else?"}))
    told = problem(folder, name="census")
    assert told.kind == "tampered"
    assert str(told) == (
        f"The file {str(file)!r} is not what {MANIFEST} lists. A file as it was written would be right. {NEXT}"
    )
    assert problem(file).kind == "tampered", "naming the file itself is no way around the list"
    (folder / MANIFEST).write_text("half {")
    assert str(problem(folder, name="census")) == (
        f"The list '{folder}/{MANIFEST}' cannot be read. As it was written would be right. {NEXT}"
    )


@pytest.mark.parametrize("listed", [[], {"census": 7}, "census"])
def test_a_list_of_another_shape_is_told(folder, listed):
    relist(folder, pages=listed)
    assert problem(folder, name="census").kind == "tampered"


def test_another_form_is_told(folder, tmp_path):
    relist(folder, schema="workbench-site/9")
    assert str(problem(folder, name="census")) == (
        f"The list '{folder}/{MANIFEST}' has schema 'workbench-site/9'. A folder needs 'workbench-site/1'. {NEXT}"
    )
    file = tmp_path / "page.json"
    for text, complaint, kind in (
        ("half {", f"is not JSON: Expecting value: line 1 column 1 (char 0). {READS}", "tampered"),
        ("[1]", f"has schema None. A page needs {PAGE_SCHEMA!r}.", "schema"),
        ('{"schema": "workbench-page/1"}', f"has schema 'workbench-page/1'. A page needs {PAGE_SCHEMA!r}.", "schema"),
        (
            json.dumps({"schema": PAGE_SCHEMA, "title": "x"}),
            "lacks groups, figures. A page has title, groups, figures and more.",
            "schema",
        ),
    ):
        file.write_text(text)
        told = problem(file)
        assert (str(told), told.kind) == (f"The file {str(file)!r} {complaint} {NEXT}", kind)


def test_numbers_older_than_promised_are_told_and_kept(folder):
    relist(folder, good_until="2026-01-31")
    told = problem(folder, name="census")
    assert (told.kind, told.page) == ("stale", PAGE)
    assert str(told) == (
        f"The numbers in {str(folder)!r} were good until 2026-01-31. Newer ones would be right. "
        "Write them: workbench site aggregates"
    )
    assert load_page(folder, name="census", even_stale=True) == PAGE
    relist(folder, good_until="9999-01-01")
    assert load_page(folder, name="census") == PAGE
    relist(folder, good_until="soon")
    assert problem(folder, name="census").kind == "tampered"


def test_what_a_notebook_shows_is_a_page_in_any_case(folder, caplog):
    shown = page_view("census", folder).page
    assert (shown["title"], shown["key"], "problem" in shown) == ("Who?", "census", False)
    relist(folder, good_until="2026-01-31")
    assert page_view("census", folder).page["problem"] == {"kind": "stale", "as_of": "2026-01-01"}
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        absent = page_view("overview", folder).page
    assert (absent["problem"]["kind"], absent["title"], absent["figures"]) == ("missing", "Repository overview", [])
    assert caplog.messages == ["The page overview cannot be shown as it is: missing"], "no path in the log"


def test_a_page_that_cannot_be_shown_still_says_whose_it_is(folder, monkeypatch):
    relist(folder, identity={"name": "Our commons"})
    monkeypatch.setenv("WORKBENCH_AGGREGATES", str(folder))
    assert page_view("overview").page["identity"] == {"name": "Our commons"}
    (folder / MANIFEST).write_text("half {")
    assert page_view("overview").page["identity"] == {}
    monkeypatch.delenv("WORKBENCH_AGGREGATES")
    assert served_identity() == {}


def test_showing_a_page_imports_neither_polars_nor_altair_nor_pandas(folder):
    program = (
        f"import sys; from workbench.presentation.page import page_view; page_view('census', {str(folder)!r}); "
        "print(sorted({'polars', 'altair', 'pandas', 'pyarrow', 'yaml', 'workbench.catalog'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"

"""The library of reports: one line makes a notebook a report, and its parameters have types."""

from pathlib import Path

import pytest

from workbench.presentation.reports.collections import ReportEntry, list_reports, read_collections


def test_every_shipped_report_has_a_question_and_help_for_each_parameter() -> None:
    assert {"release_census", "cohort_profile"} <= set(list_reports())
    for entry in list_reports().values():
        assert entry.question.endswith("?")
        assert entry.title
        assert not entry.title[0].isdigit()
        assert [each.name for each in entry.parameters.values() if not each.help] == []
        assert "source" in entry.parameters
        assert "folder" not in entry.parameters  # the frame gives it


def test_types_come_from_the_file_and_defaults_from_the_notebook(small: ReportEntry) -> None:
    assert small.title == "A small report"
    assert {each.name: each.type for each in small.parameters.values()} == {
        "word": "text",
        "count": "integer",
        "share": "number",
        "shown": "switch",
        "color": "choice",
        "day": "date",
        "source": "source",
        "cohort": "cohort",
        "reference": "reference",
        "place": "folder",
        "compare_to": "earlier",
    }
    assert (small.parameters["count"].default, small.parameters["count"].most) == (3, 9)


def test_a_parameter_without_a_line_has_the_type_of_its_default(small: ReportEntry, tmp_path: Path) -> None:
    (tmp_path / "small.ipynb").write_text(small.notebook.read_text())
    (tmp_path / "c.toml").write_text('[reports]\na = { notebook = "small.ipynb" }')
    types = {name: each.type for name, each in read_collections(tmp_path / "c.toml")["a"].parameters.items()}
    assert (types["word"], types["count"], types["share"], types["shown"]) == ("text", "integer", "number", "switch")


def test_every_fault_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(
        '[reports]\na = { notebook = "none.ipynb" }\n[parameters]\nb = { type = "txt" }\nc = { type = "choice" }\n'
        'd = { type = "text", hlp = "" }\n'
    )
    with pytest.raises(ValueError, match="was received with") as caught:
        read_collections(tmp_path / "c.toml")
    assert str(caught.value) == (
        "c.toml was received with b: 'txt' is no type; c: a choice needs choices; d: hlp means nothing here; a: no "
        "notebook 'none.ipynb' beside the file. A report has a notebook and a question; a parameter has a type (text, "
        "integer, number, switch, choice, date, source, cohort, reference, folder, earlier, pages) and a help. Correct "
        "the file."
    )

"""Many reports at once: one failure stops no other, what is done is kept, and a page lists them."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from workbench.presentation.identity import Identity
from workbench.presentation.reports.collections import ReportEntry, find_report
from workbench.presentation.reports.engine import KeptKernel
from workbench.presentation.reports.many import render_reports
from workbench.presentation.reports.sets import sets_for_each, sets_of_rows


def for_each(entry: ReportEntry, name: str, *values: str, **given: Any) -> list[Any]:
    return sets_for_each(entry, name, values=values or None, given=given, identity=Identity())


@pytest.mark.slow
def test_a_batch_tells_its_failures_at_the_end_and_goes_on_where_it_stopped(
    listed: ReportEntry, tmp_path: Path, capsys: pytest.CaptureFixture[str], commons_file: Path
) -> None:
    asked: Mapping[str, Any] = {"out": tmp_path / "batch", "pdf": False, "jobs": 2, "commons": commons_file}
    batch = render_reports("small", for_each(listed, "word", "one", "bad", "two/b", "<i>"), **asked)
    reason = "The report small stopped: bad came to its folder. Nothing was written; correct it and run it again."
    assert batch.failures == {"bad": reason}
    assert list(batch.reports) == ["one", "b", "<i>"]
    assert {path.name for path in batch.folder.iterdir()} == {"one", "b", "i", "batch.json", "index.html"}
    told = capsys.readouterr().err
    assert sorted(re.findall(r"of 4: (\S+)", told)) == ["<i>", "b", "bad", "one"]
    index = (batch.folder / "index.html").read_text(encoding="utf-8")
    assert "one and []" in index  # the first finding of its page one
    assert 'href="i/report.html">Page<span class="unseen"> of &lt;i&gt;</span>' in index
    assert f"<strong>Not made.</strong> {reason}" in index
    assert "3 reports; 1 could not be made." in index
    assert "Harbor commons" in index
    assert str(tmp_path) not in index

    before = batch.reports["one"].html.stat().st_mtime_ns
    again = render_reports("small", for_each(listed, "word", "one", "two/b", "three"), **asked)
    assert again.skipped == ("one", "b")
    assert again.reports["one"].html.stat().st_mtime_ns == before
    assert list(again.reports) == ["one", "b", "three"]
    assert "2 of 3 reports were made before and are kept.\n1 of 1: three\n" in capsys.readouterr().err

    changed = render_reports("small", for_each(listed, "word", "one", count=5), **asked)  # asked another question
    assert changed.skipped == ()
    assert "one,5" in (changed.reports["one"].folder / "words.csv").read_text()


def test_every_problem_of_a_batch_is_told_and_nothing_is_run(
    listed: ReportEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KeptKernel, "run", lambda *_, **__: pytest.fail("a kernel was started"))
    with pytest.raises(ValueError, match="cannot be made") as caught:
        render_reports("small", for_each(listed, "count", "0", "5", "x"), out=tmp_path / "new", pdf=False)
    assert str(caught.value) == (
        "2 reports of the batch cannot be made:\n"
        "  count '0' was received. A whole number from 1 to 9 would be right. Correct --count, or leave it out "
        "(default: 3).\n"
        "  count 'x' was received. A whole number from 1 to 9 would be right. Correct --count, or leave it out "
        "(default: 3).\nNothing was run."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else_is_left_alone(listed: ReportEntry, tmp_path: Path) -> None:
    (tmp_path / "batch.json").write_text(json.dumps({"schema": "workbench-report-batch/1", "report": "x", "done": {}}))
    with pytest.raises(FileExistsError) as caught:
        render_reports("small", for_each(listed, "word", "a"), out=tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} holds something else than an earlier run of small. A new or empty folder would be right, or that "
        "of the run to go on with. Pass another with --out."
    )


def test_too_few_jobs_and_no_values_are_refused(listed: ReportEntry, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="jobs") as caught:
        render_reports("small", [], out=tmp_path, jobs=0)
    assert str(caught.value) == "--jobs 0 was received. One or more would be right. Leave it out to use all cores."
    with pytest.raises(ValueError, match="No report") as caught:
        render_reports("small", [], out=tmp_path)
    assert str(caught.value) == (
        "No report was asked for: there are no values. One or more would be right. Name some: --values A,B"
    )


def test_a_stop_ends_every_kernel_and_leaves_no_half(
    listed: ReportEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("workbench.presentation.reports.many.wait", stop)
    with pytest.raises(KeyboardInterrupt):
        render_reports("small", for_each(listed, "word", "one", "two"), out=tmp_path / "batch", pdf=False, jobs=1)
    assert [path.name for path in (tmp_path / "batch").iterdir()] == []


# ------------------------------------------------------------------ which reports there are


def test_a_column_of_the_source_makes_one_cohort_a_value() -> None:
    sets = for_each(find_report("cohort_profile"), "modality", source="synthetic:300")
    n = [each.parameters["cohort"].counts["patients"] for each in sets]
    assert n == sorted(n, reverse=True)
    assert {each.label for each in sets} >= {"CR", "DX", "CT"}
    assert [each.folder for each in sets] == [each.label.lower().replace(" ", "_") for each in sets]


def test_a_choice_a_switch_and_a_population_list_themselves(small: ReportEntry) -> None:
    assert [each.label for each in for_each(small, "color")] == ["red", "blue"]
    assert [each.label for each in for_each(small, "shown")] == ["True", "False"]
    assert "us_census" in [each.label for each in for_each(small, "reference")]


def test_what_lists_no_values_asks_for_them(small: ReportEntry) -> None:
    with pytest.raises(ValueError, match="without values") as caught:
        for_each(small, "count")
    assert str(caught.value) == (
        "--for-each count came without values. Values with commas would be right, since nothing lists them. "
        "Add: --values A,B,C"
    )


def test_what_is_neither_parameter_nor_column_is_told_with_the_nearest(small: ReportEntry) -> None:
    with pytest.raises(LookupError) as caught:
        for_each(find_report("cohort_profile"), "modalty", source="synthetic:300")
    said = str(caught.value)
    assert said.startswith(
        "No parameter or column 'modalty' in the report cohort_profile or its source. Did you mean 'modality'"
    )
    with pytest.raises(LookupError, match="No parameter 'modality' in the report small"):
        for_each(small, "modality", cohort="mine.yaml")


def test_a_file_makes_one_report_a_row(tmp_path: Path) -> None:
    (tmp_path / "sets.csv").write_text("word,count\na b,1\na-b,2\n,3\n../x,4\n..,5\nindex.html,6\n")
    sets = sets_of_rows(tmp_path / "sets.csv", {"color": "red"})
    assert [each.folder for each in sets] == ["a_b", "a_b-2", "empty", "x", "empty-2", "index.html-2"]
    assert sets[1].parameters == {"color": "red", "word": "a-b", "count": "2"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "word,count\na,1\nb\n",
            "sets.csv was received; line 3 has more or fewer cells than the header. A CSV with a parameter in each "
            "column and a report in each row would be right. Correct the file.",
        ),
        (
            "word\n",
            "sets.csv was received; there is no row below a header. A CSV with a parameter in each column and a report "
            "in each row would be right. Correct the file.",
        ),
    ],
)
def test_a_file_that_is_no_table_of_sets_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "sets.csv").write_text(text)
    with pytest.raises(ValueError, match="was received") as caught:
        sets_of_rows(tmp_path / "sets.csv", {})
    assert str(caught.value) == message

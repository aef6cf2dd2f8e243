"""The verb that writes reports: its help from the collection, its words, its batches and how it fails."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from workbench.cli import main
from workbench.presentation.reports.collections import list_reports

Fails = Callable[..., str]


def test_its_help_lists_the_parameters_of_each_report(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["report", "--help"])
    text = capsys.readouterr().out
    for name, entry in list_reports().items():
        told = text.partition(f"{name}: {entry.question}\n")[2].partition("\n\n")[0]
        listed = {line.split()[0].removeprefix("--").replace("-", "_") for line in told.splitlines()}
        assert listed == set(entry.parameters)
        assert all(len(line.split()) > 3 for line in told.splitlines())  # each says what it does
    assert "crontab" not in text


def test_the_help_of_one_report_ends_with_recipes_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["report", "release_census", "--help"])
    text = capsys.readouterr().out
    assert "cohort_profile:" not in text
    assert "workbench report release_census --commons commons.toml --out reports/$(date +\\%F) 2>> log" in text
    assert "- uses: actions/upload-artifact@v4" in text
    assert "NAME --commons" not in text


NAMES = ", ".join(list_reports())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["cohort_profil"],
            f"No report 'cohort_profil' in the workbench. Did you mean 'cohort_profile'? Valid: {NAMES}. "
            "Use one of these.",
        ),
        (
            ["cohort_profile", "--chort", "ct.yaml"],
            "No parameter 'chort' in the report cohort_profile. Did you mean 'cohort'? "
            f"Valid: {', '.join(list_reports()['cohort_profile'].parameters)}. Correct the name.",
        ),
        (
            ["cohort_profile", "--cohort"],
            "--cohort was received. Parameters are written --NAME VALUE, such as --cohort chest_ct.yaml. "
            "See: workbench report --help",
        ),
        (
            ["release_census", "--language", "it", "--exact", "perhaps"],
            "2 parameters of the report release_census are off:\n"
            "  language 'it' was received. One of en, es, de, fr would be right. "
            "Correct --language, or leave it out (default: en).\n"
            "  exact perhaps was received. True or False would be right. Write --exact True.",
        ),
        (
            ["release_census", "--jobs", "2"],
            "--jobs 2 was received without --for-each. The name of a parameter or column would be right. "
            "Add for instance: --for-each collection_id",
        ),
        (
            ["release_census", "--for-each", "language", "--sets", "x.csv"],
            "--for-each language came with --sets. One of the two would be right: --for-each varies one parameter, "
            "--sets as many as its file has columns. Leave one out.",
        ),
        (
            ["release_census", "--for-each", "language", "--language", "es"],
            "--for-each language came with --language. One of the two would be right. Leave out --language, or name "
            "its values: --values.",
        ),
    ],
)
def test_words_that_mean_nothing_exit_with_2(fails: Fails, words: list[str], message: str) -> None:
    assert fails("report", *words) == message


def test_a_report_never_writes_over_a_folder_that_holds_something(tmp_path: Path, fails: Fails) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("precious")
    assert fails("report", "cohort_profile", "--out", "full", exit_code=1) == (
        "full is a file or a folder that is not empty. A new or empty folder would be right, so that nothing is lost. "
        "Pass another with --out, or remove this one."
    )
    assert (tmp_path / "full" / "mine.txt").read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_a_report_of_a_cohort_or_population_that_is_not_there_runs_nothing(tmp_path: Path, fails: Fails) -> None:
    said = fails("report", "cohort_profile", "--cohort", "none.yaml", "--out", "new", exit_code=1)
    assert said.startswith("No cohort definition at none.yaml.")
    assert "us_census" in fails("report", "cohort_profile", "--reference", "us_cencus", "--out", "new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_batch_reads_paths_where_it_is_typed_and_tells_its_failures_at_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pl.DataFrame({"patient_id": [f"P{i}" for i in range(60)], "sex": ["Female", "Male"] * 30}).write_csv("mine.csv")
    Path("half.csv").write_text("attribute,category,percent\nsex,Female,50\nsex,Male,50\n")
    Path("wanted.csv").write_text("release,source\n,mine.csv\n2020-01-01,mine.csv\n")
    Path("idc").mkdir()  # a name of ours is no path
    words = "report release_census --sets wanted.csv --reference half.csv --exact True --out r --pdf never --jobs 1"
    assert main(words.split()) == 1
    out, err = capsys.readouterr()
    assert out == f"Reports: {tmp_path / 'r' / 'index.html'}\n"
    assert "1 of 2: (empty)\n2 of 2: 2020-01-01 failed: The report release_census stopped: Received release" in err
    assert "workbench: 1 of 2 reports could not be made:\n  2020-01-01: The report release_census stopped:" in err
    assert err.endswith("go on with the same command and --out r: what is done is kept.\n")
    assert "Traceback" not in err
    page = (tmp_path / "r" / "empty" / "report.html").read_text(encoding="utf-8")
    assert "60 people are in" in page
    assert str(tmp_path) not in page
    assert "How did it grow up to here?" not in page  # a heading of nothing
    index = (tmp_path / "r" / "index.html").read_text(encoding="utf-8")
    assert 'href="empty/report.html"' in index
    assert "Not made.</strong> The report release_census stopped: Received release" in index

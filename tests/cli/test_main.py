"""The command line as a whole: what it teaches, what the verbs beside cohort print, and how it fails."""

import importlib.metadata
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.catalog.commons import Catalog
from workbench.cli import main

Fails = Callable[..., str]

VERBS = ("demo", "catalog", "census", "compare", "sample", "references", "report", "serve", "site")
OF_COHORT = ("new", "show", "explain", "attrition", "facets", "table1", "compare", "split", "manifest", "fetch")


def workbench(*words: str, module: str = "workbench.cli") -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", module, *words], capture_output=True, text=True, timeout=120, check=False
    )


# ------------------------------------------------------------------ help


def test_the_package_itself_runs_as_the_command() -> None:
    told = workbench("datasets", "show", "lidc-idri", module="workbench")
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("# LIDC-IDRI\n")


@pytest.mark.parametrize("verb", [*VERBS, *(f"cohort {what}" for what in OF_COHORT)])
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*verb.split(), "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert f"usage: workbench {verb}" in text
    assert f"  workbench {verb}" in text[text.index("examples:") :]
    options = [line for line in text.splitlines() if line.startswith("  -")]
    assert len(options) >= 2
    assert len(text.split("\n\n")[1]) > 20  # the sentence that says what the verb does


def test_the_help_of_the_whole_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    examples = text[text.index("examples:") :]
    for verb in ("demo", "catalog", "cohort", "census", "compare", "sample", "report", "serve"):
        assert f"  workbench {verb}" in examples


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"workbench {importlib.metadata.version('imaging-workbench')}\n"


def test_the_help_of_cohort_lists_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["cohort", "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    for what in OF_COHORT:
        assert f"\n    {what}" in text


@pytest.mark.parametrize("verb", ["cohort new", "cohort attrition", "census"])
def test_the_help_of_a_selection_shows_how_to_write_a_criterion(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*verb.split(), "--help"])
    text = " ".join(capsys.readouterr().out.split())
    for written in ("COLUMN=VALUE", "COLUMN=A,B,C", "COLUMN=LOW..HIGH", "age_years", "body_region"):
        assert written in text


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["cohrt"],
        ["catalog", "--qualty"],
        ["cohort", "--missing", "drop"],
        ["cohort", "chest_ct.yaml"],
        ["cohort", "show"],
        ["cohort", "manifest", "ct.yaml", "--kind", "wget", "--out", "x"],
        ["cohort", "fetch", "ct.yaml"],
        ["site", "pages"],
        ["serve", "--port", "x"],
    ],
)
def test_words_that_are_off_exit_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: workbench" in capsys.readouterr().err


def test_ctrl_c_exits_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(source: str, *, columns: object = None, layout: object = None) -> Catalog:
        raise KeyboardInterrupt

    monkeypatch.setattr("workbench.catalog.commons.open_catalog", interrupted)
    assert main(["catalog"]) == 130
    assert capsys.readouterr().err == "\nStopped.\n"


# ------------------------------------------------------------------ catalog


def test_catalog_prints_size_and_largest_collections(commons: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog"]) == 0
    out = capsys.readouterr().out
    assert f"{commons.counts['patients']:,} patients" in out
    assert f"in {commons.repository.collections.height} collections" in out
    assert "nlst" in out
    assert out.endswith("workbench catalog --quality\n")


def test_catalog_quality_prints_every_rule(commons: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "--quality"]) == 0
    out = capsys.readouterr().out
    for rule, n in commons.data_quality().select("rule", "n").iter_rows():
        assert rule in out
        assert str(n) in out


# ------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["catalog", "--source", "midrc"],
            "No source 'midrc' in the workbench. Did you mean 'idc'? Valid: idc, synthetic. "
            "Use open_catalog('idc'), or the path of a file or folder that exists.",
        ),
    ],
)
def test_words_that_the_workbench_does_not_know_exit_with_2(fails: Fails, words: list[str], message: str) -> None:
    assert fails(*words) == message


# ------------------------------------------------------------------ the command as a process


def test_the_command_prints_results_to_one_stream_and_exits_with_0(commons: Catalog) -> None:
    done = workbench("cohort", "new", "--where", "collection_id=midrc_ricord_1b")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{commons.where(collection_id='midrc_ricord_1b')}\n")


def test_the_command_fails_on_the_error_stream_and_exits_with_2() -> None:
    done = workbench("cohort", "new", "--where", "modalty=CT")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("workbench: No column 'modalty' in NCI Imaging Data Commons. Did you mean 'modality'")
    assert len(done.stderr.splitlines()) == 1


def test_the_installed_script_is_the_same_command() -> None:
    script = Path(sys.executable).with_name("workbench")
    if not script.exists():
        pytest.skip("The console script is not installed here: make setup")
    done = subprocess.run([script, "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    assert done.stdout == workbench("--help").stdout

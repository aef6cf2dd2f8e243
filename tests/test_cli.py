"""The command line: what it teaches, prints and writes, and how it fails."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from workbench.catalog.commons import Catalog
from workbench.cli import main

VERBS = ("demo", "catalog", "cohort", "census", "report", "serve", "site")


@pytest.fixture(autouse=True)
def in_a_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command in a folder of its own."""
    monkeypatch.chdir(tmp_path)


def workbench(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "workbench.cli", *words], capture_output=True, text=True, timeout=120, check=False
    )


def fails(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a command that cannot be done; return the one line it says."""
    assert main(words) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert err.startswith("workbench: ")
    return err.removeprefix("workbench: ").rstrip("\n")


# ------------------------------------------------------------------ help


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([verb, "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert f"usage: workbench {verb}" in text
    options = [line for line in text.splitlines() if line.startswith("  -")]
    assert len(options) >= 2
    assert len(text.split("\n\n")[1]) > 20  # the sentence that says what the verb does


def test_the_help_of_the_whole_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    examples = text[text.index("examples:") :]
    for verb in ("demo", "catalog", "cohort", "census", "report", "serve"):
        assert f"  workbench {verb}" in examples


@pytest.mark.parametrize("verb", ["cohort", "census"])
def test_the_help_of_a_selection_shows_how_to_write_a_criterion(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([verb, "--help"])
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
    def interrupted(source: str) -> Catalog:
        raise KeyboardInterrupt

    monkeypatch.setattr("workbench.catalog.commons.open_catalog", interrupted)
    assert main(["catalog"]) == 130
    assert capsys.readouterr().err == "\nStopped.\n"


# ------------------------------------------------------------------ catalog, cohort, census


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


def test_cohort_prints_counts_and_attrition(commons: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cohort", "--where", "modality=CT", "--where", "age_years=18..89"]) == 0
    out = capsys.readouterr().out
    cohort = commons.where(modality="CT", age_years=(18, 89))
    assert out == f"{cohort}\n{cohort.attrition}\n"


@pytest.mark.parametrize(
    ("words", "criteria"),
    [
        (["age_years=18.."], {"age_years": (18, None)}),
        (["age_years=..17.5"], {"age_years": (None, 17.5)}),
        (["modality=CT,MR"], {"modality": ["CT", "MR"]}),
        (["derived=false", "n_instances=100"], {"derived": False, "n_instances": 100}),
        (["license=CC BY 4.0"], {"license": "CC BY 4.0"}),
        (["first_version=3..3"], {"first_version": (3, 3)}),
        (
            ["body_region=Chest, Abdomen and Pelvis"],
            {"body_region": "Chest, Abdomen and Pelvis"},
        ),
        (
            ["model=1080"],
            {"model": "1080"},
        ),
    ],
)
def test_a_criterion_in_words_selects_what_the_same_in_python_does(
    commons: Catalog, capsys: pytest.CaptureFixture[str], words: list[str], criteria: dict[str, object]
) -> None:
    assert main(["cohort", *(part for word in words for part in ("--where", word))]) == 0
    assert capsys.readouterr().out.startswith(f"{commons.where(**criteria)}\n")


def test_the_missing_policy_reaches_every_criterion(commons: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cohort", "--missing", "keep", "--where", "age_years=18..", "--where", "sex=Female"]) == 0
    kept = commons.everything.where(missing="keep", age_years=(18, None), sex="Female")
    assert capsys.readouterr().out.startswith(f"{kept}\n")


def test_a_saved_cohort_is_the_beginning_of_another(commons: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cohort", "--where", "modality=CT", "--save", "ct.yaml"]) == 0
    assert capsys.readouterr().out.endswith("Saved: ct.yaml\n")
    assert commons.read_cohort("ct.yaml") == commons.where(modality="CT")
    assert main(["cohort", "--cohort", "ct.yaml", "--where", "sex=Male"]) == 0
    assert capsys.readouterr().out.startswith(f"{commons.where(modality='CT', sex='Male')}\n")


def test_links_are_written_one_a_study(commons: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cohort", "--where", "collection_id=midrc_ricord_1a", "--links", "links.csv"]) == 0
    links = pl.read_csv("links.csv")
    assert links.height == commons.where(collection_id="midrc_ricord_1a").counts["studies"]
    assert links["viewer_url"].str.starts_with("https://viewer.imaging.datacommons.cancer.gov/").all()
    assert "Studies with viewer links: links.csv" in capsys.readouterr().out


def test_a_cohort_that_selects_nothing_is_an_answer_not_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--where", "collection_id=midrc_ricord_1a", "--where", "modality=MR"]
    assert main(["cohort", *words]) == 0
    assert "This step emptied the cohort." in capsys.readouterr().out
    assert main(["census", *words, "--by", "sex", "age_group", "--compare", "us_census"]) == 0
    assert "There are no patients to count." in capsys.readouterr().out


def test_census_prints_groups_with_intervals_and_the_distance(
    commons: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--where", "collection_id=midrc_ricord_1a", "--by", "sex", "--compare", "us_census"]
    assert main(["census", *words]) == 0
    out = capsys.readouterr().out
    census = commons.where(collection_id="midrc_ricord_1a").census(by=["sex"])
    assert census.sentence in out
    for column in ("n_patients", "fraction_low", "fraction_high", "jsd", "included", "excluded"):
        assert column in out


# ------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["cohort", "--where", "modality"],
            ("'modality' was received. COLUMN=VALUE would be right, such as modality=CT. See: workbench cohort --help"),
        ),
        (
            ["cohort", "--where", "sex=Femal"],
            (
                "No sex value 'Femal' in NCI Imaging Data Commons. Did you mean 'Female' or 'Male'? "
                "Valid: Female, Male, Other, Conflicting, Unknown, Not Reported, Not Applicable. Use one of these."
            ),
        ),
        (
            ["cohort", "--cohort", "none.yaml"],
            (
                "No cohort definition at none.yaml. A file written by cohort.save('cohort.yaml') would be right. "
                "Make one: workbench cohort --where modality=CT --save cohort.yaml"
            ),
        ),
        (
            ["catalog", "--source", "midrc"],
            "No source 'midrc' in the workbench. Did you mean 'idc'? Valid: idc. Use open_catalog('idc').",
        ),
        (
            ["census", "--by", "sx"],
            (
                "No column 'sx' in patients. Did you mean 'sex'? Valid: collection_id, species, sex, age_years, "
                "age_missing, age_over_89, age_group, age_decade. Pass one of these in by=."
            ),
        ),
        (
            ["report", "cohort_profil"],
            (
                "No report 'cohort_profil' in the workbench. Did you mean 'cohort_profile'? Valid: cohort_profile. "
                "Use one of these."
            ),
        ),
        (
            ["report", "cohort_profile", "--chort", "ct.yaml"],
            (
                "No parameter 'chort' in the report cohort_profile. Did you mean 'cohort'? "
                "Valid: cohort, source, reference. Correct the name."
            ),
        ),
        (
            ["report", "cohort_profile", "--cohort"],
            (
                "--cohort was received. Parameters are written --NAME VALUE, such as --cohort chest_ct.yaml. "
                "See: workbench report --help"
            ),
        ),
    ],
)
def test_an_error_says_what_came_what_is_right_and_what_to_do(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert fails(capsys, *words) == message


def test_an_unknown_reference_population_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["census", "--where", "collection_id=midrc_ricord_1a", "--compare", "us_cencus"]) == 1
    err = capsys.readouterr().err
    assert err == (
        "workbench: No reference population 'us_cencus' in data_catalog/reference_populations. "
        "Did you mean 'us_census'? Valid: us_census. Pass one of these names.\n"
    )


def test_a_report_never_writes_over_a_folder_that_holds_something(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("precious")
    assert fails(capsys, "report", "cohort_profile", "--out", "full") == (
        "full is a file or a folder that is not empty. A new or empty folder would be right, so that nothing is lost. "
        "Pass another with --out, or remove this one."
    )
    assert (tmp_path / "full" / "mine.txt").read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


@pytest.mark.slow
def test_a_report_of_a_cohort_that_is_not_there_fails_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert fails(capsys, "report", "cohort_profile", "--cohort", "none.yaml", "--out", "new").startswith(
        "No cohort definition at none.yaml."
    )


def test_a_cohort_saved_onto_a_folder_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "folder").mkdir()
    assert main(["cohort", "--where", "collection_id=midrc_ricord_1a", "--save", "folder"]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.slow
def test_a_report_whose_notebook_stops_says_why_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = fails(capsys, "report", "cohort_profile", "--reference", "us_cencus", "--out", "new")
    assert "us_census" in said
    assert list(tmp_path.iterdir()) == []


def test_a_number_beyond_the_column_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cohort", "--where", "first_version=300"]) in (0, 1)


# ------------------------------------------------------------------ the command as a process


def test_the_command_prints_results_to_one_stream_and_exits_with_0(commons: Catalog) -> None:
    done = workbench("cohort", "--where", "collection_id=midrc_ricord_1b")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{commons.where(collection_id='midrc_ricord_1b')}\n")


def test_the_command_fails_on_the_error_stream_and_exits_with_1() -> None:
    done = workbench("cohort", "--where", "modalty=CT")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("workbench: No column 'modalty' in NCI Imaging Data Commons. Did you mean 'modality'")
    assert len(done.stderr.splitlines()) == 1


def test_the_installed_script_is_the_same_command() -> None:
    script = Path(sys.executable).with_name("workbench")
    if not script.exists():
        pytest.skip("The console script is not installed here: make setup")
    done = subprocess.run([script, "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    assert done.stdout == workbench("--help").stdout.replace("cli.py", "workbench")

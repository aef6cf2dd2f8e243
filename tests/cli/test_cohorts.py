"""``workbench cohort``: new, show, explain, attrition and facets, and the sources they open."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import yaml

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.definition import content_hash
from workbench.cli import main

Done = Callable[..., str]
Fails = Callable[..., str]

EMPTY = ["--where", "collection_id=midrc_ricord_1a", "--where", "modality=MR"]


# ------------------------------------------------------------------ new


def test_new_prints_counts_and_attrition(commons: Catalog, done: Done) -> None:
    said = done("cohort", "new", "--where", "modality=CT", "--where", "age_years=18..89")
    cohort = commons.where(modality="CT", age_years=(18, 89))
    assert said == f"{cohort}\n{cohort.attrition}\n"


@pytest.mark.parametrize("words", [["--where", "modality=CT"], ["--source", "idc"], []])
def test_without_a_word_new_is_meant(done: Done, words: list[str]) -> None:
    assert done("cohort", *words) == done("cohort", "new", *words)


def test_a_saved_cohort_is_the_beginning_of_another(commons: Catalog, done: Done) -> None:
    assert done("cohort", "new", "--where", "modality=CT", "--save", "ct.yaml").endswith("Saved: ct.yaml\n")
    assert commons.read_cohort("ct.yaml") == commons.where(modality="CT")
    said = done("cohort", "new", "--cohort", "ct.yaml", "--where", "sex=Male")
    assert said.startswith(f"{commons.where(modality='CT', sex='Male')}\n")


def test_members_are_saved_unless_declined(done: Done, tmp_path: Path) -> None:
    words = ["cohort", "new", "--where", "collection_id=midrc_ricord_1a", "--save"]
    done(*words, "with.yaml")
    done(*words, "without.json", "--no-members")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["with.yaml", "with.yaml.members.txt", "without.json"]


def test_links_are_written_one_a_study_into_a_folder_that_is_made(commons: Catalog, done: Done) -> None:
    said = done("cohort", "new", "--where", "collection_id=midrc_ricord_1a", "--links", "new/links.csv")
    links = pl.read_csv("new/links.csv")
    assert links.height == commons.where(collection_id="midrc_ricord_1a").counts["studies"]
    assert links["viewer_url"].str.starts_with("https://viewer.imaging.datacommons.cancer.gov/").all()
    assert "Studies with viewer links: new/links.csv" in said


def test_a_cohort_that_selects_nothing_is_an_answer_not_an_error(done: Done) -> None:
    assert "This step emptied the cohort." in done("cohort", "new", *EMPTY, "--save", "none.yaml")
    said = done("census", *EMPTY, "--by", "sex", "age_group", "--compare", "us_census")
    assert "There are no patients to count." in said
    for words in (["show"], ["attrition", "--people", "--svg", "flow.svg"], ["table1", "--by", "sex"], ["explain"]):
        assert done("cohort", words[0], "none.yaml", *words[1:])


def test_a_cohort_saved_onto_a_folder_leaves_nothing_behind(tmp_path: Path, done: Done) -> None:
    (tmp_path / "folder").mkdir()
    done("cohort", "new", "--where", "collection_id=midrc_ricord_1a", "--save", "folder", exit_code=1)
    done("cohort", "new", "--where", "collection_id=midrc_ricord_1a", "--links", "folder", exit_code=1)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_table_of_ones_own_is_selected_by_its_columns(tmp_path: Path, done: Done) -> None:
    pl.DataFrame({"subject": ["a", "b", "c"], "gender": ["F", "M", "F"], "smoker": ["yes", "no", "no"]}).write_csv(
        "mine.csv"
    )
    Path("columns.yaml").write_text(yaml.safe_dump({"patient_id": "subject", "sex": "gender"}))
    criteria = ["--where", "sex=Female", "--where", "smoker=no"]
    by_file = done("cohort", "new", "--source", "mine.csv", "--columns", "columns.yaml", *criteria)
    typed = ["--columns", "patient_id=subject", "--columns", "sex=gender"]
    assert by_file == done("cohort", "new", "--source", "mine.csv", *typed, *criteria)
    assert "\n  1 patient, 0 studies, 0 series" in by_file


# ------------------------------------------------------------------ show, explain


def test_show_says_what_it_is_what_changed_and_what_is_allowed(ricord: Cohort, done: Done) -> None:
    n = ricord.counts["patients"]
    build = ricord.repository.build
    assert done("cohort", "show", "ricord.yaml").splitlines() == [
        *str(ricord).splitlines(),
        *ricord.explain().splitlines(),
        f"Definition {ricord.sha256}",
        f"{n} patients with data version {build}, {n} with {build}: 0 gained, 0 lost.",
        *ricord.rights.warnings,
    ]


def test_show_says_who_was_lost_since_another_data_version(ricord: Cohort, done: Done) -> None:
    # The saved cohort of an older version had a patient more, who is not in this repository.
    text = Path("ricord.yaml").read_text()
    older = yaml.safe_load(text)
    older["source"]["version"] = "24.0"
    older["counts"]["patients"] += 1
    older["sha256"] = content_hash(older)
    Path("older.yaml").write_text(yaml.safe_dump(older, sort_keys=False))
    head, salt, _, _, *digests = [*Path("ricord.yaml.members.txt").read_text().splitlines(), "0" * 20]
    summed = hashlib.sha256("\n".join([salt.removeprefix("# salt "), *digests]).encode()).hexdigest()
    lines = [head, salt, f"# definition {older['sha256']}", f"# members {summed}", *digests]
    Path("older.yaml.members.txt").write_text("\n".join(lines) + "\n")
    n = ricord.counts["patients"]
    assert (
        f"{n + 1} patients with data version 24.0, {n} with {ricord.repository.build}: "
        "0 gained, 1 lost (1 of them no longer in the repository).\n"
    ) in done("cohort", "show", "older.yaml")


def test_show_does_not_compare_what_was_changed_by_hand(ricord: Cohort, done: Done) -> None:
    Path("ricord.yaml").write_text(Path("ricord.yaml").read_text().replace("midrc_ricord_1b", "midrc_ricord_1c"))
    said = done("cohort", "show", "ricord.yaml")
    assert "The definition was written or changed by hand: who was in it before cannot be told.\n" in said


def test_show_says_once_that_a_file_was_changed(ricord: Cohort, capsys: pytest.CaptureFixture[str]) -> None:
    Path("ricord.yaml").write_text(Path("ricord.yaml").read_text().replace("midrc_ricord_1b", "midrc_ricord_1c"))
    assert main(["cohort", "show", "ricord.yaml"]) == 0
    assert capsys.readouterr().err == "ricord.yaml was changed after it was saved; it is read as it stands now.\n"


def test_explain_states_every_step_and_takes_further_ones(ricord: Cohort, done: Done) -> None:
    assert done("cohort", "explain", "ricord.yaml") == f"{ricord.explain()}\n"
    assert done("cohort", "explain", "ricord.yaml", "--where", "sex=Male") == f"{ricord.where(sex='Male').explain()}\n"


def test_a_saved_cohort_opens_the_source_it_names(synthetic: Catalog, done: Done) -> None:
    synthetic.where(sex="Female").save("women.yaml")
    assert done("cohort", "explain", "women.yaml") == f"{synthetic.where(sex='Female').explain()}\n"


# ------------------------------------------------------------------ attrition, facets


def test_attrition_prints_and_writes_table_picture_and_the_lost(commons: Catalog, done: Done) -> None:
    cohort = commons.where(collection_id=["midrc_ricord_1a", "midrc_ricord_1b"]).where(age_years=(18, None))
    cohort.save("adults.yaml")
    files = ["--csv", "t/steps.csv", "--svg", "t/flow.svg", "--dropped", "t/lost.csv"]
    said = done("cohort", "attrition", "adults.yaml", "--people", *files)
    assert said.startswith(f"{cohort.attrition}\n")
    assert "female_fraction" in said
    steps = pl.read_csv("t/steps.csv")
    assert steps["patients"].to_list() == cohort.attrition.table["patients"].to_list()
    assert steps["n_age_missing"].to_list() == cohort.attrition.people["n_age_missing"].to_list()
    assert Path("t/flow.svg").read_text().startswith("<svg")
    lost = pl.read_csv("t/lost.csv")
    everyone = commons.counts["patients"]
    assert lost.height == lost.n_unique() == everyone - cohort.counts["patients"]
    assert lost.filter(step="age_years ≥ 18")["missing_only"].sum() == 48  # as many as have no age in both


def test_facets_count_under_all_other_criteria(done: Done) -> None:
    said = done("cohort", "facets", "--where", "collection_id=midrc_ricord_1a", "--where", "sex=Male", "--by", "sex")
    assert "n_patients" in said
    # 110 patients, by the original's own count; a criterion on sex does not narrow the facet of sex
    counts = [int(line.split("┆")[2]) for line in said.splitlines() if "Female" in line or "Male" in line]
    assert sum(counts) == 110


def test_facets_take_a_saved_cohort_as_the_other_verbs_do(ricord: Cohort, done: Done) -> None:
    words = ["--where", "sex=Male", "--by", "sex"]
    said = done("cohort", "facets", "ricord.yaml", *words)
    assert said == done("cohort", "facets", "--cohort", "ricord.yaml", *words)
    counts = [int(line.split("┆")[2]) for line in said.splitlines() if "Female" in line or "Male" in line]
    assert sum(counts) == 227  # 110 patients of 1a and 117 of 1b


# ------------------------------------------------------------------ errors


@pytest.mark.parametrize(
    ("words", "exit_code", "message"),
    [
        (
            ["new", "--cohort", "none.yaml"],
            1,
            "No cohort definition at none.yaml. A file written by cohort.save('cohort.yaml') would be right. "
            "Make one: workbench cohort new --where modality=CT --save cohort.yaml",
        ),
        (
            ["show", "none.yaml"],
            1,
            "No cohort definition at none.yaml. A file written by cohort.save('cohort.yaml') would be right. "
            "Make one: workbench cohort new --where modality=CT --save cohort.yaml",
        ),
        (
            ["new", "--source", "idc", "--columns", "patient_id"],
            2,
            "--columns patient_id was received. NAME=COLUMN, such as patient_id=PatientID, or a YAML file of lines "
            "'patient_id: PatientID' would be right. Correct it.",
        ),
        (
            ["facets", "a.yaml", "--cohort", "b.yaml"],
            2,
            "a.yaml and --cohort b.yaml were received. One saved cohort would be right. Leave out --cohort.",
        ),
        (
            ["facets", "--by", "moddality"],
            2,
            "No attribute 'moddality' in NCI Imaging Data Commons. Did you mean 'modality'? Valid: collection_id, "
            "modality, body_region, body_region_source, body_part, sex, species, manufacturer, model, license, "
            "derived, age_decade, … (13 in all). Pass one of these.",
        ),
        (
            ["facets", "--by", "age_years"],
            2,
            "age_years was received, which holds numbers. A facet counts categories, such as modality, sex or "
            "age_decade. Filter it instead: where(age_years=…).",
        ),
    ],
)
def test_an_error_says_what_came_what_is_right_and_what_to_do(
    fails: Fails, words: list[str], exit_code: int, message: str
) -> None:
    assert fails("cohort", *words, exit_code=exit_code) == message


@pytest.mark.parametrize("option", ["--csv", "--svg", "--dropped"])
def test_a_file_to_write_must_not_be_a_folder(
    ricord: Cohort, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    (tmp_path / "folder").mkdir()
    assert main(["cohort", "attrition", "ricord.yaml", option, "folder"]) == 1
    assert capsys.readouterr().err == (
        "workbench: folder is a folder. A file name would be right. Add one: folder/NAME\n"
    )


def test_a_definition_with_an_unknown_column_is_a_fault_of_the_file(ricord: Cohort, fails: Fails) -> None:
    body = yaml.safe_load(Path("ricord.yaml").read_text())
    body["criteria"][0]["column"] = "colection_id"
    del body["sha256"]
    Path("ricord.yaml").write_text(yaml.safe_dump(body))
    for verb in ("show", "explain"):
        said = fails("cohort", verb, "ricord.yaml", exit_code=1)
        assert said.startswith("No column 'colection_id' in NCI Imaging Data Commons. Did you mean 'collection_id'?")


def test_a_cohort_of_a_table_needs_the_path_of_the_table(fails: Fails, done: Done) -> None:
    pl.DataFrame({"patient_id": ["a", "b"], "sex": ["F", "M"]}).write_csv("mine.csv")
    done("cohort", "new", "--source", "mine.csv", "--where", "sex=Female", "--save", "women.yaml")
    assert fails("cohort", "show", "women.yaml") == (
        "women.yaml was selected from a source of the kind 'table', which lies where only you know. "
        "Its path would be right. Add: --source PATH"
    )
    assert "1 patient, " in done("cohort", "show", "women.yaml", "--source", "mine.csv")
    assert fails("cohort", "show", "women.yaml", "--source", "idc", exit_code=1) == (
        "No source 'table' in this catalog. Valid: idc. Open it: open_catalog('PATH')."
    )


def test_a_file_of_columns_that_nests_without_end_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.csv").write_text("patient_id\na\n")
    deep = tmp_path / "deep.yaml"
    deep.write_text("patient_id: " + "[" * 100_000)
    assert main(["catalog", "--source", str(tmp_path / "mine.csv"), "--columns", str(deep)]) == 2
    assert "NAME=COLUMN, such as patient_id=PatientID" in capsys.readouterr().err

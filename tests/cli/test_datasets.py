"""``workbench datasets``: each verb prints what the function gives, and says what to do when it cannot."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import workbench as wb
from workbench.assets import asset_path
from workbench.catalog.registry import adding, reading
from workbench.catalog.registry.idc.changes import changes
from workbench.catalog.registry.idc_facts import IdcFacts
from workbench.catalog.registry.reading import read_entries
from workbench.cli import main

Says = Callable[..., str]
WHAT = ("list", "show", "search", "compare", "recommend", "add", "check", "export")


@pytest.mark.parametrize("what", ["", *WHAT])
def test_every_verb_explains_itself(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["datasets", *([what] if what else []), "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert f"usage: workbench datasets {what}".rstrip() in text
    assert f"  workbench datasets {what}".rstrip() in text[text.index("examples:") :]


def test_an_empty_question_is_asked_for_again_with_exit_code_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "recommend", ""]) == 2
    assert capsys.readouterr().err == (
        "workbench: An empty question came. What is looked for, in words, would be right. "
        "Ask for instance 'chest X-rays with demographics, over 10,000 patients'.\n"
    )


# ------------------------------------------------------------------ list, show, search


def test_list_prints_every_entry_that_meets_the_criteria(done: Says) -> None:
    out = done("datasets", "list", "--modality", "ct", "mr", "--body-region", "chest", "--commercial")
    chosen = wb.datasets().where(modality=["CT", "MR"], body_region="Chest", commercial_use=True)
    assert out.splitlines()[0] == f"{len(chosen)} data sets"
    assert [line.split()[0] for line in out.splitlines()[2:]] == [each.key for each in chosen]
    assert len(done("datasets", "list").splitlines()) == 2 + len(wb.datasets())  # all of them, none left out


def test_list_gives_programs_the_rows_of_the_table(done: Says) -> None:
    rows = json.loads(done("datasets", "list", "--demographics", "age", "sex", "--min-patients", "1000", "--json"))
    table = wb.datasets().where(demographics=["age", "sex"], min_patients=1000).table
    assert rows == table.to_dicts()
    assert rows


def test_list_sets_apart_what_is_not_confirmed_and_the_collections(done: Says) -> None:
    keys = [row["key"] for row in json.loads(done("datasets", "list", "--not-confirmed", "--json"))]
    assert keys == [each.key for each in wb.datasets().not_confirmed]
    out = done("datasets", "list", "--kind", "collection", "--body-region", "Chest")
    assert "idc-lidc-idri" in out
    assert out.splitlines()[0].endswith(" collections of IDC")
    assert done("datasets", "list", "--text", "nothing of the kind") == "No entries.\n"


def test_show_prints_the_card_of_one_entry(done: Says) -> None:
    out = done("datasets", "show", "LUNA16")
    assert "# LUNA16" in out
    assert "lidc-idri" in out
    told = json.loads(done("datasets", "show", "luna16", "--json"))
    assert told["fields"]["key"] == told["summary"]["key"] == "luna16"
    assert "LUNA16 is a subset of LIDC-IDRI" in told["shares_images_with"]["lidc-idri"]
    assert told["idc"]["patients"] == wb.datasets().idc_facts("luna16").people  # type: ignore[union-attr]


def test_an_unknown_entry_is_told_with_the_nearest(fails: Says) -> None:
    assert fails("datasets", "show", "luna61") == (
        f"No entry 'luna61' among {len(wb.datasets())} of the data catalog. Did you mean 'luna16'? A key, a name or an "
        "alias would be right. Find it: workbench datasets search WORDS"
    )


def test_search_says_where_the_words_were_found(done: Says) -> None:
    out = done("datasets", "search", "chexprt", "--limit", "1").splitlines()
    assert out[0] == "chexpert: CheXpert"
    assert "chexprt" in out[1]
    rows = json.loads(done("datasets", "search", "lung", "nodules", "--json"))
    assert {"key", "name", "score", "matched"} <= set(rows[0])
    assert rows[0]["key"] in ("luna16", "lidc-idri")
    assert done("datasets", "search", "qqqqzzzz") == (
        "Nothing matches. Fewer or other words may: workbench datasets list\n"
    )


# ------------------------------------------------------------------ compare, recommend, export


def test_compare_puts_entries_side_by_side(done: Says, fails: Says) -> None:
    out = done("datasets", "compare", "luna16", "LIDC-IDRI")
    assert "LUNA16" in out
    assert "is a subset of LIDC-IDRI" in out
    assert json.loads(done("datasets", "compare", "luna16", "lidc-idri", "--json"))
    assert fails("datasets", "compare", "luna16") == (
        "Only luna16 came. Two or more entries would be right. Write for instance: workbench datasets compare "
        "lidc-idri luna16"
    )


def test_recommend_answers_a_question(done: Says) -> None:
    question = "chest X-rays with demographics, commercially usable, over 10,000 patients"
    rows = json.loads(done("datasets", "recommend", question, "--json"))
    assert rows[0]["key"] == "nih-chestx-ray14"
    out = done("datasets", "recommend", *question.split())
    assert "nih-chestx-ray14" in out


def test_export_writes_the_chosen_entries(done: Says, fails: Says) -> None:
    out = done("datasets", "export", "luna16", "--format", "bibtex", "cards", "--out", "files")
    assert out == "files: 2 files of 1 data set\n"
    assert len([path for path in Path("files").rglob("*") if path.is_file()]) == 2
    assert fails("datasets", "export", "--format", "bibtx", "--out", "files").startswith(
        "No format 'bibtx' in the data catalog. Did you mean 'bibtex'?"
    )


# ------------------------------------------------------------------ add


def test_add_writes_a_whole_entry_that_is_valid_as_it_stands(done: Says) -> None:
    out = done("datasets", "add", "--name", 'My "scans": # 1', "--modality", "ct", "MR", "--task", "segmentation",
               "--url", "https://example.org", "--to", "mine")  # fmt: skip
    assert out.splitlines() == [
        "mine/datasets/my-scans-1.yaml is written. It is valid as it stands; everything nobody has looked up reads "
        "unknown.",
        "Fill it, then: workbench datasets check mine",
    ]
    fields = yaml.safe_load(Path("mine/datasets/my-scans-1.yaml").read_text())
    schema = json.loads(asset_path("data_catalog", "schema", "entry.schema.json").read_text())
    assert set(fields) >= set(schema["$defs"]["dataset"]["required"])
    assert fields["name"] == 'My "scans": # 1'
    assert fields["modality"] == ["CT", "MR"]
    assert (fields["license"], fields["access"]) == ({"id": "unknown"}, {"kind": "unknown"})
    assert wb.datasets("mine")["my-scans-1"].url == "https://example.org"
    assert "my-scans-1" in done("datasets", "list", "--own", "mine", "--text", "my scans")
    assert done("datasets", "check", "mine").startswith("No problems in ")


@pytest.mark.parametrize(("kind", "folder"), [("model", "models"), ("framework", "frameworks")])
def test_add_begins_models_and_frameworks_too(done: Says, kind: str, folder: str) -> None:
    done("datasets", "add", "--kind", kind, "--name", "A thing", "--task", "segmentation", "--to", "mine")
    assert (Path("mine") / folder / "a-thing.yaml").is_file()
    assert wb.datasets("mine")["a-thing"].kind == kind


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (
            ["--name", "X", "--task", "segmentation"],
            1,
            "No modality came. A data set has one or more. Add for instance: --modality CT",
        ),
        (
            ["--name", "X", "--modality", "x-ray", "CTT", "--kind", "dataste", "--key", "x y", "--task", "detecton"],
            2,
            "No kind 'dataste' in the data catalog. Did you mean 'dataset'? Valid: dataset, model, framework. Use one "
            "of these.\nNo modality 'x-ray' in the data catalog. Valid: CR, DX, CT, MR, MG, US, PT, NM, XA, RF, SM, "
            "GM, … (19 in all). For 'x-ray' use CR or DX.\nNo modality 'CTT' in the data catalog. Did you mean 'CT'? ",
        ),
        (
            ["--name", "X", "--key", "x y", "--task", "detection"],
            1,
            "The key 'x y' came. A key of small letters, digits and single hyphens would be right. Add for instance: "
            "--key my-data-set\nNo modality came. A data set has one or more. Add for instance: --modality CT",
        ),
        (
            ["--name", "X", "--modality", "CT", "--task", "segmentaton"],
            2,
            "No task 'segmentaton' in the data catalog. Did you mean 'segmentation' or 'registration'? ",
        ),
        (
            ["--name", "X", "--modality", "CT", "--task", "detection", "--kind", "dataste"],
            2,
            "No kind 'dataste' in the data catalog. Did you mean 'dataset'? Valid: dataset, model, framework. Use one "
            "of these.",
        ),
        (
            ["--name", "X", "--modality", "CT", "--task", "detection", "--key", "../../x"],
            1,
            "The key '../../x' came. A key of small letters, digits and single hyphens would be right. Add for "
            "instance: --key my-data-set",
        ),
        (
            ["--name", "肺", "--modality", "CT", "--task", "detection"],
            1,
            "'肺' came. A key of small letters, digits and single hyphens would be right. Add for instance: --key "
            "my-data-set",
        ),
    ],
)
def test_add_writes_nothing_when_something_is_missing(fails: Says, words: list[str], exit_code: int, said: str) -> None:
    assert fails("datasets", "add", *words, exit_code=exit_code).startswith(said)
    assert not Path("my_catalog").exists()


def test_add_needs_a_task(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["datasets", "add", "--name", "X", "--modality", "CT"])
    assert "the following arguments are required: --task" in capsys.readouterr().err
    with pytest.raises(ValueError, match="No task came") as caught:
        adding.begin_entry(adding.Beginning("X", modality=["CT"]), "mine")
    assert str(caught.value) == "No task came. An entry serves for one or more. Add for instance: --task segmentation"


def test_what_the_template_shows_can_be_written_as_it_stands(done: Says) -> None:
    done("datasets", "add", "--name", "Mine", "--modality", "CT", "--task", "detection")
    path = Path("my_catalog/datasets/mine.yaml")
    lines = path.read_text().splitlines()
    shown = ["access", "license", "demographics"]
    for name in shown:
        start = next(n for n, line in enumerate(lines) if line.startswith(f"#   {name}: "))
        end = start if lines[start].endswith("}") else start + 1
        filled = " ".join(line.lstrip("# ") for line in lines[start : end + 1])
        filled = filled.replace('words: "…"', 'words: "x y"')
        lines = [line for line in lines if not line.startswith(f"{name}: ")] + [filled]
    path.write_text("\n".join(lines) + "\n")
    mine = wb.datasets("my_catalog")["mine"]
    assert (mine.access, mine.license.id, mine.demographics["age"]) == ("open", "CC-BY-4.0", "yes")


def test_add_refuses_a_name_that_is_taken(done: Says, fails: Says) -> None:
    words = ("datasets", "add", "--modality", "CT", "--task", "detection", "--name")
    for key in ("aaa", "zzz"):  # before and after the entry that bears the name
        said = fails(*words, "The Cancer Imaging Archive", "--key", key, exit_code=1)
        assert f"my_catalog/datasets/{key}.yaml:" in said
        assert "'The Cancer Imaging Archive' is a name of 'the-cancer-imaging-archive' too" in said
        assert not list(Path("my_catalog/datasets").iterdir())
    done(*words, "Mine")
    assert fails(*words, "Mine", exit_code=1) == (
        "my_catalog/datasets/mine.yaml is there already. A new key would be right. Change that file, or give --key."
    )


def test_an_entry_can_be_added_to_the_catalog_of_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = tmp_path / "data_catalog"
    checkout.mkdir()
    shutil.copy(asset_path("data_catalog", "licenses.yaml"), checkout)
    for module in (adding, reading):
        monkeypatch.setattr(module, "asset_path", tmp_path.joinpath)
    path = adding.begin_entry(adding.Beginning("Mine", modality=["CT"], task=["detection"]), checkout)
    assert path == checkout / "datasets" / "mine.yaml"
    assert [each.key for each in read_entries()] == ["mine"]


def test_add_never_writes_into_an_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: Says) -> None:
    installed = tmp_path / "_assets" / "data_catalog"
    installed.mkdir(parents=True)
    monkeypatch.setattr(adding, "asset_path", lambda *parts: tmp_path.joinpath("_assets", *parts))
    for folder in (installed, installed / "below"):
        said = fails("datasets", "add", "--name", "X", "--modality", "CT", "--task", "detection", "--to", str(folder),
                     exit_code=1)  # fmt: skip
        assert said == (
            f"{folder} belongs to the installation of the workbench. A folder of your own would be right. Write for "
            "instance: --to my_catalog"
        )
    assert not list(installed.iterdir())


# ------------------------------------------------------------------ check


def test_check_tells_everything_that_is_wrong_and_exits_with_one(done: Says, fails: Says) -> None:
    done("datasets", "add", "--name", "Mine", "--modality", "CT", "--task", "detection")
    path = Path("my_catalog/datasets/mine.yaml")
    path.write_text(path.read_text().replace('["CT"]', '["CTT"]').replace("access: {kind", "acces: {kind"))
    said = fails("datasets", "check", "my_catalog", exit_code=1).splitlines()
    assert said[0] == "3 problems in 1 file of the data catalog:"
    assert [line.partition(": ")[2].partition(".")[0] for line in said[1:-1]] == [
        "'access' is missing from the data set; a mapping with kind would be right",
        "No modality 'CTT'",
        "No field 'acces' in the data set",
    ]
    assert said[-1] == "Correct them, then: workbench datasets check my_catalog"


def test_check_notes_what_rests_on_no_words(done: Says) -> None:
    done("datasets", "add", "--name", "Mine", "--modality", "CT", "--task", "detection")
    assert "without the words" not in done("datasets", "check", "my_catalog")
    path = Path("my_catalog/datasets/mine.yaml")
    stated = path.read_text().replace("access: {kind: unknown}", "access: {kind: open}")
    stated = stated.replace("demographics: {age: unknown", 'demographics: {age: "yes"')
    path.write_text(f"{stated}relations: [{{kind: subset_of, of: nlst}}, {{kind: hosted_on, of: openneuro}}]\n")
    out = done("datasets", "check", "my_catalog").splitlines()
    assert out[0].startswith("No problems in ")
    assert out[1] == "Stated without the words it rests on, so that nobody can check it:"
    example = 'Add evidence: {page: "https://…", words: "…", kind: creator, read: 2026-11-29}'
    assert [line.partition(": ")[2] for line in out[2:]] == [
        f"No words stand behind access 'open'. {example}, or kind: unknown.",
        f"No words stand behind demographics (age 'yes'). {example}, or unknown.",
        f"No words stand behind relation subset_of 'nlst'. {example}, or no relation.",
    ]
    assert all(line.startswith("my_catalog/datasets/mine.yaml:") for line in out[2:])


def test_check_counts_the_shipped_entries(done: Says) -> None:
    entries = read_entries()
    out = done("datasets", "check")
    n_open = sum(not each.license_confirmed for each in entries)
    assert out.startswith("No problems in ")
    assert f". {n_open} licenses are not confirmed.\n" in out
    assert out.splitlines()[1] == "What is counted in the Imaging Data Commons is up to date."


def test_check_with_idc_counts_anew_and_says_what_changed(done: Says) -> None:
    done("datasets", "add", "--name", "Mine", "--modality", "CT", "--task", "detection")
    path = Path("my_catalog/datasets/mine.yaml")
    path.write_text(path.read_text() + "idc: {relation: same, collections: [lidc_idri]}\n")
    first = done("datasets", "check", "my_catalog", "--idc")
    assert "mine: new. " in first
    assert "Facts: my_catalog/checks/idc.yaml" in first
    assert "Nothing has changed.\n" in done("datasets", "check", "my_catalog", "--idc")
    mine = wb.datasets("my_catalog")["mine"]
    assert mine.size("patients") == wb.datasets()["lidc-idri"].size("patients") == 1010
    path.write_text(path.read_text().replace("[lidc_idri]", "[nlst]"))
    assert "mine: people 1,010, now " in done("datasets", "check", "my_catalog", "--idc")


def test_what_changed_is_told_for_each_entry() -> None:
    old = IdcFacts("a", "25.0.5", {"relation": "same"}, people=7, studies=9)
    new = IdcFacts("a", "26.0.0", {"relation": "same"}, people=8, studies=9)
    asked = IdcFacts("a", "25.0.5", {"relation": "parent"}, people=7, studies=9)
    assert changes({"a": old}, {"a": new}) == ["a: people 7, now 8; index 25.0.5, now 26.0.0"]
    assert changes({"a": old}, {"a": asked}) == ["a: its claims or its idc block changed"]
    assert changes({"a": old}, {}) == ["a: no longer counted"]
    assert changes({"a": old}, {"a": old}) == []

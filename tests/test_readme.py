"""What the README tells a newcomer to type works, and it tells nothing that is not there."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

import workbench as wb
from workbench.cli import main

README = Path(__file__).parent.parent / "README.md"

pytestmark = pytest.mark.skipif(not README.exists(), reason="The README is not part of an installed package.")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_snippet_runs_and_saves_what_the_commands_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKBENCH_S3_ENDPOINT", "s3+http://127.0.0.1:9")  # nobody answers there
    exec(compile(blocks("python")[0], "README.md", "exec"), {})
    assert (tmp_path / "flow.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "table1.html").exists()
    (tmp_path / "table1.html").unlink()  # the command writes its own
    commands = [shlex.split(line, comments=True) for block in blocks("bash") for line in block.splitlines()]
    ours = [words[1:] for words in commands if words[:1] == ["workbench"] and words[1] not in ("report", "serve")]
    of_cohort = [words[1] for words in ours if words[0] == "cohort"]
    assert of_cohort == ["new", "show", "attrition", "table1", "split", "split", "manifest", "fetch"]
    assert [words[0] for words in ours if words[0] != "cohort"] == [
        "catalog",
        "census",
        "references",
        "compare",
        "sample",
    ]
    for words in ours:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            assert main(words) == 0  # without a network, too
        assert printed.getvalue()
        if words[:2] == ["cohort", "fetch"]:
            assert "Phantom, not a patient" in printed.getvalue()
    written = {path.name for path in tmp_path.iterdir()}
    assert {"flow.svg", "table1.html", "split.csv", "chest_ct.s5cmd", "chest_ct.bib"} <= written


def test_the_first_picture_says_whom_the_filter_lost(commons):
    lost = commons.where(modality="MR").where(age_years=(20, None)).attrition.price(attributes=["sex"]).table
    shares = {sex: f"{100 * share:.0f} %" for sex, share in lost.filter(number=2)["category", "lost_fraction"].rows()}
    assert f"loses {shares['Female']} of the women and {shares['Male']} of the men" in README.read_text("utf-8")


def test_the_synthetic_commons_answers_by_race_and_place():
    _, snippet, *_ = blocks("python")
    names = {}
    exec(compile(snippet, "README.md", "exec"), names)
    assert names["race"].warnings[0][0] == "race"
    assert 0 < names["sample"].n < names["everyone"].counts["patients"]
    assert names["weights"].n == names["everyone"].counts["patients"]


def test_a_readers_own_data_open_as_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    *_, snippet = blocks("python")
    names = {}
    exec(compile(snippet, "README.md", "exec"), names)
    assert names["commons"].counts["patients"] == names["near"].attrition.table["patients"][0] == 600
    assert 0 < names["near"].counts["studies"] == names["near"].counts["patients"] < 600  # one study a patient
    assert names["mine"].counts | {"size_gb": 0} == {
        "patients": 2,
        "studies": 2,
        "series": 3,
        "instances": 0,
        "size_gb": 0,
    }
    assert names["joined"].join_report.n_matched == 2
    assert names["ventilated"].counts["series"] == 1  # of a's two series, the CT


def test_a_layout_of_ten_lines_opens_a_folder(tmp_path):
    (layout,) = blocks("yaml")
    assert len(layout.splitlines()) == 10
    (tmp_path / "mine.yaml").write_text(layout, encoding="utf-8")
    (tmp_path / "scans.csv").write_text("subject,visit,scan,age,kind\na,1,1,50,CT\na,2,2,51,X-ray\n")
    mine = wb.open_catalog(tmp_path, layout=tmp_path / "mine.yaml")
    assert mine.where(modality="DX").counts["studies"] == 1
    with pytest.raises(LookupError, match="the README shows one of ten lines"):
        wb.datasets().open("chexpert", tmp_path)


def test_what_it_makes_up_leaves_no_folder_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (snippet,) = (block for block in blocks("python") if "write_labeled_radiographs" in block)
    names = {}
    exec(compile(snippet, "README.md", "exec"), names)
    assert list(tmp_path.iterdir()) == []
    assert "your copy of a public data set" in names["mine"].everything.census(by=["sex"]).stamp


def test_every_file_it_points_to_exists():
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert len(targets) > 5
    assert [target for target in targets if not (README.parent / target).exists()] == []


def test_every_make_verb_it_names_exists():
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for verb in re.findall(r"make ([a-z]+)", README.read_text(encoding="utf-8")):
        assert re.search(rf"^{verb}:", makefile, flags=re.MULTILINE), verb


def test_its_pictures_are_small():
    pictures = list((README.parent / "notebooks" / "images").iterdir())
    assert pictures
    assert all(picture.stat().st_size <= 300_000 for picture in pictures)


def test_a_folder_of_images_becomes_a_catalog_arrays_and_a_training_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    three_lines, images = (block for block in blocks("python") if "my_dicom" in block)
    names = {}
    exec(compile(images, "README.md", "exec"), names)
    exec(compile(three_lines, "README.md", "exec"), names)
    assert names["commons"].counts["series"] == 1
    assert names["volume"].units == "HU"
    assert names["ready"].units == "0 to 1"
    assert (tmp_path / "prepared.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "training" / "datalist.json").exists()
    commands = [shlex.split(line) for block in blocks("console") if "my_dicom" in block for line in block.splitlines()]
    assert commands
    for words in commands:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            assert main(words[1:]) == 0
        assert printed.getvalue()
    assert {"index", "ct.nii.gz", "training_too"} <= {path.name for path in tmp_path.iterdir()}


def test_the_data_catalog_answers_and_opens_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked, opened = (block for block in blocks("python") if "wb.datasets()" in block)
    names = {}
    exec(compile(asked, "README.md", "exec"), names)
    sentence = names["catalog"].idc_facts("cbis-ddsm").sentence
    assert repr(sentence) in asked
    exec(compile(opened, "README.md", "exec"), names)
    assert names["mine"].counts["patients"] == 40
    (commands,) = (block for block in blocks("console") if "workbench datasets" in block)
    ours = [shlex.split(line, comments=True)[1:] for line in commands.splitlines()]
    assert [words for words in ours if words[0] != "datasets"] == [
        ["serve", "--own", "my_catalog"]
    ]  # runs until stopped
    for words in (words for words in ours if words[0] == "datasets"):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            assert main(words) == 0
        assert printed.getvalue()
    assert {"catalog_files", "my_catalog"} <= {path.name for path in tmp_path.iterdir()}

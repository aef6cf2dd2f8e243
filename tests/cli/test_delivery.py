"""``workbench cohort`` manifest and fetch: what they write, and what they warn of."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.cli import main

Done = Callable[..., str]
Fails = Callable[..., str]


@pytest.mark.parametrize(
    ("kind", "per_series"), [("s5cmd", "cp "), ("s5cmd-gcs", "cp "), ("tcia", "1."), ("csv", "midrc_")]
)
def test_a_manifest_lists_every_series_and_warns_of_its_license(
    ricord: Cohort, done: Done, kind: str, per_series: str
) -> None:
    said = done("cohort", "manifest", "ricord.yaml", "--kind", kind, "--out", "new/list")
    n = ricord.counts["series"]
    assert f"Manifest of {n:,} series: new/list\n" in said
    assert f"{n} of {n} series do not allow commercial use (CC BY-NC 4.0).\n" in said
    lines = Path("new/list").read_text().splitlines()
    assert sum(line.startswith(per_series) for line in lines) == n
    assert any(ricord.sha256 in line for line in lines)


def test_a_gen3_manifest_is_a_list_with_its_provenance_beside_it(synthetic: Catalog, done: Done) -> None:
    synthetic.where(modality="CT").save("ct.yaml")
    done("cohort", "manifest", "ct.yaml", "--kind", "gen3", "--out", "ct.json")
    assert len(json.loads(Path("ct.json").read_text())) == synthetic.where(modality="CT").counts["series"]
    assert Path("ct.json.provenance.json").exists()


@pytest.mark.parametrize(
    ("name", "begins"), [("refs.bib", "@misc{"), ("refs.json", "[\n"), ("refs.txt", "Desai, S., ")]
)
def test_references_are_written_in_the_form_that_the_name_says(
    commons: Catalog, done: Done, name: str, begins: str
) -> None:
    cohort = commons.where(collection_id="covid_19_ar")
    cohort.save("ar.yaml")
    said = done("cohort", "manifest", "ar.yaml", "--cite", name)
    assert f"{len(cohort.rights.citations)} references: {name}\n" in said
    assert Path(name).read_text().startswith(begins)


def test_a_synthetic_cohort_is_fetched_as_a_phantom_that_says_so(synthetic: Catalog, done: Done) -> None:
    synthetic.where(modality="CT").save("ct.yaml")
    said = done("cohort", "fetch", "ct.yaml", "--sample", "1", "--smallest", "--to", "images")
    assert said.startswith("1 series of 1 patients, ")
    assert "Phantom, not a patient" in said


def test_a_mirror_that_does_not_answer_is_an_error_after_the_size(
    ricord: Cohort, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["cohort", "fetch", "ricord.yaml", "--sample", "2", "--smallest", "--to", "images"]
    assert main([*words, "--server", "s3+http://127.0.0.1:9"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("2 series of ")
    assert err.splitlines()[0].startswith("Fetching 2 series, ")
    assert "nothing was fetched by this call" in err
    assert "Traceback" not in err


def test_a_limit_stops_a_fetch_before_anything_moves(ricord: Cohort, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cohort", "fetch", "ricord.yaml", "--to", "images", "--limit-gb", "0.001"]) == 1
    assert "more than the limit of 0.001 GB" in capsys.readouterr().err
    assert not Path("images").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["manifest", "ricord.yaml"],
            "manifest was received without a file to write. --out FILE for the list, --cite FILE for the references, "
            "or both would be right. Add for instance: --out chest_ct.s5cmd",
        ),
        (
            ["manifest", "ricord.yaml", "--cite", "refs.docx"],
            "--cite refs.docx was received. A name that ends in .bib, .json or .txt would be right. Rename it.",
        ),
        (
            ["fetch", "ricord.yaml", "--to", "images", "--smallest"],
            "--smallest was received without --sample. Together they take the smallest series. Add: --sample 1",
        ),
    ],
)
def test_words_that_do_not_go_together_say_what_is_right(
    ricord: Cohort, fails: Fails, words: list[str], message: str
) -> None:
    assert fails("cohort", *words) == message

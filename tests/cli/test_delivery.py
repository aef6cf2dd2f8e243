"""``workbench cohort`` manifest and fetch: what they write, and what they warn of."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import polars as pl
import pytest
from moto.server import ThreadedMotoServer

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.cli import main
from workbench.phantoms.chest import write_chest_ct

Done = Callable[..., str]
Fails = Callable[..., str]


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Return the address of a local S3 server and the name of a public bucket that holds one phantom series."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    admin = boto3.client("s3", endpoint_url=endpoint, **keys)
    admin.create_bucket(Bucket="made-up-bucket")
    for image in write_chest_ct(tmp_path_factory.mktemp("ct"), n_slices=3, n_pixels=128):
        admin.put_object(Bucket="made-up-bucket", Key=f"one/{image.name}", Body=image.read_bytes(), ACL="public-read")
    yield endpoint, "made-up-bucket"
    running.stop()


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
    assert ("comment_prefix='#'" in said) == (kind == "csv")
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


def test_what_is_out_of_reach_becomes_a_phantom_only_when_asked(
    ricord: Cohort, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["cohort", "fetch", "ricord.yaml", "--sample", "1", "--smallest", "--to", "images"]
    nobody = ["--server", "s3+http://127.0.0.1:9"]
    assert main([*words, *nobody]) == 1
    assert (
        capsys.readouterr()
        .err.rstrip()
        .endswith("Connect and run the same call again, or add --when-offline phantom for a made-up image.")
    )
    assert main([*words, *nobody, "--when-offline", "phantom"]) == 0
    out, err = capsys.readouterr()
    assert "Phantom, not a patient" in out
    assert "The images are out of reach; showing a phantom instead, which is not a patient." in err
    assert not list(Path("images").rglob("*.dcm"))  # made-up images never lie where real ones were wanted


def test_a_limit_stops_a_fetch_before_anything_moves(ricord: Cohort, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cohort", "fetch", "ricord.yaml", "--to", "images", "--limit-gb", "0.001"]) == 1
    said = capsys.readouterr().err
    assert "more than the limit of 0.001 GB. A --limit-gb of at least " in said
    assert said.endswith("Raise it, or fetch fewer: --sample 10.\n")
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


def test_a_table_of_ones_own_is_fetched_from_a_mirror_and_not_twice(
    bucket: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint, name = bucket
    rows = {"patient_id": ["a"], "study_uid": ["1.2"], "series_uid": ["1.2.3"], "modality": ["CT"]}
    pl.DataFrame({**rows, "n_instances": [3], "url": [f"s3://{name}/one/*"]}).write_csv("mine.csv")
    words = ["--source", "mine.csv"]
    assert main(["cohort", "new", *words, "--where", "modality=CT", "--save", "ct.yaml"]) == 0
    capsys.readouterr()
    for expected in ("Fetching 1 series, ", "Fetching 0 series, "):
        assert main(["cohort", "fetch", "ct.yaml", *words, "--to", "images", "--server", f"s3+{endpoint}"]) == 0
        out, err = capsys.readouterr()
        assert out.splitlines()[0].startswith("1 series of 1 patients, ")
        assert "Fetched 1 series: 3 files" in out
        assert expected in err
    assert len(list(Path("images").rglob("*.dcm"))) == 3

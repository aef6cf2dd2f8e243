"""Manifests: one entry a series in the form each program reads, and where the list comes from."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.catalog.manifests import manifest
from workbench.errors import UnknownNameError
from workbench.tables import ORIGINAL

IDC = [
    {"url": "s3://idc-open-data/aaaa-1/*", "doi": "10.7937/x"},
    {"url": "s3://idc-open-data-two/bbbb-2/*", "doi": "10.7937/x"},
    {"url": "s3://idc-open-data-cr/cccc-3/*", "doi": "10.5281/zenodo.1"},
]
GEN3 = [
    {"object_id": "dg.XX/1", "md5": "0" * 32, "file_name": "a.zip", "size_mb": 1.566369},
    {"object_id": "dg.XX/2", "md5": None, "file_name": None, "size_mb": None},
]


def comments(text: str) -> dict[str, str]:
    lines = (line for line in text.splitlines() if line.startswith("# "))
    return dict(line[2:].split("=", 1) for line in lines)


def test_s5cmd_copies_every_series_from_amazon(make_selection: Any) -> None:
    cohort = make_selection(*IDC)
    made = manifest(cohort, "s5cmd")
    commands = [line for line in made.text.splitlines() if not line.startswith("#")]
    assert commands == [
        "cp s3://idc-open-data/aaaa-1/* .",
        "cp s3://idc-open-data-two/bbbb-2/* .",
        "cp s3://idc-open-data-cr/cccc-3/* .",
    ]
    said = comments(made.text)
    assert said["run"] == "s5cmd --no-sign-request --endpoint-url https://s3.amazonaws.com run THIS_FILE"
    assert said["cohort_sha256"] == cohort.sha256
    assert said["source"] == "Made-up source v1 (1.0)"
    # three series of two instances and 2 MB; two patients with one study each
    assert said["counts"] == "2 patients, 2 studies, 3 series, 6 instances, 0.006 GB"
    assert "note" not in said


def test_google_mirrors_each_bucket_under_its_own_name(make_selection: Any) -> None:
    made = manifest(make_selection(*IDC), "s5cmd-gcs")
    assert [line for line in made.text.splitlines() if line.startswith("cp")] == [
        "cp s3://idc-open-data/aaaa-1/* .",
        "cp s3://idc-open-idc1/bbbb-2/* .",
        "cp s3://idc-open-cr/cccc-3/* .",
    ]
    assert "--endpoint-url https://storage.googleapis.com " in made.text


def test_gen3_lists_what_the_source_says_and_nothing_else(make_selection: Any) -> None:
    entries = json.loads(manifest(make_selection(*GEN3), "gen3").text)
    assert entries == [
        {"object_id": "dg.XX/1", "md5sum": "0" * 32, "file_size": 1_566_369, "file_name": "a.zip"},
        {"object_id": "dg.XX/2"},
    ]


def test_gen3_keeps_its_provenance_in_a_file_beside_it(make_selection: Any, tmp_path: Path) -> None:
    cohort = make_selection(*GEN3)
    path = manifest(cohort, "gen3").save(tmp_path / "out" / "cohort.json")
    assert len(json.loads(path.read_text())) == 2
    beside = json.loads(path.with_name("cohort.json.provenance.json").read_text())
    assert beside["cohort_sha256"] == cohort.sha256
    assert (beside["version"], beside["n_entries"], beside["counts"]["series"]) == ("v1", 2, 2)
    assert sorted(item.name for item in path.parent.iterdir()) == ["cohort.json", "cohort.json.provenance.json"]


def test_tcia_is_java_properties_and_then_one_uid_a_line(make_selection: Any) -> None:
    lines = manifest(make_selection(*IDC), "tcia").text.splitlines()
    marker = lines.index("ListOfSeriesToDownload=")
    assert lines[marker + 1 :] == ["1.2.3.0.0", "1.2.3.0.1", "1.2.3.1.2"]
    head = dict(line.split("=", 1) for line in lines[:marker] if not line.startswith("#"))
    assert head["manifestVersion"] == "3.0"
    assert head["downloadServerUrl"].startswith("https://nbia.cancerimagingarchive.net/")
    # some readers take every line without "=" for a UID, so no comment may lack one
    assert all("=" in line for line in lines[:marker])
    assert comments("\n".join(lines))["note"] == (
        "1 of these series carry no DOI of The Cancer Imaging Archive (10.7937/); it may lack them."
    )


def test_csv_reads_back_as_the_series(make_selection: Any) -> None:
    made = manifest(make_selection(*IDC), "csv")
    table = pl.read_csv(made.text.encode(), comment_prefix="#", schema_overrides=ORIGINAL)
    assert table.columns == list(ORIGINAL)
    assert table["url"].to_list() == [one["url"] for one in IDC]


def test_placeholders_of_studies_without_series_are_no_entries(make_selection: Any) -> None:
    cohort = make_selection(IDC[0], {"listed": False}, IDC[2])
    assert cohort.counts["series"] == manifest(cohort, "s5cmd").n_series == 2


@pytest.mark.parametrize("disclosure", ["controlled", "synthetic"])
def test_a_list_that_must_not_travel_freely_says_so(make_selection: Any, disclosure: str) -> None:
    note = comments(manifest(make_selection(*IDC, disclosure=disclosure), "s5cmd").text)["note"]
    assert (
        note
        == {
            "controlled": "From a controlled source: keep this list where the data use agreement allows.",
            "synthetic": "From a synthetic source: neither these series nor these patients exist.",
        }[disclosure]
    )


def test_a_manifest_shows_its_head(make_selection: Any) -> None:
    shown = repr(manifest(make_selection(*IDC * 4), "s5cmd"))
    assert shown.startswith("Manifest for s5cmd: 12 series\n# cohort_sha256=")
    assert shown.endswith("… 5 more lines")  # 4 comments, 1 command to run and 12 entries are 17 lines; 12 are shown


def test_an_empty_cohort_gives_a_manifest_without_entries(make_selection: Any) -> None:
    nobody = replace(make_selection(*IDC), rows=pl.Series([], dtype=pl.UInt32))
    made = {kind: manifest(nobody, kind).n_series for kind in ("s5cmd", "s5cmd-gcs", "gen3", "tcia", "csv")}  # type: ignore[arg-type]
    assert set(made.values()) == {0}


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.sets(st.integers(0, 11)), kind=st.sampled_from(["s5cmd", "s5cmd-gcs", "gen3", "tcia", "csv"]))
def test_the_number_of_entries_is_the_number_of_series(make_selection: Any, chosen: set[int], kind: Any) -> None:
    rows = [{**IDC[number % 3], "object_id": f"dg/{number}", "listed": number % 5 != 4} for number in range(12)]
    cohort = replace(make_selection(*rows), rows=pl.Series(sorted(chosen), dtype=pl.UInt32))
    text = manifest(cohort, kind).text
    entries = {
        "s5cmd": len(re.findall("^cp ", text, re.MULTILINE)),
        "s5cmd-gcs": len(re.findall("^cp ", text, re.MULTILINE)),
        "gen3": len(json.loads(text)) if kind == "gen3" else 0,
        "tcia": len(text.partition("ListOfSeriesToDownload=\n")[2].splitlines()),
        "csv": len([line for line in text.splitlines() if not line.startswith("#")]) - 1,
    }
    assert entries[kind] == cohort.counts["series"]


@pytest.mark.parametrize("kind", ["s5cmd", "s5cmd-gcs", "tcia", "csv"])
def test_the_embedded_commons_lists_what_its_original_has(commons: Any, raw: pl.LazyFrame, kind: Any) -> None:
    chosen = ["midrc_ricord_1a", "cptac_cm", "covid_19_ar"]  # of three buckets, one of them non-commercial
    cohort = commons.where(collection_id=chosen)
    original = raw.filter(pl.col("collection_id").is_in(chosen)).collect()
    made = manifest(cohort, kind)
    assert made.n_series == cohort.counts["series"] == len(original)
    if kind == "s5cmd":
        copied = re.findall(r"^cp (\S+) \.$", made.text, re.MULTILINE)
        assert sorted(copied) == sorted(original["series_aws_url"])
    if kind == "tcia":
        listed = made.text.partition("ListOfSeriesToDownload=\n")[2].splitlines()
        assert sorted(listed) == sorted(original["SeriesInstanceUID"])


# ------------------------------------------------------------------ errors


def test_an_unknown_kind_lists_the_kinds(make_selection: Any) -> None:
    with pytest.raises(UnknownNameError) as caught:
        manifest(make_selection(*IDC), "s5cmnd")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "No kind 's5cmnd' in the manifests. Did you mean 's5cmd' or 's5cmd-gcs'? "
        "Valid: s5cmd, s5cmd-gcs, gen3, tcia, csv. Use one of these."
    )


def test_a_source_without_addresses_says_which_kinds_it_can_give(make_selection: Any) -> None:
    with pytest.raises(ValueError, match="usable") as caught:
        manifest(make_selection(*GEN3, lacking=("url",)), "s5cmd")
    assert str(caught.value) == (
        "2 of 2 series of Made-up source v1 have no usable url. A manifest of the kind 's5cmd' needs an address such "
        "as s3://bucket/folder/* for every series. This source can give: gen3, tcia, csv. "
        "Use for instance cohort.manifest('gen3')."
    )


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("url", "s3://idc-open-data/a/* .\nrm s3://idc-open-data/b", "s5cmd"),
        ("url", "s3://idc-open-data/a b/*", "s5cmd"),
        ("url", "https://example.org/a", "s5cmd"),
        ("series_uid", "1.2.3\n4.5", "tcia"),
        ("object_id", "", "gen3"),
    ],
)
def test_a_value_that_could_be_read_as_something_else_is_refused(
    make_selection: Any, column: str, value: str, kind: Any
) -> None:
    with pytest.raises(ValueError, match=f"1 of 2 series of Made-up source v1 have no usable {column}"):
        manifest(make_selection({**IDC[0], "object_id": "dg/1"}, {**IDC[1], "object_id": "dg/2", column: value}), kind)


def test_a_bucket_without_a_mirror_is_named(make_selection: Any) -> None:
    with pytest.raises(ValueError, match="mirror") as caught:
        manifest(make_selection({"url": "s3://somewhere-else/a/*"}), "s5cmd-gcs")
    assert str(caught.value) == (
        "The bucket 'somewhere-else' has no known mirror at Google. "
        "Known: idc-open-data, idc-open-data-two, idc-open-data-cr. Use cohort.manifest('s5cmd')."
    )


def test_a_folder_is_no_file_name(make_selection: Any, tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        manifest(make_selection(*IDC), "tcia").save(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} is a folder. A file name would be right. Write for instance {tmp_path / 'cohort.tcia'}"
    )

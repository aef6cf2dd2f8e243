"""Every collection of the embedded index is an entry, made from what the index says and nothing else."""

import json
import subprocess
import sys
from typing import Any

import idc_index_data
import jsonschema
import polars as pl
import pytest
import yaml

from workbench.assets import asset_path
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.idc.collection_fields import shortened
from workbench.catalog.registry.idc.collections import collection_entries

_REQUIRED = ("key", "name", "summary", "modality", "body_region", "claims", "access", "license", "demographics")


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    """Return the entries by the id of their collection."""
    return {entry.fields["idc"]["collections"][0]: entry for entry in collection_entries()}


@pytest.fixture(scope="module")
def index() -> pl.DataFrame:
    """Return the index's own table of collections."""
    return pl.read_parquet(idc_index_data.INDEX_METADATA["collections_index"]["parquet_filepath"])


def test_every_collection_of_the_index_is_an_entry(entries: dict[str, Entry], index: pl.DataFrame) -> None:
    assert set(entries) == set(index["collection_id"])
    assert all(entry.kind == "collection" and entry.key.startswith("idc-") for entry in entries.values())
    assert len({entry.key for entry in entries.values()}) == len(entries)
    assert [entry.key for entry in collection_entries()] == sorted(entry.key for entry in entries.values())
    assert all(identifier in entry.aliases for identifier, entry in entries.items())


def test_entries_are_valid_against_the_schema_as_far_as_it_applies(entries: dict[str, Entry]) -> None:
    schema = json.loads(asset_path("data_catalog", "schema", "entry.schema.json").read_text(encoding="utf-8"))
    known: dict[str, Any] = schema["$defs"]
    collection = {**known["dataset"], "required": _REQUIRED}  # tasks and annotations stand in no index
    validator = jsonschema.Draft202012Validator(
        {"$defs": {**known, "collection": collection}, "$ref": "#/$defs/collection"}
    )
    for entry in entries.values():
        fields = {name: value for name, value in entry.fields.items() if name != "species"}
        assert [error.message for error in validator.iter_errors(fields)] == [], entry.key
        assert not {"tasks", "annotations", "splits", "known_issues"} & set(entry.fields)


def test_licenses_are_those_of_the_index_and_known_here(entries: dict[str, Entry], index: pl.DataFrame) -> None:
    terms = yaml.safe_load(asset_path("data_catalog", "licenses.yaml").read_text(encoding="utf-8"))
    for row in index.iter_rows(named=True):
        terms_of = entries[row["collection_id"]].license
        stated = {
            source["license"]["license_short_name"].replace("CC ", "CC-").replace(" ", "-") for source in row["sources"]
        }
        here = {terms_of.id, *(part.id for _, part in terms_of.parts)}
        assert here <= set(terms)
        assert len(here) == len(stated)
        assert {each for each in here if each.startswith("CC-")} == {each for each in stated if each.startswith("CC-")}
        assert terms_of.confirmed
        non_commercial = any("NC" in each for each in stated)
        assert (terms_of.allows_commercial_use is False) == non_commercial


def test_parts_under_another_license_are_named(entries: dict[str, Entry]) -> None:
    terms = entries["nlst"].license
    assert terms.id == "CC-BY-4.0"  # of the CT, which are most
    assert [(name.partition(":")[0], part.id) for name, part in terms.parts] == [("SM", "CC-BY-3.0")]


def test_a_contradiction_of_the_index_is_told(entries: dict[str, Entry]) -> None:
    assert entries["phantom_fda"].license.note == (
        "The index contradicts itself (CC BY-NC 3.0 beside https://creativecommons.org/licenses/by/3.0/); "
        "its short names were read."
    )
    assert sum(bool(entry.license.note) for entry in entries.values()) == 1


def test_counts_are_those_of_the_original_index(entries: dict[str, Entry], raw: pl.LazyFrame) -> None:
    counted = raw.group_by("collection_id").agg(
        patients=pl.col("PatientID").n_unique(),
        studies=pl.col("StudyInstanceUID").n_unique(),
        modalities=pl.col("Modality").unique(),
        slides=(pl.col("Modality") == "SM").sum(),
    )
    for row in counted.collect().iter_rows(named=True):
        entry = entries[row["collection_id"]]
        people = entry.size("patients")
        assert people is not None
        assert people == row["patients"] or (row["collection_id"] in ("cbis_ddsm", "nlst") and people < row["patients"])
        assert entry.size("studies") == row["studies"]
        assert (entry.size("slides") or 0) <= row["slides"]
        assert set(entry.modality) <= set(row["modalities"])
        assert not {"SEG", "SR", "RTSTRUCT", "ANN", "OT"} & set(entry.modality)


def test_body_regions_come_from_the_stated_locations(entries: dict[str, Entry]) -> None:
    assert entries["lidc_idri"].body_region == ("Chest",)
    assert entries["anti_pd_1_lung"].body_region == ("Chest",)
    assert entries["qiba_ct_1c"].body_region == ("Not Applicable",)
    assert entries["prostate_anatomical_edge_cases"].body_region == ("Pelvis",)  # pelvis, prostate and anus once


def test_species_and_shares_are_told(entries: dict[str, Entry]) -> None:
    assert entries["uw_cirp_mouse_pet_ct_nsclc"].fields["species"] == ["Mouse"]
    demographics = entries["cbis_ddsm"].fields["demographics"]
    assert demographics["age"] == demographics["sex"] == "unknown"  # not "no": clinical tables may have them
    assert demographics["text"] == (
        "The index gives an age for 0 % and a sex for 0 % of 1,566 people; clinical tables are not in it."
    )
    assert entries["covid_19_ar"].demographics["age"] in ("yes", "partly")


def test_citations_are_in_words_and_in_parts_without_markup(entries: dict[str, Entry]) -> None:
    for entry in entries.values():
        assert "<" not in entry.fields["citation"]["text"]
        assert entry.doi == entry.doi.lower() == entry.fields["citation"]["doi"]
        assert entry.url.startswith("https://doi.org/")
    cited = entries["cbis_ddsm"].fields["citation"]
    assert cited["authors"] == [["Sawyer-Lee", "R."], ["Gimenez", "F."], ["Hoogi", "A."], ["Rubin", "D."]]
    assert cited["year"] == "2016"


@pytest.mark.parametrize(
    ("description", "summary"),
    [
        ("One sentence. Please see the wiki page.", "One sentence."),
        ("Please see the wiki page.", "Please see the wiki page."),
        ("In 33 U.S. centers it was\nstudied (http://a.org/b) well.", "In 33 U.S. centers it was studied well."),
        ("First one here. " + "A" + "b" * 419 + ".", "First one here."),
        ("word " * 100 + "end.", "word " * 83 + "word …"),
    ],
)
def test_a_description_is_shortened_at_a_sentence(description: str, summary: str) -> None:
    assert shortened(description) == summary


def test_later_loads_are_quick_and_need_no_polars(entries: dict[str, Entry]) -> None:
    code = (
        "import sys, time; from workbench.catalog.registry.idc.collections import collection_entries\n"
        "start = time.process_time(); n = len(collection_entries()); spent = time.process_time() - start\n"
        "print(n, spent < 0.06, 'polars' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.split() == [str(len(entries)), "True", "False"]

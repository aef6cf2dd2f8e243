"""The file of the data catalog's page: whole, small, the same twice, and shown without a table library."""

import base64
import gzip
import json
import re

import pytest

from tests.presentation.catalog_entries import HOSTILE, small_catalog, small_facts, told_catalog
from tests.presentation.catalog_pages import shipped_page, small_page, told_page
from workbench.catalog.registry import datasets
from workbench.catalog.registry.families import Families
from workbench.catalog.registry.formats.croissant import croissant
from workbench.catalog.registry.formats.evidence import verdict_word
from workbench.catalog.registry.formats.references import bibtex
from workbench.presentation.catalog_page import QUESTIONS, catalog_page
from workbench.presentation.catalog_view import catalog_script
from workbench.presentation.catalog_words import TERMS
from workbench.presentation.page import PAGE_SCHEMA

MOST_BYTES = 1_500_000


def unpacked(text: str):
    return json.loads(gzip.decompress(base64.b64decode(text)))


@pytest.fixture(scope="module")
def page():
    return shipped_page()


@pytest.fixture(scope="module")
def small():
    return small_page()


def card(page, key):
    return next(each for each in page["catalog"]["entries"] if each["key"] == key)


def test_the_page_of_the_shipped_catalog_holds_every_entry_in_a_small_file(page):
    assert page["schema"] == PAGE_SCHEMA
    assert {each["key"] for each in page["catalog"]["entries"]} == {entry.key for entry in datasets()}
    assert len(json.dumps(page, ensure_ascii=False).encode()) < MOST_BYTES


def test_a_number_that_a_source_holds_of_something_else_is_called_that(page):
    claim = next(each for each in card(page, "cbis-ddsm")["claims"] if each["verdict"] == "differs")
    assert claim["counts"] == "Counts something else"
    assert "counts" not in next(each for each in card(page, "breakhis")["claims"] if each["verdict"] == "differs")


def test_the_page_and_the_command_call_a_repeated_number_the_same():
    claim = told_catalog()["picked"].claims[0]
    assert TERMS["verdict"]["third_party"] == verdict_word(claim).capitalize()


def test_the_collections_of_idc_stand_apart(page):
    collections = unpacked(page["catalog"]["packed"]["collections"])
    assert len(collections) == len(datasets().collections)
    assert {each["kind"] for each in collections} == {"collection"}
    assert not {each["key"] for each in collections} & {each["key"] for each in page["catalog"]["entries"]}


def test_who_shares_images_is_asked_once(monkeypatch):
    asked = []
    pairs = Families.pairs
    monkeypatch.setattr(Families, "pairs", lambda self: asked.append(self) or pairs(self))
    catalog_page(small_catalog(), facts=small_facts())
    assert len(asked) == 1


def test_two_pages_of_one_catalog_differ_in_their_stamp_alone(small):
    again = catalog_page(small_catalog(), facts=small_facts())
    assert json.dumps(small | {"provenance": {}}) == json.dumps(again | {"provenance": {}})


def test_the_packed_files_are_those_of_the_writers(page):
    files = unpacked(page["catalog"]["packed"]["files"])
    entry = datasets()["nih-chestx-ray14"]
    assert files[entry.key]["bibtex"] == bibtex([entry])
    assert json.loads(files[entry.key]["croissant"])["name"] == croissant(entry)["name"]
    assert files[entry.key]["markdown"].startswith("---")
    assert {key for key, each in files.items() if "croissant" in each} == {
        entry.key for entry in datasets() if entry.kind == "dataset"
    }


def test_a_card_carries_the_claim_its_check_and_what_the_index_counts(small):
    free = card(small, "free-chests")
    assert free["size"] == {"value": 20_000, "quantity": "patients", "text": "20,000 patients"}
    assert free["claims"][0]["checked_against"]["words"] == "free for all"
    assert (free["idc"]["sentence"], free["idc"]["people"]) == (
        "The guide says 20,000 patients; IDC has 19,000 people.",
        19_000,
    )


def test_a_set_of_scans_is_as_large_as_its_scans_not_its_slides():
    counted = card(told_page(), "counted")
    # 100 people in 300 studies of CT; 9 slides beside them, and 2,620 studies that a source refutes
    assert counted["size"] == {
        "value": 100,
        "quantity": "patients",
        "text": "100 patients",
        "images": "300 studies",
        "also": ["studies", 300],
    }


def test_a_refuted_number_carries_the_right_one_and_what_the_index_cannot_tell_is_left_out():
    claims = card(told_page(), "counted")["claims"]
    assert [claim.get("right") for claim in claims] == ["300 studies", None, None, None, None]
    assert [claim.get("idc", {}).get("verdict") for claim in claims] == [None, None, "agrees", None, None]


def test_the_tiles_tell_sets_from_software_and_count_what_the_index_counted():
    (group,) = told_page()["groups"]
    tiles = {tile["id"]: (tile["value"], tile["note"]) for tile in group["tiles"]}
    assert tiles["commercial"] == (6, "in the words of a source; and 1 model or software")
    # the six of the small catalog, those of Worded and Picked agree, one differs, the index counts another, of 13
    assert tiles["claims"] == (10, "of 13 that somebody states")


@pytest.mark.parametrize(
    ("key", "use"), [("free-chests", "yes"), ("bound-chests", "no"), ("silent-chests", "unknown"), ("reader", "yes")]
)
def test_what_a_license_allows_is_said_of_each_entry(small, key, use):
    assert card(small, key)["use"] == use


def test_relatives_are_told_on_both_cards(small):
    part, whole = card(small, "chest-part"), card(small, "free-chests")
    assert part["relations"][0]["of"] == "free-chests"
    assert {"kind": "subset_of", "of": "chest-part", "inverse": True} in whole["relations"]
    assert [each["key"] for each in part["shares"]] == ["free-chests"]
    assert part["shares"][0]["sentence"] == whole["shares"][0]["sentence"]


def test_tiles_count_by_hand(small):
    (group,) = small["groups"]
    tiles = {tile["id"]: tile["value"] for tile in group["tiles"]}
    # 6 data sets and a model; free, part, slides and hostile allow commercial use; 6 numbers, all of them compared
    assert tiles == {"datasets": 6, "others": 1, "commercial": 4, "claims": 6, "unconfirmed": 1}


def test_a_hostile_name_is_kept_as_text(small):
    assert card(small, "hostile")["name"] == HOSTILE


def test_the_first_question_is_the_one_the_catalog_was_built_for():
    assert QUESTIONS[0] == "chest X-rays with demographics, commercially usable, over 10,000 patients"
    best = datasets().recommend(QUESTIONS[0]).best
    assert best is not None
    assert best.key == "nih-chestx-ray14"


def test_the_script_is_one_module_whose_ranking_keeps_its_names_to_itself():
    script = catalog_script()
    assert script.count("\nexport ") == 1
    assert not re.search(r"^import\b", script, re.MULTILINE)
    assert "return { readQuestion, buildIndex, search, recommend };" in script

"""Names of entries and typos: what a question rules out, what a set is to test, what is meant by a word."""

import pytest

from tests.catalog.registry.ranked import index, invented
from workbench.catalog.registry.asking.found import Found
from workbench.catalog.registry.asking.names import AskedNames
from workbench.catalog.registry.asking.needs import SizeWanted
from workbench.catalog.registry.asking.questions import read_question
from workbench.catalog.registry.asking.spelling import respelled
from workbench.catalog.registry.ranking.searching import SearchIndex

SCANS = SearchIndex(
    [
        invented("scans", name="SCAnS of Anywhere", aliases=["Anywhere 2020"], organs=["lung"]),
        invented("more", name="SCAnS of Nowhere"),
        invented("kidneys", name="Kidney Segmentation", aliases=["SLIDE"], body_region=["Abdomen"]),
    ]
)


def read(question, among=SCANS):
    return read_question(question, among)


def keys_of(wanted):
    return [each.values for each in wanted]


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("chest CT, not SCAnS of Anywhere", ("scans",)),
        ("CT other than anywhere 2020", ("scans",)),
        ("CT except scans", ("scans", "more")),
        ("CT without any images, no SLIDE", ("kidneys",)),
    ],
)
def test_a_name_that_is_ruled_out_is_a_need(question, keys):
    ((what, wanted),) = [each for each in read(question).without if each[0] == "entry"]
    assert (what, wanted.values) == ("entry", keys)


def test_names_of_ordinary_words_are_words_unless_written_as_the_entry_writes_them():
    assert read("no slides of kidney segmentation").without[0][0] == "modality"
    assert read("no slides").named == ()
    assert keys_of(read("SLIDE").named) == [("kidneys",)]


def test_several_names_are_ruled_out_together():
    needs = read("CT, neither SCAnS of Anywhere nor SCAnS of Nowhere")
    assert [wanted.said for _, wanted in needs.without] == ["SCAnS of Anywhere", "SCAnS of Nowhere"]
    assert [wanted.said for _, wanted in read("no SCAnS of Anywhere, SCAnS of Nowhere or SLIDE, CT").without] == [
        "SCAnS of Anywhere",
        "SCAnS of Nowhere",
        "SLIDE",
    ]
    one = read("no SCAnS of Anywhere, SCAnS of Nowhere")
    assert ([wanted.said for _, wanted in one.without], keys_of(one.named)) == (["SCAnS of Anywhere"], [("more",)])
    assert [wanted.said for _, wanted in read("CT, no SCAnS of Anywhere and SCAnS of Nowhere").without] == [
        "SCAnS of Anywhere",
        "SCAnS of Nowhere",
    ]


@pytest.mark.parametrize(
    "question",
    [
        "external test set for SCAnS of Anywhere",
        "external validation for a model trained on SCAnS of Anywhere",
        "a set independent of SCAnS of Anywhere",
        "does not overlap with SCAnS of Anywhere",
        "alternatives to SCAnS of Anywhere",
        "a SCAnS of Anywhere alternative",
        "we trained our model on SCAnS of Anywhere and need an independent cohort",
        "to test what was trained on SCAnS of Anywhere",
    ],
)
def test_a_set_that_is_to_test_shows_what_the_named_one_shows(question):
    needs = read(question)
    assert keys_of(needs.apart_from) == [("scans",)]
    assert needs.kind == "dataset"
    assert needs.said() == ("chest", "lung", "CT", "segmentation", "no images of SCAnS of Anywhere")


def test_what_the_question_itself_needs_is_not_taken_over():
    assert read("brain MRI independent of SCAnS of Anywhere").said()[:3] == ("brain", "MRI", "segmentation")
    assert [each.said for each in read("MRI independent of SCAnS of Anywhere").modality] == ["MRI"]


def test_who_names_two_entries_wants_to_know_of_both():
    needs = read("train on SCAnS of Anywhere, test on SCAnS of Nowhere")
    assert keys_of(needs.named) == [("more",), ("scans",)]
    assert keys_of(read("trained on SCAnS of Anywhere and tested on SCAnS of Nowhere").named) == [("more",), ("scans",)]
    assert read("to test which pretrained model was trained on SCAnS of Anywhere").apart_from == ()
    assert keys_of(read("may I sell what was trained on SCAnS of Anywhere").named) == [("scans",)]
    assert keys_of(read("which sets overlap with SCAnS of Anywhere").named) == [("scans",)]


def test_a_name_is_noted_once_and_its_words_rank():
    needs = read("is Anywhere 2020 (SCAnS of Anywhere) ok for commercial use?")
    assert keys_of(needs.named) == [("scans",)]
    assert needs.commercial
    assert {"anywher", "2020"} <= set(needs.words)


def test_without_entries_no_name_is_known_and_no_typo_forgiven():
    needs = read_question("mamography, not SCAnS of Anywhere")
    assert (needs.without, needs.named, needs.respelled) == ((), (), ())
    assert "mamography" in needs.left_over


def test_names_of_an_entry_that_tells_nothing_show_nothing():
    bare = {
        "key": "bare",
        "name": "Bare",
        "texts": {},
        "modality": [],
        "regions": ["Unknown"],
        "organs": [],
        "tasks": [],
    }
    assert AskedNames([bare]).shown_by(["bare"]) == {}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mamography", "mammography"),
        ("detecton", "detection"),
        ("brest", "breast"),
        ("segmention", "segmentation"),
        ("ultrasond", "ultrasound"),
        ("synthetic", None),  # a word of its own, two letters from another
        ("chst", None),  # too short
        ("liver", None),  # known
        ("astronauts", None),  # near to nothing
        ("1234567", None),
    ],
)
def test_a_long_word_that_nobody_knows_is_read_as_its_neighbor(typed, meant):
    assert respelled(typed, set()) == meant


def test_a_word_of_an_entry_is_no_typo():
    assert respelled("detecton", {"detecton"}) is None


def test_typos_of_a_question_are_read_and_kept():
    needs = read_question("brest tumor detecton, mamography", index())
    assert needs.said() == ("breast", "tumor", "mammography", "detection")
    assert needs.respelled == (("brest", "breast"), ("detecton", "detection"), ("mamography", "mammography"))


def test_two_bounds_of_the_same_are_one_need():
    found = Found()
    found.count(SizeWanted(("slides",), "slides", least=5))
    found.count(SizeWanted(("images",), "images", most=7))
    found.count(SizeWanted(("slides",), "slides", most=9))
    assert [each.words for each in found.needs().sizes] == [
        "at least 5 slides and at most 9 slides",
        "at most 7 images",
    ]


def test_what_was_found_can_be_gone_back_to():
    found = Found()
    before = found.copy()
    found.add("labels", "masks")
    found.limit_access("registration")
    found.limit_access("open")
    assert found.needs().access == "open"
    assert before.needs().labels == ()

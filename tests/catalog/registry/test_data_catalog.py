"""The data catalog as an object: every criterion, its misspellings, the table, the conflicts, and what is related."""

import json
from inspect import signature
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import workbench as wb
from tests.catalog.registry.small_catalog import CLAIM, EVIDENCE, TERMS, dataset, model
from workbench.assets import asset_path
from workbench.catalog.registry import meant_words
from workbench.catalog.registry.conflicts import find_conflicts
from workbench.catalog.registry.data_catalog import DataCatalog
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.ranking.searching import SearchIndex
from workbench.errors import UnknownNameError

FREE = {"id": "Free", "evidence": EVIDENCE}
CLOSED = {"id": "Closed", "evidence": EVIDENCE}
ALLOWED = {"Free": {**TERMS, "commercial_use": "yes"}, "Closed": TERMS}


def small() -> DataCatalog:
    """Return three data sets and a model that differ in every criterion."""
    listed: list[tuple[Any, dict[str, Any]]] = [
        (
            "dataset",
            dataset(
                "lungs",
                license=FREE,
                aliases=["Lungs of Anywhere"],
                published="2020",
                claims=[CLAIM, {**CLAIM, "quantity": "volumes", "value": 1300}],
            ),
        ),
        (
            "dataset",
            dataset(
                "breasts",
                name="Breasts & <more>",
                modality=["MG"],
                body_region=["Breast"],
                tasks=["classification", "detection"],
                license=CLOSED,
                claims=[],
                demographics={"age": "no", "sex": "yes", "race": "yes", "ethnicity": "unknown"},
                access={"kind": "credentialed"},
                url="https://example.org/?a=1&b=2",
                relations=[{"kind": "derived_from", "of": "lungs"}],
            ),
        ),
        (
            "dataset",
            dataset(
                "heads",
                modality=["MR", "CT"],
                body_region=["Head"],
                license={"id": "unknown"},
                idc={"relation": "same", "collections": ["heads"]},
                creator={"names": ["Nobody"]},
            ),
        ),
        ("model", model("net", trained_on=["lungs"])),
    ]
    return DataCatalog(tuple(Entry(kind, fields, terms=ALLOWED) for kind, fields in listed))


SMALL = small()


@pytest.mark.parametrize(
    ("criteria", "keys"),
    [
        ({}, ["lungs", "breasts", "heads", "net"]),
        ({"kind": "model"}, ["net"]),
        ({"kind": ["dataset", "model"]}, ["lungs", "breasts", "heads", "net"]),
        ({"modality": "ct"}, ["lungs", "heads"]),
        ({"modality": ["MG", "MR"]}, ["breasts", "heads"]),
        ({"modality": "XA"}, []),
        ({"body_region": "chest"}, ["lungs"]),
        ({"task": "detection"}, ["breasts"]),
        ({"license": "Free"}, ["lungs"]),
        ({"license": "unknown"}, ["heads", "net"]),
        ({"commercial_use": True}, ["lungs"]),
        ({"commercial_use": False}, ["breasts"]),
        ({"access": "open"}, ["lungs", "heads"]),
        ({"demographics": "age"}, ["lungs", "heads"]),
        ({"demographics": ["age", "sex"]}, ["lungs", "heads"]),
        ({"demographics": ["sex", "race"]}, ["breasts"]),
        ({"min_patients": 1200}, ["lungs", "heads"]),
        ({"min_patients": 1201}, []),
        ({"min_patients": 0}, ["lungs", "heads"]),  # who states no number is left out, whatever is asked
        ({"curated": False}, ["lungs", "breasts", "heads", "net"]),
        ({"text": "ANYWHERE lungs"}, ["lungs"]),
        ({"text": "nothing of the kind"}, []),
        ({"modality": "CT", "body_region": "Head", "access": "open"}, ["heads"]),
    ],
)
def test_where_takes_what_meets_every_criterion(criteria: dict[str, Any], keys: list[str]) -> None:
    assert [each.key for each in SMALL.where(**criteria)] == keys


CRITERIA_TOLD = (
    "Valid: kind, modality, body_region, task, license, access, commercial_use, demographics, min_patients, curated, "
    "text."
)
ENUMS = {
    name: definition["enum"]
    for name, definition in json.loads(asset_path("data_catalog", "schema", "entry.schema.json").read_text())[
        "$defs"
    ].items()
    if "enum" in definition
}


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        (
            {"kind": "data set"},
            "No kind 'data set' in the data catalog. Did you mean 'dataset'? Valid: dataset, model, framework, "
            "collection. Use one of these.",
        ),
        (
            {"modality": ["CT", "CTT"]},
            "No modality 'CTT' in the data catalog. Did you mean 'CT'? Valid: CR, DX, CT, MR, MG, US, PT, NM, "
            "XA, RF, SM, GM, … (19 in all). Use one of these.",
        ),
        (
            {"body_region": "Lung"},
            f"No body region 'Lung' in the data catalog. Valid: {'; '.join(ENUMS['body_region'][:12])}, … (17 in all). "
            "For 'Lung' use Chest.",
        ),
        (
            {"task": "segmentaton"},
            "No task 'segmentaton' in the data catalog. Did you mean 'segmentation' or 'registration'? Valid: "
            f"{', '.join(ENUMS['task'][:12])}, … (14 in all). Use one of these.",
        ),
        (
            {"license": "Fre"},
            "No license 'Fre' in the data catalog. Did you mean 'Free'? Valid: Free, Closed, unknown. For 'Fre' use "
            "Free.",
        ),
        (
            {"license": "cl osed"},
            "No license 'cl osed' in the data catalog. Did you mean 'Closed'? Valid: Free, Closed, unknown. For "
            "'cl osed' use Closed.",
        ),
        (
            {"access": "opne"},
            "No access 'opne' in the data catalog. Did you mean 'open'? Valid: open, registration, data_use_agreement, "
            "credentialed, unknown. Use one of these.",
        ),
        (
            {"demographics": "gender"},
            "No attribute 'gender' in the demographics. Valid: age, sex, race, ethnicity, country. For 'gender' use "
            "sex.",
        ),
        (
            {"modality": "X-ray"},
            "No modality 'X-ray' in the data catalog. Valid: CR, DX, CT, MR, MG, US, PT, NM, XA, RF, SM, GM, … (19 in "
            "all). For 'X-ray' use CR or DX.",
        ),
        (
            {"access": "public"},
            "No access 'public' in the data catalog. Valid: open, registration, data_use_agreement, credentialed, "
            "unknown. For 'public' use open.",
        ),
        (
            {"modalty": "CT"},
            f"No criterion 'modalty' in where(). Did you mean 'modality'? {CRITERIA_TOLD} Give one of these.",
        ),
        (
            {"patients": 7},
            f"No criterion 'patients' in where(). Did you mean 'min_patients'? {CRITERIA_TOLD} Write for instance "
            "min_patients=10_000",
        ),
        ({"sex": "F"}, f"No criterion 'sex' in where(). {CRITERIA_TOLD} Write for instance demographics='sex'"),
    ],
)
def test_a_misspelled_value_is_told_with_the_nearest(criteria: dict[str, Any], message: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        SMALL.where(**criteria)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("criteria", "error", "message"),
    [
        (
            {"min_patients": "many"},
            ValueError,
            "min_patients='many' came. A number of people would be right. Write for instance min_patients=10_000",
        ),
        (
            {"min_patients": -1},
            ValueError,
            "min_patients=-1 came. A number of people would be right. Write for instance min_patients=10_000",
        ),
        (
            {"commercial_use": "yes"},
            ValueError,
            "commercial_use='yes' came. True or False would be right; leave it out when either will do.",
        ),
        (
            {"curated": 1},
            ValueError,
            "curated=1 came. True or False would be right; leave it out when either will do.",
        ),
        (
            {"modality": 7},
            TypeError,
            "modality=7 came. A word or a list of words would be right. Write for instance modality='CT'",
        ),
        ({"text": 7}, TypeError, "text=7 came. Words would be right. Write for instance 'lung nodules'"),
        (
            {"demographics": ["age", None]},
            TypeError,
            "demographics=['age', None] came. A word or a list of words would be right. Write for instance "
            "demographics=['age', 'sex']",
        ),
    ],
)
def test_a_value_of_the_wrong_sort_is_told(criteria: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        SMALL.where(**criteria)
    assert str(caught.value) == message


CRITERIA = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["dataset", "model"]),
        "modality": st.sampled_from(["CT", "MR", "MG", "SM"]),
        "task": st.sampled_from(["segmentation", "detection"]),
        "access": st.sampled_from(["open", "unknown"]),
        "commercial_use": st.booleans(),
        "demographics": st.sampled_from(["age", "sex", "race"]),
        "min_patients": st.sampled_from([0, 1200, 5000]),
        "curated": st.booleans(),
        "text": st.sampled_from(["chest", "model", "x"]),
    },
)


@given(CRITERIA)
def test_criteria_together_are_criteria_one_after_the_other(criteria: dict[str, Any]) -> None:
    narrowed = SMALL
    for name, value in reversed(list(criteria.items())):
        narrowed = narrowed.where(**{name: value})
    assert narrowed == SMALL.where(**criteria)
    assert set(narrowed) <= set(SMALL)


# ------------------------------------------------------------------ finding one


def test_an_entry_is_found_by_key_name_and_alias_in_any_case() -> None:
    for name in ("lungs", "LUNGS", "The set lungs", "lungs of anywhere"):
        assert SMALL[name].key == "lungs"
    with pytest.raises(UnknownNameError) as caught:
        SMALL["lunks"]
    assert str(caught.value) == (
        "No entry 'lunks' among 4 of the data catalog. Did you mean 'lungs'? A key, a name or an alias would be right. "
        "Find it: datasets().search('…')"
    )


def test_every_criterion_is_told_and_every_word_that_is_meant_leads_to_a_value() -> None:
    named = [each for each in signature(DataCatalog.where).parameters if each not in ("self", "others")]
    assert sorted(named) == sorted(CRITERIA_TOLD.removeprefix("Valid: ").rstrip(".").split(", "))
    for criterion, words in meant_words._MEANT.items():
        for word in words:
            for value in meant_words.meant_values(criterion, word):
                SMALL.where(**{criterion: value})


def test_a_catalog_tells_whether_it_holds_a_name_or_an_entry() -> None:
    for name in ("lungs", "The SET lungs", "lungs of anywhere", SMALL["lungs"]):
        assert name in SMALL
    for name in ("lung", 7, SMALL["lungs"]):
        assert name not in SMALL.where(modality="MG")


def test_a_word_of_a_name_is_offered_before_names_that_look_alike() -> None:
    with pytest.raises(UnknownNameError) as caught:
        wb.datasets()["NIH"]
    assert "Did you mean 'nih-chestx-ray14' or" in str(caught.value)
    with pytest.raises(UnknownNameError) as caught:
        SMALL["anywhere"]
    assert "Did you mean 'lungs'?" in str(caught.value)


def test_relatives_are_known_also_when_they_were_narrowed_away() -> None:
    narrowed = SMALL.where(modality="MG")
    said = "Breasts & <more> is derived from The set lungs. Do not train on one and test on the other."
    assert narrowed.related("breasts") == {
        "lungs": said,
        "net": f"The model net was trained on The set lungs. {said}",
    }
    assert SMALL.related("heads") == {}


def test_what_no_source_confirms_stands_apart() -> None:
    assert [each.key for each in SMALL.not_confirmed] == ["heads", "net"]
    assert len(SMALL.where(commercial_use=True).not_confirmed) == 0


# ------------------------------------------------------------------ the table and the prints


def test_the_table_has_a_row_an_entry_and_the_documented_columns() -> None:
    table = SMALL.table
    documented = DataCatalog.table.fget.__doc__ or ""
    assert all(f"``{column}``" in documented for column in table.columns)
    assert table.columns[:3] == ["key", "name", "kind"]
    assert table.row(0, named=True) | {} == {
        "key": "lungs",
        "name": "The set lungs",
        "kind": "dataset",
        "specialty": None,
        "modality": "CT",
        "body_region": "Chest",
        "tasks": "segmentation",
        "n_patients": 1200,
        "n_studies": None,
        "n_images": None,
        "n_volumes": 1300,
        "n_slides": None,
        "n_patches": None,
        "license": "Free",
        "license_confirmed": True,
        "commercial_use": True,
        "access": "open",
        "age": "yes",
        "sex": "partly",
        "race": "unknown",
        "ethnicity": "no",
        "country": "unknown",
        "published": "2020",
        "doi": None,
        "url": None,
        "in_idc": False,
        "n_guide_rows": 0,
        "curated": False,
    }
    assert table["modality"].to_list() == ["CT", "MG", "MR; CT", ""]
    assert table["commercial_use"].to_list() == [True, False, None, None]
    assert table["in_idc"].to_list() == [False, False, True, False]
    assert SMALL.where(modality="XA").table.schema == table.schema  # no rows, the same columns
    assert isinstance(table, pl.DataFrame)


def test_the_catalog_prints_as_a_table() -> None:
    assert repr(SMALL).splitlines() == [
        "3 data sets, 1 model",
        "key      modality  body region  patients          holds  license        commercial use  access",
        "lungs    CT        Chest           1,200  1,300 volumes  Free           yes             open",
        "breasts  MG        Breast                                Closed         no              credentialed",
        "heads    MR, CT    Head            1,200                 not confirmed  unknown         open",
        "net                                                      not confirmed  unknown         unknown",
    ]
    parts = [{"part": "files elsewhere", "id": "Vague", "evidence": EVIDENCE}]
    fields = dataset("mixed", license={**FREE, "parts": parts}, access={"kind": "open"})
    mixed = DataCatalog((Entry("dataset", fields, terms={**ALLOWED, "Vague": {**TERMS, "commercial_use": "unknown"}}),))
    assert mixed.entries[0].commercial_use is None
    assert repr(mixed).endswith("  Free and others  read the terms  open")
    assert repr(DataCatalog(())) == "No entries."
    many = DataCatalog(tuple(Entry("dataset", dataset(f"set-{n}")) for n in range(33)))
    assert repr(many).splitlines()[0] == "33 data sets"
    assert repr(many).splitlines()[-1] == "… and 3 more"


def test_the_license_of_a_part_is_not_that_of_the_set() -> None:
    parts = [{"part": "masks", "id": "Free", "evidence": EVIDENCE}]
    mixed = Entry("dataset", dataset("mixed", license={**CLOSED, "parts": parts}), terms=ALLOWED)
    catalog = DataCatalog((*SMALL.entries, mixed))
    assert "mixed" not in catalog.where(license="Free")
    assert "mixed" in catalog.where(license="closed")


def test_a_set_holds_what_counts_its_main_images() -> None:
    listed = [{**CLAIM, "quantity": name, "value": n} for name, n in (("images", 9), ("slides", 5), ("studies", 7))]
    for main, held in ((["CT", "SM"], "7 studies"), (["SM", "CT"], "9 images"), (["TEXT", "MR"], "7 studies")):
        shown = repr(DataCatalog((Entry("dataset", dataset("one", modality=main, claims=listed)),)))
        assert held in shown.splitlines()[2]
    slides = [each for each in listed if each["quantity"] != "images"]
    for main, held in ((["SM"], "5 slides"), (["CR", "DX"], "7 studies"), ([], "7 studies")):
        shown = repr(DataCatalog((Entry("dataset", dataset("one", modality=main, claims=slides)),)))
        assert held in shown.splitlines()[2]


def test_the_page_escapes_what_files_say() -> None:
    shown = SMALL._repr_html_()
    assert (
        'href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener">Breasts &amp; &lt;more&gt;</a>' in shown
    )
    assert "<more>" not in shown
    assert shown.count("<tr>") == 1 + len(SMALL)
    assert "&lt;b&gt;" in DataCatalog((Entry("dataset", dataset("one", modality=["<b>"])),))._repr_html_()
    script = DataCatalog((Entry("dataset", dataset("one", url="javascript:alert(1)")),))
    assert "javascript:" not in script._repr_html_()


# ------------------------------------------------------------------ conflicts


def said(*claims: dict[str, Any], conflicts: tuple[dict[str, Any], ...] = ()) -> list[tuple[str, ...]]:
    """Return what is found between claims of guides, as (between, nature, resolution)."""
    listed = [{**CLAIM, "source": "guide", "where": f"guide:{n}", **claim} for n, claim in enumerate(claims)]
    found = find_conflicts([Entry("dataset", dataset("one", claims=listed, conflicts=list(conflicts)))])
    return [(", ".join(each.between), each.nature, each.resolution) for each in found]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ({"value": 7}, {"value": 9}, True),
        ({"value": 7}, {"value": 7}, False),
        ({"value": 7, "qualifier": "at_least"}, {"value": 9}, False),  # 7+ and 9 are both true
        ({"value": 9, "qualifier": "at_least"}, {"value": 7}, True),  # 9+ and 7 are not
        ({"value": 7, "qualifier": "at_least"}, {"value": 9, "qualifier": "at_least"}, False),
        ({"value": 100, "qualifier": "about"}, {"value": 95}, False),  # a twentieth apart
        ({"value": 100, "qualifier": "about"}, {"value": 80}, True),  # a fifth apart
        ({"value": 7, "of": "with masks"}, {"value": 9}, False),  # a part and the whole
        ({"value": 7, "quantity": "images"}, {"value": 9}, False),
        ({"value": 7, "where": "guide:1"}, {"value": 9}, False),  # one row that says two things
    ],
)
def test_two_numbers_conflict_when_they_cannot_both_be_true(
    one: dict[str, Any], other: dict[str, Any], apart: bool
) -> None:
    assert bool(said(one, other)) is apart
    assert bool(said(other, one)) is (apart and "where" not in one) or not apart


def test_computed_and_written_conflicts_are_told_once() -> None:
    source = {**EVIDENCE, "words": "nine patients"}
    differs = {"value": 7, "verdict": "differs", "checked_against": source, "note": "They count eyes."}
    assert said(differs) == [("guide:0, creator", "7 patients; the source: nine patients", "They count eyes.")]
    assert said({"value": 7}, {"value": 9}) == [("guide:0, guide:1", "7 patients, and 9 patients.", "")]
    written = {"between": ["guide:0", "guide:1"], "nature": "7 or 9.", "resolution": "9."}
    assert said(differs, {"value": 9}, conflicts=(written,)) == [("guide:0, guide:1", "7 or 9.", "9.")]
    of_another = {**written, "between": ["guide:0", "creators"]}
    assert said({"value": 7}, {"value": 9}, conflicts=(of_another,)) == [
        ("guide:0, guide:1", "7 patients, and 9 patients.", ""),
        ("guide:0, creators", "7 or 9.", "9."),
    ]


def test_conflicts_can_be_asked_of_some_entries() -> None:
    written = {"between": ["a", "b"], "nature": "7 < 9.", "resolution": "9."}
    both = DataCatalog(tuple(Entry("dataset", dataset(key, conflicts=[written])) for key in ("one", "two")))
    assert [each.key for each in both.conflicts()] == ["one", "two"]
    assert [each.key for each in both.conflicts("The set TWO")] == ["two"]
    with pytest.raises(UnknownNameError):
        both.conflicts("three")


def test_conflicts_print_and_have_a_table() -> None:
    written = {"between": ["a", "b"], "nature": "7 < 9.", "resolution": "Count yourself."}
    found = DataCatalog((Entry("dataset", dataset("one", conflicts=[written])),)).conflicts()
    assert repr(found) == "Numbers:\none (a, b): 7 < 9. Count yourself."
    assert found.table.rows() == [("one", "number", "a; b", "7 < 9.", "Count yourself.", "written")]
    assert ">7 &lt; 9.</td>" in found._repr_html_()
    assert len(found) == 1
    assert repr(SMALL.conflicts()) == "No disagreements."
    assert SMALL.conflicts()._repr_html_() == "<p>No disagreements.</p>"
    assert SMALL.conflicts().table.columns == ["key", "kind", "between", "nature", "resolution", "found"]


def test_what_is_only_worded_differently_comes_last() -> None:
    kinds = ("wording", "terms", "edition", "number", None)
    written = [{"between": ["a", "b"], "nature": f"{kind}.", "resolution": "R."} | ({"kind": kind} if kind else {})
               for kind in kinds]  # fmt: skip
    told = repr(find_conflicts([Entry("dataset", dataset("one", conflicts=written))])).splitlines()
    assert [line.removeprefix("one (a, b): ") for line in told] == [
        *("Numbers:", "number. R.", "None. R.", "Terms:", "terms. R."),
        *("Editions:", "edition. R.", "Only worded differently:", "wording. R."),
    ]
    shipped = [each.kind for each in wb.datasets().conflicts()]
    assert set(shipped) == {"number", "terms", "edition", "wording"}
    assert shipped[-1] == "wording"


# ------------------------------------------------------------------ the shipped catalog


def test_the_package_opens_the_shipped_catalog() -> None:
    catalog = wb.datasets()
    assert catalog["ChestX-ray14"].key == "nih-chestx-ray14"
    assert catalog.table["key"].n_unique() == len(catalog)
    assert "datasets" in dir(wb)


def test_every_name_of_the_shipped_catalog_finds_its_entry() -> None:
    catalog = wb.datasets()
    for each in catalog:
        for name in (each.key, each.name, *each.aliases):
            assert catalog[name] is each


def test_the_index_gives_no_size_in_a_unit_that_the_claim_does_not_mean() -> None:
    catalog = wb.datasets()
    # the guide's 2,620 scans are of the parent; 6,775 studies of the index hold one image each, and mean another unit
    assert catalog["cbis-ddsm"].size("studies") is None
    assert catalog["cbis-ddsm"].size("patients") == 1566
    assert catalog["lidc-idri"].size("studies") == 1308


def test_collections_of_the_index_stand_apart() -> None:
    catalog = wb.datasets()
    collections = catalog.collections
    assert {each.kind for each in collections} == {"collection"}
    assert not {each.kind for each in catalog} & {"collection"}
    assert len(collections.where(kind="collection", modality="CT")) > 10


def test_searching_gives_a_catalog_in_order_with_its_hits() -> None:
    found = wb.datasets().search("chexprt", limit=3)
    assert found.entries[0].key == "chexpert"
    assert [hit.key for hit in found.found] == [each.key for each in found]
    assert len(found) <= 3
    assert len(wb.datasets().search("qqqqzzzz")) == 0


def test_a_long_search_leaves_out_what_matches_far_worse_but_nobody_who_holds_every_word() -> None:
    catalog = wb.datasets()
    found, index = catalog.search("lung nodule segmentation", limit=99), SearchIndex(catalog.entries)
    every = index.search("lung nodule segmentation", 99)
    assert 10 <= len(found) < len(every) / 2
    assert list(found.found) == [hit for hit in every if hit in found.found]  # in order, the first ten among them
    assert list(found.found[:10]) == every[:10] == list(catalog.search("lung nodule segmentation").found)
    holders = {hit.key for hit in index.search("tumor", 99) if any(" for '" not in said for said in hit.matched)}
    assert {each.key for each in catalog.search("tumor", limit=99)} >= holders


@pytest.mark.parametrize("limit", [0, -1, True, 2.5, "x"])
def test_a_limit_that_is_none_is_told(limit: Any) -> None:
    with pytest.raises(ValueError, match="limit") as caught:
        wb.datasets().search("lung", limit=limit)
    assert str(caught.value) == f"limit={limit!r} came. A whole number from 1 would be right, such as limit=10"


def test_what_is_no_text_is_told() -> None:
    asks: list[tuple[Any, str]] = [(wb.datasets().search, "text"), (wb.datasets().recommend, "question")]
    for ask, name in asks:
        with pytest.raises(TypeError) as caught:
            ask(3)
        assert str(caught.value) == f"{name}=3 came. Words would be right. Write for instance 'lung nodules'"


@pytest.mark.parametrize("question", ["", "  "])
def test_an_empty_question_is_asked_for_again(question: str) -> None:
    with pytest.raises(ValueError, match="An empty question came") as caught:
        wb.datasets().recommend(question)
    assert str(caught.value) == (
        "An empty question came. What is looked for, in words, would be right. "
        "Ask for instance 'chest X-rays with demographics, over 10,000 patients'."
    )
    assert wb.datasets().recommend(question, modality="CT").ranked


def test_needs_by_keyword_are_checked_and_joined_with_the_question() -> None:
    catalog = wb.datasets()
    asked = catalog.recommend("chest X-rays", min_size={"patients": 10_000}, commercial_use=True)
    assert asked.best is not None
    assert asked.best.key == "nih-chestx-ray14"
    assert set(asked.needs.said()) >= {"chest", "X-ray", "at least 10,000 patients", "commercial use"}
    with pytest.raises(UnknownNameError) as caught:
        catalog.recommend(modalty="CT")
    assert str(caught.value) == (
        "No need 'modalty' in recommend(). Did you mean 'modality'? Valid: kind, modality, body_region, task, labels, "
        "demographics, min_size, commercial_use, access, splits, include_collections. Give one of these."
    )


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        ({"min_size": 10_000}, ("at least 10,000 patients",)),
        ({"min_patients": 10_000}, ("at least 10,000 patients",)),
        ({"patients": 10_000, "images": 5e4}, ("at least 10,000 patients", "at least 50,000 images")),
        ({"min_size": {"slides": 100}}, ("at least 100 slides",)),
        ({"min_size": None, "patients": None, "modality": None}, ()),
    ],
)
def test_the_least_of_a_quantity_can_be_said_by_its_name(needs: dict[str, Any], said: tuple[str, ...]) -> None:
    assert wb.datasets().recommend(**needs).needs.said() == said


@pytest.mark.parametrize(
    ("needs", "came"),
    [
        ({"min_size": "many"}, "min_size='many'"),
        ({"patients": True}, "patients=True"),
        ({"min_size": {"images": -1}}, "min_size['images']=-1"),
    ],
)
def test_a_least_that_is_no_number_is_told_with_an_example(needs: dict[str, Any], came: str) -> None:
    with pytest.raises(TypeError) as caught:
        wb.datasets().recommend(**needs)
    assert str(caught.value) == (
        f"{came} came. A number would be right, of patients, or by what is counted. "
        "Write for instance min_size={'images': 100_000}"
    )


def test_collections_are_recommended_only_when_they_are_asked_for() -> None:
    catalog = wb.datasets()
    apart = catalog.recommend("lung CT")
    among = catalog.recommend("lung CT", include_collections=True)
    keys = {each.key for each in catalog.collections}
    assert not keys & {each.key for each in apart.ranked}
    assert keys & {each.key for each in among.ranked}


def test_comparing_shows_images_in_common_and_what_the_index_counts() -> None:
    shown = str(wb.datasets().compare("LUNA16", "lidc-idri"))
    assert "LUNA16 is a subset of LIDC-IDRI" in shown
    assert "1,018 series of 1,010 people" in shown


def test_a_name_is_found_however_its_dashes_accents_and_spaces_are_typed():
    catalog = DataCatalog((Entry("dataset", {"key": "a-b", "name": "\u00c1-B  set"}),))
    for typed in ("a-b", "A\u2010B", "A\u0301-b set", " a\u2013B SET "):
        assert typed in catalog
        assert catalog[typed].key == "a-b"
    assert "a b c" not in catalog

"""Facets against loops over small random sources: what every value of an attribute would give."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.by_hand import (
    BANDS,
    CATEGORIES,
    FLAGS,
    LAWS,
    cohort_of,
    counts_of,
    criteria,
    definitions,
    drawn,
    selected,
    together,
)
from tests.catalog.tiny import make_repository, place
from workbench.catalog import facets
from workbench.catalog.commons import Catalog
from workbench.catalog.criteria.groups import any_of
from workbench.errors import UnknownNameError
from workbench.vocabulary.anatomy import BODY_REGIONS

NAMES = [*CATEGORIES, *BANDS, *FLAGS]
WORDS = {None: "Not Reported", True: "true", False: "false"}


def attributes_of(entry: dict[str, Any]) -> set[str]:
    """What an entry speaks of; a query could speak of anything."""
    if "column" in entry:
        return {entry["column"]}
    members = entry.get("any", []) + entry.get("all", [])
    return set[str]().union(*map(attributes_of, members)) if members else {"a query"}


def choosing(name: str, value: Any) -> dict[str, Any]:
    """The criterion that a click on the value makes."""
    if value is None:
        return {"column": name, "values": [], "missing": "only"}
    return {"column": name, "values": [value], "missing": "exclude"}


@LAWS
@given(data=st.data())
def test_every_count_is_that_of_the_rows_under_all_other_criteria(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    repository, rows = drawn(data, tmp_path_factory)
    names = data.draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=7))
    clicked = st.lists(criteria(rows, inside=True).filter(lambda entry: entry["column"] in names), max_size=4)
    entries = data.draw(st.one_of(definitions(rows), clicked))
    unit: Any = data.draw(st.sampled_from(["patients", "studies", "series"]))
    counted = facets.count(cohort_of(repository, entries), names, unit)
    for name in names:
        left = together(repository, rows, [entry for entry in entries if attributes_of(entry) != {name}])
        values = {row.get(name) for row in rows} | (set(BODY_REGIONS) if name == "body_region" else set())
        expected = {}
        for value in values:
            these = left & {row["number"] for row in rows if row.get(name) == value}
            chosen = left & selected(repository, rows, choosing(name, value))
            n, alone = (counts_of(rows, part)[unit] for part in (these, chosen))
            if n or alone:
                expected[WORDS.get(value, value)] = (n, alone)
        shown = counted.filter(attribute=name)
        assert {row[0]: row[1:] for row in shown.select("value", "n", "n_selecting").iter_rows()} == expected
        assert shown.height == len(expected)
        if unit == "series":
            assert shown["n"].sum() == counts_of(rows, left)["series"]


@LAWS
@given(data=st.data())
def test_choosing_a_value_gives_the_count_that_stood_beside_it(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    repository, rows = drawn(data, tmp_path_factory)
    entries = data.draw(definitions(rows))
    name = data.draw(st.sampled_from(NAMES))
    unit: Any = data.draw(st.sampled_from(["patients", "studies", "series"]))
    others = [entry for entry in entries if attributes_of(entry) != {name}]
    spoken = {word: value for value, word in WORDS.items()} if name in FLAGS else {}
    for value, alone in facets.count(cohort_of(repository, entries), [name], unit)["value", "n_selecting"].iter_rows():
        clicked = cohort_of(repository, [*others, choosing(name, spoken.get(value, value))])
        assert clicked.counts[unit] == alone


# ------------------------------------------------------------------ by hand


@pytest.fixture(scope="module")
def commons(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Patient 0 has a study of CT and MR, patient 1 shares it; patient 2 has a study without series, 3 has none."""
    return Catalog(
        make_repository(
            tmp_path_factory.mktemp("facets"),
            [
                {"sex": "Female", "smoker": "Yes"},
                {"sex": "Male", "smoker": None},
                {"sex": "Female", "smoker": "Not Reported"},
                {"sex": "Unknown", "smoker": "No"},
            ],
            [
                {"patient_key": 0, "age_at_study_years": 61.0, "contrast": True},
                {"patient_key": 2, "age_at_study_years": None, "age_missing": "Unknown", "contrast": None},
            ],
            [
                {"patient_key": 0, "study_key": 0, "modality": "CT", "body_region": "Chest and Abdomen"},
                {"patient_key": 0, "study_key": 0, "modality": "MR", "body_region": "Chest"},
                {"patient_key": 1, "study_key": 0, "modality": "CT", "body_region": "Abdomen"},
                place(2, 1, body_region="Not Reported"),
                place(3, body_region="Not Reported"),
            ],
        )
    )


def table(counted: pl.DataFrame) -> list[tuple[Any, ...]]:
    return counted.select("value", "n", "n_selecting").rows()


def test_patients_without_series_are_counted_as_patients(commons: Catalog) -> None:
    assert table(facets.count(commons.everything, ["sex"])) == [("Female", 2, 2), ("Male", 1, 1), ("Unknown", 1, 1)]
    assert table(facets.count(commons.everything, ["sex"], "studies")) == [("Female", 2, 2), ("Male", 1, 1)]
    assert table(facets.count(commons.everything, ["sex"], "series")) == [("Female", 2, 2), ("Male", 1, 1)]


def test_a_null_and_not_reported_are_one_value(commons: Catalog) -> None:
    assert table(facets.count(commons.everything, ["smoker"])) == [("No", 1, 1), ("Yes", 1, 1), ("Not Reported", 2, 2)]
    assert commons.where(smoker="Not Reported").counts["patients"] == 2


def test_what_no_study_tells_is_a_value_of_its_patients(commons: Catalog) -> None:
    shown = table(facets.count(commons.everything, ["age_group"]))
    assert shown == [("50–64", 2, 2), ("Unknown", 1, 1), ("Not Reported", 1, 1)]
    assert commons.where(age_group="Not Reported").counts["patients"] == 1
    assert table(facets.count(commons.everything, ["contrast"])) == [("true", 2, 2), ("Not Reported", 2, 2)]


def test_a_region_counts_for_every_wider_choice(commons: Catalog) -> None:
    assert table(facets.count(commons.everything, ["body_region"])) == [
        ("Chest", 1, 1),  # chest, and chest and abdomen: patient 0 both times
        ("Chest and Abdomen", 1, 1),
        ("Abdomen", 1, 2),  # patient 1, and patient 0 by chest and abdomen
        ("Not Reported", 2, 2),
    ]
    assert table(facets.count(commons.everything, ["body_region"], "series"))[0] == ("Chest", 1, 2)


def test_criteria_on_one_attribute_do_not_narrow_its_own_counts(commons: Catalog) -> None:
    cohort = commons.where(modality="CT").where(modality="MR", level="patient").where(sex="Female")
    counted = facets.count(cohort, ["modality", "sex"])
    assert table(counted.filter(attribute="modality")) == [("CT", 1, 1), ("MR", 1, 1), ("Not Reported", 1, 1)]
    assert table(counted.filter(attribute="sex")) == [("Female", 1, 1)]


def test_a_series_that_fails_two_attributes_counts_for_neither(commons: Catalog) -> None:
    # CT, no MR: the MR of patient 0 fails the modality only. A man, no woman: it fails the sex too.
    cohort = commons.where(modality="CT", sex="Male")
    counted = facets.count(cohort, ["modality", "sex", "body_region"])
    assert table(counted.filter(attribute="modality")) == [("CT", 1, 1)]
    assert table(counted.filter(attribute="sex")) == [("Female", 1, 1), ("Male", 1, 1)]
    assert table(counted.filter(attribute="body_region")) == [("Abdomen", 1, 1)]
    # With a third attribute failing, patients 2 and 3 count for none of the three.
    thirds = facets.count(cohort.where(body_region="Abdomen"), ["modality", "sex", "body_region"])
    assert table(thirds) == [
        ("CT", 1, 1),
        ("Female", 1, 1),  # the CT of chest and abdomen shows the abdomen
        ("Male", 1, 1),
        ("Abdomen", 1, 1),
    ]


def test_a_group_on_two_attributes_narrows_the_facets_of_both(commons: Catalog) -> None:
    either = commons.where(any_of(modality="MR", sex="Male")).where(modality="CT", level="patient")
    counted = facets.count(either, ["modality", "sex"])
    assert table(counted.filter(attribute="modality")) == [("CT", 1, 1), ("MR", 1, 1)]
    assert table(counted.filter(attribute="sex")) == [("Female", 1, 1), ("Male", 1, 1)]


def test_a_query_narrows_every_facet(commons: Catalog) -> None:
    cohort = commons.where_sql("select series_key from series where modality = 'MR'")
    assert table(facets.count(cohort, ["modality"])) == [("MR", 1, 1)]


def test_no_attributes_give_no_rows_and_an_empty_cohort_still_offers_its_values(commons: Catalog) -> None:
    assert facets.count(commons.everything, []).height == 0
    nobody = commons.where(modality="MR").exclude(modality="MR")
    assert table(facets.count(nobody, ["modality"])) == [("CT", 2, 2), ("MR", 1, 1), ("Not Reported", 2, 2)]
    assert facets.count(nobody, ["sex"]).schema == facets.count(commons.everything, "sex").schema
    assert facets.count(nobody, "sex").height == 0


def test_a_category_of_more_values_than_sixteen_bits_is_counted_right(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    n = 2**16 + 10
    made = make_repository(
        tmp_path_factory.mktemp("many"),
        [{"barcode": f"B{patient:06d}", "age_years": float(patient % 80)} for patient in range(n)],
        [{"patient_key": patient} for patient in range(n)],
        [{"patient_key": patient, "study_key": patient, "weight_kg": patient / 7} for patient in range(n)],
    )
    commons = Catalog(made)
    counted = facets.count(commons.everything, ["barcode", "sex"])
    assert counted.filter(attribute="barcode")["n"].unique().to_list() == [1]
    assert counted.filter(attribute="barcode").height == n
    assert commons.where(barcode="B000003").counts["patients"] == 1
    # A number of so many values is compared row by row.
    assert commons.where(weight_kg=(0, 1)).counts["patients"] == 8  # 0/7 to 7/7
    assert commons.where(weight_kg=[0, 1]).counts["patients"] == 2


# ------------------------------------------------------------------ whole messages


@pytest.mark.parametrize(
    ("names", "unit", "kind", "message"),
    [
        (
            ["sxe"],
            "patients",
            UnknownNameError,
            "No attribute 'sxe' in Made-up source. Did you mean 'sex'? Valid: collection_id, modality, body_region, "
            "body_region_source, body_part, sex, species, manufacturer, model, license, derived, age_decade, … "
            "(15 in all). Pass one of these.",
        ),
        (
            ["sex"],
            "people",
            UnknownNameError,
            "No unit 'people' in facets.count. Valid: patients, studies, series. Say what is to be counted.",
        ),
        (
            ["sex", "n_instances"],
            "patients",
            TypeError,
            "n_instances was received, which holds numbers. A facet counts categories, such as modality, sex or "
            "age_decade. Filter it instead: where(n_instances=…).",
        ),
        (
            ["series_description"],
            "patients",
            TypeError,
            "series_description was received, which holds texts. A facet counts categories, such as modality, sex or "
            "age_decade. Filter it instead: where(series_description=…).",
        ),
    ],
)
def test_a_wrong_facet_says_what_is_right(
    commons: Catalog, names: list[str], unit: Any, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        facets.count(commons.everything, names, unit)
    assert str(caught.value) == message

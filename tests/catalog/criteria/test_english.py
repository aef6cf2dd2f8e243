"""Conditions in plain English: what stands in an explanation says what is selected."""

import pytest

import workbench as wb
from workbench.catalog.commons import Catalog
from workbench.catalog.criteria.english import phrase


@pytest.fixture(scope="module")
def synthetic() -> Catalog:
    return wb.open_catalog("synthetic")


SAID = [
    (lambda c: c.where(modality=["CR", "DX"]), "modality is CR or DX"),
    (lambda c: c.exclude(sex="Male"), "sex is not Male"),
    (lambda c: c.exclude(age_years=(80, None), missing="exclude"), "age at the study not 80 or more, and known"),
    (lambda c: c.where(age_years=(18, None), missing="keep"), "age at the study 18 or more, or not known"),
    (lambda c: c.where(age_years=(None, 17)), "age at the study up to 17"),
    (lambda c: c.where(race=None, missing="only"), "race is missing"),
    (lambda c: c.exclude(race=None, missing="only"), "race is not missing"),
    (lambda c: c.where(derived=False), "acquired images"),
    (lambda c: c.where(study_description="chest"), "study description contains chest"),
    (lambda c: c.where(modality=["CR", "DX"], level="study", match="each"), "the study holds modality CR and DX"),
    (
        lambda c: c.exclude(modality="CT", level="patient"),
        "all series of a patient without a series whose modality is CT",
    ),
    (
        lambda c: c.where(modality="CT", level="study", match="all"),
        "all series of a study with every series whose modality is CT",
    ),
    (
        lambda c: c.where(wb.any_of(wb.none_of(sex="Female"), race="White")),
        "any of: none of: sex is Female; or race is White",
    ),
    (
        lambda c: c.near_test("Positive", days=(-3, 14)),
        "study from 3 days before to 14 days after a test with result Positive",
    ),
    (
        lambda c: c.near_test("Positive", days=(28, None), which="first"),
        "first study of a patient at least 28 days after a test with result Positive",
    ),
    (lambda c: c.near_test("Negative", days=(None, 0), level="patient"), "everything of patients with a study up to "),
    (lambda c: c.where_sql("select patient_key from patients"), "selected by an SQL query"),
]


@pytest.mark.parametrize(("select", "words"), SAID)
def test_a_condition_is_said_in_words(synthetic: Catalog, select, words: str) -> None:
    assert phrase(select(synthetic).conditions[-1]).startswith(words)


def test_a_long_list_of_values_is_cut_with_its_number(commons: Catalog) -> None:
    names = sorted(commons.repository.collections["collection_id"])[:10]
    said = phrase(commons.where(collection_id=names).conditions[0])
    assert said == f"collection is {', '.join(names[:5])} or one of 5 more"


def test_an_explanation_numbers_every_loss(commons: Catalog) -> None:
    cohort = commons.where(collection_id="midrc_ricord_1a", age_years=(18, None))
    first, second, third = cohort.explain().splitlines()
    rows = cohort.attrition.table.rows(named=True)
    assert first == (f"NCI Imaging Data Commons {commons.repository.version} holds {rows[0]['patients']:,} patients.")
    assert second.startswith(f"Collection is midrc_ricord_1a: {rows[1]['patients_lost']:,} patients lost; ")
    missing = f"{rows[2]['patients_lost_missing']:,} of them only because the value is missing"
    assert third.startswith(f"Age at the study 18 or more: {rows[2]['patients_lost']:,} patients lost, {missing}; ")

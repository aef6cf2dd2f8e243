"""The price of each step against a loop over patients, and its sentences by hand."""

from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.by_hand import LAWS, cohort_of, definitions, drawn
from tests.catalog.tiny import make_repository
from workbench.assessment.references import list_references, read_reference
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog, open_catalog
from workbench.catalog.comparison import compare
from workbench.catalog.people import read_patients
from workbench.catalog.price import Price, price_steps
from workbench.catalog.price_words import members, part, percent
from workbench.errors import UnknownNameError
from workbench.vocabulary.demographics import MISSING, PERSONS

ASIAN, BLACK, WHITE = "Asian", "Black or African American", "White"


def catalog(folder: Any, people: list[dict[str, Any]], thickness: list[float | None], **fields: Any) -> Catalog:
    """Return a source with one CT study and series a patient, of the thickness given."""
    studies = [
        {"patient_key": key, "age_at_study_years": person.get("age_years", 50.0)} for key, person in enumerate(people)
    ]
    series = [
        {"patient_key": key, "study_key": key, "slice_thickness_mm": value} for key, value in enumerate(thickness)
    ]
    return Catalog(make_repository(folder, people, studies, series, **fields))


def priced(folder: Any, groups: dict[str, tuple[int, int, int]], **fields: Any) -> Price:
    """Return the price of a thin slice: each race with how many stay, are too thick, and have no thickness."""
    people, thickness = [], []
    for race, counts in groups.items():
        for value, n in zip((1.0, 5.0, None), counts, strict=True):
            people += [{"race": race}] * n
            thickness += [value] * n
    return catalog(folder, people, thickness, **fields).where(slice_thickness_mm=(None, 1.5)).attrition.price()


@LAWS
@given(data=st.data())
def test_every_group_is_counted_as_a_loop_over_patients_counts_it(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    repository, rows = drawn(data, tmp_path_factory)
    cohort = cohort_of(repository, data.draw(definitions(rows)))
    attributes = ["sex", "age_group", "age_decade", "smoker"]
    price = price_steps(cohort.attrition, attributes=attributes)
    masks = [left for _, left, _ in cohort.attrition.steps]
    for number, (before, after) in enumerate(pairwise(masks), start=1):
        people, kept = read_patients(repository, before), {*read_patients(repository, after)["patient_key"]}
        rows_of_step = price.table.filter(pl.col("number") == number)
        for attribute in attributes:
            expected: dict[str, list[int]] = {}
            named = people[attribute].cast(pl.String).fill_null("Not Reported")
            for value, key in zip(named, people["patient_key"], strict=True):
                n = expected.setdefault(value, [0, 0])
                n[0] += 1
                n[1] += key not in kept
            found = rows_of_step.filter(pl.col("attribute") == attribute)
            assert {row["category"]: [row["n_before"], row["n_lost"]] for row in found.to_dicts()} == expected
        assert (price.table["n_before"] - price.table["n_lost"] == price.table["n_after"]).all()
    steps = cohort.attrition.table
    assert price.overall["n_lost"].to_list() == steps["patients_lost"][1:].to_list()
    assert price.overall["n_lost_missing"].to_list() == steps["patients_lost_missing"][1:].to_list()
    summed = price.table.group_by("number", "attribute").agg(pl.col("n_lost_missing").sum())
    joined = summed.join(price.overall, on="number")
    assert (joined["n_lost_missing"] == joined["n_lost_missing_right"]).all()


def test_a_step_by_hand(tmp_path: Any) -> None:
    # Black: 19 stay, 3 are too thick, 28 unknown; White: 69 stay, 21 too thick, 10 unknown. In all 62 of 150 are lost.
    price = priced(tmp_path, {BLACK: (19, 3, 28), WHITE: (69, 21, 10)})
    races = price.table.filter(pl.col("attribute") == "race")
    named = ["category", "n_before", "n_after", "n_lost", "n_lost_missing", "lost_fraction"]
    assert races.select(named).rows() == [(BLACK, 50, 19, 31, 28, 0.62), (WHITE, 100, 69, 31, 10, 0.31)]
    # Wilson at n = 50, p = 0.62, z² = 3.841459: (0.62 + 0.038415 ± 1.959964 · 0.071387) / 1.076829
    assert races.row(0, named=True)["lost_low"] == pytest.approx(0.481505, abs=5e-6)
    assert races.row(0, named=True)["lost_high"] == pytest.approx(0.741373, abs=5e-6)
    assert price.overall.select("n_before", "n_lost", "n_lost_missing").rows() == [(150, 62, 38)]


def test_the_sentence_names_the_group_the_largest_other_and_what_is_missing(tmp_path: Any) -> None:
    price = priced(tmp_path, {BLACK: (19, 3, 28), WHITE: (69, 21, 10)})
    # Of the reference 12.4 of 100 are Black, 61.6 White, 26.0 others. Before, 33.3 and 66.7: half of
    # 20.9 + 5.0 + 26.0 is 26; after it 21.6 and 78.4: half of 9.2 + 16.8 + 26.0 is 26.
    assert price.sentences == (
        "Requiring slice thickness in mm up to 1.5 loses 41 % of 150 patients, 3 of 5 of them because the value is "
        "missing. It loses 62 % of Black or African American patients and 31 % of White patients; 9 of 10 of the "
        "former for that reason. Then 26 of 100 patients would have to belong to another group to match "
        "the reference by race; before it, 26.",
    )


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        (  # ten patients are too few to be named or to be compared with, however many of them are lost
            {BLACK: (0, 10, 0), WHITE: (80, 20, 0)},
            "loses 27 % of 110 patients.",
        ),
        (  # one more, and they are not
            {BLACK: (0, 11, 0), WHITE: (80, 20, 0)},
            "loses 28 % of 111 patients. It loses 100 % of Black or African American patients and 20 % of White "
            "patients.",
        ),
        (  # who is hit goes before who is spared
            {BLACK: (40, 0, 0), WHITE: (5, 95, 0)},
            "loses 68 % of 140 patients. It loses 95 % of White patients and 0 % of Black or African American "
            "patients.",
        ),
        (  # White 9.1 % (3.6 to 21.2) against 2.8 % of 144 (1.1 to 6.9): 6.3 − √(5.5² + 4.1²) = −0.6 is not clear.
            # Black 1 % (0.2 to 5.4) against 9.1 % of 88 (4.7 to 16.9): −8.1 + √(4.4² + 4.4²) = −1.9 is
            {BLACK: (99, 1, 0), WHITE: (40, 4, 0), ASIAN: (40, 4, 0)},
            "loses 5 % of 188 patients. It loses only 1 % of Black or African American patients and 9 % of the others "
            "whose race is known.",
        ),
        (  # White 20 % (14 to 28) against 15 % (8 to 27): 5 − √(6² + 12²) is not clear
            {BLACK: (51, 9, 0), WHITE: (96, 24, 0)},
            "loses 18 % of 180 patients. No group by race loses clearly more or less than the others.",
        ),
        (  # nobody to compare with
            {WHITE: (50, 3, 2)},
            "loses 9 % of 55 patients, 2 of 5 of them because the value is missing.",
        ),
        ({WHITE: (5, 0, 0)}, "loses nobody of 5 patients."),
        (  # 100 % (99.6 to 100) and 99.2 % (98.4 to 99.6) lie apart, but both are nearly all
            {BLACK: (0, 1000, 0), WHITE: (8, 992, 0)},
            "loses over 99 % of 2,000 patients. No group by race loses clearly more or less than the others.",
        ),
        (  # 11.6 % and 12.4 % of 100,000 lie apart, and both are said as 12 %
            {BLACK: (88_400, 11_600, 0), WHITE: (87_600, 12_400, 0)},
            "loses 12 % of 200,000 patients. No group by race loses clearly more or less than the others.",
        ),
        (  # a missing race is no group, and does not count among the others
            {"Not Reported": (0, 4000, 0), BLACK: (50, 50, 0), WHITE: (80, 20, 0)},
            "loses 97 % of 4,200 patients. It loses 50 % of Black or African American patients and 20 % of White "
            "patients.",
        ),
        (
            {BLACK: (20, 0, 300), WHITE: (300, 20, 1)},
            "loses 50 % of 641 patients, 9 of 10 of them because the value is missing. It loses 94 % of Black or "
            "African American patients and 7 % of White patients; all of the former for that reason.",
        ),
        (  # what is so of all is not said again of the group
            {BLACK: (10, 0, 30), WHITE: (50, 0, 10)},
            "loses 40 % of 100 patients, all of them because the value is missing. It loses 75 % of Black or African "
            "American patients and 17 % of White patients.",
        ),
    ],
)
def test_who_is_named(tmp_path: Any, groups: dict[str, tuple[int, int, int]], sentence: str) -> None:
    [said] = priced(tmp_path, groups).sentences
    assert said.split(" Then ")[0] == f"Requiring slice thickness in mm up to 1.5 {sentence}"


def test_a_group_is_held_against_the_others_whose_value_is_known_not_against_everybody(commons: Catalog) -> None:
    # Most of those without a sex have no age either, so every band of age lies below the share of all.
    price = commons.where(sex="Female").attrition.price()
    people = commons.everything.patients.filter(pl.col("species").is_in(PERSONS))
    people = people.with_columns(pl.col("sex", "age_group").cast(pl.String))
    gone = people.filter(pl.col("sex") != "Female")
    unknown = gone.filter(pl.col("sex").is_in(MISSING)).height
    aged = people.filter(~pl.col("age_group").is_in(MISSING))
    shares = {}
    for band in aged["age_group"].unique():
        of_band = pl.col("age_group") == band
        sides = (aged.filter(side)["sex"] != "Female" for side in (of_band, ~of_band))
        shares[band] = [100 * lost.sum() / len(lost) for lost in sides]
    assert all(100 * gone.height / people.height > lost for lost, _ in shares.values())
    most = max(shares, key=lambda band: shares[band][0] - shares[band][1])
    assert round(4 * unknown / gone.height) == 3
    here, others = shares[most]
    assert price.findings == (
        f"Requiring sex Female loses {100 * gone.height / people.height:.0f} % of {people.height:,} patients, 3 of 4 "
        "of them because the value is missing. Beyond the sex asked for, it loses "
        f"{here:.0f} % of patients of {most} years and {others:.0f} % of the others whose age is known; "
        "fewer than 1 of 10 of the former for that reason.",
    )
    known = price.known.row(by_predicate=pl.col("attribute") == "age_group", named=True)
    n_lost = aged.filter(pl.col("sex") != "Female").height
    assert (known["n_before"], known["n_lost"], known["lost_fraction"]) == (aged.height, n_lost, n_lost / aged.height)


def test_groups_that_a_step_asks_for_are_not_named_and_one_that_nobody_reaches_says_so(tmp_path: Any) -> None:
    people = [{"sex": sex, "age_years": 50.0} for sex in ["Female"] * 40 + ["Male"] * 40]
    commons = catalog(tmp_path, people, [1.0] * 80)
    price = commons.where(sex="Female").where(sex="Male").where(modality="CT").attrition.price()
    assert [sentence.split(" Then ")[0] for sentence in price.sentences] == [
        "Requiring sex Female loses 50 % of 80 patients.",
        "Requiring sex Male loses 100 % of 40 patients.",
        "Requiring modality CT loses nobody: nobody was left.",
    ]
    assert price.distances.filter(pl.col("number") == 3)["jsd_after"].null_count() == 4  # 2 attributes, 2 policies


def test_where_nobody_stands_out_beyond_what_a_step_asks_for_the_sentence_says_beyond_what(tmp_path: Any) -> None:
    races = [BLACK, WHITE] * 20
    people = [{"sex": sex, "race": race} for sex in ("Female", "Male") for race in races]
    price = catalog(tmp_path, people, [1.0] * 80).where(sex="Female").attrition.price()
    assert price.findings == (
        "Requiring sex Female loses 50 % of 80 patients. Beyond the sex asked for, no group by race loses clearly more "
        "or less than the others.",
    )


def test_records_that_contradict_each_other_are_no_group_and_not_among_the_others(tmp_path: Any) -> None:
    people = [{"sex": sex} for sex in ["Conflicting"] * 40 + ["Female"] * 60]
    commons = catalog(tmp_path, people, [None] * 40 + [1.0] * 50 + [5.0] * 10)
    price = commons.where(slice_thickness_mm=(None, 1.5)).attrition.price()
    assert price.findings == (
        "Requiring slice thickness in mm up to 1.5 loses 50 % of 100 patients, 4 of 5 of them because the value is "
        "missing.",
    )
    assert price.known.filter(attribute="sex").select("n_before", "n_lost").rows() == [(60, 10)]


def test_a_part_is_said_in_the_nearest_plain_fraction() -> None:
    said = {(44_643, 59_801): "3 of 4", (33, 100): "1 of 3", (48, 100): "half", (49, 1000): "fewer than 1 of 10"}
    said |= {(951, 1000): "nearly all", (88, 100): "9 of 10", (9, 9): "all", (4, 6): "4 of 6"}
    assert {counted: part(*counted) for counted in said} == said


def test_the_age_is_that_of_the_cohort_before_the_step(tmp_path: Any) -> None:
    # One patient with a CT at 17 and an MR at 30, recorded as 17; asked for MR first, then for thin slices.
    people = [{"age_years": 17.0}]
    studies = [{"patient_key": 0, "age_at_study_years": age} for age in (17.0, 30.0)]
    series = [
        {"patient_key": 0, "study_key": 0, "modality": "CT", "slice_thickness_mm": 1.0},
        {"patient_key": 0, "study_key": 1, "modality": "MR", "slice_thickness_mm": 5.0},
    ]
    commons = Catalog(make_repository(tmp_path, people, studies, series))
    price = commons.where(modality="MR").where(slice_thickness_mm=(None, 1.5)).attrition.price(attributes=["age_group"])
    assert price.table.select("number", "category", "n_before", "n_lost").rows() == [
        (1, "16–17", 1, 0),
        (2, "30–39", 1, 1),
    ]


def test_distances_are_those_of_the_comparison_before_and_after(commons: Catalog) -> None:
    cohort = commons.where(modality="CT").where(body_region="Chest").where(age_years=(18, None))
    price = cohort.attrition.price()
    for number, conditions in enumerate([(), *(cohort.conditions[: n + 1] for n in range(3))]):
        compared = compare(Cohort(cohort.repository, conditions)).table.sort("attribute", "missing")
        for step, side in ((number + 1, "before"), (number, "after")):
            rows = price.distances.filter(pl.col("number") == step).sort("attribute", "missing")
            if rows.height:
                for measure in ("jsd", "total_variation"):
                    assert np.allclose(rows[f"{measure}_{side}"], compared[measure], atol=1e-12)
                assert rows[f"n_{side}"].to_list() == compared["n_patients"].to_list()
    assert price.notes[0].endswith("animals, phantoms, simulations or mixed collections' patients are left out.")


@pytest.fixture(scope="module")
def invented() -> Catalog:
    """Return a synthetic commons, which has race and ethnicity and lacks values of each."""
    return open_catalog("synthetic:2000")


@pytest.mark.parametrize("name", list_references())
def test_distances_are_those_of_the_comparison_whoever_is_missing_on_either_side(name: str, invented: Catalog) -> None:
    reference = read_reference(name)
    attributes = [each for each in ("sex", "age_group", "race", "ethnicity") if each in reference.attributes]
    cohort = invented.where(modality="CT")
    price = cohort.attrition.price(reference=reference, attributes=attributes)
    for side, selected in (("before", invented.everything), ("after", cohort)):
        compared = compare(selected, reference=reference, attributes=attributes).table.sort("attribute", "missing")
        rows = price.distances.sort("attribute", "missing")
        assert rows.select("attribute", "missing").rows() == compared.select("attribute", "missing").rows()
        for measure in ("jsd", "total_variation"):
            assert np.allclose(rows[f"{measure}_{side}"], compared[measure], atol=1e-12)


def test_only_people_are_counted(tmp_path: Any) -> None:
    people = [{"species": "Canine"}, {"species": "Human"}, {"species": "Phantom"}]
    price = catalog(tmp_path, people, [5.0, 1.0, 1.0]).where(slice_thickness_mm=(None, 1.5)).attrition.price()
    assert price.overall.select("n_before", "n_lost").rows() == [(1, 0)]
    assert price.notes == (
        "What each step loses is told of people: 2 animals, phantoms, simulations or mixed collections' patients are "
        "left out.",
    )


def test_a_cohort_without_criteria_has_no_price(commons: Catalog) -> None:
    price = commons.everything.attrition.price()
    assert (price.table.height, price.overall.height, price.distances.height, price.sentences) == (0, 0, 0, ())
    assert "lost_fraction" in price.table.columns
    assert price._repr_html_()


def test_what_the_reference_lacks_has_no_distance(tmp_path: Any) -> None:
    people = [{"site_id": site} for site in "AABB"]
    commons = catalog(tmp_path, people, [1.0, 5.0, 5.0, 5.0])
    price = commons.where(slice_thickness_mm=(None, 1.5)).attrition.price(attributes=["site_id", "sex"])
    assert price.table["attribute"].unique(maintain_order=True).to_list() == ["site_id", "sex"]
    assert price.distances["attribute"].unique().to_list() == ["sex"]
    same = commons.where(slice_thickness_mm=(None, 1.5)).attrition.price(reference=read_reference("us_census"))
    assert same.reference.name == "us_census"


def test_a_controlled_source_is_stamped(tmp_path: Any) -> None:
    commons = catalog(tmp_path, [{}, {}], [1.0, 5.0])
    attrition = commons.where(slice_thickness_mm=(None, 1.5)).attrition
    assert attrition.price().stamp == "Exact counts of a controlled source: for its holder, do not publish."
    assert attrition.price().stamp in repr(attrition.price())


def test_an_unknown_attribute_is_refused_with_those_there_are(tmp_path: Any) -> None:
    attrition = catalog(tmp_path, [{"race": WHITE}], [1.0]).where(modality="CT").attrition
    with pytest.raises(UnknownNameError) as caught:
        attrition.price(attributes=["rase"])
    assert str(caught.value) == (
        "No attribute 'rase' in Made-up source. Did you mean 'race'? Valid: collection_id, species, sex, race, "
        "age_group, age_decade. Pass one of these."
    )


def test_an_attribute_of_too_many_values_is_refused(tmp_path: Any) -> None:
    people = [{"zip3": f"{number:03d}"} for number in range(201)]
    attrition = catalog(tmp_path, people, [1.0] * 201).where(modality="CT").attrition
    with pytest.raises(ValueError, match="201 values") as caught:
        attrition.price(attributes=["zip3"])
    assert str(caught.value) == (
        "zip3 was received, which has 201 values. Subgroups of up to 200 can be compared. "
        "Pass an attribute of fewer categories, such as sex."
    )


def test_words_for_groups_and_shares() -> None:
    assert members({"attribute": "age_group", "category": "18–29"}) == "patients of 18–29 years"
    assert members({"attribute": "sex", "category": "Male"}) == "male patients"
    assert members({"attribute": "sex", "category": "Other"}) == "patients of another sex"
    assert members({"attribute": "race", "category": "Multiple or Other"}) == "patients of multiple or other races"
    assert members({"attribute": "site_id", "category": "A"}) == "patients with site A"
    assert [percent(n, 1000) for n in (0, 1, 10, 990, 999, 1000)] == [
        "0 %",
        "under 1 %",
        "1 %",
        "99 %",
        "over 99 %",
        "100 %",
    ]

from pathlib import Path

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.assessment.alignment import ReferenceCohort
from workbench.assessment.census import count_census
from workbench.assessment.references import read_reference
from workbench.assessment.representativeness import compare_to_reference
from workbench.vocabulary.demographics import AGE_DECADES, SEX

CENSUS = read_reference("us_census")
CASES = read_reference("cdc_covid")
MIDRC = pl.read_csv(Path(__file__).parent / "midrc_2024_03_04_counts.csv", comment_prefix="#")
COUNTS = {
    str(key): dict(rows.select("category", "n_patients").iter_rows()) for (key,), rows in MIDRC.group_by("attribute")
}

# MIDRC against the Census on 2024-03-04, as MIDRC-REACT computes it: with and without Not Reported.
GOLDEN = {
    "sex": (0.014696, 0.006722),
    "race": (0.337258, 0.277754),
    "ethnicity": (0.229134, 0.115766),
    "race_ethnicity": (0.313375, 0.207012),
    "age_group": (0.350374, 0.350374),
}


@pytest.mark.parametrize("attribute", GOLDEN)
def test_published_midrc_counts_give_the_known_distances(attribute: str) -> None:
    counts = COUNTS
    if attribute == "age_group":  # the published figure rests on four bands; both sides' eleven are summed to them
        edges = {"0–17": 4, "18–49": 7, "50–64": 8, "65+": 11}
        sums, start, numbers = {}, 0, list(COUNTS[attribute].values())
        for band, stop in edges.items():
            sums[band], start = sum(numbers[start:stop]), stop
        counts = {attribute: sums}
    table = compare_to_reference(counts, CENSUS, attributes=[attribute], replicates=200).table
    assert table["missing"].to_list() == ["included", "excluded"]
    assert table["jsd"].to_list() == pytest.approx(GOLDEN[attribute], abs=1e-6)
    assert table["n_missing"].to_list() == [COUNTS[attribute].get("Not Reported", 0)] * 2


# Not Reported left out, at the last dates; measured with MIDRC-REACT.
WITHOUT_MISSING = {
    ("midrc_open_covid_positive", "age_group"): 0.335138,
    ("midrc_open_covid_positive", "sex"): 0.017953,
    ("midrc_open_covid_positive", "race"): 0.272431,
    ("midrc_open_covid_positive", "ethnicity"): 0.049408,
    ("midrc_open_covid_positive", "race_ethnicity"): 0.253047,
    ("midrc_open", "age_group"): 0.359637,
    ("midrc_open", "sex"): 0.020194,
    ("midrc_open", "race"): 0.196054,
    ("midrc_open", "ethnicity"): 0.092958,
    ("midrc_open", "race_ethnicity"): 0.193034,
}


@pytest.mark.parametrize(("name", "attribute"), WITHOUT_MISSING)
def test_midrc_against_cases_of_covid_gives_the_known_distances(name: str, attribute: str) -> None:
    published = read_reference(name).published.filter(attribute=attribute)
    counts = {attribute: dict(published.select("category", pl.col("n").cast(pl.Int64)).iter_rows())}
    row = compare_to_reference(counts, CASES, replicates=0).table.filter(missing="excluded").row(0, named=True)
    assert row["jsd"] == pytest.approx(WITHOUT_MISSING[name, attribute], abs=1e-6)
    assert row["year"] == "2023-03-31"


def test_people_of_the_reference_without_a_value_are_told_and_kept_or_left_out_alike() -> None:
    compared = compare_to_reference({"ethnicity": COUNTS["ethnicity"]}, CASES, replicates=50)
    included, excluded = compared.table.iter_rows(named=True)
    assert (included["n_reference"], excluded["n_reference"]) == (97_799_722, 56_682_629)
    assert included["p_null"] == 1 / 51  # a sample of the cases can have missing people too
    assert "ethnicity: 42.0 % of the reference have no value." in compared.notes


def test_contributions_sum_to_one_and_name_what_is_missing() -> None:
    parts = compare_to_reference(COUNTS, CENSUS, attributes=["ethnicity"], replicates=50).contributions
    included = parts.filter(pl.col("missing") == "included")
    assert included["share_of_jsd2"].sum() == pytest.approx(1)
    assert included.filter(pl.col("category") == "Not Reported")["n_patients"].item() == 5420
    assert parts.filter(missing="excluded")["category"].to_list() == ["Hispanic or Latino", "Not Hispanic or Latino"]


def test_a_frame_a_census_and_counts_give_the_same_comparison() -> None:
    patients = pl.DataFrame({"sex": ["Male"] * 30 + ["Female"] * 20 + ["Unknown"] * 5}, schema={"sex": pl.Enum(SEX)})
    patients = patients.with_columns(site=pl.lit("A"))
    sides = (patients, count_census(patients, by=["site", "sex"]), {"sex": {"Male": 30, "Female": 20, "Unknown": 5}})
    tables = [compare_to_reference(side, CENSUS, replicates=50).table for side in sides]
    assert all(table.equals(tables[0]) for table in tables)
    assert tables[0].select("n_patients", "n_missing").rows() == [(55, 5), (50, 5)]
    assert tables[0]["p_null"].is_null().to_list() == [True, False]


def test_a_sample_of_the_reference_is_not_called_different() -> None:
    shares = CENSUS.table.filter(attribute="race")
    drawn = np.random.default_rng(1).multinomial(500, shares["fraction"].to_numpy())
    counts = {"race": dict(zip(shares["category"], map(int, drawn), strict=True))}
    table = compare_to_reference(counts, CENSUS).table
    assert table["p_null"].min() > 0.05
    assert table["p_null"][0] == table["p_null"][1]  # nobody is missing, so both policies ask the same


def test_the_interval_holds_the_distance_of_a_cohort_that_differs() -> None:
    row = compare_to_reference(COUNTS, CENSUS, attributes=["race"]).table.row(0, named=True)
    assert row["jsd_low"] < row["jsd"] < row["jsd_high"]
    again = compare_to_reference(COUNTS, CENSUS, attributes=["sex", "race"]).table.row(2, named=True)
    assert again == row


def test_an_empty_cohort_has_rows_without_distances() -> None:
    table = compare_to_reference(pl.DataFrame(schema={"sex": pl.Enum(SEX)}), CENSUS).table
    assert table.select("attribute", "missing", "jsd", "p_null", "n_patients").rows() == [
        ("sex", "included", None, None, 0),
        ("sex", "excluded", None, None, 0),
    ]


def test_notes_say_what_was_normalized_summed_and_unmatched() -> None:
    counts = {"age_group": {"0–17": 1, "18+": 3}, "sex": {"Male": 2, "Conflicting": 1}}
    comparison = compare_to_reference(counts, CENSUS, replicates=10)
    assert comparison.notes == (
        "sex: the reference has no Conflicting (1); these patients count as different.",
        "age_group: 11 bands of the reference were summed to 2, whose edges both sides have.",
        "age_group: the published percentages sum to 100.2 and were normalized to 100.",
    )
    assert comparison.notes[0] in repr(comparison)
    assert "Conflicting" in comparison._repr_html_()


def test_finer_bands_of_the_cohort_are_summed_and_said() -> None:
    years = {f"{age}–{age}": 1 for age in range(85)} | {"85+": 2}
    comparison = compare_to_reference({"age_group": years}, CENSUS, replicates=10)
    assert comparison.contributions.filter(missing="excluded", category="18–29")["n_patients"].item() == 12
    assert "age_group: 86 bands of the cohort were summed to 11, whose edges both sides have." in comparison.notes


def test_bands_that_do_not_nest_are_summed_up_to_the_edges_that_both_sides_have() -> None:
    comparison = compare_to_reference({"age_group": dict.fromkeys(AGE_DECADES, 1)}, CENSUS, replicates=10)
    # Of the decades and of the Census both have the edges 0, 30, 40 and 50.
    assert comparison.contributions.filter(missing="excluded").select("category", "n_patients").rows() == [
        ("0–29", 3),
        ("30–39", 1),
        ("40–49", 1),
        ("50+", 5),
    ]
    assert comparison.notes[:2] == (
        "age_group: 10 bands of the cohort were summed to 4, whose edges both sides have.",
        "age_group: 11 bands of the reference were summed to 4, whose edges both sides have.",
    )


@pytest.mark.parametrize(
    ("kind", "asked"),
    [(ValueError, {"replicates": -1}), (TypeError, {"replicates": 1.5}), (ValueError, {"seed": -1})],
)
def test_a_seed_and_a_number_of_replicates_are_whole_and_not_negative(kind, asked) -> None:
    ((name, number),) = asked.items()
    with pytest.raises(kind, match=name) as caught:
        compare_to_reference(COUNTS, CENSUS, **asked)
    assert str(caught.value) == (
        f"Received {name}={number}. A whole number from 0 on would be right. Leave {name}= out."
    )


def test_an_attribute_may_be_named_alone_and_counts_once() -> None:
    tables = [
        compare_to_reference(COUNTS, CENSUS, attributes=asked, replicates=0).table
        for asked in ("sex", ["sex"], ["sex", "sex"])
    ]
    assert all(table.equals(tables[0]) for table in tables)


@pytest.mark.parametrize("asked", [[], [()]])
def test_a_comparison_of_no_attribute_is_refused(asked) -> None:
    with pytest.raises(ValueError, match="at least one") as caught:
        compare_to_reference(COUNTS, CENSUS, attributes=asked)
    assert str(caught.value) == (
        f"Received attributes={asked}. A comparison needs at least one attribute, and so does each cross. Name one, or "
        "leave attributes= out for all that both sides have."
    )


def test_an_attribute_is_not_crossed_with_itself() -> None:
    with pytest.raises(ValueError, match="crossed") as caught:
        compare_to_reference(COUNTS, CENSUS, attributes=[("sex", "sex")])
    assert str(caught.value) == ("Received sex × sex. Attributes are crossed with others, each once. Pass sex instead.")


def test_why_there_is_no_p_with_missing_kept_is_told() -> None:
    note = "sex: with missing kept there is no p: the reference has no missing people, so chance gives none."
    assert note in compare_to_reference({"sex": {"Male": 3, "Unknown": 1}}, CENSUS, replicates=9).notes
    assert note not in compare_to_reference({"sex": {"Male": 3, "Female": 1}}, CENSUS, replicates=9).notes


def test_the_sentence_never_tells_a_number_outside_its_own_interval() -> None:
    # 20.3 of 100, within a tenth: 20 would lie below the interval.
    women = {"sex": {"Female": 304_500, "Male": 695_500}}
    assert (
        compare_to_reference(women, CENSUS, replicates=200)
        .sentences["sex"]
        .startswith("Sex: 20.3 of 100 patients (95 % interval 20.2 to 20.4) would")
    )
    # 40 patients drawn from the Census itself: percentiles of the bootstrap would all lie above the distance.
    shares = CENSUS.table.filter(attribute="age_group")
    drawn = np.random.default_rng(4).multinomial(40, shares["fraction"].to_numpy())
    counts = {"age_group": dict(zip(shares["category"], map(int, drawn), strict=True))}
    row = compare_to_reference(counts, CENSUS).table.row(0, named=True)
    for name in ("jsd", "total_variation"):
        assert row[f"{name}_low"] == 0
        assert row[name] < row[f"{name}_high"] < 1


def test_plain_words_come_first_and_a_differing_definition_stands_beside_them() -> None:
    compared = compare_to_reference({"race": COUNTS["race"]}, CENSUS, replicates=200)
    (sentence,) = compared.sentences.values()
    assert sentence.startswith("Race: 21 of 100 patients (95 % interval 20.6 to 21.2) would have to belong to another ")
    assert sentence.endswith(
        "group to match US population percentages as shipped with MIDRC-REACT (year unknown). Most over-represented: "
        "Black or African American (33.2 % against 12.4 %); most under-represented: Multiple or Other (3.8 % against "
        "18.6 %). 64,819 patients counted, 5,442 without race left out."
    )
    ((attribute, text),) = compared.warnings
    assert attribute == "race"
    assert repr(compared).splitlines()[1:3] == [sentence, f"  ⚠ {text}"]
    page = compared._repr_html_()
    assert page.index("21 of 100") < page.index("Definitions differ") < page.index("<table") < page.index("Method")


def test_a_match_says_what_chance_does_and_names_no_group() -> None:
    compared = compare_to_reference({"sex": {"Female": 5075, "Male": 4925}}, CENSUS, replicates=50)
    assert compared.sentences["sex"] == (
        "Sex: fewer than 1 of 100 patients would have to belong to another group to match US population percentages "
        "as shipped with MIDRC-REACT (year unknown). Chance alone does as much (p = 1.00). 10,000 patients counted."
    )


@settings(max_examples=examples(40), deadline=None)
@given(
    own=st.dictionaries(st.sampled_from(SEX), st.integers(0, 5)),
    other=st.dictionaries(st.sampled_from(SEX), st.integers(0, 5)),
)
def test_nothing_is_nan_and_a_missing_ratio_or_distance_has_its_reason(own, other) -> None:
    compared = compare_to_reference({"sex": own}, ReferenceCohort({"sex": other}), replicates=5)
    for frame in (compared.table, compared.contributions):
        assert frame.select(cs.float().is_nan().any()).row(0).count(True) == 0
    ratios = compared.contributions
    assert (ratios["ppr"].is_null() == ratios["ppr_missing"].is_not_null()).all()
    for row in compared.table.iter_rows(named=True):
        counted = row["n_patients"] and row["n_reference"]
        assert (row["jsd"] is None) == (not counted)
        assert counted or row["missing"] == "included" or any("no distance" in note for note in compared.notes)


@pytest.mark.parametrize(
    ("counts", "note"),
    [
        ({"Male": 1}, "sex: the distance rests on a single patient."),
        ({"Male": 9}, "sex: every patient is in one group, so a bootstrap has nothing to vary."),
        ({"Unknown": 3}, "sex: nobody has a recorded value, so there is no distance without the missing."),
        ({}, "sex: nobody has a recorded value, so there is no distance without the missing."),
    ],
)
def test_a_number_that_rests_on_too_little_says_so(counts, note) -> None:
    compared = compare_to_reference({"sex": counts}, CENSUS, replicates=20)
    assert note in compared.notes
    row = compared.table.filter(missing="excluded").row(0, named=True)
    assert row["jsd_low"] is None
    assert (row["jsd"] is None) == ("Male" not in counts)
    assert isinstance(compared._repr_html_(), str)


def test_a_sentence_says_age_and_never_rounds_a_share_to_all() -> None:
    patients = {"age_group": {"18+": 2_000, "0–17": 1, "Not Reported": 7}}
    sentence = compare_to_reference(patients, CENSUS, attributes=["age_group"], replicates=10).sentences["age_group"]
    assert sentence.startswith("Age: ")
    assert "7 without age left out." in sentence
    assert "18+ (over 99.9 % against " in sentence

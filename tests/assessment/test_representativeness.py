from pathlib import Path

import numpy as np
import polars as pl
import pytest

from workbench.assessment.census import count_census
from workbench.assessment.references import read_reference
from workbench.assessment.representativeness import compare_to_reference
from workbench.vocabulary.demographics import AGE_DECADES, SEX

CENSUS = read_reference("us_census")
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


def test_fewer_than_no_replicates_are_refused() -> None:
    with pytest.raises(ValueError, match="replicates") as caught:
        compare_to_reference(COUNTS, CENSUS, replicates=-1)
    assert str(caught.value) == "Received replicates=-1. It must be 0 or more. Pass replicates=2000."

"""A cohort beside another one: disjoint, nested, overlapping; crossed attributes; small counts hidden on a side."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from workbench.assessment.alignment import ReferenceCohort
from workbench.assessment.census import count_census
from workbench.assessment.distances import jensen_shannon, total_variation
from workbench.assessment.references import read_reference
from workbench.assessment.representativeness import compare_to_reference
from workbench.assessment.sides import NOT_SHOWN

ACS = read_reference("us_acs")


def people(n: int, *, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    sex = rng.choice(["Female", "Male", "Unknown"], n, p=[0.5, 0.45, 0.05])
    return pl.DataFrame({"patient": range(n), "sex": sex, "age_group": rng.choice(["0–17", "18–64", "65+"], n)})


SITE = people(2000, seed=1)
HALF = SITE.sample(fraction=0.5, seed=1)
REST = SITE.join(HALF, on="patient", how="anti")


@pytest.mark.parametrize("other", [REST, SITE, pl.concat([REST.head(500), HALF.head(400)])])
def test_two_random_parts_of_one_site_are_no_different(other: pl.DataFrame) -> None:
    reference = ReferenceCohort(other, title="the rest", year="2024", key="patient")
    compared = compare_to_reference(HALF, reference, attributes=["sex", ("sex", "age_group")], replicates=500)
    table = compared.table
    assert table["attribute"].unique(maintain_order=True).to_list() == ["sex", "sex × age_group"]
    assert table["p_null"].min() > 0.05
    # Over nine cells a distance of a few hundredths is what chance alone gives.
    crossed = table.filter(attribute="sex × age_group", missing="excluded").row(0, named=True)
    assert crossed["jsd"] == pytest.approx(crossed["jsd_null"], abs=0.02)
    assert table.select("n_total", "reference", "year").unique().rows() == [(1000, "the rest", "2024")]
    assert "Chance alone does as much" in compared.sentences["sex × age_group"]


def test_the_key_of_patients_is_no_attribute() -> None:
    compared = compare_to_reference(HALF, ReferenceCohort(REST, key="patient"), replicates=0)
    assert compared.table["attribute"].unique(maintain_order=True).to_list() == ["sex", "age_group"]


def test_a_part_that_was_picked_by_sex_is_different() -> None:
    women = SITE.filter(sex="Female")
    compared = compare_to_reference(women, ReferenceCohort(SITE, key="patient"), attributes=["sex"], replicates=200)
    row = compared.table.filter(missing="excluded").row(0, named=True)
    known = SITE.filter(pl.col("sex") != "Unknown")
    assert row["total_variation"] == pytest.approx((known["sex"] == "Male").mean())
    assert row["p_null"] == 1 / 201
    assert row["n_reference"] == known.height


def test_a_patient_with_another_category_in_the_other_cohort_counts_as_two() -> None:
    older = HALF.with_columns(age_group=pl.lit("65+"))
    reference = ReferenceCohort(older, key="patient")
    row = compare_to_reference(HALF, reference, attributes=["age_group"], replicates=200).table.row(1, named=True)
    assert row["total_variation"] == pytest.approx((HALF["age_group"] != "65+").mean())
    assert row["p_null"] == 1 / 201


def test_the_distance_is_the_same_from_either_side() -> None:
    sides = [
        compare_to_reference(one, ReferenceCohort(other), attributes=["sex"], replicates=0).table
        for one, other in ((HALF, REST), (REST, HALF))
    ]
    assert sides[0]["jsd"].to_list() == sides[1]["jsd"].to_list()
    assert sides[0]["total_variation"].to_list() == sides[1]["total_variation"].to_list()
    assert sides[0].select("jsd_low", "p_null", "jsd_null", "total_variation_high").null_count().row(0) == (2, 2, 2, 2)


def test_ages_are_moved_by_years_over_the_bands_of_both_sides() -> None:
    # Half of the children, in a band of 18 years, against elders, from 65 to 100: their middles are 73.5 years apart.
    young, old = ({"age_group": {"0–17": n, "18–64": 0, "65+": 10 - n}} for n in (10, 5))
    compared = compare_to_reference(young, ReferenceCohort(old), replicates=0)
    assert compared.table["wasserstein_years"].to_list() == [None, pytest.approx(73.5 / 2)]
    assert "the open one closed at 100" in repr(compared)


def test_crossed_attributes_of_a_population_come_from_its_joint_counts() -> None:
    compared = compare_to_reference(SITE, ACS, attributes=[("sex", "age_group")], replicates=50)
    start = pl.col("age_group").cast(pl.String).str.extract(r"^(\d+)").cast(pl.Int64)
    band = pl.when(start < 18).then(pl.lit("0–17")).when(start < 65).then(pl.lit("18–64")).otherwise(pl.lit("65+"))
    joint = ACS.joint(["sex", "age_group"]).with_columns(pl.col("sex").cast(pl.String), age_group=band)
    shares = joint.group_by("sex", "age_group").agg(pl.col("n").sum())
    cells = SITE.filter(pl.col("sex") != "Unknown").group_by("sex", "age_group").len()
    both = shares.join(cells, on=["sex", "age_group"])
    row = compared.table.filter(missing="excluded").row(0, named=True)
    assert both.height == 6
    assert row["jsd"] == pytest.approx(jensen_shannon(both["len"].to_numpy(), both["n"].to_numpy()), abs=1e-9)
    assert row["total_variation"] == pytest.approx(total_variation(both["len"].to_numpy(), both["n"].to_numpy()))
    assert row["jsd_null"] < row["jsd"]


def test_attributes_counted_alone_cannot_be_crossed() -> None:
    counts = {"sex": {"Male": 1}, "age_group": {"18+": 1}}
    with pytest.raises(ValueError, match="together") as caught:
        compare_to_reference(counts, ACS, attributes=[("sex", "age_group")])
    assert str(caught.value) == (
        "Received counts of each attribute alone and asked for sex and age_group together. How they go together takes "
        "a row a patient, or a census by all of them. Pass one of these."
    )


def hidden(counts: dict[str, int], *names: str, total: bool = True):
    frame = pl.DataFrame({"site": [name for name, n in counts.items() for _ in range(n)]})
    census = count_census(frame, by=["site"])
    show = pl.when(~pl.col("site").cast(pl.String).is_in(names)).then("n_patients").alias("n_patients")
    return dataclasses.replace(census, table=census.table.with_columns(show), n_total=census.n_total if total else None)


def test_groups_that_either_side_hides_are_summed_on_both() -> None:
    own = hidden({"A": 50, "B": 4, "C": 6, "D": 40}, "B", "C")
    other = hidden({"A": 30, "B": 20, "C": 25, "D": 5, "E": 20}, "D", "B")
    compared = compare_to_reference(own, other, replicates=50)
    parts = compared.contributions.filter(missing="excluded")
    # Hidden on either side: B, C and D; here 4 + 6 + 40, there 20 + 25 + 5.
    assert {row[0]: row[1:] for row in parts.select("category", "n_patients", "n_reference").iter_rows()} == {
        "A": (50, 30),
        "E": (0, 20),
        NOT_SHOWN: (50, 50),
    }
    assert compared.table["total_variation"].to_list() == pytest.approx([0.2, 0.2])
    assert compared.notes[0] == (
        "site: 3 groups whose counts are hidden on either side are summed into one, 'Hidden groups together'."
    )


def test_an_attribute_whose_total_is_hidden_is_left_out() -> None:
    own = hidden({"A": 50, "B": 4}, "B", total=False)
    compared = compare_to_reference(own, ReferenceCohort({"site": {"A": 1}}))
    assert compared.table.is_empty()
    assert compared.notes == ("site: left out, because too many of its counts are hidden.",)
    assert compared.sentences == {}


def test_hidden_patients_without_a_value_cannot_be_left_out() -> None:
    own = hidden({"A": 50, "B": 4, "Unknown": 3}, "B", "Unknown")
    compared = compare_to_reference(own, ReferenceCohort({"site": {"A": 60, "B": 10}}), replicates=20)
    included, excluded = compared.table.iter_rows(named=True)
    assert included["total_variation"] == pytest.approx(50 / 57 - 60 / 70)
    assert (excluded["jsd"], excluded["n_patients"], excluded["n_missing"]) == (None, None, None)
    assert "site: hidden counts include patients without a value; they cannot be left out." in compared.notes


def test_a_census_with_patients_in_several_groups_is_refused() -> None:
    series = pl.DataFrame({"patient": [1, 1], "modality": ["CT", "DX"]})
    census = count_census(series, by=["modality"], key="patient")
    with pytest.raises(ValueError, match="several groups") as caught:
        compare_to_reference(census, ReferenceCohort({"modality": {"CT": 1}}))
    assert str(caught.value) == (
        "Received a census by modality, in which a patient can count in several groups. Shares that add up to all "
        "patients would be right. Count by an attribute that each patient has once, such as sex."
    )


def test_of_several_censuses_the_one_with_the_fewest_attributes_is_taken() -> None:
    censuses = [count_census(SITE, by=by) for by in (["sex", "age_group"], ["sex"])]
    told = compare_to_reference(censuses, ReferenceCohort(REST), attributes=["sex", "age_group", ("age_group", "sex")])
    rows = compare_to_reference(SITE, ReferenceCohort(REST), attributes=["sex", "age_group", ("age_group", "sex")])
    assert told.table.equals(rows.table)


def test_many_groups_without_a_counterpart_are_named_by_the_largest() -> None:
    own = {"site": {"A": 9, **{letter: n for n, letter in enumerate("BCDEF", start=1)}}}
    compared = compare_to_reference(own, ReferenceCohort({"site": {"A": 1}}), replicates=0)
    assert compared.notes == (
        "site: the reference has no F (5), E (4), D (3) and 2 more groups (3); these patients count as different.",
    )


def test_a_census_that_hides_every_group_is_left_out() -> None:
    own = hidden({"A": 12, "B": 4}, "A", "B")
    compared = compare_to_reference(own, ReferenceCohort({"site": {"A": 9, "B": 1}}), replicates=20)
    assert compared.table.is_empty()
    assert compared.notes == ("site: left out, because too many of its counts are hidden.",)

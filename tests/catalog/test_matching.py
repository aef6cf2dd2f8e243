"""The part of a cohort that looks like a population, drawn from its people and named so that it can be found again."""

from pathlib import Path

import polars as pl
import pytest

import workbench as wb
from workbench.assessment.references import ReferencePopulation, read_reference
from workbench.assessment.suppression import suppress
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.disclosure import EXACT_STAMP, SYNTHETIC_STAMP
from workbench.catalog.matching import match, weigh
from workbench.errors import UnknownNameError


@pytest.fixture(scope="module")
def invented() -> Catalog:
    return wb.open_catalog("synthetic")


@pytest.fixture
def people(tmp_path: Path) -> Cohort:
    """Ages 10 and 40, four each, all but one with a sex; a table of one's own is a controlled source."""
    lines = [
        f"P{i},{['Female', 'Male'][i % 2] if i else ''},{10 if i < 4 else 40},CT,1.2.{i},1.3.{i}" for i in range(8)
    ]
    table = tmp_path / "people.csv"
    table.write_text("\n".join(["patient_id,sex,age_years,modality,study_uid,series_uid", *lines]), encoding="utf-8")
    return wb.open_catalog(table).everything


def population(*rows: tuple[str, str, float]) -> ReferencePopulation:
    table = pl.DataFrame(rows, ["attribute", "category", "fraction"], orient="row")
    percents = table.with_columns(percent=pl.col("fraction") * 100, percent_sum=pl.lit(100.0))
    source = {"table_id": "unknown", "vintage": "2020"}
    return ReferencePopulation(name="made_up", title="Made-up people", table=percents, source=source)


def test_the_shares_of_a_shipped_population_are_reached(invented: Catalog) -> None:
    matched = match(invented.everything, tolerance=0.1)
    assert matched.unit == "patients"
    assert matched.table.columns[:4] == ["patient_key", "collection_id", "patient_id", "person_id"]
    assert matched.table["person_id"].n_unique() == matched.n == matched.table.height
    census = read_reference("us_census").table.filter(attribute="sex")
    wanted = dict(census.select("category", "fraction").iter_rows())
    for sex in ("Female", "Male"):
        assert (matched.table["sex"] == sex).mean() == pytest.approx(wanted[sex], abs=0.1 + 1e-9)
    assert any(note.startswith("Target: US population") for note in matched.notes)


def test_ages_are_banded_as_the_reference_bands_them(people: Cohort) -> None:
    adults = population(("age_group", "18–64", 0.9), ("age_group", "65+", 0.1))
    matched = match(people, reference=adults, tolerance=0.1)
    # Those of 10 years lie below the reference: a band of their own, of which it wants nobody. Beside the 4 of 40 years
    # no child fits, 1 of 5 being 20 %, and nobody of 65 is needed, 0 being 10 points from 10 %.
    assert matched.table["age_group"].to_list() == ["18–64"] * 4
    assert matched.shares["category"].to_list() == ["18–64", "65+", "0–17"]


def test_patients_without_a_value_are_left_out_or_kept_within_the_tolerance(people: Cohort) -> None:
    half = population(("sex", "Female", 0.5), ("sex", "Male", 0.5))
    without = match(people, reference=half, tolerance=0.13)
    assert (without.n_available, without.n) == (7, 7)  # 3 of 7 women are 43 %
    with_missing = match(people, reference=half, tolerance=0.13, missing="included")
    assert (with_missing.n_available, with_missing.n) == (8, 8)  # 3 of 8 women are 37.5 %, 1 of 8 unknown 12.5 %
    assert with_missing.shares["target"].to_list() == [0.5, 0.5, 0.0]


def test_another_cohort_can_set_the_shares(invented: Catalog) -> None:
    men = invented.where(sex="Male")
    matched = match(invented.everything, reference=men, attributes=["sex"], tolerance=0)
    assert matched.n == men.counts["patients"]
    assert matched.table["sex"].unique().to_list() == ["Male"]


def test_weights_keep_everybody(invented: Catalog) -> None:
    weighted = weigh(invented.everything, attributes=["sex", "ethnicity"])
    assert weighted.n == weighted.table.height == invented.everything.counts["patients"]
    assert weighted.sentence.startswith(f"{weighted.n:,} patients are weighted to the target")
    assert weighted.table["weight"].mean() == pytest.approx(1)


def test_attributes_that_a_side_lacks_are_refused(invented: Catalog) -> None:
    with pytest.raises(UnknownNameError, match="No attribute 'site_id' in the reference 'us_census'"):
        match(invented.everything, attributes=["site_id"])
    with pytest.raises(ValueError, match="have none of sex, age_group, race, ethnicity in common") as caught:
        match(invented.everything, reference=population(("handedness", "Left", 1.0)))
    assert str(caught.value) == (
        "The cohort and the reference 'made_up' have none of sex, age_group, race, ethnicity in common. At least one "
        "attribute of both would be right. Pass it in attributes=; there is handedness."
    )


def test_bands_with_gaps_are_refused(people: Cohort) -> None:
    with pytest.raises(ValueError, match="leave gaps") as caught:
        match(people, reference=population(("age_group", "0–17", 0.5), ("age_group", "65+", 0.5)))
    assert str(caught.value) == (
        "The reference's age bands (0–17, 65+) leave gaps or overlap. Bands such as 0–17 and 18+ that follow one "
        "another would be right. Correct the reference, or leave age_group out of attributes=."
    )


def test_decades_are_summed_to_those_that_both_sides_have(invented: Catalog) -> None:
    adults = invented.where(age_years=(20, 120))
    census = read_reference("us_acs").table.filter(attribute="age_decade")
    assert "80+" in census["category"].to_list()
    matched = match(adults, reference="us_acs", attributes=["age_decade"], tolerance=0.2)
    assert matched.shares["category"].to_list() == census["category"].to_list()
    old = adults.patients.filter(pl.col("age_years") >= 80).height
    assert matched.shares.filter(category="80+")["n_available"].item() == old > 0


def test_bands_of_a_column_of_ones_own_are_summed_too(tmp_path: Path) -> None:
    bands = ["0–17"] * 2 + ["18–39"] * 3 + ["40–64"] * 3 + ["65–79", "80+"]
    table = pl.DataFrame({"patient_id": [f"p{i}" for i in range(10)], "age_band": bands})
    table.write_parquet(tmp_path / "own.parquet")
    own = wb.open_catalog(tmp_path / "own.parquet").everything
    shares = {"0–9": 0.1, "10–17": 0.1, "18–64": 0.5, "65+": 0.3}
    whole = population(*(("age_band", band, share) for band, share in shares.items()))
    # 2 children, 6 of 18–64 and 2 of 65 and over: 20, 60 and 20 %.
    matched = match(own, reference=whole, attributes=["age_band"], tolerance=0.1)
    assert matched.shares.select("category", "target", "n").rows() == [
        ("0–17", pytest.approx(0.2), 2),
        ("18–64", 0.5, 6),
        ("65+", 0.3, 2),
    ]
    assert matched.notes[-2:] == (
        "age_band: 5 bands of the cohort were summed to 3, whose edges both sides have.",
        "age_band: 4 bands of the reference were summed to 3, whose edges both sides have.",
    )
    weighted = weigh(own, reference=whole, attributes=["age_band"])
    assert weighted.shares["weighted"].to_list() == pytest.approx([0.2, 0.5, 0.3])


def test_ages_over_89_are_not_told_apart(people: Cohort) -> None:
    old = population(("age_group", "0–89", 0.9), ("age_group", "90–94", 0.06), ("age_group", "95+", 0.04))
    matched = match(people, reference=old, tolerance=0.1)
    assert matched.shares.select("category", "target").rows() == [("0–89", 0.9), ("90+", pytest.approx(0.1))]
    assert "age_group: 3 bands of the reference were summed to 2; ages over 89 are not told apart." in matched.notes


def test_a_census_can_set_the_shares(invented: Catalog) -> None:
    men = invented.where(sex="Male")
    matched = match(invented.everything, reference=men.census(by=["sex", "race"]), attributes="sex", tolerance=0)
    assert matched.n == men.counts["patients"]
    assert f"Target: a census by sex and race of {matched.n:,} patients." in matched.notes
    hidden = suppress([invented.everything.census(by=["race"])], threshold=10_000).tables[0]
    with pytest.raises(ValueError, match="hides small counts") as caught:
        match(invented.everything, reference=hidden)
    assert str(caught.value) == (
        "The census hides small counts of race. The shares of all groups would be right. Pass a census that hides "
        "none, or attributes= without race."
    )


@pytest.mark.parametrize("reference", [None, 3])
def test_what_is_no_reference_is_refused(invented: Catalog, reference: object) -> None:
    with pytest.raises(TypeError) as caught:
        match(invented.everything, reference=reference)  # type: ignore[arg-type]
    assert str(caught.value) == (
        f"Received a reference of the kind {type(reference).__name__}. The name of a population, the path of a CSV, "
        "what read_reference gives, a census, a cohort or a catalog would be right. Pass reference='us_census'."
    )


def test_no_attributes_are_refused_and_one_may_stand_alone(invented: Catalog) -> None:
    assert match(invented.everything, attributes="sex").shares["attribute"].unique().to_list() == ["sex"]
    for function in (match, weigh):
        with pytest.raises(ValueError, match="attributes") as caught:
            function(invented.everything, attributes=[])
        assert str(caught.value) == (
            "Received no attributes. At least one that both sides have would be right. Pass attributes=['sex'], or "
            "leave it out for sex, age group, race and ethnicity."
        )


def test_an_empty_cohort_is_refused(invented: Catalog) -> None:
    nobody = invented.where(age_years=(20, 30)).where(age_years=(40, 50))
    assert nobody.counts["patients"] == 0
    for function in (match, weigh):
        with pytest.raises(ValueError, match="nobody") as caught:
            function(nobody)
        assert str(caught.value) == (
            "The cohort has nobody to choose from; 0 animals, phantoms and simulations are left out. At least one "
            "person would be right. Widen its conditions."
        )


def test_what_the_source_demands_stands_under_samples_and_weights(people: Cohort, invented: Catalog) -> None:
    half = population(("sex", "Female", 0.5), ("sex", "Male", 0.5))
    for function, more in ((match, {"tolerance": 0.2}), (weigh, {})):
        assert function(people, reference=half, **more).stamp == EXACT_STAMP  # type: ignore[operator]
        both = function(people, reference=invented, attributes=["sex"], **more)  # type: ignore[operator]
        assert both.stamp == f"{EXACT_STAMP} {SYNTHETIC_STAMP}"
        census = invented.everything.census(by=["sex"])
        counted = function(people, reference=census, attributes=["sex"], **more)  # type: ignore[operator]
        assert counted.stamp == f"{EXACT_STAMP} {SYNTHETIC_STAMP}"


def test_a_floor_keeps_small_groups(invented: Catalog) -> None:
    free, floored = (match(invented.everything, tolerance=0.1, least=least) for least in (0, 0.5))
    assert floored.n < free.n
    held = floored.shares.filter(pl.col("n_available") > 0)
    assert (held["achieved"] >= 0.5 * held["target"] - 1e-9).all()
    assert not (free.shares["achieved"] >= 0.5 * free.shares["target"] - 1e-9).all()


def test_bands_of_ages_without_anybody_are_weighed_with_a_neighbor(people: Cohort) -> None:
    # Four of 10 years, four of 40; nobody is 0–4, 18–19 or 65 and over.
    shares = {"0–4": 0.1, "5–17": 0.2, "18–19": 0.1, "20–64": 0.4, "65+": 0.2}
    whole = population(*(("age_group", band, share) for band, share in shares.items()))
    weighted = weigh(people, reference=whole, attributes=["age_group"])
    assert weighted.shares.select("category", "target", "n", "weighted").rows() == [
        ("0–17", pytest.approx(0.3), 4, pytest.approx(0.3)),
        ("18+", pytest.approx(0.7), 4, pytest.approx(0.7)),
    ]
    assert weighted.notes[-2:] == (
        "age_group: nobody is 0–4, so 5–17 stands for 0–17.",
        "age_group: nobody is 18–19 or 65+, so 20–64 stands for 18+.",
    )


def test_bands_with_a_gap_between_them_are_not_summed(tmp_path: Path) -> None:
    table = pl.DataFrame({"patient_id": ["a", "b"], "age_band": ["5–9", "30–39"]})
    table.write_parquet(tmp_path / "own.parquet")
    shares = {"0–4": 0.2, "5–9": 0.3, "30–39": 0.5}
    gapped = population(*(("age_band", band, share) for band, share in shares.items()))
    with pytest.raises(ValueError, match="wants 0–4, and nobody is"):
        weigh(wb.open_catalog(tmp_path / "own.parquet").everything, reference=gapped, attributes=["age_band"])


def test_a_catalog_stands_for_everybody_in_it(invented: Catalog) -> None:
    one, other = (match(given, attributes="sex", tolerance=0.1) for given in (invented, invented.everything))
    assert one.table.equals(other.table)
    assert weigh(invented, attributes="sex").n == invented.counts["patients"]

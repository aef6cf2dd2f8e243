"""The part of a cohort that looks like a population, drawn from its people and named so that it can be found again."""

from pathlib import Path

import polars as pl
import pytest

import workbench as wb
from workbench.assessment.references import ReferencePopulation, read_reference
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
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


def test_no_patient_of_a_controlled_source_is_listed_in_public(
    people: Cohort, invented: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_PUBLIC", "1")
    assert match(invented.everything, tolerance=0.1).n > 0
    with pytest.raises(ValueError, match="controlled source") as caught:
        match(people)
    assert str(caught.value) == (
        "Patients of a controlled source were to be listed on a public page. Only suppressed counts may be shown "
        "there. Draw the sample in a notebook of your own, without WORKBENCH_PUBLIC."
    )

"""Cohorts: what `where` selects, who was lost, what comes back from a file. Expectations come from the original."""

from dataclasses import FrozenInstanceError
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.comparison import compare
from workbench.vocabulary.anatomy import BODY_REGIONS

CRITERIA: list[tuple[str, Any]] = [
    ("modality", "CT"),
    ("modality", ["MR", "PT"]),
    ("body_region", "Chest"),
    ("body_region", {"Head", "Pelvis"}),
    ("body_region_source", "BodyPartExamined"),
    ("age_years", (18, 89)),
    ("age_years", (None, 17.5)),
    ("age_years", (65, None)),
    ("sex", "Female"),
    ("sex", ["Male", "Conflicting"]),
    ("species", "Human"),
    ("collection_id", ["midrc_ricord_1a", "midrc_ricord_1b", "nlst"]),
    ("derived", False),
    ("n_instances", (100, None)),
    ("size_mb", (0, 10)),
    ("first_version", (1, 9)),
    ("license", ["CC BY 4.0", "CC BY 3.0"]),
]
LAWS = settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
some_criteria = st.lists(st.sampled_from(CRITERIA), min_size=1, max_size=4, unique_by=lambda pair: pair[0])
policies = st.sampled_from(["exclude", "keep"])
UNITS = ("patients", "studies", "series", "instances")


def select(commons: Catalog, criteria: list[tuple[str, Any]], missing: Any = "exclude") -> Cohort:
    return commons.everything.where(missing=missing, **dict(criteria))


@pytest.fixture(scope="module")
def ricord(commons: Catalog) -> Cohort:
    return commons.where(collection_id=["midrc_ricord_1a", "midrc_ricord_1b"], modality="CT")


@pytest.fixture(scope="module")
def nobody(commons: Catalog) -> Cohort:
    """Chest CT in a collection of slides: the second step empties it."""
    return commons.where(modality="CT").where(body_region="Upper limb", collection_id="midrc_ricord_1a", sex="Male")


# ------------------------------------------------------------------ what where selects


@pytest.mark.parametrize(
    ("criterion", "rule"),
    [
        ({"modality": "CT"}, pl.col("Modality") == "CT"),
        ({"modality": ["CT", "MR"]}, pl.col("Modality").is_in(["CT", "MR"])),
        ({"modality": {"CT", "MR"}}, pl.col("Modality").is_in(["CT", "MR"])),
        ({"n_instances": 7}, pl.col("instanceCount") == 7),
        ({"n_instances": (50, 100)}, pl.col("instanceCount").is_between(50, 100)),  # both ends inclusive
        ({"n_instances": (500, None)}, pl.col("instanceCount") >= 500),
        ({"first_version": (None, 3)}, pl.col("series_init_idc_version") <= 3),
        ({"manufacturer": "SIEMENS"}, pl.col("Manufacturer") == "SIEMENS"),
    ],
)
def test_where_selects_the_series_that_the_original_has(
    commons: Catalog, raw: pl.LazyFrame, criterion: dict[str, Any], rule: pl.Expr
) -> None:
    chosen = raw.filter(rule).select(
        patients=pl.struct("collection_id", "PatientID").n_unique(),
        studies=pl.col("StudyInstanceUID").n_unique(),
        series=pl.len(),
        instances=pl.col("instanceCount").sum(),
    )
    counts = commons.where(**criterion).counts
    assert {unit: counts[unit] for unit in UNITS} == chosen.collect().row(0, named=True)


def test_the_chest_includes_combined_regions_that_name_it_but_not_the_whole_body(commons: Catalog) -> None:
    shown = commons.where(body_region="Chest")
    regions = commons.repository.column("series", "body_region").filter(pl.Series(shown.mask)).cast(pl.String).unique()
    assert "Chest, Abdomen and Pelvis" in set(regions)
    assert set(regions) == {name for name in BODY_REGIONS if "Chest" in name} & set(regions)
    assert "Whole body" not in set(regions)


def test_a_combined_region_selects_only_what_shows_all_of_it(commons: Catalog) -> None:
    shown = commons.where(body_region="Abdomen and Pelvis")
    regions = set(commons.repository.column("series", "body_region").filter(pl.Series(shown.mask)).cast(pl.String))
    assert regions <= {"Abdomen and Pelvis", "Chest, Abdomen and Pelvis", "Neck, Chest, Abdomen and Pelvis"}
    assert "Abdomen" not in regions


def test_an_age_is_that_at_the_study_and_never_a_missing_one(commons: Catalog) -> None:
    adults = commons.where(age_years=(18, 89))
    ages = commons.repository.column("studies", "age_at_study_years").gather(adults.keys()["study_key"])
    assert ages.null_count() == 0
    assert (ages.min(), ages.max()) >= (18, 18)
    assert ages.max() <= 89


@pytest.mark.parametrize(("column", "value"), [("age_years", (0, 200)), ("sex", "Female"), ("body_region", "Chest")])
def test_keep_is_exclude_plus_only(commons: Catalog, column: str, value: Any) -> None:
    excluded, kept, only = (commons.where(missing=how, **{column: value}) for how in ("exclude", "keep", "only"))
    assert only.counts["series"] > 0
    assert kept.counts["series"] == excluded.counts["series"] + only.counts["series"]
    assert not (excluded.mask & only.mask).any()
    assert ((excluded.mask | only.mask) == kept.mask).all()


def test_none_with_only_selects_the_missing(commons: Catalog) -> None:
    cohort = commons.where(age_years=None, missing="only")
    assert cohort.patients["age_years"].null_count() > 0
    assert "age_years is missing" in repr(cohort)
    assert cohort.counts == commons.where(age_years=(0, None), missing="only").counts


# ------------------------------------------------------------------ laws


@LAWS
@given(criteria=some_criteria, missing=policies)
def test_a_further_criterion_never_adds(commons: Catalog, criteria: list[tuple[str, Any]], missing: str) -> None:
    before = commons.everything
    for pair in criteria:
        after = before.where(missing=missing, **dict([pair]))  # type: ignore[arg-type]
        assert all(after.counts[unit] <= before.counts[unit] for unit in (*UNITS, "size_gb"))
        before = after


@LAWS
@given(criteria=some_criteria, missing=policies, data=st.data())
def test_the_order_of_criteria_does_not_change_who_is_selected(
    commons: Catalog, criteria: list[tuple[str, Any]], missing: str, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(criteria))
    one, other = select(commons, criteria, missing), select(commons, shuffled, missing)
    assert (one.mask == other.mask).all()
    assert one.counts == other.counts


@LAWS
@given(criteria=some_criteria, missing=policies)
def test_attrition_starts_with_all_ends_with_the_cohort_and_adds_up(
    commons: Catalog, criteria: list[tuple[str, Any]], missing: str
) -> None:
    cohort = select(commons, criteria, missing)
    steps = cohort.attrition.table
    first, last = steps.row(0, named=True), steps.row(-1, named=True)
    assert steps.height == len(criteria) + 1
    assert first["step"] == "all"
    assert all(first[unit] == commons.counts[unit] for unit in ("patients", "studies", "series"))
    assert all(last[unit] == cohort.counts[unit] for unit in ("patients", "studies", "series"))
    for unit in ("patients", "studies"):
        assert steps[f"{unit}_lost"].sum() == first[unit] - last[unit]
        assert (steps[f"{unit}_lost"] >= 0).all()
    assert ((steps["patients_lost_missing"] >= 0) & (steps["patients_lost_missing"] <= steps["patients_lost"])).all()
    if missing == "keep":
        assert steps["patients_lost_missing"].sum() == 0


@LAWS
@given(criteria=some_criteria, missing=policies)
def test_a_saved_cohort_reads_back_equal(
    commons: Catalog, tmp_path_factory: pytest.TempPathFactory, criteria: list[tuple[str, Any]], missing: str
) -> None:
    cohort = select(commons, criteria, missing)
    again = commons.read_cohort(cohort.save(tmp_path_factory.mktemp("saved") / "cohort.yaml"))
    assert again == cohort
    assert again.counts == cohort.counts


@pytest.mark.parametrize("by", [["sex"], ["age_group"], ["sex", "age_group"], ["collection_id"], ["species"]])
def test_a_census_counts_every_patient_once(ricord: Cohort, by: list[str]) -> None:
    census = ricord.census(by=by)
    assert census.table["n_patients"].sum() == census.n_total == ricord.counts["patients"]


def test_a_patient_excluded_for_another_age_is_not_counted_as_missing(commons: Catalog, ricord: Cohort) -> None:
    # kept = selected + those who would have stayed, so the loss to missing values is the difference of the two.
    excluded = ricord.where(age_years=(60, None))
    kept = ricord.where(age_years=(60, None), missing="keep")
    step = excluded.attrition.table.row(-1, named=True)
    assert step["patients_lost_missing"] == kept.counts["patients"] - excluded.counts["patients"] > 0
    assert step["patients_lost"] > step["patients_lost_missing"]
    assert f"{step['patients_lost_missing']:,} of them only because the value is missing" in excluded.explain()


# ------------------------------------------------------------------ immutable, printed


def test_where_leaves_the_cohort_it_came_from_alone(commons: Catalog) -> None:
    whole = commons.everything
    before = dict(whole.counts)
    narrowed = whole.where(modality="CT").where(sex="Female")
    assert whole.conditions == ()
    assert dict(whole.counts) == before
    assert [criterion.column for criterion in narrowed.conditions] == ["modality", "sex"]
    with pytest.raises(FrozenInstanceError):
        narrowed.conditions = ()  # type: ignore[misc]


def test_equal_questions_give_equal_cohorts(commons: Catalog) -> None:
    assert commons.where(modality={"MR", "CT"}) == commons.where(modality={"CT", "MR"})
    assert commons.where(modality="CT") != commons.where(modality="MR")


def test_a_cohort_prints_its_counts_size_and_licenses(ricord: Cohort) -> None:
    counts, text = ricord.counts, repr(ricord)
    for unit in UNITS:
        assert f"{counts[unit]:,} {unit}" in text
    assert f"{counts['size_gb']:,.1f} GB" in text
    assert ricord.licenses["n_series"].sum() == counts["series"]
    for license_name in ricord.licenses["license"]:
        assert license_name in text


def test_attrition_prints_each_step_with_the_missing_as_a_column(ricord: Cohort) -> None:
    lines = repr(ricord.where(age_years=(18, None)).attrition).splitlines()
    assert lines[0].split("  ")[-1].strip() == "of it missing"
    assert [line.split("  ")[0] for line in lines[1:]] == [
        "all",
        "collection_id midrc_ricord_1a or midrc_ricord_1b",
        "modality CT",
        "age_years ≥ 18",
    ]


@pytest.mark.parametrize(
    ("criterion", "missing", "label"),
    [
        ({"age_years": (18, 89)}, "exclude", "age_years 18 to 89"),
        ({"age_years": (None, 17)}, "exclude", "age_years ≤ 17"),
        ({"age_years": (18, None)}, "keep", "age_years ≥ 18 or missing"),
        ({"modality": ["CT", "MR", "PT", "US"]}, "exclude", "modality CT or MR or PT or US"),
        ({"sex": "Female"}, "only", "sex is missing"),
    ],
)
def test_a_criterion_reads_as_words(commons: Catalog, criterion: dict[str, Any], missing: Any, label: str) -> None:
    assert commons.where(missing=missing, **criterion).conditions[0].label == label


def test_a_cohort_that_selects_nothing_says_which_step_emptied_it(nobody: Cohort) -> None:
    sentence = nobody.attrition.sentences[3]
    assert sentence.startswith("Collection is midrc_ricord_1a: ")
    assert sentence.endswith("0 left. This step emptied the cohort.")
    for text in (repr(nobody), repr(nobody.attrition), nobody.explain()):
        assert sentence in text
        assert text.count("emptied the cohort") == 1  # the later steps had nothing left to empty


def test_a_cohort_that_selects_nothing_still_lists_counts_and_compares(nobody: Cohort) -> None:
    assert nobody.counts == {"patients": 0, "studies": 0, "series": 0, "instances": 0, "size_gb": 0.0}
    assert nobody.patients.height == nobody.series().height == nobody.viewer_links().height == 0
    assert nobody.licenses.height == 0
    assert nobody.census(by=["sex", "age_group"]).sentence == "There are no patients to count."
    assert compare(nobody).table["jsd"].null_count() == compare(nobody).table.height


def test_a_study_of_two_patients_is_listed_once(commons: Catalog, raw: pl.LazyFrame) -> None:
    shared = raw.group_by("StudyInstanceUID").agg(pl.struct("collection_id", "PatientID").n_unique().alias("n"))
    uid = shared.filter(pl.col("n") > 1).head(1).collect()["StudyInstanceUID"]
    collection = raw.filter(pl.col("StudyInstanceUID").is_in(uid.implode())).select("collection_id").collect()[0, 0]
    cohort = commons.where(collection_id=collection)
    assert cohort.viewer_links().height == cohort.counts["studies"]


def test_simulated_patients_are_no_people(commons: Catalog) -> None:
    simulated = commons.where(collection_id="victre").patients
    assert set(simulated["species"].cast(pl.String)) == {"Simulated"}
    assert set(simulated["sex"].cast(pl.String)) == {"Not Applicable"}
    assert simulated["age_years"].null_count() == simulated.height


def test_a_comparison_says_that_the_cohort_was_selected_by_age(commons: Catalog) -> None:
    adults = commons.where(collection_id="midrc_ricord_1a", age_years=(18, None))
    assert (
        "age_group: the cohort was selected by age_years ≥ 18, the reference was not; part of the distance is that "
        "selection."
    ) in compare(adults).notes


def test_a_phantom_is_never_selected_by_an_age(commons: Catalog) -> None:
    assert commons.where(species=["Phantom", "Simulated"], age_years=(0, None)).counts["series"] == 0
    assert commons.where(species="Phantom").counts["series"] > 0

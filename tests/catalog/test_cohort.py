"""Cohorts: what `where` selects, who was lost, what comes back from a file. Expectations come from the original."""

import re
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog, open_catalog
from workbench.catalog.comparison import compare
from workbench.catalog.definition import content_hash
from workbench.errors import UnknownNameError
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
LAWS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


# ------------------------------------------------------------------ exports


def test_the_series_export_has_one_row_a_series_and_its_sizes_add_up(ricord: Cohort) -> None:
    table = ricord.series()
    assert table.height == table["series_uid"].n_unique() == ricord.counts["series"]
    assert table["n_instances"].sum() == ricord.counts["instances"]
    assert table["size_mb"].sum() / 1000 == pytest.approx(ricord.counts["size_gb"], rel=1e-6)
    assert table["url"].str.starts_with("s3://").all()
    assert table.equals(ricord.series())


def test_the_series_export_holds_the_rows_of_the_original(ricord: Cohort, raw: pl.LazyFrame) -> None:
    wanted = raw.filter(pl.col("collection_id").str.contains("^midrc_ricord_1[ab]$"), pl.col("Modality") == "CT")
    columns = wanted.select("collection_id", "PatientID", "StudyInstanceUID", "SeriesInstanceUID").collect()
    exported = ricord.series().select("collection_id", "patient_id", "study_uid", "series_uid")
    assert sorted(exported.rows()) == sorted(columns.rows())
    assert exported["collection_id"].is_sorted()


def test_every_study_has_one_link_to_the_public_viewer(ricord: Cohort) -> None:
    links = ricord.viewer_links()
    assert links.height == links["study_uid"].n_unique() == ricord.counts["studies"]
    assert links["n_series"].sum() == ricord.counts["series"]
    start = "https://viewer.imaging.datacommons.cancer.gov/v3/viewer/?StudyInstanceUIDs="
    assert (links["viewer_url"] == start + links["study_uid"]).all()


def test_slides_open_in_the_slide_viewer(commons: Catalog) -> None:
    links = commons.where(modality="SM", collection_id="tcga_acc").viewer_links()
    assert links.height > 0
    start = "https://viewer.imaging.datacommons.cancer.gov/slim/studies/"
    assert (links["viewer_url"] == start + links["study_uid"]).all()


# ------------------------------------------------------------------ definitions


def test_a_definition_is_readable_and_names_no_patient(ricord: Cohort, tmp_path: Path) -> None:
    path = ricord.where(age_years=(18, None)).save(tmp_path / "new folder" / "chest.yaml")
    body = yaml.safe_load(path.read_text())
    assert path.read_text().splitlines()[0] == "schema: workbench-cohort/2"
    assert body["source"]["key"] == "idc"
    assert body["criteria"][-1] == {"column": "age_years", "range": [18, None], "missing": "exclude"}
    assert set(body) == {"schema", "source", "criteria", "counts", "sha256"}
    assert sorted(other.name for other in path.parent.iterdir()) == ["chest.members.txt", "chest.yaml"]


def test_equal_definitions_have_equal_hashes_and_bytes(commons: Catalog, tmp_path: Path) -> None:
    one = commons.where(modality={"MR", "CT"}).save(tmp_path / "one.yaml")
    two = commons.where(modality={"CT", "MR"}).save(tmp_path / "two.yaml")
    other = commons.where(modality="CT").save(tmp_path / "other.yaml")
    assert one.read_bytes() == two.read_bytes()
    body = yaml.safe_load(one.read_text())
    assert re.fullmatch("[0-9a-f]{64}", body["sha256"])
    assert content_hash(body) == body["sha256"] != yaml.safe_load(other.read_text())["sha256"]


def test_a_definition_from_another_data_version_says_so_in_one_line(
    commons: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = commons.where(modality="CT").save(tmp_path / "old.yaml")
    body = yaml.safe_load(path.read_text())
    body["source"]["version"] = "19.0.0"
    del body["sha256"]
    path.write_text(yaml.safe_dump(body))
    assert commons.read_cohort(path) == commons.where(modality="CT")
    assert capsys.readouterr().err == (
        f"The cohort was saved with data version 19.0.0; it is now selected from {commons.repository.build}.\n"
    )


# ------------------------------------------------------------------ errors, whole messages

COLUMNS = (
    "collection_id, modality, body_region, body_region_source, body_part, age_years, sex, species, manufacturer, "
    "model, license, derived, … (19 in all)"
)
WRONG = [
    (
        {"modalty": "CT"},
        UnknownNameError,
        (
            "No column 'modalty' in NCI Imaging Data Commons. Did you mean 'modality' or 'model'? "
            f"Valid: {COLUMNS}. Use one of these in where(…)."
        ),
    ),
    (
        {"sex": "Femal"},
        UnknownNameError,
        (
            "No sex value 'Femal' in NCI Imaging Data Commons. Did you mean 'Female' or 'Male'? "
            "Valid: Female, Male, Other, Conflicting, Unknown, Not Reported, Not Applicable. Use one of these."
        ),
    ),
    (
        {"modality": None},
        ValueError,
        (
            "modality=None was received. A value, a list or a range would be right. "
            'To select rows whose modality is missing, write where(modality=None, missing="only").'
        ),
    ),
    (
        {"modality": "CT", "missing": "drop"},
        UnknownNameError,
        "No missing policy 'drop' in where. Valid: exclude, keep, only. The default is \"exclude\".",
    ),
    (
        {"modality": ("CT", "MR")},
        TypeError,
        (
            "modality=('CT', 'MR') was received; a tuple is a range, and modality has no order. "
            "A list would select any of its members. Write modality=['CT', 'MR']."
        ),
    ),
    *(
        (
            {"age_years": bounds},
            ValueError,
            (
                f"age_years={bounds!r} was received. A range is two numbers, the lowest and the highest, "
                "one of which may be None. Write for instance age_years=(18, 89) or age_years=(18, None)."
            ),
        )
        for bounds in [(None, None), (18,), (18, 30, 40), ("18", "89"), (True, 5)]
    ),
    (
        {"age_years": (89, 18)},
        ValueError,
        (
            "age_years=(89, 18) was received, which holds nothing: the first number is the larger one. "
            "A range is (lowest, highest). Write age_years=(18, 89)."
        ),
    ),
    (
        {"sex": []},
        ValueError,
        (
            "sex=[] was received, which selects nothing. A list of at least one value would be right. "
            "Leave the criterion out to select every sex."
        ),
    ),
    (
        {"n_instances": "many"},
        TypeError,
        (
            "n_instances='many' was received. n_instances holds numbers. "
            "See commons.where(n_instances=…) in notebook 21_cohort_selection."
        ),
    ),
    (
        {"derived": "yes"},
        TypeError,
        (
            "derived='yes' was received. derived holds True or False. "
            "See commons.where(derived=…) in notebook 21_cohort_selection."
        ),
    ),
]


@pytest.mark.parametrize(("criterion", "kind", "message"), WRONG, ids=lambda case: repr(case)[:30])
def test_a_wrong_criterion_says_what_came_what_is_right_and_what_to_do(
    commons: Catalog, criterion: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        commons.where(**criterion)
    assert str(caught.value) == message


def test_a_misspelled_collection_names_the_nearest(commons: Catalog) -> None:
    with pytest.raises(
        UnknownNameError,
        match=r"^No collection_id value 'midrc_ricord_1x' in NCI Imaging Data Commons\. "
        r"Did you mean 'midrc_ricord_1\w' or .*\? Valid: .*… \(\d+ in all\)\. Use one of these\.$",
    ):
        commons.where(collection_id="midrc_ricord_1x")


def test_an_unknown_source_names_the_one_there_is() -> None:
    with pytest.raises(UnknownNameError) as caught:
        open_catalog("ibc")
    assert str(caught.value) == (
        "No source 'ibc' in the workbench. Did you mean 'idc'? Valid: idc, synthetic. Use open_catalog('idc'), or the path of a file or folder that exists."
    )


def test_an_unknown_census_column_names_the_nearest(commons: Catalog) -> None:
    with pytest.raises(UnknownNameError) as caught:
        commons.everything.census(by=["sx"])
    assert str(caught.value) == (
        "No column 'sx' in patients. Did you mean 'sex'? Valid: collection_id, species, sex, age_years, age_missing, "
        "age_over_89, age_group, age_decade. Pass one of these in by=."
    )


MAKE_ONE = "Make one: workbench cohort new --where modality=CT --save cohort.yaml"


def test_a_missing_definition_says_how_to_make_one(commons: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    with pytest.raises(FileNotFoundError) as caught:
        commons.read_cohort(path)
    assert str(caught.value) == (
        f"No cohort definition at {path}. A file written by cohort.save('cohort.yaml') would be right. {MAKE_ONE}"
    )


@pytest.mark.parametrize("text", [b"", b"just words", b"schema: other/1", b"{unclosed", b"\xff\xfe\x00", b"- 1\n- 2"])
def test_a_file_that_is_no_definition_says_what_one_looks_like(commons: Catalog, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "bad.yaml").write_bytes(text)
    with pytest.raises(ValueError, match="cohort definition") as caught:
        commons.read_cohort(tmp_path / "bad.yaml")
    assert str(caught.value) == (
        "bad.yaml is not a cohort definition. It should be YAML or JSON whose schema is 'workbench-cohort/2'. "
        f"{MAKE_ONE}"
    )


HEAD = {"schema": "workbench-cohort/1", "source": {"key": "idc", "version": "25.0.5"}}
INCOMPLETE = (
    "A criterion of bad.yaml is incomplete. It needs 'column' and 'values' or 'range'; a group needs 'any' or 'all'. "
    "Compare with a file written by cohort.save(…)."
)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {**HEAD, "critera": []},
            (
                "No field 'critera' in bad.yaml. Did you mean 'criteria'? Valid: schema, source, criteria, counts, "
                "sha256. Remove or correct the line."
            ),
        ),
        (
            {"schema": "workbench-cohort/1"},
            (
                "bad.yaml lacks its source or its list of criteria. Both are written by cohort.save(…). "
                "Save the cohort again."
            ),
        ),
        ({**HEAD, "criteria": [{"column": "sex"}]}, INCOMPLETE),
        ({**HEAD, "criteria": ["sex"]}, INCOMPLETE),
    ],
)
def test_a_definition_with_a_fault_names_it(
    commons: Catalog, tmp_path: Path, body: dict[str, Any], message: str
) -> None:
    (tmp_path / "bad.yaml").write_text(yaml.safe_dump(body))
    with pytest.raises((ValueError, LookupError)) as caught:
        commons.read_cohort(tmp_path / "bad.yaml")
    assert str(caught.value) == message


@pytest.mark.parametrize("entry", [{"column": "sex", "values": 5}, {"column": "age_years", "range": 18}])
def test_a_definition_whose_values_are_no_list_is_refused_in_words(
    commons: Catalog, tmp_path: Path, entry: dict[str, Any]
) -> None:
    (tmp_path / "bad.yaml").write_text(yaml.safe_dump({**HEAD, "criteria": [entry]}))
    with pytest.raises((ValueError, TypeError), match=r"bad\.yaml"):
        commons.read_cohort(tmp_path / "bad.yaml")


def test_a_definition_of_another_source_is_refused(commons: Catalog, tmp_path: Path) -> None:
    body = {**HEAD, "source": {"key": "other", "version": "1"}, "criteria": []}
    (tmp_path / "bad.yaml").write_text(yaml.safe_dump(body))
    with pytest.raises((ValueError, LookupError), match="other"):
        commons.read_cohort(tmp_path / "bad.yaml")


def test_a_range_with_a_number_that_is_none_is_refused(commons: Catalog) -> None:
    with pytest.raises(ValueError, match="age_years"):
        commons.where(age_years=(float("nan"), 5))


@pytest.mark.parametrize(
    ("criterion", "series"),
    [
        ({"first_version": 300}, 0),
        ({"first_version": -1}, 0),
        ({"first_version": [1, 300]}, None),
        ({"first_version": (0, 300)}, None),
        ({"n_instances": [1, 2.5]}, None),
    ],
)
def test_a_number_no_series_can_have_selects_nothing_or_is_refused_in_words(
    commons: Catalog, criterion: dict[str, Any], series: int | None
) -> None:
    (column,) = criterion
    try:
        counts = commons.where(**criterion).counts
    except ValueError as error:
        assert str(error).startswith(f"{column}=")  # noqa: PT017
    else:
        assert counts["series"] == series or series is None


def test_numbers_of_numpy_are_saved_as_numbers(commons: Catalog, tmp_path: Path) -> None:
    cohort = commons.where(size_mb=(np.float64(1), np.float64(5)))
    assert commons.read_cohort(cohort.save(tmp_path / "cohort.yaml")) == cohort


def test_a_definition_changed_by_hand_says_so_in_one_line(
    commons: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = commons.where(modality="CT").save(tmp_path / "mine.yaml")
    path.write_text(path.read_text().replace("- CT", "- MR"))
    assert commons.read_cohort(path) == commons.where(modality="MR")
    assert capsys.readouterr().err == "mine.yaml was changed after it was saved; it is read as it stands now.\n"


def test_a_definition_without_criteria_never_selects_everything(commons: Catalog, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(yaml.safe_dump({"schema": "workbench-cohort/1", "source": HEAD["source"]}))
    with pytest.raises(ValueError, match="lacks its source or its list of criteria"):
        commons.read_cohort(tmp_path / "bad.yaml")


def test_a_misspelled_field_of_a_criterion_is_refused(commons: Catalog, tmp_path: Path) -> None:
    entry = {"column": "sex", "values": ["Female"], "misssing": "keep"}
    (tmp_path / "bad.yaml").write_text(yaml.safe_dump({**HEAD, "criteria": [entry]}))
    with pytest.raises(LookupError, match=r"No field .misssing. in a criterion of bad\.yaml\. Did you mean .missing."):
        commons.read_cohort(tmp_path / "bad.yaml")


def test_ages_beyond_the_top_code_cannot_be_asked_for(commons: Catalog) -> None:
    with pytest.raises(ValueError, match="90 and over") as caught:
        commons.where(age_years=(91, None))
    assert str(caught.value).endswith("Write age_years=(90, None).")


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

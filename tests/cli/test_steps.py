"""The steps of a selection: typed in order, they mean what the same calls in Python mean."""

from collections.abc import Callable

import pytest

from workbench.catalog.commons import Catalog

Done = Callable[..., str]
Fails = Callable[..., str]


@pytest.mark.parametrize(
    ("word", "criteria"),
    [
        ("age_years=18..", {"age_years": (18, None)}),
        ("age_years=..17.5", {"age_years": (None, 17.5)}),
        ("modality=CT,MR", {"modality": ["CT", "MR"]}),
        ("license=CC BY 4.0", {"license": "CC BY 4.0"}),
        ("first_version=3..3", {"first_version": (3, 3)}),
        ("body_region=Chest, Abdomen and Pelvis", {"body_region": "Chest, Abdomen and Pelvis"}),
        ("model=1080", {"model": "1080"}),
        ("study_description=covid", {"study_description": "covid"}),
    ],
)
def test_a_criterion_in_words_selects_what_the_same_in_python_does(
    commons: Catalog, done: Done, word: str, criteria: dict[str, object]
) -> None:
    assert done("cohort", "new", "--where", word).startswith(f"{commons.where(**criteria)}\n")


def test_several_criteria_are_steps_in_their_order(commons: Catalog, done: Done) -> None:
    said = done("cohort", "new", "--where", "derived=false", "--where", "n_instances=100")
    cohort = commons.where(derived=False, n_instances=100)
    assert said == f"{cohort}\n{cohort.attrition}\n"


def test_the_order_on_the_line_is_the_order_of_the_steps(commons: Catalog, done: Done) -> None:
    said = done("cohort", "new", "--exclude", "license=CC BY-NC 4.0", "--where", "modality=CT", "--exclude", "sex=Male")
    cohort = commons.exclude(license="CC BY-NC 4.0").where(modality="CT").exclude(sex="Male")
    assert said == f"{cohort}\n{cohort.attrition}\n"


def test_a_policy_speaks_of_the_step_before_it(commons: Catalog, done: Done) -> None:
    words = ["--where", "age_years=18..", "--missing", "keep", "--where", "sex=Female"]
    cohort = commons.everything.where(missing="keep", age_years=(18, None)).where(sex="Female")
    assert done("cohort", "new", *words).startswith(f"{cohort}\n")


def test_a_policy_before_the_first_step_speaks_of_all(commons: Catalog, done: Done) -> None:
    words = ["--missing", "keep", "--where", "age_years=18..", "--where", "sex=Female", "--missing", "exclude"]
    cohort = commons.everything.where(missing="keep", age_years=(18, None)).where(sex="Female")
    assert done("cohort", "new", *words).startswith(f"{cohort}\n")


def test_level_and_match_reach_the_criterion(commons: Catalog, done: Done) -> None:
    said = done("cohort", "new", "--where", "modality=CT,SEG", "--level", "study", "--match", "each")
    assert said.startswith(f"{commons.where(modality=['CT', 'SEG'], level='study', match='each')}\n")


@pytest.mark.parametrize("word", ["age_years", "age_years=", "age_years = "])
def test_a_column_alone_asks_for_what_is_missing(commons: Catalog, done: Done, word: str) -> None:
    said = done("cohort", "new", "--where", word, "--missing", "only")
    cohort = commons.where(age_years=None, missing="only")
    assert said.startswith(f"{cohort}\n")
    assert "age_years is missing" in said


def test_a_query_is_a_step(commons: Catalog, done: Done) -> None:
    query = "select patient_key from patients where age_years > 89"
    said = done("cohort", "new", "--where", "modality=CT", "--sql", query)
    assert said.startswith(f"{commons.where(modality='CT').where_sql(query)}\n")


@pytest.mark.parametrize(
    ("word", "window"),
    [
        ("Positive:-3..14:first", {"result": "Positive", "days": (-3, 14), "which": "first"}),
        ("Negative:0..", {"result": "Negative", "days": (0, None)}),
    ],
)
def test_a_window_around_a_test_is_a_step(synthetic: Catalog, done: Done, word: str, window: dict[str, object]) -> None:
    said = done("cohort", "new", "--source", "synthetic", "--near-test", word, "--where", "sex=Female")
    cohort = synthetic.near_test(**window).where(sex="Female")
    assert said == f"{cohort}\n{cohort.attrition}\n"
    assert cohort.counts["patients"] > 0


def test_a_window_can_select_whole_patients(synthetic: Catalog, done: Done) -> None:
    said = done("cohort", "new", "--source", "synthetic", "--near-test", "Positive:0..14", "--level", "patient")
    assert said.startswith(f"{synthetic.near_test('Positive', days=(0, 14), level='patient')}\n")


# ------------------------------------------------------------------ words that are off


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--where", "modality"],
            "'modality' was received. COLUMN=VALUE would be right, such as modality=CT; a column alone goes with "
            "missing 'only'. See: workbench cohort new --help",
        ),
        (
            ["--where", "sex=Femal"],
            "No sex value 'Femal' in NCI Imaging Data Commons. Did you mean 'Female' or 'Male'? "
            "Valid: Female, Male, Other, Conflicting, Unknown, Not Reported, Not Applicable. Use one of these.",
        ),
        (
            ["--where", "age_years=89..18"],
            "age_years=(89, 18) was received, which holds nothing: the first number is the larger one. "
            "A range is (lowest, highest). Write age_years=(18, 89).",
        ),
        (
            ["--where", "derived=maybe"],
            "derived='maybe' was received. derived holds True or False. "
            "See commons.where(derived=…) in notebook 21_cohort_selection.",
        ),
        (
            ["--near-test", "Positive:14"],
            "'Positive:14' was received. RESULT:LOW..HIGH in days after the test would be right, such as "
            "Positive:-3..14 or Positive:28..:first. See: workbench cohort new --help",
        ),
        (
            ["--sql", "select patient_key from patients", "--missing", "keep"],
            "--missing keep was received after --sql, which has no use for it. It goes with --where and --exclude. "
            "Write it right after one of these, or before the first step.",
        ),
        (
            ["--sql", "drop table patients"],
            "The SQL 'drop table patients' was received. One query that begins with SELECT or WITH and reads the "
            "tables patients, studies, series, measurements would be right. "
            "See commons.sql(…) in notebook 21_cohort_selection.",
        ),
    ],
)
def test_a_step_that_cannot_be_taken_exits_with_2_and_says_what_is_right(
    fails: Fails, words: list[str], message: str
) -> None:
    assert fails("cohort", "new", *words) == message


def test_a_number_beyond_the_column_selects_nothing(done: Done) -> None:
    assert "This step emptied the cohort." in done("cohort", "new", "--where", "first_version=300")

"""Entries of a definition that cannot be meant: each is refused in words, all those of a file together."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.catalog.tiny import make_repository
from workbench.catalog.commons import Catalog

HEAD = {"schema": "workbench-cohort/2", "source": {"key": "made_up", "version": "1.0"}}


def definition(*entries: Any) -> dict[str, Any]:
    return {**HEAD, "criteria": list(entries)}


@pytest.fixture(scope="module")
def commons(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Three patients of three kinds."""
    return Catalog(
        make_repository(
            tmp_path_factory.mktemp("tables"),
            [{"sex": "Female", "bmi": 25.0}, {"sex": "Male", "bmi": 31.5}, {"sex": "Unknown"}],
            [{"patient_key": 0}, {"patient_key": 1}, {"patient_key": 2}],
            [
                {"patient_key": 0, "study_key": 0, "modality": "CT"},
                {"patient_key": 1, "study_key": 1, "modality": "MR", "series_description": "T1 'sag'"},
                {"patient_key": 2, "study_key": 2, "modality": "CT"},
            ],
            [{"patient_key": 0, "study_key": 0, "days_from_study": -1}],
        )
    )


def refusal(commons: Catalog, tmp_path: Path, text: str | bytes, *, name: str = "bad.yaml") -> str:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises((ValueError, LookupError, TypeError)) as caught:
        commons.read_cohort(path)
    return str(caught.value)


INCOMPLETE = (
    "A criterion of bad.yaml is incomplete. It needs 'column' and 'values' or 'range'; a group needs 'any' or 'all'. "
    "Compare with a file written by cohort.save(…)."
)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ([], INCOMPLETE),
        (None, INCOMPLETE),
        ({}, INCOMPLETE),
        ({"values": ["CT"]}, INCOMPLETE),
        ({"column": "sex", "any": []}, INCOMPLETE),
        ({"column": "bmi", "values": [1], "range": [1, 2]}, INCOMPLETE),
        (
            {"column": "sex", "values": "Female"},
            "A criterion of bad.yaml holds values: 'Female'. A list would be right. "
            "Write values: ['Female'] or compare with a file written by cohort.save(…).",
        ),
        (
            {"column": "sex", "values": ["Female"], "exclude": "false"},
            "A criterion of bad.yaml holds exclude: 'false'. true or false would be right. "
            "Write exclude: true, or leave it out.",
        ),
        (
            {"any": [{"column": "sex", "values": ["Female"]}], "exclude": 1},
            "A criterion of bad.yaml holds exclude: 1. true or false would be right. "
            "Write exclude: true, or leave it out.",
        ),
        (
            {"any": [{"column": "sex", "values": ["Female"]}], "level": "person"},
            "No level 'person' in where. Valid: series, study, patient. The default is \"series\".",
        ),
        (
            {"any": [{"column": "sex", "values": ["Female"], "level": "patient"}]},
            "A criterion inside a group of bad.yaml holds a level or match of its own. The group has one level for "
            "all. Write level beside any or all.",
        ),
        (
            {"any": []},
            "A group of bad.yaml is empty. It needs at least one criterion. Add one, or remove the group.",
        ),
        (
            {"sql": "drop table patients"},
            "The SQL 'drop table patients' was received. One query that begins with SELECT or WITH and reads the "
            "tables patients, studies, series, measurements would be right. "
            "See commons.sql(…) in notebook 21_cohort_selection.",
        ),
        (
            {"column": "bmi", "values": [[25]]},
            "bmi received a list. A value, a list or set of values, or a 2-tuple for a range would be right. "
            "Write bmi=list(…).",
        ),
        (
            {"column": "bmi", "values": [{"a": 1}]},
            "bmi received a dict. A value, a list or set of values, or a 2-tuple for a range would be right. "
            "Write bmi=list(…).",
        ),
        (
            {"column": "bmi", "values": [float("nan")]},
            "bmi=nan was received. bmi holds numbers. See commons.where(bmi=…) in notebook 21_cohort_selection.",
        ),
        (
            {"column": "bmi", "values": [10**400]},
            None,
        ),
        (
            {"column": "sex", "values": [None]},
            "No sex value None in Made-up source. Valid: Female, Male, Other, Conflicting, Unknown, Not Reported, "
            "Not Applicable. Use one of these.",
        ),
        (
            {"column": "bmi", "range": [40, 20]},
            "bmi=(40, 20) was received, which holds nothing: the first number is the larger one. "
            "A range is (lowest, highest). Write bmi=(20, 40).",
        ),
        (
            {"near_test": "Positive", "days": [3]},
            "days=(3,) was received. A window is two whole numbers of days after the test, the first not above the "
            "last, one of which may be None. Write for instance days=(-3, 14) or days=(28, None).",
        ),
        (
            {"column": "sex", "values": ["Female"], "misssing": "keep"},
            "No field 'misssing' in a criterion of bad.yaml. Did you mean 'missing'? Valid: column, values, range, "
            "missing, level, match, exclude. Correct it.",
        ),
        (
            {"column": "sex", "values": ["Female"], 5: "keep"},
            "No field 5 in a criterion of bad.yaml. Valid: column, values, range, missing, level, match, exclude. "
            "Correct it.",
        ),
    ],
)
def test_a_wrong_entry_is_refused_in_words(commons: Catalog, tmp_path: Path, entry: Any, message: str | None) -> None:
    said = refusal(commons, tmp_path, yaml.safe_dump(definition(entry)))
    assert said == message or (message is None and said.startswith("bmi=1000"))


def test_every_problem_of_a_file_is_told_in_one_message(commons: Catalog, tmp_path: Path) -> None:
    wrong = definition(
        {"column": "sexx", "values": ["Female"]},
        {"column": "modality", "values": ["CT"]},
        {"column": "bmi", "range": ["low", None]},
        {"any": [{"column": "n_instances", "values": ["many"]}, {"column": "modality", "values": ["XX"]}]},
        {"near_test": "Positiv", "days": [0, 1]},
    )
    assert refusal(commons, tmp_path, yaml.safe_dump(wrong)).splitlines() == [
        "bad.yaml has 4 problems:",
        "  1. No column 'sexx' in Made-up source. Did you mean 'sex'? Valid: collection_id, modality, body_region, "
        "body_region_source, body_part, age_years, sex, species, manufacturer, model, license, derived, … (19 in all). "
        "Use one of these in where(…).",
        "  2. bmi=('low', None) was received. A range is two numbers, the lowest and the highest, one of which may be "
        "None. Write for instance bmi=(18, 89) or bmi=(18, None).",
        "  3. A group of bad.yaml has 2 problems:",
        "     1. n_instances='many' was received. n_instances holds numbers. "
        "See commons.where(n_instances=…) in notebook 21_cohort_selection.",
        "     2. No modality value 'XX' in Made-up source. Valid: CT, MR. Use one of these.",
        "  4. No test result 'Positiv' in Made-up source. Did you mean 'Positive'? Valid: Positive. Use one of these.",
    ]


def test_of_ten_thousand_problems_fifty_are_told(commons: Catalog, tmp_path: Path) -> None:
    wrong = definition(*({"column": f"x{n}", "values": [1]} for n in range(10_000)))
    lines = refusal(commons, tmp_path, json.dumps(wrong)).splitlines()
    assert lines[0] == "bad.yaml has 10,000 problems:"
    assert len(lines) == 52
    assert lines[-1] == "  … and 9,950 more."

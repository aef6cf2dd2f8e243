"""Definition files of the embedded commons: readable, equal byte for byte, and refused in words when they are not."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.definition import content_hash


@pytest.fixture(scope="module")
def ricord(commons: Catalog) -> Cohort:
    return commons.where(collection_id=["midrc_ricord_1a", "midrc_ricord_1b"], modality="CT")


def test_a_definition_is_readable_and_names_no_patient(ricord: Cohort, tmp_path: Path) -> None:
    path = ricord.where(age_years=(18, None)).save(tmp_path / "new folder" / "chest.yaml")
    body = yaml.safe_load(path.read_text())
    assert path.read_text().splitlines()[0] == "schema: workbench-cohort/2"
    assert body["source"]["key"] == "idc"
    assert body["criteria"][-1] == {"column": "age_years", "range": [18, None], "missing": "exclude"}
    assert set(body) == {"schema", "source", "criteria", "counts", "sha256"}
    assert sorted(other.name for other in path.parent.iterdir()) == ["chest.yaml", "chest.yaml.members.txt"]


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

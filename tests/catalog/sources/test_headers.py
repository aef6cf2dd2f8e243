"""Names of columns may be repeated in messages, a first row of data never."""

import pytest

from workbench.catalog.sources.headers import looks_like_header, shown_names


@pytest.mark.parametrize(
    "names",
    [
        ["patient_id", "score"],
        ["Subject ID", "Group"],
        ["PatientID", "Modality"],
        ["cases.submitter_id", "x"],
        ["hospital_id"],
        ["visit-date", "7"],
        ["StudyInstanceUID"],
    ],
)
def test_a_line_with_what_columns_are_called_is_a_header(names: list[str]) -> None:
    assert looks_like_header(names)


@pytest.mark.parametrize(
    "names",
    [
        ["SECRET-1", "SECRET NAME", "F"],
        ["case", "Open-A1", "10000364-1047712", "M"],
        ["Doe^John", "M", "042Y", "CT", "1.2.840.113619"],
        ["David", "Male", "White", "17"],
        ["Subject-001", "John Smith"],
        ["Patient 1", "Yes"],
        ["john@doe.org", "+1 555 0100", "1970-01-01"],
        [""],
        [],
    ],
)
def test_a_row_of_data_is_no_header(names: list[str]) -> None:
    assert not looks_like_header(names)
    assert shown_names(names) == []


def test_of_a_header_what_may_be_an_identifier_is_kept_back() -> None:
    header = ["patient_id", "day 0", "SUBJ-001", "00412", "weight (kg)", "case_ids_0", "Doe^John", "q3"]
    assert shown_names(header) == ["patient_id", "weight (kg)", "case_ids_0", "q3"]

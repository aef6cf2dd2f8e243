import polars as pl
import pytest

from workbench.assessment.census import count_census
from workbench.assessment.tallies import tally, tally_both
from workbench.errors import UnknownNameError


@pytest.mark.parametrize("n", [-1, 1.5, float("nan"), None, "5", True, 10**19])
def test_what_is_no_number_of_patients_is_refused(n) -> None:
    with pytest.raises(ValueError, match="counts") as caught:
        tally({"sex": {"Male": n, "Female": 2}}, ["sex"])
    assert str(caught.value) == (
        f"Received sex counts {{'Male': {n!r}}}. Numbers of patients are whole and from 0 to 1,000,000,000,000. "
        "Pass counts, not percentages or differences."
    )


PATIENTS = pl.DataFrame({"id": [1, 2, 3], "sex": ["Male", "Female", "Male"]})


def test_patients_of_both_frames_are_those_with_the_same_key_and_category() -> None:
    other = pl.DataFrame({"id": [2, 3, None], "sex": ["Female", "Female", "Male"]})
    assert tally_both(PATIENTS, other, ["sex"], key="id").n == {("Female",): 1}


def test_a_key_that_a_frame_lacks_is_named() -> None:
    with pytest.raises(UnknownNameError) as caught:
        tally_both(PATIENTS.drop("id"), PATIENTS, ["sex"], key="id")
    assert str(caught.value) == (
        "No column 'id' in the cohort. Valid: sex. Name in key= a column of both sides that says who a patient is, or "
        "leave it out."
    )


def test_a_key_that_rows_share_is_refused() -> None:
    with pytest.raises(ValueError, match="share") as caught:
        tally_both(PATIENTS, pl.concat([PATIENTS, PATIENTS.head(1)]), ["sex"], key="id")
    assert str(caught.value) == (
        "Received key='id', which 2 rows of the reference share with another row. One row a patient would be right. "
        "Keep one of each, such as with .unique('id')."
    )


def test_a_key_of_two_types_is_refused() -> None:
    with pytest.raises(ValueError, match="type") as caught:
        tally_both(PATIENTS, PATIENTS.cast({"id": pl.String}), ["sex"], key="id")
    assert str(caught.value) == (
        "Received key='id', which is Int64 in the cohort and String in the reference. The same type on both sides "
        "would be right. Cast one of them to the other's type."
    )


def test_a_census_of_studies_is_refused() -> None:
    studies = count_census(pl.DataFrame({"sex": ["Male"]}), by=["sex"], unit="studies")
    with pytest.raises(ValueError, match="census of studies") as caught:
        tally(studies, ["sex"])
    assert str(caught.value) == (
        "Received a census of studies. A population is compared with patients. "
        "Count again from one row a patient, with unit='patients'."
    )

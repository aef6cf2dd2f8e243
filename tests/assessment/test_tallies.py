import polars as pl
import pytest

from workbench.assessment.census import count_census
from workbench.assessment.tallies import tally


def test_negative_and_fractional_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="counts") as caught:
        tally({"sex": {"Male": -1, "Female": 2}}, ["sex"])
    assert str(caught.value) == (
        "Received sex counts {'Male': -1}. Numbers of patients are whole and 0 or more. "
        "Pass counts, not percentages or differences."
    )


def test_a_census_of_studies_is_refused() -> None:
    studies = count_census(pl.DataFrame({"sex": ["Male"]}), by=["sex"], unit="studies")
    with pytest.raises(ValueError, match="census of studies") as caught:
        tally(studies, ["sex"])
    assert str(caught.value) == (
        "Received a census of studies. A population is compared with patients. "
        "Count again from one row a patient, with unit='patients'."
    )

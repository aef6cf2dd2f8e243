"""MIDRC's own example of 5,000 patients opens without a mapping."""

import os
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from workbench.catalog.sources.recognize import open_path

DATA = os.environ.get("WORKBENCH_TEST_DATA")


@pytest.mark.real_data
@pytest.mark.skipif(not DATA, reason="WORKBENCH_TEST_DATA names no folder with downloaded data")
def test_the_example_of_5000_patients_opens_as_it_is() -> None:
    path = Path(DATA or "") / "midrc_tools" / "Example_5000patients.csv"
    raw = pl.read_csv(path)
    repository = open_path(path)
    assert repository.key == "gen3"
    assert len(repository.column("patients", "patient_key")) == raw["submitter_id"].n_unique()
    assert Counter(repository.column("patients", "sex")) == Counter(raw["sex"])
    # 890 and every age from 90 to 122 are 90 and over; 999 is no age.
    over = raw.filter((pl.col("age_at_index") == 890) | pl.col("age_at_index").is_between(90, 122)).height
    assert repository.column("patients", "age_over_89").sum() == over
    assert (repository.column("patients", "age_missing") == "Unknown").sum() == 1

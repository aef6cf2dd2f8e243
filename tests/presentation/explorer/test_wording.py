"""Criteria in the page's words, which have to be true of everyone who is left."""

from dataclasses import replace

import polars as pl
import pytest

from workbench.catalog.criteria.groups import any_of
from workbench.presentation.explorer.wording import condition_label, kept_label
from workbench.vocabulary.demographics import MISSING


@pytest.mark.parametrize(
    ("verb", "missing", "said"),
    [
        ("where", "exclude", "Race: White"),
        ("where", "keep", "Race: White, or not known"),
        ("where", "only", "Race: not known"),
        ("exclude", "keep", "Race: anything but White"),
        ("exclude", "exclude", "Race: known, and anything but White"),
        ("exclude", "only", "Race: known"),
    ],
)
def test_a_step_says_who_is_left(invented, verb, missing, said):
    cohort = getattr(invented, verb)(race="White", missing=missing)
    assert kept_label(cohort.conditions[0]) == said
    # Whoever is left, said again from the races that are there.
    left = set(cohort.patients["race"].cast(pl.String))
    assert ("White" in left) == (said in ("Race: White", "Race: White, or not known", "Race: known"))
    assert ("Asian" in left) == said.startswith(("Race: known", "Race: anything"))
    assert bool(left & {*MISSING}) == ("not known" in said or said == "Race: anything but White")


def test_an_excluded_range_and_an_excluded_search_say_so(invented):
    assert kept_label(invented.exclude(age_years=(18, 40)).conditions[0]) == "Age at study: anything but 18 to 40 years"
    words = any_of(study_description="chest", series_description="chest")
    assert kept_label(invented.where(words).conditions[0]) == "Descriptions with “chest”"
    assert kept_label(invented.where(replace(words, exclude=True)).conditions[0]) == "Descriptions without “chest”"


def test_what_no_click_can_make_is_said_once(invented):
    (condition,) = invented.exclude(modality="CT", level="patient").conditions
    assert kept_label(condition) == "All series of a patient without a series whose modality is CT"
    assert condition_label(condition) == "modality CT (any series of the patient)"

"""What the profile of a controlled cohort leaves out: the list of its patients, and what the choice itself made."""

import polars as pl
import pytest

import workbench as wb
from workbench.presentation.identity import Identity
from workbench.presentation.profile import describe_cohort
from workbench.presentation.publication import publish


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    file = tmp_path_factory.mktemp("registry") / "registry.csv"
    n = 60
    rows = {
        "patient_id": [f"p{at}" for at in range(n)],
        "study_uid": [f"1.2.{at}" for at in range(n)],
        "series_uid": [f"1.2.{at}.1" for at in range(n)],
        "sex": ["Male", "Female"] * (n // 2),
        "race": ["White"] * 40 + ["Asian"] * 20,
    }
    pl.DataFrame(rows).write_csv(file)
    return wb.open_catalog(file)


def test_studies_of_a_controlled_source_are_written_only_when_asked(catalog, tmp_path):
    profile = describe_cohort(catalog, catalog.everything, reference="us_census")
    profile.save_studies(tmp_path)
    assert not (tmp_path / "studies.csv").exists()
    profile.save_studies(tmp_path, asked=True)
    assert pl.read_csv(tmp_path / "studies.csv").height == 60


def test_an_attribute_that_a_cohort_was_chosen_by_is_no_finding(catalog):
    chosen = describe_cohort(catalog, catalog.where(sex="Male"), reference="us_census")
    assert not any(text.startswith("Sex:") for text in chosen.sentences)
    assert any(text.startswith("Race:") for text in chosen.sentences)


def test_what_a_table_does_not_record_is_no_zero(catalog):
    said = repr(catalog.everything)
    assert "60 series, instances not recorded, size not recorded" in said
    assert "size not recorded in" in repr(catalog)
    assert "<dt>size</dt><dd>not\N{NO-BREAK SPACE}recorded</dd>" in catalog.everything._repr_html_()


def test_the_license_that_the_publisher_states_is_the_license_of_series_that_state_none(catalog):
    published = publish(catalog, Identity(name="Lakeside", license="CC BY 4.0")).catalog
    assert "licenses: CC BY 4.0, stated by the publisher for all (60 series)" in repr(published.everything)
    assert "licenses: Not Reported (60 series)" in repr(catalog.everything)
    assert published.everything.licenses["license"].to_list() == ["Not Reported"]

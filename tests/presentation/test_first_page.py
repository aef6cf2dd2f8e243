"""Page one: three sentences, one figure, the day and the contact, of every report and every source."""

import dataclasses
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import workbench as wb
from workbench.catalog.commons import Catalog
from workbench.presentation.data_quality import DataQuality
from workbench.presentation.first_page import FirstPage, as_of
from workbench.presentation.identity import Identity
from workbench.presentation.profile import CohortProfile, describe_cohort
from workbench.presentation.quality_counts import examine_quality
from workbench.presentation.release_census import count_release
from workbench.presentation.release_figures import ReleaseCensus

ABOVE = '<p class="banner"><strong>These patients are invented. No such person exists.</strong></p>'


@pytest.fixture(scope="module")
def invented() -> Catalog:
    return wb.open_catalog("synthetic")


@pytest.fixture(scope="module")
def contents(invented: Catalog) -> list[ReleaseCensus | CohortProfile | DataQuality]:
    """What every report of the library shows."""
    women = describe_cohort(invented, invented.where(sex="Female"), reference="us_acs")
    return [count_release(invented, attributes="sex, race"), women, examine_quality(invented)]


def test_every_report_has_three_sentences_and_one_figure(
    contents: list[ReleaseCensus | CohortProfile | DataQuality],
) -> None:
    identity = Identity(name="Example commons", contact="help@example.org")
    for each in contents:
        page = each.first_page(identity)
        assert len(page.sentences) == 3
        assert all(text.endswith(".") and re.search(r"\d", text) for text in page.sentences)
        shown = page._repr_html_()
        assert shown.startswith(f'<section class="first-page">{ABOVE}<ul class="sentences">')
        assert shown.count("<li>") == 3
        assert shown.count('role="img"') == 1
        assert shown.count('<details class="twin">') == 1
        assert '<p class="contact">Questions: help@example.org</p></section>' in shown
        assert '<p class="as-of">As of March 4, 2024: the Synthetic commons' in shown


def test_it_names_the_source_s_contact_where_nobody_publishes_it(commons: Catalog, invented: Catalog) -> None:
    known = examine_quality(commons, collection_id="midrc_ricord_1a").first_page()
    assert known.contact == "Questions: https://discourse.canceridc.dev"
    assert known.banner == ""
    unknown = examine_quality(invented).first_page()
    assert unknown.contact == "No contact is named. Whoever publishes this report can name one in commons.toml."


def test_it_says_of_which_day_the_data_are(commons: Catalog, invented: Catalog) -> None:
    number, day = commons.repository.versions.sort("idc_version").row(-1)
    said = date.fromisoformat(day).strftime("%B %-d, %Y")
    assert as_of(commons.repository) == f"As of {said}: the NCI Imaging Data Commons, version {number}."
    assert as_of(commons.repository, "24") == "As of April 16, 2026: the NCI Imaging Data Commons, version 24."
    version = invented.repository.version
    assert as_of(invented.repository, "2023-08-25") == (
        f"As of August 25, 2023: the Synthetic commons, data version {version}."
    )


def test_a_version_without_a_day_is_named_by_itself(commons: Catalog) -> None:
    other = dataclasses.replace(commons.repository, name="Our scans", version="v99")
    assert as_of(other) == "As of version 99 of the Our scans."


def test_what_it_says_is_text_and_never_markup(contents: list[ReleaseCensus | CohortProfile | DataQuality]) -> None:
    page: FirstPage = contents[0].first_page(Identity(contact="<b>us</b>"))
    hostile = dataclasses.replace(page, sentences=("<script>alert(1)</script>",), rule="a < b")
    shown = hostile._repr_html_()
    assert "<script>" not in shown
    assert "<b>us" not in shown
    assert '<p class="rule">a &lt; b</p>' in shown


def test_a_profile_of_a_controlled_source_says_that_it_is_for_the_holder(tmp_path: Path, invented: Catalog) -> None:
    pl.DataFrame({"patient_id": [f"P{i}" for i in range(30)], "sex": ["F"] * 30}).write_csv(tmp_path / "mine.csv")
    mine = wb.open_catalog(tmp_path / "mine.csv")
    profile = describe_cohort(mine, mine.everything, reference="us_census")
    assert profile.first_page().rule == (
        "Exact counts of a controlled source: for its holder, do not publish. This report is for the holder of the "
        "data: none of its counts is hidden. For the public: workbench report release_census."
    )
    open_to_all = describe_cohort(invented, invented.where(sex="Female"), reference="us_acs")
    assert "holder" not in open_to_all.first_page().rule


def test_a_checksum_is_no_day_and_the_publisher_may_say_one(tmp_path: Path) -> None:
    file = tmp_path / "registry.csv"
    file.write_text("patient_id,sex\na,F\nb,M\n", encoding="utf-8")
    repository = wb.open_catalog(file).repository
    version = repository.version
    said = f"Data version {version} of the {repository.name}, which does not say of which day it is."
    assert (as_of(repository), as_of(repository, version)) == (said, said)
    assert as_of(repository, version, day="2026-06-30") == (
        f"As of June 30, 2026: the {repository.name}, data version {version}."
    )

"""A release is everybody who had come up to then; nobody is counted before the first."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import workbench as wb
from workbench.catalog.commons import Catalog
from workbench.catalog.releases import up_to_release
from workbench.errors import UnknownNameError


@pytest.fixture(scope="module")
def invented() -> Catalog:
    return wb.open_catalog("synthetic")


def test_a_release_holds_as_many_as_the_trend_says(invented: Catalog, commons: Catalog) -> None:
    for catalog, over, kind in ((invented, "batch", "batch"), (commons, "first_version", "version")):
        trend = catalog.everything.trend(by="sex", over=over)
        period = trend.periods[3]
        release = up_to_release(catalog.everything, str(period))
        assert (release.name, release.kind, release.over) == (str(period), kind, over)
        assert release.cohort.counts["patients"] == trend.at(period).n_total


def test_without_a_name_the_latest_is_meant_and_nobody_left_out(invented: Catalog) -> None:
    release = up_to_release(invented.everything)
    assert release.cohort == invented.everything
    assert release.name == str(invented.everything.trend(by="sex", over="batch").periods[-1])


def test_who_is_in_no_batch_yet_is_not_counted_but_told() -> None:
    """Of the invented commons of 2021 counted from its table: who has a batch, and who has none."""
    everything = wb.open_catalog("synthetic:midrc_2021").everything
    batches = everything.repository.column("patients", "batch")
    released, waiting = batches.drop_nulls().len(), batches.null_count()
    assert (released, waiting) == (4421, 22_015)
    release = up_to_release(everything)
    assert (release.name, release.cohort.counts["patients"], release.n_waiting) == ("2021-11-04", released, waiting)
    assert release.sentence(released) == (
        "4,421 people are in the Synthetic commons (MIDRC 2021) as of batch 2021-11-04; 22,015 more are in no batch "
        "yet and not counted here."
    )
    earlier = up_to_release(everything, "2021-10-29")
    assert earlier.cohort.counts["patients"] == (batches <= date(2021, 10, 29)).sum()


def test_a_release_says_how_many_people_it_has(invented: Catalog) -> None:
    release = up_to_release(invented.everything)
    assert release.sentence(1) == "1 person is in the Synthetic commons as of batch 2024-03-04."
    assert replace(release, n_waiting=1).sentence(20).endswith("; 1 more is in no batch yet and not counted here.")
    assert replace(release, n_waiting=None).sentence(None) == (
        "An undisclosed number of people are in the Synthetic commons, at every stage, released or not, as of batch "
        "2024-03-04."
    )


def test_between_two_releases_the_earlier_one_holds(invented: Catalog) -> None:
    assert up_to_release(invented.everything, "2021-08-19").name == "2021-08-04"


def test_a_release_before_the_first_is_refused(invented: Catalog) -> None:
    with pytest.raises(ValueError, match="nobody had come") as caught:
        up_to_release(invented.everything, "2021-08-03")
    assert str(caught.value) == (
        "Received release '2021-08-03'. The first batch of Synthetic commons is 2021-08-04: nobody had come before. "
        "Pass one from 2021-08-04 to 2024-03-04, or leave it empty for the last."
    )


def test_a_word_that_is_no_release_is_answered_with_those_there_are(commons: Catalog) -> None:
    with pytest.raises(UnknownNameError) as caught:
        up_to_release(commons.everything, "latest")
    assert str(caught.value).startswith("No version 'latest' in the releases. Valid: 1, 2, 4, 5, ")


def test_a_table_of_ones_own_has_no_releases(tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("patient_id,sex\nP1,Female\n", encoding="utf-8")
    everybody = wb.open_catalog(table).everything
    version = everybody.repository.version
    assert up_to_release(everybody).name == version
    with pytest.raises(ValueError, match="has no releases") as caught:
        up_to_release(everybody, "1")
    assert str(caught.value) == (
        f"Received release '1'. {everybody.repository.name} has no releases to choose from, only its version "
        f"{version}. Leave the release empty."
    )

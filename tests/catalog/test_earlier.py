"""An earlier version of the IDC, put together again from the index itself, by other code than the package's."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from workbench.assessment.changes import count_changes
from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog, open_catalog
from workbench.catalog.earlier import EarlierRelease, go_back
from workbench.catalog.overview import everybody
from workbench.catalog.releases import up_to_release
from workbench.errors import UnknownNameError
from workbench.presentation.change_since import left_out_of

_KEYS = {"patients": ["collection_id", "PatientID"], "studies": ["StudyInstanceUID"], "series": ["SeriesInstanceUID"]}


@pytest.fixture(scope="module")
def last(commons: Catalog) -> int:
    return int(commons.repository.versions["idc_version"].max())  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def since(commons: Catalog, last: int) -> EarlierRelease:
    everything = commons.everything
    return go_back(everything, f"v{last - 1}", up_to_release(everything))


@pytest.fixture(scope="module")
def prior(original: Path) -> pl.LazyFrame:
    return pl.scan_parquet(original.parent / "prior_versions_index.parquet")


def test_gained_and_revised_are_what_the_index_says(raw: pl.LazyFrame, since: EarlierRelease, last: int) -> None:
    first, revised = pl.col("series_init_idc_version"), pl.col("series_revised_idc_version")
    counted = raw.select(gained=(first == last).sum(), revised=((first < last) & (revised == last)).sum()).collect()
    told = since.changes.totals.filter(unit="series")
    assert told.select("n_gained", "n_revised").row(0) == counted.row(0)
    per = raw.filter(first == last).group_by("collection_id").len().collect().sort("collection_id")
    mine = since.changes.table.filter(unit="series").filter(pl.col("n_gained") > 0).sort("collection_id")
    assert mine.select("collection_id", "n_gained").rows() == per.rows()


def test_lost_are_those_that_the_prior_version_served_and_the_index_lacks(
    raw: pl.LazyFrame, prior: pl.LazyFrame, since: EarlierRelease, last: int
) -> None:
    served = prior.filter(pl.col("max_idc_version") == last - 1)
    gone = served.join(raw, on="SeriesInstanceUID", how="anti").group_by("collection_id").len().collect()
    mine = since.changes.table.filter(unit="series").filter(pl.col("n_lost") > 0)
    assert dict(mine.select("collection_id", "n_lost").iter_rows()) == dict(gone.iter_rows())
    assert since.changes.n("series", "n_lost") == gone["len"].sum()
    new = raw.filter(pl.col("series_init_idc_version") == last)
    again = served.join(raw, on="SeriesInstanceUID", how="anti").join(new, on="StudyInstanceUID", how="semi")
    assert since.changes.n_replaced == again.select(pl.len()).collect().item()


@pytest.mark.parametrize("unit", ["patients", "studies", "series"])
def test_every_number_follows_from_the_two_sets(
    raw: pl.LazyFrame, prior: pl.LazyFrame, since: EarlierRelease, last: int, unit: str
) -> None:
    """The earlier set: rows of today that were not touched since, and what the earlier version alone served."""
    keys = _KEYS[unit]
    untouched = raw.filter(pl.col("series_revised_idc_version") < last).select(keys)
    alone = prior.filter(pl.col("min_idc_version") < last, pl.col("max_idc_version") == last - 1).select(keys)
    before = pl.concat([untouched, alone]).unique().collect()
    after = raw.select(keys).unique().collect()
    told = since.changes.totals.filter(unit=unit).row(0, named=True)
    assert (told["n_before"], told["n_after"]) == (before.height, after.height)
    assert told["n_gained"] == after.join(before, on=keys, how="anti").height
    assert told["n_lost"] == before.join(after, on=keys, how="anti").height


def test_people_and_others_together_are_what_the_index_says(
    raw: pl.LazyFrame, commons: Catalog, since: EarlierRelease, last: int
) -> None:
    """What a report of people leaves out is not lost: both parts give the whole, and the others are no people."""
    people = go_back(everybody(commons), str(last - 1), up_to_release(everybody(commons)))
    assert people.others is not None
    left = count_changes(*people.others)
    for number in ("n_gained", "n_lost", "n_revised"):
        parts = people.changes.n("series", number) + left.n("series", number)
        assert parts == since.changes.n("series", number)
    pairs = raw.select("collection_id", "PatientID").unique().sort("collection_id", "PatientID").collect()
    species = commons.repository.column("patients", "species").cast(pl.String)  # in that order
    nobody = pairs.filter(species != "Human").lazy()
    others = raw.join(nobody, on=["collection_id", "PatientID"], how="semi")
    first, revised = pl.col("series_init_idc_version"), pl.col("series_revised_idc_version")
    counted = others.select(gained=(first == last).sum(), revised=((first < last) & (revised == last)).sum()).collect()
    assert (left.n("series", "n_gained"), left.n("series", "n_revised")) == counted.row(0)
    told = left_out_of(people)
    n_gained, n_revised = counted.row(0)
    assert told == (
        f"These are of people; left out are series of animals, phantoms or simulations: {n_gained:,} gained and "
        f"{n_revised:,} revised."
    )


def test_the_people_of_then_are_those_whose_patient_had_come(
    raw: pl.LazyFrame, commons: Catalog, since: EarlierRelease, last: int
) -> None:
    """No patient came back whose series are all new, so here the first version alone tells who had come."""
    came = raw.group_by("collection_id", "PatientID").agg(pl.col("series_init_idc_version").min())
    alone = came.filter(pl.col("series_init_idc_version") < last).select(pl.len()).collect().item()
    keys = commons.repository.column("series", "patient_key").to_numpy()
    assert len(np.unique(keys[since.mask])) == since.changes.n("patients", "n_before") == alone


def test_a_version_beside_itself_moved_nothing_and_another_name_is_refused(commons: Catalog, last: int) -> None:
    later = up_to_release(commons.everything)
    assert go_back(commons.everything, str(last), later).changes.is_equal
    with pytest.raises(UnknownNameError, match=f"No version '{last + 1}' in the NCI"):
        go_back(commons.everything, str(last + 1), later)


def test_of_a_part_of_a_collection_nothing_is_said_of_what_was_withdrawn(commons: Catalog) -> None:
    later = up_to_release(commons.everything)
    whole = commons.where(collection_id="htan_wustl")
    part = whole.where(modality="SM")
    assert go_back(whole, "24", later).changes.unknown == ()
    assert go_back(part, "24", later).changes.unknown == ("n_lost",)


def test_a_source_that_keeps_only_what_it_has_tells_who_came() -> None:
    people = everybody(open_catalog("synthetic"))
    later = up_to_release(people)
    earlier = go_back(people, "2023-09-01", later)
    assert earlier.name == "batch 2023-08-25"
    batches = people.patients["batch"]
    assert earlier.changes.n("patients", "n_gained") == int(
        (batches > pl.Series(["2023-08-25"]).str.to_date()[0]).sum()
    )
    assert earlier.changes.unknown == ("n_lost", "n_revised")


def test_an_earlier_release_has_to_be_earlier() -> None:
    people = open_catalog("synthetic").everything
    with pytest.raises(ValueError, match="came after") as caught:
        go_back(people, "2024-03-04", up_to_release(people, "2023-08-25"))
    assert str(caught.value) == (
        "Received compare_to='2024-03-04', which came after batch 2023-08-25. An earlier batch would be right. Swap "
        "the two, or leave the release empty for the latest."
    )


def test_a_source_without_releases_is_compared_by_its_reports(tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("patient_id,sex\nA,F\n")
    people: Cohort = open_catalog(table).everything
    with pytest.raises(ValueError, match="no releases") as caught:
        go_back(people, "1", up_to_release(people))
    assert str(caught.value) == (
        f"Received compare_to='1'. {people.repository.name} has no releases to go back to, only its version "
        f"{people.repository.version}; the folder of an earlier report of it would be right. Give that folder."
    )

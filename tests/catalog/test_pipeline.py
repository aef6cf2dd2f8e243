"""Where studies stand on their way into a release: the stages add up on every day, whatever dates a source gives."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.catalog.commons import open_catalog
from workbench.catalog.pipeline import COUNTED, count_pipeline, count_pipeline_over_time
from workbench.catalog.repository import Repository
from workbench.phantoms.pipeline import count_pipeline as counted_from_dates

DAY = date(2021, 8, 1)
DATES = ("ingested_date", "quality_date", "released_date")


def source(folder: Path, **studies: list) -> Repository:
    schema = {name: pl.Date if name in DATES else pl.Categorical for name in studies}
    pl.DataFrame(studies, schema=schema).write_parquet(folder / "studies.parquet")
    return Repository("A", "a", "1", "1", "synthetic", folder, folder / "series.parquet", {})


def day(after: int | None) -> date | None:
    return None if after is None else DAY + timedelta(days=after)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("studies")


@given(st.lists(st.tuples(*[st.none() | st.integers(0, 900)] * 3), min_size=1, max_size=30))
@settings(max_examples=60)
def test_the_stages_of_every_day_add_up_to_what_was_ingested(place, rows) -> None:
    dated = {name: [day(row[at]) for row in rows] for at, name in enumerate(DATES)}
    over_time = count_pipeline_over_time(source(place, **dated))
    known = [row for row in rows if any(each is not None for each in row)]
    if not known:
        assert over_time.is_empty()
        return
    total = over_time["n_waiting"] + over_time["n_in_quality"] + over_time["n_released"]
    assert total.to_list() == over_time["n_ingested"].to_list()
    assert over_time.select(pl.min_horizontal(COUNTED)).min().item() >= 0
    assert all(over_time[name].is_sorted() for name in ("date", "n_ingested", "n_released"))
    last = over_time.row(-1, named=True)
    assert last["n_ingested"] == len(known)
    assert last["n_released"] == sum(row[2] is not None for row in known)


def test_the_studies_of_midrc_in_2021_stand_where_its_dashboard_had_them() -> None:
    repository = open_catalog("synthetic:midrc_2021").repository
    expected = {"n_ingested": 62_595, "n_waiting": 0, "n_in_quality": 52_127, "n_released": 10_468}
    assert count_pipeline(repository) == expected
    over_time = count_pipeline_over_time(repository)
    assert over_time.select(COUNTED).row(-1, named=True) == expected
    studies = pl.DataFrame([repository.column("studies", name) for name in DATES])
    again = counted_from_dates(studies, dates=over_time["date"].to_list())
    assert over_time.equals(again.select("date", *COUNTED))


def test_states_without_dates_are_counted_as_they_stand(tmp_path) -> None:
    states = ["Released", "Released", "Ingested", "Under quality and harmonization", None]
    repository = source(tmp_path, pipeline_state=states)
    assert count_pipeline(repository) == {"n_ingested": 4, "n_waiting": 1, "n_in_quality": 1, "n_released": 2}
    assert count_pipeline_over_time(repository).is_empty()


def test_a_source_without_states_and_dates_counts_none(tmp_path) -> None:
    repository = source(tmp_path, loinc_code=["a"])
    assert count_pipeline(repository) == {}
    assert count_pipeline_over_time(repository).columns == ["date", *COUNTED]

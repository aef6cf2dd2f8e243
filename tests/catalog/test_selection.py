"""Original columns of a selection: the right rows in the right order, whatever order was asked for."""

from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.catalog import selection
from workbench.catalog.selection import listed_rows, original_columns, read_original


def test_placeholders_are_no_series(make_selection: Any) -> None:
    assert listed_rows(make_selection({}, {"listed": False}, {})).to_list() == [0, 2]


def test_columns_that_the_source_lacks_are_null(make_selection: Any) -> None:
    series = original_columns(make_selection({}, {}, lacking=("url",)), "series_uid", "url")
    assert series.rows() == [("1.2.3.0.0", None), ("1.2.3.0.1", None)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(st.integers(0, 29), max_size=40), stretch=st.sampled_from([1, 4, 7, 100]))
def test_rows_come_in_the_order_asked_for_however_the_file_is_cut(
    make_selection: Any, asked: list[int], stretch: int
) -> None:
    cohort = make_selection(*({"series_description": f"no {number}"} for number in range(30)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selection, "_STRETCH", stretch)
        read = read_original(cohort.repository, pl.Series(asked, dtype=pl.UInt32), "series_description", "n_instances")
    assert read["series_description"].to_list() == [f"no {number}" for number in asked]
    assert read["n_instances"].to_list() == [2] * len(asked)

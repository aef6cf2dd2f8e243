"""Original columns of a selection: the right rows, whatever of the file is read at a time."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.catalog import repository
from workbench.catalog.exportable import listed_rows, original_columns


def test_placeholders_are_no_series(make_selection: Any) -> None:
    assert listed_rows(make_selection({}, {"listed": False}, {})).to_list() == [0, 2]


def test_columns_that_the_source_lacks_are_null(make_selection: Any) -> None:
    series = original_columns(make_selection({}, {}, lacking=("url",)), "series_uid", "url")
    assert series.rows() == [("1.2.3.0.0", None), ("1.2.3.0.1", None)]


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.sets(st.integers(0, 29)), piece=st.sampled_from([1, 4, 7, 100]))
def test_each_series_has_its_own_original_however_the_file_is_cut(
    make_selection: Any, chosen: set[int], piece: int
) -> None:
    rows = [{"series_description": f"no {number}"} for number in range(30)]
    cohort = replace(make_selection(*rows), rows=pl.Series(sorted(chosen), dtype=pl.UInt32))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repository, "_PIECE", piece)
        read = original_columns(cohort, "series_description", "n_instances")
    assert read["series_description"].to_list() == [f"no {number}" for number in sorted(chosen)]
    assert read["n_instances"].to_list() == [2] * len(chosen)

"""Every spelling leads to a category, and every category to itself."""

import polars as pl
import pytest

from workbench.vocabulary.spellings import CLOSED, SPELLINGS, closed_category, is_unknown_spelling


@pytest.mark.parametrize("attribute", CLOSED)
def test_every_category_means_itself_in_any_case(attribute: str) -> None:
    spelled = [f" {category.upper()} " for category in CLOSED[attribute]]
    read = pl.DataFrame({"text": spelled}).select(closed_category(pl.col("text"), attribute)).to_series()
    assert read.to_list() == list(CLOSED[attribute])


@pytest.mark.parametrize("attribute", CLOSED)
def test_every_spelling_is_lower_case_and_means_a_category(attribute: str) -> None:
    assert all(spelling == spelling.lower() for spelling in SPELLINGS[attribute])
    assert set(SPELLINGS[attribute].values()) <= set(CLOSED[attribute])


def test_nothing_written_differs_from_something_unknown() -> None:
    written = pl.DataFrame({"text": [None, "", "0000", "U", "not reported"]})
    read = written.select(closed_category(pl.col("text"), "sex")).to_series().to_list()
    assert read == ["Not Reported", "Not Reported", "Unknown", "Unknown", "Not Reported"]
    counted = written.select(is_unknown_spelling(pl.col("text"), "sex")).to_series().to_list()
    assert counted == [False, False, True, False, False]

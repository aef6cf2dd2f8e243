"""The order of categories follows from their names and from what is shown, never from how it was before."""

from itertools import permutations

import polars as pl
import pytest

from workbench.assessment.suppression.ordering import order_openly
from workbench.vocabulary.demographics import AGE_GROUPS, MISSING, SEX


@pytest.mark.parametrize(
    ("shown", "order"),
    [
        # B might lie between 40 and 38: in its place by name or by size, the order would tell so
        ({"A": 40, "B": None, "C": 38}, ["A", "C", "B"]),
        ({"B": 5, "A": 40, "D": None, "C": None}, ["A", "B", "C", "D"]),
        ({"Male": None, "Female": 40, "Other": 50}, ["Female", "Male", "Other"]),
        ({"981": 40, "606": None, "1000": 38}, ["606", "981", "1000"]),
        ({"2021-09-01": 40, "2021-08-04": None, "2022-01-01": 2}, ["2021-08-04", "2021-09-01", "2022-01-01"]),
        ({"50+": 40, "5–17": None, "18–49": 38}, ["5–17", "18–49", "50+"]),
    ],
)
def test_the_order_is_the_same_however_it_was(shown: dict[str, int | None], order: list[str]) -> None:
    for before in permutations(shown):
        column = pl.Series("a", before, dtype=pl.Enum(before))
        assert order_openly(column.to_frame(), {"a": shown})["a"].to_list() == order


def test_vocabularies_keep_their_order_and_the_missing_come_last() -> None:
    for words in (SEX, (*AGE_GROUPS, *MISSING)):
        column = pl.Series("a", words, dtype=pl.Enum(words))
        assert order_openly(column.to_frame(), {"a": dict.fromkeys(words)})["a"].to_list() == list(words)

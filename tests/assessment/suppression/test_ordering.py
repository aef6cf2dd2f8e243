"""The order of categories follows from their names, never from how it was before."""

from itertools import permutations

import polars as pl
import pytest

from workbench.assessment.suppression.ordering import order_openly
from workbench.vocabulary.demographics import AGE_GROUPS, MISSING, SEX


@pytest.mark.parametrize(
    "order",
    [
        # of A 11, B 11 and C 1 with A and C hidden, B before A would tell that A is no more than 11
        ["A", "B", "C"],
        ["CT", "CT + DX", "DX"],
        ["Female", "Male", "Other"],
        ["606", "981", "1000"],
        ["2021-08-04", "2021-09-01", "2022-01-01"],
        ["5–17", "18–49", "50+"],
        ["A", "B", *MISSING],
    ],
)
def test_the_order_is_the_same_however_it_was(order: list[str]) -> None:
    for before in permutations(order):
        column = pl.Series("a", before, dtype=pl.Enum(before))
        assert order_openly(column.to_frame(), ["a"])["a"].to_list() == order


def test_vocabularies_keep_their_order_and_the_missing_come_last() -> None:
    for words in (SEX, (*AGE_GROUPS, *MISSING)):
        column = pl.Series("a", words, dtype=pl.Enum(words))
        assert order_openly(column.to_frame(), ["a"])["a"].to_list() == list(words)

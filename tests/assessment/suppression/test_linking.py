"""Which tables have to be looked at as one."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assessment.suppression.linking import link_tables

names = st.sampled_from("abcdef")
sets = st.lists(st.sets(names, min_size=1, max_size=4).map(lambda each: tuple(sorted(each))), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("tables", "largest", "n_pairs"),
    [
        ([("a",), ("a", "b"), ("b",)], [("a", "b")], 0),
        ([("a", "b"), ("b", "c"), ("c", "d")], [("a", "b"), ("b", "c"), ("c", "d")], 2),
        ([("a", "b"), ("b", "c"), ("a", "c")], [("a", "b", "c")], 0),
        ([("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")], [("a", "b", "c", "d")], 0),  # a ring of four
        ([("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")], [("a", "b", "c"), ("c", "d")], 1),  # with a tail
        ([("a", "b"), ("b", "c"), ("a", "c"), ("a", "b", "c")], [("a", "b", "c")], 0),  # a ring that one table fills
    ],
)
def test_tables_in_a_ring_become_one(
    tables: list[tuple[str, ...]], largest: list[tuple[str, ...]], n_pairs: int
) -> None:
    found, pairs = link_tables(tables)
    assert (found, len(pairs)) == (largest, n_pairs)


@given(sets)
def test_every_table_is_in_one_and_each_attribute_hangs_together(tables: list[tuple[str, ...]]) -> None:
    largest, pairs = link_tables(tables)
    assert all(any(set(table) <= set(one) for one in largest) for table in tables)
    assert not any(set(one) <= set(other) or set(other) <= set(one) for one, other in combinations(largest, 2))
    assert len(pairs) == len(largest) - 1
    for name in "abcdef":  # those with the attribute are a connected part of the tree: walk from the first
        members = {place for place, one in enumerate(largest) if name in one}
        walked = set(list(members)[:1])
        for _ in members:
            walked |= {place for pair in pairs if set(pair) & walked for place in pair if place in members}
        assert walked == members

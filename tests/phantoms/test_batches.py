"""What the published batches brought, and how patients of another number are shared out over them."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.phantoms.batches import published_batches, share_out, whole_numbers

Published = Callable[[str], dict[str, int]]


@pytest.mark.parametrize("attribute", ["sex", "age_group"])
def test_all_batches_together_brought_what_is_published(published: Published, attribute: str) -> None:
    batches = published_batches()
    totals = dict(zip(batches.kinds[attribute], batches.new[attribute].sum(axis=0).tolist(), strict=True))
    expected = published(attribute)
    assert {category: totals[category] for category in expected} == expected


def test_pairs_of_race_and_ethnicity_keep_all_three_published_tables(published: Published) -> None:
    batches = published_batches()
    pairs = dict(zip(batches.people, batches.new["people"].sum(axis=0).tolist(), strict=True))
    for place, attribute in enumerate(["race", "ethnicity"]):
        for category, n in published(attribute).items():
            found = sum(count for pair, count in pairs.items() if pair[place] == category)
            assert found == pytest.approx(n, abs=1e-6), category
    for category, n in published("race_ethnicity").items():
        race, _, ethnicity = category.partition(", ")
        if ethnicity:
            assert pairs[race, ethnicity] == n


def test_what_nobody_publishes_an_age_for_is_without_one() -> None:
    batches = published_batches()
    assert batches.kinds["age_group"][-1] == "Not Reported"
    assert batches.new["age_group"][:, -1].sum() == 70_261 - 70_141


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=9), st.integers(0, 10**7))
def test_whole_numbers_add_up_and_stray_by_less_than_one(shares: list[float], n: int) -> None:
    whole = whole_numbers(shares, n)
    assert whole.sum() == n
    assert whole.min() >= 0
    if sum(shares) > 1e-300:
        assert np.abs(whole - np.array(shares) / sum(shares) * n).max() < 1 + 1e-6


@given(st.integers(1, 200_000))
def test_every_batch_is_full_and_the_shares_so_far_are_the_published_ones(n: int) -> None:
    batches = published_batches()
    sizes = np.diff(np.floor(np.cumsum(batches.sizes) * n / 70_261 + 0.5).astype(int), prepend=0)
    for attribute, new in batches.new.items():
        brought = share_out(new, sizes)
        assert (brought.sum(axis=1) == sizes).all()
        assert brought.min() >= 0
        exact = np.cumsum(new / new.sum(axis=1, keepdims=True) * sizes[:, None], axis=0)
        assert np.abs(np.cumsum(brought, axis=0) - exact).max() < 4, attribute

"""Many small integers at once, in exact shares or by the weights of their row."""

import numpy as np
import polars as pl

from workbench.phantoms.drawing import by_row, in_shares, named, shuffled


def test_each_row_holds_its_own_counts() -> None:
    counts = np.array([[2, 0, 1], [0, 0, 0], [0, 3, 0]])
    drawn = shuffled(counts, rng=np.random.default_rng(0))
    assert sorted(drawn[:3].tolist()) == [0, 0, 2]
    assert drawn[3:].tolist() == [1, 1, 1]


def test_shares_are_exact_to_whole_numbers() -> None:
    drawn = in_shares([0.48, 0.37, 0.13, 0.02], 1000, rng=np.random.default_rng(0))
    assert np.bincount(drawn).tolist() == [480, 370, 130, 20]


def test_a_number_without_weight_is_never_drawn() -> None:
    weights = np.array([[1.0, 0.0, 3.0], [0.0, 1.0, 0.0]])
    rows = np.repeat([0, 1], 20_000)
    drawn = by_row(weights, rows, rng=np.random.default_rng(0))
    assert (drawn[20_000:] == 1).all()
    counts = np.bincount(drawn[:20_000], minlength=3)
    assert counts[1] == 0
    assert abs(counts[2] / 20_000 - 0.75) < 0.02  # six standard errors of a share of 0.75


def test_names_stand_in_place_of_numbers() -> None:
    column = named([1.25, None], np.array([1, 0], dtype=np.uint8), pl.Float32)
    assert column.dtype == pl.Float32
    assert column.to_list() == [None, 1.25]

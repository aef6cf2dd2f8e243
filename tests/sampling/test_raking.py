"""Raked weights meet every share, drop nobody and tell what they cost."""

import dataclasses

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import UnknownNameError
from workbench.sampling import rake_weights

HALVES = {"sex": {"Female": 0.5, "Male": 0.5}}


def weighted_share(table: pl.DataFrame, name: str, kind: str) -> float:
    return float(table.filter(pl.col(name) == kind)["weight"].sum() / table["weight"].sum())


def test_one_attribute_by_hand() -> None:
    # 1 woman and 3 men to half and half: 4/2 / 1 = 2 and 4/2 / 3 = 2/3. Kish: 4² / (4 + 3 · 4/9) = 3.
    weights = rake_weights(pl.DataFrame({"sex": ["Female", "Male", "Male", "Male"]}), HALVES)
    assert weights.table["weight"].to_list() == pytest.approx([2, 2 / 3, 2 / 3, 2 / 3])
    assert (weights.n, weights.n_effective, weights.design_effect) == pytest.approx((4, 3, 4 / 3))
    assert weights.largest == pytest.approx(2)
    assert weights.sentence == (
        "4 rows are weighted to the target; they are worth 3 of equal weight (design effect 1.33), and the largest "
        "weight is 2.00."
    )
    assert weights.shares.rows() == [
        ("sex", "Female", 0.5, 1, 0.25, pytest.approx(0.5)),
        ("sex", "Male", 0.5, 3, 0.75, pytest.approx(0.5)),
    ]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("FM"), st.sampled_from("abc")), max_size=40),
    st.lists(st.integers(1, 9), min_size=5, max_size=5),
)
def test_all_shares_are_met_and_nobody_is_dropped(rows: list[tuple[str, str]], parts: list[int]) -> None:
    every = [(sex, age) for sex in "FM" for age in "abc"]  # each combination occurs, so that weights exist
    table = pl.DataFrame([*every, *rows], {"sex": pl.String, "age": pl.String}, orient="row")
    target = {"sex": dict(zip("FM", parts, strict=False)), "age": dict(zip("abc", parts[2:], strict=True))}
    weights = rake_weights(table, target)
    assert weights.table.drop("weight").equals(table)
    assert weights.table["weight"].min() > 0  # type: ignore[operator]
    assert weights.table["weight"].mean() == pytest.approx(1)
    for name, kinds in target.items():
        for kind, part in kinds.items():
            assert weighted_share(weights.table, name, kind) == pytest.approx(part / sum(kinds.values()), abs=1e-7)


def test_weights_are_a_product_over_the_attributes() -> None:
    # What tells raking from other weights: the odds ratio of the table stays. 10, 20, 30, 40: 10 · 40 / (20 · 30).
    cells = [("F", "a", 10), ("F", "b", 20), ("M", "a", 30), ("M", "b", 40)]
    table = pl.DataFrame([(s, a) for s, a, n in cells for _ in range(n)], ["sex", "age"], orient="row")
    weighted = rake_weights(table, {"sex": {"F": 0.5, "M": 0.5}, "age": {"a": 0.7, "b": 0.3}}).table
    sums = weighted.group_by("sex", "age").agg(pl.col("weight").sum()).sort("sex", "age")["weight"].to_list()
    assert sums[0] * sums[3] / (sums[1] * sums[2]) == pytest.approx(10 * 40 / (20 * 30))


def test_who_is_missing_keeps_a_share() -> None:
    table = pl.DataFrame({"sex": ["Female", "Female", "Female", "Male", None]})
    weights = rake_weights(table, HALVES)
    assert weights.table["weight"].to_list() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2, 1])
    assert weights.notes == ("sex: 1 rows are Not Reported; they keep their share of the table.",)


def test_no_weight_exceeds_the_bound() -> None:
    rng = np.random.default_rng(5)
    table = pl.DataFrame(
        {"sex": rng.choice(["F", "M"], 500), "age": rng.choice(["a", "b", "c"], 500, p=[0.1, 0.4, 0.5])}
    )
    target = {"sex": {"F": 0.7, "M": 0.3}, "age": {"a": 0.3, "b": 0.4, "c": 0.3}}
    free, bound = rake_weights(table, target), rake_weights(table, target, largest=3.5)
    assert free.largest > 3.5 >= bound.largest - 1e-6
    assert bound.shares["weighted"].to_list() == pytest.approx(bound.shares["target"].to_list(), abs=1e-6)
    assert bound.table["weight"].mean() == pytest.approx(1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"target": {"sex": {"Female": 0.5, "Male": 0.4, "Other": 0.1}}},
            "The target of sex wants Other, and nobody is. A share above 0 for each category that occurs, and for no "
            "other, would be right: weights can neither stand for nobody nor drop somebody. Merge the category with "
            "another in both the table and the target, or leave sex out.",
        ),
        (
            {"target": {"sex": {"Female": 1, "Male": 0}}},
            "The target of sex wants no Male. A share above 0 for each category that occurs, and for no other, would "
            "be right: weights can neither stand for nobody nor drop somebody. Merge the category with another in both "
            "the table and the target, or leave sex out.",
        ),
        (
            {"target": {**HALVES, "age": {"young": 0.9, "old": 0.1}}},
            "After 1,000 rounds the weights do not meet the target; Female (sex) is farthest from it. Some combination "
            "of categories that the target needs has nobody. Merge categories, or name fewer attributes.",
        ),
        (
            {"largest": 1.2},
            "No weights up to 1.2 were found that meet the target; Female (sex) is farthest from it. A larger bound "
            "would be right. Leave out largest= to see the largest weight that the target needs.",
        ),
        (
            {"largest": 0.5},
            "Received largest=0.5. The mean weight is 1, so a bound above 1 would be right. Pass largest=5.",
        ),
        (
            {"largest": "5"},
            "Received largest='5'. The mean weight is 1, so a bound above 1 would be right. Pass largest=5.",
        ),
        (
            {"table": pl.DataFrame({"sex": ["Female"], "weight": [1.0]})},
            "The table has a column 'weight' already. Raking would overwrite it. Drop or rename it.",
        ),
        (
            {"table": pl.DataFrame({"sex": []}, {"sex": pl.String})},
            "Received a table without rows. At least one would be right. Check how the rows were chosen.",
        ),
    ],
)
def test_errors_say_what_would_be_right(arguments: dict[str, object], message: str) -> None:
    table = pl.DataFrame({"sex": ["Female", "Male", "Male", "Male"], "age": ["young", "old", "old", "old"]})
    given_: dict[str, object] = {"table": table, "target": HALVES} | arguments
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        rake_weights(given_.pop("table"), given_.pop("target"), **given_)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_an_unknown_attribute_is_answered_with_the_columns() -> None:
    with pytest.raises(UnknownNameError) as caught:
        rake_weights(pl.DataFrame({"sex": ["Female"]}), {"gender": {"Female": 1}})
    assert str(caught.value) == (
        "No column 'gender' in the table to choose from. Valid: sex. Name one of these in the target, or add the "
        "column."
    )


def test_the_stamp_stands_under_the_weights() -> None:
    weights = rake_weights(pl.DataFrame({"sex": ["Female", "Male"]}), HALVES)
    assert weights.stamp == ""
    stamped = dataclasses.replace(weights, stamp="Not <out>.")
    assert repr(stamped) == f"{weights!r}\nNot <out>."
    assert stamped._repr_html_() == f"{weights._repr_html_()}<p>Not &lt;out&gt;.</p>"

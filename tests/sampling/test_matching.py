"""A matched sample is the largest there is, near enough in every share, and says why when there is none."""

import dataclasses
import itertools
import math
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from workbench.errors import UnknownNameError
from workbench.optimization import Solution
from workbench.sampling import match_target, matching, quotas, rake_weights
from workbench.sampling.nearest import nearest_quotas
from workbench.sampling.reasons import points
from workbench.sampling.targets import make_pool

HALVES = {"sex": {"Female": 0.5, "Male": 0.5}}
people = st.lists(st.tuples(st.sampled_from(["F", "M"]), st.sampled_from(["a", "b", "c"])), min_size=1, max_size=12)
shares = st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(0, 4), st.integers(0, 4), st.integers(1, 4))
tolerances = st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.35])


def table_of(rows: Sequence[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, {"sex": pl.String, "age": pl.String}, orient="row")


def target_of(parts: tuple[int, ...]) -> dict[str, dict[str, float]]:
    female, male, *ages = parts
    named = {"sex": {"F": female, "M": male}, "age": dict(zip("abc", ages, strict=True))}
    return {name: {kind: n / sum(kinds.values()) for kind, n in kinds.items()} for name, kinds in named.items()}


def farthest(table: pl.DataFrame, target: Mapping[str, Mapping[str, float]]) -> float:
    return max(
        abs((table[name] == kind).sum() / table.height - share)
        for name, kinds in target.items()
        for kind, share in kinds.items()
    )


def apart(table: pl.DataFrame, target: Mapping[str, Mapping[str, float]]) -> float:
    """The sum over the attributes of the total variation."""
    shares_of = {name: {kind: (table[name] == kind).mean() for kind in kinds} for name, kinds in target.items()}
    return sum(
        abs(shares_of[name][kind] - share) / 2 for name, kinds in target.items() for kind, share in kinds.items()
    )


def best_by_trying(
    table: pl.DataFrame, target: Mapping[str, Mapping[str, float]], tolerance: float, least: float
) -> tuple[int, float]:
    """Every number of each of the six combinations, one after the other: the largest, then the nearest."""
    sizes = {cell: table.filter(sex=cell[0], age=cell[1]).height for cell in itertools.product("FM", "abc")}
    wanted = {kind: share for kinds in target.values() for kind, share in kinds.items()}
    held = {kind for cell, size in sizes.items() if size for kind in cell}
    best, nearest = 0, math.inf
    for taken in itertools.product(*(range(n + 1) for n in sizes.values())):
        n = sum(taken)
        if n < max(best, 1):
            continue
        counts = {kind: sum(k for k, cell in zip(taken, sizes, strict=True) if kind in cell) for kind in "FMabc"}
        off = {kind: abs(counts[kind] / n - share) for kind, share in wanted.items()}
        kept = all(counts[kind] / n >= least * wanted[kind] - 1e-9 for kind in held)
        if kept and max(off.values()) <= tolerance + 1e-9:
            nearest = min(sum(off.values()) / 2, nearest if n == best else math.inf)
            best = n
    return best, nearest


@settings(deadline=None, max_examples=examples(60))
@given(people, shares, tolerances, st.sampled_from([0, 0, 0.5, 1]))
def test_no_larger_subset_is_within_the_tolerance_and_none_of_its_size_is_nearer(
    rows: list[tuple[str, str]], parts: tuple[int, ...], tolerance: float, least: float
) -> None:
    table, target = table_of(rows), target_of(parts)
    n, nearest = best_by_trying(table, target, tolerance, least)
    if n == 0:
        with pytest.raises(ValueError, match="No subset of the"):
            match_target(table, target, tolerance=tolerance, least=least)
        return
    match = match_target(table, target, tolerance=tolerance, least=least)
    assert (match.n, match.n_at_most, match.is_nearest) == (n, n, True)
    assert match.table.height == match.n
    assert farthest(match.table, target) <= tolerance + 1e-9
    assert apart(match.table, target) == pytest.approx(nearest)


def test_of_the_largest_samples_the_nearest_is_taken() -> None:
    # Half and half within 5 points of 40 women and 90 men: 40 of 88 is 45.5 %, 40 of 89 only 44.9 %, so 88 are taken,
    # and no other split of 88 is within reach. The 12 % of B, of whom 10 % are wanted, can be met at no cost of size:
    # 9 of 88 is 10.2 %.
    sites = {"sex": ["F"] * 40 + ["M"] * 90, "site": (["A"] * 8 + ["B"]) * 13 + ["A"] * 10 + ["B"] * 3}
    table = pl.DataFrame(sites)
    target = {"sex": {"F": 0.5, "M": 0.5}, "site": {"A": 0.9, "B": 0.1}}
    match = match_target(table, target, tolerance=0.05)
    assert dict(match.shares.select("category", "n").iter_rows()) == {"F": 40, "M": 48, "A": 79, "B": 9}
    assert match.sentence.endswith("No larger subset does; of those of this size it is the nearest.")


@settings(deadline=None, max_examples=examples(25))
@given(st.lists(st.integers(1, 9), min_size=5, max_size=5), st.sampled_from([0.02, 0.05, 0.1]))
def test_the_nearest_is_as_large_as_the_first_found_and_never_farther(parts: list[int], tolerance: float) -> None:
    table, target = synthetic(2000), target_of(tuple(parts))
    pool = make_pool(table, target, missing="excluded")
    strata, _ = quotas.make_strata(pool.codes, pool.wanted)
    first = quotas.largest_quotas(strata, tolerance).values
    assume(first is not None)
    match = match_target(table, target, tolerance=tolerance)
    assert match.n == first[-1]
    assert 2 * match.n * apart(match.table, target) <= np.abs(
        strata.members @ first[:-1] - strata.wanted * first[-1]
    ).sum() * (1 + 1e-9)


def test_the_stamp_stands_under_the_shares() -> None:
    match = match_target(pl.DataFrame({"sex": ["Female", "Male"]}), HALVES, tolerance=0)
    assert match.stamp == ""
    stamped = dataclasses.replace(match, stamp="Not <out>.")
    assert repr(stamped) == f"{match!r}\nNot <out>."
    assert stamped._repr_html_() == f"{match._repr_html_()}<p>Not &lt;out&gt;.</p>"


def test_a_small_group_can_be_kept() -> None:
    # One of C, 4 % wanted: within 5 points C may vanish, and A, 47 of 86, is what bounds the size: 48 of 87 is 55.2 %.
    # With a floor of a half, 2 %, it is C: 1 of 50. Nobody is D, which has no floor.
    table = pl.DataFrame({"site": ["A"] * 61 + ["B"] * 38 + ["C"]})
    target = {"site": {"A": 0.5, "B": 0.44, "C": 0.04, "D": 0.02}}
    assert match_target(table, target, tolerance=0.05).n == 86
    kept = match_target(table, target, tolerance=0.05, least=0.5)
    assert kept.n == 50
    assert dict(kept.shares.select("category", "n").iter_rows())["C"] == 1
    # 4 % in full is 1 of 25 at most, and of 25 at least 12.5 would have to be A and 11.5 B.
    with pytest.raises(ValueError, match="keeps") as caught:
        match_target(table, {"site": {"A": 0.5, "B": 0.46, "C": 0.04}}, tolerance=0.05, least=1)
    assert str(caught.value) == (
        "No subset of the 100 rows lies within 5 percentage points of the target and keeps 1 of each wanted share. "
        "Without that floor one of 86 rows does. Pass a smaller least=, or a larger tolerance."
    )


@settings(deadline=None, max_examples=examples(25))
@given(st.integers(0, 1000), st.sampled_from([0.1, 0.2]), st.sampled_from(["optimal", "greedy"]))
def test_the_order_of_rows_changes_nothing(seed: int, tolerance: float, method: str) -> None:
    table = synthetic(300)
    target = {"sex": {"F": 0.4, "M": 0.6}, "age": {"a": 0.2, "b": 0.3, "c": 0.5}}
    shuffled = table.sample(fraction=1, shuffle=True, seed=seed)
    one = match_target(table, target, tolerance=tolerance, seed=seed, method=method)
    two = match_target(shuffled, target, tolerance=tolerance, seed=seed, method=method)
    assert set(one.table["person_id"]) == set(two.table["person_id"])
    assert one.table["person_id"].is_sorted()  # the rows stay in the order of the table


def synthetic(n: int) -> pl.DataFrame:
    rng = np.random.default_rng(11)
    drawn = {"sex": rng.choice(["F", "M"], n, p=[0.7, 0.3]), "age": rng.choice(["a", "b", "c"], n, p=[0.5, 0.3, 0.2])}
    return pl.DataFrame({"person_id": [f"p{i:04d}" for i in range(n)], **drawn})


def test_the_seed_decides_who_is_drawn_and_not_how_many() -> None:
    table = synthetic(400)
    target = {"sex": {"F": 0.5, "M": 0.5}}
    drawn = [match_target(table, target, tolerance=0.02, seed=seed) for seed in (1, 1, 2)]
    assert drawn[0].table.equals(drawn[1].table)
    assert not drawn[0].table.equals(drawn[2].table)
    assert drawn[0].n == drawn[2].n


def test_every_member_of_a_stratum_has_the_same_chance() -> None:
    # 10 women allow for 15 of 30 men, so that each man is drawn in half of the samples: 200 of 400, SD 10.
    table = pl.DataFrame({"sex": ["Female"] * 10 + ["Male"] * 30, "person_id": range(40)})
    drawn = [match_target(table, HALVES, tolerance=0.1, seed=seed).table["person_id"] for seed in range(400)]
    times = pl.concat(drawn).value_counts().filter(pl.col("person_id") >= 10)["count"]
    assert times.len() == 30
    assert times.is_between(155, 245).all()


def test_the_shares_tell_what_was_wanted_available_and_achieved() -> None:
    table = pl.DataFrame({"sex": ["Female"] * 10 + ["Male"] * 30})
    match = match_target(table, HALVES, tolerance=0.1)
    assert match.shares.rows() == [
        ("sex", "Female", 0.5, 10, 0.25, 10, 0.4, pytest.approx(-0.1)),
        ("sex", "Male", 0.5, 30, 0.75, 15, 0.6, pytest.approx(0.1)),
    ]
    assert match.sentence == (
        "25 of 40 rows match the target: each of 2 shares lies within 10 percentage points. Farthest is Female (sex), "
        "40.0 % where 50.0 % is wanted. No larger subset does; of those of this size it is the nearest."
    )


def test_a_person_is_chosen_once() -> None:
    table = pl.DataFrame({"person_id": ["a", "a", "b", "c"], "sex": ["Female", "Female", "Male", "Male"]})
    match = match_target(table, HALVES, tolerance=0)
    assert sorted(match.table["sex"]) == ["Female", "Male"]
    assert match.table["person_id"].n_unique() == match.n == 2
    assert match.n_available == 3
    assert match.notes == ("Of each person_id only the first row counts; 1 others were left out.",)


MISSING_ROWS = pl.DataFrame({"sex": ["Female"] * 5 + ["Male"] * 5 + ["Not Reported", None]})


@pytest.mark.parametrize(
    ("target", "missing", "n_available", "n"),
    [
        (HALVES, "excluded", 10, 10),
        # 1 of 11 is 9 %, 2 of 12 would be 17 %
        (HALVES, "included", 12, 11),
        ({"sex": {"Female": 0.5, "Male": 0.5, "Not Reported": 0}}, "excluded", 12, 11),
        ({"sex": {"Female": 0.4, "Male": 0.4, "Not Reported": 0.2}}, "excluded", 12, 12),
    ],
)
def test_missing_values_leave_the_pool_or_are_a_category_of_the_target(
    target: dict[str, dict[str, float]], missing: str, n_available: int, n: int
) -> None:
    match = match_target(MISSING_ROWS, target, tolerance=0.1, missing=missing)
    assert (match.n_available, match.n) == (n_available, n)


def test_what_was_left_out_is_said() -> None:
    assert match_target(MISSING_ROWS, HALVES, tolerance=0.1).notes == ("2 of 12 rows lack sex; they were left out.",)


def test_shares_that_miss_1_are_normalized_and_said_so() -> None:
    table = pl.DataFrame({"sex": ["Female"] * 4 + ["Male"] * 4})
    match = match_target(table, {"sex": {"Female": 0.54, "Male": 0.462}}, tolerance=0.1)
    assert match.shares["target"].to_list() == pytest.approx([0.54 / 1.002, 0.462 / 1.002])
    assert match.notes == ("The target's shares of sex sum to 1.002; each was divided by that sum.",)


def test_categories_of_one_side_only_are_said() -> None:
    table = pl.DataFrame({"sex": ["Female"] * 10 + ["Male"] * 10 + ["Other"]})
    match = match_target(table, {"sex": {"Female": 0.49, "Male": 0.49, "Conflicting": 0.02}}, tolerance=0.05)
    assert match.notes == (
        "sex: nobody to choose from is Conflicting.",
        "sex: the target has no Other; the share wanted is 0.",
    )
    assert match.n == 21


def test_flags_are_yes_and_no() -> None:
    match = match_target(pl.DataFrame({"icu": [True, False, False]}), {"icu": {"Yes": 0.5, "No": 0.5}}, tolerance=0)
    assert sorted(match.table["icu"]) == [False, True]


def test_the_greedy_procedure_step_by_step() -> None:
    # 80 women and 20 men, half and half wanted. 5 are dropped a step, women first, since max(round(0.01 n), 5) = 5.
    # 80 - 5 k women of 100 - 5 k: |share - 0.5| <= 0.1 first at k = 10, with 30 of 50.
    table = pl.DataFrame({"sex": ["Female"] * 80 + ["Male"] * 20})
    match = match_target(table, HALVES, tolerance=0.1, method="greedy")
    assert match.table["sex"].value_counts().sort("sex").rows() == [("Female", 30), ("Male", 20)]
    assert match.sentence.endswith(" The greedy procedure does not tell whether more would.")


def test_the_greedy_procedure_drops_one_in_a_hundred_of_many() -> None:
    # 1,000 women and 1,000 men, 60 to 40 wanted within 0.0999: 20 men of 2,000 go, then 1000 of 1980 is 0.505.
    table = pl.DataFrame({"sex": ["Female"] * 1000 + ["Male"] * 1000})
    match = match_target(table, {"sex": {"Female": 0.6, "Male": 0.4}}, tolerance=0.0999, method="greedy")
    assert match.n == 1980


@settings(deadline=None, max_examples=examples(25))
@given(st.lists(st.integers(1, 9), min_size=5, max_size=5))
def test_the_optimum_is_never_below_the_greedy_procedure(parts: list[int]) -> None:
    table, target = synthetic(300), target_of(tuple(parts))
    try:
        greedy = match_target(table, target, tolerance=0.1, method="greedy").n
    except ValueError:
        greedy = 0
    try:
        best = match_target(table, target, tolerance=0.1).n
    except ValueError:
        best = 0
    assert best >= greedy


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"target": {"sex": {"Female": 0.75, "Male": 0.25}}},
            "No subset of the 40 rows lies within 10 percentage points of the target. Too few are Male (sex: 0 of 40, "
            "wanted 25.0 %). The smallest tolerance at which one exists is 0.25, with at most 40 rows. Pass "
            "tolerance=0.25 or more, or add rows.",
        ),
        (
            {"target": {"sex": {"Female": 0.7, "Male": 0.15, "Other": 0.15}}},
            "No subset of the 40 rows lies within 10 percentage points of the target. Too few are Male (sex: 0 of 40, "
            "wanted 15.0 %) and Other (sex: 0 of 40, wanted 15.0 %). Too many are Female (sex: 40 of 40, wanted "
            "70.0 %). The smallest tolerance at which one exists is 0.3, with at most 40 rows. Pass tolerance=0.3 or "
            "more, or add rows.",
        ),
        (
            {"target": {"sex": {"Female": 0.75, "Male": 0.25}}, "method": "greedy"},
            "The greedy procedure dropped all 40 rows without coming within 10 percentage points of the target; the "
            "nearest it came is 25 percentage points. A larger tolerance would be right, or a search that looks ahead. "
            "Pass method='optimal': it finds a subset wherever there is one.",
        ),
        (
            {"tolerance": 5},
            "Received tolerance=5. A difference of shares from 0 to 1 would be right. Pass tolerance=0.05 for five "
            "percentage points.",
        ),
        (
            {"least": 2},
            "Received least=2. A fraction of each wanted share from 0 to 1 would be right. Pass least=0.5 to keep at "
            "least half of it.",
        ),
        (
            {"least": 0.5, "method": "greedy"},
            "Received least=0.5 with the greedy procedure, which keeps no floor. A search that does would be right. "
            "Pass method='optimal', or leave out least=.",
        ),
        ({"seed": -1}, "Received seed=-1. A seed is a whole number, 0 or more. Pass seed=0."),
        (
            {"target": {}},
            "Received a target without attributes. A mapping of attributes to categories and shares would be right. "
            "Pass, for example, target={'sex': {'Female': 0.51, 'Male': 0.49}}.",
        ),
        (
            {"target": {"sex": {"Female": -0.5, "Male": math.nan}}},
            "Received for sex the target Female -0.5, Male nan. Each share must be a number from 0, and one of them "
            "above 0. Correct the target.",
        ),
        (
            {"target": {"sex": {"Female": 0}}},
            "Received for sex the target of nothing but 0. Each share must be a number from 0, and one of them above "
            "0. Correct the target.",
        ),
        (
            {"target": {"age_years": {"7": 1}}},
            "The target names age_years, a column of decimal numbers. A target has categories. Band it first, for ages "
            "with workbench.vocabulary.demographics.age_group.",
        ),
        (
            {"table": pl.DataFrame({"sex": ["Not Reported", None]})},
            "Received a table of 2 rows, none of which can be chosen. Rows with a known sex would be right. No row has "
            "sex: leave it out of the target.",
        ),
        (
            {
                "table": pl.DataFrame({"sex": ["Female", None], "race": [None, "Asian"]}),
                "target": {**HALVES, "race": {"Asian": 1}},
            },
            "Received a table of 2 rows, none of which can be chosen. Rows with a known sex and race would be right. "
            "Pass missing='included', or name fewer attributes.",
        ),
        (
            {"table": pl.DataFrame({"sex": []}, {"sex": pl.String})},
            "Received a table without rows. At least one would be right. Check how the rows were chosen.",
        ),
    ],
)
def test_errors_say_what_would_be_right(arguments: dict[str, object], message: str) -> None:
    table = pl.DataFrame({"sex": ["Female"] * 40, "age_years": [7.5] * 40})
    given_: dict[str, object] = {"table": table, "target": HALVES, "tolerance": 0.1} | arguments
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        match_target(given_.pop("table"), given_.pop("target"), **given_)  # type: ignore[arg-type]
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"target": {"gender": {"Female": 1}}},
            "No column 'gender' in the table to choose from. Valid: sex. Name one of these in the target, or add the "
            "column.",
        ),
        (
            {"target": {"sex": {"female": 1}}},
            "No category 'female' in the column sex. Did you mean 'Female'? Valid: Female. Spell the target's "
            "categories of sex as the table does.",
        ),
        ({"method": "best"}, "No method 'best' in match_target. Valid: optimal, greedy. Pass one of these."),
        ({"missing": "keep"}, "No policy 'keep' in missing=. Valid: excluded, included. Pass one of these."),
    ],
)
def test_misspelled_names_are_answered_with_the_valid_ones(arguments: dict[str, object], message: str) -> None:
    given_: dict[str, object] = {"target": HALVES, "tolerance": 0.1} | arguments
    with pytest.raises(UnknownNameError) as caught:
        match_target(pl.DataFrame({"sex": ["Female"] * 4}), given_.pop("target"), **given_)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_a_target_that_is_a_table_is_refused() -> None:
    with pytest.raises(TypeError, match="Received a target of the kind DataFrame"):
        match_target(pl.DataFrame({"sex": ["F"]}), pl.DataFrame({"sex": ["F"]}), tolerance=0.1)  # type: ignore[arg-type]


def test_whole_persons_may_need_more_than_shares_do() -> None:
    # Two thirds and one third cannot be had of one man and one woman but as a half each: 1/6 off.
    table = pl.DataFrame({"sex": ["Female", "Male"]})
    with pytest.raises(ValueError, match=r"one exists is 0\.167, with at most 2 rows"):
        match_target(table, {"sex": {"Female": 2 / 3, "Male": 1 / 3}}, tolerance=0.1)


def why_not(table: pl.DataFrame, target: Mapping[str, Mapping[str, float]], tolerance: float) -> str:
    with pytest.raises(ValueError, match="No subset of the") as caught:
        match_target(table, target, tolerance=tolerance)
    return str(caught.value)


def test_a_group_that_has_enough_is_not_said_to_be_too_few() -> None:
    # Without C the nearest is 10 points off, whatever is taken of D, of whom there are more than wanted.
    table = pl.DataFrame({"site": ["A"] * 90 + ["B"] * 10 + ["D"] * 50})
    assert why_not(table, {"site": {"A": 0.5, "B": 0.3, "D": 0.1, "C": 0.1}}, 0.01) == (
        "No subset of the 150 rows lies within 1 percentage point of the target. Too few are C (site: 0 of 150, wanted "
        "10.0 %). The smallest tolerance at which one exists is 0.1, with at most 50 rows. Pass tolerance=0.1 or more, "
        "or add rows."
    )


def test_shares_that_exclude_each_other_are_said_to() -> None:
    # All women are at A and all men at B, so that 30 % and 70 % cannot be: the middle, 50 %, is 20 points off both.
    table = pl.DataFrame({"sex": ["F"] * 50 + ["M"] * 50, "site": ["A"] * 50 + ["B"] * 50})
    assert why_not(table, {"sex": {"F": 0.3, "M": 0.7}, "site": {"A": 0.7, "B": 0.3}}, 0.01) == (
        "No subset of the 100 rows lies within 1 percentage point of the target. The shares of sex and site cannot be "
        "had together. The smallest tolerance at which one exists is 0.2, with at most 100 rows. Pass tolerance=0.2 "
        "or more, or add rows."
    )


def test_weights_are_advised_only_where_there_are_some() -> None:
    # 3 in 10 of one woman and two men cannot be had of whole persons, but with weights.
    said = why_not(pl.DataFrame({"sex": ["F", "M", "M"]}), {"sex": {"F": 0.3, "M": 0.7}}, 0.01)
    assert said == (
        "No subset of the 3 rows lies within 1 percentage point of the target. Parts of rows would do, whole rows do "
        "not. The smallest tolerance at which one exists is 0.034, with at most 3 rows. Pass tolerance=0.034 or more, "
        "add rows, or weight them, which drops nobody: rake_weights, or wb.weigh for a cohort."
    )


@settings(deadline=None, max_examples=examples(60))
@given(people, shares, st.sampled_from([0.005, 0.05, 0.1]))
def test_who_is_named_is_short_and_what_is_advised_works(
    rows: list[tuple[str, str]], parts: tuple[int, ...], tolerance: float
) -> None:
    table, target = table_of(rows), target_of(parts)
    assume(set(table["age"]) & {kind for kind, share in target["age"].items() if share})
    try:
        match_target(table, target, tolerance=tolerance)
    except ValueError as error:
        said = str(error)
    else:
        return
    for words, sign in (("few", 1), ("many", -1)):
        clause = re.search(rf"Too {words} are (.*?)\. T", said)
        for kind, n, share in re.findall(r"(\w) \(\w+: (\d+) of \d+, wanted ([\d.]+) %\)", clause[1] if clause else ""):
            assert sign * (float(share) / 100 - int(n) / table.height) > -0.0006, kind
    nobody = {kind for name, kinds in target.items() for kind in kinds if not (table[name] == kind).any()}
    wanted = {kind: share for kinds in target.values() for kind, share in kinds.items()}
    for kind in nobody:
        assert (wanted[kind] > tolerance) == (f"{kind} (" in said)
    try:
        rake_weights(table, target)
    except ValueError:
        assert "rake_weights" not in said
    else:
        assert "rake_weights" in said


def test_a_search_that_was_stopped_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pl.DataFrame({"sex": ["Female"] * 10 + ["Male"] * 30})
    stopped = dataclasses.replace(match_target(table, HALVES, tolerance=0.1), n_at_most=28)
    assert stopped.sentence.endswith("is wanted. The search was stopped; more than 28 cannot.")
    monkeypatch.setattr(
        matching,
        "largest_quotas",
        lambda strata, tolerance, least: quotas.largest_quotas(strata, tolerance, least=least, seconds=0),
    )
    rng = np.random.default_rng(0)
    kinds = {"a": "abcdefgh", "b": "abcdefg", "c": "abc"}
    hard = pl.DataFrame({name: rng.choice(list(every), 500) for name, every in kinds.items()})
    equal = {name: dict.fromkeys(every, 1 / len(every)) for name, every in kinds.items()}
    with pytest.raises(ValueError, match="was found in") as caught:
        match_target(hard, equal, tolerance=0.001)
    assert str(caught.value) == (
        "No subset of the 500 rows within 0.1 percentage points of the target was found in 30 seconds; whether there "
        "is one is not known. A larger tolerance or a target of fewer attributes is found sooner. Pass one of these."
    )


def test_a_search_for_the_nearest_that_was_stopped_keeps_the_first_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stopped(strata: quotas.Strata, n: int, *, tolerance: float, least: float) -> Solution:
        return dataclasses.replace(nearest_quotas(strata, n, tolerance=tolerance, least=least), status="time limit")

    table = pl.DataFrame({"sex": ["Female"] * 10 + ["Male"] * 30})
    monkeypatch.setattr(matching, "nearest_quotas", lambda *_, **__: Solution("time limit", None))
    match = match_target(table, HALVES, tolerance=0.1)
    assert (match.n, match.is_nearest) == (25, False)
    assert match.sentence.endswith(" No larger subset does; whether one of this size lies nearer is not known.")
    monkeypatch.setattr(matching, "nearest_quotas", stopped)
    assert not match_target(table, HALVES, tolerance=0.1).is_nearest


def test_points_need_no_more_digits_than_they_have() -> None:
    assert [points(share) for share in (0.05, 0.01, 0.125)] == [
        "5 percentage points",
        "1 percentage point",
        "12.5 percentage points",
    ]


# ---------------------------------------------------------------- the example of MIDRC's task-based sampling

RACES = (
    "American Indian or Alaska Native",
    "Asian",
    "Black or African American",
    "Native Hawaiian or other Pacific Islander",
    "Not Reported",
    "Other",
    "White",
)
BANDS = {"0–17": 0, "18–29": 18, "30–39": 30, "40–49": 40, "50–64": 50, "65–74": 65, "75–84": 75, "85+": 85}
# In the manner of the 26 cells of the shipped example, whose own numbers are in a workbook that is not at hand.
LIKE_CDC: dict[str, dict[str, float]] = {
    "age": dict(zip([*BANDS, "Not Reported"], [0, 0.245, 0.205, 0.175, 0.235, 0.09, 0.035, 0.015, 0], strict=True)),
    "race": dict(zip(RACES, [0.01, 0.05, 0.15, 0.002, 0, 0.024, 0.764], strict=True)),
    "sex": {"Female": 0.54, "Male": 0.462, "Other": 0, "Not Reported": 0},
    "ethnicity": {"Hispanic or Latino": 0.1667, "Not Hispanic or Latino": 0.8333, "Not Reported": 0},
    "covid19_positive": {"No": 0.3, "Not Reported": 0, "Yes": 0.7},
}


@pytest.fixture
def example() -> pl.DataFrame:
    """Adults of MIDRC's 5,000 example patients, in age bands."""
    folder = os.environ.get("WORKBENCH_TEST_DATA")
    if not folder:
        pytest.skip("WORKBENCH_TEST_DATA names no folder with midrc_tools/Example_5000patients.csv")
    table = pl.read_csv(Path(folder) / "midrc_tools" / "Example_5000patients.csv")
    age = pl.col("age_at_index").replace({890: 90})  # 890 stands for more than 89, 999 for not reported
    band = pl.lit("0–17")
    for name, low in BANDS.items():
        band = pl.when(age >= low).then(pl.lit(name)).otherwise(band)
    adults = table.with_columns(age=band).filter(age.is_between(18, 140))
    return adults.sort("submitter_id")


def midrc_greedy(table: pl.DataFrame, tolerance: float) -> int:
    """The procedure once more, row by row in plain Python."""
    left = table.select(list(LIKE_CDC)).rows()
    while left:
        apart = []
        for number, (_, wanted) in enumerate(LIKE_CDC.items()):
            counts = dict.fromkeys(wanted, 0)
            for row in left:
                counts[row[number]] += 1
            apart.append({kind: n / len(left) - wanted[kind] for kind, n in counts.items()})
        if max(abs(each) for kinds in apart for each in kinds.values()) <= tolerance:
            break
        scored = sorted(left, key=lambda row: -sum(kinds[kind] for kinds, kind in zip(apart, row, strict=True)))
        left = scored[max(math.floor(len(left) / 100 + 0.5), 5) :]
    return len(left)


@pytest.mark.real_data
@pytest.mark.parametrize(("modality", "n"), [("CT", 901), ("CR", 2013), ("DX", 2563), ("", 4925)])
@pytest.mark.parametrize("tolerance", [0.1, 0.05])
def test_the_example_of_midrc_is_filtered_and_sampled_alike(
    example: pl.DataFrame, modality: str, n: int, tolerance: float
) -> None:
    table = example.filter(pl.col("modality").str.contains(modality, literal=True))
    assert table.height == n
    greedy = match_target(table, LIKE_CDC, tolerance=tolerance, method="greedy")
    assert greedy.n == midrc_greedy(table, tolerance)
    best = match_target(table, LIKE_CDC, tolerance=tolerance)
    assert best.n == best.n_at_most >= greedy.n
    assert make_pool(table, LIKE_CDC, missing="excluded").rows.height == n

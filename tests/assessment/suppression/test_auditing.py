"""What can be derived from published tables, worked out by hand and by trying every table."""

import re
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.assessment.suppression.families import one_way, patients
from tests.thorough import examples
from workbench.assessment.census import count_census
from workbench.assessment.suppression import audit, suppress


def sites(*counts: int | None, total: int | None, **more: list[float | None]) -> pl.DataFrame:
    names = list("ABCDE"[: len(counts)])
    columns = {"site": names, "n_patients": pl.Series(counts, dtype=pl.Int64)}
    return pl.DataFrame({**columns, "n_total": pl.Series([total] * len(counts), dtype=pl.Int64), **more})


def exposed(*tables: pl.DataFrame, **more: object) -> list[tuple[str, int | None, int | None]]:
    return audit(tables, **more).table.filter("exposed").select("figure", "low", "high").rows()


def test_a_small_count_that_is_shown_is_exposed() -> None:
    assert exposed(sites(40, 3, total=43)) == [("site B", 3, 3)]


def test_a_small_count_that_is_left_of_the_total_is_exposed() -> None:
    assert exposed(sites(40, None, total=43)) == [("site B", 3, 3)]
    assert exposed(sites(40, None, total=None)) == []


def test_limits_are_exposed_when_they_tell_that_a_count_is_small() -> None:
    # Neither is 0, so of 11 together each is 1 to 10; of 12 each may be 11.
    assert exposed(sites(40, None, None, total=51)) == [("site B", 1, 10), ("site C", 1, 10)]
    assert exposed(sites(40, None, None, total=52)) == []


def test_tables_are_looked_at_together() -> None:
    # Alone each may be shown; together the scanner's margin gives site B, which has one scanner only.
    by_site = sites(40, None, None, total=75)
    both = pl.DataFrame(
        {"site": ["A", "B", "C"], "scanner": ["X", "Y", "X"], "n_patients": [None] * 3, "n_total": [75] * 3},
        schema_overrides={"n_patients": pl.Int64},
    )
    scanner = pl.DataFrame({"scanner": ["X", "Y"], "n_patients": [70, None], "n_total": [75, 75]})
    assert exposed(by_site, both) == []
    assert ("site B", 5, 5) in exposed(by_site, both, scanner)


def test_margins_that_no_table_shows_together_bound_each_other_in_a_cycle() -> None:
    # Three tables of pairs fix the joint table of two by two by two up to one number; here to a single patient.
    joint = {("a", "b", "c"): 1, ("a", "b", "d"): 40, ("a", "e", "c"): 40, ("a", "e", "d"): 40}
    joint |= {("f", "b", "c"): 40, ("f", "b", "d"): 40, ("f", "e", "c"): 40, ("f", "e", "d"): 1}
    frame = patients(joint, ["one", "two", "three"])
    tables = [count_census(frame, by=by) for by in (["one", "two"], ["two", "three"], ["one", "three"])]
    assert audit(tables).n_exposed == 0  # every cell of these tables is 41 or 80
    released = suppress([*tables, count_census(frame, by=["one", "two", "three"])])
    assert released.audit.n_exposed == 0


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (sites(40, None, None, total=75, fraction=[40 / 75, 0.4, None]), "share of site B"),
        (sites(40, None, None, total=75, fraction_low=[0.4, None, 0.03]), "share of site C"),
        (sites(40, 30, None, total=None, fraction=[0.5, None, None]), "share of site A"),
    ],
)
def test_a_share_beside_a_hidden_number_is_exposed(table: pl.DataFrame, words: str) -> None:
    assert (words, None, None) in exposed(table)


def test_changes_between_releases_are_audited() -> None:
    assert exposed(sites(43, 60, total=103), earlier=[[sites(40, 30, total=70)]]) == [
        ("site A, change since release 1", 3, 3)
    ]
    # Hidden in both, A came by what the total grew less B's growth.
    before, now = sites(None, 30, None, total=90), sites(None, 60, None, total=123)
    grew = exposed(now, earlier=[[before]])
    assert grew == [("site A, change since release 1", 0, 3), ("site C, change since release 1", 0, 3)]


def test_race_and_ethnicity_give_away_the_attribute_that_joins_them() -> None:
    counts = {("White", "Not Hispanic or Latino"): None, ("Asian", "Not Hispanic or Latino"): None}
    counts |= {("White", "Hispanic or Latino"): 50, ("Asian", "Hispanic or Latino"): 60}
    rows = [(*cell, n, 155) for cell, n in counts.items()]
    pairs = pl.DataFrame(rows, schema=["race", "ethnicity", "n_patients", "n_total"], orient="row")
    both = pl.DataFrame(
        {
            "race_ethnicity": ["Hispanic or Latino", "White, Not Hispanic or Latino", "Asian, Not Hispanic or Latino"],
            "n_patients": [110, 40, None],
            "n_total": [155] * 3,
        }
    )
    assert exposed(pairs) == []
    assert ("ethnicity Not Hispanic or Latino, race Asian", 5, 5) in exposed(pairs, both)


def test_states_give_away_how_few_live_in_another_country() -> None:
    countries = pl.DataFrame({"country": ["USA", "France"], "n_patients": [None, None], "n_total": [1_000] * 2})
    states = pl.DataFrame({"state": ["California", "Not Reported"], "n_patients": [980, 20], "n_total": [1_000] * 2})
    countries = countries.cast({"n_patients": pl.Int64})
    assert exposed(countries, states) == []  # up to 20 in France
    known = states.with_columns(n_patients=pl.Series([993, None]))
    assert ("country France", 1, 7) in exposed(countries, known)


def test_what_words_mean_is_not_assumed_of_tables_that_contradict_it() -> None:
    countries = pl.DataFrame({"country": ["France"], "n_patients": [1_000], "n_total": [1_000]})
    states = pl.DataFrame({"state": ["California", "Texas"], "n_patients": [980, 20], "n_total": [1_000] * 2})
    assert exposed(countries, states) == []


@pytest.mark.parametrize("counts", [(40, 30, 5), (12, 11, 2), (500, 20, 10, 3), (40, 8)])
def test_hiding_only_what_is_small_fails_the_audit(counts: tuple[int, ...]) -> None:
    exact = sites(*counts, total=sum(counts))
    primary = pl.when(~pl.col("n_patients").is_between(1, 10)).then("n_patients")
    assert audit([exact.with_columns(n_patients=primary)]).n_exposed > 0 or sum(c < 11 for c in counts) > 1
    assert suppress([one_way("site", dict(zip("ABCDE", counts, strict=False)))]).audit.n_exposed == 0


def test_an_audit_says_what_it_checked_and_found() -> None:
    assert audit([sites(40, None, None, total=75)]).sentence == (
        "Checked: 4 cells, none of 1–10 can be derived from everything shown here together."
    )
    assert audit([sites(40, None, total=43)]).sentence == (
        "Checked: 3 cells, 1 of 1–10 can be derived from everything shown here together, the first in release 1: "
        "site B."
    )


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (
            [sites(40, 30, total=80)],
            "No patients could give these tables: their totals contradict one another. Tables of a family count the "
            "same patients. Take every census from one cohort.",
        ),
        (
            [sites(40, 30, total=70), pl.DataFrame({"site": ["A"], "scanner": ["X"], "n_patients": [40]})],
            "site B is not 0, but everything it consists of is. Tables of a family count the same patients. Take every "
            "census from one cohort.",
        ),
    ],
)
def test_tables_that_contradict_one_another_are_refused(tables: list[pl.DataFrame], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        audit(tables)


CELLS = list(product("FM", "AB"))
FIGURES = {
    **{f"sex {sex}, site {site}": {(sex, site)} for sex, site in CELLS},
    **{f"sex {sex}": {cell for cell in CELLS if cell[0] == sex} for sex in "FM"},
    **{f"site {site}": {cell for cell in CELLS if cell[1] == site} for site in "AB"},
    "everyone": set(CELLS),
}
SUMS = np.array([[cell in part for cell in CELLS] for part in FIGURES.values()], dtype=int)
EVERY_TABLE = np.array(list(product(range(21), repeat=4)))


@settings(
    max_examples=examples(60), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(
    st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(lambda joint: 0 < sum(joint) <= 20),
    st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_limits_are_those_of_every_table_tried(joint: list[int], hidden: list[bool]) -> None:
    # Two sexes at two sites with any numbers but the total hidden; all tables of as many patients are tried.
    exact = SUMS @ np.array(joint)
    shown = [None if is_hidden and n else int(n) for n, is_hidden in zip(exact, [*hidden, False], strict=True)]
    tried = EVERY_TABLE[EVERY_TABLE.sum(axis=1) == exact[-1]] @ SUMS.T
    agrees = [tried[:, i] >= least(i, shown) if n is None else tried[:, i] == n for i, n in enumerate(shown)]
    fitting = tried[np.all(agrees, axis=0)]
    found = {row["figure"]: (row["low"], row["high"]) for row in audit(_tables(shown)).table.iter_rows(named=True)}
    assert found == {name: (fitting[:, i].min(), fitting[:, i].max()) for i, name in enumerate(FIGURES) if exact[i] > 0}


def least(place: int, shown: list[int | None]) -> int:
    """A hidden number is at least 1, unless nothing is shown of a group that it is part of: then its zeros are not."""
    groups = [part for part in range(len(shown)) if SUMS[place].tolist() != SUMS[part].tolist()]
    around = [part for part in groups if (SUMS[place] <= SUMS[part]).all()]
    inside = {part: [i for i in range(len(shown)) if (SUMS[i] <= SUMS[part]).all()] for part in around}
    return int(all(shown[part] is not None or any(shown[i] for i in inside[part]) for part in around))


def _tables(shown: list[int | None]) -> list[pl.DataFrame]:
    """The table of both attributes, without its zeros, and the two of one."""
    counts = pl.DataFrame({"n_patients": pl.Series(shown[:8], dtype=pl.Int64)}).with_columns(n_total=shown[8])
    both = pl.DataFrame(CELLS, schema=["sex", "site"], orient="row").hstack(counts[:4])
    return [
        both.filter(pl.col("n_patients").is_null() | (pl.col("n_patients") > 0)),
        pl.DataFrame({"sex": ["F", "M"]}).hstack(counts[4:6]),
        pl.DataFrame({"site": ["A", "B"]}).hstack(counts[6:8]),
    ]

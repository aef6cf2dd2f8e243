"""Laws of a split: nobody on two sides, exact sizes, the same for the same seed, no bias."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import THOROUGH, examples
from workbench.errors import UnknownNameError
from workbench.sampling import stratified_split
from workbench.sampling.splits import sizes

PARTS = {"train": 0.7, "validation": 0.15, "test": 0.15}
rows = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from(["F", "M", None]), st.sampled_from("ABCDEFGH"), st.integers(0, 99)),
    max_size=60,
)


def table_of(people: Sequence[tuple[int, str | None, str, int]]) -> pl.DataFrame:
    schema = {"person_id": pl.Int64, "sex": pl.String, "site_id": pl.String, "age_years": pl.Int64}
    return pl.DataFrame(people, schema, orient="row")


def synthetic(n: int) -> pl.DataFrame:
    """Patients with common and rare categories, several attributes wide."""
    rng = np.random.default_rng(20210804)
    columns = {
        "covid19_positive": (["Yes", "No"], [0.47, 0.53]),
        "age_group": (["0–17", "18–49", "50–64", "65+"], [0.03, 0.37, 0.3, 0.3]),
        "race": (["White", "Black", "Asian", "Other", "Not Reported"], [0.55, 0.27, 0.06, 0.04, 0.08]),
        "sex": (["Female", "Male", "Not Reported"], [0.5, 0.49, 0.01]),
        "ethnicity": (["Hispanic", "Not Hispanic", "Not Reported"], [0.1, 0.75, 0.15]),
    }
    drawn = {name: rng.choice(levels, n, p=shares) for name, (levels, shares) in columns.items()}
    return pl.DataFrame({"person_id": [f"p{i:05d}" for i in range(n)], **drawn})


@given(rows, st.integers(0, 2**32), st.sampled_from([PARTS, [0.5, 0.5], [1 / 3] * 3, [0.1] * 10]))
def test_nobody_is_on_two_sides_and_sizes_are_exact(
    people: list[tuple[int, str | None, str, int]], seed: int, fractions: dict[str, float] | list[float]
) -> None:
    table = table_of(people)
    split = stratified_split(table, by=["sex", "age_years"], fractions=fractions, seed=seed)
    assert split.drop("part").equals(table)
    assert split["part"].null_count() == 0
    persons = split.group_by("person_id").agg(pl.col("part").n_unique(), pl.col("part").first().alias("side"))
    assert set(persons["part"]) <= {1}
    shares = list(fractions.values()) if isinstance(fractions, dict) else fractions
    assert isinstance(split.schema["part"], pl.Enum)
    counted = [int((persons["side"] == name).sum()) for name in split.schema["part"].categories]
    assert counted == sizes(shares, persons.height)


@given(rows, st.integers(0, 2**32), st.booleans())
def test_the_order_of_rows_changes_nothing(
    people: list[tuple[int, str | None, str, int]], seed: int, has_unit: bool
) -> None:
    table = table_of(people) if has_unit else table_of(people).drop("person_id")
    shuffled = table.sample(fraction=1, shuffle=True, seed=seed % 1000)
    there, back = (
        stratified_split(frame, by=["sex"], fractions=[0.5, 0.5], seed=seed).sort(pl.all())
        for frame in (table, shuffled)
    )
    assert there.equals(back)


def test_a_seed_gives_one_split_and_another_seed_another() -> None:
    table = synthetic(200)
    first, again, other = (
        stratified_split(table, by=["sex", "race"], fractions=PARTS, seed=seed)["part"] for seed in (1, 1, 2)
    )
    assert first.equals(again)
    assert not first.equals(other)


def test_each_stratum_is_divided_within_one() -> None:
    table = pl.DataFrame({"person_id": range(103), "sex": ["F"] * 40 + ["M"] * 63})
    split = stratified_split(table, by=["sex"], fractions={"train": 0.8, "test": 0.2}, seed=3)
    tested = split.filter(pl.col("part") == "test")["sex"].value_counts()
    found = dict(tested.iter_rows())
    # 21 of 103 are drawn: 8.2 women and 12.8 men.
    assert found["F"] in (8, 9)
    assert found["M"] in (12, 13)


def test_remainders_go_to_the_largest_and_then_to_the_earlier_part() -> None:
    assert sizes([0.7, 0.15, 0.15], 10) == [7, 2, 1]
    assert sizes([1 / 3] * 3, 5) == [2, 2, 1]
    assert sizes([0.7, 0.3], 10) == [7, 3]
    assert sizes([0.5, 0.5], 0) == [0, 0]


def test_a_person_has_the_stratum_of_most_rows() -> None:
    table = pl.DataFrame({"person_id": [1, 1, 1, 2, 3, 4], "sex": ["M", "F", "F", "F", "M", "M"]})
    for seed in range(20):  # two are F (1 and 2) and two are M: one of each is tested, whatever the seed
        split = stratified_split(table, by=["sex"], fractions=[0.5, 0.5], seed=seed)
        tested = set(split.filter(pl.col("part") == "test")["person_id"])
        assert len(tested & {1, 2}) == len(tested & {3, 4}) == 1


def test_without_person_id_our_own_keys_are_kept_whole() -> None:
    table = pl.DataFrame({"person_key": [0, 0, 1, 1], "patient_key": [0, 1, 2, 3]})
    split = stratified_split(table, by=[], fractions=[0.5, 0.5], seed=0)
    assert split.group_by("person_key").agg(pl.col("part").n_unique())["part"].to_list() == [1, 1]


def test_parts_without_names_are_named() -> None:
    table = pl.DataFrame({"sex": ["F"] * 8})
    names = [
        stratified_split(table, by=["sex"], fractions=[1 / n] * n, seed=0).schema["part"].categories.to_list()  # type: ignore[attr-defined]
        for n in (2, 3, 4)
    ]
    assert names[:2] == [["train", "test"], ["train", "validation", "test"]]
    assert names[2] == ["part 1", "part 2", "part 3", "part 4"]


def bias(n_seeds: int) -> float:
    """Largest distance of a part's mean share from the input's, over all categories of all attributes."""
    table = synthetic(5000)
    by = table.columns[1:]
    levels = np.hstack([table.select(name).to_dummies().to_numpy() for name in by]).astype(np.float64)
    shares = np.zeros((3, levels.shape[1]))
    for seed in range(n_seeds):
        part = stratified_split(table, by=by, fractions=PARTS, seed=seed)["part"].to_physical().to_numpy()
        shares += [levels[part == number].mean(axis=0) for number in range(3)]
    return float(np.abs(shares / n_seeds - levels.mean(axis=0)).max())


@pytest.mark.slow
def test_no_group_of_a_part_is_favored_over_many_seeds() -> None:
    n_seeds, most = (2000, 0.001) if THOROUGH else (200, 0.0025)  # what chance leaves shrinks with the root of n
    assert bias(n_seeds) < most


@given(rows.filter(lambda people: len({site for _, _, site, _ in people}) >= 3), st.integers(0, 999))
@settings(max_examples=examples(40))
def test_whole_sites_stay_together_and_so_do_their_people(
    people: list[tuple[int, str | None, str, int]], seed: int
) -> None:
    table = table_of([(i, *person[1:]) for i, person in enumerate(people)])
    split = stratified_split(table, by=["sex"], fractions=[0.6, 0.4], seed=seed, groups="site_id")
    assert set(split.group_by("site_id").agg(pl.col("part").n_unique())["part"]) == {1}
    assert split["part"].n_unique() == 2


def test_sites_that_share_a_person_are_one() -> None:
    table = pl.DataFrame({"person_id": [1, 1, 2, 3, 4], "site_id": ["A", "B", "B", "C", None]})
    split = stratified_split(table, by=[], fractions=[0.5, 0.5], seed=0, groups="site_id")
    assert split["part"][:3].n_unique() == 1
    with pytest.raises(ValueError, match=r"4 parts .* for 3 of site_id"):
        stratified_split(table, by=[], fractions=[0.25] * 4, seed=0, groups="site_id")


def test_whole_sites_come_as_near_as_they_can() -> None:
    # Sizes 50, 30, 10 and 10 make 50 : 30 : 20 exactly.
    sites = ["A"] * 50 + ["B"] * 30 + ["C"] * 10 + ["D"] * 10
    table = pl.DataFrame({"person_id": range(100), "site_id": sites})
    split = stratified_split(table, by=[], fractions={"a": 0.5, "b": 0.3, "c": 0.2}, seed=4, groups="site_id")
    assert split["part"].value_counts().sort("part")["count"].to_list() == [50, 30, 20]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"by": ["sexx"]},
            "No column 'sexx' in the table to split. Did you mean 'sex'? Valid: person_id, sex, site_id, age_years. "
            "Pass one of these in by=.",
        ),
        (
            {"unit": "patient"},
            "No column 'patient' in the table to split. Valid: person_id, sex, site_id, age_years. "
            "Pass one of these in unit=.",
        ),
        (
            {"groups": "site"},
            "No column 'site' in the table to split. Did you mean 'site_id'? "
            "Valid: person_id, sex, site_id, age_years. Pass one of these in groups=.",
        ),
        (
            {"fractions": {"train": 0.8, "test": 0.3}},
            "Received fractions of train 0.8, test 0.3, in sum 1.1. Each must be above 0 and their sum 1. "
            "Pass, for example, fractions={'train': 0.7, 'validation': 0.15, 'test': 0.15}.",
        ),
        (
            {"fractions": []},
            "Received fractions of no part, in sum 0. Each must be above 0 and their sum 1. "
            "Pass, for example, fractions={'train': 0.7, 'validation': 0.15, 'test': 0.15}.",
        ),
        ({"seed": -1}, "Received seed=-1. A seed is a whole number, 0 or more. Pass seed=0."),
        (
            {"fractions": [0.25] * 4, "groups": "site_id"},
            "Received 4 parts (part 1, part 2, part 3, part 4) for 2 of site_id, counting those that share a unit as "
            "one. Every part needs one at least. Ask for fewer parts or leave groups='site_id' out.",
        ),
    ],
)
def test_errors_say_what_to_do(arguments: dict[str, object], message: str) -> None:
    table = table_of([(1, "F", "A", 30), (2, "M", "B", 40)])
    usual: dict[str, object] = {"by": ["sex"], "fractions": [0.5, 0.5], "seed": 0}
    with pytest.raises((UnknownNameError, ValueError)) as caught:
        stratified_split(table, **usual | arguments)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_a_row_of_nobody_and_a_second_split_are_refused() -> None:
    table = pl.DataFrame({"person_id": ["a", None, "b"]})
    with pytest.raises(ValueError, match="1 of 3 rows") as caught:
        stratified_split(table, by=[], fractions=[0.5, 0.5], seed=0)
    assert str(caught.value) == (
        "1 of 3 rows have no person_id. Whether they belong to somebody in another part cannot be known. "
        "Fill person_id or leave these rows out before the split."
    )
    split = stratified_split(table.drop_nulls(), by=[], fractions=[0.5, 0.5], seed=0)
    with pytest.raises(ValueError, match="already") as again:
        stratified_split(split, by=[], fractions=[0.5, 0.5], seed=0)
    assert str(again.value) == (
        "The table has a column 'part' already. A second split would overwrite the first. Drop or rename it."
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"seed": 1.5}, "Received seed=1.5. A seed is a whole number, 0 or more. Pass seed=0."),
        (
            {"fractions": {"train": "most", "test": 0.2}},
            "Received fractions that are no numbers. A share of each part would be right. "
            "Pass, for example, fractions={'train': 0.7, 'validation': 0.15, 'test': 0.15}.",
        ),
    ],
)
def test_a_seed_and_shares_are_numbers(wrong: dict[str, object], message: str) -> None:
    usual: dict[str, object] = {"by": ["sex"], "fractions": [0.5, 0.5], "seed": 0}
    with pytest.raises(TypeError) as caught:
        stratified_split(table_of([(1, "F", "A", 30), (2, "M", "B", 40)]), **usual | wrong)  # type: ignore[arg-type]
    assert str(caught.value) == message

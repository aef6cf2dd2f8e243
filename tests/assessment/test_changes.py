"""What moved between two releases: counted as sets count it, and said in words."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.assessment.changes import Changes, count_changes
from workbench.errors import UnknownNameError

COLUMNS = ["collection_id", "patients", "studies", "series", "content"]

# A series stands in one study of one patient of one collection, whichever release it is in.
_PLACES = st.dictionaries(
    st.integers(0, 12), st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.integers(0, 1)), max_size=12
)
_CONTENT = st.dictionaries(st.integers(0, 12), st.integers(0, 1))


def frame(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(zip(COLUMNS, [pl.String, *[pl.Int64] * 4], strict=True)), orient="row")


def release(places: dict[int, tuple[str, int, int]], content: dict[int, int]) -> list[tuple[Any, ...]]:
    return [
        (collection, patient, 10 * patient + study, series, content[series])
        for series, (collection, patient, study) in places.items()
        if series in content
    ]


def by_sets(before: list[tuple[Any, ...]], after: list[tuple[Any, ...]], at: int | None) -> tuple[int, ...]:
    """Count with sets of Python: patients at 1, studies at 2, series at 3, each with its collection."""
    held = [{(row[0], row[at]) for row in rows} for rows in (before, after)]
    contents = [{(row[0], row[3]): (row, row[4]) for row in rows} for rows in (before, after)]
    touched = {
        (row[0], row[at])
        for key in {*contents[0], *contents[1]}
        for row, content in [contents[1].get(key) or contents[0][key]]
        if key not in contents[0] or key not in contents[1] or contents[0][key][1] != content
    }
    both = held[0] & held[1]
    return len(held[0]), len(held[1] - held[0]), len(held[0] - held[1]), len(both & touched), len(held[1])


@given(_PLACES, _CONTENT, _CONTENT)
def test_it_counts_as_sets_do(places: dict[int, Any], was: dict[int, int], now: dict[int, int]) -> None:
    before, after = release(places, was), release(places, now)
    changes = count_changes(frame(before), frame(after))
    for at, unit in ((1, "patients"), (3, "series")):
        assert changes.totals.filter(unit=unit).row(0)[1:] == by_sets(before, after, at)
    for collection in "ab":
        mine = [[row for row in rows if row[0] == collection] for rows in (before, after)]
        for at, unit in ((1, "patients"), (2, "studies"), (3, "series")):
            told = changes.table.filter(collection_id=collection, unit=unit)
            assert (told.row(0)[2:] if told.height else (0, 0, 0, 0, 0)) == by_sets(*mine, at)


@given(_PLACES, _CONTENT, _CONTENT)
def test_what_was_plus_what_came_less_what_went_is_what_is(
    places: dict[int, Any], was: dict[int, int], now: dict[int, int]
) -> None:
    one, other = frame(release(places, was)), frame(release(places, now))
    there, back = count_changes(one, other).totals, count_changes(other, one).totals
    assert (there["n_before"] + there["n_gained"] - there["n_lost"]).to_list() == there["n_after"].to_list()
    assert there["n_gained"].to_list() == back["n_lost"].to_list()
    assert there["n_revised"].to_list() == back["n_revised"].to_list()
    assert count_changes(one, one).is_equal


@pytest.fixture(scope="module")
def moved() -> Changes:
    """Patient 1 of a keeps a series, has one revised and one lost; patient 2 of b is new with two series."""
    before = frame([("a", 1, 1, 1, 0), ("a", 1, 1, 2, 0), ("a", 1, 1, 3, 0)])
    after = frame([("a", 1, 1, 1, 0), ("a", 1, 1, 2, 9), ("b", 2, 2, 4, 0), ("b", 2, 2, 5, 0)])
    return count_changes(before, after, names=("version 24", "version 25"))


def test_it_says_what_moved_and_where(moved: Changes) -> None:
    assert moved.sentences == (
        "Since version 24, version 25 gained 1 patient, 1 study and 2 series, lost 1 series and revised 1 series.",
        "Gained patients are in 1 collection: b (1).",
        "Lost series are in 1 collection: a (1).",
        "Revised series are in 1 collection: a (1).",
    )
    assert moved.table["collection_id"].to_list() == ["a"] * 3 + ["b"] * 3
    assert moved.n("patients", "n_revised") == 1
    assert not moved.is_equal


def test_a_lost_series_whose_study_gained_another_may_have_been_replaced(moved: Changes) -> None:
    assert moved.n_replaced == 0
    before = frame([("a", 1, 1, 1, 0), ("a", 1, 2, 2, 0)])
    told = count_changes(before, frame([("a", 1, 1, 3, 0), ("a", 1, 3, 4, 0)]))
    assert told.n_replaced == 1
    assert told.sentences[-1] == "Of 2 series lost, 1 are in studies that gained others, perhaps in their place."


def test_a_patient_whose_series_are_not_listed_counts_without_any() -> None:
    """Patient 2 stays without a listed series, patient 3 comes without one; neither is a series lost or replaced."""
    unlisted = frame([("a", 2, 2, None, 0)])
    told = count_changes(unlisted, pl.concat([unlisted, frame([("a", 2, 2, 7, 0), ("a", 3, 3, None, 0)])]))
    assert (told.n("patients", "n_gained"), told.n("series", "n_gained"), told.n("series", "n_lost")) == (1, 1, 0)
    assert told.n_replaced == 0


def test_equal_releases_say_that_nothing_changed() -> None:
    rows = frame([("a", 1, 1, 1, 0)])
    assert count_changes(rows, rows).sentences == (
        "Nothing changed between the earlier release and the later release.",
    )
    assert count_changes(rows.clear(), rows.clear()).is_equal


def test_what_a_source_does_not_keep_is_null_and_not_zero(moved: Changes) -> None:
    rows = frame([("a", 1, 1, 1, 0)])
    told = count_changes(rows.clear(), rows, unknown=("n_lost", "n_revised"))
    assert told.totals["n_lost"].to_list() == told.table["n_revised"].to_list() == [None] * 3
    assert told.sentences[0].endswith("the later release gained 1 patient, 1 study and 1 series.")
    assert told.note.endswith("What was withdrawn or revised since is not known here.")
    assert "not known here" not in moved.note


def test_an_unknown_content_counts_as_revised_beside_a_known_one() -> None:
    known = frame([("a", 1, 1, 1, 0)])
    unknown = known.with_columns(content=pl.lit(None, pl.Int64))
    assert count_changes(unknown, known).n("series", "n_revised") == 1
    assert count_changes(unknown, unknown).is_equal


def test_a_release_without_a_column_is_refused() -> None:
    rows = frame([("a", 1, 1, 1, 0)])
    with pytest.raises(UnknownNameError) as caught:
        count_changes(rows, rows.drop("content"))
    assert str(caught.value) == (
        "No column 'content' in the later release. Valid: collection_id, patients, studies, series. "
        "One row a series has all five."
    )

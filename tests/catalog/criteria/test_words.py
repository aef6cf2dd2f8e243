"""A criterion typed as words means what the same criterion means in Python."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workbench.catalog.commons import Catalog
from workbench.catalog.criteria.attributes import attributes
from workbench.catalog.criteria.reading import known_values
from workbench.catalog.criteria.words import criterion_in_words, near_test_in_words
from workbench.errors import UnknownNameError

WORD_COLUMNS = ("collection_id", "modality", "body_region", "sex", "species", "manufacturer", "model", "license")


@pytest.mark.parametrize(
    ("words", "criterion"),
    [
        ("modality=CT", ("modality", "CT")),
        ("modality=CT,MR", ("modality", ["CT", "MR"])),
        (" modality = CT , MR ", ("modality", ["CT", "MR"])),
        ("body_region=Chest, Abdomen and Pelvis", ("body_region", "Chest, Abdomen and Pelvis")),
        ("species=Human, Mouse", ("species", "Human, Mouse")),
        ("model=1080", ("model", "1080")),
        ("age_years=18..89", ("age_years", (18, 89))),
        ("age_years=18..", ("age_years", (18, None))),
        ("age_years=..17.5", ("age_years", (None, 17.5))),
        ("n_instances=100", ("n_instances", 100)),
        ("n_instances=100,200", ("n_instances", [100, 200])),
        ("derived=TRUE", ("derived", True)),
        ("derived=false", ("derived", False)),
    ],
)
def test_words_are_read_by_the_column_they_name(commons: Catalog, words: str, criterion: tuple[str, Any]) -> None:
    assert criterion_in_words(commons.repository, words) == criterion


@pytest.mark.parametrize("column", WORD_COLUMNS)
def test_every_value_a_column_holds_can_be_typed(commons: Catalog, column: str) -> None:
    for value in known_values(commons.repository, column):
        assert criterion_in_words(commons.repository, f"{column}={value}") == (column, value)


@pytest.mark.parametrize("words", ["modality", "modality=", "=CT", "", "modality=,"])
def test_words_without_a_column_or_a_value_are_refused(commons: Catalog, words: str) -> None:
    with pytest.raises(ValueError, match="was received") as caught:
        criterion_in_words(commons.repository, words)
    assert str(caught.value) == (
        f"{words!r} was received. COLUMN=VALUE would be right, such as modality=CT; a column alone goes with "
        "missing 'only'. See: workbench cohort new --help"
    )


@pytest.mark.parametrize(("words", "part"), [("age_years=old", "old"), ("age_years=18..x", "x"), ("size_mb=1,b", "b")])
def test_a_word_where_a_number_is_needed_is_refused(commons: Catalog, words: str, part: str) -> None:
    with pytest.raises(ValueError, match="is no number") as caught:
        criterion_in_words(commons.repository, words)
    assert str(caught.value) == (
        f"{words!r} was received, but {part!r} is no number. COLUMN=NUMBER or COLUMN=LOW..HIGH would be right, "
        "such as age_years=18..89. See: workbench cohort new --help"
    )


def test_an_unknown_column_names_the_nearest(commons: Catalog) -> None:
    with pytest.raises(UnknownNameError) as caught:
        criterion_in_words(commons.repository, "colection_id=nlst")
    names = list(attributes(commons.repository))
    assert str(caught.value) == (
        "No column 'colection_id' in NCI Imaging Data Commons. Did you mean 'collection_id'? "
        f"Valid: {', '.join(names[:12])}, … ({len(names)} in all). Use one of these before the '='."
    )


def test_commas_and_blanks_alone_are_no_value(commons: Catalog) -> None:
    with pytest.raises(ValueError, match="was received"):
        criterion_in_words(commons.repository, "modality=, ,")


@pytest.mark.parametrize("words", ["age_years", "age_years=", " age_years = ", "age_years=,"])
def test_a_column_alone_is_enough_for_what_is_missing(commons: Catalog, words: str) -> None:
    assert criterion_in_words(commons.repository, words, missing="only") == ("age_years", None)


def test_a_column_alone_still_has_to_exist(commons: Catalog) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'age_years'"):
        criterion_in_words(commons.repository, "age_yeers", missing="only")


@pytest.mark.parametrize("words", ["", "=", "=18.."])
def test_no_column_is_never_enough(commons: Catalog, words: str) -> None:
    with pytest.raises(ValueError, match="was received"):
        criterion_in_words(commons.repository, words, missing="only")


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ("Positive:-3..14", {"result": "Positive", "days": (-3, 14)}),
        ("Positive:28..", {"result": "Positive", "days": (28, None)}),
        ("Negative:..-1:last", {"result": "Negative", "days": (None, -1), "which": "last"}),
        (" Positive : 0 .. +7 : first ", {"result": "Positive", "days": (0, 7), "which": "first"}),
        ("Not Detected:0..1", {"result": "Not Detected", "days": (0, 1)}),
        ("RT-PCR (2:1)=Positive:0..1", {"test": "RT-PCR (2:1)", "result": "Positive", "days": (0, 1)}),
    ],
)
def test_a_window_around_a_test_is_read(words: str, window: dict[str, Any]) -> None:
    assert near_test_in_words(words) == window


@given(
    low=st.none() | st.integers(-400, 400),
    high=st.none() | st.integers(-400, 400),
    which=st.none() | st.sampled_from(["all", "first", "last"]),
    test=st.none() | st.just("SARS-CoV-2 PCR"),
)
def test_every_window_can_be_typed(low: int | None, high: int | None, which: str | None, test: str | None) -> None:
    assume((low, high) != (None, None))
    ends = "..".join("" if day is None else str(day) for day in (low, high))
    typed = f"{f'{test}=' if test else ''}Positive:{ends}{f':{which}' if which else ''}"
    more = {name: word for name, word in (("test", test), ("which", which)) if word}
    assert near_test_in_words(typed) == {"result": "Positive", "days": (low, high), **more}


@pytest.mark.parametrize(
    "words", ["", "Positive", "Positive:", "Positive:..", "Positive:1", "Positive:a..b", ":0..1", "x:0..1:best"]
)
def test_a_window_that_is_none_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="was received") as caught:
        near_test_in_words(words)
    assert str(caught.value) == (
        f"{words!r} was received. RESULT:LOW..HIGH in days after the test would be right, such as Positive:-3..14 or "
        "Positive:28..:first. See: workbench cohort new --help"
    )

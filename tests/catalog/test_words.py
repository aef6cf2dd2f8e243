"""A criterion typed as words means what the same criterion means in Python."""

from typing import Any

import pytest

from workbench.catalog.attributes import attributes
from workbench.catalog.commons import Catalog
from workbench.catalog.reading import known_values
from workbench.catalog.words import criterion_in_words
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
        f"{words!r} was received. COLUMN=VALUE would be right, such as modality=CT. See: workbench cohort --help"
    )


@pytest.mark.parametrize(("words", "part"), [("age_years=old", "old"), ("age_years=18..x", "x"), ("size_mb=1,b", "b")])
def test_a_word_where_a_number_is_needed_is_refused(commons: Catalog, words: str, part: str) -> None:
    with pytest.raises(ValueError, match="is no number") as caught:
        criterion_in_words(commons.repository, words)
    assert str(caught.value) == (
        f"{words!r} was received, but {part!r} is no number. COLUMN=NUMBER or COLUMN=LOW..HIGH would be right, "
        "such as age_years=18..89. See: workbench cohort --help"
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

"""Messages in three parts: what came, what would be right, what to do next."""

import pytest

from workbench.errors import MissingPackageError, UnknownNameError, brief, nearest_names, unknown_name


def test_a_misspelled_name_shows_the_nearest_first() -> None:
    error = unknown_name("column", "race_ethncity", ["race_ethnicity", "sex"], where="patients", then="Correct it.")
    assert str(error) == (
        "No column 'race_ethncity' in patients. Did you mean 'race_ethnicity'? Valid: race_ethnicity, sex. Correct it."
    )


def test_a_name_that_resembles_nothing_gets_the_list_only() -> None:
    error = unknown_name("column", "qqq", ["sex", "age"], where="patients", then="Correct it.")
    assert str(error) == "No column 'qqq' in patients. Valid: sex, age. Correct it."


@pytest.mark.parametrize(
    ("n", "listed"), [(12, "a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11."), (13, "… (13 in all).")]
)
def test_a_long_list_is_cut_and_says_how_long_it_is(n: int, listed: str) -> None:
    assert listed in str(unknown_name("name", "zzz", [f"a{i}" for i in range(n)], where="here", then="Go on."))


def test_what_came_is_shown_in_eighty_characters() -> None:
    error = unknown_name("column", "x" * 100_000, ["sex"], where="patients", then="Correct it.")
    assert str(error) == f"No column '{'x' * 78}… in patients. Valid: sex. Correct it."
    assert brief("9" * 80) == "9" * 80
    assert brief("9" * 81) == "9" * 79 + "…"


def test_options_may_be_given_once_only() -> None:
    error = unknown_name("column", "sx", iter(["sex", "age"]), where="patients", then="Correct it.")
    assert "Did you mean 'sex'? Valid: sex, age." in str(error)


@pytest.mark.parametrize(
    ("got", "options", "nearest"),
    [
        ("ct", ["CT", "MR"], ["CT"]),
        ("CHEST", ["Chest", "Head"], ["Chest"]),
        ("", ["CT"], []),
        ("x", [], []),
        ("aaaa", ["aaab", "aaac", "aaad", "aaae"], ["aaae", "aaad", "aaac"]),
    ],
)
def test_the_nearest_names_ignore_case_and_are_three_at_most(got: str, options: list[str], nearest: list[str]) -> None:
    assert nearest_names(got, options) == nearest


def test_each_error_is_of_the_family_a_caller_would_catch() -> None:
    assert issubclass(UnknownNameError, LookupError)
    assert issubclass(MissingPackageError, ImportError)


def test_a_message_is_shown_without_the_quotes_of_a_lookup_error() -> None:
    assert str(UnknownNameError("No column.")) == "No column."
    assert str(UnknownNameError()) == ""

import polars as pl
import pytest

from workbench.vocabulary.demographics import (
    AGE_DECADES,
    AGE_GROUPS,
    COVID_STATUS,
    ETHNICITY,
    MISSING,
    RACE,
    RACE_ETHNICITY,
    RESIDUAL,
    SEX,
    age_group,
    definitions_of,
)


@pytest.mark.parametrize("categories", [SEX, RACE, ETHNICITY, RACE_ETHNICITY])
def test_the_three_missing_categories_come_last(categories: tuple[str, ...]) -> None:
    assert categories[-3:] == MISSING
    assert len(set(categories)) == len(categories)


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, "0–4"),
        (4.99, "0–4"),
        (5, "5–11"),
        (17.999, "16–17"),
        (18, "18–29"),
        (64.9, "50–64"),
        (85, "85+"),
        (104, "85+"),
    ],
)
def test_a_band_ends_just_before_the_next_begins(age: float, band: str) -> None:
    ages = pl.DataFrame({"age_years": [float(age)]})
    assert ages.select(age_group(pl.col("age_years"))).item() == band


def test_labels_state_their_lower_bound() -> None:
    for groups in (AGE_GROUPS, AGE_DECADES):
        assert all(float(label.rstrip("+").split("–")[0]) == lower for label, lower in groups.items())
    assert list(AGE_DECADES)[-2:] == ["80–89", "90+"]


def test_a_null_age_keeps_its_reason_and_an_impossible_age_is_unknown() -> None:
    patients = pl.DataFrame(
        {"age_years": [None, None, -1.0, float("nan")], "age_years_missing": ["Not Applicable", None, None, None]}
    )
    banded = patients.select(age_group(pl.col("age_years"), pl.col("age_years_missing"), AGE_DECADES)).to_series()
    assert banded.to_list() == ["Not Applicable", "Not Reported", "Unknown", "Unknown"]
    assert banded.dtype == pl.Enum([*AGE_DECADES, *MISSING])


def test_what_fits_no_other_category_is_defined_where_it_is_shown() -> None:
    vocabularies = {"sex": SEX, "race": RACE, "race_ethnicity": RACE_ETHNICITY, "covid19_positive": COVID_STATUS}
    for attribute, categories in vocabularies.items():
        residual = [category for category in categories if category in RESIDUAL]
        assert residual
        texts = definitions_of(attribute, categories)
        assert all(any(text.startswith(f"{category}: ") for text in texts) for category in residual)
        assert definitions_of(attribute, set(categories) - set(RESIDUAL)) == tuple(
            text for text in texts if text.split(":")[0] not in residual
        )
    assert definitions_of("manufacturer", ["Other"]) == ()

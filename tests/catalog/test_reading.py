"""Criteria that cannot be meant, asked of the embedded commons: each is refused in words."""

from typing import Any

import pytest

from workbench.catalog.commons import Catalog, open_catalog
from workbench.errors import UnknownNameError

COLUMNS = (
    "collection_id, modality, body_region, body_region_source, body_part, age_years, sex, species, manufacturer, "
    "model, license, derived, … (19 in all)"
)
WRONG = [
    (
        {"modalty": "CT"},
        UnknownNameError,
        (
            "No column 'modalty' in NCI Imaging Data Commons. Did you mean 'modality' or 'model'? "
            f"Valid: {COLUMNS}. Use one of these in where(…)."
        ),
    ),
    (
        {"sex": "Femal"},
        UnknownNameError,
        (
            "No sex value 'Femal' in NCI Imaging Data Commons. Did you mean 'Female' or 'Male'? "
            "Valid: Female, Male, Other, Conflicting, Unknown, Not Reported, Not Applicable. Use one of these."
        ),
    ),
    (
        {"modality": None},
        ValueError,
        (
            "modality=None was received. A value, a list or a range would be right. "
            'To select rows whose modality is missing, write where(modality=None, missing="only").'
        ),
    ),
    (
        {"modality": "CT", "missing": "drop"},
        UnknownNameError,
        "No missing policy 'drop' in where. Valid: exclude, keep, only. The default is \"exclude\".",
    ),
    (
        {"modality": ("CT", "MR")},
        TypeError,
        (
            "modality=('CT', 'MR') was received; a tuple is a range, and modality has no order. "
            "A list would select any of its members. Write modality=['CT', 'MR']."
        ),
    ),
    *(
        (
            {"age_years": bounds},
            ValueError,
            (
                f"age_years={bounds!r} was received. A range is two numbers, the lowest and the highest, "
                "one of which may be None. Write for instance age_years=(18, 89) or age_years=(18, None)."
            ),
        )
        for bounds in [(None, None), (18,), (18, 30, 40), ("18", "89"), (True, 5)]
    ),
    (
        {"age_years": (89, 18)},
        ValueError,
        (
            "age_years=(89, 18) was received, which holds nothing: the first number is the larger one. "
            "A range is (lowest, highest). Write age_years=(18, 89)."
        ),
    ),
    (
        {"sex": []},
        ValueError,
        (
            "sex=[] was received, which selects nothing. A list of at least one value would be right. "
            "Leave the criterion out to select every sex."
        ),
    ),
    (
        {"n_instances": "many"},
        TypeError,
        (
            "n_instances='many' was received. n_instances holds numbers. "
            "See commons.where(n_instances=…) in notebook 21_cohort_selection."
        ),
    ),
    (
        {"derived": "yes"},
        TypeError,
        (
            "derived='yes' was received. derived holds True or False. "
            "See commons.where(derived=…) in notebook 21_cohort_selection."
        ),
    ),
]


@pytest.mark.parametrize(("criterion", "kind", "message"), WRONG, ids=lambda case: repr(case)[:30])
def test_a_wrong_criterion_says_what_came_what_is_right_and_what_to_do(
    commons: Catalog, criterion: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        commons.where(**criterion)
    assert str(caught.value) == message


def test_a_misspelled_collection_names_the_nearest(commons: Catalog) -> None:
    with pytest.raises(
        UnknownNameError,
        match=r"^No collection_id value 'midrc_ricord_1x' in NCI Imaging Data Commons\. "
        r"Did you mean 'midrc_ricord_1\w' or .*\? Valid: .*… \(\d+ in all\)\. Use one of these\.$",
    ):
        commons.where(collection_id="midrc_ricord_1x")


def test_an_unknown_source_names_the_one_there_is() -> None:
    with pytest.raises(UnknownNameError) as caught:
        open_catalog("ibc")
    assert str(caught.value) == (
        "No source 'ibc' in the workbench. Did you mean 'idc'? Valid: idc, synthetic. "
        "Use open_catalog('idc'), or the path of a file or folder that exists."
    )


def test_an_unknown_census_column_names_the_nearest(commons: Catalog) -> None:
    with pytest.raises(UnknownNameError) as caught:
        commons.everything.census(by=["sx"])
    assert str(caught.value) == (
        "No attribute 'sx' in the patients. Did you mean 'sex'? Valid: collection_id, species, sex, age_missing, "
        "age_over_89, age_group, age_decade, modality, body_region, body_region_source, body_part, manufacturer, … "
        "(18 in all). Pass one of these."
    )


def test_a_range_with_a_number_that_is_none_is_refused(commons: Catalog) -> None:
    with pytest.raises(ValueError, match="age_years"):
        commons.where(age_years=(float("nan"), 5))


@pytest.mark.parametrize(
    ("criterion", "series"),
    [
        ({"first_version": 300}, 0),
        ({"first_version": -1}, 0),
        ({"first_version": [1, 300]}, None),
        ({"first_version": (0, 300)}, None),
        ({"n_instances": [1, 2.5]}, None),
    ],
)
def test_a_number_no_series_can_have_selects_nothing_or_is_refused_in_words(
    commons: Catalog, criterion: dict[str, Any], series: int | None
) -> None:
    (column,) = criterion
    try:
        counts = commons.where(**criterion).counts
    except ValueError as error:
        assert str(error).startswith(f"{column}=")  # noqa: PT017
    else:
        assert counts["series"] == series or series is None


def test_ages_beyond_the_top_code_cannot_be_asked_for(commons: Catalog) -> None:
    with pytest.raises(ValueError, match="90 and over") as caught:
        commons.where(age_years=(91, None))
    assert str(caught.value).endswith("Write age_years=(90, None).")

import polars as pl
import pytest

from workbench.assessment.alignment import common_attributes, nest_age_bands
from workbench.assessment.references import read_reference
from workbench.errors import UnknownNameError

CENSUS = read_reference("us_census")


def test_finer_bands_of_the_cohort_are_summed() -> None:
    counted, shares = nest_age_bands({"0–4": 1, "5–17": 2, "18+": 3}, {"0–17": 0.2, "18+": 0.8})
    assert (counted, shares) == ({"0–17": 3, "18+": 3}, {"0–17": 0.2, "18+": 0.8})


def test_bands_that_cross_an_edge_are_refused() -> None:
    with pytest.raises(ValueError, match="nest") as caught:
        nest_age_bands({"0–9": 1, "10+": 2}, {"0–4": 0.5, "5+": 0.5})
    assert str(caught.value) == (
        "The cohort's age bands (0–9, 10+) and the reference's (0–4, 5+) do not nest: they have no edge in "
        "common, and nobody knows how the patients of a band divide. Band the ages again with "
        "workbench.vocabulary.demographics.age_group and the bounds of the reference."
    )


def test_an_attribute_that_a_side_lacks_is_named() -> None:
    with pytest.raises(UnknownNameError) as caught:
        common_attributes({"sex": {}, "site": {}}, CENSUS, ["sexes"])
    assert str(caught.value) == (
        "No attribute 'sexes' in the reference 'us_census'. Did you mean 'sex'? Valid: sex, age_group, race, "
        "ethnicity, race_ethnicity. Pass one of these in attributes=."
    )


def test_nothing_in_common_is_refused() -> None:
    with pytest.raises(ValueError, match="None of them") as caught:
        common_attributes(pl.DataFrame({"site": ["A"]}), CENSUS, None)
    assert str(caught.value) == (
        "The cohort has site. None of them is an attribute of the reference 'us_census': sex, age_group, race, "
        "ethnicity, race_ethnicity. Rename or derive one, such as age_group from age_years with "
        "workbench.vocabulary.demographics.age_group."
    )

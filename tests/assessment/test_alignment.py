import polars as pl
import pytest

from workbench.assessment.alignment import bands_in_common, common_attributes, nest_age_bands
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


def test_bands_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap") as caught:
        bands_in_common(["0–17", "10–20", "18+"], ["0–17", "18+"])
    assert str(caught.value) == (
        "The cohort's age bands overlap: 0–17 and 10–20, 10–20 and 18+. Bands that hold each age once would be right. "
        "Band the ages again with workbench.vocabulary.demographics.age_group."
    )


def test_one_band_in_two_spellings_overlaps_nothing() -> None:
    assert bands_in_common(["0-17", "0–17", "18+"], ["0–17", "18+"])[0]["0-17"] == "0–17"


def test_attributes_of_a_cohort_without_any_are_refused() -> None:
    with pytest.raises(ValueError, match="without any") as caught:
        common_attributes({}, CENSUS, ["sex"])
    assert str(caught.value) == (
        "Received a cohort without any attribute and asked for sex. One row a patient, censuses, or numbers by "
        "attribute and category would be right. Pass one of these."
    )


@pytest.mark.parametrize(
    ("counts", "what"), [(None, "None"), (pl.Series([1]), "a Series"), ("sex", "a str"), ({"sex": 5}, "a dict")]
)
def test_what_is_no_cohort_is_refused(counts, what) -> None:
    with pytest.raises(TypeError, match="as the cohort") as caught:
        common_attributes(counts, CENSUS, None)
    assert str(caught.value) == (
        f"Received {what} as the cohort. A frame with one row a patient, censuses, or numbers by attribute and "
        "category would be right. Pass one of these, such as {'sex': {'Male': 5}}."
    )


@pytest.mark.parametrize(
    ("reference", "what", "name"), [("us_acs", "a str", "us_acs"), (pl.DataFrame(), "a DataFrame", "us_census")]
)
def test_what_is_no_reference_is_refused(reference, what, name) -> None:
    with pytest.raises(TypeError, match="as the reference") as caught:
        common_attributes({"sex": {}}, reference, None)
    assert str(caught.value) == (
        f"Received {what} as the reference. A population that was read, or a ReferenceCohort of other patients, would "
        f"be right. Pass one of these, such as read_reference({name!r})."
    )

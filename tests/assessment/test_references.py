import polars as pl
import pytest

from workbench.assessment.references import list_references, read_reference
from workbench.errors import UnknownNameError
from workbench.vocabulary.demographics import AGE_GROUPS, ETHNICITY, MISSING, RACE, RACE_ETHNICITY, SEX


@pytest.mark.parametrize("name", list_references())
def test_fractions_of_each_attribute_sum_to_one(name: str) -> None:
    table = read_reference(name).table
    sums = table.group_by("attribute").agg(pl.col("fraction").sum())["fraction"].to_list()
    assert sums == pytest.approx([1] * len(sums))


def test_the_census_is_spelled_as_the_vocabulary() -> None:
    census = read_reference("us_census")
    vocabularies = {
        "sex": SEX[:2],
        "age_group": tuple(AGE_GROUPS),
        "race": RACE,
        "ethnicity": ETHNICITY,
        "race_ethnicity": RACE_ETHNICITY,
    }
    assert census.attributes == list(vocabularies)
    for (attribute,), rows in census.table.group_by("attribute", maintain_order=True):
        expected = [category for category in vocabularies[str(attribute)] if category not in MISSING]
        assert rows["category"].to_list() == expected


def test_what_no_source_states_is_unknown() -> None:
    census = read_reference("us_census")
    assert (census.source["table_id"], census.source["vintage"]) == ("unknown", "unknown")
    assert repr(census).startswith(
        "US population percentages as shipped with MIDRC-REACT (table unknown, year unknown)"
    )
    assert "<p>" in census._repr_html_()


def test_an_unknown_population_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError) as caught:
        read_reference("us_cencus")
    assert str(caught.value) == (
        "No reference population 'us_cencus' in data_catalog/reference_populations. Did you mean 'us_census'? "
        f"Valid: {', '.join(list_references())}. Pass one of these names."
    )

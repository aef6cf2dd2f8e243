"""A definition that only makes sense with the data it was saved with is refused with other data, in words."""

import dataclasses
from typing import Any

import pytest

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.facets import count


def other_version(commons: Catalog, build: str = "24.0.0") -> Catalog:
    return Catalog(dataclasses.replace(commons.repository, build=build))


def test_a_sample_is_not_read_with_another_data_version(commons: Catalog) -> None:
    sample = commons.where(modality="CT").sample(2)
    assert commons.cohort_from(sample.definition()) == sample
    now = commons.repository.build
    with pytest.raises(ValueError, match="by their numbers") as caught:
        other_version(commons).cohort_from(sample.definition(), name="two.yaml")
    assert str(caught.value) == (
        f"two.yaml names series, studies or patients by their numbers in data version {now}; in 24.0.0 these are "
        "others. The version it was saved with would be right. Open that one, or sample again: cohort.sample(…)."
    )


def test_a_query_without_numbers_is_read_with_any_version(commons: Catalog) -> None:
    cohort = commons.where_sql("select patient_key from patients where sex = 'Female'")
    assert other_version(commons).cohort_from(cohort.definition()).counts == cohort.counts


def test_a_cohort_of_a_joined_catalog_asks_for_the_join(commons: Catalog) -> None:
    joined = other_version(commons, f"{commons.repository.build}+join.0123456789ab")
    definition = Cohort(joined.repository).where(modality="CT").definition()
    now = commons.repository.build
    with pytest.raises(ValueError, match="joined") as caught:
        commons.cohort_from(definition, name="mine.yaml")
    assert str(caught.value) == (
        f"mine.yaml was saved from a catalog that a table was joined to ({now}+join.0123456789ab); this one is {now}. "
        "The same table joined again would be right. Join it first: commons.join(table, on=…).read_cohort(…)"
    )


@pytest.mark.parametrize("value", [(10, 20), 10, None])
def test_each_needs_several_values(commons: Catalog, value: Any) -> None:
    with pytest.raises(ValueError, match='match="each"') as caught:
        commons.where(age_years=value, level="study", match="each", missing="only" if value is None else "exclude")
    assert str(caught.value) == (
        f'age_years={value!r} was received with match="each". A list of at least two values would be right, each of '
        'which the study has to hold. Write for instance modality=["CT", "MR"], or leave match out.'
    )


def test_facets_are_counted_of_a_cohort(commons: Catalog) -> None:
    with pytest.raises(TypeError) as caught:
        count(commons, ["sex"])  # type: ignore[arg-type]
    assert str(caught.value) == (
        "A Catalog was received. A cohort would be right. Pass commons.everything for all of it."
    )


def test_a_sample_is_a_whole_number_of_series(commons: Catalog) -> None:
    with pytest.raises(TypeError) as caught:
        commons.everything.sample(1.5)  # type: ignore[arg-type]
    assert str(caught.value) == ("A sample of 1.5 series was received. A whole number would be right. Use sample(1).")

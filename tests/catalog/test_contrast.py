"""Two cohorts side by side: shared patients count on both sides, and the differences are Table 1's."""

import dataclasses

import polars as pl
import pytest

from workbench.catalog.commons import Catalog
from workbench.catalog.contrast import contrast


def test_each_column_counts_the_patients_of_its_cohort(commons: Catalog) -> None:
    women = commons.where(collection_id="midrc_ricord_1a", sex="Female")
    everyone = commons.where(collection_id="midrc_ricord_1a")
    apart = contrast(everyone, women, names=("all", "women"))
    n, n_women = everyone.counts["patients"], women.counts["patients"]
    assert apart.n_both == n_women
    assert apart.table.columns == ["attribute", "level", f"all (n = {n})", f"women (n = {n_women})", "SMD"]
    female = apart.table.filter(level="Female").row(0)
    assert female[2:4] == (f"{n_women} ({100 * n_women / n:.1f})", f"{n_women} (100.0)")


def test_a_cohort_does_not_differ_from_itself(commons: Catalog) -> None:
    cohort = commons.where(collection_id="midrc_ricord_1b")
    apart = contrast(cohort, cohort)
    assert apart.smd["smd"].drop_nulls().to_list() == [0.0] * apart.smd["smd"].drop_nulls().len()
    n = cohort.counts["patients"]
    assert apart.sentence == f"{n} patients are in both. No attribute differs by 0.1 or more."


def test_disjoint_cohorts_differ_without_bound_where_they_share_no_level(commons: Catalog) -> None:
    first, second = (commons.where(collection_id=name) for name in ("midrc_ricord_1a", "midrc_ricord_1b"))
    apart = contrast(first, second)
    assert apart.n_both == 0
    assert apart.smd.filter(attribute="collection_id")["smd"].to_list() == [float("inf")]
    assert "collection_id differs most" in apart.sentence


def test_an_empty_cohort_leaves_nothing_to_compare(commons: Catalog) -> None:
    nobody = commons.where(collection_id="midrc_ricord_1a", modality="MR")
    apart = contrast(commons.where(collection_id="midrc_ricord_1a"), nobody)
    assert apart.n_both == 0
    assert apart.smd["smd"].null_count() == apart.smd.height


def test_it_prints_alike_as_text_and_page(commons: Catalog) -> None:
    apart = contrast(commons.where(modality="PT"), commons.where(modality="NM"), attributes=["sex"])
    assert repr(apart).startswith(f"{apart.sentence}\n")
    assert apart._repr_html_().count("<tr>") == apart.table.height + 1


def test_cohorts_of_different_data_are_refused(commons: Catalog) -> None:
    cohort = commons.where(modality="PT")
    older = dataclasses.replace(cohort, repository=dataclasses.replace(cohort.repository, build="24.0"))
    with pytest.raises(ValueError, match="were received") as caught:
        contrast(cohort, older)
    assert str(caught.value) == (
        f"Cohorts of NCI Imaging Data Commons ({commons.repository.build}) and NCI Imaging Data Commons (24.0) were "
        "received. Two of the same source and data version would be right, so that a patient in both is known. "
        "Select both from one catalog."
    )


def test_a_sample_is_a_cohort_of_that_many_series(commons: Catalog) -> None:
    cohort = commons.where(collection_id="midrc_ricord_1b")
    assert cohort.sample(5, seed=1).counts["series"] == 5
    assert cohort.sample(5, seed=1) == cohort.sample(5, seed=1) != cohort.sample(5, seed=2)
    assert set(cohort.sample(5).rows) <= set(cohort.rows)
    assert commons.cohort_from(cohort.sample(3).definition()) == cohort.sample(3)


def test_the_smallest_sample_is_the_smallest_acquired_series(commons: Catalog) -> None:
    cohort = commons.where(collection_id="midrc_ricord_1b", derived=False)
    sizes = cohort.repository.column("series", "size_mb").gather(cohort.rows)
    smallest = cohort.sample(1, smallest=True)
    assert smallest.repository.column("series", "size_mb").gather(smallest.rows).to_list() == [sizes.min()]


def test_a_sample_of_nothing_is_nothing(commons: Catalog) -> None:
    nobody = commons.where(collection_id="midrc_ricord_1a", modality="MR")
    assert nobody.sample(1) == nobody
    assert pl.Series(nobody.sample(1).rows).is_empty()

"""Studies lie around the index event, some a year later, of kinds as frequent as published."""

import numpy as np
import polars as pl
import pytest

from workbench.phantoms.imaging_studies import STUDY_KINDS, Visits, draw_visits, studies_table
from workbench.phantoms.population import Population, draw_population, plan_of_size
from workbench.phantoms.sites import SITES


@pytest.fixture(scope="module")
def population() -> Population:
    """Return 20,000 patients."""
    return draw_population(plan_of_size(20_000))


@pytest.fixture(scope="module")
def visits(population: Population) -> Visits:
    """Return their studies."""
    return draw_visits(population, rng=np.random.default_rng(0))


def test_every_patient_has_the_studies_that_were_drawn_or_one_place(population: Population, visits: Visits) -> None:
    n_studies = np.bincount(visits.patient, weights=visits.is_study)
    assert (n_studies == population.n_studies).all()
    assert (np.bincount(visits.patient) == np.maximum(population.n_studies, 1)).all()


def test_studies_of_a_patient_are_in_the_order_of_days(visits: Visits) -> None:
    same = np.diff(visits.patient) == 0
    assert (np.diff(visits.days)[same] >= 0).all()
    assert visits.days.min() == -3
    assert visits.days.max() <= 365


def test_patients_with_covid_are_followed_up_more_often(population: Population, visits: Visits) -> None:
    late = np.bincount(visits.patient, weights=visits.days >= 60) > 0
    positive = population.covid == 0
    assert late[positive].mean() > 2 * late[~positive].mean() > 0


def test_modalities_are_as_frequent_as_in_the_published_descriptions(visits: Visits) -> None:
    counts: dict[tuple[str, ...], int] = {}
    for number, kind in enumerate(STUDY_KINDS):
        of_kind = int(((visits.kind == number) & visits.is_study).sum())
        counts[kind.modalities] = counts.get(kind.modalities, 0) + of_kind
    n = int(visits.is_study.sum())
    # DX 112,605; CR 88,535; CT 29,300 of 233,985 descriptions: 48, 38 and 13 of 100.
    for modalities, expected in {("DX",): 0.48, ("CR",): 0.37, ("CT",): 0.13, ("CR", "DX"): 0.02}.items():
        assert counts[modalities] == pytest.approx(expected * n, abs=3)


def test_sites_leave_different_shares_empty(population: Population, visits: Visits) -> None:
    studies = studies_table(population, visits, first=(0, 0), rng=np.random.default_rng(1))
    site = pl.Series(list(SITES)).gather(population.site[studies["patient_key"]])
    absent = studies.group_by(site.alias("site")).agg(pl.col("days_to_study").is_null().mean())
    shares = dict(absent.iter_rows())
    assert shares["synthetic-site-02"] == pytest.approx(0.02, abs=0.01)
    assert shares["synthetic-site-12"] == pytest.approx(0.30, abs=0.06)
    assert studies["age_missing"].is_null().to_list() == studies["age_at_study_years"].is_not_null().to_list()


def test_nobody_is_younger_at_a_follow_up(population: Population, visits: Visits) -> None:
    studies = studies_table(population, visits, first=(0, 0), rng=np.random.default_rng(1))
    ages = studies.drop_nulls("age_at_study_years").group_by("patient_key", maintain_order=True)
    assert ages.agg(sorted=(pl.col("age_at_study_years").diff().drop_nulls() >= 0).all())["sorted"].all()
    elapsed = studies["age_at_study_years"] - pl.Series(population.age_years).gather(studies["patient_key"])
    # Index age in whole years; up to a year later, or three days before it and a birthday between.
    assert set(elapsed.drop_nulls().filter(studies["age_at_study_years"].drop_nulls() < 90).to_list()) <= {-1, 0, 1, 2}


def test_keys_begin_where_they_are_told_to(population: Population) -> None:
    part = population.part(50, 80)
    visits = draw_visits(part, rng=np.random.default_rng(0))
    studies = studies_table(part, visits, first=(50, 700), rng=np.random.default_rng(0))
    assert studies["study_key"].to_list() == list(range(700, 700 + int(part.n_studies.sum())))
    assert set(studies["patient_key"]) == set((np.flatnonzero(part.n_studies) + 50).tolist())

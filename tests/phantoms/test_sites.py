"""Sites differ in whom they image, all are invented, and none contributes before it took part."""

import numpy as np
import polars as pl
import pytest

from workbench.phantoms.batches import published_batches
from workbench.phantoms.population import draw_population, patients_table, plan_of_size
from workbench.phantoms.sites import SITES, per_site
from workbench.vocabulary.geography import ZIP3_STATES, country_key


@pytest.fixture(scope="module")
def patients() -> pl.DataFrame:
    """Return 50,000 patients."""
    return patients_table(draw_population(plan_of_size(50_000)), first=0, rng=np.random.default_rng(0))


def share(patients: pl.DataFrame, site: str, column: str, value: str) -> float:
    """Return how many of a site's patients are of a kind."""
    of_site = patients.filter(pl.col("site_id") == site)
    return (of_site[column].cast(pl.String) == value).sum() / of_site.height


def test_sites_are_named_synthetic_and_lie_in_real_places() -> None:
    assert all(name.startswith("synthetic-site-") for name in SITES)
    for site in SITES.values():
        assert country_key(site.country)
        assert len({ZIP3_STATES[code] for code in site.zip3}) <= 1
        assert bool(site.zip3) == (site.country == "United States of America")
    assert len({ZIP3_STATES[site.zip3[0]] for site in SITES.values() if site.zip3}) == 9


def test_sites_differ_where_they_are_meant_to(patients: pl.DataFrame) -> None:
    black = "Black or African American"
    assert share(patients, "synthetic-site-04", "race", black) > 2 * share(patients, "synthetic-site-02", "race", black)
    assert share(patients, "synthetic-site-11", "race", "Asian") > 0.7
    assert share(patients, "synthetic-site-05", "race", "Not Reported") > 0.1
    latino = "Hispanic or Latino"
    assert (
        share(patients, "synthetic-site-07", "ethnicity", latino)
        > 0.14
        > share(patients, "synthetic-site-01", "ethnicity", latino)
    )
    ages = dict(patients.group_by(pl.col("site_id").cast(pl.String)).agg(pl.col("age_years").mean()).iter_rows())
    assert min(ages, key=lambda site: ages[site]) == "synthetic-site-09"  # the children's hospital


def test_no_site_contributes_before_its_first_batch(patients: pl.DataFrame) -> None:
    first = dict(patients.group_by(pl.col("site_id").cast(pl.String)).agg(pl.col("batch").min()).iter_rows())
    dates = published_batches().dates
    assert set(first) == set(SITES)
    for name, site in SITES.items():
        assert first[name] >= dates[site.first_batch]


def test_a_number_of_each_site_is_read_in_their_order() -> None:
    assert per_site("weight").tolist()[:3] == [20, 12, 12]

"""Invent the patients of the synthetic commons, at any size, with the published shares of MIDRC's open releases.

Sex, age, race with ethnicity, COVID-19 status and the growth over 47 batches are published; how they hang together
beyond race with ethnicity is not, so within a batch they are independent of each other. Sites, places and everything
about images are invented.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from workbench.phantoms.batches import published_batches, share_out
from workbench.phantoms.drawing import Codes, by_row, named, shuffled
from workbench.phantoms.sites import SITES, draw_sites, per_site
from workbench.tables import PATIENTS, PATIENTS_OPTIONAL, conform
from workbench.vocabulary.demographics import AGE_GROUPS, MISSING
from workbench.vocabulary.dicom import AGE_TOP_CODE_YEARS
from workbench.vocabulary.geography import ZIP3_STATES

_NOT_REPORTED, _NOT_APPLICABLE = MISSING[1:]
#: The code of an age that is not reported.
NO_AGE = 255
_OLDEST = 96
_STUDIES_A_PATIENT = 2.37  # 10,468 studies of the 4,421 patients released by 2021-11-04; MIDRC says >165,000 of ~70,000
_NOT_IMAGED = 0.01  # patients whose studies are not listed
_DRAWN_AT_ONCE = 500_000
_INDEX_EVENTS = ("First Positive Test", "Imaging Encounter", "Imaging Encounter")  # by COVID-19 status


@dataclass(frozen=True)
class Plan:
    """How many patients each batch brings, and on which day one looks.

    Attributes
    ----------
    sizes : tuple of int
        Patients of each of the published batches; those of later batches than `as_of` wait for their release.
    as_of : datetime.date
        The day on which one looks.
    n_released, n_waiting : int, optional
        How many studies the patients released by then have, and those who wait; by default 2.37 a patient.
    follow_ups_later : bool
        Whether a study of months later comes with a later batch than the patient's first.
    """

    sizes: tuple[int, ...]
    as_of: date
    n_released: int | None = None
    n_waiting: int | None = None
    follow_ups_later: bool = True

    @property
    def n_patients(self) -> int:
        """Everybody, released or waiting."""
        return sum(self.sizes)


@dataclass(frozen=True, eq=False)
class Population:
    """The patients as codes, one small integer each, in the order of their batches.

    Attributes
    ----------
    plan : Plan
        What they were drawn for.
    batch, sex, people, covid, site : numpy.ndarray
        (n_patients,), numbers in the dates and kinds of `workbench.phantoms.batches.published_batches`, and in `SITES`.
    age_years : numpy.ndarray
        (n_patients,), at the index event; 255 where it is not reported.
    n_studies : numpy.ndarray
        (n_patients,), zero where the studies are not listed.
    """

    plan: Plan
    batch: Codes
    sex: Codes
    people: Codes
    covid: Codes
    site: Codes
    age_years: Codes
    n_studies: Codes

    def part(self, start: int, stop: int) -> "Population":
        """Return some of the patients.

        Parameters
        ----------
        start, stop : int
            The first, and the one after the last.

        Returns
        -------
        Population
            Views, nothing is copied.
        """
        columns = ("batch", "sex", "people", "covid", "site", "age_years", "n_studies")
        return replace(self, **{name: getattr(self, name)[start:stop] for name in columns})


def plan_of_size(n_patients: int) -> Plan:
    """Return the plan of a commons of any size, seen on the day of the last published batch.

    Parameters
    ----------
    n_patients : int
        How many.

    Returns
    -------
    Plan
        Everybody is released.

    Examples
    --------
    >>> plan_of_size(1000).n_patients
    1000
    """
    batches = published_batches()
    so_far = np.floor(np.cumsum(batches.sizes) * (n_patients / int(batches.sizes.sum())) + 0.5).astype(np.int64)
    return Plan(tuple(np.diff(so_far, prepend=0).tolist()), as_of=batches.dates[-1])


def plan_midrc_2021() -> Plan:
    """Return the plan of MIDRC's dashboard of 2021: 62,595 studies ingested, 52,127 in quality, 10,468 released.

    The dashboard is undated. By the batch of 2021-11-04 MIDRC had released 4,421 patients, 2.37 studies each if it was
    then; those who wait are the patients that it released next, with as many studies each.

    Returns
    -------
    Plan
        26,436 patients. All studies of a patient pass together.

    Examples
    --------
    >>> plan = plan_midrc_2021()
    >>> plan.n_released + plan.n_waiting, plan.as_of.isoformat()
    (62595, '2021-11-04')
    """
    n_released, n_waiting = 10_468, 52_127
    sizes, as_of = published_batches().sizes, date(2021, 11, 4)
    of_released = sum(n for n, day in zip(sizes.tolist(), published_batches().dates, strict=True) if day <= as_of)
    n_patients = of_released + round(n_waiting * of_released / n_released)
    so_far = np.minimum(np.cumsum(sizes), n_patients)
    sizes_kept = tuple(np.diff(so_far, prepend=0).tolist())
    return Plan(sizes_kept, as_of, n_released, n_waiting, follow_ups_later=False)


def draw_population(plan: Plan, *, seed: int = 0) -> Population:
    """Return the invented patients of a plan.

    Parameters
    ----------
    plan : Plan
        What `plan_of_size` or `plan_midrc_2021` gives.
    seed : int
        The same seed gives the same patients.

    Returns
    -------
    Population
        Seven bytes a patient.

    Examples
    --------
    >>> population = draw_population(plan_of_size(100))
    >>> len(population.sex), int(population.n_studies.sum())
    (100, 237)
    """
    rng = np.random.default_rng(seed)
    batches = published_batches()
    sizes = np.array(plan.sizes)
    drawn = {name: shuffled(share_out(new, sizes), rng=rng) for name, new in batches.new.items()}
    batch = np.repeat(np.arange(len(sizes), dtype=np.uint8), sizes)
    site = np.empty_like(batch)
    age_years = np.empty_like(batch)
    for start in range(0, plan.n_patients, _DRAWN_AT_ONCE):
        some = slice(start, start + _DRAWN_AT_ONCE)
        bands = drawn["age_group"][some]
        site[some] = draw_sites(batch[some], drawn["people"][some], bands, rng=rng)
        age_years[some] = _years(bands, rng)
    released = int(sizes[np.array(batches.dates) <= plan.as_of].sum())
    n_studies = np.empty_like(batch)
    n_studies[:released] = _n_studies(released, plan.n_released, rng)
    n_studies[released:] = _n_studies(plan.n_patients - released, plan.n_waiting, rng)
    return Population(plan, batch, drawn["sex"], drawn["people"], drawn["covid19_positive"], site, age_years, n_studies)


def patients_table(population: Population, *, first: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return patients as the rows of the common data model.

    Parameters
    ----------
    population : Population
        Some or all.
    first : int
        The key of the first.
    rng : numpy.random.Generator
        Decides where a patient of a site lives.

    Returns
    -------
    polars.DataFrame
        The columns of `workbench.tables.PATIENTS` and of its optional ones.
    """
    kinds, dates = published_batches().kinds, published_batches().dates
    races, ethnicities = zip(*published_batches().people, strict=True)
    keys = np.arange(first, first + len(population.sex), dtype=np.uint32)
    nobody = np.zeros(len(keys), dtype=np.uint8)
    zip3, state = _places(population.site, rng)
    sites = list(SITES.values())
    columns = {
        "patient_key": keys,
        "person_key": keys,
        "collection_id": named([site.project for site in sites], population.site),
        "species": named(["Human"], nobody),
        "sex": named(kinds["sex"], population.sex, PATIENTS["sex"]),
        "written": population.age_years,
        "race": named(races, population.people, PATIENTS_OPTIONAL["race"]),
        "ethnicity": named(ethnicities, population.people, PATIENTS_OPTIONAL["ethnicity"]),
        "covid19_positive": named(kinds["covid19_positive"], population.covid, PATIENTS_OPTIONAL["covid19_positive"]),
        "site_id": named(SITES, population.site),
        "zip3": zip3,
        "state": state,
        "country": named([site.country for site in sites], population.site),
        "index_event": named(_INDEX_EVENTS, population.covid),
        "batch": named([day if day <= population.plan.as_of else None for day in dates], population.batch, pl.Date()),
    }
    return conform(_with_age(pl.DataFrame(columns)), PATIENTS, name="patients", optional=PATIENTS_OPTIONAL)


def _with_age(patients: pl.DataFrame) -> pl.DataFrame:
    told = pl.when(pl.col("written") != NO_AGE)
    return patients.with_columns(
        age_years=told.then(pl.min_horizontal("written", pl.lit(AGE_TOP_CODE_YEARS))),
        age_missing=told.then(None).otherwise(pl.lit(_NOT_REPORTED)),
        age_over_89=told.then(pl.col("written") >= AGE_TOP_CODE_YEARS),
    )


def _years(bands: Codes, rng: np.random.Generator) -> Codes:
    """Return an age in whole years within each band."""
    lowest = np.array([*AGE_GROUPS.values(), NO_AGE])
    highest = np.array([*lowest[1:-1], _OLDEST, NO_AGE + 1])
    width = (highest - lowest)[bands]
    years: Codes = (lowest[bands] + np.floor(rng.random(len(bands), dtype=np.float32) * width)).astype(np.uint8)
    return years


def _n_studies(n_patients: int, n_studies: int | None, rng: np.random.Generator) -> Codes:
    """Return how many studies each patient has: none for a few, else one and what chance adds; exact in total."""
    total = round(n_patients * _STUDIES_A_PATIENT) if n_studies is None else n_studies
    imaged = rng.random(n_patients, dtype=np.float32) >= _NOT_IMAGED
    who = np.flatnonzero(imaged)
    if not len(who):
        return imaged.astype(np.uint8)
    more = np.bincount(rng.integers(len(who), size=total - len(who)), minlength=len(who))
    each = np.zeros(n_patients, dtype=np.uint8)
    each[who] = 1 + more
    return each


def _places(site: Codes, rng: np.random.Generator) -> tuple[pl.Series, pl.Series]:
    """Return where patients live: the area of their site, near it more often, if the site tells at all."""
    areas = [(number, code) for number, each in enumerate(SITES.values()) for code in each.zip3 or (_NOT_APPLICABLE,)]
    codes = [*(code for _, code in areas), _NOT_REPORTED]
    weights = np.zeros((len(SITES), len(codes)))
    for place, (number, code) in enumerate(areas):
        weights[number, place] = 1 / (1 + place - [each for each, _ in areas].index(number))
        if code != _NOT_APPLICABLE:
            weights[number, -1] = per_site("untold")[number]
    drawn = by_row(weights, site, rng=rng)
    return named(codes, drawn), named([ZIP3_STATES.get(code, code) for code in codes], drawn)

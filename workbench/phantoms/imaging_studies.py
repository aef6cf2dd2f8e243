"""Invent the studies of many patients at once: when, of what kind, how described, and what each site leaves empty."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.phantoms.commons_images import DESCRIPTIONS, KINDS, LATEST_FOLLOW_UP_DAYS, WEIGHTS
from workbench.phantoms.drawing import Codes, in_shares, named
from workbench.phantoms.pipeline import pipeline_dates
from workbench.phantoms.population import NO_AGE, Population
from workbench.phantoms.sites import per_site
from workbench.tables import STUDIES, STUDIES_OPTIONAL, conform
from workbench.vocabulary.demographics import MISSING
from workbench.vocabulary.dicom import AGE_TOP_CODE_YEARS

Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_NOT_REPORTED = MISSING[1]
_LATE = (0.40, 0.10, 0.10)  # the share of further studies that come months later, by COVID-19 status
_EARLIEST_DAY = int(np.datetime64("2020-03-01", "D").astype(np.int32))
_TO_INGESTION_DAYS = 20


@dataclass(frozen=True)
class StudyKind:
    """What a study is, as its site writes it.

    Attributes
    ----------
    modalities : tuple of str
        Of its series.
    description : str
        Its Study Description.
    loinc_code, loinc_name : str or None
        Where the description is mapped.
    body_part : str
        Its Body Part Examined.
    weight : float
        How frequent it is.
    """

    modalities: tuple[str, ...]
    description: str
    loinc_code: str | None
    loinc_name: str | None
    body_part: str
    weight: float


STUDY_KINDS: tuple[StudyKind, ...] = tuple(
    StudyKind(kind, text, code, name, "HEAD" if "HEAD" in text else "CHEST", weight / len(DESCRIPTIONS[kind[-1]]))
    for kind, weight in zip(KINDS, WEIGHTS, strict=True)
    for text, code, name in DESCRIPTIONS[kind[-1]]
)


@dataclass(frozen=True, eq=False)
class Visits:
    """The studies of some patients, in the order of patients and days; a patient without studies holds one place.

    Attributes
    ----------
    patient : numpy.ndarray
        (n_places,), whose each is, from zero.
    is_study : numpy.ndarray
        (n_places,), false where a patient has none.
    days, kind, site : numpy.ndarray
        (n_places,), days after the index event, number in `STUDY_KINDS`, and in the sites.
    """

    patient: Whole
    is_study: Mask
    days: npt.NDArray[np.int32]
    kind: Codes
    site: Codes

    @property
    def starts(self) -> Whole:
        """The first place of each patient."""
        return np.flatnonzero(np.diff(self.patient, prepend=-1))

    def untold(self, rng: np.random.Generator, *, times: float = 1.0) -> Mask:
        """Return for which places the site leaves an optional entry empty.

        Parameters
        ----------
        rng : numpy.random.Generator
            Decides.
        times : float
            How many times as often as other entries.

        Returns
        -------
        numpy.ndarray
            (n_places,), bool.
        """
        empty: Mask = rng.random(len(self.site), dtype=np.float32) < (per_site("untold") * times)[self.site]
        return empty


def draw_visits(population: Population, *, rng: np.random.Generator) -> Visits:
    """Return when each patient was imaged, and how: around the index event, some again up to a year later.

    Parameters
    ----------
    population : Population
        Some or all.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    Visits
        Modalities in the shares of MIDRC's study descriptions.
    """
    n_places = np.maximum(population.n_studies, 1)
    patient = np.repeat(np.arange(len(n_places), dtype=np.int64), n_places)
    is_study = (population.n_studies > 0)[patient]
    first = np.diff(patient, prepend=-1) > 0
    late = (rng.random(len(patient), dtype=np.float32) < np.array(_LATE)[population.covid[patient]]) & ~first
    days = np.where(
        late,
        rng.integers(60, LATEST_FOLLOW_UP_DAYS + 1, size=len(patient)),
        rng.integers(-3, 26, size=len(patient)),
    )
    days = days[np.lexsort((days, patient))].astype(np.int32)
    kind = np.zeros(len(patient), dtype=np.uint8)
    kind[is_study] = in_shares([each.weight for each in STUDY_KINDS], int(is_study.sum()), rng=rng)
    return Visits(patient, is_study, days, kind, population.site[patient])


def studies_table(
    population: Population, visits: Visits, *, first: tuple[int, int], rng: np.random.Generator
) -> pl.DataFrame:
    """Return studies as the rows of the common data model.

    Parameters
    ----------
    population : Population
        Whose they are.
    visits : Visits
        What `draw_visits` gives.
    first : tuple of int
        The keys of the first patient and of the first study.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    polars.DataFrame
        The columns of `workbench.tables.STUDIES` and of its optional ones.
    """
    patient, days = visits.patient, visits.days
    since_first = days - days[visits.starts][patient]
    dates = pipeline_dates(population.plan, population.batch, days_since_first=since_first, patient=patient, rng=rng)
    written = population.age_years[patient]
    untold = (written == NO_AGE) | visits.untold(rng)
    elapsed = rng.random(len(population.sex), dtype=np.float32)[patient] + days / 365.25  # since the last birthday
    years = np.clip(np.floor(written + elapsed), 0, AGE_TOP_CODE_YEARS)
    mapped = np.where(visits.untold(rng), np.uint8(len(STUDY_KINDS)), visits.kind)
    places = dates.with_columns(
        patient_key=pl.Series(patient + first[0]),
        age_at_study_years=_null_where(untold, pl.Series(years)),
        age_missing=named([None, _NOT_REPORTED], untold.astype(np.uint8)),
        days_to_study=_null_where(visits.untold(rng), pl.Series(days)),
        study_year=_years(visits, dates["ingested_date"], rng),
        loinc_code=named([*(kind.loinc_code or _NOT_REPORTED for kind in STUDY_KINDS), _NOT_REPORTED], mapped),
        loinc_name=named([*(kind.loinc_name or _NOT_REPORTED for kind in STUDY_KINDS), _NOT_REPORTED], mapped),
    )
    studies = places.filter(pl.Series(visits.is_study)).with_row_index("study_key", offset=first[1])
    return conform(studies, STUDIES, name="studies", optional=STUDIES_OPTIONAL)


def _years(visits: Visits, ingested: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Return the year of each study: any time from March 2020 until the patient's images could be ingested."""
    latest = np.minimum.reduceat(ingested.to_physical().to_numpy() - visits.days, visits.starts) - _TO_INGESTION_DAYS
    index = latest - (latest - _EARLIEST_DAY) * 0.8 * rng.random(len(latest))
    return pl.Series((index[visits.patient] + visits.days).astype(np.int32)).cast(pl.Date).dt.year()


def _null_where(empty: Mask, column: pl.Series) -> pl.Series:
    return column.set(pl.Series(empty), None)

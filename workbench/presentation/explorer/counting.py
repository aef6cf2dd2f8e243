"""Distinct patients, studies or series by the value of an attribute: the numbers behind histogram and pyramid."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.catalog.cohort import Cohort
from workbench.catalog.criteria.attributes import attributes, coded
from workbench.catalog.criteria.levels import level_keys
from workbench.catalog.listing import listed
from workbench.catalog.repository import Repository
from workbench.vocabulary.demographics import AGE_DECADES, SEX

_LEVELS = {"patients": "patient", "studies": "study"}


@dataclass(frozen=True, eq=False)
class AgesAndSexes:
    """How many patients, studies or series have each age and sex, and how many have none that can be drawn.

    Attributes
    ----------
    bands : tuple of str
        Ten-year age bands, ascending.
    by_sex : dict of str to numpy.ndarray
        (n_bands,) counts of each sex; a patient of studies at several ages is once in each of their bands.
    n_without_age : int
        Distinct units of which nothing selected has an age.
    n_without_sex : int
        Distinct units with an age, but neither female nor male.
    """

    bands: tuple[str, ...]
    by_sex: dict[str, npt.NDArray[Any]]
    n_without_age: int
    n_without_sex: int


def without(cohort: Cohort, *names: str) -> Cohort:
    """Return the cohort without its conditions on some attributes, as a facet counts.

    Parameters
    ----------
    cohort : Cohort
        Any.
    *names : str
        Attributes that go together, such as the ages.

    Returns
    -------
    Cohort
        Conditions that speak of any other attribute too stay.
    """
    kept = tuple(
        condition for condition in cohort.conditions if not condition.columns or not condition.columns <= {*names}
    )
    return cohort if len(kept) == len(cohort.conditions) else Cohort(cohort.repository, kept)


def count_codes(cohort: Cohort, codes: npt.NDArray[Any], n_codes: int, unit: str) -> npt.NDArray[Any]:
    """Return how many units of a cohort have each code, a unit once in every code it has.

    Parameters
    ----------
    cohort : Cohort
        What is counted.
    codes : numpy.ndarray
        (n_series,), unsigned integers below `n_codes`.
    n_codes : int
        How many codes there are.
    unit : {"patients", "studies", "series"}
        What is counted.

    Returns
    -------
    numpy.ndarray
        (n_codes,), int.
    """
    if unit == "series":
        counted: npt.NDArray[Any] = np.bincount(codes[listed(cohort.repository, cohort.mask)], minlength=n_codes)
    else:
        counted = np.count_nonzero(_hits(cohort, codes, n_codes, unit), axis=0)
    return counted


def count_without_series(cohort: Cohort) -> int:
    """Return how many studies of a cohort have no series that the source lists.

    Parameters
    ----------
    cohort : Cohort
        What is counted.

    Returns
    -------
    int
        Of the studies that `Cohort.counts` counts.
    """
    keys, n = level_keys(cohort.repository, "study")
    of_series = np.zeros(n, dtype=np.bool_)
    of_series[keys[listed(cohort.repository, cohort.mask)]] = True
    return int(cohort.counts["studies"]) - int(np.count_nonzero(of_series))


def count_age_and_sex(cohort: Cohort, unit: str) -> AgesAndSexes:
    """Return how many units of a cohort have each ten-year age band, by sex, and how many have none.

    Parameters
    ----------
    cohort : Cohort
        What is counted; its age criteria too.
    unit : {"patients", "studies", "series"}
        What is counted.

    Returns
    -------
    AgesAndSexes
        With every unit counted in a band of a sex that is drawn, or else in one of the two numbers of those without.
    """
    known = attributes(cohort.repository)
    bands, sexes = coded(cohort.repository, known["age_decade"]), coded(cohort.repository, known["sex"])
    assert bands is not None and sexes is not None  # noqa: PT018  # categories always have a code
    n = len(bands.values)
    both = cohort.repository.remember("age and sex", lambda: sexes.codes.astype(np.uint32) * n + bands.codes)
    aged, drawn_sex = np.isin(bands.values, [*AGE_DECADES]), np.isin(sexes.values, SEX[:2])
    shape = (-1, len(sexes.values), n)
    if unit == "series":  # each has one age and one sex
        counts = count_codes(cohort, both, n * len(sexes.values), unit).reshape(shape)[0]
        without_age, without_sex = counts[:, ~aged].sum(), counts[~drawn_sex][:, aged].sum()
    else:
        hits = _hits(cohort, both, n * len(sexes.values), unit).reshape(shape)
        has_age = hits[:, :, aged].any(axis=(1, 2))
        is_drawn = hits[:, drawn_sex][:, :, aged].any(axis=(1, 2))
        counts = np.count_nonzero(hits, axis=0)
        without_age = np.count_nonzero(hits.any(axis=(1, 2)) & ~has_age)
        without_sex = np.count_nonzero(has_age & ~is_drawn)
    return AgesAndSexes(
        tuple(str(band) for band, known in zip(bands.values, aged, strict=True) if known),
        {str(sex): counts[code, aged] for code, sex in enumerate(sexes.values)},
        int(without_age),
        int(without_sex),
    )


def binned(repository: Repository, name: str, edges: tuple[float, ...]) -> npt.NDArray[Any]:
    """Return the bin of every series, made on first use.

    Parameters
    ----------
    repository : Repository
        Any source.
    name : str
        An attribute of numbers.
    edges : tuple of float
        Lower ends of the bins, ascending.

    Returns
    -------
    numpy.ndarray
        (n_series,), uint8; ``len(edges)`` where the value is missing or below the first edge.
    """
    return repository.remember(("binned", name, edges), partial(_binned, repository, name, edges))


def _hits(cohort: Cohort, codes: npt.NDArray[Any], n_codes: int, unit: str) -> npt.NDArray[np.bool_]:
    keys, n = level_keys(cohort.repository, _LEVELS[unit])  # type: ignore[arg-type]
    chosen = np.flatnonzero(cohort.mask)
    hits = np.zeros(n * n_codes, dtype=np.bool_)
    hits[keys[chosen].astype(np.int64) * n_codes + codes[chosen]] = True
    return hits.reshape(n, n_codes)


def _binned(repository: Repository, name: str, edges: tuple[float, ...]) -> npt.NDArray[Any]:
    attribute = attributes(repository)[name]
    table = coded(repository, attribute)
    column = attribute.read(repository) if table is None else table.values
    values = column.cast(float).to_numpy()
    bins = np.searchsorted(np.asarray(edges), values, side="right") - 1
    named: npt.NDArray[Any] = np.where(np.isnan(values) | (bins < 0), len(edges), bins).astype(np.uint8)
    if table is not None:
        named = named[table.codes]
    return named

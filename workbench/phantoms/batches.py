"""MIDRC's published counts by batch, and invented patients shared out as they were, to whole patients.

The table counts the patients of the open releases A1 and R1 by sex, age, race, ethnicity and COVID-19 status at each of
47 batches; what a batch brought is the difference from the one before. Race and ethnicity are published together for
those who are not Hispanic or Latino; whether anybody else of a race is Hispanic or not reported is shared out as in the
whole batch, so that both published marginals hold.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from workbench.assets import asset_path
from workbench.vocabulary.demographics import AGE_GROUPS, COVID_STATUS, ETHNICITY, MISSING, RACE, SEX

Whole = npt.NDArray[np.int64]

_NOT_REPORTED = MISSING[1]
_RACES = (*RACE[:6], _NOT_REPORTED)


@dataclass(frozen=True, eq=False)
class Batches:
    """How many patients of which kind each batch brought.

    Attributes
    ----------
    dates : tuple of datetime.date
        One a batch, ascending.
    kinds : mapping of str to tuple of str
        Attribute to its categories: ``sex``, ``age_group``, ``covid19_positive``.
    people : tuple of tuple of str
        The pairs of race and ethnicity.
    new : mapping of str to numpy.ndarray
        Attribute, or ``people``, to (n_batches, n_categories) patients, first released with a batch.
    """

    dates: tuple[date, ...]
    kinds: Mapping[str, tuple[str, ...]]
    people: tuple[tuple[str, str], ...]
    new: Mapping[str, npt.NDArray[np.float64]]

    @property
    def sizes(self) -> Whole:
        """The patients that each batch brought."""
        sizes: Whole = self.new["sex"].sum(axis=1).astype(np.int64)
        return sizes


def published_path() -> Path:
    """Return the table of the published counts: one row a category, one column a batch, cumulative.

    Returns
    -------
    pathlib.Path
        A shipped CSV.
    """
    return asset_path("data_catalog", "reference_populations", "midrc_open.csv")


@cache
def published_batches() -> Batches:
    """Return what each of MIDRC's published batches brought.

    Returns
    -------
    Batches
        47 batches from 2021-08-04 to 2024-03-04, 70,261 patients.

    References
    ----------
    MIDRC, "Open A1 and R1 - cumulative by batch"; github.com/MIDRC/MIDRC-REACT, commit b70ab4a (Apache-2.0).

    Examples
    --------
    >>> batches = published_batches()
    >>> len(batches.dates), int(batches.sizes.sum())
    (47, 70261)
    """
    dates, brought = _read()
    sexes, statuses = (SEX[0], SEX[1], _NOT_REPORTED), (*COVID_STATUS[:2], _NOT_REPORTED)
    ages = (*AGE_GROUPS, _NOT_REPORTED)
    people = tuple((race, ethnicity) for race in _RACES for ethnicity in (*ETHNICITY[:2], _NOT_REPORTED))
    new = {
        "sex": np.stack([brought["sex", each] for each in sexes], axis=1),
        "covid19_positive": np.stack([brought["covid19_positive", each] for each in statuses], axis=1),
        "people": _people(brought),
    }
    known = np.stack([brought["age_group", each] for each in AGE_GROUPS], axis=1)
    missing = new["sex"].sum(axis=1) - known.sum(axis=1)  # the table of ages has no column for those without one
    new["age_group"] = np.column_stack([known, missing])
    return Batches(dates, {"sex": sexes, "age_group": ages, "covid19_positive": statuses}, people, new)


def whole_numbers(shares: Sequence[float] | npt.NDArray[np.float64], n: int) -> Whole:
    """Return how many of n fall to each share, in whole numbers that add up (largest remainders).

    Parameters
    ----------
    shares : sequence of float
        Not negative; need not sum to one.
    n : int
        What is shared out.

    Returns
    -------
    numpy.ndarray
        One number a share.

    Examples
    --------
    >>> whole_numbers([1, 1, 1], 10).tolist()
    [4, 3, 3]
    """
    weights = np.asarray(shares, dtype=np.float64)
    if weights.sum() == 0:
        weights = np.ones_like(weights)
    exact = weights / weights.sum() * n
    whole: Whole = np.floor(exact + 1e-9).astype(np.int64)
    largest = np.argsort(whole - exact, kind="stable")[: n - int(whole.sum())]
    whole[largest] += 1
    return whole


def share_out(new: npt.NDArray[np.float64], sizes: Whole) -> Whole:
    """Return how many patients of each category each batch brings when the batches have other sizes than published.

    What one batch rounds away falls to the next, so that the shares of everybody so far are the published ones to
    rounding, at each batch and at the end.

    Parameters
    ----------
    new : numpy.ndarray
        (n_batches, n_categories), as published.
    sizes : numpy.ndarray
        (n_batches,), whole patients.

    Returns
    -------
    numpy.ndarray
        (n_batches, n_categories) whole patients; a row adds up to its size.

    Examples
    --------
    >>> import numpy as np
    >>> share_out(np.array([[2.0, 1.0], [2.0, 1.0]]), np.array([1, 2])).tolist()
    [[1, 0], [1, 1]]
    """
    brought = np.zeros(new.shape, dtype=np.int64)
    owed = np.zeros(new.shape[1])
    for number, (published, size) in enumerate(zip(new, sizes, strict=True)):
        owed = owed + published / max(published.sum(), 1) * size
        brought[number] = whole_numbers(np.maximum(owed, 0), int(size))
        owed = owed - brought[number]
    return brought


def _read() -> tuple[tuple[date, ...], dict[tuple[str, str], npt.NDArray[np.float64]]]:
    """Return the days, and what each brought of every attribute and category."""
    with published_path().open(encoding="utf-8", newline="") as lines:
        (_, _, *days), *rows = csv.reader(lines)
    so_far = {(attribute, category): np.array(counts, dtype=np.float64) for attribute, category, *counts in rows}
    return tuple(map(date.fromisoformat, days)), {key: np.diff(n, prepend=0.0) for key, n in so_far.items()}


def _people(brought: Mapping[tuple[str, str], npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """Return the patients of each pair of race and ethnicity; published are those who are not Hispanic."""
    hispanic, not_hispanic = ETHNICITY[:2]
    without = brought["ethnicity", _NOT_REPORTED]
    others = np.maximum(brought["ethnicity", hispanic] + without, 1)
    named = [brought["race_ethnicity", f"{race}, {not_hispanic}"] for race in _RACES[:-1]]
    known = [*named, brought["ethnicity", not_hispanic] - np.sum(named, axis=0)]
    columns = []
    for race, of_race in zip(_RACES, known, strict=True):
        rest = brought["race", race] - of_race
        columns += [rest * brought["ethnicity", hispanic] / others, of_race, rest * without / others]
    return np.stack(columns, axis=1)

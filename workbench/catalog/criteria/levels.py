"""From a series to its study or patient: who is selected when any, or all, of the series meet a condition."""

from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from workbench.catalog.repository import Repository

Level = Literal["series", "study", "patient"]
Mask = npt.NDArray[np.bool_]

_FEW = 8  # comparisons of a million small integers take less time than one look-up of each
_KEYS = {"study": ("studies", "study_key"), "patient": ("patients", "patient_key")}


def spread(repository: Repository, met: Mask, level: Level, *, every: bool = False) -> Mask:
    """Return the series of each study or patient of which any series, or every one, meets a condition.

    Parameters
    ----------
    repository : Repository
        Where the keys are read.
    met : numpy.ndarray
        (n_series,), bool: the series that meet it.
    level : {"series", "study", "patient"}
        ``"series"`` returns `met` itself.
    every : bool
        Whether every series has to meet it.

    Returns
    -------
    numpy.ndarray
        (n_series,), bool. A row that stands for a patient without studies is a study of its own.
    """
    if level == "series":
        return met
    keys, n = level_keys(repository, level)
    hit = np.zeros(n, dtype=np.bool_)
    hit[keys[~met if every else met]] = True
    lifted: Mask = (~hit if every else hit)[keys]
    return lifted


def level_keys(repository: Repository, level: Literal["study", "patient"]) -> tuple[npt.NDArray[Any], int]:
    """Return the key of each series' study or patient, and how many keys there can be.

    Parameters
    ----------
    repository : Repository
        Any source.
    level : {"study", "patient"}
        Whose keys.

    Returns
    -------
    tuple
        (n_series,) unsigned integers, and the number of keys; rows without a study get keys beyond the last one.
    """
    return repository.remember(("keys", level), partial(_keys, repository, level))


def count_distinct(repository: Repository, met: Mask | npt.NDArray[np.intp], level: Literal["study", "patient"]) -> int:
    """Return how many studies or patients the selected series belong to.

    Parameters
    ----------
    repository : Repository
        Where the keys are read.
    met : numpy.ndarray
        (n_series,), bool, or the numbers of the selected rows.
    level : {"study", "patient"}
        What is counted.

    Returns
    -------
    int
        Rows without a study count as none.
    """
    keys, n = level_keys(repository, level)
    hit = np.zeros(n, dtype=np.bool_)
    hit[keys[met]] = True
    table, name = _KEYS[level]
    return int(np.count_nonzero(hit[: len(repository.column(table, name))]))


def look_up(met: Mask, codes: npt.NDArray[Any]) -> Mask:
    """Return which series have a value that is met: ``met[codes]``, by comparisons where few values decide.

    Parameters
    ----------
    met : numpy.ndarray
        (n_values,), bool.
    codes : numpy.ndarray
        (n_series,), unsigned integers.

    Returns
    -------
    numpy.ndarray
        (n_series,), bool.

    Examples
    --------
    >>> look_up(np.array([True, False, True]), np.array([2, 1, 0], dtype=np.uint8)).tolist()
    [True, False, True]
    """
    some, others = np.flatnonzero(met), np.flatnonzero(~met)
    of_each: Mask
    if len(some) <= _FEW:
        of_each = np.zeros(len(codes), dtype=np.bool_)
        for code in some:
            of_each |= codes == codes.dtype.type(code)
    elif len(others) <= _FEW:
        of_each = np.ones(len(codes), dtype=np.bool_)
        for code in others:
            of_each &= codes != codes.dtype.type(code)
    else:
        of_each = met[codes]
    return of_each


def _keys(repository: Repository, level: Literal["study", "patient"]) -> tuple[npt.NDArray[Any], int]:
    table, name = _KEYS[level]
    keys, n = repository.column("series", name), len(repository.column(table, name))
    if not keys.null_count():
        return keys.to_numpy(), n
    alone = keys.is_null().to_numpy()
    numbered = keys.fill_null(0).to_numpy().astype(np.uint32, copy=True)
    numbered[alone] = n + np.arange(np.count_nonzero(alone))
    return numbered, n + int(np.count_nonzero(alone))

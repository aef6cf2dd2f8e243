"""The subgroups of people that a selection is judged by, as one small integer a patient."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.assessment.categories import categorized
from workbench.catalog.criteria.attributes import Mask
from workbench.catalog.criteria.levels import level_keys
from workbench.catalog.repository import Repository
from workbench.errors import unknown_name
from workbench.vocabulary.demographics import AGE_DECADES, AGE_GROUPS, MISSING, PERSONS

Codes = npt.NDArray[np.uint8]

_BANDS = {"age_group": AGE_GROUPS, "age_decade": AGE_DECADES}
_USUAL = ("sex", "age_group", "race", "ethnicity")
_MOST = 200
_UNKNOWN, _NOT_REPORTED = MISSING[:2]


@dataclass(frozen=True, eq=False)
class Subgroups:
    """One attribute of every patient of a source.

    Attributes
    ----------
    attribute : str
        Such as ``"race"``.
    categories : tuple of str
        In display order, what is missing last.
    codes : numpy.ndarray
        (n_patients,), uint8; ``categories[code]`` is the patient's.
    """

    attribute: str
    categories: tuple[str, ...]
    codes: Codes

    def count(self, chosen: Mask) -> list[int]:
        """Return how many of the chosen patients are in each category.

        Parameters
        ----------
        chosen : numpy.ndarray
            (n_patients,), bool.

        Returns
        -------
        list of int
            One number a category.
        """
        counted: list[int] = np.bincount(self.codes[chosen], minlength=len(self.categories)).tolist()
        return counted


def subgroup_names(repository: Repository, asked: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Return the attributes that divide a source's patients: those asked for, or the usual ones that it has.

    Parameters
    ----------
    repository : Repository
        Any source.
    asked : tuple of str, optional
        Columns of categories of ``patients``, or bands of age; by default sex, age group, race and ethnicity.

    Returns
    -------
    tuple of str
        Each once.

    Raises
    ------
    UnknownNameError
        For a name that is no category of the source's patients.
    """
    columns = [name for name in repository.columns("patients") if _is_category(repository, name)]
    known = [*columns, *(_BANDS if repository.has("patients", "age_years") else ())]
    for name in asked or ():
        if name not in known:
            raise unknown_name("attribute", name, known, where=repository.name, then="Pass one of these.")
    return tuple(dict.fromkeys(asked or (name for name in _USUAL if name in known)))


def read_subgroups(repository: Repository, attribute: str, met: Mask) -> Subgroups:
    """Return one attribute of every patient; an age is the one that the patient has within a selection.

    Parameters
    ----------
    repository : Repository
        Any source.
    attribute : str
        One of `subgroup_names`.
    met : numpy.ndarray
        (n_series,), bool: the selection, which decides the age as `workbench.catalog.people.read_patients` says.

    Returns
    -------
    Subgroups
        Of patients outside the selection the age is the recorded one.
    """
    if attribute not in _BANDS:
        return repository.remember(("subgroups", attribute), partial(_recorded, repository, attribute))
    bands = _BANDS[attribute]
    categories = (*bands, *MISSING)
    reasons = repository.remember(("subgroups", "age_missing"), partial(_reasons, repository))
    years = _ages(repository, met)
    codes = np.searchsorted(np.array([*bands.values()]), years, side="right") - 1
    known = np.isfinite(years) & (codes >= 0)
    return Subgroups(attribute, categories, np.where(known, codes, len(bands) + reasons).astype(np.uint8))


def people(repository: Repository) -> Mask:
    """Return which patients are human: animals, phantoms and simulations have no place in a population.

    Parameters
    ----------
    repository : Repository
        Any source.

    Returns
    -------
    numpy.ndarray
        (n_patients,), bool.
    """
    return repository.remember(
        "people",
        lambda: repository.column("patients", "species").cast(pl.String).is_in(PERSONS).fill_null(True).to_numpy(),
    )


def selected_people(repository: Repository, met: Mask) -> Mask:
    """Return which people a selection holds.

    Parameters
    ----------
    repository : Repository
        Any source.
    met : numpy.ndarray
        (n_series,), bool.

    Returns
    -------
    numpy.ndarray
        (n_patients,), bool; animals, phantoms and simulations are never in it.
    """
    keys, n = level_keys(repository, "patient")
    hit = np.zeros(n, dtype=np.bool_)
    hit[keys[met]] = True
    return hit & people(repository)


def _is_category(repository: Repository, name: str) -> bool:
    dtype = repository.dtype("patients", name)
    return dtype in (pl.Categorical, pl.Enum, pl.Boolean, pl.String) and name not in ("age_missing", "age_over_89")


def _recorded(repository: Repository, attribute: str) -> Subgroups:
    named = categorized(repository.column("patients", attribute).to_frame(), attribute)
    categories = tuple(named.dtype.categories)  # type: ignore[attr-defined]  # an Enum
    if len(categories) > _MOST:
        raise ValueError(
            f"{attribute} was received, which has {len(categories):,} values. Subgroups of up to {_MOST} can be "
            "compared. Pass an attribute of fewer categories, such as sex."
        )
    return Subgroups(attribute, categories, named.to_physical().to_numpy().astype(np.uint8))


def _reasons(repository: Repository) -> Codes:
    """Why each patient's age is missing, as a place in `MISSING`; a number that is no age is "Unknown"."""
    reasons = repository.column("patients", "age_missing").cast(pl.String).fill_null(_NOT_REPORTED)
    known = repository.column("patients", "age_years").is_not_null()
    named = pl.select(pl.when(known).then(pl.lit(_UNKNOWN)).otherwise(reasons)).to_series()
    codes: Codes = named.cast(pl.Enum(MISSING)).to_physical().to_numpy().astype(np.uint8)
    return codes


def _ages(repository: Repository, met: Mask) -> npt.NDArray[np.float32]:
    own = repository.remember("ages of patients", partial(_years, repository, "patients", "age_years"))
    if met.all():
        return own
    studied = repository.remember("ages of studies", partial(_years, repository, "studies", "age_at_study_years"))
    owners = repository.column("studies", "patient_key").to_numpy()
    keys, n = level_keys(repository, "study")
    hit = np.zeros(n, dtype=np.bool_)
    hit[keys[met]] = True
    chosen = hit[: len(owners)] & ~np.isnan(studied)
    who, years = owners[chosen], studied[chosen]
    youngest = np.full(len(own), np.inf, dtype=np.float32)
    np.minimum.at(youngest, who, years)
    keeps = np.isinf(youngest)
    keeps[who[years == own[who]]] = True
    return np.where(keeps, own, youngest)


def _years(repository: Repository, table: str, name: str) -> npt.NDArray[np.float32]:
    return repository.column(table, name).cast(pl.Float32).to_numpy()

"""From a selection's tables to one frame that a census counts: whose rows they are, and what tells one from another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.assessment.census import Census, Unit, count_census, require_unit
from workbench.assessment.units import attribute_names, is_countable
from workbench.catalog.criteria.attributes import Attribute, Mask, attributes
from workbench.catalog.disclosure import stamp_of
from workbench.catalog.listing import listed
from workbench.catalog.people import read_patients
from workbench.catalog.repository import Repository
from workbench.errors import unknown_name

#: The day on which the version of the index that first held a series was published.
PUBLISHED = "published"
_KEYS = {"patients": "patient_key", "studies": "study_key"}
_OWN_KEYS = ("patient_key", "person_key")


@dataclass(frozen=True, eq=False)
class Counted:
    """Rows to be counted.

    Attributes
    ----------
    rows : polars.DataFrame
        The attributes asked for, and the key or the weight.
    key : str or None
        The column that tells one patient or study from another; None when a row is one.
    weight : str or None
        The column of how many images a series has; None unless images are counted.
    """

    rows: pl.DataFrame
    key: str | None = None
    weight: str | None = None


def count_exactly(repository: Repository, met: Mask, *, by: Sequence[str], unit: Unit = "patients") -> Census:
    """Return an exact census of a selection, with the stamp of its source.

    Parameters
    ----------
    repository : Repository
        Any source.
    met : numpy.ndarray
        (n_series,), bool: the selected rows of ``series``.
    by : sequence of str
        As in `read_counted`.
    unit : {"patients", "studies", "series", "instances"}
        What is counted.

    Returns
    -------
    Census
        Of a controlled source, for its holder: it has to be suppressed before anybody else sees it.

    Raises
    ------
    UnknownNameError
        For an attribute or unit that does not exist.
    TypeError
        When `by` is no names, or names a description.
    ValueError
        When decimal numbers are to be counted, or nothing.
    """
    require_unit(unit, where="a census")
    names = attribute_names(by, argument="by")
    counted = read_counted(repository, met, names, unit)
    census = count_census(counted.rows, by=names, unit=unit, key=counted.key, weight=counted.weight)
    return replace(census, stamp=stamp_of(repository))


def read_counted(repository: Repository, met: Mask, names: Sequence[str], unit: Unit) -> Counted:
    """Return the rows of a selection by which patients, studies, series or images are counted.

    What is recorded of a patient, such as sex and the age at the cohort's studies, is read once a patient. What is
    recorded of a study or series, such as the modality, makes a patient count once in each group: body regions are
    counted as they are recorded, as in facets. Of studies, series and images the age is the one at the study.

    Parameters
    ----------
    repository : Repository
        Any source.
    met : numpy.ndarray
        (n_series,), bool: the selected rows of ``series``.
    names : sequence of str
        Columns of `Cohort.patients`, any attribute that can be filtered, or ``published``.
    unit : {"patients", "studies", "series", "instances"}
        What is to be counted.

    Returns
    -------
    Counted
        Places held for studies or patients without series count as studies and patients, with what is not known of
        them as missing; never as series.

    Raises
    ------
    UnknownNameError
        For a name that the source does not have.
    TypeError
        For a description, which is a text and no category.
    """
    patients = read_patients(repository, met).drop(_OWN_KEYS[1]) if unit == "patients" else pl.DataFrame()
    own = [name for name in patients.columns if name not in _OWN_KEYS]
    _check(repository, names, patients.select(own), unit)
    if unit == "patients" and all(name in own for name in names):
        return Counted(patients.drop(_OWN_KEYS[0]))
    rows = _Rows(repository, np.flatnonzero(met if unit in _KEYS else listed(repository, met)))
    of_series = [rows.of_series(name) for name in names if name not in own]
    counted = pl.DataFrame([*rows.of_patients(patients, _with_reasons(names, own)), *of_series])
    if unit == "instances":
        return Counted(counted.with_columns(rows.column("n_instances")), weight="n_instances")
    if unit == "series":
        return Counted(counted)
    counted = counted.with_columns(rows.column(_KEYS[unit]))
    return Counted(counted.drop_nulls("study_key") if unit == "studies" else counted, key=_KEYS[unit])


@dataclass(frozen=True, eq=False)
class _Rows:
    """Chosen rows of ``series``, to which the columns of any table are spread."""

    repository: Repository
    chosen: npt.NDArray[np.intp]

    def column(self, name: str) -> pl.Series:
        column = self.repository.column("series", name)
        return column if len(self.chosen) == len(column) else column.gather(self.chosen)

    def of_patients(self, patients: pl.DataFrame, names: Sequence[str]) -> list[pl.Series]:
        places = self.column("patient_key")
        n = len(self.repository.column("patients", "patient_key"))
        if names and patients.height < n:
            place = np.zeros(n, dtype=np.uint32)
            place[patients["patient_key"].to_numpy()] = np.arange(patients.height)
            places = pl.Series(place).gather(places)
        return patients.select(pl.col(names).gather(places)).get_columns() if names else []

    def of_series(self, name: str) -> pl.Series:
        if name == PUBLISHED:
            return self._published()
        attribute = attributes(self.repository)[name]
        values = _values(self.repository, attribute).alias(name)
        if attribute.table == "series":
            return values if len(self.chosen) == len(values) else values.gather(self.chosen)
        return values.gather(self.column({"patients": "patient_key", "studies": "study_key"}[attribute.table]))

    def _published(self) -> pl.Series:
        versions = self.repository.versions
        days = versions["version_timestamp"].str.to_date()
        first = self.column("first_version").cast(pl.Int64)
        return first.replace_strict(versions["idc_version"], days, default=None).alias(PUBLISHED)


def _values(repository: Repository, attribute: Attribute) -> pl.Series:
    if attribute.kind == "band":
        return attribute.read(repository)
    return repository.column(attribute.table, attribute.column)


def _with_reasons(names: Sequence[str], own: Sequence[str]) -> list[str]:
    """Return the columns of patients that are asked for, each with the one that says why it is missing."""
    asked = [name for name in names if name in own]
    reasons = [f"{name}_missing" for name in asked if f"{name}_missing" in own]
    return list(dict.fromkeys([*asked, *reasons]))


def _check(repository: Repository, names: Sequence[str], own: pl.DataFrame, unit: Unit) -> None:
    known = attributes(repository)
    texts = [each.name for each in known.values() if each.kind == "text"]
    dated = [PUBLISHED] if repository.has("series", "first_version") and repository.versions.height else []
    countable = list(dict.fromkeys([*own.columns, *(name for name in known if name not in texts), *dated]))
    for name in names:
        if name in texts:
            raise TypeError(
                f"{name} was received, which holds texts. A census counts categories, such as modality, sex or "
                f"age_group. Search it instead: where({name}=…)."
            )
        if name not in countable:
            numbers = [each for each in known.values() if each.kind == "number"]
            dtypes = {each.name: repository.column(each.table, each.column).dtype for each in numbers} | own.schema
            offered = [each for each in countable if each not in dtypes or is_countable(dtypes[each])]
            raise unknown_name("attribute", name, offered, where=f"the {unit}", then="Pass one of these.")

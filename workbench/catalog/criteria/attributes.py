"""What a cohort can be asked about: every attribute of a source, and its values coded as small integers a series."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.catalog.repository import Repository
from workbench.vocabulary.demographics import AGE_DECADES, AGE_GROUPS, MISSING, age_group

Kind = Literal["category", "number", "flag", "text", "band"]
Mask = npt.NDArray[np.bool_]

# The named columns of the common data model, in the order in which they are offered; a source may lack some.
_NAMED: dict[str, tuple[str, str, Kind | None]] = {
    "collection_id": ("series", "collection_id", None),
    "modality": ("series", "modality", None),
    "body_region": ("series", "body_region", None),
    "body_region_source": ("series", "body_region_source", None),
    "body_part": ("series", "body_part", None),
    "age_years": ("studies", "age_at_study_years", "number"),
    "sex": ("patients", "sex", None),
    "species": ("patients", "species", None),
    "race": ("patients", "race", None),
    "ethnicity": ("patients", "ethnicity", None),
    "covid19_positive": ("patients", "covid19_positive", None),
    "manufacturer": ("series", "manufacturer", None),
    "model": ("series", "model", None),
    "license": ("series", "license", None),
    "derived": ("series", "derived", None),
    "n_instances": ("series", "n_instances", None),
    "size_mb": ("series", "size_mb", None),
    "first_version": ("series", "first_version", None),
    "age_decade": ("studies", "age_at_study_years", "band"),
    "age_group": ("studies", "age_at_study_years", "band"),
}
_TEXTS = ("study_description", "series_description")
_HIDDEN = {
    *("patient_key", "person_key", "study_key", "source_row", "listed"),
    *("age_years", "age_missing", "age_at_study_years", "age_over_89"),
}
_BANDS = {"age_decade": AGE_DECADES, "age_group": AGE_GROUPS}
_MOST_VALUES = 2**16
_NOT_REPORTED = MISSING[1]
_KEYS = {"studies": "study_key", "patients": "patient_key"}


@dataclass(frozen=True)
class Attribute:
    """A column that can be asked for, under the name a user types.

    Attributes
    ----------
    name : str
        Such as ``"modality"``.
    table : {"patients", "studies", "series"}
        Where it is recorded.
    column : str
        Its column there.
    kind : {"category", "number", "flag", "text", "band"}
        A band is a category made from a number; a text is searched, not listed.
    """

    name: str
    table: str
    column: str
    kind: Kind

    def read(self, repository: Repository) -> pl.Series:
        """Return the values, one a row of the attribute's table.

        Parameters
        ----------
        repository : Repository
            Has the column.

        Returns
        -------
        polars.Series
            Bands and dates as an Enum; texts as strings, null where there is none.
        """
        if self.kind == "text":
            return repository.original_column(self.column)
        column = repository.read(self.table, self.column)
        if column.dtype == pl.Date:
            days = column.drop_nulls().unique().sort().cast(pl.String)
            return column.cast(pl.String).cast(pl.Enum(days))  # in their order
        if self.kind == "number":
            column = column.cast(pl.Float64) if column.dtype.is_decimal() else column
            return column.fill_nan(None) if column.dtype.is_float() else column  # not a number: nobody's value
        if self.kind != "band":
            return column
        reason = repository.column(self.table, "age_missing")
        banded = pl.DataFrame([column.alias("age"), reason.alias("reason")])
        return banded.select(age_group(pl.col("age"), pl.col("reason"), _BANDS[self.name])).to_series()


@dataclass(frozen=True, eq=False)
class Coded:
    """An attribute as one small integer a series: asking for a value means looking up a table of all values.

    Attributes
    ----------
    codes : numpy.ndarray
        (n_series,), unsigned integers; ``values[code]`` is the value.
    values : polars.Series
        Every value once, numbers ascending, categories in their order or the most frequent first; null where a number
        or flag is absent, while a category that is absent is "Not Reported".
    missing : numpy.ndarray
        (n_values,), whether a value means that nothing is known.
    """

    codes: npt.NDArray[Any]
    values: pl.Series
    missing: Mask


def attributes(repository: Repository) -> dict[str, Attribute]:
    """Return every attribute by which a source can be filtered, under the name a user types.

    Columns that a source has beyond the common data model, such as those a user joined, go by their own name.

    Parameters
    ----------
    repository : Repository
        Any source.

    Returns
    -------
    dict of str to Attribute
        Named columns of the model first, then the source's own, then descriptions.
    """
    return repository.remember("attributes", partial(_attributes, repository))


def coded(repository: Repository, attribute: Attribute) -> Coded | None:
    """Return an attribute coded as one integer a series, made on first use.

    Parameters
    ----------
    repository : Repository
        Any source.
    attribute : Attribute
        One of `attributes`.

    Returns
    -------
    Coded or None
        None for a number of more than 65,536 different values, which is compared row by row instead.
    """
    return repository.remember(("coded", attribute), partial(_coded, repository, attribute))


def of_series(repository: Repository, table: str, values: npt.NDArray[Any], *, absent: Any) -> npt.NDArray[Any]:
    """Return values of a table's rows spread to the series that belong to them.

    Parameters
    ----------
    repository : Repository
        Where the keys are read.
    table : {"patients", "studies", "series"}
        Whose rows the values are.
    values : numpy.ndarray
        (n_rows,).
    absent : object
        For a series row without a study, which stands for a patient whose studies are not listed.

    Returns
    -------
    numpy.ndarray
        (n_series,).
    """
    if table not in _KEYS:
        return values
    keys = repository.column("series", _KEYS[table])
    if keys.null_count():
        values = np.append(values, absent).astype(values.dtype)
        keys = keys.fill_null(len(values) - 1)
    spread: npt.NDArray[Any] = values[keys.to_numpy()]
    return spread


def absent(column: pl.Series) -> Mask:
    """Return which rows tell nothing: null, or one of the missing categories.

    Parameters
    ----------
    column : polars.Series
        Values of an attribute.

    Returns
    -------
    numpy.ndarray
        (n_rows,), bool.
    """
    if column.dtype in (pl.Categorical, pl.Enum, pl.String):
        column = column.cast(pl.String)
        unknown: Mask = (column.is_null() | column.is_in(list(MISSING)).fill_null(False)).to_numpy()
    else:
        unknown = column.is_null().to_numpy()
    return unknown


def _attributes(repository: Repository) -> dict[str, Attribute]:
    ages = ("studies", "age_at_study_years")
    if repository.has("patients", "age_years") and repository.read(*ages).is_null().all():
        ages = ("patients", "age_years")  # a source that knows its patients' ages only
    named = {
        name: (*ages, kind) if column == "age_at_study_years" else (table, column, kind)
        for name, (table, column, kind) in _NAMED.items()
    }
    found = {
        name: Attribute(name, table, column, kind or _kind(repository, table, column))
        for name, (table, column, kind) in named.items()
        if repository.has(table, column)
    }
    for table in ("patients", "studies", "series"):
        for column in repository.columns(table):
            if column not in found and column not in _HIDDEN:
                found[column] = Attribute(column, table, column, _kind(repository, table, column))
    texts = {name: Attribute(name, "series", name, "text") for name in _TEXTS if name in repository.original_columns}
    return found | texts


def _kind(repository: Repository, table: str, column: str) -> Kind:
    dtype = repository.dtype(table, column)
    return "number" if dtype.is_numeric() else "flag" if dtype == pl.Boolean else "category"


def _coded(repository: Repository, attribute: Attribute) -> Coded | None:
    column = attribute.read(repository)
    values = _values(column)
    if attribute.kind == "number" and len(values) > _MOST_VALUES:
        return None
    codes = _codes(column, values).astype(np.min_scalar_type(len(values)))
    without_study = attribute.table == "studies" and repository.column("series", "study_key").null_count()
    if without_study and not values.null_count():
        values = pl.concat([values, values.clear().extend_constant(None, 1)])
    if attribute.kind in ("category", "band") and values.null_count():
        values, codes = _spelled(values, codes)
        absent_code = values.cast(pl.String).to_list().index(_NOT_REPORTED)
    else:
        absent_code = len(values) - 1
    codes = of_series(repository, attribute.table, codes, absent=absent_code)
    return Coded(codes, values, absent(values))


def _spelled(values: pl.Series, codes: npt.NDArray[Any]) -> tuple[pl.Series, npt.NDArray[Any]]:
    """A null and "Not Reported" say the same of a category, so they share a code: that of the word."""
    words = values.cast(pl.String).to_list()
    if _NOT_REPORTED not in words:
        ordered = isinstance(values.dtype, pl.Enum)
        named = [*words[:-1], _NOT_REPORTED]
        return pl.Series(values.name, named, dtype=pl.Enum(named) if ordered else pl.String), codes
    codes[codes == len(words) - 1] = words.index(_NOT_REPORTED)
    return values.head(len(words) - 1), codes


def _values(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Enum):
        return pl.Series(column.name, [*column.dtype.categories, None], dtype=column.dtype).head(
            len(column.dtype.categories) + bool(column.null_count())
        )
    if column.dtype == pl.Categorical:
        counted = column.alias("value").value_counts(name="n")  # a column of the user's may itself be named count
        ordered = counted.sort(pl.col("n"), pl.col("value").cast(pl.String), descending=[True, False])["value"]
        return pl.concat([ordered.drop_nulls(), ordered.filter(ordered.is_null())]).alias(column.name)
    return column.unique().sort(nulls_last=True)


def _codes(column: pl.Series, values: pl.Series) -> npt.NDArray[Any]:
    codes: npt.NDArray[Any]
    if column.dtype in (pl.Categorical, pl.Enum):
        physical, named = column.to_physical(), values.to_physical()
        last = int(np.max(named.drop_nulls().to_numpy(), initial=0)) + 1
        table = np.zeros(last + 1, dtype=np.uint32)
        table[named.fill_null(last).to_numpy()] = np.arange(len(values))
        codes = table[physical.fill_null(last).to_numpy()]
        return codes
    if column.dtype == pl.String:
        codes = column.cast(pl.Enum(values.drop_nulls())).to_physical().fill_null(len(values) - 1).to_numpy()
        return codes
    known = values.drop_nulls()
    if column.dtype == pl.Boolean:
        known, column = known.cast(pl.UInt8), column.cast(pl.UInt8)
    codes = np.searchsorted(known.to_numpy(), column.fill_null(0).to_numpy()).astype(np.uint32)
    if column.null_count():
        codes[column.is_null().to_numpy()] = len(values) - 1
    return codes

"""One criterion of a cohort: a column, the values wanted, and what to do where the value is missing."""

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from workbench.catalog.repository import Repository
from workbench.errors import unknown_name
from workbench.vocabulary.anatomy import regions_covering
from workbench.vocabulary.demographics import MISSING
from workbench.vocabulary.dicom import AGE_TOP_CODE_YEARS

MissingPolicy = Literal["exclude", "keep", "only"]
_LARGEST = 1e300
_POLICIES = ("exclude", "keep", "only")

#: What a user names in ``where`` -> (table, column of the common data model).
FILTERS = {
    "collection_id": ("series", "collection_id"),
    "modality": ("series", "modality"),
    "body_region": ("series", "body_region"),
    "body_region_source": ("series", "body_region_source"),
    "body_part": ("series", "body_part"),
    "age_years": ("studies", "age_at_study_years"),
    "sex": ("patients", "sex"),
    "species": ("patients", "species"),
    "manufacturer": ("series", "manufacturer"),
    "model": ("series", "model"),
    "license": ("series", "license"),
    "derived": ("series", "derived"),
    "n_instances": ("series", "n_instances"),
    "size_mb": ("series", "size_mb"),
    "first_version": ("series", "first_version"),
}
_KEYS = {"studies": "study_key", "patients": "patient_key"}


@dataclass(frozen=True)
class Criterion:
    """A condition on one column, checked against a repository when made by `read_criterion`.

    Attributes
    ----------
    column : str
        One of `FILTERS`.
    values : tuple
        The wanted values, or the inclusive bounds (None: open) of a range.
    is_range : bool
        Whether `values` are bounds.
    missing : {"exclude", "keep", "only"}
        Whether rows whose value is missing are lost, kept, or the only ones kept.
    """

    column: str
    values: tuple[Any, ...]
    is_range: bool = False
    missing: MissingPolicy = "exclude"

    @property
    def label(self) -> str:
        """The criterion in words, such as ``age_years 18 to 89``."""
        if self.missing == "only":
            return f"{self.column} is missing"
        if self.is_range:
            low, high = self.values
            words = f"{low} to {high}" if None not in self.values else f"≥ {low}" if high is None else f"≤ {high}"
        else:
            words = " or ".join(str(value) for value in self.values)
        return f"{self.column} {words}" + (" or missing" if self.missing == "keep" else "")

    def selected(self, repository: Repository) -> pl.Series:
        """Return which series meet the criterion.

        Parameters
        ----------
        repository : Repository
            Where the columns are read.

        Returns
        -------
        polars.Series
            Boolean, one value a series.
        """
        table, name = FILTERS[self.column]
        column = repository.column(table, name)
        if self.missing == "only":
            met = _absent(column)
        elif self.missing == "keep":
            met = self._match(column) | _absent(column)
        else:
            met = self._match(column)
        return _of_series(repository, table, met)

    def lost(self, repository: Repository) -> pl.Series:
        """Return which series the criterion excludes only because the value is missing.

        Parameters
        ----------
        repository : Repository
            Where the columns are read.

        Returns
        -------
        polars.Series
            Boolean, one value a series.
        """
        table, name = FILTERS[self.column]
        column = repository.column(table, name)
        if self.missing == "exclude":
            lost = _absent(column) & ~self._match(column)
        else:
            lost = pl.repeat(False, len(column), eager=True)
        return _of_series(repository, table, lost)

    def _match(self, column: pl.Series) -> pl.Series:
        if self.missing == "only" and not self.values:
            return pl.repeat(False, len(column), eager=True)
        if column.dtype.is_integer():
            column = column.cast(pl.Float64)  # a number beyond the column's type selects nothing and is no error
        if self.is_range:
            low, high = self.values
            match = column >= low if low is not None else column <= high
            if low is not None and high is not None:
                match = match & (column <= high)
            within: pl.Series = match.fill_null(False)
            return within
        wanted = [region for value in self.values for region in _covering(self.column, value)]
        if len(wanted) == 1:
            equal: pl.Series = (column == wanted[0]).fill_null(False)
            return equal
        values = (
            pl.Series(wanted) if column.dtype in (pl.Categorical, pl.Enum) else pl.Series(wanted, dtype=column.dtype)
        )
        return column.is_in(values.cast(column.dtype).implode()).fill_null(False)


def read_criterion(
    repository: Repository, column: str, value: object, *, missing: MissingPolicy = "exclude"
) -> Criterion:
    """Return the criterion that a user wrote, after checking column, kind and every value.

    Parameters
    ----------
    repository : Repository
        What the criterion will select from.
    column : str
        One of `FILTERS`.
    value : object
        A scalar (equality), a list or set (membership), or a 2-tuple (inclusive range; None leaves an end open).
        None goes with ``missing="only"``.
    missing : {"exclude", "keep", "only"}
        What to do where the value is missing.

    Returns
    -------
    Criterion
        Valid for this repository.

    Raises
    ------
    UnknownNameError
        For a column or value that does not exist.
    ValueError, TypeError
        For a range that is reversed, unordered or empty, or a value of the wrong kind.
    """
    if column not in FILTERS:
        raise unknown_name("column", column, FILTERS, where=repository.name, then="Use one of these in where(…).")
    if missing not in _POLICIES:
        raise unknown_name("missing policy", missing, _POLICIES, where="where", then='The default is "exclude".')
    if value is None:
        if missing != "only":
            raise ValueError(
                f"{column}=None was received. A value, a list or a range would be right. "
                f'To select rows whose {column} is missing, write where({column}=None, missing="only").'
            )
        return Criterion(column, (), missing="only")
    if isinstance(value, tuple):
        bounds = tuple(_plain(end) for end in value)
        return Criterion(column, _read_range(repository, column, bounds), is_range=True, missing=missing)
    members = sorted(value, key=str) if isinstance(value, set | frozenset) else value
    values = tuple(_plain(member) for member in members) if isinstance(members, list) else (_plain(value),)
    _check_values(repository, column, values)
    return Criterion(column, values, missing=missing)


def _read_range(repository: Repository, column: str, bounds: tuple[Any, ...]) -> tuple[Any, Any]:
    dtype = repository.column(*FILTERS[column]).dtype
    if not dtype.is_numeric():
        raise TypeError(
            f"{column}={bounds!r} was received; a tuple is a range, and {column} has no order. "
            f"A list would select any of its members. Write {column}={list(bounds)!r}."
        )
    if len(bounds) != 2 or bounds == (None, None) or any(not _is_number(end) for end in bounds if end is not None):
        raise ValueError(
            f"{column}={bounds!r} was received. A range is two numbers, the lowest and the highest, "
            f"one of which may be None. Write for instance {column}=(18, 89) or {column}=(18, None)."
        )
    low, high = bounds
    if column == "age_years" and low is not None and low > AGE_TOP_CODE_YEARS:
        raise ValueError(
            f"age_years={bounds!r} was received. Ages from {AGE_TOP_CODE_YEARS} on are one group, 90 and over, so that "
            f"nobody can be told by age. Write age_years=({AGE_TOP_CODE_YEARS}, None)."
        )
    if low is not None and high is not None and low > high:
        raise ValueError(
            f"{column}={bounds!r} was received, which holds nothing: the first number is the larger one. "
            f"A range is (lowest, highest). Write {column}=({high}, {low})."
        )
    return low, high


def _check_values(repository: Repository, column: str, values: tuple[Any, ...]) -> None:
    dtype = repository.column(*FILTERS[column]).dtype
    if not values:
        raise ValueError(
            f"{column}=[] was received, which selects nothing. A list of at least one value would be right. "
            f"Leave the criterion out to select every {column}."
        )
    if dtype.is_numeric():
        wrong, right = [value for value in values if not _is_number(value)], "numbers"
    elif dtype == pl.Boolean:
        wrong, right = [value for value in values if not isinstance(value, bool)], "True or False"
    else:
        known = list(dtype.categories) if isinstance(dtype, pl.Enum) else known_values(repository, column)
        for value in values:
            if value not in known:
                raise unknown_name(f"{column} value", value, known, where=repository.name, then="Use one of these.")
        return
    if wrong:
        raise TypeError(
            f"{column}={wrong[0]!r} was received. {column} holds {right}. "
            f"See commons.where({column}=…) in notebook 21_cohort_selection."
        )


def known_values(repository: Repository, column: str) -> list[str]:
    """Return every value a column holds, the most frequent first.

    Parameters
    ----------
    repository : Repository
        Where the column is read.
    column : str
        A categorical one of `FILTERS`.

    Returns
    -------
    list of str
        Missing categories included when they occur.
    """
    return list(repository.values(*FILTERS[column]))


def _of_series(repository: Repository, table: str, mask: pl.Series) -> pl.Series:
    """Spread a mask over the rows of `table` to the series that belong to them."""
    return mask.gather(repository.column("series", _KEYS[table])) if table in _KEYS else mask


def _covering(column: str, value: Any) -> tuple[Any, ...]:
    return regions_covering(value) if column == "body_region" else (value,)


def _absent(column: pl.Series) -> pl.Series:
    if column.dtype in (pl.Categorical, pl.Enum):
        spelled = [name for name in MISSING if not isinstance(column.dtype, pl.Enum) or name in column.dtype.categories]
        return column.is_in(pl.Series(spelled).cast(column.dtype).implode())
    return column.is_null()


def _plain(value: Any) -> Any:
    """Turn a NumPy scalar into Python's own, which can be written to a definition."""
    return value.item() if type(value).__module__ == "numpy" and not getattr(value, "shape", ()) else value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST  # false for NaN

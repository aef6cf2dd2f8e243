"""Read what a user wrote as a criterion, after checking attribute, kind, level and every value."""

from typing import Any, get_args

import numpy as np
import polars as pl

from workbench.catalog.criteria.attributes import Attribute, attributes, coded
from workbench.catalog.criteria.criterion import Criterion, Match, MissingPolicy
from workbench.catalog.criteria.levels import Level
from workbench.catalog.repository import Repository
from workbench.errors import UnknownNameError, unknown_name
from workbench.tables import PATIENTS, PATIENTS_OPTIONAL, SERIES, SERIES_OPTIONAL, STUDIES, STUDIES_OPTIONAL
from workbench.vocabulary.demographics import AGE_DECADES, AGE_GROUPS, MISSING
from workbench.vocabulary.dicom import AGE_TOP_CODE_YEARS

_LONGEST = 500  # characters of a search
_LARGEST = 1e300
_OF_THE_MODEL = {*PATIENTS, *PATIENTS_OPTIONAL, *STUDIES, *STUDIES_OPTIONAL, *SERIES, *SERIES_OPTIONAL}
_OF_THINGS = ("modality", "body_part", "manufacturer", "model", "license", "loinc_code", "loinc_name")
_BANDS = {"age_decade": AGE_DECADES, "age_group": AGE_GROUPS}


def read_criterion(
    repository: Repository,
    column: str,
    value: object,
    *,
    missing: MissingPolicy = "exclude",
    level: Level = "series",
    match: Match = "any",
    exclude: bool = False,
) -> Criterion:
    """Return the criterion that a user wrote, after checking attribute, kind and every value.

    Parameters
    ----------
    repository : Repository
        What the criterion will select from.
    column : str
        One of `workbench.catalog.attributes.attributes`.
    value : object
        A scalar (equality), a list or set (membership), or a 2-tuple (inclusive range; None leaves an end open);
        for a description, words to search for. None goes with ``missing="only"``.
    missing : {"exclude", "keep", "only"}
        What to do where the value is missing.
    level : {"series", "study", "patient"}
        Whether series, whole studies or whole patients are selected.
    match : {"any", "all", "each"}
        How the series of a study or patient have to meet it.
    exclude : bool
        Whether what meets the criterion is left out.

    Returns
    -------
    Criterion
        Valid for this repository.

    Raises
    ------
    UnknownNameError
        For an attribute or value that does not exist.
    ValueError, TypeError
        For a range that is reversed, unordered or empty, or a value of the wrong kind.
    """
    known = attributes(repository)
    if column not in known:
        raise unknown_name("column", column, known, where=repository.name, then="Use one of these in where(…).")
    check_words(missing, level, match)
    _check_level(column, level, match)
    made: dict[str, Any] = {"missing": missing, "level": level, "match": match, "exclude": exclude}
    if match == "each" and not (isinstance(value, list | set | frozenset) and len(set(map(_plain, value))) > 1):
        raise ValueError(
            f'{column}={value!r} was received with match="each". A list of at least two values would be right, each of '
            f'which the {level} has to hold. Write for instance modality=["CT", "MR"], or leave match out.'
        )
    if value is None:
        if missing != "only":
            raise ValueError(
                f"{column}=None was received. A value, a list or a range would be right. "
                f'To select rows whose {column} is missing, write where({column}=None, missing="only").'
            )
        return Criterion(column, (), **made)
    if isinstance(value, tuple):
        bounds = tuple(_plain(end) for end in value)
        return Criterion(column, _read_range(known[column], bounds), is_range=True, **made)
    members = sorted(value, key=str) if isinstance(value, set | frozenset) else value
    values = tuple(_plain(member) for member in members) if isinstance(members, list) else (_plain(value),)
    _check_values(repository, known[column], values)
    values = tuple(dict.fromkeys(values))
    return Criterion(column, values, **made)


def known_values(repository: Repository, column: str) -> list[str]:
    """Return every value a column of categories can be asked for.

    Parameters
    ----------
    repository : Repository
        Where the column is read.
    column : str
        A category or a band among `workbench.catalog.attributes.attributes`.

    Returns
    -------
    list of str
        The most frequent first, missing categories included when they occur; bands in their order.
    """
    if column in _BANDS:
        return [*_BANDS[column], *MISSING]
    table = coded(repository, attributes(repository)[column])
    if table is None:  # a number of more values than can be listed
        return []
    words = table.values.cast(pl.String).to_list()
    if not isinstance(table.values.dtype, pl.Enum):
        return words  # the most frequent first already
    n = np.bincount(table.codes, minlength=len(words))
    return [words[code] for code in np.argsort(-n, kind="stable") if n[code]]


def check_words(missing: str, level: str, match: str = "any") -> None:
    """Raise when a word of ``where`` is none of those it knows.

    Parameters
    ----------
    missing : str
        The missing policy.
    level : str
        Series, study or patient.
    match : str
        How the series of a study or patient have to meet a criterion.

    Raises
    ------
    UnknownNameError
        For the first that is unknown.
    """
    for kind, got, options, default in (
        ("missing policy", missing, MissingPolicy, "exclude"),
        ("level", level, Level, "series"),
        ("match", match, Match, "any"),
    ):
        if got not in get_args(options):
            raise unknown_name(kind, got, get_args(options), where="where", then=f'The default is "{default}".')


def _check_level(column: str, level: str, match: str) -> None:
    if match != "any" and level == "series":
        raise ValueError(
            f'match="{match}" was received with level="series"; one series has one {column}. '
            'match="all" and match="each" ask about a study or a patient. Add level="study" or level="patient".'
        )


def _read_range(attribute: Attribute, bounds: tuple[Any, ...]) -> tuple[Any, Any]:
    column = attribute.name
    if attribute.kind != "number":
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


def _check_values(repository: Repository, attribute: Attribute, values: tuple[Any, ...]) -> None:
    column = attribute.name
    several = [value for value in values if hasattr(value, "__iter__") and not isinstance(value, str)]
    if several:
        raise TypeError(
            f"{column} received a {type(several[0]).__name__}. A value, a list or set of values, or a 2-tuple for a "
            f"range would be right. Write {column}=list(…)."
        )
    if not values:
        raise ValueError(
            f"{column}=[] was received, which selects nothing. A list of at least one value would be right. "
            f"Leave the criterion out to select every {column}."
        )
    if attribute.kind in ("category", "band"):
        known = _every_value(repository, attribute)
        held = set(known)
        unknown = [value for value in values if not isinstance(value, str) or value not in held]
        if unknown and not _may_be_listed(repository, attribute):
            raise UnknownNameError(
                f"A {column} that {repository.name} does not have was received. One of its values, {len(known):,} "
                "in all, would be right, as the source writes it; they are not shown, as they may tell patients apart. "
                f"See them here: wb.facets.count(commons.everything, [{column!r}])."
            )
        if unknown:
            raise unknown_name(f"{column} value", unknown[0], known, where=repository.name, then="Use one of these.")
        return
    tests = {
        "number": (_is_number, "numbers"),
        "flag": (lambda value: isinstance(value, bool), "True or False"),
        "text": (_is_searchable, f"words to search for, at most {_LONGEST} characters"),
    }
    fits, right = tests[attribute.kind]
    wrong = [value for value in values if not fits(value)]
    if wrong:
        raise TypeError(
            f"{column}={repr(wrong[0])[:80]} was received. {column} holds {right}. "
            f"See commons.where({column}=…) in notebook 21_cohort_selection."
        )


def _every_value(repository: Repository, attribute: Attribute) -> list[str]:
    """The whole vocabulary where it is closed, so that a value nobody has is no error; else what occurs."""
    table = coded(repository, attribute)
    if table is None or attribute.kind == "band":
        return known_values(repository, attribute.name)
    return table.values.cast(pl.String).to_list()


def _may_be_listed(repository: Repository, attribute: Attribute) -> bool:
    """Whether a message may list values: closed ones, names of things, and what a public source itself shows.

    A column of the user's own with a value for most rows that no other row has is a record number, even there.
    """
    column = repository.read(attribute.table, attribute.column)
    if attribute.kind == "band" or isinstance(column.dtype, pl.Enum) or attribute.column in _OF_THINGS:
        return True
    if repository.disclosure == "controlled":
        return False
    if attribute.column in _OF_THE_MODEL:
        return True
    n_rows = column.cast(pl.String).drop_nulls().alias("value").value_counts(name="n")["n"]
    return bool((n_rows == 1).sum() <= n_rows.sum() / 2)


def _plain(value: Any) -> Any:
    """Turn a NumPy scalar into Python's own, and 7.0 into 7, so that equal questions are written alike."""
    if type(value).__module__ == "numpy" and not getattr(value, "shape", ()):
        value = value.item()
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return int(value) if whole else value


def _is_searchable(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST  # false for NaN

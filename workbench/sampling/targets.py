"""The shares a sample should have, and the people it can be chosen from, as categories of these shares."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import polars as pl

from workbench.errors import listed, unknown_name
from workbench.sampling.strata import Codes, rows_in_order
from workbench.vocabulary.demographics import COVID_STATUS, MISSING

Target = Mapping[str, Mapping[str, float]]
Shares = dict[str, dict[str, float]]
Missing = Literal["excluded", "included"]

_ROW = "_row"
_UNITS = ("person_id", "person_key", "patient_key")
_NOT_REPORTED = MISSING[1]
_YES, _NO = COVID_STATUS[:2]
_FORM = (
    "A mapping of attributes to categories and shares would be right. "
    "Pass, for example, target={'sex': {'Female': 0.51, 'Male': 0.49}}."
)
_ROUNDING = 1e-6  # published shares that sum to 1 within this are taken to sum to 1


@dataclass(frozen=True, eq=False)
class Pool:
    """Who can be chosen, in an order that no row order can change.

    Attributes
    ----------
    rows : polars.DataFrame
        The table's rows that can be chosen, no person twice.
    position : numpy.ndarray
        Where each of them stands in the table.
    shares : mapping
        Attribute to category to the share wanted; they sum to 1. Categories that occur but that the target does not
        name are there too, with 0.
    codes : tuple of numpy.ndarray
        For each attribute the number of each row's category.
    notes : tuple of str
        What was done to the target or the table, in sentences.
    """

    rows: pl.DataFrame
    position: Codes
    shares: Mapping[str, Mapping[str, float]]
    codes: tuple[Codes, ...]
    notes: tuple[str, ...]

    @property
    def wanted(self) -> list[np.ndarray]:
        """The shares wanted, one vector an attribute."""
        return [np.array(list(shares.values())) for shares in self.shares.values()]

    def counts(self, chosen: Codes | None = None) -> list[Codes]:
        """Return how many rows each category has, one vector an attribute.

        Parameters
        ----------
        chosen : numpy.ndarray, optional
            Numbers of the rows that are meant; by default all.

        Returns
        -------
        list of numpy.ndarray
            In the order of `shares`.
        """
        codes = self.codes if chosen is None else [code[chosen] for code in self.codes]
        return [
            np.bincount(code, minlength=len(kinds)) for code, kinds in zip(codes, self.shares.values(), strict=True)
        ]


def make_pool(table: pl.DataFrame, target: Target, *, missing: Missing, normalized: bool = True) -> Pool:
    """Return who can be chosen for a target.

    Parameters
    ----------
    table : polars.DataFrame
        One row a patient, study or series. Of a person (person_id, person_key or patient_key, whichever comes first)
        only the first row counts.
    target : mapping of str to mapping of str to float
        Attribute to category to share.
    missing : {"excluded", "included"}
        Whether rows without a value leave the pool, or stay as a category of which the target has 0. A missing
        category that the target names stays in any case.
    normalized : bool
        Whether shares that do not sum to 1 are divided by their sum.

    Returns
    -------
    Pool
        In the order of the person, else of all columns.

    Raises
    ------
    UnknownNameError
        When the table lacks an attribute, or none of the target's categories occurs in it.
    ValueError
        When the target is empty, a share is negative or no number, or nobody is left to choose from.

    Examples
    --------
    >>> pool = make_pool(pl.DataFrame({"sex": ["F", "M", "M"]}), {"sex": {"F": 1, "M": 1}}, missing="excluded")
    >>> pool.counts()[0].tolist(), pool.wanted[0].tolist()
    ([1, 2], [0.5, 0.5])
    """
    if missing not in get_args(Missing):
        raise unknown_name("policy", missing, get_args(Missing), where="missing=", then="Pass one of these.")
    shares, notes = checked_target(table, target, normalized=normalized)
    rows = _candidates(table, shares, missing, notes)
    texts = rows.select(as_categories(rows, name) for name in shares)
    for name, wanted in shares.items():
        _complete(name, wanted, texts[name], notes)
    codes = tuple(
        texts[name].cast(pl.Enum(list(wanted))).to_physical().to_numpy().astype(np.int64)
        for name, wanted in shares.items()
    )
    return Pool(rows.drop(_ROW), rows[_ROW].to_numpy().astype(np.int64), shares, codes, tuple(notes))


def checked_target(table: pl.DataFrame, target: Target, *, normalized: bool = True) -> tuple[Shares, list[str]]:
    """Return a target that fits a table, its shares in sum 1, and what was done to it.

    Parameters
    ----------
    table : polars.DataFrame
        Has the target's attributes.
    target : mapping of str to mapping of str to float
        Attribute to category to share.
    normalized : bool
        Whether shares that do not sum to 1 are divided by their sum.

    Returns
    -------
    tuple of dict and list of str
        The shares, and sentences.

    Raises
    ------
    UnknownNameError
        When the table lacks an attribute.
    TypeError, ValueError
        When the target is empty or no mapping, a share is negative or no number, or an attribute is no category.

    Examples
    --------
    >>> checked_target(pl.DataFrame({"sex": ["F"]}), {"sex": {"F": 3, "M": 1}})
    ({'sex': {'F': 0.75, 'M': 0.25}}, ["The target's shares of sex sum to 4; each was divided by that sum."])
    """
    _check_form(target)
    for name in target:
        if name not in table.columns:
            then = "Name one of these in the target, or add the column."
            raise unknown_name("column", name, table.columns, where="the table to choose from", then=then)
        if table.schema[name].is_float():
            raise ValueError(
                f"The target names {name}, a column of decimal numbers. A target has categories. "
                "Band it first, for ages with workbench.vocabulary.demographics.age_group."
            )
    notes: list[str] = []
    shares = {name: _checked_shares(name, wanted) for name, wanted in target.items()}
    if normalized:
        shares = {name: _normalized(name, wanted, notes) for name, wanted in shares.items()}
    return shares, notes


def as_categories(rows: pl.DataFrame, name: str) -> pl.Expr:
    """Return the texts of a column, nulls as "Not Reported" and flags as Yes and No.

    Parameters
    ----------
    rows : polars.DataFrame
        Has the column.
    name : str
        The column.

    Returns
    -------
    polars.Expr
        String, without nulls.

    Examples
    --------
    >>> rows = pl.DataFrame({"icu": [True, None]})
    >>> rows.select(as_categories(rows, "icu"))["icu"].to_list()
    ['Yes', 'Not Reported']
    """
    text = pl.col(name).cast(pl.String)
    if rows.schema[name] == pl.Boolean:
        text = pl.when(name).then(pl.lit(_YES)).when(~pl.col(name)).then(pl.lit(_NO))
    return text.fill_null(_NOT_REPORTED).alias(name)


def _check_form(target: object) -> None:
    if not isinstance(target, Mapping) or not all(isinstance(wanted, Mapping) for wanted in target.values()):
        raise TypeError(f"Received a target of the kind {type(target).__name__}. {_FORM}")
    if not target:
        raise ValueError(f"Received a target without attributes. {_FORM}")


def _checked_shares(name: str, wanted: Mapping[str, object]) -> dict[str, float]:
    right = {
        str(category): float(share)
        for category, share in wanted.items()
        if isinstance(share, int | float) and math.isfinite(share) and share >= 0
    }
    wrong = [f"{category} {share!r}" for category, share in wanted.items() if str(category) not in right]
    if wrong or not any(right.values()):
        raise ValueError(
            f"Received for {name} the target {', '.join(wrong) or 'of nothing but 0'}. Each share must be a number "
            "from 0, and one of them above 0. Correct the target."
        )
    return right


def _normalized(name: str, wanted: dict[str, float], notes: list[str]) -> dict[str, float]:
    total = math.fsum(wanted.values())
    if abs(total - 1) <= _ROUNDING:
        return wanted
    notes.append(f"The target's shares of {name} sum to {total:g}; each was divided by that sum.")
    return {category: share / total for category, share in wanted.items()}


def _candidates(table: pl.DataFrame, shares: Target, missing: Missing, notes: list[str]) -> pl.DataFrame:
    """Leave out who cannot be chosen, and sort by person, else by everything."""
    unit = next((name for name in _UNITS if name in table.columns), None)
    if unit is None:
        rows = rows_in_order(table, index=_ROW)
    else:
        rows = table.with_row_index(_ROW).sort(unit, maintain_order=True)
    n_rows = rows.height
    if not n_rows:
        raise ValueError("Received a table without rows. At least one would be right. Check how the rows were chosen.")
    if missing == "excluded":
        for name, wanted in shares.items():
            unnamed = [reason for reason in MISSING if reason not in wanted]
            rows = rows.filter(~as_categories(rows, name).is_in(unnamed))
    if rows.height < n_rows:
        notes.append(
            f"{n_rows - rows.height:,} of {n_rows:,} rows lack {listed(list(shares), 'or')}; they were left out."
        )
    if rows.is_empty():
        raise _nobody(table, shares)
    if unit is None:
        return rows
    once = rows.filter(rows[unit].is_first_distinct() | rows[unit].is_null())
    if once.height < rows.height:
        notes.append(f"Of each {unit} only the first row counts; {rows.height - once.height:,} others were left out.")
    return once


def _nobody(table: pl.DataFrame, shares: Target) -> ValueError:
    never = [name for name in shares if table.select(as_categories(table, name).is_in(MISSING).all()).item()]
    advice = "Pass missing='included', or name fewer attributes."
    if never:
        advice = f"No row has {listed(never, 'or')}: leave {'it' if len(never) == 1 else 'them'} out of the target."
    return ValueError(
        f"Received a table of {table.height:,} rows, none of which can be chosen. Rows with a known "
        f"{listed(list(shares))} would be right. {advice}"
    )


def _complete(name: str, wanted: dict[str, float], texts: pl.Series, notes: list[str]) -> None:
    """Give what occurs but is not in the target a share of 0, what is missing last; say who is in one side only."""
    found = set(texts.unique().to_list())
    if not found & set(wanted):
        then = f"Spell the target's categories of {name} as the table does."
        raise unknown_name("category", next(iter(wanted)), sorted(found), where=f"the column {name}", then=then)
    absent = [category for category, share in wanted.items() if share > 0 and category not in found]
    if absent:
        notes.append(f"{name}: nobody to choose from is {listed(absent, 'or')}.")
    extra = sorted(found - set(wanted) - set(MISSING)) + [reason for reason in MISSING if reason in found - set(wanted)]
    if extra:
        notes.append(f"{name}: the target has no {listed(extra, 'or')}; the share wanted is 0.")
    wanted.update(dict.fromkeys(extra, 0.0))

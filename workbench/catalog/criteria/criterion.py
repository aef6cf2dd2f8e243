"""One criterion of a cohort: an attribute, the values wanted, at which level, and what to do where it is missing."""

import dataclasses
from dataclasses import dataclass
from functools import partial
from keyword import iskeyword
from typing import Any, Literal, Protocol

import numpy as np
import polars as pl

from workbench.catalog.criteria.attributes import Attribute, Coded, Mask, absent, attributes, coded, of_series
from workbench.catalog.criteria.levels import Level, look_up, spread
from workbench.catalog.repository import Repository
from workbench.vocabulary.anatomy import regions_covering

MissingPolicy = Literal["exclude", "keep", "only"]
Match = Literal["any", "all", "each"]

#: How a condition is looked at: as written, as if every missing value met it, or as if none did. The difference
#: of the first two is who is lost only because a value is missing.
View = Literal["as written", "missing met", "missing unmet"]
_INVERTED: dict[MissingPolicy, MissingPolicy] = {"keep": "exclude", "exclude": "keep", "only": "only"}
_OPPOSITE: dict[View, View] = {"missing met": "missing unmet", "missing unmet": "missing met"}


class Condition(Protocol):
    """What a cohort is made of: a criterion, a group of conditions, a window around a test, a query."""

    @property
    def label(self) -> str:
        """The condition in words."""

    @property
    def columns(self) -> frozenset[str]:
        """The attributes it speaks of."""

    def selected(self, repository: Repository, view: View = "as written") -> Mask:
        """Return which series meet it, whatever else a cohort asks.

        Parameters
        ----------
        repository : Repository
            Where the columns are read.
        view : {"as written", "missing met", "missing unmet"}
            How a missing value counts.

        Returns
        -------
        numpy.ndarray
            (n_series,), bool.
        """

    def entry(self) -> dict[str, Any]:
        """Return it as a mapping for a definition file."""

    def code(self, receiver: str) -> str:
        """Return the call that adds it to a cohort.

        Parameters
        ----------
        receiver : str
            The cohort or catalog, as Python text.

        Returns
        -------
        str
            Python text.
        """


@dataclass(frozen=True)
class Criterion:
    """A condition on one attribute, checked against a repository when made by `read_criterion`.

    Attributes
    ----------
    column : str
        One of `workbench.catalog.attributes.attributes`.
    values : tuple
        The wanted values, the inclusive bounds (None: open) of a range, or the words searched for in a text.
    is_range : bool
        Whether `values` are bounds.
    missing : {"exclude", "keep", "only"}
        What becomes of rows whose value is missing: they are lost, they are kept, or the criterion is about them only.
    level : {"series", "study", "patient"}
        Whether the series itself is selected, or all series of the study or the patient that meets the criterion.
    match : {"any", "all", "each"}
        Whether a study or patient meets it by any of its series, by all of them, or by holding each of the values.
    exclude : bool
        Whether what meets the criterion is left out instead.
    """

    column: str
    values: tuple[Any, ...]
    is_range: bool = False
    missing: MissingPolicy = "exclude"
    level: Level = "series"
    match: Match = "any"
    exclude: bool = False

    @property
    def label(self) -> str:
        """The criterion in words, such as ``age_years 18 to 89``."""
        words = f"{self.column} {self._words()}" + (" or missing" if self._policy == "keep" else "")
        if self.missing == "only":
            words = f"{self.column} is missing"
        if self.level != "series":
            how = {"any": "any series of the", "all": "all series of the", "each": "in one"}[self.match]
            words = f"{words} ({how} {self.level})"
        return f"not {words}" if self.exclude else words

    @property
    def columns(self) -> frozenset[str]:
        """The attribute it speaks of."""
        return frozenset([self.column])

    def selected(self, repository: Repository, view: View = "as written") -> Mask:
        """Return which series meet the criterion, whatever else a cohort asks.

        Parameters
        ----------
        repository : Repository
            Where the columns are read.
        view : {"as written", "missing met", "missing unmet"}
            How a missing value counts.

        Returns
        -------
        numpy.ndarray
            (n_series,), bool.
        """
        if self.exclude:
            view = _OPPOSITE.get(view, view)
        attribute, policy = attributes(repository)[self.column], self._policy_in(view)
        groups = [(value,) for value in self.values] if self.match == "each" else [self.values]
        met: Mask = np.logical_and.reduce([self._lifted(repository, attribute, values, policy) for values in groups])
        return ~met if self.exclude else met

    def values_selected(self, table: Coded) -> Mask:
        """Return which of the attribute's values meet the criterion, when it asks each series for itself.

        Parameters
        ----------
        table : Coded
            The attribute.

        Returns
        -------
        numpy.ndarray
            (n_values,), bool; with it, ``selected`` is ``values_selected(table)[table.codes]``.
        """
        met = self._values_met(table.values, table.missing, self.values, self._policy)
        return ~met if self.exclude else met

    @property
    def negated(self) -> "Criterion":
        """The criterion that selects exactly the other series."""
        return dataclasses.replace(self, exclude=not self.exclude, missing=_INVERTED[self.missing])

    def entry(self) -> dict[str, Any]:
        """Return the criterion as a mapping for a definition file; what is at its default is left out.

        Returns
        -------
        dict
            ``column``, ``values`` or ``range``, ``missing`` and perhaps ``level``, ``match``, ``exclude``.
        """
        entry: dict[str, Any] = {
            "column": self.column,
            ("range" if self.is_range else "values"): list(self.values),
            "missing": self.missing,
        }
        more = {"level": self.level, "match": self.match, "exclude": self.exclude}
        defaults = {"level": "series", "match": "any", "exclude": False}
        return entry | {name: value for name, value in more.items() if value != defaults[name]}

    def code(self, receiver: str) -> str:
        """Return the call that adds the criterion to a cohort.

        Parameters
        ----------
        receiver : str
            The cohort or catalog, as Python text.

        Returns
        -------
        str
            Such as ``commons.where(modality='CT')``.
        """
        value: Any = self.values if self.is_range else list(self.values)
        if not self.is_range and len(self.values) < 2:
            value = self.values[0] if self.values else None
        usual = "keep" if self.exclude else "exclude"
        words = [f"{name}={setting!r}" for name, setting in (("level", self.level), ("match", self.match))]
        words = [word for word in words if word not in ("level='series'", "match='any'")]
        plain = self.column.isascii() and self.column.isidentifier() and not iskeyword(self.column)
        named = f"{self.column}={value!r}" if plain else f"**{{{self.column!r}: {value!r}}}"
        policy = [f"missing={self.missing!r}"] if self.missing != usual else []
        verb = "exclude" if self.exclude else "where"
        return f"{receiver}.{verb}({', '.join([named, *policy, *words])})"

    @property
    def _policy(self) -> MissingPolicy:
        """Whether a missing value meets the criterion itself; where it excludes, that is what loses the row."""
        return _INVERTED[self.missing] if self.exclude else self.missing

    def _words(self) -> str:
        if self.is_range:
            low, high = self.values
            return f"{low} to {high}" if None not in self.values else f"≥ {low}" if high is None else f"≤ {high}"
        return (" and " if self.match == "each" else " or ").join(str(value) for value in self.values)

    def _lifted(
        self, repository: Repository, attribute: Attribute, values: tuple[Any, ...], policy: MissingPolicy
    ) -> Mask:
        met = self._of_series(repository, attribute, values, policy)
        return spread(repository, met, self.level, every=self.match == "all")

    def _of_series(
        self, repository: Repository, attribute: Attribute, values: tuple[Any, ...], policy: MissingPolicy
    ) -> Mask:
        """Which series have one of the values themselves, or none where the policy says that this counts."""
        if attribute.kind == "text":
            return _search(repository, attribute, values, policy)
        table = coded(repository, attribute)
        if table is None:
            column = attribute.read(repository)
            met = self._values_met(column, absent(column), values, policy)
            return of_series(repository, attribute.table, met, absent=policy != "exclude")
        return look_up(self._values_met(table.values, table.missing, values, policy), table.codes)

    def _values_met(self, column: pl.Series, unknown: Mask, values: tuple[Any, ...], policy: MissingPolicy) -> Mask:
        if policy == "only":
            return unknown
        met = _matches(column, self.column, values, is_range=self.is_range)
        return met | unknown if policy == "keep" else met

    def _policy_in(self, view: View) -> MissingPolicy:
        if self._policy == "only" or view == "as written":
            return self._policy
        return "keep" if view == "missing met" else "exclude"


def _matches(column: pl.Series, name: str, values: tuple[Any, ...], *, is_range: bool) -> Mask:
    """Which of the column's values are wanted; a number beyond the column's type selects nothing and is no error."""
    if column.dtype.is_integer():
        column = column.cast(pl.Float64)
    met: Mask
    if is_range:
        low, high = values
        match = column >= low if low is not None else column <= high
        if low is not None and high is not None:
            match = match & (column <= high)
        met = match.fill_null(False).to_numpy()
        return met
    wanted = [member for value in values for member in (regions_covering(value) if name == "body_region" else (value,))]
    if column.dtype in (pl.Categorical, pl.Enum):
        column = column.cast(pl.String)
    if not wanted:
        return np.zeros(len(column), dtype=np.bool_)
    met = column.is_in(pl.Series(wanted, dtype=column.dtype).implode()).fill_null(False).to_numpy()
    return met


def _search(repository: Repository, attribute: Attribute, words: tuple[Any, ...], policy: MissingPolicy) -> Mask:
    """Which series have any of the words in a description, whatever the case."""
    codes, texts = repository.remember(("texts", attribute), partial(_texts, repository, attribute))
    unknown = absent(texts)
    found = unknown if policy != "exclude" else np.zeros(len(texts), dtype=np.bool_)
    low = texts.str.to_lowercase()
    for word in words if policy != "only" else ():
        found = found | low.str.contains(str(word).lower(), literal=True).fill_null(False).to_numpy()
    met: Mask = found[codes]
    return met


def _texts(repository: Repository, attribute: Attribute) -> tuple[Any, pl.Series]:
    column = attribute.read(repository)
    texts = pl.concat([column.drop_nulls().unique(), column.clear().extend_constant(None, 1)])
    codes = column.cast(pl.Enum(texts.drop_nulls())).to_physical().fill_null(len(texts) - 1)
    return codes.to_numpy(), texts

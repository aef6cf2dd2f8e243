"""Narrow a repository by one condition after another: which series are selected, and how many that makes."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.catalog.criteria.attributes import Mask
from workbench.catalog.criteria.criterion import Condition, Match, MissingPolicy
from workbench.catalog.criteria.groups import Asked, read_group
from workbench.catalog.criteria.levels import Level, count_distinct
from workbench.catalog.criteria.near_test import Which, read_near_test
from workbench.catalog.criteria.reading import check_words, read_criterion
from workbench.catalog.criteria.sql import read_query
from workbench.catalog.listing import listed
from workbench.catalog.repository import Repository


@dataclass(frozen=True)
class Selection:
    """The series of a repository that meet every condition; immutable, each narrowing gives a new one.

    Attributes
    ----------
    repository : Repository
        What is selected from.
    conditions : tuple of Condition
        In the order they were given; all must hold for one series.
    """

    repository: Repository
    conditions: tuple[Condition, ...] = ()

    def where(
        self,
        /,
        *groups: Asked,
        missing: MissingPolicy = "exclude",
        level: Level = "series",
        match: Match = "any",
        **criteria: Any,
    ) -> Self:
        """Return the selection narrowed by further conditions, in the order written.

        Parameters
        ----------
        *groups : Asked
            What ``wb.any_of``, ``wb.all_of`` and ``wb.none_of`` give.
        missing : {"exclude", "keep", "only"}
            What becomes of rows whose value is missing; what it costs is a column of `attrition`. Like `level` and
            `match` it is about the criteria written here; a group has its own.
        level : {"series", "study", "patient"}
            Whether the series that meet a criterion are selected, or everything of their studies or patients.
        match : {"any", "all", "each"}
            With a study or patient: any of its series meets the criterion, all of them do, or it holds each value.
        **criteria : object
            Attribute to value: a scalar (equality), a list or set (membership), a 2-tuple (inclusive range, None
            leaves an end open); for a description, words to search for. ``age_years`` is the age at the study;
            ``body_region="Chest"`` selects every region that includes the chest.

        Returns
        -------
        Selection
            A new one, of the same kind.

        Raises
        ------
        UnknownNameError
            For an attribute or value that the repository does not have.
        """
        check_words(missing, level, match)
        if groups and not criteria and (missing, level, match) != ("exclude", "series", "any"):
            raise ValueError(
                "missing, level or match was received beside groups only. A group has its own: "
                'wb.any_of(…, missing="keep", level="patient"). Write them inside the group.'
            )
        grouped = [read_group(self.repository, group) for group in groups]
        added = [
            read_criterion(self.repository, name, value, missing=missing, level=level, match=match)
            for name, value in criteria.items()
        ]
        return self._and(*grouped, *added)

    def exclude(
        self, /, *, missing: MissingPolicy = "keep", level: Level = "series", match: Match = "any", **criteria: Any
    ) -> Self:
        """Return the selection without what meets the criteria.

        Parameters
        ----------
        missing : {"exclude", "keep", "only"}
            What becomes of rows whose value is missing: by default they stay, for nothing is known against them.
        level : {"series", "study", "patient"}
            Whether the series that meet a criterion are left out, or everything of their studies or patients.
        match : {"any", "all", "each"}
            As in `where`.
        **criteria : object
            Attribute to value, as in `where`; each is a step of its own.

        Returns
        -------
        Selection
            A new one, of the same kind.
        """
        added = (
            read_criterion(self.repository, name, value, missing=missing, level=level, match=match, exclude=True)
            for name, value in criteria.items()
        )
        return self._and(*added)

    def near_test(
        self,
        result: str,
        *,
        days: tuple[int | None, int | None],
        test: str | None = None,
        which: Which = "all",
        level: Literal["study", "patient"] = "study",
        among: Asked | None = None,
    ) -> Self:
        """Return the selection narrowed to studies within a window of days around a test.

        Parameters
        ----------
        result : str
            The test's result, such as ``"Positive"``.
        days : tuple
            First and last day of the study after the test, inclusive; negative before it, None leaves an end open.
        test : str, optional
            The test's name; any test by default.
        which : {"all", "first", "last"}
            Every study in the window, or the first or last of each patient in the whole repository.
        level : {"study", "patient"}
            Whether those studies are selected, or everything of the patients who have one.
        among : Asked, optional
            ``wb.all_of(modality="CT")``: the first or last is taken among studies that hold such a series.

        Returns
        -------
        Selection
            A new one, of the same kind.

        Raises
        ------
        LookupError
            When the source has no tests.
        """
        window = read_near_test(self.repository, result, days=days, test=test, which=which, level=level, among=among)
        return self._and(window)

    def where_sql(self, query: str) -> Self:
        """Return the selection narrowed to the series, studies or patients whose keys a query returns.

        Parameters
        ----------
        query : str
            SQL over the tables of `Catalog.sql`; its result has ``series_key``, ``study_key`` or ``patient_key``.

        Returns
        -------
        Selection
            A new one, of the same kind.
        """
        return self._and(read_query(self.repository, query))

    def _and(self, *conditions: Condition) -> Self:
        return dataclasses.replace(self, conditions=self.conditions + conditions)

    @cached_property
    def mask(self) -> Mask:
        """Which series are selected, (n_series,) bool; rows held for studies without series included."""
        if not self.conditions:
            return np.ones(len(self.repository.column("series", "patient_key")), dtype=np.bool_)
        return reduce(and_, (condition.selected(self.repository) for condition in self.conditions))

    @cached_property
    def _chosen(self) -> npt.NDArray[np.intp]:
        return np.flatnonzero(self.mask)

    def _column(self, name: str) -> pl.Series:
        return self.repository.column("series", name).gather(self._chosen)

    @cached_property
    def counts(self) -> Mapping[str, int | float]:
        """How many patients, studies, series and instances, and ``size_gb`` (10^9 bytes)."""
        return {
            "patients": count_distinct(self.repository, self._chosen, "patient"),
            "studies": count_distinct(self.repository, self._chosen, "study"),
            "series": int(np.count_nonzero(listed(self.repository, self.mask))),
            "instances": int(self._column("n_instances").cast(pl.UInt64).sum()),
            "size_gb": float(self._column("size_mb").cast(pl.Float64).sum()) / 1000,
        }

    @property
    def rows(self) -> pl.Series:
        """The row numbers of the selected series in the repository's ``series``; listed ones only."""
        chosen = listed(self.repository, self.mask)
        return pl.Series("row", np.flatnonzero(chosen), dtype=pl.UInt32)

    def keys(self) -> pl.DataFrame:
        """Return one row a series, or a study or patient that lists none, with its collection and keys.

        Returns
        -------
        polars.DataFrame
            ``collection_id``, ``patient_key``, ``study_key``, null for a patient without studies; keys mean nothing
            outside this data version.
        """
        return pl.DataFrame([self._column(name) for name in ("collection_id", "patient_key", "study_key")])

"""Studies near a test: within a window of days of a positive or negative result, and the follow-up after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from workbench.catalog.criteria.attributes import Mask
from workbench.catalog.criteria.criterion import View
from workbench.catalog.criteria.follow_up import days_after_tests, need_tests, undated_studies
from workbench.catalog.criteria.group_condition import Group
from workbench.catalog.criteria.groups import read_group
from workbench.catalog.criteria.levels import Level, level_keys, spread
from workbench.catalog.repository import Repository
from workbench.errors import unknown_name

Which = Literal["all", "first", "last"]

_MOST_DAYS = 10**6  # nobody lives that long, and larger numbers do not fit the tables


@dataclass(frozen=True)
class NearTest:
    """Studies that were made within a window of days around a test with a given result.

    Attributes
    ----------
    result : str
        The result asked for, such as ``"Positive"``.
    days : tuple
        First and last day of the study after the test, inclusive; negative before it, None: open.
    test : str, optional
        The name of the test; any test without it.
    which : {"all", "first", "last"}
        Every study in the window, or each patient's first or last one.
    level : {"study", "patient"}
        Whether those studies are selected, or everything of the patients who have one.
    among : Group, optional
        Only studies that hold a series meeting it are looked at, so that the first CT can be asked for.
    """

    result: str
    days: tuple[int | None, int | None]
    test: str | None = None
    which: Which = "all"
    level: Literal["study", "patient"] = "study"
    among: Group | None = None

    @property
    def label(self) -> str:
        """The condition in words."""
        low, high = self.days
        window = (
            f"from day {low} to day {high}"
            if None not in self.days
            else f"from day {low} on"
            if high is None
            else f"up to day {high}"
        )
        named = f"{self.test} {self.result}" if self.test else f"a test with result {self.result}"
        kept = "" if self.which == "all" else f", the {self.which} of each patient"
        whole = " (all series of the patient)" if self.level == "patient" else ""
        held = f" among studies with {self.among.label}" if self.among else ""
        return f"study {window} after {named}{kept}{held}{whole}"

    @property
    def columns(self) -> frozenset[str]:
        """No attribute of its own."""
        return frozenset(["days_to_study"])

    def selected(self, repository: Repository, view: View = "as written") -> Mask:
        """Return which series belong to such a study.

        Parameters
        ----------
        repository : Repository
            Has measurements.
        view : {"as written", "missing met", "missing unmet"}
            With ``"missing met"`` a study counts as in the window when its patient had such a test but the days
            between the two are not known.

        Returns
        -------
        numpy.ndarray
            (n_series,), bool.
        """
        wanted = self._studies(repository)
        keys, n = level_keys(repository, "study")
        hit = np.zeros(n, dtype=np.bool_)
        hit[wanted["study_key"].to_numpy()] = True
        if view == "missing met":
            hit |= undated_studies(repository, n, result=self.result, test=self.test)
        level: Level = "patient" if self.level == "patient" else "series"
        return spread(repository, hit[keys], level)

    def entry(self) -> dict[str, Any]:
        """Return the condition as a mapping for a definition file.

        Returns
        -------
        dict
            ``near_test``, the result, with ``days`` and perhaps ``test``, ``which``, ``level`` and ``among``.
        """
        entry: dict[str, Any] = {"near_test": self.result, "days": list(self.days)}
        more = {"test": self.test, "which": self.which, "level": self.level}
        defaults = {"test": None, "which": "all", "level": "study"}
        entry |= {name: value for name, value in more.items() if value != defaults[name]}
        return entry | ({"among": self.among.entry()} if self.among else {})

    def code(self, receiver: str) -> str:
        """Return the call that adds the condition to a cohort.

        Parameters
        ----------
        receiver : str
            The cohort or catalog, as Python text.

        Returns
        -------
        str
            Such as ``commons.near_test('Positive', days=(-3, 14))``.
        """
        entry = self.entry()
        words = [f"{name}={value!r}" for name, value in entry.items() if name not in ("near_test", "days", "among")]
        words += [f"among={self.among.written()}"] if self.among else []
        return f"{receiver}.near_test({', '.join([repr(self.result), f'days={self.days!r}', *words])})"

    def _studies(self, repository: Repository) -> pl.DataFrame:
        low, high = self.days
        days = pl.col("days_after_test")
        inside = pl.lit(value=True)
        if low is not None:
            inside = inside & (days >= low)
        if high is not None:
            inside = inside & (days <= high)
        near = days_after_tests(repository, result=self.result, test=self.test).filter(inside)
        if self.among:
            keys, n = level_keys(repository, "study")
            held = np.zeros(n, dtype=np.bool_)
            held[keys[self.among.selected(repository)]] = True
            near = near.filter(pl.Series(held[near["study_key"].to_numpy()]))
        if self.which == "all":
            return near
        return (
            near.sort("patient_key", "day", "study_key")
            .group_by("patient_key", maintain_order=True)
            .agg(pl.col("study_key").first() if self.which == "first" else pl.col("study_key").last())
        )


def read_near_test(
    repository: Repository,
    result: str,
    *,
    days: Sequence[Any],
    test: str | None = None,
    which: Which = "all",
    level: Literal["study", "patient"] = "study",
    among: object = None,
) -> NearTest:
    """Return the condition that a user wrote, after checking it against the source's tests.

    Parameters
    ----------
    repository : Repository
        What is selected from.
    result : str
        Such as ``"Positive"``.
    days : sequence of int or None
        First and last day after the test, inclusive; None leaves an end open.
    test : str, optional
        The name of the test.
    which : {"all", "first", "last"}
        Which of a patient's studies in the window.
    level : {"study", "patient"}
        Whether those studies or all of the patient's are selected.
    among : Asked or Group, optional
        What ``wb.all_of`` or ``wb.any_of`` gives: only studies with a series that meets it are looked at.

    Returns
    -------
    NearTest
        Valid for this repository.

    Raises
    ------
    LookupError
        When the source has no tests, or none of that name or result.
    ValueError
        When the window is no pair of days, or reversed.
    """
    need_tests(repository)
    for kind, got, options in (("which", which, get_args(Which)), ("level", level, ("study", "patient"))):
        if got not in options:
            raise unknown_name(kind, got, options, where="near_test", then=f'The default is "{options[0]}".')
    results = repository.values("measurements", "test_result")
    if result not in results:
        raise unknown_name("test result", result, results, where=repository.name, then="Use one of these.")
    tests = repository.values("measurements", "test_name")
    if test is not None and test not in tests:
        raise unknown_name("test", test, tests, where=repository.name, then="Use one of these, or leave test out.")
    window = tuple(days) if isinstance(days, list | tuple) else ()
    whole = [day for day in window if isinstance(day, int) and not isinstance(day, bool) and abs(day) < _MOST_DAYS]
    open_ends = sum(day is None for day in window)
    if len(window) != 2 or not whole or len(whole) + open_ends != 2 or whole != sorted(whole):
        raise ValueError(
            f"days={days!r} was received. A window is two whole numbers of days after the test, the first not above "
            "the last, one of which may be None. Write for instance days=(-3, 14) or days=(28, None)."
        )
    held = read_group(repository, among) if among is not None and not isinstance(among, Group) else among
    return NearTest(result, (window[0], window[1]), test, which, level, held)

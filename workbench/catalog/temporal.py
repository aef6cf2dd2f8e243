"""Studies near a test: within a window of days of a positive or negative result, and the follow-up after it."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from workbench.catalog.attributes import Mask
from workbench.catalog.criteria import View
from workbench.catalog.levels import Level, level_keys, spread
from workbench.catalog.repository import Repository
from workbench.errors import unknown_name

Which = Literal["all", "first", "last"]


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
    """

    result: str
    days: tuple[int | None, int | None]
    test: str | None = None
    which: Which = "all"
    level: Literal["study", "patient"] = "study"

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
        return f"study {window} after {named}{kept}{whole}"

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
            With ``"missing met"`` a study whose day relative to any such test is not known counts as in the window.

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
            known = days_after_tests(repository, result=self.result, test=self.test)["study_key"].unique()
            undated = np.ones(n, dtype=np.bool_)
            undated[known.to_numpy()] = False
            hit |= undated
        level: Level = "patient" if self.level == "patient" else "series"
        return spread(repository, hit[keys], level)

    def entry(self) -> dict[str, Any]:
        """Return the condition as a mapping for a definition file.

        Returns
        -------
        dict
            ``near_test``, the result, with ``days`` and perhaps ``test``, ``which`` and ``level``.
        """
        entry: dict[str, Any] = {"near_test": self.result, "days": list(self.days)}
        more = {"test": self.test, "which": self.which, "level": self.level}
        defaults = {"test": None, "which": "all", "level": "study"}
        return entry | {name: value for name, value in more.items() if value != defaults[name]}

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
        words = [f"{name}={value!r}" for name, value in entry.items() if name not in ("near_test", "days")]
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
    days: tuple[int | None, int | None],
    test: str | None = None,
    which: Which = "all",
    level: Literal["study", "patient"] = "study",
) -> NearTest:
    """Return the condition that a user wrote, after checking it against the source's tests.

    Parameters
    ----------
    repository : Repository
        What is selected from.
    result : str
        Such as ``"Positive"``.
    days : tuple
        First and last day after the test, inclusive; None leaves an end open.
    test : str, optional
        The name of the test.
    which : {"all", "first", "last"}
        Which of a patient's studies in the window.
    level : {"study", "patient"}
        Whether those studies or all of the patient's are selected.

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
    _need_tests(repository)
    for kind, got, options in (("which", which, get_args(Which)), ("level", level, ("study", "patient"))):
        if got not in options:
            raise unknown_name(kind, got, options, where="near_test", then=f'The default is "{options[0]}".')
    results = repository.values("measurements", "test_result")
    if result not in results:
        raise unknown_name("test result", result, results, where=repository.name, then="Use one of these.")
    tests = repository.values("measurements", "test_name")
    if test is not None and test not in tests:
        raise unknown_name("test", test, tests, where=repository.name, then="Use one of these, or leave test out.")
    window = tuple(days) if isinstance(days, tuple | list) else ()
    whole = [isinstance(day, int) and not isinstance(day, bool) for day in window if day is not None]
    if len(window) != 2 or not whole or not all(whole) or (len(whole) == 2 and window[0] > window[1]):
        raise ValueError(
            f"days={days!r} was received. A window is two whole numbers of days after the test, the first not above "
            "the last, one of which may be None. Write for instance days=(-3, 14) or days=(28, None)."
        )
    return NearTest(result, (window[0], window[1]), test, which, level)


def days_after_tests(repository: Repository, *, result: str, test: str | None = None) -> pl.DataFrame:
    """Return every pair of a study and a test of the same patient, with the days between them.

    Parameters
    ----------
    repository : Repository
        Has measurements.
    result : str
        The result of the tests.
    test : str, optional
        Their name.

    Returns
    -------
    polars.DataFrame
        ``patient_key``, ``study_key``, ``days_after_test`` (of the study, negative before the test) and ``day``,
        which orders a patient's studies: days from the index event, or after the test where only that is known.
    """
    pairs = repository.remember("test pairs", partial(_pairs, repository))
    named = pl.col("test_result").cast(pl.String) == result
    if test is not None:
        named = named & (pl.col("test_name").cast(pl.String) == test)
    return pairs.filter(named).select("patient_key", "study_key", "days_after_test", "day")


def _pairs(repository: Repository) -> pl.DataFrame:
    _need_tests(repository)
    names = repository.columns("measurements")
    tests = pl.DataFrame([repository.column("measurements", name) for name in names])
    studies = pl.DataFrame([repository.column("studies", name) for name in ("study_key", "patient_key")])
    dated = pl.lit(None, pl.Int32).alias("days_to_study")
    if repository.has("studies", "days_to_study"):
        dated = repository.column("studies", "days_to_study")  # type: ignore[assignment]
    studies = studies.with_columns(dated)
    kept = ["patient_key", "study_key", "test_name", "test_result", "days_after_test", "day"]
    of_patient = tests.drop("study_key", "days_from_study").drop_nulls("days_from_index")
    by_index = (
        of_patient.join(studies.drop_nulls("days_to_study"), on="patient_key")
        .with_columns(days_after_test=pl.col("days_to_study") - pl.col("days_from_index"), day=pl.col("days_to_study"))
        .select(kept)
    )
    of_study = tests.drop("patient_key").drop_nulls(["study_key", "days_from_study"])
    by_study = (
        of_study.join(studies, on="study_key")
        .with_columns(days_after_test=-pl.col("days_from_study"))
        .with_columns(day=pl.coalesce("days_to_study", "days_after_test"))
        .select(kept)
    )
    return pl.concat([by_index, by_study]).unique(maintain_order=True)


def _need_tests(repository: Repository) -> None:
    if not repository.columns("measurements"):
        raise LookupError(
            f"{repository.name} has no test results. A source with measurements would be right, such as a Gen3 export "
            "with its measurement file. Try it on open_catalog('synthetic')."
        )

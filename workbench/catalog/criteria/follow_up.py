"""How many days lie between a study and the tests of its patient, and a patient's visits in order."""

from functools import partial

import numpy as np
import polars as pl

from workbench.catalog.criteria.attributes import Mask
from workbench.catalog.criteria.levels import level_keys
from workbench.catalog.listing import list_series
from workbench.catalog.repository import Repository


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
    return pairs.filter(_asked(result, test)).select("patient_key", "study_key", "days_after_test", "day")


def undated_studies(repository: Repository, n: int, *, result: str, test: str | None = None) -> Mask:
    """Return which studies belong to a patient who had such a test, with the days between the two not known.

    Parameters
    ----------
    repository : Repository
        Has measurements.
    n : int
        How many keys of studies there can be.
    result : str
        The result of the tests.
    test : str, optional
        Their name.

    Returns
    -------
    numpy.ndarray
        (n,), bool. A patient without such a test is not among them: nothing is missing there.
    """
    names = ("patient_key", "test_name", "test_result")
    tests = pl.DataFrame([repository.column("measurements", name) for name in names])
    tested = tests.filter(_asked(result, test))["patient_key"].unique()
    owners = repository.column("studies", "patient_key")
    undated = np.zeros(n, dtype=np.bool_)
    undated[: len(owners)] = owners.is_in(tested.implode()).to_numpy()
    undated[days_after_tests(repository, result=result, test=test)["study_key"].to_numpy()] = False
    return undated


def follow_up(repository: Repository, met: Mask, *, result: str, test: str | None = None) -> pl.DataFrame:
    """Return the studies of the selected series, in order and counted from each patient's first such test.

    Parameters
    ----------
    repository : Repository
        Has measurements.
    met : numpy.ndarray
        (n_series,), bool.
    result : str
        The result of the test that time counts from.
    test : str, optional
        Its name.

    Returns
    -------
    polars.DataFrame
        One row a study whose day is known: ``collection_id``, ``patient_id``, ``study_uid``, ``visit`` (from 1),
        ``days_after_test``, ``days_since_last_visit``, ``days_after_nearest_test``.
    """
    keys, n = level_keys(repository, "study")
    rows = np.flatnonzero(met)
    first = np.full(n, -1, dtype=np.int64)
    first[keys[rows[::-1]]] = rows[::-1]  # the first of a study's rows is written last
    after = days_after_tests(repository, result=result, test=test)
    of_cohort = after.filter(pl.Series(first[after["study_key"].to_numpy()] >= 0))
    visits = (
        of_cohort.group_by("patient_key", "study_key")
        .agg(
            pl.col("days_after_test").max(),  # the test that lies furthest back is the first one
            days_after_nearest_test=pl.col("days_after_test").sort_by(pl.col("days_after_test").abs()).first(),
        )
        .sort("patient_key", "days_after_test", "study_key")
    )
    shown = pl.Series(first[visits["study_key"].to_numpy()], dtype=pl.UInt32)
    named = list_series(repository, shown, ("collection_id", "patient_id", "study_uid"))
    days = pl.col("days_after_test")
    return pl.concat([named, visits], how="horizontal").select(
        "collection_id",
        "patient_id",
        "study_uid",
        visit=(pl.int_range(pl.len()).over("patient_key") + 1).cast(pl.Int32),
        days_after_test=days,
        days_since_last_visit=days - days.shift(1).over("patient_key"),
        days_after_nearest_test=pl.col("days_after_nearest_test"),
    )


def _asked(result: str, test: str | None) -> pl.Expr:
    named = pl.col("test_result").cast(pl.String) == result
    return named if test is None else named & (pl.col("test_name").cast(pl.String) == test)


def _pairs(repository: Repository) -> pl.DataFrame:
    need_tests(repository)
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


def need_tests(repository: Repository) -> None:
    """Raise when a source has no test results.

    Parameters
    ----------
    repository : Repository
        Any source.

    Raises
    ------
    LookupError
        When there are no measurements.
    """
    if not repository.columns("measurements"):
        raise LookupError(
            f"{repository.name} has no test results. A source with measurements would be right, such as a Gen3 export "
            "with its measurement file. Try it on open_catalog('synthetic')."
        )

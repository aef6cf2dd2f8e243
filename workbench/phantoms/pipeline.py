"""The way of each invented study into a release: ingested, under quality and harmonization, released."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.phantoms.batches import published_batches
from workbench.phantoms.population import Plan
from workbench.vocabulary.pipeline import PIPELINE_STATES

Numbers = npt.NDArray[np.integer]

_DATES = ("ingested_date", "quality_date", "released_date")
_LATE_DAYS = 45  # a study this long after the patient's first is a follow-up
_BEFORE_RELEASE = (40, 121)  # days from ingestion to release, at least and below
_IN_WAITING = (30, 121)  # days since the studies of those who wait were ingested
_TO_QUALITY = (3, 26)


def pipeline_dates(
    plan: Plan, batch: npt.NDArray[np.uint8], *, days_since_first: Numbers, patient: Numbers, rng: np.random.Generator
) -> pl.DataFrame:
    """Return when each study was ingested, went into quality control and was released, and where it stands.

    A patient's first studies are released with the patient's batch. A follow-up is ingested as much later as it was
    made, and released with the first batch that is then due.

    Parameters
    ----------
    plan : Plan
        Its day decides what has happened yet.
    batch : numpy.ndarray
        (n_patients,), the number of each patient's batch.
    days_since_first : numpy.ndarray
        (n_studies,), days after the patient's first study.
    patient : numpy.ndarray
        (n_studies,), whose each is.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    polars.DataFrame
        ``ingested_date``, ``quality_date``, ``released_date`` (null: not yet) and ``pipeline_state``.
    """
    batch_days = np.array(published_batches().dates, dtype="datetime64[D]").astype(np.int32)
    today = np.int32(np.datetime64(plan.as_of, "D").astype(np.int32))
    due = batch_days[batch]
    waiting = due > today
    before = np.where(waiting, today, due) - np.where(
        waiting, rng.integers(*_IN_WAITING, size=len(due)), rng.integers(*_BEFORE_RELEASE, size=len(due))
    )
    ingested, released = before[patient].astype(np.int32), due[patient]
    if plan.follow_ups_later:
        late = np.flatnonzero(days_since_first >= _LATE_DAYS)
        latest = today - rng.integers(0, 60, size=len(late))
        ingested[late] = np.maximum(ingested[late], np.minimum(ingested[late] + days_since_first[late], latest))
        ready = np.searchsorted(batch_days, ingested[late] + _BEFORE_RELEASE[0])
        after = np.append(batch_days, np.iinfo(np.int32).max)
        released[late] = np.maximum(released[late], after[ready])
    in_quality = ingested + rng.integers(*_TO_QUALITY, size=len(patient)).astype(np.int32)
    reached = np.stack([ingested, in_quality, released], axis=1)
    happened = reached <= today
    columns = {
        name: pl.Series(reached[:, place]).set(pl.Series(~happened[:, place]), None).cast(pl.Date)
        for place, name in enumerate(_DATES)
    }
    state = pl.Series(PIPELINE_STATES, dtype=pl.Categorical).gather((happened[:, 1:].sum(axis=1)).astype(np.uint32))
    return pl.DataFrame({**columns, "pipeline_state": state})


def count_pipeline(studies: pl.DataFrame, *, dates: Sequence[date]) -> pl.DataFrame:
    """Return how many studies had been ingested, were under quality and harmonization, and were released, by date.

    Parameters
    ----------
    studies : polars.DataFrame
        With ``ingested_date``, ``quality_date`` and ``released_date``; one row a study.
    dates : sequence of datetime.date
        At the end of which days to count.

    Returns
    -------
    polars.DataFrame
        One row a date: ``date``, ``n_ingested`` (so far, wherever they stand now), ``n_waiting``, ``n_in_quality``,
        ``n_released``; the last three add up to the first.

    Examples
    --------
    >>> from datetime import date
    >>> day = date(2021, 8, 1)
    >>> studies = pl.DataFrame(
    ...     {"ingested_date": [day, day], "quality_date": [day, None], "released_date": [None, None]}
    ... )
    >>> count_pipeline(studies.cast(pl.Date), dates=[day]).row(0)
    (datetime.date(2021, 8, 1), 2, 1, 1, 0)
    """
    days = pl.DataFrame({"date": sorted(dates)}, schema={"date": pl.Date})
    so_far = [
        studies[name].drop_nulls().sort().search_sorted(days["date"], side="right").cast(pl.Int64).alias(name)
        for name in _DATES
    ]
    ingested, in_quality, released = (pl.col(name) for name in _DATES)
    return days.with_columns(so_far).select(
        "date",
        n_ingested=ingested,
        n_waiting=ingested - in_quality,
        n_in_quality=in_quality - released,
        n_released=released,
    )

"""Where the studies of a commons stand on their way into a release, now and over time."""

import datetime as dt
from itertools import pairwise

import polars as pl

from workbench.catalog.repository import Repository
from workbench.vocabulary.pipeline import PIPELINE_STATES

_DATES = ("ingested_date", "quality_date", "released_date")
_STATE = "pipeline_state"
#: Columns of a count after the date: so far in all, then by where a study stood on that day.
COUNTED = ("n_ingested", "n_waiting", "n_in_quality", "n_released")
_MOST_DAYS = 400  # with more, a day is narrower than a pixel: weeks are counted


def count_pipeline_over_time(repository: Repository) -> pl.DataFrame:
    """Return how many studies had been ingested, were under quality and harmonization, and were released, by date.

    A study whose earlier date is absent or later than a later one counts from the earliest date that it must have been
    there, so that the states of every day add up.

    Parameters
    ----------
    repository : Repository
        Any source.

    Returns
    -------
    polars.DataFrame
        One row a day, or a week of more than 400 days: ``date``, ``n_ingested`` (so far, wherever they stand now),
        ``n_waiting``, ``n_in_quality``, ``n_released``; the last three add up to the first. No rows where the source
        has no dates.
    """
    empty = pl.DataFrame(schema={"date": pl.Date, **dict.fromkeys(COUNTED, pl.Int64)})
    if not all(repository.has("studies", name) for name in _DATES):
        return empty
    ingested, quality, released = (repository.column("studies", name) for name in _DATES)
    dated = pl.DataFrame([ingested, quality, released]).select(
        pl.min_horizontal(*_DATES), pl.min_horizontal(*_DATES[1:]).alias(_DATES[1]), _DATES[2]
    )
    first, last = dated[_DATES[0]].min(), dated.select(pl.max_horizontal(pl.all().max())).item()
    if not isinstance(first, dt.date):
        return empty
    step = 1 if (last - first).days <= _MOST_DAYS else 7
    days = pl.date_range(first, last, f"{step}d", eager=True).alias("date")
    days = days if days[-1] == last else days.append(pl.Series([last]))
    so_far = [dated[name].drop_nulls().sort().search_sorted(days, side="right").cast(pl.Int64) for name in _DATES]
    standing = [earlier - later for earlier, later in pairwise(so_far)]
    counted = zip((so_far[0], *standing, so_far[2]), COUNTED, strict=True)
    return pl.DataFrame([days, *(part.alias(name) for part, name in counted)])


def count_pipeline(repository: Repository) -> dict[str, int]:
    """Return how many studies have been ingested, are under quality and harmonization, and are released today.

    Parameters
    ----------
    repository : Repository
        Any source.

    Returns
    -------
    dict of str to int
        ``n_ingested`` (all, wherever they stand now), ``n_waiting``, ``n_in_quality``, ``n_released``; from the states
        of the studies, else from their dates. Empty where the source has neither.
    """
    if not repository.has("studies", _STATE):
        dated = count_pipeline_over_time(repository)
        return dated.select(COUNTED).row(-1, named=True) if dated.height else {}
    states = repository.column("studies", _STATE).cast(pl.String)
    counted = dict(states.value_counts().iter_rows())
    waiting, in_quality, released = (counted.get(state, 0) for state in PIPELINE_STATES)
    return dict(zip(COUNTED, (waiting + in_quality + released, waiting, in_quality, released), strict=True))

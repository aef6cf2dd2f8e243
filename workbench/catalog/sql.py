"""The escape hatch: SQL over the same tables, and a cohort from the keys that a query returns."""

import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from workbench.catalog.attributes import Mask
from workbench.catalog.criteria import View
from workbench.catalog.levels import level_keys
from workbench.catalog.repository import Repository

TABLES = ("patients", "studies", "series", "measurements")
_LEVELS: dict[str, Literal["study", "patient"] | None] = {
    "series_key": None,
    "study_key": "study",
    "patient_key": "patient",
}
# A query may read the tables given to it, not files of the machine it happens to run on.
_FILES = re.compile(r"\b(read_(csv|parquet|ipc|json|ndjson|avro|delta)|scan_\w+)\s*\(", re.IGNORECASE)
_SELECTS = re.compile(r"^\s*(select|with)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Query:
    """A condition written in SQL: the query returns the keys of what is selected.

    Attributes
    ----------
    query : str
        Its result has a column ``series_key``, ``study_key`` or ``patient_key``.
    """

    query: str

    @property
    def label(self) -> str:
        """The query on one line."""
        return f"SQL {' '.join(self.query.split())}"

    @property
    def columns(self) -> frozenset[str]:
        """No attribute that could be told."""
        return frozenset()

    def selected(self, repository: Repository, view: View = "as written") -> Mask:  # noqa: ARG002 - every condition has it
        """Return which series the query names, or belong to a study or patient it names.

        Parameters
        ----------
        repository : Repository
            What is asked.
        view : {"as written", "missing met", "missing unmet"}
            Without effect: what a query does about missing values cannot be told from outside.

        Returns
        -------
        numpy.ndarray
            (n_series,), bool.
        """
        return repository.remember(("query", self.query), lambda: _selected(repository, self.query))

    def entry(self) -> dict[str, Any]:
        """Return the query as a mapping for a definition file.

        Returns
        -------
        dict
            ``sql``.
        """
        return {"sql": self.query}

    def code(self, receiver: str) -> str:
        """Return the call that adds the query to a cohort.

        Parameters
        ----------
        receiver : str
            The cohort or catalog, as Python text.

        Returns
        -------
        str
            Such as ``commons.where_sql('select …')``.
        """
        return f"{receiver}.where_sql({self.query!r})"


def run_sql(repository: Repository, query: str) -> pl.DataFrame:
    """Return the result of a query over ``patients``, ``studies``, ``series`` and, where there are, ``measurements``.

    Keys join the tables: ``series.study_key = studies.study_key``, ``series.patient_key = patients.patient_key``;
    ``series`` also has ``series_key``, its row number.

    Parameters
    ----------
    repository : Repository
        What is asked.
    query : str
        One SELECT in Polars' SQL.

    Returns
    -------
    polars.DataFrame
        Whatever the query selects.

    Raises
    ------
    ValueError
        For anything but one query over these tables, or SQL that is not understood.
    """
    if not _SELECTS.match(query) or _FILES.search(query):
        raise ValueError(
            f"The SQL {_short(query)!r} was received. One query that begins with SELECT or WITH and reads the tables "
            f"{', '.join(TABLES)} would be right. See commons.sql(…) in notebook 21_cohort_selection."
        )
    frames = {name: _scan(repository, name) for name in TABLES if repository.columns(name)}
    try:
        with pl.SQLContext(frames, eager=False) as context:
            return context.execute(query).collect()
    except (pl.exceptions.PolarsError, ValueError) as problem:
        columns = "; ".join(f"{name}: {', '.join(frame.collect_schema().names())}" for name, frame in frames.items())
        raise ValueError(
            f"The SQL {_short(query)!r} was not understood: {str(problem).splitlines()[0]}. Tables and their columns "
            f"are {columns}. Correct the query; Polars' SQL is meant."
        ) from problem


def read_query(repository: Repository, query: str) -> Query:
    """Return the condition that a query states, after running it once.

    Parameters
    ----------
    repository : Repository
        What is selected from.
    query : str
        Returns ``series_key``, ``study_key`` or ``patient_key``.

    Returns
    -------
    Query
        Valid for this repository.

    Raises
    ------
    ValueError
        When it returns no such column, or is no query.
    """
    condition = Query(query)
    condition.selected(repository)
    return condition


def _selected(repository: Repository, query: str) -> Mask:
    found = run_sql(repository, query)
    names = [name for name in _LEVELS if name in found.columns]
    if not names:
        raise ValueError(
            f"The SQL {_short(query)!r} returns {', '.join(found.columns)}. A column series_key, study_key or "
            "patient_key says what is selected. Write for instance: "
            "select patient_key from patients where sex = 'Female'"
        )
    level = _LEVELS[names[0]]
    n_series = len(repository.column("series", "patient_key"))
    keys, n = (np.arange(n_series), n_series) if level is None else level_keys(repository, level)
    chosen = found[names[0]].drop_nulls()
    if not chosen.dtype.is_integer() or not chosen.is_between(0, n - 1).all():
        raise ValueError(
            f"The SQL {_short(query)!r} returns a {names[0]} that no row has. Keys are taken from the tables, not "
            f"made. Write for instance: select {names[0]} from series where modality = 'CT'"
        )
    hit = np.zeros(n, dtype=np.bool_)
    hit[chosen.to_numpy()] = True
    return hit[keys]


def _scan(repository: Repository, table: str) -> pl.LazyFrame:
    frame = pl.scan_parquet(repository.folder / f"{table}.parquet")
    categories = pl.selectors.categorical() | pl.selectors.enum()
    frame = frame.with_columns(categories.cast(pl.String))
    return frame.with_row_index("series_key") if table == "series" else frame


def _short(query: str) -> str:
    line = " ".join(query.split())
    return line if len(line) <= 80 else f"{line[:79]}…"

"""The escape hatch: SQL over the same tables, and a cohort from the keys that a query returns."""

import itertools
import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from workbench.catalog.criteria.attributes import Mask
from workbench.catalog.criteria.criterion import View
from workbench.catalog.criteria.levels import level_keys
from workbench.catalog.repository import Repository
from workbench.errors import brief

TABLES = ("patients", "studies", "series", "measurements")
# Key -> the level it selects, and the table whose rows it numbers.
_LEVELS: dict[str, tuple[Literal["series", "study", "patient"], str]] = {
    "series_key": ("series", "series"),
    "study_key": ("study", "studies"),
    "patient_key": ("patient", "patients"),
}
# A query may read the tables given to it, not files of the machine it happens to run on.
_FILES = re.compile(r"(read|scan)_\w+")
# What makes rows or text of any size would end the process when memory ends.
_MAKERS = frozenset(["generate_series", "lpad", "range", "repeat", "rpad"])
# Polars evaluates a query by recursion, and from about 700 operators or parts on it ends the whole process. Lists of
# keys do not nest and may be long; a list of other numbers may be searched for hours.
_MOST_PARTS = 500
_PART = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))|(?P<text>'(?:[^']|'')*+'?)"
    r'|(?P<quoted>"(?:[^"]|"")*+"?|`(?:[^`]|``)*+`?)|(?P<word>\w+)|(?P<sign>\S)',
    re.DOTALL,
)
# Texts and comments that end elsewhere than plain ones do.
_UNUSUAL = re.compile(r"/\*.*/\*", re.DOTALL)
_PREFIXES = frozenset(["b", "br", "e", "n", "nq", "q", "r", "rb", "x"])


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
        """A name that no attribute has: what a query speaks of cannot be told, so it is never one facet's own."""
        return frozenset(["(SQL)"])

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
    query = str(query)
    _check(query)
    frames = {name: _scan(repository, name) for name in TABLES if repository.columns(name)}
    try:
        with pl.SQLContext(frames, eager=False) as context:
            return context.execute(query).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as problem:
        columns = "; ".join(f"{name}: {', '.join(frame.collect_schema().names())}" for name, frame in frames.items())
        raise ValueError(
            f"The SQL {_short(query)!r} was not understood: {brief(_why(problem))}. Tables and their columns "
            f"are {columns}. Correct the query; Polars' SQL is meant."
        ) from None  # what Polars says may hold values


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


def _check(query: str) -> None:
    """Refuse what would read files or end the process, before Polars sees it."""
    parts = [(str(part.lastgroup), part[0]) for part in _PART.finditer(query)]
    unusual = any(kind == "comment" and _UNUSUAL.match(text) for kind, text in parts)
    parts = [part for part in parts if part[0] != "comment"]
    names = [text.strip('"`').lower() if kind in ("word", "quoted") else text for kind, text in parts]
    unusual |= any(
        text == "$" or (text[:1] == "'" and (before in _PREFIXES or before == "&"))
        for text, before in zip(names, ["", *names], strict=False)
    )
    called = {name for name, after in itertools.pairwise(names) if after == "("}
    first = next((name for name in names if name != "("), "")
    if unusual or first not in ("select", "with") or any(map(_FILES.fullmatch, called)):
        raise ValueError(
            f"The SQL {_short(query)!r} was received. One query that begins with SELECT or WITH and reads the "
            f"tables {', '.join(TABLES)} would be right. See commons.sql(…) in notebook 21_cohort_selection."
        )
    if called & _MAKERS:
        raise ValueError(
            f"The SQL {_short(query)!r} calls {min(called & _MAKERS)}, which can make more than the machine holds. "
            f"What the tables {', '.join(TABLES)} hold would be right. Leave the call out."
        )
    counted = _without_listed_keys(parts, names)
    words = sum(kind != "sign" for kind in counted)
    for n, unit in ((words, "words"), (len(counted) - words, "signs")):
        if n > _MOST_PARTS:
            raise ValueError(
                f"The SQL {_short(query)!r} has {n:,} {unit}. At most {_MOST_PARTS} would be right, lists of keys "
                "not counted. Put what it lists into a table and join that: commons.join(table, on=…)."
            )


def _without_listed_keys(parts: list[tuple[str, str]], names: list[str]) -> list[str]:
    """The kinds of the parts that nest: no brackets, commas and dots, and no numbers behind ``series_key in (``."""
    counted, listing = [], False
    for at, (kind, text) in enumerate(parts):
        if text == "(":
            before = [name for name in names[max(0, at - 3) : at] if name != "not"]
            listing = before[-1:] == ["in"] and before[-2:-1] != [] and before[-2] in _LEVELS
        listing = listing and (text in "(," or text.isdecimal())
        if not listing and not (kind == "sign" and text in "(),."):
            counted.append(kind)
    return counted


def _selected(repository: Repository, query: str) -> Mask:
    found = run_sql(repository, query)
    names = [name for name in _LEVELS if name in found.columns]
    if not names:
        raise ValueError(
            f"The SQL {_short(query)!r} returns {brief(', '.join(found.columns))}. A column series_key, study_key or "
            "patient_key says what is selected. Write for instance: "
            "select patient_key from patients where sex = 'Female'"
        )
    level, table = _LEVELS[names[0]]
    n_rows = len(repository.column(table, "patient_key"))
    chosen = found[names[0]].drop_nulls()
    if not chosen.dtype.is_integer() or not chosen.is_between(0, n_rows - 1).all():
        raise ValueError(
            f"The SQL {_short(query)!r} returns a {names[0]} that no row has. Keys are taken from the tables, not "
            f"made. Write for instance: select {names[0]} from series where modality = 'CT'"
        )
    keys, n = (np.arange(n_rows), n_rows) if level == "series" else level_keys(repository, level)
    hit = np.zeros(n, dtype=np.bool_)
    hit[chosen.to_numpy()] = True
    return hit[keys]


def _scan(repository: Repository, table: str) -> pl.LazyFrame:
    frame = pl.scan_parquet(repository.folder / f"{table}.parquet")
    categories = pl.selectors.categorical() | pl.selectors.enum()
    frame = frame.with_columns(categories.cast(pl.String))
    return frame.with_row_index("series_key") if table == "series" else frame


def _why(problem: BaseException) -> str:
    """What Polars says, as far as it tells no value of a table: those stand behind a bracket, or on further lines."""
    line = (str(problem).strip() or "no reason was given").splitlines()[0]
    return re.split(r"\[| for \d+ out of |; valid columns", line, maxsplit=1)[0].rstrip(" :.,")


def _short(query: str) -> str:
    return brief(" ".join(query.split()))

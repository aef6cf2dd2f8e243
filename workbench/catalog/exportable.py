"""What an export needs to know of a cohort, and the original columns of exactly its series."""

from collections.abc import Mapping
from typing import Protocol

import polars as pl

from workbench.catalog.repository import Repository


class Exportable(Protocol):
    """Anything that knows its repository, its series rows, its counts and the hash of its definition: a cohort."""

    @property
    def repository(self) -> Repository:
        """What was selected from."""

    @property
    def rows(self) -> pl.Series:
        """Row numbers in the repository's ``series``."""

    @property
    def counts(self) -> Mapping[str, int | float]:
        """``patients``, ``studies``, ``series``, ``instances`` and ``size_gb``."""

    @property
    def sha256(self) -> str:
        """The content hash of the definition."""


def listed_rows(cohort: Exportable) -> pl.Series:
    """Return the rows of a cohort that are series, without the placeholders of studies and patients that list none.

    Parameters
    ----------
    cohort : Exportable
        A cohort.

    Returns
    -------
    polars.Series
        Row numbers in ``series``, ascending.
    """
    rows = cohort.rows.sort()
    if not cohort.repository.has("series", "listed"):
        return rows
    return rows.filter(cohort.repository.column("series", "listed").gather(rows).fill_null(value=True))


def original_columns(cohort: Exportable, *names: str) -> pl.DataFrame:
    """Return some original columns of a cohort's series, reading no other column.

    Parameters
    ----------
    cohort : Exportable
        A cohort.
    *names : str
        Names of `workbench.tables.ORIGINAL`.

    Returns
    -------
    polars.DataFrame
        One row a series, by collection, patient and study; null where the source lacks the column.
    """
    rows = listed_rows(cohort)
    return pl.DataFrame([cohort.repository.original_column(name, rows) for name in names])

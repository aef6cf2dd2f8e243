"""What an export needs to know of a cohort, and the original columns of exactly its series."""

from collections.abc import Mapping
from typing import Protocol

import polars as pl

from workbench.catalog.repository import Repository
from workbench.tables import ORIGINAL

_STRETCH = 1 << 16  # rows; longer ones need more memory, shorter ones more time


class Selection(Protocol):
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


def listed_rows(cohort: Selection) -> pl.Series:
    """Return the rows of a cohort that are series, without the placeholders of studies and patients that list none.

    Parameters
    ----------
    cohort : Selection
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


def original_columns(cohort: Selection, *names: str) -> pl.DataFrame:
    """Return some original columns of a cohort's series, reading no other column.

    Parameters
    ----------
    cohort : Selection
        A cohort.
    *names : str
        Names of `workbench.tables.ORIGINAL`.

    Returns
    -------
    polars.DataFrame
        One row a series, by collection, patient and study; null where the source lacks the column.
    """
    source_rows = cohort.repository.column("series", "source_row").gather(listed_rows(cohort))
    return read_original(cohort.repository, source_rows, *names)


def read_original(repository: Repository, source_rows: pl.Series, *names: str) -> pl.DataFrame:
    """Return some columns of some rows of the original, reading only the stretches of the file that hold them.

    A cohort's series lie close together, collection by collection: this needs a fraction of the memory of a whole
    column, which holds a million addresses.

    Parameters
    ----------
    repository : Repository
        Knows where the original lies.
    source_rows : polars.Series
        Row numbers in the original.
    *names : str
        Names of `workbench.tables.ORIGINAL`.

    Returns
    -------
    polars.DataFrame
        In the order of `source_rows`; null where the source lacks the column.
    """
    wanted = pl.DataFrame({"at": source_rows.cast(pl.Int64)}).with_row_index("order").sort("at")
    stretches = wanted.with_columns(stretch=pl.col("at") // _STRETCH).partition_by("stretch", maintain_order=True)
    columns = []
    for name in names:
        if name not in repository.original_columns:
            columns.append(pl.Series(name, [None], dtype=ORIGINAL[name]).new_from_index(0, len(wanted)))
            continue
        read = pl.scan_parquet(repository.original).select(repository.original_columns[name])
        parts = [
            read.slice(first := rows["at"][0], rows["at"][-1] - first + 1)
            .collect()
            .to_series()
            .gather(rows["at"] - first)
            for rows in stretches
        ]
        in_file_order = pl.concat(parts) if parts else pl.Series(dtype=ORIGINAL[name])
        columns.append(in_file_order.gather(wanted["order"].arg_sort()).rename(name))
    return pl.DataFrame(columns)

"""A repository's tables on disk, read a column at a time."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import polars as pl

Disclosure = Literal["public_rows", "synthetic", "controlled"]


@dataclass(frozen=True)
class Repository:
    """Where the tables of one source lie, and how openly they may be shown.

    Attributes
    ----------
    name : str
        For titles.
    key : str
        For file names and saved cohorts.
    version : str
        The data version, such as ``"v25"``.
    build : str
        The exact version of what was read, such as ``"25.0.5"``.
    disclosure : {"public_rows", "synthetic", "controlled"}
        How openly rows may be shown.
    folder : pathlib.Path
        Holds ``patients``, ``studies``, ``series`` and ``data_quality`` as Parquet.
    raw_series, raw_collections, raw_versions : pathlib.Path
        The originals: series in the order of `source_row`, collections, dates of versions.
    """

    name: str
    key: str
    version: str
    build: str
    disclosure: Disclosure
    folder: Path
    raw_series: Path
    raw_collections: Path
    raw_versions: Path

    @cached_property
    def _columns(self) -> dict[str, pl.Series]:
        return {}

    def column(self, table: str, name: str) -> pl.Series:
        """Return one column of one table, read on first use.

        Parameters
        ----------
        table : {"patients", "studies", "series"}
            Which table.
        name : str
            Which column.

        Returns
        -------
        polars.Series
            In row order; keys number the rows of ``patients`` and ``studies`` from zero.
        """
        key = f"{table}.{name}"
        if key not in self._columns:
            path = self.folder / f"{table}.parquet"
            self._columns[key] = pl.read_parquet(path, columns=[name]).to_series()
        return self._columns[key]

    @cached_property
    def _values(self) -> dict[str, tuple[str, ...]]:
        return {}

    def values(self, table: str, name: str) -> tuple[str, ...]:
        """Return every value of one column of categories, counted on first use.

        Parameters
        ----------
        table : {"patients", "studies", "series"}
            Which table.
        name : str
            Which column.

        Returns
        -------
        tuple of str
            The most frequent first.
        """
        key = f"{table}.{name}"
        if key not in self._values:
            counts = self.column(table, name).value_counts(sort=True)
            self._values[key] = tuple(counts[name].cast(pl.String))
        return self._values[key]

    @cached_property
    def data_quality(self) -> pl.DataFrame:
        """Return the count of every cleaning rule."""
        return pl.read_parquet(self.folder / "data_quality.parquet")

    @cached_property
    def collections(self) -> pl.DataFrame:
        """Return the source's own description of its collections."""
        return pl.read_parquet(self.raw_collections)

    @cached_property
    def versions(self) -> pl.DataFrame:
        """Return version numbers and the date each was published."""
        return pl.read_parquet(self.raw_versions)

"""A repository's tables on disk, read a column at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeVar

import polars as pl

from workbench.tables import ORIGINAL

Disclosure = Literal["public_rows", "synthetic", "controlled"]
_Made = TypeVar("_Made")
_PIECE = 2**16  # rows: a million identifiers of 64 characters at once would take more memory than all else

#: A table beside those of a repository whose images lie on this machine: ``series_uid`` and ``url``, a row a file.
INSTANCES = "instances.parquet"

_COLLECTIONS = {"collection_id": pl.String, "program_id": pl.String}
_QUALITY = {"rule": pl.String, "unit": pl.String, "collection_id": pl.String, "n": pl.UInt32, "n_total": pl.UInt32}
_VERSIONS = {"idc_version": pl.Int64, "version_timestamp": pl.String}


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
        Holds ``patients``, ``studies``, ``series``, ``data_quality`` and perhaps ``measurements`` as Parquet.
    original : pathlib.Path
        Parquet with one row a series, found by ``source_row``: identifiers, descriptions, addresses.
    original_columns : mapping
        Names of `workbench.tables.ORIGINAL` to the columns of `original`; those the source lacks are absent.
    collections_path, versions_path : pathlib.Path, optional
        The source's own description of its collections, and the dates of its versions.
    license : str
        What its publisher states for all of it, where no series states its own; empty where nobody does.
    """

    name: str
    key: str
    version: str
    build: str
    disclosure: Disclosure
    folder: Path
    original: Path
    original_columns: Mapping[str, str] = field(hash=False)
    collections_path: Path | None = None
    versions_path: Path | None = None
    license: str = ""

    @cached_property
    def _columns(self) -> dict[str, pl.Series]:
        return {}

    @cached_property
    def _made(self) -> dict[Any, Any]:
        return {}

    def remember(self, key: Any, make: Callable[[], _Made]) -> _Made:
        """Return what `make` gives, made once for each key and kept as long as the repository.

        Parameters
        ----------
        key : hashable
            Names what is made.
        make : callable
            Called without arguments on first use.

        Returns
        -------
        object
            Must not be changed by the caller.
        """
        if key not in self._made:
            self._made[key] = make()
        made: _Made = self._made[key]
        return made

    @cached_property
    def _schemas(self) -> dict[str, pl.Schema]:
        return {}

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the names of the columns of one table.

        Parameters
        ----------
        table : {"patients", "studies", "series", "measurements"}
            Which table.

        Returns
        -------
        tuple of str
            Empty when the source has no such table.
        """
        if table not in self._schemas:
            path = self.folder / f"{table}.parquet"
            self._schemas[table] = pl.read_parquet_schema(path) if path.exists() else pl.Schema()  # type: ignore[assignment]
        return tuple(self._schemas[table])

    def dtype(self, table: str, name: str) -> pl.DataType:
        """Return the type of one column, read from the file's head.

        Parameters
        ----------
        table : {"patients", "studies", "series", "measurements"}
            Which table.
        name : str
            Which column.

        Returns
        -------
        polars.DataType
            Such as ``Categorical``.
        """
        self.columns(table)
        return self._schemas[table][name]

    def has(self, table: str, name: str) -> bool:
        """Return whether a table of this source has a column.

        Parameters
        ----------
        table : {"patients", "studies", "series", "measurements"}
            Which table.
        name : str
            Which column.

        Returns
        -------
        bool
            False also when there is no such table.
        """
        return name in self.columns(table)

    def column(self, table: str, name: str) -> pl.Series:
        """Return one column of one table, read on first use.

        Parameters
        ----------
        table : {"patients", "studies", "series", "measurements"}
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
            self._columns[key] = self.read(table, name)
        return self._columns[key]

    def read(self, table: str, name: str) -> pl.Series:
        """Return one column of one table, read anew: for what is made from it and kept instead.

        Parameters
        ----------
        table : {"patients", "studies", "series", "measurements"}
            Which table.
        name : str
            Which column.

        Returns
        -------
        polars.Series
            In row order.
        """
        return pl.read_parquet(self.folder / f"{table}.parquet", columns=[name]).to_series()

    def original_column(self, name: str, rows: pl.Series | None = None) -> pl.Series:
        """Return one column of the original, read anew each time and piece by piece, since identifiers are long.

        Parameters
        ----------
        name : str
            One of `workbench.tables.ORIGINAL`.
        rows : polars.Series, optional
            Row numbers of ``series``; every row by default.

        Returns
        -------
        polars.Series
            One value a row, in the order of `rows`; null throughout when the source lacks the column.
        """
        sources = self.column("series", "source_row")
        sources = sources if rows is None else sources.gather(rows)
        if name not in self.original_columns:
            return pl.Series(name, [None], dtype=ORIGINAL[name]).new_from_index(0, len(sources))
        order = sources.arg_sort()
        ascending = sources.gather(order)
        original = pl.scan_parquet(self.original).select(self.original_columns[name])
        pieces = [original.head(0).collect().to_series()]
        last = -1 if ascending.is_empty() else int(ascending[-1])
        starts = pl.Series(range(0, last + 1 + _PIECE, _PIECE), dtype=sources.dtype)
        for start, (low, high) in zip(starts, pairwise(ascending.search_sorted(starts)), strict=False):
            if low < high:
                piece = original.slice(start, _PIECE).collect().to_series()
                chosen = piece.gather(ascending[low:high] - start)
                # Gathered strings keep the whole piece alive; adding nothing copies them out of it.
                pieces.append(chosen + "" if chosen.dtype == pl.String else chosen)
        return pl.concat(pieces, rechunk=True).gather(order.arg_sort()).rename(name)

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
        return self.remember(("values", table, name), lambda: _by_frequency(self.read(table, name)))

    @cached_property
    def data_quality(self) -> pl.DataFrame:
        """Return the count of every cleaning rule."""
        return pl.read_parquet(self.folder / "data_quality.parquet")

    @cached_property
    def data_quality_by_collection(self) -> pl.DataFrame:
        """Return the count of every cleaning rule in each collection; no rows when the source does not tell."""
        path = self.folder / "data_quality_by_collection.parquet"
        return pl.read_parquet(path) if path.exists() else pl.DataFrame(schema=_QUALITY)

    @cached_property
    def collections(self) -> pl.DataFrame:
        """Return the source's own description of its collections, or at least their ids."""
        if self.collections_path is not None:
            return pl.read_parquet(self.collections_path)
        ids = sorted(self.values("series", "collection_id"))
        return pl.DataFrame({"collection_id": ids, "program_id": [None] * len(ids)}, schema=_COLLECTIONS)

    @cached_property
    def versions(self) -> pl.DataFrame:
        """Return version numbers and the date each was published; without rows when the source tells none."""
        if self.versions_path is not None:
            return pl.read_parquet(self.versions_path)
        return pl.DataFrame(schema=_VERSIONS)


def _by_frequency(column: pl.Series) -> tuple[str, ...]:
    counted = column.alias("value").cast(pl.String).drop_nulls().value_counts(name="n")
    return tuple(counted.sort("n", "value", descending=[True, False])["value"])

"""Index folders and buckets of DICOM files into the tables of the common data model."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from workbench.imaging.headers.reading import Headers


class DicomIndex(Mapping[str, pl.DataFrame]):
    """Tables of what was found: ``patients``, ``studies``, ``series``, ``instances`` and ``refused``."""

    headers: Headers

    def __getitem__(self, table: str) -> pl.DataFrame:
        raise NotImplementedError

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def write(self, folder: str | Path) -> Path:
        """Write every table as Parquet, whole or not at all."""
        raise NotImplementedError

    @classmethod
    def read(cls, folder: str | Path) -> "DicomIndex":
        """Return an index that was written."""
        raise NotImplementedError


def index_folder(path: Any, *, known: Any = None, workers: int | None = None, progress: bool = True) -> DicomIndex:
    """Return the index of a folder, a file, a list of them or a URL."""
    raise NotImplementedError

"""Open a path by what it holds: a release, a Gen3 export or a table."""

from collections.abc import Mapping
from pathlib import Path

from workbench.catalog.repository import Repository


def open_path(path: str | Path, *, columns: Mapping[str, str] | None = None) -> Repository:
    """Return the repository that lies at a path, recognized by its content.

    Parameters
    ----------
    path : str or pathlib.Path
        A folder of tables in the common data model (``patients.parquet`` …), a file or folder of Gen3
        exports, or a table.
    columns : mapping of str to str, optional
        For a table: our name to the table's column; see `workbench.catalog.sources.table.open_table`.

    Returns
    -------
    Repository
        Disclosure ``controlled``.

    Raises
    ------
    FileNotFoundError
        When nothing lies there.
    ValueError
        When the content is none of the three, or cannot be read.
    """
    raise NotImplementedError

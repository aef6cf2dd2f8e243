"""The data catalog: open data sets, models and frameworks, with claims, terms and relatives; list, search, compare."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.catalog.registry.data_catalog import DataCatalog


def datasets(folder: "str | Path | None" = None) -> "DataCatalog":
    """Return the data catalog: every shipped entry, and those of a folder of your own.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        Your own entries: ``datasets/``, ``models/`` or ``frameworks/`` with one YAML file each, as
        ``workbench datasets add --to FOLDER`` writes them.

    Returns
    -------
    DataCatalog
        Prints as a table; narrow it with ``where``, ask it with ``search``, ``compare`` and ``recommend``.

    Raises
    ------
    CatalogError
        A ValueError with every problem of every file.
    FileNotFoundError
        When there is no such folder.

    Examples
    --------
    >>> datasets()["nih-chestx-ray14"].name
    'NIH ChestX-ray14'
    """
    from workbench.catalog.registry.data_catalog import DataCatalog
    from workbench.catalog.registry.reading import read_entries

    return DataCatalog(read_entries(folder))

"""The package that carries the index of the NCI Imaging Data Commons: its version, and where its tables lie."""

import importlib.metadata
import importlib.util
from pathlib import Path

from workbench.errors import MissingPackageError

_PACKAGE = "idc-index-data"


def package_version() -> str:
    """Return the version of the installed index package; its major number is the IDC version.

    Returns
    -------
    str
        Such as ``"25.0.5"``.

    Raises
    ------
    MissingPackageError
        When ``idc-index-data`` is not installed.

    Examples
    --------
    >>> package_version().count(".")
    2
    """
    try:
        return importlib.metadata.version(_PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise MissingPackageError(
            f"The package {_PACKAGE} is not installed. It carries the index of the embedded repository. "
            f"Install it: pip install '{_PACKAGE}>=25.0.5'"
        ) from None


def raw_path(table: str) -> Path:
    """Return the path of one of the tables the index package carries.

    Parameters
    ----------
    table : str
        ``idc_index``, ``collections_index``, ``version_metadata_index`` …

    Returns
    -------
    pathlib.Path
        A Parquet file.

    Raises
    ------
    MissingPackageError
        When the package is absent or does not carry the table.
    """
    spec = importlib.util.find_spec("idc_index_data")
    version = package_version()
    for folder in spec.submodule_search_locations or [] if spec else []:
        path = Path(folder) / f"{table}.parquet"
        if path.exists():
            return path
    raise MissingPackageError(
        f"The installed {_PACKAGE} {version} does not carry the table {table!r}. Versions from 25.0.5 do. "
        f"Install it again: pip install --force-reinstall '{_PACKAGE}>=25.0.5'"
    )

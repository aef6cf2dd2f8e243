"""DICOM headers as columns: read the kept attributes of many files, and index folders and buckets into tables."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.imaging.headers.index import DicomIndex, index_folder
    from workbench.imaging.headers.reading import Headers, read_headers

__all__ = ["DicomIndex", "Headers", "index_folder", "read_headers"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that numba and polars stay out until then."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = "index" if name in ("DicomIndex", "index_folder") else "reading"
    return getattr(import_module(f"{__name__}.{home}"), name)

"""List the files of a folder that may be DICOM."""

from os import PathLike
from pathlib import Path


def list_files(path: str | PathLike[str]) -> list[Path]:
    """Return the files of a tree, sorted; hidden files and DICOMDIR are left out."""
    raise NotImplementedError

"""List the files of a folder that may be DICOM, and say which are left out and why."""

import os
from os import PathLike
from pathlib import Path

from workbench.imaging.headers.sources import unreadable

_HIDDEN = "Its name begins with a dot."
_DIRECTORY = "It is a DICOMDIR, a list of other files."
_SPECIAL = "It is no regular file."
_LINKED = "It is a link to a folder; links are not followed."


def list_files(path: str | PathLike[str]) -> list[Path]:
    """Return the files of a tree, sorted; hidden files, pipes and DICOMDIR are left out.

    Parameters
    ----------
    path : path
        A folder, or a file, which gives itself.

    Returns
    -------
    list of pathlib.Path
        Whatever their names: DICOM files often have no ending.

    Raises
    ------
    FileNotFoundError
        When there is neither.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> [file.name for file in list_files(get_testdata_file("CT_small.dcm"))]
    ['CT_small.dcm']
    """
    return [Path(name) for name in list_names(path)[0]]


def list_names(path: str | PathLike[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the files of a tree as text, and what was left out of it.

    Parameters
    ----------
    path : path
        A folder or a file.

    Returns
    -------
    tuple
        Names, sorted; and (name, reason) for each file or folder left out.

    Raises
    ------
    FileNotFoundError
        When there is neither.
    """
    root = os.fspath(path)
    if os.path.isfile(root):  # noqa: PTH113 - names are text here, for speed
        return [root], []
    if not os.path.isdir(root):  # noqa: PTH112
        raise FileNotFoundError(
            f"{root} was received, and nothing lies there. A folder of DICOM files, or one file, would be right. "
            "Check the path."
        )
    names: list[str] = []
    left_out: list[tuple[str, str]] = []
    folders = [root]
    while folders:
        _list_one(folders.pop(), names, folders, left_out)
    return sorted(names), sorted(left_out)


def _list_one(folder: str, names: list[str], folders: list[str], left_out: list[tuple[str, str]]) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        left_out.append((folder, f"It cannot be listed: {error.strerror or 'an error of the file system'}."))
        return
    for entry in entries:
        if entry.name.startswith("."):
            left_out.append((entry.path, _HIDDEN))
        elif entry.is_dir(follow_symlinks=False):
            folders.append(entry.path)
        elif entry.name.upper() == "DICOMDIR":
            left_out.append((entry.path, _DIRECTORY))
        elif reason := _is_no_file(entry):
            left_out.append((entry.path, reason))
        else:
            names.append(entry.path)


def _is_no_file(entry: os.DirEntry[str]) -> str:
    """Return why an entry cannot be read as a file; empty where it can."""
    try:
        if entry.is_file():
            return ""
        return _LINKED if entry.is_dir() else _SPECIAL
    except OSError as error:  # such as a link that leads to itself
        return unreadable(error)

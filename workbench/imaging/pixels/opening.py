"""A file is opened only where it is one: a pipe would wait for ever, and a system's message repeats the path."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from workbench.imaging.pixels.layout import PixelDataError

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe without a writer returns


def open_file(path: str | Path) -> BinaryIO:
    """Return a regular file, open for reading.

    Parameters
    ----------
    path : str or pathlib.Path
        Of the file.

    Returns
    -------
    file
        Binary.

    Raises
    ------
    FileNotFoundError
        There is none; the message does not repeat the path.
    PixelDataError
        A folder, a pipe or a device, or it may not be read.
    """
    try:
        file = os.open(path, _READ)
    except FileNotFoundError:
        raise FileNotFoundError(
            "There is no file at this path. An image file was expected. Check its spelling."
        ) from None
    except OSError as failed:
        raise PixelDataError(unreadable(failed)) from None
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise PixelDataError(_NO_FILE)
    return os.fdopen(file, "rb")


def size_of_file(path: str | Path) -> int:
    """Return the size of a regular file in bytes.

    Parameters
    ----------
    path : str or pathlib.Path
        Of the file.

    Returns
    -------
    int
        As the file system states it.

    Raises
    ------
    PixelDataError
        There is none, or no regular one.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 -- without a Path and its cost
    except OSError as failed:
        raise PixelDataError(unreadable(failed)) from None
    if not stat.S_ISREG(found.st_mode):
        raise PixelDataError(_NO_FILE)
    return found.st_size


def unreadable(failed: OSError) -> str:
    """Return what is said of a file that the system does not give, without its path.

    Parameters
    ----------
    failed : OSError
        What the system said.

    Returns
    -------
    str
        In three parts.
    """
    why = failed.strerror or type(failed).__name__
    return f"The file could not be read ({why}). A readable one was expected. Check that it is still there."


_NO_FILE = (
    "The path leads to a folder, a pipe or a device. A regular file was expected. Pass the path of an image file; "
    "folders are read by read_image and read_series."
)

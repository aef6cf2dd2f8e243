"""Where the first bytes of files come from: this machine's own files, or whatever gives bytes by name."""

import os
import stat
from collections.abc import Sequence
from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

#: Bytes filled for each file; (n, 2) size and time of the last change; and row to reason for those that cannot be read.
Filled = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], dict[int, str]]

_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # never waits at a pipe


class Source(Protocol):
    """What gives bytes of files by their names.

    Attributes
    ----------
    batch : int
        Files asked for at once.
    first_bytes : int
        Asked for of each.
    """

    batch: int
    first_bytes: int

    def fill(self, names: Sequence[str], views: Sequence[memoryview]) -> Filled:
        """Write the first bytes of files into views; raises nothing that one file does.

        Parameters
        ----------
        names : sequence of str
            At most `batch`.
        views : sequence of memoryview
            At least as many.

        Returns
        -------
        Filled
            What came.
        """

    def head(self, name: str, n_bytes: int) -> bytes:
        """Return the first bytes of one file.

        Parameters
        ----------
        name : str
            Of a file that was filled before.
        n_bytes : int
            How many.

        Returns
        -------
        bytes
            Fewer where the file is shorter.
        """

    def open(self, name: str) -> BinaryIO:
        """Return a file to read from, seekable.

        Parameters
        ----------
        name : str
            Of a file that was filled before.

        Returns
        -------
        file object
            To be closed.
        """


class LocalFiles:
    """Files of this machine."""

    batch = 128
    first_bytes = 8_192

    def fill(self, names: Sequence[str], views: Sequence[memoryview]) -> Filled:
        """Write the first bytes of files into views.

        Parameters
        ----------
        names : sequence of str
            Paths.
        views : sequence of memoryview
            As many.

        Returns
        -------
        Filled
            What came.
        """
        found, problems = [(0, 0, 0)] * len(names), dict[int, str]()
        opened, status_of, read, close = os.open, os.fstat, os.preadv, os.close
        for row, name in enumerate(names):
            try:
                file = opened(name, _OPEN)
            except (OSError, ValueError) as error:
                problems[row] = unreadable(error)
                continue
            try:
                status = status_of(file)
                if not stat.S_ISREG(status.st_mode):
                    problems[row] = "It is no regular file."
                else:
                    found[row] = read(file, (views[row],), 0), status.st_size, status.st_mtime_ns
            except OSError as error:
                problems[row] = unreadable(error)
            finally:
                close(file)
        table = np.array(found, np.int64).reshape(-1, 3)
        return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1:]), problems

    def head(self, name: str, n_bytes: int) -> bytes:
        """Return the first bytes of one file.

        Parameters
        ----------
        name : str
            Path.
        n_bytes : int
            How many.

        Returns
        -------
        bytes
            Fewer where the file is shorter.
        """
        with open(name, "rb", buffering=0) as file:  # noqa: PTH123 - names are text here, for speed
            return file.read(n_bytes) or b""

    def open(self, name: str) -> BinaryIO:
        """Return a file to read from.

        Parameters
        ----------
        name : str
            Path.

        Returns
        -------
        file object
            To be closed.
        """
        return open(name, "rb")  # noqa: PTH123 - the caller closes it


#: Files of this machine.
LOCAL = LocalFiles()


def unreadable(error: Exception) -> str:
    """Return why a file cannot be read, without its name.

    Parameters
    ----------
    error : Exception
        What the file system or a server said.

    Returns
    -------
    str
        A sentence.
    """
    if isinstance(error, OSError):
        return f"It cannot be read: {error.strerror or 'it does not answer'}."
    return str(error)

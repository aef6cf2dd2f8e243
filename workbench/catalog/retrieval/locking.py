"""Keep a folder to one fetch at a time: two that write into the same parts would mix their bytes."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from workbench.cache import say

#: Lies beside the receipt and stays there: deleting it while another fetch waits would give out two locks.
LOCK_NAME = ".fetch.lock"

_TAKEN = (errno.EAGAIN, errno.EACCES)
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)  # some network file systems have none


@contextmanager
def sole_fetch(folder: Path) -> Iterator[None]:
    """Hold a folder for one fetch; the system lets go of it also when the process is killed.

    Parameters
    ----------
    folder : pathlib.Path
        Made when it is absent.

    Yields
    ------
    None
        While nobody else may fetch into the folder.

    Raises
    ------
    BlockingIOError
        When another fetch holds the folder.
    OSError
        When the folder cannot be written.
    """
    with _open(folder) as stream:
        try:
            _lock(stream)
        except OSError as error:
            if error.errno in _TAKEN:
                raise BlockingIOError(
                    f"Another fetch is writing into {folder}. One at a time would be right, so that no file is mixed "
                    "from two. Wait for it, or choose another folder."
                ) from None
            if error.errno not in _NO_LOCKS:
                raise
            say(f"The file system of {folder} has no locks; start no second fetch into it meanwhile.")
        yield


def _open(folder: Path) -> IO[bytes]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / LOCK_NAME).open("ab")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise OSError(
            f"The folder {folder} cannot be written ({error.strerror}). A folder of your own would be right. "
            "Choose another folder."
        ) from error


def _lock(stream: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)

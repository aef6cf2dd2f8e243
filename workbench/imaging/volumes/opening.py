"""Files opened for their pixels: only regular ones, and only as they were when their headers were read."""

import os
import stat
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

if TYPE_CHECKING:
    from workbench.imaging.headers.reading import Headers

#: Why a file is not read which is shorter than its header claims.
UNFINISHED = "its pixels end early"
#: Why a file is not read which is another one than that whose header was read.
CHANGED = "it has changed since its header was read"


def why_not(headers: "Headers", row: int) -> str:
    """Return why a file is not to be opened, or nothing.

    Parameters
    ----------
    headers : workbench.imaging.headers.reading.Headers
        Of many files.
    row : int
        Which.

    Returns
    -------
    str
        It is gone, no regular file any more, or has changed since its header was read.
    """
    try:
        status = os.stat(headers.block.names[row])  # noqa: PTH116 - names are text here, for speed
    except OSError as error:
        return f"it cannot be opened ({error.strerror})"
    return _why_other(status, headers.block.places[row, 2:].tolist())


def read_at(path: str, offset: int, stamp: list[int], plane: npt.NDArray[Any]) -> str:
    """Fill a plane from a file, and return why that failed.

    Parameters
    ----------
    path : str
        Of the file.
    offset : int
        First byte of its pixels.
    stamp : list of int
        Its size, and when it was last changed in nanoseconds, as its header was read.
    plane : numpy.ndarray
        C-contiguous, filled whole.

    Returns
    -------
    str
        Empty when it went well.
    """
    try:
        opened = os.open(path, _READ)
    except OSError as error:
        return f"it cannot be opened ({error.strerror})"
    try:
        status = os.fstat(opened)
        if status.st_mtime_ns != stamp[1] or status.st_size != stamp[0]:
            return _why_other(status, stamp)
        got = _READV(opened, [plane], offset)
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    finally:
        os.close(opened)
    return "" if got == plane.nbytes else UNFINISHED


def _why_other(status: os.stat_result, stamp: list[int]) -> str:
    if [status.st_size, status.st_mtime_ns] == stamp:
        return ""
    return CHANGED if stat.S_ISREG(status.st_mode) else "it is no regular file any more"


def _seek_and_read(opened: int, buffers: Sequence[npt.NDArray[Any]], offset: int) -> int:  # where preadv is missing
    os.lseek(opened, offset, os.SEEK_SET)
    with os.fdopen(opened, "rb", buffering=0, closefd=False) as stream:
        return stream.readinto(buffers[0].data.cast("B")) or 0


_READV: Callable[..., int] = getattr(os, "preadv", _seek_and_read)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # never waits at a pipe

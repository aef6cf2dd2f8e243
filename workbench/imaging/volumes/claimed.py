"""Whether a file of numbers can hold the array that it claims, asked before memory is taken for it."""

import math
import os
import stat
from collections.abc import Sequence
from pathlib import Path

_ALWAYS_BELIEVED = 4 * 2**30  # of a compressed file; our own bounds
_GREATEST_RATIO = 100  # beyond that size


class UnbelievedError(ValueError):
    """An array file that is refused, with its reason in three parts."""


def check_array(shape: Sequence[int], item_bytes: int, held_bytes: int, *, packed: bool) -> None:
    """Refuse an array that a file cannot hold.

    Parameters
    ----------
    shape : sequence of int
        As the file states it.
    item_bytes : int
        Of one number.
    held_bytes : int
        Size of the file, or of all files of a folder.
    packed : bool
        Whether the numbers may be compressed.

    Raises
    ------
    UnbelievedError
        Says what was claimed, what is there and what to do.
    """
    claimed = math.prod(shape) * item_bytes
    most = max(_ALWAYS_BELIEVED, _GREATEST_RATIO * held_bytes) if packed else held_bytes
    if min(shape, default=0) >= 0 and claimed <= most:
        return
    believed = (
        f"Of a compressed file, {_ALWAYS_BELIEVED // 2**30} GiB or {_GREATEST_RATIO} times its size are believed. "
        if packed
        else "A whole file holds as many bytes as it claims. "
    )
    raise UnbelievedError(
        f"The file claims an array of {' × '.join(f'{n:,}' for n in shape)} ({claimed:,} bytes), but has "
        f"{held_bytes:,} bytes. {believed}Fetch the file again, or write it anew uncompressed."
    )


def bytes_of(path: Path) -> int:
    """Return the size of a file, or of all files of a folder.

    Parameters
    ----------
    path : pathlib.Path
        Of a file or folder.

    Returns
    -------
    int
        In bytes.

    Raises
    ------
    FileNotFoundError
        Nothing lies there.
    UnbelievedError
        It may not be read, or a pipe or a device lies there, which would never end.
    """
    if not path.is_dir():
        return _size(path)
    return sum(_size(Path(folder) / name) for folder, _, names in os.walk(path) for name in names)


def _size(path: Path) -> int:
    try:
        found = path.stat()
    except FileNotFoundError:
        raise FileNotFoundError(
            "There is no file at this path. Right would be an existing one. Check its spelling."
        ) from None
    except OSError as failed:
        raise UnbelievedError(
            f"The file cannot be opened ({failed.strerror}). Right would be a readable one. Check who may read it."
        ) from None
    if not stat.S_ISREG(found.st_mode):
        raise UnbelievedError(
            "A pipe, a device or a folder lies where a file was expected. Right would be a regular file. Fetch or "
            "write the image again."
        )
    return found.st_size

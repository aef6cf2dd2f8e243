"""Files and folders written beside their place and renamed, so that a name never holds half an image."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """Give a path in the same folder to write to, and rename it to `path` when all went well.

    Parameters
    ----------
    path : pathlib.Path
        Of the finished file or folder; its folder is made when absent, and what it held before is replaced.

    Yields
    ------
    pathlib.Path
        Hidden, with the same ending; removed when writing fails.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(f".{os.getpid()}.{os.urandom(4).hex()}.{path.name}")
    try:
        yield staging
        if path.is_dir() and staging.is_dir():
            _swap(staging, path)
        else:
            staging.replace(path)
    finally:
        _remove(staging)


def _swap(staging: Path, path: Path) -> None:
    """Put a folder in the place of another: a folder that is not empty cannot be renamed onto."""
    old = path.with_name(f"{staging.name}.old")
    path.rename(old)
    staging.rename(path)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)

"""One fetch at a time in a folder: two that wrote the same unfinished files would damage each other's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # no POSIX system
    fcntl = None  # type: ignore[assignment]

_LOCK = ".fetching.lock"


@contextmanager
def only_fetch_in(folder: Path) -> Iterator[None]:
    """Hold a folder for one fetch; the system lets go of it also when the process dies.

    Parameters
    ----------
    folder : pathlib.Path
        Where the images go; made when absent.

    Yields
    ------
    None
        While no other fetch may write there.

    Raises
    ------
    OSError
        When another fetch is writing there, or the folder is none.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(
            f"{folder} is a file. A folder for the images would be right. Name another: cohort.fetch('images')."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                raise BlockingIOError(
                    f"Another fetch is writing into {folder}. One at a time would be right. "
                    "Wait until it is done and run the same call again, or choose another folder."
                ) from busy
        yield

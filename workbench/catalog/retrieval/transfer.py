"""Get files whole or not at all: temporary name, check of size and sum, rename; go on where it stopped."""

import errno
import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from workbench.catalog.retrieval.receipt import Entry, Receipt

#: What a refusal is called, whichever server refuses.
REFUSAL = (
    "The server refuses: {}. An address that may be read without a login would be right. Check server= and try again."
)

_ATTEMPTS = 3
_PAUSE_S = 0.5  # doubled after each failed attempt
_FULL = (errno.ENOSPC, errno.EDQUOT)
_LONGEST_NAME = 120  # well under the 255 bytes of common file systems
# Names that Windows gives to devices; a folder shared with it cannot hold them.
_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class DamagedError(OSError):
    """A file arrived with another size or another sum than the server announced."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on a server, and where it goes.

    Attributes
    ----------
    series_uid : str
        Its series.
    path : str
        Where it goes, relative to the folder, with forward slashes.
    size_bytes : int or None
        As announced.
    md5 : str or None
        As announced.
    tag : str
        Changes when the content changes; empty when the server does not tell.
    read : callable
        Takes how many bytes to leave out and gives the rest in pieces; raises `ConnectionError` when cut.
    resumable : bool
        Whether leaving bytes out is possible.
    reachable : bool
        Whether the server can be asked for it; an object whose name holds ``..`` or ``//`` cannot.
    """

    series_uid: str
    path: str
    size_bytes: int | None
    md5: str | None
    tag: str
    read: Callable[[int], Iterator[bytes]]
    resumable: bool
    reachable: bool = True


def safe_name(text: str) -> str:
    """Return a name for one folder or file that cannot lead anywhere else, and differs where the text does.

    Parameters
    ----------
    text : str
        An identifier from a table or a server.

    Returns
    -------
    str
        Letters, digits, points, dashes and underscores. A text that had to be changed gets a mark of its own.

    Examples
    --------
    >>> safe_name("LIDC-IDRI-0001"), safe_name("../etc")
    ('LIDC-IDRI-0001', '_etc-f7f9121f')
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", text)
    ordinary = plain == text and text[:1] not in {"", ".", "-"} and not text.endswith(".")
    if ordinary and len(text) <= _LONGEST_NAME and not _DEVICES.match(text):
        return text
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain.lstrip('.-')[:_LONGEST_NAME] or '_'}-{mark}"


def download(
    files: Iterable[RemoteFile],
    folder: Path,
    receipt: Receipt,
    *,
    workers: int,
    on_bytes: Callable[[int], object],
) -> list[RemoteFile]:
    """Get every file, several at a time, and return those that the server does not give out undamaged.

    Parameters
    ----------
    files : iterable of RemoteFile
        What to get.
    folder : pathlib.Path
        Where it goes.
    receipt : Receipt
        Every finished file is added.
    workers : int
        How many at a time.
    on_bytes : callable
        Told the number of bytes that arrived, negative when they have to come again.

    Returns
    -------
    list of RemoteFile
        Absent or damaged after three attempts; empty when all is well.

    Raises
    ------
    ConnectionError
        When the connection stays cut; what is finished is in the receipt.
    OSError
        With ``errno.ENOSPC`` or ``errno.EDQUOT`` when the disk is full.
    """
    stop = threading.Event()
    failed = []
    pool = ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="fetch")
    try:
        jobs: dict[Future[None], RemoteFile] = {
            pool.submit(_get, file, folder, receipt, stop, on_bytes): file for file in files
        }
        for job in as_completed(jobs):
            try:
                job.result()
            except (DamagedError, FileNotFoundError):
                failed.append(jobs[job])
    finally:
        stop.set()  # an error or an interruption: what runs stops at its next piece, what waits does not start
        pool.shutdown(wait=True, cancel_futures=True)
    return failed


def is_disk_full(error: OSError) -> bool:
    """Return whether an error says that the disk or the quota is full.

    Parameters
    ----------
    error : OSError
        What was raised.

    Returns
    -------
    bool
        Whether freeing space would help.
    """
    return error.errno in _FULL


def _get(
    file: RemoteFile, folder: Path, receipt: Receipt, stop: threading.Event, on_bytes: Callable[[int], object]
) -> None:
    final = folder / file.path
    final.parent.mkdir(parents=True, exist_ok=True)
    # The tag is part of the name, so that a part of an older content is never continued.
    version = hashlib.sha256(file.tag.encode()).hexdigest()[:8]
    part = final.with_name(f".{final.name}.{version}.part")
    if part.exists():
        on_bytes(part.stat().st_size)  # from an earlier call
    for attempt in range(_ATTEMPTS):
        if stop.is_set():
            return
        try:
            sha256 = _stream(file, part, stop, on_bytes)
        except ConnectionError:
            if attempt == _ATTEMPTS - 1:
                raise
            stop.wait(_PAUSE_S * 2**attempt)
        except DamagedError:
            _discard(part, on_bytes)
            if attempt == _ATTEMPTS - 1:
                raise
        except OSError as error:
            if is_disk_full(error):
                _discard(part, on_bytes)
            raise
        else:
            if sha256 is not None:
                size = part.stat().st_size
                part.replace(final)
                receipt.add(Entry(file.series_uid, file.path, size, sha256))
            return


def _stream(file: RemoteFile, part: Path, stop: threading.Event, on_bytes: Callable[[int], object]) -> str | None:
    """Write what is missing of a file to its temporary name and return its sum; None when asked to stop."""
    have = part.stat().st_size if part.exists() else 0
    if have and (not file.resumable or (file.size_bytes is not None and have > file.size_bytes)):
        _discard(part, on_bytes)
        have = 0
    sums = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with part.open("a+b") as stream:
        stream.seek(0)
        while piece := stream.read(1 << 20):
            for total in sums:
                total.update(piece)
        if have != file.size_bytes:
            for piece in file.read(have):
                stream.write(piece)
                for total in sums:
                    total.update(piece)
                on_bytes(len(piece))
                if stop.is_set():
                    return None
        stream.flush()
    _check(file, part.stat().st_size, sums[1].hexdigest())
    return sums[0].hexdigest()


def _check(file: RemoteFile, size: int, md5: str) -> None:
    if file.size_bytes is not None and size < file.size_bytes:
        raise ConnectionError("The server closed the connection before the end of a file.")
    if file.size_bytes is not None and size > file.size_bytes:
        raise DamagedError("A file is larger than announced.")
    if file.md5 is not None and md5 != file.md5:
        raise DamagedError("A file has another sum than announced.")


def _discard(part: Path, on_bytes: Callable[[int], object]) -> None:
    with suppress(FileNotFoundError):
        on_bytes(-part.stat().st_size)
        part.unlink()

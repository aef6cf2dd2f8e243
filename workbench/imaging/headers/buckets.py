"""Read the first bytes of files that lie in a bucket or on a web server, many at once.

References
----------
obstore, https://developmentseed.org/obstore/ (Apache Arrow's object_store for Python); RFC 9110 section
14 (range requests).
"""

import asyncio
import io
import os
import threading
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, BinaryIO

import numpy as np

from workbench.errors import MissingPackageError, brief
from workbench.imaging.headers.addresses import check_address
from workbench.imaging.headers.block import Block, join_blocks
from workbench.imaging.headers.held import Headers, Refused
from workbench.imaging.headers.reading import read_block
from workbench.imaging.headers.sources import Filled, unreadable

_AT_ONCE = 256  # requests in flight: latency, not bandwidth, rules small reads
_LARGEST = 1 << 25  # bytes of a header that no walk can read
_CONNECT_S, _SILENCE_S = 5, 60
_NOTHING = (
    "{} was received, and nothing lies there. The address of a folder of DICOM files would be right. Check its "
    "spelling."
)
_KEYS = {
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
    "gs": ("GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_KEY", "GOOGLE_APPLICATION_CREDENTIALS"),
    "az": ("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_KEY", "AZURE_CLIENT_ID", "AZURE_STORAGE_TOKEN"),
}
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT", "WORKBENCH_S3_ENDPOINT")


class Bucket:
    """Files under one address.

    Parameters
    ----------
    url : str
        ``s3://``, ``gs://``, ``az://``, ``https://``, ``http://`` or ``file://``. Keys are taken from the environment,
        as the provider's own tools name them; without any, the bucket is read without a login.

    Raises
    ------
    ValueError
        When the address is of no known kind, or holds a login or a query.
    FileNotFoundError
        When it leads nowhere.
    """

    batch = _AT_ONCE
    first_bytes = 16_384

    def __init__(self, url: str) -> None:
        check_address(url)
        self.url = url.rstrip("/")
        self.store, self.sizes = _opened(self.url), dict[str, tuple[int, int]]()

    def list(self) -> tuple[list[str], list[tuple[str, str]]]:
        """Return the addresses of all files, sorted, and those left out with the reason.

        Returns
        -------
        tuple
            As of `workbench.imaging.headers.folders.list_names`.

        Raises
        ------
        ConnectionError
            When the server does not answer, or refuses.
        FileNotFoundError
            When nothing lies there.
        """
        import obstore

        left_out: list[tuple[str, str]] = []
        try:
            listed = [each for batch in obstore.list(self.store, chunk_size=1_000) for each in batch]
        except obstore.exceptions.BaseError as error:
            raise _no_answer(self.url) from error
        for each in listed:
            name, changed = f"{self.url}/{each['path']}", each["last_modified"]
            last = each["path"].rpartition("/")[2]
            if last.startswith(".") or last.upper() == "DICOMDIR":
                left_out.append(
                    (
                        name,
                        "Its name begins with a dot." if last[0] == "." else "It is a DICOMDIR, a list of other files.",
                    )
                )
            else:
                self.sizes[name] = int(each["size"]), int(changed.timestamp()) * 1_000_000_000
        if not listed:
            raise FileNotFoundError(_NOTHING.format(self.url))
        return sorted(self.sizes), sorted(left_out)

    def fill(self, names: Sequence[str], views: Sequence[memoryview]) -> Filled:
        """Write the first bytes of files into views, all requests at once.

        Parameters
        ----------
        names : sequence of str
            Addresses.
        views : sequence of memoryview
            As many.

        Returns
        -------
        Filled
            What came.
        """
        found = np.array([self.sizes[name] for name in names], np.int64).reshape(-1, 2)
        filled, problems = np.zeros(len(names), np.int64), dict[int, str]()

        async def _get(row: int) -> None:
            n_bytes = min(int(found[row, 0]), self.first_bytes)
            try:
                piece = await self._range(names[row], n_bytes)
            except OSError as error:
                problems[row] = unreadable(error)
                return
            filled[row] = len(piece)
            views[row][: len(piece)] = piece

        async def _get_all() -> None:
            await asyncio.gather(*(_get(row) for row in range(len(names))))

        _run(_get_all())
        return filled, found, problems

    def head(self, name: str, n_bytes: int) -> bytes:
        """Return the first bytes of one file.

        Parameters
        ----------
        name : str
            Its address.
        n_bytes : int
            How many.

        Returns
        -------
        bytes
            Fewer where the file is shorter.

        Raises
        ------
        OSError
            When the server does not give them.
        """
        return bytes(_run(self._range(name, min(n_bytes, self.sizes[name][0]))))

    def open(self, name: str) -> BinaryIO:
        """Return the first 32 MiB of a file to read from.

        Parameters
        ----------
        name : str
            Its address.

        Returns
        -------
        file object
            In memory.
        """
        return io.BytesIO(self.head(name, _LARGEST))

    async def _range(self, name: str, n_bytes: int) -> bytes:
        import obstore

        if not n_bytes:
            return b""
        try:
            return bytes(await obstore.get_range_async(self.store, name[len(self.url) + 1 :], start=0, length=n_bytes))
        except (obstore.exceptions.PermissionDeniedError, obstore.exceptions.UnauthenticatedError) as error:
            raise OSError(None, "the server refuses it") from error
        except (obstore.exceptions.BaseError, OSError) as error:
            raise OSError(None, "the server does not give it") from error


def read_bucket(url: str, known: Block | None, *, progress: bool) -> tuple[Block, list[Refused]]:
    """Return the headers of all files under an address, and those refused.

    Parameters
    ----------
    url : str
        Of a folder of a bucket.
    known : Block or None
        Headers of files that are not fetched again when size and time of change are the same.
    progress : bool
        Whether a bar is shown.

    Returns
    -------
    tuple
        `Block` and list of `Refused`.
    """
    from workbench.parallel import run_batches

    bucket = Bucket(url)
    names, left_out = bucket.list()
    kept = []
    if known is not None:
        kept = [row for row, name in enumerate(known.names) if bucket.sizes.get(name) == tuple(known.places[row, 2:])]
    same = {known.names[row] for row in kept} if known is not None else set()
    new = [name for name in names if name not in same]
    pieces = [new[first : first + _AT_ONCE] for first in range(0, len(new), _AT_ONCE)]
    outcome = run_batches(
        lambda batch: read_block([name for piece in batch for name in piece], bucket),
        pieces,
        workers=1,
        kind="threads",
        progress=progress,
        words=f"requests of {_AT_ONCE} headers",
    )
    old = [Headers(known).select(kept).block] if known is not None else []
    block = join_blocks([*old, *(block for block, _ in outcome.results)])
    refused = [*(Refused(*each) for each in left_out), *(each for _, refused in outcome.results for each in refused)]
    return block, refused


def _opened(url: str) -> Any:
    store = _open(url)
    import obstore

    try:
        return store()
    except (obstore.exceptions.BaseError, ValueError) as error:  # no such folder, or half an address
        raise FileNotFoundError(_NOTHING.format(url)) from error


def _open(url: str) -> Callable[[], Any]:
    try:
        from obstore.store import LocalStore, from_url
    except ImportError:
        raise MissingPackageError(
            "The package obstore is not installed. It reads buckets. Install it: pip install obstore"
        ) from None
    scheme, _, rest = url.partition("://")
    kind = {"gcs": "gs", "s3a": "s3", "azure": "az", "abfs": "az", "abfss": "az"}.get(scheme, scheme)
    if kind == "file":
        return partial(LocalStore, rest)
    if kind not in (*_KEYS, "http", "https"):
        raise ValueError(
            f"An address that begins with {brief(repr(scheme))} was received. s3://, gs://, az://, https:// or file:// "
            "would be right. Pass one of these, or the path of a folder."
        )
    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "").removeprefix("s3+")
    options: dict[str, Any] = {}
    if kind in _KEYS and not any(os.environ.get(key) for key in _KEYS[kind]):
        options["skip_signature"] = True
    if kind == "s3":
        options["region"] = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        options |= {"endpoint": endpoint} if endpoint else {}
    plain = url.startswith("http://") or (kind == "s3" and endpoint.startswith("http://"))
    return partial(
        from_url,
        url,
        client_options={
            "allow_http": plain,
            "connect_timeout": timedelta(seconds=_CONNECT_S),
            "timeout": timedelta(seconds=_SILENCE_S),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=_SILENCE_S)},
        **options,
    )


def _no_answer(url: str) -> ConnectionError:
    return ConnectionError(
        f"{url} was received, and the server does not list it. A bucket that can be read would be right: without a "
        "login, or with keys in the environment. Check the address, the keys and the network."
    )


def _run(task: Coroutine[Any, Any, Any]) -> Any:
    """Run a task to its end, also where a loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(task)
    result: list[Any] = []
    thread = threading.Thread(target=lambda: result.append(asyncio.run(task)))
    thread.start()
    thread.join()
    return result[0]

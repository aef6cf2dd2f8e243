"""Read public object stores without a login: which files lie under an address, and their bytes.

References
----------
obstore, https://developmentseed.org/obstore/ (Apache Arrow's object_store for Python).
Amazon S3, "Checking object integrity": the ETag of an object that was uploaded in one piece is its MD5.
"""

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from workbench.catalog.retrieval.listing import is_reachable, list_plainly
from workbench.catalog.retrieval.transfer import REFUSAL, DamagedError, RemoteFile, safe_name
from workbench.errors import MissingPackageError

#: Replaces the public endpoint, for a mirror or a test: ``s3+http://127.0.0.1:9000``.
ENDPOINT_VARIABLE = "WORKBENCH_S3_ENDPOINT"
# Of a folder's name: neither empty nor "." nor "..", without looking ahead, which polars does not know.
_PART = r"(?:[A-Za-z0-9_-]|\.[A-Za-z0-9_-]|\.\.[A-Za-z0-9._-])[A-Za-z0-9._-]*"
#: What an address of a series looks like: a folder, never a whole bucket. Nothing in it can be a blank, a line break,
#: a second command or a way up.
ADDRESS = rf"^s3://[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9](?:/{_PART})+/\*$"

_REGION = "us-east-1"  # of the IDC buckets (AWS Open Data registry, "NCI Imaging Data Commons")
_PIECE = 1 << 20
_CONNECT_S, _SILENCE_S = 3, 30
_REFUSED = re.compile(r"status code: (4\d\d [A-Za-z ]+)")
_PLAIN_MD5 = re.compile(r"^[0-9a-f]{32}$")  # an ETag with a dash is a sum over several pieces


class ObjectStore:
    """Public buckets behind one endpoint.

    Parameters
    ----------
    endpoint : str, optional
        Such as ``"http://127.0.0.1:9000"``; Amazon's when absent.
    """

    def __init__(self, endpoint: str | None = None) -> None:
        variable = os.environ.get(ENDPOINT_VARIABLE, "").removeprefix("s3+")
        self._endpoint = endpoint or variable or None
        self._stores: dict[tuple[str, bool], Any] = {}

    @property
    def name(self) -> str:
        """The endpoint, for messages."""
        return self._endpoint or "s3.amazonaws.com"

    def probe(self, address: str) -> None:
        """Find out within five seconds whether the endpoint answers at all.

        Parameters
        ----------
        address : str
            Of any series.

        Raises
        ------
        ConnectionError
            When nobody answers.
        PermissionError
            When the answer is a refusal.
        """
        bucket, prefix = _split(address)
        self._list(self._store(bucket, probing=True), prefix, bucket, most=1)

    def list_series(self, series_uid: str, address: str, folder: str) -> list[RemoteFile]:
        """Return the files under the address of a series.

        Parameters
        ----------
        series_uid : str
            Its Series Instance UID.
        address : str
            Such as ``s3://idc-open-data/<uuid>/*``.
        folder : str
            Where they go, relative to the folder of the download.

        Returns
        -------
        list of RemoteFile
            By name; empty when nothing lies there.

        Raises
        ------
        ConnectionError
            When the endpoint does not answer.
        PermissionError
            When the answer is a refusal.
        """
        bucket, prefix = _split(address)
        store = self._store(bucket)
        return [
            RemoteFile(
                series_uid=series_uid,
                path=f"{folder}/{safe_name(found['path'].removeprefix(prefix).lstrip('/'))}",
                size_bytes=found["size"],
                md5=_md5(found["e_tag"]),
                tag=found["e_tag"] or "",
                read=_reader(store, found["path"], found["e_tag"]),
                resumable=bool(found["e_tag"]),
                reachable=is_reachable(found["path"]),
            )
            for found in self._list(store, prefix, bucket)
            if found["size"] or not found["path"].endswith("/")
        ]

    def _list(self, store: Any, prefix: str, bucket: str, most: int | None = None) -> list[Any]:
        found: list[Any] = []
        try:
            for batch in _obstore().list(store, prefix, chunk_size=1000):
                found += batch
                if most is not None and len(found) >= most:
                    break
        except _obstore().exceptions.InvalidPathError:  # one name that it refuses, among others
            base = (self._endpoint or f"https://s3.{_REGION}.amazonaws.com").rstrip("/")
            found = list(islice(list_plainly(f"{base}/{bucket}", prefix), most))
        except _failures() as error:
            raise _as_plain(error, f"{self.name} does not answer.") from error
        return sorted(found, key=lambda item: str(item["path"]))

    def _store(self, bucket: str, *, probing: bool = False) -> Any:
        if (bucket, probing) not in self._stores:
            total_s = timedelta(seconds=4) if probing else timedelta(days=1)  # a large file may take its time
            self._stores[bucket, probing] = _obstore().store.S3Store(
                bucket,
                region=_REGION,
                **({"endpoint": self._endpoint} if self._endpoint else {}),
                skip_signature=True,
                client_options={
                    "allow_http": (self._endpoint or "").startswith("http://"),
                    "connect_timeout": timedelta(seconds=_CONNECT_S),
                    "read_timeout": timedelta(seconds=_SILENCE_S),
                    "timeout": total_s,
                },
                retry_config={
                    "max_retries": 0 if probing else 2,
                    "retry_timeout": timedelta(seconds=4 if probing else 20),
                },
            )
        return self._stores[bucket, probing]


def _reader(store: Any, path: str, tag: str | None) -> Any:
    def read(offset: int) -> Iterator[bytes]:
        options: dict[str, Any] = {"if_match": tag} if tag else {}
        if offset:
            options["range"] = {"offset": offset}
        try:
            for piece in _obstore().get(store, path, options=options).stream(min_chunk_size=_PIECE):
                yield bytes(piece)
        except FileNotFoundError:
            raise
        except _obstore().exceptions.PreconditionError as error:
            raise DamagedError("A file changed on the server while it was fetched.") from error
        except _failures() as error:
            raise _as_plain(error, "The connection was cut.") from error

    return read


def _split(address: str) -> tuple[str, str]:
    """Return bucket and folder; the folder ends in a slash, so that no neighbor's name begins with it."""
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key.rstrip("*").rstrip("/") + "/"


def _md5(tag: str | None) -> str | None:
    plain = (tag or "").strip('"').lower()
    return plain if _PLAIN_MD5.match(plain) else None


def _as_plain(error: BaseException, words: str) -> OSError:
    """Return a refusal as `PermissionError`, because trying again or going without would hide it; else a cut."""
    refused = _REFUSED.search(str(error))
    return PermissionError(REFUSAL.format(refused[1].strip())) if refused else ConnectionError(words)


def _failures() -> tuple[type[BaseException], ...]:
    return (_obstore().exceptions.BaseError, OSError)


def _obstore() -> Any:
    try:
        import obstore
        import obstore.exceptions
        import obstore.store
    except ImportError:
        raise MissingPackageError(
            "The package obstore is not installed. It reads the public buckets. Install it: pip install obstore"
        ) from None
    return obstore

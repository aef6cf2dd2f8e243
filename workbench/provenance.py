"""The stamp every output carries: what it was made from, by which versions, and when."""

import hashlib
import importlib.metadata
import json
import os
import platform
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGES = ("imaging-workbench", "polars", "altair", "idc-index-data", "papermill")


def stamp(*, source: str, version: str, query: Any = None, **more: Any) -> dict[str, Any]:
    """Return the provenance of an output as a mapping ready for JSON.

    Parameters
    ----------
    source : str
        The repository's name.
    version : str
        Its exact data version.
    query : object
        What was asked, such as a list of criteria; hashed so that equal questions show equal hashes.
    **more : object
        Parameters, seeds, input hashes.

    Returns
    -------
    dict
        ``source``, ``version``, ``query_sha256``, ``versions``, ``created`` (`run_time`) and what was passed.
    """
    asked = json.dumps(query, sort_keys=True, default=str, ensure_ascii=False)
    return {
        "source": source,
        "version": version,
        "query_sha256": hashlib.sha256(asked.encode()).hexdigest(),
        "versions": {"python": platform.python_version(), **_installed()},
        "created": run_time().isoformat(timespec="seconds"),
        **more,
    }


def run_time() -> datetime:
    """Return the time that outputs of this run carry, in UTC, to the second.

    ``SOURCE_DATE_EPOCH`` (reproducible-builds.org, seconds since 1970) fixes it, so that a second run gives the same
    bytes.

    Returns
    -------
    datetime.datetime
        Now, unless the variable holds a number.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(fixed), UTC) if fixed.isdecimal() else datetime.now(UTC).replace(microsecond=0)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file.

    Parameters
    ----------
    path : pathlib.Path
        An existing file.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@cache  # reading the metadata of five packages takes longer than preparing a radiograph
def _installed() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found

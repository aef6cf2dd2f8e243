"""List a bucket by its own interface, for names that obstore refuses: with ``..`` or an empty part.

One such name makes obstore refuse the whole list; here the others are seen, and those are counted.

References
----------
Amazon S3 API Reference, ListObjectsV2.
"""

import http.client
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from workbench.catalog.retrieval.transfer import REFUSAL

_XML = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_SILENCE_S = 30
_LARGEST = 1 << 26  # bytes of a page; a thousand names take some 2 MB at their longest


def list_plainly(bucket_url: str, prefix: str) -> Iterator[dict[str, Any]]:
    """Return what lies under a folder of a public bucket, whatever it is called.

    Parameters
    ----------
    bucket_url : str
        Such as ``"http://127.0.0.1:9000/bucket"``.
    prefix : str
        Of the folder; ends in a slash.

    Yields
    ------
    dict
        ``path``, ``size`` and ``e_tag`` of an object.

    Raises
    ------
    ConnectionError
        When the answer does not come, or is no list.
    PermissionError
        When the answer is a refusal.
    """
    more: dict[str, str] = {}
    while True:
        page = _page(f"{bucket_url}?{urlencode({'list-type': 2, 'prefix': prefix, **more})}")
        try:
            for found in page.iter(f"{_XML}Contents"):
                size = int(found.findtext(f"{_XML}Size", ""))
                yield {"path": found.findtext(f"{_XML}Key", ""), "size": size, "e_tag": found.findtext(f"{_XML}ETag")}
        except ValueError as error:
            raise ConnectionError("The server answers with no list.") from error
        token = page.findtext(f"{_XML}NextContinuationToken")
        if not token or more.get("continuation-token") == token:
            return
        more = {"continuation-token": token}


def is_reachable(path: str) -> bool:
    """Return whether an object can be asked for by its name.

    Parameters
    ----------
    path : str
        The key of the object.

    Returns
    -------
    bool
        False where a part between slashes is empty, ``.`` or ``..``.

    Examples
    --------
    >>> is_reachable("folder/one.dcm"), is_reachable("folder//one.dcm"), is_reachable("folder/../one.dcm")
    (True, False, False)
    """
    return not {"", ".", ".."} & set(path.split("/"))


def _page(url: str) -> ElementTree.Element:
    try:
        with urllib.request.urlopen(url, timeout=_SILENCE_S) as answer:
            return ElementTree.fromstring(answer.read(_LARGEST))
    except urllib.error.HTTPError as error:
        error.close()
        if error.code < 500:
            raise PermissionError(REFUSAL.format(f"{error.code} {error.reason}")) from error
        raise ConnectionError(f"The server answers with status {error.code}.") from error
    except (OSError, http.client.HTTPException, ElementTree.ParseError) as error:
        raise ConnectionError("The server answers with no list.") from error

"""How much a server may answer, and for how long: an answer beyond that is refused before it fills the memory.

The limits are ours, far above what a server that means well needs: 500 series are about a megabyte of DICOM JSON, and
the pixel data of an uncompressed instance are shorter than 4 GiB (DICOM PS3.5 2025c, 7.1.1: lengths have 32 bits).
"""

import importlib
import time
from typing import Any

#: Bytes of an answer to a search and of an instance, after decompression, and seconds until all of it is there.
MOST_LISTED, MOST_LISTED_S = 1 << 28, 300
MOST_STORED, MOST_STORED_S = 1 << 32, 3_600
_PIECE = 1 << 16


class EndlessAnswerError(ConnectionError):
    """An answer that is larger than any should be, or does not come to its end."""


def bounded_session() -> Any:
    """Return a session of requests that reads no answer beyond the limits.

    Returns
    -------
    requests.Session
        Raises `EndlessAnswerError` instead.
    """
    adapters, requests = importlib.import_module("requests.adapters"), importlib.import_module("requests")
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _bounded(adapters.HTTPAdapter()))
    return session


def _bounded(adapter: Any) -> Any:
    send = adapter.send

    def _send(request: Any, **options: Any) -> Any:
        response = send(request, **{**options, "stream": True})
        listed = "json" in request.headers.get("Accept", "")
        with response:  # the connection is closed where the reading ends early
            body = _read(response.raw, *((MOST_LISTED, MOST_LISTED_S) if listed else (MOST_STORED, MOST_STORED_S)))
        response._content, response._content_consumed = body, True  # as requests itself keeps a body that was read
        return response

    adapter.send = _send
    return adapter


def _read(raw: Any, most: int, most_s: int) -> bytes:
    """Return a body, read as it comes: a server that sends a byte a second never falls silent."""
    broken = importlib.import_module("urllib3.exceptions").HTTPError
    errors = importlib.import_module("requests.exceptions")
    until, pieces, size = time.monotonic() + most_s, list[bytes](), 0
    read = getattr(raw, "read1", raw.read)  # urllib3 before 2.2 waits for a whole piece
    try:
        while piece := read(_PIECE, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise EndlessAnswerError(f"answers with more than {most:,} bytes")
            if time.monotonic() > until:
                raise EndlessAnswerError(f"has not ended an answer after {most_s:,} seconds")
    except broken as error:
        raise errors.ConnectionError(error) from error
    return b"".join(pieces)

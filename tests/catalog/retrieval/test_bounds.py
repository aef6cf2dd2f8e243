"""Servers that answer without end, with nonsense, or by the drop."""

import gzip
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from workbench.catalog.commons import open_catalog
from workbench.catalog.retrieval import bounds, dicomweb
from workbench.catalog.retrieval.dicomweb import DicomWebServer

Answered = Callable[[http.server.BaseHTTPRequestHandler, int], bytes | None]


@contextmanager
def server_of(answer: Answered) -> Iterator[str]:
    """Yield the address of a server that answers every search as told; it gets the handler and the offset."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            self.send_response(200)
            self.send_header("Content-Type", "application/dicom+json")
            try:
                body = answer(self, int(asked.get("offset", ["0"])[0]))
                if body is not None:
                    self.end_headers()
                    self.wfile.write(body)
            except OSError:  # hung up on
                pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/dicom-web"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def study(number: int) -> dict[str, Any]:
    return {"0020000D": {"vr": "UI", "Value": [f"1.2.{number}"]}, "0020000E": {"vr": "UI", "Value": [f"1.3.{number}"]}}


def said(answer: Answered) -> tuple[str, str]:
    """Return the address and what opening it says."""
    with server_of(answer) as address, pytest.raises(ConnectionError) as caught:
        open_catalog(f"dicomweb+{address}")
    return address, str(caught.value)


RIGHT = (
    " A DICOMweb server such as dicomweb+http://localhost:8042/dicom-web would be right. "
    "Start it, or check the address."
)


@pytest.mark.parametrize("body", [b"{not json", b'["x", "y"]', b"[" * 200_000, b"7", b"<html>", b"[null]"])
def test_an_answer_that_is_no_dicom_json_is_said(body: bytes) -> None:
    address, words = said(lambda *_: body)
    assert words == f"{address} answers with something that is no list in DICOM JSON.{RIGHT}"


def test_an_answer_that_grows_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_LISTED", 1_000_000)
    address, words = said(lambda *_: b" " * 1_000_001)
    assert words == f"{address} answers with more than 1,000,000 bytes.{RIGHT}"


def test_a_compressed_answer_counts_as_what_it_becomes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_LISTED", 1_000_000)

    def bomb(handler: http.server.BaseHTTPRequestHandler, _: int) -> bytes:
        handler.send_header("Content-Encoding", "gzip")
        return gzip.compress(b" " * 20_000_000)

    assert "answers with more than 1,000,000 bytes." in said(bomb)[1]


def test_an_answer_by_the_drop_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_LISTED_S", 0)

    def drip(handler: http.server.BaseHTTPRequestHandler, _: int) -> None:
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    address, words = said(drip)
    assert words == f"{address} has not ended an answer after 0 seconds.{RIGHT}"


def test_a_list_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dicomweb, "_MOST", 7)
    address, words = said(lambda _, offset: json.dumps([study(offset + i) for i in range(3)]).encode())
    assert words == (
        f"{address} lists studies without end: after 9 came more. At most 7 are read, for 14,400 seconds.{RIGHT}"
    )


def test_a_server_that_repeats_itself_is_asked_twice() -> None:
    asked: list[int] = []

    def same(_: object, offset: int) -> bytes:
        asked.append(offset)
        return json.dumps([study(1), study(2)]).encode()

    with server_of(same) as address:
        assert len(DicomWebServer(address).search("studies", fields=[])) == 2
    assert asked == [0, 2]


@pytest.mark.parametrize("attribute", [None, {}, {"Value": None}, {"Value": "CT"}, {"Value": [{"Alphabetic": "A"}]}])
def test_an_attribute_without_a_plain_value_is_absent(attribute: Any) -> None:
    assert dicomweb.first_value({"00080060": attribute}, "00080060") == ""


def test_a_series_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dicomweb, "_MOST", 3)

    def instances(_: object, offset: int) -> bytes:
        return json.dumps([{"00080018": {"vr": "UI", "Value": [f"1.{offset + i}"]}} for i in range(2)]).encode()

    with server_of(instances) as address, pytest.raises(ConnectionError, match="instances of a series without end"):
        DicomWebServer(address).list_series("1.2", "1.3", "folder")

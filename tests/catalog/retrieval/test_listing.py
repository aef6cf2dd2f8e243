"""Lists of a bucket page by page, and what is no list."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from workbench.catalog.retrieval.listing import list_plainly


@contextmanager
def answering(status: int, *pages: str) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """Return the address of a bucket that answers with these pages, and what it was asked."""
    asked: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(parse_qs(urlsplit(self.path).query))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(pages[len(asked) - 1].encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    running = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}/bucket", asked
    finally:
        running.shutdown()
        running.server_close()


def page(key: str, more: str = "", size: str = "3") -> str:
    return (
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Contents>'
        f'<Key>{key}</Key><Size>{size}</Size><ETag>"e"</ETag></Contents>{more}</ListBucketResult>'
    )


def test_a_list_goes_on_to_its_last_page() -> None:
    token = "<NextContinuationToken>a/b+c</NextContinuationToken>"
    with answering(200, page("u//a", token), page("u/b")) as (bucket, asked):
        found = list(list_plainly(bucket, "u/"))
    assert found == [{"path": path, "size": 3, "e_tag": '"e"'} for path in ("u//a", "u/b")]
    assert asked == [
        {"list-type": ["2"], "prefix": ["u/"]},
        {"list-type": ["2"], "prefix": ["u/"], "continuation-token": ["a/b+c"]},
    ]


@pytest.mark.parametrize("text", ["", "<html>", page("a", size="many"), page("a", size="")])
def test_an_answer_that_is_no_list_is_a_lost_connection(text: str) -> None:
    with answering(200, text) as (bucket, _), pytest.raises(ConnectionError) as caught:
        list(list_plainly(bucket, "u/"))
    assert str(caught.value) == "The server answers with no list."


def test_a_refusal_and_a_failure_are_told_apart() -> None:
    with answering(403, "") as (bucket, _), pytest.raises(PermissionError, match="403 Forbidden"):
        list(list_plainly(bucket, "u/"))
    with answering(503, "") as (bucket, _), pytest.raises(ConnectionError) as caught:
        list(list_plainly(bucket, "u/"))
    assert str(caught.value) == "The server answers with status 503."

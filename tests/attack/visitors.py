"""Visitors of the public pages: what they send, byte for byte, and how they wait for the numbers of a page."""

import asyncio
import base64
import contextlib
import json
import re
import socket
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http.client import HTTPResponse
from urllib.parse import urlsplit

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

KERNEL = re.compile(r'"kernelId": "([^"]+)"|kernelId: "([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back: the number, the headers with small names, the text."""

    status: int
    headers: dict[str, str]
    text: str


def ask(
    root: str, path: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: bytes = b""
) -> Answer:
    """Send a request whose path no library has tidied, and read the answer."""
    place = urlsplit(root)
    sent = {"Host": place.netloc, "Connection": "close", **(headers or {})}
    if body:
        sent.setdefault("Content-Length", str(len(body)))
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return answer_to(root, head.encode("latin-1", "replace") + b"\r\n" + body)


def answer_to(root: str, request: bytes, *, seconds: float = 20) -> Answer:
    """Send bytes and read what comes back; number 0 where the connection was closed without an answer."""
    place = urlsplit(root)
    with socket.create_connection((place.hostname, place.port), timeout=seconds) as connection:
        response = HTTPResponse(connection)
        try:
            connection.sendall(request)
            response.begin()
            text = response.read().decode("utf-8", "replace")
        except (OSError, ValueError, AttributeError, IndexError) as problem:
            if isinstance(problem, TimeoutError):
                raise
            return Answer(0, {}, "")
        except Exception as problem:  # noqa: BLE001 - every way in which http.client finds an answer cut short
            return Answer(0, {}, str(problem))
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)


@dataclass
class Visit:
    """A live page that was asked for, and what became of it."""

    status: int
    seconds: float
    kernel: str = ""
    state: str = ""
    retry: str = ""


@dataclass
class Stay:
    """Visitors who have what they came for and keep their page open until it is over."""

    arrived: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)


async def visit(root: str, page: str, *, leaves: bool = False, stay: Stay | None = None) -> Visit:
    """Open a live page as a browser does, and wait until its content came through the socket."""
    start = time.monotonic()
    client = SimpleAsyncHTTPClient(force_instance=True)
    answer = await client.fetch(HTTPRequest(f"{root}/explore/{page}", request_timeout=60), raise_error=False)
    client.close()
    if answer.code != 200:
        return Visit(
            answer.code, time.monotonic() - start, "", answer.body.decode(), answer.headers.get("Retry-After", "")
        )
    kernel = next(filter(None, KERNEL.search(answer.body.decode()).groups()))
    async with connected(root, kernel) as connection:
        state = await content_of(connection)
        seconds = time.monotonic() - start
        if stay:
            stay.arrived += 1
            await stay.over.wait()
    if leaves:
        await asyncio.to_thread(leave, root, kernel)
    return Visit(200, seconds, kernel, state)


def leave(root: str, kernel: str) -> Answer:
    """Leave a page, as a browser tells it."""
    return ask(root, f"/explore/voila/api/shutdown/{kernel}", method="POST", headers={"Content-Length": "0"})


@contextlib.asynccontextmanager
async def connected(root: str, kernel: str, *, origin: str | None = None) -> AsyncIterator[WebSocketClientConnection]:
    """Open the socket of a kernel; without another origin, as a page of this host does. Close it at the end."""
    headers = {"Origin": root if origin is None else origin}
    address = f"{root.replace('http', 'ws', 1)}/explore/api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}"
    request = HTTPRequest(address, headers={name: value for name, value in headers.items() if value})
    connection = await asyncio.wait_for(websocket_connect(request, max_message_size=64 << 20), 20)
    try:
        yield connection
    finally:
        connection.close()
        with contextlib.suppress(TimeoutError):
            while await asyncio.wait_for(connection.read_message(), 0.5) is not None:
                pass


async def content_of(connection: WebSocketClientConnection) -> str:
    """Ask for the state of the widgets, as the page does, and return the message that brings it."""
    comm = uuid.uuid4().hex
    opening = {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
    await connection.write_message(message("comm_open", opening, metadata={"version": "1.0.0"}))
    await connection.write_message(message("comm_msg", {"comm_id": comm, "data": {"method": "request_states"}}))
    while True:
        received = await asyncio.wait_for(connection.read_message(), 30)
        if received is None:
            raise ConnectionResetError("The socket was closed.")
        text = received if isinstance(received, str) else received.decode("utf-8", "replace")
        if "update_states" in text:
            return text


def message(kind: str, content: dict, *, channel: str = "shell", metadata: dict | None = None) -> str:
    """Return a message of Jupyter's protocol for the browser."""
    header = {"msg_id": uuid.uuid4().hex, "username": "", "session": "attack", "msg_type": kind, "version": "5.3"}
    return json.dumps(
        {
            "header": header,
            "parent_header": {},
            "metadata": metadata or {},
            "content": content,
            "channel": channel,
            "buffers": [],
        }
    )


def whole_page(times: int) -> list[str]:
    """Return the messages that ask for the state of all widgets so many times."""
    comm = {"comm_id": "flood", "target_name": "jupyter.widget.control", "data": {}}
    asked = message("comm_msg", {"comm_id": "flood", "data": {"method": "request_states"}})
    return [message("comm_open", comm, metadata={"version": "1.0.0"}), *[asked] * times]


def flood(root: str, kernel: str, messages: int) -> socket.socket:
    """Open the socket of a kernel, ask for the state of all widgets again and again, and read nothing."""
    place = urlsplit(root)
    silent = socket.create_connection((place.hostname, place.port), timeout=8)
    silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    head = {
        "Host": place.netloc,
        "Origin": root,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
    }
    path = f"/explore/api/kernels/{kernel}/channels?session_id={uuid.uuid4().hex}"
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    silent.sendall("\r\n".join(lines).encode())
    assert b"101" in silent.recv(64)
    with contextlib.suppress(OSError):  # the server ended it
        for each in whole_page(messages):
            silent.sendall(b"\x81" + _length(len(each)) + bytes(4) + each.encode())
    return silent


def _length(n: int) -> bytes:
    return bytes([0x80 | n]) if n < 126 else b"\xfe" + n.to_bytes(2, "big")  # RFC 6455, section 5.2; masked


def refused(root: str, kernel: str, origin: str) -> int:
    """Return the number with which a socket is refused, or 101 when it opens."""

    async def _try() -> int:
        try:
            async with connected(root, kernel, origin=origin):
                return 101
        except HTTPClientError as problem:
            return problem.code

    return asyncio.run(_try())

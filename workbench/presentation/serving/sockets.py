"""The sockets between pages and their kernels: few, slow enough, never far behind, and silent about the server."""

import asyncio
import re
import struct
from contextlib import suppress
from typing import Any, ClassVar
from weakref import WeakSet

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from workbench.presentation.serving.sparing import Allowance

#: What a page hears of its kernel. Errors and printed text, which name files of the server, are not among it.
_TOLD = {
    *("status", "comm_open", "comm_msg", "comm_close"),
    *("comm_info_reply", "kernel_info_reply", "shutdown_reply"),
}
_PARTS = 64
#: A browser that comes back has two for a moment: the one that it lost, and the new one.
_SOCKETS = 2
#: What a visitor has not fetched yet; the largest page is a third of it.
_UNSENT_BYTES = 4 << 20
#: A page opens with a dozen messages; somebody who moves a slider sends some more a second.
_MESSAGES, _PER_SECOND = 80.0, 40.0
# RFC 6455, section 7.4.1
_NO_MESSAGE = 1007  # data that is not consistent with its type
_TOO_MUCH = 1008  # against a policy, and no other number fits
_UPGRADED, _TOO_MANY = 101, 429


class DiscreetConnection(ZMQChannelsWebsocketConnection):
    """The messages of one socket; of those to the page, only what a page needs goes on."""

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """Pass a message of the kernel on, when a page needs messages of its kind.

        Parameters
        ----------
        stream : zmq.eventloop.zmqstream.ZMQStream
            The channel.
        outgoing_msg : list
            Its parts.
        """
        _, parts = self.session.feed_identities(outgoing_msg)
        if self.session.unpack(parts[1]).get("msg_type") in _TOLD:
            super().handle_outgoing_message(stream, outgoing_msg)


class KernelSocket(VoilaKernelWebsocketHandler):
    """Messages between a page and its kernel, for a browser that shows the page from this host."""

    _open: ClassVar[WeakSet["KernelSocket"]] = WeakSet()

    def initialize(self, **kwargs: Any) -> None:
        """Begin with nothing sent.

        Parameters
        ----------
        **kwargs : object
            Of Jupyter.
        """
        super().initialize(**kwargs)
        self._unsent = 0
        self._may_send = Allowance(_MESSAGES, 1 / _PER_SECOND)

    def check_origin(self, origin: str | None = None) -> bool:
        """Return whether the request comes from a page of this host.

        Parameters
        ----------
        origin : str, optional
            As the browser tells it.

        Returns
        -------
        bool
            False where none came: every browser sends one.
        """
        named = re.fullmatch(r"https?://(.+)", (origin or self.request.headers.get("Origin", "")).lower())
        return named is not None and named[1] == self.request.host.lower()

    async def pre_get(self) -> None:
        """Refuse what is no upgrade of this host, names no kernel or one too many, before anything else."""
        if not self.check_origin():
            raise HTTPError(403)
        if self.kernel_id not in self.kernel_manager:
            raise HTTPError(404)
        if sum(each.kernel_id == self.kernel_id for each in self._open) >= _SOCKETS:
            raise HTTPError(_TOO_MANY)
        self._open.add(self)
        await super().pre_get()

    def on_message(self, ws_message: str | bytes) -> None:
        """Pass a message on; one that is no message of Jupyter's, or one too many, ends the socket.

        Parameters
        ----------
        ws_message : str or bytes
            As it came.
        """
        if self.connection is None or not self._may_send.take():
            self.close(_TOO_MUCH)
            return
        # A binary message begins with the number of its parts, which Jupyter believes: a large one takes all memory.
        if isinstance(ws_message, bytes):
            is_new = self.selected_subprotocol is not None  # eight bytes, least first; before, four, greatest first
            parts = int.from_bytes(ws_message[:8], "little") if is_new else int.from_bytes(ws_message[:4], "big")
            if parts > _PARTS:
                self.close(_NO_MESSAGE)
                return
        try:
            super().on_message(ws_message)
        except (ValueError, LookupError, TypeError, AttributeError, AssertionError, OverflowError, struct.error):
            self.close(_NO_MESSAGE)

    def write_message(self, message: Any, binary: bool = False) -> None:  # noqa: FBT001, FBT002
        """Send a message; a visitor who does not fetch what was sent loses the socket, before it fills the memory.

        Parameters
        ----------
        message : str or bytes
            What.
        binary : bool
            As tornado takes it.
        """
        if self.ws_connection is None or self.ws_connection.is_closing():
            return  # the visitor has left
        size = len(message)
        if self._unsent and self._unsent + size > _UNSENT_BYTES:
            self.ws_connection.stream.close()  # at once: a word of farewell would wait behind all the rest
            return
        sent = super().write_message(message, binary)
        if sent is not None:
            self._unsent += size
            sent.add_done_callback(lambda done: self._count_sent(done, size))

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ARG002 - nobody reads it
        """Answer with the number alone.

        Parameters
        ----------
        status_code : int
            What went wrong.
        **kwargs : object
            Not told.
        """
        self.finish()

    def on_finish(self) -> None:
        """Count no more what did not become a socket."""
        if self.get_status() != _UPGRADED:
            self._open.discard(self)

    def on_close(self) -> None:
        """Make room for another socket."""
        self._open.discard(self)
        if self.connection is not None:
            super().on_close()

    def _count_sent(self, done: "asyncio.Future[None]", size: int) -> None:
        self._unsent -= size
        with suppress(WebSocketClosedError, StreamClosedError, asyncio.CancelledError):
            done.result()  # who leaves early is no error

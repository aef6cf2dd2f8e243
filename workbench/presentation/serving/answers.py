"""What the server answers besides files: live pages, their kernels, and whether it is well."""

import asyncio
import re
import struct
from typing import Any

from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.web import HTTPError, RequestHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from workbench.presentation.serving.forking import ANEW
from workbench.presentation.serving.plain import InWords

#: A page takes a second; a visitor who waited so long is told to try again.
_PAGE_SECONDS = 60.0
_PARTS = 64
_NO_MESSAGE = 1007  # RFC 6455, section 7.4.1: data that is not consistent with its type
_FAILED = (
    '<p class="page-failed" role="alert"><strong>This page could not be shown</strong>'
    "It took too long. Please reload it.</p></body></html>"
)


class LivePage(InWords, TornadoVoilaHandler):
    """A page with a kernel of its own."""

    def initialize(self, *, anew: bool = False, **kwargs: Any) -> None:
        """Take what the application gives.

        Parameters
        ----------
        anew : bool
            Whether the kernel must not be forked.
        **kwargs : object
            Of Voila.
        """
        super().initialize(**kwargs)
        self._anew = anew

    async def get(self) -> None:
        """Answer with the page, or say that there is no room."""
        if self.kernel_manager.taken >= self.kernel_manager.most:
            raise HTTPError(503)
        ANEW.set(self._anew)
        try:
            async with asyncio.timeout(_PAGE_SECONDS):
                await super().get()  # type: ignore[misc] # decorated, and so typed, for what is no coroutine too
        except TimeoutError:  # a kernel that dies at its start would leave the visitor waiting forever
            if not self._headers_written:
                raise HTTPError(503) from None
            self.finish(_FAILED)

    def head(self) -> None:
        """Answer that there is a page, without making one."""
        self.set_header("Content-Type", "text/html; charset=utf-8")


class KernelState(InWords, KernelHandler):
    """What the page in the browser asks about its kernel; it can be read, not changed."""

    SUPPORTED_METHODS = ("GET",)


class KernelSocket(VoilaKernelWebsocketHandler):
    """Messages between a page and its kernel, for a browser that shows the page from this host."""

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
        named = origin or self.request.headers.get("Origin", "")
        return bool(named) and re.sub(r"^https?://", "", named.lower()) == self.request.host.lower()

    def on_message(self, ws_message: str | bytes) -> None:
        """Pass a message on; one that is no message of Jupyter's ends the socket.

        Parameters
        ----------
        ws_message : str or bytes
            As it came.
        """
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

    async def pre_get(self) -> None:
        """Refuse what is no upgrade of this host, or names no kernel, before anything else."""
        if not self.check_origin():
            raise HTTPError(403)
        if self.kernel_id not in self.kernel_manager:
            raise HTTPError(404)
        await super().pre_get()


class Leave(InWords, VoilaShutdownKernelHandler):
    """Ends the kernel of a page that a visitor leaves.

    The browser sends this as a beacon, which carries no form token. The kernel's random number, known to that page
    alone, is permission enough to end it.
    """

    def check_xsrf_cookie(self) -> None:
        """Ask for no form token."""


class Health(RequestHandler):
    """The one health check, answered by the event loop that answers everything else."""

    async def get(self) -> None:
        """Answer how many kernels there are."""
        kernels = self.settings["kernel_manager"]
        self.set_header("Cache-Control", "no-store")
        self.write({"status": "ok", "kernels": kernels.taken, "most": kernels.most})

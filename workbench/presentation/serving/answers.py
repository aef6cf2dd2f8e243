"""What the server answers besides files: live pages, their kernels, and whether it is well."""

import asyncio
from typing import Any

from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.web import HTTPError, RequestHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler

from workbench.presentation.serving.forking import ANEW
from workbench.presentation.serving.plain import InWords

#: A page takes a second; a visitor who waited so long is told to try again.
_PAGE_SECONDS = 60.0
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

"""The kernels of one server: few enough for the machine, gone soon after use, with numbers that nobody can guess."""

import contextlib
import datetime as dt
import resource
import secrets
import sys
import time
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from tornado.web import HTTPError
from traitlets import Integer, Unicode, default

from workbench.presentation.serving.forking import ANEW, Zygote

_TIDY_SECONDS = 5
_SAY_SECONDS = 1.0
_READY_SECONDS = 60.0


class _PageClient(AsyncKernelClient):
    """A client without a heartbeat: its thread once kept a server from ever answering again, and the process itself is
    watched.
    """

    def start_channels(self, **channels: bool) -> None:  # type: ignore[override]
        super().start_channels(**{**channels, "hb": False, "stdin": False})

    async def wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the base class names it
        """Return as soon as the kernel answers; the usual way waits half a second more."""
        end = time.monotonic() + (timeout or _READY_SECONDS)
        while True:
            self.kernel_info()
            try:
                reply = await ensure_async(self.shell_channel.get_msg(timeout=_SAY_SECONDS))
                self._handle_kernel_info_reply(reply)
                await ensure_async(self.iopub_channel.get_msg(timeout=_SAY_SECONDS / 10))
                return
            except Empty:
                if time.monotonic() > end or not await self._async_is_alive():
                    raise RuntimeError("A kernel did not become ready.") from None


class _PageKernel(ServerKernelManager):
    """One kernel, reached by a socket in a private folder instead of a port, and not started again when it dies."""

    @default("client_class")
    def _client_class(self) -> str:
        return f"{__name__}._PageClient"

    @default("client_factory")
    def _client_factory(self) -> type:
        return _PageClient

    @default("transport")
    def _transport(self) -> str:
        return "tcp" if sys.platform == "win32" else "ipc"

    @default("autorestart")
    def _autorestart(self) -> bool:
        return False


class PageKernels(AsyncMappingKernelManager):
    """The kernels of one server.

    Parameters
    ----------
    **kwargs : object
        As Jupyter passes them.
    """

    most = Integer(20, help="How many kernels may run at once").tag(config=True)
    most_mb = Integer(90, help="MB of memory above which a kernel ends; of the largest page it has 60").tag(config=True)
    alone_seconds = Integer(
        20, help="How long a page keeps a kernel that never came alive in a browser, or whose tab was closed"
    ).tag(config=True)
    worker = Unicode("00", help="How every kernel's number begins, by which a proxy finds its server").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.zygote = Zygote()
        self._starting = 0
        self._anew: set[str] = set()

    @default("kernel_manager_class")
    def _page_kernel(self) -> str:
        return f"{__name__}._PageKernel"

    @default("buffer_offline_messages")
    def _keeps_messages(self) -> bool:
        return False  # a visitor who left does not come back, and what a kernel goes on saying would fill the memory

    @default("cull_interval")
    def _default_interval(self) -> int:
        return _TIDY_SECONDS

    @default("cull_idle_timeout")
    def _default_idle(self) -> int:
        return 90

    @property
    def taken(self) -> int:
        """How many kernels run or start."""
        return len(self._kernels) + self._starting

    def warm(self) -> None:
        """Start what forks kernels, so that the first visitor does not wait for it."""
        with contextlib.suppress(OSError):
            self.zygote.start()

    def new_kernel_id(self, **kwargs: Any) -> str:  # noqa: ARG002 - the base class passes them
        """Return a number in the form that Voila's addresses take, 30 random hexadecimal digits of it.

        Parameters
        ----------
        **kwargs : object
            Not used.

        Returns
        -------
        str
            Five groups, joined by hyphens.
        """
        digits = self.worker + secrets.token_hex(15)
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Return the number of a new kernel.

        Parameters
        ----------
        **kwargs : object
            As Jupyter takes them; the environment of the server is used whatever a request brought.

        Returns
        -------
        str
            Its number.

        Raises
        ------
        tornado.web.HTTPError
            503 when as many run as may.
        """
        if self.taken >= self.most:
            raise HTTPError(503)
        self._starting += 1
        try:
            kernel_id: str = await ensure_async(super().start_kernel(**kwargs))
        finally:
            self._starting -= 1
        if ANEW.get():
            self._anew.add(kernel_id)
        return kernel_id

    async def shutdown_kernel(  # type: ignore[override]
        self,
        kernel_id: str,
        now: bool = True,  # noqa: ARG002, FBT001, FBT002 - as the base class has it
        restart: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        """End a kernel at once: it holds nothing that would be lost.

        Parameters
        ----------
        kernel_id : str
            Its number.
        now, restart : bool
            As Jupyter passes them.
        """
        self._anew.discard(kernel_id)
        await ensure_async(super().shutdown_kernel(kernel_id, now=True, restart=restart))  # type: ignore[no-untyped-call]

    async def shutdown_all(self, now: bool = True) -> None:  # type: ignore[override] # noqa: ARG002, FBT001, FBT002
        """End every kernel and the process that forks them.

        Parameters
        ----------
        now : bool
            As Jupyter passes it.
        """
        await ensure_async(super().shutdown_all(now=True))
        self.zygote.close()

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that nobody needs any more, or that somebody makes grow.

        A page of ours needs none once its content is in the browser; the explorer of rows needs its own as long as it
        is open.

        Parameters
        ----------
        kernel_id : str
            Its number.
        """
        kernel = self._kernels[kernel_id]
        idle = (dt.datetime.now(dt.UTC) - getattr(kernel, "last_activity", dt.datetime.now(dt.UTC))).total_seconds()
        connected = self._kernel_connections.get(kernel_id, 0) > 0
        keeps = connected and kernel_id in self._anew
        limit = self.cull_idle_timeout if connected else min(self.alone_seconds, self.cull_idle_timeout)
        is_large = kernel_id not in self._anew and _resident_mb(kernel) > self.most_mb
        if (idle > limit and not keeps) or is_large or not await ensure_async(kernel.is_alive()):
            await self.shutdown_kernel(kernel_id)


def _resident_mb(kernel: Any) -> float:
    """Memory of a kernel, what it shares with others included; 0 where the system does not say."""
    try:
        pages = int(Path(f"/proc/{kernel.provisioner.pid}/statm").read_text().split()[1])
    except (OSError, AttributeError):
        return 0.0
    return pages * resource.getpagesize() / 1e6

"""Kernels forked from one warm process, as Jupyter starts and ends kernels."""

import asyncio
import contextlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextvars import ContextVar
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from workbench.presentation.serving.zygote import MESSAGE_BYTES

#: Whether the kernel that this task starts must not be forked, because its page needs what a fork would break.
ANEW: ContextVar[bool] = ContextVar("ANEW", default=False)

_NAME = "workbench-forking"
_GROUP = KernelProvisionerFactory.GROUP_NAME
_ARGUMENTS = (
    "--no-stdout",
    "--no-stderr",
    "--IPKernelApp.log_level=50",  # below it, the log would name connection files
    "--HistoryManager.enabled=False",
    "--InteractiveShell.cache_size=0",
    "--InteractiveShell.colors=nocolor",
)
_LOG = logging.getLogger(__name__)
_START_SECONDS = 60.0
_FORK_SECONDS = 5.0
_END_SECONDS = 3.0


def fork_kernels() -> None:
    """Let every kernel of this process be forked, except where the machine cannot or the page says otherwise."""
    if not hasattr(os, "pidfd_open"):  # Linux 5.3 and newer
        return
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[_NAME] = EntryPoint(_NAME, f"{__name__}:ForkingProvisioner", _GROUP)
    factory.default_provisioner_name = _NAME


class Zygote:
    """The warm process of a server, started when the first kernel is asked for and again when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._door: socket.socket | None = None
        self._turn = asyncio.Lock()

    async def fork(self, argv: list[str], cwd: str) -> "ForkedProcess":
        """Return a new kernel.

        Parameters
        ----------
        argv : list of str
            The words of the kernel's command line.
        cwd : str
            Where it starts.

        Returns
        -------
        ForkedProcess
            It runs already.

        Raises
        ------
        OSError
            When no process can be had this way.
        """
        request = json.dumps({"argv": argv, "cwd": cwd}).encode()
        async with self._turn:  # one answer belongs to one request
            return await asyncio.to_thread(self._fork, request)

    def start(self) -> None:
        """Return when a kernel can be forked."""
        if self._door is not None:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "workbench.presentation.serving.zygote", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        ours.settimeout(_START_SECONDS)
        if ours.recv(MESSAGE_BYTES) != b"ready":
            self._process.wait()
            raise ConnectionResetError("The process that forks kernels did not start.")
        ours.settimeout(_FORK_SECONDS)
        self._door = ours

    def close(self) -> None:
        """End the warm process, and with it all of its kernels."""
        if self._door:
            self._door.close()
        if self._process:
            try:
                self._process.wait(_END_SECONDS)  # it ends by itself when its door closes, and clears up
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._door = self._process = None

    def _fork(self, request: bytes) -> "ForkedProcess":
        self.start()
        try:
            assert self._door is not None
            self._door.send(request)
            answer, descriptors, _, _ = socket.recv_fds(self._door, MESSAGE_BYTES, 1)
        except OSError:
            self.close()
            raise
        if not descriptors:
            self.close()
            raise ConnectionResetError("The process that forks kernels has ended.")
        return ForkedProcess(json.loads(answer), descriptors[0])


class ForkedProcess:
    """A kernel that is no child of ours, with as much of `subprocess.Popen` as a provisioner uses.

    Parameters
    ----------
    pid : int
        Its number.
    descriptor : int
        A descriptor of the process, which stays true when its number is used again.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, descriptor: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._descriptor = descriptor

    def poll(self) -> int | None:
        """Return whether it has ended.

        Returns
        -------
        int or None
            None while it runs; then 0, for only its parent learns how it ended.
        """
        if self.returncode is None:
            ended = select.poll()
            ended.register(self._descriptor, select.POLLIN)
            if ended.poll(0):
                self.returncode = 0
                os.close(self._descriptor)
        return self.returncode

    def wait(self) -> int:
        """Return when it has ended.

        Returns
        -------
        int
            0.
        """
        while self.poll() is None:
            time.sleep(0.01)
        return 0

    def send_signal(self, number: int) -> None:
        """Send it a signal.

        Parameters
        ----------
        number : int
            Which.
        """
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


class ForkingProvisioner(LocalProvisioner):
    """Starts a kernel by a fork of the warm process; as any other kernel where that cannot be."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Return how to connect with the new kernel.

        Parameters
        ----------
        cmd : list of str
            The command line that would start it.
        **kwargs : object
            As `subprocess.Popen` takes them.

        Returns
        -------
        dict
            The connection.
        """
        zygote = getattr(getattr(self.parent, "parent", None), "zygote", None)
        if zygote is None or ANEW.get() or "-f" not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        argv = ["-f", cmd[cmd.index("-f") + 1], *_ARGUMENTS]
        try:
            self.process = await zygote.fork(argv, os.fspath(kwargs.get("cwd") or Path.cwd()))
        except OSError as problem:
            _LOG.warning("A kernel was started anew, for none could be forked: %s", type(problem).__name__)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid, self.pgid, self.cwd = self.process.pid, None, kwargs.get("cwd")
        return self.connection_info

"""Run notebooks in a kernel that is kept between them: papermill does the work, the kernel is cleared before each."""

import contextlib
import os
import queue
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import DeadKernelError
from nbclient.util import run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines

_NAME = "workbench-kept-kernel"
# The kernel's log only; what a cell raises comes back by itself. At a lower level it speaks of encryption, and calls
# the interrupt an error by which jupyter_client begins every shutdown, once all cells have run.
_QUIET = ["--IPKernelApp.log_level=50", "--HistoryManager.hist_file=:memory:"]
_BEGIN = "from workbench.presentation.reports.fresh import begin_run; begin_run({folder!r}, {environment!r})"
_READY_S, _LOOK_S = 120, 1  # until a kernel answers; between two looks whether it lives


class KeptKernel:
    """One kernel that runs notebooks one after the other; used from one thread.

    Parameters
    ----------
    threads : int, optional
        Of polars in this kernel; as many as there are cores unless given.
    """

    def __init__(self, *, threads: int | None = None) -> None:
        self.variables = {"POLARS_MAX_THREADS": str(threads)} if threads else {}
        self.manager: Any = None
        self.client: Any = None
        self.killed = False

    def run(
        self,
        source: Path,
        executed: Path,
        *,
        parameters: Mapping[str, Any],
        environment: Mapping[str, str],
        progress: bool = False,
    ) -> None:
        """Run a notebook in its own folder; whatever it raises ends the kernel, and the next run starts another.

        Parameters
        ----------
        source : pathlib.Path
            The notebook.
        executed : pathlib.Path
            Where it is written with its outputs, and stands.
        parameters : mapping of str to object
            Of its tagged cell.
        environment : mapping of str to str
            Variables of this run.
        progress : bool
            Whether a bar is shown.

        Raises
        ------
        papermill.PapermillExecutionError
            When a cell raises.
        """
        finished = False
        try:
            self._begin(executed.parent, environment)
            papermill.execute_notebook(
                str(source),
                str(executed),
                parameters=dict(parameters),
                engine_name=_NAME,
                kernel_name="python3",
                request_save_on_cell_execute=False,
                autosave_cell_every=0,
                progress_bar=progress,
                kept=self,
            )
            finished = True
        finally:
            if not finished:
                self.close()

    def close(self) -> None:
        """End the kernel."""
        manager, client, self.manager, self.client = self.manager, self.client, None, None
        if client is not None:
            client.stop_channels()
        if manager is not None:
            # Nothing of a report is left to be written; a polite shutdown takes a second and more.
            run_sync(manager.shutdown_kernel)(now=True)

    def kill(self) -> None:
        """End the kernel from another thread for good; the run that it is in fails."""
        self.killed = True
        pid = getattr(getattr(self.manager, "provisioner", None), "pid", None)
        with contextlib.suppress(ProcessLookupError):
            if pid:
                os.kill(pid, signal.SIGKILL)

    def _begin(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Clear the kernel; one that died since the last run, or dies of it, is replaced once."""
        code = _BEGIN.format(folder=str(folder), environment=dict(environment))
        for _ in range(2):
            if self.client is None:
                self._start()
            if self.killed:
                break
            if self._prepared(code):
                return
            self.close()
        raise DeadKernelError("The kernel died before its first cell.")

    def _prepared(self, code: str) -> bool:
        """Whether the kernel lived to run the code that clears it."""
        asked = self.client.execute(code, silent=True, store_history=False, allow_stdin=False)
        end = time.monotonic() + _READY_S
        while time.monotonic() < end and run_sync(self.manager.is_alive)():
            try:
                reply = run_sync(self.client.get_shell_msg)(timeout=_LOOK_S)
            except queue.Empty:
                continue
            if reply["parent_header"].get("msg_id") != asked:
                continue
            if reply["content"]["status"] == "ok":
                return True
            raise RuntimeError(
                f"The kernel could not be prepared: {reply['content'].get('evalue', 'it gave no reason')}. A Python "
                "that imports the workbench would be right. Look at it: workbench doctor"
            )
        return False

    def _start(self) -> None:
        from jupyter_client.manager import AsyncKernelManager

        self.manager = AsyncKernelManager(kernel_name="python3")
        environment = {**os.environ, **self.variables}
        run_sync(self.manager.start_kernel)(extra_arguments=_QUIET, env=environment)
        self.client = self.manager.client()
        self.client.start_channels()
        run_sync(self.client.wait_for_ready)(timeout=_READY_S)
        self.client.allow_stdin = False


class _KeptEngine(Engine):
    """Papermill's own way of running cells, in the kernel that is given."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, kept: KeptKernel, **_: Any) -> Any:
        client = PapermillNotebookClient(nb_man, km=kept.manager, kernel_name=kernel_name, timeout=None)
        client.kc = kept.client
        return client.execute()


papermill_engines.register(_NAME, _KeptEngine)

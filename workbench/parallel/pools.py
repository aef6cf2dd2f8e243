"""Who does the work: a pool of our own, made again when a worker died, or a client that the caller gave."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from types import ModuleType
from typing import Any

#: Seconds between two looks whether anybody still works.
CHECK_S = 5
#: Seconds without any worker after which waiting is an error, and of a worker's life before it begins its first task.
GONE_S, SETTLE_S = 120, 1.0


class OwnPool:
    """A pool of ours, made again when a worker died.

    Parameters
    ----------
    kind : {"processes", "threads"}
        What its workers are.
    n_workers : int
        How many.
    function : callable
        What is called, of which the module matters.
    """

    def __init__(self, kind: str, n_workers: int, function: Callable[..., Any]) -> None:
        self.kind, self.n_workers, self.function = kind, n_workers, function
        self.pool: Executor | None = None
        self.settle_s = 0.0

    def submit(self, task: Callable[..., Any], batch: Sequence[Any]) -> Any:  # numpydoc ignore=PR01,RT01
        """Start a task, and the pool where there is none."""
        if self.kind == "threads":
            self.pool = self.pool or ThreadPoolExecutor(self.n_workers)
            return self.pool.submit(task, batch)
        if self.pool is None:
            # Started anew rather than forked: a fork of a process with threads (polars, numba) may hang.
            self.pool = ProcessPoolExecutor(self.n_workers, get_context("spawn"), _ignore_interrupts)
        needs_main = getattr(self.function, "__module__", "") == "__main__"
        with contextlib.nullcontext() if needs_main else _without_main():
            return self.pool.submit(task, batch)

    def result(self, future: Any) -> Any:  # numpydoc ignore=PR01,RT01
        """Return what a task gave, once it has."""
        return future.result()

    def check(self) -> None:
        """Do nothing: a pool tells of its dead itself."""

    def restart(self, n_workers: int) -> None:  # numpydoc ignore=PR01
        """End the workers; the next task starts so many new ones."""
        self.close()
        self.pool, self.n_workers = None, n_workers

    def close(self) -> None:
        """End the workers."""
        if self.pool is not None:
            processes = list((getattr(self.pool, "_processes", None) or {}).values())
            self.pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()
            self.pool.shutdown(wait=True)


class GivenClient:
    """A client of the caller's: dask.distributed, or any executor.

    Parameters
    ----------
    client : dask.distributed.Client or concurrent.futures.Executor
        Is left open.
    """

    def __init__(self, client: Any) -> None:
        self.client, self.of_dask = client, hasattr(client, "scheduler_info")
        self.settle_s = SETTLE_S if self.of_dask else 0.0  # a nanny gives up a worker that dies while it is started
        self.n_workers = len(client.nthreads()) if self.of_dask else 0
        self.seen = time.monotonic() if self.n_workers else None

    def submit(self, task: Callable[..., Any], batch: Sequence[Any]) -> Any:  # numpydoc ignore=PR01,RT01
        """Start a task."""
        return self.client.submit(task, batch, **({"pure": False} if self.of_dask else {}))

    def result(self, future: Any) -> Any:  # numpydoc ignore=PR01,RT01
        """Return what a task gave, once it has; dask works out again what a dead worker held."""
        if not self.of_dask:
            return future.result()
        got: Future[Any] = Future()
        # A wait with a limit may cancel what dask is just fetching; so it waits without one, beside.
        threading.Thread(target=_pass_on, args=(future, got), daemon=True).start()
        self._seen()
        while not got.done():
            try:
                got.exception(timeout=CHECK_S)
            except TimeoutError:
                self.check()
        self._seen()  # somebody gave it, or died on it
        return got.result()

    def check(self) -> None:
        """Look for workers, and ask a cluster for as many as it had when there is none.

        A cluster of dask gives up a worker whose place is empty 15 seconds after one died there, by the setting
        ``distributed.deploy.lost-worker-timeout``, even where the next one is just being started.

        Raises
        ------
        ConnectionError
            When there were some, and have been none for long: what waits for one would wait for ever.
        """
        if not self.of_dask:
            return
        now = time.monotonic()
        if self.client.nthreads():
            self.seen = now
        elif self.seen is not None:
            if hasattr(getattr(self.client, "cluster", None), "scale"):
                self.client.cluster.scale(self.n_workers)
            if now - self.seen <= GONE_S:
                return
            raise ConnectionError(
                f"The client has had no worker for {GONE_S} seconds: all died, and none was started again. A cluster "
                "with workers would be right. Start it again, and pass what is finished as done=."
            )

    def _seen(self) -> None:
        self.seen = time.monotonic() if self.seen is not None else None

    def restart(self, n_workers: int) -> None:  # numpydoc ignore=PR01
        """Do nothing: a scheduler starts its workers again itself."""

    def close(self) -> None:
        """Do nothing: the client belongs to the caller."""


def cores() -> int:
    """Return how many cores this process may use.

    Returns
    -------
    int
        At least one.
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workers_of(client: Any) -> int:
    """Return how many tasks a client runs at once.

    Parameters
    ----------
    client : dask.distributed.Client or concurrent.futures.Executor
        Given by the caller.

    Returns
    -------
    int
        Threads of a dask cluster, or workers of an executor.
    """
    if hasattr(client, "nthreads"):
        return sum(client.nthreads().values()) or 1
    return getattr(client, "_max_workers", None) or cores()


def _pass_on(future: Any, got: Future[Any]) -> None:
    try:
        got.set_result(future.result())
    except BaseException as error:  # noqa: BLE001 - whoever waits gets it
        got.set_exception(error)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides, and ends its workers


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Start processes that do not run the user's script again, whether or not it guards its top level."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main

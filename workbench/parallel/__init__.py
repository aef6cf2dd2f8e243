"""One door to work over many items: batches of about a second, progress, cancel, and nothing lost to one bad item."""

import contextlib
import math
import queue
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from workbench.parallel.pools import CHECK_S, GivenClient, OwnPool, cores, workers_of

__all__ = ["Outcome", "run_batches"]

_SECONDS, _FIRST, _A_WORKER = 1.0, 16, 2  # of work in a batch; items of the first batches; batches waiting a worker
_LOST = ("BrokenProcessPool", "KilledWorker")  # what a pool and dask.distributed say of a worker that died
_REASON = "The worker process died on it."
_IMPORTED = time.monotonic()  # in a worker: about when it was started


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes
    ----------
    results : list
        What the function returned for each batch, in the order of the items.
    failures : list of tuple
        (item, reason) for each item that killed its worker; it is in no result.
    """

    results: list[Any] = field(default_factory=list)
    failures: list[tuple[Any, str]] = field(default_factory=list)


def run_batches(
    function: Callable[[Sequence[Any]], Any],
    items: Iterable[Any],
    *,
    workers: int | None = None,
    client: Any = None,
    kind: Literal["processes", "threads"] = "processes",
    done: Collection[Any] = (),
    on_done: Callable[[Sequence[Any], Any], None] | None = None,
    progress: bool = True,
    words: str = "items",
) -> Outcome:
    """Call a function on all items, in batches of about a second, and return what it gave for each batch.

    An item that kills its process is found by dividing its batch, reported, and left out; all others are worked on.
    An exception that the function raises ends the run: a function catches what single items may do. An interrupt
    (Ctrl-C, or the stop button) ends the workers and is raised again; what ``on_done`` was told of is finished.

    Parameters
    ----------
    function : callable
        Takes a list of items; for processes, at the top of a module, as its results must be picklable.
    items : iterable
        Picklable for processes.
    workers : int, optional
        Processes or threads; as many as cores, or as the client has, unless given.
    client : dask.distributed.Client or concurrent.futures.Executor, optional
        Does the work instead of a pool of our own; it is left open.
    kind : {"processes", "threads"}
        Threads for a function that holds no lock of Python's.
    done : collection
        Items to pass over, such as those that an earlier run finished.
    on_done : callable, optional
        Called in this process with each batch and its result, in the order in which they finish.
    progress : bool
        Whether a bar is shown.
    words : str
        What the items are, for the bar.

    Returns
    -------
    Outcome
        Results in the order of the items, and failures.

    Raises
    ------
    ValueError
        When `workers` is less than one.
    ConnectionError
        When all workers of the client are gone, and none came back for two minutes.

    Examples
    --------
    >>> outcome = run_batches(sum, range(100), workers=2, kind="threads", progress=False)
    >>> sum(outcome.results), outcome.failures
    (4950, [])
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers={workers} was received. One or more would be right. Leave it out to use all cores.")
    skipped = set(done)
    todo = [item for item in items if item not in skipped] if skipped else list(items)
    n_workers = workers or (cores() if client is None else workers_of(client))
    with _bar(len(todo), words, shown=progress) as advance:
        run = _Run(function, todo, n_workers, on_done, advance)
        engine = GivenClient(client) if client is not None else OwnPool(kind, n_workers, function)
        try:
            run.work(engine)
        finally:
            engine.close()
    return Outcome([result for _, result in sorted(run.results, key=lambda each: each[0])], run.failures)


class _Run:
    """The batches of one run: those to do, under way and finished."""

    def __init__(
        self,
        function: Callable[..., Any],
        todo: list[Any],
        n_workers: int,
        on_done: Callable[[Sequence[Any], Any], None] | None,
        advance: Callable[[int], Any],
    ) -> None:
        self.task, self.todo, self.n_workers = partial(_timed, function), todo, n_workers
        self.on_done, self.advance = on_done, advance
        self.size, self.next = min(_FIRST, math.ceil(len(todo) / n_workers) or 1), 0
        self.suspects: deque[tuple[int, Sequence[Any]]] = deque()
        self.results: list[tuple[int, Any]] = []
        self.failures: list[tuple[Any, str]] = []

    def work(self, engine: OwnPool | GivenClient) -> None:
        self.task = partial(self.task, settle_s=engine.settle_s)
        finished: queue.SimpleQueue[Any] = queue.SimpleQueue()
        under_way: dict[Any, tuple[int, Sequence[Any]]] = {}
        try:
            while self.next < len(self.todo) or under_way:
                while self.next < len(self.todo) and len(under_way) < _A_WORKER * self.n_workers:
                    first, batch = self.next, self.todo[self.next : self.next + self.size]
                    try:
                        future = engine.submit(self.task, batch)
                    except BrokenProcessPool:  # a worker died since the last batch; it will be told of soon
                        break
                    self.next += len(batch)
                    under_way[future] = (first, batch)
                    future.add_done_callback(finished.put)
                try:
                    future = finished.get(timeout=CHECK_S)
                except queue.Empty:
                    engine.check()
                    continue
                lost = not self._take(engine, future, *under_way.pop(future))
                del future  # dask would work out a result again that is held and lost
                if lost and isinstance(engine, OwnPool):
                    self.suspects.extend(under_way.values())
                    under_way.clear()
                    finished = queue.SimpleQueue()
                    self._question(engine)
                    engine.restart(self.n_workers)  # started when the next batch is submitted
            self._question(engine)
        finally:
            for future in under_way:
                future.cancel()

    def _take(self, engine: OwnPool | GivenClient, future: Any, first: int, batch: Sequence[Any]) -> bool:
        """Keep the result of a batch, or suspect it when its worker died."""
        try:
            seconds, result = engine.result(future)
        except Exception as error:
            if type(error).__name__ not in _LOST:
                raise
            self.suspects.append((first, batch))
            return False
        wanted = int(len(batch) * _SECONDS / max(seconds, 1e-6))
        share = math.ceil((len(self.todo) - self.next) / (_A_WORKER * self.n_workers))
        self.size = max(1, min(wanted, share, 16 * self.size))
        self.results.append((first, result))
        if self.on_done is not None:
            self.on_done(batch, result)
        self.advance(len(batch))
        return True

    def _question(self, engine: OwnPool | GivenClient) -> None:
        """Try suspected batches alone, piece by piece; the item on which a worker dies by itself has failed."""
        pieces = deque(piece for suspect in self.suspects for piece in _divided(*suspect))
        self.suspects.clear()
        restart = True
        while pieces:
            first, batch = pieces.popleft()
            if restart:
                engine.restart(1)
            restart = not self._take(engine, engine.submit(self.task, batch), first, batch)
            if not restart:
                continue
            self.suspects.clear()  # where `_take` put it
            if len(batch) > 1:
                pieces.extendleft(reversed(_divided(first, batch)))
            else:
                self.failures.append((batch[0], _REASON))
                self.advance(1)


def _divided(first: int, batch: Sequence[Any]) -> list[tuple[int, Sequence[Any]]]:
    """Return about as many pieces as each has items."""
    size = math.isqrt(len(batch))
    return [(first + at, batch[at : at + size]) for at in range(0, len(batch), size)]


def _timed(function: Callable[[Sequence[Any]], Any], batch: Sequence[Any], settle_s: float = 0.0) -> tuple[float, Any]:
    time.sleep(max(0.0, _IMPORTED + settle_s - time.monotonic()))
    begun = time.perf_counter()
    result = function(batch)
    return time.perf_counter() - begun, result


@contextlib.contextmanager
def _bar(total: int, words: str, *, shown: bool) -> Iterator[Callable[[int], Any]]:
    if not shown:
        yield lambda _: None
        return
    from tqdm.auto import tqdm

    with tqdm(total=total, unit=f" {words}", desc=words) as bar:
        yield bar.update

"""Many frames over decoding processes, which stay for the next batch and end with the interpreter."""

import atexit
import os
import selectors
import threading
from collections import deque
from collections.abc import Callable, Sequence

from workbench.imaging.pixels.isolation import AHEAD, PROGRAM, DecodingProcess, Job
from workbench.imaging.pixels.layout import Refusal


def decode_jobs(
    jobs: Sequence[Job], *, workers: int, advance: Callable[[int], object] | None = None, program: str = PROGRAM
) -> list[Refusal]:
    """Decode frames in child processes, and return which were refused.

    Parameters
    ----------
    jobs : sequence of Job
        In any order.
    workers : int
        Most processes.
    advance : callable, optional
        Called with 1 for each frame that was answered.
    program : str
        What the children run.

    Returns
    -------
    list of Refusal
        In the order of their index.
    """
    queue, refusals = deque(jobs), []
    children = [_borrow(program) for _ in range(min(workers, len(jobs)))]
    largest = max((job.description.frame_bytes for job in jobs), default=0)
    try:
        with selectors.DefaultSelector() as selector:
            for child in children:
                child.fit(largest)
                selector.register(child.fileno(), selectors.EVENT_READ, child)
            _fill(children, queue)
            while any(child.pending for child in children):
                for key, _ in selector.select():
                    child = key.data
                    answered = child.receive()
                    if answered is None:
                        selector.unregister(key.fd)
                        answered = _after_end(child, queue)
                        selector.register(child.fileno(), selectors.EVENT_READ, child)
                    for job, reason in answered:
                        if reason is not None:
                            refusals.append(Refusal(job.index, reason))
                        if advance is not None:
                            advance(1)
                _fill(children, queue)
    finally:
        for child in children:
            _give_back(child)
    return sorted(refusals, key=lambda one: one.index)


def _fill(children: list[DecodingProcess], queue: deque[Job]) -> None:
    for _ in range(AHEAD):  # one each first, so that few frames are spread over all
        for child in children:
            if queue and len(child.pending) < AHEAD:
                child.send(queue.popleft())


def _after_end(child: DecodingProcess, queue: deque[Job]) -> list[tuple[Job, str | None]]:
    how = child.why_ended()
    blamed, *innocent = [job for job, _ in child.pending]
    queue.extendleft(reversed(innocent))
    child.restart()
    reason = (
        f"The decoder of transfer syntax {blamed.description.transfer_syntax} {how} at {blamed.where}. "
        "A whole frame of that syntax was expected. Fetch the file again, or leave it out."
    )
    return [(blamed, reason)]


_MOST_IDLE = os.cpu_count() or 1  # several threads may have borrowed more
_idle: list[DecodingProcess] = []
_owner = os.getpid()
_lock = threading.Lock()


def _borrow(program: str) -> DecodingProcess:
    global _owner  # noqa: PLW0603 -- a forked process must not talk to its parent's children
    with _lock:
        if _owner != os.getpid():
            _idle.clear()
            _owner = os.getpid()
        if program == PROGRAM and _idle:
            return _idle.pop()
    return DecodingProcess(program)


def _give_back(child: DecodingProcess) -> None:
    with _lock:
        if not child.pending and child.is_small and child.program == PROGRAM and len(_idle) < _MOST_IDLE:
            _idle.append(child)
            return
    child.end()


@atexit.register
def _end_all() -> None:
    if _owner == os.getpid():
        while _idle:
            _idle.pop().end()

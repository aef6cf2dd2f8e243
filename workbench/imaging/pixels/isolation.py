"""Decoding processes: a crash or a hang of a native decoder is a refusal of one file, not the end of the interpreter."""

import atexit
import json
import mmap
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.layout import PixelDescription, Refusal

_PROGRAM = "from workbench.imaging.pixels.child import serve; serve()"
_AHEAD = 2  # frames in flight for each process: one is decoded while the other is copied out
_PAGE = mmap.PAGESIZE
_LARGEST_KEPT = 128 * 2**20  # bytes of shared memory that an idle process may hold
_LIMIT_S, _SLOWEST_BYTES_PER_S = (
    60.0,
    500_000.0,
)  # time limit of a frame: our own, 20 times slower than the slowest measured


@dataclass(frozen=True, slots=True)
class Job:
    """One frame to decode.

    Attributes
    ----------
    index : int
        Of the file in its batch.
    where : str
        How a message names it, such as ``"file 3 of 120"``.
    path : str
        The file.
    spans : list of list of int
        Offset and length of each fragment.
    description : PixelDescription
        Of the file.
    out : numpy.ndarray
        One frame; written when it is decoded.
    """

    index: int
    where: str
    path: str
    spans: list[list[int]]
    description: PixelDescription
    out: npt.NDArray[Any]


class DecodingProcess:
    """A child process that decodes frames into memory shared with this one.

    Parameters
    ----------
    program : str
        What the child runs.
    limit_s : float
        Least time limit of a frame; large frames get more.
    """

    def __init__(self, program: str = _PROGRAM, limit_s: float = _LIMIT_S) -> None:
        self._program, self._limit_s = program, limit_s
        self._fd = _shared_file()
        self._arena: mmap.mmap | None = None
        self._slot_bytes = 0
        self.pending: deque[tuple[Job, int]] = deque()
        self.restart()

    def restart(self) -> None:
        """Start the child, in place of one that ended."""
        self.pending.clear()
        self._received, self._ready = b"", False
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", self._program, str(self._fd)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=(self._fd,), env=environment, bufsize=0,
        )  # fmt: skip

    def fileno(self) -> int:
        """Return the file descriptor on which replies come.

        Returns
        -------
        int
            For a selector.
        """
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def fit(self, frame_bytes: int) -> None:
        """Make the shared memory large enough; only while nothing is pending.

        Parameters
        ----------
        frame_bytes : int
            Of the largest frame to come.
        """
        if frame_bytes > self._slot_bytes:
            self._slot_bytes = -(-frame_bytes // _PAGE) * _PAGE
            os.ftruncate(self._fd, self._slot_bytes * _AHEAD)
            self._arena = mmap.mmap(self._fd, self._slot_bytes * _AHEAD)

    @property
    def is_small(self) -> bool:
        """Whether it may stay for the next batch."""
        return self._slot_bytes * _AHEAD <= _LARGEST_KEPT

    def send(self, job: Job) -> None:
        """Hand a frame to the child.

        Parameters
        ----------
        job : Job
            At most two are pending at a time.
        """
        slot = 1 - self.pending[-1][1] if self.pending else 0
        self.pending.append((job, slot))
        message = {
            "path": job.path, "spans": job.spans, "description": asdict(job.description), "at": slot * self._slot_bytes,
            "arena_bytes": self._slot_bytes * _AHEAD, "limit_s": self._limit_s + job.description.frame_bytes / _SLOWEST_BYTES_PER_S,
        }  # fmt: skip
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
        except BrokenPipeError:
            pass  # its end is seen where replies are read

    def receive(self) -> list[tuple[Job, str | None]] | None:
        """Return the frames that were answered, with the reason where one was refused; None when the child has ended.

        Returns
        -------
        list of tuple or None
            Values of decoded frames are in their `out`.
        """
        chunk = os.read(self.fileno(), 65_536)
        if not chunk:
            return None
        *lines, self._received = (self._received + chunk).split(b"\n")
        answered = []
        for line in lines:
            if not self._ready:
                self._ready = line == b"ready"
                continue
            job, slot = self.pending.popleft()
            reason = json.loads(line)
            if reason is None:
                self._copy_out(job, slot)
            answered.append((job, reason))
        return answered

    def why_ended(self) -> str:
        """Return why the child ended, for a message.

        Returns
        -------
        str
            A clause.

        Raises
        ------
        RuntimeError
            It did not even start.
        """
        code = self._process.wait()
        if not self._ready:
            raise RuntimeError(
                f"The decoding process did not start (exit code {code}). It needs the package, NumPy, dicomsdl and OpenJPEG. "
                f'Run {sys.executable} -c "{self._program}" to see why, or pass isolated=False.'
            )
        if code == -signal.SIGALRM:
            return "took longer than its time limit"
        return f"ended the decoding process ({signal.Signals(-code).name if code < 0 else f'exit code {code}'})"

    def end(self) -> None:
        """End the child and free the shared memory."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        os.close(self._fd)

    def _copy_out(self, job: Job, slot: int) -> None:
        assert self._arena is not None
        one = job.description
        n_values = one.frame_bytes // one.dtype.itemsize
        values = np.frombuffer(self._arena, one.dtype, n_values, slot * self._slot_bytes)
        np.copyto(job.out, values.reshape(one.frame_shape))


def decode_jobs(
    jobs: Sequence[Job], *, workers: int, advance: Callable[[int], object] | None = None, program: str = _PROGRAM
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
    for _ in range(_AHEAD):  # one each first, so that few frames are spread over all
        for child in children:
            if queue and len(child.pending) < _AHEAD:
                child.send(queue.popleft())


def _after_end(child: DecodingProcess, queue: deque[Job]) -> list[tuple[Job, str | None]]:
    how = child.why_ended()
    blamed, *innocent = [job for job, _ in child.pending]
    queue.extendleft(reversed(innocent))
    child.restart()
    syntax = blamed.description.transfer_syntax
    return [
        (
            blamed,
            f"The decoder of transfer syntax {syntax} {how} at {blamed.where}. A whole frame of that syntax was expected. "
            "Fetch the file again, or leave it out.",
        )
    ]


_idle: list[DecodingProcess] = []
_owner = os.getpid()
_lock = threading.Lock()


def _borrow(program: str) -> DecodingProcess:
    global _owner  # noqa: PLW0603 -- a forked process must not talk to its parent's children
    with _lock:
        if _owner != os.getpid():
            _idle.clear()
            _owner = os.getpid()
        if program == _PROGRAM and _idle:
            return _idle.pop()
    return DecodingProcess(program)


def _give_back(child: DecodingProcess) -> None:
    with _lock:
        if not child.pending and child.is_small and child._program == _PROGRAM:
            _idle.append(child)
            return
    child.end()


def _shared_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("decoded frames")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


@atexit.register
def _end_all() -> None:
    if _owner == os.getpid():
        while _idle:
            _idle.pop().end()

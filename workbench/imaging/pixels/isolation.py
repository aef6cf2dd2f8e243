"""A decoding process: a crash or a hang of a native decoder refuses one file and ends no interpreter."""

import contextlib
import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.imaging.pixels.layout import PixelDescription

PROGRAM = "from workbench.imaging.pixels.child import serve; serve()"
AHEAD = 2  # frames in flight for each process: one is decoded while the other is copied out
_PAGE = mmap.PAGESIZE
#: One thread; and memory that a decoder frees stays for the next frame, which saves a sixth of the time (glibc).
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**28),
    "MALLOC_TOP_PAD_": str(2**26),
}
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

    def __init__(self, program: str = PROGRAM, limit_s: float = _LIMIT_S) -> None:
        self.program, self._limit_s = program, limit_s
        self._fd = _shared_file()
        self._arena: mmap.mmap | None = None
        self._slot_bytes = 0
        self.pending: deque[tuple[Job, int]] = deque()
        self._received, self._ready = b"", False
        self._process = self._started()

    def restart(self) -> None:
        """Start the child, in place of one that ended."""
        self.pending.clear()
        self._close_pipes()
        self._received, self._ready = b"", False
        self._process = self._started()

    @property
    def process_id(self) -> int:
        """Of the child."""
        return self._process.pid

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
            os.ftruncate(self._fd, self._slot_bytes * AHEAD)
            self._arena = mmap.mmap(self._fd, self._slot_bytes * AHEAD)

    @property
    def is_small(self) -> bool:
        """Whether it may stay for the next batch."""
        return self._slot_bytes * AHEAD <= _LARGEST_KEPT

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
            "path": job.path,
            "spans": job.spans,
            "description": asdict(job.description),
            "at": slot * self._slot_bytes,
            "arena_bytes": self._slot_bytes * AHEAD,
            "limit_s": self._limit_s + job.description.frame_bytes / _SLOWEST_BYTES_PER_S,
        }
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # its end is seen where replies are read
            self._process.stdin.write(json.dumps(message).encode() + b"\n")

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
                f"The decoding process did not start (exit code {code}). It needs the package, NumPy, dicomsdl and "
                "OpenJPEG. "
                f'Run {sys.executable} -c "{self.program}" to see why, or pass isolated=False.'
            )
        if code == -signal.SIGALRM:
            return "took longer than its time limit"
        return f"ended the decoding process ({signal.Signals(-code).name if code < 0 else f'exit code {code}'})"

    def end(self) -> None:
        """End the child and free the shared memory."""
        self._process.kill()
        self._process.wait()
        self._close_pipes()
        os.close(self._fd)

    def _started(self) -> "subprocess.Popen[bytes]":
        environment = os.environ | _ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        return subprocess.Popen(
            [sys.executable, "-c", self.program, str(self._fd)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(self._fd,),
            env=environment,
            bufsize=0,
        )

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _copy_out(self, job: Job, slot: int) -> None:
        assert self._arena is not None
        one = job.description
        n_values = one.frame_bytes // one.dtype.itemsize
        values = np.frombuffer(self._arena, one.dtype, n_values, slot * self._slot_bytes)
        np.copyto(job.out, values.reshape(one.frame_shape))


def _shared_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("decoded frames")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())

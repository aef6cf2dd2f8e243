"""The decoding process: reads one frame of a file at a time, and writes its values into shared memory."""

import json
import mmap
import os
import signal
import sys
from typing import Any

import numpy as np

from workbench.imaging.pixels.layout import PixelDataError, PixelDescription
from workbench.imaging.pixels.stored import store_frame


def serve() -> None:
    """Answer the jobs that come on standard input until it ends; for the program that `isolation` starts."""
    replies = os.dup(1)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)  # a library that prints must not disturb the replies
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keyboard interrupts the parent, which ends this process
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    arena_fd, arena = int(sys.argv[1]), None
    os.write(replies, b"ready\n")
    for line in sys.stdin.buffer:
        job = json.loads(line)
        if arena is None or len(arena) < job["arena_bytes"]:
            arena = mmap.mmap(arena_fd, job["arena_bytes"])
        signal.setitimer(signal.ITIMER_REAL, job["limit_s"])  # ends the process, also within native code
        reason = _answer(job, arena)
        signal.setitimer(signal.ITIMER_REAL, 0)
        os.write(replies, json.dumps(reason).encode() + b"\n")


def read_spans(path: str, spans: list[list[int]]) -> bytes:
    """Return the bytes of one frame, its fragments joined.

    Parameters
    ----------
    path : str
        The file.
    spans : list of list of int
        Offset and length of each fragment.

    Returns
    -------
    bytes
        As many as the spans say.

    Raises
    ------
    PixelDataError
        The file ends before.
    """
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 -- without a Path and its cost
        parts = []
        for offset, length in spans:
            file.seek(offset)
            parts.append(file.read(length))
    encoded = parts[0] if len(parts) == 1 else b"".join(parts)
    wanted = sum(length for _, length in spans)
    if len(encoded) != wanted:
        raise PixelDataError(
            f"The file ends within a frame ({len(encoded):,} of {wanted:,} bytes). A whole frame was expected. "
            "Fetch the file again, or leave it out."
        )
    return encoded


def _answer(job: dict[str, Any], arena: mmap.mmap) -> str | None:
    description = PixelDescription(**job["description"])
    n_values = description.frame_bytes // description.dtype.itemsize
    values = np.frombuffer(arena, description.dtype, n_values, job["at"])
    try:
        store_frame(read_spans(job["path"], job["spans"]), description, values.reshape(description.frame_shape))
    except (PixelDataError, OSError) as failed:
        return str(failed) if isinstance(failed, PixelDataError) else f"The file could not be read ({failed.strerror})."
    except MemoryError:
        return "The frame needs more memory than there is. Leave the file out, or read it on a larger machine."
    return None

"""Spread a loop that holds no lock of Python's over the cores, a slab each."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from itertools import pairwise
from typing import TypeVar

_Result = TypeVar("_Result")

#: More bring little: the loops wait for memory, and a shared machine has other users.
MOST_THREADS = 8

_limit: ContextVar[int] = ContextVar("_limit", default=MOST_THREADS)


def thread_count() -> int:
    """Return how many threads a loop may take: the cores that this process may use, eight at the most.

    Returns
    -------
    int
        At least 1; less inside :func:`limit_threads`.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_limit.get(), cores))


@contextmanager
def limit_threads(most: int) -> Iterator[None]:
    """Hold every loop inside the block to `most` threads, for figures per core or where images run side by side.

    Parameters
    ----------
    most : int
        1 or more.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    ValueError
        For less than one thread.

    Examples
    --------
    >>> with limit_threads(1):
    ...     thread_count()
    1
    """
    if most < 1:
        raise ValueError(f"limit_threads got {most}. A loop needs at least 1 thread. Give 1 for figures per core.")
    before = _limit.set(most)
    try:
        yield
    finally:
        _limit.reset(before)


def over_slabs(work: Callable[[int, int], _Result], n: int, *, least: int = 1) -> list[_Result]:
    """Return what ``work(begin, end)`` gives for each slab of ``range(n)``, in order, one thread a slab.

    Parameters
    ----------
    work : callable
        Takes the first index and the one after the last; it must release Python's lock to gain anything.
    n : int
        How many indices there are.
    least : int, default 1
        Indices that are worth a thread.

    Returns
    -------
    list
        One result a slab; a single one, of the calling thread, where more do not pay; empty when `n` is 0.

    Examples
    --------
    >>> sum(over_slabs(lambda begin, end: end - begin, 10))
    10
    """
    if n == 0:
        return []
    n_slabs = max(1, min(thread_count(), n // max(1, least)))
    if n_slabs == 1:
        return [work(0, n)]
    edges = [n * slab // n_slabs for slab in range(n_slabs + 1)]
    with ThreadPoolExecutor(n_slabs - 1) as pool:  # the calling thread takes the last slab itself
        others = [pool.submit(copy_context().run, partial(work, *pair)) for pair in pairwise(edges[:-1])]
        last = work(edges[-2], edges[-1])
        return [*(other.result() for other in others), last]

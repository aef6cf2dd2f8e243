"""How much work a suppression may take: counted by the programs it solves, so that it ends alike on every machine."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from workbench.optimization import LinearProgram

_LEFT: ContextVar[float] = ContextVar("work left", default=math.inf)


class UnpublishableError(ValueError):
    """These tables cannot be published; fewer of them may be."""


class TooMuchWorkError(UnpublishableError):
    """Suppressing these tables would take more work than it may."""


@contextmanager
def bounded_work(most: float) -> Iterator[None]:
    """Bound the work of what is suppressed and audited within.

    Parameters
    ----------
    most : float
        Cells times constraints, over all linear programs; a thousand million take about ten seconds of one core.

    Yields
    ------
    None
        Past the bound `TooMuchWorkError` is raised; nothing is chosen by what was found until then.
    """
    token = _LEFT.set(most)
    try:
        yield
    finally:
        _LEFT.reset(token)


def spend_work(program: LinearProgram, n_programs: int = 1) -> None:
    """Count programs that are about to be solved.

    Parameters
    ----------
    program : LinearProgram
        Of their size.
    n_programs : int
        How many.

    Raises
    ------
    TooMuchWorkError
        Where no work is left for them.
    """
    require_work(program, n_programs)
    _LEFT.set(_LEFT.get() - n_programs * _size(program))


def require_work(program: LinearProgram, n_programs: int) -> None:
    """Raise where programs that have to be solved later would take more work than is left.

    Parameters
    ----------
    program : LinearProgram
        Of their size.
    n_programs : int
        How many.

    Raises
    ------
    TooMuchWorkError
        Where they would.
    """
    if n_programs * _size(program) > _LEFT.get():
        raise TooMuchWorkError(
            f"Suppressing these tables takes more than {n_programs:,} further programs of {len(program.objective):,} "
            "cells, more work than is left. It has to end on any machine. Publish fewer tables together."
        )


def _size(program: LinearProgram) -> int:
    return len(program.objective) * len(program.rows)

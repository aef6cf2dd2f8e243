"""Publish a later release within a bound of work: all tables where that suffices, else fewer of them, and say which."""

from collections.abc import Collection, Iterator, Sequence

from workbench.assessment.census import Census
from workbench.assessment.suppression.auditing import THRESHOLD
from workbench.assessment.suppression.effort import TooMuchWorkError, UnpublishableError, bounded_work
from workbench.assessment.suppression.reading import Implied
from workbench.assessment.suppression.release import Suppressed, suppress

#: What is published, and the work that suppressing and auditing it together may take, in cells times constraints of
#: the programs solved: a thousand million take about ten seconds of one core. Past it the next is tried.
STAGES = {"every table": 5e9, "few crossings": 5e9, "one-way": 8e9, "total": 8e9}


def suppress_in_stages(
    censuses: Sequence[Census],
    *,
    earlier: Sequence[Sequence[Census]] = (),
    implied: Implied = (),
    crossings: Collection[Sequence[str]] = (),
) -> tuple[Suppressed, tuple[str, ...]]:
    """Return the largest family of tables that can be published beside earlier releases within a bound of work.

    Most crossings are left out first, then all; then every count is hidden but the total. Each family is suppressed
    and audited as any. A first release is not bounded.

    Parameters
    ----------
    censuses : sequence of Census
        As `suppress`.
    earlier : sequence of sequence of Census
        What was published before, oldest first.
    implied : sequence of (Cell, Cell)
        As `suppress`.
    crossings : collection of sequence of str
        The attributes of the tables of several that are left out last.

    Returns
    -------
    Suppressed
        Of all tables, or of fewer.
    tuple of str
        What was left out and why, in sentences; empty where nothing was.

    Raises
    ------
    ValueError
        As `suppress`; or when not even the total can be published.
    """
    if not earlier:
        return suppress(censuses, implied=implied), ()
    failed: list[ValueError] = []
    for stage, work in STAGES.items():
        tables = [
            table
            for table in censuses
            if stage == "every table" or len(table.by) == 1 or (stage == "few crossings" and table.by in crossings)
        ]
        total_only = stage == "total"
        try:
            with bounded_work(work):
                family = suppress(tables, earlier=earlier, implied=implied, total_only=total_only)
        except ValueError as error:
            if not failed and not isinstance(error, UnpublishableError):
                raise  # fewer tables do not mend it
            failed.append(error)
        else:
            return family, tuple(_left_out(censuses, family.tables, failed[0], total_only=total_only)) if failed else ()
    raise _refusal(len(earlier), failed[-1]) from failed[-1]


def _left_out(every: Sequence[Census], kept: Sequence[Census], why: ValueError, *, total_only: bool) -> Iterator[str]:
    reason = (
        "to check whether they give a small count away together with the earlier releases takes too much work"
        if isinstance(why, TooMuchWorkError)
        else "together with the earlier releases they would give a small count away"
    )
    published = {table.by for table in kept}
    names = [" × ".join(table.by) for table in every if table.by not in published]
    if names:
        yield f"Tables left out of this release: {', '.join(names)}; {reason}."
    if total_only:
        yield "Of the other tables every count but the total is hidden, for the same reason."


def _refusal(n_earlier: int, why: ValueError) -> ValueError:
    cause = "To check it takes more work than it may." if isinstance(why, TooMuchWorkError) else str(why)
    return ValueError(
        f"Release {n_earlier + 1} cannot be published after release {n_earlier}, not even its total alone. {cause} "
        "Beside earlier releases no count of 1–10 may be derivable, as an audit of bounded work shows. "
        f"Keep the pages of release {n_earlier} as they stand, and publish again when at least {THRESHOLD} more "
        "patients have been added."
    )

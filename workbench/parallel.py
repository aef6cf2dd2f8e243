"""One door to work over many items: batches, progress, cancel, and nothing lost to one bad item."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    results: list[Any] = field(default_factory=list)
    failures: list[tuple[Any, str]] = field(default_factory=list)
    cancelled: bool = False


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
    """Call ``function(batch)`` over all items in batches of about a second; return results in the items' order."""
    raise NotImplementedError

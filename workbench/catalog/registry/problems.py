"""What is wrong with files of the data catalog: all of it, with file and line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

_MOST_OF_A_FILE = 50


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with one file.

    Attributes
    ----------
    file : str
        As a person finds it.
    line : int
        From 1.
    message : str
        What came, and what would be right.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """Show it as editors jump to it."""
        return f"{self.file}:{self.line}: {self.message}"


class CatalogError(ValueError):
    """Files of a data catalog that cannot be used as they stand.

    Parameters
    ----------
    problems : iterable of Problem
        Every one of every file; the message shows the first 50 of each, the attribute of this name has them all.
    then : str
        What to do when they are corrected.
    """

    def __init__(self, problems: Iterable[Problem], *, then: str) -> None:
        self.problems = tuple(sorted(set(problems)))
        n_problems, n_files = len(self.problems), len({each.file for each in self.problems})
        head = f"{n_problems:,} {'problem' if n_problems == 1 else 'problems'} in {n_files:,} " + (
            "file of the data catalog:" if n_files == 1 else "files of the data catalog:"
        )
        super().__init__("\n".join([head, *_shown(self.problems), then]))


def _shown(problems: Sequence[Problem]) -> Iterator[str]:
    for file, listed in groupby(problems, key=lambda each: each.file):
        of_file = list(listed)
        yield from map(str, of_file[:_MOST_OF_A_FILE])
        if n_more := len(of_file[_MOST_OF_A_FILE:]):
            yield f"{file}: and {n_more:,} more."

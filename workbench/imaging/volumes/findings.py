"""What a reader has to know of a series, and whether it was corrected or refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

#: Whether findings are corrected by a stated method, or end in an error.
OnProblem = Literal["correct", "refuse"]


@dataclass(frozen=True)
class Finding:
    """Something about a series that a reader has to know.

    Attributes
    ----------
    kind : str
        A word for programs: ``"tilt"``, ``"uneven"``, ``"missing"``, ``"duplicate"`` …
    words : str
        What was found, a sentence.
    correction : str
        What is done about it, a sentence; empty when nothing can be done and the series is refused.
    then : str
        What to do when it is refused, a sentence.
    """

    kind: str
    words: str
    correction: str = ""
    then: str = ""


class SeriesError(ValueError):
    """Files that do not make the volume that was asked for.

    Parameters
    ----------
    message : str
        In three parts.
    findings : tuple of Finding
        What is against the series, for programs that catch this.
    """

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


def settle(findings: Iterable[Finding], on_problem: OnProblem) -> tuple[str, ...]:
    """Return the flags of findings that are corrected, or refuse the series with all that is against it.

    Parameters
    ----------
    findings : iterable of Finding
        In the order in which they were found.
    on_problem : {"correct", "refuse"}
        With ``"refuse"`` every finding is against the series, otherwise only those without a correction.

    Returns
    -------
    tuple of str
        A sentence or two for each finding.

    Raises
    ------
    SeriesError
        Names every finding that is against the series, and what to do.

    Examples
    --------
    >>> settle([Finding("tilt", "The gantry is tilted.", "Slices were shifted.")], "correct")
    ('The gantry is tilted. Slices were shifted.',)
    """
    found = tuple(findings)
    against = tuple(one for one in found if on_problem == "refuse" or not one.correction)
    if against:
        words = " ".join(one.words for one in against)
        steps = list(dict.fromkeys(one.then for one in against if one.then and not one.correction))
        if not steps:
            steps = ['Pass on_problem="correct" to have this corrected and flagged.']
        right = "A volume is read from parallel slices of one kind, each at a place of its own, evenly spaced."
        raise SeriesError(f"{words} {right} {' '.join(steps)}", against)
    return tuple(f"{one.words} {one.correction}".strip() for one in found)

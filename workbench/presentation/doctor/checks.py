"""One examined part of an installation: its state, in words, and how to mend it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["ok", "warning", "missing"]


@dataclass(frozen=True)
class Check:
    """What was found about one part.

    Attributes
    ----------
    name : str
        The part, in one or two words.
    state : {"ok", "warning", "missing"}
        ``warning``: it works, with less than it could; ``missing``: it is not there or broken.
    words : str
        What was found, in a sentence or two.
    mend : str
        What to do, a command where there is one; empty where nothing is to be done.
    needed : bool
        Whether the workbench cannot do its main work without it.
    """

    name: str
    state: State
    words: str
    mend: str = ""
    needed: bool = False

    @property
    def is_broken(self) -> bool:
        """Whether something needed is missing."""
        return self.needed and self.state == "missing"

    def entry(self) -> dict[str, Any]:
        """Return the check as plain values, ready for JSON.

        Returns
        -------
        dict
            One key an attribute.
        """
        return asdict(self)


def examine_part(name: str, look: Callable[[], Check | Sequence[Check]], *, mend: str, needed: bool) -> list[Check]:
    """Return what was found about a part; a failure of the look is a finding, never an exception.

    Parameters
    ----------
    name : str
        The part.
    look : callable
        Returns a check, or several.
    mend : str
        What to do where looking fails.
    needed : bool
        Whether the workbench cannot do its main work without the part.

    Returns
    -------
    list of Check
        At least one.
    """
    try:
        found = look()
    except Exception as problem:  # noqa: BLE001 (whatever is wrong with an installation is told here, not raised)
        words = " ".join(f"{type(problem).__name__}: {problem}".split()).rstrip(".: ")
        state: State = "missing" if needed else "warning"
        return [Check(name, state, f"It could not be examined. {words}.", mend, needed)]
    return [found] if isinstance(found, Check) else list(found)

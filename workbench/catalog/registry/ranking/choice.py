"""One entry among those that are told: how well it suits, why, what to beware of, what it lacks."""

from dataclasses import dataclass

from workbench.catalog.registry.ranking.answer import Answer, Remark


@dataclass(frozen=True)
class Choice:
    """One entry, how well it suits, why, and what to beware of.

    Attributes
    ----------
    key, name : str
        Of the entry.
    score : float
        Comparable within one recommendation.
    reasons, warnings : tuple of Remark
        Sentences, each with the page it rests on where the entry names one.
    unmet : tuple of Answer
        The needs it does not meet or that are not known of it; empty for a ranked choice.
    matched : bool
        Whether it holds a word of what the question is about.
    """

    key: str
    name: str
    score: float
    reasons: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    unmet: tuple[Answer, ...] = ()
    matched: bool = False

"""Whether texts hold any of some phrases, compared as ranking compares words."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from workbench.catalog.registry.asking.asked_words import asked_words
from workbench.catalog.registry.asking.rules import Phrases
from workbench.catalog.registry.asking.words import stem


def holds(phrases: Sequence[str], text: str) -> bool:
    """Return whether a text holds any of some phrases.

    Parameters
    ----------
    phrases : sequence of str
        Words in order.
    text : str
        Any.

    Returns
    -------
    bool
        Words are compared as stems.

    Examples
    --------
    >>> holds(["time points"], "Three time-points of each person")
    True
    """
    stems, found = _stems(text), _phrases(tuple(phrases))
    return any(True for place in range(len(stems)) for _ in found.at(stems, place))


def any_holds(phrases: Sequence[str], texts: Iterable[str]) -> bool:
    """Return whether any of some texts holds any of some phrases.

    Parameters
    ----------
    phrases : sequence of str
        Words in order.
    texts : iterable of str
        Any.

    Returns
    -------
    bool
        False for no text.
    """
    return any(holds(phrases, text) for text in texts)


@cache
def _phrases(phrases: tuple[str, ...]) -> Phrases:
    return Phrases.of((phrase, True) for phrase in phrases)


@lru_cache(maxsize=20_000)
def _stems(text: str) -> list[str]:
    return [stem(word) for word in asked_words(text)]

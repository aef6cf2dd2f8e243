"""Typos in a question: a long word that neither a rule nor an entry knows is read as the nearest word of the rules."""

from collections.abc import Container
from functools import cache

from workbench.catalog.registry.asking.asked_words import asked_words
from workbench.catalog.registry.asking.rules import known_stems, ranking_rules, synonyms
from workbench.catalog.registry.asking.typed_words import distance
from workbench.catalog.registry.asking.words import stem

_SHORT = 5  # so long a word is read as another that has one letter more
_LETTERS = 6  # so long a one as another that lies one typo away
_LONG = 9  # and so long a one as another that lies two away and ends alike


def respelled(word: str, entries: Container[str]) -> str | None:
    """Return the word of the rules as which a word is read.

    Parameters
    ----------
    word : str
        A folded word of a question.
    entries : container of str
        The stems that entries hold.

    Returns
    -------
    str or None
        None for a word that is known, short, or near to none; of several as near the first in the alphabet.

    Examples
    --------
    >>> respelled("mamography", set()), respelled("segmention", set()), respelled("astronauts", set())
    ('mammography', 'segmentation', None)
    """
    stemmed = stem(word)
    if len(word) < _SHORT or not word.isalpha() or stemmed in known_stems() or stemmed in entries:
        return None
    if stemmed in synonyms():
        return None
    most = 2 if len(word) >= _LONG else 1
    found = [
        (typos, other)
        for other in _words().get(word[0], ())
        if 0 < (typos := distance(stemmed, stem(other), most)) <= most
        and (typos == 1 or word[-1] == other[-1])
        and (len(word) > _SHORT or len(other) > len(word))
    ]
    return min(found)[1] if found else None


@cache
def _words() -> dict[str, list[str]]:
    """Return the words of the lexicon that are long enough to be meant, by their first letter."""
    found: dict[str, dict[str, str]] = {}
    for rule in ranking_rules()["lexicon"]:
        for word in (each for words in rule["words"] for each in asked_words(words)):
            if len(word) >= _LETTERS - 1 and word.isalpha():
                same = found.setdefault(word[0], {})
                same[stem(word)] = min(same.get(stem(word), word), word, key=lambda each: (len(each), each))
    return {letter: sorted(same.values()) for letter, same in found.items()}

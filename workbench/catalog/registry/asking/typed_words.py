"""What a typed word may mean among the words that entries hold: itself, a synonym, a longer word, or a typo of one."""

import math
from bisect import bisect_left
from collections.abc import Mapping

from workbench.catalog.registry.asking.rules import ranking_rules, synonyms

_LETTERS = {letter: 1 << place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
_DIGIT = 1 << 26


class Vocabulary:
    """The stems of all entries.

    Parameters
    ----------
    found : mapping
        Stem to the number of entries that hold it.
    of : int
        The number of entries.

    Examples
    --------
    >>> Vocabulary({"mammography": 2, "scan": 5}, 9).meant("mamography")
    [('mammography', 0.7)]
    """

    def __init__(self, found: Mapping[str, int], of: int) -> None:
        self._found, self._of = found, of
        self._rules = ranking_rules()["search"]
        self._sorted = sorted(found)
        self._by_length: dict[int, list[tuple[str, int]]] = {}
        for term in self._sorted:
            self._by_length.setdefault(len(term), []).append((term, mask_of(term)))

    def __contains__(self, term: object) -> bool:
        return term in self._found

    def rarity(self, term: str) -> float:
        """Return how much a stem tells entries apart.

        Parameters
        ----------
        term : str
            A stem.

        Returns
        -------
        float
            BM25's inverse document frequency, to the thousandth.
        """
        found = self._found.get(term, 0)
        return rounded(math.log(1 + (self._of - found + 0.5) / (found + 0.5)))

    def meant(self, term: str) -> list[tuple[str, float]]:
        """Return the stems that a typed stem may mean, with what such a match is worth.

        Parameters
        ----------
        term : str
            A stem.

        Returns
        -------
        list of (str, float)
            The stem itself first; typos are only looked for when nothing else is found.
        """
        if term not in self._found:
            return self._related(term) or self._misspelled(term)
        # A rarer word that is only related is worth no more than the word itself.
        rarity = self.rarity(term)
        related = [(each, quality * min(1.0, rarity / self.rarity(each))) for each, quality in self._related(term)]
        return [(term, 1.0), *related]

    def speaks_of(self, term: str) -> bool:
        """Return whether any entry holds a stem, a synonym or a longer word that begins with it; typos do not count.

        Parameters
        ----------
        term : str
            A stem.

        Returns
        -------
        bool
            False for one that only resembles a word.
        """
        return term in self._found or bool(self._related(term))

    def _related(self, term: str) -> list[tuple[str, float]]:
        """Return synonyms, and longer words that begin with the stem."""
        found = [(each, ranking_rules()["synonym"]) for each in synonyms().get(term, ()) if each in self._found]
        rule = self._rules["prefix"]
        if len(term) < rule["letters"] or term.isdigit():
            return found
        for place in range(bisect_left(self._sorted, term), len(self._sorted)):
            longer = self._sorted[place]
            if not longer.startswith(term):
                break
            if longer != term:
                found.append((longer, rule["quality"] * len(term) / len(longer)))
        return found

    def _misspelled(self, term: str) -> list[tuple[str, float]]:
        allowed = [rule for rule in self._rules["typos"] if len(term) >= rule["letters"]]
        if not allowed or term.isdigit():
            return []
        most, mask, found = allowed[-1]["most"], mask_of(term), []
        for length in range(len(term) - most, len(term) + most + 1):
            for candidate, other in self._by_length.get(length, ()):
                # A letter replaced takes one out of the set of letters and brings one in.
                if (mask ^ other).bit_count() > 2 * most:
                    continue
                typos = distance(term, candidate, most)
                if 0 < typos <= most:
                    found.append((candidate, allowed[typos - 1]["quality"]))
        return sorted(found)


def rounded(score: float) -> float:
    """Return a score to the thousandth, halves up, the same in every language.

    Parameters
    ----------
    score : float
        Any.

    Returns
    -------
    float
        Rounded.

    Examples
    --------
    >>> rounded(0.0005)
    0.001
    """
    return math.floor(score * 1000 + 0.5) / 1000


def mask_of(term: str) -> int:
    """Return which letters a word holds, a bit each, to compare many words quickly.

    Parameters
    ----------
    term : str
        A folded word.

    Returns
    -------
    int
        All digits share one bit.

    Examples
    --------
    >>> mask_of("cab") == mask_of("abc"), mask_of("abc") ^ mask_of("abd")
    (True, 12)
    """
    mask = 0
    for letter in term:
        mask |= _LETTERS.get(letter, _DIGIT)
    return mask


def distance(first: str, second: str, most: int) -> int:
    """Return how many typos lie between two words.

    Parameters
    ----------
    first, second : str
        Folded words.
    most : int
        The bound.

    Returns
    -------
    int
        ``most + 1`` when there are more.

    References
    ----------
    Optimal string alignment, a restricted Damerau–Levenshtein distance: Boytsov L. Indexing methods for approximate
    dictionary searching. ACM J Exp Algorithmics 2011;16:1.1. doi:10.1145/1963190.1963191

    Examples
    --------
    >>> distance("mamography", "mammography", 2), distance("recieve", "receive", 2)
    (1, 1)
    """
    if abs(len(first) - len(second)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        before, last, row = row, before, [i] + [0] * len(second)
        for j, other in enumerate(second, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                row[j] = min(row[j], last[j - 2] + 1)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)

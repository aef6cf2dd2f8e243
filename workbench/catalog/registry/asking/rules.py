"""The words and weights of ranking, read from `data_catalog/ranking.yaml`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from workbench.assets import asset_path
from workbench.catalog.registry.asking.asked_words import asked_words
from workbench.catalog.registry.asking.words import stem


@cache
def ranking_rules() -> Mapping[str, Any]:
    """Return every weight and word of ranking, as plain values that JSON holds.

    Returns
    -------
    mapping
        What ``data_catalog/ranking.yaml`` says; the page without a kernel gets the same.

    Examples
    --------
    >>> ranking_rules()["search"]["fields"]["name"]["said"]
    'the name'
    """
    import yaml

    text = asset_path("data_catalog", "ranking.yaml").read_text(encoding="utf-8")
    rules: Mapping[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return rules


@cache
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """Return the stems that mean the same as a stem, or nearly.

    Returns
    -------
    mapping
        Stem to the others of its line in ``data_catalog/ranking.yaml``.

    Examples
    --------
    >>> synonyms()["renal"]
    ('kidney',)
    """
    lines = [list(dict.fromkeys(stem(word) for word in line.split())) for line in ranking_rules()["synonyms"]]
    return {word: tuple(other for other in line if other != word) for line in lines for word in line}


@cache
def known_stems() -> frozenset[str]:
    """Return the stem of every word that a rule knows, alone or in a phrase, and of every word without meaning.

    Returns
    -------
    frozenset of str
        A word of which an entry's name consists is no name when all of its words are among these.

    Examples
    --------
    >>> "kidney" in known_stems(), "xenon" in known_stems()
    (True, False)
    """
    rules = ranking_rules()
    phrases = [words for part in ("lexicon", "quantities") for rule in rules[part] for words in rule["words"]]
    phrases += [*rules["negations"], *rules["apart"], rules["stop_words"], rules["common_words"]]
    return frozenset(stem(word) for words in phrases for word in asked_words(words))


@cache
def _markets() -> Mapping[str, frozenset[str]]:
    rules = ranking_rules()["markets"]
    return {name: frozenset(stem(word) for word in rules[name]) for name in ("words", "before", "joins")}


def is_market(stems: Sequence[str], place: int, length: int) -> bool:
    """Return whether a place that a question names is where something is sold, and not where data come from.

    Parameters
    ----------
    stems : sequence of str
        Of the words of a question.
    place, length : int
        Where the place stands, and how many words it takes.

    Returns
    -------
    bool
        By ``markets`` of the rules.

    Examples
    --------
    >>> is_market(["sold", "in", "japan"], 2, 1), is_market(["mri", "from", "japan"], 2, 1)
    (True, False)
    """
    rules = _markets()
    first = place
    while first > 0 and stems[first - 1] in rules["joins"]:
        first -= 1
    before = stems[max(0, first - ranking_rules()["markets"]["reach"]) : first] if first < place else []
    behind = stems[place + length : place + length + 2] if stems[max(0, place - 1)] != "from" else []
    return not (rules["words"] | rules["before"]).isdisjoint(before) or not rules["words"].isdisjoint(behind)


@dataclass(frozen=True)
class Phrases:
    """Phrases to be found in a text, the longest first, each with what it stands for.

    Attributes
    ----------
    by_first : dict
        First stem to (stems, meaning) pairs.
    """

    by_first: dict[str, list[tuple[tuple[str, ...], Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, Any]]) -> "Phrases":
        """Return phrases from pairs of words and meaning.

        Parameters
        ----------
        pairs : iterable of (str, object)
            Of equal phrases all are kept, in order.

        Returns
        -------
        Phrases
            Ready to be found.
        """
        found: dict[str, list[tuple[tuple[str, ...], Any]]] = {}
        for words, meaning in pairs:
            stems = tuple(stem(word) for word in asked_words(words))
            found.setdefault(stems[0], []).append((stems, meaning))
        return cls({first: sorted(listed, key=lambda each: -len(each[0])) for first, listed in found.items()})

    def at(self, stems: list[str], place: int) -> Iterator[tuple[int, Any]]:
        """Yield how many words each phrase at a place takes, and its meaning, the longest first.

        Parameters
        ----------
        stems : list of str
            A text's stems.
        place : int
            Where the phrase has to begin.

        Yields
        ------
        (int, object)
            Number of words and meaning.
        """
        for phrase, meaning in self.by_first.get(stems[place], ()):
            if tuple(stems[place : place + len(phrase)]) == phrase:
                yield len(phrase), meaning

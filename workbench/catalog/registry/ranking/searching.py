"""Full-text search over the catalog: rare words and names first, beginnings and typos forgiven, with what matched."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.asking.typed_words import Vocabulary, distance, mask_of, rounded
from workbench.catalog.registry.asking.words import joined_words, numbered_words, plain_words, squeeze, stem
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.ranking.forms import ranking_form


@dataclass(frozen=True)
class Hit:
    """One entry that a search found.

    Attributes
    ----------
    key : str
        Of the entry.
    score : float
        Comparable within one search; 1,000 and more say that the whole text is its name.
    matched : tuple of str
        Where the words were found, such as ``"the name: chexpert for 'chexprt'"``.
    """

    key: str
    score: float
    matched: tuple[str, ...]


@dataclass(frozen=True)
class _Match:
    worth: float
    term: str
    place: str


class SearchIndex:
    """An inverted index over entries, built once for many searches.

    Parameters
    ----------
    entries : iterable of Entry or mapping
        Entries, or what `ranking_form` gives of them.

    Attributes
    ----------
    forms : list of dict
        What is read of each entry, in their order.
    vocabulary : Vocabulary
        The stems that entries hold.

    References
    ----------
    Robertson S, Zaragoza H, Taylor M. Simple BM25 extension to multiple weighted fields. CIKM 2004:42-49.
    doi:10.1145/1031171.1031181

    Examples
    --------
    >>> lungs = Entry("dataset", {"key": "invented", "name": "Lungs of Anywhere", "modality": ["CT"]})
    >>> SearchIndex([lungs]).search("lnugs")[0].matched
    ("the name: lungs for 'lnugs'",)
    """

    def __init__(self, entries: Iterable[Entry | Mapping[str, Any]]) -> None:
        self.forms = [ranking_form(each) if isinstance(each, Entry) else each for each in entries]
        self._rules = ranking_rules()["search"]
        self._saturation = self._rules["saturation"]
        self._stop = {stem(word) for word in ranking_rules()["stop_words"].split()}
        self._surface: dict[str, str] = {}
        weights = self._weigh([self._counts(form) for form in self.forms])
        self.vocabulary = Vocabulary({term: len(listed) for term, listed in weights.items()}, len(self.forms))
        self._postings = {
            term: [(place, self._worth(term, weight), name) for place, weight, name in listed]
            for term, listed in weights.items()
        }
        self._names: dict[int, list[tuple[int, int, str, str, int]]] = {}
        for place, form in enumerate(self.forms):
            for at, (name, squeezed) in enumerate(_names(form)):
                self._names.setdefault(len(squeezed), []).append((place, at, name, squeezed, mask_of(squeezed)))

    def search(self, text: str, limit: int = 10) -> list[Hit]:
        """Return the entries that match words best.

        Parameters
        ----------
        text : str
            What was typed: words, beginnings of words, a name; case, accents and hyphens do not matter.
        limit : int
            At most so many hits.

        Returns
        -------
        list of Hit
            Best first, equal scores by key; empty when nothing matches.
        """
        typed = {stem(word): word for word in reversed(plain_words(text))}
        terms = _terms(text)
        terms = [term for term in terms if term not in self._stop] or terms
        scored = self.score(dict.fromkeys(terms, 1.0), typed)
        named = self._named(squeeze(text))
        hits = []
        for place in sorted({*scored, *named}):
            score, matched = scored.get(place, (0.0, ()))
            worth, said = named.get(place, (0.0, ""))
            found = tuple(dict.fromkeys((said, *matched))) if said else matched
            # Of two that match about as well, the one that may be used comes first.
            score *= self._rules["confirmed"] if self.forms[place]["license"]["confirmed"] else 1.0
            hits.append(Hit(self.forms[place]["key"], rounded(score + worth), found))
        return sorted(hits, key=lambda hit: (-hit.score, hit.key))[:limit]

    def score(
        self, terms: Mapping[str, float], typed: Mapping[str, str] | None = None, *, quiet: Collection[str] = ()
    ) -> dict[int, tuple[float, tuple[str, ...]]]:
        """Return what each entry scores for weighted stems, and where they were found.

        Parameters
        ----------
        terms : mapping
            Stem to weight.
        typed : mapping, optional
            Stem to the word as it was typed, to be shown.
        quiet : collection of str
            Stems that count and whose matches are not told.

        Returns
        -------
        dict
            Place of the entry to score and matches; entries without a match are left out.
        """
        totals: dict[int, float] = {}
        found: dict[int, int] = {}
        told: dict[int, list[str]] = {}
        asked = dict(islice(terms.items(), self._rules["most_words"]))
        for term, weight in asked.items():
            for place, match in self._best(term).items():
                totals[place] = totals.get(place, 0.0) + weight * match.worth
                found[place] = found.get(place, 0) + 1
                told.setdefault(place, []).extend([] if term in quiet else [self._said(term, match, typed or {})])
        lost = self._rules["coverage"]
        return {
            place: (total * (1 - lost * (1 - found[place] / len(asked))), tuple(dict.fromkeys(told[place])))
            for place, total in totals.items()
        }

    def _counts(self, form: Mapping[str, Any]) -> dict[str, dict[str, int]]:
        """Return how often each stem stands in each field of an entry."""
        codes = ranking_rules()["modality_words"]
        counts: dict[str, dict[str, int]] = {}
        for name in self._rules["fields"]:
            counted: dict[str, int] = {}
            for text in form["texts"].get(name, ()):
                spelled = f"{text} {codes.get(text, '')}" if name == "modality" else text
                for word in [*plain_words(spelled), *joined_words(spelled), *numbered_words(spelled)]:
                    shown = self._surface.get(stem(word), word)
                    self._surface[stem(word)] = min(shown, word, key=lambda each: (len(each), each))
                    counted[stem(word)] = counted.get(stem(word), 0) + 1
            counts[name] = counted
        return counts

    def _weigh(self, documents: Sequence[Mapping[str, Mapping[str, int]]]) -> dict[str, list[tuple[int, float, str]]]:
        """Return for each stem its entries, how much it counts in each, and the field that counts most."""
        fields = self._rules["fields"]
        lengths = {name: [sum(document[name].values()) for document in documents] for name in fields}
        filled = {name: max(1, sum(1 for length in listed if length)) for name, listed in lengths.items()}
        postings: dict[str, list[tuple[int, float, str]]] = {}
        for place, document in enumerate(documents):
            weights: dict[str, float] = {}
            best: dict[str, tuple[float, str]] = {}
            for name, rule in fields.items():
                average = max(1, sum(lengths[name])) / filled[name]
                normal = 1 - rule["length"] + rule["length"] * lengths[name][place] / average
                for term, count in document[name].items():
                    worth = rule["weight"] * count / normal
                    weights[term] = weights.get(term, 0.0) + worth
                    if worth > best.get(term, (0.0, ""))[0]:
                        best[term] = (worth, name)
            for term, weight in weights.items():
                postings.setdefault(term, []).append((place, weight, best[term][1]))
        return postings

    def _worth(self, term: str, weight: float) -> float:
        return float(self.vocabulary.rarity(term) * weight / (self._saturation + weight))

    def _best(self, term: str) -> dict[int, _Match]:
        """Return for each entry the best match of a typed stem."""
        best: dict[int, _Match] = {}
        for candidate, quality in self.vocabulary.meant(term):
            for place, worth, name in self._postings[candidate]:
                if place not in best or quality * worth > best[place].worth:
                    best[place] = _Match(quality * worth, candidate, name)
        return best

    def _named(self, typed: str) -> dict[int, tuple[float, str]]:
        """Return the entries whose name is the text, or nearly, or begins so, with what that is worth."""
        rule, close = self._rules["names"], self._rules["names"]["close"]
        begun = rule["begins"] if len(typed) >= close["letters"] else 0.0
        most = 0 if len(typed) < close["letters"] else 1 if len(typed) < close["letters_for_two"] else 2
        lengths = range(len(typed) - most, len(typed) + most + 1)
        mask, named = mask_of(typed), dict[int, tuple[float, str]]()
        for place, _, name, squeezed, _ in sorted(
            each for length, listed in self._names.items() if begun and length > len(typed) for each in listed
        ):
            worth = begun * len(typed) / len(squeezed)
            if squeezed.startswith(typed) and worth > named.get(place, (0.0, ""))[0]:
                named[place] = (worth, f"the name: {name}")
        for place, _, name, squeezed, other in sorted(
            each for length in lengths for each in self._names.get(length, ())
        ):
            if (mask ^ other).bit_count() > 2 * most:
                continue
            typos = distance(typed, squeezed, most)
            if typos > most:
                continue
            worth = rule["exact"] if typos == 0 else close["worth"] - close["each_typo"] * typos
            worth -= rule["collection_less"] if self.forms[place]["kind"] == "collection" else 0
            if worth > named.get(place, (0.0, ""))[0]:
                named[place] = (worth, f"the name: {name}")
        return named

    def _said(self, term: str, match: _Match, typed: Mapping[str, str]) -> str:
        shown, place = self._surface[match.term], self._rules["fields"][match.place]["said"]
        return f"{place}: {shown}" if match.term.startswith(term) else f"{place}: {shown} for '{typed.get(term, term)}'"


def _terms(text: str) -> list[str]:
    """Return the stems to look for; a number counts only with the word before it, as in a name."""
    words, terms = plain_words(text), list[str]()
    for place, word in enumerate(words):
        if not word.isdigit():
            terms.append(stem(word))
        elif place and not words[place - 1].isdigit():
            terms.append(f"{words[place - 1]}{word}")
    return list(dict.fromkeys(terms or words))


def _names(form: Mapping[str, Any]) -> list[tuple[str, str]]:
    names = dict.fromkeys([form["name"], *form["texts"].get("aliases", ())])
    return [(name, squeezed) for name in names if (squeezed := squeeze(name))]

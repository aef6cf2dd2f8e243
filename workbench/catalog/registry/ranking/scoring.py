"""How well an entry that meets the needs suits a question: the words, the guides' advice, focus, and the wishes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.catalog.registry.asking.needs import Needs, Wanted
from workbench.catalog.registry.asking.rules import ranking_rules, synonyms
from workbench.catalog.registry.asking.typed_words import rounded
from workbench.catalog.registry.asking.words import stem, words_of
from workbench.catalog.registry.ranking.meeting_images import covering
from workbench.catalog.registry.ranking.meeting_sizes import FIRST_HAND
from workbench.catalog.registry.ranking.searching import SearchIndex
from workbench.catalog.registry.ranking.spoken import any_holds, holds

_LARGEST = ("patients", "studies", "series", "images", "volumes", "slides", "videos")


class Scorer:
    """Scores the entries of an index for one set of needs.

    Parameters
    ----------
    index : SearchIndex
        All entries.
    needs : Needs
        What is asked for.
    """

    def __init__(self, index: SearchIndex, needs: Needs) -> None:
        self._index, self._needs = index, needs
        self._weights, self._rarity = ranking_rules()["recommend"], index.vocabulary.rarity
        terms = dict.fromkeys(needs.advice_words, self._weights["common_words"])
        terms |= dict.fromkeys(needs.needed_words, self._weights["needed_words"])
        terms |= dict.fromkeys(needs.words, self._weights["words"])
        terms = {word: weight for word, weight in terms.items() if not word.isdigit()}
        quiet = {*needs.advice_words, *needs.needed_words} - set(needs.words)
        self._found = index.score(terms, {stem(word): word for word in needs.left_over}, quiet=quiet)
        self._wishes = [
            rule for rule in ranking_rules()["lexicon"] if rule["need"] == "wish" and rule["value"] in needs.wishes
        ]

    def score(self, place: int) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
        """Return the score of an entry, where words were found, and the advice that fits.

        Parameters
        ----------
        place : int
            Of the entry in the index.

        Returns
        -------
        (float, tuple of str, tuple of str)
            The score is the sum of the parts that ``data_catalog/ranking.yaml`` weighs.
        """
        form = self._index.forms[place]
        words, matched = self._found.get(place, (0.0, ()))
        advice, advised = self._advice(form)
        total = words + advice + self._focus(form) + self._wished(form) + self._terms(form) + self._named(form)
        return rounded(total), matched, advised

    def _advice(self, form: Mapping[str, Any]) -> tuple[float, tuple[str, ...]]:
        """Return what the best fitting advice of the guides is worth, and the advice.

        It fits when it speaks of what is asked about, the better the more of the words it holds, or of what is wished.
        """
        best, said = 0.0, ""
        whole = _total(self._rarity(word) for word in self._needs.advice_words)
        common = {stem(word) for word in ranking_rules()["common_words"].split()}
        topics = [word for word in self._needs.advice_words if word not in common]
        for sentence in form["advice"]:
            stems = set(words_of(sentence))
            held = _total(self._rarity(word) for word in self._needs.advice_words if _spoken(word, stems))
            share = held / whole if whole else 0.0
            worth = 0.0
            enough = share >= self._weights["advice_floor"]
            if any(_spoken(word, stems) for word in topics) or (enough and not topics):
                worth += self._weights["advised"] + (self._weights["advice"] * share if enough else 0.0)
            for wish in self._wishes:
                if holds(wish.get("advised", ()), sentence):
                    worth += self._weights["advised_wish"]
            if worth > best:
                best, said = worth, sentence
        return best, (said,) if said else ()

    def _named(self, form: Mapping[str, Any]) -> float:
        return float(self._weights["named"]) if any(form["key"] in each.values for each in self._needs.named) else 0.0

    def _focus(self, form: Mapping[str, Any]) -> float:
        """Return more for an entry that is about what is needed and little else."""
        wanted = self._needs
        shares = [_share(form["modality"], each.values) for each in wanted.modality]
        shares += [_share(form["tasks"], each.values) for each in wanted.task]
        shares += [_region_share(form["regions"], each) for each in wanted.region]
        return float(self._weights["focus"] * _total(shares))

    def _wished(self, form: Mapping[str, Any]) -> float:
        sizes = [form["sizes"][name]["value"] for name in _LARGEST if name in form["sizes"]]
        digits = len(str(max(sizes))) if sizes else 0
        wishes, worth = self._needs.wishes, 0.0
        if "scale" in wishes:
            worth += self._weights["scale_digit"] * digits
        if "small" in wishes:
            worth += self._weights["small_digit"] * digits
        if "longitudinal" in wishes:
            texts = [
                text for name in ("keywords", "annotations", "summary", "guide") for text in form["texts"].get(name, ())
            ]
            spoken = any_holds(ranking_rules()["longitudinal_words"], texts)
            worth += self._weights["longitudinal"] if spoken else 0.0
        return worth

    def _terms(self, form: Mapping[str, Any]) -> float:
        weights, stated = self._weights, list(form["sizes"].values())
        sourced = any(size["source"] in FIRST_HAND or size["checked"] in FIRST_HAND for size in stated)
        worth = weights["access"][form["access"]["kind"]] + weights["commercial"][form["license"]["commercial"]]
        return float(worth + (weights["sourced_size"] if sourced else 0.0))


def _total(values: Iterable[float]) -> float:
    """Return a sum taken from left to right; the built-in one corrects roundings that other languages do not."""
    total = 0.0
    for value in values:
        total += value
    return total


def _share(values: Sequence[str], wanted: Sequence[str]) -> float:
    return sum(1 for each in values if each in wanted) / len(values) if values else 0.0


def _region_share(regions: Sequence[str], wanted: Wanted) -> float:
    """Return the share of regions that are wanted; one that shows more than is wanted counts half."""
    if not regions:
        return 0.0
    wider = covering(wanted.values)
    worth = sum(1.0 if each in wanted.values else 0.5 if each in wider else 0.0 for each in regions)
    return worth / len(regions)


def _spoken(word: str, stems: set[str]) -> bool:
    return word in stems or any(other in stems for other in synonyms().get(word, ()))

"""Read a question as needs: what it names becomes a need or a wish, the other words rank, and none is lost silently."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from workbench.catalog.registry.asked_numbers import NumberReader
from workbench.catalog.registry.needs import ACCESS_ORDER, Needs, Wanted
from workbench.catalog.registry.ranking_rules import Phrases, ranking_rules
from workbench.catalog.registry.ranking_words import asked_words, stem

_BREAKS = {",", ";", "but"}
_JOINING = {"or", "nor"}


def read_question(question: str) -> Needs:
    """Return what a question needs, wishes and is about.

    Parameters
    ----------
    question : str
        In plain English, such as ``"chest X-rays with demographics, over 10,000 patients"``.

    Returns
    -------
    Needs
        ``said()`` says what was understood; ``left_over`` holds the words that were not, which still rank.

    Examples
    --------
    >>> needs = read_question("chest X-rays with demographics, commercially usable, over 10,000 patients")
    >>> "; ".join(needs.said())
    'chest; X-ray; age and sex known; commercial use; more than 10,000 patients'
    """
    return _Reader(question).read()


@dataclass
class _Reader:
    """Goes through a question once, from left to right, taking the longest phrase at each place."""

    question: str
    place: int = 0
    negated: bool = False
    joined: str = ""
    counted: set[int] = field(default_factory=set)
    found: dict[str, list[Any]] = field(default_factory=dict)
    needs: dict[str, Any] = field(default_factory=dict)

    def read(self) -> Needs:
        self.asked = asked_words(self.question)
        self.stems = [stem(word) for word in self.asked]
        numbers = NumberReader(self.asked, self.stems)
        while self.place < len(self.asked):
            number = numbers.at(self.place)
            if number is not None:
                if number.size is None:
                    self._add("left_over", " ".join(self.asked[self.place : self.place + number.length]))
                else:
                    self._add("sizes", number.size)
                self.counted.update(number.counted)
                self._take(number.length)
            elif not (self._break() or self._negation() or self._phrase()):
                self._word()
        for name, values in self.found.items():
            self.needs[name] = tuple(dict.fromkeys(values))
        return Needs(**self.needs)

    def _break(self) -> bool:
        word = self.asked[self.place]
        if word in _BREAKS:
            self.negated = False
        elif word not in _JOINING:
            return False
        self.joined = self.joined if word in _JOINING else ""
        self.place += 1
        return True

    def _negation(self) -> bool:
        for length, _ in _phrases()["negations"].at(self.stems, self.place):
            self.negated = True
            self._take(length)
            return True
        return False

    def _phrase(self) -> bool:
        """Take the longest phrase whose meaning fits, with every meaning of that length."""
        taken = 0
        for length, rule in _phrases()["lexicon"].at(self.stems, self.place):
            if taken not in (0, length):
                break
            if rule.get("when") in (None, "negated" if self.negated else "affirmed"):
                taken = length
                self._mean(rule, self.stems[self.place : self.place + length])
        if taken:
            # "not MRI or CT" takes both back; anything else ends what a negation reaches.
            following = self.place + taken
            self.negated = self.negated and self.asked[following : following + 1] in (["or"], ["nor"])
            self._take(taken, keeps_joined=True)
        return bool(taken)

    def _mean(self, rule: Mapping[str, Any], words: list[str]) -> None:
        need = rule["need"]
        if need in ("modality", "region", "task"):
            self._want(need, rule, words)
        elif need in ("kind", "wish", "labels", "demographics", "splits", "commercial") and self.negated:
            self._add("left_over", f"not {' '.join(self.asked[self.place : self.place + len(words)])}")
        elif need == "kind":
            self.needs.setdefault("kind", rule["value"])
            self._rank(words, "words" if rule.get("topic") else "")
        elif need == "labels":
            self._add("labels", rule["value"])
            self._rank(words, "words" if rule.get("topic") else "needed_words")
        elif need == "demographics":
            for each in rule["all"]:
                self._add("demographics", each)
        elif need in ("splits", "commercial"):
            self.needs[need] = True
        elif need == "access":
            limits = (rule["value"], self.needs.get("access", rule["value"]))
            self.needs["access"] = min(limits, key=ACCESS_ORDER.index)
        elif need == "wish":
            self._add("wishes", rule["value"])
            self._rank(words, "words" if rule.get("topic") else "")
        elif need == "topic":
            self._rank(words, "words")

    def _want(self, need: str, rule: Mapping[str, Any], words: list[str]) -> None:
        """Add a need for a modality, region or task; after "or" the last of its kind gets a second way to be met."""
        wanted = [
            Wanted(tuple(values), rule["said"], rule.get("specialty", ""))
            for values in ([rule["any"]] if "any" in rule else [[each] for each in rule["all"]])
        ]
        if self.negated:
            for each in wanted:
                self._add("without", (need, each))
            return
        if self.joined == need and self.asked[self.place - 1] in _JOINING and "any" in rule:
            last = self.found[need].pop()
            values = tuple(dict.fromkeys((*last.values, *wanted[0].values)))
            said = last.said if last.said == wanted[0].said else f"{last.said} or {wanted[0].said}"
            wanted = [Wanted(values, said, last.specialty or wanted[0].specialty)]
        for each in wanted:
            if each.values not in [other.values for other in self.found.get(need, ())]:
                self._add(need, each)
        if "region" in rule:
            self._imply(rule["region"])
        named = (
            [stem(part) for value in rule.get("any", ()) for part in asked_words(value)] if need == "task" else words
        )
        self._rank([*words, *named], "")
        self._rank(named, "words" if rule.get("topic") else "needed_words")
        self.joined = need

    def _imply(self, region: str) -> None:
        """Add the region that a modality shows, unless the question names it."""
        if not any(region in each.values for each in self.found.get("region", ())):
            self._add("region", Wanted((region,), region.lower()))

    def _word(self) -> None:
        """Take a word that no rule knows."""
        word, stemmed = self.asked[self.place].lstrip("_"), self.stems[self.place].lstrip("_")
        known = _phrases()
        if stemmed in known["stop"] or not word[0].isalnum():
            self.place += 1
            return
        if self.place in self.counted or stemmed in known["common"]:
            self._rank([stemmed], "")
        elif self.negated:
            self._add("left_over", f"not {word}")
            self.negated = False
        else:
            self._add("left_over", word)
            self._rank([stemmed], "words")
        self._take(1)

    def _rank(self, stems: list[str], where: str) -> None:
        for each in stems:
            if each not in _phrases()["stop"]:
                self._add("advice_words", each)
                if where:
                    self._add(where, each)

    def _add(self, name: str, value: Any) -> None:
        self.found.setdefault(name, []).append(value)

    def _take(self, length: int, *, keeps_joined: bool = False) -> None:
        self.place += length
        self.joined = self.joined if keeps_joined else ""


@cache
def _phrases() -> dict[str, Any]:
    """Return the phrases of the rules, ready to be found."""
    rules = ranking_rules()
    return {
        "lexicon": Phrases.of((words, rule) for rule in rules["lexicon"] for words in rule["words"]),
        "negations": Phrases.of((words, True) for words in rules["negations"]),
        "stop": {stem(word) for word in rules["stop_words"].split()},
        "common": {stem(word) for word in rules["common_words"].split()},
    }

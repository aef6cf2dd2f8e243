"""Read a question as needs: what it names becomes a need or a wish, the other words rank, and none is lost silently."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from workbench.catalog.registry.asking.asked_words import asked_words
from workbench.catalog.registry.asking.found import Found
from workbench.catalog.registry.asking.names import AskedNames, Indexed, names_in
from workbench.catalog.registry.asking.needs import Needs, Wanted
from workbench.catalog.registry.asking.numbers import NumberReader
from workbench.catalog.registry.asking.rules import Phrases, is_market, known_stems, ranking_rules
from workbench.catalog.registry.asking.spelling import respelled
from workbench.catalog.registry.asking.words import stem

_BREAKS = {",", ";", "but"}
_JOINING = {"or", "nor"}
_REACH, _INSTEAD = 10, stem("alternative")  # words between "external test set" and a name; what may stand behind one
_SIGNALS = ("negations", "apart", "trained", "unneeded")
_SHORT = 2  # letters of a name, such as the "M" of a set, that say nothing by themselves
_TOPICS, _TERMS = ("modality", "region", "task"), ("share_alike", "redistribution", "attribution")
_STATED = {
    "organ": "organs",
    "condition": "conditions",
    "stain": "stain",
    "population": "populations",
    "origin": "origins",
    "license": "license",
}
_NEVER_NEGATED = ("kind", "wish", "labels", "demographics", "splits", "commercial", *_TERMS, *_STATED)


def read_question(question: str, index: Indexed | None = None) -> Needs:
    """Return what a question needs, wishes and is about.

    Parameters
    ----------
    question : str
        In plain English, such as ``"chest X-rays with demographics, over 10,000 patients"``.
    index : Indexed, optional
        Over the entries that are asked about: their names are known then, and typos are forgiven.

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
    if index is None:
        return _Reader(question, AskedNames(()), None).read()
    return _Reader(question, names_in(index), index.vocabulary).read()


@dataclass
class _Reader:
    """Goes through a question once, from left to right, taking the longest phrase at each place."""

    question: str
    names: AskedNames
    entries: Container[str] | None
    place: int = 0
    negated: bool = False
    joined: str = ""
    apart: str = ""
    before: Found = field(default_factory=Found)
    chain: str = ""
    counted: set[int] = field(default_factory=set)
    trained_on: list[Wanted] = field(default_factory=list)
    found: Found = field(default_factory=Found)

    def read(self) -> Needs:
        self.asked = asked_words(self.question)
        if self.entries is not None:
            self.asked = [self._spelled(word, self.entries) for word in self.asked]
        self.stems = [stem(word) for word in self.asked]
        numbers = NumberReader(self.asked, self.stems)
        while self.place < len(self.asked):
            if self._apart() or self._name():
                continue
            if (number := numbers.at(self.place)) is not None:
                if number.size is None:
                    said = " ".join(self.asked[self.place : self.place + number.length])
                    self.found.add("left_over", said.replace("_", ""))
                else:
                    self.found.count(number.size)
                self.counted.update(number.counted)
                self._take(number.length)
            elif not (self._break() or self._unneeded() or self._negation() or self._phrase()):
                self._word()
        return self._finished().needs()

    def _spelled(self, word: str, entries: Container[str]) -> str:
        if meant := respelled(word, entries):
            self.found.add("respelled", (word, meant))
        return meant or word

    def _apart(self) -> bool:
        """Take a phrase after which an entry is named whose images are not wanted."""
        for kind in ("apart", "trained"):
            for length, _ in _phrases()[kind].at(self.stems, self.place):
                tests = not self.apart and not _phrases()["testing"].isdisjoint(self.stems)
                if kind == "trained" and not (tests and self.found.plain.get("kind") != "model"):
                    continue
                reach = self.place + length + (2 if kind == "trained" else _REACH)
                if any(self.names.at(self.stems, at, self.question) for at in range(self.place + length, reach)):
                    self.apart, self.negated = kind, False
                    self._take(length)
                    return True
        return False

    def _name(self) -> bool:
        """Take the name of an entry that is ruled out; any other name is noted, and its words are read as words."""
        length, wanted = self.names.at(self.stems, self.place, self.question) or (0, None)
        if wanted is None:
            return False
        following = self.place + length
        if self.stems[following : following + 1] == [_INSTEAD]:
            self.apart, length = "apart", length + 1
        if not (self.negated or self.apart):
            self.found.name(wanted)
            if any(len(each) > _SHORT and each in known_stems() for each in self.stems[self.place : following]):
                return False
            self.found.add("left_over", *(each.lstrip("_") for each in self.asked[self.place : following]))
            self.found.rank([each.lstrip("_") for each in self.stems[self.place : following]], "words")
            self._take(length)
            return True
        if self.negated:
            self.found.add("without", ("entry", wanted))
        elif self.apart == "trained":
            self.trained_on.append(wanted)
        else:
            self.found.add("apart_from", wanted)
        if not self.names.go_on(self.asked, self.stems, following, self.question):
            self.negated, self.apart = False, ""
        elif self.asked[following] in ("and", ","):
            length += 1
        self._take(length)
        return True

    def _finished(self) -> Found:
        """Say what is meant by names that a model was trained on, and take over what the entry named shows."""
        named = bool(self.found.lists.get("named"))
        for each in self.trained_on:
            self.found.name(each) if named else self.found.add("apart_from", each)
        apart = self.found.lists.get("apart_from", [])
        if apart and self.found.plain.setdefault("kind", "dataset") == "dataset":
            placed = "organs" if self.found.lists.get("region") else ""
            for need, wanted in self.names.shown_by(key for each in apart for key in each.values).items():
                if need != placed and not self.found.lists.get(need):
                    self.found.add(need, *wanted)
        return self.found

    def _break(self) -> bool:
        word = self.asked[self.place]
        if word in _BREAKS:
            self.negated, self.chain, self.joined = False, "", ""
        elif word not in _JOINING:
            return False
        self.place += 1
        return True

    def _unneeded(self) -> bool:
        """Take back what stands before "is not important"."""
        for length, _ in _phrases()["unneeded"].at(self.stems, self.place):
            said = [each for each in self.found.needs().said() if each not in self.before.needs().said()]
            if not (self.chain and said):
                return False
            self.found, self.chain = self.before, ""
            self.found.add("waived", *(f"{each.removesuffix(' known')} not needed" for each in said))
            self._take(length)
            return True
        return False

    def _negation(self) -> bool:
        for length, _ in _phrases()["negations"].at(self.stems, self.place):
            if any(longer > length for longer, _ in _phrases()["lexicon"].at(self.stems, self.place)):
                return False
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
            if self._fits(rule, self.place + length):
                if not taken:
                    self._remember(rule["need"])
                taken = length
                if self.negated and rule["need"] == "region" and self._goes_on(self.place + length):
                    self.found.add("left_over", f"not {' '.join(self.asked[self.place : self.place + length + 1])}")
                    taken += 1
                    break
                self._mean(rule, self.stems[self.place : self.place + length])
        if taken:
            # "not MRI or CT" takes both back; anything else ends what a negation reaches.
            self._take(taken, keeps_joined=True)
            self.negated = self.negated and self.asked[self.place : self.place + 1] in (["or"], ["nor"])
        return bool(taken)

    def _fits(self, rule: Mapping[str, Any], end: int) -> bool:
        """Return whether a rule means what it says here: negated or not, as typed, and in the company it asks for."""
        company = [*self.stems[: self.place], *self.stems[end:]] if "near" in rule or "far" in rule else []
        return (
            rule.get("when") in (None, "negated" if self.negated else "affirmed")
            and ("typed" not in rule or self.asked[end - 1] in rule["typed"])
            and ("near" not in rule or any(stem(word) in company for word in rule["near"]))
            and ("far" not in rule or not any(stem(word) in company for word in rule["far"]))
            and ("not_before" not in rule or "".join(self.asked[end : end + 1]) not in rule["not_before"])
        )

    def _remember(self, need: str) -> None:
        """Keep what was found before a chain of needs of one kind, such as "race and sex"."""
        if need != self.chain or self.asked[max(0, self.place - 1)] not in ("and", "or"):
            self.before = self.found.copy()
        self.chain = need

    def _goes_on(self, place: int) -> bool:
        """Return whether a word of its own follows, as in "without lung disease", which is not about the lung."""
        word = "".join(self.asked[place : place + 1])
        known = self.stems[place] in _phrases()["stop"] | _phrases()["common"] if word.isalpha() else True
        return not (known or word in _JOINING or any(_phrases()["lexicon"].at(self.stems, place)))

    def _mean(self, rule: Mapping[str, Any], words: list[str]) -> None:
        need = rule["need"]
        either = self.joined == need and self.asked[self.place - 1] in _JOINING
        if need in _TOPICS and self.negated:
            self.found.rule_out(need, rule)
        elif need in _TOPICS:
            self.found.want_topic(need, rule, words, either=either)
            self.joined = need
        elif need == "origin" and is_market(self.stems, self.place, len(words)):
            self.found.sell(self.asked[self.place : self.place + len(words)])
        elif need in _NEVER_NEGATED and self.negated:
            self.found.add("left_over", f"not {' '.join(self.asked[self.place : self.place + len(words)])}")
        elif need in _STATED:
            self.found.want(_STATED[need], Wanted(tuple(rule["any"]), rule["said"]), joined=either or need == "license")
            self.found.imply(rule, either=either)
            self.found.rank(words, "words" if need != "license" else "")
            self.joined = need
        elif need == "topic":
            self.found.add("left_over", *self.asked[self.place : self.place + len(words)])
            self.found.rank(words, "words")
        elif need in ("kind", "wish", "labels"):
            self.found.rank(words, "words" if rule.get("topic") else "needed_words" * (need == "labels"))
            if need == "kind":
                self.found.plain.setdefault("kind", rule["value"])
            else:
                self.found.add("wishes" if need == "wish" else need, rule["value"])
        elif need in ("demographics", "waived"):
            self.found.add(need, *rule.get("all", (rule["said"],)))
        elif need == "access":
            self.found.limit_access(rule["value"])
        elif need != "nothing":
            self.found.plain[need] = rule.get("value", True)

    def _word(self) -> None:
        """Take a word that no rule knows."""
        word, stemmed = self.asked[self.place].lstrip("_"), self.stems[self.place].lstrip("_")
        if stemmed in _phrases()["stop"] or not word[0].isalnum():
            self.place += 1
            return
        if self.place in self.counted or stemmed in _phrases()["common"]:
            self.found.rank([stemmed], "")
        elif self.negated:
            self.found.add("left_over", f"not {word}")
            self.negated = False
        else:
            self.found.add("left_over", word)
            if word.isalpha() and len(word) > _SHORT and not word.endswith("ly"):
                self.found.add("unread", word)
            self.found.rank([stemmed], "words")
        self._take(1)

    def _take(self, length: int, *, keeps_joined: bool = False) -> None:
        self.place += length
        self.joined = self.joined if keeps_joined else ""


@cache
def _phrases() -> dict[str, Any]:
    """Return the phrases of the rules, ready to be found."""
    rules = ranking_rules()
    return {
        "lexicon": Phrases.of((words, rule) for rule in rules["lexicon"] for words in rule["words"]),
        **{name: Phrases.of((words, True) for words in rules[name]) for name in _SIGNALS},
        "testing": {stem(word) for word in rules["testing"]},
        "stop": {stem(word) for word in rules["stop_words"].split()},
        "common": {stem(word) for word in rules["common_words"].split()},
    }

"""Numbers in a question: "over 10,000 patients", "at least 5k slides", "1 million images", "ten thousand exams"."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from workbench.catalog.registry.needs import SizeWanted
from workbench.catalog.registry.ranking_rules import Phrases, ranking_rules
from workbench.catalog.registry.ranking_words import stem

_FEW = 10  # a plain number below this, such as the 3 of "3D CT scans", counts only right before what it counts


@dataclass(frozen=True)
class AskedNumber:
    """A number that a question states.

    Attributes
    ----------
    length : int
        How many words it takes.
    size : SizeWanted or None
        The need; None when nothing says what is counted, though a bound is stated.
    counted : tuple of int
        The places of the words that say what is counted.
    """

    length: int
    size: SizeWanted | None
    counted: tuple[int, ...]


@dataclass(frozen=True)
class NumberReader:
    """Reads the numbers of one question.

    Attributes
    ----------
    asked : list of str
        Its words.
    stems : list of str
        Their stems.
    """

    asked: list[str]
    stems: list[str]

    def at(self, place: int) -> AskedNumber | None:
        """Return the number at a place.

        Parameters
        ----------
        place : int
            Where it has to begin, words such as "at least" included.

        Returns
        -------
        AskedNumber or None
            None when there is no number, or one without bound that counts nothing within reach.

        Examples
        --------
        >>> words = ["over", "10000", "frontal", "images"]
        >>> NumberReader(words, ["over", "10000", "frontal", "imag"]).at(0).size.words
        'more than 10,000 images'
        """
        bound, length = self._bound(place)
        value, end = self._number(place + length)
        if value is None:
            return None
        after = self._after(end)
        plain = not bound and not after and end == place + 1
        counted = self._counted(end + after) or (self._counted_before(place) if bound else None)
        if counted is None:
            return AskedNumber(end + after - place, None, ()) if bound else None
        rule, places = counted
        if plain and value < _FEW and places[0] > end:
            return None
        amount, strict = math.floor(value + 0.5), bound in ("above", "below")
        least, most = (None, amount) if bound in ("at_most", "below") else (amount, None)
        said = rule.get("counted", rule["said"])
        quantities = tuple(rule.get("quantities", rule.get("counts", ())))
        return AskedNumber(end + after - place, SizeWanted(quantities, said, least, most, strict), places)

    def _bound(self, place: int) -> tuple[str, int]:
        """Return the comparison at a place, and how many words it takes."""
        for length, bound in _phrases()["bounds"].at(self.stems, place):
            if place + length < len(self.asked) and self._number(place + length)[0] is not None:
                return bound, length
        return "", 0

    def _number(self, place: int) -> tuple[float | None, int]:
        """Return the number at a place and where it ends."""
        if place >= len(self.asked):
            return None, place
        numbers, word, stemmed = ranking_rules()["numbers"], self.asked[place], self.stems[place]
        multipliers = _phrases()["multipliers"]
        if word[0].isdigit():
            value, end = float(word), place + 1
        elif (
            word in numbers["words"] and self.stems[place + 1 : place + 2][0:1] and self.stems[place + 1] in multipliers
        ):
            value, end = float(numbers["words"][word]), place + 1
        elif stemmed in multipliers and len(stemmed) > 1:
            value, end = 1.0, place
        elif word in numbers["words"] and numbers["words"][word] > 1:
            value, end = float(numbers["words"][word]), place + 1
        else:
            return None, place
        while end < len(self.stems) and self.stems[end] in multipliers:
            value *= multipliers[self.stems[end]]
            end += 1
        return value, end

    def _after(self, place: int) -> int:
        if place >= len(self.asked):
            return 0
        return next((length for length, _ in _phrases()["after"].at(self.stems, place)), 0)

    def _counted(self, start: int) -> tuple[dict[str, Any], tuple[int, ...]] | None:
        """Return what is counted after a number, and the places of the words that say so."""
        rules = ranking_rules()["numbers"]
        for place in range(start, min(start + rules["reach"], len(self.asked))):
            if self.asked[place] in rules["stops"] or self.asked[place].lstrip("_")[0].isdigit():
                return None
            for name in ("quantities", "counts"):
                for length, rule in _phrases()[name].at(self.stems, place):
                    return rule, tuple(range(place, place + length))
        return None

    def _counted_before(self, end: int) -> tuple[dict[str, Any], tuple[int, ...]] | None:
        """Return what is counted before a bound, as in "CT scans, more than 1k"; the nearest."""
        for place in range(end - 1, max(-1, end - 2 - int(ranking_rules()["numbers"]["reach"])), -1):
            for name in ("quantities", "counts"):
                for _, rule in _phrases()[name].at(self.stems, place):
                    return rule, ()
        return None


@cache
def _phrases() -> dict[str, Any]:
    """Return the phrases around numbers, ready to be found."""
    rules, numbers = ranking_rules(), ranking_rules()["numbers"]
    strict = set(numbers["strict"])
    bounds = [(words, "above" if words in strict else "at_least") for words in numbers["at_least"]]
    bounds += [(words, "below" if words in strict else "at_most") for words in numbers["at_most"]]
    counting = [{**rule, "counted": _plural(rule)} for rule in rules["lexicon"] if "counts" in rule]
    return {
        "bounds": Phrases.of(bounds),
        "after": Phrases.of((words, True) for words in numbers["after"]),
        "multipliers": {stem(word): factor for word, factor in numbers["multipliers"].items()},
        "quantities": Phrases.of((words, rule) for rule in rules["quantities"] for words in rule["words"]),
        "counts": Phrases.of((words, rule) for rule in counting for words in rule["words"]),
    }


def _plural(rule: dict[str, Any]) -> str:
    return {"images": "images", "slides": "slides", "videos": "videos"}.get(rule["counts"][0], "scans")

"""Numbers in a question: "over 10,000 patients", "at least 5k slides", "1 million images", "ten thousand exams"."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from workbench.catalog.registry.asking.needs import SizeWanted
from workbench.catalog.registry.asking.rules import Phrases, known_stems, ranking_rules
from workbench.catalog.registry.asking.words import stem

_Counted = tuple[dict[str, Any], tuple[int, ...]]
_YEARS = (1990, 2035)
_OLDEST = 110
_LARGE = 1000
_NAMED = ("after", "units", "years", "ages", "several")
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
        return self._several(place) or self._range(place) or self._no_size(place) or self._one(place)

    def _several(self, place: int) -> AskedNumber | None:
        """Return that more than one center is asked for, as in "multi-center"."""
        length = self._length("several", place)
        return AskedNumber(length, SizeWanted(("centers",), "centers", least=2), ()) if length else None

    def _one(self, place: int) -> AskedNumber | None:
        """Return a single number, perhaps bounded."""
        bound, length = self._bound(place)
        value, end = self._number(place + length)
        if value is None:
            return None
        plain = not bound and end == place + 1
        end += self._length("after", end)
        if unit := self._unit(end):
            return AskedNumber(end + unit - place, None, ())
        plain = plain and end == place + 1
        if plain and place and self.stems[place - 1] in _phrases()["levels"]:
            return None
        counted = self._counted(end) or ((self._counted_beyond(end) or self._counted_before(place)) if bound else None)
        if counted is None:
            return AskedNumber(end - place, None, ()) if bound else None
        rule, places = counted
        if plain and value < _FEW and places[0] > end:
            return None
        amount, strict = math.floor(value + 0.5), bound in ("above", "below")
        least, most = (None, amount) if bound in ("at_most", "below") else (amount, None)
        return AskedNumber(end - place, _size(rule, least, most, strict=strict), places)

    def _range(self, place: int) -> AskedNumber | None:
        """Return two numbers, as in "between 500 and 2000", "5,000-10,000" and "10 to 20"."""
        between = self.asked[place] == "between"
        start = place + (self.asked[place] in ("between", "from"))
        first, middle = self._number(start)
        if first is None or self.asked[middle : middle + 1] not in (["to"], ["and" if between else "to"]):
            return None
        second, end = self._number(middle + 1)
        if second is None:
            return None
        typed = self.asked[middle + 1]
        if middle == start + 1 and first < _LARGE and end > middle + 2 and typed[0].isdigit():
            first *= second / float(typed)  # "5-10k"
        if unit := self._unit(end):
            return AskedNumber(end + unit - place, None, ())
        counted = self._counted(end)
        if counted is None or (self._is_person(place - 1) and counted[1][0] > end):
            return AskedNumber(end - place, None, ()) if start > place else None
        least, most = (math.floor(each + 0.5) for each in sorted((first, second)))
        return AskedNumber(end - place, _size(counted[0], least, most), counted[1])

    def _no_size(self, place: int) -> AskedNumber | None:
        """Return a year or an age: "after 2020", "patients over 65"; they count nothing."""
        for kind in ("years", "ages"):
            length = self._length(kind, place)
            value, end = self._number(place + length) if length else (None, place)
            if value is None or end != place + length + 1:
                continue
            if self.asked[end : end + 1] in (["to"], ["and"]) and self._number(end + 1)[0] is not None:
                end = self._number(end + 1)[1]
            end += self._length("after", end)
            aged, counted = self.stems[place] in _phrases()["aged"], self._counted(end)
            if counted is not None and counted[1][0] == end and not aged:
                continue
            alone = aged or self._is_person(place - 1)
            if _YEARS[0] <= value <= _YEARS[1] if kind == "years" else value <= _OLDEST and alone:
                return AskedNumber(end + self._unit(end) - place, None, ())
        return None

    def _is_person(self, place: int) -> bool:
        return place >= 0 and self.stems[place] in _phrases()["people"]

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

    def _length(self, kind: str, place: int) -> int:
        """Return how many words a phrase of a kind takes at a place, none when there is none."""
        if place >= len(self.asked):
            return 0
        return next((length for length, _ in _phrases()[kind].at(self.stems, place)), 0)

    def _unit(self, place: int) -> int:
        """Return how many words a unit takes that makes a number no count, such as "mm" or the rest of "256 x 256"."""
        if self.asked[place : place + 1] == ["x"] and self._number_or_name(place + 1):
            return 2 + self._unit(place + 2)
        if any(self._length(kind, place) for kind in ("quantities", "counts")):
            return 0
        return (
            0 if self.asked[place + 1 : place + 2] and self.asked[place + 1][0] == "_" else self._length("units", place)
        )

    def _number_or_name(self, place: int) -> bool:
        return "".join(self.asked[place : place + 1]).lstrip("_")[:1].isdigit()

    def _counted(self, start: int) -> _Counted | None:
        """Return what is counted after a number, and the places of the words that say so; never across another noun."""
        rules = ranking_rules()["numbers"]
        for place in range(start, min(start + rules["reach"], len(self.asked))):
            word = self.asked[place]
            if word in rules["stops"] or word.lstrip("_")[0].isdigit():
                return None
            for name in ("quantities", "counts"):
                for length, rule in _phrases()[name].at(self.stems, place):
                    return rule, tuple(range(place, place + length))
            if word.endswith("s") and word != self.stems[place]:
                return None
        return None

    def _counted_beyond(self, place: int) -> _Counted | None:
        """Return what is counted after a second bound, as in "more than 20k and less than 50k slides"."""
        if self.asked[place : place + 1] not in (["and"], ["but"]) or place + 1 >= len(self.asked):
            return None
        _, length = self._bound(place + 1)
        value, end = self._number(place + 1 + length)
        return self._counted(end) if length and value is not None else None

    def _counted_before(self, end: int) -> _Counted | None:
        """Return what is counted before a bound, as in "CT scans, more than 1k"; the nearest."""
        rules, known = ranking_rules()["numbers"], _phrases()["known"]
        for place in range(end - 1, max(-1, end - 2 - int(rules["reach"])), -1):
            for name in ("quantities", "counts"):
                for _, rule in _phrases()[name].at(self.stems, place):
                    return rule, ()
            word, stemmed = self.asked[place], self.stems[place]
            if word[0].isalpha() and (stemmed not in known or word in rules["stops"]) and word != "and":
                return None
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
        **{name: Phrases.of((words, True) for words in numbers[name]) for name in _NAMED},
        **{name: {stem(word) for word in numbers[name]} for name in ("aged", "levels")},
        "people": {stem(word) for rule in rules["quantities"][:1] for word in rule["words"]},
        "known": known_stems(),
        "multipliers": {stem(word): factor for word, factor in numbers["multipliers"].items()},
        "quantities": Phrases.of((words, rule) for rule in rules["quantities"] for words in rule["words"]),
        "counts": Phrases.of((words, rule) for rule in counting for words in rule["words"]),
    }


def _size(rule: dict[str, Any], least: int | None, most: int | None, *, strict: bool = False) -> SizeWanted:
    quantities = tuple(rule.get("quantities", rule.get("counts", ())))
    return SizeWanted(quantities, rule.get("counted", rule["said"]), least, most, strict)


def _plural(rule: dict[str, Any]) -> str:
    return {"images": "images", "slides": "slides", "videos": "videos"}.get(rule["counts"][0], "scans")

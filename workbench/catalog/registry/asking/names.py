"""Names of entries in a question: whole names, other names, and first words that are written as names are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from workbench.catalog.registry.asking.asked_words import asked_words
from workbench.catalog.registry.asking.needs import Wanted
from workbench.catalog.registry.asking.rules import Phrases, known_stems, ranking_rules
from workbench.catalog.registry.asking.typed_words import Vocabulary

_PLAIN = re.compile(r"[A-Za-z0-9]+")
_LETTERS = re.compile(r"^[A-Za-z]*")
_CAPITALS = 2  # so many capitals tell a name from a word that begins a name
_NOWHERE = {"Unknown", "Not Applicable", "Whole body"}  # nothing that others could be asked to show too
_SHOWN = (("modality", "modality"), ("region", "regions"), ("organs", "organs"), ("task", "tasks"))
_SHORTEST = 3  # letters of a first word that stands for a name


class Indexed(Protocol):
    """What reading a question needs of a search index: the entries in short, and the words they hold."""

    @property
    def forms(self) -> Sequence[Mapping[str, Any]]:
        """What `ranking_form` gives of each entry."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Every word of the entries."""

    def __hash__(self) -> int: ...


class AskedNames:
    """The names of some entries, to be found in questions.

    Parameters
    ----------
    forms : iterable of mapping
        What `ranking_form` gives of each entry.

    Examples
    --------
    >>> names = AskedNames([{"key": "scans", "name": "SCANS of Anywhere", "texts": {}}])
    >>> names.at(["no", "scan"], 1, "no SCANS")
    (1, Wanted(values=('scans',), said='SCANS', specialty=''))
    """

    def __init__(self, forms: Iterable[Mapping[str, Any]]) -> None:
        self.forms = {form["key"]: form for form in forms}
        keys: dict[str, list[str]] = {}
        said: dict[str, str] = {}
        for form in self.forms.values():
            for name in _names(form):
                words = " ".join(asked_words(name))
                if words and form["key"] not in keys.setdefault(words, []):
                    keys[words].append(form["key"])
                said.setdefault(words, name)
        self._phrases = Phrases.of((said[words], Wanted(tuple(listed), said[words])) for words, listed in keys.items())

    def at(self, stems: list[str], place: int, question: str) -> tuple[int, Wanted] | None:
        """Return how many words the name at a place takes, and whose it is.

        Parameters
        ----------
        stems : list of str
            Of the words of a question.
        place : int
            Where the name has to begin.
        question : str
            As it was typed: a name of ordinary words has to be written as the entry writes it.

        Returns
        -------
        (int, Wanted) or None
            The longest; of a word that begins several names, all of them.
        """
        for length, wanted in self._phrases.at(stems, place) if place < len(stems) else ():
            ordinary = all(each in known_stems() for each in stems[place : place + length])
            if not ordinary or (length == 1 and wanted.said in _PLAIN.findall(question)):
                return length, wanted
        return None

    def go_on(self, asked: list[str], stems: list[str], place: int, question: str) -> bool:
        """Return whether a list of names goes on, as after the first of "A, B and C"; a comma alone ends one.

        Parameters
        ----------
        asked, stems : list of str
            The words of a question and their stems.
        place : int
            Behind a name.
        question : str
            As it was typed.

        Returns
        -------
        bool
            True only when "and", "or" or "nor" and a name end the list.
        """
        while asked[place : place + 1] == [","] and (named := self.at(stems, place + 1, question)):
            place += 1 + named[0]
        joins = asked[place : place + 1] in (["and"], ["or"], ["nor"])
        return joins and self.at(stems, place + 1, question) is not None

    def shown_by(self, keys: Iterable[str]) -> dict[str, tuple[Wanted, ...]]:
        """Return what some entries show and serve, as needs of others that are to be like them.

        Parameters
        ----------
        keys : iterable of str
            Of the entries.

        Returns
        -------
        dict
            ``modality``, ``region``, ``organs`` and ``task`` to one need each; without those that no entry tells. Of
            an entry of several parts the kind of image is that of the first.
        """
        forms = [self.forms[key] for key in keys]
        shown: dict[str, tuple[Wanted, ...]] = {}
        for need, field in _SHOWN:
            told = [form["parts"][0] if field == "modality" and form.get("parts") else form for form in forms]
            values = tuple(dict.fromkeys(value for form in told for value in form[field]))
            if values and _NOWHERE.isdisjoint(values):
                shown[need] = (Wanted(values, _said(need, values)),)
        return shown


@lru_cache(maxsize=4)
def names_in(index: Indexed) -> AskedNames:
    """Return the names of the entries of an index, kept for the next question.

    Parameters
    ----------
    index : Indexed
        Over any entries.

    Returns
    -------
    AskedNames
        Ready to be found.
    """
    return AskedNames(index.forms)


def _names(form: Mapping[str, Any]) -> list[str]:
    names = [form["name"], form["name"].split(" (")[0], *form["texts"].get("aliases", ())]
    begun = next(iter(_PLAIN.findall(form["name"])), "")
    for first in (begun, _LETTERS.findall(begun)[0]):  # also without the number of an edition
        written = sum(letter.isupper() for letter in first) >= _CAPITALS
        if written and len(first) >= _SHORTEST and first.lower() not in known_stems():
            names.append(first)
    # The shortest way to write a name says it.
    return sorted(names, key=len)


def _said(need: str, values: tuple[str, ...]) -> str:
    """Return values in the words of questions."""
    said: list[str] = []
    left = list(values)
    for rule in ranking_rules()["lexicon"]:
        if rule["need"] == need and rule.get("any") and set(rule["any"]) <= set(left):
            said.append(rule["said"])
            left = [value for value in left if value not in rule["any"]]
    return " or ".join([*said, *(value.lower() for value in left)])

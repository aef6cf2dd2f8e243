"""What has been found in a question so far: lists of needs and plain needs, which can be taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from workbench.catalog.registry.asking.asked_words import asked_words
from workbench.catalog.registry.asking.needs import ACCESS_ORDER, Needs, SizeWanted, Wanted
from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.asking.words import stem


@dataclass
class Found:
    """Needs while a question is read.

    Attributes
    ----------
    lists : dict
        Attribute of `Needs` to values, in the order in which they were found.
    plain : dict
        Attribute of `Needs` to the one value.
    """

    lists: dict[str, list[Any]] = field(default_factory=dict)
    plain: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, *values: Any) -> None:
        """Add values to a list.

        Parameters
        ----------
        name : str
            Attribute of `Needs`.
        *values : object
            In order.
        """
        self.lists.setdefault(name, []).extend(values)

    def rank(self, stems: Iterable[str], where: str) -> None:
        """Add stems by which entries are ranked.

        Parameters
        ----------
        stems : iterable of str
            Those without meaning are left out.
        where : str
            ``words``, ``needed_words``, or nothing for stems that only an advice is compared with.
        """
        kept = [each for each in stems if each not in _without_meaning()]
        self.add("advice_words", *kept)
        if where:
            self.add(where, *kept)

    def rule_out(self, need: str, rule: Mapping[str, Any]) -> None:
        """Add what an entry may not have.

        Parameters
        ----------
        need : str
            ``modality``, ``region`` or ``task``.
        rule : mapping
            Of the lexicon.
        """
        self.add("without", *((need, each) for each in _wanted(rule)))

    def want_topic(self, need: str, rule: Mapping[str, Any], words: list[str], *, either: bool) -> None:
        """Add a need for a modality, region or task, and what comes with it.

        Parameters
        ----------
        need : str
            ``modality``, ``region`` or ``task``.
        rule : mapping
            Of the lexicon.
        words : list of str
            The stems that named it.
        either : bool
            Whether it is one of several that will do.
        """
        for each in _wanted(rule):
            self.want(need, each, joined=either and "any" in rule)
        self.imply(rule, either=either and "any" in rule)
        named = words
        if need == "task":
            named = [stem(part) for value in rule.get("any", ()) for part in asked_words(value)]
        self.rank([*words, *named], "")
        self.rank(named, "words" if rule.get("topic") else "needed_words")

    def imply(self, rule: Mapping[str, Any], *, either: bool) -> None:
        """Add the organs, and the region and modality that come with what a rule names unless others are known.

        Parameters
        ----------
        rule : mapping
            Of the lexicon.
        either : bool
            Whether it is one of several that will do.
        """
        if "organs" in rule:
            self.want("organs", Wanted(tuple(rule["organs"]), rule["organs"][0]), joined=either)
        region, modality = rule.get("region", ()), rule.get("modality")
        regions = (region,) if isinstance(region, str) else tuple(region)
        known = {value for each in self.lists.get("region", ()) for value in each.values}
        if regions and known.isdisjoint(regions):
            self.add("region", Wanted(regions, rule.get("region_said", regions[0].lower())))
        if modality and not self.lists.get("modality"):
            implied = next(each for each in ranking_rules()["lexicon"] if each.get("any") == modality)
            self.add("modality", Wanted(tuple(modality), implied["said"], implied.get("specialty", "")))

    def want(self, name: str, wanted: Wanted, *, joined: bool) -> None:
        """Add a need, or after "or" a second way to meet the last of its kind.

        Parameters
        ----------
        name : str
            Attribute of `Needs`.
        wanted : Wanted
            What is needed.
        joined : bool
            Whether it is one of several that will do.
        """
        known = self.lists.setdefault(name, [])
        if joined and known:
            last = known.pop()
            values = tuple(dict.fromkeys((*last.values, *wanted.values)))
            said = last.said if wanted.said in last.said.split(" or ") else f"{last.said} or {wanted.said}"
            wanted = Wanted(values, said, last.specialty or wanted.specialty)
        if wanted.values not in [other.values for other in known]:
            known.append(wanted)

    def name(self, wanted: Wanted) -> None:
        """Note an entry that is named, once.

        Parameters
        ----------
        wanted : Wanted
            Its keys; of several names the first says it.
        """
        known = {key for each in self.lists.get("named", ()) for key in each.values}
        if not known.issuperset(wanted.values):
            self.add("named", wanted)

    def limit_access(self, access: str) -> None:
        """Set the most that access may ask for, if less than before.

        Parameters
        ----------
        access : str
            Of `ACCESS_ORDER`.
        """
        limits = (access, self.plain.get("access", access))
        self.plain["access"] = min(limits, key=ACCESS_ORDER.index)

    def sell(self, words: Iterable[str]) -> None:
        """Ask for commercial use: the words say where something is sold, and not where data come from.

        Parameters
        ----------
        words : iterable of str
            The place, which is told as not understood.
        """
        self.plain["commercial"] = True
        self.add("left_over", *words)

    def count(self, size: SizeWanted) -> None:
        """Add a number; a lower and an upper bound of the same become one.

        Parameters
        ----------
        size : SizeWanted
            What is counted, with a bound.
        """
        known = self.lists.setdefault("sizes", [])
        for place, other in enumerate(known):
            same = (other.quantities, other.strict) == (size.quantities, size.strict)
            if same and None in (other.least, size.least) and None in (other.most, size.most):
                least, most = (first if first is not None else second for first, second in _bounds(other, size))
                known[place] = SizeWanted(other.quantities, other.said, least, most, other.strict)
                return
        known.append(size)

    def copy(self) -> "Found":
        """Return what was found until now, to which one can go back.

        Returns
        -------
        Found
            Changes of one do not reach the other.
        """
        return Found({name: list(values) for name, values in self.lists.items()}, dict(self.plain))

    def needs(self) -> Needs:
        """Return the needs.

        Returns
        -------
        Needs
            Every value of a list once.
        """
        found: dict[str, Any] = {name: tuple(dict.fromkeys(values)) for name, values in self.lists.items()}
        # A word of a name that was read is no word that nobody understood.
        named = {word for each in found.get("named", ()) for word in asked_words(each.said)}
        found["unread"] = tuple(word for word in found.get("unread", ()) if word not in named)
        return Needs(**self.plain, **found)


def _wanted(rule: Mapping[str, Any]) -> list[Wanted]:
    groups = [rule["any"]] if "any" in rule else [[each] for each in rule["all"]]
    return [Wanted(tuple(values), rule["said"], rule.get("specialty", "")) for values in groups]


@cache
def _without_meaning() -> frozenset[str]:
    return frozenset(stem(word) for word in ranking_rules()["stop_words"].split())


def _bounds(first: SizeWanted, second: SizeWanted) -> tuple[tuple[int | None, int | None], ...]:
    return (first.least, second.least), (first.most, second.most)

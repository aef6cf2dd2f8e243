"""Families of data sets: who was taken from whom, and which two must not stand on both sides of a test."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from workbench.catalog.registry.entries import Entry, Relation
from workbench.catalog.registry.family_graph import TO_PARENT, FamilyGraph, Ways

_IN_WORDS = {
    "subset_of": "is a subset of",
    "edition_of": "is an edition of",
    "derived_from": "is derived from",
    "annotations_of": "annotates",
    "overlaps": "overlaps with",
    "same_patients": "has other images of patients of",
    "hosted_on": "is hosted on",
}
_APART = "Do not train on one and test on the other."
_PEOPLE = "Keep each patient on one side of a test."
_COMPARE = "Compare their patients before training on one and testing on the other."


class Families:
    """The graph of relations between entries: parents, children, roots, and images in common.

    Parameters
    ----------
    entries : iterable of Entry
        All that are known; a relation to an outside parent joins entries that share it.

    Examples
    --------
    >>> parent = Entry("dataset", {"key": "lidc-idri", "name": "LIDC-IDRI"})
    >>> child = Entry(
    ...     "dataset",
    ...     {"key": "luna16", "name": "LUNA16", "relations": [{"kind": "subset_of", "of": "lidc-idri"}]},
    ... )
    >>> Families([parent, child]).leakage("luna16", "lidc-idri")
    'LUNA16 is a subset of LIDC-IDRI. Do not train on one and test on the other.'
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {each.key: each for each in entries}
        self._graph = FamilyGraph(self._entries)

    def __repr__(self) -> str:
        """Show who was taken from whom, a line each parent."""
        below: dict[str, list[str]] = {}
        for key, parents in self._graph.up.items():
            for parent in parents:
                below.setdefault(self._called(parent), []).append(f"{self._called(key)} ({key})")
        lines = [f"{parent}: {', '.join(children)}" for parent, children in sorted(below.items())]
        told = "Parents, and what was taken from each; leakage() says how two entries come to share images."
        return "\n".join([told, *lines]) if lines else "No entry was taken from another."

    def parents(self, key: str) -> tuple[Relation, ...]:
        """Return the relations of an entry to what it was taken from, outside parents among them.

        Parameters
        ----------
        key : str
            Of an entry.

        Returns
        -------
        tuple of Relation
            In the order of the file; empty for one that stands at the root.
        """
        return tuple(each for each in self._entries[key].relations if each.kind in TO_PARENT)

    def children(self, key: str) -> tuple[tuple[str, Relation], ...]:
        """Return who was taken from an entry.

        Parameters
        ----------
        key : str
            Of an entry.

        Returns
        -------
        tuple of (str, Relation)
            The child's key and how it says so, by key.
        """
        return tuple(
            (other, each)
            for other in sorted(self._entries)
            for each in self.parents(other)
            if self._graph.node(each) == key
        )

    def overlaps(self, key: str) -> tuple[str, ...]:
        """Return the keys of the entries that overlap with one, whichever of the two says so.

        Parameters
        ----------
        key : str
            Of an entry.

        Returns
        -------
        tuple of str
            Sorted.
        """
        return tuple(sorted(other for other in self._graph.beside["overlaps"].get(key, ()) if other in self._entries))

    def roots(self, key: str) -> tuple[str, ...]:
        """Return the topmost ancestors of an entry, itself when it has no parent.

        Parameters
        ----------
        key : str
            Of an entry.

        Returns
        -------
        tuple of str
            Keys, or names of outside parents; sorted.
        """
        tops = [node for node in self._graph.above(key) if not self._graph.up.get(node)]
        return tuple(sorted(node if node in self._entries else self._called(node) for node in tops))

    def leakage(self, one: str, other: str) -> str | None:
        """Return how two entries come to share images, as a sentence with what to do about it.

        They do when one was taken from the other over any number of steps, when both were taken from a common
        ancestor or hold all of a third, or when they or their relatives overlap. A model shares the images it was
        trained on. To be on the same platform is no relation. Other images of the same people are told last: no image
        is shared, but who is.

        Parameters
        ----------
        one, other : str
            Keys of entries.

        Returns
        -------
        str or None
            None when nothing is known to be in common.
        """
        if one == other or (self._is_model(one) and self._is_model(other)):
            return None
        return (
            self._lineage(one, other)
            or self._lineage(other, one)
            or self._trained(one, other)
            or self._trained(other, one)
            or self._common_ancestor(one, other)
            or self._common_part(one, other)
            or self._overlap(one, other, "overlaps")
            or self._overlap(one, other, "same_patients")
        )

    def pairs(self) -> Iterator[tuple[str, str, str]]:
        """Give every two entries that share images, and how.

        Yields
        ------
        tuple of (str, str, str)
            Two keys in order, and the sentence of `leakage`.
        """
        for one, other in self._graph.candidates():
            if said := self.leakage(one, other):
                yield one, other, said

    def _is_model(self, key: str) -> bool:
        return self._entries[key].kind == "model"

    def _lineage(self, one: str, other: str) -> str | None:
        way = self._graph.above(one).get(other)
        return f"{self._told(way)}. {_APART}" if way else None

    def _trained(self, model: str, other: str) -> str | None:
        for source in self._entries[model].fields.get("trained_on", ()):
            if source == other:
                return f"{self._called(model)} was trained on {self._called(other)}. Do not test it there."
            known = source in self._entries and not self._is_model(source)
            said = self.leakage(source, other) if known else None
            if said:
                return f"{self._called(model)} was trained on {self._called(source)}. {said}"
        return None

    def _common_ancestor(self, one: str, other: str) -> str | None:
        ours, theirs = self._graph.above(one), self._graph.above(other)
        nearest = _nearest(ours, theirs)
        return f"{self._told(ours[nearest])}, and {self._told(theirs[nearest])}. {_COMPARE}" if nearest else None

    def _common_part(self, one: str, other: str) -> str | None:
        ours, theirs = self._graph.contained(one), self._graph.contained(other)
        nearest = _nearest(ours, theirs)
        return f"{self._told(ours[nearest])}, and {self._told(theirs[nearest])}. {_COMPARE}" if nearest else None

    def _overlap(self, one: str, other: str, kind: str) -> str | None:
        ours, theirs, beside = self._graph.kin(one), self._graph.kin(other), self._graph.beside[kind]
        met = [(a, b) for a in beside.keys() & ours.keys() for b in beside[a] & theirs.keys()]
        if not met:
            return None
        a, b = min(met, key=lambda pair: (len(ours[pair[0]]) + len(theirs[pair[1]]), pair))
        ways = [self._told(way) for way in (ours[a], theirs[b]) if len(way) > 1]
        advice = _PEOPLE if kind == "same_patients" else _APART if not ways else _COMPARE
        return f"{', and '.join([f'{self._called(a)} {_IN_WORDS[kind]} {self._called(b)}', *ways])}. {advice}"

    def _told(self, way: tuple[str, ...]) -> str:
        """A way up in words: A is a subset of B, which is an edition of C."""
        said = self._called(way[0])
        for place, (node, parent) in enumerate(pairwise(way)):
            said += f"{', which' if place else ''} {_IN_WORDS[self._graph.up[node][parent]]} {self._called(parent)}"
        return said

    def _called(self, node: str) -> str:
        return self._graph.called(node)


def find_cycles(parents: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Return the cycles of a graph of parents; none when every way up ends.

    Parameters
    ----------
    parents : mapping
        Key to the keys it was taken from.

    Returns
    -------
    list of tuple of str
        Each begins with its smallest key and closes with it; not every cycle of a tangle, but one of each.

    Examples
    --------
    >>> find_cycles({"a": ["b"], "b": ["a"], "c": ["a"]})
    [('a', 'b', 'a')]
    """
    done: set[str] = set()
    cycles: set[tuple[str, ...]] = set()
    for start in sorted(parents):
        if start in done:
            continue
        way, waiting = [start], [iter(sorted(parents.get(start, ())))]
        while way:
            step = next(waiting[-1], None)
            if step is None:
                done.add(way.pop())
                waiting.pop()
            elif step in way:
                cycles.add(_closed(way[way.index(step) :]))
            elif step not in done:
                way.append(step)
                waiting.append(iter(sorted(parents.get(step, ()))))
    return sorted(cycles)


def _nearest(ours: Ways, theirs: Ways) -> str | None:
    """What two have in common, by the shortest ways."""
    common = ours.keys() & theirs.keys()
    return min(common, key=lambda node: (len(ours[node]) + len(theirs[node]), node), default=None)


def _closed(way: list[str]) -> tuple[str, ...]:
    first = way.index(min(way))
    return (*way[first:], *way[:first], way[first])

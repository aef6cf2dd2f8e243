"""The graph behind the families: what lies above, below and beside an entry, and which two can share images at all."""

from collections import deque
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import combinations, product

from workbench.catalog.registry.entries import Entry, Relation
from workbench.catalog.registry.fold_names import fold_name

#: Relations that point to the parent: some of its images are here too.
TO_PARENT = ("subset_of", "edition_of", "derived_from", "annotations_of")
_BOTH_WAYS = ("overlaps", "same_patients")
_WHOLE = "subset_of"  # the only relation by which all images are in the parent
_OUTSIDE = "outside the catalog: "

#: Node to the nodes on the shortest way from it, or to it, read upward.
Ways = dict[str, tuple[str, ...]]


class FamilyGraph:
    """Entries, and what they were taken from outside the catalog, as nodes of one graph.

    Parameters
    ----------
    entries : mapping of str to Entry
        By key.

    Examples
    --------
    >>> child = Entry("dataset", {"key": "a", "name": "A", "relations": [{"kind": "subset_of", "of": "b"}]})
    >>> graph = FamilyGraph({"a": child, "b": Entry("dataset", {"key": "b", "name": "B"})})
    >>> graph.above("a"), list(graph.candidates())
    ({'a': ('a',), 'b': ('a', 'b')}, [('a', 'b')])
    """

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = entries
        self._spelled: dict[str, str] = {}
        self._ways: dict[str, Ways] = {}
        self._kin: dict[str, Ways] = {}

    def node(self, relation: Relation) -> str:
        """Return the node a relation leads to.

        Parameters
        ----------
        relation : Relation
            A name outside the catalog that an entry bears leads to that entry.

        Returns
        -------
        str
            The key of an entry, or one node for all spellings of a name outside.
        """
        if not relation.outside:
            return relation.of
        folded = fold_name(relation.of)
        if folded in self._keys:
            return self._keys[folded]
        self._spelled.setdefault(_OUTSIDE + folded, relation.of)
        return _OUTSIDE + folded

    def called(self, node: str) -> str:
        """Return the name of a node.

        Parameters
        ----------
        node : str
            As `node` gives it.

        Returns
        -------
        str
            Of what is outside, as it is written first.
        """
        return self._entries[node].name if node in self._entries else self._spelled.get(node, node)

    @cached_property
    def up(self) -> dict[str, dict[str, str]]:
        """Key -> its parents, each with the kind of relation; a subset is one, whatever else is said of it."""
        graph: dict[str, dict[str, str]] = {key: {} for key in self._entries}
        for key, parents in graph.items():
            for each in self._entries[key].relations:
                node = self.node(each)
                if each.kind in TO_PARENT and node != key and parents.get(node) != _WHOLE:
                    parents[node] = each.kind
        return graph

    @cached_property
    def beside(self) -> dict[str, dict[str, set[str]]]:
        """Kind of relation -> node -> who is related, whichever of the two says so."""
        kinds: dict[str, dict[str, set[str]]] = {kind: {} for kind in _BOTH_WAYS}
        for key, entry in self._entries.items():
            for each in entry.relations:
                if each.kind in kinds:
                    kinds[each.kind].setdefault(key, set()).add(self.node(each))
                    kinds[each.kind].setdefault(self.node(each), set()).add(key)
        return kinds

    def above(self, key: str) -> Ways:
        """Return every node at or above one, with the shortest way up to it.

        Parameters
        ----------
        key : str
            A node.

        Returns
        -------
        dict
            Itself included.
        """
        if key not in self._ways:
            self._ways[key] = self._reached(key, whole=False)
        return self._ways[key]

    def kin(self, key: str) -> Ways:
        """Return every node above or below one, with the way between.

        Parameters
        ----------
        key : str
            Of an entry.

        Returns
        -------
        dict
            Itself included.
        """
        if key not in self._kin:
            self._kin[key] = {node: self.above(node)[key] for node in self._below.get(key, ())} | self.above(key)
        return self._kin[key]

    def contained(self, key: str) -> Ways:
        """Return every entry all of whose images are in one, with the way up.

        Parameters
        ----------
        key : str
            Of an entry.

        Returns
        -------
        dict
            Without itself.
        """
        return self._contained.get(key, {})

    def candidates(self) -> Iterator[tuple[str, str]]:
        """Give every two entries that a way through the graph, or a training, joins; no others can share images.

        Yields
        ------
        tuple of (str, str)
            Keys in order, each two once, sorted.
        """
        found: set[tuple[str, str]] = set()
        for below in self._below.values():
            found.update(combinations(sorted(below), 2))
        for graph in self.beside.values():
            for one, others in graph.items():
                for other in others:
                    found.update(product(self._relatives(one), self._relatives(other)))
        for node in self._entries:
            holders = [each for each in self._reached(node, whole=True) if each != node and each in self._entries]
            found.update(combinations(sorted(holders), 2))
        found |= {pair[::-1] for pair in found}
        partners: dict[str, set[str]] = {}
        for one, other in found:
            partners.setdefault(one, set()).add(other)
        for key, entry in self._entries.items():
            for source in entry.fields.get("trained_on", ()):
                found |= {(key, other) for other in (source, *partners.get(source, ())) if other in self._entries}
        yield from sorted({(min(pair), max(pair)) for pair in found if pair[0] != pair[1]})

    @cached_property
    def _keys(self) -> dict[str, str]:
        """Folded name -> key; a key goes before a name, and a name before an alias."""
        listed = self._entries.values()
        named = [(name, each.key) for each in listed for name in each.aliases]
        named += [(each.name, each.key) for each in listed] + [(each.key, each.key) for each in listed]
        return {fold_name(name): key for name, key in named}

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        """Node -> the entries at or below it."""
        below: dict[str, list[str]] = {}
        for key in self._entries:
            for node in self.above(key):
                below.setdefault(node, []).append(key)
        return below

    @cached_property
    def _contained(self) -> dict[str, Ways]:
        inside: dict[str, Ways] = {}
        for key in self._entries:
            for node, way in self._reached(key, whole=True).items():
                if node != key:
                    inside.setdefault(node, {})[key] = way
        return inside

    def _relatives(self, node: str) -> list[str]:
        if node in self._entries:
            return [each for each in self.kin(node) if each in self._entries]
        return self._below.get(node, [])

    def _reached(self, key: str, *, whole: bool) -> Ways:
        ways: Ways = {key: (key,)}
        waiting = deque([key])
        while waiting:
            node = waiting.popleft()
            for parent, kind in self.up.get(node, {}).items():
                if parent not in ways and (kind == _WHOLE or not whole):
                    ways[parent] = (*ways[node], parent)
                    waiting.append(parent)
        return ways

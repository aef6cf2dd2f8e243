"""How tables of one population hang together: which of them have to be looked at as one."""

from collections.abc import Iterable, Iterator
from itertools import combinations

Attributes = tuple[str, ...]  # in alphabetical order


def link_tables(attribute_sets: Iterable[Attributes]) -> tuple[list[Attributes], list[tuple[int, int]]]:
    """Return the largest attribute sets, and the pairs of them whose common margins have to agree.

    Where the sets form no cycle, tables whose common margins agree along these pairs always belong to
    one population (Vorob'ev's theorem; in whole numbers too, because each step joins two tables over
    common margins). So nothing larger has to be looked at. Sets in a cycle, such as
    sex × age, age × race and race × sex, are joined into one.

    Parameters
    ----------
    attribute_sets : iterable of tuple of str
        The attributes of each table.

    Returns
    -------
    list of tuple of str
        None a part of another; in alphabetical order.
    list of (int, int)
        Positions in that list: a join tree, that is one pair fewer than there are sets.

    References
    ----------
    Vorob'ev NN. Consistent families of measures and their extensions. Theory Probab Appl 1962;7:147-163.
    DOI 10.1137/1107014

    Beeri C, Fagin R, Maier D, Yannakakis M. On the desirability of acyclic database schemes. J ACM
    1983;30:479-513. DOI 10.1145/2402.322389

    Examples
    --------
    >>> link_tables([("age",), ("age", "sex"), ("race",)])
    ([('age', 'sex'), ('race',)], [(0, 1)])
    >>> link_tables([("age", "sex"), ("age", "race"), ("race", "sex")])
    ([('age', 'race', 'sex')], [])
    """
    largest = _largest(attribute_sets)
    while True:
        pairs = _widest_tree(largest)
        if _is_join_tree(largest, pairs):
            return largest, pairs
        cycle = set(_without_ears(largest))
        merged = [tuple(sorted({name for each in group for name in each})) for group in _connected(cycle)]
        largest = _largest([*largest, *merged])


def _largest(attribute_sets: Iterable[Attributes]) -> list[Attributes]:
    distinct = sorted({tuple(sorted(each)) for each in attribute_sets})
    return [each for each in distinct if not any(set(each) < set(other) for other in distinct)]


def _widest_tree(sets: list[Attributes]) -> list[tuple[int, int]]:
    """A spanning tree with the most attributes in common along its pairs: a join tree, where there is one."""
    root = list(range(len(sets)))
    tree = []
    for one, other in sorted(
        combinations(range(len(sets)), 2), key=lambda pair: -len(set(sets[pair[0]]) & set(sets[pair[1]]))
    ):
        if root[one] != root[other]:
            root = [root[one] if each == root[other] else each for each in root]
            tree.append((one, other))
    return tree


def _is_join_tree(sets: list[Attributes], tree: list[tuple[int, int]]) -> bool:
    """Whether the sets with one attribute always hang together: a forest has one pair fewer than sets."""
    return all(
        sum(name in sets[one] and name in sets[other] for one, other in tree) == sum(name in each for each in sets) - 1
        for name in {name for each in sets for name in each}
    )


def _without_ears(sets: list[Attributes]) -> Iterator[Attributes]:
    """The sets left by the reduction of Graham, Yu and Ozsoyoglu: those in cycles and between them."""
    left = {each: set(each) for each in sets}
    while True:
        before = [set(each) for each in left.values()]
        for each, names in left.items():
            others = [other for key, other in left.items() if key != each]
            names.intersection_update(set().union(*others))
        for each in list(left):
            if any(left[each] <= other for key, other in left.items() if key != each):
                del left[each]
        if before == list(left.values()):
            break
    yield from left


def _connected(sets: set[Attributes]) -> Iterator[list[Attributes]]:
    waiting = sorted(sets)
    while waiting:
        group = [waiting.pop()]
        for member in group:
            near = [each for each in waiting if set(each) & set(member)]
            group += near
            waiting = [each for each in waiting if each not in near]
        yield group

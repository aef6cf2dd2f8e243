"""Zeros of hidden groups: whose count is hidden, of them not even may be seen which further categories they have."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from itertools import combinations, product

from workbench.assessment.suppression.linking import Attributes
from workbench.assessment.suppression.meanings import IMAGES, MEANINGS
from workbench.assessment.suppression.published import Cell, Count


def veiled_groups(counts: Mapping[Cell, Count]) -> set[Cell]:
    """Return the groups that are hidden altogether: neither their number nor any that is a part of it is shown.

    Parameters
    ----------
    counts : mapping of Cell to int or None
        What one release shows.

    Returns
    -------
    set of Cell
        Groups that a table tells apart further; those that no table counts too.
    """
    hidden = {part for cell, count in counts.items() if count is None for part in _parts(cell)}
    shown = {part for cell, count in counts.items() if count for part in (*_parts(cell), cell)}
    return hidden - shown - {cell for cell, count in counts.items() if count is not None}


def may_be_empty(cell: Cell, veiled: Set[Cell]) -> bool:
    """Return whether a hidden number may be 0: where a group that it is part of is hidden altogether.

    Parameters
    ----------
    cell : Cell
        What is counted.
    veiled : set of Cell
        As `veiled_groups` gives them.

    Returns
    -------
    bool
        False of a hidden number of groups that are known: there a 0 is shown.
    """
    return not veiled.isdisjoint(_parts(cell))


def hide_zeros(counts: Mapping[Cell, Count], complete: Collection[Attributes]) -> dict[Cell, Count]:
    """Return counts with the zeros of hidden groups hidden as well, in every table.

    A 0 stays where the groups that it is part of are known, and so do the zeros that follow from it: it tells of all
    of a group of at least 11. So do combinations that do not exist.

    Parameters
    ----------
    counts : mapping of Cell to int or None
        Of one release, with what is hidden of it; a cell that is not there is 0.
    complete : collection of tuple of str
        The attributes of its tables.

    Returns
    -------
    dict of Cell to int or None
        The same, and cells of nobody with None.
    """
    veiled = veiled_groups(counts)
    if not veiled:
        return dict(counts)
    known: dict[str, list[str]] = {}
    for cell, count in counts.items():
        for name, category in cell if count != 0 else ():
            if category not in known.setdefault(name, []):
                known[name].append(category)
    listed = {part for cell, count in counts.items() if count != 0 for part in (*_parts(cell), cell)}
    nobody: set[Cell] = set()  # zeros that are shown, of groups that are known
    found = dict(counts)
    names = {part for by in complete for size in range(1, len(by) + 1) for part in combinations(sorted(by), size)}
    shown = {tuple(sorted(by)) for by in complete}
    for by in sorted(names, key=len):
        for cell in _zeros(by, known, listed):
            if not nobody.isdisjoint(_parts(cell)) or not _exists(cell) or not may_be_empty(cell, veiled):
                nobody.add(cell)
            elif by in shown:
                found[cell] = None
    return found


def _zeros(by: Attributes, known: Mapping[str, Iterable[str]], listed: Set[Cell]) -> Iterator[Cell]:
    options = [[(name, category) for category in known.get(name, ())] for name in by]
    return (cell for cell in product(*options) if cell not in listed)


def _parts(cell: Cell) -> Iterator[Cell]:
    """The groups that a cell is part of, itself not."""
    return (part for size in range(len(cell)) for part in combinations(cell, size))


def _exists(cell: Cell) -> bool:
    categories = dict(cell)
    return all(each.is_possible(categories) for each in (*MEANINGS, IMAGES) if {*each.attributes} <= {*categories})

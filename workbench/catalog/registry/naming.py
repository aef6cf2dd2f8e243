"""Find an entry by its key, its name or an alias."""

import re
from collections.abc import Iterable, Mapping

from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.fold_names import fold_name
from workbench.errors import UnknownNameError, brief, nearest_names

_LONGEST = 200  # characters that are searched for a misspelling
_MOST = 3  # entries that are offered
_WORD = re.compile(r"[^\W_]+")


def names_of(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return every name, folded, to its entry; a key goes before a name, and a name before an alias.

    Parameters
    ----------
    entries : iterable of Entry
        Any.

    Returns
    -------
    dict of str to Entry
        Several names an entry.

    Examples
    --------
    >>> list(names_of([Entry("dataset", {"key": "luna16", "name": "LUNA16", "aliases": ["LUNA 16"]})]))
    ['luna 16', 'luna16']
    """
    listed = list(entries)
    named = [(name, each) for each in listed for name in each.aliases]
    named += [(each.name, each) for each in listed] + [(each.key, each) for each in listed]
    return {fold_name(name): each for name, each in named}


def find_entry(name: str, names: Mapping[str, Entry]) -> Entry:
    """Return the entry that a person means.

    Parameters
    ----------
    name : str
        A key, a name or an alias, in any case and with any dashes, accents or spaces.
    names : mapping of str to Entry
        What `names_of` gives.

    Returns
    -------
    Entry
        The one of that name.

    Raises
    ------
    UnknownNameError
        With the keys of the nearest.
    """
    wanted = fold_name(str(name))
    if wanted in names:
        return names[wanted]
    spelled = [*_holding(wanted[:_LONGEST], names), *nearest_names(wanted[:_LONGEST], names)]
    near = list(dict.fromkeys(names[each].key for each in spelled))[:_MOST]
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    n_entries = len({each.key for each in names.values()})
    raise UnknownNameError(
        f"No entry {brief(repr(name))} among {n_entries} of the data catalog.{hint} A key, a name or an alias would "
        "be right. Find it: datasets().search('…')"
    )


def _holding(wanted: str, names: Mapping[str, Entry]) -> list[str]:
    """The names in which every word stands that was typed, shortest first: for "nih", NIH ChestX-ray14."""
    words = set(_WORD.findall(wanted))
    return sorted((name for name in names if words and words <= set(_WORD.findall(name))), key=len)

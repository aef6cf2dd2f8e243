"""References to entries, under the key that each has in the catalog."""

import re
from collections.abc import Iterable
from typing import Any

from workbench.catalog.citations import Citation, to_bibtex, to_csl
from workbench.catalog.registry.entries import Entry

_UNCITED = "The creators state no reference; made from the entry of the data catalog."


def citation_of(entry: Entry) -> Citation:
    """Return the reference of an entry: the one its creators ask for, else what the entry itself says.

    Parameters
    ----------
    entry : Entry
        Any entry.

    Returns
    -------
    Citation
        Labeled with the key of the entry.

    Examples
    --------
    >>> citation_of(Entry("dataset", {"key": "a", "name": "A", "doi": "10.1234/A", "creator": {"names": ["Z"]}}))
    Citation(doi='10.1234/a', text='The creators state ...', authors=(('Z', ''),), ... title='A', ... label='a')
    """
    stated = entry.fields.get("citation")
    if stated is None:
        names = tuple((_line(name), "") for name in entry.fields.get("creator", {}).get("names", ()))
        return Citation(
            doi=entry.doi.lower(),
            text=_UNCITED,
            authors=names,
            year=str(entry.fields.get("published", ""))[:4],
            title=_line(entry.name),
            version=_line(entry.fields.get("version", "")),
            publisher=_line(entry.fields.get("publisher", "")),
            url=entry.url,
            label=entry.key,
        )
    return Citation(
        doi=stated.get("doi", "").lower(),
        text=_line(stated["text"]),
        authors=tuple((_line(family), _line(initials)) for family, initials in stated.get("authors", ())),
        year=stated.get("year", ""),
        title=_line(stated.get("title", "")),
        publisher=_line(stated.get("venue", "")),
        article=bool(stated.get("article", False)),
        url=stated.get("url", "") or entry.url,
        label=entry.key,
    )


def bibtex(entries: Iterable[Entry]) -> str:
    r"""Return the references of entries as BibTeX, so that ``\cite{key-of-the-entry}`` finds them.

    Parameters
    ----------
    entries : iterable of Entry
        Each key once.

    Returns
    -------
    str
        One BibTeX entry each, in the order given.

    Examples
    --------
    >>> print(bibtex([Entry("dataset", {"key": "a", "name": "A", "citation": {"text": "A & B. A set."}})]))
    @misc{a,
      note = {A \& B. A set.},
    }
    <BLANKLINE>
    """
    return to_bibtex(citation_of(entry) for entry in entries)


def csl(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return the references of entries as CSL-JSON items.

    Parameters
    ----------
    entries : iterable of Entry
        Each key once.

    Returns
    -------
    list of dict
        One item each, in the order given; ``id`` is the key of the entry.

    Examples
    --------
    >>> csl([Entry("dataset", {"key": "a", "name": "A", "citation": {"text": "A & B. A set."}})])
    [{'id': 'a', 'type': 'dataset', 'note': 'A & B. A set.'}]
    """
    return to_csl(citation_of(entry) for entry in entries)


def _line(text: str) -> str:
    """Return text on one line, without characters that cannot be seen."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", " ", text).split())

"""References to entries, under the key that each has in the catalog."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from workbench.catalog.citations import Citation, to_bibtex, to_csl
from workbench.catalog.registry.entries import Entry

# "Armato III SG, McLennan G, et al." before a year in brackets, a period or a colon.
_HEAD = re.compile(r"(?P<names>[^.:(]+?)(?P<others>,? et al)?(?:\.| \(|:)")
_NAME = re.compile(r"(?P<family>[^\W\d_][\w'’ -]*?) (?P<initials>[A-Z]{1,4})|(?P<single>[A-Z][\w'’-]+)")
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
        authors=_authors(stated.get("authors", ()), stated["text"]) or _named_in(entry, stated["text"]),
        year=stated.get("year", ""),
        title=_line(stated.get("title", "")),
        publisher=_line(stated.get("venue", "")),
        article=bool(stated.get("article", False)),
        url=stated.get("url", "") or entry.url,
        label=entry.key,
    )


def citations_of(entry: Entry) -> tuple[Citation, ...]:
    """Return all that is to be cited of an entry: its reference, and the data where they have a DOI of their own.

    A repository counts the uses of a data set by its DOI, which the paper about it does not bear.

    Parameters
    ----------
    entry : Entry
        Any entry.

    Returns
    -------
    tuple of Citation
        What `citation_of` gives; then perhaps the data, labeled with the key of the entry and ``:data``.

    Examples
    --------
    >>> paper = {"text": "Doe J. On A.", "doi": "10.1234/paper"}
    >>> [
    ...     each.key
    ...     for each in citations_of(Entry("dataset", {"key": "a", "name": "A", "doi": "10.5/A", "citation": paper}))
    ... ]
    ['a', 'a:data']
    """
    reference = citation_of(entry)
    doi = entry.doi.lower()
    named = doi == reference.doi or doi in reference.text.lower()
    if named or entry.kind not in ("dataset", "collection"):
        return (reference,)
    fields = entry.fields
    names = tuple(_line(name) for name in fields.get("creator", {}).get("names", ()))
    year, publisher = str(fields.get("published", ""))[:4], _line(fields.get("publisher", ""))
    # Behind it a version may tell of others: "2.0.1 (record 10047292); 1.0 (record 6802614)".
    version = re.split(r"[;(]", _line(fields.get("version", "")))[0].strip()
    head = f"{', '.join(names)}{f' ({year})' if year else ''}".strip()
    said = (head, _line(entry.name), f"Version {version}" if version else "", publisher, f"doi:{entry.doi}")
    data = Citation(
        doi=doi,
        text=". ".join(filter(None, said)),
        authors=tuple((name, "") for name in names),
        year=year,
        title=_line(entry.name),
        version=version,
        publisher=publisher,
        label=f"{entry.key}:data",
    )
    return (reference, data)


def bibtex(entries: Iterable[Entry]) -> str:
    r"""Return the references of entries as BibTeX, so that ``\cite{key-of-the-entry}`` finds them.

    Parameters
    ----------
    entries : iterable of Entry
        Each key once.

    Returns
    -------
    str
        What `citations_of` gives of each, in the order given.

    Examples
    --------
    >>> print(bibtex([Entry("dataset", {"key": "a", "name": "A", "citation": {"text": "A & B. A set."}})]))
    @misc{a,
      note = {A \& B. A set.},
    }
    <BLANKLINE>
    """
    return to_bibtex(each for entry in entries for each in citations_of(entry))


def csl(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return the references of entries as CSL-JSON items.

    Parameters
    ----------
    entries : iterable of Entry
        Each key once.

    Returns
    -------
    list of dict
        What `citations_of` gives of each, in the order given; ``id`` is the key of the entry, or begins with it.

    Examples
    --------
    >>> csl([Entry("dataset", {"key": "a", "name": "A", "citation": {"text": "A & B. A set."}})])
    [{'id': 'a', 'type': 'dataset', 'note': 'A & B. A set.'}]
    """
    return to_csl(each for entry in entries for each in citations_of(entry))


def _authors(names: Sequence[Sequence[str]], text: str) -> tuple[tuple[str, str], ...]:
    """Return the authors with dots after their initials, and others where the list ends as the words do, in et al."""
    authors = tuple((_line(family), _dotted(_line(initials))) for family, initials in names)
    before, others, _ = text.partition("et al")
    cut = bool(others) and all(family in before for family, _ in authors)
    return (*authors, ("others", "")) if authors and cut else authors


def _named_in(entry: Entry, text: str) -> tuple[tuple[str, str], ...]:
    """Return who the words of a reference begin with, where all of it reads as names; else its creators as groups."""
    text = _line(text)
    creators = tuple(_line(name) for name in entry.fields.get("creator", {}).get("names", ()))
    for name in creators:
        if re.match(rf"{re.escape(name)}\s*[.,;:(]", text):
            return ((name, ""),)
    head = _HEAD.match(text)
    names = [_NAME.fullmatch(part) for part in re.split(r", | and | & ", head["names"])] if head else []
    if head and all(names) and any(each["initials"] for each in names if each):
        authors = tuple((each["family"] or each["single"], _dotted(each["initials"] or "")) for each in names if each)
        return (*authors, ("others", "")) if head["others"] else authors
    return tuple((name, "") for name in creators)


def _dotted(initials: str) -> str:
    """Return "PHC" as "P. H. C.", which every style of citing can read; other names as they are."""
    together = initials.isalpha() and initials.isupper() and len(initials) <= 4
    return " ".join(f"{initial}." for initial in initials) if together else initials


def _line(text: str) -> str:
    """Return text on one line, without characters that cannot be seen."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", " ", text).split())

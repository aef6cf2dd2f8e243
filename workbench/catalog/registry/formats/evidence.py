"""Where the words of an entry come from: the pages that were read, and the claims in a sentence."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.catalog.registry.entries import Claim, Entry, Relation
from workbench.catalog.registry.idc_facts import COUNTED, IdcFacts

_SHARING = {
    "subset_of": "Its images are part of",
    "edition_of": "It is an edition of",
    "derived_from": "It was made from",
    "annotations_of": "It annotates the images of",
    "overlaps": "It has images in common with",
}

_WORDS = {
    "agrees": "agrees",
    "differs": "differs",
    "not_comparable": "counts another thing",
    "unchecked": "not checked",
}
# Another's copy of a number is no source of it.
_COPIED = "a third party says the same"


@dataclass(frozen=True)
class Page:
    """One page that an entry rests on.

    Attributes
    ----------
    address : str
        Where it stands.
    kind : str
        ``creator``, ``repository``, ``paper``, ``registry`` or ``third_party``.
    read : str
        The day on which its text was read.
    words : tuple of str
        What was taken from it, each once.
    """

    address: str
    kind: str
    read: str
    words: tuple[str, ...]


def pages_of(entry: Entry) -> tuple[Page, ...]:
    """Return the pages that an entry rests on, in the order of its file.

    Parameters
    ----------
    entry : Entry
        Any entry.

    Returns
    -------
    tuple of Page
        Each address once for every kind and day; empty when nothing is backed.

    Examples
    --------
    >>> words = {"page": "https://example.org", "words": "CC BY 4.0", "kind": "creator", "read": "2026-01-31"}
    >>> pages_of(Entry("dataset", {"key": "a", "name": "A", "license": {"id": "CC-BY-4.0", "evidence": words}}))
    (Page(address='https://example.org', kind='creator', read='2026-01-31', words=('CC BY 4.0',)),)
    """
    said: dict[tuple[str, str, str], dict[str, None]] = {}
    for found in _evidence(entry.fields):
        said.setdefault((found["page"], found["kind"], found["read"]), {})[found["words"]] = None
    return tuple(Page(*which, tuple(words)) for which, words in said.items())


def claim_words(claim: Claim, facts: IdcFacts | None = None) -> str:
    """Return who states a number, in which words, and what became of it.

    Parameters
    ----------
    claim : Claim
        One claim.
    facts : IdcFacts, optional
        What the index of the Imaging Data Commons counts of the entry.

    Returns
    -------
    str
        One sentence without a period.

    Examples
    --------
    >>> claim_words(Claim("images", 880, "exact", "guide", "radiology:396", "boxes for 880 images", "unchecked"))
    'guide, radiology:396: “boxes for 880 images”; not checked against a source'
    """
    note = f"; {claim.note}" if claim.note else ""
    return f"{claim.source}, {claim.where}: “{claim.words}”; {_verdict(claim, facts)}{note}"


def verdict_word(claim: Claim, facts: IdcFacts | None = None) -> str:
    """Return what became of a number, in a word or two.

    Parameters
    ----------
    claim : Claim
        One claim.
    facts : IdcFacts, optional
        What the index of the Imaging Data Commons counts of the entry.

    Returns
    -------
    str
        A number with no page beside it may still be counted in the index. Where the source holds the very number,
        but of another thing, that is said rather than that they differ; the note says of what.

    Examples
    --------
    >>> source = {"page": "https://example.org", "words": "the parent holds 2,620", "kind": "creator", "read": "2026"}
    >>> said = ("studies", 2620, "exact", "guide", "radiology:1", "2,620 scans", "differs", "", source)
    >>> verdict_word(Claim(*said))
    'counts something else'
    """
    if claim.verdict == "differs" and _holds_number(claim):
        return "counts something else"
    if claim.verdict == "unchecked" and facts is not None and facts.bears_out(claim):
        return COUNTED
    if claim.verdict == "agrees" and (claim.checked_against or {}).get("kind") == "third_party":
        return _COPIED
    return _WORDS[claim.verdict]


def shared_images(relation: Relation) -> str:
    """Return how two entries come to share images, and what to do about it.

    Parameters
    ----------
    relation : Relation
        Of an entry.

    Returns
    -------
    str
        Two sentences; empty when they have no images in common.

    Examples
    --------
    >>> shared_images(Relation("subset_of", "lidc-idri"))
    'Its images are part of lidc-idri. Do not train on one and test on the other.'
    """
    told = _SHARING.get(relation.kind)
    return f"{told} {relation.of}. Do not train on one and test on the other." if told else ""


def quoted(evidence: Mapping[str, str]) -> str:
    """Return the words of a source with their page.

    Parameters
    ----------
    evidence : mapping
        ``words`` and ``page``.

    Returns
    -------
    str
        No sentence of its own.

    Examples
    --------
    >>> quoted({"words": "CC BY 4.0", "page": "https://example.org"})
    '“CC BY 4.0” (https://example.org)'
    """
    return f"“{evidence['words']}” ({evidence['page']})"


def _verdict(claim: Claim, facts: IdcFacts | None) -> str:
    against = claim.checked_against
    source = f" {against['page']} (“{against['words']}”, read {against['read']})" if against else " a source"
    if claim.verdict == "unchecked":
        word = verdict_word(claim, facts)
        return word if word == COUNTED else "not checked against a source"
    between = {"agrees": " with", "differs": " from", "counts another thing": " than", _COPIED: ":"}
    word = verdict_word(claim)
    return f"{word}{between.get(word, ', says')}{source}"


def _holds_number(claim: Claim) -> bool:
    """Whether the words of the source hold the number that is said to differ."""
    words = (claim.checked_against or {}).get("words", "").replace(",", "")
    return any(float(number) == claim.value for number in re.findall(r"\d+(?:\.\d+)?", words))


def _evidence(value: Any) -> Iterator[Mapping[str, str]]:
    """Give every evidence inside, outermost first, in the order of the file."""
    if isinstance(value, Mapping):
        if {"page", "words", "kind", "read"} <= value.keys():
            yield value
        for each in value.values():
            yield from _evidence(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _evidence(each)

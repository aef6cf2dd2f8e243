"""Licenses and named terms: what they allow, and whether an entry's claim to one is confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from workbench.assets import asset_path

#: What an entry says when no source states its license.
UNKNOWN = "unknown"
#: The kinds of source whose words confirm a license; what third parties say does not.
CONFIRMING = ("creator", "repository", "paper", "registry")


@dataclass(frozen=True)
class License:
    """The license or named terms of an entry, as far as a source states them.

    Attributes
    ----------
    id : str
        An SPDX id, ``LicenseRef-…`` for terms in words, or ``"unknown"``.
    name : str
        In words.
    spdx : bool
        Whether the id is on the SPDX License List.
    commercial_use, derivatives, redistribution, attribution, share_alike : str
        ``"yes"``, ``"no"`` or ``"unknown"``.
    url : str
        Where the terms stand.
    basis : str
        The clause or the words that say so.
    evidence : mapping, optional
        Page, words, kind of source and day of reading that assign the license to the entry.
    parts : tuple of (str, License)
        Parts under other terms, such as ``"annotations"``.
    note : str
        In words, such as what third parties report.
    """

    id: str
    name: str = "Not confirmed"
    spdx: bool = False
    commercial_use: str = "unknown"
    derivatives: str = "unknown"
    redistribution: str = "unknown"
    attribution: str = "unknown"
    share_alike: str = "unknown"
    url: str = ""
    basis: str = ""
    evidence: Mapping[str, str] | None = None
    parts: tuple[tuple[str, "License"], ...] = field(default=())
    note: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether it is known and rests on a source that may say so."""
        return self.id != UNKNOWN and self.evidence is not None and self.evidence.get("kind") in CONFIRMING

    @property
    def allows_commercial_use(self) -> bool | None:
        """Whether every part may be used commercially; None when terms must be read or no source confirms them."""
        if not (self.confirmed and all(part.confirmed for _, part in self.parts)):
            return None
        answers = {self.commercial_use, *(part.commercial_use for _, part in self.parts)}
        if "no" in answers:
            return False
        return True if answers == {"yes"} else None


def read_license(stated: Mapping[str, Any], terms: Mapping[str, Mapping[str, Any]] | None = None) -> License:
    """Return the license that an entry states, joined with what its terms allow.

    Parameters
    ----------
    stated : mapping
        The ``license`` of an entry: ``id``, perhaps ``evidence``, ``parts`` and ``note``.
    terms : mapping, optional
        License id to terms; those of the shipped ``licenses.yaml`` when absent.

    Returns
    -------
    License
        Of an id that is not among the terms, nothing is concluded.

    Examples
    --------
    >>> read_license({"id": "CC-BY-NC-4.0"}).commercial_use
    'no'
    """
    known = shipped_terms() if terms is None else terms
    parts = tuple((str(part["part"]), read_license({**part, "parts": []}, known)) for part in stated.get("parts", ()))
    allowed = {name: value for name, value in known.get(stated["id"], {}).items() if name in License.__annotations__}
    return License(
        **{**allowed, "id": stated["id"], "evidence": stated.get("evidence"), "note": stated.get("note", "")},
        parts=parts,
    )


@cache
def shipped_terms() -> Mapping[str, Mapping[str, Any]]:
    """Return every license that the shipped data catalog knows.

    Returns
    -------
    mapping
        License id to ``name``, ``spdx``, ``commercial_use``, ``derivatives``, ``redistribution``, ``attribution``,
        ``url``, ``basis``, perhaps ``share_alike``.
    """
    from workbench.catalog.documents.lines import read_document

    terms: Mapping[str, Mapping[str, Any]] = read_document(asset_path("data_catalog", "licenses.yaml")).value
    return terms

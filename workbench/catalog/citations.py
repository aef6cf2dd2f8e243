"""Citations: a reference in words becomes its parts, and the parts become BibTeX, CSL-JSON or text.

References
----------
Publication Manual of the American Psychological Association, 7th ed., 9.8 (the ellipsis in long author lists).
Citation Style Language, CSL-JSON schema 1.0.2, https://docs.citationstyles.org/en/stable/specification.html
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_REFERENCE = re.compile(
    r"^(?P<authors>[^<>]+?)\s*\((?P<year>\d{4})\)\.?\s*"
    r"<i>(?P<title>[^<>]+?)\s*</i>\s*\.?\s*"
    r"(?:\(Version (?P<version>[^()]+)\)\.?\s*)?"
    r"(?P<kind>\[Data ?set\])?\.?\s*"
    r"(?P<publisher>[^.<>]+)\.\s*https?://doi\.org/(?P<doi>10\.\S+?)\.?$",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"^(?:[^\W\d_]{1,2}\.[\s-]*)+$")  # "E. B.", "J.-F.", "Yu."
_OTHERS = "others"  # what BibTeX and pandoc's CSL read as "et al."
# BibTeX counts braces whether or not a backslash stands before them: in words, none is left open.
_TEX = {sign: f"\\{sign}" for sign in "&%$#_"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
}


@dataclass(frozen=True)
class Citation:
    """One reference: what is surely known of its parts, and always the whole in words.

    Attributes
    ----------
    doi : str
        Lower case, without address; empty when it has none.
    text : str
        The reference in words; empty when none is known.
    authors : tuple of (str, str)
        Family name and initials; the initials are empty for a group. A last ``("others", "")`` stands for names
        that the reference leaves out. Empty where the names cannot be told apart for sure.
    year, title, version, publisher : str
        Empty where the reference does not say.
    article : bool
        Whether it is an article in a journal, which `publisher` then names, rather than a dataset.
    url : str
        Where it stands when it has no DOI.
    label : str
        Its name in bibliographies, where author and year shall not make one.
    """

    doi: str
    text: str = ""
    authors: tuple[tuple[str, str], ...] = ()
    year: str = ""
    title: str = ""
    version: str = ""
    publisher: str = ""
    article: bool = False
    url: str = ""
    label: str = ""

    @property
    def key(self) -> str:
        """A name for bibliographies, such as ``Tsai2020_vtw4-x588``."""
        if self.label:
            return self.label
        first = re.sub(r"\W", "", self.authors[0][0]) if self.authors else "Dataset"
        return f"{first}{self.year}_{re.sub(r'[^A-Za-z0-9.-]', '-', self.doi.split('/')[-1])}"


def read_citation(doi: str, text: str = "") -> Citation:
    """Return a reference in the style of the APA taken apart, as far as that is certain.

    Parameters
    ----------
    doi : str
        With or without address, in any case.
    text : str
        The reference, perhaps with line breaks and HTML markup.

    Returns
    -------
    Citation
        Where the parts cannot be told apart, only the words.

    Examples
    --------
    >>> cited = read_citation(
    ...     "10.1/X", "Doe, J., &amp; Roe, R. (2020). <i>A set</i> [Data set]. Z. https://doi.org/10.1/X"
    ... )
    >>> cited.authors, cited.title, cited.key
    ((('Doe', 'J.'), ('Roe', 'R.')), 'A set', 'Doe2020_x')
    """
    plain_doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:)", "", doi.strip().lower())
    marked = " ".join(html.unescape(text).split())
    words = re.sub(r"\s+([.,;)])", r"\1", re.sub(r"</?\w+[^<>]*>", "", marked)).strip()
    found = _REFERENCE.match(marked)
    if found is None or found["doi"].lower() != plain_doi:
        return Citation(plain_doi, words)
    return Citation(
        doi=plain_doi,
        text=words,
        authors=_read_authors(found["authors"].strip()),
        year=found["year"],
        title=found["title"],
        version=(found["version"] or "").strip(),
        publisher=found["publisher"].strip(),
    )


def to_bibtex(citations: Iterable[Citation]) -> str:
    """Return references as BibTeX entries, in the order given.

    Parameters
    ----------
    citations : iterable of Citation
        Each DOI once.

    Returns
    -------
    str
        One entry each; what could not be taken apart stands in ``note``.
    """
    return "\n\n".join(_bibtex_entry(citation) for citation in citations) + "\n"


def to_csl(citations: Iterable[Citation]) -> list[dict[str, Any]]:
    """Return references as CSL-JSON items, in the order given.

    Parameters
    ----------
    citations : iterable of Citation
        Each DOI once.

    Returns
    -------
    list of dict
        Ready for ``json.dump``; what could not be taken apart stands in ``note``.
    """
    return [_csl_item(citation) for citation in citations]


def _read_authors(names: str) -> tuple[tuple[str, str], ...]:
    """Return pairs of family name and initials, or nothing when the list does not read as such pairs throughout."""
    parts = [part.strip() for part in re.sub(r",?\s*&\s*", ", ", names).split(",")]
    if len(parts) == 1:
        return ((parts[0].rstrip("."), ""),)  # a group
    authors: list[tuple[str, str]] = []
    left = [part for part in parts if part]
    while left:
        if left[0].startswith(("…", "...")):
            return (*authors, (_OTHERS, ""))
        if len(left) < 2 or not _INITIALS.match(left[1]):
            return ()
        authors.append((left[0], left[1]))
        left = left[2:]
    return tuple(authors)


def _bibtex_entry(citation: Citation) -> str:
    whole = citation.text if not (citation.authors and citation.title) else ""
    dataset = "" if citation.article else " ".join(filter(None, [_version(citation), "Data set."]))
    fields = {
        "author": " and ".join(_bibtex_name(*name) for name in citation.authors),
        "title": f"{{{_tex(citation.title)}}}" if citation.title else "",  # the inner braces keep the capitals
        "year": citation.year,
        "journal" if citation.article else "howpublished": _tex(citation.publisher),
        "note": _tex(whole or (dataset if citation.title else "")),
        "doi": _in_braces(citation.doi),
        "url": _in_braces(_address(citation)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{'article' if citation.article else 'misc'}{{{citation.key},", *lines, "}"])


def _bibtex_name(family: str, initials: str) -> str:
    if not initials:
        return family if family == _OTHERS else f"{{{_tex(family)}}}"
    divides = re.search(r",|\band\b", family)  # BibTeX would read two names
    return f"{f'{{{_tex(family)}}}' if divides else _tex(family)}, {_tex(initials)}"


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in text)


def _in_braces(address: str) -> str:
    """Return an address, which BibTeX keeps as it is, with no brace that could end the field."""
    return address.replace("{", "%7B").replace("}", "%7D")


def _version(citation: Citation) -> str:
    return f"Version {citation.version}." if citation.version else ""


def _address(citation: Citation) -> str:
    return f"https://doi.org/{citation.doi}" if citation.doi else citation.url


def _csl_item(citation: Citation) -> dict[str, Any]:
    names = citation.authors
    authors = [{"family": family, "given": given} if given else {"literal": family} for family, given in names]
    item = {
        "id": citation.key,
        "type": "article-journal" if citation.article else "dataset",
        "title": citation.title,
        "author": authors,
        "issued": {"date-parts": [[int(citation.year)]]} if citation.year else None,
        "version": citation.version,
        "container-title" if citation.article else "publisher": citation.publisher,
        "DOI": citation.doi,
        "URL": _address(citation),
        "note": "" if authors and citation.title else citation.text,
    }
    return {name: value for name, value in item.items() if value}

"""Entries as cards in Markdown: a head in YAML as the Hugging Face hub reads it, and the facts in words.

References
----------
Hugging Face, Dataset Cards, https://huggingface.co/docs/hub/datasets-cards
"""

from collections.abc import Iterator

from workbench.catalog.citations import to_bibtex
from workbench.catalog.registry.entries import Claim, Entry
from workbench.catalog.registry.formats.card_head import card_head
from workbench.catalog.registry.formats.evidence import pages_of, shared_images, verdict_word
from workbench.catalog.registry.formats.fair import fair_check
from workbench.catalog.registry.formats.markdown import fenced, link, plain, table
from workbench.catalog.registry.formats.references import citations_of
from workbench.catalog.registry.idc_facts import IdcFacts
from workbench.catalog.registry.licenses import License

_USES = {True: "yes", False: "**no**", None: "read the terms"}


class Card(str):
    """A card: text, whose head only machines read; shown in a notebook as a page."""

    __slots__ = ()

    @property
    def body(self) -> str:
        """The card without the head, for people."""
        return self.split("---\n\n", maxsplit=1)[1]

    def _repr_markdown_(self) -> str:
        return self.body


def card(entry: Entry, facts: IdcFacts | None = None) -> Card:
    """Return an entry as a card.

    Parameters
    ----------
    entry : Entry
        Any entry.
    facts : IdcFacts, optional
        What the index of the Imaging Data Commons counts of it.

    Returns
    -------
    Card
        Markdown, a str: warnings first, then numbers with their sources, terms, whom it describes, labels, relatives,
        documentation, the FAIR self-check, the reference and every page that was read. What nobody states is left out
        or reads unknown.

    Examples
    --------
    >>> text = card(Entry("dataset", {"key": "a", "name": "A_1", "summary": "S.", "license": {"id": "unknown"}}))
    >>> next(line for line in text.splitlines() if line.startswith("# "))
    '# A\\\\_1'
    """
    sections = [
        ("", plain(entry.summary)),
        ("Know before use", _listed(_warnings(entry))),
        ("Size", _size(entry, facts)),
        ("License and access", _listed(_terms(entry))),
        ("Whom it describes", _people(entry, facts) if entry.kind in ("dataset", "collection") else ""),
        ("Labels", _labels(entry)),
        ("Related", _listed(_relatives(entry))),
        ("What the guides say", _listed(_guides(entry))),
        ("How it is documented", _documentation(entry)),
        ("FAIR self-check", _fair(entry)),
        ("To cite", _citation(entry)),
        (
            "Pages read",
            _listed(
                f"{link(page.address)}, {page.kind.replace('_', ' ')}, read {page.read}" for page in pages_of(entry)
            ),
        ),
    ]
    text = "\n\n".join(f"## {title}\n\n{body}" if title else body for title, body in sections if body)
    return Card(f"---\n{card_head(entry)}---\n\n# {plain(entry.name)}\n\n{text}\n")


def _warnings(entry: Entry) -> Iterator[str]:
    if not entry.license_confirmed:
        yield "No source states its license: nothing may be concluded on its use."
    elif entry.commercial_use is False:
        yield "No commercial use."
    elif entry.commercial_use is None:
        yield "Its terms must be read before use."
    yield from (plain(said) for relation in entry.relations if (said := shared_images(relation)))
    for known in entry.fields.get("known_issues", ()):
        yield f"{plain(known['issue'])} ({link(known['evidence']['page'])})"
    for conflict in entry.fields.get("conflicts", ()):
        yield f"Sources disagree: {plain(conflict['nature'])} {plain(conflict['resolution'])}"


def _size(entry: Entry, facts: IdcFacts | None) -> str:
    rows = [
        (plain(claim.amount), plain(f"{claim.source}, {claim.where}"), plain(claim.words), _verdict(claim, facts))
        for claim in entry.claims
    ]
    counted = plain(facts.sentence) if facts else ""
    return "\n\n".join(part for part in (table(("number", "stated by", "words", "compared"), rows), counted) if part)


def _verdict(claim: Claim, facts: IdcFacts | None) -> str:
    against = claim.checked_against
    said = f": “{plain(against['words'])}” {link(against['page'])}" if against else ""
    word = verdict_word(claim, facts)
    word = f"**{word}**" if claim.verdict == "differs" else word
    return f"{word}{said}{f'; {plain(claim.note)}' if claim.note else ''}"


def _terms(entry: Entry) -> Iterator[str]:
    yield f"License: {_license(entry.license)}"
    for part, terms in entry.license.parts:
        yield f"License of {plain(part)}: {_license(terms)}"
    if entry.license.note:
        yield plain(entry.license.note)
    yield f"Commercial use: {_USES[entry.commercial_use] if entry.license_confirmed else 'unknown'}"
    access = entry.fields.get("access", {})
    how = f". {plain(access['how'])}" if "how" in access else ""
    yield f"Access: {plain(entry.access.replace('_', ' '))}{how}"
    if entry.url:
        yield f"Page: {link(entry.url)}"
    for name in ("creator", "publisher", "published", "version"):
        if stated := entry.fields.get(name):
            yield f"{name.capitalize()}: {plain(', '.join(stated['names']) if name == 'creator' else stated)}"


def _license(terms: License) -> str:
    if terms.evidence is None:
        return "not confirmed"
    name = f"{plain(terms.name)} ({plain(terms.id)})" if terms.name != terms.id else plain(terms.id)
    where = f", {link(terms.url)}" if terms.url else ""
    return f"{name}{where}, from the words “{plain(terms.evidence['words'])}” {link(terms.evidence['page'])}"


def _people(entry: Entry, facts: IdcFacts | None) -> str:
    said = entry.fields.get("demographics", {}).get("text", "")
    rows = [(name, answer) for name, answer in entry.demographics.items()]
    known = ""
    if facts and facts.relation == "same" and facts.people:
        known = f"In IDC age is known of {facts.age_known:.0%} and sex of {facts.sex_known:.0%}."
    parts = (table(("given per person", "answer"), rows), plain(said), plain(known))
    return "\n\n".join(part for part in parts if part)


def _labels(entry: Entry) -> str:
    stated = entry.fields.get("annotations")
    if not stated:
        return ""
    made = f"Kinds: {plain(', '.join(stated['kinds']) or 'none')}. Made by: {plain(stated['by'])}."
    splits = entry.fields.get("splits")
    return "\n\n".join([plain(stated["text"]), made, *([f"Splits: {plain(splits['text'])}"] if splits else [])])


def _relatives(entry: Entry) -> Iterator[str]:
    for relation in entry.relations:
        note = f": {plain(relation.note)}" if relation.note else ""
        yield f"{plain(relation.said)}{note}"
    for key in entry.fields.get("trained_on", ()):
        yield f"trained on {plain(key)}"


def _guides(entry: Entry) -> Iterator[str]:
    for row in entry.fields.get("guide_rows", ()):
        said = "; ".join(row[name] for name in ("name", "size", "says", "source") if name in row)
        yield f"{plain(row['row'])}: {plain(said)}"
    for words in entry.fields.get("guide_advice", ()):
        yield f"“{plain(words)}”"


def _documentation(entry: Entry) -> str:
    answered = entry.fields.get("standing_together", {}).items()
    rows = [
        (plain(item), answer["answer"], f"“{plain(answer['evidence']['words'])}” {link(answer['evidence']['page'])}")
        for item, answer in answered
    ]
    return table(("asked, after STANDING Together", "answer", "words"), rows)


def _fair(entry: Entry) -> str:
    report = fair_check(entry)
    return "\n\n".join(
        [
            report.summary,
            _listed(
                f"{check.metric.identifier}: {plain(check.missing)} {plain(check.mend)}" for check in report.to_mend
            ),
        ]
    )


def _citation(entry: Entry) -> str:
    cited = citations_of(entry)
    told = "\n\n".join(plain(each.text) for each in cited)
    return f"{told}\n\n{fenced(to_bibtex(cited).strip(), 'bibtex')}"


def _listed(lines: Iterator[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)

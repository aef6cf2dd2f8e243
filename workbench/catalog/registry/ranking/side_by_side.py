"""Entries side by side: attributes down, entries across, differences marked, and what they share said first."""

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations
from typing import TYPE_CHECKING

from workbench.catalog.registry.entries import Claim, Entry
from workbench.catalog.registry.families import Families
from workbench.catalog.registry.idc_facts import COUNTED, IdcFacts
from workbench.catalog.registry.ranking.meeting_sizes import STATED_BY, saying
from workbench.markup import html_table

if TYPE_CHECKING:
    import polars as pl

_UNKNOWN, _NO_FACTS = "not known", "no facts"
_WIDTH = 34  # characters of a column of text
_FOUND = {"agrees": "agree", "differs": "differ"}
_VERDICTS = {"not_comparable": "not comparable with the source", "unchecked": "not checked"}
_COMMERCIAL = {True: "yes", False: "no", None: "read the terms"}


@dataclass(frozen=True)
class ComparedRow:
    """One attribute of every entry.

    Attributes
    ----------
    attribute : str
        In words.
    cells : tuple of str
        One an entry, in order; what no source states reads "not known".
    comparable : bool
        Whether two or more cells count the same thing.
    """

    attribute: str
    cells: tuple[str, ...]
    comparable: bool = True

    @property
    def differs(self) -> bool:
        """Whether what is known is not all the same; not to be known is no difference, nor is another order."""
        known = {tuple(sorted(cell.split("; "))) for cell in self.cells if cell not in (_UNKNOWN, _NO_FACTS)}
        return self.comparable and len(known) > 1


@dataclass(frozen=True)
class Comparison:
    """Entries side by side.

    Attributes
    ----------
    keys, names : tuple of str
        Of the entries, in order.
    rows : tuple of ComparedRow
        The attributes that at least one entry states.
    shared : tuple of str
        For each two entries that share images, a sentence that says so and what to do about it.
    not_recorded : tuple of str
        For each other two, that none are recorded, which rules nothing out.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[ComparedRow, ...]
    shared: tuple[str, ...] = ()
    not_recorded: tuple[str, ...] = ()

    @property
    def table(self) -> "pl.DataFrame":
        """One row an attribute: ``attribute``, ``differs``, and a column for each entry, named by its key."""
        import polars as pl

        columns = {key: [row.cells[place] for row in self.rows] for place, key in enumerate(self.keys)}
        asked = {"attribute": [row.attribute for row in self.rows], "differs": [row.differs for row in self.rows]}
        return pl.DataFrame(
            {**asked, **columns},
            schema={"attribute": pl.String, "differs": pl.Boolean, **dict.fromkeys(self.keys, pl.String)},
        )

    def __str__(self) -> str:
        widest = max(len(row.attribute) for row in self.rows)
        lines = [*(f"! {said}" for said in self.shared), *self.not_recorded]
        lines.append(_line("", "", [(name,) for name in self.names], widest))
        for row in self.rows:
            wrapped = [textwrap.wrap(cell, _WIDTH) or [""] for cell in row.cells]
            lines.append(_line("≠" if row.differs else " ", row.attribute, wrapped, widest))
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        said = "".join(f"<p><strong>Warning:</strong> {escape(each)}</p>" for each in self.shared)
        said += "".join(f"<p>{escape(each)}</p>" for each in self.not_recorded)
        rows = [(f"{'≠ ' if row.differs else ''}{row.attribute}", *row.cells) for row in self.rows]
        return f"{said}{html_table(('', *self.names), rows, heads=True)}<p>≠ marks what differs.</p>"


def compare(
    entries: Iterable[Entry],
    *,
    leakage: Callable[[str, str], str | None] | None = None,
    facts: Mapping[str, IdcFacts] | None = None,
) -> Comparison:
    """Return entries side by side.

    Parameters
    ----------
    entries : iterable of Entry
        Two or more.
    leakage : callable, optional
        Two keys to the sentence that says which images they share, or None; from their own relations when absent.
    facts : mapping, optional
        Key to what the index of the Imaging Data Commons counts.

    Returns
    -------
    Comparison
        Every number with who states it and what became of it when it was checked.

    Raises
    ------
    ValueError
        For fewer than two entries, or one twice.

    Examples
    --------
    >>> one = Entry("dataset", {"key": "one", "name": "One", "modality": ["CT"]})
    >>> two = Entry("dataset", {"key": "two", "name": "Two", "modality": ["MR"]})
    >>> [row.attribute for row in compare([one, two]).rows if row.differs]
    ['Modality']
    """
    listed = tuple(entries)
    keys = tuple(each.key for each in listed)
    if len(set(keys)) < 2 or len(set(keys)) < len(keys):
        raise ValueError(
            f"Got {', '.join(keys) or 'no entries'} to compare. A comparison needs two or more different entries. "
            "Name another one, such as compare('lidc-idri', 'luna16')."
        )
    share = leakage or Families(listed).leakage
    pairs = {(one.name, other.name): share(*sorted((one.key, other.key))) for one, other in combinations(listed, 2)}
    return Comparison(
        keys=keys,
        names=tuple(each.name for each in listed),
        rows=tuple(_rows(listed, facts or {})),
        shared=tuple(said for said in pairs.values() if said),
        not_recorded=tuple(
            f"No shared images are recorded between {one} and {other}; no page that was read rules them out."
            for (one, other), said in pairs.items()
            if not said
        ),
    )


def _rows(entries: Sequence[Entry], facts: Mapping[str, IdcFacts]) -> Iterator[ComparedRow]:
    """Yield the rows that at least one entry fills."""
    for attribute, say in _ATTRIBUTES.items():
        if attribute == _SIZES_HERE:
            yield from _size_rows(entries, facts)
            continue
        cells = tuple(say(entry) for entry in entries)
        if any(cells):
            yield ComparedRow(attribute, tuple(cell or _UNKNOWN for cell in cells))
    if facts:
        told = (facts[each.key].sentence if each.key in facts else _NO_FACTS for each in entries)
        yield ComparedRow("In the Imaging Data Commons", tuple(told))


def _size_rows(entries: Sequence[Entry], facts: Mapping[str, IdcFacts]) -> Iterator[ComparedRow]:
    """Yield a row for each quantity that somebody states: every claim, its source, and the verdict."""
    quantities = dict.fromkeys(claim.quantity for entry in entries for claim in entry.claims)
    for quantity in quantities:
        stated = [[claim for claim in entry.claims if claim.quantity == quantity] for entry in entries]
        known = [facts.get(entry.key) for entry in entries]
        cells = (
            "; ".join(dict.fromkeys(_claimed(claim, counts) for claim in claims)) or _UNKNOWN
            for claims, counts in zip(stated, known, strict=True)
        )
        # Numbers of the whole and of a part of another set are no two numbers of the same.
        counted = [claim.of for claims in stated for claim in {claim.of: claim for claim in claims}.values()]
        comparable = len(set(counted)) < len(counted)
        yield ComparedRow(quantity.replace("_", " ").capitalize(), tuple(cells), comparable)


def _claimed(claim: Claim, facts: IdcFacts | None) -> str:
    kind = (claim.checked_against or {}).get("kind", "third_party")
    found = (
        f"{STATED_BY[kind]} {saying(kind, _FOUND[claim.verdict])}"
        if claim.verdict in _FOUND
        else _VERDICTS[claim.verdict]
    )
    if claim.verdict == "unchecked" and facts is not None and facts.bears_out(claim):
        found = COUNTED
    return f"{claim.amount} ({STATED_BY[claim.source]}; {found})"


def _license(entry: Entry) -> str:
    terms = entry.license
    if not entry.license_confirmed:
        return "not confirmed"
    parts = "".join(f"; {part}: {other.name}" for part, other in terms.parts)
    return f"{terms.name} [{terms.id}]{parts}"


def _field(name: str, part: str = "") -> Callable[[Entry], str]:
    """Return what reads a field of an entry's file, or a part of it, as text."""

    def read(entry: Entry) -> str:
        value = entry.fields.get(name)
        if part and value is not None:
            value = value.get(part)
        return "; ".join(map(str, value)) if isinstance(value, list) else str(value or "")

    return read


def _answer(name: str) -> Callable[[Entry], str]:
    """Return what reads whether something about the patients is given."""

    def read(entry: Entry) -> str:
        given = entry.demographics[name]
        return "" if given == "unknown" else given

    return read


_SIZES_HERE = "Sizes"
_ATTRIBUTES: dict[str, Callable[[Entry], str]] = {
    "Kind": lambda entry: {"dataset": "data set", "collection": "collection of IDC"}.get(entry.kind, entry.kind),
    "What it is": lambda entry: entry.summary,
    "Modality": lambda entry: "; ".join(entry.modality),
    "Body region": lambda entry: "; ".join(entry.body_region),
    "Organs": lambda entry: "; ".join(entry.organs),
    "Conditions": lambda entry: "; ".join(entry.conditions),
    "Tasks": lambda entry: "; ".join(entry.tasks),
    "Parts": lambda entry: "; ".join(
        f"{each['name']} ({', '.join(each['modality'])})" for each in entry.fields.get("parts", ())
    ),
    _SIZES_HERE: lambda _: "",
    "Annotations": _field("annotations", "text"),
    "Annotated by": _field("annotations", "by"),
    "Official splits": _field("splits", "text"),
    "License": _license,
    "Commercial use": lambda entry: _COMMERCIAL[entry.commercial_use] if entry.license_confirmed else _UNKNOWN,
    "Share-alike": lambda entry: entry.license.share_alike if entry.license.share_alike == "yes" else "",
    "Access": lambda entry: "" if entry.access == "unknown" else entry.access.replace("_", " "),
    "Age": _answer("age"),
    "Sex": _answer("sex"),
    "Race": _answer("race"),
    "Ethnicity": _answer("ethnicity"),
    "Countries": _field("countries"),
    "Creators": _field("creator", "names"),
    "Published": _field("published"),
    "Version": _field("version"),
    "Formats": _field("formats"),
    "Relatives": lambda entry: "; ".join(each.said for each in entry.relations),
    "Known issues": lambda entry: " ".join(each["issue"] for each in entry.fields.get("known_issues", ())),
    "DOI": lambda entry: entry.doi,
    "Page": lambda entry: entry.url,
}


def _line(sign: str, attribute: str, wrapped: Sequence[Sequence[str]], widest: int) -> str:
    """Return one row of text; a long cell runs over several lines."""
    height = max(len(cell) for cell in wrapped)
    lines = []
    for at in range(height):
        before = f"{sign or ' '} {attribute:<{widest}}" if at == 0 else " " * (widest + 2)
        cells = (f"{cell[at] if at < len(cell) else '':<{_WIDTH}}" for cell in wrapped)
        lines.append("  ".join((before, *cells)).rstrip())
    return "\n".join(lines)

"""Where two guides, or a guide and a source, do not say the same of a data set."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import TYPE_CHECKING

from workbench.catalog.registry.entries import Claim, Entry
from workbench.markup import html_table

if TYPE_CHECKING:
    import polars as pl

_TOLD = ("between", "nature", "resolution")
_HEADS = {"number": "Numbers:", "terms": "Terms:", "edition": "Editions:", "wording": "Only worded differently:"}
_ABOUT = 0.1  # "about 2,000" does not contradict 1,950; a tenth apart it does


@dataclass(frozen=True)
class Conflict:
    """One disagreement.

    Attributes
    ----------
    key : str
        The entry.
    between : tuple of str
        Rows of the guides, or who else.
    nature : str
        What they say.
    resolution : str
        What became of it; empty where nobody has resolved it.
    found : {"computed", "written"}
        By comparing claims, or by a person.
    kind : {"number", "terms", "edition", "wording"}
        What it is about; of those of wording both say the same.
    """

    key: str
    between: tuple[str, ...]
    nature: str
    resolution: str
    found: str
    kind: str = "number"


@dataclass(frozen=True)
class Conflicts:
    """All disagreements of a catalog; prints as a list.

    Attributes
    ----------
    rows : tuple of Conflict
        Numbers, terms, editions, then what is only worded differently; within each by entry.
    """

    rows: tuple[Conflict, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Conflict]:
        return iter(self.rows)

    @property
    def table(self) -> "pl.DataFrame":
        """One row a disagreement: ``key``, ``kind``, ``between``, ``nature``, ``resolution``, ``found``."""
        import polars as pl

        rows = [{**vars(row), "between": "; ".join(row.between)} for row in self.rows]
        return pl.DataFrame(rows, schema=dict.fromkeys(("key", "kind", *_TOLD, "found"), pl.String))

    def __repr__(self) -> str:
        """Show each with who says what."""
        lines: list[str] = []
        for kind, rows in groupby(self.rows, key=lambda row: row.kind):
            lines += [
                _HEADS[kind],
                *(f"{r.key} ({', '.join(r.between)}): {r.nature} {r.resolution}".rstrip() for r in rows),
            ]
        return "\n".join(lines) or "No disagreements."

    def _repr_html_(self) -> str:
        cells = [(row.kind, row.key, ", ".join(row.between), row.nature, row.resolution) for row in self.rows]
        heads = ("about", "key", "between", "what they say", "resolution")
        return html_table(heads, cells) if cells else f"<p>{self!r}</p>"


def find_conflicts(entries: Iterable[Entry]) -> Conflicts:
    """Return what the guides and sources of entries disagree about.

    Two claims contradict each other when they count the same of the same set and cannot both be true: "2,000+" and
    2,500 can, 1,000 and 1,018 cannot. A claim that was found to differ from its source contradicts the source. What
    a person has written about the same rows of guides stands instead.

    Parameters
    ----------
    entries : iterable of Entry
        Any.

    Returns
    -------
    Conflicts
        Empty when all agree.

    Examples
    --------
    >>> said = {"quantity": "images", "qualifier": "exact", "source": "guide", "verdict": "unchecked"}
    >>> claims = [{**said, "value": n, "where": f"guide:{n}", "words": f"{n} images"} for n in (7, 9)]
    >>> find_conflicts([Entry("dataset", {"key": "invented", "name": "Invented", "claims": claims})])
    Numbers:
    invented (guide:7, guide:9): 7 images, and 9 images.
    """
    rows = [row for entry in entries for row in _of_one(entry)]
    return Conflicts(tuple(sorted(rows, key=lambda row: list(_HEADS).index(row.kind))))


def _of_one(entry: Entry) -> Iterator[Conflict]:
    """The disagreements of an entry; what a person has written of goes before what is computed."""
    written = [
        Conflict(
            entry.key,
            tuple(each["between"]),
            each["nature"],
            each["resolution"],
            "written",
            each.get("kind", "number"),
        )
        for each in entry.fields.get("conflicts", ())
    ]
    guides = [claim for claim in entry.claims if claim.source == "guide"]
    for one, other in combinations(guides, 2):
        rows, alike = {one.where, other.where}, (one.quantity, one.of) == (other.quantity, other.of)
        told = any(rows <= set(each.between) for each in written)
        if len(rows) == 2 and alike and not told and _apart(one, other):
            nature = f"{one.amount}, and {other.amount}."
            yield Conflict(entry.key, (one.where, other.where), nature, "", "computed")
    for claim in guides:
        if claim.verdict == "differs" and not any(claim.where in each.between for each in written):
            source = claim.checked_against or {}
            nature = f"{claim.amount}; the source: {source.get('words', '')}"
            yield Conflict(entry.key, (claim.where, source.get("kind", "source")), nature, claim.note, "computed")
    yield from written


def _apart(one: Claim, other: Claim) -> bool:
    """Whether two numbers of the same thing cannot both be true."""
    low, high = sorted((one, other), key=lambda claim: claim.value)
    if low.qualifier == "at_least":  # "900+" and any higher number
        return False
    if "about" in (low.qualifier, high.qualifier):
        return high.value - low.value > _ABOUT * high.value
    return low.value != high.value

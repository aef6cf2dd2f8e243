"""A recommendation: who suits, who nearly does, whose license is not confirmed; as text, as HTML, as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from workbench.catalog.registry.meeting import Answer, Remark
from workbench.catalog.registry.needs import Needs
from workbench.markup import link

if TYPE_CHECKING:
    import polars as pl

_SHOWN = 5  # choices of each kind that are printed; the table has all


@dataclass(frozen=True)
class Choice:
    """One entry, how well it suits, why, and what to beware of.

    Attributes
    ----------
    key, name : str
        Of the entry.
    score : float
        Comparable within one recommendation.
    reasons, warnings : tuple of Remark
        Sentences, each with the page it rests on where the entry names one.
    unmet : tuple of Answer
        The needs it does not meet or that are not known of it; empty for a ranked choice.
    """

    key: str
    name: str
    score: float
    reasons: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    unmet: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Recommendation:
    """What suits a question, best first, and who nearly does.

    Attributes
    ----------
    needs : Needs
        As they were understood.
    ranked : tuple of Choice
        Every entry that meets every hard need and whose license is confirmed.
    near_misses : tuple of Choice
        Confirmed entries that fail one need, or of which one is not known; the need is named. All that is asked about
        the patients is one need. Who shows another modality or part of the body, or serves another task, is near only
        when another such need is met.
    not_confirmed : tuple of Choice
        Entries whose license no source confirms, never recommended as usable: first those that meet all other needs,
        then those that fail one.
    nearest : tuple of Choice
        When nobody is ranked: the confirmed entries that fail the fewest needs, among those that show what is asked
        for and serve the task if there are any.
    searched, not_understood : tuple of str
        Words beside the needs, by whether any entry holds them.
    """

    needs: Needs
    ranked: tuple[Choice, ...] = ()
    near_misses: tuple[Choice, ...] = ()
    not_confirmed: tuple[Choice, ...] = ()
    nearest: tuple[Choice, ...] = ()
    searched: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()

    @property
    def best(self) -> Choice | None:
        """The first choice; None when nobody meets all needs."""
        return self.ranked[0] if self.ranked else None

    @property
    def table(self) -> "pl.DataFrame":
        """One row an entry: ``standing place key name score reasons warnings unmet``."""
        return _as_table(self)

    @property
    def understood(self) -> str:
        """What was understood, and what was not, in a sentence each."""
        return _understood(self)

    @property
    def verdict(self) -> str:
        """How many suit; says so when nobody does."""
        what = {"dataset": "data set", "model": "model", "framework": "framework"}[self.needs.kind]
        many = len(self.ranked) > 1
        if not self.ranked:
            return f"No {what} with a confirmed license meets all needs."
        if not self.needs.said():
            return f"Nothing narrows the catalog: {len(self.ranked)} {what}{'s' if many else ''}, ordered by the words."
        return f"{len(self.ranked)} {what}{'s' if many else ''} {'meet' if many else 'meets'} all needs."

    def as_fields(self) -> dict[str, Any]:
        """Return the answer as plain values, the same that the page's twin gives.

        Returns
        -------
        dict
            ``needs said understood verdict ranked near_misses not_confirmed nearest searched not_understood``.
        """
        groups = ("ranked", "near_misses", "not_confirmed", "nearest")
        return {
            "needs": self.needs.as_fields(),
            "said": list(self.needs.said()),
            "understood": self.understood,
            "verdict": self.verdict,
            **{name: [_plain(choice) for choice in getattr(self, name)] for name in groups},
            "searched": list(self.searched),
            "not_understood": list(self.not_understood),
        }

    def __str__(self) -> str:
        return _as_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return _as_html(self)


def _plain(choice: Choice) -> dict[str, Any]:
    unmet = [{"need": each.need, "met": each.met, "about": each.about, **vars(each.remark)} for each in choice.unmet]
    said = {name: [dict(vars(each)) for each in getattr(choice, name)] for name in ("reasons", "warnings")}
    return {"key": choice.key, "name": choice.name, "score": choice.score, **said, "unmet": unmet}


def _understood(found: Recommendation) -> str:
    """Return what was understood of a question, and what was not."""
    said = found.needs.said()
    parts = [f"Understood: {'; '.join(said)}." if said else "No need was understood."]
    if found.searched:
        parts.append(f"Searched for: {', '.join(found.searched)}.")
    if found.not_understood:
        parts.append(f"Not understood: {', '.join(found.not_understood)}.")
    return " ".join(parts)


def _as_text(found: Recommendation) -> str:
    """Return the answer as text."""
    lines = [_understood(found), found.verdict]
    for place, choice in enumerate(found.ranked[:_SHOWN], 1):
        lines += [f"{place}. {choice.name} [{choice.key}]", *(f"   + {each}" for each in choice.reasons)]
        lines += [f"   ! {each}" for each in choice.warnings]
    for title, choices in _rest(found):
        said = {choice: " ".join(f"{before}{why}" for before, why in _why(choice)) for choice in choices}
        lines += [title, *(f"   {choice.name} [{choice.key}]: {why}" for choice, why in said.items())]
    return "\n".join(lines)


def _as_html(found: Recommendation) -> str:
    """Return the answer as HTML for a notebook."""
    parts = [f"<p>{escape(_understood(found))}</p><p><strong>{escape(found.verdict)}</strong></p>"]
    if found.ranked:
        parts.append(f"<ol>{''.join(_item(choice) for choice in found.ranked[:_SHOWN])}</ol>")
    for title, choices in _rest(found):
        items = "".join(f"<li>{escape(choice.name)}: {' '.join(map(_linked, _why(choice)))}</li>" for choice in choices)
        parts.append(f"<p>{escape(title)}</p><ul>{items}</ul>")
    return "".join(parts)


def _as_table(found: Recommendation) -> "pl.DataFrame":
    """Return every choice of the answer as one table."""
    import polars as pl

    groups = {"ranked": found.ranked, "near miss": found.near_misses, "not confirmed": found.not_confirmed}
    rows = [
        (standing, place, choice.key, choice.name, choice.score, *(_joined(each) for each in _parts(choice)))
        for standing, choices in groups.items()
        for place, choice in enumerate(choices, 1)
    ]
    texts = dict.fromkeys(("reasons", "warnings", "unmet"), pl.String)
    schema = {"standing": pl.String, "place": pl.Int64, "key": pl.String, "name": pl.String, "score": pl.Float64}
    return pl.DataFrame(rows, schema={**schema, **texts}, orient="row")


def _rest(found: Recommendation) -> Iterator[tuple[str, tuple[Choice, ...]]]:
    if found.near_misses:
        yield "Nearly, but for one need:", found.near_misses[:_SHOWN]
    elif found.nearest:
        yield "Nearest:", found.nearest[:_SHOWN]
    if found.not_confirmed:
        yield "License not confirmed, so not recommended:", found.not_confirmed[:_SHOWN]


def _why(choice: Choice) -> list[tuple[str, Remark]]:
    """What keeps it from being ranked: each need it fails, else what to beware of first."""
    unmet = [(f"{each.need}: ", each.remark) for each in choice.unmet]
    return unmet or [("", each) for each in choice.warnings[:1]]


def _item(choice: Choice) -> str:
    said = [("", each) for each in choice.reasons] + [("Warning: ", each) for each in choice.warnings]
    items = "".join(f"<li>{_linked(each)}</li>" for each in said)
    return f"<li><strong>{escape(choice.name)}</strong><ul>{items}</ul></li>"


def _linked(said: tuple[str, Remark]) -> str:
    before, remark = said
    return f"{escape(before)}{escape(remark.text)}{f' ({link(remark.source)})' if remark.source else ''}"


def _parts(choice: Choice) -> tuple[list[str], list[str], list[str]]:
    unmet = [f"{before}{said}" for before, said in _why(choice)] if choice.unmet else []
    return [str(each) for each in choice.reasons], [str(each) for each in choice.warnings], unmet


def _joined(sentences: list[str]) -> str:
    return " ".join(sentences)

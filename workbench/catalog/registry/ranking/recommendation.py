"""A recommendation: who suits, who nearly does, whose license is not confirmed; as text, as HTML, as a table."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.catalog.registry.asking.needs import Needs
from workbench.catalog.registry.ranking.apart import told_collections
from workbench.catalog.registry.ranking.choice import Choice
from workbench.catalog.registry.ranking.recommendation_text import as_html, as_table, as_text
from workbench.errors import listed

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Recommendation:
    """What suits a question, best first, and who nearly does.

    Attributes
    ----------
    needs : Needs
        As they were understood.
    ranked : tuple of Choice
        Every entry that meets every hard need and whose license is confirmed; nobody when a word of the question that
        may decide is in no entry.
    near_misses : tuple of Choice
        Confirmed entries that fail one need, or of which one is not known; the need is named. All that is asked about
        the patients is one need. Who shows another modality or part of the body, or serves another task, is near only
        when another such need is met.
    not_confirmed : tuple of Choice
        Entries whose license no source confirms, never recommended as usable: first those that meet all other needs,
        then those that fail one.
    nearest : tuple of Choice
        When nobody is ranked: the confirmed entries that fail the fewest of the needs that were understood, among
        those that show what is asked for and serve the task if there are any.
    searched, not_understood : tuple of str
        Words beside the needs, by whether any entry holds them.
    absent : tuple of str
        Plain words of which no entry speaks.
    unspoken : tuple of str
        Plain words of which only those speak that do not meet the needs.
    meeting : int
        How many confirmed entries meet every need that was understood.
    named : tuple of Choice
        Those that the question names, whatever they meet.
    collections : tuple of str
        Names of collections of the Imaging Data Commons that meet what was understood, told where few entries do.
    """

    needs: Needs
    ranked: tuple[Choice, ...] = ()
    near_misses: tuple[Choice, ...] = ()
    not_confirmed: tuple[Choice, ...] = ()
    nearest: tuple[Choice, ...] = ()
    searched: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unspoken: tuple[str, ...] = ()
    meeting: int = 0
    named: tuple[Choice, ...] = ()
    collections: tuple[str, ...] = ()

    @property
    def best(self) -> Choice | None:
        """The first choice; None when nobody meets all needs."""
        return self.ranked[0] if self.ranked else None

    @property
    def table(self) -> "pl.DataFrame":
        """One row an entry: ``standing place key name score reasons warnings unmet``."""
        groups = {"ranked": self.ranked, "near miss": self.near_misses, "not confirmed": self.not_confirmed}
        return as_table(groups)

    @property
    def understood(self) -> str:
        """What was understood, and what was not, in a sentence each."""
        return _understood(self)

    @property
    def verdict(self) -> str:
        """How many suit, and whether all that was asked was understood; says so when nobody does."""
        return _verdict(self)

    @property
    def collections_said(self) -> str:
        """The collections that meet what was understood, in a sentence; empty when none is told."""
        return told_collections(self.collections)

    @property
    def nearest_title(self) -> str:
        """What is said of the nearest: that they meet what was understood, or only that; empty when there are none."""
        return ("Meeting what was understood:" if self.meeting else "Nearest:") if self.nearest else ""

    def as_fields(self) -> dict[str, Any]:
        """Return the answer as plain values, the same that the page's twin gives.

        Returns
        -------
        dict
            ``needs said understood verdict ranked near_misses not_confirmed nearest nearest_title searched
            not_understood absent unspoken meeting collections collections_said``.
        """
        groups = ("ranked", "near_misses", "not_confirmed", "nearest")
        return {
            "needs": self.needs.as_fields(),
            "said": list(self.needs.said()),
            "understood": self.understood,
            "verdict": self.verdict,
            **{name: [_plain(choice) for choice in getattr(self, name)] for name in groups},
            "nearest_title": self.nearest_title,
            "searched": list(self.searched),
            "not_understood": list(self.not_understood),
            "absent": list(self.absent),
            "unspoken": list(self.unspoken),
            "meeting": self.meeting,
            "collections": list(self.collections),
            "collections_said": self.collections_said,
        }

    def __str__(self) -> str:
        return as_text((self.understood, self.verdict), self.ranked, _others(self), self.collections_said)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html((self.understood, self.verdict), self.ranked, _others(self), self.collections_said)


def _plain(choice: Choice) -> dict[str, Any]:
    unmet = [
        {"need": each.need, "met": each.met, "about": each.about, "far": each.far, **vars(each.remark)}
        for each in choice.unmet
    ]
    said = {name: [dict(vars(each)) for each in getattr(choice, name)] for name in ("reasons", "warnings")}
    named = {"key": choice.key, "name": choice.name, "score": choice.score}
    return {**named, **said, "unmet": unmet, "matched": choice.matched}


def _others(found: Recommendation) -> dict[str, tuple[Choice, ...]]:
    """Return who is told besides those that are ranked, by what is said of them."""
    others = {}
    if found.near_misses:
        others["Nearly, but for one need:"] = found.near_misses
    elif found.nearest:
        others[found.nearest_title] = found.nearest
    if found.not_confirmed:
        others["License not confirmed, so not recommended:"] = found.not_confirmed
    return others


def _verdict(found: Recommendation) -> str:
    what = {"dataset": "data set", "model": "model", "framework": "framework"}[found.needs.kind]
    silent = f"no entry speaks of {listed([f'“{word}”' for word in found.absent], 'or')}" if found.absent else ""
    if not found.needs.said():
        return _nothing_understood(found, what, silent)
    if not replace(found.needs, wishes=(), waived=()).said():
        wished = f"Nothing narrows the catalog: {_many(found.meeting, what)}, ordered by what is wished"
        return f"{'; '.join(part for part in (wished, silent) if part)}."
    whole = not (found.searched or found.not_understood)
    needs = "all needs" if whole else "the needs that were understood"
    if found.meeting:
        verb = "meet" if found.meeting > 1 else "meets"
        said = f"{_many(found.meeting, what)} {verb} {needs}"
    else:
        said = f"No {what} with a confirmed license meets {needs}"
    if found.unspoken:
        silent = f"none of them speaks of {listed([f'“{word}”' for word in found.unspoken], 'or')}"
    return f"{'; '.join(part for part in (said, silent) if part)}.{''.join(map(_told_of, found.named))}"


def _nothing_understood(found: Recommendation, what: str, silent: str) -> str:
    if silent:
        return f"No need was understood, and {silent}."
    if found.needs.named:
        return f"No need was understood; the question names {listed([each.said for each in found.needs.named])}."
    if found.needs.words:
        hold = "holds" if found.meeting == 1 else "s hold"
        return f"No need was understood; {found.meeting} confirmed {what}{' ' * (found.meeting == 1)}{hold} the words."
    return f"Nothing narrows the catalog: {_many(found.meeting, what)}."


def _told_of(choice: Choice) -> str:
    """Return what becomes of an entry that the question names."""
    lacking = dict.fromkeys(each.need for each in choice.unmet if each.met == "no")
    unknown = dict.fromkeys(each.need for each in choice.unmet if each.met == "unknown")
    if lacking:
        passed = [each.remark.text for each in choice.unmet if each.need == "passing it on"]
        told = "".join(f" {choice.name}: {text[0].lower()}{text[1:]}" for text in passed)
        return f" {choice.name} does not meet: {listed(lacking)}.{told}"
    return f" Of {choice.name} it is not known: {listed(unknown)}." if unknown else f" {choice.name} meets them."


def _many(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _understood(found: Recommendation) -> str:
    """Return what was understood of a question, and what was not."""
    said = found.needs.said()
    parts = [f"Understood: {'; '.join(said)}." if said else "No need was understood."]
    parts += [f"Read “{typed}” as “{meant}”." for typed, meant in found.needs.respelled]
    if found.searched:
        parts.append(f"Searched for: {', '.join(found.searched)}.")
    if found.not_understood:
        parts.append(f"Not understood: {', '.join(found.not_understood)}.")
    return " ".join(parts)

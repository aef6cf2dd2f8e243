"""A recommendation as it is read: as text, as HTML for a notebook, as a table."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from workbench.catalog.registry.ranking.answer import Remark
from workbench.catalog.registry.ranking.choice import Choice
from workbench.markup import link

if TYPE_CHECKING:
    import polars as pl

_SHOWN = 5  # choices that are named; the table has all
_EXPLAINED = 3  # of them, so many with their reasons
_WARNED = 1  # of them, so many with their warnings
_NEAR = 2  # near misses and unconfirmed ones that are named
_SENTENCES = 3  # reasons of one choice; the first has all of its own, since they are the answer
_LETTERS = 180  # of one sentence; the table has all


def as_text(
    head: Sequence[str], ranked: Sequence[Choice], others: Mapping[str, Sequence[Choice]], last: str = ""
) -> str:
    """Return an answer as text: short, with the addresses at its end.

    Parameters
    ----------
    head : sequence of str
        What was understood, and the verdict.
    ranked : sequence of Choice
        Best first.
    others : mapping
        What is said of some to those.
    last : str
        A sentence at the end.

    Returns
    -------
    str
        All reasons, warnings and pages of the first, some reasons of the next two; the table has all.
    """
    pages: list[str] = []
    lines = list(head)
    for place, choice in enumerate(ranked[:_SHOWN], 1):
        lines.append(f"{place}. {choice.name} [{choice.key}]")
        if place <= _EXPLAINED:
            first = pages if place <= _WARNED else None
            # What was said of one before is not said again.
            new = [each for each in choice.reasons if place == 1 or each not in ranked[0].reasons]
            lines += [f"   + {_noted(each, first)}" for each in (new if place == 1 else new[:_SENTENCES])]
        if place <= _WARNED:
            lines += [f"   ! {_noted(each, pages)}" for each in choice.warnings]
    lines += _more(len(ranked) - _SHOWN)
    for title, choices in others.items():
        lines.append(title)
        for choice in choices[:_NEAR]:
            why = " ".join(f"{before}{_noted(remark, None)}" for before, remark in _why(choice))
            lines.append(f"   {choice.name} [{choice.key}]{f': {why}' if why else ''}")
        lines += _more(len(choices) - _NEAR)
    lines += [last] if last else []
    return "\n".join([*lines, *(f"[{at}] {page}" for at, page in enumerate(pages, 1))])


def as_html(
    head: Sequence[str], ranked: Sequence[Choice], others: Mapping[str, Sequence[Choice]], last: str = ""
) -> str:
    """Return an answer as HTML for a notebook.

    Parameters
    ----------
    head : sequence of str
        What was understood, and the verdict.
    ranked : sequence of Choice
        Best first.
    others : mapping
        What is said of some to those.
    last : str
        A sentence at the end.

    Returns
    -------
    str
        Escaped; every page a link.
    """
    understood, verdict = head
    parts = [f"<p>{escape(understood)}</p><p><strong>{escape(verdict)}</strong></p>"]
    if ranked:
        parts.append(f"<ol>{''.join(_item(choice, place) for place, choice in enumerate(ranked[:_SHOWN]))}</ol>")
    for title, choices in others.items():
        told = [f"{escape(choice.name)}: {' '.join(map(_linked, _why(choice)))}" for choice in choices[:_SHOWN]]
        parts.append(f"<p>{escape(title)}</p><ul>{''.join(f'<li>{each}</li>' for each in told)}</ul>")
    parts += [f"<p>{escape(last)}</p>"] if last else []
    return "".join(parts)


def as_table(groups: Mapping[str, Sequence[Choice]]) -> "pl.DataFrame":
    """Return every choice of an answer as one table.

    Parameters
    ----------
    groups : mapping
        Standing to choices, best first.

    Returns
    -------
    polars.DataFrame
        One row a choice: ``standing place key name score reasons warnings unmet``.
    """
    import polars as pl

    rows = [
        (standing, place, choice.key, choice.name, choice.score, *(" ".join(each) for each in _parts(choice)))
        for standing, choices in groups.items()
        for place, choice in enumerate(choices, 1)
    ]
    texts = dict.fromkeys(("reasons", "warnings", "unmet"), pl.String)
    schema = {"standing": pl.String, "place": pl.Int64, "key": pl.String, "name": pl.String, "score": pl.Float64}
    return pl.DataFrame(rows, schema={**schema, **texts}, orient="row")


def _more(n: int) -> list[str]:
    return [f"   and {n:,} more"] if n > 0 else []


def _why(choice: Choice) -> list[tuple[str, Remark]]:
    """What keeps it from being ranked: each need it fails, else what to beware of first."""
    unmet = [(f"{each.need}: ", each.remark) for each in choice.unmet]
    return unmet or [("", each) for each in choice.warnings[:1]]


def _noted(remark: Remark, pages: list[str] | None) -> str:
    """Return a remark, not all of a long one, with the number of its page among the pages at the end."""
    text = f"{remark.text[:_LETTERS]}…" if len(remark.text) > _LETTERS else remark.text
    if not remark.source or pages is None:
        return text
    if remark.source not in pages:
        pages.append(remark.source)
    return f"{text} [{pages.index(remark.source) + 1}]"


def _item(choice: Choice, place: int) -> str:
    said = [("", each) for each in choice.reasons] if place < _EXPLAINED else []
    said += [("Warning: ", each) for each in choice.warnings] if place < _WARNED else []
    items = "".join(f"<li>{_linked(each)}</li>" for each in said)
    return f"<li><strong>{escape(choice.name)}</strong>{f'<ul>{items}</ul>' if items else ''}</li>"


def _linked(said: tuple[str, Remark]) -> str:
    before, remark = said
    return f"{escape(before)}{escape(remark.text)}{f' ({link(remark.source)})' if remark.source else ''}"


def _parts(choice: Choice) -> tuple[list[str], list[str], list[str]]:
    unmet = [f"{before}{said}" for before, said in _why(choice)] if choice.unmet else []
    return [str(each) for each in choice.reasons], [str(each) for each in choice.warnings], unmet

"""Recommend: hard needs decide who is ranked, documented weights the order, and nothing unknown counts as met."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.families import Families
from workbench.catalog.registry.meeting import Answer, Remark, answers
from workbench.catalog.registry.needs import Needs
from workbench.catalog.registry.ranking_rules import ranking_rules
from workbench.catalog.registry.ranking_words import stem
from workbench.catalog.registry.reasons import reasons, warnings
from workbench.catalog.registry.recommendation import Choice, Recommendation
from workbench.catalog.registry.scoring import Scorer
from workbench.catalog.registry.searching import SearchIndex

_TOPIC = ("region", "modality", "task", "without")
Leakage = Callable[[str, str], str | None]
_Judged = tuple[Mapping[str, Any], Choice]


def recommend(
    entries: Iterable[Entry],
    needs: Needs,
    *,
    index: SearchIndex | None = None,
    leakage: Leakage | None = None,
) -> Recommendation:
    """Return which entries suit some needs.

    Parameters
    ----------
    entries : iterable of Entry
        In any order; the answer does not depend on it.
    needs : Needs
        What `read_question` gives, or `typed_needs`.
    index : SearchIndex, optional
        One over the same entries, to be used again.
    leakage : callable, optional
        Two keys to the sentence that says which images they share, or None; from their relations when absent.

    Returns
    -------
    Recommendation
        Prints in words; ``.best``, ``.ranked``, ``.near_misses`` and ``.not_confirmed`` hold the choices.

    Examples
    --------
    >>> scans = {"key": "scans", "name": "Scans", "modality": ["CT"], "license": {"id": "unknown"}}
    >>> found = recommend([Entry("dataset", scans)], Needs())
    >>> found.best, [each.key for each in found.not_confirmed]
    (None, ['scans'])
    """
    listed = list(entries)
    index = index or SearchIndex(listed)
    names = {form["key"]: form["name"] for form in index.forms}
    scorer = Scorer(index, needs)
    kinds = {needs.kind, "collection"} if needs.collections and needs.kind == "dataset" else {needs.kind}
    choices = [
        (form, _choice(form, needs, scorer.score(place), names))
        for place, form in enumerate(index.forms)
        if form["kind"] in kinds
    ]
    choices.sort(key=lambda each: (-each[1].score, each[1].key))
    searched = tuple(word for word in needs.left_over if _searched(index, word))
    return Recommendation(
        needs=needs,
        **_sorted_out(choices, needs, leakage or Families(listed).leakage),
        searched=searched,
        not_understood=tuple(word for word in needs.left_over if word not in searched),
    )


def _choice(
    form: Mapping[str, Any],
    needs: Needs,
    scored: tuple[float, tuple[str, ...], tuple[str, ...]],
    names: Mapping[str, str],
) -> Choice:
    score, matched, advised = scored
    given = list(answers(form, needs))
    return Choice(
        key=form["key"],
        name=form["name"],
        score=score,
        reasons=reasons(form, given, matched, advised),
        warnings=warnings(form, needs, names),
        unmet=tuple(each for each in given if each.met != "yes"),
    )


def _sorted_out(choices: list[_Judged], needs: Needs, leakage: Leakage) -> dict[str, tuple[Choice, ...]]:
    """Return who is ranked, who nearly is, and whose license is not confirmed."""
    most = ranking_rules()["recommend"]["near_misses"]
    topics = len((*needs.region, *needs.modality, *needs.task, *needs.without))
    confirmed = [choice for form, choice in choices if form["license"]["confirmed"]]
    unconfirmed = [choice for form, choice in choices if not form["license"]["confirmed"]]
    ranked = [choice for choice in confirmed if not choice.unmet]
    # Who lacks a size or a license is nearer than who shows another part of the body; `sorted` keeps the order else.
    near = [
        choice
        for choice in sorted(confirmed, key=_elsewhere)
        if _failed(choice.unmet) == 1 and _related(choice, topics)
    ]
    same = [choice for choice in confirmed if not _elsewhere(choice)] or confirmed
    fewest = min((_failed(choice.unmet) for choice in same), default=0)
    nearly = [choice for choice in unconfirmed if _failed(_beside(choice)) == 1 and _related(choice, topics)]
    return {
        "ranked": _with_leakage(ranked, leakage),
        "near_misses": tuple(near[:most]),
        "not_confirmed": (*(choice for choice in unconfirmed if not _beside(choice)), *nearly[:most]),
        "nearest": () if ranked else tuple(choice for choice in same if _failed(choice.unmet) == fewest)[:most],
    }


def _failed(unmet: Iterable[Answer]) -> int:
    """Return how many needs are not met; what is asked about the patients counts as one."""
    return len({each.about if each.about == "demographics" else each.need for each in unmet})


def _elsewhere(choice: Choice) -> int:
    """Return how many unmet needs say that it shows or serves something else."""
    return sum(each.about in _TOPIC for each in choice.unmet)


def _related(choice: Choice, topics: int) -> bool:
    """Return whether it shows or serves at least part of what is asked for."""
    return _elsewhere(choice) < max(topics, 1)


def _beside(choice: Choice) -> list[Answer]:
    """Return the unmet needs that do not follow from a license that nobody confirms."""
    return [each for each in choice.unmet if each.about != "commercial"]


def _with_leakage(ranked: list[Choice], leakage: Leakage) -> tuple[Choice, ...]:
    """Return the choices, the first of them warned of each other where they share images."""
    first = ranked[: ranking_rules()["recommend"]["leakage_among"]]
    warned = []
    for choice in first:
        others = [other.key for other in first if other.key != choice.key]
        shared = [leakage(*sorted((choice.key, other))) for other in others]
        warned.append(replace(choice, warnings=(*choice.warnings, *(Remark(said) for said in shared if said))))
    return (*warned, *ranked[len(first) :])


def _searched(index: SearchIndex, word: str) -> bool:
    return not word.startswith("not ") and bool(index.vocabulary.meant(stem(word)))

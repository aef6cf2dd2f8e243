"""Recommend: hard needs decide who is ranked, documented weights the order, and nothing unknown counts as met."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from workbench.catalog.registry.asking.needs import Needs
from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.asking.words import stem
from workbench.catalog.registry.entries import Entry
from workbench.catalog.registry.families import Families
from workbench.catalog.registry.ranking.answer import Answer, Remark
from workbench.catalog.registry.ranking.apart import collection_forms, meeting_collections
from workbench.catalog.registry.ranking.choice import Choice
from workbench.catalog.registry.ranking.meeting import Leakage, answers
from workbench.catalog.registry.ranking.reasons import reasons, tells_of, warnings
from workbench.catalog.registry.ranking.recommendation import Recommendation
from workbench.catalog.registry.ranking.scoring import Scorer
from workbench.catalog.registry.ranking.searching import SearchIndex

_TOPIC = ("region", "organs", "conditions", "modality", "stain", "task", "parts", "without")
_SHOWN = ("region", "organs", "modality", "parts")
_Judged = tuple[Mapping[str, Any], Choice]


def recommend(
    entries: Iterable[Entry],
    needs: Needs,
    *,
    index: SearchIndex | None = None,
    leakage: Leakage | None = None,
    apart: bool = False,
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
    apart : bool
        Whether the shipped collections of the Imaging Data Commons that meet the needs are named where few entries do.

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
    scorer, told = Scorer(index, needs), leakage or Families(listed).leakage

    def shared(one: str, other: str) -> str | None:
        return told(one, other) if one in names and other in names else None

    kinds = {needs.kind, "collection"} if needs.collections and needs.kind == "dataset" else {needs.kind}
    choices = [
        (form, _choice(form, needs, scorer.score(place), names, shared))
        for place, form in enumerate(index.forms)
        if form["kind"] in kinds
    ]
    choices.sort(key=lambda each: (-each[1].score, each[1].key))
    searched = tuple(word for word in needs.left_over if _searched(index, word))
    unread = [word for word in needs.unread if stem(word) not in _idle_stems()]
    absent = tuple(word for word in unread if not index.vocabulary.speaks_of(stem(word)))
    sorted_out = _sorted_out(choices, needs, shared, absent, _speaking(index, unread))
    return Recommendation(
        needs=needs,
        **sorted_out,
        collections=meeting_collections(collection_forms() if apart else (), needs, len(sorted_out["ranked"])),
        searched=tuple(word for word in searched if word not in absent),
        not_understood=tuple(word for word in needs.left_over if word not in searched or word in absent),
        absent=absent,
    )


@cache
def _idle_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in ranking_rules()["idle_words"].split())


def _choice(
    form: Mapping[str, Any],
    needs: Needs,
    scored: tuple[float, tuple[str, ...], tuple[str, ...]],
    names: Mapping[str, str],
    leakage: Leakage,
) -> Choice:
    score, matched, advised = scored
    given = list(answers(form, needs, leakage))
    return Choice(
        key=form["key"],
        name=form["name"],
        score=score,
        reasons=reasons(given, matched, advised),
        warnings=warnings(form, needs, names),
        matched=bool(matched),
        unmet=tuple(each for each in given if each.met != "yes"),
    )


def _speaking(index: SearchIndex, words: list[str]) -> dict[str, set[str]]:
    """Return the keys of the entries that hold each word, or a synonym or a longer word."""
    held = {word: index.score({stem(word): 1.0}) for word in words}
    return {word: {index.forms[place]["key"] for place in places} for word, places in held.items()}


def _sorted_out(
    choices: list[_Judged],
    needs: Needs,
    leakage: Leakage,
    absent: tuple[str, ...],
    speaking: Mapping[str, set[str]],
) -> dict[str, Any]:
    """Return who is ranked, who nearly is, and whose license is not confirmed.

    Nobody is ranked while a word that may decide is in no entry, or in none of those that meet the needs; these are
    then the nearest.
    """
    rules = ranking_rules()["recommend"]
    most, elsewhere = rules["near_misses"], rules["near_elsewhere"]
    spoken = [(form["license"]["confirmed"], choice) for form, choice in choices if _spoken_of(choice, needs)]
    confirmed = [choice for known, choice in spoken if known]
    unconfirmed = [choice for known, choice in spoken if not known]
    meeting = [choice for choice in confirmed if not choice.unmet]
    held = {word for word, holders in speaking.items() if any(choice.key in holders for choice in meeting)}
    unspoken = () if held or absent or not meeting else tuple(speaking)
    decided = not (absent or unspoken)
    # Who lacks a size or a license is nearer than who shows another part of the body; `sorted` keeps the order else.
    near = [choice for choice in confirmed if _failed(choice.unmet) == 1 and _near(choice, needs)]
    near = [choice for choice in near if not any(each.far for each in choice.unmet)]
    here = [choice for choice in near if not _elsewhere(choice)]
    there = [choice for choice in near if _elsewhere(choice) and not any(each.about in _SHOWN for each in choice.unmet)]
    other = [choice for choice in near if any(each.about in _SHOWN for each in choice.unmet)][:elsewhere]
    rest = [choice for choice in unconfirmed if not _beside(choice)]
    rest += [choice for choice in unconfirmed if _failed(_beside(choice)) == 1 and _near(choice, needs)]
    return {
        "ranked": _with_leakage(meeting, leakage) if decided else (),
        "near_misses": tuple([*here, *there, *other][:most]) if decided else (),
        "not_confirmed": tuple(rest[: rules["not_confirmed"]]) if decided or needs.said() else (),
        "nearest": () if decided and meeting else tuple(_nearest(confirmed, needs)[:most]),
        "meeting": len(meeting),
        "unspoken": unspoken,
        "named": tuple(choice for _, choice in choices if any(choice.key in each.values for each in needs.named)),
    }


def _spoken_of(choice: Choice, needs: Needs) -> bool:
    """Return whether it is named, or holds a word, where no need was understood; everybody where one was."""
    if needs.said():
        return True
    if needs.named:
        return any(choice.key in each.values for each in needs.named)
    return choice.matched or not (needs.words or needs.unread)


def _nearest(confirmed: list[Choice], needs: Needs) -> list[Choice]:
    """Return who fails the fewest needs among those that show what is asked for, or nearly; perhaps nobody."""
    if not needs.said():
        return []
    same = [choice for choice in confirmed if not _elsewhere(choice)] or [
        choice for choice in confirmed if _near(choice, needs, loosely=True) and _elsewhere(choice) < 2
    ]
    fewest = min((_failed(choice.unmet) for choice in same), default=0)
    return [choice for choice in same if _failed(choice.unmet) == fewest]


def _topics(needs: Needs) -> int:
    """Return how many needs say what an entry has to show or to serve."""
    shown = (*needs.region, *needs.organs, *needs.conditions, *needs.modality, *needs.stain, *needs.task)
    return len((*shown, *needs.without, *needs.apart_from))


def _failed(unmet: Iterable[Answer]) -> int:
    """Return how many needs are not met; what is asked about the patients counts as one."""
    return len({each.about if each.about == "demographics" else each.need for each in unmet})


def _elsewhere(choice: Choice) -> int:
    """Return how many unmet needs say that it shows or serves something else."""
    return sum(each.about in _TOPIC for each in choice.unmet)


def _near(choice: Choice, needs: Needs, *, loosely: bool = False) -> bool:
    """Return whether it is about what is asked for, though it fails a need: near in place or kind, and in purpose."""
    topics = [each for each in choice.unmet if each.about in _TOPIC]
    lost, unmet = {each.about for each in topics if each.met == "no"}, {each.about for each in topics}
    if not lost:  # one thing may be unknown of it, if another is met
        return not topics or (len({each.need for each in topics}) < 2 and _elsewhere(choice) < _topics(needs))
    if "without" in lost:
        return False
    placed = needs.kind == "dataset" and (needs.organs or needs.region)
    place = ["organs" if needs.organs and "region" not in lost else "region"] if placed else []
    shown = [*place, *(["modality"] if needs.modality else [])] or (["conditions"] if needs.conditions else [])
    alike = any(name not in lost for name in shown) or not shown
    purpose = (needs.task and "task" not in unmet) or (needs.conditions and "conditions" not in unmet)
    purpose = purpose or choice.matched
    # Where nothing but a place or a kind is asked for, what shows one of them is the nearest there is.
    purpose = purpose or (loosely and not (needs.task or needs.conditions or needs.words))
    return bool(alike and purpose and _elsewhere(choice) < _topics(needs))


def _beside(choice: Choice) -> list[Answer]:
    """Return the unmet needs that do not follow from a license that nobody confirms."""
    return [each for each in choice.unmet if each.about not in ("commercial", "license")]


def _with_leakage(ranked: list[Choice], leakage: Leakage) -> tuple[Choice, ...]:
    """Return the choices, the first of them warned of each other where they share images."""
    first = ranked[: ranking_rules()["recommend"]["leakage_among"]]
    warned = []
    for choice in first:
        others = {other.key: other.name for other in first if other.key != choice.key}
        shared = {name: leakage(*sorted((choice.key, key))) for key, name in others.items()}
        told = [Remark(said) for said in shared.values() if said]
        kept = [
            each for each in choice.warnings if not any(said and tells_of(each, name) for name, said in shared.items())
        ]
        warned.append(replace(choice, warnings=(*kept, *told)))
    return (*warned, *ranked[len(first) :])


def _searched(index: SearchIndex, word: str) -> bool:
    return not word.startswith("not ") and bool(index.vocabulary.meant(stem(word)))

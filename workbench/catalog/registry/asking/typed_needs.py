"""Needs given by keyword: plain values read by the same words as a question, refused when nobody could mean them."""

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.catalog.registry.asking.asked_words import asked_words
from workbench.catalog.registry.asking.needs import ACCESS_ORDER, Needs, SizeWanted, Wanted
from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.asking.words import stem
from workbench.errors import unknown_name

_KINDS = ("dataset", "model", "framework")
_PEOPLE = ("age", "sex", "race", "ethnicity", "race or ethnicity")


def typed_needs(
    *,
    kind: str = "dataset",
    modality: str | Iterable[str] = (),
    body_region: str | Iterable[str] = (),
    task: str | Iterable[str] = (),
    labels: str | Iterable[str] = (),
    demographics: str | Iterable[str] = (),
    min_size: Mapping[str, int] | None = None,
    commercial_use: bool = False,
    access: str = "",
    splits: bool = False,
    include_collections: bool = False,
) -> Needs:
    """Return needs from plain values.

    Parameters
    ----------
    kind : {"dataset", "model", "framework"}
        What is asked for.
    modality, body_region, task : str or iterable of str
        Each has to be met: a value of the catalog such as ``"CT"``, or words such as ``"X-ray"`` and ``"brain"``.
    labels : str or iterable of str
        Kinds of annotation that have to come with it, such as ``"masks"``.
    demographics : str or iterable of str
        Of ``"age"``, ``"sex"``, ``"race"``, ``"ethnicity"``, ``"race or ethnicity"``.
    min_size : mapping, optional
        Quantity to the least number of it, such as ``{"patients": 10_000}``.
    commercial_use : bool
        Whether it has to be allowed.
    access : {"", "open", "registration", "data_use_agreement", "credentialed"}
        The most that access may ask for.
    splits : bool
        Whether there have to be official splits.
    include_collections : bool
        Whether collections of the Imaging Data Commons count as data sets.

    Returns
    -------
    Needs
        To be given to `recommend`, alone or joined with those of a question.

    Raises
    ------
    UnknownNameError
        A LookupError for a value that nobody could mean, with the nearest ones.

    Examples
    --------
    >>> typed_needs(modality="X-ray", body_region="chest", min_size={"patients": 10_000}).said()
    ('chest', 'X-ray', 'at least 10,000 patients')
    """
    return Needs(
        kind=_one_of("kind", kind, _KINDS),
        collections=include_collections,
        modality=_wanted("modality", modality, ranking_rules()["modality_words"]),
        region=_wanted("region", body_region, ranking_rules()["regions_covering"]),
        organs=_organs(body_region),
        task=_wanted("task", task, ()),
        labels=tuple(_label(each) for each in _listed(labels)),
        splits=splits,
        demographics=tuple(_one_of("demographic", each, _PEOPLE) for each in _listed(demographics)),
        commercial=commercial_use,
        access=_one_of("access", access, ACCESS_ORDER) if access else "",
        sizes=tuple(_size(quantity, least) for quantity, least in (min_size or {}).items()),
    )


def _wanted(need: str, asked: str | Iterable[str], values: Iterable[str]) -> tuple[Wanted, ...]:
    """Return what each word wants: a value of the catalog as it is, else what the lexicon makes of it."""
    wanted: list[Wanted] = []
    for each in _listed(asked):
        if each in values:
            wanted.append(Wanted((each,), each))
            continue
        rule = next(iter(_rules(need, each)), None)
        if rule is None:
            said = [rule["said"] for rule in ranking_rules()["lexicon"] if rule["need"] == need]
            raise _unknown(need, each, [*values, *said])
        groups = [rule["any"]] if "any" in rule else [[value] for value in rule["all"]]
        wanted += [Wanted(tuple(group), rule["said"], rule.get("specialty", "")) for group in groups]
    return tuple(dict.fromkeys(wanted))


def _organs(asked: str | Iterable[str]) -> tuple[Wanted, ...]:
    """Return the organs that words for a part of the body name beside the region."""
    found = [rule["organs"] for each in _listed(asked) for rule in _rules("region", each)[:1] if "organs" in rule]
    return tuple(dict.fromkeys(Wanted(tuple(organs), organs[0]) for organs in found))


def _label(asked: str) -> str:
    known = [rule["value"] for rule in ranking_rules()["lexicon"] if rule["need"] == "labels"]
    if asked in known:
        return asked
    for rule in _rules("labels", asked):
        return str(rule["value"])
    raise _unknown("label", asked, known)


def _rules(need: str, asked: str) -> list[Mapping[str, Any]]:
    stems = [stem(word) for word in asked_words(asked)]
    return [
        rule
        for rule in ranking_rules()["lexicon"]
        if rule["need"] == need and any([stem(word) for word in asked_words(words)] == stems for words in rule["words"])
    ]


def _size(quantity: str, least: int) -> SizeWanted:
    known = [name for rule in ranking_rules()["quantities"] for name in rule["quantities"]]
    name = _one_of("quantity", quantity, tuple(dict.fromkeys(known)))
    return SizeWanted((name,), name.replace("_", " "), least=least)


def _one_of(what: str, asked: str, options: tuple[str, ...]) -> str:
    if asked not in options:
        raise _unknown(what, asked, options)
    return asked


def _unknown(what: str, asked: str, options: Iterable[str]) -> LookupError:
    return unknown_name(what, asked, dict.fromkeys(options), where="the needs", then="Name one of these.")


def _listed(asked: str | Iterable[str]) -> tuple[str, ...]:
    return (asked,) if isinstance(asked, str) else tuple(asked)

"""The criteria of the data catalog: what each may be, and which entries meet it."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from workbench.assets import asset_path
from workbench.catalog.registry.entries import DEMOGRAPHICS, Entry
from workbench.catalog.registry.licenses import UNKNOWN
from workbench.catalog.registry.meant_words import told_meaning
from workbench.errors import brief, unknown_name

Asked = str | Sequence[str] | None

_KINDS = ("dataset", "model", "framework", "collection")
_GIVEN = ("yes", "partly")
# Criterion -> the values that an entry has of it.
_HELD: dict[str, Callable[[Entry], Collection[str]]] = {
    "kind": lambda entry: (entry.kind,),
    "modality": lambda entry: entry.modality,
    "body_region": lambda entry: entry.body_region,
    "task": lambda entry: entry.tasks,
    "license": lambda entry: (entry.license.id,),  # not of a part: nothing else may be assumed of the whole
    "access": lambda entry: (entry.access,),
}


def meets_words(entries: Iterable[Entry], asked: Mapping[str, Asked]) -> tuple[Entry, ...]:
    """Return the entries that have one of the wanted values of each criterion.

    Parameters
    ----------
    entries : iterable of Entry
        To choose from.
    asked : mapping
        Of ``kind``, ``modality``, ``body_region``, ``task``, ``license`` and ``access``, to a value, several, or None.

    Returns
    -------
    tuple of Entry
        In the same order.

    Raises
    ------
    UnknownNameError
        For a value that there is none of, with the nearest; case does not matter.
    """
    known = tuple(entries)
    for criterion, words in asked.items():
        if words is not None:
            wanted = {spelled(criterion, word, known) for word in _several(criterion, words)}
            known = tuple(each for each in known if wanted & set(_HELD[criterion](each)))
    return known


def meets_demographics(entries: Iterable[Entry], asked: Asked) -> tuple[Entry, ...]:
    """Return the entries that give all the wanted attributes of their people, at least of a part of them.

    Parameters
    ----------
    entries : iterable of Entry
        To choose from.
    asked : str or sequence of str, optional
        Of ``age``, ``sex``, ``race``, ``ethnicity`` and ``country``.

    Returns
    -------
    tuple of Entry
        In the same order.

    Raises
    ------
    UnknownNameError
        For another attribute.
    """
    wanted = [] if asked is None else _several("demographics", asked)
    for name in wanted:
        if name not in DEMOGRAPHICS:
            then = told_meaning("demographics", name)
            raise unknown_name("attribute", name, DEMOGRAPHICS, where="the demographics", then=then)
    return tuple(each for each in entries if all(each.demographics[name] in _GIVEN for name in wanted))


def meets_size(entries: Iterable[Entry], n_patients: int | None) -> tuple[Entry, ...]:
    """Return the entries with so many patients or more; those that state no number are left out.

    Parameters
    ----------
    entries : iterable of Entry
        To choose from.
    n_patients : int, optional
        The least.

    Returns
    -------
    tuple of Entry
        In the same order.

    Raises
    ------
    ValueError
        When it is no number of people.
    """
    if n_patients is None:
        return tuple(entries)
    if not _is_count(n_patients):
        raise ValueError(
            f"min_patients={brief(repr(n_patients))} came. A number of people would be right. "
            "Write for instance min_patients=10_000"
        )
    return tuple(each for each in entries if (each.size("patients") or -1) >= n_patients)


def meets_answer(entries: Iterable[Entry], name: str, *, asked: bool | None) -> tuple[Entry, ...]:
    """Return the entries whose answer is the wanted one; an unknown answer is neither yes nor no.

    Parameters
    ----------
    entries : iterable of Entry
        To choose from.
    name : str
        ``"commercial_use"`` or ``"curated"``.
    asked : bool, optional
        The answer.

    Returns
    -------
    tuple of Entry
        In the same order.

    Raises
    ------
    ValueError
        When it is neither True nor False.
    """
    if asked is None:
        return tuple(entries)
    if not isinstance(asked, bool):
        raise ValueError(
            f"{name}={brief(repr(asked))} came. True or False would be right; leave it out when either will do."
        )
    return tuple(each for each in entries if getattr(each, name) is asked)


def meets_text(entries: Iterable[Entry], text: str | None) -> tuple[Entry, ...]:
    """Return the entries in which every word stands, in any case, as it is typed.

    Parameters
    ----------
    entries : iterable of Entry
        To choose from.
    text : str, optional
        Words; `DataCatalog.search` forgives typos and ranks.

    Returns
    -------
    tuple of Entry
        In the same order.

    Raises
    ------
    TypeError
        When it is no text.
    """
    words = (words_typed("text", text) if text is not None else "").casefold().split()
    return tuple(each for each in entries if all(word in _prose(each) for word in words))


def words_typed(name: str, text: object) -> str:
    """Return what was given as words.

    Parameters
    ----------
    name : str
        Of the argument.
    text : object
        What came.

    Returns
    -------
    str
        The same.

    Raises
    ------
    TypeError
        When it is no text.

    Examples
    --------
    >>> words_typed("text", "lung nodules")
    'lung nodules'
    """
    if not isinstance(text, str):
        raise TypeError(f"{name}={brief(repr(text))} came. Words would be right. Write for instance 'lung nodules'")
    return text


def spelled(criterion: str, word: str, entries: Sequence[Entry] = ()) -> str:
    """Return a value as the catalog spells it.

    Parameters
    ----------
    criterion : str
        ``"kind"``, ``"modality"``, ``"body_region"``, ``"task"``, ``"license"`` or ``"access"``.
    word : str
        In any case.
    entries : sequence of Entry
        Whose licenses are known.

    Returns
    -------
    str
        One of the valid values.

    Raises
    ------
    UnknownNameError
        When it is none of them.

    Examples
    --------
    >>> spelled("body_region", "head and neck")
    'Head and Neck'
    """
    valid = _valid_values(criterion, entries)
    for value in valid:
        if value.casefold() == word.casefold():
            return value
    what = criterion.replace("_", " ")
    alike = [value for value in valid if _squeezed(value).startswith(_squeezed(word))] if criterion == "license" else []
    if alike and _squeezed(word):
        told = f"For {brief(repr(word))} use {' or '.join(alike)}."
        raise unknown_name(what, word, valid, where="the data catalog", then=told)
    raise unknown_name(what, word, valid, where="the data catalog", then=told_meaning(criterion, word))


def _valid_values(criterion: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    """All values of the schema, also those that no entry has; of licenses, those of the entries."""
    if criterion == "kind":
        return _KINDS
    if criterion == "license":
        return tuple(dict.fromkeys([*(name for each in entries for name in _HELD["license"](each)), UNKNOWN]))
    definitions = _definitions()
    return tuple(
        definitions["access"]["properties"]["kind"]["enum"] if criterion == "access" else definitions[criterion]["enum"]
    )


@cache
def _definitions() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(asset_path("data_catalog", "schema", "entry.schema.json").read_bytes())
    definitions: dict[str, Any] = schema["$defs"]
    return definitions


def _squeezed(license_id: str) -> str:
    """Letters and digits alone, so that "cc by" is the beginning of CC-BY-4.0."""
    return "".join(sign for sign in license_id.removeprefix("LicenseRef-").casefold() if sign.isalnum())


def _is_count(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _several(criterion: str, words: object) -> list[str]:
    given = list(words) if isinstance(words, Iterable) and not isinstance(words, str) else [words]
    several = [word for word in given if isinstance(word, str)]
    if len(several) < len(given):
        raise TypeError(
            f"{criterion}={brief(repr(words))} came. A word or a list of words would be right. "
            f"Write for instance {criterion}={_EXAMPLES[criterion]!r}"
        )
    return several


_EXAMPLES = {
    "kind": "dataset",
    "modality": "CT",
    "body_region": "Chest",
    "task": "segmentation",
    "license": "CC-BY-4.0",
    "access": "open",
    "demographics": ["age", "sex"],
}


def _prose(entry: Entry) -> str:
    lists = (entry.aliases, entry.keywords, entry.organs, entry.conditions, entry.tasks, entry.modality)
    words = [entry.key, entry.name, entry.summary, *(word for each in (*lists, entry.body_region) for word in each)]
    return "\n".join(words).casefold()

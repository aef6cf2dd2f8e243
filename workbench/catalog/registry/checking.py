"""Check the entries of a data catalog against each other: keys, names, licenses, relatives, guide rows, days."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.catalog.documents.lines import Document, Place
from workbench.catalog.registry.days import wrong_day
from workbench.catalog.registry.entries import Kind
from workbench.catalog.registry.families import find_cycles
from workbench.catalog.registry.family_graph import TO_PARENT
from workbench.catalog.registry.fold_names import fold_name
from workbench.catalog.registry.licenses import UNKNOWN
from workbench.catalog.registry.problems import Problem
from workbench.errors import brief, did_you_mean

_DAYS = ("read", "published", "reviewed", "year")
_ELSEWHERE = datetime.timedelta(days=1)  # where it is tomorrow already


@dataclass(frozen=True)
class Sheet:
    """One file of entries as it was read.

    Attributes
    ----------
    kind : {"dataset", "model", "framework", "collection"}
        By its folder.
    file : str
        As messages name it.
    stem : str
        The name of the file without its ending: what the key should be.
    document : Document
        What it says.
    own : bool
        Whether it stands in a folder that a user named.
    """

    kind: Kind
    file: str
    stem: str
    document: Document
    own: bool = False

    @property
    def fields(self) -> Mapping[str, Any]:
        """What it says, empty when that is no mapping."""
        return self.document.value if isinstance(self.document.value, dict) else {}

    def parts(self, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Give the mappings that a field lists, with their positions.

        Parameters
        ----------
        name : str
            The field.

        Yields
        ------
        tuple of (int, mapping)
            Nothing where the field is malformed, which its form tells.
        """
        listed = self.fields.get(name)
        for position, part in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(part, dict):
                yield position, part

    def problem(self, message: str, *place: str | int) -> Problem:
        """Return a problem at a place of the file.

        Parameters
        ----------
        message : str
            What came, and what would be right.
        *place : str or int
            Fields and positions.

        Returns
        -------
        Problem
            With the line.
        """
        return Problem(self.file, self.document.line(*place), message)


@dataclass(frozen=True)
class Known:
    """What entries may refer to.

    Attributes
    ----------
    licenses : collection of str
        Ids of licenses and terms.
    checklist : collection of str
        Items of the STANDING Together checklist; None when it is not there.
    """

    licenses: Collection[str]
    checklist: Collection[str] | None = field(default=None)


def cross_problems(sheets: Sequence[Sheet], known: Known) -> Iterator[Problem]:
    """Give what is wrong between entries, and between an entry and what it refers to.

    Parameters
    ----------
    sheets : sequence of Sheet
        Every file.
    known : Known
        Licenses and items of the checklist.

    Yields
    ------
    Problem
        Malformed parts are passed over; their form tells about them.
    """
    for sheet in sheets:
        yield from _own_key(sheet)
        yield from _licenses(sheet, known.licenses)
        yield from _days(sheet)
        yield from _checklist(sheet, known.checklist)
    shipped_first = sorted(sheets, key=lambda each: each.own)  # who comes later is told
    yield from _twice(shipped_first)
    yield from _relatives(sheets)
    yield from _cycles(sheets)
    yield from _guide_rows(shipped_first)


def _own_key(sheet: Sheet) -> Iterator[Problem]:
    key = sheet.fields.get("key")
    if isinstance(key, str) and key != sheet.stem:
        yield sheet.problem(
            f"The key {brief(repr(key))} is not the name of the file; {sheet.stem!r} would be right, or the file "
            f"renamed to {brief(key)}.yaml.",
            "key",
        )


def _licenses(sheet: Sheet, known: Collection[str]) -> Iterator[Problem]:
    stated = sheet.fields.get("license")
    if not isinstance(stated, dict):
        return
    parts = stated.get("parts")
    places: list[tuple[Place, Any]] = [(("license", "id"), stated.get("id"))]
    for position, part in enumerate(parts if isinstance(parts, list) else ()):
        if isinstance(part, dict):
            places.append((("license", "parts", position, "id"), part.get("id")))
    for place, name in places:
        if isinstance(name, str) and name != UNKNOWN and name not in known:
            yield sheet.problem(
                f"No license {brief(repr(name))} in licenses.yaml.{did_you_mean(name, known, most=1)} "
                "Write an id that stands there, add the terms there, or write id: unknown.",
                *place,
            )


def _days(sheet: Sheet) -> Iterator[Problem]:
    if sheet.document.problems:  # a text that breaks off has fields without values
        return
    # A clock that goes wrong shall not close the shipped catalog.
    latest = datetime.datetime.now(datetime.UTC).date() + _ELSEWHERE if sheet.own else None
    for place in sheet.document.lines:
        day = _at(sheet.document.value, place) if place and place[-1] in _DAYS else None
        if isinstance(day, str) and (right := wrong_day(day, latest)):
            yield sheet.problem(f"{brief(repr(day))} came as {place[-1]}; {right}.", *place)


def _checklist(sheet: Sheet, known: Collection[str] | None) -> Iterator[Problem]:
    answered = sheet.fields.get("standing_together")
    if known is None or not isinstance(answered, dict):
        return
    for name in answered:
        if name not in known:
            yield sheet.problem(
                f"No item {brief(repr(name))} in standing_together.yaml.{did_you_mean(name, known, most=1)} "
                "Write the id of an item.",
                "standing_together",
                name,
            )


def _twice(sheets: Sequence[Sheet]) -> Iterator[Problem]:
    """Keys, names and aliases find one entry each."""
    owners: dict[str, Sheet] = {}
    for sheet in sheets:
        if sheet.stem in owners:
            yield sheet.problem(
                f"The key {sheet.stem!r} is taken by {owners[sheet.stem].file}; another would be right. Rename one.",
                "key",
            )
        owners.setdefault(sheet.stem, sheet)
    taken = {fold_name(key): owner for key, owner in owners.items()}
    for sheet in sheets:
        for place, name in _names(sheet):
            owner = taken.setdefault(fold_name(name), sheet)
            if owner is not sheet and owner.stem != sheet.stem:
                yield sheet.problem(
                    f"{brief(repr(name))} is a name of {owner.stem!r} too ({owner.file}); a name that finds one entry "
                    "would be right. Leave it with one of the two.",
                    *place,
                )


def _names(sheet: Sheet) -> Iterator[tuple[Place, str]]:
    aliases = sheet.fields.get("aliases")
    named: list[tuple[Place, Any]] = [(("name",), sheet.fields.get("name"))]
    named += [(("aliases", n), each) for n, each in enumerate(aliases if isinstance(aliases, list) else ())]
    yield from ((place, name) for place, name in named if isinstance(name, str))


def _relatives(sheets: Sequence[Sheet]) -> Iterator[Problem]:
    kinds = {sheet.stem: sheet.kind for sheet in sheets}
    named = {fold_name(name): sheet for sheet in sheets for _, name in _names(sheet)}
    named |= {fold_name(sheet.stem): sheet for sheet in sheets}
    for sheet in sheets:
        for position, part in sheet.parts("relations"):
            other, place = part.get("of"), ("relations", position, "of")
            if not isinstance(other, str):
                continue
            if other == sheet.stem:
                yield sheet.problem("An entry stands in a relation to itself; another key would be right.", *place)
            elif part.get("outside") is True and (meant := named.get(fold_name(other))):
                if sheet.own or not meant.own:  # an entry of your own may be named as something outside the shipped
                    yield sheet.problem(
                        f"{brief(repr(other))} is the entry {meant.stem!r} of the catalog; of: {meant.stem} without "
                        "outside: true would be right.",
                        *place,
                    )
            elif part.get("outside") is not True and other not in kinds:
                yield sheet.problem(
                    f"No entry {brief(repr(other))}.{did_you_mean(other, kinds, most=1)} "
                    "Write the key of an entry, or add outside: true for a name in words.",
                    *place,
                )
        listed = sheet.fields.get("trained_on")
        for position, other in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(other, str) and kinds.get(other) != "dataset":
                sets = [key for key, kind in kinds.items() if kind == "dataset"]
                yield sheet.problem(
                    f"No data set {brief(repr(other))}.{did_you_mean(other, sets, most=1)} "
                    "Write the key of a data set; name others under training_data.",
                    "trained_on",
                    position,
                )


def _cycles(sheets: Sequence[Sheet]) -> Iterator[Problem]:
    by_key = {sheet.stem: sheet for sheet in sheets}
    parents = {key: dict(_parents(sheet, by_key)) for key, sheet in by_key.items()}
    for cycle in find_cycles(parents):
        sheet, at = by_key[cycle[0]], parents[cycle[0]][cycle[1]]
        yield sheet.problem(
            f"A family goes in a circle: {' → '.join(cycle)}. Parents that lead to a root would be right. "
            "Turn one of these relations around.",
            "relations",
            at,
        )


def _parents(sheet: Sheet, known: Collection[str]) -> Iterator[tuple[str, int]]:
    """Give the other entries from which one was taken, with the position of the relation."""
    for position, part in sheet.parts("relations"):
        parent = part.get("of")
        if part.get("kind") in TO_PARENT and isinstance(parent, str) and parent != sheet.stem and parent in known:
            yield parent, position


def _guide_rows(sheets: Sequence[Sheet]) -> Iterator[Problem]:
    claimed: dict[str, list[tuple[Sheet, int]]] = defaultdict(list)
    for sheet in sheets:
        for position, part in sheet.parts("guide_rows"):
            if isinstance(part.get("row"), str):
                claimed[part["row"]].append((sheet, position))
    for row, places in claimed.items():
        first = places[0][0]
        for sheet, position in places[1:]:
            yield sheet.problem(
                f"The guide row {row} is claimed by {first.stem!r} already ({first.file}); one entry a row would be "
                "right. Remove one of the two.",
                "guide_rows",
                position,
            )


def _at(value: Any, place: Place) -> Any:
    for part in place:
        value = value[part]
    return value

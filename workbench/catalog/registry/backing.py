"""Ask for the words that an entry rests on: who gets at it, what is given of people, and whose images it shares."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.catalog.registry.checking import Sheet
from workbench.catalog.registry.entries import DEMOGRAPHICS
from workbench.catalog.registry.problems import Problem

_EXAMPLE = 'evidence: {page: "https://…", words: "…", kind: creator, read: 2026-11-29}'


def unbacked(sheets: Sequence[Sheet]) -> Iterator[Problem]:
    """Give what entries state without saying where it was read.

    Access and what is given of people may read unknown, which needs no words. To be hosted somewhere is no relation of
    images.

    Parameters
    ----------
    sheets : sequence of Sheet
        Every file.

    Yields
    ------
    Problem
        One for each statement; malformed parts are passed over, since their form tells about them.
    """
    for sheet in sheets:
        access = _mapping(sheet.fields.get("access"))
        if access.get("kind", "unknown") != "unknown" and "evidence" not in access:
            yield _unbacked(sheet, f"access {access['kind']!r}", "or kind: unknown", "access")
        people = _mapping(sheet.fields.get("demographics"))
        stated = [name for name in DEMOGRAPHICS if people.get(name, "unknown") != "unknown"]
        if stated and "evidence" not in people:
            told = ", ".join(f"{name} {str(people[name])!r}" for name in stated)
            yield _unbacked(sheet, f"demographics ({told})", "or unknown", "demographics")
        for position, part in sheet.parts("relations"):
            if part.get("kind") != "hosted_on" and "evidence" not in part:
                told = f"relation {part.get('kind')} {part.get('of')!r}"
                yield _unbacked(sheet, told, "or no relation", "relations", position)


def _unbacked(sheet: Sheet, told: str, otherwise: str, *place: str | int) -> Problem:
    return sheet.problem(f"No words stand behind {told}. Add {_EXAMPLE}, {otherwise}.", *place)


def _mapping(stated: object) -> Mapping[str, Any]:
    return stated if isinstance(stated, dict) else {}

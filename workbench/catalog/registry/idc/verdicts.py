"""What becomes of a claim when it is held against the embedded index, in a word and a sentence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workbench.catalog.registry.entries import Claim
from workbench.catalog.registry.idc_facts import ClaimCheck, IdcFacts, Verdict, stated

# A claim of "about" a number agrees with one this share away from it; our choice, since no guide says what it means.
_ABOUT = 0.05

_VOLUMES = ("CT", "MR", "PT", "NM")
_WHO = {
    "guide": "The guide says",
    "creator": "Its creators say",
    "repository": "The repository says",
    "paper": "The paper says",
    "registry": "The registry says",
    "third_party": "Others say",
}
_HOLDS = {
    "same": "IDC has",
    "idc_has_more": "IDC has it and more:",
    "idc_has_part": "IDC has a part of it:",
    "parent": "IDC has the set that it was taken from:",
    "platform": "IDC has of this platform",
}
_OTHER_SETS = ("parent", "platform")
_LOOSE = re.compile(r"\b(scans?|cases?|exams?|examinations?)\b", re.IGNORECASE)
_LONGEST_WORDS = 60


def judge(claim: Claim, relation: str, facts: IdcFacts) -> ClaimCheck:
    """Return what becomes of a claim.

    Counts of patients, studies, series, slides and collections are of one unit in any source, so they agree or differ.
    A scan, a case, a volume or an image may be a series, a study or a file: such a claim agrees with an equal count,
    and is of another unit otherwise. Of a set that IDC holds only in part, or whose parent it holds, nothing differs;
    of a part that only words describe, the index tells nothing unless it counts the same. Where an entry itself was
    checked against the index and found otherwise, by a closer look than a count, that holds.

    Parameters
    ----------
    claim : Claim
        Of an entry.
    relation : str
        How what IDC holds stands to the entry.
    facts : IdcFacts
        What the index counts.

    Returns
    -------
    ClaimCheck
        The verdict, the count and a sentence.
    """
    units = _units("scans" if _is_loose(claim) else claim.quantity, facts)
    met = next((unit for unit in units if _meets(claim, unit)), None)
    chosen = met or (units[0] if units and (relation in _OTHER_SETS or not claim.of) else None)
    verdict: Verdict
    if chosen is None:
        verdict = "not in the index"
    elif relation in _OTHER_SETS:
        verdict = "another set"
    elif met:
        verdict = "agrees"
    elif not chosen.definite:
        verdict = "another unit"
    elif relation == "same" or (relation == "idc_has_more" and chosen.count < claim.value):
        verdict = "differs"
    else:
        verdict = "another set"
    sentence = _sentence(claim, relation, facts, chosen)
    closer = _closer_look(claim)
    if closer and {verdict, claim.verdict} == {"agrees", "differs"}:
        verdict = "differs" if verdict == "agrees" else "agrees"
        sentence = f"{sentence[:-1]}, but a closer look says: {closer}."
    return ClaimCheck(stated(claim), verdict, chosen.count if chosen else None, sentence)


def sum_up(checks: Iterable[ClaimCheck], relation: str, facts: IdcFacts) -> str:
    """Return the one sentence to know: of the first claim that tells most.

    Parameters
    ----------
    checks : iterable of ClaimCheck
        What `judge` gave, in the order of the entry.
    relation : str
        How what IDC holds stands to the entry.
    facts : IdcFacts
        What the index counts.

    Returns
    -------
    str
        A whole sentence.
    """
    if not facts.series:
        modalities = f"{', '.join(facts.asked['modality'])} " if facts.asked.get("modality") else ""
        return f"IDC lists {', '.join(facts.collections)}, but has no {modalities}series there."
    order: tuple[Verdict, ...] = ("differs", "agrees", "another unit", "another set")
    told = [each for each in checks if each.verdict in order]
    of_guide = [each for each in told if each.claim.startswith("guide")]
    if told:
        return min(of_guide or told, key=lambda each: order.index(each.verdict)).sentence
    return f"{_HOLDS[relation]} {_held(facts, None)}."


def _is_loose(claim: Claim) -> bool:
    """Say whether a guide's words leave open what the number counts, whatever unit was read into them."""
    return claim.source == "guide" and claim.quantity in ("studies", "series") and bool(_LOOSE.search(claim.words))


def _closer_look(claim: Claim) -> str:
    """Return what the entry found in the index itself; empty when it was checked against something else."""
    found = claim.checked_against or {}
    of_index = "idc-index-data" in found.get("page", "") or "Imaging Data Commons index" in found.get("where", "")
    return found.get("words", "").removeprefix("counted: ").rstrip(".") if of_index else ""


@dataclass(frozen=True)
class _Unit:
    words: str
    count: int
    definite: bool


def _units(quantity: str, facts: IdcFacts) -> list[_Unit]:
    """Return what the index counts that may be meant, the likeliest first."""
    volumes = sum(facts.acquired.get(name, 0) for name in _VOLUMES)
    slides = facts.acquired.get("SM", 0)
    series, studies = ("series", facts.acquired_series), ("studies", facts.studies)
    instances, sm = ("instances", facts.instances), ("slides", slides)
    people, patients = (_subjects(facts), facts.people), ("patient identifiers", facts.patients)
    definite = {
        "patients": [people, patients],
        "studies": [studies],
        "series": [series],
        "slides": [sm],
        "collections": [("collections", len(facts.collections))],
    }
    unsure = {
        "volumes": [("series", volumes), series, studies],
        "images": [series, sm, studies, instances],
        "scans": [series, studies],
        "sessions": [studies],
        "tissue_samples": [sm],
        "datasets": [("collections", len(facts.collections))],
    }
    named = [(each, True) for each in definite.get(quantity, ())] + [(each, False) for each in unsure.get(quantity, ())]
    return [_Unit(words, count, is_definite) for (words, count), is_definite in named if count]


def _meets(claim: Claim, unit: _Unit) -> bool:
    if unit.count == claim.value:
        return True
    if not unit.definite or claim.of:
        return False
    if claim.qualifier == "at_least":
        return unit.count >= claim.value
    return claim.qualifier == "about" and abs(unit.count - claim.value) <= _ABOUT * claim.value


def _sentence(claim: Claim, relation: str, facts: IdcFacts, unit: _Unit | None) -> str:
    words = claim.words.strip().rstrip(".")
    short = claim.source == "guide" and len(words) <= _LONGEST_WORDS and any(letter.isdigit() for letter in words)
    said = words if short else claim.amount
    known = f"{_HOLDS[relation]} {_held(facts, unit)}" if unit else "the index of IDC does not tell"
    return f"{_WHO[claim.source]} {said}; {known}."


def _held(facts: IdcFacts, unit: _Unit | None) -> str:
    who = f"{facts.people:,} {_subjects(facts)}"
    series = "slides" if set(facts.acquired) == {"SM"} else "series"
    if unit is None:
        return f"{facts.acquired_series:,} {series} of {who}"
    if unit.words == "collections":
        return f"{unit.count:,} collections"
    if unit.words == _subjects(facts):
        return who
    if unit.words == "patient identifiers":
        return f"{who} under {unit.count:,} identifiers"
    return f"{unit.count:,} {series if unit.words == 'series' else unit.words} of {who}"


def _subjects(facts: IdcFacts) -> str:
    if "Human" in facts.species or not facts.species:
        return "people"
    return "objects" if set(facts.species) <= {"Phantom", "Simulated"} else "animals"

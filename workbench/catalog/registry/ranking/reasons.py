"""Why an entry was chosen and what to beware of, in sentences with the page they rest on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.catalog.registry.asking.needs import Needs
from workbench.catalog.registry.ranking.answer import Answer, Remark
from workbench.catalog.registry.ranking.meeting_sizes import FIRST_HAND, STATED_BY, amount, saying
from workbench.errors import listed

_RELATED = {
    "subset_of": "Subset of",
    "edition_of": "An edition of",
    "derived_from": "Derived from",
    "annotations_of": "Annotates images of",
    "overlaps": "Shares images with",
    "same_patients": "Has other images of patients of",
}
_SHORTEST = 3  # letters of a word that is told to have been found
_MAIN = ("patients", "studies", "slides", "images", "volumes", "series", "videos", "patches", "reports")


def reasons(given: Sequence[Answer], matched: Sequence[str], advised: Sequence[str]) -> tuple[Remark, ...]:
    """Return why an entry was chosen.

    Parameters
    ----------
    given : sequence of Answer
        What it answers to the needs.
    matched : sequence of str
        Where words of the question were found.
    advised : sequence of str
        Advice of the guides that fits the question.

    Returns
    -------
    tuple of Remark
        The needs that are met, in order; the guides' advice; the words found.
    """
    return tuple(_reasons(given, matched, advised))


def warnings(form: Mapping[str, Any], needs: Needs, names: Mapping[str, str]) -> tuple[Remark, ...]:
    """Return what to beware of, whether or not the question asked for it.

    Parameters
    ----------
    form : mapping
        What `ranking_form` gives.
    needs : Needs
        What was asked for.
    names : mapping
        Key to name of every entry, to name relatives.

    Returns
    -------
    tuple of Remark
        License and access; people; relatives; numbers; known issues.
    """
    return (*_of_terms(form), *_of_people(form, needs), *_of_relatives(form, names), *_of_numbers(form, needs))


def _reasons(given: Sequence[Answer], matched: Sequence[str], advised: Sequence[str]) -> Iterator[Remark]:
    organs = any(each.about == "organs" and each.met == "yes" for each in given)
    # An organ says more than the region it lies in.
    met = [each for each in given if each.met == "yes" and not (organs and each.about == "region")]
    yield from dict.fromkeys(each.remark for each in met)
    for sentence in advised:
        yield Remark(f"The guides advise: “{sentence}”")
    if told := [each for each in matched if len(each.rpartition(": ")[2]) >= _SHORTEST]:
        yield Remark(f"Found in {'; '.join(told)}.")


def _of_terms(form: Mapping[str, Any]) -> Iterator[Remark]:
    terms, access = form["license"], form["access"]
    if not terms["confirmed"]:
        yield Remark("Its license is not confirmed: nothing may be concluded about its use.")
    elif terms["commercial"] == "no":
        yield Remark(f"Not for commercial use: {terms['name']}.", terms["page"])
    elif terms["commercial"] == "unknown":
        yield Remark(f"Read its terms before any commercial use: {terms['name']}.", terms["page"])
    yield from (Remark(f"Its terms are disputed: {each['text']}", each["page"]) for each in form["contested"])
    if terms["confirmed"] and terms["asked"]:
        yield Remark(terms["asked"], terms["page"])
    if terms["share_alike"] == "yes":
        yield Remark("What is made from it and shared must carry the same license (share-alike).", terms["page"])
    if access["kind"] in ("data_use_agreement", "credentialed"):
        needed = "credentials" if access["kind"] == "credentialed" else "a data use agreement"
        yield Remark(f"Access needs {needed}.", access["page"])


def _of_people(form: Mapping[str, Any], needs: Needs) -> Iterator[Remark]:
    """Warn of demographics that were asked for and are missing, not known, or given for some persons only."""
    asked = {part for name in needs.demographics for part in name.split(" or ")}
    if form["kind"] not in ("dataset", "collection") or not asked:
        return
    stated = form["demographics"]
    absent = [name for name in ("age", "sex") if stated[name] == "no" and name in asked]
    unknown = [name for name in ("age", "sex") if stated[name] == "unknown" and name in asked]
    if absent:
        yield Remark(f"No {listed(absent, 'or')} of the patients.", stated["page"])
    if unknown:
        yield Remark(f"Whether {listed(unknown)} of the patients {'are' if unknown[1:] else 'is'} given is not known.")
    partly = [name for name in ("age", "sex", "race", "ethnicity") if stated[name] == "partly"]
    if shown := [name for name in partly if name in asked]:
        yield Remark(f"{listed(shown).capitalize()} for some of the patients only.", stated["page"])


def _of_relatives(form: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Remark]:
    for parent in form["parents"]:
        note = f" {parent['note']}" if parent["note"] else ""
        yield Remark(f"{_RELATED[parent['kind']]} {names.get(parent['of'], parent['of'])}.{note}")


def _of_numbers(form: Mapping[str, Any], needs: Needs) -> Iterator[Remark]:
    asked = [name for wanted in needs.sizes for name in wanted.quantities if name in form["sizes"]]
    main = [name for name in _MAIN if name in form["sizes"]][:1]
    for name in dict.fromkeys(asked or main):
        size = form["sizes"][name]
        if not {size["source"], size["checked"]} & set(FIRST_HAND):
            said = (
                "no page of its creators that was read says so" if size["checked"] else "no page that was read agrees"
            )
            yield Remark(f"{amount(name, size)}, {saying(size['source'])} {STATED_BY[size['source']]}; {said}.")
    for each in form["disputed"]:
        stated, says = STATED_BY[each["source"]].capitalize(), saying(each["source"])
        # A note says what was counted instead; the words alone may hold the very number.
        words = f": “{each['words']}”." if each["words"] else "."
        other = f"; {STATED_BY[each['checked']]} {saying(each['checked'])} otherwise{words}"
        told = f": {each['note']}" if each["note"] else other
        yield Remark(f"{stated} {says} {each['amount']}{told}", each["page"])
    for each in form["issues"]:
        yield Remark(f"Known issue: {each['issue']}", each["page"])
    if form["idc"]:
        yield Remark(form["idc"])


def tells_of(warning: Remark, name: str) -> bool:
    """Return whether a warning says how an entry is related to another.

    Parameters
    ----------
    warning : Remark
        Of `warnings`.
    name : str
        Of the other entry.

    Returns
    -------
    bool
        Such warnings are left out where what they share is told in full.
    """
    return any(warning.text.startswith(f"{said} {name}.") for said in _RELATED.values())

"""Why an entry was chosen and what to beware of, in sentences with the page they rest on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.catalog.registry.meeting import FIRST_HAND, STATED_BY, Answer, Remark, amount, saying
from workbench.catalog.registry.needs import Needs, listed

_RELATED = {
    "subset_of": "Subset of",
    "edition_of": "An edition of",
    "derived_from": "Derived from",
    "annotations_of": "Annotates images of",
    "overlaps": "Shares images with",
}
_MAIN = ("patients", "studies", "slides", "images", "volumes", "series", "videos", "patches", "reports")


def reasons(
    form: Mapping[str, Any], given: Sequence[Answer], matched: Sequence[str], advised: Sequence[str]
) -> tuple[Remark, ...]:
    """Return why an entry was chosen.

    Parameters
    ----------
    form : mapping
        What `ranking_form` gives.
    given : sequence of Answer
        What it answers to the needs.
    matched : sequence of str
        Where words of the question were found.
    advised : sequence of str
        Advice of the guides that fits the question.

    Returns
    -------
    tuple of Remark
        The needs that are met, in order; the guides' advice; what the Imaging Data Commons counts; the words found.
    """
    return tuple(_reasons(form, given, matched, advised))


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


def _reasons(
    form: Mapping[str, Any], given: Sequence[Answer], matched: Sequence[str], advised: Sequence[str]
) -> Iterator[Remark]:
    yield from dict.fromkeys(each.remark for each in given if each.met == "yes")
    for sentence in advised:
        yield Remark(f"The guides advise: “{sentence}”")
    if form["idc"]:
        yield Remark(form["idc"])
    if matched:
        yield Remark(f"Found in {'; '.join(matched)}.")


def _of_terms(form: Mapping[str, Any]) -> Iterator[Remark]:
    terms, access = form["license"], form["access"]
    if not terms["confirmed"]:
        yield Remark("Its license is not confirmed: nothing may be concluded about its use.")
    elif terms["commercial"] == "no":
        yield Remark(f"Not for commercial use: {terms['name']}.", terms["page"])
    elif terms["commercial"] == "unknown":
        yield Remark(f"Read its terms before any commercial use: {terms['name']}.", terms["page"])
    if terms["share_alike"] == "yes":
        yield Remark("What is made from it and shared must carry the same license (share-alike).", terms["page"])
    if access["kind"] in ("data_use_agreement", "credentialed"):
        needed = "credentials" if access["kind"] == "credentialed" else "a data use agreement"
        yield Remark(f"Access needs {needed}.", access["page"])


def _of_people(form: Mapping[str, Any], needs: Needs) -> Iterator[Remark]:
    """Warn of demographics that are missing, or given for some persons only though they were asked for."""
    if form["kind"] not in ("dataset", "collection"):
        return
    stated = form["demographics"]
    absent = [name for name in ("age", "sex") if stated[name] == "no"]
    unknown = [name for name in ("age", "sex") if stated[name] == "unknown"]
    if absent:
        yield Remark(f"No {listed(absent, 'or')} of the patients.", stated["page"])
    if unknown:
        yield Remark(f"Whether {listed(unknown)} of the patients {'are' if unknown[1:] else 'is'} given is not known.")
    partly = [name for name in ("age", "sex", "race", "ethnicity") if stated[name] == "partly"]
    asked = {part for name in needs.demographics for part in name.split(" or ")}
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
        stated_by = dict.fromkeys(each for each in (size["source"], size["checked"]) if each)
        if not set(FIRST_HAND) & set(stated_by):
            yield Remark(f"{amount(name, size)}: stated by {listed([STATED_BY[each] for each in stated_by])} only.")
    for each in form["disputed"]:
        stated, says = STATED_BY[each["source"]].capitalize(), saying(each["source"])
        other = f"{STATED_BY[each['checked']]} {saying(each['checked'])} otherwise"
        words = f": “{each['words']}”" if each["words"] else ""
        yield Remark(f"{stated} {says} {each['amount']}; {other}{words}.", each["page"])
    for each in form["issues"]:
        yield Remark(f"Known issue: {each['issue']}", each["page"])

"""Whether an entry meets each need: yes, no, or not known; what is not known never counts as met."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from workbench.catalog.registry.asking.needs import ACCESS_ORDER, Needs, Wanted
from workbench.catalog.registry.ranking.answer import Answer, Met, Remark
from workbench.catalog.registry.ranking.meeting_images import covering, fitting_parts, image_answers
from workbench.catalog.registry.ranking.meeting_sizes import size_answer
from workbench.errors import listed

#: Two keys to the sentence that says which images they share, or None.
Leakage = Callable[[str, str], str | None]

_ACCESS = {
    "open": "Access is open.",
    "registration": "Access needs registration.",
    "data_use_agreement": "Access needs a data use agreement.",
    "credentialed": "Access needs credentials.",
    "unknown": "How one gets access is not known.",
}
_GIVEN = {
    "yes": "{} is given for each person.",
    "partly": "{} is given for some of the persons.",
    "no": "{} is not given.",
}
_ORDER = {"yes": 0, "partly": 1, "unknown": 2, "no": 3}


def answers(form: Mapping[str, Any], needs: Needs, leakage: Leakage) -> Iterator[Answer]:
    """Yield what an entry answers to each hard need.

    Parameters
    ----------
    form : mapping
        What `ranking_form` gives.
    needs : Needs
        What is needed.
    leakage : callable
        Two keys to the sentence that says which images they share, or None.

    Yields
    ------
    Answer
        In the order in which needs are said back.
    """
    yield from image_answers(form, needs)
    if form["kind"] in ("dataset", "collection"):
        yield from _splits(form, needs)
        yield from (_demographic(form, each) for each in needs.demographics)
    yield from _terms(form, needs)
    yield from (size_answer(form, each, needs, fitting_parts(form, needs)) for each in needs.sizes)
    for what, each in needs.without:
        yield _apart(form, each, f"not {each.said}", leakage) if what == "entry" else _without(form, each, what)
    yield from (_apart(form, each, f"no images of {each.said}", leakage) for each in needs.apart_from)


def _splits(form: Mapping[str, Any], needs: Needs) -> Iterator[Answer]:
    if needs.splits:
        said = {
            "yes": "Has official splits.",
            "partly": "Has official splits in part.",
            "no": "Has no official splits.",
            "unknown": "Whether it has official splits is not known.",
        }[form["splits"]]
        yield Answer("official splits", _met(form["splits"]), Remark(said), "splits")


def _demographic(form: Mapping[str, Any], name: str) -> Answer:
    stated = form["demographics"]
    one, given = min(((each, stated[each]) for each in name.split(" or ")), key=lambda pair: _ORDER[pair[1]])
    if given == "unknown":
        return Answer(f"{name} known", "unknown", Remark(f"Whether {one} is given is not known."), "demographics")
    said = _GIVEN[given].format(one.capitalize()) + (" Only a third party says so." if stated["third_party"] else "")
    return Answer(f"{name} known", _met(given), Remark(said, stated["page"]), "demographics")


def _terms(form: Mapping[str, Any], needs: Needs) -> Iterator[Answer]:
    terms, access = form["license"], form["access"]
    if needs.commercial:
        said = {
            "yes": "Commercial use is allowed",
            "no": "Commercial use is not allowed",
            "unknown": "Whether commercial use is allowed is not known",
        }[terms["commercial"]]
        words = f", “{terms['words']}”" if terms["words"] else ""
        remark = Remark(f"{said}: {terms['name']}{words}.", terms["page"])
        yield Answer("commercial use", terms["commercial"], remark, "commercial")
    if needs.license:
        wanted = [value for each in needs.license for value in each.values]
        need = f"license {listed([each.said for each in needs.license], 'or')}"
        met: Met = "yes" if terms["id"] in wanted else "unknown" if terms["id"] in _UNSETTLED else "no"
        yield Answer(need, met, Remark(f"License: {terms['name']}.", terms["page"]), "license")
    if needs.share_alike:
        shared, said = _SHARE_ALIKE.get(terms["share_alike"], _SHARE_ALIKE["unknown"])
        yield Answer("no share-alike", shared, Remark(said, terms["page"]), "license")
    if needs.redistribution:
        passed, said = terms["redistribution"], _REDISTRIBUTION[terms["redistribution"]]
        yield Answer("passing it on", _met(passed), Remark(f"{said}: {terms['name']}.", terms["page"]), "license")
    if needs.attribution:
        credited, said = _ATTRIBUTION[terms["attribution"]]
        yield Answer("no attribution", credited, Remark(said, terms["page"]), "license")
    if needs.access:
        allowed = ACCESS_ORDER[: ACCESS_ORDER.index(needs.access) + 1]
        met = _met("unknown" if access["kind"] == "unknown" else "yes" if access["kind"] in allowed else "no")
        remark = Remark(_ACCESS[access["kind"]], access["page"])
        yield Answer(Needs(access=needs.access).said()[0], met, remark, "access")


_SHARE_ALIKE: dict[str, tuple[Met, str]] = {
    "no": ("yes", "What is made from it may carry any license."),
    "yes": ("no", "What is made from it and shared must carry the same license (share-alike)."),
    "unknown": ("unknown", "Whether what is made from it must carry the same license is not known."),
}
_REDISTRIBUTION = {
    "yes": "Passing it on is allowed",
    "no": "Passing it on is not allowed",
    "unknown": "Whether it may be passed on is not known",
}
_ATTRIBUTION: dict[str, tuple[Met, str]] = {
    "no": ("yes", "Nobody has to be credited."),
    "yes": ("no", "Credit is required."),
    "unknown": ("unknown", "Whether credit is required is not known."),
}
_UNSETTLED = ("unknown", "LicenseRef-varies-by-collection")


def _without(form: Mapping[str, Any], wanted: Wanted, what: str) -> Answer:
    values = form[{"modality": "modality", "region": "regions", "task": "tasks"}[what]]
    unwanted = covering(wanted.values) if what == "region" else wanted.values
    has = [each for each in values if each in unwanted]
    said = f"It has {listed(has)}." if has else f"It has only {listed(values)}."
    if not values or values == ["Unknown"]:
        return Answer(f"not {wanted.said}", "unknown", Remark("What it has is not known."), "without")
    return Answer(f"not {wanted.said}", "no" if has else "yes", Remark(said), "without")


def _apart(form: Mapping[str, Any], wanted: Wanted, need: str, leakage: Leakage) -> Answer:
    """Answer whether an entry is one that is ruled out, or shares images with one."""
    for key in wanted.values:
        said = f"It is {wanted.said}." if key == form["key"] else leakage(*sorted((key, form["key"])))
        if said:
            return Answer(need, "no", Remark(said), "without")
    return Answer(need, "yes", Remark(f"No images in common with {wanted.said} are recorded."), "without")


def _met(given: str) -> Met:
    return "yes" if given in ("yes", "partly") else "no" if given == "no" else "unknown"

"""Whether images are of the kind and the place and have the labels that are needed, all in one part of a data set."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.catalog.registry.asking.needs import Needs, Wanted
from workbench.catalog.registry.asking.rules import ranking_rules
from workbench.catalog.registry.ranking.answer import Answer, Met, Remark
from workbench.catalog.registry.ranking.spoken import any_holds
from workbench.errors import listed

_NAMED = ("name", "aliases", "conditions", "keywords", "guide")
_TOLD = (*_NAMED, "summary", "annotations")
_SHOWN = 4  # organs or conditions that a sentence names
_LOOK_THERE = Answer(
    "all in one data set",
    "unknown",
    Remark("It holds many data sets; whether one of them has all of this is not known. Look there."),
    "parts",
)


def image_answers(form: Mapping[str, Any], needs: Needs) -> list[Answer]:
    """Return what an entry answers to the needs about its images.

    Models and frameworks show no part of the body and come with no people or labels: such needs are not asked of them,
    nor a modality of one that names none, unless its specialty tells.

    Parameters
    ----------
    form : mapping
        What `ranking_form` gives.
    needs : Needs
        What is needed.

    Returns
    -------
    list of Answer
        In the order in which needs are said back; the last tells when no single part meets what the whole does.
    """
    data = form["kind"] in ("dataset", "collection")
    given = list(_places(form, needs)) if data else []
    given += [_modality(form, each) for each in needs.modality if data or form["modality"] or each.specialty]
    if data:
        given += [_spoken(form, each, _TOLD, "stain", "how tissue is stained") for each in needs.stain]
    given += [_task(form, each) for each in needs.task]
    if data:
        given += [_spoken(form, each, _TOLD, "populations", "whom it shows") for each in needs.populations]
        given += [_origin(form, each) for each in needs.origins]
        given += [_label(form, each) for each in needs.labels]
    if any(each.met != "yes" for each in given):
        return given
    if form["platform"] and _asked_together(form, needs) > 1:
        return [*given, _LOOK_THERE]
    return [*given, *_together(form, needs)]


def fitting_parts(form: Mapping[str, Any], needs: Needs) -> list[Mapping[str, Any]]:
    """Return the parts of an entry that are of the kind and of every place asked for.

    Parameters
    ----------
    form : mapping
        What `ranking_form` gives.
    needs : Needs
        What is needed.

    Returns
    -------
    list of mapping
        In their order; empty when none is stated.
    """
    kinds = {value for wanted in needs.modality for value in wanted.values}
    return [
        part
        for part in form["parts"]
        if (not kinds or set(part["modality"]) & kinds)
        and all(_in_part(form, part, None, place, "organs" if place in needs.organs else "region", ()) == "yes"
                for place in (*needs.region, *needs.organs))
    ]  # fmt: skip


def covering(regions: Sequence[str]) -> list[str]:
    """Return every region whose images show one of some regions.

    Parameters
    ----------
    regions : sequence of str
        Regions asked for.

    Returns
    -------
    list of str
        Those named in ``regions_covering`` of ``data_catalog/ranking.yaml``.

    Examples
    --------
    >>> covering(["Neck"])
    ['Neck', 'Head and Neck', 'Whole body']
    """
    known = ranking_rules()["regions_covering"]
    return list(dict.fromkeys(wider for region in regions for wider in known.get(region, [region])))


def _within(organs: Sequence[str]) -> list[str]:
    """Return organs and all that lies within them."""
    known = ranking_rules()["organs_within"]
    return list(dict.fromkeys(part for organ in organs for part in (organ, *known.get(organ, ()))))


def _places(form: Mapping[str, Any], needs: Needs) -> Iterator[Answer]:
    regions = [_region(form, each, needs) for each in needs.region]
    yield from regions
    # Who shows another region shows another organ; that is one thing that is missing, not two.
    if not any(each.met == "no" for each in regions):
        yield from (_organ(form, each) for each in needs.organs)
    yield from (_condition(form, each) for each in needs.conditions)


def _region(form: Mapping[str, Any], wanted: Wanted, needs: Needs) -> Answer:
    shown = form["regions"]
    if shown in ([], ["Unknown"], ["Not Applicable"]):
        return Answer(wanted.said, "unknown", Remark("What part of the body it shows is not known."), "region")
    met = any(each in covering(wanted.values) for each in shown)
    direct = any(each in wanted.values for each in shown)
    by_name = direct and wanted.said not in [each.said for each in needs.organs]
    said = f"Shows {wanted.said if by_name else listed(shown)}."
    return Answer(wanted.said, "yes" if met else "no", Remark(said), "region")


def _organ(form: Mapping[str, Any], wanted: Wanted) -> Answer:
    stated, asked = form["organs"], _within(wanted.values)
    if any(each in asked for each in stated):
        return Answer(wanted.said, "yes", Remark(f"Shows {wanted.said}."), "organs")
    if stated:
        return Answer(wanted.said, "no", Remark(f"Shows {_some(stated)}."), "organs")
    if any_holds(asked, _texts(form, ("name", "aliases", "conditions", "keywords"))):
        return Answer(wanted.said, "yes", Remark(f"Its keywords name {wanted.said}."), "organs")
    return Answer(wanted.said, "unknown", Remark("What organs it shows is not known."), "organs")


def _people(conditions: Sequence[str]) -> list[str]:
    return ["healthy people" if each == "healthy" else each for each in conditions]


def _condition(form: Mapping[str, Any], wanted: Wanted) -> Answer:
    if any_holds(wanted.values, _texts(form, _NAMED)):
        return Answer(wanted.said, "yes", Remark(f"It is about {wanted.said}."), "conditions")
    if stated := form["texts"].get("conditions", ()):
        return Answer(wanted.said, "no", Remark(f"It is about {_some(_people(stated))}."), "conditions")
    return Answer(wanted.said, "unknown", Remark(f"Whether it has {wanted.said} is not known."), "conditions")


def _modality(form: Mapping[str, Any], wanted: Wanted) -> Answer:
    if not form["modality"]:
        met = form["specialty"] in (wanted.specialty, "several")
        said = f"Its specialty is {form['specialty']}." if form["specialty"] else "Its specialty is not known."
        return Answer(wanted.said, "yes" if met else "no" if form["specialty"] else "unknown", Remark(said), "modality")
    if any(each in wanted.values for each in form["modality"]):
        return Answer(wanted.said, "yes", Remark(f"Kind of image: {wanted.said}."), "modality")
    called = ranking_rules()["modality_called"]
    said = listed(tuple(dict.fromkeys(called.get(each, each) for each in form["modality"])))
    return Answer(wanted.said, "no", Remark(f"Kind of image: {said}."), "modality")


def _task(form: Mapping[str, Any], wanted: Wanted) -> Answer:
    met = any(each in wanted.values for each in form["tasks"])
    said = wanted.said if met else listed(form["tasks"])
    return Answer(wanted.said, "yes" if met else "no", Remark(f"Serves {said}."), "task")


def _spoken(form: Mapping[str, Any], wanted: Wanted, fields: Sequence[str], about: str, what: str) -> Answer:
    """Answer a need that an entry meets only where it says so; nobody states what is not there."""
    if any_holds(wanted.values, _texts(form, fields)):
        return Answer(wanted.said, "yes", Remark(f"Speaks of {wanted.said}."), about)
    return Answer(wanted.said, "unknown", Remark(f"It does not say {what}."), about)


def _origin(form: Mapping[str, Any], wanted: Wanted) -> Answer:
    stated = form["countries"]
    if not stated:
        return Answer(wanted.said, "unknown", Remark("Where its people live is not known."), "origins")
    met = any(each in wanted.values for each in stated)
    return Answer(wanted.said, "yes" if met else "no", Remark(f"From {listed(stated)}."), "origins")


def _label(form: Mapping[str, Any], label: str) -> Answer:
    came = form["labels"]
    said = f"Comes with {listed(came)}." if came else "What labels it comes with is not known."
    return Answer(label, "yes" if label in came else "no" if came else "unknown", Remark(said), "labels")


def _asked_together(form: Mapping[str, Any], needs: Needs) -> int:
    """Return how many things are asked for of which a platform has several."""
    several = {name: len(form[name]) > 1 for name in ("modality", "regions", "tasks", "labels")}
    asked = {
        "modality": needs.modality,
        "regions": (*needs.region, *needs.organs),
        "tasks": needs.task,
        "labels": needs.labels,
    }
    others = (needs.conditions, needs.stain, needs.populations, needs.origins)
    return sum(bool(asked[name]) and several[name] for name in asked) + sum(map(bool, others))


def _together(form: Mapping[str, Any], needs: Needs) -> Iterator[Answer]:
    """Tell when no part has what the whole has: an organ on CT and another on MRI are no MRI of the first."""
    kinds: tuple[Wanted | None, ...] = needs.modality or (None,)
    places: list[tuple[str, Wanted | None]] = [("region", each) for each in needs.region]
    places += [("organs", each) for each in needs.organs]
    for kind in kinds if form["parts"] else ():
        for about, place in places or [("region", None)]:
            met = [_in_part(form, part, kind, place, about, needs.labels) for part in form["parts"]]
            if "yes" in met:
                continue
            named = " of ".join(each.said for each in (kind, place) if each)
            what = " with ".join(each for each in (named, listed(needs.labels)) if each)
            said = "Whether a part of it is" if "unknown" in met else "No part of it is"
            ended = " is not known" if "unknown" in met else ""
            yield Answer(what, "unknown" if "unknown" in met else "no", Remark(f"{said} {what}{ended}."), "parts")
            return


def _in_part(
    form: Mapping[str, Any],
    part: Mapping[str, Any],
    kind: Wanted | None,
    place: Wanted | None,
    about: str,
    labels: Sequence[str],
) -> Met:
    """Return whether a part is of a kind and a place and has the labels; what it leaves out is that of the whole."""
    if kind and not set(part["modality"]) & set(kind.values):
        return "no"
    if place and about == "region" and not set(part["regions"] or form["regions"]) & set(covering(place.values)):
        return "no"
    organs = part["organs"] or form["organs"]
    if place and about == "organs" and organs and not set(organs) & set(_within(place.values)):
        return "no"
    if not labels or set(labels) <= set(part["labels"]):
        return "yes"
    return "no" if part["labels"] else "unknown"


def _texts(form: Mapping[str, Any], fields: Sequence[str]) -> Iterator[str]:
    return (text for name in fields for text in form["texts"].get(name, ()))


def _some(stated: Sequence[str]) -> str:
    return f"{', '.join(stated[:_SHOWN])} and others" if stated[_SHOWN:] else listed(list(stated))

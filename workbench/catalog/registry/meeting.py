"""Whether an entry meets each need: yes, no, or not known; what is not known never counts as met."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workbench.catalog.registry.needs import ACCESS_ORDER, Needs, SizeWanted, Wanted, listed
from workbench.catalog.registry.ranking_rules import ranking_rules

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
#: Those whose word on a number counts as its source.
FIRST_HAND = ("creator", "repository", "paper", "registry", "idc")
#: Who states a number, in words.
STATED_BY = {
    "guide": "a guide",
    "creator": "the creators",
    "repository": "the repository",
    "paper": "a paper",
    "registry": "a registry",
    "third_party": "a third party",
    "idc": "the index of the Imaging Data Commons",
}


@dataclass(frozen=True)
class Remark:
    """A sentence about an entry, with the page it rests on.

    Attributes
    ----------
    text : str
        The sentence.
    source : str
        A page; empty when the entry names none.
    """

    text: str
    source: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.source})" if self.source else self.text


@dataclass(frozen=True)
class Answer:
    """What became of one need.

    Attributes
    ----------
    need : str
        In words, as it is said back.
    met : {"yes", "no", "unknown"}
        Whether the entry meets it.
    remark : Remark
        Why.
    about : str
        ``region modality task labels splits demographics commercial access size`` or ``without``.
    """

    need: str
    met: Literal["yes", "no", "unknown"]
    remark: Remark
    about: str


def answers(form: Mapping[str, Any], needs: Needs) -> Iterator[Answer]:
    """Yield what an entry answers to each hard need.

    Models and frameworks show no part of the body and come with no people, labels or splits: such needs are not asked
    of them, nor a modality of one that names none, unless its specialty tells.

    Parameters
    ----------
    form : mapping
        What `ranking_form` gives.
    needs : Needs
        What is needed.

    Yields
    ------
    Answer
        In the order in which needs are said back.
    """
    data = form["kind"] in ("dataset", "collection")
    if data:
        yield from (_region(form, each) for each in needs.region)
    yield from (_modality(form, each) for each in needs.modality if data or form["modality"] or each.specialty)
    yield from (_among(form["tasks"], each, "Serves", "task") for each in needs.task)
    if data:
        yield from (_label(form, each) for each in needs.labels)
        yield from _splits(form, needs)
        yield from (_demographic(form, each) for each in needs.demographics)
    yield from _terms(form, needs)
    yield from (_size(form, each) for each in needs.sizes)
    yield from (_without(form, each, what) for what, each in needs.without)


def covering(regions: tuple[str, ...] | list[str]) -> list[str]:
    """Return every region whose images show one of some regions.

    Parameters
    ----------
    regions : tuple or list of str
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


def _region(form: Mapping[str, Any], wanted: Wanted) -> Answer:
    shown = form["regions"]
    if shown in ([], ["Unknown"], ["Not Applicable"]):
        return Answer(wanted.said, "unknown", Remark("What part of the body it shows is not known."), "region")
    met = any(each in covering(wanted.values) for each in shown)
    return Answer(wanted.said, "yes" if met else "no", Remark(f"Shows {listed(shown)}."), "region")


def _modality(form: Mapping[str, Any], wanted: Wanted) -> Answer:
    if not form["modality"]:
        met = form["specialty"] in (wanted.specialty, "several")
        said = f"Its specialty is {form['specialty']}." if form["specialty"] else "Its specialty is not known."
        return Answer(wanted.said, "yes" if met else "no" if form["specialty"] else "unknown", Remark(said), "modality")
    return _among(form["modality"], wanted, "Modality:", "modality")


def _among(values: list[str], wanted: Wanted, before: str, about: str) -> Answer:
    met = any(each in wanted.values for each in values)
    return Answer(wanted.said, "yes" if met else "no", Remark(f"{before} {listed(values)}."), about)


def _label(form: Mapping[str, Any], label: str) -> Answer:
    came = form["labels"]
    said = f"Comes with {listed(came)}." if came else "What labels it comes with is not known."
    return Answer(label, "yes" if label in came else "no" if came else "unknown", Remark(said), "labels")


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
    said = _GIVEN[given].format(one.capitalize())
    return Answer(f"{name} known", _met(given), Remark(said, stated["page"]), "demographics")


_ORDER = {"yes": 0, "partly": 1, "unknown": 2, "no": 3}


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
    if needs.access:
        allowed = ACCESS_ORDER[: ACCESS_ORDER.index(needs.access) + 1]
        met = _met("unknown" if access["kind"] == "unknown" else "yes" if access["kind"] in allowed else "no")
        yield Answer(
            Needs(access=needs.access).said()[0], met, Remark(_ACCESS[access["kind"]], access["page"]), "access"
        )


def _size(form: Mapping[str, Any], wanted: SizeWanted) -> Answer:
    """Answer with the quantity that decides."""
    known = [(name, form["sizes"][name]) for name in wanted.quantities if name in form["sizes"]]
    if not known:
        return Answer(wanted.words, "unknown", Remark(f"How many {wanted.said} it has is not known."), "size")
    judged = [(_within(size, wanted), name, size) for name, size in known]
    # Any quantity that is large enough will do; to be small enough, all of them have to be.
    order = ("yes", "unknown", "no") if wanted.least is not None else ("no", "unknown", "yes")
    met, name, size = min(judged, key=lambda each: order.index(each[0]))
    checked = size["checked"]
    agreed = f", and {STATED_BY[checked]} {saying(checked, 'agree')}" if checked else ""
    said = f"{amount(name, size)}, {saying(size['source'])} {STATED_BY[size['source']]}{agreed}."
    return Answer(wanted.words, met, Remark(said, size["page"]), "size")


def _within(size: Mapping[str, Any], wanted: SizeWanted) -> Literal["yes", "no", "unknown"]:
    value, open_above = size["value"], size["qualifier"] == "at_least"
    if wanted.least is not None:
        enough = value > wanted.least or (value == wanted.least and (open_above or not wanted.strict))
        return "yes" if enough else "unknown" if open_above else "no"
    few = wanted.most is not None and (value < wanted.most or (value == wanted.most and not wanted.strict))
    return "no" if not few else "unknown" if open_above else "yes"


def amount(quantity: str, size: Mapping[str, Any]) -> str:
    """Return a size in words.

    Parameters
    ----------
    quantity : str
        What is counted.
    size : mapping
        ``value`` and ``qualifier``.

    Returns
    -------
    str
        Such as ``At least 2,000 patients``.

    Examples
    --------
    >>> amount("text_pairs", {"value": 1200, "qualifier": "about"})
    'About 1,200 text pairs'
    """
    before = {"at_least": "At least ", "about": "About "}.get(size["qualifier"], "")
    return f"{before}{size['value']:,} {quantity.replace('_', ' ')}"


def saying(kind: str, verb: str = "say") -> str:
    """Return a verb in the number of who states something.

    Parameters
    ----------
    kind : str
        Kind of a source.
    verb : str
        Of the plural.

    Returns
    -------
    str
        The creators are many, all others one.

    Examples
    --------
    >>> saying("creator"), saying("paper", "agree")
    ('say', 'agrees')
    """
    return verb if kind == "creator" else f"{verb}s"


def _without(form: Mapping[str, Any], wanted: Wanted, what: str) -> Answer:
    values = form[{"modality": "modality", "region": "regions", "task": "tasks"}[what]]
    unwanted = covering(wanted.values) if what == "region" else wanted.values
    has = [each for each in values if each in unwanted]
    said = f"It has {listed(has)}." if has else f"It has only {listed(values)}."
    if not values or values == ["Unknown"]:
        return Answer(f"not {wanted.said}", "unknown", Remark("What it has is not known."), "without")
    return Answer(f"not {wanted.said}", "no" if has else "yes", Remark(said), "without")


def _met(given: str) -> Literal["yes", "no", "unknown"]:
    return "yes" if given in ("yes", "partly") else "no" if given == "no" else "unknown"

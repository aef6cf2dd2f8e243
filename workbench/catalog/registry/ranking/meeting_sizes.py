"""Whether an entry is as large or as small as needed, counting only images of the kind that is asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.catalog.registry.asking.needs import Needs, SizeWanted
from workbench.catalog.registry.ranking.answer import Answer, Met, Remark

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
_NO_IMAGES = "TEXT"
_PEOPLE = "patients"


def size_answer(
    form: Mapping[str, Any], wanted: SizeWanted, needs: Needs, fitting: Sequence[Mapping[str, Any]]
) -> Answer:
    """Answer a need for a number with the quantity that decides.

    Parameters
    ----------
    form : mapping
        What `ranking_form` gives.
    wanted : SizeWanted
        The number.
    needs : Needs
        All that is needed: of several kinds of image only those asked for count.
    fitting : sequence of mapping
        The parts of the entry that are of the kind and the place asked for.

    Returns
    -------
    Answer
        Not known for a platform, whose numbers are those of many data sets.
    """
    if form["platform"]:
        return Answer(wanted.words, "unknown", Remark("Its numbers count many data sets; look there."), "size")
    sizes = _sizes(form, needs, fitting)
    if told := _too_small(form, wanted):
        return told
    known = [(name, sizes[name]) for name in wanted.quantities if name in sizes]
    if not known:
        apart = any(name in form["sizes"] for name in wanted.quantities)
        said = f"How many {wanted.said} it has {'of this kind ' if apart else ''}is not known."
        return Answer(wanted.words, "unknown", Remark(said), "size")
    judged = [(_within(size, wanted), name, size) for name, size in known]
    # Any quantity that is large enough will do; to be small enough, all of them have to be.
    order = ("yes", "unknown", "no") if wanted.least is not None else ("no", "unknown", "yes")
    met, name, size = min(judged, key=lambda each: order.index(each[0]))
    far = met == "no" and all(_far(size, wanted) for _, size in known)
    return Answer(wanted.words, met, Remark(f"{_told(name, size)}.", size["page"]), "size", far)


def _too_small(form: Mapping[str, Any], wanted: SizeWanted) -> Answer | None:
    """Return the answer of an entry that as a whole has less than is asked of a part or a kind of it."""
    whole = [(name, form["sizes"][name]) for name in wanted.quantities if name in form["sizes"]]
    if wanted.least is None or not whole or any(_within(size, wanted) != "no" for _, size in whole):
        return None
    name, size = whole[0]
    far = all(_far(size, wanted) for _, size in whole)
    return Answer(wanted.words, "no", Remark(f"{_told(name, size)}.", size["page"]), "size", far)


def _far(size: Mapping[str, Any], wanted: SizeWanted) -> bool:
    return wanted.least is not None and 2 * size["value"] < wanted.least


def _sizes(
    form: Mapping[str, Any], needs: Needs, fitting: Sequence[Mapping[str, Any]]
) -> Mapping[str, Mapping[str, Any]]:
    """Return the numbers of what is asked for: of the whole, of the parts that fit, or those that are known of it."""
    sizes: Mapping[str, Mapping[str, Any]] = form["sizes"]
    if form["parts"]:
        return sizes if len(fitting) == len(form["parts"]) else _of_parts(fitting)
    asked = {value for wanted in needs.modality for value in wanted.values}
    images = [each for each in form["modality"] if each != _NO_IMAGES]
    if not asked or all(each in asked for each in images):
        return sizes
    return {name: size for name, size in sizes.items() if name == _PEOPLE and images[0] in asked}


def _of_parts(fitting: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the largest number of each quantity; several parts together have at least that."""
    found: dict[str, dict[str, Any]] = {}
    for part in fitting:
        for name, size in part["sizes"].items():
            if name not in found or size["value"] > found[name]["value"]:
                qualifier = "at_least" if fitting[1:] else size["qualifier"]
                of = {"source": "", "checked": "", "page": "", "part": part["name"]}
                found[name] = {"value": size["value"], "qualifier": qualifier, **of}
    return found


def _told(name: str, size: Mapping[str, Any]) -> str:
    if size.get("part"):
        return f"{amount(name, size)}, counting {size['part']}"
    agreed = f", and {STATED_BY[size['checked']]} {saying(size['checked'], 'agree')}" if size["checked"] else ""
    return f"{amount(name, size)}, {saying(size['source'])} {STATED_BY[size['source']]}{agreed}"


def _within(size: Mapping[str, Any], wanted: SizeWanted) -> Met:
    value, open_above = size["value"], size["qualifier"] == "at_least"
    met: list[Met] = []
    if wanted.least is not None:
        enough = value > wanted.least or (value == wanted.least and (open_above or not wanted.strict))
        met.append("yes" if enough else "unknown" if open_above else "no")
    if wanted.most is not None:
        few = value < wanted.most or (value == wanted.most and not wanted.strict)
        met.append("no" if not few else "unknown" if open_above else "yes")
    return "no" if "no" in met else "unknown" if "unknown" in met else "yes"


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

"""A cohort's conditions in plain English, for explanations and flow diagrams."""

from workbench.catalog.criteria.criterion import Condition, Criterion
from workbench.catalog.criteria.group_condition import Group
from workbench.catalog.criteria.near_test import NearTest
from workbench.catalog.criteria.sql import Query

_NAMES = {
    "collection_id": "collection",
    "body_region_source": "source of the body region",
    "age_years": "age at the study",
    "age_decade": "age band at the study",
    "age_group": "age band at the study",
    "covid19_positive": "COVID-19 status",
    "n_instances": "number of instances",
    "size_mb": "size in MB",
    "first_version": "first data version",
    "slice_thickness_mm": "slice thickness in mm",
    "days_to_study": "days to the study",
    "site_id": "site",
}
_OBJECTS = {True: "derived objects", False: "acquired images"}
_MOST_NAMED = 6


def phrase(condition: Condition) -> str:
    """Return what a condition keeps, such as "modality is CT or MR".

    Parameters
    ----------
    condition : Condition
        Of a cohort.

    Returns
    -------
    str
        A clause without a capital and without a full stop.

    Examples
    --------
    >>> phrase(Criterion("age_years", (18, 89), is_range=True))
    'age at the study from 18 to 89'
    >>> phrase(Criterion("modality", ("CT", "SEG"), level="study", match="each"))
    'the study holds modality CT and SEG'
    """
    if isinstance(condition, Criterion):
        return _criterion(condition)
    if isinstance(condition, Group):
        return _group(condition)
    if isinstance(condition, NearTest):
        return _near_test(condition)
    if isinstance(condition, Query):
        return "selected by an SQL query"
    return condition.label


def _criterion(criterion: Criterion) -> str:
    name = _NAMES.get(criterion.column, criterion.column.replace("_", " "))
    if criterion.missing == "only":
        words = f"{name} is {'' if not criterion.exclude else 'not '}missing"
        return _at_level(criterion, words)
    if (criterion.column, criterion.level, len(criterion.values)) == ("derived", "series", 1):
        return _OBJECTS[criterion.values[0] is not criterion.exclude]
    known_only = criterion.missing == ("keep" if not criterion.exclude else "exclude")
    tail = {True: ", or not known", False: ""}[known_only and not criterion.exclude]
    if criterion.exclude:
        tail = ", and known" if known_only else ""
    if criterion.match == "each":
        verb = "does not hold" if criterion.exclude else "holds"
        return f"the {criterion.level} {verb} {name} {_listed(criterion.values, ' and ')}{tail}"
    return _at_level(criterion, f"{name} {_values(criterion)}{tail}")


def _at_level(criterion: Criterion, words: str) -> str:
    if criterion.level == "series":
        return words
    which = "every series" if criterion.match == "all" else "a series"
    without = "without" if criterion.exclude else "with"
    inner = words.replace(" is not ", " is ", 1).replace(" not from ", " from ", 1) if criterion.exclude else words
    return f"all series of a {criterion.level} {without} {which} whose {inner}"


def _values(criterion: Criterion) -> str:
    negation = "not " if criterion.exclude else ""
    if criterion.is_range:
        low, high = criterion.values
        if low is None:
            return f"{negation}up to {high}"
        return f"{negation}{low} or more" if high is None else f"{negation}from {low} to {high}"
    if criterion.column.endswith("_description"):
        return f"{'does not contain' if criterion.exclude else 'contains'} {_listed(criterion.values, ' or ')}"
    return f"is {negation}{_listed(criterion.values, ' or ')}"


def _listed(values: tuple[object, ...], last: str) -> str:
    words = [str(value) for value in values]
    if len(words) > _MOST_NAMED:
        words = [*words[: _MOST_NAMED - 1], f"one of {len(words) - _MOST_NAMED + 1} more"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])}{last}{words[-1]}"


def _group(group: Group) -> str:
    joined = {"any": "; or ", "all": "; and "}[group.mode].join(phrase(member) for member in group.members)
    opened = {("any", False): "any of: ", ("all", False): "all of: ", ("any", True): "none of: "}
    words = opened.get((group.mode, group.exclude), "not all of: ") + joined
    if len(group.members) == 1 and not group.exclude:
        words = joined
    return words if group.level == "series" else f"all series of a {group.level} with a series that has {words}"


def _near_test(near: NearTest) -> str:
    low, high = near.days
    test = f"a {near.test} with result {near.result}" if near.test else f"a test with result {near.result}"
    if low is None:
        window = f"up to {_day(high)}"
    else:
        window = f"at least {_day(low)}" if high is None else f"from {_day(low)} to {_day(high)}"
    if near.level == "patient":
        return f"everything of patients with a study {window} {test}"
    which = {"all": "study", "first": "first study of a patient", "last": "last study of a patient"}[near.which]
    held = f", among studies with {_group(near.among)}" if near.among else ""
    return f"{which} {window} {test}{held}"


def _day(day: int | None) -> str:
    if day == 0:
        return "the day of"
    return f"{abs(day or 0)} days {'before' if (day or 0) < 0 else 'after'}"

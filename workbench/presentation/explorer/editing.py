"""Change one thing about a cohort, as a click does, and get a new cohort."""

from dataclasses import replace
from typing import Any, get_args

from workbench.catalog.cohort import Cohort
from workbench.catalog.criteria.attributes import attributes
from workbench.catalog.criteria.criterion import Condition, Criterion, MissingPolicy
from workbench.catalog.criteria.groups import any_of
from workbench.errors import unknown_name

#: The descriptions that the search box looks into.
TEXTS = ("study_description", "series_description")

#: Attributes that say the same in different steps.
AGES = ("age_years", "age_decade", "age_group")

# What `where` and `exclude` do with a missing value when nothing is said.
_USUAL: dict[bool, MissingPolicy] = {False: "exclude", True: "keep"}


def plain_position(cohort: Cohort, attribute: str) -> int | None:
    """Return where the criterion stands that the bars and sliders of an attribute change.

    Parameters
    ----------
    cohort : Cohort
        Any cohort, also one with conditions that no click can make.
    attribute : str
        The attribute of the facet or slider.

    Returns
    -------
    int or None
        Position in ``cohort.conditions``; criteria about whole studies or patients are left as they are.
    """
    for position, condition in enumerate(cohort.conditions):
        if is_plain(condition) and condition.columns == {attribute}:
            return position
    return None


def is_plain(condition: Condition) -> bool:
    """Return whether a click could have made the condition.

    Parameters
    ----------
    condition : Condition
        One of a cohort's.

    Returns
    -------
    bool
        True for a criterion about the series itself.
    """
    return isinstance(condition, Criterion) and condition.level == "series" and condition.match == "any"


def toggle(cohort: Cohort, attribute: str, value: Any) -> Cohort:
    """Return the cohort with one value of an attribute added to its criterion, or taken from it.

    Parameters
    ----------
    cohort : Cohort
        Before the click.
    attribute : str
        A category, band or flag.
    value : object
        The value of the bar.

    Returns
    -------
    Cohort
        Without the criterion, when its last value was taken.
    """
    at = plain_position(cohort, attribute)
    values: list[Any] = []
    if at is not None and cohort.conditions[at].missing != "only":  # type: ignore[attr-defined]  # plain: a criterion
        values = list(cohort.conditions[at].values)  # type: ignore[attr-defined]
    values = [other for other in values if other != value] if value in values else [*values, value]
    return choose(cohort, attribute, values or None)


def choose(cohort: Cohort, attribute: str, value: Any) -> Cohort:
    """Return the cohort with the criterion of an attribute set, in its old place or at the end.

    Parameters
    ----------
    cohort : Cohort
        Before.
    attribute : str
        Any attribute.
    value : object
        A list of values, a 2-tuple as an inclusive range, or None to drop the criterion.

    Returns
    -------
    Cohort
        Checked as `Cohort.where` checks.
    """
    at = plain_position(cohort, attribute)
    if value is None:
        return cohort if at is None else remove(cohort, at)
    made = cohort.where(**{attribute: value}).conditions[-1]
    if at is None:
        return _with(cohort, [*cohort.conditions, made])
    old = cohort.conditions[at]
    kept = {"missing": "exclude" if old.missing == "only" else old.missing, "exclude": old.exclude}  # type: ignore[attr-defined]
    return _with(cohort, [*cohort.conditions[:at], replace(made, **kept), *cohort.conditions[at + 1 :]])  # type: ignore[type-var]


def search(cohort: Cohort, text: str) -> Cohort:
    """Return the cohort narrowed to series whose study or series description holds the words.

    Parameters
    ----------
    cohort : Cohort
        Before.
    text : str
        Any words, whatever the case; empty to drop the search.

    Returns
    -------
    Cohort
        With at most one search.
    """
    kept = [condition for condition in cohort.conditions if not condition.columns or not condition.columns <= {*TEXTS}]
    base = _with(cohort, kept)
    words = text.strip()
    known: dict[str, Any] = {name: words for name in TEXTS if name in attributes(cohort.repository)}
    if not words or not known:
        return base
    return base.where(any_of(**known)) if len(known) > 1 else base.where(**known)


def remove(cohort: Cohort, at: int) -> Cohort:
    """Return the cohort without one of its conditions.

    Parameters
    ----------
    cohort : Cohort
        Before.
    at : int
        Position in ``cohort.conditions``; a position that is gone changes nothing.

    Returns
    -------
    Cohort
        The others keep their order.
    """
    return _with(cohort, [other for position, other in enumerate(cohort.conditions) if position != at])


def change(cohort: Cohort, at: int, *, missing: str | None = None, flip: bool = False) -> Cohort:
    """Return the cohort with one criterion's missing policy changed, or its side flipped.

    Parameters
    ----------
    cohort : Cohort
        Before.
    at : int
        Position of a criterion that `is_plain`.
    missing : {"exclude", "keep", "only"}, optional
        What becomes of rows whose value is missing.
    flip : bool
        Whether what was included is excluded from now on, and the other way round.

    Returns
    -------
    Cohort
        Unchanged when no such criterion stands there.
    """
    if missing is not None and missing not in get_args(MissingPolicy):
        raise unknown_name(
            "missing policy", missing, get_args(MissingPolicy), where="the explorer", then="Use one of these."
        )
    if not 0 <= at < len(cohort.conditions) or not is_plain(cohort.conditions[at]):
        return cohort
    old: Criterion = cohort.conditions[at]  # type: ignore[assignment]
    policy: Any = missing or old.missing
    if flip and policy == _USUAL[old.exclude]:
        policy = _USUAL[not old.exclude]
    if not old.values and policy != "only":  # there is nothing else to select by
        return remove(cohort, at)
    changed = replace(old, missing=policy, exclude=old.exclude != flip)
    return _with(cohort, [*cohort.conditions[:at], changed, *cohort.conditions[at + 1 :]])


def _with(cohort: Cohort, conditions: Any) -> Cohort:
    return Cohort(cohort.repository, tuple(conditions))

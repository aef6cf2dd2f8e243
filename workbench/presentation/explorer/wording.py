"""How attributes, values and conditions are named on the page."""

import math
from collections.abc import Mapping
from typing import Any

from workbench.catalog.criteria.criterion import Condition, Criterion
from workbench.catalog.criteria.english import phrase
from workbench.catalog.repository import Repository
from workbench.presentation.explorer.editing import TEXTS, is_plain

#: Attribute to the title of its facet, in the order of the page.
TITLES = {
    "collection_id": "Collection",
    "modality": "Modality",
    "body_region": "Body region",
    "sex": "Sex",
    "age_decade": "Age at study, decades",
    "race": "Race",
    "ethnicity": "Ethnicity",
    "covid19_positive": "COVID-19 test positive",
    "manufacturer": "Manufacturer",
    "license": "License",
    "derived": "Acquired or derived",
}
_MORE_TITLES = {
    "age_years": "Age at study",
    "age_group": "Age group",
    "size_mb": "Series size",
    "n_instances": "Instances",
    "slice_thickness_mm": "Slice thickness",
    "body_part": "Body part",
    "model": "Scanner model",
    "study_description": "Study description",
    "series_description": "Series description",
}
_FLAGS = {"derived": {"false": "Acquired images", "true": "Derived objects"}}
_SHOWN_VALUES = 3


def title(attribute: str) -> str:
    """Return the title of an attribute.

    Parameters
    ----------
    attribute : str
        Its name.

    Returns
    -------
    str
        Sentence case.
    """
    named = TITLES.get(attribute) or _MORE_TITLES.get(attribute)
    return named or attribute.removesuffix("_id").replace("_", " ").capitalize()


def value_label(attribute: str, value: object) -> str:
    """Return a value as the page writes it.

    Parameters
    ----------
    attribute : str
        Its attribute.
    value : object
        A category, band, flag or number.

    Returns
    -------
    str
        Flags in words.
    """
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return _FLAGS.get(attribute, {}).get(text) or {"true": "Yes", "false": "No"}.get(text, text)


def condition_label(condition: Condition, names: Mapping[str, str] | None = None) -> str:
    """Return a condition in words for its chip; what is excluded says so beside it.

    Parameters
    ----------
    condition : Condition
        Any.
    names : mapping, optional
        Ids of collections to their names.

    Returns
    -------
    str
        Such as ``Modality: CT or MR``.
    """
    if _is_search(condition):
        return f"Descriptions with “{searched_text(condition)}”"
    if not isinstance(condition, Criterion) or not is_plain(condition):
        return condition.label.removeprefix("not ")
    return f"{title(condition.column)}: {_matched(condition, names or {})}"


def kept_label(condition: Condition, names: Mapping[str, str] | None = None) -> str:
    """Return what a condition keeps, in words that are true of everyone left, whatever its side and missing policy.

    Parameters
    ----------
    condition : Condition
        Any.
    names : mapping, optional
        Ids of collections to their names.

    Returns
    -------
    str
        Such as ``Sex: anything but Female``, where those of unknown sex stay.
    """
    if _is_search(condition):
        without = "without" if getattr(condition, "exclude", False) else "with"
        return f"Descriptions {without} “{searched_text(condition)}”"
    if not isinstance(condition, Criterion) or not is_plain(condition):
        words = phrase(condition)
        return words[:1].upper() + words[1:]
    matched, keeps_missing = _matched(condition, names or {}), condition.missing == "keep"
    if condition.missing == "only":
        said = "known" if condition.exclude else "not known"
    elif condition.exclude:
        said = f"anything but {matched}" if keeps_missing else f"known, and anything but {matched}"
    else:
        said = f"{matched}, or not known" if keeps_missing else matched
    return f"{title(condition.column)}: {said}"


def searched_text(condition: Condition) -> str:
    """Return the words that a search in descriptions looks for.

    Parameters
    ----------
    condition : Condition
        A criterion on a description, or a group of such.

    Returns
    -------
    str
        The first words found in it.
    """
    return next(_words(condition.entry()), "")


def collection_names(repository: Repository) -> dict[str, str]:
    """Return the names of a source's collections by their ids.

    Parameters
    ----------
    repository : Repository
        Any source.

    Returns
    -------
    dict of str to str
        Empty where the source describes no collections.
    """
    collections = repository.collections
    if "collection_name" not in collections.columns:
        return {}
    return repository.remember(
        "collection names", lambda: dict(collections.select("collection_id", "collection_name").iter_rows())
    )


def _is_search(condition: Condition) -> bool:
    """Whether it looks for one text in descriptions, as the search box does."""
    return bool(condition.columns) and condition.columns <= {*TEXTS} and len({*_words(condition.entry())}) == 1


def _matched(criterion: Criterion, names: Mapping[str, str]) -> str:
    """The values that a plain criterion speaks of."""
    if criterion.missing == "only":
        return "not known"
    if criterion.is_range:
        return _range(criterion)
    known = names if criterion.column == "collection_id" else {}
    labels = [known.get(value) or value_label(criterion.column, value) for value in criterion.values]
    if len(labels) > _SHOWN_VALUES:
        labels = [*labels[: _SHOWN_VALUES - 1], f"{len(labels) - _SHOWN_VALUES + 1} more"]
    return " or ".join(labels)


def _words(entry: Any) -> Any:
    if isinstance(entry, dict):
        if entry.get("column") in TEXTS:
            yield from (str(value) for value in entry.get("values", ()))
        for part in entry.values():
            yield from _words(part)
    elif isinstance(entry, list):
        for part in entry:
            yield from _words(part)


def _range(criterion: Criterion) -> str:
    unit = {"age_years": " years", "size_mb": " MB", "slice_thickness_mm": " mm"}.get(criterion.column, "")
    whole = math.floor if criterion.column == "age_years" else float  # ages are said in completed years
    low, high = (None if end is None else f"{whole(end):,g}" for end in criterion.values)
    if low is None:
        return f"up to {high}{unit}"
    return f"from {low}{unit}" if high is None else f"{low} to {high}{unit}"

"""Order categories by nothing that is hidden: a place between 40 and 38 is a count."""

from collections.abc import Iterable, Mapping
from typing import cast

import polars as pl

from workbench.assessment.suppression.published import Count
from workbench.vocabulary.demographics import (
    AGE_DECADES,
    AGE_GROUPS,
    COVID_STATUS,
    ETHNICITY,
    MISSING,
    RACE,
    RACE_ETHNICITY,
    SEX,
)

_VOCABULARIES = [
    tuple(words) for words in (SEX, RACE, ETHNICITY, RACE_ETHNICITY, AGE_GROUPS, AGE_DECADES, COVID_STATUS)
]


def order_openly(
    table: pl.DataFrame, counts: Mapping[str, Mapping[str, Count]], *, within: Iterable[str] = ()
) -> pl.DataFrame:
    """Return rows in an order that tells nothing about hidden counts.

    Categories of a vocabulary, numbers and names in alphabetical order stay as they are. Others stand by size: they
    are put by the counts shown, then those without one by name, then what is missing.

    Parameters
    ----------
    table : polars.DataFrame
        Has the attributes as Enums; their categories carry the order too.
    counts : mapping of str to mapping
        Attribute to what is shown of each category alone.
    within : iterable of str
        Columns that order the rows first.

    Returns
    -------
    polars.DataFrame
        The same rows.

    Examples
    --------
    >>> site = pl.Series("site", ["B", "C", "A"]).cast(pl.Enum(["B", "C", "A"]))
    >>> order_openly(site.to_frame(), {"site": {"B": 40, "C": None, "A": 38}})["site"].to_list()
    ['B', 'A', 'C']
    """
    for attribute, shown in counts.items():
        categories = cast("pl.Enum", table.schema[attribute]).categories.to_list()
        known = [category for category in categories if category not in MISSING]
        if not _is_open(known):
            known.sort(key=lambda category: (not shown.get(category), -(shown.get(category) or 0), category))
            order = pl.Enum([*known, *(category for category in categories if category in MISSING)])
            table = table.with_columns(pl.col(attribute).cast(pl.String).cast(order))
    return table.sort([*within, *counts], maintain_order=True)


def _is_open(categories: list[str]) -> bool:
    """Whether an order follows from the names: as a vocabulary has it, as numbers ascend, or alphabetical."""
    if any(categories == [word for word in words if word in categories] for words in _VOCABULARIES):
        return True
    if all(category.replace(".", "", 1).lstrip("-").isdigit() for category in categories):
        return categories == sorted(categories, key=float)
    return categories == sorted(categories)

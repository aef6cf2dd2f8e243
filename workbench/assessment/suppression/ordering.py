"""Order categories by their names alone: a place between 40 and 38 is a count."""

import re
from collections.abc import Iterable
from typing import cast

import polars as pl

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

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(?:[–-]\d+(?:\.\d+)?)*\+?")  # 3, 0.5, 18–29, 85+, 2021-08-04
_VOCABULARIES = [
    tuple(words) for words in (SEX, RACE, ETHNICITY, RACE_ETHNICITY, AGE_GROUPS, AGE_DECADES, COVID_STATUS)
]


def order_openly(table: pl.DataFrame, attributes: Iterable[str], *, within: Iterable[str] = ()) -> pl.DataFrame:
    """Return rows in an order that tells nothing about counts.

    Categories of a vocabulary are put in its order; numbers, bands and dates ascend; others are put by name. What is
    missing comes last. How they stood before makes no difference: a census puts texts by their exact counts.

    Parameters
    ----------
    table : polars.DataFrame
        Has the attributes as Enums; their categories carry the order too.
    attributes : iterable of str
        In the order in which they order the rows.
    within : iterable of str
        Columns that order the rows first.

    Returns
    -------
    polars.DataFrame
        The same rows.

    Examples
    --------
    >>> site = pl.Series("site", ["B", "C", "A"]).cast(pl.Enum(["B", "C", "A"]))
    >>> order_openly(site.to_frame(), ["site"])["site"].to_list()
    ['A', 'B', 'C']
    """
    names = list(attributes)
    for attribute in names:
        categories = cast("pl.Enum", table.schema[attribute]).categories.to_list()
        known = [category for category in categories if category not in MISSING]
        missing = [category for category in MISSING if category in categories]
        order = pl.Enum([*_in_order(known), *missing])
        table = table.with_columns(pl.col(attribute).cast(pl.String).cast(order))
    return table.sort([*within, *names], maintain_order=True)


def _in_order(categories: list[str]) -> list[str]:
    for words in _VOCABULARIES:
        if set(categories) <= set(words):
            return sorted(categories, key=words.index)
    numbers = [(float(found[1]), found[0]) for found in map(_NUMBER.fullmatch, categories) if found]
    if len(numbers) == len(categories):
        return [category for _, category in sorted(numbers)]
    return sorted(categories)

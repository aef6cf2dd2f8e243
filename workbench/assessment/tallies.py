"""Count both sides of a comparison, also where small counts are hidden."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import polars as pl

from workbench.assessment.alignment import CohortCounts
from workbench.assessment.categories import categorized
from workbench.assessment.census import Census, count_census
from workbench.assessment.references import ReferencePopulation
from workbench.assessment.references_own import MOST_PEOPLE
from workbench.errors import brief, unknown_name
from workbench.vocabulary.demographics import MISSING

#: The category of one attribute, or one of each of several.
Key = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Tally:
    """How many people one side has in each category.

    Attributes
    ----------
    n : dict
        Category to number or, where a reference publishes only percentages, percentage; in display order, without those
        that are hidden.
    hidden : tuple
        Categories whose numbers are not shown.
    n_hidden : float
        People in the hidden categories together.
    counted : bool
        Whether numbers are people, not percentages.
    """

    n: Mapping[Key, float]
    hidden: tuple[Key, ...] = ()
    n_hidden: float = 0
    counted: bool = True


def tally(counts: CohortCounts, attributes: Sequence[str]) -> Tally | None:
    """Return the number of patients in each category, or combination of categories, missing ones included.

    Parameters
    ----------
    counts : polars.DataFrame, Census, sequence of Census or mapping
        One row a patient; or censuses, whose other attributes are summed over; or attribute to category to number.
    attributes : sequence of str
        One, or several to be crossed.

    Returns
    -------
    Tally or None
        None where a census hides so much that its hidden cells cannot be added up.

    Raises
    ------
    ValueError
        When a census counts something else than patients or a patient in several categories, when attributes are to
        be crossed that are counted apart, or when a number is negative or not whole.

    Examples
    --------
    >>> tally(pl.DataFrame({"sex": ["Male", "Male", "Female"]}), ["sex"]).n
    {('Male',): 2, ('Female',): 1}
    """
    if isinstance(counts, Mapping):
        return Tally(_whole(counts, attributes))
    census = count_census(counts, by=attributes) if isinstance(counts, pl.DataFrame) else _with_all(counts, attributes)
    if census.unit != "patients":
        raise ValueError(
            f"Received a census of {census.unit}. A population is compared with patients. "
            "Count again from one row a patient, with unit='patients'."
        )
    if census.overlapping:
        raise ValueError(
            f"Received a census by {', '.join(census.by)}, in which a patient can count in several groups. Shares that "
            "add up to all patients would be right. Count by an attribute that each patient has once, such as sex."
        )
    number = pl.col("n_patients")
    cells = census.table.group_by(attributes).agg(n=number.sum(), hidden=number.is_null().any()).sort(attributes)
    rows = cells.with_columns(pl.col(attributes).cast(pl.String)).rows()
    shown = {cast("Key", row[:-2]): row[-2] for row in rows if not row[-1]}
    hidden = tuple(cast("Key", row[:-2]) for row in rows if row[-1])
    if not hidden:
        return Tally(shown)
    if census.n_total is None:
        return None
    return Tally(shown, hidden, census.n_total - sum(shown.values()))


def tally_reference(reference: ReferencePopulation, attributes: Sequence[str]) -> Tally:
    """Return a population's number of people, or where none is published its percentages, in each category.

    Parameters
    ----------
    reference : ReferencePopulation
        Made by `read_reference`.
    attributes : sequence of str
        One of the reference's attributes, or several that it publishes together.

    Returns
    -------
    Tally
        In the reference's order, missing ones last.

    Raises
    ------
    ValueError
        When the reference does not publish the attributes together.
    """
    if len(attributes) > 1:
        cells = reference.joint(attributes).with_columns(pl.col(attributes).cast(pl.String))
        return Tally({cast("Key", row[:-1]): row[-1] for row in cells.iter_rows()})
    rows = reference.table.filter(attribute=attributes[0]).select("category", "n", "percent")
    if reference.published is not None:
        gone = reference.published.filter(pl.col("category").is_in(MISSING), attribute=attributes[0])
        rows = pl.concat([rows, gone.select(rows.columns)])
    counted = rows["n"].null_count() == 0
    shown = rows.select("category", "n" if counted else "percent").iter_rows()
    return Tally({(category,): n for category, n in shown}, counted=counted)


def tally_both(first: pl.DataFrame, second: pl.DataFrame, attributes: Sequence[str], *, key: str) -> Tally:
    """Return the number of patients that two frames have in common, in each category.

    A patient with another category in the second frame, such as an older age, is another observation and not counted.

    Parameters
    ----------
    first, second : polars.DataFrame
        One row a patient each.
    attributes : sequence of str
        Columns of both.
    key : str
        The column that names the patient.

    Returns
    -------
    Tally
        Only categories that occur.

    Raises
    ------
    UnknownNameError
        When a frame lacks the key.
    ValueError
        When the key is of two types, or two rows of a frame have the same.
    """
    _require_key(first, second, key)
    named = [
        rows.select(key, *(categorized(rows, name).cast(pl.String) for name in attributes)) for rows in (first, second)
    ]
    both = named[0].join(named[1], on=[key, *attributes]).group_by(attributes).len()
    return Tally({cast("Key", row[:-1]): row[-1] for row in both.iter_rows()})


def regrouped(counted: Tally, homes: Mapping[Key, Key]) -> Tally:
    """Return a tally with categories summed.

    A category with a hidden part is hidden whole.

    Parameters
    ----------
    counted : Tally
        As counted.
    homes : mapping
        Category to the category that it is part of; those not named stay.

    Returns
    -------
    Tally
        In the order in which the new categories first occur.
    """
    hidden = tuple(dict.fromkeys(homes.get(key, key) for key in counted.hidden))
    sums: dict[Key, float] = {}
    for key, n in counted.n.items():
        home = homes.get(key, key)
        sums[home] = sums.get(home, 0) + n
    n_hidden = counted.n_hidden + sum(sums.pop(key, 0) for key in hidden)
    return Tally(sums, hidden, n_hidden, counted.counted)


def pooled(first: Tally, second: Tally, label: Iterable[str]) -> tuple[Tally, Tally]:
    """Return both sides with every category that either of them hides summed into one.

    Parameters
    ----------
    first, second : Tally
        Over the same kind of categories.
    label : iterable of str
        What to call the sum.

    Returns
    -------
    tuple of Tally
        Nothing is hidden any more.
    """
    hidden = dict.fromkeys([*first.hidden, *second.hidden])
    if not hidden:
        return first, second
    key = tuple(label)
    sides = []
    for side in (first, second):
        shown = {name: n for name, n in side.n.items() if name not in hidden}
        together = side.n_hidden + sum(n for name, n in side.n.items() if name in hidden)
        sides.append(Tally(shown | {key: together}, counted=side.counted))
    return sides[0], sides[1]


def _require_key(first: pl.DataFrame, second: pl.DataFrame, key: str) -> None:
    for whose, rows in (("the cohort", first), ("the reference", second)):
        if key not in rows.columns:
            then = "Name in key= a column of both sides that says who a patient is, or leave it out."
            raise unknown_name("column", key, rows.columns, where=whose, then=then)
        if n := int(rows[key].drop_nulls().is_duplicated().sum()):
            raise ValueError(
                f"Received key={key!r}, which {n:,} rows of {whose} share with another row. One row a patient would be "
                f"right. Keep one of each, such as with .unique({key!r})."
            )
    if first.schema[key] != second.schema[key]:
        raise ValueError(
            f"Received key={key!r}, which is {first.schema[key]} in the cohort and {second.schema[key]} in the "
            "reference. The same type on both sides would be right. Cast one of them to the other's type."
        )


def _with_all(counts: Census | Sequence[Census], attributes: Sequence[str]) -> Census:
    """The census with the fewest attributes that has all that are asked for."""
    censuses = [counts] if isinstance(counts, Census) else counts
    having = [census for census in censuses if set(attributes) <= set(census.by)]
    if not having:
        raise _apart(attributes)
    return min(having, key=lambda census: len(census.by))


def _whole(counts: Mapping[str, Mapping[str, int]], attributes: Sequence[str]) -> dict[Key, int]:
    if len(attributes) > 1:
        raise _apart(attributes)
    numbers = counts[attributes[0]]
    wrong = {name: n for name, n in numbers.items() if not _is_number_of_people(n)}
    if wrong:
        raise ValueError(
            f"Received {attributes[0]} counts {brief(wrong)}. Numbers of patients are whole and from 0 to "
            f"{MOST_PEOPLE:,}. Pass counts, not percentages or differences."
        )
    return {(name,): int(n) for name, n in numbers.items()}


def _is_number_of_people(n: object) -> bool:
    if not isinstance(n, int | float | np.integer | np.floating) or isinstance(n, bool):
        return False
    return bool(0 <= n <= MOST_PEOPLE and n == int(n))


def _apart(attributes: Sequence[str]) -> ValueError:
    return ValueError(
        f"Received counts of each attribute alone and asked for {' and '.join(attributes)} together. How they go "
        "together takes a row a patient, or a census by all of them. Pass one of these."
    )

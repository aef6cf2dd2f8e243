"""Facets: how many patients, studies or series stand behind every value of an attribute, under all other criteria."""

from collections.abc import Sequence
from functools import partial, reduce
from operator import and_
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.catalog.criteria.attributes import Coded, Mask, attributes, coded
from workbench.catalog.criteria.criterion import Condition, Criterion
from workbench.catalog.facets.cells import cells
from workbench.catalog.facets.kernels import count_cells, count_wider
from workbench.catalog.narrowing import Selection
from workbench.catalog.repository import Repository
from workbench.errors import unknown_name
from workbench.vocabulary.anatomy import regions_covering
from workbench.vocabulary.demographics import MISSING

Unit = Literal["patients", "studies", "series"]

_SCHEMA = {"attribute": pl.String, "value": pl.String, "n": pl.UInt32, "n_selecting": pl.UInt32}
_NOT_REPORTED = MISSING[1]
_Row = tuple[str, str, int, int]


def count(cohort: Selection, attributes: Sequence[str], unit: Unit = "patients") -> pl.DataFrame:
    """Return how many patients, studies or series have each value, each attribute under all other criteria.

    A criterion on an attribute does not narrow that attribute's own counts, so that they say what choosing another
    value would give. What is missing is a value like any other and comes last.

    Parameters
    ----------
    cohort : Cohort
        Its conditions are the criteria.
    attributes : sequence of str
        Categories, bands and flags, such as ``["modality", "sex", "age_decade"]``.
    unit : {"patients", "studies", "series"}
        What is counted, each once for a value; the values of one patient's series may differ, so the counts of
        patients can add up to more than there are. Those of series add up.

    Returns
    -------
    polars.DataFrame
        One row a value: ``attribute``, ``value``, ``n``, and ``n_selecting``, the count that choosing this value alone
        gives; it is larger than ``n`` where a value selects others too, as the chest does chest and abdomen.
        Values that nothing has are left out.

    Raises
    ------
    UnknownNameError
        For an attribute or unit that does not exist.
    TypeError
        For an attribute that is a number or a text.
    """
    if not isinstance(cohort, Selection):
        raise TypeError(
            f"A {type(cohort).__name__} was received. A cohort would be right. Pass commons.everything for all of it."
        )
    if unit not in get_args(Unit):
        raise unknown_name("unit", unit, get_args(Unit), where="facets.count", then="Say what is to be counted.")
    names = tuple(dict.fromkeys([attributes] if isinstance(attributes, str) else attributes))
    tables = {name: _table(cohort.repository, name) for name in names}
    rows = {row[:2]: row for row in _count(cohort.repository, cohort.conditions, tables, unit)}
    # A condition on a facet that does not ask each series for itself, such as one on whole studies, cannot be left
    # out of its facet's count within the one pass: that facet is counted once more without it.
    for name in names:
        others = [condition for condition in cohort.conditions if condition.columns != {name}]
        if any(condition.columns == {name} and not _of_values(condition) for condition in cohort.conditions):
            rows = {key: row for key, row in rows.items() if key[0] != name}
            rows |= {row[:2]: row for row in _count(cohort.repository, others, {name: tables[name]}, unit)}
    place = {name: number for number, name in enumerate(names)}
    ordered = sorted(rows.values(), key=lambda row: place[row[0]])
    return pl.DataFrame(ordered, schema=_SCHEMA, orient="row")


def _table(repository: Repository, name: str) -> Coded:
    known = attributes(repository)
    if name not in known:
        countable = [each.name for each in known.values() if each.kind in ("category", "band", "flag")]
        raise unknown_name("attribute", name, countable, where=repository.name, then="Pass one of these.")
    table = coded(repository, known[name]) if known[name].kind in ("category", "band", "flag") else None
    if table is None:
        holds = "numbers" if known[name].kind == "number" else "texts"
        raise TypeError(
            f"{name} was received, which holds {holds}. A facet counts categories, such as modality, sex or "
            f"age_decade. Filter it instead: where({name}=…)."
        )
    return table


def _of_values(condition: Condition) -> bool:
    return isinstance(condition, Criterion) and condition.level == "series"


def _count(repository: Repository, conditions: Sequence[Condition], tables: dict[str, Coded], unit: Unit) -> list[_Row]:
    """Count all facets in one pass over the cells."""
    names = tuple(tables)
    widest = max((len(table.values) for table in tables.values()), default=0)
    allowed = np.ones((len(names), widest), dtype=np.bool_)
    asked, common = set(), []
    for condition in conditions:
        (name,) = condition.columns if len(condition.columns) == 1 else ("",)
        if isinstance(condition, Criterion) and _of_values(condition) and name in tables:
            number = names.index(name)
            allowed[number, : len(tables[name].values)] &= condition.values_selected(tables[name])
            asked.add(number)
        else:
            common.append(condition.selected(repository))
    # A row that only holds the place of a study or patient counts as such, not as a series.
    if unit == "series" and repository.has("series", "listed"):
        common.append(repository.column("series", "listed").to_numpy())
    if unit == "studies" and repository.column("series", "study_key").null_count():
        common.append(repository.column("series", "study_key").is_not_null().to_numpy())
    met: Mask | None = reduce(and_, common) if common else None
    gathered = cells(repository, names, list(tables.values()), "study" if unit == "studies" else "patient")
    weights, distinct = gathered.weights(met), unit != "series"
    counted = count_cells(gathered, weights, allowed, np.array(sorted(asked), dtype=np.int64), distinct=distinct)
    rows = []
    for number, (name, table) in enumerate(tables.items()):
        values, wider, by_size = repository.remember(("facet", name), partial(_shape, name, table))
        n = counted[number]
        alone = n if wider is None else count_wider(gathered, weights, allowed, number, wider, distinct=distinct)
        rows += _rows(name, values, n.tolist(), alone.tolist(), by_size=by_size)
    return rows


def _rows(name: str, values: list[str], n: list[int], alone: list[int], *, by_size: bool) -> list[_Row]:
    """The values that something has: most frequent first unless they have an order, what is missing last."""
    found = [
        (name, value, one, selecting)
        for value, one, selecting in zip(values, n, alone, strict=False)  # the counts are padded to the widest facet
        if one or selecting
    ]
    return sorted(found, key=lambda row: (row[1] in MISSING, (-row[2], row[1]) if by_size else ()))


def _shape(
    name: str, table: Coded
) -> tuple[list[str], tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None, bool]:
    """A facet's values as words, which wider selections each is part of, and whether it is sorted by size."""
    values = table.values.cast(pl.String).fill_null(_NOT_REPORTED).to_list()
    by_size = not isinstance(table.values.dtype, pl.Enum | pl.Boolean)
    if name != "body_region":
        return values, None, by_size
    number = {value: code for code, value in enumerate(values)}
    selected_by: list[list[int]] = [[] for _ in values]
    for region in values:
        for member in regions_covering(region):
            if member in number:
                selected_by[number[member]].append(number[region])
    starts = np.cumsum([0, *map(len, selected_by)]).astype(np.int64)
    return values, (starts, np.array([code for each in selected_by for code in each], dtype=np.int64)), by_size

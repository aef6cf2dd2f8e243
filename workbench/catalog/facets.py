"""Facets: how many patients, studies or series stand behind every value of an attribute, under all other criteria."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.catalog.attributes import Coded, attributes, coded
from workbench.catalog.facet_kernels import count_distinct_by_code, mark_failing
from workbench.catalog.levels import level_keys
from workbench.catalog.listing import listed
from workbench.catalog.narrowing import Selection
from workbench.catalog.repository import Repository
from workbench.errors import unknown_name
from workbench.vocabulary.anatomy import regions_covering
from workbench.vocabulary.demographics import MISSING

Unit = Literal["patients", "studies", "series"]

_SCHEMA = {"attribute": pl.String, "value": pl.String, "n": pl.UInt32, "n_selecting": pl.UInt32}
_NOT_REPORTED = MISSING[1]
_THREADS = 2


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
    if unit not in get_args(Unit):
        raise unknown_name("unit", unit, get_args(Unit), where="facets.count", then="Say what is to be counted.")
    names = list(dict.fromkeys([attributes] if isinstance(attributes, str) else attributes))
    tables = [_table(cohort.repository, name) for name in names]
    failing = _failing(cohort, names)
    if unit != "series":
        ids, order = _ids(cohort.repository, "study" if unit == "studies" else "patient")
    else:
        ids, order = None, None
    if order is not None:
        failing = failing[order]
    counted = partial(_count_one, cohort.repository, failing=failing, ids=ids, order=order)
    jobs = [(number, name, table) for number, (name, table) in enumerate(zip(names, tables, strict=True), start=1)]
    with ThreadPoolExecutor(_THREADS) as pool:  # the kernels release Python's lock
        rows = [row for part in pool.map(lambda job: counted(*job), jobs) for row in part]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


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


def _failing(cohort: Selection, names: Sequence[str]) -> npt.NDArray[np.uint8]:
    """For each series: 0 when it meets every condition, the number of the one attribute it fails, else 255."""
    repository = cohort.repository
    everything = np.ones(len(repository.column("series", "patient_key")), dtype=np.bool_)
    common = listed(repository, everything)
    own: dict[int, npt.NDArray[np.bool_]] = {}
    for condition in cohort.conditions:
        met = condition.selected(repository)
        (name,) = condition.columns if len(condition.columns) == 1 else (None,)
        if name in names:
            number = names.index(name) + 1
            own[number] = own[number] & met if number in own else met
        else:
            common = common & met
    failing = np.where(common, np.uint8(0), np.uint8(255))
    for number, met in own.items():
        mark_failing(failing, met, np.uint8(number))
    return failing


def _ids(
    repository: Repository, level: Literal["study", "patient"]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[Any] | None]:
    """The keys of studies or patients with equal ones beside each other, and the order that does it, if not ours."""
    return repository.remember(("neighbors", level), partial(_neighbors, repository, level))


def _neighbors(
    repository: Repository, level: Literal["study", "patient"]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[Any] | None]:
    keys, _ = level_keys(repository, level)
    keys = keys.astype(np.uint32)
    if not np.any(keys[1:] < keys[:-1]):
        return keys, None
    order = np.argsort(keys, kind="stable")
    return keys[order], order


def _count_one(
    repository: Repository,
    number: int,
    name: str,
    table: Coded,
    *,
    failing: npt.NDArray[np.uint8],
    ids: npt.NDArray[np.uint32] | None,
    order: npt.NDArray[Any] | None,
) -> list[tuple[str, str, int, int]]:
    codes = table.codes
    if order is not None:
        codes = repository.remember(("ordered", name), lambda: codes[order])
    values, wider, by_size = repository.remember(("facet", name), partial(_shape, name, table))
    n = count_distinct_by_code(codes, failing, np.uint8(number), ids, len(values))
    selecting = (
        n if wider is None else count_distinct_by_code(codes, failing, np.uint8(number), ids, len(values), wider)
    )
    rows = [
        (name, value, one, alone)
        for value, one, alone in zip(values, n.tolist(), selecting.tolist(), strict=True)
        if one or alone
    ]
    # Most frequent first unless the categories have an order of their own; what is missing comes last.
    return sorted(rows, key=lambda row: (row[1] in MISSING, (-row[2], row[1]) if by_size else ()))


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

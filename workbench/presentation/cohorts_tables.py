"""The fixed set of tables behind the public cohort page: what may be asked together is what stands in one of them."""

import itertools
from collections.abc import Iterable, Sequence
from math import comb

import numpy as np
import polars as pl

from workbench.assessment.categories import by_size, categorized, is_open
from workbench.assessment.census import Census
from workbench.catalog.cohort import Cohort
from workbench.presentation.census_counts import IMAGING, PEOPLE, By, PublicCounts

#: What an open source is counted by beyond the census: where a series lies, and under which license.
BELONGING = {"collection_id": "Collection", "license": "License"}
#: All attributes of the page in their order, with their words.
ATTRIBUTES = {**PEOPLE, **IMAGING, **BELONGING}

_TOGETHER = 4  # attributes at once, of an open source
_MOST_TABLES = 200  # of one number of attributes
_MOST_CELLS = 60_000  # of an open source, half a megabyte; beyond, the largest tables of many attributes are left out
_KEY = "patient_key"
_NOBODY = pl.DataFrame(schema={"attribute": pl.String, "reason": pl.String, "n_patients": pl.Int64})


def cohort_tables(counts: PublicCounts) -> list[Census]:
    """Return every table that the cohort page looks numbers up in.

    Parameters
    ----------
    counts : PublicCounts
        Of a controlled source the tables are those of its one family. Of an open one they are counted here, exactly:
        up to four
        attributes at once, as far as the page stays small; a patient counts once in every group that he or she has
        acquired images in.

    Returns
    -------
    list of Census
        With a table those of fewer of its attributes are there too.
    """
    if not counts.is_open:
        return list(counts.tables.values())
    people = counts.cohort
    names = [name for name in (*PEOPLE, *IMAGING) if (name,) in counts.censuses]
    names += [name for name in BELONGING if people.repository.has("series", name)]
    patients = _patients(people, names)
    imaged = _imaged(people, patients, [name for name in names if belongs_to_series(name)])
    told = [name for name in names if imaged[name].n_unique() > 1]
    sizes = [size for size in range(1, _TOGETHER + 1) if comb(len(told), size) <= _MOST_TABLES]
    sets = [by for size in sizes for by in itertools.combinations(told, size)]
    tables = [_count(patients if set(by) <= PEOPLE.keys() else imaged, by) for by in sets]
    return _within(_MOST_CELLS, tables)


def belongs_to_series(name: str) -> bool:
    """Return whether an attribute is one of series, so that a patient of an open source may be in several groups.

    Parameters
    ----------
    name : str
        One of `ATTRIBUTES`.

    Returns
    -------
    bool
        True of what the images tell, False of what is recorded of a patient.
    """
    return name not in PEOPLE


def _patients(people: Cohort, names: Sequence[str]) -> pl.DataFrame:
    """Every patient with what is recorded of him or her, as categories."""
    patients = people.patients
    return pl.DataFrame([patients[_KEY], *(categorized(patients, name) for name in names if name in PEOPLE)])


def _imaged(people: Cohort, patients: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Every different kind of acquired series of every patient."""
    rows = np.flatnonzero(people.where(derived=False).mask)
    columns = [people.repository.column("series", name).gather(rows) for name in (_KEY, *names)]
    series = pl.DataFrame(columns).unique()
    return pl.DataFrame([series[_KEY], *(_by_patients(series, name) for name in names)]).join(patients, on=_KEY)


def _by_patients(series: pl.DataFrame, name: str) -> pl.Series:
    """An attribute as categories, that of the most patients first unless they have an order."""
    named = categorized(series, name)
    if not is_open(series.schema[name]):
        return named
    once = pl.DataFrame([series[_KEY], named]).unique()[name]
    order = by_size(once, pl.repeat(1, len(once), eager=True)).dtype
    return named.cast(pl.String).cast(order)


def _count(rows: pl.DataFrame, by: By) -> Census:
    """Distinct patients in each group; one may be in several."""
    once = rows.select(_KEY, *by).unique()
    cells = once.group_by(by).agg(n_patients=pl.len().cast(pl.Int64)).sort(by)
    n_total = rows[_KEY].n_unique()
    table = cells.with_columns(n_total=pl.lit(n_total, pl.Int64))
    return Census(table, _NOBODY, by, "patients", n_total, overlapping=once.height > n_total)


def _within(most: int, tables: Iterable[Census]) -> list[Census]:
    """The tables of few attributes, then the smaller ones of more, so that a page stays small."""
    given, n_cells = list(tables), 0
    kept: set[By] = set()
    for table in sorted(given, key=lambda table: (len(table.by), table.table.height)):
        n_cells += table.table.height
        parts = itertools.combinations(table.by, len(table.by) - 1)
        if len(table.by) <= 2 or (n_cells <= most and kept.issuperset(parts)):
            kept.add(table.by)
    return [table for table in given if table.by in kept]

"""One page of the table of series: sorted and cut in Python, so that a million rows never reach the browser."""

import math
from typing import Any

import numpy as np
import polars as pl

from workbench.catalog.cohort import Cohort
from workbench.catalog.listing import listed, viewer_link
from workbench.catalog.repository import Repository
from workbench.presentation.explorer.state import ExplorerState

PAGE_ROWS = 25

# Name in the listing, title, whether a number; those with a column of the series table are sortable.
_COLUMNS = (
    ("collection_id", "Collection", "collection_id"),
    ("patient_id", "Patient", None),
    ("study_description", "Study", None),
    ("series_description", "Series", None),
    ("modality", "Modality", "modality"),
    ("n_instances", "Instances", "n_instances"),
    ("size_mb", "MB", "size_mb"),
    ("license", "License", "license"),
    ("viewer_url", "Viewer", None),
)
_ORIGINAL = ("patient_id", "study_uid", "study_description", "series_description")
_NEAR = 500  # rows; closer ones are read together
_NUMBERS = {"n_instances", "size_mb"}


def series_panel(state: ExplorerState) -> dict[str, Any]:
    """Return the rows of the page that is seen.

    Parameters
    ----------
    state : ExplorerState
        Knows the cohort, the page and the order.

    Returns
    -------
    dict
        Columns, at most 25 rows, and where they stand in the whole.
    """
    cohort = state.cohort
    chosen = np.flatnonzero(listed(cohort.repository, cohort.mask))
    pages = max(1, math.ceil(len(chosen) / PAGE_ROWS))
    page = min(max(int(state.page), 0), pages - 1)
    sortable = {name: column for name, _, column in _COLUMNS if column and cohort.repository.has("series", column)}
    if state.sort in sortable:
        chosen = chosen[_order(cohort, sortable[state.sort], chosen, descending=state.descending)]
    part = chosen[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
    columns = [
        {
            "name": name,
            "title": title,
            "number": name in _NUMBERS,
            "link": name == "viewer_url",
            "sortable": name in sortable,
        }
        for name, title, _ in _COLUMNS
    ]
    first = page * PAGE_ROWS + 1
    line = (
        f"{first:,} to {first + len(part) - 1:,} of {len(chosen):,} series" if len(chosen) else "No series is selected."
    )
    return {
        "columns": columns,
        "rows": _read(cohort, part),
        "page": page,
        "pages": pages,
        "line": line,
        "sort": state.sort,
        "descending": state.descending,
    }


def _order(cohort: Cohort, column: str, chosen: Any, *, descending: bool) -> Any:
    values = cohort.repository.column("series", column).gather(chosen)
    if values.dtype in (pl.Categorical, pl.Enum):
        values = values.cast(pl.String)
    return values.arg_sort(descending=descending, nulls_last=True).to_numpy()


def _read(cohort: Cohort, part: Any) -> list[list[Any]]:
    """Read one page: identifiers and descriptions from the original, and nothing else of it; the rest is at hand."""
    repository = cohort.repository
    if not len(part):
        return []
    texts = _texts(repository, repository.column("series", "source_row").gather(part).to_numpy())
    at_hand = [name for _, _, name in _COLUMNS if name and repository.has("series", name)]
    rows = texts.hstack([_plain(repository.column("series", name).gather(part)) for name in at_hand])
    if {"study_uid", "modality"} <= set(rows.columns):
        rows = rows.with_columns(viewer_url=viewer_link(repository))
    absent = [name for name, _, _ in _COLUMNS if name not in rows.columns]
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    return [list(row) for row in rows.select(name for name, _, _ in _COLUMNS).iter_rows()]


def _texts(repository: Repository, keys: Any) -> pl.DataFrame:
    """Read a few rows of the original. Short slices skip what lies between them, in a tenth of the memory of a scan."""
    known = [name for name in _ORIGINAL if name in repository.original_columns]
    columns = [pl.col(repository.original_columns[name]).alias(name) for name in known]
    order = np.argsort(keys, kind="stable")
    parts = []
    for run in np.split(keys[order], np.flatnonzero(np.diff(keys[order]) > _NEAR) + 1):
        first, last = int(run[0]), int(run[-1])
        slab = pl.scan_parquet(repository.original).select(columns).slice(first, last - first + 1).collect()
        parts.append(slab[(run - first).tolist()])
    texts: pl.DataFrame = pl.concat(parts)[np.argsort(order, kind="stable").tolist()]
    return texts


def _plain(values: pl.Series) -> pl.Series:
    if values.dtype in (pl.Categorical, pl.Enum):
        return values.cast(pl.String)
    return values.cast(pl.Float64).round(1) if values.dtype.is_float() else values

"""The tables of a public census as a page carries them, so that the next release is suppressed with this one."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from workbench.assessment.census import Census
from workbench.presentation.page import load_page

_SHOWN = ("n_patients", "n_total", "fraction", "fraction_low", "fraction_high")
_NUMBERS: dict[str, Any] = {name: pl.Int64 if name.startswith("n_") else pl.Float64 for name in _SHOWN}


def published_tables(censuses: Iterable[Census]) -> list[dict[str, Any]]:
    """Return censuses of patients as plain objects, hidden numbers as null.

    Parameters
    ----------
    censuses : iterable of Census
        What a page shows.

    Returns
    -------
    list of dict
        Attributes, rows, missing rows and total of each, ready for JSON.
    """
    return [
        {
            "by": list(census.by),
            "n_total": census.n_total,
            "rows": _plain(census.table.select(*census.by, *_SHOWN)),
            "missing": _plain(census.missing),
        }
        for census in censuses
    ]


def read_earlier(path: str | Path) -> list[tuple[Census, ...]]:
    """Return what earlier releases published, oldest first.

    Parameters
    ----------
    path : str or pathlib.Path
        The folder of the last one's aggregates, or its file ``census.json``, which carries those before it too.

    Returns
    -------
    list of tuple of Census
        As they were shown: what was hidden is null.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        When it is no page, or one without tables.
    """
    page = load_page(path, name="census")
    if not page.get("published"):
        raise ValueError(
            f"The page {Path(path).name!r} carries no tables of an earlier census. The file census.json of a "
            "controlled source does. Give the folder that this wrote for the release before: workbench site aggregates"
        )
    return [tuple(_census(table) for table in release) for release in page["published"]]


def _plain(table: pl.DataFrame) -> list[dict[str, Any]]:
    texts = [name for name, dtype in table.schema.items() if not dtype.is_numeric()]
    return table.with_columns(pl.col(texts).cast(pl.String)).to_dicts()


def _census(table: Mapping[str, Any]) -> Census:
    by = tuple(table["by"])
    rows = pl.DataFrame(table["rows"], schema={**dict.fromkeys(by, pl.String), **_NUMBERS})
    missing = {"attribute": pl.String, "reason": pl.String, "n_patients": pl.Int64}
    return Census(rows, pl.DataFrame(table["missing"], schema=missing), by, "patients", table["n_total"])

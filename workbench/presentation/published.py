"""Published tables in the form in which a page carries them, so that the next release is suppressed with this one."""

from collections.abc import Iterable, Mapping
from math import prod
from pathlib import Path
from typing import Any

import polars as pl

from workbench.assessment.census import Census
from workbench.vocabulary.demographics import MISSING

_PAGE = "cohorts"


def pack_tables(tables: Iterable[Census]) -> dict[str, Any]:
    """Return tables of patients as few plain numbers, hidden ones as null.

    Parameters
    ----------
    tables : iterable of Census
        What a page shows, each patient once in a table or not.

    Returns
    -------
    dict
        ``categories``, attribute to its categories in their order; ``tables``, each with ``by``, ``n_total``, ``steps``
        and ``n``. A cell is one number, of which the place of the last attribute's category is the last digit; each is
        told by its step from the one before. A cell that is not listed is 0.
    """
    kept = list(tables)
    categories: dict[str, list[str]] = {}
    for table in kept:
        for name in table.by:
            found = _ordered(table.table[name])
            known = categories.setdefault(name, found)
            known.extend(each for each in found if each not in known)
    return {"categories": categories, "tables": [_packed(table, categories) for table in kept]}


def unpack_tables(packed: Mapping[str, Any]) -> tuple[Census, ...]:
    """Return the tables that `pack_tables` made plain.

    Parameters
    ----------
    packed : mapping
        What it gave.

    Returns
    -------
    tuple of Census
        Attributes, counts and totals as they were shown; without shares, and without cells of 0.
    """
    return tuple(_unpacked(table, packed["categories"]) for table in packed["tables"])


def read_earlier(path: str | Path) -> list[tuple[Census, ...]]:
    """Return what earlier releases published, oldest first.

    Parameters
    ----------
    path : str or pathlib.Path
        The folder of the last one's aggregates, or its file ``cohorts.json``, which carries those before it too.

    Returns
    -------
    list of tuple of Census
        As they were shown: what was hidden is null. One that says the same as the one before is left out.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        When it is no page, or one without tables.
    """
    from workbench.presentation.page import load_page  # it brings widgets, which nothing else here needs

    page = load_page(path, name=_PAGE, even_stale=True)
    if not isinstance(page.get("published"), dict) or not page.get("suppressed"):
        raise ValueError(
            f"The page {Path(path).name!r} carries no tables of an earlier release. The file {_PAGE}.json of a "
            "controlled source does. Give the folder that this wrote for the release before: workbench site aggregates"
        )
    releases = [*page.get("earlier", ()), page["published"]]
    return [unpack_tables(each) for at, each in enumerate(releases) if not at or each != releases[at - 1]]


def _packed(table: Census, categories: Mapping[str, list[str]]) -> dict[str, Any]:
    counted = table.table.filter(pl.col("n_patients").is_null() | (pl.col("n_patients") > 0))
    sizes = [len(categories[name]) for name in table.by]
    place = pl.sum_horizontal(
        _positions(name, categories[name]) * prod(sizes[at + 1 :]) for at, name in enumerate(table.by)
    )
    cells = counted.select(place.alias("cell"), n="n_patients").sort("cell")
    steps = cells["cell"].diff().fill_null(cells["cell"]).to_list()
    return {"by": list(table.by), "n_total": table.n_total, "steps": steps, "n": cells["n"].to_list()}


def _positions(name: str, categories: list[str]) -> pl.Expr:
    return pl.col(name).cast(pl.String).replace_strict(categories, range(len(categories)), return_dtype=pl.Int64)


def _unpacked(packed: Mapping[str, Any], categories: Mapping[str, list[str]]) -> Census:
    by, cells = tuple(packed["by"]), pl.Series(packed["steps"], dtype=pl.Int64).cum_sum()
    columns = []
    for name in reversed(by):
        known = categories[name]
        columns.append(pl.Series(name, [known[place] for place in cells % len(known)], dtype=pl.Enum(known)))
        cells = cells // len(known)
    table = pl.DataFrame([*reversed(columns), pl.Series("n_patients", packed["n"], dtype=pl.Int64)])
    table = table.with_columns(n_total=pl.lit(packed["n_total"], dtype=pl.Int64))
    missing = table.filter(pl.col(by[0]).cast(pl.String).is_in(MISSING)) if len(by) == 1 else table.clear()
    reasons = missing.select(attribute=pl.lit(by[0]), reason=pl.col(by[0]).cast(pl.String), n_patients="n_patients")
    return Census(table, reasons, by, "patients", packed["n_total"])


def _ordered(column: pl.Series) -> list[str]:
    """Categories as they occur in a table; what is missing stands last."""
    found = column.cast(pl.String).unique(maintain_order=True).to_list()
    return [each for each in found if each not in MISSING] + [each for each in MISSING if each in found]

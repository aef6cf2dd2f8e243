"""Censuses from counts written down as they are meant."""

from collections.abc import Mapping, Sequence

import polars as pl

from workbench.assessment.census import Census, count_census


def patients(counts: Mapping[tuple[str, ...] | str, int], names: Sequence[str]) -> pl.DataFrame:
    """One row a patient, from how many have each combination of categories."""
    rows = [(key,) if isinstance(key, str) else key for key, n in counts.items() for _ in range(n)]
    return pl.DataFrame(rows, schema=list(names), orient="row")


def one_way(name: str, counts: Mapping[str, int]) -> Census:
    return count_census(patients(counts, [name]), by=[name])


def shown(census: Census) -> dict[str | tuple[str, ...], int | None]:
    """Category, or combination of categories, to its count."""
    rows = census.table.select(*(pl.col(name).cast(pl.String) for name in census.by), "n_patients").rows()
    return {row[0] if len(row) == 2 else row[:-1]: row[-1] for row in rows}


def sites(counts: Mapping[str, int | None], total: int | None) -> pl.DataFrame:
    """A published table."""
    numbers = pl.Series(list(counts.values()), dtype=pl.Int64)
    return pl.DataFrame({"site": list(counts), "n_patients": numbers}).with_columns(n_total=pl.lit(total, pl.Int64))

"""Two releases of one table of patients: few categories, so that an audit of both takes seconds."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from tests.presentation.disclosure import Pairs


def write_two_releases(folder: Path) -> list[Path]:
    """Return the tables of 390 patients, and of the same with 150 more; a few of them are of a rare group."""
    n = pl.int_range(0, 540, eager=True)
    sexes = pl.select(pl.when(n % 17 == 4).then(2).otherwise(n % 2)).to_series()  # of 23 and 32 nobody knows it
    patients = pl.DataFrame(
        {
            "patient_id": n.cast(pl.String),
            "sex": pl.Series(["Female", "Male", "Not Reported"]).gather(sexes),
            "age_years": pl.Series([25, 45, 60, 70]).gather((n * 7 // 3) % 4),
            "race": pl.Series(["White", "White", "White", "Asian", "Black or African American"]).gather(
                (n * 11 // 4) % 5
            ),
            "covid19_positive": pl.Series(["Yes", "No", "No"]).gather((n * 5 // 2) % 3),
            "modality": pl.Series(["CT", "DX"]).gather((n * 13 // 5) % 2),
        }
    )
    rare = pl.when(n.is_in([5, 50, 150, 410, 415])).then(pl.lit("Multiple or Other")).otherwise(pl.col("race"))
    patients = patients.with_columns(race=rare)
    made = []
    for name, height in (("first", 390), ("second", 540)):
        patients.head(height).write_csv(folder / f"{name}.csv")
        made.append(folder / f"{name}.csv")
    return made


def stated(tables: Iterable[tuple[Sequence[str], pl.DataFrame]]) -> dict[Pairs, int | None]:
    """Return what tables say: criteria, and the number of patients or None."""
    said: dict[Pairs, int | None] = {}
    for by, table in tables:
        for *cell, n in table.select(*(pl.col(name).cast(pl.String) for name in by), "n_patients").iter_rows():
            said[frozenset(zip(by, cell, strict=True))] = n
    return said

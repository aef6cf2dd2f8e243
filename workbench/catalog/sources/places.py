"""Fill in the state of patients whose three-digit ZIP code tells it."""

import polars as pl

from workbench.catalog.sources.assemble import QualityRow
from workbench.vocabulary.geography import AMBIGUOUS_ZIP3, state_of_zip3


def with_state(patients: pl.DataFrame) -> tuple[pl.DataFrame, list[QualityRow]]:
    """Return the patients with ``state`` where only ``zip3`` is written, and how often that was so.

    Parameters
    ----------
    patients : polars.DataFrame
        Perhaps with ``zip3`` and ``state``; a state that is written stays as it is.

    Returns
    -------
    tuple of polars.DataFrame and list of tuple
        Unchanged where there is no ZIP code.
    """
    if "zip3" not in patients.columns or patients["zip3"].null_count() == patients.height:
        return patients, []
    written = patients if "state" in patients.columns else patients.with_columns(state=pl.lit(None, pl.String))
    zip3 = pl.col("zip3").cast(pl.String).str.zfill(3)
    told = pl.when(pl.col("state").is_null()).then(state_of_zip3(zip3))
    crossing = told.is_not_null() & zip3.str.head(3).is_in(list(AMBIGUOUS_ZIP3))
    n_told, n_crossing = written.select(told=told.count(), crossing=crossing.sum()).row(0)
    treatment = "state: the one that most of its ZIP codes are in"
    rules: list[QualityRow] = [
        ("State told by the three-digit ZIP code alone", "patients", n_told, patients.height, treatment),
        ("Three-digit ZIP code that crosses a state border", "patients", n_crossing, patients.height, treatment),
    ]
    return written.with_columns(state=pl.coalesce("state", told)), rules

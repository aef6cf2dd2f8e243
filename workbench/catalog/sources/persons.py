"""Number persons: whoever shares an identifier or a study across collections is one."""

import polars as pl


def number_persons(patients: pl.DataFrame, series: pl.DataFrame) -> pl.DataFrame:
    """Return the patients with ``person_key``, numbered in the order in which persons first appear.

    Parameters
    ----------
    patients : polars.DataFrame
        ``patient_key``, ``patient_id`` and perhaps ``person_id``, which then decides instead of ``patient_id``.
    series : polars.DataFrame
        ``patient_key`` and ``study_uid``.

    Returns
    -------
    polars.DataFrame
        In the order given.
    """
    same = pl.col("patient_id")
    if "person_id" in patients.columns:
        same = pl.coalesce(pl.col("person_id").cast(pl.String), same)
    labels = patients.select("patient_key", same=same, person=pl.col("patient_key"))
    shared = series.select("patient_key", "study_uid").drop_nulls().unique()
    shared = shared.filter(pl.len().over("study_uid") > 1)
    while True:
        lowest = labels.with_columns(pl.col("person").min().over("same"))
        if shared.height:
            of_study = shared.join(lowest.select("patient_key", "person"), on="patient_key")
            of_study = of_study.with_columns(pl.col("person").min().over("study_uid"))
            linked = of_study.group_by("patient_key").agg(pl.col("person").min().alias("linked"))
            lowest = lowest.join(linked, on="patient_key", how="left", maintain_order="left")
            lowest = lowest.with_columns(person=pl.min_horizontal("person", "linked")).drop("linked")
        if lowest.equals(labels):
            break
        labels = lowest
    dense = (labels["person"].rank("dense") - 1).cast(pl.UInt32)
    return patients.with_columns(dense.alias("person_key"))

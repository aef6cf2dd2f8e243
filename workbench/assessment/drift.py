"""How far a repository is from a reference over time."""

import dataclasses
from typing import Literal, get_args

import polars as pl

from workbench.assessment.alignment import ReferenceCohort
from workbench.assessment.references import ReferencePopulation
from workbench.assessment.representativeness import compare_to_reference
from workbench.assessment.sides import Policy
from workbench.assessment.trend import Trend
from workbench.errors import unknown_name

Part = Literal["cumulative", "new"]

_DISTANCES = ("jsd", "jsd_low", "jsd_high", "total_variation", "total_variation_low", "total_variation_high")
_COUNTS = ("n_patients", "n_missing")
_REPLICATES = 1000  # the second digit of a bound is steady from here on


def distance_trend(
    trend: Trend,
    reference: ReferencePopulation | ReferenceCohort,
    *,
    missing: Policy = "excluded",
    of: Part = "cumulative",
) -> pl.DataFrame:
    """Return the distance from a reference in each period, with its interval.

    The reference stays the same throughout, so what moves is the repository.

    Parameters
    ----------
    trend : Trend
        Patients by an attribute that the reference has, made by `count_trend`.
    reference : ReferencePopulation or ReferenceCohort
        What the repository is compared with.
    missing : {"included", "excluded"}
        Whether missing values are categories, or patients without a value are left out.
    of : {"cumulative", "new"}
        Everyone up to a period, or only those who are new in it.

    Returns
    -------
    polars.DataFrame
        One row a period, ascending: period, jsd, jsd_low, jsd_high, total_variation, total_variation_low,
        total_variation_high, n_patients, n_missing, attribute, missing, reference, year, and stamp (what
        has to stand under it). Distances are null where nobody is counted or too much is hidden.

    Raises
    ------
    UnknownNameError
        When the reference lacks the attribute, or `missing` or `of` is not one of the two.
    ValueError
        When the trend counts something else than patients or a patient in several categories.

    Examples
    --------
    >>> from workbench.assessment.references import read_reference
    >>> from workbench.assessment.trend import count_trend
    >>> patients = pl.DataFrame({"sex": ["Male", "Female"], "batch": ["2021-08", "2021-09"]})
    >>> trend = count_trend(patients, by="sex", over="batch")
    >>> distance_trend(trend, read_reference("us_census"))["total_variation"].round(4).to_list()
    [0.5075, 0.0075]
    """
    for what, argument, given, valid in (("policy", "missing", missing, Policy), ("part", "of", of, Part)):
        if given not in get_args(valid):
            then = f"Pass one of these in {argument}=."
            raise unknown_name(what, given, get_args(valid), where="distance_trend", then=then)
    if of == "new":  # the census of a period is then that of the period alone
        trend = dataclasses.replace(trend, table=trend.table.with_columns(n_cumulative="n", n_total="n_period"))
    rows = []
    for number, period in enumerate(trend.periods):
        compared = compare_to_reference(trend.at(period), reference, attributes=[trend.by], replicates=_REPLICATES)
        rows += [row | {"number": number} for row in compared.table.filter(missing=missing).to_dicts()]
    schema = {"number": pl.UInt32} | dict.fromkeys(_DISTANCES, pl.Float64) | dict.fromkeys(_COUNTS, pl.Int64)
    measured = pl.DataFrame(rows, schema)
    same = {"attribute": trend.by, "missing": missing, "reference": reference.title, "year": reference.year}
    return (
        trend.periods.to_frame()
        .with_row_index("number")
        .join(measured, on="number", how="left", maintain_order="left")
        .drop("number")
        .with_columns(pl.lit(text).alias(name) for name, text in (same | {"stamp": trend.stamp}).items())
    )

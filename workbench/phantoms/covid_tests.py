"""Invent the COVID-19 tests of many patients at once."""

import numpy as np
import polars as pl

from workbench.phantoms.drawing import named
from workbench.phantoms.imaging_studies import Visits
from workbench.phantoms.population import Population
from workbench.phantoms.sites import SITES
from workbench.tables import MEASUREMENTS, conform

_RESULTS = ("Positive", "Negative")
_YES, _NO, _ = range(3)  # codes of the COVID-19 status
_AGAIN, _CLEARED = 0.3, 0.4  # the share of the positive who are tested again: still positive, then negative


def measurements_table(
    population: Population, visits: Visits, *, first: tuple[int, int], rng: np.random.Generator
) -> pl.DataFrame:
    """Return test results: the first positive one is the index event; others are tested negative once around it.

    Some sites know the day of a test only as the days from each of the patient's studies.

    Parameters
    ----------
    population : Population
        Who is tested.
    visits : Visits
        Their studies.
    first : tuple of int
        The keys of the first patient and of the first study.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    polars.DataFrame
        The columns of `workbench.tables.MEASUREMENTS`, in the order of patients.
    """
    positive, negative = np.flatnonzero(population.covid == _YES), np.flatnonzero(population.covid == _NO)
    again = positive[rng.random(len(positive)) < _AGAIN]
    cleared = positive[rng.random(len(positive)) < _CLEARED]
    groups = [(positive, 0, 0, 1), (again, 0, 3, 12), (cleared, 1, 12, 45), (negative, 1, -2, 3)]
    tests = pl.DataFrame(
        {
            "patient": np.concatenate([who for who, *_ in groups]),
            "result": np.concatenate([np.full(len(who), result) for who, result, *_ in groups]),
            "day": np.concatenate([rng.integers(low, high, size=len(who)) for who, _, low, high in groups]),
        }
    ).sort("patient", "day", "result")
    only_days = np.array([site.only_days_to_tests for site in SITES.values()])[population.site]
    from_index = tests.filter(pl.Series(~only_days[tests["patient"]]))
    study = np.cumsum(visits.is_study) - 1 + first[1]
    studies = pl.DataFrame({"patient": visits.patient, "study_key": study, "study_day": visits.days})
    studies = studies.filter(pl.Series(visits.is_study & only_days[visits.patient]))
    from_studies = tests.join(studies, on="patient", maintain_order="left_right")
    listed = pl.concat(
        [
            from_index.with_columns(days_from_index="day", study_key=None, days_from_study=None),
            from_studies.with_columns(days_from_index=None, days_from_study=pl.col("day") - pl.col("study_day")).drop(
                "study_day"
            ),
        ],
        how="diagonal_relaxed",
    ).sort("patient", maintain_order=True)
    return conform(
        listed.with_columns(
            patient_key=pl.col("patient") + first[0],
            test_name=pl.lit("COVID-19"),
            test_result=named(_RESULTS, listed["result"].to_numpy()),
        ),
        MEASUREMENTS,
        name="measurements",
    )

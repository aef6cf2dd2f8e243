"""Invent the COVID-19 tests of the synthetic commons."""

import numpy as np
import polars as pl

_DAYS = {"Positive": "days_from_study_to_pos_covid_test", "Negative": "days_from_study_to_neg_covid_test"}


def draw_measurements(cases: pl.DataFrame, *, rng: np.random.Generator) -> pl.DataFrame:
    """Return invented test results: the first positive test is the index event; others are tested negative once.

    Parameters
    ----------
    cases : polars.DataFrame
        What `workbench.phantoms.commons.draw_cases` returns.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    polars.DataFrame
        The columns of a Gen3 ``measurement`` node.
    """
    rows = []
    for case, project, covid in cases.select("submitter_id", "project_id", "covid19_positive").iter_rows():
        tests = [("Positive", 0)] if covid == "Yes" else [("Negative", int(rng.integers(-2, 3)))]
        if covid == "Yes" and rng.random() < 0.3:
            tests.append(("Positive", int(rng.integers(3, 12))))
        if covid == "Yes" and rng.random() < 0.4:
            tests.append(("Negative", int(rng.integers(12, 45))))
        rows += [
            {
                "type": "measurement",
                "project_id": project,
                "submitter_id": f"{case.replace('case', 'test')}-{place}",
                "cases.submitter_id": case,
                "test_name": "COVID-19",
                "test_result_text": result,
                "test_method": "RT-PCR" if rng.random() < 0.9 else "Rapid antigen test",
                "test_days_from_index": day,
            }
            for place, (result, day) in enumerate(tests)
        ]
    return pl.DataFrame(rows, infer_schema_length=None)


def with_days_to_tests(studies: pl.DataFrame, measurements: pl.DataFrame, *, rng: np.random.Generator) -> pl.DataFrame:
    """Return the studies with the days from each to its patient's tests, for about four in five of them.

    Parameters
    ----------
    studies : polars.DataFrame
        What `workbench.phantoms.commons_images.draw_studies` returns.
    measurements : polars.DataFrame
        What `draw_measurements` returns.
    rng : numpy.random.Generator
        Decides for which.

    Returns
    -------
    polars.DataFrame
        Two more columns, lists of days: positive when the test came after the study.
    """
    tests = measurements.select("cases.submitter_id", "test_result_text", "test_days_from_index")
    pairs = studies.select("submitter_id", "cases.submitter_id", "days_to_study").join(tests, on="cases.submitter_id")
    days = pairs.with_columns(day=pl.col("test_days_from_index") - pl.col("days_to_study"))
    told = pl.Series("told", rng.random(studies.height) < 0.8)
    # A patient whose tests are listed nowhere else must have them here.
    told = told | studies["cases.submitter_id"].str.contains("0$")
    for result, name in _DAYS.items():
        lists = days.filter(test_result_text=result).group_by("submitter_id").agg(pl.col("day").sort().alias(name))
        studies = studies.join(lists, on="submitter_id", how="left", maintain_order="left")
        studies = studies.with_columns(pl.when(told).then(name).alias(name))
    return studies

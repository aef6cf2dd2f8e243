"""Read test results: from the measurement node, and from the days that a study says lie between it and a test."""

import polars as pl

from workbench.catalog.sources.assemble import QualityRow

_COVID_TEST = "COVID-19"
_RESULTS = {"days_to_positive": "Positive", "days_to_negative": "Negative"}


def read_measurements(
    rows: pl.DataFrame, studies: pl.DataFrame, patients: pl.DataFrame
) -> tuple[pl.DataFrame | None, list[QualityRow]]:
    """Return one row a test result.

    A study's ``days_from_study_to_pos_covid_test`` counts from the study to the test: 3 means three days
    after. Where the study's own day is known, the test gets its day from the index event, and is left out when the
    measurement node or another study has it already: the same result on the same day. Else it is tied to its study.

    Parameters
    ----------
    rows : polars.DataFrame
        The measurement node under our names.
    studies : polars.DataFrame
        With ``study_uid``, ``patient_id``, ``days_to_study`` and the lists of days.
    patients : polars.DataFrame
        With ``patient_id``, ``case_node`` and ``collection_id``.

    Returns
    -------
    polars.DataFrame or None
        Keys, test, result, ``days_from_index``, or ``study_uid`` with ``days_from_study``; None for no test at all.
    list of tuple
        Rules and counts.
    """
    tests = _tests_of_node(rows, patients)
    found = tests.join(patients.select("patient_id"), on="patient_id", how="semi", maintain_order="left")
    from_studies = _tests_of_studies(studies)
    known = found.filter(pl.col("test_name") == _COVID_TEST).drop_nulls("days_from_index")
    same = ["patient_id", "test_result", "days_from_index"]
    dated = from_studies.drop_nulls("days_from_index").unique(same, maintain_order=True)
    dated = dated.join(known.select(same).unique(), on=same, how="anti", maintain_order="left")
    tied = from_studies.filter(pl.col("days_from_index").is_null())
    everything = pl.concat([found, dated.drop("study_uid", "days_from_study"), tied], how="diagonal")
    quality: list[QualityRow] = [
        ("Test of a case that is not there", "tests", tests.height - found.height, tests.height, "left out"),
        (
            "Test without a day",
            "tests",
            found["days_from_index"].null_count(),
            found.height,
            "kept, but near no study",
        ),
        (
            "Test that a study lists and another place too",
            "tests",
            from_studies.height - dated.height - tied.height,
            from_studies.height,
            "counted once",
        ),
        (
            "Test read from the days between a study and it",
            "tests",
            dated.height,
            everything.height,
            "dated by the study",
        ),
        ("Test known only by its days from a study", "tests", tied.height, everything.height, "tied to that study"),
    ]
    if not everything.height:
        return None, quality
    collections = patients.select("patient_id", "collection_id")
    return everything.join(collections, on="patient_id", how="left"), quality


def whole_number(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return numbers written as text, rounded; null for what is none, or none that the type can hold.

    Parameters
    ----------
    text : polars.Expr
        Strings.
    dtype : polars.DataType
        Of integers.

    Returns
    -------
    polars.Expr
        Integers.

    Examples
    --------
    >>> import polars as pl
    >>> written = pl.DataFrame({"days": ["3", "-2.0", "99999999999999", "nan", "x"]})
    >>> written.select(whole_number(pl.col("days"), pl.Int32())).to_series().to_list()
    [3, -2, None, None, None]
    """
    return text.cast(pl.Float64, strict=False).round().cast(dtype, strict=False)


def _tests_of_node(rows: pl.DataFrame, patients: pl.DataFrame) -> pl.DataFrame:
    by_node = patients.select("case_node", by_node="patient_id").drop_nulls().unique("case_node")
    tests = rows.with_columns(pl.col("patient_id").list.first())
    tests = tests.join(by_node, on="case_node", how="left", maintain_order="left")
    return tests.select(
        patient_id=pl.coalesce("patient_id", "by_node"),
        test_name=pl.col("test_name").fill_null(_COVID_TEST),
        test_result=pl.col("test_result").str.to_titlecase().fill_null("Not Reported"),
        days_from_index=whole_number(pl.col("days_from_index"), pl.Int32()),
    )


def _tests_of_studies(studies: pl.DataFrame) -> pl.DataFrame:
    parts = []
    for column, result in _RESULTS.items():
        days = studies.select("patient_id", "study_uid", "days_to_study", pl.col(column).alias("day"))
        days = days.drop_nulls("day").explode("day")
        days = days.with_columns(days_from_study=whole_number(pl.col("day"), pl.Int32()))
        parts.append(days.with_columns(test_result=pl.lit(result), test_name=pl.lit(_COVID_TEST)).drop("day"))
    tests = pl.concat(parts).drop_nulls("days_from_study").unique(maintain_order=True)
    since_index = pl.col("days_to_study").cast(pl.Int64) + pl.col("days_from_study")
    return tests.with_columns(days_from_index=since_index.cast(pl.Int32, strict=False)).drop("days_to_study")

"""Say which part of the body a series shows, and where that was read."""

import polars as pl

from workbench.vocabulary.anatomy import region_of_body_part, region_of_description
from workbench.vocabulary.demographics import MISSING

_NOT_REPORTED = MISSING[1]


def with_body_region(series: pl.DataFrame) -> pl.DataFrame:
    """Return the series with ``body_region`` and ``body_region_source``; those that have one keep it.

    Body Part Examined comes first, then the study's description, then the series'. Several parts listed in
    Body Part Examined combine ("CHEST, ABDOMEN").

    Parameters
    ----------
    series : polars.DataFrame
        Perhaps ``body_part``, ``study_description``, ``series_description``, ``body_region``.

    Returns
    -------
    polars.DataFrame
        In the order given.

    Examples
    --------
    >>> import polars as pl
    >>> with_body_region(pl.DataFrame({"body_part": ["LUNG", None], "study_description": ["CT", "CT HEAD"]})).select(
    ...     "body_region", "body_region_source"
    ... ).rows()
    [('Chest', 'BodyPartExamined'), ('Head', 'StudyDescription')]
    """
    part, several = pl.col("body_part"), pl.col("body_part").str.contains(r"[,;/]")
    combined = pl.when(several).then(region_of_description(part.str.replace_all(r"[,;/]", " ")))
    rules = {
        "BodyPartExamined": ("body_part", pl.coalesce(region_of_body_part(part), combined)),
        "StudyDescription": ("study_description", region_of_description(pl.col("study_description"))),
        "SeriesDescription": (
            "series_description",
            region_of_description(pl.col("series_description"), of_series=True),
        ),
    }
    given = series.columns
    rules = {place: rule for place, rule in rules.items() if rule[0] in given}
    for place, (column, rule) in rules.items():
        texts = series.select(pl.col(column).cast(pl.String).drop_nulls().unique())
        regions = texts.with_columns(rule.alias(f"_{place}"))
        series = series.with_columns(pl.col(column).cast(pl.String))
        series = series.join(regions, on=column, how="left", maintain_order="left")
    source = pl.coalesce(
        *(pl.when(pl.col(f"_{place}").is_not_null()).then(pl.lit(place)) for place in rules), pl.lit("none")
    )
    region = pl.coalesce(*(pl.col(f"_{place}") for place in rules), pl.lit(_NOT_REPORTED))
    if "body_region" in given:
        known = pl.col("body_region").cast(pl.String)
        if "body_region_source" in given:
            source = pl.when(known.is_not_null()).then(pl.col("body_region_source").cast(pl.String)).otherwise(source)
        region = pl.coalesce(known, region)
    read = series.with_columns(body_region=region, body_region_source=source.fill_null("none"))
    return read.drop(f"_{place}" for place in rules)

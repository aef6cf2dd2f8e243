"""Statistics of a whole repository: what it holds, how it grew, whom it shows, under which licenses."""

import polars as pl

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog
from workbench.catalog.listing import listed
from workbench.vocabulary.demographics import MISSING, PERSONS


def everybody(catalog: Catalog) -> Cohort:
    """Return the cohort of all people of a source.

    Parameters
    ----------
    catalog : Catalog
        Any source.

    Returns
    -------
    Cohort
        Without animals, phantoms and collections that mix them; a source that does not say counts as people.
    """
    others = set(catalog.repository.column("patients", "species").cast(pl.String).unique()) - {*PERSONS, None}
    return catalog.everything.exclude(species=sorted(others)) if others else catalog.everything


def count_by_modality_and_region(catalog: Catalog) -> pl.DataFrame:
    """Return the number of studies with acquired images by modality and body region.

    Parameters
    ----------
    catalog : Catalog
        Any source.

    Returns
    -------
    polars.DataFrame
        ``modality``, ``body_region``, ``n_studies``; a study of two modalities counts in both.
    """
    columns = ("modality", "body_region", "study_key", "derived")
    series = pl.DataFrame([catalog.repository.column("series", name) for name in columns])
    counted = (
        series.filter(~pl.col("derived"))
        .group_by("modality", "body_region")
        .agg(n_studies=pl.col("study_key").drop_nulls().n_unique())
        .filter(pl.col("n_studies") > 0)
    )
    return counted.with_columns(pl.col("modality").cast(pl.String)).sort(
        "n_studies", "modality", "body_region", descending=[True, False, False]
    )


def count_within(catalog: Catalog, *, modality: str, body_region: str) -> pl.DataFrame:
    """Return the number of studies with acquired images of one modality and region in each collection.

    Parameters
    ----------
    catalog : Catalog
        Any source.
    modality, body_region : str
        The group, such as CT of the chest.

    Returns
    -------
    polars.DataFrame
        ``collection_id``, ``n_studies``, the largest first.
    """
    columns = ("collection_id", "modality", "body_region", "study_key", "derived")
    series = pl.DataFrame([catalog.repository.column("series", name) for name in columns])
    group = series.filter(
        ~pl.col("derived"),
        pl.col("modality").cast(pl.String) == modality,
        pl.col("body_region").cast(pl.String) == body_region,
    )
    counted = group.group_by(pl.col("collection_id").cast(pl.String)).agg(
        n_studies=pl.col("study_key").drop_nulls().n_unique()
    )
    return counted.sort("n_studies", "collection_id", descending=[True, False])


def count_by_version(catalog: Catalog) -> pl.DataFrame:
    """Return how many of today's listed series, images and derived objects each release brought.

    Parameters
    ----------
    catalog : Catalog
        A source whose series know the version in which they first appeared.

    Returns
    -------
    polars.DataFrame
        One row a version, oldest first: ``version``, ``published`` (date), ``n_series``, ``n_derived``,
        ``cumulative_acquired``, ``cumulative_derived``. Series withdrawn since, or in no release yet, are not in it.
    """
    series = pl.DataFrame([catalog.repository.column("series", name) for name in ("first_version", "derived")])
    series = series.filter(listed(catalog.repository, catalog.everything.mask))
    per_version = series.group_by("first_version").agg(n_series=pl.len(), n_derived=pl.col("derived").sum())
    versions = catalog.repository.versions.select(
        version=pl.col("idc_version").cast(pl.UInt8), published=pl.col("version_timestamp").str.to_date()
    )
    joined = versions.join(per_version, left_on="version", right_on="first_version", how="left").fill_null(0)
    return joined.sort("version").with_columns(
        cumulative_acquired=(pl.col("n_series") - pl.col("n_derived")).cum_sum(),
        cumulative_derived=pl.col("n_derived").cum_sum(),
    )


def count_people(cohort: Cohort) -> pl.DataFrame:
    """Return patients (no animals, no phantoms) by ten-year age band and sex, the unknown ones included.

    Parameters
    ----------
    cohort : Cohort
        Whose patients are counted.

    Returns
    -------
    polars.DataFrame
        ``age``, ``sex``, ``n_patients``; whoever lacks an age stands under ``Not known``, likewise sex.
    """
    people = cohort.patients.filter(pl.col("species").cast(pl.String).is_in(PERSONS))
    age = (
        pl.when(pl.col("age_years").is_null()).then(pl.lit("Not known")).otherwise(pl.col("age_decade").cast(pl.String))
    )
    sex = pl.col("sex").cast(pl.String)
    known = pl.when(sex.is_in(["Female", "Male"])).then(sex).otherwise(pl.lit("Other or not known"))
    grouped = people.select(age=age, sex=known).group_by("age", "sex").agg(n_patients=pl.len())
    return grouped.sort("age", "sex")


def count_known(cohort: Cohort) -> pl.DataFrame:
    """Return of how many patients age and sex are known, one of the two, or neither.

    Parameters
    ----------
    cohort : Cohort
        Whose patients are counted, no animals and no phantoms; a sex that is recorded counts as known, also when
        records conflict.

    Returns
    -------
    polars.DataFrame
        ``known``, ``n_patients``, ``fraction``, in four rows.
    """
    people = cohort.patients.filter(pl.col("species").cast(pl.String).is_in(PERSONS))
    age = pl.col("age_years").is_not_null()
    sex = ~pl.col("sex").cast(pl.String).is_in(MISSING)
    rules = {"age and sex": age & sex, "sex only": sex & ~age, "age only": age & ~sex, "neither": ~age & ~sex}
    counts = people.select(rule.sum().alias(name) for name, rule in rules.items())
    return counts.unpivot(variable_name="known", value_name="n_patients").with_columns(
        fraction=pl.col("n_patients") / max(people.height, 1)
    )


def count_by_collection(cohort: Cohort) -> pl.DataFrame:
    """Return patients, studies and series of each collection of a cohort, the largest first.

    Parameters
    ----------
    cohort : Cohort
        What is counted.

    Returns
    -------
    polars.DataFrame
        ``collection_id``, ``patients``, ``studies``, ``series``.
    """
    rows = cohort.keys().with_columns(listed=pl.Series(listed(cohort.repository, cohort.mask)[cohort.mask]))
    counted = rows.group_by("collection_id").agg(
        patients=pl.col("patient_key").n_unique(),
        studies=pl.col("study_key").drop_nulls().n_unique(),  # null for a patient whose studies are not listed
        series=pl.col("listed").sum(),
    )
    return counted.with_columns(pl.col("collection_id").cast(pl.String)).sort(
        "patients", "collection_id", descending=[True, False]
    )

"""Findings about the embedded repository that a reader can check, and that say why honest filters matter."""

import polars as pl

from workbench.catalog.commons import Catalog

#: RSNA's RICORD chest CT releases 1a (COVID-positive) and 1b (COVID-negative); doi:10.1148/radiol.2021203957
RICORD_CHEST_CT = ("midrc_ricord_1a", "midrc_ricord_1b")


def lost_chest_ct(catalog: Catalog) -> pl.DataFrame:
    """Return how many RICORD chest CT patients each way of finding the chest keeps.

    RICORD 1a and 1b hold chest CT only, yet most headers do not say so.

    Parameters
    ----------
    catalog : Catalog
        The embedded IDC index.

    Returns
    -------
    polars.DataFrame
        One row a way of selecting: ``rule``, ``patients``, ``n_total``, ``lost``.
    """
    ricord = catalog.where(collection_id=list(RICORD_CHEST_CT), modality="CT")
    header, described = ["BodyPartExamined"], ["BodyPartExamined", "StudyDescription", "SeriesDescription"]
    chest = ricord.where(body_region="Chest")
    cohorts = {
        "All CT patients of RICORD 1a and 1b": ricord,
        "Chest, by header, description or collection": chest,
        "Chest, by header or description": chest.where(body_region_source=described),
        "Chest, by header (BodyPartExamined) alone": chest.where(body_region_source=header),
        "Chest by any of these, and age known": chest.where(age_years=(0, None)),
        "Chest by header alone, and age known": chest.where(body_region_source=header, age_years=(0, None)),
    }
    patients = [cohort.counts["patients"] for cohort in cohorts.values()]
    kept = pl.DataFrame({"rule": list(cohorts), "patients": patients, "n_total": patients[0]})
    return kept.with_columns(lost=pl.col("n_total") - pl.col("patients"))

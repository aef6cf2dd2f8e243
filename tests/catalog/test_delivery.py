"""What a cohort of the embedded commons delivers: its series and studies, as the original has them."""

import polars as pl
import pytest

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog


@pytest.fixture(scope="module")
def ricord(commons: Catalog) -> Cohort:
    return commons.where(collection_id=["midrc_ricord_1a", "midrc_ricord_1b"], modality="CT")


def test_the_series_export_has_one_row_a_series_and_its_sizes_add_up(ricord: Cohort) -> None:
    table = ricord.series()
    assert table.height == table["series_uid"].n_unique() == ricord.counts["series"]
    assert table["n_instances"].sum() == ricord.counts["instances"]
    assert table["size_mb"].sum() / 1000 == pytest.approx(ricord.counts["size_gb"], rel=1e-6)
    assert table["url"].str.starts_with("s3://").all()
    assert table.equals(ricord.series())


def test_the_series_export_holds_the_rows_of_the_original(ricord: Cohort, raw: pl.LazyFrame) -> None:
    wanted = raw.filter(pl.col("collection_id").str.contains("^midrc_ricord_1[ab]$"), pl.col("Modality") == "CT")
    columns = wanted.select("collection_id", "PatientID", "StudyInstanceUID", "SeriesInstanceUID").collect()
    exported = ricord.series().select("collection_id", "patient_id", "study_uid", "series_uid")
    assert sorted(exported.rows()) == sorted(columns.rows())
    assert exported["collection_id"].is_sorted()


def test_every_study_has_one_link_to_the_public_viewer(ricord: Cohort) -> None:
    links = ricord.viewer_links()
    assert links.height == links["study_uid"].n_unique() == ricord.counts["studies"]
    assert links["n_series"].sum() == ricord.counts["series"]
    start = "https://viewer.imaging.datacommons.cancer.gov/v3/viewer/?StudyInstanceUIDs="
    assert (links["viewer_url"] == start + links["study_uid"]).all()


def test_slides_open_in_the_slide_viewer(commons: Catalog) -> None:
    links = commons.where(modality="SM", collection_id="tcga_acc").viewer_links()
    assert links.height > 0
    start = "https://viewer.imaging.datacommons.cancer.gov/slim/studies/"
    assert (links["viewer_url"] == start + links["study_uid"]).all()

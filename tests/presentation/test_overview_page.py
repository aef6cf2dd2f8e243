"""The real public page in a real browser: its numbers are counted again, independently, from the original index."""

import polars as pl
import pytest

from tests.presentation.browsing import free_port
from workbench.presentation.serving import running_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COVID = ["covid_19_ar", "covid_19_ny_sbu", "midrc_ricord_1a", "midrc_ricord_1b", "midrc_ricord_1c"]


@pytest.fixture(scope="module")
def overview(visit, idc_pages):
    """Yield the overview of the embedded commons, drawn."""
    with running_page(idc_pages, port=free_port()) as (address, _):
        visit.open(f"{address}explore/overview", wait_for="[data-ready='true']")
        yield visit


def counted(raw: pl.LazyFrame) -> dict[str, float]:
    """Count the original index without any of the workbench's code."""
    return (
        raw.select(
            patients=pl.struct("collection_id", "PatientID").n_unique(),
            studies=pl.col("StudyInstanceUID").n_unique(),
            series=pl.col("SeriesInstanceUID").n_unique(),
            size_tb=pl.col("series_size_MB").sum() / 1e6,
            collections=pl.col("collection_id").n_unique(),
        )
        .collect()
        .row(0, named=True)
    )


@pytest.mark.parametrize("group", ["all", "covid"])
def test_the_headline_numbers_are_those_of_the_original_index(overview, raw, group):
    expected = counted(raw if group == "all" else raw.filter(pl.col("collection_id").is_in(COVID)))
    for unit, value in expected.items():
        shown = float(overview.page.locator(f"[data-tile='{group}.{unit}']").get_attribute("data-value"))
        assert shown == pytest.approx(value, abs=0.006 if unit == "size_tb" else 0), unit


def test_the_license_table_adds_up_to_the_original_index(overview, raw):
    expected = dict(raw.group_by("license_short_name").agg(pl.len()).collect().iter_rows())
    rows = overview.page.locator("[data-figure='licenses'] table tbody tr")
    cells = [row.locator("td, th").all_text_contents() for row in rows.all()]
    assert {name: int(n.replace(",", "")) for name, n, *_ in cells} == expected


def test_growth_ends_at_the_number_of_series_in_the_original_index(overview, raw):
    rows = overview.page.locator("[data-figure='growth'] table tbody tr").all()
    last = rows[-1].locator("td, th").all_text_contents()
    acquired, derived = (int(cell.replace(",", "")) for cell in last[-2:])
    assert acquired + derived == raw.select(pl.len()).collect().item()


def test_every_chart_is_drawn_with_words_and_a_table(overview):
    assert overview.page.locator("[data-figure='pipeline']").inner_text().splitlines()[-1] == (
        "This source does not say when a study was ingested, taken into quality control and released."
    )
    figures = overview.page.locator("[data-figure]:not([data-figure='pipeline'])").all()
    assert {figure.get_attribute("data-figure") for figure in figures} == {
        "modality_by_region",
        "growth",
        "known_age_and_sex",
        "age_and_sex",
        "licenses",
        "lost_chest_ct",
    }
    for figure in figures:
        assert figure.locator("svg").count() >= 1
        assert figure.locator("table tbody tr").count() >= 1


def test_on_a_phone_a_heat_map_hints_at_what_lies_beyond_the_edge_until_it_is_reached(overview):
    page = overview.page
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    page.wait_for_selector("[data-ready='true']")
    page.locator(".wb-chapter:has([data-figure='modality_by_region']) .wb-fold").click()
    hint = page.locator("[data-figure='modality_by_region'] .wb-beyond")
    hint.wait_for(state="visible")
    page.locator("[data-figure='modality_by_region'] .wb-chart").evaluate("node => { node.scrollLeft = 5000 }")
    hint.wait_for(state="hidden")
    assert page.locator("[data-figure='lost_chest_ct'] .wb-cut").count() == 0
    page.set_viewport_size({"width": 1400, "height": 1000})
    page.reload()
    page.wait_for_selector("[data-ready='true']")
    assert not page.locator(".wb-cut").count()


def test_nothing_leaves_the_machine_and_nothing_complains(overview):
    assert overview.external_requests == []
    assert overview.console_errors == []


def test_no_identifier_of_a_patient_study_or_series_reaches_the_page(overview, raw):
    served = overview.page.content()
    rows = raw.select("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "crdc_series_uuid").collect()
    sample = rows.filter(pl.col("PatientID").str.len_chars() > 6).sample(2000, seed=1)
    assert not [value for column in sample.iter_columns() for value in column if value and value in served]

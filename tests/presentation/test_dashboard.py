"""The public page, served by Voila with a kernel that stands ready, opened in a real browser."""

import json
import socket
import time

import pytest

from workbench.assets import asset_path
from workbench.presentation.serving import running_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def figure(name: str, rows: list[list[object]], mark: str = "bar") -> dict:
    return {
        "id": name,
        "title": "CT is the most common modality",
        "subtitle": "Patients by modality, n = 30",
        "description": "Bars: CT 20 patients, MR 10 patients.",
        "footnote": "Source: a phantom.",
        "spec": {
            "width": "container",
            "height": 100,
            "data": {"values": [{"modality": modality, "n": n} for modality, n in rows]},
            "mark": mark,
            "encoding": {
                "x": {"field": "n", "type": "quantitative"},
                "y": {"field": "modality", "type": "nominal"},
            },
        },
        "table": {"columns": ["modality", "n_patients"], "rows": rows},
    }


PAGE = {
    "schema": "workbench-page/1",
    "title": "A small commons",
    "subtitle": "Thirty synthetic patients.",
    "as_of": "2026-01-01",
    "source": {"name": "Phantoms", "version": "1", "url": "https://example.org/", "license": "CC0-1.0"},
    "groups": [
        {
            "id": "all",
            "title": "All collections",
            "tiles": [
                {"id": "patients", "label": "Patients", "value": 30, "text": "30", "note": None},
                {"id": "size_tb", "label": "Size", "value": 1.25, "text": "1.25 TB", "note": "compressed"},
            ],
        }
    ],
    "figures": [figure("modality", [["CT", 20], ["MR", 10]]), figure("nobody", [])],
    "notes": [{"title": "What is counted", "text": "A patient is <b>one</b> person."}],
    "cite": ["Cite the phantoms."],
    "provenance": {"release": "phantoms 1"},
}


@pytest.fixture(scope="module")
def dashboard(visit, tmp_path_factory):
    """Yield the visit, with the page drawn by a kernel that stood ready."""
    file = tmp_path_factory.mktemp("aggregates") / "page.json"
    file.write_text(json.dumps(PAGE), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    before = sorted(asset_path("dashboards").rglob("*"))
    with running_page(file, port=port) as (address, _):
        time.sleep(4)  # the kernel is started in the background; the bar is for one that is ready
        visit.open(address, wait_for="[data-ready='true']")
        yield visit
    assert sorted(asset_path("dashboards").rglob("*")) == before, "serving wrote into the folder it serves"


def test_the_tiles_carry_the_numbers_of_the_file(dashboard):
    tiles = dashboard.page.locator("[data-tile]")
    read = {tile.get_attribute("data-tile"): float(tile.get_attribute("data-value")) for tile in tiles.all()}
    assert read == {"all.patients": 30.0, "all.size_tb": 1.25}
    assert tiles.all_inner_texts() == ["30", "1.25 TB"]


def test_a_figure_is_drawn_with_its_description_and_its_table(dashboard):
    section = dashboard.page.locator("section[data-figure='modality']")
    assert section.locator("h2").inner_text() == "CT is the most common modality"
    assert section.locator(".wb-chart svg").count() == 1
    assert section.locator(".wb-chart").get_attribute("aria-label") == "Bars: CT 20 patients, MR 10 patients."
    section.locator(".wb-table > summary").click()
    assert section.locator("tbody tr").all_inner_texts() == ["CT\t20", "MR\t10"]


def test_the_table_downloads_as_csv_without_asking_the_server(dashboard):
    section = dashboard.page.locator("section[data-figure='modality']")
    section.locator(".wb-table").evaluate("details => details.open = true")
    with dashboard.page.expect_download() as waiting:
        section.get_by_role("button", name="Download CSV").click()
    assert waiting.value.suggested_filename == "modality.csv"
    assert waiting.value.path().read_bytes() == b"modality,n_patients\r\nCT,20\r\nMR,10\r\n"


def test_an_empty_figure_says_so(dashboard):
    section = dashboard.page.locator("section[data-figure='nobody']")
    assert section.locator(".wb-state").inner_text() == ("There is nothing to draw: no record falls under this figure.")


def test_text_of_the_file_is_never_read_as_markup(dashboard):
    assert "A patient is <b>one</b> person." in dashboard.page.locator(".wb-notes").inner_text()


def test_the_page_is_named_and_shows_no_notebook(dashboard):
    assert dashboard.page.title() == "A small commons"
    assert "workbench.presentation" not in dashboard.page.locator("body").inner_text()
    assert not dashboard.page.locator("#page-loading").is_visible()


def test_the_page_says_when_its_first_figure_stood(dashboard):
    assert float(dashboard.page.locator(".wb-page").get_attribute("data-first-figure-ms")) > 0


def test_a_phone_scrolls_in_one_direction(dashboard):
    dashboard.page.set_viewport_size({"width": 390, "height": 800})
    assert dashboard.page.evaluate("document.documentElement.scrollWidth") <= 390
    dashboard.page.set_viewport_size({"width": 1400, "height": 1000})


def test_no_request_leaves_the_machine_and_no_error_reaches_the_console(dashboard):
    assert dashboard.external_requests == []
    assert dashboard.console_errors == []

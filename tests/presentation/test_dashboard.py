"""A public page served by Voila with a kernel that stands ready, in a real browser; its parts are tested without."""

import pytest

from tests.presentation.browsing import free_port
from tests.presentation.small_house import CENSUS, OVERVIEW
from workbench.assets import asset_path
from workbench.presentation.manifest import write_pages
from workbench.presentation.serving import running_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def dashboard(visit, tmp_path_factory):
    """Yield the visit and the address of the live pages, with the overview drawn by a kernel that stood ready."""
    folder = tmp_path_factory.mktemp("aggregates")
    write_pages(folder, {"overview": OVERVIEW, "census": CENSUS}, source={"name": "Phantoms"}, identity={})
    before = sorted(asset_path("dashboards").rglob("*"))
    with running_page(folder, port=free_port()) as (address, _):
        visit.open(f"{address}explore/overview", wait_for="main[data-ready='true']")
        yield visit
    assert sorted(asset_path("dashboards").rglob("*")) == before, "serving wrote into the folder it serves"


def test_the_page_is_that_of_the_file_and_shows_no_notebook(dashboard):
    page = dashboard.page
    assert page.title() == "What is there? · Small commons"
    assert page.locator("[data-tile]").all_inner_texts() == ["30", "1.25 TB"]
    assert page.locator("[data-figure=all] .wb-chart svg").count() == 1
    assert "workbench.presentation" not in page.locator("body").inner_text()
    assert not page.locator("#page-loading").is_visible()


def test_the_table_downloads_without_asking_the_server(dashboard):
    section = dashboard.page.locator("[data-figure=all]")
    section.locator(".wb-table").evaluate("details => details.open = true")
    with dashboard.page.expect_download() as waiting:
        section.get_by_role("button", name="Download CSV").first.click()
    assert waiting.value.path().read_bytes() == b"modality,n patients\r\nCT,30\r\n"


def test_the_theme_chosen_on_one_page_holds_on_the_next(dashboard):
    page = dashboard.page
    page.locator(".wb-theme input[value=dark]").check()
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.locator(".wb-nav a", has_text="Diversity census").click()
    page.wait_for_selector("h1:has-text('Who is there?')")
    assert page.locator(".wb-nav a[aria-current=page]").inner_text() == "Diversity census"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(11, 15, 19)", "nothing of Voila's shows through"
    title = page.locator(".wb-finding").first.evaluate("node => getComputedStyle(node).color")
    assert title == "rgb(238, 242, 245)"
    page.locator(".wb-theme input[value=auto]").check()


def test_a_phone_scrolls_in_one_direction(dashboard):
    dashboard.page.set_viewport_size({"width": 390, "height": 800})
    assert dashboard.page.evaluate("document.documentElement.scrollWidth") <= 390
    dashboard.page.set_viewport_size({"width": 1400, "height": 1000})


def test_no_request_leaves_the_machine_and_no_error_reaches_the_console(dashboard):
    assert dashboard.external_requests == []
    assert dashboard.console_errors == []

"""The cohort explorer in a real Chromium, served by Voila and opened in JupyterLab; every number is counted again."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import polars as pl
import pytest

from tests.presentation.browsing import READY, answered, bar, counts, free_port, shown
from workbench.assets import asset_path
from workbench.catalog import facets
from workbench.presentation.explorer.share import to_fragment
from workbench.presentation.manifest import write_pages
from workbench.presentation.serving import running_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = {"schema": "workbench-page/2", "title": "A small commons", "groups": [], "figures": []}
OPEN = {"name": "A small commons", "version": "1", "disclosure": "public_rows"}
LINKED = f"{READY}[data-answered]"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Yield the address of the explorer, served beside a public page."""
    folder = tmp_path_factory.mktemp("aggregates")
    write_pages(folder, {"overview": PAGE}, source=OPEN, identity={})
    with running_page(folder, port=free_port(), preheat=False) as (root, _):
        yield f"{root}explore/rows"


@pytest.fixture
def opened(visit, address):
    """Return the page with the explorer on its example; a kernel is started only where another page stands."""
    page = visit.page
    if page.url.split("#")[0] != address or not page.locator(READY).count():
        page.goto("about:blank")
        visit.open(address, wait_for=READY)
        return page
    page.locator(".wx-dialog").evaluate("dialog => dialog.close()")
    answered(page, lambda: page.get_by_label("Open an example").select_option("covid_chest_ct"))
    answered(page, page.locator("[data-tab=overview]").click)
    page.evaluate("scrollTo(0, 0)")
    return page


@pytest.fixture
def example(commons):
    """Return the cohort that the explorer opens on."""
    return commons.where(
        collection_id=commons.covid_collections(), modality="CT", body_region="Chest", age_years=(18, None)
    )


def test_it_opens_on_the_example_with_the_numbers_of_the_cohort(opened, example):
    assert opened.locator("h1").inner_text() == "Chest CT of adults in the COVID-19 collections"
    assert shown(opened) == counts(example)
    assert opened.title() == "Chest CT of adults in the COVID-19 collections"
    assert not opened.locator("#page-loading").is_visible()


def test_a_click_on_a_bar_narrows_to_what_the_bar_promised_and_undo_takes_it_back(opened, example):
    promised = int(bar(opened, "sex", "Female").get_attribute("data-n"))
    answered(opened, bar(opened, "sex", "Female").click)
    women = example.where(sex="Female")
    assert shown(opened) == counts(women)
    assert shown(opened)["patients"] == promised
    assert bar(opened, "sex", "Female").get_attribute("aria-pressed") == "true"
    expected = facets.count(women, ["modality"]).select("value", "n_selecting").rows()
    drawn = opened.locator("[data-facet=modality] .wx-bar").all()
    assert [(each.get_attribute("data-value"), int(each.get_attribute("data-n"))) for each in drawn] == expected
    answered(opened, opened.locator("[data-do=undo]").click)
    assert shown(opened) == counts(example)


def test_clicks_and_undoing_them_end_where_they_began(opened, example, record_property):
    times = []
    for _ in range(3):
        for value in ("Female", "Male"):
            times.append(answered(opened, bar(opened, "sex", value).click))
            times.append(answered(opened, opened.locator("[data-do=undo]").click))
    record_property("click_to_repainted_counts_ms", times)
    print(f"click to repainted counts: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")
    assert shown(opened) == counts(example)


def test_clicks_on_the_whole_commons_end_where_they_began(opened, commons, record_property):
    while opened.locator(".wx-remove[aria-label^=Remove]").count():
        answered(opened, opened.locator(".wx-remove[aria-label^=Remove]").first.click)
    assert shown(opened) == counts(commons.everything)
    times = [answered(opened, bar(opened, *each).click) for each in (("sex", "Female"), ("sex", "Female")) * 4]
    record_property("click_to_repainted_counts_ms", times)
    print(f"the same on the whole commons: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")
    assert shown(opened) == counts(commons.everything)


def test_dragging_over_ages_selects_them_in_chart_slider_and_counts(opened, commons, example):
    first, last = opened.locator("[data-band='60']"), opened.locator("[data-band='40']")
    first.scroll_into_view_if_needed()

    def drag():
        start, end = first.bounding_box(), last.bounding_box()
        opened.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        opened.mouse.down()
        opened.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=4)
        opened.mouse.up()

    answered(opened, drag)
    expected = commons.where(collection_id=commons.covid_collections(), modality="CT", body_region="Chest")
    assert shown(opened) == counts(expected.where(age_years=(40, 69)))
    assert opened.locator("[data-range=age_years] output").inner_text() == "40 to 69 years"


def test_dragging_over_columns_selects_the_modalities(opened, commons):
    marks = opened.locator(".wx-column")
    names = [mark.get_attribute("data-value") for mark in marks.all()][:2]

    def drag():
        start, end = marks.nth(0).bounding_box(), marks.nth(1).bounding_box()
        opened.mouse.move(start["x"] + 10, start["y"] + 60)
        opened.mouse.down()
        opened.mouse.move(end["x"] + 20, end["y"] + 60, steps=4)
        opened.mouse.up()

    answered(opened, drag)
    expected = commons.where(
        collection_id=commons.covid_collections(), modality=names, body_region="Chest", age_years=(18, None)
    )
    assert shown(opened) == counts(expected)


def test_the_slider_and_the_bars_work_from_the_keyboard(opened, example):
    thumb = opened.get_by_label("Age at study, from")
    thumb.focus()
    answered(opened, lambda: opened.keyboard.press("ArrowRight"))
    assert opened.locator("[data-range=age_years] output").inner_text() == "19 to 90+ years"
    answered(opened, lambda: opened.keyboard.press("Control+z"))
    bar(opened, "sex", "Male").focus()
    answered(opened, lambda: opened.keyboard.press("Enter"))
    assert shown(opened) == counts(example.where(sex="Male"))
    assert opened.evaluate("document.activeElement.dataset.value") == "Male"


def test_a_shared_link_reopens_the_same_counts(opened, visit, example):
    answered(opened, bar(opened, "sex", "Female").click)
    before = shown(opened)
    answered(opened, opened.locator("[data-ask=link]").click)
    link = opened.locator(".wx-dialog textarea").input_value()
    opened.goto("about:blank")
    visit.open(link, wait_for=LINKED)
    assert shown(opened) == before == counts(example.where(sex="Female"))
    assert opened.locator("h1").inner_text() == "Cohort of this link"


def test_a_link_put_into_the_address_is_opened_at_once(opened, commons, address):
    cohort = commons.where(modality="MG", sex="Male")
    answered(opened, lambda: opened.evaluate("hash => { location.hash = hash }", to_fragment(cohort)))
    assert shown(opened) == counts(cohort)
    assert opened.url == address + to_fragment(cohort)


def test_a_broken_link_is_told_in_plain_words_and_the_example_stands(visit, address, example):
    visit.page.goto("about:blank")
    visit.open(f"{address}#cohort=rubbish!", wait_for=LINKED)
    assert "This link is incomplete or was changed on its way." in visit.page.locator(".wx-notice").inner_text()
    assert shown(visit.page) == counts(example)


def test_the_copied_code_gives_the_counts_when_it_is_run(opened):
    answered(opened, bar(opened, "sex", "Female").click)
    answered(opened, opened.locator("[data-ask=python]").click)
    names: dict = {}
    exec(opened.locator(".wx-dialog textarea").input_value(), names)
    assert shown(opened) == counts(names["cohort"])


def test_the_exported_list_holds_the_shown_series(opened, example):
    answered(opened, opened.locator("[data-tab=export]").click)
    with opened.expect_download() as waiting:
        opened.locator("[data-kind=csv]").click()
    rows = pl.read_csv(waiting.value.path(), comment_prefix="#")
    assert rows.height == shown(opened)["series"]
    assert sorted(rows["series_uid"]) == sorted(example.series()["series_uid"])


def test_a_saved_definition_can_be_opened_again(opened, commons, tmp_path):
    file = commons.where(modality="MG", age_years=(40, 49)).save(tmp_path / "mammography.yaml", members=False)
    answered(opened, opened.locator("[data-tab=export]").click)
    answered(opened, lambda: opened.locator("input[type=file]").set_input_files(file))
    assert opened.locator("h1").inner_text() == "mammography.yaml"
    assert shown(opened) == counts(commons.where(modality="MG", age_years=(40, 49)))


def test_the_table_comes_a_page_at_a_time_in_the_order_asked_for(opened, example):
    answered(opened, opened.locator("[data-tab=series]").click)
    heading = opened.get_by_role("button", name="Instances")
    answered(opened, heading.click)
    answered(opened, heading.click)
    cells = opened.locator(".wx-rows tbody tr td:nth-child(6)").all_inner_texts()
    largest = example.series()["n_instances"].sort(descending=True).head(25)
    assert [int(cell.replace(",", "")) for cell in cells] == largest.to_list()


@pytest.mark.parametrize("kind", ["python", "link"])
def test_a_dialog_opens_at_the_top_of_its_text(opened, kind):
    opened.set_viewport_size({"width": 390, "height": 800})  # narrow enough for a long text
    answered(opened, opened.locator(f"[data-ask={kind}]").click)
    text = opened.locator(".wx-dialog textarea")
    assert text.evaluate("node => [node.scrollTop, node.scrollHeight > node.clientHeight]") == [0, True]
    assert text.evaluate("node => node.selectionEnd - node.selectionStart === node.value.length")
    opened.set_viewport_size({"width": 1400, "height": 1000})


def test_the_viewer_link_is_in_sight_at_1300_pixels(opened):
    opened.set_viewport_size({"width": 1300, "height": 1000})
    answered(opened, opened.locator("[data-tab=series]").click)
    link, card = opened.locator(".wx-rows a").first.bounding_box(), opened.locator(".wx-scroll").bounding_box()
    assert link["x"] + link["width"] <= card["x"] + card["width"]
    opened.set_viewport_size({"width": 1400, "height": 1000})


def test_a_wide_table_one_scrolls_inside_its_card_and_names_collections(opened, example):
    answered(opened, opened.locator("[data-tab=table_one]").click)
    card = opened.locator(".wx-paper .wx-scroll")
    end = opened.locator(".wx-main").evaluate("node => node.getBoundingClientRect().right")
    assert card.evaluate("node => node.getBoundingClientRect().right") <= end
    card.evaluate("node => { node.scrollLeft = node.scrollWidth }")
    last, frame = card.locator("thead th").last.bounding_box(), card.bounding_box()
    assert last["x"] + last["width"] <= frame["x"] + frame["width"] + 1
    heads = card.locator("thead th").all_inner_texts()
    assert [head for head in heads if head.startswith("COVID-19-NY-SBU (n = ")]


def test_the_flow_diagram_can_be_taken_away(opened):
    answered(opened, opened.locator("[data-tab=attrition]").click)
    for kind, ending in (("flow", ".flow.svg"), ("attrition", ".attrition.csv")):
        with opened.expect_download() as waiting:
            opened.locator(f"[data-ask={kind}]").click()
        assert waiting.value.suggested_filename.endswith(ending)


@pytest.mark.parametrize("tab", ["overview", "attrition", "table_one", "series", "compare", "export"])
def test_every_view_is_drawn_and_a_phone_scrolls_in_one_direction(opened, tab):
    answered(opened, opened.locator(f"[data-tab={tab}]").click)
    opened.set_viewport_size({"width": 390, "height": 800})
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    opened.set_viewport_size({"width": 1400, "height": 1000})
    assert opened.locator(f"[data-panel={tab}] h2").first.is_visible()


# WCAG 2.2, success criterion 1.4.3: 4.5 : 1, or 3 : 1 from 24 px (18.66 px in bold) on; what is disabled is exempt.
CONTRAST = """() => {
  const channels = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const color = channels(getComputedStyle(node).backgroundColor);
      if (color.length === 3 || color[3] > 0.5) return color;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const node of document.querySelectorAll(".wx *")) {
    const words = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    const exempt = node.closest(":disabled, option, title, .wx-hidden, .wx-paper svg");
    if (!words || exempt || !node.getClientRects().length) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(channels(node.ownerSVGElement ? style.fill : style.color)), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= (style.fontWeight >= 700 ? 18.66 : 24);
    if (ratio < (large ? 3 : 4.5)) weak.push(`${node.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return [...new Set(weak)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(opened, scheme):
    opened.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    opened.wait_for_selector(f".wx[data-theme={scheme}]", state="attached")
    answered(opened, opened.locator("[data-tab=compare]").click)
    answered(opened, opened.locator("[data-do=pin]").click)
    answered(opened, bar(opened, "sex", "Female").click)
    answered(opened, opened.locator(".wx-flip").last.click)
    for tab in ("compare", "overview", "attrition", "table_one", "series", "export"):
        answered(opened, opened.locator(f"[data-tab={tab}]").click)
        assert opened.evaluate(CONTRAST) == [], tab
    opened.emulate_media(color_scheme="light", reduced_motion="no-preference")


def test_the_numbers_stay_in_sight_when_the_page_is_scrolled(opened):
    opened.mouse.move(900, 700)
    opened.mouse.wheel(0, 900)
    opened.wait_for_function("document.scrollingElement.scrollTop > 100 || document.body.scrollTop > 100")
    assert opened.locator("[data-count=patients]").bounding_box()["y"] >= 0
    opened.mouse.wheel(0, -9000)


def test_no_request_leaves_the_machine_and_no_error_reaches_the_console(visit):
    assert visit.external_requests == []
    assert visit.console_errors == []


def test_the_pages_side_by_side_lead_to_each_other_by_the_same_links(visit, opened, address):
    links = opened.get_by_role("navigation", name="Pages").get_by_role("link")
    assert links.all_inner_texts() == ["Start", "Repository overview", "Explore the rows", "Glossary"]
    assert [each.get_attribute("aria-current") for each in links.all()] == [None, None, "page", None]
    links.nth(1).click()
    opened.wait_for_selector(".wb-page", state="attached", timeout=60_000)
    assert opened.url == address.replace("rows", "overview")
    assert opened.get_by_role("link", name="Explore the rows").get_attribute("href") == "/explore/rows"


def test_reload_and_back_find_the_cohort_that_was_left(opened, visit, address, example):
    # After the test of the console: a page that is left asks Voila to stop its kernel, which is refused there.
    assert opened.url == address
    answered(opened, bar(opened, "sex", "Female").click)
    women = counts(example.where(sex="Female"))
    left = opened.url
    assert left.startswith(f"{address}#cohort=")
    opened.reload(wait_until="commit")
    opened.wait_for_selector(LINKED, state="attached", timeout=60_000)
    assert (shown(opened), opened.url) == (women, left)
    opened.get_by_role("link", name="Repository overview").click()
    opened.wait_for_selector(".wb-page", state="attached", timeout=60_000)
    opened.go_back(wait_until="commit")
    opened.wait_for_selector(LINKED, state="attached", timeout=60_000)
    assert shown(opened) == women
    answered(opened, opened.locator("[data-do=undo]").click)
    assert (shown(opened), opened.url) == (counts(example), address)


RUN_ALL = (
    "(async () => { await window.jupyterapp.shell.currentWidget.context.sessionContext.ready;"
    " await window.jupyterapp.commands.execute('notebook:run-all-cells') })()"
)
NOTEBOOK_READY = (
    "window.jupyterapp && window.jupyterapp.shell.currentWidget && window.jupyterapp.shell.currentWidget.context"
    " && window.jupyterapp.shell.currentWidget.context.isReady"
)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """Yield the address of a JupyterLab that serves a copy of the explorer, with a cell that uses its cohort."""
    root = tmp_path_factory.mktemp("lab")
    notebook = Path(shutil.copy(asset_path("dashboards", "cohort_explorer.ipynb"), root))
    body = json.loads(notebook.read_text("utf-8"))
    code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    body["cells"].append(code | {"id": "live", "source": "print('live', explorer.cohort.counts['patients'])"})
    notebook.write_text(json.dumps(body), encoding="utf-8")
    port = free_port()
    words = [
        f"--ServerApp.root_dir={root}",
        "--expose-app-in-browser",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--allow-root",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    settings = {"JUPYTER_CONFIG_DIR": str(root / "config"), "JUPYTERLAB_SETTINGS_DIR": str(root / "settings")}
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", *words],
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=2).close()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    yield f"http://127.0.0.1:{port}/lab/tree/cohort_explorer.ipynb"
    server.terminate()
    server.wait(timeout=20)


def test_in_jupyterlab_the_next_cell_sees_what_is_selected(visit, laboratory, example):
    page = visit.page
    visit.external_requests.clear()
    page.goto(laboratory, wait_until="commit")
    page.wait_for_function(NOTEBOOK_READY, timeout=60_000)
    page.evaluate(RUN_ALL)
    page.wait_for_selector(READY, state="attached", timeout=60_000)
    assert shown(page) == counts(example)
    bar(page, "sex", "Female").evaluate("button => button.focus()")
    answered(page, lambda: page.keyboard.press("Enter"))
    women = example.where(sex="Female")
    assert shown(page) == counts(women)
    for key in ("d", "d"):  # JupyterLab's command to delete the cell
        page.keyboard.press(key)
    assert page.locator(".wx").count() == 1
    page.evaluate(
        "(async () => { const app = window.jupyterapp, panel = app.shell.currentWidget;"
        " panel.content.activeCellIndex = panel.content.widgets.length - 1;"
        " await app.commands.execute('notebook:run-cell') })()"
    )
    page.wait_for_selector(f"text=live {women.counts['patients']}", state="attached", timeout=30_000)
    assert visit.external_requests == []

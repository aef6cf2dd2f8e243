"""The data catalog in a real browser without a kernel: asked, filtered, opened, compared, shared, and never harmed."""

import itertools
import json
from urllib.parse import quote

import pytest

from tests.presentation.accessible import CONTRAST, NAMELESS, TWICE
from tests.presentation.browsing import free_port
from tests.presentation.catalog_entries import HOSTILE
from tests.presentation.catalog_pages import shipped_page, small_page
from tests.presentation.conftest import Visit
from tests.presentation.mounting import serving, write_page
from workbench.catalog.registry import datasets
from workbench.presentation.catalog_page import QUESTIONS
from workbench.presentation.catalog_view import catalog_script
from workbench.presentation.frontend import whole_style
from workbench.presentation.manifest import write_pages
from workbench.presentation.page import PAGE_SCHEMA
from workbench.presentation.pages import list_pages
from workbench.presentation.serving import running_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READY = ".wc-page[data-ready='true']"
# Whether the page shows what its address was changed to: the answer, the chosen tab, the open dialog.
SETTLED = """(fragment) => {
  const said = new URLSearchParams(fragment.slice(1));
  const tab = document.querySelector("[role='tab'][aria-selected='true']");
  return tab?.dataset.view === (said.get("view") ?? "browse")
    && Boolean(document.querySelector(".wc-answer")) === said.has("ask")
    && document.querySelector("dialog").open === (said.has("entry") || said.has("side-by-side"));
}"""
FIRST_MS = 1_000


def write(folder, page):
    return write_page(folder, page, script=catalog_script(), style=whole_style(list_pages()["data_catalog"]))


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    page = small_page()
    with serving(write(tmp_path_factory.mktemp("invented"), page)) as address:
        yield address


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    with serving(write(tmp_path_factory.mktemp("shipped"), shipped_page())) as address:
        yield address


@pytest.fixture
def opened(visit, invented):
    """Yield a function that opens an address of the invented catalog afresh."""

    def go(fragment=""):
        visit.page.goto("about:blank")
        visit.open(f"{invented}{fragment}", wait_for=READY)
        return visit.page

    return go


def keys(page):
    return [node.get_attribute("data-entry") for node in page.locator(".wc-tile").all()]


def choose(page, facet, value):
    box = page.locator(f"[data-facet='{facet}']")
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    box.get_by_label(value, exact=False).check()


def test_the_question_the_catalog_was_built_for_is_answered_with_its_sources(visit, shipped):
    visit.open(shipped, wait_for=READY)
    page = visit.page
    page.get_by_role("button", name=QUESTIONS[0]).click()
    assert page.locator(".wc-answer").get_attribute("data-best") == "nih-chestx-ray14"
    first = page.locator("[data-choice='nih-chestx-ray14']")
    links = [link.get_attribute("href") for link in first.locator(".wc-reasons a").all()]
    assert len(links) >= 3
    assert all(link.startswith("https://") for link in links)
    assert "commercial use" in page.locator(".wc-understood").inner_text().lower()
    assert page.locator("[data-miss='chexpert']").count() == 1
    assert visit.external_requests == []
    assert visit.console_errors == []


def test_the_browser_ranks_as_python_does(visit, shipped):
    visit.page.goto("about:blank")
    visit.open(shipped, wait_for=READY)
    known = datasets()
    for question in QUESTIONS[1:]:
        visit.page.get_by_role("button", name=question, exact=True).click()
        best = known.recommend(question).best
        assert visit.page.locator(".wc-answer").get_attribute("data-best") == (best.key if best else "")


def test_collections_that_meet_the_needs_stand_apart_where_few_entries_do(visit, shipped):
    question = "glioblastoma MRI, commercially usable, over 500 patients"
    visit.page.goto("about:blank")
    visit.open(f"{shipped}#ask={quote(question)}", wait_for=READY)
    names = datasets().recommend(question).collections
    assert names
    apart = visit.page.locator("[data-apart='collections']")
    assert apart.locator("li .wc-link").all_inner_texts() == list(names[:5])
    apart.locator("li .wc-link").first.click()
    assert visit.page.locator("dialog #wc-card-name").inner_text() == names[0]
    visit.page.keyboard.press("Escape")
    apart.get_by_role("button", name="Browse all collections").click()
    assert visit.page.get_by_role("switch").is_checked()


def test_the_first_paint_comes_within_a_second(visit, shipped):
    visit.page.goto("about:blank")
    visit.open(shipped, wait_for=READY)
    assert int(visit.page.locator(READY).get_attribute("data-first-ms")) < FIRST_MS


def test_who_fails_a_need_and_whose_license_is_open_stand_apart(opened):
    page = opened(f"#ask={quote('chest X-rays, commercially usable, over 10,000 patients')}")
    assert page.locator(".wc-answer").get_attribute("data-best") == "free-chests"
    ranked = [node.get_attribute("data-choice") for node in page.locator("[data-choice]").all()]
    assert ranked == ["free-chests"]
    assert "commercial" in page.locator("[data-apart='misses'] [data-miss='bound-chests']").inner_text().lower()
    assert page.locator("[data-apart='license'] [data-miss]").all_inner_texts()[0].startswith("Silent Chests")


def test_facets_narrow_count_and_are_taken_away_again(opened):
    page = opened()
    assert len(keys(page)) == 7
    choose(page, "use", "Commercial use allowed")
    choose(page, "image", "X-ray")
    assert set(keys(page)) == {"free-chests", "chest-part", "hostile", "reader"}
    assert page.locator(".wc-result").inner_text() == "4 of 7 entries: 3 data sets, 1 model"
    # under X-ray and with the facet's own choice set aside: 4 allow it, 1 does not, 1 is not confirmed
    counts = page.locator("[data-facet='use'] .wc-count").all_inner_texts()
    assert counts == ["4", "1", "1"]
    page.locator(".wc-chip", has_text="X-ray").click()
    assert "slides" in keys(page)
    page.get_by_role("button", name="Clear all").click()
    assert len(keys(page)) == 7


def test_a_search_forgives_a_typo(opened):
    page = opened()
    page.get_by_label("Search", exact=True).fill("silnet")
    assert keys(page) == ["silent-chests"]
    page.get_by_label("Search", exact=True).fill("qqqqzzzz")
    assert keys(page) == []
    assert page.locator(".wc-result").inner_text() == "0 of 7 entries"
    assert "Take a filter away, or search for another word." in page.locator(".wc-grid").inner_text()


SEARCHES = (
    *("prostate", "lung", "chest x-ray", "nlst", "brain tumor segmentation", "tcga", "breast", "liver ct"),
    *("kidney", "pancreas"),
)


@pytest.mark.parametrize("apart", [False, True])
def test_a_search_shows_what_python_finds_and_cuts_off_nobody_who_holds_the_word(visit, shipped, apart):
    known = datasets().collections if apart else datasets()
    visit.page.goto("about:blank")
    visit.open(f"{shipped}{'#collections=1' if apart else ''}", wait_for=READY)
    for words in SEARCHES[: 5 if apart else None]:
        visit.page.get_by_label("Search", exact=True).fill(words)
        more = visit.page.locator(".wc-rest button")
        if more.count():
            more.click()
        shown = keys(visit.page)
        found = [entry.key for entry in known.search(words, limit=len(known))]
        assert found, words
        assert shown == found, words
        holders = {entry.key for entry in known if words in entry.name.lower()}
        assert holders <= set(shown), words


def test_the_collections_of_idc_come_by_a_switch(visit, shipped):
    visit.page.goto("about:blank")
    visit.open(shipped, wait_for=READY)
    visit.page.get_by_role("switch").check()
    assert visit.page.locator(".wc-result").inner_text() == f"{len(datasets().collections)} collections"
    assert all(key.startswith("idc-") for key in keys(visit.page))


def test_a_card_has_an_address_takes_the_focus_and_gives_it_back(opened):
    page = opened()
    page.locator("[data-entry='free-chests'] .wc-open").click()
    assert page.locator("dialog [data-card='free-chests']").is_visible()
    assert page.url.endswith("#entry=free-chests")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()
    assert "#" not in page.url
    assert page.evaluate("document.activeElement.dataset.key") == "free-chests"
    page.go_back()
    page.wait_for_selector("dialog [data-card='free-chests']")


def test_a_card_opened_by_its_address_leaves_the_focus_at_its_entry(opened):
    page = opened("#entry=slides")
    assert page.title() == "Slides · Data catalog of the imaging workbench"
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('dialog').open")
    assert "#" not in page.url
    assert page.evaluate("document.activeElement.dataset.key") == "slides"
    assert page.title() == "Which open data set do you need?"


def test_a_card_shows_claims_checks_terms_relatives_and_the_citation(opened):
    page = opened("#entry=free-chests")
    page.wait_for_selector(".wc-cite[data-ready='true']")
    text = page.locator("dialog").inner_text()
    for said in (
        "The guide says 20,000 patients; IDC has 19,000 people.",
        "free for all",
        "Agrees with its source",
        "Labels are mined.",
        "Chest Part is a subset of Free Chests.",
        "Somebody A. Free Chests. 2020.",
        "Two sizes.",
    ):
        assert said in text
    with page.expect_download() as saving:
        page.locator("[data-download='croissant']").click()
    assert saving.value.suggested_filename == "free-chests.croissant.json"
    assert json.loads(saving.value.path().read_text(encoding="utf-8"))["name"] == "Free Chests"


def test_links_lead_out_in_a_new_tab_without_a_handle(opened):
    links = opened("#entry=free-chests").locator("dialog a[href]").all()
    assert links
    for link in links:
        assert link.get_attribute("target") == "_blank"
        assert "noopener" in link.get_attribute("rel")


def test_text_from_a_file_is_never_markup_and_its_addresses_never_scripts(visit, opened):
    before = len(visit.console_errors)
    page = opened()
    for fragment in (
        "",
        f"#ask={quote('chest')}",
        "#view=conflicts",
        "#compare=hostile,slides&side-by-side=1",
        "#entry=hostile",
    ):
        page.evaluate("(hash) => void (location.hash = hash)", fragment)
        page.wait_for_function(SETTLED, arg=fragment)
        assert page.evaluate("window.harmed") is None
        assert page.locator("main script, main img, main [onerror]").count() == 0
        assert page.locator("a[href^='javascript']").count() == 0
    assert page.locator("dialog h2").inner_text() == HOSTILE
    assert "javascript:alert(1)" in page.locator("dialog").inner_text()
    assert visit.console_errors[before:] == []
    assert visit.external_requests == []


def test_a_hostile_name_on_the_map_is_text_too(opened):
    page = opened("#view=map")
    page.wait_for_selector("[data-drawn]")
    page.locator(".wc-map svg text", has_text="<script>").hover()
    page.wait_for_selector("#vg-tooltip-element.visible")
    assert HOSTILE in page.locator("#vg-tooltip-element").inner_text()
    assert page.locator("#vg-tooltip-element script, #vg-tooltip-element img").count() == 0
    assert page.evaluate("window.harmed") is None


def test_headings_leave_out_no_level(opened):
    asked = f"#ask={quote('chest X-rays')}"
    page = opened()
    for fragment in ("", "#view=map", "#view=conflicts", "#view=method", asked, "#entry=free-chests"):
        page.evaluate("(hash) => void (location.hash = hash)", fragment)
        page.wait_for_function(SETTLED, arg=fragment)
        visible = "[...document.querySelectorAll('main :is(h1,h2,h3,h4)')].filter((node) => node.checkVisibility())"
        levels = page.evaluate(f"{visible}.map((node) => Number(node.tagName[1]))")
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), fragment


def test_up_to_four_are_compared_and_what_they_share_is_said(opened):
    page = opened()
    for key in ("free-chests", "chest-part"):
        page.locator(f"[data-compare='{key}']").check()
    page.get_by_role("button", name="Compare side by side").click()
    dialog = page.locator("dialog")
    assert "Chest Part is a subset of Free Chests. Do not train on one and test on the other." in dialog.inner_text()
    differs = dialog.locator("tr[data-differs='true'] th").all_inner_texts()
    assert any(label.startswith("Patients") for label in differs)
    assert not any(label.startswith("Annotated by") for label in differs)
    page = opened("#compare=free-chests,bound-chests,silent-chests,chest-part,slides&side-by-side=1")
    assert page.locator("dialog thead th").count() == 1 + 4


def test_the_address_brings_back_what_was_chosen(opened):
    page = opened("#find=chests&use=Commercial+use+allowed&sort=name&compare=slides")
    assert keys(page)
    assert "silent-chests" not in keys(page)
    assert page.locator("#wc-sort").input_value() == "name"
    assert page.locator(".wc-strip").inner_text().startswith("Pick one more")
    assert page.locator(".wc-chip", has_text="Commercial use allowed").count() == 1


def test_an_address_that_makes_no_sense_opens_the_page(opened):
    for fragment in ("#entry=nobody&side-by-side=1", "#view=x&sort=y&compare=a,b&ask=%E0%A4%A"):
        assert len(keys(opened(fragment))) == 7


def test_a_mark_of_the_map_opens_the_card(opened):
    page = opened("#view=map")
    page.wait_for_selector("[data-drawn]")
    page.locator(".wc-map svg text", has_text="Silent Chests").click()
    assert page.locator("dialog [data-card='silent-chests']").is_visible()


def test_tabs_are_reached_by_arrow_keys(opened):
    page = opened()
    page.locator("[data-view='browse']").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-view='map']").get_attribute("aria-selected") == "true"
    page.keyboard.press("End")
    assert page.locator("#wc-panel-method").is_visible()
    assert "Add or correct an entry" in page.locator("#wc-panel-method").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_reads_at_every_width_and_in_the_dark(chromium, invented, scheme, width):
    page = chromium.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    recorded = Visit(page)
    recorded.listen()
    recorded.open(invented, wait_for=READY)
    for fragment in (
        f"#ask={quote('chest X-rays, commercially usable')}",
        "#entry=free-chests",
        "#compare=slides,reader&side-by-side=1",
    ):
        page.evaluate("(hash) => void (location.hash = hash)", fragment)
        page.wait_for_function(SETTLED, arg=fragment)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate(NAMELESS) == []
        assert page.evaluate(TWICE) == []
    assert recorded.console_errors == []
    page.close()


def test_it_is_served_beside_the_other_pages(visit, tmp_path):
    census = {"schema": PAGE_SCHEMA, "title": "Who is there?", "groups": [], "figures": []}
    write_pages(tmp_path, {"census": census, "data_catalog": small_page()}, source={"name": "Small"}, identity={})
    before = len(visit.console_errors)
    with running_page(tmp_path, port=free_port(), preheat=False) as (address, _):
        visit.open(f"{address}explore/data_catalog#entry=free-chests", wait_for=READY)
        assert visit.page.locator("dialog [data-card='free-chests']").is_visible()
        visit.page.keyboard.press("Escape")
        links = visit.page.locator(".wb-nav a")
        assert links.all_inner_texts() == ["Start", "Diversity census", "Data catalog", "Glossary"]
        assert visit.page.locator(".wb-nav a[aria-current=page]").inner_text() == "Data catalog"
        assert len(keys(visit.page)) == 7
        for key in ("slides", "reader"):
            visit.page.locator(f"[data-compare='{key}']").check()
        # in Voila, what holds the page cuts off what sticks to the end of the window from within
        button = visit.page.get_by_role("button", name="Compare side by side")
        box = button.bounding_box()
        assert 0 < box["y"] < visit.page.viewport_size["height"] - box["height"]
        button.click()
        assert visit.page.locator("dialog .wc-compare").is_visible()
    assert visit.console_errors[before:] == []
    assert visit.external_requests == []

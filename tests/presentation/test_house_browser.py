"""The house in a real browser: keyboard, widths, themes, terms, states; every page of it, in one visit."""

import pytest

from tests.presentation.accessible import CONTRAST, NAMELESS, TWICE
from tests.presentation.conftest import Visit
from tests.presentation.mounting import serving
from tests.presentation.small_house import STATES, WHOSE, write_house

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ("gallery", "overview", "census", "glossary", "missing", "stale", "empty")
READY = "main[data-ready='true']"
FOCUSED = """() => {
  const node = document.activeElement;
  const shown = node.matches('input[type=radio]') ? node.nextElementSibling : node;
  return parseFloat(getComputedStyle(shown).outlineWidth) >= 2 && getComputedStyle(shown).outlineStyle !== 'none';
}"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with serving(write_house(tmp_path_factory.mktemp("house"))) as address:
        yield address


@pytest.fixture
def overview(visit, house):
    visit.page.emulate_media(color_scheme="light")
    visit.page.set_viewport_size({"width": 1280, "height": 900})
    visit.open(f"{house}overview/", wait_for=READY)
    return visit.page


@pytest.fixture
def census(visit, house):
    visit.open(f"{house}census/", wait_for=READY)
    return visit.page


def shown(page) -> list[str]:
    return [each.get_attribute("data-figure") for each in page.locator("[data-figure]").all() if each.is_visible()]


def test_the_keyboard_reaches_everything_in_order_and_always_shows_where_it_is(overview):
    overview.keyboard.press("Tab")
    assert overview.locator(".wb-skip:focus").bounding_box()["y"] >= 0
    overview.keyboard.press("Enter")
    assert overview.evaluate("document.activeElement.tagName") == "MAIN"
    assert overview.evaluate("location.hash") == "", "the part after # holds the view"
    overview.reload()
    overview.wait_for_selector(READY)
    reached = []
    for _ in range(9):
        overview.keyboard.press("Tab")
        assert overview.evaluate(FOCUSED), overview.evaluate("document.activeElement.outerHTML")
        reached.append(overview.evaluate("document.activeElement.value || document.activeElement.textContent"))
    first = ["Skip to content", "Small commons", "Start", "Overview", "Census", "Glossary", "auto"]
    assert reached[:7] == first
    assert reached[7:] == ["synthetic", "patients"], "the text of the page comes next"


def test_a_page_says_whose_it_is_and_where_it_is(overview):
    assert overview.title() == "What is there? · Small commons"
    assert overview.locator(".wb-nav a[aria-current=page]").inner_text() == "Overview"
    assert overview.locator(".wb-brand img").get_attribute("src") == WHOSE.logo
    assert overview.locator(".wb-foot a[href^=mailto]").inner_text() == "help@example.org"
    color = overview.locator(".wb-house").evaluate("node => getComputedStyle(node).getPropertyValue('--wb-accent')")
    assert color.strip() == "#7a1f5c"
    overview.locator(".wb-nav a", has_text="Census").click()
    overview.wait_for_selector("h1:has-text('Who is there?')")
    overview.locator(".wb-brand").click()
    overview.wait_for_selector("[data-answer=patients]")


def test_tiles_and_texts_are_those_of_the_file_and_never_read_as_markup(overview):
    tiles = overview.locator("[data-tile]")
    read = {tile.get_attribute("data-tile"): float(tile.get_attribute("data-value")) for tile in tiles.all()}
    assert read == {"all.patients": 30.0, "all.size_tb": 1.25}
    assert tiles.all_inner_texts() == ["30", "1.25 TB"]
    assert "A patient is <b>one</b> person." in overview.locator(".wb-closing").inner_text()
    assert "Yes: every license in use allows it." in overview.locator(".wb-using").inner_text()
    assert "Cite the phantoms <i>so</i>." in overview.locator(".wb-cite").inner_text()
    assert float(overview.locator("main").get_attribute("data-first-figure-ms")) > 0


def test_a_figure_has_words_a_table_and_a_download_and_an_empty_one_says_so(overview):
    section = overview.locator("[data-figure='all']")
    assert section.locator(".wb-chart").get_attribute("aria-label") == "One bar of 30 patients."
    assert section.locator(".wb-chart svg").count() == 1
    section.locator(".wb-table > summary").click()
    assert section.locator("tbody tr").all_inner_texts() == ["CT\t30"]
    with overview.expect_download() as waiting:
        section.get_by_role("button", name="Download CSV").first.click()
    assert waiting.value.path().read_bytes() == b"modality,n patients\r\nCT,30\r\n"
    nobody = overview.locator("[data-figure='nobody'] .wb-state").inner_text()
    assert nobody == "There is nothing to draw: no record falls under this figure."
    absent = overview.locator("[data-figure='places']")
    assert absent.locator("p").inner_text() == "This source does not say where its patients come from."
    assert absent.locator(".wb-chart, details").count() == 0


def test_sections_choices_and_steps_work_by_keyboard(census):
    assert census.locator(".wb-chapter > h2").all_inner_texts() == [
        *("Who is represented?", "Where from?", "How imaged?", "Since when?")
    ]
    assert census.locator(".wb-findings li").all_inner_texts() == [
        *("20 of 30 are women. Of 10 it is not known.", "Nobody is <b>young</b>.")
    ]
    assert shown(census)[:2] == ["sex", "where_all"]
    census.locator("[data-section=who] input").first.focus()
    census.keyboard.press("ArrowRight")
    census.wait_for_selector("[data-figure=age_detail] .wb-chart svg")
    assert shown(census)[:2] == ["age", "age_detail"]
    assert census.locator("[data-section=where] fieldset").count() == 0
    census.locator(".wb-contents a", has_text="Since when?").press("Enter")
    assert census.evaluate("document.activeElement.textContent") == "Since when?"
    assert "Since" not in census.evaluate("location.hash")


def test_a_choice_of_theme_holds_on_every_page_and_redraws_its_charts(overview, visit, house):
    look = "() => [document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor]"
    ink = "() => document.querySelector('[data-figure=all] svg text').getAttribute('fill')"
    assert overview.evaluate(look) == ["light", "rgb(243, 245, 247)"]
    before = overview.evaluate(ink)
    overview.locator(".wb-theme input[value=dark]").check()
    overview.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    overview.wait_for_selector(READY)
    assert overview.evaluate(ink) != before
    for page in ("gallery", "glossary", "census"):
        visit.open(f"{house}{page}/", wait_for=READY)
        assert overview.evaluate(look) == ["dark", "rgb(11, 15, 19)"], page
        assert overview.locator(".wb-theme input:checked").get_attribute("value") == "dark"
    overview.locator(".wb-theme input[value=auto]").check()
    assert overview.evaluate(look)[0] == "light"
    overview.emulate_media(color_scheme="dark")
    overview.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    overview.emulate_media(color_scheme="light")


def test_a_term_opens_its_definition_by_keyboard_and_gives_the_focus_back(overview):
    term = overview.locator("[data-figure=all] a.wb-term", has_text="Wilson intervals")
    term.press("Enter")
    opened = overview.locator(".wb-popover")
    assert opened.is_visible()
    assert opened.get_attribute("aria-label") == "What Wilson interval means"
    assert "The interval of a share" in opened.inner_text()
    overview.keyboard.press("Escape")
    assert not opened.is_visible()
    assert overview.evaluate("document.activeElement.dataset.term") == "Wilson interval"
    overview.keyboard.press(" ")
    assert opened.is_visible()
    overview.keyboard.press("Enter")  # on its button
    assert not opened.is_visible()
    assert term.get_attribute("href") == "../glossary/#term-wilson-interval"


def test_every_term_of_a_page_stands_in_its_list_and_on_the_page_of_terms(overview, visit, house):
    listed = overview.locator(".wb-words-used a").evaluate_all("nodes => nodes.map((node) => node.dataset.term)")
    assert {"suppression", "Wilson interval", "series", "modality", "CT"} <= set(listed)
    assert set(overview.locator("main a.wb-term").evaluate_all("all => all.map((node) => node.dataset.term)")) <= set(
        listed
    )
    visit.open(f"{house}glossary/#term-suppression", wait_for=READY)
    assert overview.evaluate("document.activeElement.dataset.term") == "suppression"
    overview.locator("#wg-find").fill("wilson")
    assert 0 < overview.locator(".wg-term:visible").count() < 5
    overview.locator("#wg-find").fill("nothing has this")
    assert overview.locator("main [role=status]").inner_text() == "No term has these words. Try a part of the word."


def test_the_start_page_answers_six_questions_and_leads_to_every_page(visit, house):
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    visit.open(f"{house}gallery/", wait_for=READY)
    assert page.locator("h1").inner_text() == "Small commons in numbers"
    answered = {each.get_attribute("data-answer"): each.inner_text() for each in page.locator("[data-answer]").all()}
    assert set(answered) == {"patients", "sex_unknown", "as_of", "commercial", "cite"}, "a gap is not told here"
    assert "33\xa0%" in answered["sex_unknown"]
    assert page.locator("[data-answer=cite]").evaluate("node => node.getBoundingClientRect().bottom") < 2 * 844
    page.locator("[data-card=census] a").first.press("Enter")
    page.wait_for_selector("h1:has-text('Who is there?')")
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("state", STATES)
def test_a_page_that_cannot_be_shown_says_so_in_plain_words(visit, house, state):
    visit.open(f"{house}{state}/", wait_for="main[data-ready='true']")
    page = visit.page
    if state == "empty":
        said = page.locator("main .wb-state").inner_text()
        assert said == "This page holds no numbers yet. Please come back after the next release."
        return
    notice = page.locator(".wb-problem")
    assert notice.get_attribute("data-problem") == ("stale" if state == "old" else state)
    assert notice.locator("h2").inner_text()
    assert page.locator(".wb-nav a").count() == 4, "the others are one link away"
    if state not in ("stale", "old"):
        assert page.locator("main").is_hidden()
        assert notice.locator("button").count() == 0
        return
    assert page.locator("[data-tile]").first.is_hidden()
    assert "2026-01-01" in notice.inner_text()
    notice.get_by_role("button", name="Show the numbers all the same").click()
    page.wait_for_selector("[data-figure=all] .wb-chart svg")
    assert page.locator("[data-tile]").first.is_visible()
    assert notice.is_visible(), "the warning stays"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_reads_at_three_widths(chromium, house, scheme):
    page = chromium.new_page(color_scheme=scheme)
    recorded = Visit(page)
    recorded.listen()
    for name in PAGES:
        recorded.open(f"{house}{name}/", wait_for=READY)
        page.locator("details").evaluate_all("all => all.forEach((node) => (node.open = true))")
        for width in (390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (name, width)
        assert page.evaluate(CONTRAST) == [], name
        assert page.evaluate(NAMELESS) == [], name
        assert page.evaluate(TWICE) == [], name
    assert recorded.console_errors == []
    assert recorded.external_requests == []
    page.close()


def test_on_a_phone_the_pages_stand_behind_a_menu(visit, house):
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    visit.open(f"{house}overview/", wait_for=READY)
    menu = page.get_by_role("button", name="Menu")
    assert page.locator(".wb-nav li").first.is_hidden()
    menu.press("Enter")
    assert menu.get_attribute("aria-expanded") == "true"
    assert all(each.is_visible() for each in page.locator(".wb-nav li").all())
    assert page.locator(".wb-theme").is_visible()
    boxes = [each.bounding_box() for each in page.locator(".wb-bar :is(a, button, .wb-theme span)").all()]
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= 24, "WCAG 2.2, 2.5.8"
    page.locator(".wb-nav a").first.focus()
    page.keyboard.press("Escape")
    assert menu.get_attribute("aria-expanded") == "false"
    assert page.evaluate("document.activeElement.className") == "wb-menu"
    page.set_viewport_size({"width": 1280, "height": 900})


def test_on_a_phone_sections_fold_and_say_what_they_hold(visit, house):
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    visit.open(f"{house}census/", wait_for=READY)
    folds = page.locator(".wb-fold")
    assert [each.get_attribute("aria-expanded") for each in folds.all()] == ["true", "false", "false", "false"]
    assert folds.nth(1).inner_text().split("\n")[0] == "Where from?"
    assert (
        folds.nth(1).locator(".wb-fold-said").inner_text()
        == page.locator("[data-figure=where_all] .wb-finding").text_content()
    )
    assert page.locator(".wb-contents").is_hidden(), "the headings are the list"
    folds.nth(1).press("Enter")
    page.wait_for_selector("[data-figure=where_all] .wb-chart svg")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_selector("[data-section=since] .wb-chart svg")
    assert folds.count() == 0
    assert page.locator(".wb-chapter > h2").nth(1).inner_text() == "Where from?"


def test_on_a_phone_a_definition_leaves_its_word_in_sight(visit, house):
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    visit.open(f"{house}overview/", wait_for=READY)
    for term in page.locator("[data-figure=all] a.wb-term:visible, .wb-closing a.wb-term:visible").all():
        term.evaluate("node => scrollTo(0, node.getBoundingClientRect().bottom + scrollY - innerHeight + 4)")
        term.click()
        word, sheet = term.bounding_box(), page.locator(".wb-popover").bounding_box()
        assert word["y"] + word["height"] <= sheet["y"] or sheet["y"] + sheet["height"] <= word["y"]
        page.keyboard.press("Escape")
        assert page.locator(".wb-popover").is_hidden()
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_letter_leads_to_its_terms(visit, house):
    visit.open(f"{house}glossary/", wait_for=READY)
    letters = visit.page.locator(".wg-letters a")
    assert "".join(letters.all_inner_texts()) == "".join(sorted(letters.all_inner_texts()))
    letters.filter(has_text="W").press("Enter")
    assert visit.page.evaluate("document.activeElement.dataset.term").upper().startswith("W")


def test_paper_and_those_who_want_no_motion_get_what_they_need(overview):
    overview.emulate_media(media="print")
    assert overview.locator(".wb-nav").is_hidden()
    assert overview.locator("[data-figure=all] .wb-chart").is_visible()
    overview.emulate_media(media="screen", reduced_motion="reduce")
    slow = overview.evaluate("getComputedStyle(document.querySelector('.wb-house *')).transitionDuration")
    assert float(slow.removesuffix("s")) < 0.001
    overview.emulate_media(media="screen", reduced_motion="no-preference")


def test_nothing_leaves_the_machine_and_nothing_complains(visit):
    assert visit.external_requests == []
    assert visit.console_errors == []

"""What the page of the data catalog tells a newcomer: nothing cut off, nothing ranked for no reason, no false alarm."""

import re
from urllib.parse import quote

import pytest

from tests.presentation.catalog_pages import told_page
from tests.presentation.conftest import Visit
from tests.presentation.mounting import HTML, serving, write_page
from workbench.presentation.catalog_view import catalog_script
from workbench.presentation.frontend import whole_style
from workbench.presentation.pages import list_pages

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READY = ".wc-page[data-ready='true']"
# What Voila and a notebook put around a widget: it cuts off whatever sticks to the window from within.
AROUND = '<div style="overflow: hidden; contain: content; position: relative"><div id="place"></div></div>'


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    page = told_page()
    folder = tmp_path_factory.mktemp("told")
    write_page(folder, page, script=catalog_script(), style=whole_style(list_pages()["data_catalog"]))
    (folder / "around.html").write_text(HTML.replace('<div id="place"></div>', AROUND), encoding="utf-8")
    damaged = page | {"catalog": page["catalog"] | {"packed": page["catalog"]["packed"] | {"ranking": "H4sI"}}}
    write_page(folder / "damaged", damaged, script=catalog_script(), style=whole_style(list_pages()["data_catalog"]))
    with serving(folder) as address:
        yield address


@pytest.fixture
def opened(visit, told):
    def go(fragment="", file=""):
        visit.page.goto("about:blank")
        visit.open(f"{told}{file}{fragment}", wait_for=READY)
        return visit.page

    return go


@pytest.fixture(scope="module")
def phone(chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    recorded = Visit(page)
    recorded.listen()
    yield recorded
    assert recorded.console_errors == []
    page.close()


def test_the_bar_to_compare_stands_in_the_window_whatever_holds_the_page(opened):
    page = opened("#compare=slides,reader", "around.html")
    page.set_viewport_size({"width": 1280, "height": 800})
    box = page.locator(".wc-strip").bounding_box()
    assert box["y"] > 400
    assert box["y"] + box["height"] <= 800
    reached = "([x, y]) => document.elementFromPoint(x, y).closest('.wc-strip') !== null"
    assert page.evaluate(reached, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])


def test_the_bar_waits_until_an_open_card_is_closed(opened):
    page = opened("#entry=slides")
    page.locator("dialog").get_by_label("Compare").check()
    assert not page.locator(".wc-strip").is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".wc-strip").inner_text().startswith("Pick one more")


def test_escape_from_the_comparison_gives_the_focus_back_to_its_button(opened):
    page = opened("#compare=slides,reader")
    page.get_by_role("button", name="Compare side by side").click()
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('dialog').open")
    assert page.evaluate("document.activeElement.textContent") == "Compare side by side"


def test_words_that_say_nothing_rank_nobody_and_the_examples_follow(opened):
    page = opened(f"#ask={quote('asdf qwerty')}")
    assert page.locator("[data-choice], [data-offer]").count() == 0
    verdict = page.locator(".wc-verdict").inner_text()
    assert verdict.startswith("No need was understood, and no entry speaks of")
    assert "qwerty" in verdict
    assert page.locator("div:has(> .wc-answer) + .wc-examples .wc-example").count() > 3


def test_a_bare_name_offers_its_card_instead_of_a_ranking(opened):
    page = opened("#ask=Worded")
    assert page.locator(".wc-verdict").inner_text() == "Worded is in the catalog; your words name it and no need."
    assert page.locator("[data-choice]").count() == 0
    page.locator("[data-offer='worded'] .wc-open").click()
    assert page.locator("dialog [data-card='worded']").is_visible()


def test_two_names_offer_to_compare_them(opened):
    page = opened(f"#ask={quote('compare Worded and CntScan')}")
    assert {node.get_attribute("data-offer") for node in page.locator("[data-offer]").all()} == {"worded", "counted"}
    page.get_by_role("button", name="Compare them side by side").click()
    assert page.locator("dialog thead th").count() == 3


def test_a_word_with_a_typo_is_said_as_it_was_read(opened):
    page = opened(f"#ask={quote('mamography of the chest')}")
    assert "Read “mamography” as “mammography”." in page.locator(".wc-understood").inner_text()


def test_a_name_that_also_says_a_need_is_offered_before_the_ranking(opened):
    page = opened(f"#ask={quote('is CntScan ok for classification')}")
    first = page.locator("[data-offer], [data-choice]").first
    assert first.get_attribute("data-offer") == "counted"
    assert page.locator(".wc-verdict").inner_text().endswith("Counted Scans (CS) meets them.")
    assert page.locator("[data-choice]").count() > 0


def test_a_number_that_the_index_confirms_is_not_called_unchecked(opened):
    page = opened("#entry=counted")
    row = page.locator("dialog tr", has_text="100 patients")
    assert "Counted in IDC" in row.inner_text()
    assert "Not compared" not in row.inner_text()
    assert "does not tell" not in page.locator("dialog").inner_text()
    assert "Masks (SEG): 5" in page.locator("dialog").inner_text()


def test_a_link_names_its_page_and_a_quotation_carries_no_markup(opened):
    text = opened("#entry=counted").locator("dialog").text_content()
    assert "IDC v25 index (The Cancer Imaging Archive, doi:10.7937/COUNTED)" in text
    assert "IDC v25 index, description (The Cancer Imaging Archive, doi:10.7937/K9/PARENT)" in text
    assert "300 CT studies example.org/scans (opens in a new tab)" in text
    assert "The parent holds 2,620 studies. IDC v25 index" in text


def test_disagreements_stand_in_two_groups_and_a_closed_row_says_what_is_right(opened):
    page = opened("#view=conflicts")
    gists = page.locator(".wc-group [data-conflict='counted'] summary .wc-gist").all_text_contents()
    assert gists == ["Guide: 2,620 studies → ; instead: 300 studies", "That of DDSM → ; instead: 300."]
    assert page.locator(".wc-folded [data-conflict='worded']").count() == 1
    assert not page.locator("[data-conflict='worded']").is_visible()
    page.get_by_label("Search in the disagreements").fill("ECHO")
    assert page.locator("[data-conflict='worded']").is_visible()
    assert not page.locator("[data-conflict='counted']").is_visible()
    assert "1 of " in page.locator("#wc-panel-conflicts [role=status]").inner_text()


def test_a_refuted_number_says_why_and_what_to_use(opened):
    page = opened("#view=conflicts")
    page.locator("[data-conflict='counted'] summary").click()
    assert "Guide: 2,620 studies. 2,620 counts the parent. Use 300 studies." in (
        page.locator("[data-conflict='counted']").inner_text()
    )


def test_a_copied_link_keeps_the_filters(opened):
    page = opened("#find=chests&use=Commercial+use+allowed")
    page.locator("[data-entry='free-chests'] .wc-open").click()
    page.evaluate("navigator.clipboard.writeText = async (text) => void (window.copied = text)")
    page.locator("dialog").get_by_role("button", name="Copy link").click()
    assert page.evaluate("window.copied").endswith("#find=chests&use=Commercial+use+allowed&entry=free-chests")


def test_what_an_address_asks_for_in_vain_is_told_once(opened):
    page = opened("#entry=nobody&use=free&image=X-ray&compare=__proto__,slides")
    assert page.locator(".wc-strange").inner_text() == (
        "The address also asks for “free” under “License”, an entry “nobody” and an entry “__proto__”, "
        "which the catalog does not have. That was left out."
    )
    assert page.locator(".wc-chips .wc-chip").all_inner_texts() == ["X-ray ✕\n(remove)"]
    page.get_by_label("Search", exact=True).fill("chests")
    assert not page.locator(".wc-strange").is_visible()
    assert "free" not in page.url


def test_an_address_with_thousands_of_values_opens_at_once(opened):
    page = opened("#" + "&".join(f"use=u{n}" for n in range(20_000)))
    assert "46 more" in page.locator(".wc-strange").inner_text()
    assert int(page.locator(READY).get_attribute("data-first-ms")) < 1_000


def test_unlike_counts_and_the_unstated_are_no_difference(opened):
    page = opened("#compare=worded,reader,slides&side-by-side=1")
    labels = page.locator("dialog tbody tr")
    rows = {row.locator("th").inner_text().split("\n")[0]: row.get_attribute("data-differs") for row in labels.all()}
    # 80 videos and 50 patients; patients and annotations are stated of Slides, or of both sets, and not of the model
    assert {name: rows[name] for name in ("Size", "Patients", "Annotated by")} == dict.fromkeys(
        ("Size", "Patients", "Annotated by"), "false"
    )
    assert rows["Images"] == "true"


def test_the_order_of_a_list_is_no_difference_and_unlike_counts_of_one_thing_are(opened):
    page = opened("#compare=counted,picked&side-by-side=1")
    rows = {row.locator("th").inner_text().split("\n")[0]: row for row in page.locator("dialog tbody tr").all()}
    assert rows["Made for"].locator("td").all_inner_texts() == [
        "classification and segmentation",
        "segmentation and classification",
    ]
    assert rows["Made for"].get_attribute("data-differs") == "false"
    # nobody counts the patients of the second, but both count studies: 300 and 280
    assert rows["Size"].locator("td").all_inner_texts() == ["100 patients · 300 studies", "280 studies"]
    assert rows["Size"].get_attribute("data-differs") == "true"
    assert "; the original files: " in rows["License"].inner_text()


def test_who_meets_what_was_understood_is_not_told_to_fail(opened):
    page = opened(f"#ask={quote('CT, qwertyuiop')}")
    assert page.locator("[data-choice], [data-apart='misses']").count() == 0
    meeting = page.locator("[data-apart='meeting']")
    assert meeting.locator("h3").inner_text() == "Meeting what was understood"
    assert {node.get_attribute("data-miss") for node in meeting.locator("[data-miss]").all()} == {"counted", "picked"}
    page.evaluate("navigator.clipboard.writeText = async (text) => void (window.copied = text)")
    page.get_by_role("button", name="Copy answer with sources").click()
    copied = page.evaluate("window.copied")
    assert "\nMeeting what was understood:\n- " in copied
    assert "Close, but not all of it" not in copied


def test_a_quotation_in_the_answer_says_where_it_was_read(opened):
    reasons = "[data-choice] .wc-reasons li:has-text('free for all')"
    (read_in_a_copy,) = opened(f"#ask={quote('ultrasound, commercially usable')}").locator(reasons).all_inner_texts()
    assert read_in_a_copy.endswith("(read in a copy)")
    read_themselves = opened(f"#ask={quote('slides, commercially usable')}").locator(reasons).all_inner_texts()
    assert len(read_themselves) == 2
    assert not any("copy" in said for said in read_themselves)


def test_a_license_with_parts_agrees_with_its_badge_and_silence_on_passing_it_on_is_told(opened):
    dialog = opened("#entry=picked").locator("dialog")
    badges = dialog.locator(".wc-use").all_inner_texts()
    assert len(badges) == 2
    assert len(set(badges)) == 1
    assert "Terms must be read" in badges[0]
    main, part = dialog.locator(".wc-terms:has(> .wc-uses)").all()[:2]
    assert main.locator("> h4").inner_text() == "The main part"
    assert "Passing it on: ✓Yes" in main.locator("> .wc-uses").inner_text()
    assert part.locator("> h4").inner_text() == "Other terms for: the original files"
    assert "Passing it on: ?Not known" in part.locator("> .wc-uses").inner_text()


def test_a_third_party_that_repeats_a_number_is_no_source_of_it(opened):
    row = opened("#entry=picked").locator("dialog tr", has_text="280 studies").first.inner_text()
    assert "A third party says the same" in row
    assert "Agrees with its source" not in row


def test_every_pair_is_told_whether_it_shares_images(opened):
    said = "No shared images are recorded between {} and {}; no page that was read rules them out."
    page = opened("#compare=counted,reader,free-chests,chest-part&side-by-side=1")
    lines = page.locator("dialog .wc-unshared li").all_inner_texts()
    pairs = [("Counted Scans", other) for other in ("Chest Reader", "Free Chests", "Chest Part")]
    pairs += [("Chest Reader", "Free Chests"), ("Chest Reader", "Chest Part")]
    assert lines == [said.format(*pair) for pair in pairs]
    assert page.locator("dialog .wc-warnings li").count() == 1


def test_on_a_phone_every_cell_of_a_table_is_in_sight(phone, told):
    lefts = """[...document.querySelectorAll('dialog tbody tr')].map(
      (row) => new Set([...row.children].map((cell) => Math.round(cell.getBoundingClientRect().left))).size)"""
    for fragment in ("#entry=counted", "#compare=counted,worded,slides&side-by-side=1"):
        phone.page.goto("about:blank")
        phone.open(f"{told}{fragment}", wait_for=READY)
        hidden = phone.page.evaluate(
            "[...document.querySelectorAll('dialog .wc-scroll')].map((node) => node.scrollWidth - node.clientWidth)"
        )
        assert hidden
        assert max(hidden) <= 0
        assert set(phone.page.evaluate(lefts)) == {1}
    names = phone.page.locator("dialog tbody td").first.evaluate("(node) => getComputedStyle(node, '::before').content")
    assert "data-column" in names or "Counted Scans" in names


def test_on_a_phone_a_word_without_end_is_broken(phone, told):
    phone.page.goto("about:blank")
    phone.open(f"{told}#ask={'x' * 390}&find={'y' * 190}", wait_for=READY)
    assert phone.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_on_a_phone_every_tab_and_the_whole_question_are_in_sight(phone, told):
    question = "chest X-rays with demographics, commercially usable, over 10,000 patients"
    phone.page.goto("about:blank")
    phone.open(f"{told}#ask={quote(question)}", wait_for=READY)
    for tab in phone.page.locator("[role=tab]").all():
        box = tab.bounding_box()
        assert box["x"] + box["width"] <= 390
    field = phone.page.locator("#wc-ask")
    assert field.evaluate("(node) => node.scrollHeight - node.clientHeight") <= 0
    assert field.bounding_box()["height"] > 60
    field.fill("CT of lungs")
    field.press("Enter")
    assert "ask=CT+of+lungs" in phone.page.url


def test_the_keyboard_skips_the_filters_and_open_questions_are_folded(opened):
    page = opened()
    page.locator("[data-view='browse']").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip the filters"
    page.keyboard.press("Enter")
    assert re.match(r"\d+ data sets, \d+ model", page.evaluate("document.activeElement.textContent"))
    page = opened("#entry=counted")
    assert page.locator(".wc-open-questions").get_attribute("open") is None
    assert "no page that was read answers them" in page.locator(".wc-open-questions summary").inner_text()


def test_damaged_parts_are_not_blamed_on_the_browser(visit, told):
    before = len(visit.console_errors)
    visit.page.goto("about:blank")
    visit.open(f"{told}damaged/", wait_for=".wb-state")
    assert visit.page.locator(".wb-state").inner_text() == (
        "The data catalog could not be unpacked: the file of this page is damaged. Load the page again; "
        "who serves it writes it anew with: workbench site aggregates"
    )
    assert visit.console_errors[before:] != []

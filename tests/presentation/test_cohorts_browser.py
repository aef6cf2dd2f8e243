"""The public cohort page in Chromium: its numbers, its address, its exports, and nothing small that clicking tells."""

import csv
import io
import json
import re

import polars as pl
import pytest

import workbench as wb
from tests.presentation.accessible import CONTRAST, NAMELESS, TWICE
from tests.presentation.disclosure import exposed
from workbench.phantoms.commons import write_gen3_export
from workbench.presentation.cohorts_page import cohorts_page
from workbench.presentation.frontend import texts_of
from workbench.presentation.manifest import write_pages
from workbench.presentation.publication import publish
from workbench.presentation.site.building import build_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READY = "#place main[data-ready='true']"
# Every statement that clicking leads to: criteria, and the number as the page has it (null where it is hidden).
CRAWL = (
    f"""() => {{ {texts_of("cohorts_tables.js")}"""
    """
  const page = staticPages.cohorts, tables = lookUp(page), seen = new Set(), said = [], waiting = [{}];
  const number = (sum) => (sum.hidden ? null : sum.n);
  while (waiting.length) {
    const chosen = waiting.pop();
    said.push([Object.entries(chosen).map(([name, [value]]) => [name, value]), number(tables.answer(chosen))]);
    for (const { name } of page.attributes) {
      if (chosen[name]) continue;
      for (const bar of tables.groups(name, chosen) ?? []) {
        const next = Object.fromEntries(Object.entries({ ...chosen, [name]: [bar.value] }).sort());
        said.push([Object.entries(next).map(([name, [value]]) => [name, value]), number(bar)]);
        const key = JSON.stringify(next);
        if (seen.has(key) || !(bar.n || bar.hidden)) continue;
        seen.add(key);
        waiting.push(next);
      }
    }
  }
  return said;
}"""
)
BARS = """() => [...document.querySelectorAll("[data-panel]:not(.is-apart)")].flatMap((panel) =>
  [...panel.querySelectorAll(".wc-bar")].map((bar) =>
    [panel.dataset.panel, bar.dataset.key, bar.querySelector(".wc-n").textContent]))"""
HIDDEN = "hidden"


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    return write_gen3_export(tmp_path_factory.mktemp("export"), n_patients=600)


def site_of(source, root):
    """The static twin of the cohort page of a source, and the page."""
    publication = publish(wb.open_catalog(source))
    page, repository = cohorts_page(publication), publication.catalog.repository
    (root / "pages").mkdir()
    said = {"name": repository.name, "version": repository.version}
    write_pages(root / "pages", {"cohorts": page}, source=said, identity=publication.identity.entry())
    return build_site(root / "pages", root / "site"), page


@pytest.fixture(scope="module")
def closed_site(export, tmp_path_factory):
    return site_of(export, tmp_path_factory.mktemp("closed"))


@pytest.fixture(scope="module")
def open_site(tmp_path_factory):
    return site_of("synthetic:2000", tmp_path_factory.mktemp("open"))


def visiting(chromium, site):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    tab, wrong = context.new_page(), []
    tab.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda request: request.url.startswith(("file:", "data:", "blob:")) or wrong.append(request.url))
    tab.goto(f"{site.as_uri()}/cohorts.html")
    tab.wait_for_selector(READY)
    yield tab
    assert wrong == []
    context.close()


@pytest.fixture(scope="module")
def closed(chromium, closed_site):
    """Yield the page of a controlled source, as a file."""
    yield from visiting(chromium, closed_site[0])


@pytest.fixture(scope="module")
def opened(chromium, open_site):
    """Yield the page of an open source, as a file."""
    yield from visiting(chromium, open_site[0])


def at(tab, criteria=""):
    tab.evaluate("hash => { location.hash = hash; }", criteria)
    tab.wait_for_timeout(120)  # the page hears of it after this task
    return tab


def choose(tab, attribute, value):
    tab.locator(f"[data-panel='{attribute}'] .wc-bar[data-key='{value}']").click()


def answer(tab):
    return tab.locator(".wc-number").inner_text()


@pytest.fixture(scope="module")
def statements(closed):
    """Everything that clicking can lead to on the page of a controlled source."""
    said = {}
    for pairs, number in at(closed).evaluate(CRAWL):
        criteria = frozenset(map(tuple, pairs))
        assert said.setdefault(criteria, number) == number, "one question has one answer on every way to it"
    return said


def test_nothing_small_follows_from_all_that_clicking_leads_to(statements):
    assert len(statements) > 400
    assert not [number for number in statements.values() if number is not None and 0 < number < 11]
    assert exposed([statements]) == []


def test_the_same_audit_finds_small_counts_where_one_number_too_many_is_shown(statements, export):
    people = wb.open_catalog(export).everything.patients
    race = people["race"].cast(pl.String).value_counts().sort("count")
    rare, n = race.row(0)
    assert 0 < n < 11
    others = {criteria: number for criteria, number in statements.items() if ("race", rare) not in criteria}
    told = {**others, frozenset({("race", rare)}): n}
    assert any(f"race {rare}" in each for each in exposed([told]))


def test_a_visitor_who_subtracts_one_filter_from_another_learns_of_no_few_patients(statements):
    parts: dict[tuple, list] = {}
    for criteria, number in statements.items():
        for pair in criteria:
            parts.setdefault((criteria - {pair}, pair[0]), []).append(number)
    tried = 0
    for (criteria, _), numbers in parts.items():
        whole, hidden = statements.get(criteria), numbers.count(None)
        if whole is None or not hidden:
            continue
        tried += 1
        rest = whole - sum(number for number in numbers if number is not None)
        assert rest >= 11, f"of {rest} patients in {hidden} hidden groups none can be 11"  # hidden may be 0
    assert tried > 50


def test_the_page_draws_what_the_tables_hold_and_nothing_else(closed, statements):
    for criteria in ("", "sex=Female", "covid19_positive=Yes&modality=DX", "race=White&sex=Male"):
        asked = frozenset(tuple(each.split("=")) for each in criteria.split("&") if each)
        drawn = at(closed, criteria).evaluate(BARS)
        assert len(drawn) > 10
        for attribute, value, text in drawn:
            number = statements[frozenset({pair for pair in asked if pair[0] != attribute} | {(attribute, value)})]
            assert text == (HIDDEN if number is None else f"{number:,}")


def test_exports_hold_no_small_number_and_name_nobody(closed, closed_site, statements):
    at(closed, "sex=Female")
    with closed.expect_download() as started:
        closed.get_by_role("button", name="Download what is shown (CSV)").click()
    text = started.value.path().read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["criteria"] for row in rows} == {"Sex: Female"}
    known = {f"{number}" for number in statements.values() if number is not None} | {""}
    assert {row["n_patients"] for row in rows} <= known
    assert HIDDEN in {row["note"] for row in rows}
    panel = closed.locator("[data-panel='race']")
    panel.locator(".wb-take summary").click()
    with closed.expect_download() as started:
        panel.locator("[data-take='svg']").click()
    picture = started.value.path().read_text(encoding="utf-8")
    assert HIDDEN in picture
    assert "309 patients with Sex: Female" in picture
    panel.locator(".wb-table summary").click()
    panel.locator("tbody tr").first.wait_for()
    second = panel.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.cells[1].textContent)")
    assert second == [row["n_patients"] or HIDDEN for row in rows if row["attribute"] == "race"]
    site, page = closed_site
    everything = json.dumps(page) + "".join(each.read_text(encoding="utf-8") for each in site.rglob("*.html"))
    assert "synthetic-case" not in everything
    assert "synthetic-site" not in everything


def test_what_no_table_has_together_says_so_and_how_to_see_it(closed):
    at(closed, "sex=Female")
    panel = closed.locator("[data-panel='body_region']")
    assert re.sub(r"\n+", "\n", panel.inner_text()).startswith(
        "Body region\nNot published together with Sex: a table as fine as that would tell about a few patients."
    )
    panel.get_by_role("button", name="Drop Sex: Female").click()
    assert panel.locator(".wc-bar").count() >= 3
    assert closed.evaluate("location.hash") == ""


def test_before_it_runs_out_every_panel_says_what_can_be_added_and_a_refused_one_what_to_drop(closed):
    at(closed)
    sets = closed.locator(".wc-sets")
    assert sets.locator("summary").inner_text() == "Up to 3 attributes can be combined: which?"
    assert "Sex, Age and Race" in sets.locator("li").all_text_contents()
    assert closed.locator("[data-panel='state'] .wc-next").inner_text() == "Can then be combined with Sex."
    at(closed, "sex=Female&race=White")
    assert (
        closed.locator("[data-panel='ethnicity'] .wc-next").inner_text() == "No further attribute can be added to it."
    )
    refused = closed.locator(".wc-panel.is-apart")
    assert refused.count() >= 4
    assert all(panel.get_by_role("button", name=re.compile("^Drop ")).count() for panel in refused.all())
    closed.locator("[data-panel='body_region']").get_by_role("button", name="Drop Sex: Female and Race: White").click()
    assert closed.locator("[data-panel='body_region'] .wc-bar").count() >= 3
    assert closed.get_by_role("button", name="Copy link to this view").is_visible()


def test_a_tapped_bar_stays_where_it_is_and_what_is_hidden_has_no_length_of_its_own(closed):
    closed.set_viewport_size({"width": 390, "height": 844})
    at(closed)
    bar = closed.locator("[data-panel='modality'] .wc-bar").first
    bar.scroll_into_view_if_needed()
    closed.evaluate("scrollBy(0, 300)")
    before = bar.bounding_box()["y"]
    bar.click()
    closed.wait_for_timeout(100)
    assert bar.get_attribute("aria-pressed") == "true"
    assert abs(bar.bounding_box()["y"] - before) <= 2
    at(closed)
    hidden = closed.locator("[data-panel='race'] .wc-bar.is-hidden")
    assert hidden.count() >= 2
    width = "bars => bars.map((bar) => bar.querySelector('{}').offsetWidth)"
    assert hidden.evaluate_all(width.format(".wc-fill")) == hidden.evaluate_all(width.format(".wc-track"))
    nobody = closed.locator("[data-panel='sex'] .wc-bar[data-n='0']")
    assert all(each.is_disabled() for each in nobody.all())
    closed.set_viewport_size({"width": 1280, "height": 900})


def test_clicks_make_a_cohort_that_a_notebook_counts_the_same(opened):
    at(opened)
    commons = wb.open_catalog("synthetic:2000")
    assert answer(opened) == "2,000"
    for attribute, value in (("sex", "Female"), ("race", "White"), ("race", "Asian"), ("modality", "CT")):
        choose(opened, attribute, value)
    code = opened.locator(".wc-code code").text_content()
    names: dict = {}
    exec(code.rsplit("\n", 1)[0], names)
    n = names["cohort"].counts["patients"]
    assert n == commons.where(sex="Female", race=["White", "Asian"], modality="CT", derived=False).counts["patients"]
    assert answer(opened) == f"{n:,}"
    ethnicities = names["cohort"].patients["ethnicity"].cast(pl.String).value_counts()
    drawn = {value: text for attribute, value, text in opened.evaluate(BARS) if attribute == "ethnicity"}
    if drawn:
        assert drawn == {value: f"{count:,}" for value, count in ethnicities.iter_rows()}


def test_what_the_code_counts_differently_stands_beside_it(opened):
    at(opened, "sex=Female")
    assert opened.locator(".wc-differs").text_content() == ""
    at(opened, "age_group=65–74")
    opened.locator(".wc-code summary").click()
    assert opened.locator(".wc-differs").is_visible()
    assert opened.locator(".wc-differs").inner_text() == (
        "This code can count more or fewer patients than the page. A cohort asks the age at each study; this page "
        "counts a patient by the age at the earliest study with an age."
    )
    opened.locator(".wc-code summary").click()


def test_the_address_holds_the_criteria_and_the_back_button_steps(opened):
    at(opened)
    choose(opened, "sex", "Female")
    choose(opened, "sex", "Male")
    choose(opened, "age_group", "65–74")
    hash_ = opened.evaluate("decodeURIComponent(location.hash)")
    assert hash_ == "#sex=Female&sex=Male&age_group=65–74"
    n = answer(opened)
    opened.go_back()
    opened.wait_for_function("() => !decodeURIComponent(location.hash).includes('age_group')")
    assert answer(opened) != n
    opened.reload()
    opened.wait_for_selector(READY)
    assert opened.locator(".wc-chip").all_inner_texts()[0].startswith("Sex: Female, Male")
    opened.locator(".wc-chip").first.click()
    assert opened.locator(".wc-chip").count() == 0


def test_a_link_to_what_is_not_published_is_followed_as_far_as_it_goes(closed):
    at(closed, "sex=Female&body_region=Chest&race=Nobody")
    assert closed.locator(".wc-chip").count() == 1
    assert closed.locator(".wc-status").inner_text() == (
        "Left out of this link, because the page does not publish it so: Race and Body region."
    )


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (768, "light"), (1280, "dark")])
def test_it_reads_and_fits_at_every_width(closed, width, scheme):
    closed.emulate_media(color_scheme=scheme)
    closed.set_viewport_size({"width": width, "height": 844})
    at(closed, "sex=Female&race=White")
    assert closed.evaluate("document.documentElement.scrollWidth") <= width
    assert closed.evaluate(NAMELESS) == []
    assert closed.evaluate(TWICE) == []
    closed.wait_for_timeout(300)
    assert closed.evaluate(CONTRAST) == []


def test_the_keyboard_chooses_and_keeps_its_place(opened):
    at(opened)
    bar = opened.locator("[data-panel='sex'] .wc-bar").first
    bar.focus()
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    assert re.fullmatch(
        r"\w+: [\d,]+ patients, \d+\s%", opened.evaluate("document.activeElement.getAttribute('aria-label')")
    )
    opened.keyboard.press("Space")
    assert opened.evaluate("location.hash") == ""

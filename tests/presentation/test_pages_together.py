"""Several public pages served side by side: links between them, sections, and figures behind a choice."""

import json

import pytest

from tests.presentation.browsing import free_port
from workbench.presentation.page import load_page
from workbench.presentation.serving import running_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def figure(name: str, n: int, **placed: str) -> dict:
    return {
        "id": name,
        "title": f"{n} patients",
        "description": f"One bar of {n} patients.",
        "spec": {
            "width": "container",
            "height": 60,
            "data": {"values": [{"n": n}]},
            "mark": "bar",
            "encoding": {"x": {"field": "n", "type": "quantitative"}},
        },
        "table": {"columns": ["n_patients"], "rows": [[n]]},
        **placed,
    }


OVERVIEW = {"schema": "workbench-page/1", "title": "What is there?", "groups": [], "figures": [figure("all", 30)]}
CENSUS = {
    "schema": "workbench-page/1",
    "title": "Who is there?",
    "findings": ["20 of 30 are women.", "Nobody is <b>young</b>."],
    "groups": [],
    "sections": [
        {"id": "who", "title": "Who is represented?", "lead": "Every person once.", "choose": "By"},
        {"id": "nothing", "title": "A section without figures", "lead": ""},
        {"id": "where", "title": "Where from?", "lead": ""},
    ],
    "figures": [
        figure("sex", 20, section="who", choice="Sex"),
        figure("age", 11, section="who", choice="Age"),
        figure("age_detail", 12, section="who", choice="Age"),
        figure("map", 30, section="where", choice=""),
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("pages")
    for name, page in (("overview", OVERVIEW), ("census", CENSUS)):
        (place / f"{name}.json").write_text(json.dumps(page), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def address(folder):
    with running_page(folder, port=free_port(), preheat=False) as (root, _):
        yield root


@pytest.fixture
def census(visit, address):
    visit.open(f"{address}explore/census", wait_for="[data-ready='true']")
    return visit.page


def shown(page) -> list[str]:
    sections = page.locator("[data-figure]").all()
    return [each.get_attribute("data-figure") for each in sections if each.is_visible()]


def test_a_folder_gives_each_page_its_own_file(folder):
    assert load_page(folder)["title"] == "What is there?"
    assert load_page(folder, name="census")["title"] == "Who is there?"


def test_a_link_leads_from_page_to_page_and_the_present_one_is_marked(visit, address):
    visit.open(f"{address}explore/overview", wait_for="[data-ready='true']")
    links = visit.page.locator(".wb-nav a")
    assert links.all_inner_texts() == ["Repository overview", "Diversity census", "Cohort explorer"]
    assert visit.page.locator(".wb-nav a[aria-current=page]").inner_text() == "Repository overview"
    links.nth(1).click()
    visit.page.wait_for_selector("h1:has-text('Who is there?')")
    assert visit.page.locator(".wb-nav a[aria-current=page]").inner_text() == "Diversity census"


def test_findings_stand_on_top_and_are_never_read_as_markup(census):
    assert census.locator(".wb-findings li").all_inner_texts() == ["20 of 30 are women.", "Nobody is <b>young</b>."]


def test_sections_without_figures_are_left_out(census):
    headings = census.locator(".wb-chapter > h2").all_inner_texts()
    assert headings == ["Who is represented?", "Where from?"]


def test_the_first_choice_is_shown_and_the_keyboard_changes_it(census):
    assert shown(census) == ["sex", "map"]
    census.locator("[data-section=who] input").first.focus()
    census.keyboard.press("ArrowRight")
    census.wait_for_selector("[data-figure=age_detail] .wb-chart svg")
    assert shown(census) == ["age", "age_detail", "map"]
    assert census.locator("[data-figure=age] .wb-chart svg").count() == 1
    census.keyboard.press("ArrowLeft")
    assert shown(census) == ["sex", "map"]


def test_a_section_with_one_choice_asks_for_none(census):
    assert census.locator("fieldset").count() == 1
    assert census.locator("[data-section=where] fieldset").count() == 0


def test_nothing_leaves_the_machine_and_nothing_complains(visit, census):
    assert visit.external_requests == []
    assert visit.console_errors == []

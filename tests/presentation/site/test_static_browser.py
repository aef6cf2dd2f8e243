"""The static twin in Chromium, as files and from a plain web server: the numbers, what can be taken away, the view."""

import csv
import io
import re
from contextlib import contextmanager

import pytest

from tests.presentation.mounting import serving
from tests.presentation.site.small_site import HARM
from workbench.presentation.page import load_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READY = "#place [data-ready='true']"
PYRAMID = "represented-pyramid_age_group-age-and-sex"
CELLS = """section => [...section.querySelectorAll(".wb-table tr")]
    .map((row) => [...row.cells].map((cell) => cell.dataset.column ?? cell.textContent))"""


@contextmanager
def opened(chromium, base, **options):
    """Yield a page, and what it asked for elsewhere or complained of."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, **options)
    page, wrong = context.new_page(), []
    page.on("request", lambda request: request.url.startswith((base, "data:", "blob:")) or wrong.append(request.url))
    page.on("console", lambda message: message.type in ("error", "warning") and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page, wrong
    context.close()


def as_shown(value):
    """Return a number as a table on a page shows it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return str(value)


@pytest.fixture(scope="module")
def bases(site):
    """Yield the addresses of the site: of a folder on this machine, and of a sub-folder of a web server."""
    with serving(site.parent) as address:
        yield {"file": f"{site.as_uri()}/", "http": f"{address}{site.name}/"}


@pytest.mark.parametrize(("key", "kind"), [("overview", "http"), ("census", "file")])
def test_tiles_and_tables_are_those_of_the_aggregates(chromium, bases, aggregates, key, kind):
    page, base = load_page(aggregates, name=key), bases[kind]
    with opened(chromium, base) as (tab, wrong):
        tab.goto(f"{base}{key}.html")
        tab.wait_for_selector(READY, state="attached")
        shown = tab.eval_on_selector_all(
            "#place [data-tile]", "all => all.map((each) => [each.dataset.tile, each.dataset.value])"
        )
        tiles = {f"{group['id']}.{tile['id']}": tile["value"] for group in page["groups"] for tile in group["tiles"]}
        assert dict(shown) == {name: str(value) for name, value in tiles.items()}
        drawn = [figure for figure in page["figures"] if not figure.get("absent")]
        for figure in drawn:
            head, *rows = tab.eval_on_selector(f"[data-figure='{figure['id']}']", CELLS)
            years = [re.search(r"year|version|id$|zip", name, re.IGNORECASE) for name in figure["table"]["columns"]]
            assert head == figure["table"]["columns"], "the file names them so"
            heads = tab.locator(f"[data-figure='{figure['id']}'] .wb-table th").all_text_contents()
            assert not any(re.search(r"_|^n ", words) for words in heads), "a reader sees words"
            assert rows == [
                [
                    str(value) if is_year and value is not None else as_shown(value)
                    for value, is_year in zip(row, years, strict=True)
                ]
                for row in figure["table"]["rows"]
            ]
        assert tab.locator("#still").count() == 0
        assert wrong == []


@pytest.mark.parametrize("kind", ["file", "http"])
def test_every_page_opens_without_a_complaint(chromium, bases, site, kind):
    base = bases[kind]
    with opened(chromium, base) as (tab, wrong):
        for file in sorted(site.glob("*.html")):
            tab.goto(f"{base}{file.name}")
            if file.name not in ("404.html", "embed.html"):
                tab.wait_for_selector("#still", state="detached")
                assert tab.locator("h1").first.is_visible()
                assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert wrong == []


def test_the_chosen_theme_is_there_before_anything_is_painted(chromium, bases):
    with opened(chromium, bases["http"], color_scheme="light") as (tab, wrong):
        tab.goto(f"{bases['http']}index.html")
        tab.evaluate("localStorage.setItem('workbench-theme', 'dark')")
        seen = "new MutationObserver(() => document.body && (window.seen ??= document.documentElement.dataset.theme))"
        tab.add_init_script(f"window.seen = undefined; {seen}.observe(document, {{ childList: true, subtree: true }})")
        for name in ("census", "embed"):
            tab.goto(f"{bases['http']}{name}.html")
            assert tab.evaluate("window.seen") == "dark", name
        assert wrong == []


def test_the_view_stands_in_the_address_and_the_back_button_returns(chromium, bases):
    base = bases["http"]
    choice = "[data-section='represented'] .wb-choice input"
    with opened(chromium, base) as (tab, wrong):
        tab.goto(f"{base}census.html")
        tab.wait_for_selector(READY, state="attached")
        values = tab.eval_on_selector_all(choice, "all => all.map((each) => each.value)")
        tab.locator(f"{choice}[value='{values[1]}']").focus()
        tab.keyboard.press("ArrowRight")
        assert tab.url.endswith(f"#represented={values[2]}")
        tab.locator("[data-figure^='represented'] .wb-table summary >> visible=true").first.click()
        tab.wait_for_function("() => location.hash.includes('open=')")
        with opened(chromium, base) as (other, _):
            other.goto(tab.url)
            other.wait_for_selector(READY, state="attached")
            assert other.locator(f"{choice}:checked").get_attribute("value") == values[2]
            assert other.locator(".wb-table[open]").count() == 1
        tab.go_back()
        tab.wait_for_function(
            "value => document.querySelector(value[0] + ':checked').value === value[1]", arg=[choice, values[0]]
        )
        assert tab.locator(".wb-table[open]").count() == 0
        assert wrong == []


def test_a_chart_can_be_taken_away_as_picture_table_and_frame(chromium, bases, aggregates, tmp_path):
    page, base = load_page(aggregates, name="census"), bases["file"]
    (figure,) = [each for each in page["figures"] if each["id"] == PYRAMID]
    with opened(chromium, base, accept_downloads=True) as (tab, wrong):
        tab.goto(f"{base}census.html")
        tab.wait_for_selector(READY, state="attached")
        part = tab.locator(f"[data-figure='{PYRAMID}']")
        part.locator(".wb-take summary").focus()
        tab.keyboard.press("Enter")
        taken = {}
        for kind in ("png", "svg", "csv"):
            with tab.expect_download() as waited:
                part.locator(f"[data-take='{kind}']").press("Enter")
            taken[kind] = tmp_path / waited.value.suggested_filename
            waited.value.save_as(taken[kind])
        assert taken["png"].name == f"census_{PYRAMID}.png"
        header = taken["png"].read_bytes()[:24]
        assert header[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(header[16:20], "big") >= 2 * 760  # pixels
        words = " ".join(re.findall(r">([^<>]+)<", taken["svg"].read_text(encoding="utf-8"))).replace("\u00a0", " ")
        told = [
            figure["title"],
            figure["subtitle"],
            figure["footnote"].split(". ")[0],
            page["source"]["name"],
            page["as_of"],
        ]
        assert [text for text in told if text not in words] == []
        rows = list(csv.reader(io.StringIO(taken["csv"].read_text(encoding="utf-8"))))
        assert rows[0] == figure["table"]["columns"]
        assert len(rows) == 1 + len(figure["table"]["rows"])
        code = part.locator("textarea").input_value()
        address = re.search(r'src="([^"]+)"', code)[1].replace("&amp;", "&")
        tab.goto(address)
        tab.wait_for_selector(READY, state="attached")
        assert tab.locator(".wb-canvas svg").is_visible()
        assert tab.locator("h2").inner_text().replace("\u00a0", " ") == figure["title"]
        assert wrong == []


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("", "This address names no page that is here. Open the start page."),
        ("#page=__proto__&figure=bar", "This address names no page that is here. Open the start page."),
        ("#page=census&figure=lost", "has no chart of that name; a later release may have renamed it."),
    ],
)  # fmt: skip
def test_a_frame_without_its_chart_says_so(chromium, small, asked, answer):
    with opened(chromium, small.as_uri()) as (tab, wrong):
        tab.goto(f"{small.as_uri()}/embed.html{asked}")
        tab.wait_for_selector(READY, state="attached")
        assert answer in tab.locator("#place").inner_text()
        assert wrong == []


def test_numbers_and_the_first_chart_are_in_sight_without_any_script(chromium, site):
    with opened(chromium, site.as_uri(), java_script_enabled=False) as (tab, _):
        tab.goto(f"{site.as_uri()}/overview.html")
        assert tab.locator(".ws-wide svg").is_visible()
        assert not tab.locator(".ws-narrow svg").is_visible()
        assert tab.locator(".wb-value").first.inner_text()
        assert tab.locator(".ws-plain summary").first.is_visible()
        tab.set_viewport_size({"width": 390, "height": 800})
        assert tab.locator(".ws-narrow svg").is_visible()


def test_scripts_that_do_not_come_leave_the_still_page(chromium, site):
    with serving(site) as base, opened(chromium, base) as (tab, _):
        tab.route("**/*-numbers-*.js", lambda route: route.abort())
        tab.goto(f"{base}overview.html")
        tab.wait_for_load_state()
        assert tab.locator("#still .ws-wide svg").is_visible()


def test_harmful_texts_run_nowhere_and_old_numbers_stand_behind_a_button(chromium, small):
    with opened(chromium, small.as_uri()) as (tab, wrong):
        tab.on("dialog", lambda dialog: wrong.append(dialog.message) or dialog.dismiss())
        tab.goto(f"{small.as_uri()}/census.html#represented=<script>&open={HARM}")
        tab.wait_for_selector("[data-problem='stale']")
        assert not tab.locator("#place .wb-tile").first.is_visible()
        tab.get_by_role("button", name="Show the numbers all the same").click()
        assert tab.locator("#place .wb-tile").first.is_visible()
        assert HARM in tab.locator("#place .wb-note, #place .wb-tile dt").first.inner_text()
        assert "No places are recorded here." in tab.locator("[data-figure='absent']").inner_text()
        assert tab.locator("#place img[src='x']").count() == 0
        assert wrong == []

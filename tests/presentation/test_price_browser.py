"""Who a criterion has lost, driven by a real mouse in Chromium: every number is counted again from the patients."""

import statistics

import polars as pl
import pytest

from tests.presentation.browsing import READY, answered, bar, counts, free_port, shown
from workbench.catalog.commons import open_catalog
from workbench.presentation.manifest import write_pages
from workbench.presentation.serving import running_page
from workbench.vocabulary.demographics import MISSING

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGE = {"schema": "workbench-page/2", "title": "A small commons", "groups": [], "figures": []}
OPEN = {"name": "A small commons", "version": "1", "disclosure": "public_rows"}
#: Every answer's milliseconds, from the question to two frames after the numbers are drawn.
LISTEN = """() => {
  window.answers = [];
  const root = document.querySelector(".wx");
  new MutationObserver(() => window.answers.push(Number(root.dataset.lastMs)))
    .observe(root, { attributes: true, attributeFilter: ["data-answered"] });
}"""


def serve(source, folder):
    """Return a server of the explorer on one source."""
    disclosure = {"idc": "public_rows"}.get(source, "synthetic")
    write_pages(folder, {"overview": PAGE}, source={**OPEN, "disclosure": disclosure}, identity={})
    return running_page(folder, port=free_port(), preheat=False, source=source)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """Yield the address of the explorer on the embedded commons."""
    with serve("idc", tmp_path_factory.mktemp("real")) as (root, _):
        yield f"{root}explore/rows"


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory):
    """Yield the address of the explorer on the synthetic commons."""
    with serve("synthetic", tmp_path_factory.mktemp("synthetic")) as (root, _):
        yield f"{root}explore/rows"


@pytest.fixture
def opened(visit, real):
    """Return the page on the embedded commons, without a criterion; a kernel is started only once."""
    page = visit.page
    if page.url.split("#")[0] != real:
        visit.open(real, wait_for=READY)
        page.evaluate(LISTEN)
    return everything(page)


def everything(page):
    """Take every criterion away and forget how long that took."""
    while page.locator(".wx-remove[aria-label^=Remove]").count():
        answered(page, page.locator(".wx-remove[aria-label^=Remove]").first.click)
    page.evaluate("window.answers = []")
    return page


def lost(page, attribute):
    """Return what the page says of each group: how many there were, and how many are lost."""
    rows = page.locator(f".wx-lost-group[data-attribute={attribute}] tbody tr").all()
    read = [[row.get_attribute(f"data-{name}") for name in ("category", "before", "lost")] for row in rows]
    return {category: (int(before), int(gone)) for category, before, gone in read if int(before)}


def counted(before, after, attribute):
    """Return the same, counted from the patients before and after."""
    people = before.patients.filter(pl.col("species") == "Human")
    gone = people.join(after.patients, on="patient_key", how="anti")
    rows = people.group_by(pl.col(attribute).cast(pl.String)).len("before")
    rows = rows.join(gone.group_by(pl.col(attribute).cast(pl.String)).len("lost"), on=attribute, how="left")
    return {name: (n, lost) for name, n, lost in rows.fill_null(0).iter_rows()}


def drag(page, start, end, *, steps=6):
    """Move the mouse from the middle of one element to that of another with the button down."""
    one, other = start.bounding_box(), end.bounding_box()
    page.mouse.move(one["x"] + one["width"] / 2, one["y"] + one["height"] / 2)
    page.mouse.down()
    page.mouse.move(other["x"] + other["width"] / 2, other["y"] + other["height"] / 2, steps=steps)
    page.mouse.up()


def report(page, record_property, what):
    """Print and record how long the answers took."""
    times = page.evaluate("window.answers")
    record_property("repainted_ms", times)
    print(f"{what}: {len(times)} answers, median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")


def test_adding_and_removing_criteria_repaints_steps_losses_and_shares(opened, commons, record_property):
    answered(opened, bar(opened, "modality", "CT").click)
    ct = commons.where(modality="CT")
    assert lost(opened, "sex") == counted(commons.everything, ct, "sex")
    assert lost(opened, "age_group") == counted(commons.everything, ct, "age_group")
    answered(opened, bar(opened, "body_region", "Chest").click)
    chest = ct.where(body_region="Chest")
    assert lost(opened, "sex") == counted(ct, chest, "sex")
    assert opened.locator(".wx-cost-left").all_inner_texts() == [
        f"{cohort.counts['patients']:,} left" for cohort in (ct, chest)
    ]
    assert opened.locator(".wx-cost[aria-pressed=true] strong").inner_text() == "Body region: Chest"
    share = opened.locator("[data-attribute=sex] tr[data-category=Female] .wx-l-share").inner_text()
    known = chest.patients.filter(pl.col("species") == "Human", ~pl.col("sex").cast(pl.String).is_in(MISSING))
    assert share == f"{(known['sex'] == 'Female').mean():.0%}".replace("%", "\N{NO-BREAK SPACE}%")
    for _ in range(4):
        answered(opened, bar(opened, "body_region", "Chest").click)
    answered(opened, opened.get_by_label("Remove Modality: CT").click)
    assert lost(opened, "sex") == counted(commons.everything, commons.where(body_region="Chest"), "sex")
    report(opened, record_property, "criteria added and removed on the whole embedded commons")


def test_dragging_over_ages_repaints_while_the_mouse_moves_and_is_one_step(opened, commons, record_property):
    answered(opened, bar(opened, "modality", "CT").click)
    opened.evaluate("window.answers = []")
    first, last = opened.locator("[data-band='80']"), opened.locator("[data-band='40']")
    first.scroll_into_view_if_needed()
    answered(opened, lambda: drag(opened, first, last, steps=12))
    ct = commons.where(modality="CT")
    aged = ct.where(age_years=(40, 89.999))
    assert shown(opened) == counts(aged)
    assert lost(opened, "sex") == counted(ct, aged, "sex")
    assert len(opened.evaluate("window.answers")) > 1  # it was answered before the mouse was let go
    report(opened, record_property, "dragging over ages on the whole embedded commons")
    answered(opened, opened.locator("[data-do=undo]").click)
    assert shown(opened) == counts(ct)


def test_a_step_of_the_flow_shows_whom_it_lost_and_rows_are_read_by_keyboard(opened, commons):
    answered(opened, bar(opened, "modality", "CT").click)
    answered(opened, bar(opened, "body_region", "Chest").click)
    opened.locator(".wx-cost").first.focus()
    answered(opened, lambda: opened.keyboard.press("Enter"))
    assert opened.locator(".wx-lost-step").inner_text() == "Modality: CT"
    assert lost(opened, "sex") == counted(commons.everything, commons.where(modality="CT"), "sex")
    opened.locator("[data-attribute=sex] tbody tr").first.focus()
    opened.keyboard.press("ArrowDown")
    words = opened.locator("[data-attribute=sex] tbody tr:focus .wx-l-words").inner_text()
    before, gone = lost(opened, "sex")["Male"]
    assert words.startswith(f"Male: {gone:,} of {before:,} lost, ")
    opened.get_by_text("Numbers as a table").click()
    opened.locator(".wx-twin tbody tr").first.wait_for()
    male = opened.locator(".wx-twin tbody tr", has=opened.get_by_role("rowheader", name="Male", exact=True))
    assert male.locator("td").all_inner_texts()[:2] == [f"{before:,}", f"{gone:,}"]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_cut_off(opened, width):
    answered(opened, bar(opened, "modality", "CT").click)
    opened.locator(".wx-more").evaluate_all("parts => parts.forEach((part) => { part.open = true })")
    opened.set_viewport_size({"width": width, "height": 800})
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    block = opened.locator(".wx-who").bounding_box()
    assert block["x"] >= 0
    assert block["x"] + block["width"] <= width
    cut = ".wx-who :is(p, .wx-l-name, .wx-l-value, .wx-l-share)"
    ends = opened.locator(cut).evaluate_all("parts => parts.map((part) => part.getBoundingClientRect().right)")
    assert max(ends) <= width
    opened.set_viewport_size({"width": 1400, "height": 1000})


def test_race_and_ethnicity_of_the_synthetic_commons(visit, synthetic, record_property):
    visit.open(synthetic, wait_for=READY)
    visit.page.evaluate(LISTEN)
    page, made = everything(visit.page), open_catalog("synthetic")
    answered(page, bar(page, "modality", "CT").click)
    slider = page.locator("[data-range=slice_thickness_mm]")
    slider.scroll_into_view_if_needed()
    track = slider.locator(".wx-slider").bounding_box()
    y = track["y"] + track["height"] / 2

    def narrow():
        page.mouse.move(track["x"] + track["width"] - 6, y)
        page.mouse.down()
        page.mouse.move(track["x"] + track["width"] * 0.45, y, steps=12)
        page.mouse.up()

    answered(page, narrow)
    report(page, record_property, "dragging slice thickness on the synthetic commons")
    thick = float(slider.locator("output").inner_text().split()[2])
    ct = made.where(modality="CT")
    thin = ct.where(slice_thickness_mm=(None, thick))
    assert shown(page) == counts(thin)
    for attribute in ("sex", "age_group", "race", "ethnicity"):
        assert lost(page, attribute) == counted(ct, thin, attribute)
    assert "Multiple or Other" in page.locator("[data-attribute=race] .wx-caution").first.inner_text()


def test_no_error_reaches_the_console(visit):
    assert visit.external_requests == []
    assert visit.console_errors == []

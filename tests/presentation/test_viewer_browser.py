"""The slice viewer in a real Chromium: as a page of its own, served by Voila and in JupyterLab, the network cut."""

import numpy as np
import pytest

from tests.presentation.notebook_servers import LAB_READY, LAB_RUN, laboratory, public_page, wait_for, write_notebook
from workbench.imaging.images import Cine
from workbench.presentation.viewer import SliceViewer, compare_images

pytestmark = [pytest.mark.browser, pytest.mark.slow]

READY = ".wv[data-ready='true']"
# Every voxel has another value: slice, row and column can be read off it.
VOLUME = """
import numpy as np
from workbench.imaging.images import Volume
from workbench.presentation.viewer import SliceViewer
slices, rows, columns = np.indices((6, 12, 16))
array = (200 * slices + 16 * rows + columns).astype("int16")
volume = Volume(array, spacing_mm=(2.0, 1.0, 1.0), origin_mm=(-8.0, -6.0, 100.0), units="HU", modality="CT",
                windows=((600.0, 1200.0),))
viewer = SliceViewer(volume, mask=(columns < 4) & (rows < 6), labels={1: "Right front"})
"""

COLOR = """([key, x, y]) => {
  const canvas = document.querySelector(`[data-plane=${key}] canvas`), box = canvas.getBoundingClientRect();
  const dense = canvas.width / box.width;
  return [...canvas.getContext("2d").getImageData((x - box.x) * dense, (y - box.y) * dense, 1, 1).data].slice(0, 3);
}"""


def names():
    """Return what the cell above defines."""
    defined: dict = {}
    exec(VOLUME, defined)
    return defined


def spot(page, row, column, *, key="axial", rows=12, columns=16):
    """Return where the middle of a pixel is on the page; the picture is as large as fits, in the middle."""
    box = page.locator(f"[data-plane={key}] canvas").bounding_box()
    scale = min(box["width"] / columns, box["height"] / rows)
    left, top = box["x"] + (box["width"] - columns * scale) / 2, box["y"] + (box["height"] - rows * scale) / 2
    return left + (column + 0.5) * scale, top + (row + 0.5) * scale


def color(page, row, column, *, key="axial"):
    """Return red, green and blue of the canvas there."""
    x, y = spot(page, row, column, key=key)
    return page.evaluate(COLOR, [key, x, y])


def settled(page, action):
    """Do something and wait until it is drawn."""
    action()
    page.wait_for_timeout(60)
    page.wait_for_selector(READY, state="attached", timeout=20_000)


def drawn(page, key="axial"):
    """Return the array index of the slice in sight."""
    return int(page.locator(f"[data-plane={key}]").get_attribute("data-drawn"))


def gray(value, low=0, width=1200):
    """Return the level of a value in a window."""
    return int(np.clip((value - low) * 255 / width, 0, 255))


def check_a_slice(page):
    """See one slice drawn, read, scrolled and windowed, with its mask; the same wherever it runs."""
    settled(page, page.get_by_role("radio", name="Axial").click)
    assert drawn(page) == 3
    # row 8, column 9 of slice 3: 600 + 128 + 9 = 737, outside the mask
    assert color(page, 8, 9) == pytest.approx([gray(737)] * 3, abs=1)
    red, green, blue = color(page, 2, 1)
    assert red > green > blue, "the mask is orange"
    page.mouse.move(*spot(page, 8, 9))
    # x = −8 + 9, y = −6 + 8, z = 100 + 2 · 3
    assert page.locator(".wv-readout > *").all_text_contents() == [
        "737 HU",
        "",
        "x 1.0  y 2.0  z 106.0 mm",
        "[3, 8, 9]",
    ]
    settled(page, lambda: page.mouse.wheel(0, 120))
    assert drawn(page) == 2, "down is toward the feet"
    assert color(page, 8, 9) == pytest.approx([gray(537)] * 3, abs=1)
    x, y = spot(page, 8, 9)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=3)
    settled(page, page.mouse.up)
    center, width = (float(part) for part in page.locator(".wv").get_attribute("data-window").split(","))
    assert (center > 600, width > 1200) == (True, True)
    assert color(page, 8, 9) == pytest.approx([gray(537, center - width / 2, width)] * 3, abs=1)


# ---- as a page of its own: everything that needs no kernel


@pytest.fixture(scope="module", autouse=True)
def addresses(tmp_path_factory):
    """Yield where the public page and JupyterLab are; they start while the pages without a kernel are tried."""
    voila, lab = tmp_path_factory.mktemp("voila"), tmp_path_factory.mktemp("lab")
    page = write_notebook(voila / "page.ipynb", VOLUME + "viewer")
    write_notebook(lab / "lab.ipynb", VOLUME + "viewer", "print('seen', *viewer.position)")
    with public_page(page) as public, laboratory(lab) as laboratory_address:
        yield public, f"{laboratory_address}lab/tree/lab.ipynb"


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Return the folder of pages that need no kernel."""
    folder = tmp_path_factory.mktemp("pages")
    frame = "<!doctype html><meta charset='utf-8'><meta name='viewport' content='width=device-width'><body>{}</body>"
    frames = np.zeros((5, 8, 8, 3), np.uint8)
    frames[..., 0] = (40 * np.arange(5))[:, None, None]
    pages = {
        "volume": names()["viewer"].to_html(),
        "cine": SliceViewer(Cine(frames, spacing_mm=None, frame_times_ms=(0, 20, 40, 60, 80))).to_html(),
        "compare": compare_images(names()["volume"], names()["volume"])._repr_html_(),
    }
    for name, body in pages.items():
        (folder / f"{name}.html").write_text(frame.format(body), encoding="utf-8")
    return folder


def go(visit, folder, name, wait_for=READY):
    """Open one of the pages, anew."""
    visit.page.goto("about:blank")
    visit.page.set_content((folder / f"{name}.html").read_text("utf-8"))
    visit.page.wait_for_selector(wait_for, state="attached", timeout=20_000)
    return visit.page


def test_keys_step_through_slices_choose_windows_and_hide_the_mask(visit, alone):
    page = go(visit, alone, "volume")
    page.locator(".wv-stage").focus()
    for key, slice_in_sight in (("ArrowDown", 2), ("Home", 5), ("PageDown", 4), ("End", 0)):
        settled(page, lambda key=key: page.keyboard.press(key))
        assert drawn(page) == slice_in_sight, key
    assert page.get_by_label("Axial slice").get_attribute("aria-valuetext") == "0 of 0 to 5, z 100.0 mm"
    settled(page, lambda: page.keyboard.press("2"))
    assert page.locator(".wv").get_attribute("data-window") == "-600,1500"
    assert page.get_by_label("Window preset").locator("option:checked").inner_text() == "Lung"
    settled(page, lambda: page.keyboard.press("m"))
    assert len(set(color(page, 2, 1))) == 1
    settled(page, lambda: page.keyboard.press("i"))
    # 33 in the lung window, inverted: 255 − (33 + 1350) · 255 / 1500
    assert color(page, 2, 1)[0] == pytest.approx(255 - gray(33, -1350, 1500), abs=1)


def test_a_click_moves_the_crosshair_and_letters_say_where_right_is(visit, alone):
    page = go(visit, alone, "volume")
    settled(page, lambda: page.mouse.click(*spot(page, 4, 11)))
    assert page.locator(".wv").get_attribute("data-position") == "3,4,11"
    assert page.locator(".wv-letter").all_inner_texts() == ["R", "L", "A", "P"]


def test_a_finger_steps_through_the_slices_on_a_phone_and_nothing_hangs_over(chromium, alone):
    context = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((alone / "volume.html").as_uri())
    page.wait_for_selector(READY, state="attached", timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    x, y = spot(page, 4, 8)
    session = context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [(x, y)]),
        ("touchMove", [(x, y + 20)]),
        ("touchMove", [(x, y + 40)]),
        ("touchEnd", []),
    ):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})
    settled(page, lambda: None)
    assert drawn(page) < 3
    context.close()


def test_a_film_plays_and_pauses_from_the_keyboard(visit, alone):
    page = go(visit, alone, "cine")
    page.locator(".wv-stage").focus()
    assert drawn(page, "frames") == 0
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('.wv-pane').dataset.drawn > 1", timeout=10_000)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play").wait_for(timeout=10_000)  # the page says so in its next frame
    red = color(page, 4, 4, key="frames")[0]
    assert red == 40 * drawn(page, "frames")


def test_the_divider_moves_by_key_and_by_mouse(visit, alone):
    page = go(visit, alone, "compare", wait_for="figure input")
    slider, stage = page.get_by_role("slider"), page.locator(".ba-stage").bounding_box()
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "51 % Before"
    page.mouse.click(stage["x"] + stage["width"] * 0.25, stage["y"] + stage["height"] / 2)
    assert float(slider.input_value()) == pytest.approx(25, abs=2)
    line = page.locator(".ba-line").bounding_box()
    assert (line["x"] - stage["x"]) / stage["width"] == pytest.approx(0.25, abs=0.03)


# ---- with a kernel


def test_a_public_page_shows_scrolls_windows_and_reads_a_volume(visit, addresses):
    visit.open(wait_for(addresses[0]), wait_for=READY)
    assert visit.page.locator("[data-plane]").count() == 3
    check_a_slice(visit.page)
    assert visit.page.locator("#page-loading").is_hidden()
    assert visit.external_requests == []
    assert visit.console_errors == []


def test_in_jupyterlab_it_does_the_same_and_the_next_cell_sees_where_it_stands(visit, addresses):
    page = visit.page
    page.goto(wait_for(addresses[1]), wait_until="commit")
    page.wait_for_function(LAB_READY, timeout=60_000)
    page.evaluate(LAB_RUN)
    page.wait_for_selector(READY, state="attached", timeout=60_000)
    check_a_slice(page)
    page.locator(".wv-stage").focus()
    page.keyboard.press("d")
    page.keyboard.press("d")  # JupyterLab's command to delete the cell
    assert page.locator(".wv").count() == 1
    page.wait_for_timeout(300)  # the position is told when the hand rests
    page.evaluate(
        "(async () => { const app = window.jupyterapp, panel = app.shell.currentWidget;"
        " panel.content.activeCellIndex = panel.content.widgets.length - 1;"
        " await app.commands.execute('notebook:run-cell') })()"
    )
    page.wait_for_selector("text=seen 2 6 8", state="attached", timeout=30_000)
    assert visit.external_requests == []

"""Film who a criterion has lost, for the README, and take its picture of the explorer: a real mouse on real data.

    python -m tests.presentation.film_price

Needs Chromium and, to put the frames together, ImageMagick (Debian and Ubuntu: apt-get install imagemagick).
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.presentation.browsing import READY, answered, free_port
from tests.presentation.conftest import CHROMIUM, FLAGS
from workbench.assets import asset_path
from workbench.catalog.commons import open_catalog
from workbench.presentation.explorer.share import to_fragment
from workbench.presentation.manifest import write_pages
from workbench.presentation.serving import running_page

MOST_BYTES = 300_000  # of a picture in the README
PAGE = {"schema": "workbench-page/2", "title": "A film", "groups": [], "figures": []}
WIDTH, HEIGHT = 1280, 1500
_HEIGHT = 850  # of the part that is filmed
#: The mouse, which no screenshot shows.
ARROW = """() => {
  const arrow = document.createElement("div");
  arrow.id = "arrow";
  arrow.style.cssText = "position: fixed; z-index: 99; width: 22px; pointer-events: none; margin: -2px 0 0 -3px";
  const path = "M3 2 L3 17 L7 13.4 L9.6 19.4 L12.4 18.2 L9.8 12.4 L15.2 12.2 Z";
  arrow.innerHTML = `<svg viewBox="0 0 22 22"><path d="${path}" fill="#16212b" stroke="#fff"/></svg>`;
  document.body.append(arrow);
}"""
# of the scene: how long each picture is seen, hundredths of a second
LONG, MIDDLE, SHORT = 350, 150, 70


class Film:
    """The pictures taken so far, each with how long it is seen."""

    def __init__(self, page: Any, folder: Path) -> None:
        self._page, self._folder = page, folder
        self.frames: list[tuple[Path, int]] = []
        self._clip = self._frame()

    def _frame(self) -> dict[str, float]:
        box = self._page.locator(".wx-price").bounding_box()
        return {"x": box["x"] - 14, "y": box["y"] + 8, "width": box["width"] + 28, "height": _HEIGHT}

    def move(self, x: float, y: float) -> None:
        """Move the mouse, and the arrow with it."""
        self._page.mouse.move(x, y)
        self._page.evaluate("([x, y]) => { arrow.style.left = `${x}px`; arrow.style.top = `${y}px` }", [x, y])

    def take(self, hundredths: int) -> None:
        """Take a picture once everything is answered."""
        self._page.wait_for_function("document.querySelector('.wx').dataset.pending === '0'")
        self._page.wait_for_timeout(120)
        path = self._folder / f"{len(self.frames):03d}.png"
        self._page.screenshot(path=path, clip=self._clip)
        self.frames.append((path, hundredths))

    def save(self, target: Path) -> None:
        """Put the pictures together."""
        words = [word for path, hundredths in self.frames for word in ("-delay", str(hundredths), str(path))]
        made = ["-loop", "0", "-define", "webp:lossless=true", "-define", "webp:method=6", str(target)]
        subprocess.run(["convert", *words, *made], check=True)


def middle(locator: Any) -> tuple[float, float]:
    """Return the middle of an element."""
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def play(page: Any, film: Film) -> None:
    """Ask for MR, then drag over the ages of adults: most women who are lost are lost only for a missing age."""
    x, y = middle(page.locator(".wx-column[data-value=MR] .wx-mark"))
    film.move(x + 6, y)
    film.take(LONG)
    answered(page, lambda: (page.mouse.down(), page.mouse.up()))
    film.take(LONG)
    x, y = middle(page.locator("[data-band='20']"))
    film.move(x, y)
    film.take(SHORT)
    page.mouse.down()
    for low in (30, 50, 70, 90):
        answered(page, lambda low=low: film.move(x, middle(page.locator(f"[data-band='{low}']"))[1]))
        film.take(SHORT if low < 90 else MIDDLE)
    answered(page, page.mouse.up)
    film.take(LONG)


def main() -> None:
    """Write the film beside the other pictures of the README."""
    if shutil.which("convert") is None:
        sys.exit("No ImageMagick on this machine. Debian and Ubuntu: apt-get install imagemagick")
    from playwright.sync_api import sync_playwright

    commons = open_catalog()
    images = asset_path("notebooks", "images")
    target = images / "price_of_a_criterion.webp"
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made)
        write_pages(folder, {"overview": PAGE}, source={"name": "A", "disclosure": "public_rows"}, identity={})
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
        with running_page(folder, port=free_port(), preheat=False) as (root, _):
            page.goto(f"{root}explore/rows")
            page.wait_for_selector(READY, state="attached", timeout=60_000)
            page.set_viewport_size({"width": 1400, "height": 1000})
            page.screenshot(path=images / "cohort_explorer.png")
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            answered(page, lambda: page.evaluate("hash => { location.hash = hash }", to_fragment(commons.everything)))
            page.evaluate(ARROW)
            film = Film(page, folder)
            play(page, film)
            film.save(target)
        browser.close()
    size = target.stat().st_size
    print(f"{target}: {len(film.frames)} pictures, {size:,} bytes")
    if size > MOST_BYTES:
        sys.exit(f"The film has {size:,} bytes. A picture of the README has at most {MOST_BYTES:,}. Film fewer steps.")


if __name__ == "__main__":
    main()

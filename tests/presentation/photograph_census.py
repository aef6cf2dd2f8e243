"""Take the README's picture of the public diversity census.

    python -m tests.presentation.photograph_census

Needs Chromium and ImageMagick (Debian and Ubuntu: apt-get install chromium imagemagick).
"""

import subprocess
import tempfile
from pathlib import Path

from tests.presentation.browsing import free_port
from tests.presentation.conftest import CHROMIUM, FLAGS
from tests.presentation.film_price import MOST_BYTES
from workbench.assets import asset_path
from workbench.catalog.commons import open_catalog
from workbench.presentation.aggregates import write_aggregates
from workbench.presentation.publication import publish
from workbench.presentation.serving import running_page

HEIGHT = 1430


def main() -> None:
    """Write ``notebooks/images/diversity_census.png``."""
    from playwright.sync_api import sync_playwright

    target = asset_path("notebooks", "images") / "diversity_census.png"
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = write_aggregates(publish(open_catalog("synthetic")), Path(place) / "pages")
        with running_page(folder, port=free_port(), preheat=False, source="synthetic") as (address, _):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1200, "height": HEIGHT})
            page.goto(f"{address}explore/census")
            page.wait_for_selector("[data-ready='true']", timeout=60_000)
            page.screenshot(path=target)
            browser.close()
    subprocess.run(["convert", str(target), "-colors", "160", str(target)], check=True)
    print(target, target.stat().st_size)
    if target.stat().st_size > MOST_BYTES:
        raise SystemExit("The picture is too large for the README.")


if __name__ == "__main__":
    main()

"""The static twin: seconds to build, bytes a page, and how soon a visitor at 1 MB/s sees the first figure.

    python tests/benchmarks/bench_site.py [AGGREGATES]

Without a folder of aggregates, those of the embedded index are written first. Chromium is slowed down by its own
protocol: 1 MB/s, 40 ms to the server and back, nothing kept from the page before; the processor is not slowed down.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import sync_playwright

from tests.presentation.conftest import CHROMIUM, FLAGS
from tests.presentation.mounting import serving
from workbench.catalog.commons import open_catalog
from workbench.presentation.aggregates import cached_aggregates
from workbench.presentation.publication import publish
from workbench.presentation.site.building import build_site
from workbench.presentation.site.checks import weight_of

BYTES_PER_SECOND, LATENCY_MS, RUNS = 1_000_000, 40, 5
# The milliseconds at which a chart, and the living page in place of the still one, were first laid out and painted.
WATCH = """
globalThis.seen = {};
const look = () => {
  const isTall = (node) => node.getBoundingClientRect().height > 40;
  const inside = (selector) => [...document.querySelectorAll(selector)].some(isTall);
  const note = (name, there) => there && requestAnimationFrame(() => (seen[name] ??= performance.now()));
  note("still", inside("#still .wb-chart svg"));
  note("living", !document.querySelector("#still") && document.querySelector("#place")?.firstElementChild);
  requestAnimationFrame(look);
};
look();
"""


def milliseconds(browser, address: str) -> dict[str, float]:
    """Return when what was first in sight, on a new visit."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    session = context.new_cdp_session(tab)
    session.send("Network.enable")
    slow = {
        "offline": False,
        "latency": LATENCY_MS,
        "downloadThroughput": BYTES_PER_SECOND,
        "uploadThroughput": BYTES_PER_SECOND,
    }
    session.send("Network.emulateNetworkConditions", slow)
    tab.add_init_script(WATCH)
    tab.goto(address, wait_until="commit")
    tab.wait_for_function("() => 'living' in globalThis.seen", timeout=30_000)
    seen: dict[str, float] = tab.evaluate("globalThis.seen")
    paint = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
    context.close()
    return seen | {"paint": paint}


def main() -> None:
    """Print a line a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("aggregates", nargs="?", type=Path)
    aggregates = parser.parse_args().aggregates or cached_aggregates(publish(open_catalog()))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        start = time.perf_counter()
        site = build_site(aggregates, Path(folder) / "public")
        print(f"built in {time.perf_counter() - start:.1f} s")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        print(f"{'page':<20}{'kB':>8}{'words ms':>10}{'figure ms':>11}{'living ms':>11}")
        with serving(site) as base:
            for page in sorted(site.glob("*.html")):
                if page.name in ("404.html", "embed.html"):
                    continue
                runs = [milliseconds(browser, base + page.name) for _ in range(RUNS)]
                # The living page may come before the still one was painted: such a run says nothing of that one.
                seen = {name: [run[name] for run in runs if run[name] is not None] for name in runs[0]}
                middle = {name: statistics.median(times) for name, times in seen.items() if times}
                figure = f"{middle['still']:.0f}" if "still" in middle else "–"
                weight = weight_of(page) / 1000
                print(f"{page.name:<20}{weight:>8.0f}{middle['paint']:>10.0f}{figure:>11}{middle['living']:>11.0f}")
        browser.close()


if __name__ == "__main__":
    main()

"""A real headless Chromium that reaches this machine and nothing else."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCAL = ("http://127.0.0.1", "http://localhost", "ws://127.0.0.1", "ws://localhost", "data:", "blob:")
# Console errors of other people's code that are known and change nothing on the page.
KNOWN_CONSOLE_ERRORS = (
    "Unsatisfied version",  # Voila 0.5 bundles the core of JupyterLab 4.2; newer extensions ask for more and work
    "No satisfying",  # the same, when the shared module has no version at all
)


@dataclass
class Visit:
    """One page opened in Chromium, with what it asked for and what it complained about."""

    page: Any
    external_requests: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)

    def open(self, address: str, *, wait_for: str, seconds: float = 60) -> None:
        """Go to `address` and wait until the selector is attached."""
        self.page.goto(address, wait_until="commit", timeout=seconds * 1000)
        self.page.wait_for_selector(wait_for, state="attached", timeout=seconds * 1000)

    def _route(self, route: Any) -> None:
        if route.request.url.startswith(LOCAL):
            route.continue_()
        else:
            self.external_requests.append(route.request.url)
            route.abort()

    def _complain(self, text: str) -> None:
        if not any(known in text for known in KNOWN_CONSOLE_ERRORS):
            self.console_errors.append(text)

    def listen(self) -> None:
        """Start to record; requests that would leave the machine are cut."""
        self.page.route("**/*", self._route)
        self.page.on("console", lambda message: self._complain(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self._complain(str(error)))


@pytest.fixture(scope="session")
def idc_pages(commons: Any) -> Path:
    """Return the pages of the embedded commons as its example describes it, counted once for each state of the code."""
    from workbench.assets import asset_path
    from workbench.presentation.aggregates import cached_aggregates
    from workbench.presentation.identity import read_identity
    from workbench.presentation.publication import publish

    identity = read_identity(asset_path("dashboards", "commons", "idc.toml"))
    return cached_aggregates(publish(commons, identity))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Yield a running Chromium; skip where there is none."""
    program = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("No Chromium on this machine. Debian and Ubuntu: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make setup")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visit(chromium: Any) -> Iterator[Visit]:
    """Yield a fresh page of 1400 by 1000 that records requests and console errors."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    recorded = Visit(page)
    recorded.listen()
    yield recorded
    page.close()

"""What browser tests of the explorer share: how to find things on its page, and how to wait for an answer."""

import socket
from typing import Any

READY = ".wx[data-ready='true']"
UNITS = ("patients", "studies", "series", "instances")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def shown(page: Any) -> dict[str, int]:
    """Return the numbers in sight."""
    return {unit: int(page.locator(f"[data-count={unit}]").get_attribute("data-value")) for unit in UNITS}


def counts(cohort: Any) -> dict[str, int]:
    """Return what the numbers in sight have to be."""
    return {unit: cohort.counts[unit] for unit in UNITS}


def answered(page: Any, action: Any, *, root: str = ".wx") -> float:
    """Do something, wait until all of it is answered and drawn, and return the milliseconds of the last answer."""
    before = page.locator(root).get_attribute("data-answered")
    action()
    page.wait_for_function(
        "([root, before]) => { const node = document.querySelector(root);"
        " return (node.dataset.answered ?? null) !== before && node.dataset.pending === '0'"
        " && !node.querySelector('.is-stale') }",
        arg=[root, before],
        timeout=20_000,
    )
    return float(page.locator(root).get_attribute("data-last-ms"))


def bar(page: Any, attribute: str, value: str) -> Any:
    """Return one bar of a facet."""
    return page.locator(f"[data-facet='{attribute}'] .wx-bar[data-value='{value}']")

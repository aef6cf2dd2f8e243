"""The browser on this machine, which prints and photographs pages and asks nobody."""

import os
import shutil

#: Names another browser than the one that is found.
CHROMIUM_VARIABLE = "WORKBENCH_CHROMIUM"

#: Headless, and silent on the network: without these flags Chromium looks its vendor up at every start.
CHROMIUM_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_chromium() -> str | None:
    """Return the command of a Chromium-like browser on this machine; ``WORKBENCH_CHROMIUM`` names another.

    Returns
    -------
    str or None
        None when there is none.
    """
    named = os.environ.get(CHROMIUM_VARIABLE)
    return named or next((found for name in _CHROMIUM_NAMES if (found := shutil.which(name))), None)

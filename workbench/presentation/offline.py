"""Make pages that ask nobody: drop references to other hosts, print with the local Chromium."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

#: Headless, and silent on the network: without these flags Chromium looks its vendor up at every start.
_CHROMIUM_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
)
_OUTSIDE_SCRIPT = re.compile(r"<script\b[^>]*\bsrc=[\"']https?://[^>]*>\s*</script>", re.IGNORECASE)
_INLINE_SCRIPT = re.compile(
    r"<script\b[^>]*>(?:(?!</script>).)*?https?://(?:(?!</script>).)*?</script>", re.DOTALL | re.IGNORECASE
)
_OUTSIDE_STYLE = re.compile(r"<link\b[^>]*\bhref=[\"']https?://[^>]*>", re.IGNORECASE)


def drop_outside_references(page: str) -> str:
    """Return the page without scripts and style sheets that other hosts would have to send.

    The pages of nbconvert name a CDN for formulas, diagrams and the module loader; our reports need none.

    Parameters
    ----------
    page : str
        HTML.

    Returns
    -------
    str
        HTML that asks nobody.

    Examples
    --------
    >>> drop_outside_references('<p>a</p><script src="https://cdn.example/x.js"></script>')
    '<p>a</p>'
    """
    for pattern in (_OUTSIDE_SCRIPT, _OUTSIDE_STYLE, _INLINE_SCRIPT):
        page = pattern.sub("", page)
    return page


def find_chromium() -> str | None:
    """Return the command of a Chromium-like browser on this machine; ``WORKBENCH_CHROMIUM`` names another.

    Returns
    -------
    str or None
        None when there is none.
    """
    named = os.environ.get("WORKBENCH_CHROMIUM")
    return named or next((found for name in _CHROMIUM_NAMES if (found := shutil.which(name))), None)


def print_pdf(page: Path, pdf: Path) -> None:
    """Print a local page to PDF.

    Parameters
    ----------
    page : pathlib.Path
        HTML that asks nobody.
    pdf : pathlib.Path
        Where to write.

    Raises
    ------
    subprocess.SubprocessError
        When the browser fails, takes more than two minutes, or writes nothing.
    """
    browser = find_chromium() or "chromium"
    root = ("--no-sandbox",) if hasattr(os, "getuid") and os.getuid() == 0 else ()
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *_CHROMIUM_FLAGS, *root, f"--user-data-dir={profile}", f"--print-to-pdf={pdf}"]
        try:
            subprocess.run([*command, page.resolve().as_uri()], check=True, capture_output=True, timeout=120)
        except OSError as error:
            raise subprocess.SubprocessError(f"The browser {browser} did not start.") from error
    if not pdf.exists():
        raise subprocess.SubprocessError("The browser wrote no PDF.")

"""Print the page of a report with the local Chromium: tagged, with bookmarks, and the same bytes at the same stamp."""

import os
import re
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from workbench.presentation.offline import CHROMIUM_FLAGS, CHROMIUM_VARIABLE, find_chromium

_PRINTING = ("--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf")
_STAMPS = re.compile(rb"D:\d{14}[+-]\d{2}'\d{2}'")  # ISO 32000-1, 7.9.4: when it was made and changed
_LONGEST_S = 120
_GET_ONE = "apt-get install chromium"


def check_browser() -> None:
    """Raise when no PDF can be printed on this machine.

    Raises
    ------
    FileNotFoundError
        When there is no Chromium, or the one that is named does not exist.
    """
    named = os.environ.get(CHROMIUM_VARIABLE)
    if named and not Path(named).is_file():
        raise FileNotFoundError(
            f"{CHROMIUM_VARIABLE} names {named}, which does not exist. The path of a Chromium or Chrome would be "
            f"right. Correct the variable or unset it, or leave the PDF out with --pdf never."
        )
    if find_chromium() is None:
        raise FileNotFoundError(
            "A PDF was asked for, and no Chromium was found. Chromium or Chrome on the PATH would be right. "
            f"Install it: {_GET_ONE}; or leave the PDF out with --pdf never."
        )


def print_pdf(page: Path, pdf: Path, *, made: datetime | None = None) -> None:
    """Print a local page to PDF.

    Parameters
    ----------
    page : pathlib.Path
        HTML that asks nobody; its headings become the bookmarks, and its style sheet numbers the pages.
    pdf : pathlib.Path
        Where to write.
    made : datetime.datetime, optional
        What the PDF says of when it was made, in UTC; now unless given.

    Raises
    ------
    subprocess.SubprocessError
        When the browser fails, takes more than two minutes, or writes nothing.
    """
    browser = find_chromium() or "chromium"
    root = ("--no-sandbox",) if hasattr(os, "getuid") and os.getuid() == 0 else ()
    with tempfile.TemporaryDirectory() as profile:
        own = (f"--user-data-dir={profile}", f"--print-to-pdf={pdf}")
        command = [browser, *CHROMIUM_FLAGS, *_PRINTING, *root, *own, page.resolve().as_uri()]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_LONGEST_S)
        except OSError as error:
            raise subprocess.SubprocessError(f"The browser {browser} did not start.") from error
    if not pdf.exists():
        raise subprocess.SubprocessError("The browser wrote no PDF.")
    if made is not None:
        stamp = made.strftime("D:%Y%m%d%H%M%S+00'00'").encode()
        pdf.write_bytes(_STAMPS.sub(stamp, pdf.read_bytes()))  # of the same length: no offset moves

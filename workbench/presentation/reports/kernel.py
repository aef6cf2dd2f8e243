"""What a report's notebook asks of the frame around it: who publishes."""

import os
from pathlib import Path

from workbench.presentation.identity import Identity, read_identity

#: Names the file that says who publishes; set for the kernel of every report, page and site.
COMMONS_VARIABLE = "WORKBENCH_COMMONS"


def report_identity() -> Identity:
    """Return who publishes the report that is being run.

    Returns
    -------
    Identity
        From the file that ``WORKBENCH_COMMONS`` names; the empty one without it.
    """
    named = os.environ.get(COMMONS_VARIABLE)
    return read_identity(Path(named) if named else None)

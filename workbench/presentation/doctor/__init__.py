"""Examine an installation part by part and say how to mend what is wrong; nothing here raises, changes or fetches."""

import importlib
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from workbench.presentation.doctor.checks import Check, examine_part

_REINSTALL = "pip install --force-reinstall imaging-workbench; in a checkout: make setup"
_INDEX = "pip install --force-reinstall idc-index-data; in a checkout: make setup"
_REPORT = "Send this line to the people who keep the workbench"

# The part, who looks at it, what to do where looking fails, whether it is needed.
_PARTS = (
    ("Python", "software:look_at_python", _REINSTALL, True),
    ("Packages", "software:look_at_packages", _REINSTALL, True),
    ("Shipped files", "software:look_at_shipped_files", _REINSTALL, True),
    ("Kernel", "software:look_at_kernel", "python -m ipykernel install --sys-prefix", True),
    ("IDC index", "stored:look_at_index", _INDEX, True),
    ("Cache", "stored:look_at_cache", "export WORKBENCH_CACHE=FOLDER (one that you may write to)", True),
    ("Disk", "machine:look_at_disk", _REPORT, False),
    ("Memory", "machine:look_at_memory", _REPORT, False),
    ("GPU", "machine:look_at_gpu", "nvidia-smi shows whether the driver runs; device='cpu' does without", False),
    ("Widget bundles", "pages:look_at_widgets", _REINSTALL, True),
    ("Vega bundle", "pages:look_at_vega", _REINSTALL, True),
    ("Voila template", "pages:look_at_template", _REINSTALL, True),
    ("Public pages", "stored:look_at_aggregates", "workbench site aggregates", False),
    ("JupyterLab", "software:look_at_extras", _REINSTALL, False),
    ("3-D volumes", "pages:look_at_volumes", "workbench viewer install", False),
    ("Chromium", "machine:look_at_chromium", "apt-get install chromium", False),
    ("Fonts", "machine:look_at_fonts", "apt-get install fontconfig fonts-dejavu", False),
    ("Servers", "machine:look_at_servers", "apt-get install nginx supervisor", False),
)


def examine() -> list[Check]:
    """Return what was found about every part of this installation, what is needed first.

    Nothing is repaired, made or fetched, and no fault of the installation raises: it becomes a check.

    Returns
    -------
    list of Check
        Some twenty.

    Examples
    --------
    >>> {"Python", "Packages", "IDC index", "GPU", "Chromium"} <= {check.name for check in examine()}
    True
    """
    return [
        check
        for name, place, mend, needed in _PARTS
        for check in examine_part(name, partial(_look, place), mend=mend, needed=needed)
    ]


def _look(place: str) -> Check | Sequence[Check]:
    """Import and call in one, so that a module that cannot be imported is a finding about its part alone."""
    module, _, function = place.partition(":")
    found: Any = getattr(importlib.import_module(f"{__name__}.{module}"), function)()
    return cast("Check | Sequence[Check]", found)

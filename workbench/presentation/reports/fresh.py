"""Make a kernel that ran a report as good as new for the next one: no name, setting or folder is left of the last."""

import gc
import os
import sys
import warnings
from collections.abc import Mapping
from typing import Any

_AT_START: dict[str, Any] = {}


def begin_run(folder: str, environment: Mapping[str, str]) -> None:
    """Clear the kernel that this is called in, and stand in the folder of the next run.

    Modules stay loaded and what they cache stays cached; that is what a warm kernel is for.

    Parameters
    ----------
    folder : str
        Where the notebook is run.
    environment : mapping of str to str
        Variables to set, on top of those that the kernel was started with.
    """
    from IPython.core.getipython import get_ipython

    if not _AT_START:
        _AT_START.update(environment=dict(os.environ), paths=list(sys.path), filters=list(warnings.filters))
    os.environ.clear()
    os.environ.update({**_AT_START["environment"], **environment})
    sys.path[:] = _AT_START["paths"]
    warnings.filters[:] = _AT_START["filters"]  # type: ignore[index]  # typeshed has a fixed sequence
    if "polars" in sys.modules:
        sys.modules["polars"].Config.restore_defaults()
    os.chdir(folder)
    shell = get_ipython()
    if shell is not None:
        shell.reset(new_session=True)  # type: ignore[no-untyped-call]  # IPython has types in parts
    gc.collect()

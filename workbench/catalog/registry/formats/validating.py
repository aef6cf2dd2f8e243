"""Hold descriptions against the validator of Croissant."""

import copy
import importlib
import logging
from collections.abc import Mapping
from typing import Any

from workbench.errors import MissingPackageError


def validate(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the validator of Croissant warns of; nothing is fetched.

    Parameters
    ----------
    record : mapping
        What ``croissant`` or ``croissant_of_release`` returned.

    Returns
    -------
    tuple of str
        Warnings in alphabetical order; empty when there are none.

    Raises
    ------
    ValueError
        With every error, when the description is not valid.
    MissingPackageError
        When mlcroissant is not installed.
    """
    try:
        mlcroissant = importlib.import_module("mlcroissant")  # by name: it takes two seconds, and has no types
    except ImportError as missing:
        raise MissingPackageError(
            "Checking a Croissant description needs mlcroissant, which is not installed. "
            "Install it: pip install 'imaging-workbench[catalog]'"
        ) from missing

    heard = _Heard()
    logger = logging.getLogger("absl")  # a context that is not the official one is only logged
    logger.addHandler(heard)
    spreads, logger.propagate = logger.propagate, False
    try:
        # A copy: the reader writes an @base into the context it is given.
        checked = mlcroissant.Dataset(jsonld=copy.deepcopy(dict(record)))
    except (mlcroissant.ValidationError, ValueError) as problem:
        raise ValueError(f"Not a valid Croissant description: {problem} Mend the entry, or file the problem.") from None
    finally:
        logger.propagate = spreads
        logger.removeHandler(heard)
    return tuple(sorted({*checked.metadata.ctx.issues.warnings, *heard.lines}))


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if "@context" in record.getMessage():  # the rest is the list of warnings over again
            self.lines.append(record.getMessage())

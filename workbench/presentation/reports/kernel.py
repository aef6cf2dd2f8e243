"""What a report's notebook asks of the frame around it: who publishes, and their source as they publish it."""

import dataclasses
import os
from pathlib import Path

from workbench.catalog.commons import open_catalog
from workbench.presentation.identity import Identity, read_identity
from workbench.presentation.publication import Publication, publish

#: Names the file that says who publishes; set for the kernel of every report.
COMMONS_VARIABLE = "WORKBENCH_COMMONS"


def commons_file(named: str | Path | None = None) -> Path | None:
    """Return the file that says who publishes a report.

    Parameters
    ----------
    named : str or pathlib.Path, optional
        What was asked for; what ``WORKBENCH_COMMONS`` names unless given.

    Returns
    -------
    pathlib.Path or None
        Absolute; None where neither names one.
    """
    found = named or os.environ.get(COMMONS_VARIABLE)
    return Path(found).expanduser().resolve() if found else None


def report_identity() -> Identity:
    """Return who publishes the report that is being run.

    Returns
    -------
    Identity
        From the file that ``WORKBENCH_COMMONS`` names; the empty one without it.
    """
    return read_identity(commons_file())


def open_published(source: str, identity: Identity | None = None, *, earlier: str = "") -> Publication:
    """Return a source as its publisher shows it.

    Parameters
    ----------
    source : str
        What `workbench.open_catalog` takes.
    identity : Identity, optional
        Who publishes it; what `report_identity` says unless given.
    earlier : str
        The folder of pages that the release before published; empty for the one that the commons names.

    Returns
    -------
    Publication
        Its catalog stands under the name of the commons, with its disclosure where that is tighter, and is read with
        its columns and layout; without ``WORKBENCH_COMMONS`` it is what `workbench.open_catalog` gives. Its counts
        are those of the public pages.
    """
    identity = report_identity() if identity is None else identity
    is_its_own = identity.describes(source)
    columns = dict(identity.columns) if is_its_own and identity.columns else None
    catalog = open_catalog(source, columns=columns, layout=(identity.layout or None) if is_its_own else None)
    spoken = identity if is_its_own else dataclasses.replace(identity, earlier="")
    return publish(catalog, spoken, earlier=Path(earlier) if earlier else None)

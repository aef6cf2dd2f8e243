"""What may be shown of a source: exact counts with a stamp for its holder, suppressed ones in public."""

import os
from dataclasses import replace

from workbench.assessment.census import Census
from workbench.assessment.trend import Trend
from workbench.catalog.repository import Repository

#: What stands under exact counts of a controlled source.
EXACT_STAMP = "Exact counts of a controlled source: for its holder, do not publish."
_PUBLIC_VARIABLE = "WORKBENCH_PUBLIC"


def is_public() -> bool:
    """Return whether this process serves a public page: ``WORKBENCH_PUBLIC`` is set, and not to 0.

    Returns
    -------
    bool
        False in a notebook of one's own.
    """
    return os.environ.get(_PUBLIC_VARIABLE, "") not in ("", "0")


def refuse_in_public(repository: Repository, what: str) -> None:
    """Raise where exact counts of a controlled source would be shown on a public page.

    Parameters
    ----------
    repository : Repository
        What is counted.
    what : str
        What was asked for, such as ``"A Table 1"``.

    Raises
    ------
    ValueError
        For a controlled source in public.
    """
    if repository.disclosure == "controlled" and is_public():
        raise ValueError(
            f"{what} was asked of {repository.name}, a controlled source, on a public page. There its small counts are "
            "hidden, which a census does. Take a census, or ask in a notebook of your own."
        )


def disclosed_census(repository: Repository, census: Census) -> Census:
    """Return a census as it may be shown here.

    Parameters
    ----------
    repository : Repository
        What was counted; disclosure belongs to it.
    census : Census
        Exact.

    Returns
    -------
    Census
        As it is for an open source; of a controlled one suppressed in public, else stamped.
    """
    if repository.disclosure != "controlled":
        return census
    if is_public():
        from workbench.assessment.suppression import suppress

        return suppress([census]).tables[0]
    return replace(census, stamp=EXACT_STAMP)


def disclosed_trend(repository: Repository, trend: Trend) -> Trend:
    """Return a trend as it may be shown here.

    Parameters
    ----------
    repository : Repository
        What was counted; disclosure belongs to it.
    trend : Trend
        Exact.

    Returns
    -------
    Trend
        As it is for an open source; of a controlled one suppressed in public, else stamped.
    """
    if repository.disclosure != "controlled":
        return trend
    if is_public():
        from workbench.assessment.suppression import suppress_trend

        return replace(suppress_trend(trend), n_without_period=None)
    return replace(trend, stamp=EXACT_STAMP)

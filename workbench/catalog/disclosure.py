"""What may be shown of a source: exact counts with a stamp for its holder, suppressed ones in public."""

import os
from dataclasses import replace

from workbench.assessment.census import Census
from workbench.assessment.trend import Trend
from workbench.catalog.repository import Repository

#: What stands under exact counts of a controlled source.
EXACT_STAMP = "Exact counts of a controlled source: for its holder, do not publish."
#: What stands under every figure of an invented source.
SYNTHETIC_STAMP = "Synthetic: the patients are invented, none of them exists."
_PUBLIC_VARIABLE = "WORKBENCH_PUBLIC"


def is_public() -> bool:
    """Return whether this process serves a public page: ``WORKBENCH_PUBLIC`` is set, and not to 0.

    Returns
    -------
    bool
        False in a notebook of one's own.
    """
    return os.environ.get(_PUBLIC_VARIABLE, "") not in ("", "0")


def stamp_of(repository: Repository) -> str:
    """Return what has to stand under exact counts of a source.

    Parameters
    ----------
    repository : Repository
        Disclosure belongs to it.

    Returns
    -------
    str
        Empty where the rows are public.
    """
    return {"controlled": EXACT_STAMP, "synthetic": SYNTHETIC_STAMP}.get(repository.disclosure, "")


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
        With the stamp of its source; of a controlled one suppressed in public.
    """
    if repository.disclosure == "controlled" and is_public():
        from workbench.assessment.suppression import suppress

        return suppress([census]).tables[0]
    return replace(census, stamp=stamp_of(repository))


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
        With the stamp of its source; of a controlled one suppressed in public.
    """
    if repository.disclosure == "controlled" and is_public():
        from workbench.assessment.suppression import suppress_trend

        return replace(suppress_trend(trend), n_without_period=None)
    return replace(trend, stamp=stamp_of(repository))

"""Go back to a release: who had come to a repository up to a batch or a version."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from workbench.catalog.cohort import Cohort
from workbench.errors import unknown_name

_OVER = {"batch": "batch", "first_version": "version"}  # the first that a source has, and what to call it


@dataclass(frozen=True)
class Release:
    """A release of a repository and who had come up to then.

    Attributes
    ----------
    cohort : Cohort
        Those of a cohort who had come.
    name : str
        Such as ``"2024-03-04"``; the version of a source without releases.
    kind : {"batch", "version"}
        What a release is called.
    over : str
        The attribute that orders the releases; empty where there are none.
    """

    cohort: Cohort
    name: str
    kind: str
    over: str


def up_to_release(cohort: Cohort, release: str = "") -> Release:
    """Return those of a cohort who had come up to a release.

    Parameters
    ----------
    cohort : Cohort
        Everybody up to now.
    release : str
        A batch or a version of the source. Between two releases the earlier one holds; empty for the latest, which
        leaves the cohort as it is.

    Returns
    -------
    Release
        With its name.

    Raises
    ------
    UnknownNameError
        For a text that is no release.
    ValueError
        For a release before the first, or of a source without releases.

    Examples
    --------
    >>> from workbench.catalog.commons import open_catalog
    >>> release = up_to_release(open_catalog("synthetic").everything, "2022-01-01")
    >>> release.kind, release.name
    ('batch', '2021-11-17')
    """
    repository = cohort.repository
    over = next((name for name in _OVER if repository.has("patients", name) or repository.has("series", name)), "")
    if not over:
        if release:
            raise ValueError(
                f"Received release {release!r}. {repository.name} has no releases to choose from, only its version "
                f"{repository.version}. Leave the release empty."
            )
        return Release(cohort, repository.version, "version", over)
    kind = _OVER[over]
    periods = cohort.trend(by="sex", over=over).periods.to_list()
    if not release or not periods:
        return Release(cohort, str(periods[-1]) if periods else repository.version, kind, over)
    asked = _typed(release, periods, kind)
    kept = [period for period in periods if period <= asked]
    if not kept:
        raise ValueError(
            f"Received release {release!r}. The first {kind} of {repository.name} is {periods[0]}: nobody had come "
            f"before. Pass one from {periods[0]} to {periods[-1]}, or leave it empty for the last."
        )
    criterion: dict[str, Any] = {over: [str(period) for period in kept] if isinstance(kept[0], date) else kept}
    return Release(cohort.where(**criterion), str(kept[-1]), kind, over)


def _typed(release: str, periods: list[Any], kind: str) -> Any:
    try:
        return date.fromisoformat(release) if isinstance(periods[0], date) else type(periods[0])(release)
    except ValueError:
        names = list(map(str, periods))
        raise unknown_name(kind, release, names, where="the releases", then="Use one of these.") from None

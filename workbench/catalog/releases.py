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
    n_waiting : int or None
        Patients who are in no release yet; they are not in the cohort. None where the cohort holds people at every
        stage, released or not, and how many wait may not be told.
    """

    cohort: Cohort
    name: str
    kind: str
    over: str
    n_waiting: int | None = 0

    def sentence(self, total: int | None) -> str:
        """Return how many people there are as of the release, and who is left out since no release has them yet.

        Parameters
        ----------
        total : int or None
            Of the cohort; None where the number may not be shown.

        Returns
        -------
        str
            A sentence.
        """
        counted = "An undisclosed number of people are" if total is None else f"{total:,} people are"
        who = "1 person is" if total == 1 else counted
        stage = ", at every stage, released or not," if self.n_waiting is None else ""
        waiting = ""
        if self.n_waiting:
            are = "is" if self.n_waiting == 1 else "are"
            waiting = f"; {self.n_waiting:,} more {are} in no {self.kind} yet and not counted here"
        source = self.cohort.repository.name
        return f"{who} in the {source}{stage} as of {self.kind} {self.name}{waiting}."


def up_to_release(cohort: Cohort, release: str = "") -> Release:
    """Return those of a cohort who had come up to a release.

    Parameters
    ----------
    cohort : Cohort
        Everybody up to now.
    release : str
        A batch or a version of the source. Between two releases the earlier one holds; empty for the latest. Who is
        in no release yet is left out.

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
    if not periods:
        return Release(cohort, repository.version, kind, over)
    n_waiting = _waiting(cohort) if over == "batch" else 0
    if not release and not n_waiting:
        return Release(cohort, str(periods[-1]), kind, over)
    asked = _typed(release, periods, kind) if release else periods[-1]
    kept = [period for period in periods if period <= asked]
    if not kept:
        raise ValueError(
            f"Received release {release!r}. The first {kind} of {repository.name} is {periods[0]}: nobody had come "
            f"before. Pass one from {periods[0]} to {periods[-1]}, or leave it empty for the last."
        )
    criterion: dict[str, Any] = {over: [str(period) for period in kept] if isinstance(kept[0], date) else kept}
    return Release(cohort.where(**criterion), str(kept[-1]), kind, over, n_waiting)


def _waiting(cohort: Cohort) -> int:
    """How many patients have come, but are in no batch yet."""
    return cohort.patients["batch"].null_count()


def _typed(release: str, periods: list[Any], kind: str) -> Any:
    try:
        return date.fromisoformat(release) if isinstance(periods[0], date) else type(periods[0])(release)
    except ValueError:
        names = list(map(str, periods))
        raise unknown_name(kind, release, names, where="the releases", then="Use one of these.") from None

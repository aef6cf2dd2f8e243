"""An earlier release beside a later one: what moved between them, and the people who had come by then."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from workbench.assessment.changes import Changes, count_changes
from workbench.catalog.cohort import Cohort
from workbench.catalog.criteria.attributes import Mask
from workbench.catalog.listing import listed
from workbench.catalog.releases import Release, up_to_release
from workbench.catalog.repository import Repository
from workbench.catalog.sources.idc_versions import AS_TODAY, served_series
from workbench.errors import unknown_name

_UNKNOWN = ("n_lost", "n_revised")  # of a source that keeps only what it has
_KEYS = {"patients": "patient_key", "studies": "study_key", "series": "source_row"}


@dataclass(frozen=True, eq=False)
class EarlierRelease:
    """What an earlier release held of a cohort.

    Attributes
    ----------
    name : str
        Such as ``"version 24"``.
    release : str
        Its own name, such as ``"24"``.
    changes : Changes
        From this release to the later one.
    mask : numpy.ndarray
        (n_series,), bool: all series of today of the patients who had come by then.
    others : tuple of polars.DataFrame or None
        What the two held of series that are not followed, as `workbench.assessment.changes.count_changes` takes them;
        None where a source does not tell what moved.
    """

    name: str
    release: str
    changes: Changes
    mask: Mask
    others: tuple[pl.DataFrame, pl.DataFrame] | None = None


def go_back(cohort: Cohort, earlier: str, later: Release) -> EarlierRelease:
    """Return what an earlier release held, and what moved until a later one.

    Of the IDC everything is known that moved. Another source tells only what came and when, not what it withdrew or
    revised; nor can be said what was withdrawn of a cohort that takes only part of a collection.

    Parameters
    ----------
    cohort : Cohort
        Whose series are followed, such as all people; not narrowed to a release.
    earlier : str
        A batch or a version of the source, such as ``"24"`` or ``"v24"``.
    later : Release
        What `workbench.catalog.releases.up_to_release` gives.

    Returns
    -------
    EarlierRelease
        Whose changes say that nothing moved where both are the same.

    Raises
    ------
    UnknownNameError
        For a text that is no release.
    ValueError
        For a source without releases, and for a release after the later one.

    Examples
    --------
    >>> from workbench.catalog.commons import open_catalog
    >>> people = open_catalog("synthetic").everything
    >>> go_back(people, "2024-03-04", up_to_release(people)).changes.is_equal
    True
    """
    repository = cohort.repository
    asked = earlier[1:] if earlier[:1] == "v" and earlier[1:].isdigit() else earlier
    if not later.over:
        raise ValueError(
            f"Received compare_to={earlier!r}. {repository.name} has no releases to go back to, only its version "
            f"{repository.version}; the folder of an earlier report of it would be right. Give that folder."
        )
    before = _version(repository, asked) if repository.key == "idc" else up_to_release(Cohort(repository), asked).name
    names = (f"{later.kind} {before}", f"{later.kind} {later.name}")
    if _order(before) > _order(later.name):
        raise ValueError(
            f"Received compare_to={earlier!r}, which came after {names[1]}. An earlier {later.kind} would be right. "
            "Swap the two, or leave the release empty for the latest."
        )
    if repository.key == "idc":
        return _of_idc(cohort, before, later.name, names)
    came = [up_to_release(Cohort(repository), name).cohort.mask & cohort.mask for name in (before, later.name)]
    frames = [_series(repository, mask).with_columns(content=0) for mask in came]
    return EarlierRelease(names[0], before, count_changes(*frames, names=names, unknown=_UNKNOWN), came[0])


def _version(repository: Repository, asked: str) -> str:
    known = [str(number) for number in repository.versions["idc_version"].sort()]
    if asked not in known:
        raise unknown_name("version", asked, known, where=f"the {repository.name}", then="Compare with one of these.")
    return asked


def _order(release: str) -> tuple[int, str]:
    """Versions as numbers, days as they are written."""
    return (int(release), "") if release.isdigit() else (0, release)


def _of_idc(cohort: Cohort, before: str, later: str, names: tuple[str, str]) -> EarlierRelease:
    repository, mask = cohort.repository, cohort.mask
    today = _series(repository, None)
    chosen = pl.DataFrame({"series": today["series"], "chosen": mask})
    whole, others = _collections(today, mask)
    unchanged = today.with_columns(content=pl.lit(AS_TODAY, pl.UInt32))
    last = str(repository.versions["idc_version"].max())
    held = [unchanged if version == last else served_series(today, int(version)) for version in (before, later)]
    # What was withdrawn since has no values to select by: it follows its collection.
    ours = pl.coalesce("chosen", ~pl.col("collection_id").cast(pl.String).is_in(others) if whole else False)
    told = [each.join(chosen, on="series", how="left").with_columns(chosen=ours) for each in held]
    kept = [each.filter("chosen") for each in told]
    left = (told[0].filter(~pl.col("chosen")), told[1].filter(~pl.col("chosen")))
    changes = count_changes(kept[0], kept[1], names=names, unknown=() if whole else _UNKNOWN[:1])
    had_come = np.zeros(repository.column("patients", "patient_key").len(), dtype=np.bool_)
    numbers = held[0]["patients"].unique().to_numpy()
    had_come[numbers[numbers < len(had_come)]] = True
    then = mask & had_come[repository.column("series", "patient_key").to_numpy()]
    return EarlierRelease(names[0], before, changes, then, left)


def _series(repository: Repository, mask: Mask | None) -> pl.DataFrame:
    """One row a series; of a patient or a study whose series are not listed, one without."""
    columns = {"collection_id": "collection_id", **_KEYS}
    rows = pl.DataFrame([repository.column("series", theirs).alias(ours) for ours, theirs in columns.items()])
    if mask is None:
        return rows
    present = pl.Series(listed(repository, mask))
    return rows.with_columns(series=pl.when(present).then("series")).filter(mask)


def _collections(today: pl.DataFrame, mask: Mask) -> tuple[bool, list[str]]:
    """Whether every collection is selected whole or not at all, and which are not at all."""
    shares = (
        today.select("collection_id", chosen=mask)
        .group_by("collection_id")
        .agg(any=pl.any("chosen"), all=pl.all("chosen"))
    )
    whole = bool((shares["any"] == shares["all"]).all())
    return whole, shares.filter(~pl.col("any"))["collection_id"].cast(pl.String).to_list()

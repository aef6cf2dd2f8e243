"""Examine what is stored: the cache folder, the embedded index, the pages that were written."""

import os
import re
import shlex
import time
from pathlib import Path

from workbench.cache import CACHE_VARIABLE, is_sealed, wanted_folder
from workbench.presentation.doctor.checks import Check

# Parts of the cache of which one is in use, the newest; of files of your own there may be many, each in use.
_ONE_OF = re.compile(
    r"(idc|idc-collections|vega|pages-idc|synthetic-\w+?|pages-synthetic-\w+?)-([0-9.]+|[0-9a-f]{12}).*"
)
_STALE_MB = 200
_DAY_SECONDS = 86_400


def look_at_cache() -> Check:
    """Return whether the cache folder can be written, its size, and how much of it nothing uses any more.

    Returns
    -------
    Check
        Needed; ``warning`` where a temporary folder takes its place, or much lies there for nothing.
    """
    folder = wanted_folder()
    nearest = next(each for each in [folder, *folder.parents] if each.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        words = f"{folder} cannot be written; each session makes its tables anew in a temporary folder."
        return Check("Cache", "warning", words, f"export {CACHE_VARIABLE}=FOLDER (one that you may write to)", True)
    if not folder.exists():
        return Check("Cache", "ok", f"{folder} will be made at the first use.", needed=True)
    stale = _stale(folder)
    size, unused = _size_mb(folder), sum(_size_mb(each) for each in stale)
    words = f"{size:,.0f} MB in {folder}, of which nothing uses {unused:,.0f} MB any more."
    if unused > _STALE_MB:
        # What a running process just opened is not among these, and all of it can be made again.
        doomed = " ".join(shlex.quote(str(each)) for each in stale)
        return Check("Cache", "warning", words, f"rm -r {doomed}", True)
    return Check("Cache", "ok", words, needed=True)


def look_at_index() -> Check:
    """Return whether the embedded index of IDC is there, can be read, and is prepared.

    Returns
    -------
    Check
        Needed.
    """
    import polars as pl

    from workbench.catalog.sources.idc_package import package_version, raw_path

    rows = pl.scan_parquet(raw_path("idc_index")).select(pl.len()).collect().item()
    words = f"Version {package_version()}, {rows:,} series"
    prepared = sorted(wanted_folder().glob(f"idc-{package_version()}-*"), key=_age)
    if not prepared:
        return Check("IDC index", "ok", f"{words}; the first use prepares it, in about ten seconds.", needed=True)
    if not is_sealed(prepared[0]):
        words = f"{words}; what was prepared of it in {prepared[0]} was changed, and the next use prepares it anew."
        return Check("IDC index", "warning", words, "workbench catalog", True)
    return Check("IDC index", "ok", f"{words}, prepared.", needed=True)


def look_at_aggregates() -> Check:
    """Return whether the public pages were written.

    Returns
    -------
    Check
        Not needed: ``workbench serve`` writes them at its first start.
    """
    named = os.environ.get("WORKBENCH_AGGREGATES")
    place = Path(named).expanduser() if named else min(wanted_folder().glob("pages-*"), key=_age, default=None)
    if place is None:
        words = "Not written yet; workbench serve writes them at its first start."
        return Check("Public pages", "missing", words, "workbench site aggregates")
    return _of_pages(place, is_cached=not named)


def _of_pages(place: Path, *, is_cached: bool) -> Check:
    from workbench.presentation.page import load_page
    from workbench.presentation.pages import list_pages

    mend = "workbench site aggregates" if is_cached else f"workbench site aggregates --out {shlex.quote(str(place))}"
    names = [name for name in list_pages() if (place / f"{name}.json").is_file()]
    if not names:
        return Check("Public pages", "warning", f"No page lies in {place}.", mend)
    for name in names:
        try:
            load_page(place, name=name)
        except (OSError, ValueError) as problem:
            return Check("Public pages", "warning", f"{name}: {problem}", mend)
    days = int(_age(place) / _DAY_SECONDS)
    written = "today" if days == 0 else f"{days} day{'s' * (days != 1)} ago"
    return Check("Public pages", "ok", f"{', '.join(names)}; written {written} in {place}.")


def _stale(folder: Path) -> list[Path]:
    """What nothing uses any more: all but the newest of a kind, and what an interrupted run left behind."""
    newest: dict[str, Path] = {}
    unused = []
    for place in sorted((each for each in folder.iterdir() if each.is_dir()), key=_age):
        kind = _ONE_OF.fullmatch(place.name)
        if place.name.startswith("."):
            unused += [place] if _age(place) > _DAY_SECONDS else []
        elif kind and newest.setdefault(kind[1], place) != place:
            unused.append(place)
    return sorted(unused)


def _age(place: Path) -> float:
    """Seconds since something was written there."""
    return time.time() - place.stat().st_mtime


def _size_mb(place: Path) -> float:
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file()) / 1e6

"""What a batch of reports remembers, so that a second run makes only what is missing or out of date."""

import hashlib
import importlib.metadata
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.catalog.cohort import Cohort
from workbench.presentation.reports.running import Job, Report
from workbench.provenance import file_digest

#: The file by which the folder of a batch is known.
BATCH = "batch.json"

_SCHEMA = "workbench-report-batch/1"
_PACKAGES = ("imaging-workbench", "idc-index-data")
_NO_CONTENT = ("created", "counts")  # of a cohort's definition: what does not change what it selects


def read_batch(folder: Path, report: str) -> Mapping[str, str]:
    """Return what an earlier run of a batch made.

    Parameters
    ----------
    folder : pathlib.Path
        Of the batch.
    report : str
        Of which report it should be.

    Returns
    -------
    mapping of str to str
        Folder to fingerprint; empty where there is nothing yet.

    Raises
    ------
    FileExistsError
        When the folder holds something else.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return {}
    try:
        written = json.loads((folder / BATCH).read_text(encoding="utf-8"))
        known = written["done"] if (written["schema"], written["report"]) == (_SCHEMA, report) else None
    except (OSError, ValueError, LookupError, TypeError):
        known = None
    if not isinstance(known, dict):
        raise FileExistsError(
            f"{folder} holds something else than an earlier run of {report}. A new or empty folder would be right, or "
            "that of the run to go on with. Pass another with --out."
        )
    return known


def write_batch(folder: Path, report: str, done: Mapping[str, str], failed: Mapping[str, str]) -> None:
    """Remember what is made.

    Parameters
    ----------
    folder : pathlib.Path
        Of the batch.
    report : str
        Of which report.
    done : mapping of str to str
        Folder to fingerprint.
    failed : mapping of str to str
        Folder to reason, of which the folders are kept.
    """
    told = {"schema": _SCHEMA, "report": report, "done": dict(sorted(done.items())), "failed": sorted(failed)}
    staging = folder / f".{BATCH}.part"
    staging.write_text(f"{json.dumps(told, indent=1)}\n", encoding="utf-8")
    staging.replace(folder / BATCH)


def found_report(folder: Path) -> Report | None:
    """Return the report that lies in a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Of one report.

    Returns
    -------
    Report or None
        None when there is none.
    """
    report = Report(folder, folder / "report.ipynb", folder / "report.html", folder / "report.pdf")
    if not report.html.is_file():
        return None
    return report if (folder / "report.pdf").is_file() else Report(folder, report.notebook, report.html, None)


def fingerprint(job: Job) -> str:
    """Return what a report depends on, as far as it is known before it is run; a change of any makes it anew.

    Parameters
    ----------
    job : Job
        The report to make.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    told = [
        job.entry.name,
        file_digest(job.entry.notebook),
        [_version(name) for name in _PACKAGES],
        file_digest(job.commons) if job.commons else "",
        {name: _content(value) for name, value in sorted(job.values.items())},
        job.pdf,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _content(value: Any) -> Any:
    """A file by its hash, a folder by the sizes and times of its files, a cohort by what it selects."""
    if isinstance(value, Cohort):
        return {key: each for key, each in value.definition().items() if key not in _NO_CONTENT}
    path = Path(str(value))
    if path.is_absolute() and path.is_file():
        return [str(path), file_digest(path)]
    if path.is_absolute() and path.is_dir():
        files = ((each.name, each.stat()) for each in sorted(path.iterdir()))
        return [str(path), [(name, found.st_size, found.st_mtime_ns) for name, found in files]]
    return value

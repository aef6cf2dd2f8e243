"""Make one report: check its parameters, run its notebook, and write page, PDF and RO-Crate; whole or not at all."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import DeadKernelError

from workbench.cache import say
from workbench.catalog.cohort import Cohort
from workbench.catalog.disclosure import COPY_STAMP, EXACT_STAMP
from workbench.presentation.identity import Identity, read_identity
from workbench.presentation.offline import find_chromium
from workbench.presentation.reports.collections import ReportEntry, find_report
from workbench.presentation.reports.crate import CRATE, Made, write_crate
from workbench.presentation.reports.engine import KeptKernel
from workbench.presentation.reports.executed import clean_notebook, forget_paths, stamp_tables
from workbench.presentation.reports.kernel import COMMONS_VARIABLE, commons_file
from workbench.presentation.reports.page import report_page
from workbench.presentation.reports.parameters import PROVENANCE, check_parameters
from workbench.presentation.reports.printing import check_browser, print_pdf
from workbench.provenance import run_time


@dataclass(frozen=True)
class Report:
    """The files of one run.

    Attributes
    ----------
    folder : pathlib.Path
        Holds everything.
    notebook, html : pathlib.Path
        The executed notebook and the self-contained page.
    pdf : pathlib.Path or None
        None when no Chromium was found to print it, or none was wanted.
    """

    folder: Path
    notebook: Path
    html: Path
    pdf: Path | None


@dataclass(frozen=True)
class Job:
    """One report to make, its parameters checked.

    Attributes
    ----------
    entry : ReportEntry
        Which report.
    values : mapping of str to object
        Its parameters as they were given, checked.
    commons : pathlib.Path or None
        The file that says who publishes it.
    identity : Identity
        What that file says.
    pdf : bool
        Whether a PDF is printed.
    made : datetime.datetime
        The stamp.
    """

    entry: ReportEntry
    values: Mapping[str, Any]
    commons: Path | None
    identity: Identity
    pdf: bool
    made: datetime


def render_report(
    name: str,
    *,
    out: str | Path | None = None,
    commons: str | Path | None = None,
    pdf: bool | None = None,
    **parameters: Any,
) -> Report:
    """Return a report made by running its notebook with the given parameters.

    Parameters
    ----------
    name : str
        One of ``notebooks/collections.toml``: ``workbench report --help`` lists them.
    out : str or pathlib.Path, optional
        The folder to write; by default a new one under ``reports/``, named by report and time.
    commons : str or pathlib.Path, optional
        A file that says who publishes it: name, logo, source, contact and more.
    pdf : bool, optional
        Whether a PDF is printed; by default where there is a Chromium.
    **parameters : object
        Parameters of the notebook: ``cohort``, what `Cohort.save` wrote or a `Cohort` itself; ``source``, the name,
        path or address that `workbench.catalog.commons.open_catalog` takes; ``reference`` and others.

    Returns
    -------
    Report
        The folder appears whole or not at all.

    Raises
    ------
    UnknownNameError
        For a report or parameter that does not exist.
    FileExistsError, PermissionError
        When `out` holds something already, or cannot be written.
    FileNotFoundError
        When a PDF is wanted and there is no Chromium, or for a file that does not exist.
    TypeError, ValueError
        For parameters of another kind or outside their range; for a cohort of a source that lies where only you know,
        without ``source``.
    """
    job = plan_report(name, parameters, commons=commons, pdf=pdf)
    default = Path("reports") / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    target = (Path(out).expanduser() if out else default).resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FileExistsError(
            f"{out} is a file or a folder that is not empty. A new or empty folder would be right, so that nothing "
            "is lost. Pass another with --out, or remove this one."
        )
    kernel = KeptKernel()
    try:
        return write_report(job, target, kernel, progress=sys.stderr.isatty())
    finally:
        kernel.close()


def plan_report(
    name: str, parameters: Mapping[str, Any], *, commons: str | Path | None = None, pdf: bool | None = None
) -> Job:
    """Return a report to make, with everything checked that can be checked before a kernel starts.

    Parameters
    ----------
    name : str
        Of the report.
    parameters : mapping of str to object
        As they were typed, or as Python has them.
    commons : str or pathlib.Path, optional
        A file that says who publishes it; by default the one that ``WORKBENCH_COMMONS`` names.
    pdf : bool, optional
        Whether a PDF is printed; by default where there is a Chromium.

    Returns
    -------
    Job
        For `write_report`.
    """
    entry = find_report(name)
    file = commons_file(commons)
    identity = read_identity(file)
    own = {"source": identity.source}
    own |= {"earlier": identity.earlier} if identity.describes(parameters.get("source")) else {}
    usual = {each: value for each, value in own.items() if value and each in entry.parameters}
    values = check_parameters(entry, usual | dict(parameters))
    if pdf:
        check_browser()
    wanted = find_chromium() is not None if pdf is None else pdf
    if pdf is None and not wanted:
        say("No PDF: Chromium was not found. The page report.html is complete; for a PDF: apt-get install chromium")
    return Job(entry, values, file, identity, wanted, run_time())


def write_report(job: Job, target: Path, kernel: KeptKernel, *, progress: bool = False, again: bool = False) -> Report:
    """Make one report; its folder appears whole or not at all.

    Parameters
    ----------
    job : Job
        What to make.
    target : pathlib.Path
        A folder that is absent or empty; or one that holds a report, to make it `again`.
    kernel : KeptKernel
        Runs the notebook.
    progress : bool
        Whether a bar is shown.
    again : bool
        Whether an earlier report in `target` is replaced.

    Returns
    -------
    Report
        In `target`.

    Raises
    ------
    RuntimeError
        When the notebook stops, with its reason.
    PermissionError
        When `target` cannot be written.
    """
    staging = _staging(target)
    try:
        _make(job, staging, kernel, progress=progress)
        if again and (target / CRATE).is_file():
            shutil.rmtree(target)
        elif target.exists():
            target.rmdir()
        staging.replace(target)
    except papermill.PapermillExecutionError as error:
        reason = forget_paths(forget_paths(str(error.evalue), [staging], "its folder"), _paths(job.values))
        raise RuntimeError(
            f"The report {job.entry.name} stopped: {reason} Nothing was written; correct it and run it again."
        ) from error
    except DeadKernelError as error:
        raise RuntimeError(
            f"The report {job.entry.name} stopped: its kernel died, as it does where memory runs out. Fewer reports at "
            "once, or a smaller source, would be right. Nothing was written; run it again, of many with --jobs 1."
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    pdf = target / "report.pdf"
    return Report(target, target / "report.ipynb", target / "report.html", pdf if pdf.exists() else None)


def _staging(target: Path) -> Path:
    """A new folder beside the target."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent)).resolve()
    except OSError as problem:
        in_the_way = isinstance(problem, FileExistsError | NotADirectoryError)
        reason = "a file is where a folder should be" if in_the_way else problem.strerror
        raise PermissionError(
            f"{target} cannot be written: {reason}. A folder in a place where you may write would be right. "
            "Name another with --out."
        ) from problem
    staging.chmod(0o755)  # mkdtemp makes it private; a report is written to be shown
    return staging


def _make(job: Job, folder: Path, kernel: KeptKernel, *, progress: bool) -> None:
    values = dict(job.values)
    if isinstance(values.get("cohort"), Cohort):  # the report reads it there, and writes it again
        values["cohort"] = str(values["cohort"].save(folder / "cohort.yaml", members=False))
    environment = {"SOURCE_DATE_EPOCH": str(int(job.made.timestamp()))}
    environment |= {COMMONS_VARIABLE: str(job.commons)} if job.commons else {}
    executed, page = folder / "report.ipynb", folder / "report.html"
    given = values | {"folder": str(folder)}
    kernel.run(job.entry.notebook, executed, parameters=given, environment=environment, progress=progress)
    notebook = clean_notebook(executed, values)
    provenance = _provenance(folder)
    told = _told(job, values, provenance)
    page.write_text(report_page(notebook, title=job.entry.title, identity=job.identity, made=told), encoding="utf-8")
    stamp_tables(folder, (EXACT_STAMP, COPY_STAMP))
    if job.pdf:
        try:
            print_pdf(page, folder / "report.pdf", made=job.made)
        except subprocess.SubprocessError:
            say("No PDF: Chromium could not print the page. The page report.html is complete; open it and print it.")
    every = {name: values.get(name, parameter.default) for name, parameter in job.entry.parameters.items()}
    write_crate(folder, Made(job.entry, every, job.identity, job.made, provenance))


def _paths(values: Mapping[str, Any]) -> list[Path]:
    return [Path(value) for value in values.values() if isinstance(value, str)]


def _provenance(folder: Path) -> dict[str, Any]:
    """What the notebook says of its data and software; a report may leave it out."""
    path = folder / PROVENANCE
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return read


def _told(job: Job, values: Mapping[str, Any], provenance: Mapping[str, Any]) -> dict[str, str]:
    """What the page says below of how it was made."""
    versions = provenance.get("versions") or {}
    software = [f"{name} {version}" for name, version in versions.items() if version != "not installed"]
    commons = [f"--commons {job.commons.name}"] if job.commons else []
    words = [f"--{name.replace('_', '-')} {_word(value)}" for name, value in values.items() if value != ""]
    return {
        "Data": f"{provenance['source']}, {provenance.get('version', '')}" if "source" in provenance else "",
        "Software": ", ".join(software),
        "Made": f"{job.made:%Y-%m-%d %H:%M} UTC",
        "To make it again": " ".join(["workbench report", job.entry.name, *commons, *words]),
    }


def _word(value: Any) -> str:
    """A value as it is typed; of a path its name."""
    text = str(value)
    word = Path(text).name if Path(text).is_absolute() else text
    return f"'{word}'" if " " in word else word

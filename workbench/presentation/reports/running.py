"""Reports: a notebook run by papermill with checked parameters, as notebook, web page, PDF and tables in one folder."""

import ast
import html
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

import nbconvert
import nbformat
import papermill
from traitlets.config import Config

from workbench.assessment.references import list_references
from workbench.assets import asset_path
from workbench.cache import say
from workbench.catalog.cohort import Cohort
from workbench.catalog.definition import read_definition
from workbench.catalog.sources.recognize import place_of
from workbench.errors import brief, unknown_name
from workbench.presentation.offline import drop_outside_references, find_chromium, print_pdf

#: Report name -> the notebook that makes it.
REPORTS: Mapping[str, str] = {
    "cohort_profile": "31_cohort_profile.ipynb",
    "release_census": "30_release_census.ipynb",
}
# The kernel's log only; what a cell raises comes back by itself. At a lower level it speaks of encryption, and calls
# the interrupt an error by which jupyter_client begins every shutdown, once all cells have run.
_QUIET = ["--IPKernelApp.log_level=50"]
_OBJECTS: Mapping[str, type] = {"cohort": Cohort}  # parameters that may be more than words
_RIGHT = {
    "cohort": "A cohort, or the path of what cohort.save('cohort.yaml') wrote,",
    "source": "The name, path or address that open_catalog was given",
}
_WORDS = {"true": True, "yes": True, "false": False, "no": False}  # how a switch is typed


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
        None when no Chromium was found to print it.
    """

    folder: Path
    notebook: Path
    html: Path
    pdf: Path | None


def render_report(name: str, *, out: str | Path | None = None, **parameters: Any) -> Report:
    """Return a report made by running its notebook with the given parameters.

    Parameters
    ----------
    name : str
        One of `REPORTS`.
    out : str or pathlib.Path, optional
        The folder to write; by default a new one under ``reports/``, named by report and time.
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
    FileExistsError
        When `out` holds something already.
    TypeError, ValueError
        For a parameter of another kind; for a cohort of a source that lies where only you know, without ``source``.
    """
    if name not in REPORTS:
        raise unknown_name("report", name, REPORTS, where="the workbench", then="Use one of these.")
    source = asset_path("notebooks", REPORTS[name])
    given = _checked(name, notebook_parameters(source), parameters)
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = (Path(out) if out else Path("reports") / f"{name}-{now}").resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise FileExistsError(
            f"{out} is a file or a folder that is not empty. A new or empty folder would be right, so that nothing "
            "is lost. Pass another with --out, or remove this one."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent)).resolve()
    try:
        staging.chmod(0o755)  # mkdtemp makes it private; a report is written to be shown
        if isinstance(given.get("cohort"), Cohort):  # the report reads it there, and writes it again
            given["cohort"] = given["cohort"].save(staging / "cohort.yaml", members=False)
        try:
            _run(source, staging, _absolute(given) | {"folder": str(staging)})
        except papermill.PapermillExecutionError as error:
            raise RuntimeError(
                f"The report {name} stopped: {error.evalue} Nothing was written; correct it and run it again."
            ) from error
        if target.exists():
            target.rmdir()
        staging.replace(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    pdf = target / "report.pdf"
    return Report(target, target / "report.ipynb", target / "report.html", pdf if pdf.exists() else None)


def notebook_parameters(path: Path) -> dict[str, Any]:
    """Return the names and defaults of a notebook's parameters, except the folder it writes to.

    Parameters
    ----------
    path : pathlib.Path
        A notebook with a cell tagged ``parameters``.

    Returns
    -------
    dict
        Name to default.
    """
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # nbformat has no types
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assigned: dict[str, Any] = {}
    for statement in ast.parse("\n".join(cell.source for cell in cells)).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            assigned[statement.targets[0].id] = ast.literal_eval(statement.value)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
            assigned[statement.target.id] = ast.literal_eval(statement.value)
    return {parameter: default for parameter, default in assigned.items() if parameter != "folder"}


def _checked(report: str, known: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with switches as switches, and the source of a cohort that names it by itself."""
    checked = {given: str(value) if isinstance(value, Path) else value for given, value in parameters.items()}
    for given, value in parameters.items():
        if given not in known:
            raise unknown_name("parameter", given, known, where=f"the report {report}", then="Correct the name.")
        if isinstance(known[given], bool):
            checked[given] = _switch(given, str(value))
        elif not isinstance(value, str | Path | int | float | _OBJECTS.get(given, str)):
            right = _RIGHT.get(given, "A text")
            raise TypeError(
                f"{given}= of the type {type(value).__name__} was received. {right} would be right. Pass that."
            )
    if checked.get("cohort"):
        checked.setdefault("source", _source_of(checked["cohort"], named="source" in checked))
    return checked


def _source_of(cohort: Cohort | str, *, named: bool) -> str:
    """Return the key of a cohort's source; a source that is found by its place has to be named."""
    if isinstance(cohort, Cohort):
        said, key = "The cohort", cohort.repository.key
    else:
        said, key = Path(cohort).name, str(read_definition(Path(cohort))["source"].get("key"))
    place = place_of(key)
    if place is not None and not named:
        raise ValueError(
            f"{said} was selected from a source of the kind {brief(repr(key))}, which lies where only you know. "
            f"Its {place[0]} would be right. Add --source {place[1]}, or in Python source='{place[1]}'."
        )
    return key


def _switch(name: str, word: str) -> bool:
    if word.lower() not in _WORDS:
        raise ValueError(f"{name} {word} was received. True or False would be right. Write --{name} True.")
    return _WORDS[word.lower()]


def _absolute(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the paths of what exists absolute, since the notebook runs elsewhere; a name of ours is no path."""
    names = {"source": {"idc", "synthetic"}, "reference": set(list_references()), "cohort": set[str]()}
    return {
        name: str(Path(str(value)).expanduser().resolve())
        if value and name in names and str(value) not in names[name] and Path(str(value)).expanduser().exists()
        else value
        for name, value in parameters.items()
    }


def _run(source: Path, folder: Path, parameters: dict[str, Any]) -> None:
    executed = folder / "report.ipynb"
    papermill.execute_notebook(
        str(source),
        str(executed),
        parameters=parameters,
        kernel_name="python3",
        progress_bar=sys.stderr.isatty(),
        cwd=str(folder),
        extra_arguments=_QUIET,
    )
    _forget_folder(executed, folder)
    page = folder / "report.html"
    exporter = nbconvert.HTMLExporter(  # type: ignore[no-untyped-call]  # nbconvert has no types
        config=Config(
            {
                "HTMLExporter": {
                    "exclude_input": True,
                    "exclude_output_prompt": True,
                    "embed_images": True,
                    "preprocessors": ["nbconvert.preprocessors.TagRemovePreprocessor"],
                },
                "TagRemovePreprocessor": {"remove_cell_tags": ["notebook-only"]},
            }
        )
    )
    named = {"metadata": {"name": executed.stem, "path": str(folder)}}
    body, _ = exporter.from_notebook_node(_without_empty_sections(executed), resources=named)
    page.write_text(_styled(drop_outside_references(body), _title(source)), encoding="utf-8")
    if find_chromium() is None:
        say("No PDF: Chromium was not found. The page report.html is complete; for a PDF: apt-get install chromium")
        return
    try:
        print_pdf(page, folder / "report.pdf")
    except subprocess.SubprocessError:
        say("No PDF: Chromium could not print the page. The page report.html is complete; open it and print it.")


def _without_empty_sections(executed: Path) -> Any:
    """The notebook without the headings below which its code showed nothing."""
    notebook = nbformat.read(executed, as_version=4)  # type: ignore[no-untyped-call]
    sections: list[list[Any]] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" or not sections:
            sections.append([])
        sections[-1].append(cell)
    notebook.cells = [cell for section in sections if _says_something(section) for cell in section]
    return notebook


def _says_something(section: list[Any]) -> bool:
    code = [cell for cell in section if cell.cell_type == "code"]
    return not code or any(cell.outputs for cell in code)


def _title(source: Path) -> str:
    """The heading of a notebook, without the number that its file name sorts by."""
    first = nbformat.read(source, as_version=4).cells[0].source.splitlines()[0]  # type: ignore[no-untyped-call]
    return str(first).lstrip("# 0123456789")


def _styled(body: str, title: str) -> str:
    """Add the look of a report and open the tables, which paper cannot unfold."""
    style = (Path(__file__).parent.parent / "jupyter" / "report.css").read_text(encoding="utf-8")
    body = body.replace("<title>report</title>", f"<title>{html.escape(title)}</title>", 1)
    return body.replace("</head>", f"<style>{style}</style></head>", 1).replace("<details>", "<details open>")


def _forget_folder(executed: Path, folder: Path) -> None:
    """Keep file names only, so that two runs give the same text and no path of this machine is told."""
    text = executed.read_text(encoding="utf-8")
    known = nbformat.read(executed, as_version=4).metadata.get("papermill", {})  # type: ignore[no-untyped-call]
    told = [known.get("input_path"), known.get("output_path"), *known.get("parameters", {}).values()]
    for path in {str(path) for path in told if path and Path(str(path)).is_absolute()} - {str(folder)}:
        text = text.replace(json.dumps(path)[1:-1], Path(path).name)
    for spelled in (json.dumps(str(folder))[1:-1], json.dumps(json.dumps(str(folder))[1:-1])[1:-1]):
        text = text.replace(spelled, ".")
    executed.write_text(text, encoding="utf-8")

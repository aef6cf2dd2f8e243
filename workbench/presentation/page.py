"""A public page: one aggregates file in, one widget out, and no way to reach a row."""

import datetime as dt
import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any, Literal

import anywidget
import traitlets

from workbench.presentation.frontend import whole_script, whole_style
from workbench.presentation.manifest import MANIFEST, PAGE_SCHEMA, SITE_SCHEMA, seal_of
from workbench.presentation.pages import PageEntry, list_pages, pages_beside

#: Environment variable with the folder of aggregates, or one file.
AGGREGATES_VARIABLE = "WORKBENCH_AGGREGATES"

#: Why a page cannot be shown as it is.
Problem = Literal["missing", "stale", "tampered", "schema"]

_KEYS = ("title", "groups", "figures")
_NEXT = "Write it: workbench site aggregates"
_LOG = logging.getLogger(__name__)


class PageProblem(ValueError):  # noqa: N818 - a page that is merely old is no error
    """A page that cannot be shown as it is.

    Parameters
    ----------
    kind : str
        ``"missing"``, ``"stale"``, ``"tampered"`` or ``"schema"``.
    message : str
        What came, what would be right, what to do.
    page : dict, optional
        The content, where it can be told although it is old.
    """

    def __init__(self, kind: Problem, message: str, page: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.kind: Problem = kind
        self.page = page


class PageView(anywidget.AnyWidget):
    """A whole public page as one widget.

    It is drawn in the browser by the local Vega bundle; no request leaves the machine and nothing comes back to Python.

    Parameters
    ----------
    page : dict
        What `load_page` returns.
    entry : PageEntry
        What draws it.
    """

    page = traitlets.Dict().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, page: dict[str, Any], entry: PageEntry) -> None:
        super().__init__(page=page | pages_beside(), _esm=whole_script(entry), _css=whole_style(entry))


def page_view(name: str, aggregates: str | Path | None = None) -> PageView:
    """Return a public page ready to be shown; where its numbers cannot be, a page that says so in plain words.

    Parameters
    ----------
    name : str
        A key of `workbench.presentation.pages.list_pages`.
    aggregates : str or pathlib.Path, optional
        The file, or the folder of files. By default the environment variable ``WORKBENCH_AGGREGATES`` names it.

    Returns
    -------
    PageView
        Show it as the last line of a cell. The log gets the reason, without values or private paths.
    """
    entry = list_pages()[name]
    try:
        page = load_page(aggregates, name=name)
    except PageProblem as problem:
        _LOG.warning("The page %s cannot be shown as it is: %s", name, problem.kind)
        page = problem_page(problem.kind, title=entry.title, old=problem.page)
        page = {"identity": served_identity()} | page
        entry = entry if problem.page else PageEntry(name, entry.title, entry.question)
    return PageView(page | {"key": name}, entry)


def served_identity() -> dict[str, str]:
    """Return whose pages are served here, as the list of the folder that ``WORKBENCH_AGGREGATES`` names says it.

    Returns
    -------
    dict of str to str
        What `workbench.presentation.identity.Identity.entry` gave; empty where nothing readable says it.
    """
    folder = Path(os.environ.get(AGGREGATES_VARIABLE) or "/nowhere").expanduser()
    try:
        told = (_manifest(folder, required=False) or {}).get("identity")
    except PageProblem:
        return {}
    return {str(key): str(value) for key, value in told.items()} if isinstance(told, dict) else {}


def problem_page(kind: Problem, *, title: str, old: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the page that is shown in place of one whose numbers cannot be.

    Parameters
    ----------
    kind : str
        ``"missing"``, ``"stale"``, ``"tampered"`` or ``"schema"``.
    title : str
        Of the page that was asked for.
    old : dict, optional
        The content of a stale page, which stands behind a button.

    Returns
    -------
    dict
        A page with ``problem``; it holds no number but those of `old`.
    """
    held = old or {"schema": PAGE_SCHEMA, "title": title, "groups": [], "figures": []}
    return held | {"problem": {"kind": kind, "as_of": held.get("as_of", "")}}


def load_page(path: str | Path | None = None, *, name: str = "overview", even_stale: bool = False) -> dict[str, Any]:
    """Return the content of one aggregates file, checked against the list of its folder.

    The file holds finished counts and chart specifications, so neither Polars nor Altair is needed to show it.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The folder that holds one file a page and their list, or one such file. Without it, the environment variable
        ``WORKBENCH_AGGREGATES`` names either.
    name : str
        Which page of a folder: a key of `workbench.presentation.pages.list_pages`.
    even_stale : bool
        Whether numbers are returned although they are older than was promised.

    Returns
    -------
    dict
        The page: title, source, groups of tiles, figures, notes, citations and provenance.

    Raises
    ------
    PageProblem
        When the page is missing, stale, not what was written, or of another form.
    """
    named = path or os.environ.get(AGGREGATES_VARIABLE)
    if not named:
        raise PageProblem(
            "missing",
            f"No aggregates were named: no path came and {AGGREGATES_VARIABLE} is not set. "
            f"A page reads a folder with {MANIFEST}. {_NEXT}",
        )
    place = Path(named).expanduser()
    file = place / f"{name}.json" if place.is_dir() else place
    manifest = _manifest(file.parent, required=place.is_dir())
    if not file.is_file():
        raise PageProblem(
            "missing",
            f"No aggregates file at {str(file)!r}. A page reads one JSON file of schema {PAGE_SCHEMA!r}. {_NEXT}",
        )
    try:
        content = file.read_bytes()
    except OSError as problem:
        raise PageProblem(
            "missing",
            f"The file {str(file)!r} cannot be read: {problem.strerror}. One that this user may read would be "
            "right. Change its permissions, or write it anew: workbench site aggregates",
        ) from problem
    _check_seal(file, content, manifest)
    page = _checked(file, content)
    good_until = (manifest or {}).get("good_until")
    if good_until and not even_stale and dt.datetime.now(dt.UTC).date() > dt.date.fromisoformat(good_until):
        raise PageProblem(
            "stale",
            f"The numbers in {str(file.parent)!r} were good until {good_until}. Newer ones would be right. "
            "Write them: workbench site aggregates",
            page,
        )
    return page


def check_folder(folder: Path) -> None:
    """Raise where the list of a folder of aggregates is not what was written.

    Parameters
    ----------
    folder : pathlib.Path
        What ``workbench site aggregates`` wrote.

    Raises
    ------
    PageProblem
        When there is no list, or it was changed; the message names the file.
    """
    _manifest(folder, required=True)


def _manifest(folder: Path, *, required: bool) -> dict[str, Any] | None:
    file = folder / MANIFEST
    if not file.is_file():
        if not required:
            return None
        raise PageProblem("missing", f"No {MANIFEST} in {str(folder)!r}. A folder of aggregates has one. {_NEXT}")
    try:
        manifest = json.loads(file.read_bytes())
        schema = manifest.get("schema")
        if schema != SITE_SCHEMA:
            raise PageProblem(
                "schema", f"The list {str(file)!r} has schema {schema!r}. A folder needs {SITE_SCHEMA!r}. {_NEXT}"
            )
        if manifest.get("seal") != seal_of(manifest):
            raise PageProblem(
                "tampered",
                f"The list {str(file)!r} is not as it was written: its seal does not fit. Names, dates and pages as "
                f"they were counted would be right. {_NEXT}",
            )
        manifest["pages"] = {each["file"]: each["sha256"] for each in manifest["pages"].values()}
        dt.date.fromisoformat(manifest.get("good_until") or "9999-12-31")
    except PageProblem:
        raise
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as problem:
        raise PageProblem(
            "tampered", f"The list {str(file)!r} cannot be read. As it was written would be right. {_NEXT}"
        ) from problem
    return dict(manifest)


def _check_seal(file: Path, content: bytes, manifest: dict[str, Any] | None) -> None:
    if manifest is not None and manifest["pages"].get(file.name) != hashlib.sha256(content).hexdigest():
        raise PageProblem(
            "tampered",
            f"The file {str(file)!r} is not what {MANIFEST} lists. A file as it was written would be right. {_NEXT}",
        )


def _checked(file: Path, content: bytes) -> dict[str, Any]:
    try:
        page = json.loads(content)
    except ValueError as problem:  # JSON and UTF-8 errors are both of this kind
        raise PageProblem(
            "tampered",
            f"The file {str(file)!r} is not JSON: {problem}. "
            f"A page reads one JSON file of schema {PAGE_SCHEMA!r}. {_NEXT}",
        ) from problem
    schema = page.get("schema") if isinstance(page, dict) else None
    if schema != PAGE_SCHEMA:
        raise PageProblem(
            "schema", f"The file {str(file)!r} has schema {schema!r}. A page needs {PAGE_SCHEMA!r}. {_NEXT}"
        )
    missing = [key for key in _KEYS if key not in page]
    if missing:
        raise PageProblem(
            "schema",
            f"The file {str(file)!r} lacks {', '.join(missing)}. A page has {', '.join(_KEYS)} and more. {_NEXT}",
        )
    return dict(page)

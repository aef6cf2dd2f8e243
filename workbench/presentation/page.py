"""A public page: one aggregates file in, one widget out, and no way to reach a row."""

import json
import os
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.presentation.vega_bundle import vega_bundle

PAGE_SCHEMA = "workbench-page/1"

#: Notebook of each public page; the first that a folder of aggregates has is the start page.
PAGES = {
    "overview": "repository_overview.ipynb",
    "census": "diversity_census.ipynb",
    "data_catalog": "data_catalog.ipynb",
}
#: Environment variable with the pages that are served side by side, as JSON: pairs of title and address.
BESIDE_VARIABLE = "WORKBENCH_PAGES"

_FRONTEND = Path(__file__).resolve().parent / "jupyter"
_KEYS = ("title", "groups", "figures")
_NEXT = "Write it: workbench site aggregates"


def load_page(path: str | Path | None = None, *, name: str = "overview") -> dict[str, Any]:
    """Return the content of one aggregates file.

    The file holds finished counts and chart specifications, so neither Polars nor Altair is needed to show it.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The file, or the folder that holds one file a page. Without it, the environment variable
        ``WORKBENCH_AGGREGATES`` names either.
    name : str
        Which page of a folder: one of `PAGES`.

    Returns
    -------
    dict
        The page: title, source, groups of tiles, figures, notes, citations and provenance.

    Raises
    ------
    FileNotFoundError
        When no file is named, or the named one does not exist.
    ValueError
        When the file holds something other than a page.
    """
    named = path or os.environ.get("WORKBENCH_AGGREGATES")
    if not named:
        raise FileNotFoundError(
            "No aggregates file was named: no path came and WORKBENCH_AGGREGATES is not set. "
            f"A page reads one JSON file of schema {PAGE_SCHEMA!r}. {_NEXT}"
        )
    file = Path(named).expanduser()
    if file.is_dir():
        file = file / f"{name}.json"
    if not file.is_file():
        raise FileNotFoundError(
            f"No aggregates file at {str(file)!r}. A page reads one JSON file of schema {PAGE_SCHEMA!r}. {_NEXT}"
        )
    return _checked(file)


class PageView(anywidget.AnyWidget):
    """A whole public page as one widget: header, headline numbers, figures with their tables, notes and citation.

    It is drawn in the browser by the local Vega bundle; no request leaves the machine and nothing comes back to Python.

    Parameters
    ----------
    page : dict
        What `load_page` returns.
    """

    page = traitlets.Dict().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, page: dict[str, Any]) -> None:
        super().__init__(page=page | {"pages": pages_beside()}, _esm=script_of("page.js"), _css=style_of())


def script_of(*files: str) -> str:
    """Return the whole program of a page for the browser: the Vega bundle, the parts pages share, then its own.

    Parameters
    ----------
    *files : str
        Files of the folder ``jupyter``, in their order; the last exports ``render``.

    Returns
    -------
    str
        One module that imports nothing.
    """
    texts = [vega_bundle(), *(_FRONTEND / file for file in ("page_parts.js", *files))]
    return "".join(text.read_text(encoding="utf-8") for text in texts)


def style_of(*files: str) -> str:
    """Return the style of a page: that of every public page, then its own.

    Parameters
    ----------
    *files : str
        Files of the folder ``jupyter``.

    Returns
    -------
    str
        CSS that fetches nothing.
    """
    return "".join((_FRONTEND / file).read_text(encoding="utf-8") for file in ("page.css", *files))


def pages_beside() -> list[list[str]]:
    """Return title and address of the pages served beside this one; an aggregates file knows nothing of them.

    Returns
    -------
    list of list of str
        Empty where a page stands alone.
    """
    beside: list[list[str]] = json.loads(os.environ.get(BESIDE_VARIABLE) or "[]")
    return beside


def _checked(file: Path) -> dict[str, Any]:
    try:
        page = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as problem:  # JSON and UTF-8 errors are both of this kind
        raise ValueError(
            f"The file {str(file)!r} is not JSON: {problem}. "
            f"A page reads one JSON file of schema {PAGE_SCHEMA!r}. {_NEXT}"
        ) from problem
    schema = page.get("schema") if isinstance(page, dict) else None
    if schema != PAGE_SCHEMA:
        raise ValueError(f"The file {str(file)!r} has schema {schema!r}. A page needs {PAGE_SCHEMA!r}. {_NEXT}")
    missing = [key for key in _KEYS if key not in page]
    if missing:
        raise ValueError(
            f"The file {str(file)!r} lacks {', '.join(missing)}. A page has {', '.join(_KEYS)} and more. {_NEXT}"
        )
    return dict(page)

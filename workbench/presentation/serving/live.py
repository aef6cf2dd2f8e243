"""The live pages: which notebooks a folder of aggregates has, how Voila is started for them, what they are told."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from workbench.assets import asset_path
from workbench.presentation.manifest import MANIFEST
from workbench.presentation.page import AGGREGATES_VARIABLE, load_page
from workbench.presentation.pages import PAGES_VARIABLE, list_pages

#: Where the live pages stand, below the start page.
EXPLORE = "explore/"

#: The explorer of every row, of open sources and in development only.
ROWS = "rows"
_ROWS_NOTEBOOK = "cohort_explorer.ipynb"
_ROWS_TITLE = "Explore the rows"
# What the list says of an open source -> how that source is named; every other one is opened as a controlled one. Both
# have to agree, or invented pages would stand beside the rows of a real commons.
_OPEN = {"public_rows": "idc", "synthetic": "synthetic"}
_TEMPLATES = Path(__file__).resolve().parents[1] / "jupyter"


def voila_command(
    notebooks: Mapping[str, Path],
    *,
    port: int,
    preheat: bool,
    ip: str,
    base: str = "/",
    site: Path | None = None,
) -> list[str]:
    """Return the command line that serves some notebooks.

    Parameters
    ----------
    notebooks : mapping of str to pathlib.Path
        Address below the base to notebook.
    port : int
        The port to listen on.
    preheat : bool
        Whether what starts kernels is ready before the first visitor comes.
    ip : str
        The address to listen on.
    base : str
        Path under which they stand.
    site : pathlib.Path, optional
        Folder of static pages for the root.

    Returns
    -------
    list of str
        The program and its arguments.
    """
    return [
        *(sys.executable, "-m", "workbench.presentation.serving"),
        f"--Voila.root_dir={next(iter(notebooks.values())).parent}",
        *(f"--VoilaPages.pages={name}={notebook}" for name, notebook in notebooks.items()),
        f"--VoilaPages.anew={ROWS}",  # Polars has threads, which a fork would lose
        *([f"--VoilaPages.site={site}"] if site else []),
        *(f"--port={port}", f"--Voila.ip={ip}", f"--base_url={base}", f"--VoilaPages.warm={preheat}"),
    ]


def live_pages(aggregates: Path, *, source: str = "") -> dict[str, Path]:
    """Return the notebooks to serve, after the file of every page was checked.

    Parameters
    ----------
    aggregates : pathlib.Path
        The folder with one file a page and their list, or one file, the overview's, which says nothing of whose
        rows may be seen: beside it there are none.
    source : str
        What the explorer of rows opens. Only a source whose rows are open by its kind has one, and only where the
        list, whose seal is checked, says that the pages show it openly.

    Returns
    -------
    dict of str to pathlib.Path
        Address to notebook.

    Raises
    ------
    PageProblem
        When a page is missing, old, changed or of another form.
    """
    dashboards, listed = asset_path("dashboards"), list_pages()
    if not aggregates.is_dir():
        load_page(aggregates, name="overview", even_stale=True)
        return {"overview": dashboards / listed["overview"].notebook}
    present = [key for key in listed if (aggregates / f"{key}.json").is_file()] or [next(iter(listed))]
    for key in present:
        load_page(aggregates, name=key, even_stale=True)
    pages = {key: dashboards / listed[key].notebook for key in present if listed[key].notebook}
    # The explorer of rows is for open sources, whose every count may be shown.
    manifest = json.loads((aggregates / MANIFEST).read_text(encoding="utf-8"))
    is_open = _OPEN.get(manifest.get("source", {}).get("disclosure")) == source.partition(":")[0]
    return pages | ({ROWS: dashboards / _ROWS_NOTEBOOK} if is_open else {})


def live_addresses(keys: tuple[str, ...], *, root: str = "/") -> dict[str, str]:
    """Return where each live page stands.

    Parameters
    ----------
    keys : tuple of str
        The pages.
    root : str
        Path of the start page.

    Returns
    -------
    dict of str to str
        Title to path.
    """
    return {_title(key): f"{root}{EXPLORE}{key}" for key in keys}


def page_environment(aggregates: Path, *, source: str = "", keys: tuple[str, ...], root: str = "/") -> dict[str, str]:
    """Return what the pages find in their environment.

    Parameters
    ----------
    aggregates : pathlib.Path
        What they show.
    source : str
        The repository that the explorer of rows opens.
    keys : tuple of str
        The live pages.
    root : str
        Path of the start page.

    Returns
    -------
    dict of str to str
        Variable to value.
    """
    beside = [{"key": key, "title": _title(key), "address": f"{root}{EXPLORE}{key}", "live": True} for key in keys]
    # Jupyter's own search path finds the template in a checkout and in an installed wheel alike.
    search = [str(_TEMPLATES), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    return {
        AGGREGATES_VARIABLE: str(aggregates),
        PAGES_VARIABLE: json.dumps({"home": root, "pages": beside}),
        "WORKBENCH_SOURCE": source,
        "WORKBENCH_PUBLIC": "1",
        "JUPYTER_PATH": os.pathsep.join(search),
    }


def _title(key: str) -> str:
    return _ROWS_TITLE if key == ROWS else list_pages()[key].title

"""The explorer as one widget, alike in JupyterLab and Voila: Python counts, the browser draws."""

import os
from typing import Any

import anywidget
import traitlets

from workbench.catalog.cohort import Cohort
from workbench.catalog.commons import Catalog, open_catalog
from workbench.catalog.disclosure import is_public
from workbench.catalog.repository import Repository
from workbench.presentation.explorer.actions import act
from workbench.presentation.explorer.exports import export
from workbench.presentation.explorer.state import ExplorerState
from workbench.presentation.explorer.views import SLOW_TABS, page_view
from workbench.presentation.frontend import texts_of
from workbench.presentation.glossary import glossary_of
from workbench.presentation.identity import read_identity
from workbench.presentation.page import served_identity
from workbench.presentation.pages import pages_beside

SOURCE_VARIABLE = "WORKBENCH_SOURCE"

_SCRIPTS = ("shell.js", "explorer_parts.js", "explorer_price.js", "explorer.js")
_STYLES = ("shell.css", "explorer.css", "explorer_price.css")
_COMMONS_VARIABLE = "WORKBENCH_COMMONS"
_CLOSED = (
    "{name} is a controlled source, so it cannot be explored on a public page. Sources published row by row and "
    "synthetic ones can. If you hold the data, open the explorer in your own notebook: wb.explore(catalog)."
)
_TYPES = {"bib": "application/x-bibtex", "csv": "text/csv", "json": "application/json", "svg": "image/svg+xml"}
_TYPES |= {"yaml": "application/yaml"}


class ExplorerView(anywidget.AnyWidget):
    """A cohort explorer on the page; `cohort` is what it selects at this moment.

    Parameters
    ----------
    state : ExplorerState
        What is looked at.
    public : bool
        Whether strangers look: a controlled source then stays closed.
    """

    view = traitlets.Dict().tag(sync=True)
    house = traitlets.Dict().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, state: ExplorerState, *, public: bool = False) -> None:
        self._state, self._public, self._step = state, public, 0
        repository = state.catalog.repository
        self._closed = public and repository.disclosure == "controlled"
        view = {"closed": _CLOSED.format(name=repository.name)} if self._closed else self._drawn("")
        super().__init__(view=view, house=_house(repository, view), _esm=texts_of(*_SCRIPTS), _css=texts_of(*_STYLES))
        if not self._closed:
            self.on_msg(self._receive)

    @property
    def cohort(self) -> Cohort:
        """What is selected now; use it in the next cell."""
        return self._state.cohort

    @property
    def state(self) -> ExplorerState:
        """The plain object behind the page."""
        return self._state

    def _drawn(self, answers: str, *, panel: bool = True) -> dict[str, Any]:
        self._step += 1
        opens_links = self._state.start is None
        return page_view(self._state, panel=panel) | {
            "answers": answers,
            "step": self._step,
            "opens_links": opens_links,
        }

    def _receive(self, _: Any, content: Any, __: Any) -> None:
        if not isinstance(content, dict):
            return  # not from our page
        if content.get("do") == "export":
            self._give(content)
            return
        act(self._state, content, public=self._public)
        if self._state.tab in SLOW_TABS:  # the counts first
            self.view = self._drawn(str(content.get("id", "")), panel=False)
        self.view = self._drawn(str(content.get("id", "")))

    def _give(self, content: dict[str, Any]) -> None:
        answers = str(content.get("id", ""))
        try:
            page, group = str(content.get("page", "")), self._state.group
            made = export(self.cohort, str(content.get("kind")), page=page, group=group)
        except (ValueError, LookupError) as problem:
            self._state.messages.append(("error", str(problem)))
            self.view = self._drawn(answers)
            return
        if made.file:
            media = _TYPES.get(made.file.rpartition(".")[2], "text/plain")
            answer = {"kind": "file", "name": made.file, "type": media, "answers": answers}
            self.send(answer, buffers=[made.text.encode()])
            return
        text = {"kind": made.kind, "title": made.title, "note": made.note, "text": made.text}
        self.send({"kind": "text", "text": text, "answers": answers})


def _house(repository: Repository, view: dict[str, Any]) -> dict[str, Any]:
    """What stands around the explorer: whose it is, the pages beside it, the words that it uses."""
    described = os.environ.get(_COMMONS_VARIABLE)
    return {
        "key": "rows",
        "identity": read_identity(described).entry() if described else served_identity(),
        "source": {"name": repository.name, "version": repository.version},
        "as_of": repository.version,
        "glossary": glossary_of(view),
        **pages_beside(),
    }


def explore(source: Catalog | Cohort | None = None, *, public: bool | None = None) -> ExplorerView:
    """Return the cohort explorer, a page of facets, charts and tables in which every bar is a filter.

    Parameters
    ----------
    source : Catalog or Cohort, optional
        What to explore; a cohort is where to begin. By default the source that the environment variable
        ``WORKBENCH_SOURCE`` names, else the embedded commons.
    public : bool, optional
        Whether strangers look. By default the environment variable ``WORKBENCH_PUBLIC`` says so; where it does,
        nothing here can say otherwise.

    Returns
    -------
    ExplorerView
        Show it as the last line of a cell; its ``cohort`` is live in the next one.

    Raises
    ------
    TypeError
        When something else than a catalog or a cohort came.

    Examples
    --------
    >>> explorer = explore(open_catalog("synthetic"))
    >>> explorer.cohort.counts["patients"] > 0
    True
    """
    if source is None:
        source = open_catalog(os.environ.get(SOURCE_VARIABLE) or "idc")
    if not isinstance(source, Catalog | Cohort):
        raise TypeError(
            f"explore(…) received a {type(source).__name__}. A catalog or a cohort would be right. "
            "Write for instance explore(open_catalog()) or explore(commons.where(modality='CT'))."
        )
    public = bool(public) or is_public()
    if isinstance(source, Cohort):
        return ExplorerView(ExplorerState(Catalog(source.repository), source), public=public)
    return ExplorerView(ExplorerState(source), public=public)

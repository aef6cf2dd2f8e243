"""The data catalog on the page: one aggregates file in, one widget out; questions are answered in the browser."""

import re
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.presentation.page import pages_beside, script_of, style_of

# In the order in which the browser needs them; the last exports ``render``.
_SCRIPTS = (
    "catalog_parts.js",
    "catalog_state.js",
    "catalog_files.js",
    "catalog_answer.js",
    "catalog_gallery.js",
    "catalog_card.js",
    "catalog_compare.js",
    "catalog_views.js",
    "catalog.js",
)

# Ranks as `workbench.catalog.registry` does.
_FRONTEND = Path(__file__).resolve().parent / "jupyter"
_RANKING = ("ranking_words.js", "ranking_asked.js", "ranking_questions.js", "ranking.js")
_EXPORTED = re.compile(r"^export (?=(?:async )?(?:function|const) (\w+))", re.MULTILINE)


class CatalogView(anywidget.AnyWidget):
    """The whole data catalog as one widget: a question and its answer, a gallery, a map, conflicts and cards.

    Everything happens in the browser; no request leaves the machine and nothing comes back to Python.

    Parameters
    ----------
    page : dict
        What `workbench.presentation.page.load_page` returns for ``data_catalog``.

    Raises
    ------
    ValueError
        When it is another page.
    """

    page = traitlets.Dict().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, page: dict[str, Any]) -> None:
        if "catalog" not in page:
            raise ValueError(
                f"The page {page.get('title')!r} came, which holds no data catalog. "
                'The page named data_catalog would be right. Load it: load_page(name="data_catalog")'
            )
        super().__init__(page=page | {"pages": pages_beside()}, _esm=catalog_script(), _css=style_of("catalog.css"))


def catalog_script() -> str:
    """Return the whole program of the page of the data catalog.

    Returns
    -------
    str
        One module that imports nothing. What ranking exports stands in a constant of that name, so that its names
        and those of the page cannot meet.
    """
    exported: list[str] = []

    def _note(found: re.Match[str]) -> str:
        exported.append(found[1])
        return ""

    ranking = _EXPORTED.sub(_note, ranking_script())
    scoped = f"const ranking = (() => {{\n{ranking}\nreturn {{ {', '.join(exported)} }};\n}})();\n"
    return scoped + script_of(*_SCRIPTS)


def ranking_script() -> str:
    """Return the program that reads questions, searches and recommends in the browser.

    Returns
    -------
    str
        One module that imports nothing and touches no page.
    """
    return "".join((_FRONTEND / name).read_text(encoding="utf-8") for name in _RANKING)

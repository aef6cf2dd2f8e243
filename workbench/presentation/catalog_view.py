"""The data catalog on the page: one aggregates file in, one widget out; questions are answered in the browser."""

from typing import Any

import anywidget
import traitlets

from workbench.presentation.page import pages_beside, script_of, style_of

#: In the order in which the browser needs them; the last exports ``render``.
SCRIPTS = (
    "ranking.js",
    "catalog_parts.js",
    "catalog_state.js",
    "catalog_files.js",
    "catalog_answer.js",
    "catalog_gallery.js",
    "catalog_card.js",
    "catalog_compare.js",
    "catalog.js",
)


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
        super().__init__(page=page | {"pages": pages_beside()}, _esm=script_of(*SCRIPTS), _css=style_of("catalog.css"))

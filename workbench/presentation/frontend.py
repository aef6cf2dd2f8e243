"""The program and the style of a page for the browser: the Vega bundle, the house, then its own."""

import re
from pathlib import Path

from workbench.presentation.pages import PageEntry
from workbench.presentation.vega_bundle import vega_bundle

#: What every public page has, in this order.
HOUSE_SCRIPTS = ("shell.js", "page_parts.js", "figure_tools.js")
HOUSE_STYLES = ("shell.css", "page.css", "figure_tools.css")

_FRONTEND = Path(__file__).resolve().parent / "jupyter"
_EXPORTED = re.compile(r"^export (?=(?:async )?(?:function|const) (\w+))", re.MULTILINE)


def whole_script(page: PageEntry) -> str:
    """Return the whole program of a page: Vega, what every page has, what is its own.

    Parameters
    ----------
    page : PageEntry
        Which page.

    Returns
    -------
    str
        One module that imports nothing and ends in ``export default { render };``.
    """
    return vega_bundle().read_text(encoding="utf-8") + house_script() + own_script(page)


def whole_style(page: PageEntry) -> str:
    """Return the whole style of a page.

    Parameters
    ----------
    page : PageEntry
        Which page.

    Returns
    -------
    str
        CSS that fetches nothing.
    """
    return texts_of(*HOUSE_STYLES, *page.styles)


def house_script() -> str:
    """Return the program that every page has, without Vega.

    Returns
    -------
    str
        Text of a classic script.
    """
    return texts_of(*(name for name in HOUSE_SCRIPTS if (_FRONTEND / name).is_file()))


def own_script(page: PageEntry) -> str:
    """Return the program that a page has beside the house.

    Parameters
    ----------
    page : PageEntry
        Which page.

    Returns
    -------
    str
        What it has ``apart`` in constants of that name, then its own, which ends in ``export default { render };``.
    """
    return "".join(_scoped(name, texts_of(*files)) for name, files in page.apart.items()) + texts_of(*page.scripts)


def texts_of(*files: str) -> str:
    """Return some files of the folder ``jupyter`` as one text.

    Parameters
    ----------
    *files : str
        Their names, in order.

    Returns
    -------
    str
        One after the other.
    """
    return "".join((_FRONTEND / file).read_text(encoding="utf-8") for file in files)


def _scoped(name: str, program: str) -> str:
    exported: list[str] = []

    def _note(found: re.Match[str]) -> str:
        exported.append(found[1])
        return ""

    inside = _EXPORTED.sub(_note, program)
    return f"const {name} = (() => {{\n{inside}\nreturn {{ {', '.join(exported)} }};\n}})();\n"

"""Build the static twin from a folder of aggregates: whole or not at all, and checked before it is put in place."""

import json
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from workbench.presentation.frontend import HOUSE_STYLES, house_script, own_script, texts_of
from workbench.presentation.manifest import MANIFEST
from workbench.presentation.page import PageProblem, check_folder, load_page
from workbench.presentation.pages import GALLERY, GLOSSARY, PageEntry, list_pages
from workbench.presentation.site.checks import find_problems
from workbench.presentation.site.files import compress, content_script, write_asset
from workbench.presentation.site.html_shell import Parts, embed_html, lost_html, page_html
from workbench.presentation.site.still import colors_of, first_figure, still_page
from workbench.presentation.staging import replaced_folder
from workbench.presentation.vega_bundle import vega_bundle

#: The file by which a folder that `build_site` wrote is known.
SITE_FILE = "site.json"

_SCHEMA = "workbench-static/1"
_SITE_STYLES = ("static_page.css",)
_EXPORT = "export default { render };"
_HOME = "index.html"


def build_site(aggregates: Path, out: Path, *, explore: str = "", base: str = "/") -> Path:
    """Return the folder of the static pages, written whole or not at all; what stood there is replaced.

    Parameters
    ----------
    aggregates : pathlib.Path
        The folder that ``workbench site aggregates`` wrote.
    out : pathlib.Path
        The folder to write: ``index.html`` (the gallery), one HTML file a page, ``glossary.html``, ``embed.html``,
        ``404.html``, ``robots.txt`` and ``assets``.
    explore : str
        Address of the live pages, such as ``"explore/"``, to which the start page leads; empty where there are none.
    base : str
        Path of the site on its host, which only ``404.html`` needs: it is shown at any address.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    PageProblem
        When the aggregates are missing, not what was written, or of another form. Old ones are built: the page
        says in the browser that its numbers are older than was promised, on whatever day that comes.
    ValueError
        When the folder holds other files, a page is too heavy, or `base` is no path of a host.
    """
    base = _checked_base(base)
    site = _read_pages(aggregates)
    beside = _beside(site, explore)
    pages = {key: page | beside | {"key": key} for key, page in _with_own(site).items()}
    with replaced_folder(out, mark=SITE_FILE) as folder:
        shared = _Shared(folder)
        contents = {key: shared.write_page(_entry(key), page) for key, page in pages.items()}
        name = pages[GALLERY.key]["identity"]["name"]
        _write(folder / "embed.html", shared.embed({key: contents[key] for key in site}, colors_of(pages[GALLERY.key])))
        _write(folder / "404.html", lost_html(name, base))
        _write(folder / "robots.txt", f"User-agent: *\nAllow: /\nDisallow: {base}explore/\n")
        _refuse(find_problems(folder, explore=explore))
        compress(folder)
        _list_files(folder)
    return out


def _checked_base(base: str) -> str:
    """The path of the site with its last slash."""
    whole = base if base.endswith("/") else f"{base}/"
    if re.fullmatch(r"(?:https?://[^\s/\"'<>?#]+)?/(?:[^\s\"'<>?#]*/)?", whole):
        return whole
    raise ValueError(
        f"--base {base} came. A path from the root of the host would be right, without spaces, such as /lake/ or "
        "https://example.org/lake/. Correct it, or leave it out where the site stands at the root."
    )


class _Shared:
    """The files that every page of a site loads, written once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.styles = [write_asset(folder, "house", ".css", texts_of(*HOUSE_STYLES, *_SITE_STYLES))]
        self.theme = write_asset(folder, "theme", ".js", texts_of("theme.js"))
        self.vega = write_asset(folder, "vega", ".js", vega_bundle().read_text(encoding="utf-8"))
        self.house = write_asset(folder, "house", ".js", house_script() + texts_of("static_model.js"))

    def write_page(self, entry: PageEntry, page: Mapping[str, Any]) -> str:
        """Write one page and return the address of its content."""
        content = write_asset(self.folder, f"{entry.key}-numbers", ".js", content_script(entry.key, dict(page)))
        own = write_asset(self.folder, Path(entry.scripts[-1]).stem, ".js", _started(entry))
        vega = [self.vega] if first_figure(page) else []  # most of what a page weighs
        styles = [write_asset(self.folder, Path(name).stem, ".css", texts_of(name)) for name in entry.styles]
        still = still_page(page, pictured=entry.scripts == ("page.js",))
        scripts = [*vega, self.house, content, own]
        parts = Parts([*self.styles, *styles], scripts, self.theme, still, {"page": entry.key}, "", colors_of(page))
        title = f"{entry.title} · {page['identity']['name']}"
        _write(self.folder / _file(entry.key), page_html(title, page.get("subtitle") or entry.question, parts))
        return content

    def embed(self, contents: Mapping[str, str], colors: str) -> str:
        """Return the page that shows one chart alone."""
        scripts = [self.vega, self.house, write_asset(self.folder, "embed", ".js", texts_of("embed.js"))]
        return embed_html(
            "Chart", styles=self.styles, scripts=scripts, theme=self.theme, contents=contents, colors=colors
        )


def _started(entry: PageEntry) -> str:
    """The program of a page as a classic script of its own scope, which draws instead of exporting."""
    program = own_script(entry)
    if program.count(_EXPORT) != 1:
        raise RuntimeError(
            f"The program of the page {entry.key} ends in another way. It should export once: {_EXPORT} "
            f"Mend the last of its scripts: {entry.scripts[-1]}"
        )
    return f"(() => {{\n{program.replace(_EXPORT, 'startStatic({ render });')}\n}})();\n"


def _read_pages(aggregates: Path) -> dict[str, dict[str, Any]]:
    manifest = aggregates.expanduser() / MANIFEST
    if not manifest.is_file():
        raise PageProblem(
            "missing",
            f"No {MANIFEST} in {str(aggregates)!r}. A folder of aggregates has one. "
            f"Write it: workbench site aggregates --out {aggregates}",
        )
    check_folder(manifest.parent)
    written = json.loads(manifest.read_text(encoding="utf-8"))
    pages = {key: load_page(aggregates, name=key, even_stale=True) for key in list_pages() if key in written["pages"]}
    # a page that speaks for no commons, such as the data catalog, stands in the house of the source beside it
    whose = {"name": written["source"]["name"]} | {key: told for key, told in written["identity"].items() if told}
    until = {"good_until": written["good_until"]} if written.get("good_until") else {}
    return {key: page | until | {"identity": whose} for key, page in pages.items()}


def _with_own(site: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The pages of a site, between its start page and its glossary."""
    made = {}
    for entry in (GALLERY, GLOSSARY):
        module, _, function = entry.build.partition(":")
        made[entry.key] = getattr(import_module(module), function)(site)
    return {GALLERY.key: made.pop(GALLERY.key), **site, **made}


def _beside(site: Mapping[str, Any], explore: str) -> dict[str, Any]:
    listed = list_pages()
    pages = [{"key": key, "title": listed[key].title, "address": _file(key), "live": False} for key in site]
    pages.append({"key": GLOSSARY.key, "title": GLOSSARY.title, "address": _file(GLOSSARY.key), "live": False})
    return {"pages": pages, "home": _HOME} | ({"explore": explore} if explore else {})


def _entry(key: str) -> PageEntry:
    return {GALLERY.key: GALLERY, GLOSSARY.key: GLOSSARY}.get(key) or list_pages()[key]


def _file(key: str) -> str:
    return _HOME if key == GALLERY.key else f"{key}.html"


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def _list_files(folder: Path) -> None:
    listed = {"schema": _SCHEMA, "files": sorted(path.name for path in folder.iterdir())}
    _write(folder / SITE_FILE, json.dumps(listed, indent=1) + "\n")


def _refuse(problems: list[str]) -> None:
    if problems:
        raise ValueError(
            f"The site was not written: {' '.join(problems)} Every page has to be light, and to ask nobody. "
            "A smaller logo, or fewer entries of your own, makes a page lighter."
        )

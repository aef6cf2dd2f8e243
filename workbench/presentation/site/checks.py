"""What a static site has to keep to before it is put in place: its weight, and that it asks nobody."""

import json
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

#: The most that one page may weigh, its HTML and all that it loads, uncompressed.
MOST_BYTES = 3_000_000

_LOADING = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "embed": "src",
    "link": "href",
    "object": "data",
}
_STYLE_LOAD = re.compile(r"@import|url\(\s*['\"]?(?:https?:)?//", re.IGNORECASE)
_OUTSIDE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


def find_problems(folder: Path, *, explore: str = "") -> list[str]:
    """Return what is wrong with a site, each as a sentence.

    Parameters
    ----------
    folder : pathlib.Path
        The site.
    explore : str
        Address below which pages stand that are no files, such as ``"explore/"``.

    Returns
    -------
    list of str
        Empty when every page is light, runs no script but the site's own files, loads nothing from elsewhere, and
        each of its links leads to a file.
    """
    problems = [problem for page in sorted(folder.rglob("*.html")) for problem in _of_page(folder, page, explore)]
    styles = [file for file in sorted(folder.rglob("*.css")) if _STYLE_LOAD.search(file.read_text(encoding="utf-8"))]
    return problems + [f"{style.name} loads from elsewhere." for style in styles]


def weight_of(page: Path) -> int:
    """Return the bytes of a page and of all that it loads, uncompressed.

    Parameters
    ----------
    page : pathlib.Path
        An HTML file of a site.

    Returns
    -------
    int
        A file counts once. Of the contents that the page of single charts may load, the largest counts.
    """
    read = _read(page)
    sizes = [_size(page.parent / address) for address in set(read.loaded)]
    later = max((_size(page.parent / address) for address in read.later), default=0)
    return page.stat().st_size + sum(sizes) + later


class _Reader(HTMLParser):
    """What the HTML of a page loads, links to, and runs."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.later: list[str] = []
        self.linked: list[str] = []
        self.inline = False
        self.handlers = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        address = held.get(_LOADING.get(tag, ""), "")
        if address and not address.startswith("data:"):
            self.loaded.append(address)
        if tag == "a" and held.get("href"):
            self.linked.append(held["href"])
        self.inline |= tag == "script" and "src" not in held
        self.handlers |= any(name.startswith("on") for name in held)
        self.later += json.loads(held.get("data-contents", "{}")).values()


def _of_page(folder: Path, page: Path, explore: str) -> Iterable[str]:
    read, name = _read(page), page.relative_to(folder)
    if (weight := weight_of(page)) > MOST_BYTES:
        yield f"{name} weighs {weight / 1e6:.1f} MB with what it loads, more than {MOST_BYTES / 1e6:.0f} MB."
    if read.inline:
        yield f"{name} holds a script of its own."
    if read.handlers:
        yield f"{name} holds a handler."
    for address in read.loaded + read.later:
        if _OUTSIDE.match(address):
            yield f"{name} loads {address!r} from elsewhere."
        elif not (page.parent / address).is_file():
            yield f"{name} loads {address!r}, which is not there."
    for address in read.linked:
        file = address.partition("#")[0]
        is_live = bool(explore) and file.startswith(explore)
        if is_live or not file or file.startswith("/") or _OUTSIDE.match(file):
            continue
        if not (page.parent / file).exists():
            yield f"{name} links to {address!r}, which is not there."


def _read(page: Path) -> _Reader:
    reader = _Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0

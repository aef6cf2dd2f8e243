"""What a static site has to keep to before it is put in place: its weight, and that it asks nobody."""

import re
from collections.abc import Iterable
from pathlib import Path

#: The most that one page may weigh, its HTML and all that it loads, uncompressed.
MOST_BYTES = 3_000_000

_LOADED = re.compile(
    r"<(?:script|img|iframe|link|source|object|embed)\b[^>]*?\b(?:src|href|data)=\"([^\"]*)\"", re.IGNORECASE
)
_NAMED_LATER = re.compile(r"&quot;(assets/[^&]+\.js)&quot;")
_LINKED = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]*)\"", re.IGNORECASE)
_INLINE = re.compile(r"<script\b(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE)
_HANDLER = re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE)
_STYLE_LOAD = re.compile(r"@import|url\(\s*['\"]?(?:https?:)?//", re.IGNORECASE)
_OUTSIDE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


def find_problems(folder: Path) -> list[str]:
    """Return what is wrong with a site, each as a sentence.

    Parameters
    ----------
    folder : pathlib.Path
        The site.

    Returns
    -------
    list of str
        Empty when every page is light, runs no script but the site's own files, loads nothing from elsewhere, and
        each of its links leads to a file.
    """
    problems = [problem for page in sorted(folder.rglob("*.html")) for problem in _of_page(folder, page)]
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
    text = page.read_text(encoding="utf-8")
    bytes_of = {address: _size(page.parent / address) for address in _loaded(text)}
    later = [_size(page.parent / address) for address in _NAMED_LATER.findall(text) if address not in bytes_of]
    return page.stat().st_size + sum(bytes_of.values()) + max(later, default=0)


def _of_page(folder: Path, page: Path) -> Iterable[str]:
    text, name = page.read_text(encoding="utf-8"), page.relative_to(folder)
    if (weight := weight_of(page)) > MOST_BYTES:
        yield f"{name} weighs {weight / 1e6:.1f} MB with what it loads, more than {MOST_BYTES / 1e6:.0f} MB."
    if _INLINE.search(text):
        yield f"{name} holds a script of its own."
    if _HANDLER.search(text):
        yield f"{name} holds a handler."
    for address in _loaded(text):
        if _OUTSIDE.match(address):
            yield f"{name} loads {address!r} from elsewhere."
        elif not (page.parent / address).is_file():
            yield f"{name} loads {address!r}, which is not there."
    for address in _LINKED.findall(text):
        file = address.partition("#")[0]
        if file and not file.startswith("/") and not _OUTSIDE.match(file) and not (page.parent / file).exists():
            yield f"{name} links to {address!r}, which is not there."


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _loaded(text: str) -> list[str]:
    return [address for address in _LOADED.findall(text) if not address.startswith("data:")]
